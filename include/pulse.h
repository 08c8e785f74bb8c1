#ifndef PULSE_H
#define PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "why.h"

/*
 * pulse: how the feed shows mayrelayd over their socket that it is alive, and
 * learns that mayrelayd is gone.
 *
 * A tick says that there is progress, so it is given where that is made.  One
 * thread at a time.
 */

enum {
	PULSE_TICK_MS = 1000,	/* a byte is written at least that often... */
	PULSE_DEAD_MS = 30000	/* ...and who is silent so long is killed */
};

struct pulse {
	int fd;
	int64_t ticked_ms;
	bool gone;		/* nobody hears the ticks */
};

/** pulse_begin(pulse, fd): ${fd} becomes non-blocking.  Return 0 or -1. */
int pulse_begin(struct pulse *, int);

/** pulse_tick(pulse): tick if it is time to. */
void pulse_tick(struct pulse *);

/** pulse_progress(pulse, why): tick; -1 with a reason once mayrelayd is gone.
 * Fits where a `progress' is wanted: the context is the struct pulse. */
int pulse_progress(void *, struct why *);

/**
 * pulse_wait(pulse, fd, ms):
 * Wait until ${fd} (-1: none) can be read, mayrelayd is gone, or ${ms} have
 * passed.
 */
void pulse_wait(struct pulse *, int, int);

#endif /* !PULSE_H */
