#include "suite.h"

#include "attr_case.h"
#include "attrstate.h"

/* What needs more than a line of text; the rest is in test_attrmap.c. */

static struct attr_reading
reading_of(struct attr_case *c, const struct entry *e)
{

	return ((struct attr_reading){ .entry = e, .dn = "cn=x",
	    .arena = &c->arena, .report = &c->report });
}

enum { MANY = 100000 };

/* A hundred thousand members, each twice. */
START_TEST(finds_doubles_among_many)
{
	static const struct attr_row row = { .attr = "memberUid",
	    .type = TYPE_LOGIN };
	struct attr_list list = attrtype_list(sizeof(const char *), "x");
	struct entry_attr a = { .name = "memberUid", .nvalues = 2 * MANY };
	const struct entry e = { "cn=x", 4, &a, 1 };
	struct attr_reading r;
	struct entry_value *v;
	struct attr_case c;
	struct texts texts;
	char name[16];
	size_t i;

	case_begin(&c);
	v = arena_array(&c.arena, 2 * MANY, sizeof(*v));
	a.values = v;
	for (i = 0; i < 2 * MANY; i++) {
		snprintf(name, sizeof(name), "u%zu", i * 7 % MANY);
		v[i].s = arena_strdup(&c.arena, name);
		v[i].len = strlen(name);
	}
	r = reading_of(&c, &e);
	attrtype_texts(&r, &row, &list);
	texts = attrtype_list_texts(&r, &list);
	ck_assert(!r.no_memory);
	ck_assert_uint_eq(texts.n, MANY);
	for (i = 0; i < MANY; i++)
		ck_assert_str_eq(texts.v[i], v[i].s);
	case_end(&c);
}
END_TEST

static const size_t dn_lens[] = { 4, 511, 512, 513, 5000, 100000 };

START_TEST(reads_dns_of_any_length)
{
	static const struct attr_row row = { .attr = "member",
	    .type = TYPE_DN };
	struct attr_list list = attrtype_list(sizeof(const char *), "x");
	struct entry_value v = { .len = dn_lens[_i] };
	const struct entry_attr a = { "member", &v, 1 };
	const struct entry e = { "cn=x", 4, &a, 1 };
	struct attr_reading r;
	struct attr_case c;
	struct texts texts;
	char *dn;

	case_begin(&c);
	dn = arena_alloc(&c.arena, v.len + 1);
	memset(dn, 'A', v.len);
	memcpy(dn, "CN=", 3);
	v.s = dn;
	r = reading_of(&c, &e);
	attrtype_texts(&r, &row, &list);
	texts = attrtype_list_texts(&r, &list);
	ck_assert_str_eq(c.said, "");
	ck_assert_uint_eq(texts.n, 1);
	ck_assert_uint_eq(strlen(texts.v[0]), v.len);
	ck_assert_int_eq(strncmp(texts.v[0], "cn=aaaa", v.len < 7 ? v.len :
	    7), 0);
	case_end(&c);
}
END_TEST

/* Whatever a report is about, its text stays within bounds. */
START_TEST(reports_within_bounds)
{
	const struct entry e = { "cn=x", 4, NULL, 0 };
	struct attr_reading r;
	char longest[2000];
	struct attr_case c;

	case_begin(&c);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	r = reading_of(&c, &e);
	attrtype_problem(&r, "cn", NULL, "%s", longest);
	ck_assert_uint_lt(strlen(c.said), 600);
	case_end(&c);
}
END_TEST

static const struct {
	const char *label;
	const char *value;
	const char *word;
	bool same;
} words[] = {
	{ "the same", "deny", "deny", true },
	{ "another case", "DeNY", "deny", true },
	{ "spaces around", "  deny ", "deny", true },
	{ "a tab is no space", "deny\t", "deny", false },
	{ "longer", "denying", "deny", false },
	{ "shorter", "den", "deny", false },
	{ "nothing", "", "deny", false },
	{ "spaces", "  ", "", true }
};

START_TEST(compares_words)
{
	const struct entry_value v = { words[_i].value,
	    strlen(words[_i].value) };

	ck_assert_msg(attrtype_value_is(&v, words[_i].word) ==
	    words[_i].same, "%s", words[_i].label);
}
END_TEST

/* A row whose type is not of its role never gives a date. */
START_TEST(takes_dates_from_types_of_dates_only)
{
	const struct attr_row row = { .attr = "x",
	    .type = (enum attr_type)_i };
	enum attrstate_date date;
	struct attr_reading r;
	struct attr_case c;
	struct entry e;
	int64_t t;

	case_begin(&c);
	e = case_entry(&c, "cn=x", "x: 1\n");
	r = reading_of(&c, &e);
	date = attrstate_date(&r, &row, "x", &t);
	ck_assert_int_eq(date, row.type == TYPE_DAYS ||
	    row.type == TYPE_FILETIME ? DATE_SET : DATE_UNREADABLE);
	case_end(&c);
}
END_TEST

/* Presence that enables; in test_attrmap.c it disables. */
static const struct {
	const char *label;
	const char *entry;
	bool enabled;
	const char *said;
} present[] = {
	{ "there", "mailBox: 0\n", true, "" },
	{ "there twice", "mailBox: 0\nmailBox: 1\n", true, "" },
	{ "not there", "cn: x\n", false, "" },
	{ "empty", "mailBox: \n", false,
	    "mailBox=: it is empty: remove it; it counts as disabled\n" },
	{ "one of two is empty", "mailBox: 0\nmailBox: \n", false,
	    "mailBox=: it is empty: remove it; it counts as disabled\n" }
};

START_TEST(reads_presence_that_enables)
{
	static const struct attr_row row = { .attr = "mailBox",
	    .type = TYPE_PRESENCE };
	struct attr_reading r;
	struct attr_case c;
	struct entry e;

	case_begin(&c);
	e = case_entry(&c, "cn=x", present[_i].entry);
	r = reading_of(&c, &e);
	ck_assert_msg(attrstate_enabled(&r, &row) == present[_i].enabled,
	    "%s", present[_i].label);
	ck_assert_str_eq(c.said, present[_i].said);
	case_end(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("attrtype");

	suite_one(s, finds_doubles_among_many);
	suite_rows(s, reads_dns_of_any_length, ROWS(dn_lens));
	suite_one(s, reports_within_bounds);
	suite_rows(s, reads_presence_that_enables, ROWS(present));
	suite_rows(s, compares_words, ROWS(words));
	suite_rows(s, takes_dates_from_types_of_dates_only, ATTR_TYPES);
	return (suite_run(s));
}
