#include "membership.h"
#include "suite.h"
#include "view_array.h"

#define JOE	"account uid=joe login=joe login=joseph "
#define CHAIN								\
	"; group g1 member=uid=joe; group g2 member=g1; "		\
	"group g3 member=g2; group g4 member=g3; group g5 member=g4; "	\
	"group g6 member=g5; group g7 member=g6; group g8 member=g7; "	\
	"group g9 member=g8"

static const struct {
	const char *label;
	const char *policy;
	const char *groups;	/* their DNs, joined by spaces */
} rows[] = {
	{ "no groups", JOE, "" },
	{ "others' groups", JOE "; group g member=uid=ann member-login=ann "
	    "group=x; group x", "" },
	{ "its DN is a member", JOE "; group g member=uid=joe", "g" },
	{ "a stored login is a member", JOE "; group g member-login=joe",
	    "g" },
	{ "any of its logins", JOE "; group g member-login=joseph", "g" },
	{ "the map's group role says so", JOE "group=g; group g", "g" },
	{ "a group role without that group", JOE "group=g", "g" },
	{ "that group is in others all the same", JOE "group=g; "
	    "group h member=g", "g h" },
	{ "each once, by whatever way", JOE "group=g; "
	    "group g member=uid=joe member-login=joe member-login=joseph",
	    "g" },
	{ "by DN, then by login, then nested", JOE "; "
	    "group a member=c; group b member-login=joe; "
	    "group c member=uid=joe", "c b a" },
	{ "the group's own side", JOE "; group a member=uid=joe group=b; "
	    "group b", "a b" },
	{ "groups in groups count to depth 8", JOE CHAIN,
	    "g1 g2 g3 g4 g5 g6 g7 g8" },
	{ "depth by the shortest way", JOE CHAIN "; group g7 member=uid=joe",
	    "g1 g7 g2 g8 g3 g9 g4 g5 g6" },
	{ "cycles are harmless", JOE "; group a member=uid=joe member=c; "
	    "group b member=a; group c member=b", "a b c" },
	{ "a group in itself", JOE "; group a member=uid=joe member=a "
	    "group=a", "a" },
	{ "an inactive group is as if absent",
	    JOE "; group a member=uid=joe until=1000; "
	    "group b member=uid=joe from=1001; "
	    "group c member=uid=joe from=1000 until=1001", "c" },
	{ "also for nesting", JOE "; group a member=uid=joe until=1000; "
	    "group b member=a", "" },
	{ "also if only nested", JOE "; group a member=uid=joe; "
	    "group b member=a until=1000; group c member=b", "a" },
	{ "two groups of one DN, by two searches", JOE
	    "; group a member=uid=joe; group a member=uid=joe access=deny",
	    "a a" },
	{ "many at once", JOE
	    "; group a member=uid=joe; group b member=uid=joe; "
	    "group c member=uid=joe; group d member=uid=joe; "
	    "group e member=uid=joe; group f member=e; group g member=e; "
	    "group h member=e; group i member=e; group j member=e; "
	    "group k member=e", "a b c d e f g h i j k" }
};

START_TEST(finds_the_groups)
{
	struct array_view a;
	struct arena arena;
	struct membership m;
	char dns[256] = "";
	size_t i;

	array_begin(&a, rows[_i].policy);
	arena_init(&arena);
	ck_assert_int_eq(membership_of(&a.view, a.accounts[0], 1000, &arena,
	    &m), FOUND);
	for (i = 0; i < m.n; i++) {
		if (i > 0)
			strcat(dns, " ");
		strcat(dns, m.v[i]->dn);
	}
	ck_assert_msg(strcmp(dns, rows[_i].groups) == 0, "%s: %s",
	    rows[_i].label, dns);
	arena_free(&arena);
	array_end(&a);
}
END_TEST

START_TEST(keeps_later)
{
	struct array_view a;
	struct arena arena;
	struct membership m;
	int at, lookups;

	array_begin(&a, rows[_i].policy);
	arena_init(&arena);
	membership_of(&a.view, a.accounts[0], 1000, &arena, &m);
	lookups = a.lookups;
	array_end(&a);
	for (at = 1; at <= lookups; at++) {
		array_begin(&a, rows[_i].policy);
		a.later_at = at;
		ck_assert_msg(membership_of(&a.view, a.accounts[0], 1000,
		    &arena, &m) == LATER, "%s: lookup %d", rows[_i].label,
		    at);
		array_end(&a);
	}
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("membership");

	suite_rows(s, finds_the_groups, ROWS(rows));
	suite_rows(s, keeps_later, ROWS(rows));
	return (suite_run(s));
}
