#include <stdio.h>
#include <string.h>

#include "heard_log.h"
#include "reading.h"
#include "searches.h"
#include "suite.h"
#include "told_entry.h"

#define DIRECTORY \
    (BIT(ACCOUNTS) | BIT(NETWORKS) | BIT(DOMAINS) | BIT(GROUPS))

static struct config config;

static void
make(struct told *m, const char *dn, const char *text)
{

	told_make(m, dn, "0123456789abcdef", ~0U, text);
}

static struct reading
reading_of(unsigned searches)
{
	struct reading r = { .config = &config, .path = "/p",
	    .searches = searches };

	searches_fill(&config);
	reading_begin(&r);
	return (r);
}

/* "accounts networks- ...": who was asked, with - if he made nothing of it
 * and the number of unreadable values if there are some. */
struct heard {
	char text[256];
	int fail_at;
	int calls;
};

static int
heard(void *ctx, enum search search, const struct record *record,
    struct why *why)
{
	struct heard *h = ctx;
	size_t at = strlen(h->text);

	at += (size_t)snprintf(h->text + at, sizeof(h->text) - at, "%s%s%s",
	    at == 0 ? "" : " ", search_name(search),
	    record == NULL ? "-" : "");
	if (record != NULL && record->unusable > 0)
		snprintf(h->text + at, sizeof(h->text) - at, "%u",
		    (unsigned)record->unusable);
	if (++h->calls == h->fail_at)
		return (why_set(why, "the store is full"));
	return (0);
}

static void
hear(struct reading *r, const struct source_entry *told, struct heard *h)
{
	struct why why;

	memset(h, 0, sizeof(*h));
	ck_assert_msg(reading_entry(r, told, heard, h, &why) == 0, "%s",
	    why.text);
}

/* ---- who wants it ------------------------------------------------------- */

#define JOE	"objectClass=inetOrgPerson|uid=joe"
#define NET	"objectClass=relayNetwork|cn=net|relayAccess=deny|" \
    "relayClient=192.0.2.0/24"

static const struct {
	const char *label;
	const char *dn;		/* as written */
	const char *text;
	const char *file_dn;	/* its normal DN in a file; NULL: a server's */
	unsigned asked;		/* by the source */
	unsigned searches;	/* of the reading */
	const char *heard;
} wanted[] = {
	{ "a server's: its own word on who wants it", "uid=joe,c=no", JOE,
	    NULL, BIT(ACCOUNTS), DIRECTORY, "accounts" },
	{ "who wants it can make nothing of it", "uid=joe,c=no", JOE, NULL,
	    BIT(ACCOUNTS) | BIT(NETWORKS), DIRECTORY, "accounts networks-" },
	{ "a search that is not read", "uid=joe,c=no", JOE, NULL,
	    BIT(ACCOUNTS) | BIT(NETWORKS), BIT(NETWORKS), "networks-" },
	{ "nobody wants it", "uid=joe,c=no", JOE, NULL, 0, DIRECTORY, "" },
	{ "a file's: the bases decide", "uid=joe," PEOPLE, JOE,
	    "uid=joe," PEOPLE, ~0U, DIRECTORY,
	    "accounts networks- domains- groups-" },
	{ "a file's, below another base", "uid=joe," RELAY, JOE,
	    "uid=joe," RELAY, ~0U, DIRECTORY,
	    "accounts- networks- domains- groups-" },
	{ "a file's network", "cn=net," RELAY, NET, "cn=net," RELAY, ~0U,
	    DIRECTORY, "accounts- networks domains- groups-" },
	{ "overrides are asked twice", "cn=net,c=no", NET, "cn=net,c=no", ~0U,
	    BIT(OVERRIDES), "overrides overrides-" },
	{ "a value that cannot be read", "uid=joe,c=no", JOE
	    "|objectClass=relayAccount|relayClient=x|relayClient=y", NULL,
	    BIT(ACCOUNTS), DIRECTORY, "accounts2" },
	{ "counted where it belongs", "cn=net,c=no", NET "|relayNotAfter=x|"
	    "objectClass=relayDomainAux|relayDomainName=example.com", NULL,
	    BIT(NETWORKS) | BIT(DOMAINS), DIRECTORY, "networks1 domains" },
	{ "no name that can be read", "uid=joe,,c=no", JOE, NULL,
	    BIT(ACCOUNTS) | BIT(GROUPS), DIRECTORY, "accounts- groups-" },
	{ "no name at all", "", JOE, NULL, BIT(ACCOUNTS), DIRECTORY,
	    "accounts-" }
};

