#include <string.h>

#include "entry.h"
#include "suite.h"

static const struct {
	const char *label;
	const char *written;
	const char *name;
	bool same;
} names[] = {
	{ "the same", "mail", "mail", true },
	{ "another case", "MAIL", "mail", true },
	{ "with an option", "mail;lang-de", "mail", true },
	{ "with several", "Mail;lang-de;x-a", "mail", true },
	{ "longer", "mailHost", "mail", false },
	{ "shorter", "mai", "mail", false },
	{ "another", "uid", "mail", false },
	{ "an option alone", ";mail", "mail", false },
	{ "nothing", "", "mail", false }
};

START_TEST(compares_names)
{

	ck_assert_msg(entry_name_is(names[_i].written, names[_i].name) ==
	    names[_i].same, "%s", names[_i].label);
}
END_TEST

static const struct entry_value first[] = { { "a", 1 }, { "b", 1 } };
static const struct entry_value other[] = { { "x", 1 } };
static const struct entry_value second[] = { { "c", 1 } };
static const struct entry_attr attrs[] = {
	{ "cn", other, 1 },
	{ "mail", first, 2 },
	{ "mail;empty", NULL, 0 },
	{ "uid", other, 1 },
	{ "MAIL;lang-de", second, 1 }
};
static const struct entry entry = { "cn=x", 4, attrs, 5 };

static const struct {
	const char *name;
	const char *values;
	const char *last_written;
} walks[] = {
	{ "mail", "abc", "MAIL;lang-de" },
	{ "Cn", "x", "cn" },
	{ "uid", "x", "uid" },
	{ "sn", "", "sn" }
};

START_TEST(walks_over_values)
{
	const struct entry_value *v;
	struct entry_cursor c;
	char text[8] = "";

	entry_values(&c, &entry, walks[_i].name);
	while ((v = entry_next(&c)) != NULL)
		strncat(text, v->s, v->len);
	ck_assert_str_eq(text, walks[_i].values);
	ck_assert_str_eq(c.written, walks[_i].last_written);
	ck_assert_ptr_null(entry_next(&c));
	ck_assert_uint_eq(entry_count(&entry, walks[_i].name),
	    strlen(walks[_i].values));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("entry");

	suite_rows(s, compares_names, ROWS(names));
	suite_rows(s, walks_over_values, ROWS(walks));
	return (suite_run(s));
}
