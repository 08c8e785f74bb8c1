#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "visible.h"

enum {
	NAME_MAX_LEN = 31,
	TEXT_MAX = 16 * 1024,		/* of one line; longer is cut */
	RING_LINES = 4096,
	RING_BYTES = 4 * 1024 * 1024	/* of the texts of all of them */
};

enum state {
	STATE_DIRECT,		/* before log_start: straight to stderr */
	STATE_RUNNING,
	STATE_ENDING,		/* log_stop waits for the thread */
	STATE_ENDED		/* what comes now is lost, and counted */
};

struct item {
	enum log_severity severity;
	size_t len;
	char text[];
};

/* The lock guards all of it but the name and the target, which are set before
 * the thread begins.  It is never held while a line is written. */
static struct ring {
	pthread_mutex_t lock;
	pthread_cond_t wake;	/* for the thread: there is something to do */
	pthread_cond_t done;	/* for log_stop: the thread has ended */
	enum state state;
	struct item *items[RING_LINES];
	size_t first;
	size_t n;
	size_t bytes;
	uint64_t lost;		/* ever */
	uint64_t lost_told;	/* of these, told in the log */
} ring = { .lock = PTHREAD_MUTEX_INITIALIZER };

static char program[NAME_MAX_LEN + 1] = "mayrelay";
static enum log_target log_target;
static pthread_t thread;

static int
priority_of(enum log_severity severity)
{

	switch (severity) {
	case LOG_SEV_ERROR:
		return (LOG_MAIL | LOG_ERR);
	case LOG_SEV_WARNING:
		return (LOG_MAIL | LOG_WARNING);
	case LOG_SEV_NOTICE:
		return (LOG_MAIL | LOG_NOTICE);
	case LOG_SEV_INFO:
		return (LOG_MAIL | LOG_INFO);
	}
	return (LOG_MAIL | LOG_ERR);
}

/*
 * In one write, so that lines of several processes do not mix.  The buffer
 * holds the longest name and text.
 */
static void
write_stderr(const char *text)
{
	char buf[NAME_MAX_LEN + 2 + TEXT_MAX + 1];
	int len;

	len = snprintf(buf, sizeof(buf) - 1, "%s: %s", program, text);
	buf[len++] = '\n';
	while (write(STDERR_FILENO, buf, (size_t)len) == -1 && errno == EINTR)
		;
}

static void
write_line(enum log_severity severity, const char *text)
{

	switch (log_target) {
	case LOG_TO_STDERR:
		write_stderr(text);
		break;
	case LOG_TO_SYSLOG:
		syslog(priority_of(severity), "%s", text);
		break;
	}
}

static void
write_lost(uint64_t n)
{
	char buf[100];

	snprintf(buf, sizeof(buf),
	    "%llu log lines were lost: the log could not keep up",
	    (unsigned long long)n);
	write_line(LOG_SEV_WARNING, buf);
}

/* Under the lock.  False: full, or too late. */
static bool
ring_push(struct item *item)
{

	if (ring.state != STATE_RUNNING || ring.n == RING_LINES ||
	    ring.bytes + item->len > RING_BYTES)
		return (false);
	ring.items[(ring.first + ring.n++) % RING_LINES] = item;
	ring.bytes += item->len;
	pthread_cond_signal(&ring.wake);
	return (true);
}

/* Under the lock.  NULL: empty. */
static struct item *
ring_pop(void)
{
	struct item *item;

	if (ring.n == 0)
		return (NULL);
	item = ring.items[ring.first];
	ring.first = (ring.first + 1) % RING_LINES;
	ring.n--;
	ring.bytes -= item->len;
	return (item);
}

/*
 * Under the lock.  How many losses to tell now: only once half of the ring is
 * free again, or a log that cannot keep up would have even more to write.
 */
static uint64_t
ring_lost(void)
{
	uint64_t n = ring.lost - ring.lost_told;

	if (ring.n > RING_LINES / 2 || ring.bytes > RING_BYTES / 2)
		return (0);
	ring.lost_told = ring.lost;
	return (n);
}

