#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "replica.h"
#include "sorter.h"
#include "store.h"

/* One transaction of a build: its dirty pages lie in memory. */
enum {
	BATCH_ENTRIES = 10 * 1000,
	BATCH_BYTES = 8 * 1024 * 1024,
	BATCH_PAIRS = 100 * 1000,
	PROGRESS_EVERY = 1000
};

struct store_build {
	struct store *store;
	unsigned searches;
	unsigned slot;		/* in which it is built */
	struct layout_meta meta;	/* as it was at the beginning */
	MDB_txn *txn;		/* the batch that is open, or NULL */
	size_t batch_entries;
	size_t batch_bytes;
	uint64_t next;		/* number of the next record */
	struct sorter *index;	/* hash of a term, number */
	struct sorter *keys;	/* hash of a key, search and kind */
	struct layout_prefixes prefixes;
	struct tally tallies[SEARCHES];
	uint64_t unusable[SEARCHES];
	bool failed;
	struct arena scratch;	/* for one record */
	int (*progress)(void *, struct why *);
	void *progress_ctx;
	unsigned since;		/* the last progress */
};

static const char writing[] = "cannot write";

static void
build_free(struct store_build *build)
{

	if (build->txn != NULL)
		mdb_txn_abort(build->txn);
	sorter_free(build->index);
	sorter_free(build->keys);
	arena_free(&build->scratch);
	build->store->building = false;
	free(build);
}

/* From here on only cancel makes sense. */
static int
build_fail(struct store_build *build, int code, struct why *why)
{

	build->failed = true;
	return (replica_fail(build->store, code, writing, why));
}

void
store_build_progress(struct store_build *build,
    int (*progress)(void *, struct why *), void *ctx)
{

	build->progress = progress;
	build->progress_ctx = ctx;
}

static int
build_progress(struct store_build *build, struct why *why)
{

	build->since = 0;
	if (build->progress == NULL)
		return (0);
	return (build->progress(build->progress_ctx, why));
}

static int
build_step(struct store_build *build, struct why *why)
{

	return (++build->since < PROGRESS_EVERY ? 0 :
	    build_progress(build, why));
}

/* ---- batches ----------------------------------------------------------- */

static int
batch_begin(struct store_build *build, struct why *why)
{
	int code;

	if (build->txn != NULL)
		return (0);
	build->batch_entries = 0;
	build->batch_bytes = 0;
	code = mdb_txn_begin(build->store->env, NULL, 0, &build->txn);
	if (code != 0)
		build->txn = NULL;
	return (code == 0 ? 0 : build_fail(build, code, why));
}

static int
batch_commit(struct store_build *build, struct why *why)
{
	MDB_txn *txn = build->txn;
	int code;

	if (txn == NULL)
		return (0);
	build->txn = NULL;
	code = mdb_txn_commit(txn);
	return (code == 0 ? 0 : build_fail(build, code, why));
}

static int
batch_end(struct store_build *build, struct why *why)
{

	if (batch_commit(build, why) == -1)
		return (-1);
	return (build_progress(build, why));
}

/* The other slot may hold an older generation, or half of one that somebody
 * was killed over. */
static int
slot_empty(struct store_build *build, struct why *why)
{
	const struct replica_slot *slot;
	int code;

	if (batch_begin(build, why) == -1)
		return (-1);
	if ((code = replica_meta_get(build->store, build->txn,
	    &build->meta)) != 0)
		return (build_fail(build, code, why));
	build->slot = 1 - build->meta.slot;
	slot = &build->store->slots[build->slot];
	if ((code = mdb_drop(build->txn, slot->records, 0)) != 0 ||
	    (code = mdb_drop(build->txn, slot->index, 0)) != 0)
		return (build_fail(build, code, why));
	return (batch_end(build, why));
}

int
store_build_begin(struct store *store, unsigned searches,
    struct store_build **out, struct why *why)
{
	struct store_build *build;

