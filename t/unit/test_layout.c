#include <stdio.h>
#include <string.h>

#include "layout.h"
#include "suite.h"

/* ---- numbers ------------------------------------------------------------ */

static const struct {
	const char *label;
	uint64_t n;
	unsigned char bytes[LAYOUT_NUMBER];
} numbers[] = {
	{ "zero", 0, { 0 } },
	{ "one", 1, { 0, 0, 0, 0, 0, 0, 0, 1 } },
	{ "a byte's end", 0x0100, { 0, 0, 0, 0, 0, 0, 1, 0 } },
	{ "all bytes", UINT64_C(0x0102030405060708),
	    { 1, 2, 3, 4, 5, 6, 7, 8 } },
	{ "largest", UINT64_MAX, { 255, 255, 255, 255, 255, 255, 255, 255 } }
};

START_TEST(number)
{
	struct layout_number buffer;
	MDB_val val = layout_number(numbers[_i].n, &buffer);
	uint64_t n;

	ck_assert_uint_eq(val.mv_size, LAYOUT_NUMBER);
	ck_assert_msg(memcmp(val.mv_data, numbers[_i].bytes,
	    LAYOUT_NUMBER) == 0, "%s", numbers[_i].label);
	ck_assert_int_eq(layout_number_get(&val, &n), 0);
	ck_assert_msg(n == numbers[_i].n, "%s", numbers[_i].label);
	val.mv_size--;
	ck_assert_int_eq(layout_number_get(&val, &n), MDB_CORRUPTED);
}
END_TEST

/* ---- entries ------------------------------------------------------------ */

START_TEST(entry)
{
	struct layout_entry is, e = { SEARCH_GROUPS, KIND_GROUP, 0x01020304,
	    "key\0x", 5, "bytes", 5 };
	unsigned char bytes[100];
	MDB_val val = { layout_entry_size(&e), bytes };

	ck_assert_uint_lt(val.mv_size, sizeof(bytes));
	layout_entry_write(&e, bytes);
	ck_assert_int_eq(layout_entry_read(&val, &is), 0);
	ck_assert_int_eq(is.search, SEARCH_GROUPS);
	ck_assert_int_eq(is.kind, KIND_GROUP);
	ck_assert_uint_eq(is.unusable, 0x01020304);
	ck_assert_uint_eq(is.key_len, 5);
	ck_assert_mem_eq(is.key, "key\0x", 5);
	ck_assert_uint_eq(is.len, 5);
	ck_assert_mem_eq(is.bytes, "bytes", 5);
}
END_TEST

#define NONE	"\0\0\0\0"
#define MANY	"\377\377\377\377"

static const struct {
	const char *label;
	const char *bytes;
	size_t len;
	int code;
} damaged[] = {
	{ "empty", TEXT(""), MDB_CORRUPTED },
	{ "cut in its head", TEXT(NONE "\0\0\0"), MDB_CORRUPTED },
	{ "head only", TEXT("\0\0" NONE NONE), 0 },
	{ "no such search", TEXT("\5\0" NONE NONE), MDB_CORRUPTED },
	{ "no such kind", TEXT("\0\5" NONE NONE), MDB_CORRUPTED },
	{ "as many unreadable values as can be", TEXT("\0\0" MANY NONE), 0 },
	{ "key as long as what is there", TEXT("\0\0" NONE "\0\0\0\2xy"),
	    0 },
	{ "key longer than what is there",
	    TEXT("\0\0" NONE "\0\0\0\3xy"), MDB_CORRUPTED },
	{ "key of 4 GiB", TEXT("\0\0" NONE MANY "xy"), MDB_CORRUPTED }
};

START_TEST(entry_damaged)
{
	MDB_val val = { damaged[_i].len,
	    (void *)(uintptr_t)damaged[_i].bytes };
	struct layout_entry e;

	ck_assert_msg(layout_entry_read(&val, &e) == damaged[_i].code, "%s",
	    damaged[_i].label);
}
END_TEST

