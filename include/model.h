#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cidr.h"
#include "pattern.h"

/*
 * model: the policy's types, and the view through which a decision sees them
 * (spec section 2).
 *
 * What could not be read in the directory has been turned into its meaning
 * before it gets here (attrmap): nothing in these types is "unreadable".
 *
 * All are plain values.  Strings and arrays are lent: they live in the arena
 * that the struct was made in.  A `dn' is always in normal form (dn.h), and so
 * are addresses (addr_key), domains (addr_domain) and logins (login_store).
 */

struct texts {
	const char *const *v;
	size_t n;
};

/** texts_have(texts, s): is ${s} one of them, byte for byte? */
bool texts_have(const struct texts *, const char *);

/* A list that restricts: absent, it restricts nothing; empty, it matches
 * nothing. */
struct patterns {
	bool present;
	const struct pattern *v;
	size_t n;
};

struct networks {
	bool present;
	const struct cidr *v;
	size_t n;
};

/* Active from not_before (inclusive) until not_after (exclusive). */
struct dates {
	int64_t not_before;	/* WHEN_BEGINNING if there is none */
	int64_t not_after;	/* WHEN_NEVER if there is none */
};

/* A relayEnforceFrom. */
struct enforce {
	bool present;
	int64_t from;		/* inclusive */
};

/* What relayAccess says; the larger value is the stricter one. */
enum access {
	ACCESS_NONE,		/* nothing (accounts and groups only) */
	ACCESS_ALLOW,
	ACCESS_AUTHENTICATE,	/* networks only */
	ACCESS_DENY
};

struct network {
	const char *dn;
	struct networks clients;	/* its prefixes; always present */
	enum access access;
	/*
	 * False: keeps its prefixes but never permits anything (an unreadable
	 * date or a foreign attribute on an allowing network).
	 */
	bool vouches;
	struct dates dates;
	struct enforce enforce;
	struct patterns senders;	/* only with ACCESS_ALLOW */
	struct patterns recipients;	/* only with ACCESS_ALLOW */
	/* Of the overrides: denies whatever prefix else holds the client. */
	bool override;
};

struct domain {
	const char *dn;
	/* In normal form; ".example.edu" means all subdomains. */
	const char *name;
	struct texts aliases;	/* local too; none if name begins with a dot */
	struct enforce enforce;
};

struct account {
	const char *dn;
	struct texts logins;
	struct texts addresses;		/* owned in full: addr_key form */
	struct patterns senders;	/* further patterns; `present' unused */
	struct patterns recipients;
	struct networks clients;
	enum access access;		/* NONE, ALLOW or DENY */
	bool enabled;			/* every status says so */
	bool expired;			/* a date could not be read */
	/* False: treated as account-unknown (a foreign relay attribute). */
	bool vouches;
	struct dates dates;
	struct enforce enforce;
	/* Others who may send as one of `addresses'. */
	struct texts delegate_dns;	/* accounts' or groups' DNs */
	struct texts delegate_logins;
	struct texts delegate_addresses;	/* accounts that hold them */
	struct texts groups;		/* DNs: membership kept on this side */
};

struct group {
	const char *dn;
	struct texts member_dns;	/* accounts' or groups' DNs */
	struct texts member_logins;
	enum access access;	/* NONE, ALLOW (changes nothing), DENY */
	/*
	 * False: something in it cannot be read (a foreign relay attribute)
	 * that may deny or restrict: its members' accounts vouch for nothing.
	 */
	bool vouches;
	struct dates dates;
	/* One could not be read: it denies and restricts all the same, but
	 * being in it grants nothing, neither directly nor by other groups. */
	bool undated;
	struct enforce enforce;
	struct patterns senders;	/* `present' unused */
	struct patterns recipients;
	struct networks clients;
	struct texts groups;		/* DNs of groups that this one is in,
					   kept on its own side */
};

