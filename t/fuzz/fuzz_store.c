#include "policy.h"
#include "policystore.h"
#include "replica.h"

/*
 * Damage to a small store: each piece of the input breaks one row of one of its
 * databases.  Whatever is read then, nobody crashes, a stranger is never let
 * through, and what cannot be read is "later", never "not there".
 */

int LLVMFuzzerInitialize(int *, char ***);

enum { ROWS = 256, DATABASES = 3 };

struct row {
	MDB_dbi db;
	MDB_val key, value;
};

static const struct config *config;
static struct store *store;
static struct row rows[ROWS];
static size_t nrows;

/* ---- the store as it was ------------------------------------------------- */

static MDB_val
copy_of(const MDB_val *v)
{
	MDB_val copy = { v->mv_size, must_alloc(v->mv_size) };

	memcpy(copy.mv_data, v->mv_data, v->mv_size);
	return (copy);
}

static void
remember(MDB_txn *txn, MDB_dbi db)
{
	MDB_val key, value;
	MDB_cursor *c;

	must(mdb_cursor_open(txn, db, &c) == 0);
	while (mdb_cursor_get(c, &key, &value, MDB_NEXT) == 0) {
		must(nrows < ROWS);
		rows[nrows++] = (struct row){ db, copy_of(&key),
		    copy_of(&value) };
	}
	mdb_cursor_close(c);
}

static MDB_txn *
begin(void)
{
	MDB_txn *txn;

	must(mdb_txn_begin(store->env, NULL, 0, &txn) == 0);
	return (txn);
}

static void
restore(void)
{
	MDB_txn *txn = begin();
	MDB_val key, value;
	size_t i;

	must(mdb_drop(txn, store->meta, 0) == 0);
	for (i = 0; i < LAYOUT_SLOTS; i++) {
		must(mdb_drop(txn, store->slots[i].records, 0) == 0);
		must(mdb_drop(txn, store->slots[i].index, 0) == 0);
	}
	for (i = 0; i < nrows; i++) {
		key = rows[i].key;
		value = rows[i].value;
		must(mdb_put(txn, rows[i].db, &key, &value, 0) == 0);
	}
	must(mdb_txn_commit(txn) == 0);
}