static const struct {
	const char *label;
	struct layout_entry x, y;
	bool same;
} keys[] = {
	{ "the same", { .search = SEARCH_ACCOUNTS, .key = "a", .key_len = 1 },
	    { .search = SEARCH_ACCOUNTS, .key = "a", .key_len = 1 }, true },
	{ "another search",
	    { .search = SEARCH_ACCOUNTS, .key = "a", .key_len = 1 },
	    { .search = SEARCH_GROUPS, .key = "a", .key_len = 1 }, false },
	{ "another key",
	    { .search = SEARCH_ACCOUNTS, .key = "a", .key_len = 1 },
	    { .search = SEARCH_ACCOUNTS, .key = "b", .key_len = 1 }, false },
	{ "kind and content do not matter",
	    { SEARCH_OVERRIDES, KIND_DENY, 0, "a", 1, "x", 1 },
	    { SEARCH_OVERRIDES, KIND_NETWORK, 1, "a", 1, "yz", 2 }, true }
};

START_TEST(key_hash)
{
	struct arena arena;
	uint64_t x, y;

	arena_init(&arena);
	ck_assert_int_eq(layout_key_hash(&keys[_i].x, &arena, &x), 0);
	ck_assert_int_eq(layout_key_hash(&keys[_i].y, &arena, &y), 0);
	ck_assert_msg((x == y) == keys[_i].same, "%s", keys[_i].label);
	arena_free(&arena);
}
END_TEST

/* ---- prefix lengths ------------------------------------------------------ */

static const struct {
	unsigned family;
	uint8_t len;
} lens[] = {
	{ 4, 0 }, { 4, 1 }, { 4, 24 }, { 4, 32 },
	{ 6, 0 }, { 6, 63 }, { 6, 64 }, { 6, 127 }, { 6, 128 }
};

START_TEST(prefix)
{
	struct layout_prefixes p = { 0, { 0, 0, 0 } };
	struct cidr net = { { (uint8_t)lens[_i].family, { 0 } },
	    lens[_i].len };
	unsigned family, len, max;

	layout_prefix_add(&p, &net);
	for (family = 4; family <= 6; family += 2) {
		max = family == 4 ? 32 : 128;
		for (len = 0; len <= max; len++)
			ck_assert_msg(layout_prefix_has(&p, family, len) ==
			    (family == lens[_i].family &&
			    len == lens[_i].len), "IPv%u /%u", family, len);
	}
}
END_TEST

/* ---- notes --------------------------------------------------------------- */

/* Every field another value, so that none can stand for another. */
static void
notes_fill(struct layout_meta *meta)
{
	struct store_search *s;
	uint64_t n = 1000;
	int i, k;

	memset(meta, 0, sizeof(*meta));
	meta->generation = n++;
	meta->slot = 1;
	for (i = 0; i < SEARCHES; i++) {
		s = &meta->searches[i];
		s->loaded = i % 2 == 0;
		s->digest = n++;
		s->good.utc = -(int64_t)n++;
		s->good.boot_ms = (int64_t)n++;
		snprintf(s->good.boot_id, sizeof(s->good.boot_id),
		    "00000000-0000-0000-0000-%012d", i);
		s->complete.utc = -(int64_t)n++;
		s->complete.boot_ms = (int64_t)n++;
		snprintf(s->complete.boot_id, sizeof(s->complete.boot_id),
		    "00000000-0000-0000-0000-%012d", i);
		for (k = 0; k < KINDS; k++)
			s->entries[k] = n++;
		s->unusable = n++;
		s->generation = n++;
		s->held_back = i % 3 == 0;
		s->held_back_removes = n++;
		s->held_back_of = n++;
		s->cookie.len = n++;
	}
	for (i = 0; i < LAYOUT_SLOTS; i++) {
		meta->prefixes[i].v4 = n++;
		for (k = 0; k < 3; k++)
			meta->prefixes[i].v6[k] = n++;
	}
}

