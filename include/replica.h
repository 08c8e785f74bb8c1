#ifndef REPLICA_H
#define REPLICA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lmdb.h>

#include "layout.h"
#include "store.h"

/*
 * replica: what lies in the store's folder: LMDB's two files, the databases in
 * them, and how entries and notes are written there.
 *
 * For the store's own modules only (storeview, storebuild, storechange); all
 * others see store.h.  Functions that return an LMDB code return 0 or what
 * LMDB says: replica_fail puts that into words.
 *
 *	data.mdb, lock.mdb	LMDB's (0600)
 *	lock			held by mayrelayd
 *	lock.feed		held by the one writer
 */

/* One half of the store: what is in force, or what is being built. */
struct replica_slot {
	MDB_dbi records;	/* number -> entry */
	MDB_dbi index;		/* hash of a term -> numbers */
};

struct store {
	char *dir;
	MDB_env *env;
	MDB_dbi meta;
	struct replica_slot slots[LAYOUT_SLOTS];
	int writer_fd;		/* STORE_WRITE: lock.feed */
	bool building;		/* STORE_WRITE: a build is under way */
	bool changing;		/* STORE_WRITE: a change is */
	atomic_bool broken;	/* LMDB refuses to go on in this process */
};

/** replica_meta_get(store, txn, meta): MDB_CORRUPTED if it does not read. */
int replica_meta_get(const struct store *, MDB_txn *, struct layout_meta *);
int replica_meta_put(const struct store *, MDB_txn *,
    const struct layout_meta *);

/**
 * replica_cookie_get(store, txn, search, cookie):
 * Of ${cookie} the length is as the notes have it; read its bytes.
 * MDB_CORRUPTED if they are not that many.
 */
int replica_cookie_get(const struct store *, MDB_txn *, enum search,
    struct cookie *);

/** replica_cookie_put(store, txn, search, cookie): the bytes; the notes, with
 * the length, are for the caller to write. */
int replica_cookie_put(const struct store *, MDB_txn *, enum search,
    const struct cookie *);

/** replica_entry_get(txn, slot, number, entry): one record; MDB_NOTFOUND. */
int replica_entry_get(MDB_txn *, const struct replica_slot *, uint64_t,
    struct layout_entry *);

/**
 * replica_fail(store, code, doing, why):
 * Say in ${why} what went wrong with ${doing} ("cannot write"), and the cure;
 * return -1.
 */
int replica_fail(struct store *, int, const char *, struct why *);

#endif /* !REPLICA_H */
