#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "storecase.h"
#include "suite.h"

/* A DN of some 700 bytes: LMDB's keys end at 511. */
#define X10	"xxxxxxxxxx"
#define X100	X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define LONG_DN	"cn=" X100 X100 X100 X100 X100 X100 X100 ",dc=example"
#define LONG_ADDRESS X100 X100 X100 X100 X100 X100 "@example.com"

static const struct storecase_entry policy[] = {
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=joe", .logins = LIST("joe", "joe2"),
	    .addresses = LIST("joe@example.com", "info@example.com")) },
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=ann", .logins = LIST("ann"),
	    .addresses = LIST("ann@example.com", "info@example.com")) },
	{ SEARCH_ACCOUNTS, ACCOUNT("uid=bob", .logins = LIST("ann", "bob"),
	    .addresses = LIST("info@example.com")) },
	{ SEARCH_ACCOUNTS, ACCOUNT(LONG_DN, .logins = LIST("long"),
	    .addresses = LIST(LONG_ADDRESS)) },
	{ SEARCH_NETWORKS, NETWORK("cn=office", .access = ACCESS_ALLOW,
	    .clients = NETS(V4(192, 0, 2, 0, 24), V4(192, 0, 2, 7, 32))) },
	{ SEARCH_NETWORKS, NETWORK("cn=lab", .access = ACCESS_DENY,
	    .clients = NETS(V4(192, 0, 2, 0, 24), V4(192, 0, 0, 0, 16))) },
	{ SEARCH_NETWORKS, NETWORK("cn=all", .access = ACCESS_AUTHENTICATE,
	    .clients = NETS(V4(0, 0, 0, 0, 0),
	    { { 6, { 0x20, 0x01, 0x0d, 0xb8 } }, 32 })) },
	{ SEARCH_NETWORKS, NETWORK("cn=six", .access = ACCESS_ALLOW,
	    .clients = NETS({ { 6, { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0,
	    0, 0, 0, 0, 0, 1 } }, 128 })) },
	{ SEARCH_NETWORKS, NETWORK("cn=nowhere",
	    .clients = { .present = true }) },
	{ SEARCH_DOMAINS, DOMAIN("dn=com", .name = "example.com",
	    .aliases = LIST("example.org")) },
	{ SEARCH_DOMAINS, DOMAIN("dn=org", .name = "example.org") },
	{ SEARCH_DOMAINS, DOMAIN("dn=edu", .name = ".example.edu") },
	{ SEARCH_GROUPS, GROUP("cn=staff", .member_dns = LIST("uid=joe",
	    LONG_DN), .member_logins = LIST("ann", "ann")) },
	{ SEARCH_GROUPS, GROUP(LONG_DN, .member_dns = LIST("uid=joe")) },
	{ SEARCH_OVERRIDES, DENY("uid=joe", .logins = LIST("joe")) },
	{ SEARCH_OVERRIDES, DENY("uid=zoe", .logins = LIST("joe", "zoe")) },
	{ SEARCH_OVERRIDES, NETWORK("cn=attack", .access = ACCESS_DENY,
	    .clients = NETS(V4(192, 0, 2, 0, 24))) }
};

/* ---- lookups ------------------------------------------------------------- */

typedef const char *lookup(const struct store_view *, const char *,
    char[STORECASE_TEXT]);

