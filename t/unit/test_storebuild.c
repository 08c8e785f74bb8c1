#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "storecase.h"
#include "suite.h"

static const struct storecase_entry first[] = {
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=joe", .logins = LIST("joe")) },
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=ann", .logins = LIST("ann")) },
	{ SEARCH_NETWORKS, NETWORK("cn=one",
	    .clients = NETS(V4(192, 0, 2, 0, 24))) },
	{ SEARCH_DOMAINS, DOMAIN("dn=com", .name = "example.com") },
	{ SEARCH_GROUPS, GROUP("cn=staff", .member_logins = LIST("joe")) },
	{ SEARCH_OVERRIDES, DENY("cn=stop", .logins = LIST("eve")) }
};

static const struct storecase_entry second[] = {
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=bob", .logins = LIST("bob")) },
	{ SEARCH_NETWORKS, NETWORK("cn=two",
	    .clients = NETS(V4(198, 51, 100, 0, 25))) },
	{ SEARCH_DOMAINS, DOMAIN("dn=org", .name = "example.org") },
	{ SEARCH_GROUPS, GROUP("cn=guests", .member_logins = LIST("bob")) },
	{ SEARCH_OVERRIDES, DENY("cn=halt", .logins = LIST("kim")) }
};

/* ---- generations --------------------------------------------------------- */

/* The whole policy in one line: which of the two each search is from. */
static const char *
whole(struct store *store, char out[STORECASE_TEXT])
{
	struct store_view *view = storecase_view(store, DIRECTORY, 1000);
	char text[STORECASE_TEXT], all[STORECASE_TEXT] = "";

	storecase_add(all, storecase_accounts_by_login(view, "joe", text));
	storecase_add(all, storecase_accounts_by_login(view, "bob", text));
	storecase_add(all, storecase_networks(view, "192.0.2.1", 129, text));
	storecase_add(all, storecase_networks(view, "198.51.100.1", 129,
	    text));
	storecase_add(all, storecase_domains(view, "example.com", text));
	storecase_add(all, storecase_domains(view, "example.org", text));
	storecase_add(all, storecase_groups_with_login(view, "joe", text));
	storecase_add(all, storecase_groups_with_login(view, "bob", text));
	storecase_add(all, storecase_denies_by_login(view, "eve", text));
	storecase_add(all, storecase_denies_by_login(view, "kim", text));
	store_view_end(view);
	return (strcpy(out, all));
}

#define OLD_ALL "uid=joe;ABSENT;24:cn=one;ABSENT;dn=com;ABSENT;cn=staff;" \
    "ABSENT;cn=stop;ABSENT"
#define BIT(search)	(1U << SEARCH_##search)

static const struct {
	const char *label;
	unsigned searches;
	unsigned drop;
	const char *after;
} switches[] = {
	{ "all are new", ALL_SEARCHES, 0,
	    "ABSENT;uid=bob;ABSENT;25:cn=two;ABSENT;dn=org;ABSENT;cn=guests;"
	    "ABSENT;cn=halt" },
	{ "accounts alone; the others are carried over", BIT(ACCOUNTS), 0,
	    "ABSENT;uid=bob;24:cn=one;ABSENT;dn=com;ABSENT;cn=staff;ABSENT;"
	    "cn=stop;ABSENT" },
	{ "networks alone", BIT(NETWORKS), 0,
	    "uid=joe;ABSENT;ABSENT;25:cn=two;dn=com;ABSENT;cn=staff;ABSENT;"
	    "cn=stop;ABSENT" },
	{ "overrides alone", BIT(OVERRIDES), 0,
	    "uid=joe;ABSENT;24:cn=one;ABSENT;dn=com;ABSENT;cn=staff;ABSENT;"
	    "ABSENT;cn=halt" },
	{ "two of them", BIT(DOMAINS) | BIT(GROUPS), 0,
	    "uid=joe;ABSENT;24:cn=one;ABSENT;ABSENT;dn=org;ABSENT;cn=guests;"
	    "cn=stop;ABSENT" },
	{ "nothing new", 0, 0, OLD_ALL },
	{ "accounts new, overrides dropped", BIT(ACCOUNTS), BIT(OVERRIDES),
	    "ABSENT;uid=bob;24:cn=one;ABSENT;dn=com;ABSENT;cn=staff;ABSENT;"
	    "ABSENT;ABSENT" },
	{ "only dropped", 0, BIT(OVERRIDES) | BIT(GROUPS),
	    "uid=joe;ABSENT;24:cn=one;ABSENT;dn=com;ABSENT;ABSENT;ABSENT;"
	    "ABSENT;ABSENT" }
};

