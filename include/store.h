#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "config.h"
#include "cookie.h"
#include "model.h"
#include "record.h"
#include "tally.h"
#include "why.h"

/*
 * store: the replica (LMDB): generations, indexes, transactions, age; it
 * implements policy_view.
 *
 * Layout.  One LMDB environment in a folder of milter.user.  Two slots, each
 * of two databases: records (number -> search, key, record) and index (hash
 * of a term -> numbers).  One slot is in force; a complete refresh is built in
 * the other one, in many small transactions, and one last transaction switches.
 * So readers see the old policy or the new one and never half of one, and
 * whoever is killed leaves a slot that the next build empties.  A `meta'
 * database says which slot is in force, and for each search what it found and
 * when.
 *
 * One writer (the feed, which holds a lock of its own), any number of readers
 * in any process.  A struct store may be shared by threads; views and
 * builds may not.
 *
 * A search that is not configured counts as read.  Overrides do not age the
 * policy, and it is loaded without them.
 */

enum { STORE_FORMAT = 3 };

struct store;

enum store_mode {
	STORE_READ,		/* tools: must exist; never created */
	STORE_SERVE,		/* mayrelayd: created if missing, then read */
	STORE_WRITE		/* mayrelay-feed: must exist */
};

/**
 * store_open(dir, mode, store, why):
 * Return 0 or -1.  A folder of an older format is emptied (STORE_SERVE), one
 * of a newer format is refused.  The folder itself must be there, and with
 * STORE_SERVE and STORE_WRITE belong to this process's user alone.  Not twice
 * in one process: LMDB would lose its locks.
 */
int store_open(const char *, enum store_mode, struct store **, struct why *);

/** store_close(store): NULL is allowed; no view may be open. */
void store_close(struct store *);

/**
 * store_lock(dir, fd, why):
 * Take the lock that keeps a second daemon out; *${fd} holds it until it is
 * closed (which exec does).  -1 if another has it.
 */
int store_lock(const char *, int *, struct why *);

/** store_reader_check(store): free the slots of readers that died. */
void store_reader_check(struct store *);

/** store_broken(store): LMDB cannot go on with it in this process (a write of
 * its header failed): end the process and start anew. */
bool store_broken(const struct store *);

/* ---- reading ---------------------------------------------------------- */

struct store_view;

/**
 * store_view_begin(store, configured, now), store_view_end(view):
 * One moment of the policy.  Never fails: if the store cannot be read (or
 * ${store} is NULL) every lookup says LATER.  ${configured} is a bit mask
 * (1 << enum search) of the searches that must have been read.  Returns NULL
 * only when memory is short.
 */
struct store_view *store_view_begin(struct store *, unsigned,
    const struct clock_reading *);
void store_view_end(struct store_view *);

/**
 * store_view_now(store, configured, now):
 * The same, with the clock read into ${now} when the moment is fixed.  Read
 * before it, the clock may be behind what others write meanwhile, and the
 * policy would be of the future, and so too old.
 */
struct store_view *store_view_now(struct store *, unsigned,
    struct clock_reading *);

/** store_view_policy(view): the view as the decision wants it. */
const struct policy_view *store_view_policy(const struct store_view *);

/* What the store knows of one search. */
struct store_search {
	bool loaded;
	uint64_t digest;		/* config_search's, when it was read */
	struct clock_reading good;	/* when last known to agree */
	struct clock_reading complete;	/* when last read completely */
	uint64_t entries[KINDS];	/* in force */
	uint64_t unusable;		/* values of them that could not be
					   read */
	uint64_t generation;		/* that last replaced it */
	bool held_back;
	uint64_t held_back_removes;	/* of how many, if held back */
	uint64_t held_back_of;
	struct cookie cookie;		/* where it stands at its server */
};

/**
 * store_info(view, search, info):
 * Return 0, or -1 if the store cannot be read.
 */
int store_info(const struct store_view *, enum search, struct store_search *);

/** store_generation(view): the one in force; 0 = none yet. */
uint64_t store_generation(const struct store_view *);

/**
 * store_each(view, search, each, ctx):
 * Call ${each} with every record of ${search} in force.  Return 0; -1 if the
 * store cannot be read or ${each} returned -1.
 */
