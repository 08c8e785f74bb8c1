#include <string.h>

#include "pattern.h"
#include "suite.h"

#define Q8	"\"\"\"\"\"\"\"\""
#define Q64	Q8 Q8 Q8 Q8 Q8 Q8 Q8 Q8
#define Q255	Q64 Q64 Q64 Q8 Q8 Q8 Q8 Q8 Q8 Q8 "\"\"\"\"\"\"\""

static const struct {
	const char *label;
	const char *text;
	size_t len;
	enum pattern_kind kind;
	const char *local;
	const char *domain;
	const char *usual;
} patterns[] = {
	{ "any", TEXT("*"), PATTERN_ANY, "", "", "*" },
	{ "null", TEXT("null"), PATTERN_NULL, "", "", "null" },
	{ "null in capitals", TEXT("NULL"), PATTERN_NULL, "", "", "null" },
	{ "<>", TEXT("<>"), PATTERN_NULL, "", "", "null" },
	{ "address", TEXT("User@Example.COM"), PATTERN_ADDRESS, "user",
	    "example.com", "user@example.com" },
	{ "address in quotes", TEXT("\"John Doe\"@example.com"),
	    PATTERN_ADDRESS, "john doe", "example.com",
	    "\"john doe\"@example.com" },
	{ "address in needless quotes", TEXT("\"john\"@example.com"),
	    PATTERN_ADDRESS, "john", "example.com", "john@example.com" },
	{ "address with an escaped quote", TEXT("\"a\\\"b\"@example.com"),
	    PATTERN_ADDRESS, "a\"b", "example.com",
	    "\"a\\\"b\"@example.com" },
	{ "address with quoted <>", TEXT("\"<u>\"@example.com"),
	    PATTERN_ADDRESS, "<u>", "example.com", "\"<u>\"@example.com" },
	{ "address that begins with a quote", TEXT("\"\\\"a\"@example.com"),
	    PATTERN_ADDRESS, "\"a", "example.com",
	    "\"\\\"a\"@example.com" },
	{ "empty local part", TEXT("\"\"@example.com"), PATTERN_ADDRESS, "",
	    "example.com", "\"\"@example.com" },
	{ "address at a literal", TEXT("user@[192.0.2.1]"), PATTERN_ADDRESS,
	    "user", "[192.0.2.1]", "user@[192.0.2.1]" },
	{ "address called null", TEXT("null@example.com"), PATTERN_ADDRESS,
	    "null", "example.com", "null@example.com" },
	{ "address called *", TEXT("*x@example.com"), PATTERN_ADDRESS, "*x",
	    "example.com", "*x@example.com" },
	{ "address called * alone", TEXT("\"*\"@example.com"),
	    PATTERN_ADDRESS, "*", "example.com", "\"*\"@example.com" },
	{ "address that begins like *.", TEXT("\"*.x\"@example.com"),
	    PATTERN_ADDRESS, "*.x", "example.com", "\"*.x\"@example.com" },
	{ "Unicode domain", TEXT("user@b\xc3\xbc" "cher.example"),
	    PATTERN_ADDRESS, "user", "xn--bcher-kva.example",
	    "user@xn--bcher-kva.example" },
	{ "domain", TEXT("@Example.COM."), PATTERN_DOMAIN, "", "example.com",
	    "@example.com" },
	{ "single label", TEXT("@localhost"), PATTERN_DOMAIN, "",
	    "localhost", "@localhost" },
	{ "literal", TEXT("@[192.0.2.1]"), PATTERN_DOMAIN, "", "[192.0.2.1]",
	    "@[192.0.2.1]" },
	{ "subdomains", TEXT("@.Example.COM"), PATTERN_SUBDOMAINS, "",
	    "example.com", "@.example.com" }
};

