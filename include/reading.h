#ifndef READING_H
#define READING_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "config.h"
#include "record.h"
#include "reported.h"
#include "source.h"
#include "why.h"

/*
 * reading: one entry of a source -> the records that the searches make of it.
 *
 * Knows which search wants which entry and as what.  What could not be read is
 * logged (the first twenty of one reading that are news) with the place, the
 * entry's DN, the attribute and the value, and is counted in the record that
 * it belongs to.
 *
 * One thread at a time.
 */

enum { READING_DN_MAX = 256 };

struct reading {
	/* Set by whoever reads; the rest is 0 at the beginning. */
	const struct config *config;
	const char *path;	/* for "path:line: text", or "path: text" */
	unsigned searches;	/* bit mask: no others get anything */
	struct reported *reported;	/* NULL, or: log only what is news */
	bool quiet;		/* do not log what cannot be read (again) */
	bool unchecked;		/* no server has checked the schema */

	uint64_t problems;	/* values that could not be read... */
	uint64_t told;		/* ...and those for the log */
	uint64_t dated;		/* entries with relayEnforceFrom... */
	unsigned long dated_line;		/* ...and the first one's... */
	char dated_dn[READING_DN_MAX];		/* ...place */

	struct arena arena;	/* of one entry, like all below */
	unsigned long line;
	uint32_t unusable;
	bool has_date;
};

/** reading_begin(reading), reading_end(reading): its memory. */
void reading_begin(struct reading *);
void reading_end(struct reading *);

/**
 * reading_entry(reading, entry, each, ctx, why):
 * For each search that may want ${entry} call ${each} with the record that it
 * makes of it, or with NULL if it can make nothing of it; overrides are asked
 * twice (as network, as account).  Return 0; -1 when memory is short, or as
 * soon as ${each} returns it.
 *
 * An entry whose DN cannot be read (a server's: files are refused for that) is
 * reported, and no search can make anything of it.
 */
int reading_entry(struct reading *, const struct source_entry *,
    int (*)(void *ctx, enum search, const struct record *, struct why *),
    void *, struct why *);

/** reading_log(reading): what the log has to hear after the last entry. */
void reading_log(const struct reading *);

#endif /* !READING_H */