START_TEST(wants)
{
	struct reading r = reading_of(wanted[_i].searches);
	struct told m;
	struct heard h;

	make(&m, wanted[_i].dn, wanted[_i].text);
	m.source.dn = wanted[_i].file_dn;
	m.source.searches = wanted[_i].asked;
	hear(&r, &m.source, &h);
	ck_assert_msg(strcmp(h.text, wanted[_i].heard) == 0, "%s: %s",
	    wanted[_i].label, h.text);
	reading_end(&r);
}
END_TEST

/* Whoever is told may stop it. */
START_TEST(stopped)
{
	struct reading r = reading_of(DIRECTORY);
	struct heard h = { .fail_at = _i + 1 };
	struct told m;
	struct why why;

	make(&m, "uid=joe,c=no", JOE);
	ck_assert_int_eq(reading_entry(&r, &m.source, heard, &h, &why), -1);
	ck_assert_str_eq(why.text, "the store is full");
	ck_assert_int_eq(h.calls, _i + 1);
	reading_end(&r);
}
END_TEST

/* ---- what could not be read --------------------------------------------- */

#define BAD	JOE "|objectClass=relayAccount|relayClient=bad"

static const struct {
	const char *label;
	const char *dn;
	const char *text;
	unsigned long line;
	const char *log;	/* the beginning of the line */
} problems[] = {
	{ "of a file: with the line", "uid=joe,c=no", BAD, 17,
	    "warning: /p:17: uid=joe,c=no: relayClient: bad: " },
	{ "of a server: without one", "uid=joe,c=no", BAD, 0,
	    "warning: /p: uid=joe,c=no: relayClient: bad: " },
	{ "a name", "uid=joe,,c=no", JOE, 0,
	    "warning: /p: uid=joe,,c=no: dn: this name cannot be read; the "
	    "entry is left out\n" }
};

START_TEST(reported)
{
	struct reading r = reading_of(BIT(ACCOUNTS));
	struct heard h;
	struct told m;

	make(&m, problems[_i].dn, problems[_i].text);
	m.source.line = problems[_i].line;
	hear(&r, &m.source, &h);
	reading_log(&r);
	ck_assert_msg(strncmp(heard_log, problems[_i].log,
	    strlen(problems[_i].log)) == 0, "%s: %s", problems[_i].label,
	    heard_log);
	ck_assert_int_eq(heard_log_count(""), 1);
	ck_assert_uint_eq(r.problems, 1);
	reading_end(&r);
}
END_TEST

/* A good entry after a broken one is as good as alone. */
START_TEST(next_one)
{
	struct reading r = reading_of(BIT(ACCOUNTS));
	struct heard h;
	struct told m;

	make(&m, problems[_i].dn, problems[_i].text);
	hear(&r, &m.source, &h);
	make(&m, "uid=ann,c=no", JOE);
	hear(&r, &m.source, &h);
	ck_assert_str_eq(h.text, "accounts");
	reading_end(&r);
}
END_TEST

static const struct {
	const char *label;
	int entries;
	bool quiet;
	int lines;
	const char *last;
} many[] = {
	{ "twenty", 20, false, 20, NULL },
	{ "one more", 21, false, 21, "/p: and 1 more values" },
	{ "a thousand", 1000, false, 21, "/p: and 980 more values" },
	{ "said before", 1000, true, 0, NULL }
};

START_TEST(bounded)
{
	struct reading r = reading_of(BIT(ACCOUNTS));
	struct heard h;
	struct told m;
	int i;

	r.quiet = many[_i].quiet;
	for (i = 0; i < many[_i].entries; i++) {
		make(&m, "uid=joe,c=no", BAD);
		hear(&r, &m.source, &h);
		ck_assert_str_eq(h.text, "accounts1");
	}
	reading_log(&r);
	ck_assert_msg(heard_log_count("") == many[_i].lines, "%s: %d lines",
	    many[_i].label, heard_log_count(""));
	if (many[_i].last != NULL)
		ck_assert_int_eq(heard_log_count(many[_i].last), 1);
	ck_assert_uint_eq(r.problems, (unsigned)many[_i].entries);
	reading_end(&r);
}
END_TEST

