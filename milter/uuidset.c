#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "uuidset.h"

enum { FIRST_SLOTS = 64 };

void
uuidset_init(struct uuidset *set)
{

	*set = (struct uuidset){ .slots = NULL };
}

void
uuidset_free(struct uuidset *set)
{

	free(set->slots);
	free(set->used);
	uuidset_init(set);
}

/* The slot that has it, else the free one where it belongs; there is always a
 * free one. */
static size_t
slot_of(const struct uuidset *set, const unsigned char uuid[SYNC_UUID])
{
	uint64_t hash = digest_bytes(DIGEST_BEGIN, uuid, SYNC_UUID);
	size_t i, mask = set->nslots - 1;

	for (i = (size_t)hash & mask; set->used[i]; i = (i + 1) & mask)
		if (memcmp(set->slots[i], uuid, SYNC_UUID) == 0)
			break;
	return (i);
}

static void
put(struct uuidset *set, size_t slot, const unsigned char uuid[SYNC_UUID])
{

	memcpy(set->slots[slot], uuid, SYNC_UUID);
	set->used[slot] = 1;
	set->n++;
}

static int
grow(struct uuidset *set)
{
	struct uuidset bigger = { .nslots = FIRST_SLOTS };
	size_t i;

	if (set->nslots > 0)
		bigger.nslots = set->nslots * 2;
	bigger.slots = calloc(bigger.nslots, sizeof(*bigger.slots));
	bigger.used = calloc(bigger.nslots, sizeof(*bigger.used));
	if (bigger.slots == NULL || bigger.used == NULL) {
		uuidset_free(&bigger);
		return (-1);
	}
	for (i = 0; i < set->nslots; i++)
		if (set->used[i])
			put(&bigger, slot_of(&bigger, set->slots[i]),
			    set->slots[i]);
	uuidset_free(set);
	*set = bigger;
	return (0);
}

int
uuidset_add(struct uuidset *set, const unsigned char uuid[SYNC_UUID])
{
	size_t slot;

	/* At most three quarters are in use. */
	if (set->n * 4 >= set->nslots * 3 && grow(set) == -1)
		return (-1);
	slot = slot_of(set, uuid);
	if (!set->used[slot])
		put(set, slot, uuid);
	return (0);
}

bool
uuidset_has(const struct uuidset *set, const unsigned char uuid[SYNC_UUID])
{

	return (set->n > 0 && set->used[slot_of(set, uuid)]);
}