static const struct {
	const char *label;
	lookup *look;
	const char *text;
	const char *found;
} lookups[] = {
	{ "login", storecase_accounts_by_login, "joe", "uid=joe" },
	{ "second login", storecase_accounts_by_login, "joe2", "uid=joe" },
	{ "login of two", storecase_accounts_by_login, "ann",
	    "uid=ann;uid=bob" },
	{ "no such login", storecase_accounts_by_login, "eve", "ABSENT" },
	{ "an empty login", storecase_accounts_by_login, "", "ABSENT" },
	{ "part of a login", storecase_accounts_by_login, "jo", "ABSENT" },
	{ "an address is no login", storecase_accounts_by_login,
	    "joe@example.com", "ABSENT" },
	{ "a group's login is no account's", storecase_accounts_by_login,
	    "zoe", "ABSENT" },
	{ "address", storecase_accounts_by_address, "joe@example.com",
	    "uid=joe" },
	{ "address of three, by DN", storecase_accounts_by_address,
	    "info@example.com", "uid=ann;uid=bob;uid=joe" },
	{ "no such address", storecase_accounts_by_address,
	    "eve@example.com", "ABSENT" },
	{ "a login is no address", storecase_accounts_by_address, "joe",
	    "ABSENT" },
	{ "an address of 612 bytes", storecase_accounts_by_address,
	    LONG_ADDRESS, LONG_DN },
	{ "domain", storecase_domains, "example.com", "dn=com" },
	{ "name and alias, by DN", storecase_domains, "example.org",
	    "dn=com;dn=org" },
	{ "subdomains", storecase_domains, ".example.edu", "dn=edu" },
	{ "subdomains are not the domain", storecase_domains, "example.edu",
	    "ABSENT" },
	{ "member by DN", storecase_groups_with_dn, "uid=joe",
	    "cn=staff;" LONG_DN },
	{ "member by a DN of 700 bytes", storecase_groups_with_dn, LONG_DN,
	    "cn=staff" },
	{ "no group has it", storecase_groups_with_dn, "uid=ann", "ABSENT" },
	{ "a group's own DN is no member", storecase_groups_with_dn,
	    "cn=staff", "ABSENT" },
	{ "member by login, named twice", storecase_groups_with_login, "ann",
	    "cn=staff" },
	{ "no group has that login", storecase_groups_with_login, "joe",
	    "ABSENT" },
	{ "group", storecase_groups_by_dn, "cn=staff", "cn=staff" },
	{ "group with a DN of 700 bytes", storecase_groups_by_dn, LONG_DN,
	    LONG_DN },
	{ "an account is no group", storecase_groups_by_dn, "uid=joe",
	    "ABSENT" },
	{ "override by DN", storecase_denies_by_dn, "uid=joe", "uid=joe" },
	{ "no override", storecase_denies_by_dn, "uid=ann", "ABSENT" },
	{ "overrides by login", storecase_denies_by_login, "joe",
	    "uid=joe;uid=zoe" },
	{ "no override for that login", storecase_denies_by_login, "ann",
	    "ABSENT" }
};

START_TEST(by_text)
{
	struct store *store = storecase_new();
	struct store_view *view;
	char text[STORECASE_TEXT];

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	view = storecase_view(store, DIRECTORY, 1000);
	ck_assert_msg(strcmp(lookups[_i].look(view, lookups[_i].text, text),
	    lookups[_i].found) == 0, "%s: %s", lookups[_i].label, text);
	store_view_end(view);
	store_close(store);
}
END_TEST

static const struct {
	const char *label;
	const char *ip;
	unsigned below;
	const char *found;
} networks[] = {
	{ "longest prefix", "192.0.2.7", 129, "32:cn=office" },
	{ "below it: all of that length, overrides too", "192.0.2.7", 32,
	    "24:cn=attack;cn=lab;cn=office" },
	{ "below that", "192.0.2.7", 24, "16:cn=lab" },
	{ "shortest", "192.0.2.7", 16, "0:cn=all" },
	{ "below nothing", "192.0.2.7", 0, "ABSENT" },
	{ "another address", "192.0.2.8", 129,
	    "24:cn=attack;cn=lab;cn=office" },
	{ "outside", "198.51.100.1", 129, "0:cn=all" },
	{ "IPv6, one address", "2001:db8::1", 129, "128:cn=six" },
	{ "IPv6, below that", "2001:db8::1", 128, "32:cn=all" },
	{ "IPv6, outside", "2001:db9::1", 129, "ABSENT" },
	{ "IPv4's /0 holds no IPv6", "::1", 129, "ABSENT" },
	{ "an IPv4-mapped address is IPv4", "::ffff:192.0.2.7", 129,
	    "32:cn=office" }
};

