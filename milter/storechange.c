#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "replica.h"
#include "store.h"

struct store_change {
	struct store *store;
	MDB_txn *txn;
	struct layout_meta meta;	/* written at the end */
	const struct replica_slot *slot;
	struct arena scratch;
	uint64_t first_new;	/* records from this number on are new ones */
	uint64_t next;		/* number of the next one */
	uint64_t had[SEARCHES][KINDS];
	uint64_t removes[SEARCHES][KINDS];	/* of those */
	uint64_t put, deleted;
	bool failed;
};

static const char writing[] = "cannot write";

static void
change_free(struct store_change *change)
{

	if (change->txn != NULL)
		mdb_txn_abort(change->txn);
	arena_free(&change->scratch);
	change->store->changing = false;
	free(change);
}

/* From here on only cancel makes sense. */
static int
change_fail(struct store_change *change, int code, struct why *why)
{

	change->failed = true;
	return (replica_fail(change->store, code, writing, why));
}

/* One above the largest number in use. */
static int
number_next(const struct store_change *change, uint64_t *number)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	int code;

	if ((code = mdb_cursor_open(change->txn, change->slot->records,
	    &cursor)) != 0)
		return (code);
	*number = 0;
	code = mdb_cursor_get(cursor, &key, &val, MDB_LAST);
	if (code == 0)
		code = layout_number_get(&key, number);
	mdb_cursor_close(cursor);
	++*number;
	return (code == MDB_NOTFOUND ? 0 : code);
}

static int
change_open(struct store_change *change)
{
	struct store *store = change->store;
	int code, i;

	code = mdb_txn_begin(store->env, NULL, 0, &change->txn);
	if (code != 0) {
		change->txn = NULL;
		return (code);
	}
	if ((code = replica_meta_get(store, change->txn, &change->meta)) != 0)
		return (code);
	change->slot = &store->slots[change->meta.slot];
	for (i = 0; i < SEARCHES; i++)
		memcpy(change->had[i], change->meta.searches[i].entries,
		    sizeof(change->had[i]));
	code = number_next(change, &change->next);
	change->first_new = change->next;
	return (code);
}

int
store_change_begin(struct store *store, struct store_change **out,
    struct why *why)
{
	struct store_change *change;
	int code;

	/* Its batch may be open: LMDB would wait for this thread for ever. */
	if (store->building)
		return (why_set(why, "a generation is being built"));
	if (store->changing)
		return (why_set(why, "the policy is being changed already"));
	if ((change = calloc(1, sizeof(*change))) == NULL)
		return (why_set(why, "memory is short"));
	change->store = store;
	store->changing = true;
	arena_init(&change->scratch);
	if ((code = change_open(change)) != 0) {
		change_free(change);
		return (replica_fail(store, code, writing, why));
	}
	*out = change;
	return (0);
}

void
store_change_cancel(struct store_change *change)
{

	if (change != NULL)
		change_free(change);
}

int
store_change_commit(struct store_change *change, struct why *why)
{
	struct store *store = change->store;
	MDB_txn *txn = change->txn;
	int code;

	if (change->failed) {
		change_free(change);
		return (why_set(why, "this change has failed before"));
	}
	code = replica_meta_put(store, txn, &change->meta);
	if (code == 0) {
		change->txn = NULL;
		code = mdb_txn_commit(txn);
	}
	change_free(change);
	return (code == 0 ? 0 : replica_fail(store, code, writing, why));
}

/* ---- entries ----------------------------------------------------------- */

/* One record's way into the index, or out of it. */
struct posting {
	struct store_change *change;
	uint64_t number;
	bool add;
	int code;
};

static int
posting_term(void *ctx, uint64_t hash, const struct cidr *net)
{
	struct posting *p = ctx;
	struct layout_number hash_buffer, number_buffer;
	MDB_val key = layout_number(hash, &hash_buffer);
	MDB_val val = layout_number(p->number, &number_buffer);
	MDB_txn *txn = p->change->txn;
	MDB_dbi dbi = p->change->slot->index;

	p->code = p->add ? mdb_put(txn, dbi, &key, &val, MDB_NODUPDATA) :
	    mdb_del(txn, dbi, &key, &val);
	/* Two terms of a record may have one hash. */
	if (p->code == (p->add ? MDB_KEYEXIST : MDB_NOTFOUND))
		p->code = 0;
	if (p->code == 0 && p->add && net != NULL)
		layout_prefix_add(
		    &p->change->meta.prefixes[p->change->meta.slot], net);
	return (p->code == 0 ? 0 : -1);
}

static int
posting_all(struct posting *p, const struct layout_entry *e,
    const struct record *record)
{
	uint64_t hash;

	if ((p->code = layout_key_hash(e, &p->change->scratch, &hash)) != 0)
		return (p->code);
	if (posting_term(p, hash, NULL) == -1 ||
	    record_terms(record, posting_term, p) == -1)
		return (p->code != 0 ? p->code : ENOMEM);
	return (0);
}

