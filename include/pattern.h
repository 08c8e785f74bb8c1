#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"

/*
 * pattern: which senders or recipients a policy value means.
 *
 *	user@example.com	that address
 *	@example.com		every address in that domain
 *	@.example.com		every address in its subdomains, not in itself
 *	null  or  <>		the null sender
 *	*			anything, the null sender included
 *
 * Pure functions; any thread.
 */

enum pattern_kind {
	PATTERN_ANY,		/* * */
	PATTERN_NULL,		/* null, <> */
	PATTERN_ADDRESS,	/* local and domain are set */
	PATTERN_DOMAIN,		/* domain is set */
	PATTERN_SUBDOMAINS	/* domain is set, without the leading dot */
};

struct pattern {
	enum pattern_kind kind;
	/*
	 * A recipient that matches is excluded (only in recipient lists, and
	 * only by an attribute map's negative values).
	 */
	bool negative;
	const char *local;	/* as in struct addr; "" if not used */
	const char *domain;	/* as in struct addr; "" if not used */
};

/* A subject of matching: a sender or a recipient as it was read. */
enum subject_kind {
	SUBJECT_NULL,		/* the null sender */
	SUBJECT_ADDRESS,	/* a mailbox with a domain, asking no routing */
	SUBJECT_OPAQUE		/* anything else: only * matches it */
};

struct subject {
	enum subject_kind kind;
	struct addr addr;	/* for SUBJECT_ADDRESS */
};

/**
 * pattern_parse(s, len, store, p):
 * Read one pattern.  Its strings are written to ${store}, which must live as
 * long as ${p}.  Return NULL, or what is wrong as a lasting phrase that names
 * the cure ("write @example.com for a whole domain"), and make ${p} a pattern
 * that matches nothing.  A domain of a single label is allowed here;
 * `*@domain' and `*.domain' are not patterns.
 */
const char *pattern_parse(const char *, size_t, struct addr *,
    struct pattern *);

/**
 * pattern_format(p, out, size):
 * Write the value as a postmaster would type it, the sign aside, a local part
 * in quotes where it needs them.  Return ${out}.
 * PATTERN_TEXT_MAX bytes are always enough.
 */
enum { PATTERN_TEXT_MAX = ADDR_KEY_MAX + ADDR_LOCAL_MAX + 4 };
const char *pattern_format(const struct pattern *, char *, size_t);

/**
 * subject_read(arg, qualify, s):
 * Make the subject of the MAIL or RCPT argument ${arg}.  An address without a
 * domain is completed with ${qualify} (normal form; "" or NULL: not).
 */
void subject_read(const char *, const char *, struct subject *);

/**
 * pattern_matches(p, s):
 * Does ${p} (its sign aside) match ${s}?
 */
bool pattern_matches(const struct pattern *, const struct subject *);

/**
 * pattern_matches_in(p, s, domain):
 * The same, as if the subject's domain were ${domain}: for alias domains.
 * PATTERN_SUBDOMAINS, PATTERN_ANY and PATTERN_NULL never match this way.
 */
bool pattern_matches_in(const struct pattern *, const struct subject *,
    const char *);

#endif /* !PATTERN_H */
