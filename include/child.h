#ifndef CHILD_H
#define CHILD_H

#include "counters.h"

/*
 * child: mayrelay-feed as mayrelayd's child: started, watched over a socket
 * pair, killed when it misses its tick, started again with back-off.
 *
 * Belongs to the main thread.
 */

enum {
	CHILD_BACKOFF_MIN_MS = 250,
	CHILD_BACKOFF_MAX_MS = 30000
};

struct child;

/**
 * child_new(program, config_path, counters):
 * Nothing is started yet.  NULL when memory is short.
 */
struct child *child_new(const char *, const char *, struct counters *);

/**
 * child_watch(child):
 * Hear its ticks, reap it, kill it, (re)start it: whatever is due now.  To be
 * called at least every PULSE_TICK_MS, and after SIGCHLD.
 */
void child_watch(struct child *);

/** child_restart(child): end it and start it anew at once (a reload). */
void child_restart(struct child *);

/** child_free(child): end it and wait for it.  NULL is allowed. */
void child_free(struct child *);

#endif /* !CHILD_H */
