#ifndef LISTING_H
#define LISTING_H

#include "ldapconn.h"
#include "ldapquery.h"
#include "reported.h"
#include "source.h"
#include "why.h"

/*
 * listing: everything that one query finds, told to a sink: with RFC 4533
 * (a refresh, and the cookie to go on with) or by a plain search in pages
 * (RFC 2696).
 *
 * Blocks; calls progress at least every half second.  Whatever is not a
 * complete answer (size or time limit, busy, a referral, no such base, silence
 * for longer than the time-out) is -1.
 */

enum listing_how {
	LISTING_SYNC,
	LISTING_PLAIN
};

struct listing {
	struct ldapconn *conn;
	const struct ldapquery *query;
	enum listing_how how;
	struct reported *reported;	/* NULL, or: log only what is news */
	int64_t timeout_ms;	/* from one message to the next */
	int (*progress)(void *ctx, struct why *);	/* -1 ends it */
	void *progress_ctx;
	struct cookie cookie;	/* set: what it ended with; len 0: none */
	bool not_offered;	/* set with -1: the server has no RFC 4533 */
	bool lost;		/* set with -1: so is the connection */
};

/**
 * listing_run(listing, sink, why):
 * Tell ${sink} the entries (and the cookie); neither begin nor end, because
 * several listings make one reading.  A key is the entryUUID (LISTING_PLAIN:
 * if the server has it, else the normal DN).  An entry whose DN we cannot
 * normalise is told as "entryUUID=..." and reported (LISTING_PLAIN without an
 * entryUUID: as "entryDN=#..." with its bytes in hex).  -1 also when two
 * entries have one key (the directory was changed meanwhile), or when an entry
 * has only some of an attribute's values ("member;range=0-1499").  slapd's
 * cookie is kept back, and that is logged, if an entry came without entryCSN.
 */
int listing_run(struct listing *, const struct sink *, struct why *);

/**
 * listing_entry(query, entry, uuid, arena, copy, out):
 * An entry as the sinks want it: with its key, and with a DN that normalises.
 * ${copy} takes what must not be changed in ${entry}; all three, ${uuid} and
 * ${arena} must live as long as ${out}.  Return 0, or -1 when memory is short.
 */
int listing_entry(const struct ldapquery *, const struct entry *,
    const unsigned char[SYNC_UUID], struct arena *, struct entry *,
    struct source_entry *);

#endif /* !LISTING_H */