START_TEST(generation)
{
	unsigned searches = switches[_i].searches, drop = switches[_i].drop;
	struct store *store = storecase_new();
	struct store_build *build;
	struct store_search is;
	struct store_view *view;
	struct cookie cookie;
	char text[STORECASE_TEXT];
	int i;

	storecase_load(store, ALL_SEARCHES, first, ROWS(first), 1000);
	ck_assert_str_eq(whole(store, text), OLD_ALL);
	build = storecase_begin(store, searches);
	for (i = 0; i < ROWS(second); i++)
		if ((searches >> second[i].search & 1) != 0)
			storecase_put(build, second[i].search,
			    &second[i].record);
	ck_assert_str_eq(whole(store, text), OLD_ALL);
	storecase_switch(build, 2000, drop);
	ck_assert_msg(strcmp(whole(store, text), switches[_i].after) == 0,
	    "%s: %s", switches[_i].label, text);
	view = storecase_view(store, DIRECTORY, 2000);
	ck_assert_uint_eq(store_generation(view), 2);
	for (i = 0; i < SEARCHES; i++) {
		ck_assert_int_eq(store_info(view, (enum search)i, &is), 0);
		ck_assert(is.loaded == ((drop >> i & 1) == 0));
		if (!is.loaded) {
			ck_assert_uint_eq(is.cookie.len, 0);
			continue;
		}
		ck_assert_uint_eq(is.generation, 1 + (searches >> i & 1));
		ck_assert_int_eq(is.good.utc, 1000 +
		    1000 * (int)(searches >> i & 1));
		storecase_cookie(&cookie, (enum search)i, is.good.utc);
		ck_assert_uint_eq(is.cookie.len, cookie.len);
		ck_assert_mem_eq(is.cookie.bytes, cookie.bytes, cookie.len);
	}
	store_view_end(view);
	store_close(store);
}
END_TEST

/* What could not be read of the entries in force, whoever brought them. */
START_TEST(unusable)
{
	static const uint64_t fresh = 100, before = 1;
	unsigned searches = switches[_i].searches, drop = switches[_i].drop;
	struct store *store = storecase_new();
	struct store_build *build;
	struct record record;
	uint64_t is;
	int i, round;

	for (round = 0; round < 2; round++) {
		build = storecase_begin(store,
		    round == 0 ? ALL_SEARCHES : searches);
		for (i = 0; i < ROWS(second); i++) {
			if (round == 1 && (searches >> i & 1) == 0)
				continue;
			record = second[i].record;
			record.unusable = (uint32_t)(round == 0 ? before :
			    fresh);
			storecase_put(build, second[i].search, &record);
		}
		storecase_switch(build, 1000, round == 0 ? 0 : drop);
	}
	for (i = 0; i < SEARCHES; i++) {
		is = storecase_info(store, (enum search)i).unusable;
		ck_assert_msg(is == ((searches >> i & 1) != 0 ? fresh :
		    (drop >> i & 1) != 0 ? 0 : before), "%s: %s has %llu",
		    switches[_i].label, search_name((enum search)i),
		    (unsigned long long)is);
	}
	store_close(store);
}
END_TEST

