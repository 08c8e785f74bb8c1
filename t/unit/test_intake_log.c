#include "heard_log.h"
#include "intake_case.h"

/* What the log hears of one LDAP source that is read again and again. */

#define NOGROUP	"no groups found"
#define NOACCOUNT "no accounts found below dc=example,dc=com with the "	\
    "default filter: look at base, filter and the bind DN's rights"

/* What a reading tells: letters, each an entry: a good account "a", one with a
 * date that cannot be read "b" or "c", a group "g"; "!": it fails. */
static int
tell_letters(void *ctx, const struct sink *sink, struct why *why)
{
	const char *letters = ctx;
	struct told m;
	char key[2] = "";

	if (sink->begin(sink->ctx, why) == -1)
		return (-1);
	for (; *letters != '\0'; letters++) {
		key[0] = *letters;
		if (*key == '!')
			return (why_set(why, "it is gone"));
		make(&m, key, *key == 'g' ? BIT(GROUPS) : BIT(ACCOUNTS),
		    *key == 'g' ? "objectClass=groupOfNames|cn=g|"
		    "member=cn=a,dc=example,dc=com" : *key == 'a' ?
		    "objectClass=inetOrgPerson|uid=u" :
		    "objectClass=inetOrgPerson|objectClass=relayAccount|"
		    "uid=u|relayNotAfter=soon");
		if (sink->entry(sink->ctx, &m.source, why) == -1)
			return (-1);
	}
	return (sink->end(sink->ctx, why));
}

static const struct {
	const char *label;
	const char *readings[3];
	bool routine;		/* all but the first */
	const char *says;
	int times;
} logs[] = {
	{ "a poll that finds the same", { "ag", "ag", "ag" }, true,
	    "in force", 1 },
	{ "one that was asked for", { "ag", "ag", "ag" }, false,
	    "in force", 3 },
	{ "a poll that finds more, and then the same", { "ag", "abg", "abg" },
	    true, "in force", 2 },
	{ "there and back", { "ag", "g", "ag" }, true, "in force", 3 },
	{ "a value that cannot be read", { "bg", "bg", "bg" }, true,
	    "relayNotAfter", 1 },
	{ "the same, asked for", { "bg", "bg", "bg" }, false,
	    "relayNotAfter", 1 },
	{ "another one", { "bg", "bcg", "bcg" }, true, "cn=c,", 1 },
	{ "mended, and broken again", { "bg", "ag", "bg" }, true,
	    "relayNotAfter", 2 },
	{ "readings that fail", { "b!", "bc!", "bc!" }, false,
	    "relayNotAfter", 2 },
	{ "no groups, once", { "a", "a", "a" }, false, NOGROUP, 1 },
	{ "no groups, some, none", { "a", "ag", "a" }, false, NOGROUP, 2 },
	{ "no account", { "g", "ag", "ag" }, false, NOACCOUNT, 1 },
	{ "no account, each time that is asked", { "g", "g", "g" }, false,
	    NOACCOUNT, 3 },
	{ "no account, polled", { "g", "g", "g" }, true, NOACCOUNT, 1 },
	{ "no domain, polled", { "ag", "ag", "ag" }, true, "no relayDomain",
	    1 },
	{ "what is not asked of it", { "ag", "ag", "ag" }, true,
	    "no networks", 0 }
};

START_TEST(heard)
{
	static struct reported reported;
	struct store *store = storecase_new();
	struct intake_job job = job_of(store);
	enum intake_outcome outcome;
	struct why why;
	int i;

	job.searches = BIT(ACCOUNTS) | BIT(GROUPS);
	job.reported = &reported;
	for (i = 0; i < 3; i++) {
		job.routine = logs[_i].routine && i > 0;
		(void)intake_run(&job, tell_letters,
		    (void *)(uintptr_t)logs[_i].readings[i], &outcome, &why);
	}
	ck_assert_msg(heard_log_count(logs[_i].says) == logs[_i].times,
	    "%s: %s", logs[_i].label, heard_log);
	store_close(store);
}
END_TEST

/* A file with nothing in it may be meant. */
START_TEST(file)
{
	struct store *store = storecase_new();
	struct intake_job job = job_of(store);
	enum intake_outcome outcome;
	struct why why;
	int i;

	for (i = 0; i < SEARCHES; i++)
		config.searches[i].source = "ldif:/policy.ldif";
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(intake_run(&job, tell_letters,
		    (void *)(uintptr_t)"", &outcome, &why), 0);
	ck_assert_int_eq(heard_log_count("found below"), 0);
	ck_assert_int_eq(heard_log_count("in force"), 2);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intake_log");

	suite_rows(suite, heard, ROWS(logs));
	suite_one(suite, file);
	return (suite_run(suite));
}
