#include <stdio.h>
#include <string.h>

#include "intake.h"
#include "ldif.h"
#include "searches.h"
#include "storecase.h"
#include "suite.h"

static struct config config = { .max_shrink = 50 };

static void
config_fill(void)
{
	struct config_search *s;
	int i;

	searches_fill(&config);
	for (i = 0; i < SEARCHES; i++) {
		s = &config.searches[i];
		s->configured = true;
		s->source = "ldif:/nowhere";
		s->digest = (uint64_t)i;
	}
}

static int
tell_text(void *ctx, const struct sink *sink, struct why *why)
{
	const char *text = ctx;

	return (ldif_parse("file", text, strlen(text), sink, why));
}

static int
no_end(void *ctx, struct why *why)
{

	(void)ctx;
	(void)why;
	return (0);
}

static int
end_at_once(void *ctx, struct why *why)
{

	(void)ctx;
	return (why_set(why, "nobody waits for it"));
}

/* The first call comes from the store, the others from entries. */
static int
end_later(void *ctx, struct why *why)
{
	static int calls;

	(void)ctx;
	return (++calls == 1 ? 0 : why_set(why, "nobody waits any more"));
}

static struct intake_job
job_of(struct store *store, unsigned searches)
{
	struct intake_job job = { .config = &config, .store = store,
	    .name = "ldif:/nowhere", .path = "/nowhere",
	    .searches = searches, .unchecked = true, .progress = no_end };

	return (job);
}

static struct why last_why;

static enum intake_outcome
run(const struct intake_job *job, const char *text)
{
	enum intake_outcome outcome;

	ck_assert_msg(intake_run(job, tell_text, (void *)(uintptr_t)text,
	    &outcome, &last_why) == 0, "%s", last_why.text);
	return (outcome);
}

/* "1 0 2 ...": the entries of each search, by kind where there are two. */
static const char *
counts(struct store *store, char out[64])
{
	struct store_view *view = storecase_view(store, DIRECTORY, 1000);
	struct store_search s[SEARCHES];
	int i;

	for (i = 0; i < SEARCHES; i++)
		ck_assert_int_eq(store_info(view, (enum search)i, &s[i]), 0);
	snprintf(out, 64, "%u %u %u %u %u+%u",
	    (unsigned)s[SEARCH_ACCOUNTS].entries[KIND_ACCOUNT],
	    (unsigned)s[SEARCH_NETWORKS].entries[KIND_NETWORK],
	    (unsigned)s[SEARCH_DOMAINS].entries[KIND_DOMAIN],
	    (unsigned)s[SEARCH_GROUPS].entries[KIND_GROUP],
	    (unsigned)s[SEARCH_OVERRIDES].entries[KIND_NETWORK],
	    (unsigned)s[SEARCH_OVERRIDES].entries[KIND_DENY]);
	store_view_end(view);
	return (out);
}

/* ---- which entry belongs where ------------------------------------------- */

#define PERSON	"objectClass: inetOrgPerson\nuid: joe\n"		\
    "mail: joe@example.com\n"
#define NET	"objectClass: relayNetwork\ncn: net\n"			\
    "relayClient: 192.0.2.0/24\nrelayAccess: "

