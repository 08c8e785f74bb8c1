#include <check.h>
#include <string.h>

#include "expand.h"
#include "suite.h"

#define X8	"xxxxxxxx"
#define X64	X8 X8 X8 X8 X8 X8 X8 X8

static const char *const names[] = { "login", "url", "none", "bad" };
static const struct expand_var vars[] = {
	{ "login", "joe", false },
	{ "url", "https://mail.example.com/a%20b", true },
	{ "none", NULL, false },
	{ "bad", "a\r\n250 ok\x1b[0m\x7f\xc3\xa4z", false },
	{ "long", X64 "y", false },
	{ "long_url", X64 "y", true },
	{ "hidden", "\x01\x01" X64 "y", false },
};
enum { VARS = sizeof(vars) / sizeof(vars[0]) };

static const struct {
	const char *label, *template, *fault;
	int at;
} checks[] = {
	{ "empty", "", NULL, 0 },
	{ "text only", "sign in", NULL, 0 },
	{ "a known name", "ask %{login}", NULL, 0 },
	{ "names side by side", "%{login}%{url}", NULL, 0 },
	{ "a percent sign", "100%% of %{login}", NULL, 0 },
	{ "a percent sign before what looks like a name", "%%{login", NULL,
	    0 },
	{ "an unknown name", "ask %{nobody}", "there is no such %{name}", 4 },
	{ "the beginning of a name", "%{log}", "there is no such %{name}", 0 },
	{ "more than a name", "%{login2}", "there is no such %{name}", 0 },
	{ "a name in capitals", "%{LOGIN}", "there is no such %{name}", 0 },
	{ "no name", "x%{}", "there is no such %{name}", 1 },
	{ "not closed", "ask %{login", "%{ without }", 4 },
	{ "nothing after the brace", "%{", "%{ without }", 0 },
	{ "a stray percent sign", "100% sure",
	    "a % that begins no %{name} is written %%", 3 },
	{ "a percent sign at the end", "100%",
	    "a % that begins no %{name} is written %%", 3 },
	{ "three of them", "%%%",
	    "a % that begins no %{name} is written %%", 2 },
	{ "the first fault is told", "%s %{nobody}",
	    "a % that begins no %{name} is written %%", 0 },
};
enum { CHECKS = sizeof(checks) / sizeof(checks[0]) };

START_TEST(check_template)
{
	const char *at = NULL, *fault, *t = checks[_i].template;

	fault = expand_check(t, names, 4, &at);
	if (checks[_i].fault == NULL) {
		ck_assert_msg(fault == NULL, "%s: %s", checks[_i].label,
		    fault);
		return;
	}
	ck_assert_msg(fault != NULL, "%s", checks[_i].label);
	ck_assert_str_eq(fault, checks[_i].fault);
	ck_assert_msg(at == t + checks[_i].at, "%s: at %d", checks[_i].label,
	    (int)(at - t));
	ck_assert_ptr_ne(expand_check(t, names, 4, NULL), NULL);
}
END_TEST

static const struct {
	const char *label, *template;
	size_t size;
	const char *text;
} texts[] = {
	{ "empty", "", 200, "" },
	{ "text only", "sign in", 200, "sign in" },
	{ "a value", "ask %{login} now", 200, "ask joe now" },
	{ "values side by side", "%{login}%{login}", 200, "joejoe" },
	{ "a percent sign", "100%% %{login}", 200, "100% joe" },
	{ "a value is not a template", "%{url}", 200,
	    "https://mail.example.com/a%20b" },
	{ "no value", "<%{none}>", 200, "<>" },
	{ "an unknown name gives nothing", "<%{nobody}>", 200, "<>" },
	{ "what is not printable is lost", "<%{bad}>", 200,
	    "<a250 ok[0mz>" },
	{ "a value is cut at 64 bytes", "<%{long}>", 200, "<" X64 ">" },
	{ "of those that are left", "<%{hidden}>", 200, "<" X64 ">" },
	{ "a trusted value is not cut", "<%{long_url}>", 200,
	    "<" X64 "y>" },
	{ "cut in a text", "sign in", 5, "sign" },
	{ "cut in a value", "%{login}", 3, "jo" },
	{ "cut in a trusted value", "%{url}", 6, "https" },
	{ "cut between", "%{login}x", 4, "joe" },
	{ "fits to the byte", "%{login}x", 5, "joex" },
	{ "room for the NUL only", "sign in %{login}", 1, "" },
	{ "a stray percent sign stands for itself", "100% %{login", 200,
	    "100% %{login" },
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

START_TEST(expand_text)
{
	char out[201];
	size_t len;

	memset(out, '#', sizeof(out));
	len = expand(texts[_i].template, vars, VARS, expand_smtp, out,
	    texts[_i].size);
	ck_assert_msg(strcmp(out, texts[_i].text) == 0, "%s: %s",
	    texts[_i].label, out);
	ck_assert_uint_eq(len, strlen(texts[_i].text));
	ck_assert_msg(out[texts[_i].size] == '#', "%s: beyond the end",
	    texts[_i].label);
}
END_TEST

START_TEST(no_room_at_all)
{
	char out = '#';

	ck_assert_uint_eq(expand("x", vars, VARS, expand_smtp, &out, 0), 0);
	ck_assert_int_eq(out, '#');
}
END_TEST

START_TEST(every_byte_through_smtp)
{
	char c, out[2];
	size_t n;
	int i;

	for (i = 0; i < 256; i++) {
		c = (char)i;
		out[0] = '#';
		n = expand_smtp(out, 1, &c, 1);
		ck_assert_msg(n == (i >= 0x20 && i <= 0x7e), "%02x", i);
		ck_assert_int_eq(out[0], n == 1 ? c : '#');
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("expand");
	TCase *tc = tcase_create("expand");

	tcase_add_loop_test(tc, check_template, 0, CHECKS);
	tcase_add_loop_test(tc, expand_text, 0, TEXTS);
	tcase_add_test(tc, no_room_at_all);
	tcase_add_test(tc, every_byte_through_smtp);
	suite_add_tcase(s, tc);
	return (s);
}

int
main(void)
{

	return (suite_run(suite()));
}
