#ifndef MEMBERSHIP_H
#define MEMBERSHIP_H

#include "arena.h"
#include "model.h"

/*
 * membership: the active groups that an account is in, also by way of other
 * groups (spec section 2, Groups).
 *
 * Direct membership is depth 1; MEMBERSHIP_DEPTH is the deepest that counts.
 * An inactive group is as if absent, also on the way to others; one that only
 * its members know of counts for nesting.  Cycles are harmless.  Pure functions
 * over a view; any thread.
 */

enum { MEMBERSHIP_DEPTH = 8 };

struct membership {
	/* Each once, the nearest first: by the account's DN, by its logins, by
	 * its own side; then those that these are in. */
	const struct group *const *v;
	size_t n;
	/* Those that grant something: reached without passing one whose dates
	 * cannot be read. */
	const struct group *const *granting;
	size_t ngranting;
};

/**
 * membership_of(view, account, now, arena, membership):
 * FOUND with the groups (perhaps none), or LATER.
 */
enum found membership_of(const struct policy_view *, const struct account *,
    int64_t, struct arena *, struct membership *);

/** membership_mute(membership): the nearest group whose members' accounts
 * vouch for nothing (model.h), or NULL. */
const struct group *membership_mute(const struct membership *);

#endif /* !MEMBERSHIP_H */
