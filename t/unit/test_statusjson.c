#include <check.h>
#include <stdio.h>

#include "standingcase.h"
#include "statusjson.h"
#include "suite.h"

enum { MAKES = 2 };

/* A member, as JSON, when something is the matter. */
static const struct {
	const char *label;
	void (*make[MAKES])(struct standing_case *);
	const char *path;
	const char *wanted;
} rows[] = {
	{ "ok", { nothing }, "state", "\"ok\"" },
	{ "ok needs no reason", { nothing }, "reasons", "[]" },
	{ "warning", { reload_failed }, "state", "\"warning\"" },
	{ "its reason", { reload_failed }, "reasons",
	    "[\"the last reload failed\"]" },
	{ "critical", { no_daemon }, "state", "\"critical\"" },
	{ "several reasons", { no_daemon, held_back }, "reasons",
	    "[\"mayrelayd does not run\",\"networks: a refresh is held "
	    "back\"]" },
	{ "a reason with strange bytes", { source_error }, "reasons",
	    "[\"a source fails: it is \\u001B[2J away\"]" },

	{ "version", { nothing }, "version", "\"" VERSION "\"" },
	{ "running", { nothing }, "running", "true" },
	{ "not running", { no_daemon }, "running", "false" },
	{ "in force", { nothing }, "config_in_force", "true" },
	{ "not in force", { other_file }, "config_in_force", "false" },
	{ "nobody knows", { no_daemon }, "config_in_force", "null" },
	{ "daemon", { nothing }, "daemon",
	    "{\"pid\":4711,\"started\":\"2027-01-15T07:51:40Z\",\"reloaded\":"
	    "\"2027-01-15T07:51:40Z\",\"reload_failed\":false,"
	    "\"restart_needed\":false,\"feed_pid\":4712,\"feed_starts\":1}" },
	{ "no daemon", { no_daemon }, "daemon", "null" },
	{ "a failed reload", { reload_failed }, "daemon.reload_failed",
	    "true" },
	{ "no restart", { reload_failed }, "daemon.restart_needed", "false" },
	{ "a restart", { other_file, restart_needed }, "daemon.restart_needed",
	    "true" },
	{ "a restart, but the file was put back", { restart_needed },
	    "daemon.restart_needed", "false" },
	{ "narrowing", { nothing }, "role", "\"narrowing\"" },
	{ "authority", { authority }, "role", "\"authority\"" },
	{ "real", { nothing }, "enforce_from", "\"now\"" },
	{ "real in the authority role", { authority }, "enforce_from",
	    "\"now\"" },
	{ "never", { never_real }, "enforce_from", "\"never\"" },
	{ "from a date on", { not_yet_real }, "enforce_from",
	    "\"2027-01-15T08:01:00Z\"" },
	{ "generation", { nothing }, "generation", "7" },
	{ "loaded", { nothing }, "policy_loaded", "true" },
	{ "never loaded", { never_loaded }, "policy_loaded", "false" },
	{ "young", { nothing }, "policy_stale", "false" },
	{ "half old", { half_old }, "policy_stale", "false" },
	{ "too old", { too_old }, "policy_stale", "true" },
	{ "never loaded is too old", { never_loaded }, "policy_stale",
	    "true" },
	{ "age", { nothing }, "policy_age", "3" },
	{ "no age", { no_age }, "policy_age", "null" },
	{ "error", { source_error }, "error",
	    "{\"at\":\"2027-01-15T07:59:10Z\",\"text\":\"it is \\u001B[2J "
	    "away\"}" },
	{ "no error", { nothing }, "error", "null" },
	{ "no counters, no error", { no_counters }, "error", "null" },

	{ "a search", { nothing }, "searches.accounts",
	    "{\"source\":\"ldap\",\"base\":\"ou=people,dc=example,dc=com\","
	    "\"filter\":\"(uid=*)\",\"cookie\":\"rid=1,csn=2\",\"followed\":"
	    "\"sync\",\"loaded\":true,\"current\":true,\"entries\":"
	    "{\"account\":20},\"unusable\":0,\"age\":3,\"generation\":5,"
	    "\"held_back\":null}" },
	{ "a search without a filter", { nothing },
	    "searches.networks.filter", "null" },
	{ "a search without a cookie", { nothing },
	    "searches.networks.cookie", "null" },
	{ "a strange cookie", { strange_cookie }, "searches.accounts.cookie",
	    "\"a\\\\x00\\\\x1b\\\\xff\"" },
	{ "polled", { polled }, "searches.networks.followed", "\"poll\"" },
	{ "not followed", { failed_at_once_again },
	    "searches.networks.followed", "null" },
	{ "a file is not followed", { nothing },
	    "searches.domains.followed", "null" },
	{ "a file's base", { nothing }, "searches.domains.base", "null" },
	{ "not configured", { nothing }, "searches.groups", "null" },
	{ "other settings", { other_settings }, "searches.accounts.current",
	    "false" },
	{ "held back", { held_back }, "searches.networks.held_back",
	    "{\"removes\":16,\"of\":21}" },
	{ "not loaded", { never_loaded }, "searches.accounts.age", "null" },

	{ "servers", { nothing }, "ldap.servers",
	    "[{\"uri\":\"ldap://ldap1.example.com:389\",\"state\":"
	    "\"followed\",\"in_use\":true,\"since\":\"2027-01-15T07:58:20Z\","
	    "\"next\":null,\"error\":null},"
	    "{\"uri\":\"ldap://ldap2.example.com:389\",\"state\":\"idle\","
	    "\"in_use\":false,\"since\":\"2027-01-15T07:58:20Z\",\"next\":"
	    "null,\"error\":null}]" },
	{ "fail-over", { fail_over }, "ldap.servers.0",
	    "{\"uri\":\"ldap://ldap1.example.com:389\",\"state\":\"failed\","
	    "\"in_use\":false,\"since\":\"2027-01-15T07:58:20Z\",\"next\":"
	    "\"2027-01-15T08:00:20Z\",\"error\":\"it is down\"}" },
	{ "tried", { tried_again }, "ldap.servers.0.state", "\"tried\"" },
	{ "polled, the server", { polled }, "ldap.servers.0.state",
	    "\"polled\"" },
	{ "nothing is known", { no_feed }, "ldap.servers.0",
	    "{\"uri\":\"ldap://ldap1.example.com:389\",\"state\":null,"
	    "\"in_use\":false,\"since\":null,\"next\":null,\"error\":null}" },
	{ "another file: no names", { other_file }, "ldap.servers.0.uri",
	    "null" },
	{ "another file: states", { other_file }, "ldap.servers.0.state",
	    "\"followed\"" },
	{ "another number", { another_number }, "ldap.servers.1.state",
	    "null" },
	{ "a doubt", { another_number }, "ldap.doubt", "\"2 are named in the "
	    "file, mayrelay-feed has 3\"" },
	{ "no doubt", { nothing }, "ldap.doubt", "null" },
	{ "no LDAP", { no_ldap }, "ldap", "null" },
	{ "changes", { counted }, "ldap.changes", "12" },
	{ "complete ones", { counted }, "ldap.full",
	    "{\"done\":1,\"held_back\":2,\"failed\":3}" },
	{ "resumed ones", { counted }, "ldap.resumed",
	    "{\"done\":4,\"held_back\":5,\"failed\":6}" },
	{ "no counters: changes", { no_counters }, "ldap.changes", "null" },
	{ "no counters: full", { no_counters }, "ldap.full", "null" },
	{ "no counters: resumed", { no_counters }, "ldap.resumed", "null" },

	{ "counters", { nothing }, "counters",
	    "{\"since\":\"2027-01-15T07:51:40Z\",\"connections_total\":0,"
	    "\"connections\":0,\"overloaded\":0,\"log_lost\":0,\"decisions\":"
	    "[]}" },
	{ "no counters", { no_counters }, "counters", "null" },
};

static const json_t *
member(const json_t *value, const char *path)
{
	char name[64];
	size_t len;

	for (; value != NULL && *path != '\0'; path += strspn(path, ".")) {
		len = strcspn(path, ".");
		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		value = json_is_array(value) ?
		    json_array_get(value, (size_t)atoi(name)) :
		    json_object_get(value, name);
		path += len;
	}
	return (value);
}

START_TEST(json)
{
	struct standing_case *c = case_begin();
	struct health health;
	const json_t *value;
	json_t *document;
	char *text;
	int i;

	for (i = 0; i < MAKES && rows[_i].make[i] != NULL; i++)
		rows[_i].make[i](c);
	health_judge(&c->st, &health);
	document = statusjson_document(&c->st, &health);
	ck_assert_ptr_ne(document, NULL);
	value = member(document, rows[_i].path);
	ck_assert_msg(value != NULL, "%s: no %s", rows[_i].label,
	    rows[_i].path);
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	ck_assert_msg(strcmp(text, rows[_i].wanted) == 0, "%s: %s",
	    rows[_i].label, text);
	free(text);
	json_decref(document);
	case_end(c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("statusjson");

	suite_rows(suite, json, ROWS(rows));
	return (suite_run(suite));
}
