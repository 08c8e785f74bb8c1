#ifndef DIAL_H
#define DIAL_H

#include <stdbool.h>

#include "ldapconn.h"
#include "why.h"

/*
 * dial: opening a connection in a thread of its own, with an end.
 *
 * What blocks without limit inside (name resolution, libldap's TLS handshake)
 * holds up that thread only: its socket is shut down at the deadline, and a
 * thread that hangs nevertheless is left to itself and gives back everything
 * when it comes to its end.
 */

struct dial;

enum dial_state { DIAL_BUSY, DIAL_OPEN, DIAL_FAILED };

/**
 * dial_begin(target, dial, why):
 * Begin; ${target} is copied.  Return 0 or -1.
 */
int dial_begin(const struct ldapconn_target *, struct dial **, struct why *);

/**
 * dial_look(dial, conn, why):
 * How is it?  Never blocks; to be called again and again while DIAL_BUSY.
 * With DIAL_OPEN *${conn} is the caller's; DIAL_FAILED comes with the reason,
 * at the latest a little after a few time-outs.  After these two only
 * dial_free makes sense.
 */
enum dial_state dial_look(struct dial *, struct ldapconn **, struct why *);

/** dial_free(dial): give up, whatever it does.  NULL is allowed. */
void dial_free(struct dial *);

/**
 * dial_left():
 * Is there still a thread at work?  Then exit(3) must not be called, which
 * takes libldap's memory away under it; _exit(2) may.
 */
bool dial_left(void);

#endif /* !DIAL_H */
