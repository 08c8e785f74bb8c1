#include <string.h>
#include <wchar.h>

#include "suite.h"
#include "trace.h"

#define X10	"xxxxxxxxxx"
#define X100	X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X500	X100 X100 X100 X100 X100

static const struct {
	const char *label;
	const char *value;
	const char *text;
} rows[] = {
	{ "plain text", "a b~", "<a b~>" },
	{ "empty", "", "<>" },
	{ "a newline", "a\nb", "<a\\x0ab>" },
	{ "escape sequences of a terminal", "\x1b[2J", "<\\x1b[2J>" },
	{ "0x7f", "\x7f", "<\\x7f>" },
	{ "UTF-8", "\xc3\xbc", "<\\xc3\\xbc>" },
	{ "a backslash stays", "CORP\\joe", "<CORP\\joe>" },
	{ "as long as fits", X500 "123456", "<" X500 "123456>" },
	{ "too long: cut and marked", X500 "1234567", "<" X500 "1234567..." },
	{ "much too long", X500 X500 X500, "<" X500 "xxxxxxx..." },
	{ "an escape is not cut in two", X500 "1234\n", "<" X500 "1234..." },
	{ "an escape that just fits", X500 "123\n", "<" X500 "123\\x0a..." }
};

START_TEST(writes_one_sentence)
{
	struct trace t;

	trace_init(&t);
	trace_add(&t, 4, "<%s>", rows[_i].value);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_int_eq(t.steps[0].step, 4);
	ck_assert_msg(strcmp(t.steps[0].text, rows[_i].text) == 0,
	    "%s: %s", rows[_i].label, t.steps[0].text);
	ck_assert(!t.cut);
}
END_TEST

START_TEST(keeps_so_many_and_no_more)
{
	struct trace t;
	int i;

	trace_init(&t);
	for (i = 0; i < TRACE_STEPS; i++)
		trace_add(&t, i % 8, "%d", i);
	ck_assert(!t.cut);
	trace_add(&t, 7, "too much");
	ck_assert(t.cut);
	ck_assert_uint_eq(t.n, TRACE_STEPS);
	ck_assert_str_eq(t.steps[TRACE_STEPS - 1].text, "63");
	trace_init(&t);
	ck_assert_uint_eq(t.n, 0);
	ck_assert(!t.cut);
}
END_TEST

START_TEST(keeps_a_sentence_that_cannot_be_written)
{
	const wchar_t broken[] = { 0x110000, 0 };
	struct trace t;

	trace_init(&t);
	trace_add(&t, 1, "%ls", broken);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_str_eq(t.steps[0].text, "");
}
END_TEST

START_TEST(does_nothing_without_a_trace)
{

	trace_add(NULL, 0, "%s", "nobody hears this");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("trace");

	suite_rows(s, writes_one_sentence, ROWS(rows));
	suite_one(s, keeps_so_many_and_no_more);
	suite_one(s, keeps_a_sentence_that_cannot_be_written);
	suite_one(s, does_nothing_without_a_trace);
	return (suite_run(s));
}
