#include <sys/wait.h>

#include <string.h>
#include <unistd.h>

#include "running.h"
#include "suite.h"

static const struct config config = { .digest = 4711 };

/* The id of a process that has ended. */
static pid_t
nobody(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	return (pid);
}

static enum running
look(pid_t pid, uint64_t digest)
{
	static struct counters counters;

	counters.pid = (int32_t)pid;
	counters.config_digest = digest;
	return (running_look(&counters, &config));
}

START_TEST(looks)
{

	ck_assert_int_eq((int)running_look(NULL, &config), RUNNING_NOT);
	ck_assert_int_eq((int)look(0, 4711), RUNNING_NOT);
	ck_assert_int_eq((int)look(-1, 4711), RUNNING_NOT);
	ck_assert_int_eq((int)look(nobody(), 4711), RUNNING_NOT);
	ck_assert_int_eq((int)look(getpid(), 4711), RUNNING_SAME);
	ck_assert_int_eq((int)look(getpid(), 4712), RUNNING_OTHER);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("running");

	suite_one(suite, looks);
	return (suite_run(suite));
}
