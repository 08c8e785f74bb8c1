#ifndef CONFIGCHECK_H
#define CONFIGCHECK_H

#include "config.h"
#include "setting.h"
#include "why.h"

/*
 * configcheck: what no option can say alone: which settings do not go
 * together, and which would be for nothing.
 *
 * For config_load only.  Each error names file, line, the value, and the cure.
 * Pure functions; any thread.
 */

/**
 * configcheck_names(root, why):
 * Before the options are read: names that the table does not know and that
 * want more than the nearest known one.  Return 0 or -1.
 */
int configcheck_names(const struct setting *, struct why *);

/**
 * configcheck_all(config, root, why):
 * Afterwards: everything else; ${root} is what ${config} was read from.
 * Return 0 or -1.
 */
int configcheck_all(const struct config *, const struct setting *,
    struct why *);

#endif /* !CONFIGCHECK_H */
