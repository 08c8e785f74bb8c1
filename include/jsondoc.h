#ifndef JSONDOC_H
#define JSONDOC_H

#include <jansson.h>

#include "running.h"

/*
 * jsondoc: what the commands print as JSON.
 */

/** jsondoc_text(s): a string; one that is no UTF-8 has its strange bytes as
 * \xHH, as in the log.  NULL when memory is short. */
json_t *jsondoc_text(const char *);

/** jsondoc_in_force(running): whether the configuration is the daemon's: true,
 * false, or null if mayrelayd does not run. */
json_t *jsondoc_in_force(enum running);

/**
 * jsondoc_print(document):
 * Take ${document}, which is NULL if memory was short, and print it in ASCII.
 * Return 0, or the exit code after having said why.
 */
int jsondoc_print(json_t *);

#endif /* !JSONDOC_H */