START_TEST(by_client)
{
	struct store *store = storecase_new();
	struct store_view *view;
	char text[STORECASE_TEXT];

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	view = storecase_view(store, DIRECTORY, 1000);
	storecase_networks(view, networks[_i].ip, networks[_i].below, text);
	ck_assert_msg(strcmp(text, networks[_i].found) == 0, "%s: %s",
	    networks[_i].label, text);
	store_view_end(view);
	store_close(store);
}
END_TEST

/* ---- nothing can be read ------------------------------------------------- */

static void
assert_all_later(const struct store_view *view)
{
	char text[STORECASE_TEXT];
	int i;

	for (i = 0; i < ROWS(lookups); i++)
		ck_assert_msg(strcmp(lookups[i].look(view, lookups[i].text,
		    text), "LATER") == 0, "%s: %s", lookups[i].label, text);
	for (i = 0; i < ROWS(networks); i++)
		ck_assert_str_eq(storecase_networks(view, networks[i].ip,
		    networks[i].below, text), "LATER");
}

static int
count_one(void *ctx, const struct record *record)
{

	(void)record;
	++*(int *)ctx;
	return (0);
}

START_TEST(without_a_store)
{
	struct store_view *view = storecase_view(NULL, DIRECTORY, 1000);
	struct store_search info;
	int n = 0;

	ck_assert(!store_view_policy(view)->readable);
	ck_assert(!store_view_policy(view)->loaded);
	assert_all_later(view);
	ck_assert_uint_eq(store_generation(view), 0);
	ck_assert_int_eq(store_info(view, SEARCH_ACCOUNTS, &info), -1);
	ck_assert_int_eq(store_each(view, SEARCH_ACCOUNTS, count_one, &n),
	    -1);
	store_view_end(view);
	store_view_end(NULL);
}
END_TEST

START_TEST(notes_damaged)
{
	struct store *store = storecase_new();
	struct store_view *view;

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	store_close(store);
	storecase_poke("meta", "notes", 5, "?", 1);
	store = storecase_open(STORE_READ);
	view = storecase_view(store, DIRECTORY, 1000);
	ck_assert(!store_view_policy(view)->readable);
	ck_assert(!store_view_policy(view)->loaded);
	assert_all_later(view);
	store_view_end(view);
	store_close(store);
}
END_TEST

START_TEST(no_reader_slot)
{
	struct store *store = storecase_new();
	struct store_view *views[1025];
	int i;

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	for (i = 0; i < 1025; i++)
		views[i] = storecase_view(store, DIRECTORY, 1000);
	ck_assert(store_view_policy(views[1023])->readable);
	ck_assert(!store_view_policy(views[1024])->readable);
	assert_all_later(views[1024]);
	for (i = 0; i < 1025; i++)
		store_view_end(views[i]);
	store_close(store);
}
END_TEST

/* ---- hashes that lie ----------------------------------------------------- */

/* Record numbers go by 1, 2, ...; the first build is made in slot 1. */
enum { JOE = 1, ANN = 2, NO_RECORD = 999 };

static const struct {
	const char *label;
	enum term term;
	const char *text;	/* whose hash also leads to: */
	uint64_t number;
	lookup *look;
	const char *found;
} planted[] = {
	{ "a login with the hash of another", TERM_LOGIN, "eve", JOE,
	    storecase_accounts_by_login, "ABSENT" },
	{ "only the right one of two", TERM_LOGIN, "joe2", ANN,
	    storecase_accounts_by_login, "uid=joe" },
	{ "an address with the hash of another", TERM_ADDRESS,
	    "eve@example.com", JOE, storecase_accounts_by_address, "ABSENT" },
	{ "a group's term that leads to an account", TERM_GROUP_DN, "uid=joe",
	    JOE, storecase_groups_by_dn, "ABSENT" },
	{ "an override's term that leads to an account", TERM_DENY_DN,
	    "uid=ann", ANN, storecase_denies_by_dn, "ABSENT" },
	{ "a record that is not there", TERM_LOGIN, "eve", NO_RECORD,
	    storecase_accounts_by_login, "LATER" },
	{ "one that is there, and one that is not", TERM_LOGIN, "joe",
	    NO_RECORD, storecase_accounts_by_login, "LATER" }
};

