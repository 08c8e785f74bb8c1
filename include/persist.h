#ifndef PERSIST_H
#define PERSIST_H

#include <stdbool.h>
#include <stddef.h>

#include "cookie.h"
#include "feedtools.h"
#include "ldapconn.h"
#include "ldapquery.h"
#include "why.h"

/*
 * persist: all queries of one connection, followed by RFC 4533
 * (refreshAndPersist) from their cookies on, into the store.
 *
 * They catch up one after the other; a server that has nothing new is asked
 * where it stands, because it may be behind us.  When all have, what they told
 * is put in force at once.  From then on each message is put in force as it
 * comes, and a probe goes out every poll_interval: a search of one entry on the
 * same connection, because a server that hangs is silent.
 *
 * Belongs to the feed's thread.
 */

struct persist;

struct persist_job {
	struct feedtools *tools;
	struct ldapconn *conn;
	const char *name;		/* the server's URI */
	bool ages;			/* in step or not, the policy does not
					   become young by it */
	const struct ldapquery *queries;
	const struct cookie *cookies;	/* one for each query; copied */
	size_t n;
	unsigned searches;		/* of all queries */
};

/* Why it went no further, and what to do about it. */
enum persist_trouble {
	PERSIST_FAILED,		/* the connection is no good any more */
	PERSIST_ANEW,		/* only a complete refresh helps */
	PERSIST_NEWER,		/* this server is behind us */
	PERSIST_NOT_OFFERED,	/* it has no RFC 4533 (any more) */
	PERSIST_HELD_BACK	/* catching up would remove too much */
};

/** persist_begin(job, persist, why): send the first query.  Everything in
 * ${job} but the cookies is lent until persist_end. */
int persist_begin(const struct persist_job *, struct persist **,
    struct why *);

/** persist_end(persist): what was not yet put in force is forgotten (the
 * server tells it again).  NULL is allowed. */
void persist_end(struct persist *);

/** persist_writing(persist): is a change of the store open?  Nobody else can
 * write it meanwhile. */
bool persist_writing(const struct persist *);

/** persist_caught_up(persist): is what the server holds in force? */
bool persist_caught_up(const struct persist *);

/**
 * persist_step(persist, busy, trouble, why):
 * Do what there is to do without waiting for anything; *${busy}: there may be
 * more.  Return -1 with the trouble and a reason when it cannot go on.
 */
int persist_step(struct persist *, bool *, enum persist_trouble *,
    struct why *);

#endif /* !PERSIST_H */
