#ifndef SOURCE_H
#define SOURCE_H

#include <stddef.h>

#include "cookie.h"
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

/* One entry, lent for the time of the call. */
struct source_entry {
	const struct entry *entry;
	/* Its lasting name in the source: entryUUID (16 bytes), else its
	 * normal DN. */
	const void *key;
	size_t key_len;
	/* Its normal DN if nobody has looked yet which searches' bases hold
	 * it (a file); NULL: a server has. */
	const char *dn;
	unsigned searches;	/* that may want it: 1 << enum search */
	unsigned long line;	/* of the file; 0: of none */
};

struct sink {
	void *ctx;
	int (*begin)(void *ctx, struct why *);
	int (*entry)(void *ctx, const struct source_entry *, struct why *);
	/* Where these searches stand; a source without cookies never calls
	 * it. */
	int (*cookie)(void *ctx, unsigned searches, const struct cookie *,
	    struct why *);
	int (*end)(void *ctx, struct why *);
};

#endif /* !SOURCE_H */
