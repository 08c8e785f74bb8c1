#include <sys/wait.h>
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "counters.h"
#include "refresh.h"
#include "suite.h"

/* The tool runs in a process of its own; here are mayrelayd and its feed. */

static char dir[] = "/tmp/test_refresh.XXXXXX";
static struct config config = { .store = dir, .digest = 1 };
static struct counters *counters;
static char said[4096];

static void
path_of(const char *name, char path[64])
{

	snprintf(path, 64, "%s/%s", dir, name);
}

static void
begin(void)
{
	struct why why;

	strcpy(strrchr(dir, '.'), ".XXXXXX");
	ck_assert_ptr_ne(mkdtemp(dir), NULL);
	ck_assert_int_eq(counters_create(dir, &counters, &why), 0);
	counters->pid = getpid();
	counters->config_digest = 1;
}

static void
end(void)
{
	char path[64];

	counters_close(counters);
	path_of("counters", path);
	unlink(path);
	path_of("said", path);
	unlink(path);
	rmdir(dir);
}

static pid_t
tool(const char *option)
{
	char name[] = "refresh", word[32] = "", path[64];
	char *argv[] = { name, word, NULL };
	pid_t pid;
	int fd;

	if (option != NULL)
		strcpy(word, option);
	path_of("said", path);
	if ((pid = fork()) != 0)
		return (pid);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (dup2(fd, 1) == -1 || dup2(fd, 2) == -1)
		_exit(99);
	fd = refresh_run(&config, option != NULL ? 2 : 1, argv);
	fflush(NULL);
	_exit(fd);
}

