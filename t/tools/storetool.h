#ifndef STORETOOL_H
#define STORETOOL_H

#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "store.h"

/*
 * storetool: what the programs that look into a store begin with; whatever
 * fails ends them.
 *
 * STORETOOL_NAME is the program's, defined before this is included.
 */

static inline int
fail(const char *text)
{

	fprintf(stderr, STORETOOL_NAME ": %s\n", text);
	exit(2);
}

static inline struct store *
open_store(const char *dir, enum store_mode mode)
{
	struct store *store;
	struct why why;

	if (store_open(dir, mode, &store, &why) == -1)
		fail(why.text);
	return (store);
}

/* ${configured}: the searches that must have been read (store_view_begin). */
static inline struct store_view *
open_view(struct store *store, unsigned configured)
{
	struct clock_reading now;
	struct store_view *view;

	clock_read(&now);
	if ((view = store_view_begin(store, configured, &now)) == NULL)
		fail("memory is short");
	return (view);
}

#endif /* !STORETOOL_H */
