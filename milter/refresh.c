#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>

#include "argument.h"
#include "clock.h"
#include "counters.h"
#include "refresh.h"
#include "running.h"
#include "standing.h"
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
    "Has the running mayrelayd read all its sources anew, and waits for it;\n"
    "--accept also applies what directory.max_shrink held back.\n"
    "Exit status: 0 in force, 1 held back, 75 a source could not be read or\n"
    "there was no answer, 64 usage, 69 mayrelayd does not run.\n";

/* One request, while it is waited for. */
struct waiting {
	const struct config *config;
	struct counters *counters;
	uint64_t number;
	uint64_t born;			/* feed_starts when it was asked */
	int64_t end_ms;
};

static volatile sig_atomic_t interrupted;

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

/* A value that cannot be read is no error: it narrows. */
static void
say_unusable(const struct config *config)
{
	unsigned long long n = 0;
	struct standing st;
	struct why why;
	int i;

	if (standing_look(&st, config, &why) != 0)
		return;
	for (i = 0; i < SEARCHES; i++)
		n += standing_unusable(&st, (enum search)i);
	standing_end(&st);
	if (n != 0)
		printf("%llu value%s could not be read: see mayrelayd's "
		    "log.\n", n, n == 1 ? "" : "s");
}

static int
done(const struct config *config)
{
	const int code = say("The policy was read anew and is in force.", 0);

	say_unusable(config);
	return (code);
}

static int
report(const struct waiting *w, enum refresh_result result)
{

	switch (result) {
	case REFRESH_DONE:
		return (done(w->config));
	case REFRESH_HELD_BACK:
		return (say("Held back: it would remove more than "
		    "directory.max_shrink allows.\n`mayrelay status' shows "
		    "how much: look at the source (its filter, its rights); "
		    "`mayrelay refresh --accept' applies it all the same.",
		    EXIT_HELD_BACK));
	case REFRESH_FAILED:
		break;
	}
	return (failed(w->counters, "a source could not be read"));
}

/* ---- waiting ---------------------------------------------------------- */

static void
interrupt(int sig)
{

	(void)sig;
	interrupted = 1;
}

/* Whoever is told to end has still to withdraw what he asked for. */
static void
signals_catch(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = interrupt }, before;
	size_t i;

	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &before) == 0 &&
		    before.sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &action, NULL);
}

/* A signal ends the pause. */
static void
pause_a_little(void)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };

	(void)nanosleep(&pause, NULL);
}

static int
wait_for(const struct waiting *w)
{
	enum refresh_result result;

	while (!counters_refresh_answered(w->counters, w->number, &result)) {
		if (interrupted)
			return (complain("interrupted: nobody waits for the "
			    "answer, and no --accept counts", EX_TEMPFAIL));
		if (running_look(w->counters, w->config) == RUNNING_NOT)
			return (complain("mayrelayd has ended meanwhile",
			    EX_UNAVAILABLE));
		if (w->counters->feed_starts >= w->born + FEED_LIVES)
			return (failed(w->counters,
			    "mayrelay-feed ends as soon as it begins"));
		if (clock_ms() > w->end_ms)
			return (failed(w->counters,
			    "there was no answer in ten minutes"));
		pause_a_little();
	}
	return (report(w, result));
}

static int
ask(const struct config *config, struct counters *counters, bool accept)
{
	struct waiting w = { .config = config, .counters = counters,
	    .born = counters->feed_starts };
	int code;

	if (running_look(counters, config) == RUNNING_NOT)
		return (complain("mayrelayd does not run: it reads its sources "
		    "when it starts", EX_UNAVAILABLE));
	signals_catch();
	if ((w.number = counters_refresh_ask(counters, accept)) == 0)
		return (complain("too many others wait for an answer to "
		    "`mayrelay refresh --accept'", EX_TEMPFAIL));
	w.end_ms = clock_ms() + PATIENCE_MS;
	code = wait_for(&w);
	counters_refresh_leave(counters, w.number);
	return (code);
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