static const size_t cookie_lens[] = { 0, 1, 511, 512, COOKIE_MAX };

START_TEST(cookie_length)
{
	struct store *store = storecase_new();
	struct store_search notes[SEARCHES], is;
	size_t len = cookie_lens[_i];
	struct why why;

	memset(notes, 0, sizeof(notes));
	memset(notes[SEARCH_GROUPS].cookie.bytes, 0x80, COOKIE_MAX);
	notes[SEARCH_GROUPS].cookie.len = len;
	ck_assert_int_eq(store_build_switch(storecase_begin(store,
	    BIT(GROUPS)), notes, 0, &why), 0);
	store_close(store);
	store = storecase_open(STORE_READ);
	is = storecase_info(store, SEARCH_GROUPS);
	ck_assert_uint_eq(is.cookie.len, len);
	ck_assert_mem_eq(is.cookie.bytes, notes[SEARCH_GROUPS].cookie.bytes,
	    len);
	store_close(store);
}
END_TEST

/* Each slot is used again and again, and nothing of what it held shows. */
START_TEST(many_generations)
{
	struct store *store = storecase_new();
	struct store_view *view;
	char text[STORECASE_TEXT];
	int i;

	for (i = 0; i < 7; i++) {
		storecase_load(store, ALL_SEARCHES,
		    i % 2 == 0 ? first : second,
		    i % 2 == 0 ? ROWS(first) : ROWS(second), 1000);
		view = storecase_view(store, DIRECTORY, 1000);
		ck_assert_uint_eq(store_generation(view), (unsigned)i + 1);
		ck_assert_str_eq(storecase_accounts_by_login(view, "joe",
		    text), i % 2 == 0 ? "uid=joe" : "ABSENT");
		ck_assert_str_eq(storecase_accounts_by_login(view, "bob",
		    text), i % 2 == 0 ? "ABSENT" : "uid=bob");
		store_view_end(view);
	}
	store_close(store);
}
END_TEST

/* A view that is open while generations pass keeps its own moment. */
START_TEST(old_view)
{
	struct store *store = storecase_new();
	struct store_view *view;
	char text[STORECASE_TEXT];
	int i;

	storecase_load(store, ALL_SEARCHES, first, ROWS(first), 1000);
	view = storecase_view(store, DIRECTORY, 1000);
	for (i = 0; i < 4; i++) {
		storecase_load(store, ALL_SEARCHES, second, ROWS(second),
		    2000);
		ck_assert_str_eq(storecase_accounts_by_login(view, "joe",
		    text), "uid=joe");
		ck_assert_str_eq(storecase_accounts_by_login(view, "bob",
		    text), "ABSENT");
		ck_assert_str_eq(storecase_networks(view, "192.0.2.1", 129,
		    text), "24:cn=one");
		ck_assert_uint_eq(store_generation(view), 1);
	}
	store_view_end(view);
	store_close(store);
}
END_TEST

START_TEST(cancelled)
{
	struct store *store = storecase_new();
	struct store_build *build;
	char text[STORECASE_TEXT];

	storecase_load(store, ALL_SEARCHES, first, ROWS(first), 1000);
	build = storecase_begin(store, ALL_SEARCHES);
	storecase_put(build, SEARCH_ACCOUNTS, &second[0].record);
	store_build_cancel(build);
	store_build_cancel(NULL);
	ck_assert_str_eq(whole(store, text), OLD_ALL);
	/* What it left behind is not found by the next one. */
	storecase_load(store, BIT(DOMAINS), first, ROWS(first), 1000);
	ck_assert_str_eq(whole(store, text), OLD_ALL);
	store_close(store);
}
END_TEST

