#ifndef AGEWATCH_H
#define AGEWATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "config.h"
#include "store.h"

/*
 * agewatch: tells the log when the policy grows old, before mail is put off.
 *
 * mayrelay-feed says why it cannot read a source; what that leads to and when
 * is said here, also when there is no feed to say anything.
 */

enum agewatch_state {
	AGEWATCH_YOUNG,
	AGEWATCH_HALF,		/* past half of policy.max_stale */
	AGEWATCH_STALE,		/* past policy.max_stale */
	AGEWATCH_MISSING	/* not loaded, or not readable */
};

/* All zero at the start. */
struct agewatch {
	enum agewatch_state said;
	struct clock_reading looked;	/* the last time */
	struct clock_reading missed;	/* since when there is no policy */
	bool missing;
};

/**
 * agewatch_look(watch, config, store):
 * Look at the policy, if a minute has passed since the last look, and log each
 * change of its state once; that it is missing only after a minute.
 */
void agewatch_look(struct agewatch *, const struct config *, struct store *);

/** agewatch_judge(policy, config): how it is now. */
enum agewatch_state agewatch_judge(const struct policy_view *,
    const struct config *);

#endif /* !AGEWATCH_H */