static const struct {
	const char *label;
	const char *text;
	unsigned searches;
	const char *counts;
} belongs[] = {
	{ "no record at all", "", ALL_SEARCHES, "0 0 0 0 0+0" },
	{ "an account below its base",
	    "dn: uid=joe," PEOPLE "\n" PERSON, DIRECTORY, "1 0 0 0 0+0" },
	{ "the base itself", "dn: " PEOPLE "\n" PERSON, DIRECTORY,
	    "1 0 0 0 0+0" },
	{ "deep below it, spelt otherwise",
	    "dn: UID=joe, ou=Staff ,OU=People,dc=Example,dc=com\n" PERSON,
	    DIRECTORY, "1 0 0 0 0+0" },
	{ "an account beside its base",
	    "dn: uid=joe," RELAY "\n" PERSON, DIRECTORY, "0 0 0 0 0+0" },
	{ "a base that is only the end of a name",
	    "dn: uid=joe,ou=more people,dc=example,dc=com\n" PERSON,
	    DIRECTORY, "0 0 0 0 0+0" },
	{ "neither login nor address",
	    "dn: uid=joe," PEOPLE "\nobjectClass: inetOrgPerson\n",
	    DIRECTORY, "0 0 0 0 0+0" },
	{ "accounts are not asked for",
	    "dn: uid=joe," PEOPLE "\n" PERSON, DIRECTORY & ~BIT(ACCOUNTS),
	    "0 0 0 0 0+0" },
	{ "a network", "dn: cn=net," RELAY "\n" NET "allow\n", DIRECTORY,
	    "0 1 0 0 0+0" },
	{ "a network beside its base", "dn: cn=net," PEOPLE "\n" NET
	    "allow\n", DIRECTORY, "0 0 0 0 0+0" },
	{ "a domain", "dn: cn=x," RELAY "\nobjectClass: relayDomain\n"
	    "relayDomainName: example.com\n", DIRECTORY, "0 0 1 0 0+0" },
	{ "a group", "dn: cn=x," RELAY "\nobjectClass: groupOfNames\n"
	    "member: uid=joe," PEOPLE "\n", DIRECTORY, "0 0 0 1 0+0" },
	{ "an account that is a group as well", "dn: cn=x," PEOPLE "\n"
	    PERSON "member: uid=joe," PEOPLE "\n", DIRECTORY, "1 0 0 1 0+0" },
	{ "a network and domain in one entry", "dn: cn=net," RELAY "\n" NET
	    "allow\nobjectClass: relayDomainAux\n"
	    "relayDomainName: example.com\n", DIRECTORY, "0 1 1 0 0+0" },
	{ "an override of a network", "dn: cn=net,c=no\n" NET "deny\n",
	    BIT(OVERRIDES), "0 0 0 0 1+0" },
	{ "an override of an account", "dn: uid=joe,c=no\n"
	    "objectClass: relayAccount\nrelayLogin: joe\n"
	    "relayAccess: deny\n", BIT(OVERRIDES), "0 0 0 0 0+1" },
	{ "policy and overrides in one file", "dn: cn=net," RELAY "\n" NET
	    "deny\n", ALL_SEARCHES, "0 1 0 0 1+0" }
};

START_TEST(entry_belongs)
{
	struct store *store = storecase_new();
	struct intake_job job = job_of(store, belongs[_i].searches);
	char text[4096], is[64];

	config_fill();
	snprintf(text, sizeof(text), "version: 1\n\n%s", belongs[_i].text);
	ck_assert_int_eq(run(&job, text), INTAKE_IN_FORCE);
	ck_assert_msg(strcmp(counts(store, is), belongs[_i].counts) == 0,
	    "%s: %s", belongs[_i].label, is);
	store_close(store);
}
END_TEST

/* ---- max_shrink ---------------------------------------------------------- */

static const char *
people(int from, int to)
{
	static char text[64 * 1024];
	int i;

	snprintf(text, sizeof(text), "version: 1\n");
	for (i = from; i < to; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "\ndn: uid=u%d," PEOPLE "\nuid: u%d\nsn: u\n"
		    "mail: u%d@example.com\n", i, i, i);
	return (text);
}