/* Left half-built by a process that was killed: the batches are there. */
START_TEST(abandoned)
{
	struct store *store = storecase_new();
	struct store_build *build;
	struct record record = second[0].record;
	char dn[40], text[STORECASE_TEXT];
	int i;

	storecase_load(store, ALL_SEARCHES, first, ROWS(first), 1000);
	build = storecase_begin(store, ALL_SEARCHES);
	record.u.account.dn = dn;
	for (i = 0; i < 25000; i++) {
		snprintf(dn, sizeof(dn), "uid=u%d", i);
		storecase_put(build, SEARCH_ACCOUNTS, &record);
	}
	store_build_cancel(build);
	ck_assert_str_eq(whole(store, text), OLD_ALL);
	storecase_load(store, BIT(ACCOUNTS), second, ROWS(second), 1000);
	ck_assert_str_eq(whole(store, text), switches[1].after);
	store_close(store);
}
END_TEST

START_TEST(one_at_a_time)
{
	struct store *store = storecase_new();
	struct store_build *build = storecase_begin(store, BIT(ACCOUNTS));
	struct store_build *other;
	struct store_change *change;
	struct why why;

	ck_assert_int_eq(store_build_begin(store, 0, &other, &why), -1);
	ck_assert_int_eq(store_change_begin(store, &change, &why), -1);
	/* Nor does it take what it was not begun for. */
	ck_assert_int_eq(store_build_put(build, SEARCH_GROUPS, "k", 1,
	    &first[4].record, &why), -1);
	store_build_cancel(build);
	build = storecase_begin(store, 0);
	store_build_cancel(build);
	ck_assert_int_eq(store_change_begin(store, &change, &why), 0);
	ck_assert_int_eq(store_build_begin(store, 0, &build, &why), -1);
	ck_assert_str_eq(why.text, "the policy is being changed");
	store_change_cancel(change);
	build = storecase_begin(store, 0);
	store_build_cancel(build);
	store_close(store);
}
END_TEST

/* ---- progress ------------------------------------------------------------ */

struct patience {
	int calls;
	int end_after;	/* 0: never */
};

static int
progress(void *ctx, struct why *why)
{
	struct patience *p = ctx;

	if (++p->calls == p->end_after)
		return (why_set(why, "enough"));
	return (0);
}

static int
put_accounts(struct store_build *build, int n, struct why *why)
{
	struct record record = first[0].record;
	char dn[40], login[40];
	const char *logins[] = { login };
	int i;

	record.u.account.dn = dn;
	record.u.account.logins.v = logins;
	for (i = 0; i < n; i++) {
		snprintf(dn, sizeof(dn), "uid=u%d", i);
		snprintf(login, sizeof(login), "u%d", i);
		if (store_build_put(build, SEARCH_ACCOUNTS, dn, strlen(dn),
		    &record, why) == -1)
			return (-1);
	}
	return (0);
}

START_TEST(progress_is_told)
{
	struct store_search notes[SEARCHES];
	struct patience p = { 0, 0 };
	struct store *store = storecase_new();
	struct store_build *build = storecase_begin(store, BIT(ACCOUNTS));
	struct why why;
	int calls;

	memset(notes, 0, sizeof(notes));
	store_build_progress(build, progress, &p);
	ck_assert_int_eq(put_accounts(build, 30000, &why), 0);
	ck_assert_int_ge(p.calls, 30);
	ck_assert_int_eq(store_build_switch(build, notes, 0, &why), 0);
	/* Carrying over takes as long, and says so. */
	build = storecase_begin(store, BIT(GROUPS));
	store_build_progress(build, progress, &p);
	calls = p.calls;
	ck_assert_int_eq(store_build_switch(build, notes, 0, &why), 0);
	ck_assert_int_ge(p.calls - calls, 30);
	store_close(store);
}
END_TEST

static const int ends[] = { 1, 2, 10, 20, 31, 32, 33, 34, 35, 36 };

