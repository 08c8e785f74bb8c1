#include <string.h>

#include "setting.h"
#include "suite.h"

static struct setting_file *
parse(const char *text)
{
	struct setting_file *file = NULL;
	struct why why;

	ck_assert_msg(setting_parse(text, &file, &why) == 0, "%s: %s", text,
	    why.text);
	return (file);
}

static const char tree[] = "a = { b = ( 1, { c = [ \"x\" ]; } ); };\n"
    "d = \"y\";";

static const struct setting *
deep(const struct setting *root)
{

	return (setting_at(setting_at(setting_member(setting_member(root,
	    "a"), "b"), 1), 0));
}

START_TEST(paths)
{
	struct setting_file *file = parse(tree);
	const struct setting *root = setting_root(file), *c = deep(root);
	char path[SETTING_PATH_MAX];

	ck_assert_str_eq(setting_path(root, path), "");
	ck_assert_str_eq(setting_path(setting_member(root, "d"), path), "d");
	ck_assert_str_eq(setting_path(c, path), "a.b[1].c");
	ck_assert_str_eq(setting_path(setting_at(c, 0), path), "a.b[1].c[0]");
	ck_assert_str_eq(setting_name(c), "c");
	ck_assert_ptr_null(setting_name(setting_at(c, 0)));
	setting_close(file);
}
END_TEST

START_TEST(a_long_path_is_cut)
{
	struct setting_file *file = parse(
	    "a123456789012345678901234567890123456789 = "
	    "{ b123456789012345678901234567890123456789 = "
	    "{ c123456789012345678901234567890123456789 = "
	    "{ d123456789012345678901234567890123456789 = { e = 1; }; }; "
	    "}; };");
	const struct setting *s = setting_root(file);
	char path[SETTING_PATH_MAX];

	while (setting_is_group(s))
		s = setting_at(s, 0);
	setting_path(s, path);
	ck_assert_uint_eq(strlen(path), SETTING_PATH_MAX - 1);
	setting_close(file);
}
END_TEST

START_TEST(members)
{
	struct setting_file *file = parse(tree);
	const struct setting *root = setting_root(file);

	ck_assert_uint_eq(setting_count(root), 2);
	ck_assert_ptr_null(setting_member(root, "e"));
	ck_assert_ptr_null(setting_member(setting_member(root, "d"), "e"));
	ck_assert(setting_is_group(root));
	ck_assert(setting_is_list(deep(root)));
	ck_assert(setting_is_string(setting_member(root, "d")));
	ck_assert(!setting_is_string(root));
	ck_assert(!setting_is_list(root));
	setting_close(file);
	setting_close(NULL);
}
END_TEST

START_TEST(errors)
{
	struct setting_file *file = parse(tree);
	const struct setting *root = setting_root(file);
	struct why why;

	ck_assert_int_eq(setting_error(root, &why, "is %d", 1), -1);
	ck_assert_str_eq(why.text, "text: is 1");
	ck_assert_int_eq(setting_error(setting_member(root, "d"), &why,
	    "is %d", 2), -1);
	ck_assert_str_eq(why.text, "text:2: d is 2");
	setting_close(file);
	ck_assert_int_eq(setting_parse("a = 1;\nb = ;\n", &file, &why), -1);
	ck_assert_str_eq(why.text, "text:2: syntax error, here or in a "
	    "line before");

	/* A quote that is left open ends at the next one. */
	ck_assert_int_eq(setting_parse("a = \"x;\nb = \"y\";\n", &file,
	    &why), -1);
	ck_assert_str_eq(why.text, "text:3: syntax error, here or in a "
	    "line before");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("setting");

	suite_one(suite, paths);
	suite_one(suite, a_long_path_is_cut);
	suite_one(suite, members);
	suite_one(suite, errors);
	return (suite_run(suite));
}
