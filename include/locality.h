#ifndef LOCALITY_H
#define LOCALITY_H

#include <stdbool.h>

#include "arena.h"
#include "model.h"
#include "trace.h"

/*
 * locality: which domains are local, what they are also called, and whether a
 * recipient is local (spec 4.2, and 2 for aliases).
 *
 * Pure functions over a view; any thread.
 */

struct locality_rules {
	struct texts domains;	/* local_domains, in normal form */
	struct texts mailers;	/* local_mailers, as they are */
};

/**
 * locality_local(rules, view, domain, arena, local):
 * Is ${domain} (normal form, not "") in local_domains, or does a relayDomain
 * entry make it local?  FOUND with ${local}, or LATER.
 */
enum found locality_local(const struct locality_rules *,
    const struct policy_view *, const char *, struct arena *, bool *);

/* A domain and all names that mean the same one. */
struct domain_class {
	bool local;
	/*
	 * All names of the domain, itself first; at least that one.  An alias
	 * that several entries claim, and a subdomain entry, carry nothing
	 * over: then it stands alone.  Of a name that several entries have
	 * the aliases of all of them count that nobody else claims.
	 */
	struct texts names;
};

/**
 * locality_class(rules, view, domain, arena, class):
 * Look up ${domain} (normal form, not "").  FOUND with ${class} filled (also
 * for one that is not local), or LATER.  ${class} points to ${domain}.
 */
enum found locality_class(const struct locality_rules *,
    const struct policy_view *, const char *, struct arena *,
    struct domain_class *);

/**
 * locality_entries(view, domain, arena, set):
 * The relayDomain entries that make ${domain} local: by name, alias, or as a
 * subdomain.  A [literal] is in no subdomain.  FOUND, ABSENT or LATER.
 */
enum found locality_entries(const struct policy_view *, const char *,
    struct arena *, struct domain_set *);

/* What the MTA says of a recipient; a NULL macro is one that was not given. */
struct recipient {
	const char *arg;	/* the RCPT argument, as it came */
	const char *mailer;	/* {rcpt_mailer} */
	const char *host;	/* {rcpt_host} */
	const char *addr;	/* {rcpt_addr} */
};

/**
 * locality_recipient(rules, view, recipient, arena, trace):
 * FOUND: the recipient is local.  ABSENT: it is outbound.  The argument makes
 * it local by its domain if it is one address, asks no routing, and the domain
 * is not one by IDNA's mapping only (addr: mapped); for a virtual alias domain
 * of Postfix both it and {rcpt_addr} must be one address and ask no routing.
 * A policy that is not loaded, and a domain lookup that says LATER, leave
 * local_domains, the MTA's macros and what has been read so far; LATER if these
 * do not make it local.
 */
enum found locality_recipient(const struct locality_rules *,
    const struct policy_view *, const struct recipient *, struct arena *,
    struct trace *);

#endif /* !LOCALITY_H */
