#include <string.h>

#include "suite.h"
#include "visible.h"

static const struct {
	const char *label, *text;
	size_t size;
	const char *out;
} rows[] = {
	{ "nothing", "", 10, "" },
	{ "no text", NULL, 10, "" },
	{ "printable", " az~\\\"%", 10, " az~\\\"%" },
	{ "escape", "\033[2J", 10, "\\x1b[2J" },
	{ "line break", "a\r\nb", 20, "a\\x0d\\x0ab" },
	{ "DEL", "\177", 10, "\\x7f" },
	{ "0x80 and 0xff", "\200\377", 10, "\\x80\\xff" },
	{ "just fits", "abc", 4, "abc" },
	{ "cut", "abcd", 4, "abc" },
	{ "an escape that just fits", "\001", 5, "\\x01" },
	{ "never half an escape", "a\001b", 5, "a" },
	{ "room for the NUL", "abc", 1, "" },
};

START_TEST(text)
{
	char out[32];

	memset(out, '#', sizeof(out));
	ck_assert_ptr_eq(visible_text(rows[_i].text, out, rows[_i].size),
	    out);
	ck_assert_msg(strcmp(out, rows[_i].out) == 0, "%s: %s",
	    rows[_i].label, out);
	ck_assert_int_eq(out[rows[_i].size], '#');
}
END_TEST

START_TEST(bytes)
{
	char out[32];

	ck_assert_str_eq(visible_bytes(TEXT("a\0b\n"), out, sizeof(out)),
	    "a\\x00b\\x0a");
	ck_assert_str_eq(visible_bytes("abc", 2, out, sizeof(out)), "ab");
	ck_assert_str_eq(visible_bytes(NULL, 0, out, sizeof(out)), "");
}
END_TEST

START_TEST(no_room)
{
	char out[1] = { '#' };

	visible_text("abc", out, 0);
	ck_assert_int_eq(out[0], '#');
}
END_TEST

START_TEST(always_enough)
{
	char all[256], out[VISIBLE_SIZE(255)];
	int i;

	for (i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	visible_text(all, out, sizeof(out));
	ck_assert_str_eq(out + strlen(out) - 4, "\\xff");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("visible");

	suite_rows(suite, text, ROWS(rows));
	suite_one(suite, bytes);
	suite_one(suite, no_room);
	suite_one(suite, always_enough);
	return (suite_run(suite));
}