static void *
log_thread(void *arg)
{
	struct item *item;
	uint64_t lost;

	pthread_mutex_lock(&ring.lock);
	for (;;) {
		item = ring_pop();
		lost = ring_lost();
		if (item == NULL && lost == 0) {
			if (ring.state == STATE_ENDING)
				break;
			pthread_cond_wait(&ring.wake, &ring.lock);
			continue;
		}
		pthread_mutex_unlock(&ring.lock);
		if (item != NULL)
			write_line(item->severity, item->text);
		free(item);
		if (lost > 0)
			write_lost(lost);
		pthread_mutex_lock(&ring.lock);
	}
	ring.state = STATE_ENDED;
	pthread_cond_signal(&ring.done);
	pthread_mutex_unlock(&ring.lock);
	return (arg);
}

void
log_name(const char *name)
{

	snprintf(program, sizeof(program), "%.*s", NAME_MAX_LEN, name);
}

/* Signals are the main thread's. */
static int
thread_begin(void)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, NULL, log_thread, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return (rc == 0 ? 0 : -1);
}

static int
conds_init(void)
{
	pthread_condattr_t attr;
	int rc;

	if (pthread_condattr_init(&attr) != 0)
		return (-1);
	rc = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (rc == 0)
		rc = pthread_cond_init(&ring.done, &attr);
	pthread_condattr_destroy(&attr);
	if (rc == 0)
		rc = pthread_cond_init(&ring.wake, NULL);
	return (rc == 0 ? 0 : -1);
}

int
log_start(const char *name, enum log_target target)
{

	if (ring.state != STATE_DIRECT)
		return (-1);
	log_name(name);
	log_target = target;
	if (target == LOG_TO_SYSLOG)
		openlog(program, LOG_PID, LOG_MAIL);
	if (conds_init() == -1)
		return (-1);
	ring.state = STATE_RUNNING;
	if (thread_begin() == -1) {
		ring.state = STATE_DIRECT;
		return (-1);
	}
	return (0);
}

static struct timespec
deadline(int ms)
{
	int64_t at = clock_ms() + ms;

	return ((struct timespec){ at / 1000, at % 1000 * 1000000 });
}

void
log_stop(int ms)
{
	struct timespec until = deadline(ms);
	bool ended;
	int rc = 0;

	pthread_mutex_lock(&ring.lock);
	if (ring.state != STATE_RUNNING) {
		pthread_mutex_unlock(&ring.lock);
		return;
	}
	ring.state = STATE_ENDING;
	pthread_cond_signal(&ring.wake);
	while (ring.state == STATE_ENDING && rc == 0)
		rc = pthread_cond_timedwait(&ring.done, &ring.lock, &until);
	ended = ring.state == STATE_ENDED;
	pthread_mutex_unlock(&ring.lock);
	if (ended)
		pthread_join(thread, NULL);
	else
		pthread_detach(thread);
}

static struct item *
item_new(enum log_severity severity, const char *text)
{
	struct item *item;
	size_t len = strlen(text);

	if ((item = malloc(sizeof(*item) + len + 1)) == NULL)
		return (NULL);
	item->severity = severity;
	item->len = len;
	memcpy(item->text, text, len + 1);
	return (item);
}

/* No memory is no room. */
static void
enqueue(enum log_severity severity, const char *text)
{
	struct item *item = item_new(severity, text);
	bool pushed;

	pthread_mutex_lock(&ring.lock);
	pushed = item != NULL && ring_push(item);
	if (!pushed)
		ring.lost++;
	pthread_mutex_unlock(&ring.lock);
	if (!pushed)
		free(item);
}

static bool
direct(void)
{
	bool is;

	pthread_mutex_lock(&ring.lock);
	is = ring.state == STATE_DIRECT;
	pthread_mutex_unlock(&ring.lock);
	return (is);
}

void
log_text(enum log_severity severity, const char *text)
{
	char buf[TEXT_MAX];

	visible_text(text, buf, sizeof(buf));
	if (direct())
		write_stderr(buf);
	else
		enqueue(severity, buf);
}

void
log_line(enum log_severity severity, const char *format, ...)
{
	char buf[TEXT_MAX];
	va_list ap;

	buf[0] = '\0';
	va_start(ap, format);
	vsnprintf(buf, sizeof(buf), format, ap);
	va_end(ap);
	log_text(severity, buf);
}

uint64_t
log_lost(void)
{
	uint64_t n;

	pthread_mutex_lock(&ring.lock);
	n = ring.lost;
	pthread_mutex_unlock(&ring.lock);
	return (n);
}