START_TEST(collision)
{
	struct store *store = storecase_new();
	struct store_view *view;
	char text[STORECASE_TEXT];

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	store_close(store);
	storecase_poke_index("index.1", record_hash(planted[_i].term,
	    planted[_i].text, strlen(planted[_i].text)), planted[_i].number);
	store = storecase_open(STORE_READ);
	view = storecase_view(store, DIRECTORY, 1000);
	ck_assert_msg(strcmp(planted[_i].look(view, planted[_i].text, text),
	    planted[_i].found) == 0, "%s: %s", planted[_i].label, text);
	store_view_end(view);
	store_close(store);
}
END_TEST

/* 10.0.0.0/8 is looked for only if some network has a /8. */
static const struct storecase_entry eight = { SEARCH_NETWORKS,
    NETWORK("cn=eight", .clients = NETS(V4(11, 0, 0, 0, 8))) };
static const struct cidr net_8 = V4(10, 0, 0, 0, 8);

START_TEST(collision_of_networks)
{
	struct store *store = storecase_new();
	struct store_view *view;
	char text[STORECASE_TEXT];

	storecase_load(store, ALL_SEARCHES, &eight, 1, 1000);
	store_close(store);
	storecase_poke_index("index.1", record_hash_network(&net_8), 1);
	store = storecase_open(STORE_READ);
	view = storecase_view(store, DIRECTORY, 1000);
	ck_assert_str_eq(storecase_networks(view, "10.1.1.1", 129, text),
	    "ABSENT");
	ck_assert_str_eq(storecase_networks(view, "11.1.1.1", 129, text),
	    "8:cn=eight");
	store_view_end(view);
	store_close(store);
}
END_TEST

static const struct {
	const char *label;
	const char *bytes;
	size_t len;
} unreadable[] = {
	{ "empty", TEXT("") },
	{ "no record behind the key", TEXT("\0\0\0\0\0\0\0\0\0\0") },
	{ "garbage behind the key", TEXT("\0\0\0\0\0\0\0\0\0\1k"
	    "\377\377\377\377") }
};

/* joe's record is broken: whoever needs it has to wait, nobody else. */
START_TEST(record_unreadable)
{
	struct store *store = storecase_new();
	struct store_view *view;
	char text[STORECASE_TEXT];
	struct layout_number buffer;
	MDB_val key = layout_number(JOE, &buffer);
	int n = 0;

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	store_close(store);
	storecase_poke("records.1", key.mv_data, key.mv_size,
	    unreadable[_i].bytes, unreadable[_i].len);
	store = storecase_open(STORE_READ);
	view = storecase_view(store, DIRECTORY, 1000);
	ck_assert(store_view_policy(view)->readable);
	ck_assert_msg(strcmp(storecase_accounts_by_login(view, "joe", text),
	    "LATER") == 0, "%s: %s", unreadable[_i].label, text);
	ck_assert_str_eq(storecase_accounts_by_address(view,
	    "info@example.com", text), "LATER");
	ck_assert_str_eq(storecase_accounts_by_login(view, "bob", text),
	    "uid=bob");
	ck_assert_int_eq(store_each(view, SEARCH_ACCOUNTS, count_one, &n),
	    -1);
	store_view_end(view);
	store_close(store);
}
END_TEST

/* ---- loaded, age --------------------------------------------------------- */

#define BIT(search)	(1U << SEARCH_##search)