/* Ended at any moment, nothing has changed. */
START_TEST(progress_can_end_it)
{
	struct store_search notes[SEARCHES];
	struct patience p = { 0, ends[_i] };
	struct store *store = storecase_new();
	struct store_build *build;
	char text[STORECASE_TEXT];
	struct why why;

	memset(notes, 0, sizeof(notes));
	storecase_load(store, ALL_SEARCHES, first, ROWS(first), 1000);
	build = storecase_begin(store, BIT(ACCOUNTS));
	store_build_progress(build, progress, &p);
	if (put_accounts(build, 31000, &why) == 0) {
		if (store_build_switch(build, notes, 0, &why) == 0) {
			ck_assert_int_lt(p.calls, ends[_i]);
			store_close(store);
			return;
		}
	} else {
		store_build_cancel(build);
	}
	ck_assert_str_eq(why.text, "enough");
	ck_assert_str_eq(whole(store, text), OLD_ALL);
	store_close(store);
}
END_TEST

/* ---- carried over -------------------------------------------------------- */

/* A damaged record that would have to be carried over stops the switch. */
START_TEST(carry_over_damaged)
{
	struct store *store = storecase_new();
	struct store_search notes[SEARCHES];
	struct store_build *build;
	struct layout_number buffer;
	MDB_val key = layout_number(1, &buffer);
	struct why why;

	memset(notes, 0, sizeof(notes));
	storecase_load(store, ALL_SEARCHES, first, ROWS(first), 1000);
	store_close(store);
	storecase_poke("records.1", key.mv_data, key.mv_size,
	    "\0\0\0\0\0\0\0\0\0\1k\377\377", 13);
	store = storecase_open(STORE_WRITE);
	build = storecase_begin(store, BIT(GROUPS));
	ck_assert_int_eq(store_build_switch(build, notes, 0, &why), -1);
	ck_assert_ptr_nonnull(strstr(why.text, "damaged"));
	/* Reading the accounts anew heals it. */
	storecase_load(store, ALL_SEARCHES, first, ROWS(first), 1000);
	store_close(store);
}
END_TEST

/* ---- long and large ------------------------------------------------------ */

static const size_t key_lens[] = { 0, 1, 511, 512, 5000, 100000 };

START_TEST(key_length)
{
	struct store *store = storecase_new();
	struct store_build *build = storecase_begin(store, BIT(ACCOUNTS));
	struct record record = first[0].record;
	size_t len = key_lens[_i];
	char *dn = calloc(1, len + 1);
	struct store_view *view;
	char text[STORECASE_TEXT];

	ck_assert_ptr_nonnull(dn);
	memset(dn, 'x', len);
	record.u.account.dn = dn;
	storecase_put(build, SEARCH_ACCOUNTS, &record);
	storecase_switch(build, 1000, 0);
	view = storecase_view(store, DIRECTORY, 1000);
	storecase_accounts_by_login(view, "joe", text);
	ck_assert_uint_eq(strlen(text), len < STORECASE_TEXT ? len :
	    STORECASE_TEXT - 1);
	store_view_end(view);
	store_close(store);
	free(dn);
}
END_TEST

/* More members than one batch has room for. */
START_TEST(large_group)
{
	enum { MEMBERS = 400 * 1000 };
	struct store *store = storecase_new();
	struct store_build *build = storecase_begin(store, BIT(GROUPS));
	struct record record = first[4].record;
	char (*names)[32] = calloc(MEMBERS, sizeof(*names));
	const char **v = calloc(MEMBERS, sizeof(*v));
	struct store_view *view;
	char text[STORECASE_TEXT];
	int i;

	for (i = 0; i < MEMBERS; i++) {
		snprintf(names[i], sizeof(names[i]), "uid=member%d,dc=org", i);
		v[i] = names[i];
	}
	record.u.group.member_dns.v = v;
	record.u.group.member_dns.n = MEMBERS;
	storecase_put(build, SEARCH_GROUPS, &record);
	storecase_switch(build, 1000, 0);
	view = storecase_view(store, DIRECTORY, 1000);
	for (i = 0; i < MEMBERS; i += MEMBERS / 4)
		ck_assert_str_eq(storecase_groups_with_dn(view, names[i],
		    text), "cn=staff");
	store_view_end(view);
	store_close(store);
	free(names);
	free(v);
}
END_TEST

