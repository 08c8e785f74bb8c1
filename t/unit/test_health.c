#include <check.h>

#include "health.h"
#include "standingcase.h"
#include "suite.h"

static const struct {
	const char *label;
	void (*make)(struct standing_case *);
	enum health_state state;
	const char *reasons[3];		/* all of them, in order */
} rows[] = {
	{ "all is well", nothing, HEALTH_OK, { NULL } },
	{ "no LDAP", no_ldap, HEALTH_OK, { NULL } },
	{ "polled", polled, HEALTH_OK, { NULL } },
	{ "being connected to for the first time", first_try, HEALTH_OK,
	    { NULL } },
	{ "the feed has told nothing yet", untold, HEALTH_OK, { NULL } },

	{ "half of max_stale", half_old, HEALTH_WARNING,
	    { "the policy is 1900 s old, more than half of policy.max_stale "
	    "(3600 s)" } },
	{ "another configuration", other_file, HEALTH_WARNING,
	    { "the configuration file is not what is in force: reload it" } },
	{ "a reload that failed", reload_failed, HEALTH_WARNING,
	    { "the last reload failed" } },
	{ "a reload that wants a restart", restart_needed, HEALTH_WARNING,
	    { "the last reload failed: what the file said needed a "
	    "restart" } },
	{ "held back", held_back, HEALTH_WARNING,
	    { "networks: a refresh is held back" } },
	{ "values of networks that could not be read, and of accounts, which "
	    "may be another program's", unreadable, HEALTH_WARNING,
	    { "networks: 3 values could not be read: see the log" } },
	{ "a search that is no longer configured", unreadable_without_source,
	    HEALTH_OK, { NULL } },
	{ "no accounts", no_accounts, HEALTH_WARNING,
	    { "no accounts found below ou=people,dc=example,dc=com: look at "
	    "base, filter and the bind DN's rights" } },
	{ "no accounts in a file", no_accounts_in_file, HEALTH_OK,
	    { NULL } },
	{ "accounts not read yet", accounts_unread, HEALTH_OK, { NULL } },
	{ "no feed", no_feed, HEALTH_WARNING,
	    { "mayrelay-feed does not run" } },
	{ "an error", source_error, HEALTH_WARNING,
	    { "a source fails: it is \e[2J away" } },
	{ "fail-over", fail_over, HEALTH_WARNING,
	    { "ldap://ldap1.example.com:389: it is down" } },
	{ "the last server's error is the source's: said once",
	    no_server_left, HEALTH_WARNING,
	    { "a source fails: ldap://ldap2.example.com:389: away" } },
	{ "tried again: it has not yet mended", tried_again, HEALTH_WARNING,
	    { "ldap://ldap1.example.com:389: it is down" } },

	{ "no daemon", no_daemon, HEALTH_CRITICAL,
	    { "mayrelayd does not run" } },
	{ "no counters", no_counters, HEALTH_CRITICAL,
	    { "mayrelayd does not run, or cannot be seen: "
	    "/store/counters: No such file" } },
	{ "never loaded", never_loaded, HEALTH_CRITICAL,
	    { "the policy was never loaded completely: nothing can be "
	    "decided" } },
	{ "too old", too_old, HEALTH_CRITICAL,
	    { "the policy is 3601 s old, more than policy.max_stale (3600 "
	    "s): nothing can be decided" } },
	{ "by a clock of the future", no_age, HEALTH_CRITICAL,
	    { "the policy's age is unknown: nothing can be decided" } },
};

static void
judged(const char *label, const struct standing *st,
    enum health_state state, const char *const reasons[3])
{
	struct health health;
	size_t i;

	memset(&health, '#', sizeof(health));
	health_judge(st, &health);
	ck_assert_msg(health.state == state, "%s: %s", label,
	    health_word(health.state));
	for (i = 0; i < health.n; i++) {
		ck_assert_msg(i < 3 && reasons[i] != NULL, "%s: also: %s",
		    label, health.reasons[i]);
		ck_assert_msg(strcmp(health.reasons[i], reasons[i]) == 0,
		    "%s: %s", label, health.reasons[i]);
	}
	ck_assert_msg(i == 3 || reasons[i] == NULL, "%s: not: %s", label,
	    reasons[i]);
}

