#ifndef SOURCE_H
#define SOURCE_H

#include <stddef.h>

#include "entry.h"
#include "why.h"

/*
 * source: the seam between the feed and where the policy comes from.
 *
 * A source tells a sink what it holds.  A complete listing is begin, one
 * entry() per entry, end; a listing that fails is begin, some entries, and
 * then the source's own -1 without end: the feed throws it away.
 *
 * Every function of a sink returns 0, or -1 with a reason: the source stops
 * then and returns -1 with it.
 */

struct sink {
	void *ctx;
	int (*begin)(void *ctx, struct why *);
	/* ${line}: where in the file it begins, 0 if that means nothing.  The
	 * DN has been normalised to ${key}. */
	int (*entry)(void *ctx, const char *key, size_t key_len,
	    const struct entry *, unsigned long line, struct why *);
	int (*end)(void *ctx, struct why *);
};

#endif /* !SOURCE_H */
