#ifndef ORIGIN_H
#define ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "locality.h"
#include "model.h"
#include "trace.h"

/*
 * origin: where a client is, and the networks that speak for it: the N of the
 * decision (spec section 3, step 3).
 *
 * Pure functions over a view; any thread.
 */

enum client_kind {
	CLIENT_IP,
	CLIENT_LOCAL,		/* AF_UNIX, or Sendmail's own submission */
	CLIENT_UNKNOWN		/* the MTA does not know the address */
};

struct client {
	enum client_kind kind;
	struct cidr_ip ip;	/* for CLIENT_IP */
	uint16_t port;		/* for CLIENT_IP */
};

/*
 * N: the active networks with the longest prefix that holds the client; of
 * several those with the strictest access.  A network of the overrides that
 * holds the client, whatever its prefix, goes before all others.  With n == 0
 * it is the loopback grant, an allowing network without restrictions, or
 * nothing at all (ACCESS_NONE).
 */
struct origin {
	const struct network *const *v;	/* in the order of their DNs */
	size_t n;
	struct cidr prefix;		/* that held the client, if n > 0 */
	enum access access;		/* of each of them */
	bool loopback;			/* it is the loopback grant */
	/* Those that an override goes before: it must not put off refusals
	 * that were real without it. */
	const struct network *const *behind;
	size_t nbehind;
};

/**
 * origin_of(view, client, now, arena, origin, trace):
 * FOUND with ${origin} (perhaps nothing), or LATER.  For a loopback client
 * only prefixes inside 127.0.0.0/8 or equal to ::1 count, and without one it
 * has the loopback grant, as a local client always has.  An unknown client is
 * in no network.
 */
enum found origin_of(const struct policy_view *, const struct client *,
    int64_t, struct arena *, struct origin *, struct trace *);

/**
 * origin_vouches(origin, network):
 * May ${network}, an allowing entry of ${origin}, permit anything?  Not if
 * something in it could not be read, and not if its prefix would make an open
 * relay of it (network_open_relay).
 */
bool origin_vouches(const struct origin *, const struct network *);

/**
 * origin_sender(rules, view, network, sender, arena, match):
 * Does ${network} allow ${sender}, by this or another name of its domain?
 * FOUND with the pattern in ${match} (NULL if it restricts no senders),
 * ABSENT, or LATER.
 */
enum found origin_sender(const struct locality_rules *,
    const struct policy_view *, const struct network *,
    const struct subject *, struct arena *, const struct pattern **);

/** origin_recipient(network, recipient): does it allow the recipient? */
bool origin_recipient(const struct network *, const struct subject *);

#endif /* !ORIGIN_H */
