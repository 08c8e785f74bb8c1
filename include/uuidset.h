#ifndef UUIDSET_H
#define UUIDSET_H

#include <stdbool.h>
#include <stddef.h>

#include "synccontrol.h"

/*
 * uuidset: the entryUUIDs that a present phase has named.
 *
 * Pure but for the memory; one thread at a time.
 */

/* Open addressing; the number of slots is a power of two. */
struct uuidset {
	unsigned char (*slots)[SYNC_UUID];
	unsigned char *used;
	size_t nslots;
	size_t n;
};

/** uuidset_init(set), uuidset_free(set): begin empty; give the memory back. */
void uuidset_init(struct uuidset *);
void uuidset_free(struct uuidset *);

/** uuidset_add(set, uuid): Return 0, or -1 when memory is short. */
int uuidset_add(struct uuidset *, const unsigned char[SYNC_UUID]);

/** uuidset_has(set, uuid): is it in? */
bool uuidset_has(const struct uuidset *, const unsigned char[SYNC_UUID]);

#endif /* !UUIDSET_H */
