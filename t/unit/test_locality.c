#include "locality.h"
#include "suite.h"
#include "view_array.h"

#define POLICY								\
	"domain cn=home name=example.com; "				\
	"domain cn=sub name=.example.edu; "				\
	"domain cn=two name=example.net alias=example.org; "		\
	"domain cn=lit name=[192.0.2.1]; "				\
	"domain cn=idn name=xn--bcher-kva.example"

static const char *const config_domains[] = {
	"conf.example", ".under.example"
};
static const char *const config_mailers[] = { "local", "virtual", "*file*" };
static const struct locality_rules rules = {
	.domains = { config_domains, 2 },
	.mailers = { config_mailers, 3 }
};

static const struct {
	const char *label;
	struct recipient r;
	enum found local;
	const char *trace;
} recipients[] = {
	{ "(a) {rcpt_mailer} is in local_mailers",
	    { "<u@elsewhere.example>", "virtual", NULL, NULL }, FOUND,
	    "{rcpt_mailer} virtual is in local_mailers" },
	{ "(a) whatever the argument is", { "<u@a>,<v@b>", "*file*", "", "" },
	    FOUND, NULL },
	{ "(a) exactly: another case is another mailer",
	    { "<u@elsewhere.example>", "Local", NULL, NULL }, ABSENT, NULL },
	{ "(a) relay is in no default list",
	    { "<u@elsewhere.example>", "relay", NULL, NULL }, ABSENT, NULL },
	{ "(a) an empty mailer", { "<u@elsewhere.example>", "", "", "" },
	    ABSENT, NULL },
	{ "(b) a relayDomain name", { "<u@example.com>", NULL, NULL, NULL },
	    FOUND, "example.com is a domain of cn=home" },
	{ "(b) whatever the mailer is",
	    { "<u@example.com>", "smtp", "mx.example.com", "u@example.com" },
	    FOUND, NULL },
	{ "(b) bare, without <>", { "u@example.com", NULL, NULL, NULL },
	    FOUND, NULL },
	{ "(b) compared as A-labels, without one final dot",
	    { "<u@EXAMPLE.com.>", NULL, NULL, NULL }, FOUND, NULL },
	{ "(b) a Unicode domain",
	    { "<u@b\xc3\xbc" "cher.example>", NULL, NULL, NULL }, FOUND,
	    NULL },
	{ "(b) a relayDomain alias", { "<u@example.org>", NULL, NULL, NULL },
	    FOUND, "cn=two" },
	{ "(b) in local_domains", { "<u@conf.example>", NULL, NULL, NULL },
	    FOUND, "conf.example is in local_domains" },
	{ "(b) a subdomain in local_domains",
	    { "<u@a.under.example>", NULL, NULL, NULL }, FOUND, NULL },
	{ "(b) a subdomain form does not mean itself",
	    { "<u@under.example>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) .example.edu means its subdomains",
	    { "<u@cs.example.edu>", NULL, NULL, NULL }, FOUND, "cn=sub" },
	{ "(b) all its subdomains",
	    { "<u@a.b.cs.example.edu>", NULL, NULL, NULL }, FOUND, NULL },
	{ "(b) not itself", { "<u@example.edu>", NULL, NULL, NULL }, ABSENT,
	    "example.edu is no local domain: neither a relayDomain nor "
	    "policy.local_domains has it." },
	{ "(b) nor what only ends like it",
	    { "<u@badexample.edu>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) a name has no subdomains of its own",
	    { "<u@sub.example.com>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) a literal", { "<u@[192.0.2.1]>", NULL, NULL, NULL }, FOUND,
	    NULL },
	{ "(b) another literal", { "<u@[192.0.2.2]>", NULL, NULL, NULL },
	    ABSENT, NULL },
	{ "(b) it has no domain", { "<postmaster>", NULL, NULL, NULL }, FOUND,
	    "has no domain" },
	{ "(b) two in one argument are not read",
	    { "<u@example.com>,<v@evil.example>", NULL, NULL, NULL }, ABSENT,
	    "does not read as one address" },
	{ "(b) nor a comment",
	    { "<u@evil.example (@example.com)>", NULL, NULL, NULL }, ABSENT,
	    NULL },
	{ "(b) nor a source route",
	    { "<@example.com:u@evil.example>", NULL, NULL, NULL }, ABSENT,
	    NULL },
	{ "(b) nor something after it",
	    { "<u@example.com> NOTIFY=NEVER", NULL, NULL, NULL }, ABSENT,
	    NULL },
	{ "(b) nor the null path", { "<>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) nor nothing", { "", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) asks for routing: %",
	    { "<u%evil.example@example.com>", NULL, NULL, NULL }, ABSENT,
	    "asks for routing" },
	{ "(b) asks for routing: !",
	    { "<evil!u@example.com>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) asks for routing: @ in quotes, no domain",
	    { "<\"u@evil.example\">", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) asks for routing: @ in quotes",
	    { "<\"u@evil.example\"@example.com>", NULL, NULL, NULL }, ABSENT,
	    NULL },
	{ "(b) asks for routing: :",
	    { "<\"a:b\"@example.com>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) asks for routing: ,",
	    { "<\"a,b\"@example.com>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) asks for routing: ;",
	    { "<\"a;b\"@example.com>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) asks for routing: |",
	    { "<\"|sh\"@example.com>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) asks for routing: a backslash",
	    { "<\"a\\\\b\"@example.com>", NULL, NULL, NULL }, ABSENT, NULL },
	{ "(b) a domain that is ours only by IDNA's mapping",
	    { "<u@\xef\xbd\x85xample.com>", NULL, NULL, NULL }, ABSENT,
	    "is no U-label" },
	{ "(b) such a domain is the MTA's to know",
	    { "<u@\xef\xbd\x85xample.com>", "local", NULL, NULL }, FOUND,
	    NULL },
	{ "(c) Postfix's virtual alias class",
	    { "<u@virtual.example>", "error",
	    "5.1.1 User unknown in virtual alias table",
	    "u@virtual.example" }, FOUND, "virtual alias" },
	{ "(c) {rcpt_addr} must be there",
	    { "<u@virtual.example>", "error",
	    "5.1.1 User unknown in virtual alias table", NULL }, ABSENT,
	    NULL },
	{ "(c) {rcpt_addr} must read",
	    { "<u@virtual.example>", "error",
	    "5.1.1 User unknown in virtual alias table", "u@a,v@b" }, ABSENT,
	    NULL },
	{ "(c) {rcpt_addr} must not ask for routing",
	    { "<u@virtual.example>", "error",
	    "5.1.1 User unknown in virtual alias table",
	    "u%evil@virtual.example" }, ABSENT, NULL },
	{ "(c) what is expanded is the argument: it must not ask for routing",
	    { "<u%virtual.example@mx.example.net>", "error",
	    "5.1.1 User unknown in virtual alias table",
	    "u@virtual.example" }, ABSENT, NULL },
	{ "(c) the argument must read",
	    { "<@mx.example.net:u@virtual.example>", "error",
	    "5.1.1 User unknown in virtual alias table",
	    "u@virtual.example" }, ABSENT, NULL },
	{ "(c) an empty {rcpt_addr} does not read",
	    { "<u@virtual.example>", "error",
	    "5.1.1 User unknown in virtual alias table", "" }, ABSENT, NULL },
	{ "(c) {rcpt_host} begins so",
	    { "<u@virtual.example>", "error", "5.1.2 5.1.1 User unknown",
	    "u@virtual.example" }, ABSENT, NULL },
	{ "(c) all of it",
	    { "<u@virtual.example>", "error", "5.1.1 User unknow",
	    "u@virtual.example" }, ABSENT, NULL },
	{ "(c) {rcpt_host} is not there",
	    { "<u@virtual.example>", "error", NULL, "u@virtual.example" },
	    ABSENT, NULL },
	{ "(c) only for the mailer error",
	    { "<u@virtual.example>", "smtp", "5.1.1 User unknown",
	    "u@virtual.example" }, ABSENT, NULL },
	{ "(c) only with a mailer",
	    { "<u@virtual.example>", NULL, "5.1.1 User unknown",
	    "u@virtual.example" }, ABSENT, NULL },
	{ "all else is outbound", { "<u@elsewhere.example>", "smtp",
	    "elsewhere.example", "u@elsewhere.example" }, ABSENT,
	    "The recipient is outbound: {rcpt_mailer} smtp is none that "
	    "delivers here (policy.local_mailers)." },
	{ "the same when the domain was not asked for",
	    { "<u%evil.example@example.com>", "smtp", NULL, NULL }, ABSENT,
	    "The recipient is outbound: {rcpt_mailer} smtp is none" },
	{ "without a mailer", { "<u@elsewhere.example>", NULL, NULL, NULL },
	    ABSENT, "The recipient is outbound." },
	{ "with an empty one", { "<u@elsewhere.example>", "", NULL, NULL },
	    ABSENT, "The recipient is outbound." },
	{ "a single label", { "<u@localhost>", NULL, NULL, NULL }, ABSENT,
	    NULL }
};

START_TEST(tells_local_recipients)
{
	struct array_view a;
	struct arena arena;
	struct trace trace;
	const char *label = recipients[_i].label;
	bool told = recipients[_i].trace == NULL;
	size_t i;

	array_begin(&a, POLICY);
	arena_init(&arena);
	trace_init(&trace);
	ck_assert_msg(locality_recipient(&rules, &a.view, &recipients[_i].r,
	    &arena, &trace) == recipients[_i].local, "%s", label);
	for (i = 0; i < trace.n; i++) {
		ck_assert_int_eq(trace.steps[i].step, 1);
		told = told || strstr(trace.steps[i].text,
		    recipients[_i].trace) != NULL;
	}
	ck_assert_msg(told && trace.n > 0, "%s: trace", label);
	arena_free(&arena);
	array_end(&a);
}
END_TEST

static const struct {
	const char *label;
	bool readable, loaded;
	unsigned later;
	struct recipient r;
	enum found local;
} unknown[] = {
	{ "later: local_domains is known", true, true, LOOKUP_DOMAINS,
	    { "<u@conf.example>", NULL, NULL, NULL }, FOUND },
	{ "later: the mailer is known", true, true, LOOKUP_DOMAINS,
	    { "<u@example.com>", "local", NULL, NULL }, FOUND },
	{ "later: the virtual alias class is known", true, true,
	    LOOKUP_DOMAINS, { "<u@example.com>", "error",
	    "5.1.1 User unknown", "u@example.com" }, FOUND },
	{ "later: the domain is not", true, true, LOOKUP_DOMAINS,
	    { "<u@example.com>", "smtp", NULL, NULL }, LATER },
	{ "later: what is outbound anyway", true, true, LOOKUP_DOMAINS,
	    { "<u%v@example.com>", "smtp", NULL, NULL }, ABSENT },
	{ "never loaded: local_domains is known", true, false, 0,
	    { "<u@conf.example>", NULL, NULL, NULL }, FOUND },
	{ "never loaded: another domain is not", true, false, 0,
	    { "<u@else.example>", NULL, NULL, NULL }, LATER },
	{ "loaded in part: a domain that is there is known", true, false, 0,
	    { "<u@example.com>", NULL, NULL, NULL }, FOUND },
	{ "unreadable: local_domains is known", false, true, 0,
	    { "<u@conf.example>", NULL, NULL, NULL }, FOUND },
	{ "unreadable: the domain is not", false, true, 0,
	    { "<u@example.com>", NULL, NULL, NULL }, LATER }
};

START_TEST(knows_what_it_does_not_know)
{
	struct array_view a;
	struct arena arena;

	array_begin(&a, POLICY);
	arena_init(&arena);
	a.view.readable = unknown[_i].readable;
	a.view.loaded = unknown[_i].loaded;
	a.later = unknown[_i].later;
	ck_assert_msg(locality_recipient(&rules, &a.view, &unknown[_i].r,
	    &arena, NULL) == unknown[_i].local, "%s", unknown[_i].label);
	arena_free(&arena);
	array_end(&a);
}
END_TEST

static const struct {
	const char *label;
	const char *policy;
	const char *domain;
	bool local;
	const char *names;	/* joined by spaces */
} classes[] = {
	{ "not local", "", "example.com", false, "example.com" },
	{ "a name alone", "domain d name=example.com", "example.com", true,
	    "example.com" },
	{ "a name and its aliases",
	    "domain d name=example.com alias=example.net alias=example.org",
	    "example.com", true, "example.com example.net example.org" },
	{ "an alias: itself first",
	    "domain d name=example.com alias=example.net alias=example.org",
	    "example.org", true, "example.org example.com example.net" },
	{ "aliases do not chain",
	    "domain d name=example.com alias=example.net; "
	    "domain e name=example.net alias=example.org",
	    "example.com", true, "example.com" },
	{ "an alias that another entry has as name stays local, alone there",
	    "domain d name=example.com alias=example.net; "
	    "domain e name=example.net alias=example.org",
	    "example.net", true, "example.net example.org" },
	{ "whatever the order of the two",
	    "domain e name=example.com alias=example.net; "
	    "domain d name=example.net alias=example.org",
	    "example.net", true, "example.net example.org" },
	{ "the name behind it",
	    "domain d name=example.com alias=example.net; "
	    "domain e name=example.net alias=example.org",
	    "example.org", true, "example.org example.net" },
	{ "an alias that another entry has as alias carries nothing over",
	    "domain d name=example.com alias=example.net; "
	    "domain e name=example.org alias=example.net",
	    "example.net", true, "example.net" },
	{ "nor do its domains reach it",
	    "domain d name=example.com alias=example.net alias=a.example; "
	    "domain e name=example.org alias=example.net",
	    "example.com", true, "example.com a.example" },
	{ "nor do the other aliases",
	    "domain d name=example.com alias=example.net alias=a.example; "
	    "domain e name=example.org alias=example.net",
	    "a.example", true, "a.example example.com" },
	{ "a name held by several entries keeps the unclaimed aliases",
	    "domain d name=example.com alias=a.example alias=b.example; "
	    "domain e name=example.com alias=b.example alias=c.example",
	    "example.com", true, "example.com a.example c.example" },
	{ "whichever of its names one begins with",
	    "domain d name=example.com alias=a.example; "
	    "domain e name=example.com alias=c.example",
	    "a.example", true, "a.example example.com c.example" },
	{ "an alias of its own name", "domain d name=example.com "
	    "alias=example.com", "example.com", true, "example.com" },
	{ "a subdomain entry carries nothing over",
	    "domain d name=.example.com", "a.example.com", true,
	    "a.example.com" },
	{ "in local_domains", "", "conf.example", true, "conf.example" },
	{ "in local_domains and an entry",
	    "domain d name=conf.example alias=a.example", "conf.example",
	    true, "conf.example a.example" }
};

START_TEST(names_a_class)
{
	struct array_view a;
	struct arena arena;
	struct domain_class class;
	char names[256] = "";
	size_t i;

	array_begin(&a, classes[_i].policy);
	arena_init(&arena);
	ck_assert_int_eq(locality_class(&rules, &a.view, classes[_i].domain,
	    &arena, &class), FOUND);
	for (i = 0; i < class.names.n; i++) {
		if (i > 0)
			strcat(names, " ");
		strcat(names, class.names.v[i]);
	}
	ck_assert_msg(strcmp(names, classes[_i].names) == 0, "%s: %s",
	    classes[_i].label, names);
	ck_assert_msg(class.local == classes[_i].local, "%s",
	    classes[_i].label);
	arena_free(&arena);
	array_end(&a);
}
END_TEST

/* Each lookup that a class needs may say LATER. */
START_TEST(class_keeps_later)
{
	struct array_view a;
	struct arena arena;
	struct domain_class class;
	int at;

	for (at = 1; at <= 4; at++) {
		array_begin(&a, classes[_i].policy);
		arena_init(&arena);
		a.later_at = at;
		if (locality_class(&rules, &a.view, classes[_i].domain, &arena,
		    &class) != LATER)
			ck_assert_msg(a.lookups < at, "%s: lookup %d",
			    classes[_i].label, at);
		arena_free(&arena);
		array_end(&a);
	}
}
END_TEST

START_TEST(finds_all_entries)
{
	struct array_view a;
	struct arena arena;
	struct domain_set set;

	array_begin(&a, "domain a name=x.example.com; "
	    "domain b name=example.org alias=x.example.com; "
	    "domain c name=.example.com; domain d name=.com; "
	    "domain e name=.x.example.com");
	arena_init(&arena);
	ck_assert_int_eq(locality_entries(&a.view, "x.example.com", &arena,
	    &set), FOUND);
	ck_assert_uint_eq(set.n, 3);
	ck_assert_str_eq(set.v[0]->dn, "a");
	ck_assert_str_eq(set.v[1]->dn, "b");
	ck_assert_str_eq(set.v[2]->dn, "c");
	ck_assert_int_eq(locality_entries(&a.view, "example.com", &arena,
	    &set), ABSENT);
	ck_assert_int_eq(locality_entries(&a.view, "y.x.example.com", &arena,
	    &set), FOUND);
	ck_assert_uint_eq(set.n, 2);
	ck_assert_str_eq(set.v[0]->dn, "e");
	ck_assert_str_eq(set.v[1]->dn, "c");
	a.lookups = 0;
	ck_assert_int_eq(locality_entries(&a.view, "[192.0.2.1]", &arena,
	    &set), ABSENT);
	ck_assert_int_eq(a.lookups, 1);
	a.later = LOOKUP_DOMAINS;
	ck_assert_int_eq(locality_entries(&a.view, "x.example.com", &arena,
	    &set), LATER);
	arena_free(&arena);
	array_end(&a);
}
END_TEST

START_TEST(local_domains_need_no_lookup)
{
	struct array_view a;
	struct arena arena;
	bool local;

	array_begin(&a, "domain a name=example.com");
	arena_init(&arena);
	a.later = LOOKUP_DOMAINS;
	ck_assert_int_eq(locality_local(&rules, &a.view, "conf.example",
	    &arena, &local), FOUND);
	ck_assert(local);
	ck_assert_int_eq(locality_local(&rules, &a.view, "example.com",
	    &arena, &local), LATER);
	arena_free(&arena);
	array_end(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("locality");

	suite_rows(s, tells_local_recipients, ROWS(recipients));
	suite_rows(s, knows_what_it_does_not_know, ROWS(unknown));
	suite_rows(s, names_a_class, ROWS(classes));
	suite_rows(s, class_keeps_later, ROWS(classes));
	suite_one(s, finds_all_entries);
	suite_one(s, local_domains_need_no_lookup);
	return (suite_run(s));
}
