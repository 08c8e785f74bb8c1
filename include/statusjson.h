#ifndef STATUSJSON_H
#define STATUSJSON_H

#include "health.h"
#include "jsondoc.h"
#include "standing.h"

/*
 * statusjson: what `mayrelay status --json' prints for scripts: members are
 * added, never renamed.  The manual page lists them.
 */

/** statusjson_document(standing, health): NULL when memory is short. */
json_t *statusjson_document(const struct standing *, const struct health *);

#endif /* !STATUSJSON_H */
