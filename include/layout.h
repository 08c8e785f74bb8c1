#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lmdb.h>

#include "store.h"

/*
 * layout: how entries, numbers and notes are written in the store.
 *
 * For the store's own modules only.  Bytes from a damaged file are refused
 * with MDB_CORRUPTED.  Pure functions; any thread.
 */

/* A 64-bit number as LMDB's key or data: big-endian, so that bytes sort as
 * numbers do. */
enum { LAYOUT_NUMBER = 8 };

struct layout_number {
	unsigned char bytes[LAYOUT_NUMBER];
};

/** layout_number(n, buffer): an MDB_val that points into ${buffer}. */
MDB_val layout_number(uint64_t, struct layout_number *);

/** layout_number_get(val, n): Return 0, or MDB_CORRUPTED. */
int layout_number_get(const MDB_val *, uint64_t *);

/* One entry as it lies in `records'; key and bytes may point into LMDB. */
struct layout_entry {
	enum search search;
	enum kind kind;
	uint32_t unusable;	/* struct record's */
	const void *key;
	size_t key_len;
	const void *bytes;	/* record_write's */
	size_t len;
};

size_t layout_entry_size(const struct layout_entry *);
void layout_entry_write(const struct layout_entry *, unsigned char *);

/** layout_entry_read(val, entry): Return 0, or MDB_CORRUPTED. */
int layout_entry_read(const MDB_val *, struct layout_entry *);

/**
 * layout_key_hash(entry, arena, hash):
 * The TERM_KEY of an entry: search and key.  Return 0 or ENOMEM.
 */
int layout_key_hash(const struct layout_entry *, struct arena *,
    uint64_t *);

/* The prefix lengths that networks in a slot have: bit n for length n. */
struct layout_prefixes {
	uint64_t v4;
	uint64_t v6[3];
};

void layout_prefix_add(struct layout_prefixes *, const struct cidr *);
bool layout_prefix_has(const struct layout_prefixes *, unsigned family,
    unsigned len);

enum { LAYOUT_SLOTS = 2 };

/* The notes: one record of the database "meta".  Of the searches' cookies
 * only the lengths are here; the bytes have records of their own, so that mail
 * need not read them (replica_cookie_get). */
struct layout_meta {
	uint64_t generation;	/* 0 = none yet */
	unsigned slot;		/* in force */
	struct store_search searches[SEARCHES];
	struct layout_prefixes prefixes[LAYOUT_SLOTS];
};

/* What it is on disk, in words of 64 bits. */
enum {
	LAYOUT_SEARCH_WORDS = 22 + KINDS,
	LAYOUT_META_WORDS = 2 + SEARCHES * LAYOUT_SEARCH_WORDS +
	    4 * LAYOUT_SLOTS
};

/** layout_meta_read(val, meta): Return 0 or MDB_CORRUPTED. */
int layout_meta_read(const MDB_val *, struct layout_meta *);

/** layout_meta_write(meta, words): an MDB_val that points to ${words}. */
MDB_val layout_meta_write(const struct layout_meta *,
    uint64_t[LAYOUT_META_WORDS]);

#endif /* !LAYOUT_H */
