#include <errno.h>
#include <string.h>

#include "layout.h"

/* ---- numbers and entries ----------------------------------------------- */

static void
number_write(unsigned char *p, uint64_t n, size_t len)
{

	for (; len > 0; n >>= 8)
		p[--len] = (unsigned char)n;
}

static uint64_t
number_read(const unsigned char *p, size_t len)
{
	uint64_t n = 0;

	for (; len > 0; len--)
		n = n << 8 | *p++;
	return (n);
}

MDB_val
layout_number(uint64_t n, struct layout_number *buffer)
{
	MDB_val val = { LAYOUT_NUMBER, buffer->bytes };

	number_write(buffer->bytes, n, LAYOUT_NUMBER);
	return (val);
}

int
layout_number_get(const MDB_val *val, uint64_t *n)
{

	if (val->mv_size != LAYOUT_NUMBER)
		return (MDB_CORRUPTED);
	*n = number_read(val->mv_data, LAYOUT_NUMBER);
	return (0);
}

enum { BOOT_ID_WORDS = (CLOCK_BOOT_ID_MAX + 7) / 8 };

/* search, kind, values that could not be read and length of the key (32 bits
 * each, big-endian), key, record */
enum { ENTRY_UNUSABLE = 2, ENTRY_KEY_LEN = 6, ENTRY_HEAD = 10 };

size_t
layout_entry_size(const struct layout_entry *e)
{

	return (ENTRY_HEAD + e->key_len + e->len);
}

void
layout_entry_write(const struct layout_entry *e, unsigned char *p)
{

	p[0] = (unsigned char)e->search;
	p[1] = (unsigned char)e->kind;
	number_write(p + ENTRY_UNUSABLE, e->unusable, 4);
	number_write(p + ENTRY_KEY_LEN, e->key_len, 4);
	memcpy(p + ENTRY_HEAD, e->key, e->key_len);
	memcpy(p + ENTRY_HEAD + e->key_len, e->bytes, e->len);
}

int
layout_entry_read(const MDB_val *val, struct layout_entry *e)
{
	const unsigned char *p = val->mv_data;

	if (val->mv_size < ENTRY_HEAD || p[0] >= SEARCHES || p[1] >= KINDS)
		return (MDB_CORRUPTED);
	e->search = (enum search)p[0];
	e->kind = (enum kind)p[1];
	e->unusable = (uint32_t)number_read(p + ENTRY_UNUSABLE, 4);
	e->key_len = (size_t)number_read(p + ENTRY_KEY_LEN, 4);
	if (e->key_len > val->mv_size - ENTRY_HEAD)
		return (MDB_CORRUPTED);
	e->key = p + ENTRY_HEAD;
	e->bytes = p + ENTRY_HEAD + e->key_len;
	e->len = val->mv_size - ENTRY_HEAD - e->key_len;
	return (0);
}

int
layout_key_hash(const struct layout_entry *e, struct arena *arena,
    uint64_t *hash)
{
	unsigned char *text;

	if ((text = arena_alloc(arena, e->key_len + 1)) == NULL)
		return (ENOMEM);
	text[0] = (unsigned char)e->search;
	memcpy(text + 1, e->key, e->key_len);
	*hash = record_hash(TERM_KEY, text, e->key_len + 1);
	return (0);
}

/* ---- prefix lengths ---------------------------------------------------- */

void
layout_prefix_add(struct layout_prefixes *p, const struct cidr *net)
{

	if (net->ip.family == 4)
		p->v4 |= UINT64_C(1) << net->len;
	else
		p->v6[net->len / 64] |= UINT64_C(1) << (net->len % 64);
}

bool
layout_prefix_has(const struct layout_prefixes *p, unsigned family,
    unsigned len)
{

	if (family == 4)
		return ((p->v4 >> len & 1) != 0);
	return ((p->v6[len / 64] >> (len % 64) & 1) != 0);
}

