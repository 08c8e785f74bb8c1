#include <string.h>

#include "shrink.h"

enum { SHRINK_MIN = 10 };	/* below that, any number may go */

static bool
too_many(const struct config *config, uint64_t had, uint64_t removes)
{

	return (had >= SHRINK_MIN &&
	    removes * 100 > (uint64_t)config->max_shrink * had);
}

/* What a search loses too much of; TALLY_ITEMS: nothing. */
static int
lost_item(const struct config *config, const struct tally *had,
    const struct tally *removes)
{
	int item;

	for (item = 0; item < TALLY_ITEMS; item++)
		if (too_many(config, had->n[item], removes->n[item]))
			break;
	return (item);
}

void
shrink_find(struct shrink *shrink, const struct config *config,
    unsigned searches, const struct store_losses *losses)
{
	int i, item;

	memset(shrink, 0, sizeof(*shrink));
	for (i = 0; i < SEARCHES; i++) {
		if ((searches >> i & 1) == 0)
			continue;
		item = lost_item(config, &losses->had[i], &losses->removes[i]);
		if (item == TALLY_ITEMS)
			continue;
		if (!shrink->too_much)
			shrink->what = tally_names(item);
		shrink->too_much = true;
		shrink->removes[i] = losses->removes[i].n[item];
		shrink->of[i] = losses->had[i].n[item];
	}
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
	    "than max_shrink (%ld %%) allows: look at the source (its filter, "
	    "its rights); `mayrelay refresh --accept' applies it all the same",
	    path, (unsigned long long)shrink->removes[i],
	    (unsigned long long)shrink->of[i], shrink->what,
	    config->max_shrink);
	return (0);
}
