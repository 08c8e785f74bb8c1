#include "fuzz.h"
#include "layout.h"
#include "record.h"

/*
 * A byte, and bytes as a damaged store may give them: as a record, an entry, or
 * the notes.  They are refused, or mean the same when they are written again,
 * and every term of a record finds it.
 */

/* ---- records ----------------------------------------------------------- */

static int
count_term(void *ctx, uint64_t hash, const struct cidr *net)
{
	unsigned *n = ctx;

	(void)hash;
	must(net == NULL || net->ip.family == 4 || net->ip.family == 6);
	(*n)++;
	return (0);
}

static void
has_texts(const struct record *r, enum term term, const struct texts *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		must(record_has(r, term, t->v[i]) == 1);
}

static size_t
has_account_terms(const struct record *r)
{
	const struct account *a = &r->u.account;

	has_texts(r, TERM_LOGIN, &a->logins);
	has_texts(r, TERM_ADDRESS, &a->addresses);
	return (a->logins.n + a->addresses.n);
}

static size_t
has_group_terms(const struct record *r)
{
	const struct group *g = &r->u.group;

	has_texts(r, TERM_MEMBER_DN, &g->member_dns);
	has_texts(r, TERM_MEMBER_LOGIN, &g->member_logins);
	must(record_has(r, TERM_GROUP_DN, g->dn) == 1);
	return (1 + g->member_dns.n + g->member_logins.n);
}

static size_t
has_network_terms(const struct record *r)
{
	const struct networks *nets = &r->u.network.clients;
	char text[CIDR_TEXT_MAX];
	struct cidr again;
	size_t i;

	for (i = 0; i < nets->n; i++) {
		cidr_format(&nets->v[i], text);
		must(cidr_parse(text, strlen(text), &again) == CIDR_OK);
		must(record_has(r, TERM_NETWORK, text) == 1);
	}
	return (nets->n);
}

static size_t
has_its_terms(const struct record *r)
{

	switch (r->kind) {
	case KIND_ACCOUNT:
		return (has_account_terms(r));
	case KIND_NETWORK:
		return (has_network_terms(r));
	case KIND_DOMAIN:
		has_texts(r, TERM_DOMAIN, &r->u.domain.aliases);
		must(record_has(r, TERM_DOMAIN, r->u.domain.name) == 1);
		return (1 + r->u.domain.aliases.n);
	case KIND_GROUP:
		return (has_group_terms(r));
	case KIND_DENY:
		has_texts(r, TERM_DENY_LOGIN, &r->u.deny.logins);
		must(record_has(r, TERM_DENY_DN, r->u.deny.dn) == 1);
		return (1 + r->u.deny.logins.n);
	}
	return (0);
}

/* Counts may have been written in more bytes than they need. */
static void
writes_back(const struct record *r, size_t size, struct arena *arena)
{
	const void *bytes, *again;
	size_t len, again_len;
	struct record copy;

	must(record_write(r, arena, &bytes, &len) == 0 && len <= size);
	must(record_read(bytes, len, arena, &copy) == 0);
	must(copy.kind == r->kind);
	must(strcmp(record_dn(&copy), record_dn(r)) == 0);
	must(record_write(&copy, arena, &again, &again_len) == 0);
	must(again_len == len && memcmp(again, bytes, len) == 0);
}

static void
try_record(const void *bytes, size_t len)
{
	struct arena arena;
	struct record r;
	unsigned n = 0;

	arena_init(&arena);
	if (record_read(bytes, len, &arena, &r) == 0) {
		writes_back(&r, len, &arena);
		must(record_terms(&r, count_term, &n) == 0);
		must(n == has_its_terms(&r));
		/* Less of it, or more, is none. */
		must(record_read(bytes, len - 1, &arena, &r) == -1);
	}
	arena_free(&arena);
}

/* ---- entries and notes ------------------------------------------------- */

static void
try_entry(const char *bytes, size_t len)
{
	MDB_val val = { len, (void *)(uintptr_t)bytes };
	struct layout_entry e;
	struct arena arena;
	unsigned char *out;
	uint64_t hash;

	if (layout_entry_read(&val, &e) != 0)
		return;
	must(layout_entry_size(&e) == len);
	out = must_alloc(len);
	layout_entry_write(&e, out);
	must(memcmp(out, bytes, len) == 0);
	free(out);
	arena_init(&arena);
	must(layout_key_hash(&e, &arena, &hash) == 0);
	arena_free(&arena);
	try_record(e.bytes, e.len);
}

static void
notes_are_sound(const struct layout_meta *meta)
{
	int i;

	must(meta->slot < LAYOUT_SLOTS);
	for (i = 0; i < SEARCHES; i++) {
		must(meta->searches[i].cookie.len <= COOKIE_MAX);
		must(strlen(meta->searches[i].good.boot_id) <
		    CLOCK_BOOT_ID_MAX);
		must(strlen(meta->searches[i].complete.boot_id) <
		    CLOCK_BOOT_ID_MAX);
	}
}

static void
try_notes(const char *bytes, size_t len)
{
	MDB_val val = { len, (void *)(uintptr_t)bytes }, written;
	uint64_t words[LAYOUT_META_WORDS], again[LAYOUT_META_WORDS];
	struct layout_meta meta, copy;

	if (layout_meta_read(&val, &meta) != 0)
		return;
	notes_are_sound(&meta);
	written = layout_meta_write(&meta, words);
	must(layout_meta_read(&written, &copy) == 0);
	written = layout_meta_write(&copy, again);
	must(written.mv_size == sizeof(words));
	must(memcmp(words, again, sizeof(words)) == 0);
}

/* The notes of some inputs are as long as they must be. */
static void
try_long_notes(const char *bytes, size_t len)
{
	const size_t size = LAYOUT_META_WORDS * sizeof(uint64_t);
	char *out = must_alloc(size);
	size_t i;

	for (i = 0; i < size; i++)
		out[i] = (char)(i < len ? bytes[i] : 0);
	try_notes(out, size);
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(const char *, size_t) = {
		try_entry, try_notes, try_long_notes
	};
	struct input in = input_of(data, size);
	const unsigned which = input_below(&in, COUNT(tries) + 1);
	size_t len = in.len;
	const char *bytes = input_bytes(&in, &len);

	if (which == COUNT(tries))
		try_record(bytes, len);
	else
		tries[which](bytes, len);
	input_end(&in);
	return (0);
}