static const struct {
	const char *label;
	unsigned loaded[3];	/* searches, good at 1000, 2000, 3000 */
	unsigned configured;
	int64_t now;
	bool is_loaded;
	int64_t age;
} ages[] = {
	{ "nothing was read", { 0, 0, 0 }, DIRECTORY, 3000, false, 0 },
	{ "all at once", { DIRECTORY, 0, 0 }, DIRECTORY, 3000, true, 2000 },
	{ "just now", { DIRECTORY, 0, 0 }, DIRECTORY, 1000, true, 0 },
	{ "one is missing", { DIRECTORY & ~BIT(GROUPS), 0, 0 }, DIRECTORY,
	    3000, false, 0 },
	{ "the missing one is not configured",
	    { DIRECTORY & ~BIT(GROUPS), 0, 0 }, DIRECTORY & ~BIT(GROUPS),
	    3000, true, 2000 },
	{ "the oldest counts", { BIT(NETWORKS), BIT(ACCOUNTS),
	    BIT(DOMAINS) }, BIT(NETWORKS) | BIT(ACCOUNTS) | BIT(DOMAINS),
	    3500, true, 2500 },
	{ "an old one that is not configured does not age it",
	    { BIT(NETWORKS), BIT(ACCOUNTS), 0 }, BIT(ACCOUNTS), 3000, true,
	    1000 },
	{ "overrides need not be there", { DIRECTORY, 0, 0 }, ALL_SEARCHES,
	    3000, true, 2000 },
	{ "overrides do not age it", { BIT(OVERRIDES), 0, DIRECTORY },
	    ALL_SEARCHES, 3000, true, 0 },
	{ "overrides alone load nothing", { BIT(OVERRIDES), 0, 0 },
	    ALL_SEARCHES, 3000, false, 0 },
	{ "a time in the future is too old", { 0, 0, DIRECTORY }, DIRECTORY,
	    2999, true, INT64_MAX }
};

START_TEST(age)
{
	struct store *store = storecase_new();
	const struct policy_view *p;
	struct store_view *view;
	int i;

	for (i = 0; i < 3; i++)
		if (ages[_i].loaded[i] != 0)
			storecase_load(store, ages[_i].loaded[i], policy,
			    ROWS(policy), 1000 * (i + 1));
	view = storecase_view(store, ages[_i].configured, ages[_i].now);
	p = store_view_policy(view);
	ck_assert_msg(p->readable, "%s", ages[_i].label);
	ck_assert_msg(p->loaded == ages[_i].is_loaded, "%s: loaded",
	    ages[_i].label);
	if (p->loaded)
		ck_assert_msg(p->age == ages[_i].age, "%s: %lld",
		    ages[_i].label, (long long)p->age);
	store_view_end(view);
	store_close(store);
}
END_TEST

/* ---- what there is ------------------------------------------------------- */

static const struct {
	enum search search;
	uint64_t entries[KINDS];
} counts[] = {
	{ SEARCH_ACCOUNTS, { 4, 0, 0, 0, 0 } },
	{ SEARCH_NETWORKS, { 0, 5, 0, 0, 0 } },
	{ SEARCH_DOMAINS, { 0, 0, 3, 0, 0 } },
	{ SEARCH_GROUPS, { 0, 0, 0, 2, 0 } },
	{ SEARCH_OVERRIDES, { 0, 1, 0, 0, 2 } }
};

