#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>

#include "config.h"

/*
 * service: limits, folder, lock, socket, threads, signals: the life of
 * mayrelayd around libmilter.
 */

struct service_programs {
	const char *self;	/* run with -t to try a configuration */
	const char *feed;	/* the child */
};

/**
 * service_check(config, why):
 * What of a start can be tried without a trace: if root, are there milter.user
 * and milter.socket_group?  Return 0 or -1.
 */
int service_check(const struct config *, struct why *);

/**
 * service_run(config, programs, verbose):
 * Serve until SIGTERM or SIGINT.  Takes ${config}; ${programs} must live as
 * long.  With ${verbose} the log tells more of what the daemon does.  Return
 * an exit code of sysexits.h after having logged why.  libmilter's threads may
 * still run then: the caller must end with _exit.
 */
int service_run(const struct config *, const struct service_programs *, bool);

#endif /* !SERVICE_H */
