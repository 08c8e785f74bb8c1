#ifndef OWNERSHIP_H
#define OWNERSHIP_H

#include <stdbool.h>

#include "arena.h"
#include "locality.h"
#include "membership.h"
#include "model.h"
#include "trace.h"

/*
 * ownership: may this account send as this sender? (spec section 3,
 * Ownership of the sender)
 *
 * Pure functions over a view; any thread.
 */

struct ownership_rules {
	bool null_sender;		/* the null sender is everybody's */
	/*
	 * sender_scope = "any": patterns count for senders in any domain.
	 * Else only for local ones.  A sender that reads, asks for no routing
	 * and has no domain counts as local; one that does not read or asks
	 * for routing says nothing of its domain that could be trusted, and
	 * does not.  The null sender is always in scope.
	 */
	bool any_domain;
	const char *extension_delimiters;
	const char *qualify_domain;	/* normal form; "" = none */
	const struct locality_rules *locality;
};

/* How the sender came to be owned. */
struct ownership {
	bool owned;
	const char *match;	/* the address or pattern that matched, as
				   pattern_format writes it; "" if the null
				   sender needed none */
	const char *from_dn;	/* the entry it stands in; "" with no match */
};

/**
 * ownership_of(rules, view, account, groups, sender, arena, result, trace):
 * Does ${account}, being in ${groups}, own ${sender} (a MAIL argument as it
 * came)?  FOUND with ${result}, or LATER.  In this order, first that matches:
 * the sender as given, by the account's addresses, its patterns, its groups'
 * patterns, addresses that it is a delegate for; the same by alias domains;
 * then both again with the extension cut.  An address that another account
 * holds in full is not granted by alias domain or cut extension, nor is what
 * an extension was cut from if another holds that at any name of the domain.
 * An entry that names a delegate needs to be neither enabled nor within its
 * dates; but one that vouches for nothing (model.h) has no delegates.
 */
enum found ownership_of(const struct ownership_rules *,
    const struct policy_view *, const struct account *,
    const struct membership *, const char *, struct arena *,
    struct ownership *, struct trace *);

#endif /* !OWNERSHIP_H */
