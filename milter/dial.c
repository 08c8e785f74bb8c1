#include <sys/socket.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dial.h"

enum {
	/* A step that ends by itself does so at its time-out, and says more
	 * than that it did not. */
	GRACE_MS = 300,
	/* How long a step may go on without its socket. */
	HURRY_MS = 1000,
	/* Threads that hang; more of them are not begun. */
	LEFT_MAX = 16
};

static atomic_int threads;

struct dial {
	struct ldapconn_target target;	/* its texts belong to us */
	pthread_mutex_t lock;		/* for all below */
	int users;			/* the caller and the thread */
	bool unwanted;			/* the caller has gone */
	bool ended, failed;
	struct ldapconn *conn;		/* ended and not failed */
	struct why why;			/* ended and failed */
	enum ldapconn_step step;
	int fd;				/* -1: none */
	bool hurried;			/* fd was shut down */
	int64_t deadline;
};

/* ---- the life of a dial -------------------------------------------------- */

static void
target_free(struct ldapconn_target *t)
{

	free((char *)(uintptr_t)t->uri);
	free((char *)(uintptr_t)t->ca_file);
	free((char *)(uintptr_t)t->bind_dn);
	free((char *)(uintptr_t)t->password_file);
}

static bool
copy(const char **to, const char *from)
{

	*to = from == NULL ? NULL : strdup(from);
	return (from == NULL || *to != NULL);
}

static int
target_copy(struct ldapconn_target *to, const struct ldapconn_target *from)
{

	*to = *from;
	to->uri = to->ca_file = to->bind_dn = to->password_file = NULL;
	if (copy(&to->uri, from->uri) && copy(&to->ca_file, from->ca_file) &&
	    copy(&to->bind_dn, from->bind_dn) &&
	    copy(&to->password_file, from->password_file))
		return (0);
	target_free(to);
	return (-1);
}

static struct dial *
dial_new(const struct ldapconn_target *target)
{
	struct dial *d;

	if ((d = calloc(1, sizeof(*d))) == NULL)
		return (NULL);
	if (target_copy(&d->target, target) == -1) {
		free(d);
		return (NULL);
	}
	if (pthread_mutex_init(&d->lock, NULL) != 0) {
		target_free(&d->target);
		free(d);
		return (NULL);
	}
	d->fd = -1;
	d->deadline = clock_ms() + target->timeout_ms + GRACE_MS;
	d->users = 1;
	return (d);
}

/* One user less; the last one frees it. */
static void
leave(struct dial *d)
{
	int left;

	pthread_mutex_lock(&d->lock);
	left = --d->users;
	pthread_mutex_unlock(&d->lock);
	if (left > 0)
		return;
	ldapconn_close(d->conn);
	pthread_mutex_destroy(&d->lock);
	target_free(&d->target);
	free(d);
}

/* ---- the thread ---------------------------------------------------------- */

static void
hear_step(void *ctx, enum ldapconn_step step, int fd)
{
	struct dial *d = ctx;

	pthread_mutex_lock(&d->lock);
	/* The addresses have one time-out together. */
	if (step != d->step)
		d->deadline = clock_ms() + d->target.timeout_ms + GRACE_MS;
	d->step = step;
	d->fd = fd;
	d->hurried = false;
	/* Nobody waits for it: let it end soon. */
	if (d->unwanted && fd != -1)
		(void)shutdown(fd, SHUT_RDWR);
	pthread_mutex_unlock(&d->lock);
}

static void *
run(void *ctx)
{
	struct dial *d = ctx;
	const struct ldapconn_life life = { d, hear_step };
	struct ldapconn *conn;
	struct why why;
	int result;

	result = ldapconn_open(&d->target, &life, &conn, &why);
	pthread_mutex_lock(&d->lock);
	d->ended = true;
	d->failed = result == -1;
	if (d->failed)
		d->why = why;
	else
		d->conn = conn;
	pthread_mutex_unlock(&d->lock);
	leave(d);
	atomic_fetch_sub(&threads, 1);
	return (NULL);
}

/* A detached thread that no signal reaches; 0 or an errno. */
static int
spawn(struct dial *d)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int error;

	if ((error = pthread_attr_init(&attr)) != 0)
		return (error);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (error == 0)
		error = pthread_create(&thread, &attr, run, d);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return (error);
}

/* ---- the caller ---------------------------------------------------------- */

static int
begin(struct dial *d, struct why *why)
{
	int error;

	if (atomic_fetch_add(&threads, 1) >= LEFT_MAX) {
		atomic_fetch_sub(&threads, 1);
		return (why_set(why, "%s: %d earlier attempts to connect "
		    "still hang", d->target.uri, LEFT_MAX));
	}
	d->users = 2;
	if ((error = spawn(d)) == 0)
		return (0);
	d->users = 1;
	atomic_fetch_sub(&threads, 1);
	return (why_set(why, "%s: no thread: %s", d->target.uri,
	    strerror(error)));
}

int
dial_begin(const struct ldapconn_target *target, struct dial **dial,
    struct why *why)
{

	if ((*dial = dial_new(target)) == NULL)
		return (why_set(why, "%s: memory is short", target->uri));
	if (begin(*dial, why) == 0)
		return (0);
	leave(*dial);
	*dial = NULL;
	return (-1);
}

static const char *
step_words(enum ldapconn_step step)
{

	switch (step) {
	case LDAPCONN_RESOLVE:
		return ("the name service gave no answer");
	case LDAPCONN_CONNECT:
		return ("no connection was made");
	case LDAPCONN_STARTTLS:
		return ("StartTLS did not end");
	case LDAPCONN_TLS:
		return ("the TLS handshake did not end");
	case LDAPCONN_BIND:
		return ("the bind did not end");
	case LDAPCONN_DONE:
		return ("the connection was not handed over");
	}
	return ("");
}

/* It is too late: shut the socket down first, and leave the thread to itself
 * if that has not helped. */
static enum dial_state
overdue(struct dial *d, int64_t now, struct why *why)
{

	if (d->fd != -1 && !d->hurried) {
		(void)shutdown(d->fd, SHUT_RDWR);
		d->hurried = true;
		d->deadline = now + HURRY_MS;
		return (DIAL_BUSY);
	}
	why_set(why, "%s: %s within %g s", d->target.uri, step_words(d->step),
	    (double)d->target.timeout_ms / 1000);
	return (DIAL_FAILED);
}

static enum dial_state
look(struct dial *d, struct ldapconn **conn, struct why *why)
{
	int64_t now = clock_ms();

	if (!d->ended)
		return (now < d->deadline ? DIAL_BUSY : overdue(d, now, why));
	if (d->failed) {
		*why = d->why;
		return (DIAL_FAILED);
	}
	*conn = d->conn;
	d->conn = NULL;
	return (DIAL_OPEN);
}

enum dial_state
dial_look(struct dial *d, struct ldapconn **conn, struct why *why)
{
	enum dial_state state;

	*conn = NULL;
	pthread_mutex_lock(&d->lock);
	state = look(d, conn, why);
	pthread_mutex_unlock(&d->lock);
	return (state);
}

void
dial_free(struct dial *d)
{

	if (d == NULL)
		return;
	pthread_mutex_lock(&d->lock);
	d->unwanted = true;
	if (d->fd != -1)
		(void)shutdown(d->fd, SHUT_RDWR);
	pthread_mutex_unlock(&d->lock);
	leave(d);
}

bool
dial_left(void)
{

	return (atomic_load(&threads) > 0);
}
