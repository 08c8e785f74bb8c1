/* The parts that read the kernel are static: the test takes the source. */
#include "../../milter/clock.c"
#include "suite.h"

#include <check.h>
#include <stdlib.h>

#define A	"aaaaaaaa-0000-4000-8000-000000000001"
#define B	"bbbbbbbb-0000-4000-8000-000000000002"

static const struct {
	const char *label;
	struct clock_reading then, now;
	int64_t age;
} ages[] = {
	{ "nothing has passed", { 100, 5000, A }, { 100, 5000, A }, 0 },
	{ "rounded down", { 100, 5000, A }, { 102, 6999, A }, 1 },
	{ "a whole second", { 100, 5000, A }, { 101, 6000, A }, 1 },
	{ "within a boot the wall clock does not count: set forward",
	    { 100, 5000, A }, { 90000, 6000, A }, 1 },
	{ "within a boot the wall clock does not count: set back",
	    { 100, 5000, A }, { 1, 6000, A }, 1 },
	{ "within a boot: boot time of the future is too old",
	    { 100, 5000, A }, { 100, 4999, A }, INT64_MAX },
	{ "across boots by wall clock, whatever boot time says",
	    { 100, 5000, A }, { 160, 9000000, B }, 60 },
	{ "across boots by wall clock: boot time went back",
	    { 100, 5000, A }, { 160, 10, B }, 60 },
	{ "across boots: a time of the future is too old",
	    { 100, 5000, A }, { 99, 5000, B }, INT64_MAX },
	{ "a stored reading without a boot id goes by wall clock",
	    { 100, 5000, "" }, { 130, 6000, A }, 30 },
	{ "a difference that overflows is too old (wall clock)",
	    { INT64_MIN, 0, A }, { INT64_MAX, 0, B }, INT64_MAX },
	{ "a difference that overflows is too old (boot time)",
	    { 0, INT64_MIN, A }, { 0, INT64_MAX, A }, INT64_MAX },
};
enum { AGES = sizeof(ages) / sizeof(ages[0]) };

START_TEST(age)
{
	int64_t is = clock_age(&ages[_i].then, &ages[_i].now);

	ck_assert_msg(is == ages[_i].age, "%s: %lld", ages[_i].label,
	    (long long)is);
}
END_TEST

START_TEST(age_of_an_unterminated_id)
{
	struct clock_reading then = { 0, 1000, A }, now = { 50, 3000, A };

	memset(then.boot_id, 'a', sizeof(then.boot_id));
	ck_assert_int_eq(clock_age(&then, &now), 50);
	memset(now.boot_id, 'a', sizeof(now.boot_id));
	ck_assert_int_eq(clock_age(&then, &now), 2);
}
END_TEST

START_TEST(reading)
{
	struct clock_reading a, b;

	clock_read(&a);
	usleep(20000);
	clock_read(&b);
	ck_assert_int_gt(a.utc, 1700000000);
	ck_assert_int_ge(b.utc, a.utc);
	ck_assert_int_ge(b.boot_ms, a.boot_ms + 20);
	ck_assert_str_ne(a.boot_id, "");
	ck_assert_str_eq(a.boot_id, b.boot_id);
	ck_assert_ptr_eq(strpbrk(a.boot_id, "\n "), NULL);
}
END_TEST

START_TEST(waiting_clock_goes_on)
{
	int64_t before = clock_ms();

	usleep(20000);
	ck_assert_int_ge(clock_ms(), before + 20);
}
END_TEST

static const struct {
	const char *label, *bytes, *id;
} id_files[] = {
	{ "a UUID and a newline", A "\n", A },
	{ "a UUID alone", A, A },
	{ "more than a UUID", A B, A },
	{ "an empty file", "", NULL },
	{ "an empty line", "\n" A, NULL },
};
enum { ID_FILES = sizeof(id_files) / sizeof(id_files[0]) };

START_TEST(boot_id_file)
{
	char path[] = "/tmp/test_clock.XXXXXX", id[CLOCK_BOOT_ID_MAX];
	size_t len = strlen(id_files[_i].bytes);
	int fd = mkstemp(path);
	bool is;

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, id_files[_i].bytes, len), (ssize_t)len);
	close(fd);
	is = boot_id_read(path, id);
	unlink(path);
	ck_assert_msg(is == (id_files[_i].id != NULL), "%s",
	    id_files[_i].label);
	if (is)
		ck_assert_msg(strcmp(id, id_files[_i].id) == 0, "%s: %s",
		    id_files[_i].label, id);
}
END_TEST

START_TEST(no_boot_id_file)
{
	char id[CLOCK_BOOT_ID_MAX];

	ck_assert(!boot_id_read("/nonexistent/boot_id", id));
}
END_TEST

/* Two processes never agree on it, nor do two moments. */
START_TEST(invented_ids_differ)
{
	char a[CLOCK_BOOT_ID_MAX], b[CLOCK_BOOT_ID_MAX];

	boot_id_invent(a);
	usleep(1000);
	boot_id_invent(b);
	ck_assert_int_eq(strncmp(a, "none-", 5), 0);
	ck_assert_str_ne(a, b);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clock");
	TCase *tc = tcase_create("clock");

	tcase_add_loop_test(tc, age, 0, AGES);
	tcase_add_test(tc, age_of_an_unterminated_id);
	tcase_add_test(tc, reading);
	tcase_add_test(tc, waiting_clock_goes_on);
	tcase_add_loop_test(tc, boot_id_file, 0, ID_FILES);
	tcase_add_test(tc, no_boot_id_file);
	tcase_add_test(tc, invented_ids_differ);
	suite_add_tcase(s, tc);
	return (s);
}

int
main(void)
{

	return (suite_run(suite()));
}