START_TEST(reads_a_pattern)
{
	char out[PATTERN_TEXT_MAX];
	struct addr store;
	struct pattern p;
	const char *problem;

	problem = pattern_parse(patterns[_i].text, patterns[_i].len, &store,
	    &p);
	ck_assert_msg(problem == NULL, "%s: %s", patterns[_i].label, problem);
	ck_assert_msg(p.kind == patterns[_i].kind && !p.negative,
	    "%s: kind %d", patterns[_i].label, p.kind);
	ck_assert_msg(strcmp(p.local, patterns[_i].local) == 0 &&
	    strcmp(p.domain, patterns[_i].domain) == 0,
	    "%s: %s, %s", patterns[_i].label, p.local, p.domain);
	ck_assert_ptr_eq(pattern_format(&p, out, sizeof(out)), out);
	ck_assert_msg(strcmp(out, patterns[_i].usual) == 0, "%s: %s",
	    patterns[_i].label, out);
}
END_TEST

static const struct {
	const char *label;
	const char *text;
	size_t len;
	const char *cure;	/* what the problem must mention */
} no_patterns[] = {
	{ "nothing", TEXT(""), "write *" },
	{ "domain with *@", TEXT("*@example.com"), "write @example.com " },
	{ "subdomains with *.", TEXT("*.example.com"),
	    "write @.example.com " },
	{ "subdomains with a dot", TEXT(".example.com"),
	    "write @.example.com " },
	{ "bare domain", TEXT("example.com"), "write @example.com " },
	{ "bare word", TEXT("user"), "user@example.com" },
	{ "bare literal", TEXT("[192.0.2.1]"), "write user@example.com" },
	{ "address in <>", TEXT("<user@example.com>"), "without <" },
	{ "list", TEXT("a@example.com,b@example.com"),
	    "write user@example.com" },
	{ "routing", TEXT("user%evil@example.com"), "routing" },
	{ "quoted routing", TEXT("\"user@evil\"@example.com"), "routing" },
	{ "space before", TEXT(" user@example.com"),
	    "write user@example.com" },
	{ "space behind *", TEXT("* "), "write user@example.com" },
	{ "two *", TEXT("**"), "write @example.com " },
	{ "@ alone", TEXT("@"), "write @example.com " },
	{ "no domain behind @", TEXT("@exa mple"), "write @example.com " },
	{ "* behind @", TEXT("@*.example.com"), "write @example.com " },
	{ "@. alone", TEXT("@."), "write @.example.com " },
	{ "two dots behind @", TEXT("@..example.com"),
	    "write @.example.com " },
	{ "subdomains of a literal", TEXT("@.[192.0.2.1]"),
	    "write @.example.com " },
	{ "no domain in an address", TEXT("user@"),
	    "write user@example.com" },
	{ "NUL", TEXT("user@example.com\0"), "write user@example.com" },
	{ "NUL behind *", TEXT("*\0"), "write user@example.com" }
};

START_TEST(refuses_with_a_cure)
{
	struct addr store;
	struct pattern p;
	struct subject s;
	const char *problem;

	problem = pattern_parse(no_patterns[_i].text, no_patterns[_i].len,
	    &store, &p);
	ck_assert_msg(problem != NULL, "%s: reads", no_patterns[_i].label);
	ck_assert_msg(strstr(problem, no_patterns[_i].cure) != NULL,
	    "%s: %s", no_patterns[_i].label, problem);
	subject_read("user@example.com", "", &s);
	ck_assert_msg(!pattern_matches(&p, &s), "%s: matches an address",
	    no_patterns[_i].label);
	subject_read("<>", "", &s);
	ck_assert_msg(!pattern_matches(&p, &s), "%s: matches <>",
	    no_patterns[_i].label);
}
END_TEST

START_TEST(formats_the_longest)
{
	static const struct pattern p = {
		.kind = PATTERN_ADDRESS, .local = Q255, .domain = "example"
	};
	char out[PATTERN_TEXT_MAX];
	size_t i;

	pattern_format(&p, out, sizeof(out));
	ck_assert_uint_eq(strlen(out), 2 + 2 * ADDR_LOCAL_MAX + 8);
	for (i = 1; i <= 2 * (size_t)ADDR_LOCAL_MAX; i += 2)
		ck_assert_int_eq(out[i], '\\');
	ck_assert_str_eq(out + i, "\"@example");
}
END_TEST