/* ---- dates -------------------------------------------------------------- */

#define DATED	JOE "|objectClass=relayAccount|objectClass=relayGroup|" \
    "relayMember=ann|relayEnforceFrom=20300101000000Z"
#define IGNORED	": relayEnforceFrom is ignored in the authority role: "	\
    "refusals are real "

static const struct {
	const char *label;
	enum role role;
	bool quiet;
	unsigned long line;
	int entries;
	const char *log;
} dates[] = {
	{ "it counts", ROLE_NARROWING, false, 3, 1, "" },
	{ "ignored, by its line", ROLE_AUTHORITY, false, 3, 1,
	    "warning: /p:3" IGNORED "(1 entry has it)\n" },
	{ "the first one's line", ROLE_AUTHORITY, false, 3, 5,
	    "warning: /p:3" IGNORED "(5 entries have it)\n" },
	{ "by its DN", ROLE_AUTHORITY, false, 0, 1,
	    "warning: /p: uid=0,c=no" IGNORED "(1 entry has it)\n" },
	{ "the first one's DN", ROLE_AUTHORITY, false, 0, 2,
	    "warning: /p: uid=0,c=no" IGNORED "(2 entries have it)\n" },
	{ "said before", ROLE_AUTHORITY, true, 3, 1, "" },
	{ "none", ROLE_AUTHORITY, false, 3, 0, "" }
};

START_TEST(dated)
{
	struct reading r = reading_of(BIT(ACCOUNTS) | BIT(GROUPS));
	struct heard h;
	struct told m;
	char dn[32];
	int i;

	config.policy.role = dates[_i].role;
	r.quiet = dates[_i].quiet;
	for (i = 0; i < dates[_i].entries; i++) {
		snprintf(dn, sizeof(dn), "uid=%d,c=no", i);
		make(&m, dn, DATED);
		m.source.line = dates[_i].line == 0 ? 0 :
		    dates[_i].line + (unsigned)i;
		hear(&r, &m.source, &h);
		ck_assert_str_eq(h.text, "accounts groups");
	}
	make(&m, "uid=none,c=no", JOE);
	hear(&r, &m.source, &h);
	reading_log(&r);
	ck_assert_msg(strcmp(heard_log, dates[_i].log) == 0, "%s: %s",
	    dates[_i].label, heard_log);
	reading_end(&r);
}
END_TEST

/* Each kind that may have a date. */
static const struct {
	enum search search;
	const char *text;
} kinds[] = {
	{ SEARCH_ACCOUNTS, JOE "|objectClass=relayAccount" },
	{ SEARCH_NETWORKS, NET },
	{ SEARCH_DOMAINS, "objectClass=relayDomain|"
	    "relayDomainName=example.com" },
	{ SEARCH_GROUPS, "objectClass=relayGroup|relayMember=joe" }
};

START_TEST(dated_kind)
{
	struct reading r = reading_of(1U << kinds[_i].search);
	char text[256];
	struct heard h;
	struct told m;

	make(&m, "cn=x,c=no", kinds[_i].text);
	hear(&r, &m.source, &h);
	ck_assert_uint_eq(r.dated, 0);
	snprintf(text, sizeof(text), "%s|relayEnforceFrom=20300101000000Z",
	    kinds[_i].text);
	make(&m, "cn=x,c=no", text);
	hear(&r, &m.source, &h);
	ck_assert_uint_eq(r.dated, 1);
	reading_end(&r);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reading");

	suite_rows(suite, wants, ROWS(wanted));
	suite_rows(suite, stopped, 4);
	suite_rows(suite, reported, ROWS(problems));
	suite_rows(suite, next_one, ROWS(problems));
	suite_rows(suite, bounded, ROWS(many));
	suite_rows(suite, dated, ROWS(dates));
	suite_rows(suite, dated_kind, ROWS(kinds));
	return (suite_run(suite));
}
