#ifndef SHRINK_H
#define SHRINK_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "model.h"
#include "store.h"
#include "why.h"

/*
 * shrink: does a refresh remove more than max_shrink lets go (spec section
 * 10)?  Then it is held back, and the store knows of how much.
 */

struct shrink {
	bool too_much;
	enum kind kind;		/* the first one, for the reason */
	uint64_t removes[SEARCHES];
	uint64_t of[SEARCHES];	/* 0 = nothing to hold back */
};

/**
 * shrink_count(shrink, config, searches, removes, ctx, why):
 * Ask ${removes} of each kind in each of the ${searches} (bit mask) how many
 * there were and how many of them go.  Return 0, or -1 when it does.
 */
int shrink_count(struct shrink *, const struct config *, unsigned,
    int (*)(void *ctx, enum search, enum kind, uint64_t *had,
    uint64_t *removes, struct why *), void *, struct why *);

/**
 * shrink_hold_back(shrink, config, store, path, why):
 * Note in ${store} what ${shrink} found, and say it in ${why} ("path: held
 * back: ...").  Return 0, or -1 when it could not be noted.
 */
int shrink_hold_back(const struct shrink *, const struct config *,
    struct store *, const char *, struct why *);

#endif /* !SHRINK_H */
