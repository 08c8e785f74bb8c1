#ifndef LDAPFEED_H
#define LDAPFEED_H

#include <stdbool.h>
#include <stdint.h>

#include "feedtools.h"
#include "why.h"

/*
 * ldapfeed: the LDAP source: which server is used, when everything is read
 * anew, and what came of it.
 *
 * The servers are tried in order; when one that comes before the one in use is
 * well again, it is gone back to.  A complete refresh lists all queries into a
 * generation of the store (listing, intake); then they are followed from their
 * cookies on (persist), or, where there is no RFC 4533, everything is listed
 * again after poll_interval.
 *
 * Belongs to the feed's thread.
 */

struct ldapfeed;

/** ldapfeed_new(tools, searches, feed, why): ${searches} come from LDAP;
 * ${tools} is lent.  Nothing is begun yet. */
int ldapfeed_new(struct feedtools *, unsigned, struct ldapfeed **,
    struct why *);

/** ldapfeed_free(feed): ends the connection; NULL is allowed. */
void ldapfeed_free(struct ldapfeed *);

/**
 * ldapfeed_step(feed):
 * Do what there is to do.  Waits for nothing but a complete refresh.  Return
 * true if there may be more to do at once.
 */
bool ldapfeed_step(struct ldapfeed *);

/** ldapfeed_fd(feed): when this can be read there is something to do; -1: now
 * and then. */
int ldapfeed_fd(const struct ldapfeed *);

/** ldapfeed_wait_ms(feed): until the next step, if nothing can be read. */
int ldapfeed_wait_ms(const struct ldapfeed *);

/** ldapfeed_writing(feed): has it a change of the store open?  Then nothing
 * else may write it. */
bool ldapfeed_writing(const struct ldapfeed *);

/** ldapfeed_tried(feed): has reading from LDAP come to anything yet, were it a
 * failure? */
bool ldapfeed_tried(const struct ldapfeed *);

/** ldapfeed_ask(feed, number): read everything anew as soon as possible, for
 * request ${number} (counters_refresh_pending). */
void ldapfeed_ask(struct ldapfeed *, uint64_t);

/** ldapfeed_answer(feed, result): what came of what was asked last; false: not
 * known yet. */
bool ldapfeed_answer(const struct ldapfeed *, enum refresh_result *);

/** ldapfeed_error(feed): what is wrong with the source now; "": nothing. */
const char *ldapfeed_error(const struct ldapfeed *);

#endif /* !LDAPFEED_H */
