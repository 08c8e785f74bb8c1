#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "dnset.h"

struct dnset_slot {
	uint64_t hash;
	const char *key;	/* NULL: free */
	size_t len;
	unsigned long line;
};

static struct dnset_slot *
slot_find(const struct dnset *set, uint64_t hash, const char *key, size_t len)
{
	struct dnset_slot *slot;
	size_t i;

	for (i = (size_t)hash;; i++) {
		slot = &set->slots[i & (set->nslots - 1)];
		if (slot->key == NULL || (slot->hash == hash &&
		    slot->len == len && memcmp(slot->key, key, len) == 0))
			return (slot);
	}
}

static int
grow(struct dnset *set)
{
	struct dnset bigger = *set;
	struct dnset_slot *old;
	size_t i;

	bigger.nslots = set->nslots == 0 ? 64 : set->nslots * 2;
	bigger.slots = calloc(bigger.nslots, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return (-1);
	for (i = 0; i < set->nslots; i++) {
		old = &set->slots[i];
		if (old->key != NULL)
			*slot_find(&bigger, old->hash, old->key, old->len) =
			    *old;
	}
	free(set->slots);
	*set = bigger;
	return (0);
}

void
dnset_init(struct dnset *set)
{

	*set = (struct dnset){ .slots = NULL };
	arena_init(&set->keys);
}

int
dnset_add(struct dnset *set, const char *key, size_t len, unsigned long line,
    unsigned long *before)
{
	uint64_t hash = digest_bytes(DIGEST_BEGIN, key, len);
	struct dnset_slot *slot;

	*before = 0;
	if (set->n * 4 >= set->nslots * 3 && grow(set) == -1)
		return (-1);
	slot = slot_find(set, hash, key, len);
	if (slot->key != NULL) {
		*before = slot->line;
		return (0);
	}
	if ((key = arena_strndup(&set->keys, key, len)) == NULL)
		return (-1);
	*slot = (struct dnset_slot){ hash, key, len, line };
	set->n++;
	return (0);
}

void
dnset_free(struct dnset *set)
{

	free(set->slots);
	arena_free(&set->keys);
}