START_TEST(info)
{
	struct store *store = storecase_new();
	enum search search = counts[_i].search;
	struct store_search is;
	struct store_view *view;
	struct cookie cookie;
	int total = 0, n = 0, k;

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	view = storecase_view(store, ALL_SEARCHES, 1000);
	ck_assert_uint_eq(store_generation(view), 1);
	ck_assert_int_eq(store_info(view, search, &is), 0);
	ck_assert(is.loaded);
	ck_assert_uint_eq(is.digest, 100 + (unsigned)search);
	ck_assert_uint_eq(is.unusable, 0);
	storecase_cookie(&cookie, search, 1000);
	ck_assert_uint_eq(is.cookie.len, cookie.len);
	ck_assert_mem_eq(is.cookie.bytes, cookie.bytes, cookie.len);
	ck_assert_uint_eq(is.generation, 1);
	ck_assert_int_eq(is.good.utc, 1000);
	ck_assert_int_eq(is.good.boot_ms, 1000000);
	ck_assert_str_eq(is.good.boot_id, "this-boot");
	ck_assert(!is.held_back);
	for (k = 0; k < KINDS; k++) {
		ck_assert_uint_eq(is.entries[k], counts[_i].entries[k]);
		total += (int)is.entries[k];
	}
	ck_assert_int_eq(store_each(view, search, count_one, &n), 0);
	ck_assert_int_eq(n, total);
	store_view_end(view);
	store_close(store);
}
END_TEST

static const struct {
	const char *label;
	const char *bytes;	/* NULL: it is gone */
	size_t len;
} cookies_damaged[] = {
	{ "gone", NULL, 0 },
	{ "empty", TEXT("") },
	{ "one byte short", TEXT("csn=accounts@100") },
	{ "one byte long", TEXT("csn=accounts@10000") }
};