int store_each(const struct store_view *, enum search,
    int (*)(void *, const struct record *), void *);

/* ---- writing: a new generation ---------------------------------------- */

struct store_build;

/**
 * store_build_begin(store, searches, build, why):
 * Begin a generation in which ${searches} (bit mask) are new and all others
 * are carried over.  One build at a time, and none beside a change.
 */
int store_build_begin(struct store *, unsigned, struct store_build **,
    struct why *);

/**
 * store_build_progress(build, progress, ctx):
 * Have ${progress} called now and then while the build's functions work.  If
 * it returns -1 they stop, and fail with the reason that it gave.
 */
void store_build_progress(struct store_build *,
    int (*)(void *, struct why *), void *);

/**
 * store_build_put(build, search, key, len, record, why):
 * Add an entry.  ${key} is its lasting name in that search (normal DN,
 * entryUUID).  -1 also when the disk is full: cancel then.
 */
int store_build_put(struct store_build *, enum search, const void *, size_t,
    const struct record *, struct why *);

/* What the searches had, and how much of that is there no more. */
struct store_losses {
	struct tally had[SEARCHES];
	struct tally removes[SEARCHES];
};

/**
 * store_build_losses(build, losses, why):
 * What the generation in force has of the build's searches, and how much of
 * that the new one lacks: entries that are not in it, whatever has come in
 * their place; of their values only how many fewer they are.
 */
int store_build_losses(struct store_build *, struct store_losses *,
    struct why *);

/**
 * store_build_switch(build, notes, why):
 * Carry over the rest, sort the indexes, and put the generation in force,
 * atomically.  ${notes}[search] gives digest, good and cookie for the new
 * searches; the rest is counted.  A search whose bit is in ${drop} ends up
 * empty and not loaded.  The build is gone afterwards, also with -1 (then
 * the old generation stays in force).
 */
int store_build_switch(struct store_build *,
    const struct store_search[SEARCHES], unsigned drop, struct why *);

/** store_build_cancel(build): forget it.  NULL is allowed. */
void store_build_cancel(struct store_build *);

/* ---- writing: increments and notes ------------------------------------ */

struct store_change;

/**
 * store_change_begin(store, change, why) ... store_change_commit:
 * One transaction on the generation in force.  put replaces the entry of that
 * key (one that is the same already is left alone), delete removes it if it is
 * there.  commit and cancel end the change; after an error of the store's
 * (its limits, the disk, memory) commit refuses.  One change at a time, and
 * none beside a build.
 */
int store_change_begin(struct store *, struct store_change **, struct why *);
int store_change_put(struct store_change *, enum search, const void *, size_t,
    const struct record *, struct why *);
int store_change_delete(struct store_change *, enum search, const void *,
    size_t, struct why *);

/**
 * store_change_sweep(change, search, keep, ctx, why):
 * Remove every entry of ${search} for whose key ${keep} says false.
 */
int store_change_sweep(struct store_change *, enum search,
    bool (*)(void *ctx, const void *key, size_t), void *, struct why *);

/**
 * store_change_removes(change, search, kind, had, removes):
 * How many entries of that kind ${search} had when the change began, and how
 * many of them delete and sweep have taken out so far (one that is put again
 * after that counts too).
 */
void store_change_removes(const struct store_change *, enum search, enum kind,
    uint64_t *, uint64_t *);

/**
 * store_change_size(change, put, deleted):
 * How many entries it has put (new ones and other ones than before), and how
 * many it has deleted.
 */
void store_change_size(const struct store_change *, uint64_t *, uint64_t *);

/** store_change_cookie(change, search, cookie): where it stands now. */
int store_change_cookie(struct store_change *, enum search,
    const struct cookie *, struct why *);

/** store_change_good(change, search, now): the source agrees as of now. */
int store_change_good(struct store_change *, enum search,
    const struct clock_reading *, struct why *);

/** store_change_held_back(change, search, removes, of): of == 0: no more. */
int store_change_held_back(struct store_change *, enum search, uint64_t,
    uint64_t, struct why *);

int store_change_commit(struct store_change *, struct why *);
void store_change_cancel(struct store_change *);

#endif /* !STORE_H */
