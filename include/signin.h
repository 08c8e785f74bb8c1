#ifndef SIGNIN_H
#define SIGNIN_H

#include <stdbool.h>
#include <stdint.h>

#include "login.h"
#include "model.h"
#include "trace.h"

/*
 * signin: the accounts that a login means, and the overrides that deny it
 * (spec 4.1 and sections 3 and 10).
 *
 * Pure functions over a view; any thread.
 */

struct signin {
	struct login_forms forms;
	struct account_set accounts;	/* that have it; n may be 0 */
	const struct account *account;	/* the one, if it is one; else NULL */
};

/**
 * signin_find(view, rules, login, usable, signin, trace):
 * Of the forms of ${login} the first that any account has decides.  One that
 * is not ${usable} (login_read) is no account's.  FOUND with one or several
 * accounts, ABSENT, or LATER; ${signin} is filled in any case.
 */
enum found signin_find(const struct policy_view *, const struct login_rules *,
    const char *, bool, struct signin *, struct trace *);

/**
 * signin_denied(view, rules, signin, now, dn, trace):
 * FOUND with the DN of an override that is in force and meets one of the
 * forms (also if no account or several have it: overrides are for
 * emergencies), or the one account by its DN or a login of it, however written
 * (login_spelling).  ABSENT, or LATER.
 */
enum found signin_denied(const struct policy_view *,
    const struct login_rules *, const struct signin *, int64_t, const char **,
    struct trace *);

#endif /* !SIGNIN_H */