static bool
same_key(const struct layout_entry *x, const struct layout_entry *y)
{

	return (x->search == y->search && x->key_len == y->key_len &&
	    memcmp(x->key, y->key, x->key_len) == 0);
}

/* The number and the entry in force that has the key of ${wanted}. */
static int
entry_find(struct store_change *change, const struct layout_entry *wanted,
    uint64_t *number, struct layout_entry *entry)
{
	struct layout_number buffer;
	MDB_val key, val;
	MDB_cursor *cursor;
	uint64_t hash;
	int code;

	if ((code = layout_key_hash(wanted, &change->scratch, &hash)) != 0 ||
	    (code = mdb_cursor_open(change->txn, change->slot->index,
	    &cursor)) != 0)
		return (code);
	key = layout_number(hash, &buffer);
	code = mdb_cursor_get(cursor, &key, &val, MDB_SET_KEY);
	while (code == 0) {
		if ((code = layout_number_get(&val, number)) != 0 ||
		    (code = replica_entry_get(change->txn, change->slot,
		    *number, entry)) != 0) {
			code = code == MDB_NOTFOUND ? MDB_CORRUPTED : code;
			break;
		}
		if (same_key(wanted, entry))
			break;
		code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT_DUP);
	}
	mdb_cursor_close(cursor);
	return (code);
}

/*
 * The entry's bytes lie in a page that the first change to the databases may
 * move: they are copied before.
 */
static int
entry_copy(struct store_change *change, struct layout_entry *e)
{
	size_t size = layout_entry_size(e);
	MDB_val val = { size, arena_alloc(&change->scratch, size) };

	if (val.mv_data == NULL)
		return (ENOMEM);
	layout_entry_write(e, val.mv_data);
	return (layout_entry_read(&val, e));
}

/* Into the index, and into the notes. */
static int
entry_in(struct store_change *change, const struct layout_entry *e,
    const struct record *record, uint64_t number)
{
	struct posting p = { .change = change, .number = number, .add = true };
	struct store_search *s = &change->meta.searches[e->search];

	s->entries[e->kind]++;
	s->unusable += e->unusable;
	return (posting_all(&p, e, record));
}

/* Out of both; ${e} may still point into LMDB. */
static int
entry_out(struct store_change *change, struct layout_entry *e,
    uint64_t number)
{
	struct posting p = { .change = change, .number = number };
	struct store_search *s = &change->meta.searches[e->search];
	struct record record;
	int code;

	if ((code = entry_copy(change, e)) != 0)
		return (code);
	if (s->entries[e->kind] == 0 || s->unusable < e->unusable ||
	    record_read(e->bytes, e->len, &change->scratch, &record) == -1)
		return (MDB_CORRUPTED);
	s->entries[e->kind]--;
	s->unusable -= e->unusable;
	return (posting_all(&p, e, &record));
}

static int
entry_remove(struct store_change *change, struct layout_entry *e,
    uint64_t number)
{
	struct layout_number buffer;
	MDB_val key = layout_number(number, &buffer);
	int code;

	if ((code = entry_out(change, e, number)) != 0)
		return (code);
	if (number < change->first_new)
		change->removes[e->search][e->kind]++;
	return (mdb_del(change->txn, change->slot->records, &key, NULL));
}

static int
entry_store(struct store_change *change, const struct layout_entry *e,
    const struct record *record, uint64_t number)
{
	struct layout_number buffer;
	MDB_val key = layout_number(number, &buffer);
	MDB_val val = { layout_entry_size(e), NULL };
	int code;

	if ((code = mdb_put(change->txn, change->slot->records, &key, &val,
	    MDB_RESERVE)) != 0)
		return (code);
	layout_entry_write(e, val.mv_data);
	change->put++;
	return (entry_in(change, e, record, number));
}

static bool
same_content(const struct layout_entry *x, const struct layout_entry *y)
{

	return (x->unusable == y->unusable && x->len == y->len &&
	    memcmp(x->bytes, y->bytes, x->len) == 0);
}

/* What is replaced keeps its number, so that it does not count as gone. */
static int
entry_replace(struct store_change *change, const struct layout_entry *e,
    const struct record *record, uint64_t number, struct layout_entry *old)
{
	int code;

	if (e->kind != old->kind) {
		code = entry_remove(change, old, number);
		number = change->next++;
	} else if (same_content(e, old)) {
		return (0);
	} else {
		code = entry_out(change, old, number);
	}
	return (code != 0 ? code : entry_store(change, e, record, number));
}

static int
entry_put(struct store_change *change, const struct layout_entry *e,
    const struct record *record)
{
	struct layout_entry old;
	uint64_t number;
	int code;

	if ((code = entry_find(change, e, &number, &old)) == 0)
		return (entry_replace(change, e, record, number, &old));
	if (code != MDB_NOTFOUND)
		return (code);
	return (entry_store(change, e, record, change->next++));
}

/* Every entry that has the key of ${wanted}: overrides may have one of each
 * kind. */
