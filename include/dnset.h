#ifndef DNSET_H
#define DNSET_H

#include <stddef.h>

#include "arena.h"

/*
 * dnset: the DNs that were met in a file, and where.
 *
 * Pure but for the memory; one thread at a time.
 */

struct dnset_slot;

/* Open addressing; the number of slots is a power of two. */
struct dnset {
	struct dnset_slot *slots;
	size_t nslots;
	size_t n;
	struct arena keys;
};

/** dnset_init(set), dnset_free(set): begin empty; give the memory back. */
void dnset_init(struct dnset *);
void dnset_free(struct dnset *);

/**
 * dnset_add(set, key, len, line, before):
 * Add a DN in normal form, met in ${line}.  *${before} is the line where it
 * was met already (it is not added then), else 0.  Return 0, or -1 when
 * memory is short.
 */
int dnset_add(struct dnset *, const char *, size_t, unsigned long,
    unsigned long *);

#endif /* !DNSET_H */
