#ifndef FEED_H
#define FEED_H

#include "config.h"
#include "counters.h"
#include "store.h"

/*
 * feed: all sources, step by step, and the requests of `mayrelay refresh'.
 *
 * Runs in mayrelay-feed, one thread (and those of dial).
 */

/**
 * feed_run(config, store, counters, fd):
 * Follow the sources until the other end of ${fd} is closed; each byte
 * written to it is a tick (pulse.h).  Return an exit code of sysexits.h.
 */
int feed_run(const struct config *, struct store *, struct counters *, int);

#endif /* !FEED_H */
