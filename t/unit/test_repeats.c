/* The test takes the source: strdup(3) is one that the test may fail. */
#include <stdbool.h>
#include <string.h>

static bool no_memory;

static char *
test_strdup(const char *s)
{

	return (no_memory ? NULL : strdup(s));
}
#undef strdup
#define strdup test_strdup
#include "../../milter/repeats.c"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* What was summed up, as "line*n;" one after the other. */
static char sums[4000];

static void
note(const struct repeats_sum *sum)
{
	size_t len = strlen(sums);

	snprintf(sums + len, sizeof(sums) - len, "%s*%lu;", sum->line, sum->n);
	free(sum->line);
}

static bool
see(struct repeats *r, uint64_t hash, unsigned long limit, const char *line)
{
	struct repeats_sum gave_way;
	bool now;

	now = repeats_see(r, hash, limit, line, &gave_way);
	if (gave_way.line != NULL)
		note(&gave_way);
	return (now);
}

static void
end(struct repeats *r)
{
	struct repeats_sum left[REPEATS_KINDS];
	unsigned i, n = repeats_close(r, left);

	for (i = 0; i < n; i++)
		note(&left[i]);
}

/* Events: one letter is a kind; its lines are named by letter and number. */
static const struct {
	const char *label;
	unsigned long limit;
	const char *events;
	const char *written;	/* one of 01 for each event */
	const char *sums;	/* what gave way, "|", what was left */
} cases[] = {
	{ "nothing happened", 3, "", "", "|" },
	{ "up to the limit all are written", 3, "aaa", "111", "|" },
	{ "then they are summed up, with the last line", 3, "aaaaa", "11100",
	    "|a4*2;" },
	{ "a limit of one", 1, "aaa", "100", "|a2*2;" },
	{ "a limit of none suppresses nothing", 0, "aaaaa", "11111", "|" },
	{ "each kind by itself", 2, "ababab", "111100", "|a4*1;b5*1;" },
	{ "eight kinds are told apart", 1, "abcdefghabcdefgh",
	    "1111111100000000",
	    "|a8*1;b9*1;c10*1;d11*1;e12*1;f13*1;g14*1;h15*1;" },
	{ "for the ninth the oldest gives way", 1, "aaabcdefghhi",
	    "100111111101", "a2*2;|h10*1;" },
	{ "one that was never summed up gives way in silence", 1,
	    "abcdefghi", "111111111", "|" },
	{ "what gave way begins anew", 1, "aabcdefghiaa", "101111111110",
	    "a1*1;|a11*1;" },
	{ "the oldest is the one that came first, not last", 1,
	    "abcdefghaai", "11111111001", "a9*2;|" },
};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

START_TEST(events)
{
	char line[20], written[100] = "";
	struct repeats r;
	size_t i;

	repeats_init(&r);
	sums[0] = '\0';
	for (i = 0; cases[_i].events[i] != '\0'; i++) {
		snprintf(line, sizeof(line), "%c%zu", cases[_i].events[i], i);
		written[i] = see(&r, (uint64_t)cases[_i].events[i],
		    cases[_i].limit, line) ? '1' : '0';
	}
	ck_assert_msg(strcmp(written, cases[_i].written) == 0, "%s: %s",
	    cases[_i].label, written);
	strcat(sums, "|");
	end(&r);
	ck_assert_msg(strcmp(sums, cases[_i].sums) == 0, "%s: %s",
	    cases[_i].label, sums);
	end(&r);
	ck_assert_str_eq(sums, cases[_i].sums);
}
END_TEST

START_TEST(usable_again_after_close)
{
	struct repeats r;

	repeats_init(&r);
	sums[0] = '\0';
	ck_assert(see(&r, 1, 1, "x"));
	ck_assert(!see(&r, 1, 1, "y"));
	end(&r);
	ck_assert_str_eq(sums, "y*1;");
	ck_assert(see(&r, 1, 1, "z"));
	end(&r);
	ck_assert_str_eq(sums, "y*1;");
}
END_TEST

/* No refusal goes unseen: it is written, or counted with the one before. */
START_TEST(short_memory)
{
	struct repeats r;

	repeats_init(&r);
	sums[0] = '\0';
	no_memory = true;
	ck_assert(see(&r, 1, 1, "a"));
	ck_assert(see(&r, 1, 1, "b"));
	no_memory = false;
	ck_assert(!see(&r, 1, 1, "c"));
	no_memory = true;
	ck_assert(!see(&r, 1, 1, "d"));
	end(&r);
	ck_assert_str_eq(sums, "c*2;");
}
END_TEST

static const struct {
	const char *label, *a[3], *b[3];
	bool same;
} hashes[] = {
	{ "the same", { "x", "y", "z" }, { "x", "y", "z" }, true },
	{ "another word", { "x", "y", "z" }, { "x", "y", "a" }, false },
	{ "another order", { "x", "y", "z" }, { "z", "y", "x" }, false },
	{ "another border", { "ab", "c", "" }, { "a", "bc", "" }, false },
	{ "another place", { "a", "", "" }, { "", "a", "" }, false },
	{ "other case", { "a", "b", "c" }, { "A", "b", "c" }, false },
	{ "bytes beyond ASCII", { "\xc3\xa4", "", "" },
	    { "\xc3\xb6", "", "" }, false },
};
enum { HASHES = sizeof(hashes) / sizeof(hashes[0]) };

static uint64_t
hash_of(const char *const words[3])
{

	return (repeats_hash(repeats_hash(repeats_hash(0, words[0]),
	    words[1]), words[2]));
}

START_TEST(hash)
{

	ck_assert_msg((hash_of(hashes[_i].a) == hash_of(hashes[_i].b)) ==
	    hashes[_i].same, "%s", hashes[_i].label);
}
END_TEST

START_TEST(hash_of_nothing)
{

	ck_assert_uint_ne(repeats_hash(0, NULL), repeats_hash(0, "x"));
	ck_assert_uint_ne(repeats_hash(0, ""), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("repeats");
	TCase *tc = tcase_create("repeats");

	tcase_add_loop_test(tc, events, 0, CASES);
	tcase_add_test(tc, usable_again_after_close);
	tcase_add_test(tc, short_memory);
	tcase_add_loop_test(tc, hash, 0, HASHES);
	tcase_add_test(tc, hash_of_nothing);
	suite_add_tcase(s, tc);
	return (s);
}

int
main(void)
{

	return (suite_run(suite()));
}
