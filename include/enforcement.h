#ifndef ENFORCEMENT_H
#define ENFORCEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "model.h"
#include "origin.h"
#include "trace.h"

/*
 * enforcement: from when on a refusal is real (spec section 5).
 *
 * Pure functions over a view; any thread.
 */

/* Whose relayEnforceFrom counts; NULL: nobody's. */
struct enforcement {
	const struct account *account;	/* its own, else its groups' earliest */
	const struct origin *origin;	/* the earliest of its networks */
	bool domains;	/* the earliest of the account's addresses' domains */
	int64_t fallback;		/* the configuration's enforce_from */
};

/**
 * enforcement_from(enforcement, view, now, arena, trace):
 * The first date that is present, in the order of the fields above.  A lookup
 * that says LATER leaves the configuration's.
 */
int64_t enforcement_from(const struct enforcement *,
    const struct policy_view *, int64_t, struct arena *, struct trace *);

#endif /* !ENFORCEMENT_H */