START_TEST(one_reason)
{
	struct standing_case *c = case_begin();

	rows[_i].make(c);
	judged(rows[_i].label, &c->st, rows[_i].state, rows[_i].reasons);
	case_end(c);
}
END_TEST

static const struct {
	const char *label;
	void (*make[3])(struct standing_case *);
	enum health_state state;
	const char *reasons[3];
} several[] = {
	{ "the worst comes first", { held_back, too_old, NULL },
	    HEALTH_CRITICAL, { "the policy is 3601 s old, more than "
	    "policy.max_stale (3600 s): nothing can be decided",
	    "networks: a refresh is held back" } },
	{ "what a daemon that has gone told counts no more",
	    { source_error, fail_over, no_daemon }, HEALTH_CRITICAL,
	    { "mayrelayd does not run" } },
	{ "so does what a feed that has gone told of servers",
	    { fail_over, no_feed, NULL }, HEALTH_WARNING,
	    { "mayrelay-feed does not run" } },
	{ "servers that the file may not name go by number",
	    { fail_over, other_file, NULL }, HEALTH_WARNING,
	    { "the configuration file is not what is in force: reload it",
	    "server 1: ldap://ldap1.example.com:389: it is down" } },
	{ "what is not in force wants a restart",
	    { other_file, restart_needed, NULL }, HEALTH_WARNING,
	    { "the configuration file is not what is in force: restart "
	    "mayrelayd" } },
	{ "or was tried in vain", { other_file, reload_failed, NULL },
	    HEALTH_WARNING,
	    { "the configuration file is not what is in force: reload it",
	    "the last reload failed" } },
	{ "a server of another configuration is not blamed",
	    { fail_over, another_number, NULL }, HEALTH_OK, { NULL } },
};

START_TEST(several_reasons)
{
	struct standing_case *c = case_begin();
	int i;

	for (i = 0; i < 3 && several[_i].make[i] != NULL; i++)
		several[_i].make[i](c);
	judged(several[_i].label, &c->st, several[_i].state,
	    several[_i].reasons);
	case_end(c);
}
END_TEST

/* All that can be the matter at once has room. */
START_TEST(all_reasons)
{
	static const char *uris[COUNTERS_SERVERS];
	struct standing_case *c = case_begin();
	char error[COUNTERS_ERROR_MAX];
	struct health health;
	int i;

	memset(error, 'e', sizeof(error));
	error[sizeof(error) - 1] = '\0';
	for (i = 0; i < COUNTERS_SERVERS; i++) {
		uris[i] = case_uris[0];
		case_server(c, (size_t)i, SERVER_FAILED, error, 0);
	}
	c->config.uris.v = uris;
	c->config.uris.n = COUNTERS_SERVERS;
	c->st.counters->ldap_servers = COUNTERS_SERVERS;
	for (i = 0; i < SEARCHES; i++) {
		c->config.searches[i].configured = true;
		c->st.searches[i].held_back = true;
		c->st.searches[i].unusable = 2;
	}
	too_old(c);
	other_file(c);
	reload_failed(c);
	source_error(c);
	health_judge(&c->st, &health);
	ck_assert_int_eq(health.state, HEALTH_CRITICAL);
	ck_assert_uint_eq(health.n, 1 + SEARCHES + 3 + 3 +
	    COUNTERS_SERVERS);
	ck_assert_uint_le(health.n, HEALTH_REASONS);
	ck_assert_ptr_ne(strstr(health.reasons[health.n - 1], "server 8: "),
	    NULL);
	case_end(c);
}
END_TEST

static const char *const words[] = { "ok", "warning", "critical" };

START_TEST(word)
{

	ck_assert_str_eq(health_word((enum health_state)_i), words[_i]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("health");

	suite_rows(suite, one_reason, ROWS(rows));
	suite_rows(suite, several_reasons, ROWS(several));
	suite_one(suite, all_reasons);
	suite_rows(suite, word, ROWS(words));
	return (suite_run(suite));
}
