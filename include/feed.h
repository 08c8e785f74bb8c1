#ifndef FEED_H
#define FEED_H

#include "config.h"
#include "counters.h"
#include "store.h"

/*
 * feed: when to look at the sources, and what came of it.
 *
 * Runs in mayrelay-feed, one thread.
 */

/* How the feed tells mayrelayd over their socket that it is alive. */
enum {
	FEED_TICK_MS = 1000,	/* it writes a byte at least that often... */
	FEED_DEAD_MS = 30000	/* ...and is killed after so long without */
};

/**
 * feed_run(config, store, counters, fd):
 * Follow the sources until the other end of ${fd} is closed; each byte
 * written to it is a tick.  Return an exit code of sysexits.h.
 */
int feed_run(const struct config *, struct store *, struct counters *, int);

#endif /* !FEED_H */
