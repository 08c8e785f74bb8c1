#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * notify: tells the supervisor how we are, as sd_notify(3) does: one datagram
 * to $NOTIFY_SOCKET.  Without that variable nothing happens.
 *
 * Belongs to the main thread.
 */

/** notify_begin(): read the environment, and take the variables out of it, so
 * that no child speaks for us. */
void notify_begin(void);

void notify_ready(const char *);	/* with a line for `status' */
void notify_reloading(void);
void notify_stopping(void);

/** notify_watchdog(now_ms): say that all is well, when half of the
 * supervisor's patience ($WATCHDOG_USEC) has gone by. */
void notify_watchdog(int64_t);

#endif /* !NOTIFY_H */