	if (store->building)
		return (why_set(why, "a generation is being built already"));
	/* Its transaction is open: LMDB would wait for this thread for ever. */
	if (store->changing)
		return (why_set(why, "the policy is being changed"));
	if ((build = calloc(1, sizeof(*build))) == NULL)
		return (why_set(why, "memory is short"));
	build->store = store;
	build->searches = searches;
	build->next = 1;
	store->building = true;
	arena_init(&build->scratch);
	build->index = sorter_new();
	build->keys = sorter_new();
	if (build->index == NULL || build->keys == NULL) {
		build_free(build);
		return (why_set(why, "memory is short"));
	}
	if (slot_empty(build, why) == -1) {
		build_free(build);
		return (-1);
	}
	*out = build;
	return (0);
}

void
store_build_cancel(struct store_build *build)
{

	if (build != NULL)
		build_free(build);
}

/* ---- entries ----------------------------------------------------------- */

static int
term_add(void *ctx, uint64_t hash, const struct cidr *net)
{
	struct store_build *build = ctx;

	if (net != NULL)
		layout_prefix_add(&build->prefixes, net);
	return (sorter_add(build->index, hash, build->next));
}

static uint64_t
key_class(const struct layout_entry *e)
{

	return ((uint64_t)e->search * KINDS + e->kind);
}

static int
entry_index(struct store_build *build, const struct layout_entry *e,
    const struct record *record)
{
	uint64_t hash;

	if (layout_key_hash(e, &build->scratch, &hash) != 0)
		return (ENOMEM);
	if (sorter_add(build->keys, hash, key_class(e)) == -1 ||
	    sorter_add(build->index, hash, build->next) == -1 ||
	    record_terms(record, term_add, build) == -1)
		return (ENOMEM);
	return (0);
}

static int
entry_append(struct store_build *build, const struct layout_entry *e)
{
	struct layout_number buffer;
	MDB_val key = layout_number(build->next, &buffer);
	MDB_val val = { layout_entry_size(e), NULL };
	int code;

	code = mdb_put(build->txn, build->store->slots[build->slot].records,
	    &key, &val, MDB_APPEND | MDB_RESERVE);
	if (code == 0)
		layout_entry_write(e, val.mv_data);
	return (code);
}

static int
build_add(struct store_build *build, const struct layout_entry *e,
    const struct record *record, struct why *why)
{
	int code;

	if (batch_begin(build, why) == -1)
		return (-1);
	if ((code = entry_append(build, e)) != 0 ||
	    (code = entry_index(build, e, record)) != 0)
		return (build_fail(build, code, why));
	build->next++;
	tally_add(&build->tallies[e->search], record);
	build->unusable[e->search] += e->unusable;
	build->batch_bytes += layout_entry_size(e);
	if (++build->batch_entries >= BATCH_ENTRIES ||
	    build->batch_bytes >= BATCH_BYTES)
		return (batch_end(build, why));
	return (build_step(build, why));
}

int
store_build_put(struct store_build *build, enum search search,
    const void *key, size_t key_len, const struct record *record,
    struct why *why)
{
	struct layout_entry e = { .search = search, .kind = record->kind,
	    .unusable = record->unusable, .key = key, .key_len = key_len };

	if (build->failed || (build->searches >> search & 1) == 0)
		return (why_set(why, "this build takes no such entries"));
	arena_reset(&build->scratch);
	if (record_write(record, &build->scratch, &e.bytes, &e.len) == -1)
		return (build_fail(build, ENOMEM, why));
	return (build_add(build, &e, record, why));
}

/* ---- what is in force already ------------------------------------------ */

/*
 * Call ${each} with all entries in force.  A read transaction beside the
 * batches: it sees the same moment all the time.
 */
static int
in_force_each(struct store_build *build,
    int (*each)(struct store_build *, const struct layout_entry *, void *,
    struct why *), void *ctx, struct why *why)
{
	struct layout_entry e;
	MDB_cursor *cursor;
	MDB_val key, val;
	MDB_txn *txn;
	int code, result = 0;