static const struct {
	const char *label;
	int before;		/* accounts 0 to */
	int from, to;		/* and then */
	long max_shrink;
	bool accept;
	enum intake_outcome outcome;
} shrinks[] = {
	{ "as many", 20, 0, 20, 50, false, INTAKE_IN_FORCE },
	{ "half of them go", 20, 10, 20, 50, false, INTAKE_IN_FORCE },
	{ "more than half go", 20, 11, 20, 50, false, INTAKE_HELD_BACK },
	{ "all go", 20, 0, 0, 50, false, INTAKE_HELD_BACK },
	{ "all go, and others come", 20, 20, 60, 50, false,
	    INTAKE_HELD_BACK },
	{ "more than half go, accepted", 20, 11, 20, 50, true,
	    INTAKE_IN_FORCE },
	{ "of ten", 10, 0, 4, 50, false, INTAKE_HELD_BACK },
	{ "below ten any number may go", 9, 0, 0, 50, false,
	    INTAKE_IN_FORCE },
	{ "none may go", 20, 0, 19, 0, false, INTAKE_HELD_BACK },
	{ "none may go, and none does", 20, 0, 25, 0, false,
	    INTAKE_IN_FORCE },
	{ "all may go", 20, 0, 0, 100, false, INTAKE_IN_FORCE },
	{ "there was nothing", 0, 0, 20, 0, false, INTAKE_IN_FORCE }
};

START_TEST(shrink)
{
	struct store *store = storecase_new();
	struct intake_job job = job_of(store, BIT(ACCOUNTS) | BIT(NETWORKS));
	struct store_search s;
	struct store_view *view;
	uint64_t generation;

	config_fill();
	config.max_shrink = shrinks[_i].max_shrink;
	ck_assert_int_eq(run(&job, people(0, shrinks[_i].before)),
	    INTAKE_IN_FORCE);
	job.accept = shrinks[_i].accept;
	ck_assert_msg(run(&job, people(shrinks[_i].from, shrinks[_i].to)) ==
	    shrinks[_i].outcome, "%s", shrinks[_i].label);
	view = storecase_view(store, DIRECTORY, 1000);
	generation = store_generation(view);
	ck_assert_int_eq(store_info(view, SEARCH_ACCOUNTS, &s), 0);
	store_view_end(view);
	if (shrinks[_i].outcome == INTAKE_IN_FORCE) {
		ck_assert(!s.held_back);
		ck_assert_uint_eq(generation, 2);
		ck_assert_int_eq((int)s.entries[KIND_ACCOUNT],
		    shrinks[_i].to - shrinks[_i].from);
	} else {
		ck_assert(s.held_back);
		ck_assert_uint_eq(generation, 1);
		ck_assert_int_eq((int)s.held_back_of, shrinks[_i].before);
		ck_assert_int_eq((int)s.entries[KIND_ACCOUNT],
		    shrinks[_i].before);
	}
	store_close(store);
}
END_TEST

/* An attribute that is hidden: all entries come, without it. */
static const char *
hidden(const char *attr)
{
	static char text[64 * 1024];
	const char *line = people(0, 20), *end;
	size_t at = 0;

	for (; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		if (strncmp(line, attr, strlen(attr)) != 0)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			    "%.*s\n", (int)(end - line), line);
	}
	return (text);
}

static const struct {
	const char *label;
	const char *attr;
	bool accept;
	enum intake_outcome outcome;
	const char *says;	/* NULL: nothing */
} slips[] = {
	{ "no login can be read", "uid:", false, INTAKE_HELD_BACK,
	    "20 of 20 logins of accounts, " },
	{ "no address can be read", "mail:", false, INTAKE_HELD_BACK,
	    "20 of 20 addresses of accounts, " },
	{ "no login can be read, accepted", "uid:", true, INTAKE_IN_FORCE,
	    NULL },
	{ "what nothing hangs on", "sn:", false, INTAKE_IN_FORCE, NULL }
};