START_TEST(cuts_what_does_not_fit)
{
	static const struct pattern p = {
		.kind = PATTERN_DOMAIN, .local = "", .domain = "example.com"
	};
	char out[5];

	ck_assert_str_eq(pattern_format(&p, out, sizeof(out)), "@exa");
}
END_TEST

static const struct {
	const char *label;
	const char *arg;
	const char *qualify;
	enum subject_kind kind;
	const char *local;
	const char *domain;
} subjects[] = {
	{ "address", "<User@Example.COM>", "", SUBJECT_ADDRESS, "user",
	    "example.com" },
	{ "null sender", "<>", "example.com", SUBJECT_NULL, "", "" },
	{ "nothing", "", "", SUBJECT_NULL, "", "" },
	{ "no domain", "<user>", "", SUBJECT_OPAQUE, "", "" },
	{ "no domain, nothing to complete it", "<user>", NULL, SUBJECT_OPAQUE,
	    "", "" },
	{ "domain completed", "<user>", "example.org", SUBJECT_ADDRESS,
	    "user", "example.org" },
	{ "domain not replaced", "<user@example.com>", "example.org",
	    SUBJECT_ADDRESS, "user", "example.com" },
	{ "routing", "<user%evil@example.com>", "", SUBJECT_OPAQUE, "", "" },
	{ "routing and completed", "<evil!user>", "example.org",
	    SUBJECT_OPAQUE, "", "" },
	{ "unreadable", "<a@example.com>,<b@example.com>", "example.org",
	    SUBJECT_OPAQUE, "", "" },
	{ "unreadable domain", "user@exa..mple", "example.org",
	    SUBJECT_OPAQUE, "", "" }
};

START_TEST(reads_a_subject)
{
	struct subject s;

	memset(&s, 'x', sizeof(s));
	subject_read(subjects[_i].arg, subjects[_i].qualify, &s);
	ck_assert_msg(s.kind == subjects[_i].kind, "%s: kind %d",
	    subjects[_i].label, s.kind);
	ck_assert_msg(strcmp(s.addr.local, subjects[_i].local) == 0 &&
	    strcmp(s.addr.domain, subjects[_i].domain) == 0 &&
	    !s.addr.routing, "%s: %s, %s", subjects[_i].label,
	    s.addr.local, s.addr.domain);
}
END_TEST

static const struct {
	const char *label;
	const char *pattern;
	const char *subject;
	bool matches;
} matches[] = {
	{ "any: address", "*", "user@example.com", true },
	{ "any: null sender", "*", "<>", true },
	{ "any: opaque", "*", "u%evil@example.com", true },
	{ "any: unreadable", "*", "<a>,<b>", true },
	{ "null: null sender", "null", "<>", true },
	{ "null: address", "null", "user@example.com", false },
	{ "null: opaque", "null", "<a>,<b>", false },
	{ "null: address called null", "null", "null", false },
	{ "address: the same", "user@example.com", "<User@EXAMPLE.com>",
	    true },
	{ "address: quoted twin", "user@example.com",
	    "\"us\\er\"@example.com", true },
	{ "address: other local part", "user@example.com", "us@example.com",
	    false },
	{ "address: other domain", "user@example.com", "user@example.net",
	    false },
	{ "address: subdomain", "user@example.com", "user@a.example.com",
	    false },
	{ "address: with an extension", "user@example.com",
	    "user+tag@example.com", false },
	{ "address: null sender", "user@example.com", "<>", false },
	{ "address: opaque", "user@example.com", "user%x@example.com",
	    false },
	{ "address: no domain", "user@example.com", "user", false },
	{ "address: Unicode capitals differ", "j\xc3\xbcrg@example.com",
	    "j\xc3\x9crg@example.com", false },
	{ "address: Unicode domain", "u@xn--bcher-kva.example",
	    "u@B\xc3\x9c" "CHER.example", true },
	{ "domain: in it", "@example.com", "any@example.com", true },
	{ "domain: subdomain", "@example.com", "any@a.example.com", false },
	{ "domain: longer name", "@example.com", "any@badexample.com",
	    false },
	{ "domain: routing", "@example.com", "any!x@example.com", false },
	{ "domain: null sender", "@example.com", "<>", false },
	{ "domain: literal", "@[192.0.2.1]", "any@[192.0.2.1]", true },
	{ "domain: literal in another spelling", "@[IPv6:2001:db8::1]",
	    "any@[IPv6:2001:DB8:0::1]", true },
	{ "subdomains: one below", "@.example.com", "any@a.example.com",
	    true },
	{ "subdomains: two below", "@.example.com", "any@a.b.example.com",
	    true },
	{ "subdomains: itself", "@.example.com", "any@example.com", false },
	{ "subdomains: longer name", "@.example.com", "any@badexample.com",
	    false },
	{ "subdomains: parent", "@.example.com", "any@com", false },
	{ "subdomains: as part of the name", "@.example.com",
	    "any@a.example.com.example.net", false },
	{ "subdomains: null sender", "@.example.com", "<>", false },
	{ "subdomains: opaque", "@.example.com", "u%x@a.example.com", false }
};