	if ((code = mdb_txn_begin(build->store->env, NULL, MDB_RDONLY,
	    &txn)) != 0)
		return (build_fail(build, code, why));
	if ((code = mdb_cursor_open(txn, build->store->slots[
	    build->meta.slot].records, &cursor)) != 0) {
		mdb_txn_abort(txn);
		return (build_fail(build, code, why));
	}
	while (result == 0 && (code = mdb_cursor_get(cursor, &key, &val,
	    MDB_NEXT)) == 0 && (code = layout_entry_read(&val, &e)) == 0)
		if ((result = each(build, &e, ctx, why)) == 0)
			result = build_step(build, why);
	mdb_cursor_close(cursor);
	mdb_txn_abort(txn);
	if (result == 0 && code != MDB_NOTFOUND)
		return (build_fail(build, code, why));
	return (result);
}

struct before {
	struct sorter *keys;	/* of the entries in force */
	struct tally *had;	/* by search */
};

static int
before_note(struct store_build *build, const struct layout_entry *e,
    void *ctx, struct why *why)
{
	struct before *before = ctx;
	struct record record;
	uint64_t hash;

	if ((build->searches >> e->search & 1) == 0)
		return (0);
	arena_reset(&build->scratch);
	if (layout_key_hash(e, &build->scratch, &hash) != 0 ||
	    sorter_add(before->keys, hash, key_class(e)) == -1)
		return (build_fail(build, ENOMEM, why));
	if (record_read(e->bytes, e->len, &build->scratch, &record) == -1)
		return (build_fail(build, MDB_CORRUPTED, why));
	tally_add(&before->had[e->search], &record);
	return (0);
}

/* Which of ${old} are not among ${new}. */
static void
keys_missing(struct sorter *old, struct sorter *new,
    struct tally missing[SEARCHES])
{
	struct sorter_pair o, n;
	bool more;

	sorter_begin(old);
	sorter_begin(new);
	more = sorter_next(new, &n);
	while (sorter_next(old, &o)) {
		while (more && (n.a < o.a || (n.a == o.a && n.b < o.b)))
			more = sorter_next(new, &n);
		if (!more || n.a != o.a || n.b != o.b)
			missing[o.b / KINDS].n[o.b % KINDS]++;
	}
}

static void
values_missing(const struct tally *had, const struct tally *has,
    struct tally *missing)
{
	int i;

	for (i = KINDS; i < TALLY_ITEMS; i++)
		if (had->n[i] > has->n[i])
			missing->n[i] = had->n[i] - has->n[i];
}

int
store_build_losses(struct store_build *build, struct store_losses *losses,
    struct why *why)
{
	struct before before = { .had = losses->had };
	int i;

	memset(losses, 0, sizeof(*losses));
	if ((before.keys = sorter_new()) == NULL)
		return (build_fail(build, ENOMEM, why));
	if (in_force_each(build, before_note, &before, why) == -1) {
		sorter_free(before.keys);
		return (-1);
	}
	keys_missing(before.keys, build->keys, losses->removes);
	sorter_free(before.keys);
	for (i = 0; i < SEARCHES; i++)
		values_missing(&losses->had[i], &build->tallies[i],
		    &losses->removes[i]);
	return (0);
}

/* ---- the switch -------------------------------------------------------- */

static int
carry_entry(struct store_build *build, const struct layout_entry *e,
    void *ctx, struct why *why)
{
	const unsigned *not_these = ctx;
	struct record record;

	if ((*not_these >> e->search & 1) != 0)
		return (0);
	arena_reset(&build->scratch);
	if (record_read(e->bytes, e->len, &build->scratch, &record) == -1)
		return (build_fail(build, MDB_CORRUPTED, why));
	return (build_add(build, e, &record, why));
}

