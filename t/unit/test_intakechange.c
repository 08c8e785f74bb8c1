#include "heard_log.h"
#include "intake_case.h"

/* ---- what has changed --------------------------------------------------- */

static bool
keep_none(void *ctx, const void *key, size_t len)
{

	(void)ctx;
	(void)key;
	(void)len;
	return (false);
}

static bool
keep_p1x(void *ctx, const void *key, size_t len)
{

	(void)ctx;
	return (len == 3 && memcmp(key, "p1", 2) == 0);
}

static void
sweep(struct intake_change *c, unsigned searches,
    bool (*keep)(void *, const void *, size_t))
{
	struct why why;

	ck_assert_msg(intake_change_sweep(c, searches, keep, NULL, &why) == 0,
	    "%s", why.text);
}

static void
nothing(struct intake_change *c)
{

	(void)c;
}

static void
new_account(struct intake_change *c)
{

	put(c, "new", BIT(ACCOUNTS) | BIT(GROUPS), "uid=new");
}

static void
new_account_and_group(struct intake_change *c)
{

	put(c, "new", BIT(ACCOUNTS) | BIT(GROUPS), "uid=new|memberUid=u1");
}

static void
as_it_was(struct intake_change *c)
{

	put(c, "p3", BIT(ACCOUNTS) | BIT(GROUPS),
	    "objectClass=inetOrgPerson|uid=u3");
}

static void
another_attribute(struct intake_change *c)
{

	put(c, "p3", BIT(ACCOUNTS) | BIT(GROUPS),
	    "objectClass=inetOrgPerson|uid=u3|description=of no interest");
}

static void
another_login(struct intake_change *c)
{

	put(c, "p3", BIT(ACCOUNTS) | BIT(GROUPS), "uid=u3|uid=u4");
}

static void
account_no_more(struct intake_change *c)
{

	put(c, "p3", BIT(ACCOUNTS) | BIT(GROUPS), "description=nothing");
}

static void
account_becomes_group(struct intake_change *c)
{

	put(c, "p3", BIT(ACCOUNTS) | BIT(GROUPS), "memberUid=u1");
}

static void
name_unreadable(struct intake_change *c)
{

	put(c, "p3,,", BIT(ACCOUNTS), "uid=x");
	put(c, "new", BIT(ACCOUNTS), "uid=new");
}

static void
value_unreadable(struct intake_change *c)
{

	put(c, "p3", BIT(ACCOUNTS) | BIT(GROUPS),
	    "objectClass=relayAccount|uid=u3|relayClient=bad");
}

static void
another_source(struct intake_change *c)
{

	put(c, "d", BIT(DOMAINS), "objectClass=relayDomain|"
	    "relayDomainName=example.org");
	delete(c, BIT(DOMAINS), "dn=com");
	sweep(c, BIT(DOMAINS), keep_none);
}

static void
delete_account(struct intake_change *c)
{

	delete(c, ~0U, "p3");
}

static void
delete_of_another_search(struct intake_change *c)
{

	delete(c, BIT(NETWORKS), "p3");
	delete(c, BIT(ACCOUNTS), "n1");
}

static void
sweep_accounts(struct intake_change *c)
{

	sweep(c, BIT(ACCOUNTS), keep_p1x);
}

static void
sweep_both(struct intake_change *c)
{

	sweep(c, BIT(ACCOUNTS) | BIT(NETWORKS) | BIT(GROUPS), keep_p1x);
}

static const struct {
	const char *label;
	void (*change)(struct intake_change *);
	const char *counts;
	const char *log;	/* "": nothing */
} changes[] = {
	{ "nothing", nothing, "20 4 1 0, 0", "" },
	{ "a new account", new_account, "21 4 1 0, 0",
	    "1 entry put, 0 deleted" },
	{ "that is a group as well", new_account_and_group, "21 4 1 1, 0",
	    "2 entries put, 0 deleted" },
	{ "an account as it was", as_it_was, "20 4 1 0, 0", "" },
	{ "another one of its attributes", another_attribute, "20 4 1 0, 0",
	    "" },
	{ "a login more", another_login, "20 4 1 0, 0",
	    "1 entry put, 0 deleted" },
	{ "it is none any more", account_no_more, "19 4 1 0, 0",
	    "0 entries put, 1 deleted" },
	{ "it is a group now", account_becomes_group, "19 4 1 1, 0",
	    "1 entry put, 1 deleted" },
	{ "an unreadable name takes nothing with it", name_unreadable,
	    "21 4 1 0, 0", "1 entry put, 0 deleted" },
	{ "an unreadable value", value_unreadable, "20 4 1 0, 1",
	    "1 entry put, 0 deleted" },
	{ "another source's search", another_source, "20 4 1 0, 0", "" },
	{ "deleted", delete_account, "19 4 1 0, 0",
	    "0 entries put, 1 deleted" },
	{ "deleted from another search", delete_of_another_search,
	    "20 4 1 0, 0", "" },
	{ "all accounts but ten are swept", sweep_accounts, "10 4 1 0, 0",
	    "0 entries put, 10 deleted" },
	{ "of several searches", sweep_both, "10 0 1 0, 0",
	    "0 entries put, 14 deleted" }
};

