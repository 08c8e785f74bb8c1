#ifndef RUNNING_H
#define RUNNING_H

#include "config.h"
#include "counters.h"

/*
 * running: whether mayrelayd runs beside the store, and with which
 * configuration, for the tools.
 */

enum running {
	RUNNING_NOT,		/* or it cannot be told: no counters file */
	RUNNING_SAME,		/* with the configuration that we have */
	RUNNING_OTHER		/* with another one */
};

/**
 * running_look(counters, config):
 * ${counters} may be NULL: there is no file.
 */
enum running running_look(const struct counters *, const struct config *);

#endif /* !RUNNING_H */