START_TEST(notes)
{
	struct layout_meta in, out;
	uint64_t words[LAYOUT_META_WORDS], again[LAYOUT_META_WORDS];
	MDB_val val;

	notes_fill(&in);
	val = layout_meta_write(&in, words);
	ck_assert_uint_eq(val.mv_size, sizeof(words));
	ck_assert_int_eq(layout_meta_read(&val, &out), 0);
	ck_assert_uint_eq(out.generation, in.generation);
	ck_assert_uint_eq(out.slot, in.slot);
	ck_assert_mem_eq(out.prefixes, in.prefixes, sizeof(in.prefixes));
	ck_assert_mem_eq(out.searches, in.searches, sizeof(in.searches));
	layout_meta_write(&out, again);
	ck_assert_mem_eq(again, words, sizeof(words));
}
END_TEST

enum {
	SEARCH_0 = 2,
	HELD_BACK = LAYOUT_SEARCH_WORDS - 4,
	COOKIE_LEN = LAYOUT_SEARCH_WORDS - 1
};

static const struct {
	const char *label;
	size_t word;
	uint64_t value;
	size_t cut;
	int code;
} notes_damaged[] = {
	{ "a slot that there is not", 1, 2, 0, MDB_CORRUPTED },
	{ "loaded is neither 0 nor 1", SEARCH_0, 2, 0, MDB_CORRUPTED },
	{ "held back is neither 0 nor 1", SEARCH_0 + HELD_BACK, 9, 0,
	    MDB_CORRUPTED },
	{ "no cookie", SEARCH_0 + COOKIE_LEN, 0, 0, 0 },
	{ "the longest cookie", SEARCH_0 + COOKIE_LEN, COOKIE_MAX, 0, 0 },
	{ "a longer cookie", SEARCH_0 + COOKIE_LEN, COOKIE_MAX + 1, 0,
	    MDB_CORRUPTED },
	{ "a cookie beyond any memory", SEARCH_0 + COOKIE_LEN, UINT64_MAX, 0,
	    MDB_CORRUPTED },
	{ "cut", 0, 1, 8, MDB_CORRUPTED },
	{ "whole", 0, 1, 0, 0 }
};

START_TEST(notes_refused)
{
	struct layout_meta meta;
	uint64_t words[LAYOUT_META_WORDS];
	MDB_val val;

	notes_fill(&meta);
	val = layout_meta_write(&meta, words);
	words[notes_damaged[_i].word] = notes_damaged[_i].value;
	val.mv_size -= notes_damaged[_i].cut;
	ck_assert_msg(layout_meta_read(&val, &meta) ==
	    notes_damaged[_i].code, "%s", notes_damaged[_i].label);
}
END_TEST

/* Whatever the boot id's bytes are, it ends. */
START_TEST(boot_id_ends)
{
	struct layout_meta meta;
	uint64_t words[LAYOUT_META_WORDS];
	MDB_val val;
	int i;

	notes_fill(&meta);
	val = layout_meta_write(&meta, words);
	for (i = 4; i < 9; i++)
		words[i] = UINT64_C(0x6161616161616161);
	ck_assert_int_eq(layout_meta_read(&val, &meta), 0);
	ck_assert_uint_eq(strlen(meta.searches[0].good.boot_id),
	    CLOCK_BOOT_ID_MAX - 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("layout");

	suite_rows(suite, number, ROWS(numbers));
	suite_one(suite, entry);
	suite_rows(suite, entry_damaged, ROWS(damaged));
	suite_rows(suite, key_hash, ROWS(keys));
	suite_rows(suite, prefix, ROWS(lens));
	suite_one(suite, notes);
	suite_rows(suite, notes_refused, ROWS(notes_damaged));
	suite_one(suite, boot_id_ends);
	return (suite_run(suite));
}
