#ifndef SORTER_H
#define SORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * sorter: very many pairs of numbers, given in any order, taken back in order.
 *
 * Built for the store's indexes (six million pairs for a million accounts):
 * the pairs lie in runs that are sorted one by one while they come, and are
 * merged when they are taken, so that nothing is ever copied or doubled.
 *
 * Pure but for the memory; one thread at a time.
 */

struct sorter_pair {
	uint64_t a;	/* the order goes by this one... */
	uint64_t b;	/* ...and then by this */
};

struct sorter;

/** sorter_new(): an empty one, or NULL when memory is short. */
struct sorter *sorter_new(void);

/** sorter_free(sorter): NULL is allowed. */
void sorter_free(struct sorter *);

/** sorter_add(sorter, a, b): Return 0, or -1 when memory is short. */
int sorter_add(struct sorter *, uint64_t, uint64_t);

/**
 * sorter_begin(sorter):
 * (Re)start taking from the smallest pair.  Adding ends the taking.
 */
void sorter_begin(struct sorter *);

/**
 * sorter_next(sorter, pair):
 * The next larger pair, equal ones once only; false after the last.
 */
bool sorter_next(struct sorter *, struct sorter_pair *);

#endif /* !SORTER_H */
