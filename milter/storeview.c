#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "replica.h"
#include "store.h"

struct store_view {
	struct policy_view policy;
	const struct store *store;
	MDB_txn *txn;		/* NULL: nothing can be read */
	MDB_cursor *index;	/* of the slot in force */
	struct layout_meta meta;
	struct arena arena;
};

/* ---- one lookup -------------------------------------------------------- */

/* What is looked for, and what was found so far. */
struct lookup {
	struct store_view *view;
	enum term term;
	enum kind kind;
	const char *text;
	const struct record **v;
	size_t n;
	size_t size;
};

/* The index knows hashes only: does the record hold what was asked for? */
static bool
lookup_meant(const struct lookup *l, const struct record *record)
{

	return (record->kind == l->kind &&
	    record_has(record, l->term, l->text) == 1);
}

static int
lookup_keep(struct lookup *l, const struct record *record)
{
	size_t size = l->size == 0 ? 4 : l->size * 2;
	const struct record **v;

	if (l->n == l->size) {
		v = arena_array(&l->view->arena, size, sizeof(*v));
		if (v == NULL)
			return (-1);
		if (l->n > 0)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->size = size;
	}
	l->v[l->n++] = record;
	return (0);
}

/* One record that the index named: an error is never an absence. */
static int
lookup_record(struct lookup *l, const MDB_val *number)
{
	struct store_view *view = l->view;
	struct layout_entry entry;
	struct record *record;
	uint64_t n;

	if (layout_number_get(number, &n) != 0)
		return (-1);
	if (replica_entry_get(view->txn,
	    &view->store->slots[view->meta.slot], n, &entry) != 0)
		return (-1);
	if ((record = arena_alloc(&view->arena, sizeof(*record))) == NULL)
		return (-1);
	if (record_read(entry.bytes, entry.len, &view->arena, record) == -1)
		return (-1);
	return (lookup_meant(l, record) ? lookup_keep(l, record) : 0);
}

static int
record_compare(const void *x, const void *y)
{
	const struct record *const *p = x, *const *q = y;

	return (strcmp(record_dn(*p), record_dn(*q)));
}

static enum found
lookup_run(struct lookup *l, uint64_t hash)
{
	struct layout_number buffer;
	MDB_val key = layout_number(hash, &buffer), number;
	int code;

	if (l->view->txn == NULL)
		return (LATER);
	code = mdb_cursor_get(l->view->index, &key, &number, MDB_SET_KEY);
	for (; code == 0; code = mdb_cursor_get(l->view->index, &key, &number,
	    MDB_NEXT_DUP))
		if (lookup_record(l, &number) == -1)
			return (LATER);
	if (code != MDB_NOTFOUND)
		return (LATER);
	if (l->n == 0)
		return (ABSENT);
	qsort(l->v, l->n, sizeof(*l->v), record_compare);
	return (FOUND);
}

static enum found
lookup_text(struct lookup *l)
{

	return (lookup_run(l, record_hash(l->term, l->text,
	    strlen(l->text))));
}

/* An array for pointers to what was found. */
static void *
lookup_room(const struct lookup *l)
{

	return (arena_array(&l->view->arena, l->n, sizeof(void *)));
}

/*
 * The answer to a lookup as an array of the kind's own type: the same for each
 * kind but for that type.
 */
#define DEFINE_TAKE(kind)						\
static enum found							\
take_##kind(struct lookup *l, enum found found, struct kind##_set *set)	\
{									\
	const struct kind **v;						\
	size_t i;							\
									\
	if (found != FOUND)						\
		return (found);						\
	if ((v = lookup_room(l)) == NULL)				\
		return (LATER);						\
	for (i = 0; i < l->n; i++)					\
		v[i] = &l->v[i]->u.kind;				\
	set->v = v;							\
	set->n = l->n;							\
	return (FOUND);							\
}

DEFINE_TAKE(domain)
DEFINE_TAKE(account)
DEFINE_TAKE(group)
DEFINE_TAKE(deny)
DEFINE_TAKE(network)

/* ---- policy_view ------------------------------------------------------- */

