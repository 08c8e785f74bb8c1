#ifndef SYNC_H
#define SYNC_H

#include <stdbool.h>

#include "cookie.h"
#include "ldapconn.h"
#include "uuidset.h"
#include "why.h"

/*
 * sync: the consumer's side of one search by RFC 4533: its messages -> what
 * came, went and stayed.
 *
 * Knows no connection and no store: whoever owns these hands in the messages
 * and does what the sink is told.  One thread at a time.
 */

enum sync_stage {
	SYNC_REFRESHING,	/* catching up: half a policy meanwhile */
	SYNC_PERSISTING,	/* caught up; what comes is news */
	SYNC_COMPLETE		/* refreshOnly: caught up, and ended */
};

/* What to do after a -1. */
enum sync_trouble {
	SYNC_FAILED,		/* don't know: later again, with the cookie */
	SYNC_COOKIE_REFUSED,	/* the cookie is no good: begin anew */
	SYNC_COOKIE_NEWER,	/* (53) the server is behind us: perhaps another
				   one is not; else begin anew */
	SYNC_NOT_OFFERED	/* the server has no RFC 4533 */
};

/* Of a server that knows less than another one has told (cookie_behind). */
#define SYNC_BEHIND \
    "the server has not caught up with what another one has told"

struct sync {
	enum sync_mode mode;
	enum sync_stage stage;
	enum sync_trouble trouble;
	struct cookie sent;	/* what the search began with; len 0: none */
	struct cookie cookie;	/* that; as last given in the refresh; merged
				   with what is given after it */
	bool given;		/* one was, in the refresh */
	bool no_use;		/* the refresh ended with one of no use */
	bool told;		/* of any entry, if only of its staying */
	struct uuidset present;	/* named in the refresh */
	bool present_ended;	/* there was a present phase; it is over */
};

struct sync_sink {
	void *ctx;
	int (*put)(void *ctx, const unsigned char uuid[SYNC_UUID],
	    const struct entry *, struct why *);
	int (*delete)(void *ctx, const unsigned char uuid[SYNC_UUID],
	    struct why *);
	/* The present phase is over: all but these are gone.  Called once at
	 * most, and never for a search that began without a cookie: it has
	 * nothing to lose. */
	int (*sweep)(void *ctx, const struct uuidset *, struct why *);
};

/** sync_begin(sync, mode, cookie): a search that was just sent; ${cookie} is
 * what it was sent with, NULL or of length 0: none. */
void sync_begin(struct sync *, enum sync_mode, const struct cookie *);

/** sync_end(sync): give back what it holds. */
void sync_end(struct sync *);

/**
 * sync_hear(sync, message, sink, why):
 * The next message of that search.  Return 0; -1 with ${sync}->trouble if the
 * search is of no more use: the server refused or ended it, or what it says
 * makes no sense, or a referral means that it is not complete, or the sink
 * failed.  What was told since the last SYNC_PERSISTING must not be kept then.
 *
 * A refresh with a cookie that fails for another reason than the server's
 * being busy and the like (LDAPCONN_LATER), a referral, or the sink would fail
 * with this cookie for ever: that is SYNC_COOKIE_REFUSED.  So is one that
 * looks as if the server had passed the cookie over: no present phase, and
 * either a new cookie that cookie_honoured() does not believe, or news and no
 * new cookie, or one of no bytes at its end.  (slapd gives none at all if
 * nothing has changed, and an empty one for what has no "rid=".)
 */
int sync_hear(struct sync *, const struct ldapconn_message *,
    const struct sync_sink *, struct why *);

#endif /* !SYNC_H */
