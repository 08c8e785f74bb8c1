#ifndef LDAPSTATE_H
#define LDAPSTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cookie.h"
#include "feedtools.h"
#include "ldapquery.h"

/*
 * ldapstate: what the store knows of where the LDAP source stands.
 *
 * Belongs to the feed's thread.
 */

/**
 * ldapstate_cookies(tools, queries, n, cookies):
 * Can all ${n} queries go on from where they stand?  Only if all their
 * searches were read by this configuration, have a cookie, those of one query
 * the same, and no refresh of them is held back; then ${cookies}[i] is that of
 * ${queries}[i].
 */
bool ldapstate_cookies(const struct feedtools *, const struct ldapquery *,
    size_t, struct cookie *);

/**
 * ldapstate_completed(tools, searches):
 * Seconds since these (bit mask) were last read completely, of several the
 * longest; INT64_MAX: never, or not known.
 */
int64_t ldapstate_completed(const struct feedtools *, unsigned);

#endif /* !LDAPSTATE_H */