/* Rows of the slot that is in force; its number is in the notes. */
static void
remember_all(void)
{
	struct layout_meta meta;
	MDB_txn *txn = begin();

	must(replica_meta_get(store, txn, &meta) == 0);
	remember(txn, store->meta);
	remember(txn, store->slots[meta.slot].records);
	remember(txn, store->slots[meta.slot].index);
	mdb_txn_abort(txn);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{

	(void)argc;
	(void)argv;
	policystore_folder();
	config = policystore_config();
	store = policystore_fill(config);
	must(mdb_env_set_flags(store->env, MDB_NOSYNC, 1) == 0);
	remember_all();
	return (0);
}

/* ---- damage -------------------------------------------------------------- */

/* LMDB trusts whoever says that all values of a database are of one size. */
static bool
is_index(const struct row *row)
{

	return (row->db == store->slots[0].index ||
	    row->db == store->slots[1].index);
}

static int
put_row(MDB_txn *txn, const struct row *row, MDB_val *value)
{
	MDB_val key = row->key, old = row->value;
	int code;

	/* One of several under a key gives way to the new one. */
	code = mdb_del(txn, row->db, &key, &old);
	if (code != 0 && code != MDB_NOTFOUND)
		return (code);
	key = row->key;
	return (value == NULL ? 0 : mdb_put(txn, row->db, &key, value, 0));
}

static void
patch(MDB_txn *txn, const struct row *row, struct input *in)
{
	MDB_val value = copy_of(&row->value);
	size_t at = input_number(in, 2) % value.mv_size;

	((unsigned char *)value.mv_data)[at] ^= (unsigned char)input_byte(in);
	put_row(txn, row, &value);
	free(value.mv_data);
}

static void
replace(MDB_txn *txn, const struct row *row, struct input *in)
{
	size_t len = is_index(row) ? LAYOUT_NUMBER : input_byte(in);
	MDB_val value;

	value.mv_data = (void *)(uintptr_t)input_bytes(in, &len);
	value.mv_size = len;
	if (!is_index(row) || len == LAYOUT_NUMBER)
		put_row(txn, row, &value);
}

/* A record, or the notes, cut short: that is noticed. */
static void
cut(MDB_txn *txn, const struct row *row, struct input *in)
{
	MDB_val value = row->value;

	value.mv_size = input_number(in, 2) % value.mv_size;
	if (!is_index(row))
		put_row(txn, row, &value);
}

/* True if all the damage is such as must be noticed. */
static bool
break_rows(struct input *in)
{
	MDB_txn *txn = begin();
	const struct row *row;
	bool only_cut = true;

	while (in->len > 0) {
		row = &rows[input_byte(in) % nrows];
		switch (input_below(in, 4)) {
		case 0:
			patch(txn, row, in);
			only_cut = false;
			break;
		case 1:
			replace(txn, row, in);
			only_cut = false;
			break;
		case 2:
			put_row(txn, row, NULL);
			only_cut = false;
			break;
		case 3:
			cut(txn, row, in);
			break;
		}
	}
	must(mdb_txn_commit(txn) == 0);
	return (only_cut);
}

/* ---- questions ----------------------------------------------------------- */

static struct clock_reading
now(void)
{
	struct clock_reading r;

	clock_read(&r);
	return (r);
}

static enum verdict_word
ask(const struct store_view *view, const char *client, const char *login,
    const char *from, const char *to)
{
	struct question q = { .client = { .kind = CLIENT_IP, .port = 4000 },
	    .login = login, .login_usable = true, .sender = from,
	    .recipient = { .arg = to, .mailer = "smtp" } };
	struct verdict verdict;
	struct arena arena;

	must(cidr_ip_parse(client, strlen(client), &q.client.ip) == 0);
	arena_init(&arena);
	policy_decide(&config->policy, store_view_policy(view), now().utc, &q,
	    &arena, &verdict, NULL);
	must(verdict.rule != NULL && verdict.match != NULL);
	arena_free(&arena);
	return (verdict.word);
}

static bool
refused(enum verdict_word word)
{

	return (word == VERDICT_REJECT || word == VERDICT_TEMPFAIL);
}

static void
strangers_stay_out(const struct store_view *view)
{

	must(refused(ask(view, "203.0.113.9", NULL, "<joe@example.com>",
	    "<x@evil.example>")));
	must(refused(ask(view, "2001:db8::9", "", "<>",
	    "<x@evil.example>")));
	must(refused(ask(view, "203.0.113.9", "nobody", "<>",
	    "<x@evil.example>")));
}

/* What is cut is put off, and not refused for good nor let through. */
static void
friends_are_put_off(const struct store_view *view)
{
	enum verdict_word word;

	word = ask(view, "203.0.113.9", NULL, "<>", "<a@example.org>");
	must(word == VERDICT_PASS || word == VERDICT_TEMPFAIL);
	word = ask(view, "203.0.113.9", "joe", "<joe@example.com>",
	    "<a@example.net>");
	must(word == VERDICT_PERMIT || word == VERDICT_TEMPFAIL);
	word = ask(view, "192.0.2.7", NULL, "<a@example.net>",
	    "<a@example.net>");
	must(word == VERDICT_PERMIT || word == VERDICT_TEMPFAIL);
	word = ask(view, "2001:db8:bad::1", NULL, "<a@example.net>",
	    "<a@example.net>");
	must(refused(word));
	must(refused(ask(view, "192.0.2.7", "zoe", "<zoe@example.com>",
	    "<a@example.net>")));
}

static int
see(void *ctx, const struct record *record)
{
	unsigned *n = ctx;

	must(record_dn(record) != NULL);
	(*n)++;
	return (0);
}

static void
look_at_all(const struct store_view *view)
{
	struct store_search info;
	unsigned n = 0;
	int i;

	for (i = 0; i < SEARCHES; i++) {
		(void)store_each(view, (enum search)i, see, &n);
		if (store_info(view, (enum search)i, &info) == 0)
			must(info.cookie.len <= COOKIE_MAX);
	}
	must(n <= nrows);
	(void)store_generation(view);
}

static void
read_it(bool only_cut)
{
	const struct clock_reading when = now();
	struct store_view *view;

	view = store_view_begin(store, config->configured, &when);
	must(view != NULL);
	strangers_stay_out(view);
	if (only_cut)
		friends_are_put_off(view);
	look_at_all(view);
	store_view_end(view);
}

/* ---- the feed meets it --------------------------------------------------- */

static bool
keep_none(void *ctx, const void *key, size_t len)
{

	(void)ctx;
	(void)key;
	return (len == 0);
}

/* Each step may fail, with a reason. */
static int
change_all(struct store_change *change, struct why *why)
{
	static const char dn[] = "uid=joe,ou=people,dc=example,dc=com";
	const struct record record = { .kind = KIND_ACCOUNT,
	    .u.account = { .dn = dn, .enabled = true, .vouches = true } };

	if (store_change_put(change, SEARCH_ACCOUNTS, dn, strlen(dn),
	    &record, why) == 0 &&
	    store_change_delete(change, SEARCH_DOMAINS, "x", 1, why) == 0 &&
	    store_change_sweep(change, SEARCH_GROUPS, keep_none, NULL,
	    why) == 0)
		return (store_change_commit(change, why));
	store_change_cancel(change);
	return (-1);
}

static void
change_it(void)
{
	struct store_change *change;
	struct why why = { "" };

	if (store_change_begin(store, &change, &why) == -1 ||
	    change_all(change, &why) == -1)
		must(why.text[0] != '\0');
}

static void
build_it(void)
{
	struct store_search notes[SEARCHES];
	struct store_losses losses;
	struct store_build *build;
	struct why why = { "" };

	memset(notes, 0, sizeof(notes));
	notes[SEARCH_NETWORKS].good = now();
	if (store_build_begin(store, 1U << SEARCH_NETWORKS, &build,
	    &why) == 0) {
		if (store_build_losses(build, &losses, &why) == -1)
			store_build_cancel(build);
		else if (store_build_switch(build, notes, 0, &why) == 0)
			return;
	}
	must(why.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	const unsigned feed = input_below(&in, 3);

	read_it(break_rows(&in));
	if (feed == 1)
		change_it();
	else if (feed == 2)
		build_it();
	if (feed > 0)
		read_it(false);
	restore();
	input_end(&in);
	return (0);
}
