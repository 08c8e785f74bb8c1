#ifndef TALLY_H
#define TALLY_H

#include <stdint.h>

#include "model.h"
#include "record.h"

/*
 * tally: how much there is of a policy: entries of each kind, and the values
 * in them without which they are worth nothing to anybody.
 *
 * Plain values; any thread.
 */

/* The first ones, up to KINDS, are the entries of that kind. */
enum tally_item {
	TALLY_LOGINS = KINDS,	/* of accounts */
	TALLY_ADDRESSES,	/* of accounts */
	TALLY_MEMBERS		/* of groups: DNs and logins */
};
enum { TALLY_ITEMS = TALLY_MEMBERS + 1 };

struct tally {
	uint64_t n[TALLY_ITEMS];
};

/** tally_add(tally, record): one entry more, with what it holds. */
void tally_add(struct tally *, const struct record *);

/** tally_names(item): what many of them are called: "networks", "logins of
 * accounts". */
const char *tally_names(int);

#endif /* !TALLY_H */
