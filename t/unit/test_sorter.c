#include <stdint.h>

#include "sorter.h"
#include "suite.h"

struct row {
	const char *label;
	size_t n;		/* how many pairs are added */
	uint64_t step;		/* multiplies: their order */
	uint64_t modulus;	/* how many different ones */
	size_t distinct;
};

static const struct row rows[] = {
	{ "none", 0, 1, 1, 0 },
	{ "one", 1, 1, 100, 1 },
	{ "ascending", 1000, 1, 1000, 1000 },
	{ "descending", 1000, 999, 1000, 1000 },
	{ "all the same", 1000, 0, 1, 1 },
	{ "a run to the brim", 65536, 7, 65536, 65536 },
	{ "one more than a run", 65537, 7, 65539, 65537 },
	{ "many runs, shuffled", 600000, 7919, 1000003, 600000 },
	{ "many runs, each value often", 600000, 7919, 10007, 10007 },
	{ "more runs than there was room for at first", 1200000, 7919, 2000003,
	    1200000 }
};

static size_t
take_all(struct sorter *s, const char *label)
{
	struct sorter_pair pair, last = { 0, 0 };
	size_t n = 0;

	while (sorter_next(s, &pair)) {
		ck_assert_msg(n == 0 || last.a < pair.a ||
		    (last.a == pair.a && last.b < pair.b),
		    "%s: out of order at %zu", label, n);
		ck_assert_msg(pair.b == pair.a % 5, "%s: torn pair", label);
		last = pair;
		n++;
	}
	ck_assert_msg(!sorter_next(s, &pair), "%s: more after the end",
	    label);
	return (n);
}

START_TEST(ordered)
{
	const struct row *row = &rows[_i];
	struct sorter *s = sorter_new();
	uint64_t value;
	size_t i;

	ck_assert_ptr_nonnull(s);
	for (i = 0; i < row->n; i++) {
		value = i * row->step % row->modulus;
		ck_assert_int_eq(sorter_add(s, value, value % 5), 0);
	}
	sorter_begin(s);
	ck_assert_msg(take_all(s, row->label) == row->distinct, "%s",
	    row->label);
	sorter_begin(s);
	ck_assert_msg(take_all(s, row->label) == row->distinct, "%s, again",
	    row->label);
	sorter_free(s);
}
END_TEST

START_TEST(second_number_counts)
{
	struct sorter *s = sorter_new();
	struct sorter_pair pair;
	uint64_t i;

	for (i = 10; i-- > 0;)
		ck_assert_int_eq(sorter_add(s, 1, i), 0);
	sorter_begin(s);
	for (i = 0; i < 10; i++) {
		ck_assert(sorter_next(s, &pair));
		ck_assert_uint_eq(pair.b, i);
	}
	sorter_free(s);
}
END_TEST

START_TEST(adding_ends_the_taking)
{
	struct sorter *s = sorter_new();
	struct sorter_pair pair;

	ck_assert_int_eq(sorter_add(s, 2, 0), 0);
	ck_assert_int_eq(sorter_add(s, 3, 0), 0);
	sorter_begin(s);
	ck_assert(sorter_next(s, &pair));
	ck_assert_int_eq(sorter_add(s, 1, 0), 0);
	ck_assert(!sorter_next(s, &pair));
	sorter_begin(s);
	ck_assert(sorter_next(s, &pair));
	ck_assert_uint_eq(pair.a, 1);
	sorter_free(s);
	sorter_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sorter");

	suite_rows(suite, ordered, ROWS(rows));
	suite_one(suite, second_number_counts);
	suite_one(suite, adding_ends_the_taking);
	return (suite_run(suite));
}
