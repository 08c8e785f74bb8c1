#ifndef FILEFEED_H
#define FILEFEED_H

#include "feedtools.h"
#include "ldif.h"

/*
 * filefeed: one LDIF file as a source: when it is read, and what came of it.
 *
 * Belongs to the feed's thread.
 */

/** filefeed_is(source): is that the name of an LDIF source ("ldif:/path")? */
bool filefeed_is(const char *);

/* One file, with all searches that are read from it. */
struct filefeed {
	const char *name;		/* "ldif:/path" */
	const char *path;
	unsigned searches;
	struct ldif_stamp looked;	/* at the last look */
	struct ldif_stamp tried;	/* when it was last read */
	struct ldif_stamp in_force;
	int64_t looked_ms;
	int64_t due_ms;			/* poll_interval */
	struct why error;		/* "": none */
};

/** filefeed_init(file, name): nothing was read yet. */
void filefeed_init(struct filefeed *, const char *);

/** filefeed_read(file, tools, accept): read it now; ${accept}: also what
 * removes too much. */
enum refresh_result filefeed_read(struct filefeed *, struct feedtools *, bool);

/** filefeed_step(file, tools): look at it now and then, and read it if it has
 * changed. */
void filefeed_step(struct filefeed *, struct feedtools *);

#endif /* !FILEFEED_H */
