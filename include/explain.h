#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "config.h"

/*
 * explain: `mayrelay explain', the decision for one case, step by step, from
 * the replica in use (spec section 8).
 */

/**
 * explain_run(config, argc, argv):
 * ${argv}[0] is "explain".  Prints, and returns the exit code: 0 pass or
 * permit, 1 reject, 3 would-reject, 75 tempfail, 64 usage, 69 no store.
 */
int explain_run(const struct config *, int, char **);

/** explain_usage: how to call it, one paragraph. */
extern const char explain_usage[];

#endif /* !EXPLAIN_H */
