#ifndef SUITE_H
#define SUITE_H

#include <check.h>
#include <stdlib.h>

/*
 * suite: what every unit test has at its end.
 *
 * A test is a table of labelled rows and a START_TEST that looks at row _i;
 * suite_rows() runs it once for each, so that every row counts as one test.
 */

#define ROWS(table)	((int)(sizeof(table) / sizeof((table)[0])))

/* The text of a literal and its length, NULs inside included. */
#define TEXT(literal)	(literal), (sizeof(literal) - 1)

/** suite_rows(suite, test, n): run ${test} for the rows 0 to ${n} - 1. */
static inline void
suite_rows(Suite *suite, const TTest *test, int n)
{
	TCase *tc = tcase_create(test->name);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test, 0, n);
	suite_add_tcase(suite, tc);
}

/** suite_one(suite, test): run a ${test} that has no table. */
static inline void
suite_one(Suite *suite, const TTest *test)
{

	suite_rows(suite, test, 1);
}

/** suite_run(suite): run all and return main()'s exit status. */
static inline int
suite_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return (failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

#endif /* !SUITE_H */