static struct lookup
lookup_of(void *ctx, enum kind kind, enum term term, const char *text)
{

	return ((struct lookup){ .view = ctx, .kind = kind, .term = term,
	    .text = text });
}

static enum found
view_domains(void *ctx, const char *name, struct domain_set *set)
{
	struct lookup l = lookup_of(ctx, KIND_DOMAIN, TERM_DOMAIN, name);

	return (take_domain(&l, lookup_text(&l), set));
}

static enum found
view_accounts_by_login(void *ctx, const char *login, struct account_set *set)
{
	struct lookup l = lookup_of(ctx, KIND_ACCOUNT, TERM_LOGIN, login);

	return (take_account(&l, lookup_text(&l), set));
}

static enum found
view_accounts_by_address(void *ctx, const char *address,
    struct account_set *set)
{
	struct lookup l = lookup_of(ctx, KIND_ACCOUNT, TERM_ADDRESS, address);

	return (take_account(&l, lookup_text(&l), set));
}

static enum found
view_groups_with_dn(void *ctx, const char *dn, struct group_set *set)
{
	struct lookup l = lookup_of(ctx, KIND_GROUP, TERM_MEMBER_DN, dn);

	return (take_group(&l, lookup_text(&l), set));
}

static enum found
view_groups_with_login(void *ctx, const char *login, struct group_set *set)
{
	struct lookup l = lookup_of(ctx, KIND_GROUP, TERM_MEMBER_LOGIN, login);

	return (take_group(&l, lookup_text(&l), set));
}

static enum found
view_groups_by_dn(void *ctx, const char *dn, struct group_set *set)
{
	struct lookup l = lookup_of(ctx, KIND_GROUP, TERM_GROUP_DN, dn);

	return (take_group(&l, lookup_text(&l), set));
}

static enum found
view_denies_by_dn(void *ctx, const char *dn, struct deny_set *set)
{
	struct lookup l = lookup_of(ctx, KIND_DENY, TERM_DENY_DN, dn);

	return (take_deny(&l, lookup_text(&l), set));
}

static enum found
view_denies_by_login(void *ctx, const char *login, struct deny_set *set)
{
	struct lookup l = lookup_of(ctx, KIND_DENY, TERM_DENY_LOGIN, login);

	return (take_deny(&l, lookup_text(&l), set));
}

static enum found
view_prefix(struct store_view *view, const struct cidr *net,
    struct network_set *set)
{
	char text[CIDR_TEXT_MAX];
	struct lookup l = lookup_of(view, KIND_NETWORK, TERM_NETWORK, text);
	enum found found;

	cidr_format(net, text);
	found = lookup_run(&l, record_hash_network(net));
	set->len = net->len;
	return (take_network(&l, found, set));
}

static enum found
view_networks(void *ctx, const struct cidr_ip *ip, unsigned below,
    struct network_set *set)
{
	struct store_view *view = ctx;
	unsigned len = ip->family == 4 ? 33 : 129;
	struct cidr net;
	enum found found;

	if (view->txn == NULL)
		return (LATER);
	for (len = below < len ? below : len; len-- > 0;) {
		if (!layout_prefix_has(
		    &view->meta.prefixes[view->meta.slot], ip->family, len))
			continue;
		net = cidr_of(ip, (uint8_t)len);
		if ((found = view_prefix(view, &net, set)) != ABSENT)
			return (found);
	}
	return (ABSENT);
}

static const struct policy_view lookups = {
	.networks = view_networks,
	.domains = view_domains,
	.accounts_by_login = view_accounts_by_login,
	.accounts_by_address = view_accounts_by_address,
	.groups_with_dn = view_groups_with_dn,
	.groups_with_login = view_groups_with_login,
	.groups_by_dn = view_groups_by_dn,
	.denies_by_dn = view_denies_by_dn,
	.denies_by_login = view_denies_by_login
};

/* ---- begin and end ----------------------------------------------------- */