/* One batch of the index, already sorted; *${more} is false after the last. */
static int
index_batch(struct store_build *build, struct sorter_pair *pair, bool *more)
{
	struct layout_number hash, number;
	MDB_cursor *cursor;
	MDB_val key, val;
	uint64_t last = 0;
	int code, i;

	if ((code = mdb_cursor_open(build->txn,
	    build->store->slots[build->slot].index, &cursor)) != 0)
		return (code);
	if (mdb_cursor_get(cursor, &key, &val, MDB_LAST) == 0)
		code = layout_number_get(&key, &last);
	for (i = 0; code == 0 && *more && i < BATCH_PAIRS; i++) {
		key = layout_number(pair->a, &hash);
		val = layout_number(pair->b, &number);
		code = mdb_cursor_put(cursor, &key, &val,
		    pair->a == last ? MDB_APPENDDUP : MDB_APPEND);
		last = pair->a;
		*more = sorter_next(build->index, pair);
	}
	mdb_cursor_close(cursor);
	return (code);
}

static int
index_write(struct store_build *build, struct why *why)
{
	struct sorter_pair pair;
	bool more;
	int code;

	sorter_begin(build->index);
	more = sorter_next(build->index, &pair);
	while (more) {
		if (batch_begin(build, why) == -1)
			return (-1);
		if ((code = index_batch(build, &pair, &more)) != 0)
			return (build_fail(build, code, why));
		if (batch_end(build, why) == -1)
			return (-1);
	}
	return (0);
}

/* The notes of the new generation. */
static void
meta_next(const struct store_build *build, const struct store_search *notes,
    unsigned drop, struct layout_meta *meta)
{
	struct store_search *s;
	int i;

	meta->generation++;
	meta->slot = build->slot;
	meta->prefixes[build->slot] = build->prefixes;
	for (i = 0; i < SEARCHES; i++) {
		s = &meta->searches[i];
		if ((build->searches >> i & 1) != 0) {
			memset(s, 0, sizeof(*s));
			s->loaded = true;
			s->digest = notes[i].digest;
			s->good = s->complete = notes[i].good;
			s->generation = meta->generation;
			s->cookie = notes[i].cookie;
		} else if ((drop >> i & 1) != 0) {
			memset(s, 0, sizeof(*s));
		}
		memcpy(s->entries, build->tallies[i].n, sizeof(s->entries));
		s->unusable = build->unusable[i];
	}
}

/* Those of the searches that are carried over stay as they are. */
static int
cookies_put(struct store_build *build, unsigned searches,
    const struct layout_meta *meta)
{
	int i, code = 0;

	for (i = 0; i < SEARCHES && code == 0; i++)
		if ((searches >> i & 1) != 0)
			code = replica_cookie_put(build->store, build->txn,
			    (enum search)i, &meta->searches[i].cookie);
	return (code);
}

static int
build_switch(struct store_build *build, const struct store_search *notes,
    unsigned drop, struct why *why)
{
	unsigned not_these = build->searches | drop;
	struct layout_meta meta;
	int code;

	if (build->failed)
		return (why_set(why, "this build has failed before"));
	if (in_force_each(build, carry_entry, &not_these, why) == -1 ||
	    batch_end(build, why) == -1 ||
	    index_write(build, why) == -1 ||
	    batch_begin(build, why) == -1)
		return (-1);
	if ((code = replica_meta_get(build->store, build->txn, &meta)) != 0)
		return (build_fail(build, code, why));
	meta_next(build, notes, drop, &meta);
	if ((code = cookies_put(build, not_these, &meta)) != 0 ||
	    (code = replica_meta_put(build->store, build->txn, &meta)) != 0)
		return (build_fail(build, code, why));
	return (batch_commit(build, why));
}

int
store_build_switch(struct store_build *build,
    const struct store_search notes[SEARCHES], unsigned drop, struct why *why)
{
	int result = build_switch(build, notes, drop, why);

	build_free(build);
	return (result);
}
