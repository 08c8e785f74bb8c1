#ifndef SHRINK_H
#define SHRINK_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "store.h"
#include "why.h"

/*
 * shrink: does a refresh remove more than max_shrink lets go (spec section
 * 10)?  Then it is held back, and the store knows of how much.
 *
 * Looked at are the entries of each kind, and then, because a server that
 * hides one attribute tells all entries all the same, the values in them that
 * a tally counts.
 */

struct shrink {
	bool too_much;
	const char *what;	/* the first one, for the reason */
	uint64_t removes[SEARCHES];
	uint64_t of[SEARCHES];	/* 0 = nothing to hold back */
};

/**
 * shrink_find(shrink, config, searches, losses):
 * Which of the ${searches} (bit mask) lose too much, and of what first?
 */
void shrink_find(struct shrink *, const struct config *, unsigned,
    const struct store_losses *);

/**
 * shrink_hold_back(shrink, config, store, path, why):
 * Note in ${store} what ${shrink} found, and say it in ${why} ("path: held
 * back: ...").  Return 0, or -1 when it could not be noted.
 */
int shrink_hold_back(const struct shrink *, const struct config *,
    struct store *, const char *, struct why *);

#endif /* !SHRINK_H */
