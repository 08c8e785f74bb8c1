#ifndef SERVERS_H
#define SERVERS_H

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
	} v[CONFIG_SERVERS_MAX];
};

/** servers_init(servers, n): all may be tried at once. */
void servers_init(struct servers *, size_t);

/** servers_next(servers, below, now): the first one before number ${below}
 * that may be tried now; -1: none. */
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
