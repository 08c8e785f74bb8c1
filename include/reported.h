#ifndef REPORTED_H
#define REPORTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * reported: what the log has heard of a source, so that a reading of the same
 * says only what is news.
 *
 * Of what was said in one reading the digests are kept until the next.  Zeroed
 * bytes are one of which nothing was said.  One thread at a time.
 */

enum {
	REPORTED_VALUES = 4096,	/* remembered; more are not told singly */
	REPORTED_LINES = 64
};

struct reported_set {
	uint64_t v[REPORTED_VALUES + REPORTED_LINES];
	size_t n;
	size_t values;		/* of them */
};

struct reported {
	struct reported_set before;	/* in order */
	struct reported_set now;
};

/*
 * ${reported} may be NULL in all of these: then everything is news.
 */

/** reported_begin(reported): a reading begins. */
void reported_begin(struct reported *);

/**
 * reported_value(reported, digest):
 * Is a value that cannot be read news?  Not if the reading before had it, and
 * not if that had more of them than can be remembered.
 */
bool reported_value(struct reported *, uint64_t);

/** reported_line(reported, text): is a line for the log news? */
bool reported_line(struct reported *, const char *);

/** reported_end(reported, complete): if the reading is not ${complete}, what
 * the one before has said still stands beside it. */
void reported_end(struct reported *, bool);

#endif /* !REPORTED_H */