/* ---- readers meanwhile --------------------------------------------------- */

enum { CROWD = 60, GENERATIONS = 40 };

struct crowd {
	struct store *store;
	atomic_bool stop;
	atomic_int looks;
	atomic_int torn;
};

/* All accounts of a generation own that generation's address. */
static void
crowd_look(struct crowd *c)
{
	struct store_view *view = storecase_view(c->store, DIRECTORY, 1000);
	const struct policy_view *p = store_view_policy(view);
	struct account_set set;
	char login[16], address[40];
	int i;

	snprintf(address, sizeof(address), "g%llu@example.com",
	    (unsigned long long)store_generation(view));
	for (i = 0; i < CROWD; i++) {
		snprintf(login, sizeof(login), "u%d", i);
		if (p->accounts_by_login(p->ctx, login, &set) != FOUND ||
		    set.n != 1 || strcmp(set.v[0]->addresses.v[0],
		    address) != 0)
			atomic_fetch_add(&c->torn, 1);
	}
	if (p->accounts_by_address(p->ctx, address, &set) != FOUND ||
	    set.n != CROWD)
		atomic_fetch_add(&c->torn, 1);
	atomic_fetch_add(&c->looks, 1);
	store_view_end(view);
}

static void *
crowd_run(void *arg)
{
	struct crowd *c = arg;

	while (!atomic_load(&c->stop))
		crowd_look(c);
	return (NULL);
}

static void
crowd_load(struct store *store, int number)
{
	struct store_build *build = storecase_begin(store, BIT(ACCOUNTS));
	char dn[32], login[16], address[40];
	const char *logins[] = { login }, *addresses[] = { address };
	struct record record = first[0].record;
	int i;

	record.u.account.dn = dn;
	record.u.account.logins.v = logins;
	record.u.account.addresses.v = addresses;
	record.u.account.addresses.n = 1;
	snprintf(address, sizeof(address), "g%d@example.com", number);
	for (i = 0; i < CROWD; i++) {
		snprintf(dn, sizeof(dn), "uid=u%d", i);
		snprintf(login, sizeof(login), "u%d", i);
		storecase_put(build, SEARCH_ACCOUNTS, &record);
	}
	storecase_switch(build, 1000, 0);
}

START_TEST(threads)
{
	struct crowd crowd = { .store = storecase_new() };
	pthread_t thread[4];
	int i;

	atomic_init(&crowd.stop, false);
	atomic_init(&crowd.looks, 0);
	atomic_init(&crowd.torn, 0);
	crowd_load(crowd.store, 1);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, crowd_run,
		    &crowd), 0);
	for (i = 2; i <= GENERATIONS; i++)
		crowd_load(crowd.store, i);
	while (atomic_load(&crowd.looks) < 20)
		usleep(1000);
	atomic_store(&crowd.stop, true);
	for (i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	ck_assert_int_eq(atomic_load(&crowd.torn), 0);
	store_close(crowd.store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("storebuild");

	suite_rows(suite, generation, ROWS(switches));
	suite_rows(suite, unusable, ROWS(switches));
	suite_rows(suite, cookie_length, ROWS(cookie_lens));
	suite_one(suite, many_generations);
	suite_one(suite, old_view);
	suite_one(suite, cancelled);
	suite_one(suite, abandoned);
	suite_one(suite, one_at_a_time);
	suite_one(suite, progress_is_told);
	suite_rows(suite, progress_can_end_it, ROWS(ends));
	suite_one(suite, carry_over_damaged);
	suite_rows(suite, key_length, ROWS(key_lens));
	suite_one(suite, large_group);
	suite_one(suite, threads);
	return (suite_run(suite));
}
