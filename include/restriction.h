#ifndef RESTRICTION_H
#define RESTRICTION_H

#include <stdbool.h>

#include "membership.h"
#include "model.h"
#include "origin.h"

/*
 * restriction: from where and to whom an account may send.
 *
 * The restrictions of the account and of all its groups are one united list
 * each; who has none adds nothing; no list at all restricts nothing.
 *
 * Pure functions; any thread.
 */

/**
 * restriction_client(account, groups, client):
 * May ${account} be used from ${client}?  A client without an address is in
 * no network.
 */
bool restriction_client(const struct account *, const struct membership *,
    const struct client *);

/**
 * restriction_recipient(account, groups, recipient):
 * May ${account} send to ${recipient}?  Not if a negative pattern matches, or
 * if there is one and ${recipient} is opaque (it may be what is excluded);
 * else if a positive one does, or if all are negative.  A list in which
 * nothing could be read counts as a positive one that matches nothing.
 */
bool restriction_recipient(const struct account *, const struct membership *,
    const struct subject *);

#endif /* !RESTRICTION_H */