START_TEST(slip)
{
	struct store *store = storecase_new();
	struct intake_job job = job_of(store, BIT(ACCOUNTS));
	struct store_search s;

	config_fill();
	config.max_shrink = 50;
	ck_assert_int_eq(run(&job, people(0, 20)), INTAKE_IN_FORCE);
	job.accept = slips[_i].accept;
	ck_assert_msg(run(&job, hidden(slips[_i].attr)) == slips[_i].outcome,
	    "%s", slips[_i].label);
	ck_assert_msg(slips[_i].says == NULL ||
	    strstr(last_why.text, slips[_i].says) != NULL, "%s: %s",
	    slips[_i].label, last_why.text);
	s = storecase_info(store, SEARCH_ACCOUNTS);
	ck_assert(s.held_back == (slips[_i].says != NULL));
	ck_assert_uint_eq(s.held_back_removes, s.held_back ? 20 : 0);
	ck_assert_uint_eq(s.entries[KIND_ACCOUNT], 20);
	store_close(store);
}
END_TEST

/* ---- what goes wrong ----------------------------------------------------- */

static int
tell_nothing(void *ctx, const struct sink *sink, struct why *why)
{

	(void)ctx;
	(void)sink;
	return (why_set(why, "no such file"));
}

static const struct entry joe = { .dn = "uid=joe," PEOPLE,
    .dn_len = sizeof("uid=joe," PEOPLE) - 1 };
static const struct source_entry told_joe = { .entry = &joe,
    .key = "uid=joe," PEOPLE, .key_len = sizeof("uid=joe," PEOPLE) - 1,
    .dn = "uid=joe," PEOPLE, .searches = ~0U, .line = 1 };

static int
tell_half(void *ctx, const struct sink *sink, struct why *why)
{

	(void)ctx;
	if (sink->begin(sink->ctx, why) == -1 ||
	    sink->entry(sink->ctx, &told_joe, why) == -1)
		return (-1);
	return (why_set(why, "the rest is missing"));
}

static int
tell_much(void *ctx, const struct sink *sink, struct why *why)
{
	int i;

	(void)ctx;
	if (sink->begin(sink->ctx, why) == -1)
		return (-1);
	for (i = 0; i < 1000; i++)
		if (sink->entry(sink->ctx, &told_joe, why) == -1)
			return (-1);
	return (sink->end(sink->ctx, why));
}

static const struct {
	const char *label;
	int (*tell)(void *, const struct sink *, struct why *);
	int (*progress)(void *, struct why *);
	const char *says;
} failures[] = {
	{ "the source cannot be read", tell_nothing, no_end, "no such file" },
	{ "it ends in the middle", tell_half, no_end, "the rest is missing" },
	{ "nobody waits for it", tell_much, end_at_once,
	    "nobody waits for it" },
	{ "nobody waits any more", tell_much, end_later,
	    "nobody waits any more" }
};

START_TEST(failure)
{
	struct store *store = storecase_new();
	struct intake_job job = job_of(store, BIT(ACCOUNTS));
	enum intake_outcome outcome;
	struct why why;
	char is[64];

	config_fill();
	config.max_shrink = 100;
	ck_assert_int_eq(run(&job, people(0, 3)), INTAKE_IN_FORCE);
	job.progress = failures[_i].progress;
	ck_assert_int_eq(intake_run(&job, failures[_i].tell, NULL, &outcome,
	    &why), -1);
	ck_assert_str_eq(why.text, failures[_i].says);
	ck_assert_str_eq(counts(store, is), "3 0 0 0 0+0");
	/* The store takes the next one. */
	job.progress = no_end;
	ck_assert_int_eq(run(&job, people(0, 4)), INTAKE_IN_FORCE);
	ck_assert_str_eq(counts(store, is), "4 0 0 0 0+0");
	store_close(store);
}
END_TEST

