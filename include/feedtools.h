#ifndef FEEDTOOLS_H
#define FEEDTOOLS_H

#include "config.h"
#include "counters.h"
#include "intake.h"
#include "pulse.h"
#include "store.h"

/*
 * feedtools: what the sources of one feed work with.
 */

struct feedtools {
	const struct config *config;
	struct store *store;
	struct counters *counters;
	struct pulse pulse;
	/* Searches that a configuration before this one had: forgotten with
	 * the next generation, whichever source gives it. */
	unsigned drop;
};

/** feedtools_job(tools, name, path, searches): what intake wants to know. */
struct intake_job feedtools_job(struct feedtools *, const char *,
    const char *, unsigned);

#endif /* !FEEDTOOLS_H */