static void
pattern_of(const char *text, struct addr *store, struct pattern *p)
{

	ck_assert_ptr_null(pattern_parse(text, strlen(text), store, p));
}

START_TEST(matches_a_subject)
{
	struct addr store;
	struct pattern p;
	struct subject s;

	pattern_of(matches[_i].pattern, &store, &p);
	subject_read(matches[_i].subject, "", &s);
	ck_assert_msg(pattern_matches(&p, &s) == matches[_i].matches, "%s",
	    matches[_i].label);
	p.negative = true;
	ck_assert_msg(pattern_matches(&p, &s) == matches[_i].matches,
	    "%s: the sign counts", matches[_i].label);
}
END_TEST

static const struct {
	const char *label;
	const char *pattern;
	const char *subject;
	const char *domain;
	bool matches;
} matches_in[] = {
	{ "address in the other domain", "user@example.com",
	    "user@example.net", "example.com", true },
	{ "address in a third", "user@example.com", "user@example.net",
	    "example.org", false },
	{ "address in its own", "user@example.com", "user@example.com",
	    "example.org", false },
	{ "other address", "user@example.com", "us@example.net",
	    "example.com", false },
	{ "domain", "@example.com", "user@example.net", "example.com", true },
	{ "another domain", "@example.com", "user@example.net",
	    "example.org", false },
	{ "subdomains", "@.example.com", "user@example.net",
	    "a.example.com", false },
	{ "any", "*", "user@example.net", "example.com", false },
	{ "any, no domain", "*", "user@example.net", "", false },
	{ "null", "null", "<>", "example.com", false },
	{ "null, no domain", "null", "user@example.net", "", false },
	{ "opaque", "@example.com", "u%x@example.net", "example.com", false }
};

START_TEST(matches_in_another_domain)
{
	struct addr store;
	struct pattern p;
	struct subject s;

	pattern_of(matches_in[_i].pattern, &store, &p);
	subject_read(matches_in[_i].subject, "", &s);
	ck_assert_msg(pattern_matches_in(&p, &s, matches_in[_i].domain) ==
	    matches_in[_i].matches, "%s", matches_in[_i].label);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pattern");

	suite_rows(s, reads_a_pattern, ROWS(patterns));
	suite_rows(s, refuses_with_a_cure, ROWS(no_patterns));
	suite_one(s, formats_the_longest);
	suite_one(s, cuts_what_does_not_fit);
	suite_rows(s, reads_a_subject, ROWS(subjects));
	suite_rows(s, matches_a_subject, ROWS(matches));
	suite_rows(s, matches_in_another_domain, ROWS(matches_in));
	return (suite_run(s));
}