START_TEST(notes)
{
	struct store *store = storecase_new();
	struct intake_job job = job_of(store, BIT(ACCOUNTS) | BIT(GROUPS));
	struct store_search s;
	struct store_view *view;
	int i;

	config_fill();
	job.quiet = true;
	run(&job, "version: 1\n\ndn: uid=joe," PEOPLE "\nuid: joe\n"
	    "objectClass: relayAccount\nrelayClient: bad\n\n"
	    /* What is no entry has nothing in force. */
	    "dn: cn=none," PEOPLE "\nobjectClass: relayAccount\n"
	    "relayClient: bad\n");
	view = storecase_view(store, BIT(ACCOUNTS) | BIT(GROUPS), 0);
	for (i = 0; i < SEARCHES; i++) {
		ck_assert_int_eq(store_info(view, (enum search)i, &s), 0);
		ck_assert(s.loaded == ((job.searches >> i & 1) != 0));
		ck_assert_uint_eq(s.digest, s.loaded ? (unsigned)i : 0);
		ck_assert_uint_eq(s.unusable, i == SEARCH_ACCOUNTS);
		ck_assert(s.loaded == (s.good.utc > 0));
	}
	store_view_end(view);
	store_close(store);
}
END_TEST

/* ---- cookies ------------------------------------------------------------- */

static int
tell_cookies(void *ctx, const struct sink *sink, struct why *why)
{
	const struct cookie first = { 5, "first" }, second = { 2, "2." };

	(void)ctx;
	if (sink->begin(sink->ctx, why) == -1 ||
	    sink->cookie(sink->ctx, BIT(ACCOUNTS) | BIT(GROUPS), &first,
	    why) == -1 ||
	    sink->cookie(sink->ctx, BIT(GROUPS) | BIT(NETWORKS), &second,
	    why) == -1)
		return (-1);
	return (sink->end(sink->ctx, why));
}

static const struct {
	enum search search;
	const char *cookie;
} cookies[] = {
	{ SEARCH_ACCOUNTS, "first" },
	{ SEARCH_GROUPS, "2." },
	{ SEARCH_DOMAINS, "" },
	/* It was not asked for. */
	{ SEARCH_NETWORKS, "" }
};

/* What a source says last stands; without a word there is none any more. */
START_TEST(cookie)
{
	struct store *store = storecase_new();
	struct intake_job job = job_of(store, BIT(ACCOUNTS) | BIT(GROUPS) |
	    BIT(DOMAINS));
	const char *is = cookies[_i].cookie;
	enum intake_outcome outcome;
	struct store_search s;
	struct why why;

	config_fill();
	config.max_shrink = 100;
	ck_assert_int_eq(intake_run(&job, tell_cookies, NULL, &outcome,
	    &why), 0);
	s = storecase_info(store, cookies[_i].search);
	ck_assert_uint_eq(s.cookie.len, strlen(is));
	ck_assert_mem_eq(s.cookie.bytes, is, strlen(is));
	run(&job, "version: 1\n");
	s = storecase_info(store, cookies[_i].search);
	ck_assert_uint_eq(s.cookie.len, 0);
	store_close(store);
}
END_TEST

START_TEST(dropped)
{
	struct store *store = storecase_new();
	struct intake_job job = job_of(store, ALL_SEARCHES);
	struct why why;
	char is[64];

	config_fill();
	config.max_shrink = 0;
	run(&job, "version: 1\n\ndn: uid=joe," PEOPLE "\n" PERSON "\n"
	    "dn: cn=net," RELAY "\n" NET "deny\n");
	ck_assert_str_eq(counts(store, is), "1 1 0 0 1+0");
	job.drop = BIT(OVERRIDES);
	ck_assert_int_eq(intake_drop(&job, &why), 0);
	ck_assert_str_eq(counts(store, is), "1 1 0 0 0+0");
	job.progress = end_at_once;
	job.drop = BIT(ACCOUNTS);
	ck_assert_int_eq(intake_drop(&job, &why), -1);
	ck_assert_str_eq(counts(store, is), "1 1 0 0 0+0");
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intake");

	suite_rows(suite, entry_belongs, ROWS(belongs));
	suite_rows(suite, shrink, ROWS(shrinks));
	suite_rows(suite, slip, ROWS(slips));
	suite_rows(suite, failure, ROWS(failures));
	suite_one(suite, notes);
	suite_rows(suite, cookie, ROWS(cookies));
	suite_one(suite, dropped);
	return (suite_run(suite));
}
