#include <string.h>

#include "jsondoc.h"
#include "suite.h"

static const struct {
	const char *label, *text, *value;
} texts[] = {
	{ "empty", "", "" },
	{ "ASCII", "a\"b", "a\"b" },
	{ "UTF-8", "\303\251", "\303\251" },
	{ "a control", "\033", "\033" },
	{ "no UTF-8", "a\377\033\\", "a\\xff\\x1b\\" },
	{ "an overlong form", "\300\200", "\\xc0\\x80" },
};

START_TEST(text)
{
	json_t *value = jsondoc_text(texts[_i].text);

	ck_assert_msg(strcmp(json_string_value(value), texts[_i].value) == 0,
	    "%s: %s", texts[_i].label, json_string_value(value));
	json_decref(value);
}
END_TEST

START_TEST(in_force)
{

	ck_assert(json_is_null(jsondoc_in_force(RUNNING_NOT)));
	ck_assert(json_is_true(jsondoc_in_force(RUNNING_SAME)));
	ck_assert(json_is_false(jsondoc_in_force(RUNNING_OTHER)));
}
END_TEST

START_TEST(print_of_nothing)
{

	ck_assert_int_ne(jsondoc_print(NULL), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("jsondoc");

	suite_rows(suite, text, ROWS(texts));
	suite_one(suite, in_force);
	suite_one(suite, print_of_nothing);
	return (suite_run(suite));
}
