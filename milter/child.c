#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "pulse.h"
#include "log.h"
#include "process.h"

enum {
	HEALTHY_MS = 60000,	/* a life that long forgives the ones before */
	END_MS = 2000,		/* from SIGTERM to SIGKILL */
	END_STEP_MS = 10
};

struct child {
	const char *program;
	const char *config_path;
	struct counters *counters;

	pid_t pid;		/* 0 while none runs */
	int fd;			/* our end of the socket pair; -1 */
	int64_t started_ms;
	int64_t ticked_ms;
	bool ending;		/* told to end, by us */
	int64_t kill_ms;	/* when it is killed, if ending */
	bool killed;

	int64_t backoff_ms;
	int64_t next_ms;	/* not started before that */
	bool refused;		/* it could not be started; said so */
};

struct child *
child_new(const char *program, const char *config_path,
    struct counters *counters)
{
	struct child *c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->program = program;
	c->config_path = config_path;
	c->counters = counters;
	c->fd = -1;
	return (c);
}

/* ---- start --------------------------------------------------------------- */

static int
start(struct child *c, struct why *why)
{
	char fd_text[12];
	const char *const argv[] = { c->program, "-c", c->config_path, "-f",
	    fd_text, NULL };
	int pair[2];

	snprintf(fd_text, sizeof(fd_text), "%d", PROCESS_FD);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return (why_set(why, "cannot start %s: %s", c->program,
		    strerror(errno)));
	if (process_start(argv, pair[1], -1, &c->pid, why) == -1) {
		close(pair[0]);
		close(pair[1]);
		c->pid = 0;
		return (-1);
	}
	close(pair[1]);
	c->fd = pair[0];
	return (0);
}

static void
back_off(struct child *c, int64_t now)
{

	c->next_ms = now + c->backoff_ms;
	c->backoff_ms *= 2;
	if (c->backoff_ms > CHILD_BACKOFF_MAX_MS)
		c->backoff_ms = CHILD_BACKOFF_MAX_MS;
}

static void
begin(struct child *c, int64_t now)
{
	struct why why;

	if (c->backoff_ms == 0)
		c->backoff_ms = CHILD_BACKOFF_MIN_MS;
	if (start(c, &why) == -1) {
		if (!c->refused)
			log_text(LOG_SEV_ERROR, why.text);
		c->refused = true;
		back_off(c, now);
		return;
	}
	c->refused = c->ending = c->killed = false;
	c->started_ms = c->ticked_ms = now;
	atomic_store(&c->counters->feed_pid, (int32_t)c->pid);
	atomic_fetch_add(&c->counters->feed_starts, 1);
}

/* ---- watch --------------------------------------------------------------- */

static void
hear(struct child *c, int64_t now)
{
	char bytes[64];

	while (recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		c->ticked_ms = now;
}

static void
kill_hard(struct child *c)
{

	if (!c->killed)
		(void)kill(c->pid, SIGKILL);
	c->killed = true;
}

static void
judge(struct child *c, int64_t now)
{

	if (c->ending && now >= c->kill_ms) {
		kill_hard(c);
		return;
	}
	if (c->killed || now - c->ticked_ms < PULSE_DEAD_MS)
		return;
	log_line(LOG_SEV_ERROR, "mayrelay-feed (process %ld) has given no "
	    "sign of life for %d seconds: it is killed and started again",
	    (long)c->pid, PULSE_DEAD_MS / 1000);
	kill_hard(c);
}

static void
ended(struct child *c, int status, int64_t now)
{
	char text[80];

	if (now - c->started_ms >= HEALTHY_MS)
		c->backoff_ms = CHILD_BACKOFF_MIN_MS;
	if (c->ending) {
		c->next_ms = now;
	} else {
		log_line(LOG_SEV_ERROR, "mayrelay-feed (process %ld) %s; it is "
		    "started again in %lld ms", (long)c->pid,
		    process_describe(status, text, sizeof(text)),
		    (long long)c->backoff_ms);
		back_off(c, now);
	}
	close(c->fd);
	c->fd = -1;
	c->pid = 0;
	atomic_store(&c->counters->feed_pid, 0);
}

/* Return true if it has ended. */
static bool
reap(struct child *c, int64_t now)
{
	int status;
	pid_t pid;

	if ((pid = waitpid(c->pid, &status, WNOHANG)) == 0)
		return (false);
	if (pid == -1 && errno == EINTR)
		return (false);
	ended(c, pid == -1 ? 0 : status, now);
	return (true);
}

void
child_watch(struct child *c)
{
	const int64_t now = clock_ms();

	if (c->pid != 0) {
		hear(c, now);
		if (!reap(c, now))
			judge(c, now);
	}
	if (c->pid == 0 && now >= c->next_ms)
		begin(c, now);
}

/* ---- end ----------------------------------------------------------------- */

static void
tell_end(struct child *c)
{

	if (c->pid == 0 || c->ending)
		return;
	c->ending = true;
	c->kill_ms = clock_ms() + END_MS;
	(void)kill(c->pid, SIGTERM);
}

void
child_restart(struct child *c)
{

	c->backoff_ms = CHILD_BACKOFF_MIN_MS;
	c->next_ms = clock_ms();
	c->refused = false;
	tell_end(c);
	child_watch(c);
}

void
child_free(struct child *c)
{

	if (c == NULL)
		return;
	tell_end(c);
	while (c->pid != 0 && !reap(c, clock_ms())) {
		judge(c, clock_ms());
		usleep(END_STEP_MS * 1000);
	}
	free(c);
}
