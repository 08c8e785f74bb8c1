#ifndef INTAKE_H
#define INTAKE_H

#include <stdbool.h>

#include "config.h"
#include "reported.h"
#include "source.h"
#include "store.h"
#include "why.h"

/*
 * intake: what a source tells -> a generation in the store.
 *
 * Knows which entry belongs to which search, what could not be read, and
 * when a refresh removes too much (spec section 10, max_shrink); does not know
 * where entries come from, nor when to look.
 */

struct intake_job {
	const struct config *config;
	struct store *store;
	const char *name;	/* of the source: "ldif:/path", a server's
				   URI */
	const char *path;	/* for "path:line: text"; without a line
				   (LDAP) for "path: text" */
	unsigned searches;	/* bit mask: what the source is asked for */
	unsigned drop;		/* bit mask: searches to be forgotten */
	bool accept;		/* also what removes too much */
	/* What intake_run() has said of this source: it then says only what
	 * is news of what cannot be read.  Kept by the source; NULL: none. */
	struct reported *reported;
	bool routine;		/* so is the outcome: nothing was asked for */
	bool quiet;		/* do not log what cannot be read (again) */
	bool unchecked;		/* no server has checked the schema */
	/* Called often while it works; -1 (with a reason) ends the work. */
	int (*progress)(void *ctx, struct why *);
	void *progress_ctx;
};

enum intake_outcome {
	INTAKE_IN_FORCE,
	INTAKE_HELD_BACK	/* would remove too much; the reason is set */
};

/**
 * intake_run(job, tell, ctx, outcome, why):
 * Have ${tell} tell a sink everything, and put it in force if that is allowed.
 * Return 0 with the outcome, or -1: then nothing has changed.
 */
int intake_run(const struct intake_job *,
    int (*)(void *ctx, const struct sink *, struct why *), void *,
    enum intake_outcome *, struct why *);

/**
 * intake_drop(job, why):
 * Only forget the searches of ${job}->drop.
 */
int intake_drop(const struct intake_job *, struct why *);

/*
 * An increment: what has changed at the source since, in one transaction.
 * begin ... commit or cancel; both end it.  One at a time, and none while
 * intake_run() works (begin refuses, and so does intake_run while one is
 * open).  ${job} is copied, its texts must outlive the change; its searches
 * are those that the source has; accept counts as for intake_run; what is to
 * be dropped is left to intake_drop().  After a function that returned -1 only
 * cancel makes sense: commit refuses then.
 *
 * Of an entry that is as it was, and of a deletion of what is not there,
 * nothing is written.  A change that changed entries is logged (info), and so
 * is what could not be read of them.
 */
struct intake_change;

int intake_change_begin(const struct intake_job *, struct intake_change **,
    struct why *);

/** intake_change_put(change, entry, why): new, or not as it was.  What a
 * search can make nothing of (any more) goes from it.  Overrides are always
 * read whole: refused. */
int intake_change_put(struct intake_change *, const struct source_entry *,
    struct why *);

/** intake_change_delete(change, searches, key, len, why): it need not be
 * there. */
int intake_change_delete(struct intake_change *, unsigned, const void *,
    size_t, struct why *);

/** intake_change_sweep(change, searches, keep, ctx, why): delete all entries
 * of these searches for whose key ${keep} says false. */
int intake_change_sweep(struct intake_change *, unsigned,
    bool (*)(void *ctx, const void *key, size_t), void *, struct why *);

/** intake_change_cookie(change, searches, cookie, why): where they stand. */
int intake_change_cookie(struct intake_change *, unsigned,
    const struct cookie *, struct why *);

/** intake_change_good(change, searches, why): the source agrees as of now. */
int intake_change_good(struct intake_change *, unsigned, struct why *);

/**
 * intake_change_commit(change, guarded, outcome, why):
 * Put it in force.  ${guarded}: it is a refresh, so it is held back (nothing
 * of it is kept, the store notes it) if it removes more than max_shrink lets
 * go and the job does not accept that; one that is put in force ends a holding
 * back of before.  Return 0 with the outcome, or -1: then nothing has changed.
 */
int intake_change_commit(struct intake_change *, bool, enum intake_outcome *,
    struct why *);

/** intake_change_cancel(change): forget it.  NULL is allowed. */
void intake_change_cancel(struct intake_change *);

#endif /* !INTAKE_H */