/* ---- the notes --------------------------------------------------------- */

/* One pass both writes and reads them: the two cannot drift apart. */
struct pass {
	bool writing;
	bool bad;
	size_t n;
	uint64_t *word;
};

static void
pass_word(struct pass *p, uint64_t *x)
{

	if (p->writing)
		p->word[p->n] = *x;
	else
		*x = p->word[p->n];
	p->n++;
}

static void
pass_signed(struct pass *p, int64_t *x)
{
	uint64_t word = (uint64_t)*x;

	pass_word(p, &word);
	*x = (int64_t)word;
}

static void
pass_small(struct pass *p, unsigned *x, unsigned limit)
{
	uint64_t word = *x;

	pass_word(p, &word);
	if (word >= limit)
		p->bad = true;
	else
		*x = (unsigned)word;
}

static void
pass_flag(struct pass *p, bool *x)
{
	unsigned word = *x;

	pass_small(p, &word, 2);
	*x = word != 0;
}

static void
pass_clock(struct pass *p, struct clock_reading *r)
{
	uint64_t id[BOOT_ID_WORDS] = { 0 };
	size_t i;

	pass_signed(p, &r->utc);
	pass_signed(p, &r->boot_ms);
	memcpy(id, r->boot_id, sizeof(r->boot_id));
	for (i = 0; i < BOOT_ID_WORDS; i++)
		pass_word(p, &id[i]);
	memcpy(r->boot_id, id, sizeof(r->boot_id));
	r->boot_id[sizeof(r->boot_id) - 1] = '\0';
}

static void
pass_cookie_len(struct pass *p, struct cookie *cookie)
{
	unsigned len = (unsigned)cookie->len;

	pass_small(p, &len, COOKIE_MAX + 1);
	cookie->len = len;
}

static void
pass_search(struct pass *p, struct store_search *s)
{
	int i;

	pass_flag(p, &s->loaded);
	pass_word(p, &s->digest);
	pass_clock(p, &s->good);
	pass_clock(p, &s->complete);
	for (i = 0; i < KINDS; i++)
		pass_word(p, &s->entries[i]);
	pass_word(p, &s->unusable);
	pass_word(p, &s->generation);
	pass_flag(p, &s->held_back);
	pass_word(p, &s->held_back_removes);
	pass_word(p, &s->held_back_of);
	pass_cookie_len(p, &s->cookie);
}

static void
pass_meta(struct pass *p, struct layout_meta *meta)
{
	struct layout_prefixes *lens;
	int i;

	pass_word(p, &meta->generation);
	pass_small(p, &meta->slot, LAYOUT_SLOTS);
	for (i = 0; i < SEARCHES; i++)
		pass_search(p, &meta->searches[i]);
	for (i = 0; i < LAYOUT_SLOTS; i++) {
		lens = &meta->prefixes[i];
		pass_word(p, &lens->v4);
		pass_word(p, &lens->v6[0]);
		pass_word(p, &lens->v6[1]);
		pass_word(p, &lens->v6[2]);
	}
}

int
layout_meta_read(const MDB_val *val, struct layout_meta *meta)
{
	uint64_t words[LAYOUT_META_WORDS];
	struct pass p = { .writing = false, .word = words };

	memset(meta, 0, sizeof(*meta));
	if (val->mv_size != sizeof(words))
		return (MDB_CORRUPTED);
	memcpy(words, val->mv_data, sizeof(words));
	pass_meta(&p, meta);
	return (p.bad ? MDB_CORRUPTED : 0);
}

MDB_val
layout_meta_write(const struct layout_meta *meta,
    uint64_t words[LAYOUT_META_WORDS])
{
	struct layout_meta copy = *meta;
	struct pass p = { .writing = true, .word = words };
	MDB_val val = { LAYOUT_META_WORDS * sizeof(words[0]), words };

	pass_meta(&p, &copy);
	return (val);
}