static int
entry_delete(struct store_change *change, const struct layout_entry *wanted)
{
	struct layout_entry e;
	uint64_t number;
	int code;

	while ((code = entry_find(change, wanted, &number, &e)) == 0) {
		if ((code = entry_remove(change, &e, number)) != 0)
			return (code);
		change->deleted++;
	}
	return (code == MDB_NOTFOUND ? 0 : code);
}

static int
change_allowed(const struct store_change *change, enum search search,
    struct why *why)
{

	if (change->meta.searches[search].loaded)
		return (0);
	return (why_set(why, "the %s were never read completely",
	    search_name(search)));
}

int
store_change_put(struct store_change *change, enum search search,
    const void *key, size_t key_len, const struct record *record,
    struct why *why)
{
	struct layout_entry e = { .search = search, .kind = record->kind,
	    .unusable = record->unusable, .key = key, .key_len = key_len };
	int code;

	if (change_allowed(change, search, why) == -1)
		return (-1);
	arena_reset(&change->scratch);
	if (record_write(record, &change->scratch, &e.bytes, &e.len) == -1)
		return (change_fail(change, ENOMEM, why));
	if ((code = entry_put(change, &e, record)) != 0)
		return (change_fail(change, code, why));
	return (0);
}

int
store_change_delete(struct store_change *change, enum search search,
    const void *key, size_t key_len, struct why *why)
{
	struct layout_entry e = { .search = search, .key = key,
	    .key_len = key_len };
	int code;

	if (change_allowed(change, search, why) == -1)
		return (-1);
	arena_reset(&change->scratch);
	if ((code = entry_delete(change, &e)) != 0)
		return (change_fail(change, code, why));
	return (0);
}

/* ---- sweeping ---------------------------------------------------------- */

struct sweep {
	enum search search;
	bool (*keep)(void *, const void *, size_t);
	void *ctx;
	uint64_t number;	/* of the last one that was looked at */
};

/* Find the next entry that has to go. */
static int
sweep_find(struct sweep *sweep, MDB_cursor *cursor, struct layout_entry *e)
{
	struct layout_number buffer;
	MDB_val key = layout_number(sweep->number + 1, &buffer), val;
	int code = mdb_cursor_get(cursor, &key, &val, MDB_SET_RANGE);

	for (; code == 0; code = mdb_cursor_get(cursor, &key, &val,
	    MDB_NEXT)) {
		if ((code = layout_number_get(&key, &sweep->number)) != 0 ||
		    (code = layout_entry_read(&val, e)) != 0)
			break;
		if (e->search == sweep->search &&
		    !sweep->keep(sweep->ctx, e->key, e->key_len))
			break;
	}
	return (code);
}

/* A cursor is not kept over a removal, which may move what it stands on. */
static int
sweep_next(struct store_change *change, struct sweep *sweep)
{
	struct layout_entry e;
	MDB_cursor *cursor;
	int code;

	if ((code = mdb_cursor_open(change->txn, change->slot->records,
	    &cursor)) != 0)
		return (code);
	code = sweep_find(sweep, cursor, &e);
	mdb_cursor_close(cursor);
	if (code != 0)
		return (code);
	arena_reset(&change->scratch);
	change->deleted++;
	return (entry_remove(change, &e, sweep->number));
}

int
store_change_sweep(struct store_change *change, enum search search,
    bool (*keep)(void *, const void *, size_t), void *ctx, struct why *why)
{
	struct sweep sweep = { search, keep, ctx, 0 };
	int code;

	if (change_allowed(change, search, why) == -1)
		return (-1);
	do
		code = sweep_next(change, &sweep);
	while (code == 0);
	return (code == MDB_NOTFOUND ? 0 : change_fail(change, code, why));
}

/* ---- what it comes to -------------------------------------------------- */

void
store_change_removes(const struct store_change *change, enum search search,
    enum kind kind, uint64_t *had, uint64_t *removes)
{

	*had = change->had[search][kind];
	*removes = change->removes[search][kind];
}

void
store_change_size(const struct store_change *change, uint64_t *put,
    uint64_t *deleted)
{

	*put = change->put;
	*deleted = change->deleted;
}

/* ---- notes ------------------------------------------------------------- */

int
store_change_cookie(struct store_change *change, enum search search,
    const struct cookie *cookie, struct why *why)
{
	int code;

	if (change_allowed(change, search, why) == -1)
		return (-1);
	if ((code = replica_cookie_put(change->store, change->txn, search,
	    cookie)) != 0)
		return (change_fail(change, code, why));
	change->meta.searches[search].cookie = *cookie;
	return (0);
}

int
store_change_good(struct store_change *change, enum search search,
    const struct clock_reading *now, struct why *why)
{

	if (change_allowed(change, search, why) == -1)
		return (-1);
	change->meta.searches[search].good = *now;
	return (0);
}

int
store_change_held_back(struct store_change *change, enum search search,
    uint64_t removes, uint64_t of, struct why *why)
{
	struct store_search *s = &change->meta.searches[search];

	if (change_allowed(change, search, why) == -1)
		return (-1);
	s->held_back = of != 0;
	s->held_back_removes = of == 0 ? 0 : removes;
	s->held_back_of = of;
	return (0);
}