/* An entry of the overrides: denies the account of that DN or login. */
struct deny {
	const char *dn;
	struct texts logins;
	struct dates dates;
};

enum kind {
	KIND_ACCOUNT,
	KIND_NETWORK,
	KIND_DOMAIN,
	KIND_GROUP,
	KIND_DENY
};
enum { KINDS = KIND_DENY + 1 };

/** kind_name(kind): "account", "network", "domain", "group", "deny". */
const char *kind_name(enum kind);

/** kind_names(kind, n): what ${n} of them are called: "4 denies". */
const char *kind_names(enum kind, uint64_t);

/** dates_hold(dates, now): is ${now} within them? */
bool dates_hold(const struct dates *, int64_t);

/** network_open_relay(network, prefix): would allowing ${prefix} make an open
 * relay of it?  Shorter than /8 (IPv4) or /16 (IPv6 outside fc00::/7), and no
 * recipients restrict it; * restricts nothing. */
bool network_open_relay(const struct network *, const struct cidr *);

/*
 * The three answers of every lookup.  LATER (the store cannot be read, memory
 * is short) is never taken for ABSENT: it survives up to the 4xx.
 */
enum found {
	FOUND,
	ABSENT,
	LATER
};

/* Networks with one prefix length that hold one client. */
struct network_set {
	const struct network *const *v;
	size_t n;
	uint8_t len;
};
struct domain_set {
	const struct domain *const *v;
	size_t n;
};
struct account_set {
	const struct account *const *v;
	size_t n;
};
struct group_set {
	const struct group *const *v;
	size_t n;
};
struct deny_set {
	const struct deny *const *v;
	size_t n;
};

/*
 * policy_view: the policy as one decision sees it: one moment of it, a
 * handful of lookups.  Each sets its result only with FOUND (then n > 0, no
 * entry twice, in the order of their DNs); what it returns lives as long as
 * the view.
 * Entries are given whatever their dates and statuses are: the decision looks
 * at those.  A view belongs to one thread.
 */
struct policy_view {
	void *ctx;

	/* Can the replica be read at all?  If not, every lookup says LATER. */
	bool readable;
	/* Has every source been read completely at least once?  If not, the
	 * lookups answer from what is there. */
	bool loaded;
	/* Seconds since the source was last known to agree; of several
	 * sources the oldest.  INT64_MAX: unknown, too old.  Only if loaded. */
	int64_t age;

	/* Is there a network of the overrides?  If not, none is looked for. */
	bool overrides;

	/* Networks with the longest prefix shorter than ${below} bits (give
	 * 129 to begin with) that holds ${ip}. */
	enum found (*networks)(void *ctx, const struct cidr_ip *ip,
	    unsigned below, struct network_set *);
	/* Domain entries with this name or alias, as bytes; names of
	 * subdomain entries are asked for with their leading dot. */
	enum found (*domains)(void *ctx, const char *name,
	    struct domain_set *);
	/* Accounts with this login (login_store form). */
	enum found (*accounts_by_login)(void *ctx, const char *login,
	    struct account_set *);
	/* Accounts that own this address in full (addr_key form). */
	enum found (*accounts_by_address)(void *ctx, const char *address,
	    struct account_set *);
	/* Groups that have this DN as a member. */
	enum found (*groups_with_dn)(void *ctx, const char *dn,
	    struct group_set *);
	/* Groups that have this login as a member. */
	enum found (*groups_with_login)(void *ctx, const char *login,
	    struct group_set *);
	/* The group (or, by two searches, groups) of this DN. */
	enum found (*groups_by_dn)(void *ctx, const char *dn,
	    struct group_set *);
	/* Overrides for the account of this DN, and for this login. */
	enum found (*denies_by_dn)(void *ctx, const char *dn,
	    struct deny_set *);
	enum found (*denies_by_login)(void *ctx, const char *login,
	    struct deny_set *);
};

#endif /* !MODEL_H */
