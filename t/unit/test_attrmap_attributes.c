#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "attrmap.h"
#include "short_arena.h"
#include "suite.h"

/* What a directory is asked for, so that an entry can be read. */

#define POLICY	"relayClient relayAccess relaySender relayRecipient "
#define DATES	"relayNotBefore relayNotAfter "
#define EVERY	"relayEnforceFrom relayContact relayReviewAfter "

static const struct {
	const char *label;
	enum kind kind;
	bool preset;		/* else no map */
	const char *names;
} plain[] = {
	{ "account", KIND_ACCOUNT, true, "objectClass uid mail " POLICY
	    "relayLogin " DATES EVERY },
	{ "group", KIND_GROUP, true, "objectClass member uniqueMember "
	    "memberUid " POLICY "relayMember " DATES EVERY },
	{ "domain", KIND_DOMAIN, true, "objectClass relayDomainName "
	    "relayDomainAlias " EVERY },
	{ "network", KIND_NETWORK, false, "objectClass " POLICY DATES EVERY },
	{ "deny", KIND_DENY, false, "objectClass " POLICY "relayLogin "
	    DATES EVERY },
	{ "account without a map", KIND_ACCOUNT, false, "objectClass " POLICY
	    "relayLogin " DATES EVERY },
};

static void
check_names(const char *label, const struct texts *names, const char *want)
{
	char text[1024] = "";
	size_t i, len = 0;

	for (i = 0; i < names->n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s ", names->v[i]);
	ck_assert_msg(strcmp(text, want) == 0, "%s: %s", label, text);
}

START_TEST(names_what_is_read)
{
	const struct attrmap *map = NULL;
	struct attrmap preset;
	struct texts names;
	struct arena arena;

	if (plain[_i].preset) {
		ck_assert_int_eq(attrmap_preset("inetorgperson",
		    plain[_i].kind, &preset), 0);
		map = &preset;
	}
	arena_init(&arena);
	ck_assert_int_eq(attrmap_attributes(map, plain[_i].kind, &arena,
	    &names), 0);
	check_names(plain[_i].label, &names, plain[_i].names);
	arena_free(&arena);
}
END_TEST

/* One attribute in several roles, or in several spellings, is one. */
static const struct {
	const char *label;
	const char *login, *address, *status;
	const char *names;
} maps[] = {
	{ "each in its role", "uid", "mail", "accountStatus",
	    "objectClass uid mail accountStatus " },
	{ "one in two roles", "mail", "mail", "accountStatus",
	    "objectClass mail accountStatus " },
	{ "in two spellings", "MAIL", "mail", "Mail", "objectClass MAIL " },
	{ "objectClass again", "uid", "mail", "OBJECTCLASS",
	    "objectClass uid mail " },
	{ "one of the schema", "relaylogin", "mail", "relayAccess",
	    "objectClass relaylogin mail relayAccess " },
	{ "one of the schema for another kind", "relayMember", "mail",
	    "accountStatus", "objectClass relayMember mail accountStatus " },
	{ "one begins like another", "uid", "uidNumber", "ui",
	    "objectClass uid uidNumber ui " },
};

START_TEST(names_each_once)
{
	const struct attr_row login = { .attr = maps[_i].login },
	    address = { .attr = maps[_i].address },
	    status = { .attr = maps[_i].status };
	const struct attrmap map = { .roles = {
		[MAP_LOGIN] = { &login, 1 },
		[MAP_ADDRESS] = { &address, 1 },
		[MAP_STATUS] = { &status, 1 }
	} };
	struct texts names;
	struct arena arena;
	size_t i, j;

	arena_init(&arena);
	ck_assert_int_eq(attrmap_attributes(&map, KIND_ACCOUNT, &arena,
	    &names), 0);
	for (i = 0; i < names.n; i++)
		for (j = 0; j < i; j++)
			ck_assert_msg(strcasecmp(names.v[i],
			    names.v[j]) != 0, "%s: %s", maps[_i].label,
			    names.v[i]);
	for (i = 0; i < names.n && strcmp(names.v[i], "relayClient") != 0; i++)
		;
	names.n = i;
	check_names(maps[_i].label, &names, maps[_i].names);
	arena_free(&arena);
}
END_TEST

/* As many as can be: of every role, and none twice. */
START_TEST(names_them_all)
{
	char written[ATTR_ROLES][8];
	struct attr_row rows[ATTR_ROLES] = { 0 };
	struct attrmap map;
	struct texts names;
	struct arena arena;
	size_t i;

	for (i = 0; i < ATTR_ROLES; i++) {
		snprintf(written[i], sizeof(written[i]), "x-%zu", i);
		rows[i].attr = written[i];
		map.roles[i] = (struct attr_rows){ &rows[i], 1 };
	}
	arena_init(&arena);
	ck_assert_int_eq(attrmap_attributes(&map, KIND_ACCOUNT, &arena,
	    &names), 0);
	ck_assert_uint_eq(names.n, 1 + ATTR_ROLES + 10);
	for (i = 0; i < ATTR_ROLES; i++)
		ck_assert_str_eq(names.v[1 + i], written[i]);
	arena_free(&arena);
}
END_TEST

START_TEST(says_so_when_memory_is_short)
{
	struct texts names;
	struct arena arena;

	arena_init(&arena);
	allocations = 0;
	fail_at = 1;
	ck_assert_int_eq(attrmap_attributes(NULL, KIND_NETWORK, &arena,
	    &names), -1);
	ck_assert_uint_eq(names.n, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("attrmap_attributes");

	suite_rows(s, names_what_is_read, ROWS(plain));
	suite_rows(s, names_each_once, ROWS(maps));
	suite_one(s, names_them_all);
	suite_one(s, says_so_when_memory_is_short);
	return (suite_run(s));
}
