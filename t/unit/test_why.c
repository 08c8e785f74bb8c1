#include <string.h>

#include "suite.h"
#include "why.h"

START_TEST(sets_a_reason)
{
	struct why why;

	ck_assert_int_eq(why_set(&why, "%s is not %d", "x", 7), -1);
	ck_assert_str_eq(why.text, "x is not 7");
	ck_assert_int_eq(why_set(&why, "again"), -1);
	ck_assert_str_eq(why.text, "again");
}
END_TEST

START_TEST(puts_a_place_before_it)
{
	struct why why;

	why_set(&why, "no such option");
	ck_assert_int_eq(why_prefix(&why, "%s:%d: ", "a.conf", 3), -1);
	ck_assert_str_eq(why.text, "a.conf:3: no such option");
	ck_assert_int_eq(why_prefix(&why, "error: "), -1);
	ck_assert_str_eq(why.text, "error: a.conf:3: no such option");
}
END_TEST

START_TEST(may_be_nobodys)
{

	ck_assert_int_eq(why_set(NULL, "%s", "x"), -1);
	ck_assert_int_eq(why_prefix(NULL, "%s", "x"), -1);
}
END_TEST

/* Lengths about the limit: what is too long is cut, never overrun. */
static const size_t lengths[] = {
	0, 1, WHY_MAX - 4, WHY_MAX - 3, WHY_MAX - 2, WHY_MAX - 1, WHY_MAX,
	3 * WHY_MAX
};

static size_t
least(size_t a, size_t b)
{

	return (a < b ? a : b);
}

START_TEST(cuts_a_long_reason)
{
	char text[3 * WHY_MAX + 1];
	struct why why;

	memset(text, 'x', sizeof(text));
	text[lengths[_i]] = '\0';
	ck_assert_int_eq(why_set(&why, "%s", text), -1);
	ck_assert_uint_eq(strlen(why.text), least(lengths[_i], WHY_MAX - 1));
	ck_assert_int_eq(why_prefix(&why, "a: "), -1);
	ck_assert_uint_eq(strlen(why.text), least(lengths[_i] + 3,
	    WHY_MAX - 1));
	ck_assert_int_eq(strncmp(why.text, "a: ", 3), 0);
}
END_TEST

START_TEST(cuts_behind_a_long_place)
{
	char text[3 * WHY_MAX + 1];
	struct why why;

	memset(text, 'x', sizeof(text));
	text[lengths[_i]] = '\0';
	why_set(&why, "abc");
	ck_assert_int_eq(why_prefix(&why, "%s", text), -1);
	ck_assert_uint_eq(strlen(why.text), least(lengths[_i] + 3,
	    WHY_MAX - 1));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("why");

	suite_one(s, sets_a_reason);
	suite_one(s, puts_a_place_before_it);
	suite_one(s, may_be_nobodys);
	suite_rows(s, cuts_a_long_reason, ROWS(lengths));
	suite_rows(s, cuts_behind_a_long_place, ROWS(lengths));
	return (suite_run(s));
}
