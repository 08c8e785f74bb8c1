#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "model.h"

/*
 * record: the model's types <-> bytes in the store, and the terms under which
 * the store's index finds them.
 *
 * Bytes from a damaged file are refused, never trusted.  Pure functions; any
 * thread.
 */

/* One entry of the model. */
struct record {
	enum kind kind;
	union {
		struct account account;
		struct network network;
		struct domain domain;
		struct group group;
		struct deny deny;
	} u;
	/* How many values of its entry could not be read: kept beside the
	 * bytes, not in them (layout.h). */
	uint32_t unusable;
};

/**
 * record_write(record, arena, bytes, len):
 * Serialise.  Return 0, or -1 when memory is short.
 */
int record_write(const struct record *, struct arena *, const void **,
    size_t *);

/**
 * record_read(bytes, len, arena, record):
 * Read back; strings may point into ${bytes}, which must outlive ${record}.
 * Return 0, or -1 if the bytes are not a record or memory is short.
 */
int record_read(const void *, size_t, struct arena *, struct record *);

/** record_dn(record): its DN. */
const char *record_dn(const struct record *);

/* What a term finds. */
enum term {
	TERM_KEY,		/* the entry itself: search and key */
	TERM_LOGIN,		/* account by login */
	TERM_ADDRESS,		/* account by address */
	TERM_MEMBER_DN,		/* group by a member's DN */
	TERM_MEMBER_LOGIN,	/* group by a member's login */
	TERM_GROUP_DN,		/* group by its own DN */
	TERM_DOMAIN,		/* domain by name or alias */
	TERM_NETWORK,		/* network by one of its prefixes */
	TERM_DENY_DN,		/* override by the account's DN */
	TERM_DENY_LOGIN		/* override by login */
};

/**
 * record_hash(term, text, len):
 * The 64-bit index key of a term.  Different texts may share one: whoever
 * looks up compares with the record (record_has).
 */
uint64_t record_hash(enum term, const void *, size_t);

/** record_hash_network(net): the same for a prefix. */
uint64_t record_hash_network(const struct cidr *);

/**
 * record_terms(record, add, ctx):
 * Call ${add} with the hash of each term of ${record} but TERM_KEY; networks
 * also with their prefix (else NULL).  Stop and return -1 as soon as it does.
 */
int record_terms(const struct record *,
    int (*)(void *, uint64_t, const struct cidr *), void *);

/**
 * record_has(record, term, text):
 * Does it really have that term?  1 or 0.  The text of a TERM_NETWORK is as
 * cidr_format writes it; no record has a TERM_KEY.
 */
int record_has(const struct record *, enum term, const char *);

#endif /* !RECORD_H */
