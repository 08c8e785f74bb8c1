#ifndef LISTENER_H
#define LISTENER_H

#include "config.h"
#include "why.h"

/*
 * listener: the socket that the MTA connects to: everything about it that
 * libmilter leaves to its caller.
 *
 * Belongs to the main thread.
 */

/**
 * listener_check(config, why):
 * Only look: is there the group that the socket is to have?  Return 0 or -1.
 */
int listener_check(const struct config *, struct why *);

/** listener_warn(config): log a warning if others than its owner can write to
 * the folder of a unix socket. */
void listener_warn(const struct config *);

/**
 * listener_prepare(config, code, why):
 * Before the socket is opened: make sure that it can be, remove a stale one,
 * and set the umask that gives it its mode from its first moment.  Return 0;
 * or -1 with *${code} of sysexits.h if another instance serves there
 * (EX_UNAVAILABLE), or the place is not fit (EX_CONFIG, EX_NOPERM, ...).
 */
int listener_prepare(const struct config *, int *, struct why *);

/**
 * listener_hand_over(config, code, why):
 * After it was opened: give it its group, and its owner if root.  Restores
 * the umask.
 */
int listener_hand_over(const struct config *, int *, struct why *);

/** listener_remove(config): remove a unix socket if it is the one that was
 * handed over, and the folder lets us. */
void listener_remove(const struct config *);

#endif /* !LISTENER_H */