/* Its exit status; what it printed is in said[]. */
static int
ended(pid_t pid)
{
	char path[64];
	int status, fd;
	ssize_t n;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	path_of("said", path);
	ck_assert_int_ne(fd = open(path, O_RDONLY), -1);
	ck_assert_int_ge(n = read(fd, said, sizeof(said) - 1), 0);
	said[n] = '\0';
	close(fd);
	return (WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static uint64_t
asked(bool accept)
{
	uint64_t number;
	bool so;

	while (!counters_refresh_pending(counters, &number, &so))
		usleep(1000);
	ck_assert_int_eq(so, accept);
	return (number);
}

static const struct {
	const char *label;
	const char *option;
	enum refresh_result result;
	const char *error;
	int code;
	const char *text;
} answers[] = {
	{ "in force", NULL, REFRESH_DONE, "", 0, "is in force" },
	{ "accepted", "--accept", REFRESH_DONE, "", 0, "is in force" },
	{ "held back", NULL, REFRESH_HELD_BACK, "", 1,
	    "mayrelay refresh --accept" },
	{ "failed", NULL, REFRESH_FAILED, "ldap1 is \e[2J away", EX_TEMPFAIL,
	    "a source could not be read, what was read before stays in "
	    "force: ldap1 is \\x1b[2J away" },
	{ "failed without a word", NULL, REFRESH_FAILED, "", EX_TEMPFAIL,
	    "see mayrelayd's log" },
	{ "a failure is told of though it was accepted", "--accept",
	    REFRESH_FAILED, "it is away", EX_TEMPFAIL, "it is away" },
};

START_TEST(answered)
{
	pid_t pid = tool(answers[_i].option);
	uint64_t number;
	bool accept;
	int code;

	number = asked(answers[_i].option != NULL);
	counters_error_set(counters, 1, answers[_i].error);
	counters_refresh_answer(counters, number, answers[_i].result);
	code = ended(pid);
	ck_assert_msg(code == answers[_i].code, "%s: %d: %s",
	    answers[_i].label, code, said);
	ck_assert_msg(strstr(said, answers[_i].text) != NULL, "%s: %s",
	    answers[_i].label, said);
	ck_assert_uint_eq(counters->refresh_accepts[0], 0);
	(void)counters_refresh_ask(counters, false);
	ck_assert(counters_refresh_pending(counters, &number, &accept));
	ck_assert_msg(!accept, "%s: --accept has been left behind",
	    answers[_i].label);
}
END_TEST

static const struct {
	const char *label;
	int sig;
	int code;			/* -1: ended by it */
} signals[] = {
	{ "interrupted", SIGINT, EX_TEMPFAIL },
	{ "told to end", SIGTERM, EX_TEMPFAIL },
	{ "the terminal is gone", SIGHUP, EX_TEMPFAIL },
	{ "killed", SIGKILL, -1 },
};

/* Nobody waits any more: what is read now is not applied at any cost. */
START_TEST(not_waited_for)
{
	pid_t pid = tool("--accept");
	uint64_t number = asked(true);
	int code;

	ck_assert_int_eq(kill(pid, signals[_i].sig), 0);
	code = ended(pid);
	ck_assert_msg(code == signals[_i].code, "%s: %d: %s",
	    signals[_i].label, code, said);
	ck_assert_msg(!counters_refresh_accepted(counters, number), "%s",
	    signals[_i].label);
}
END_TEST

START_TEST(feed_that_does_not_stay)
{
	pid_t pid = tool("--accept");
	uint64_t number = asked(true);

	counters_error_set(counters, 1, "the configuration is another one");
	atomic_fetch_add(&counters->feed_starts, 3);
	ck_assert_int_eq(ended(pid), EX_TEMPFAIL);
	ck_assert_ptr_ne(strstr(said, "ends as soon as it begins, what was "
	    "read before stays in force: the configuration is another one"),
	    NULL);
	ck_assert(!counters_refresh_accepted(counters, number));
}
END_TEST

START_TEST(daemon_that_ends_meanwhile)
{
	pid_t pid = tool("--accept");
	uint64_t number = asked(true);

	counters->pid = 0;
	ck_assert_int_eq(ended(pid), EX_UNAVAILABLE);
	ck_assert_ptr_ne(strstr(said, "mayrelayd has ended meanwhile"), NULL);
	ck_assert(!counters_refresh_accepted(counters, number));
}
END_TEST

START_TEST(no_daemon)
{

	counters->pid = 0;
	ck_assert_int_eq(ended(tool(NULL)), EX_UNAVAILABLE);
	ck_assert_ptr_ne(strstr(said, "mayrelayd does not run"), NULL);
	ck_assert_uint_eq(counters->refresh_asked, 0);
}
END_TEST

START_TEST(no_counters)
{
	char path[64];

	path_of("counters", path);
	unlink(path);
	ck_assert_int_eq(ended(tool(NULL)), EX_UNAVAILABLE);
	ck_assert_ptr_ne(strstr(said, "No such file"), NULL);
}
END_TEST

START_TEST(misused)
{

	ck_assert_int_eq(ended(tool("--acept")), EX_USAGE);
	ck_assert_ptr_ne(strstr(said, refresh_usage), NULL);
	ck_assert_uint_eq(counters->refresh_asked, 0);
}
END_TEST

START_TEST(too_many_wait)
{
	pid_t pids[COUNTERS_ACCEPTS];
	uint64_t i;

	for (i = 0; i < COUNTERS_ACCEPTS; i++) {
		pids[i] = tool("--accept");
		while (counters->refresh_asked < i + 1)
			usleep(1000);
	}
	ck_assert_int_eq(ended(tool("--accept")), EX_TEMPFAIL);
	ck_assert_ptr_ne(strstr(said, "too many others wait"), NULL);
	ck_assert_uint_eq(counters->refresh_asked, COUNTERS_ACCEPTS);
	counters_refresh_answer(counters, asked(true), REFRESH_DONE);
	for (i = 0; i < COUNTERS_ACCEPTS; i++)
		ck_assert_int_eq(ended(pids[i]), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("refresh");
	TCase *tc = tcase_create("refresh");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, answered, 0, ROWS(answers));
	tcase_add_loop_test(tc, not_waited_for, 0, ROWS(signals));
	tcase_add_test(tc, feed_that_does_not_stay);
	tcase_add_test(tc, daemon_that_ends_meanwhile);
	tcase_add_test(tc, no_daemon);
	tcase_add_test(tc, no_counters);
	tcase_add_test(tc, misused);
	tcase_add_test(tc, too_many_wait);
	suite_add_tcase(suite, tc);
	return (suite_run(suite));
}
