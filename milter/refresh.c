#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>

#include "argument.h"
#include "clock.h"
#include "counters.h"
#include "refresh.h"
#include "running.h"
#include "visible.h"

enum {
	EXIT_HELD_BACK = 1,
	POLL_MS = 50,
	/* A large directory takes minutes, and the feed may have to be started
	 * again meanwhile. */
	PATIENCE_MS = 10 * 60 * 1000,
	FEED_LIVES = 3		/* a feed that ends so often will not answer */
};

const char refresh_usage[] =
    "mayrelay refresh [--accept]\n"
    "Has the running mayrelayd read its sources anew, and waits for it;\n"
    "--accept also applies what directory.max_shrink held back.\n"
    "Exit status: 0 in force, 1 held back, 75 a source could not be read,\n"
    "64 usage, 69 mayrelayd does not run.\n";

static int
say(const char *text, int code)
{

	printf("%s\n", text);
	return (code);
}

static int
complain(const char *text, int code)
{

	fprintf(stderr, "mayrelay: %s\n", text);
	return (code);
}

static int
failed(const struct counters *counters, const char *what)
{
	char error[COUNTERS_ERROR_MAX];
	char text[VISIBLE_SIZE(COUNTERS_ERROR_MAX)];
	int64_t at;

	counters_error_get(counters, &at, error);
	fprintf(stderr, "mayrelay: %s, what was read before stays in force: "
	    "%s\n", what, error[0] == '\0' ?
	    "see mayrelayd's log" : visible_text(error, text, sizeof(text)));
	return (EX_TEMPFAIL);
}

static int
report(const struct counters *counters)
{

	switch ((enum refresh_result)counters->refresh_result) {
	case REFRESH_DONE:
		return (say("The policy was read anew and is in force.", 0));
	case REFRESH_HELD_BACK:
		return (say("Held back: it would remove more than "
		    "directory.max_shrink allows.\n`mayrelay status' shows "
		    "how much; if that is meant, `mayrelay refresh --accept' "
		    "applies it.", EXIT_HELD_BACK));
	case REFRESH_FAILED:
		break;
	}
	return (failed(counters, "a source could not be read"));
}

static void
pause_a_little(void)
{
	struct timespec left = { .tv_nsec = POLL_MS * 1000000L };

	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		;
}

/* Nobody waits for it any more: what is held back later was not meant. */
static int
give_up(struct counters *counters, int code)
{

	counters->refresh_accept = false;
	return (code);
}

static int
ask(const struct config *config, struct counters *counters, bool accept)
{
	int64_t end = clock_ms() + PATIENCE_MS;
	uint64_t number, born = counters->feed_starts;

	if (running_look(counters, config) == RUNNING_NOT)
		return (complain("mayrelayd does not run: it reads its sources "
		    "when it starts", EX_UNAVAILABLE));
	counters->refresh_accept = accept;
	number = atomic_fetch_add(&counters->refresh_asked, 1) + 1;
	while (counters->refresh_answered < number) {
		if (running_look(counters, config) == RUNNING_NOT)
			return (complain("mayrelayd has ended meanwhile",
			    EX_UNAVAILABLE));
		if (counters->feed_starts >= born + FEED_LIVES)
			return (give_up(counters, failed(counters,
			    "mayrelay-feed ends as soon as it begins")));
		if (clock_ms() > end)
			return (give_up(counters, complain("no answer in ten "
			    "minutes; `mayrelay status' shows what the feed "
			    "does", EX_TEMPFAIL)));
		pause_a_little();
	}
	return (report(counters));
}

int
refresh_run(const struct config *config, int argc, char **argv)
{
	struct counters *counters;
	bool accept = false;
	const struct argument table[] = { { "--accept", NULL, &accept } };
	struct why why;
	int code;

	if (argument_read(table, 1, argc, argv, &why) != 0) {
		fprintf(stderr, "mayrelay refresh: %s\n%s", why.text,
		    refresh_usage);
		return (EX_USAGE);
	}
	if (counters_open(config->store, true, &counters, &why) != 0)
		return (complain(why.text, EX_UNAVAILABLE));
	code = ask(config, counters, accept);
	counters_close(counters);
	return (code);
}
