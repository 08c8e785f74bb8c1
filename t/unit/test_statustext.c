#include <check.h>
#include <stdio.h>

#include "standingcase.h"
#include "statustext.h"
#include "suite.h"

enum { MAKES = 3, WANTS = 4 };

/* What is printed when something is the matter: parts of it, in order. */
static const struct {
	const char *label;
	void (*make[MAKES])(struct standing_case *);
	const char *wants[WANTS];
	const char *never;		/* must not be there */
} rows[] = {
	{ "all is well", { nothing },
	    { "state           ok\n",
	    "role            narrowing, refusals are real\n"
	    "mayrelayd       runs as process 4711 since 2027-01-15T07:51:40Z\n"
	    "configuration   what the file says is in force\n"
	    "feed            runs; starts so far: 1\n"
	    "policy          generation 7, age 3 s\n"
	    "last error      none\n",
	    "Since mayrelayd's start at 2027-01-15T07:51:40Z:\n" },
	    "reloaded" },
	{ "the servers", { nothing },
	    { "LDAP servers    1: ldap://ldap1.example.com:389, in use: "
	    "followed since 2027-01-15T07:58:20Z\n"
	    "                2: ldap://ldap2.example.com:389, not in use "
	    "since 2027-01-15T07:58:20Z\n" }, "not all is known" },
	{ "a search that is followed", { nothing },
	    { "accounts        20 accounts, 0 unreadable values, age 3 s, "
	    "from ldap\n"
	    "                base ou=people,dc=example,dc=com\n"
	    "                filter (uid=*)\n"
	    "                cookie rid=1,csn=2\n"
	    "                followed (RFC 4533)\n",
	    "networks        1 network,",
	    "                filter by the map\n"
	    "                cookie none\n" }, "other settings" },
	{ "a file has neither filter nor cookie", { nothing },
	    { "domains         2 domains, 0 unreadable values, age 3 s, from "
	    "ldif:/policy.ldif\n"
	    "groups          not configured\n" }, NULL },
	{ "polled", { polled },
	    { "in use: polled since 2027-01-15T07:58:20Z; next search at "
	    "2027-01-15T08:01:00Z\n", "polled every 60 s\n" },
	    "followed (RFC" },
	{ "fail-over", { fail_over },
	    { "state           warning: ldap://ldap1.example.com:389: it is "
	    "down\n",
	    "1: ldap://ldap1.example.com:389, failed since "
	    "2027-01-15T07:58:20Z: it is down; next try at "
	    "2027-01-15T08:00:20Z\n",
	    "2: ldap://ldap2.example.com:389, in use: followed since" },
	    NULL },
	{ "tried again", { tried_again },
	    { "1: ldap://ldap1.example.com:389, being connected to since "
	    "2027-01-15T07:58:20Z; before that: it is down\n" },
	    NULL },
	{ "no server, and no waiting", { failed_at_once_again },
	    { ": it is down; next try at once\n", "not followed now\n" },
	    "in use:" },
	{ "nothing told yet", { untold },
	    { "1: ldap://ldap1.example.com:389\n"
	    "                2: ldap://ldap2.example.com:389\n"
	    "                not all is known: mayrelay-feed has told "
	    "nothing of them yet\n", "not followed now\n" },
	    "in use" },
	{ "another number", { another_number },
	    { "2: ldap://ldap2.example.com:389\n"
	    "                not all is known: 2 are named in the file, "
	    "mayrelay-feed has 3\n" },
	    "in use" },
	{ "another file: states by number", { other_file },
	    { "LDAP servers    1: in use: followed since "
	    "2027-01-15T07:58:20Z\n"
	    "                2: not in use since 2027-01-15T07:58:20Z\n"
	    "                not all is known: 2 are named in the file, 2 in "
	    "force, which may be others\n" },
	    "ldap1" },
	{ "another file with fewer servers", { other_file_fewer },
	    { "                2: not in use",
	    "1 are named in the file, 2 in force" }, "ldap1" },
	{ "another file, and no LDAP in force", { other_file, untold },
	    { "LDAP servers    not all is known: 2 are named in the file, 0 in "
	    "force" }, NULL },
	{ "a number beyond all bounds", { beyond_all_bounds },
	    { "                8: not tried yet\n"
	    "                not all is known" }, "9: " },
	{ "and below", { below_all_bounds },
	    { "2 are named in the file, 0 in force" }, "1: " },
	{ "no feed", { no_feed },
	    { "feed            does not run; starts so far: 1\n",
	    "not all is known: mayrelay-feed does not run\n" }, "in use" },
	{ "no daemon", { no_daemon },
	    { "state           critical: mayrelayd does not run\n",
	    "mayrelayd       does not run\n"
	    "policy          generation 7",
	    "not all is known: mayrelayd does not run\n" }, "in use" },
	{ "no counters", { no_counters },
	    { "state           critical: mayrelayd does not run, or cannot "
	    "be seen: /store/counters: No such file\n" }, "Since" },
	{ "no LDAP", { no_ldap },
	    { "from ldif:/people.ldif\n" }, "LDAP" },
	{ "never loaded", { never_loaded },
	    { "policy          never loaded completely: nothing can be "
	    "decided\n",
	    "accounts        not read yet, from ldap\n"
	    "                base ou=people,dc=example,dc=com\n",
	    "                cookie none\n" }, "other settings" },
	{ "too old", { too_old },
	    { "age 3601 s: too old to decide (policy.max_stale)\n" }, NULL },
	{ "of an unknown age", { no_age },
	    { "age unknown: too old to decide (policy.max_stale)\n" }, NULL },
	{ "held back", { held_back },
	    { "held back: a refresh would remove 16 of 21 entries, or "
	    "values of entries: look at the source (its filter, its rights); "
	    "`mayrelay refresh --accept' applies it all the same\n" }, NULL },
	{ "other settings", { other_settings },
	    { "was read by other settings than the file's\n" }, NULL },
	{ "two reasons", { held_back, half_old },
	    { "state           warning: the policy is 1900 s old, more than "
	    "half of policy.max_stale (3600 s); networks: a refresh is held "
	    "back\n" }, NULL },
	{ "a reload that failed", { reload_failed },
	    { "                the last reload failed: see mayrelayd's "
	    "log\n" }, NULL },
	{ "a reload that wants a restart", { other_file, restart_needed },
	    { "configuration   the file says something else than what is in "
	    "force: restart mayrelayd\n" }, "reload it" },
	{ "another file: nobody knows whether a reload will do", { other_file },
	    { "what is in force: reload it\n" }, "restart" },
	{ "the authority role", { authority },
	    { "role            authority, refusals are real\n" }, NULL },
	{ "a role that is not in force", { other_file, authority },
	    { "role            authority, refusals are real (says the file, "
	    "which is not in force)\n" }, NULL },
	{ "refusals that are never real", { never_real },
	    { "role            narrowing, refusals are only logged "
	    "(enforce_from = \"never\")\n" }, NULL },
	{ "refusals that will be", { not_yet_real },
	    { "role            narrowing, refusals are only logged, and real "
	    "from 2027-01-15T08:01:00Z\n" }, NULL },
	{ "refusals that are by now", { real_since },
	    { "role            narrowing, refusals are real since "
	    "2027-01-15T08:00:00Z\n" }, NULL },
	{ "an error is made visible", { source_error },
	    { "a source fails: it is \\x1b[2J away\n",
	    "last error      2027-01-15T07:59:10Z: it is \\x1b[2J away\n" },
	    "\e" },
	{ "a cookie too", { strange_cookie },
	    { "cookie a\\x00\\x1b\\xff\n" }, "\e" },
	{ "what was counted", { counted },
	    { "LDAP, complete  1 done, 2 held back, 3 failed\n"
	    "LDAP, resumed   4 done, 5 held back, 6 failed\n"
	    "LDAP, changes   12\n" }, NULL },
};

static char *
printed(const struct standing *st)
{
	struct health health;
	char *text = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	ck_assert_ptr_ne(out, NULL);
	health_judge(st, &health);
	statustext_print(out, st, &health);
	ck_assert_int_eq(fclose(out), 0);
	return (text);
}

START_TEST(text)
{
	struct standing_case *c = case_begin();
	const char *rest, *part;
	char *all;
	int i;

	for (i = 0; i < MAKES && rows[_i].make[i] != NULL; i++)
		rows[_i].make[i](c);
	rest = all = printed(&c->st);
	for (i = 0; i < WANTS && rows[_i].wants[i] != NULL; i++) {
		part = strstr(rest, rows[_i].wants[i]);
		ck_assert_msg(part != NULL, "%s: no '%s' in\n%s",
		    rows[_i].label, rows[_i].wants[i], all);
		rest = part + strlen(rows[_i].wants[i]);
	}
	ck_assert_msg(rows[_i].never == NULL ||
	    strstr(all, rows[_i].never) == NULL, "%s: '%s' in\n%s",
	    rows[_i].label, rows[_i].never, all);
	free(all);
	case_end(c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("statustext");

	suite_rows(suite, text, ROWS(rows));
	return (suite_run(suite));
}