static void
cookie_remove(void)
{
	MDB_val key = { 8, (void *)(uintptr_t)"cookie.0" };
	MDB_txn *txn;
	MDB_env *env = storecase_env(&txn);
	MDB_dbi dbi;

	ck_assert_int_eq(mdb_dbi_open(txn, "meta", 0, &dbi), 0);
	ck_assert_int_eq(mdb_del(txn, dbi, &key, NULL), 0);
	ck_assert_int_eq(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

/* Nobody goes on from such a cookie; mail does not need it, and a complete
 * reading heals it. */
START_TEST(cookie_damaged)
{
	struct store *store = storecase_new();
	struct store_view *view;
	struct store_search is;
	char text[STORECASE_TEXT];

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	store_close(store);
	if (cookies_damaged[_i].bytes == NULL)
		cookie_remove();
	else
		storecase_poke("meta", "cookie.0", 8,
		    cookies_damaged[_i].bytes, cookies_damaged[_i].len);
	store = storecase_open(STORE_WRITE);
	view = storecase_view(store, DIRECTORY, 1000);
	ck_assert_msg(store_info(view, SEARCH_ACCOUNTS, &is) == -1, "%s",
	    cookies_damaged[_i].label);
	ck_assert_int_eq(store_info(view, SEARCH_NETWORKS, &is), 0);
	ck_assert_str_eq(storecase_accounts_by_login(view, "joe", text),
	    "uid=joe");
	store_view_end(view);
	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	ck_assert_uint_eq(storecase_info(store, SEARCH_ACCOUNTS).cookie.len,
	    strlen("csn=accounts@1000"));
	store_close(store);
}
END_TEST

/* What could not be read of an entry is told with it. */
static int
add_unusable(void *ctx, const struct record *record)
{
	uint32_t *sum = ctx;

	*sum = *sum * 10 + record->unusable;
	return (0);
}

START_TEST(each_with_unusable)
{
	struct store *store = storecase_new();
	struct store_build *build = storecase_begin(store, DIRECTORY);
	struct record record = policy[0].record;
	struct store_view *view;
	uint32_t sum = 0;

	record.unusable = 3;
	storecase_put(build, SEARCH_ACCOUNTS, &record);
	record = policy[1].record;
	storecase_put(build, SEARCH_ACCOUNTS, &record);
	record = policy[2].record;
	record.unusable = 5;
	storecase_put(build, SEARCH_ACCOUNTS, &record);
	storecase_switch(build, 1000, 0);
	view = storecase_view(store, DIRECTORY, 1000);
	ck_assert_int_eq(store_each(view, SEARCH_ACCOUNTS, add_unusable,
	    &sum), 0);
	ck_assert_uint_eq(sum, 305);
	store_view_end(view);
	store_close(store);
}
END_TEST

static int
stop_at_two(void *ctx, const struct record *record)
{

	(void)record;
	return (++*(int *)ctx == 2 ? -1 : 0);
}

START_TEST(each_can_be_stopped)
{
	struct store *store = storecase_new();
	struct store_view *view;
	int n = 0;

	storecase_load(store, ALL_SEARCHES, policy, ROWS(policy), 1000);
	view = storecase_view(store, ALL_SEARCHES, 1000);
	ck_assert_int_eq(store_each(view, SEARCH_ACCOUNTS, stop_at_two, &n),
	    -1);
	ck_assert_int_eq(n, 2);
	store_view_end(view);
	store_close(store);
}
END_TEST

START_TEST(before_the_first_load)
{
	struct store *store = storecase_new();
	struct store_view *view = storecase_view(store, DIRECTORY, 1000);
	struct store_search is;
	char text[STORECASE_TEXT];

	ck_assert(store_view_policy(view)->readable);
	ck_assert(!store_view_policy(view)->loaded);
	ck_assert_uint_eq(store_generation(view), 0);
	ck_assert_int_eq(store_info(view, SEARCH_ACCOUNTS, &is), 0);
	ck_assert(!is.loaded);
	ck_assert_str_eq(storecase_accounts_by_login(view, "joe", text),
	    "ABSENT");
	ck_assert_str_eq(storecase_networks(view, "192.0.2.1", 129, text),
	    "ABSENT");
	store_view_end(view);
	store_close(store);
}
END_TEST

static atomic_bool enough;

/* As the feed does, who learns all the time that nothing is new. */
static void *
agree_again_and_again(void *arg)
{
	struct store *store = arg;
	struct store_change *change;
	struct clock_reading now;
	struct why why;
	int i;

	while (!atomic_load(&enough)) {
		ck_assert_int_eq(store_change_begin(store, &change, &why), 0);
		clock_read(&now);
		for (i = 0; i < SEARCH_OVERRIDES; i++)
			ck_assert_int_eq(store_change_good(change,
			    (enum search)i, &now, &why), 0);
		ck_assert_int_eq(store_change_commit(change, &why), 0);
	}
	return (NULL);
}

/* Whatever is written just before the moment of the view. */
START_TEST(never_of_the_future)
{
	struct store *store = storecase_new();
	struct clock_reading now;
	struct store_view *view;
	pthread_t thread;
	int i;

	storecase_load(store, DIRECTORY, policy, ROWS(policy), 1000);
	ck_assert_int_eq(pthread_create(&thread, NULL, agree_again_and_again,
	    store), 0);
	while ((view = store_view_now(store, DIRECTORY, &now)) != NULL &&
	    store_view_policy(view)->age != 0)
		store_view_end(view);
	for (i = 0; i < 5000; i++) {
		store_view_end(view);
		view = store_view_now(store, DIRECTORY, &now);
		ck_assert_int_lt(store_view_policy(view)->age, 60);
	}
	store_view_end(view);
	atomic_store(&enough, true);
	pthread_join(thread, NULL);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("storeview");

	suite_rows(suite, by_text, ROWS(lookups));
	suite_rows(suite, by_client, ROWS(networks));
	suite_one(suite, without_a_store);
	suite_one(suite, notes_damaged);
	suite_one(suite, no_reader_slot);
	suite_rows(suite, collision, ROWS(planted));
	suite_one(suite, collision_of_networks);
	suite_rows(suite, record_unreadable, ROWS(unreadable));
	suite_rows(suite, age, ROWS(ages));
	suite_rows(suite, info, ROWS(counts));
	suite_rows(suite, cookie_damaged, ROWS(cookies_damaged));
	suite_one(suite, each_with_unusable);
	suite_one(suite, each_can_be_stopped);
	suite_one(suite, before_the_first_load);
	suite_one(suite, never_of_the_future);
	return (suite_run(suite));
}
