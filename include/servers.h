#ifndef SERVERS_H
#define SERVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

/*
 * servers: which of several servers to try when: in order, with back-off and
 * jitter.
 *
 * Time and chance are arguments (milliseconds of clock_ms; any number).  Pure
 * functions; any thread.
 */

enum {
	SERVERS_BACKOFF_MIN_MS = 500,
	SERVERS_BACKOFF_MAX_MS = 60000
};

struct servers {
	size_t n;
	struct {
		int64_t due_ms;		/* not tried before that */
		int64_t backoff_ms;	/* after the next failure */
		bool failed;		/* in this round */
	} v[CONFIG_SERVERS_MAX];
};

/** servers_init(servers, n): all may be tried at once. */
void servers_init(struct servers *, size_t);

/**
 * servers_next(servers, below, now):
 * The first one before number ${below} that may be tried now, of those that
 * have not failed in this round if there are any; -1: none.  (To find out that
 * one says nothing takes longer than the pause of the one before it: the ones
 * behind them would never have their turn.)  A round ends when all have failed,
 * or one is well.
 */
int servers_next(const struct servers *, size_t, int64_t);

/**
 * servers_failed(servers, i, now, chance):
 * It is left alone for a while: each time twice as long, give or take a
 * quarter, so that many clients of one server do not come back as one.
 */
void servers_failed(struct servers *, size_t, int64_t, uint32_t);

/** servers_well(servers, i): it does what it should: forgive it. */
void servers_well(struct servers *, size_t);

/** servers_forgive(servers): try them all now (somebody is waiting). */
void servers_forgive(struct servers *);

#endif /* !SERVERS_H */