/* Overrides neither age the policy nor hold it up. */
static void
view_age(struct store_view *view, unsigned configured,
    const struct clock_reading *now)
{
	const struct store_search *s;
	int64_t age;
	int i;

	view->policy.loaded = true;
	view->policy.overrides =
	    view->meta.searches[SEARCH_OVERRIDES].entries[KIND_NETWORK] > 0;
	for (i = 0; i < SEARCHES; i++) {
		s = &view->meta.searches[i];
		if (i == SEARCH_OVERRIDES || (configured >> i & 1) == 0)
			continue;
		if (!s->loaded) {
			view->policy.loaded = false;
			continue;
		}
		age = clock_age(&s->good, now);
		if (age > view->policy.age)
			view->policy.age = age;
	}
}

static int
view_open(struct store_view *view, struct store *store)
{
	int code;

	code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &view->txn);
	if (code != 0) {
		view->txn = NULL;
		return (replica_fail(store, code, "cannot read", NULL));
	}
	if (replica_meta_get(store, view->txn, &view->meta) != 0)
		return (-1);
	if (mdb_cursor_open(view->txn,
	    store->slots[view->meta.slot].index, &view->index) != 0) {
		view->index = NULL;
		return (-1);
	}
	return (0);
}

static void
view_shut(struct store_view *view)
{

	if (view->index != NULL)
		mdb_cursor_close(view->index);
	if (view->txn != NULL)
		mdb_txn_abort(view->txn);
	view->index = NULL;
	view->txn = NULL;
}

static struct store_view *
view_new(struct store *store)
{
	struct store_view *view;

	if ((view = calloc(1, sizeof(*view))) == NULL)
		return (NULL);
	view->policy = lookups;
	view->policy.ctx = view;
	view->store = store;
	arena_init(&view->arena);
	if (store == NULL)
		return (view);
	if (view_open(view, store) == -1)
		view_shut(view);
	else
		view->policy.readable = true;
	return (view);
}

struct store_view *
store_view_begin(struct store *store, unsigned configured,
    const struct clock_reading *now)
{
	struct store_view *view = view_new(store);

	if (view != NULL && view->policy.readable)
		view_age(view, configured, now);
	return (view);
}

struct store_view *
store_view_now(struct store *store, unsigned configured,
    struct clock_reading *now)
{
	struct store_view *view = view_new(store);

	clock_read(now);
	if (view != NULL && view->policy.readable)
		view_age(view, configured, now);
	return (view);
}

void
store_view_end(struct store_view *view)
{

	if (view == NULL)
		return;
	view_shut(view);
	arena_free(&view->arena);
	free(view);
}

const struct policy_view *
store_view_policy(const struct store_view *view)
{

	return (&view->policy);
}

/* ---- what there is ----------------------------------------------------- */

int
store_info(const struct store_view *view, enum search search,
    struct store_search *info)
{

	if (view->txn == NULL)
		return (-1);
	*info = view->meta.searches[search];
	return (replica_cookie_get(view->store, view->txn, search,
	    &info->cookie) == 0 ? 0 : -1);
}

uint64_t
store_generation(const struct store_view *view)
{

	return (view->txn == NULL ? 0 : view->meta.generation);
}

static int
each_record(const MDB_val *val, enum search search,
    int (*each)(void *, const struct record *), void *ctx)
{
	struct layout_entry entry;
	struct arena arena;
	struct record record;
	int result;

	if (layout_entry_read(val, &entry) != 0)
		return (-1);
	if (entry.search != search)
		return (0);
	arena_init(&arena);
	if (record_read(entry.bytes, entry.len, &arena, &record) == -1) {
		result = -1;
	} else {
		record.unusable = entry.unusable;
		result = each(ctx, &record) == -1 ? -1 : 0;
	}
	arena_free(&arena);
	return (result);
}

int
store_each(const struct store_view *view, enum search search,
    int (*each)(void *, const struct record *), void *ctx)
{
	MDB_cursor *cursor;
	MDB_val key, val;
	int code, result = 0;

	if (view->txn == NULL || mdb_cursor_open(view->txn,
	    view->store->slots[view->meta.slot].records, &cursor) != 0)
		return (-1);
	do {
		code = mdb_cursor_get(cursor, &key, &val, MDB_NEXT);
		if (code == 0)
			result = each_record(&val, search, each, ctx);
	} while (code == 0 && result == 0);
	mdb_cursor_close(cursor);
	return (code == MDB_NOTFOUND ? 0 : -1);
}
