#include <string.h>

#include "shrink.h"

enum { SHRINK_MIN = 10 };	/* below that, any number may go */

static bool
too_many(const struct config *config, uint64_t had, uint64_t removes)
{

	return (had >= SHRINK_MIN &&
	    removes * 100 > (uint64_t)config->max_shrink * had);
}

int
shrink_count(struct shrink *shrink, const struct config *config,
    unsigned searches, int (*removes)(void *, enum search, enum kind,
    uint64_t *, uint64_t *, struct why *), void *ctx, struct why *why)
{
	uint64_t had, gone;
	int i, k;

	memset(shrink, 0, sizeof(*shrink));
	for (i = 0; i < SEARCHES; i++) {
		for (k = 0; k < KINDS && shrink->of[i] == 0; k++) {
			if ((searches >> i & 1) == 0)
				continue;
			if (removes(ctx, (enum search)i, (enum kind)k, &had,
			    &gone, why) == -1)
				return (-1);
			if (!too_many(config, had, gone))
				continue;
			if (!shrink->too_much)
				shrink->kind = (enum kind)k;
			shrink->too_much = true;
			shrink->removes[i] = gone;
			shrink->of[i] = had;
		}
	}
	return (0);
}

static int
note(const struct shrink *shrink, struct store *store, struct why *why)
{
	struct store_change *change;
	int i;

	if (store_change_begin(store, &change, why) == -1)
		return (-1);
	for (i = 0; i < SEARCHES; i++) {
		if (shrink->of[i] == 0)
			continue;
		if (store_change_held_back(change, (enum search)i,
		    shrink->removes[i], shrink->of[i], why) == -1) {
			store_change_cancel(change);
			return (-1);
		}
	}
	return (store_change_commit(change, why));
}

int
shrink_hold_back(const struct shrink *shrink, const struct config *config,
    struct store *store, const char *path, struct why *why)
{
	int i;

	if (note(shrink, store, why) == -1)
		return (-1);
	for (i = 0; shrink->of[i] == 0; i++)
		continue;
	why_set(why, "%s: held back: it would remove %llu of %llu %s, more "
	    "than max_shrink (%ld %%) allows: `mayrelay refresh --accept' "
	    "applies it", path, (unsigned long long)shrink->removes[i],
	    (unsigned long long)shrink->of[i],
	    kind_names(shrink->kind, shrink->of[i]), config->max_shrink);
	return (0);
}
