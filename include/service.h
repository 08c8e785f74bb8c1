#ifndef SERVICE_H
#define SERVICE_H

#include "config.h"

/*
 * service: socket, signals, sd_notify, watchdog: the life of
 * mayrelayd around libmilter.
 */

/**
 * service_run(config, feed_program, self_program):
 * Serve until SIGTERM.  Takes ${config}.  ${self_program} is run with -t to
 * try a configuration before a reload.  Return an exit code of sysexits.h
 * after having logged why.
 */
int service_run(const struct config *, const char *, const char *);

#endif /* !SERVICE_H */
