/* The test takes the source: calloc(3) is one that the test may fail. */
#include <stdlib.h>

static int allocations;
static int fail_at;	/* 0: never */

static void *
test_calloc(size_t n, size_t size)
{

	return (++allocations == fail_at ? NULL : calloc(n, size));
}
#undef calloc
#define calloc test_calloc
#include "../../milter/uuidset.c"
#include "suite.h"

#include <string.h>

/* The i-th of many. */
static const unsigned char *
uuid_of(unsigned i)
{
	static unsigned char uuid[SYNC_UUID];

	memset(uuid, 0x5a, sizeof(uuid));
	uuid[0] = (unsigned char)(i >> 16);
	uuid[1] = (unsigned char)(i >> 8);
	uuid[15] = (unsigned char)i;
	return (uuid);
}

static const struct {
	const char *label;
	unsigned n;		/* how many are added */
} sizes[] = {
	{ "none", 0 },
	{ "one", 1 },
	{ "some", 47 },
	{ "as many as the first slots take", 48 },
	{ "one more", 49 },
	{ "a hundred thousand", 100000 },
};

START_TEST(has_what_was_added)
{
	unsigned i, n = sizes[_i].n;
	struct uuidset set;

	uuidset_init(&set);
	for (i = 0; i < n; i++)
		ck_assert_int_eq(uuidset_add(&set, uuid_of(i)), 0);
	ck_assert_msg(set.n == n, "%s: %zu", sizes[_i].label, set.n);
	for (i = 0; i < n * 2 + 10; i++)
		ck_assert_msg(uuidset_has(&set, uuid_of(i)) == (i < n),
		    "%s: number %u", sizes[_i].label, i);
	uuidset_free(&set);
}
END_TEST

START_TEST(has_each_once)
{
	struct uuidset set;
	unsigned i;

	uuidset_init(&set);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(uuidset_add(&set, uuid_of(i % 100)), 0);
	ck_assert_uint_eq(set.n, 100);
	uuidset_free(&set);
}
END_TEST

/* Bytes that a set might take for a free slot, or for each other. */
static const struct {
	const char *label;
	unsigned char in[SYNC_UUID];
	unsigned char out[SYNC_UUID];
} pairs[] = {
	{ "nothing but zeros", { 0 }, { 1 } },
	{ "not nothing but zeros", { 1 }, { 0 } },
	{ "the last byte", { [15] = 1 }, { [15] = 2 } },
	{ "the first byte", { [0] = 1 }, { [0] = 2 } },
	{ "behind a zero", { [8] = 1 }, { [8] = 2 } },
};

START_TEST(tells_apart)
{
	struct uuidset set;

	uuidset_init(&set);
	ck_assert_int_eq(uuidset_add(&set, pairs[_i].in), 0);
	ck_assert_msg(uuidset_has(&set, pairs[_i].in), "%s",
	    pairs[_i].label);
	ck_assert_msg(!uuidset_has(&set, pairs[_i].out), "%s",
	    pairs[_i].label);
	uuidset_free(&set);
}
END_TEST

START_TEST(begins_anew_after_free)
{
	struct uuidset set;

	uuidset_init(&set);
	ck_assert_int_eq(uuidset_add(&set, uuid_of(1)), 0);
	uuidset_free(&set);
	ck_assert(!uuidset_has(&set, uuid_of(1)));
	ck_assert_int_eq(uuidset_add(&set, uuid_of(2)), 0);
	ck_assert(uuidset_has(&set, uuid_of(2)));
	uuidset_free(&set);
}
END_TEST

static const struct {
	const char *label;
	unsigned before;	/* how many fit */
	int fail_at;
} shortages[] = {
	{ "the first slots", 0, 1 },
	{ "their marks", 0, 2 },
	{ "more slots", 48, 3 },
	{ "the marks of those", 48, 4 },
};

START_TEST(keeps_what_it_has_when_memory_is_short)
{
	unsigned i, n = shortages[_i].before;
	struct uuidset set;

	allocations = 0;
	fail_at = shortages[_i].fail_at;
	uuidset_init(&set);
	for (i = 0; i < n; i++)
		ck_assert_int_eq(uuidset_add(&set, uuid_of(i)), 0);
	ck_assert_msg(uuidset_add(&set, uuid_of(n)) == -1, "%s",
	    shortages[_i].label);
	ck_assert(!uuidset_has(&set, uuid_of(n)));
	ck_assert_int_eq(uuidset_add(&set, uuid_of(n)), 0);
	for (i = 0; i <= n; i++)
		ck_assert(uuidset_has(&set, uuid_of(i)));
	uuidset_free(&set);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("uuidset");

	suite_rows(s, has_what_was_added, ROWS(sizes));
	suite_one(s, has_each_once);
	suite_rows(s, tells_apart, ROWS(pairs));
	suite_one(s, begins_anew_after_free);
	suite_rows(s, keeps_what_it_has_when_memory_is_short,
	    ROWS(shortages));
	return (suite_run(s));
}