START_TEST(change)
{
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	struct intake_change *c = begin(&job);
	char is[64];
	struct why why;

	changes[_i].change(c);
	ck_assert_str_eq(counts(store, is), "20 4 1 0, 0");
	ck_assert_int_eq(commit(c, false, &why), INTAKE_IN_FORCE);
	ck_assert_msg(strcmp(counts(store, is), changes[_i].counts) == 0,
	    "%s: %s", changes[_i].label, is);
	ck_assert_msg(heard_log_count("policy changed: ") ==
	    (*changes[_i].log != '\0'), "%s: %s", changes[_i].label,
	    heard_log);
	ck_assert_msg(strstr(heard_log, changes[_i].log) != NULL, "%s: %s",
	    changes[_i].label, heard_log);
	store_close(store);
}
END_TEST

START_TEST(cancelled)
{
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	struct intake_change *c = begin(&job);
	char is[64];

	changes[_i].change(c);
	intake_change_cancel(c);
	intake_change_cancel(NULL);
	ck_assert_str_eq(counts(store, is), "20 4 1 0, 0");
	ck_assert_int_eq(heard_log_count("policy changed"), 0);
	intake_change_cancel(begin(&job));
	store_close(store);
}
END_TEST

/* The whole line, with what could not be read before it. */
START_TEST(logged)
{
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	struct intake_change *c = begin(&job);
	struct why why;
	int i;

	for (i = 0; i < 25; i++)
		value_unreadable(c);
	commit(c, false, &why);
	ck_assert_int_eq(heard_log_count("warning: " SOURCE ": "
	    "cn=p3,dc=example,dc=com: relayClient: bad: "), 20);
	ck_assert_int_eq(heard_log_count("warning: " SOURCE ": and 5 more "
	    "values that could not be read"), 1);
	ck_assert_int_eq(heard_log_count("info: policy changed: 1 entry put, "
	    "0 deleted, from " SOURCE " (25 values could not be read)"), 1);
	ck_assert_int_eq(heard_log_count(""), 22);
	store_close(store);
}
END_TEST

/* ---- max_shrink --------------------------------------------------------- */

static const struct {
	const char *label;
	int accounts, networks;	/* that go */
	bool guarded, accept;
	enum intake_outcome outcome;
} shrinks[] = {
	{ "half of them", 10, 0, true, false, INTAKE_IN_FORCE },
	{ "more than half", 11, 0, true, false, INTAKE_HELD_BACK },
	{ "more than half, accepted", 11, 0, true, true, INTAKE_IN_FORCE },
	{ "more than half, one by one", 11, 0, false, false,
	    INTAKE_IN_FORCE },
	{ "all of what is few", 0, 4, true, false, INTAKE_IN_FORCE },
	{ "all", 20, 4, true, false, INTAKE_HELD_BACK }
};

