#include <stdio.h>
#include <string.h>

#include "dnset.h"
#include "suite.h"

static unsigned long
add(struct dnset *set, const char *key, unsigned long line)
{
	unsigned long before;

	ck_assert_int_eq(dnset_add(set, key, strlen(key), line, &before), 0);
	return (before);
}

START_TEST(knows_what_it_met)
{
	struct dnset set;

	dnset_init(&set);
	ck_assert_uint_eq(add(&set, "cn=a", 1), 0);
	ck_assert_uint_eq(add(&set, "cn=b", 5), 0);
	ck_assert_uint_eq(add(&set, "cn=aa", 9), 0);
	ck_assert_uint_eq(add(&set, "cn=a", 12), 1);
	ck_assert_uint_eq(add(&set, "cn=a", 15), 1);
	ck_assert_uint_eq(add(&set, "cn=b", 18), 5);
	dnset_free(&set);
}
END_TEST

START_TEST(keeps_a_copy)
{
	char key[] = "cn=a";
	struct dnset set;

	dnset_init(&set);
	ck_assert_uint_eq(add(&set, key, 1), 0);
	key[3] = 'b';
	ck_assert_uint_eq(add(&set, "cn=a", 2), 1);
	ck_assert_uint_eq(add(&set, key, 3), 0);
	dnset_free(&set);
}
END_TEST

START_TEST(grows)
{
	struct dnset set;
	unsigned long i;
	char key[32];

	dnset_init(&set);
	for (i = 1; i <= 10000; i++) {
		snprintf(key, sizeof(key), "cn=%lu", i);
		ck_assert_uint_eq(add(&set, key, i), 0);
	}
	for (i = 1; i <= 10000; i++) {
		snprintf(key, sizeof(key), "cn=%lu", i);
		ck_assert_uint_eq(add(&set, key, i + 7), i);
	}
	dnset_free(&set);
}
END_TEST

START_TEST(may_stay_empty)
{
	struct dnset set;

	dnset_init(&set);
	dnset_free(&set);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dnset");

	suite_one(s, knows_what_it_met);
	suite_one(s, keeps_a_copy);
	suite_one(s, grows);
	suite_one(s, may_stay_empty);
	return (suite_run(s));
}
