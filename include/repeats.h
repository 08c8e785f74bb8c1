#ifndef REPEATS_H
#define REPEATS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * repeats: which refusals of one connection are written to the log one by one
 * and which are summed up (log.repeats).
 *
 * The first `limit' of a kind are written; the others are counted and summed
 * up in one line when the connection closes, or when more than REPEATS_KINDS
 * kinds came and the oldest gives way.  Kinds are told apart by a hash: a
 * stranger who makes two of them collide has his own refusals summed up
 * earlier.
 *
 * Belongs to one connection; one thread at a time.
 */

enum { REPEATS_KINDS = 8 };

struct repeats {
	unsigned n;
	struct repeats_kind {
		uint64_t hash;		/* repeats_hash of the kind */
		unsigned long written;
		unsigned long suppressed;
		char *line;		/* the last suppressed one, formatted
					   without repeats=; owned; NULL while
					   none is */
	} kinds[REPEATS_KINDS];
};

/** repeats_init(r). */
void repeats_init(struct repeats *);

/* What one line is to sum up. */
struct repeats_sum {
	char *line;		/* the last suppressed one; whoever gets it
				   frees it; NULL: nothing to sum up */
	unsigned long n;	/* how many were suppressed */
};

/**
 * repeats_see(r, hash, limit, line, gave_way):
 * A refusal of kind ${hash} came, with ${line} as its log line.  Return true
 * if the line is to be written now.  Else it is kept (a copy).  If a kind has
 * to give way, its sum is in ${gave_way}.  A ${limit} of 0 suppresses nothing,
 * and so does short memory.
 */
bool repeats_see(struct repeats *, uint64_t, unsigned long, const char *,
    struct repeats_sum *);

/**
 * repeats_close(r, sums):
 * Sum up what is left; ${r} is empty then.  Return how many of ${sums} were
 * filled.
 */
unsigned repeats_close(struct repeats *, struct repeats_sum[REPEATS_KINDS]);

/** repeats_hash(h, s): mix the string ${s} (NULL counts as "") into ${h};
 * begin with 0. */
uint64_t repeats_hash(uint64_t, const char *);

#endif /* !REPEATS_H */
