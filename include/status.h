#ifndef STATUS_H
#define STATUS_H

#include "config.h"

/*
 * status: `mayrelay status', what is in force, how old it is, and what the
 * daemon has done so far, from the store and the counters file.
 */

/**
 * status_run(config, argc, argv):
 * ${argv}[0] is "status".  Prints as text or, with --json, as JSON.  Exit 0
 * all is well, 1 somebody should look, 2 nothing is decided (health.h), 64
 * usage, 69 no store.
 */
int status_run(const struct config *, int, char **);

extern const char status_usage[];

#endif /* !STATUS_H */
