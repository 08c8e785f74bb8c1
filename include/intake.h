#ifndef INTAKE_H
#define INTAKE_H

#include <stdbool.h>

#include "config.h"
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
	const char *name;	/* of the source: "ldif:/path" */
	const char *path;	/* for "path:line: text" */
	unsigned searches;	/* bit mask: what the source is asked for */
	unsigned drop;		/* bit mask: searches to be forgotten */
	bool accept;		/* also what removes too much */
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

#endif /* !INTAKE_H */