START_TEST(shrink)
{
	const bool held = shrinks[_i].outcome == INTAKE_HELD_BACK;
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	const struct cookie cookie = { 3, "new" };
	struct intake_change *c;
	struct store_search s;
	struct why why;
	char key[16];
	int i;

	job.accept = shrinks[_i].accept;
	c = begin(&job);
	for (i = 0; i < shrinks[_i].accounts; i++) {
		snprintf(key, sizeof(key), "p%d", i);
		delete(c, BIT(ACCOUNTS), key);
	}
	for (i = 0; i < shrinks[_i].networks; i++) {
		snprintf(key, sizeof(key), "n%d", i);
		delete(c, BIT(NETWORKS), key);
	}
	/* What comes does not make up for what goes. */
	for (i = 0; i < 30; i++) {
		snprintf(key, sizeof(key), "new%d", i);
		put(c, key, BIT(ACCOUNTS), "uid=new");
	}
	ck_assert_int_eq(intake_change_cookie(c, OURS, &cookie, &why), 0);
	ck_assert_msg(commit(c, shrinks[_i].guarded, &why) ==
	    shrinks[_i].outcome, "%s", shrinks[_i].label);
	s = storecase_info(store, SEARCH_ACCOUNTS);
	ck_assert(s.held_back == held);
	ck_assert_uint_eq(s.cookie.len, held ? 0 : 3);
	ck_assert_uint_eq(s.entries[KIND_ACCOUNT],
	    held ? PEOPLE : PEOPLE - shrinks[_i].accounts + 30);
	ck_assert_uint_eq(s.held_back_removes,
	    held ? shrinks[_i].accounts : 0);
	ck_assert_uint_eq(s.held_back_of, held ? PEOPLE : 0);
	ck_assert(!storecase_info(store, SEARCH_NETWORKS).held_back);
	if (held)
		ck_assert_msg(strstr(why.text, SOURCE ": held back: it would "
		    "remove ") != NULL && strstr(why.text, " of 20 accounts, "
		    "more than max_shrink (50 %) allows") != NULL, "%s",
		    why.text);
	store_close(store);
}
END_TEST

/* A refresh that comes into force ends it, what follows it does not. */
START_TEST(held_back_ends)
{
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	struct intake_change *c = begin(&job);
	struct why why;

	sweep(c, BIT(ACCOUNTS), keep_none);
	ck_assert_int_eq(commit(c, true, &why), INTAKE_HELD_BACK);
	ck_assert(storecase_info(store, SEARCH_ACCOUNTS).held_back);
	c = begin(&job);
	new_account(c);
	ck_assert_int_eq(commit(c, false, &why), INTAKE_IN_FORCE);
	ck_assert(storecase_info(store, SEARCH_ACCOUNTS).held_back);
	c = begin(&job);
	ck_assert_int_eq(commit(c, true, &why), INTAKE_IN_FORCE);
	ck_assert(!storecase_info(store, SEARCH_ACCOUNTS).held_back);
	store_close(store);
}
END_TEST

/* ---- notes -------------------------------------------------------------- */

static const struct {
	enum search search;
	const char *cookie;
	bool good;
} notes[] = {
	{ SEARCH_ACCOUNTS, "a", true },
	{ SEARCH_NETWORKS, "b", false },
	{ SEARCH_GROUPS, "", true },
	/* Another source's. */
	{ SEARCH_DOMAINS, "csn=domains@1000", false }
};

START_TEST(noted)
{
	const struct cookie a = { 1, "a" }, b = { 1, "b" };
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	enum search search = notes[_i].search;
	struct store_search before, after;
	struct intake_change *c;
	struct why why;

	before = storecase_info(store, search);
	usleep(2000);
	c = begin(&job);
	ck_assert_int_eq(intake_change_cookie(c, BIT(ACCOUNTS) |
	    BIT(NETWORKS) | BIT(DOMAINS), &a, &why), 0);
	ck_assert_int_eq(intake_change_cookie(c, BIT(NETWORKS), &b, &why),
	    0);
	ck_assert_int_eq(intake_change_good(c, BIT(ACCOUNTS) | BIT(GROUPS) |
	    BIT(DOMAINS), &why), 0);
	commit(c, false, &why);
	store_close(store);
	store = storecase_open(STORE_WRITE);
	after = storecase_info(store, search);
	ck_assert_uint_eq(after.cookie.len, strlen(notes[_i].cookie));
	ck_assert_mem_eq(after.cookie.bytes, notes[_i].cookie,
	    after.cookie.len);
	ck_assert((after.good.boot_ms > before.good.boot_ms) ==
	    notes[_i].good);
	ck_assert_int_eq(heard_log_count(""), 0);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intakechange");

	suite_rows(suite, change, ROWS(changes));
	suite_rows(suite, cancelled, ROWS(changes));
	suite_one(suite, logged);
	suite_rows(suite, shrink, ROWS(shrinks));
	suite_one(suite, held_back_ends);
	suite_rows(suite, noted, ROWS(notes));
	return (suite_run(suite));
}
