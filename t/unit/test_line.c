#include <check.h>
#include <stdio.h>
#include <string.h>

#include "line.h"
#include "when.h"
#include "suite.h"

#define CUT	"\\xe2\\x80\\xa6"

static const struct {
	const char *label, *value, *text;
} values[] = {
	{ "empty", "", "" },
	{ "none", NULL, "" },
	{ "bare", "host.example", "host.example" },
	{ "brackets are bare", "<a@example.com>", "<a@example.com>" },
	{ "the first and last bare bytes", "!~", "!~" },
	{ "most punctuation is bare", "#$%&'()*+,-./:;?@[]^_`{|}",
	    "#$%&'()*+,-./:;?@[]^_`{|}" },
	{ "a space", "550 5.7.1", "\"550 5.7.1\"" },
	{ "a space alone", " ", "\" \"" },
	{ "an equals sign", "rule=x", "\"rule=x\"" },
	{ "a DN", "cn=printers,ou=relay,dc=example,dc=com",
	    "\"cn=printers,ou=relay,dc=example,dc=com\"" },
	{ "a quote", "a\"b", "\"a\\\"b\"" },
	{ "a backslash", "a\\b", "\"a\\\\b\"" },
	{ "a backslash before a quote", "\\\"", "\"\\\\\\\"\"" },
	{ "what looks escaped", "\\x0a", "\"\\\\x0a\"" },
	{ "a newline", "a\nb", "\"a\\x0ab\"" },
	{ "a forged line", "x\r\nNOQUEUE: permit",
	    "\"x\\x0d\\x0aNOQUEUE: permit\"" },
	{ "a tab", "a\tb", "\"a\\x09b\"" },
	{ "ESC", "\x1b[2J", "\"\\x1b[2J\"" },
	{ "the first control", "\x01", "\"\\x01\"" },
	{ "the last control", "\x1f", "\"\\x1f\"" },
	{ "DEL", "a\x7f", "\"a\\x7f\"" },
	{ "UTF-8", "j\xc3\xb6" "e", "\"j\\xc3\\xb6e\"" },
	{ "invalid UTF-8", "\xff\xc3(", "\"\\xff\\xc3(\"" },
	{ "the first byte beyond ASCII", "\x80", "\"\\x80\"" },
};
enum { VALUES = sizeof(values) / sizeof(values[0]) };

START_TEST(value)
{
	char out[LINE_MAX_LEN];
	size_t len = line_value(values[_i].value, out, sizeof(out));

	ck_assert_msg(strcmp(out, values[_i].text) == 0, "%s: %s",
	    values[_i].label, out);
	ck_assert_uint_eq(len, strlen(out));
}
END_TEST

/* ${len} times ${byte}, as a value, gives ${before}, ${n} times ${each} and
 * ${after}. */
static const struct {
	const char *label;
	char byte;
	size_t len;
	const char *before, *each;
	size_t n;
	const char *after;
} lengths[] = {
	{ "255 bytes", 'a', 255, "", "a", 255, "" },
	{ "256 bytes", 'a', 256, "", "a", 256, "" },
	{ "257 bytes", 'a', 257, "\"", "a", 256, CUT "\"" },
	{ "5000 bytes", 'a', 5000, "\"", "a", 256, CUT "\"" },
	{ "256 that are escaped", '\n', 256, "\"", "\\x0a", 256, "\"" },
	{ "257 that are escaped", '\n', 257, "\"", "\\x0a", 256, CUT "\"" },
	{ "257 quotes: no escape is cut in two", '"', 257, "\"", "\\\"", 256,
	    CUT "\"" },
};
enum { LENGTHS = sizeof(lengths) / sizeof(lengths[0]) };

static void
repeat(char *out, const char *s, size_t n)
{

	for (; n > 0; n--)
		out = stpcpy(out, s);
	*out = '\0';
}

START_TEST(length)
{
	char in[5001] = "", out[LINE_MAX_LEN], middle[2000], want[2100];

	memset(in, lengths[_i].byte, lengths[_i].len);
	repeat(middle, lengths[_i].each, lengths[_i].n);
	snprintf(want, sizeof(want), "%s%s%s", lengths[_i].before, middle,
	    lengths[_i].after);
	line_value(in, out, sizeof(out));
	ck_assert_msg(strcmp(out, want) == 0, "%s: %s", lengths[_i].label,
	    out);
}
END_TEST

static const struct line reject = {
	.word = VERDICT_REJECT, .reason = REASON_AUTH_REQUIRED,
	.client = "203.0.113.9", .name = "host.example", .login = "",
	.from = "<a@example.com>", .to = "<b@example.net>",
	.listener = "MTA", .mailer = "smtp", .code = "550 5.7.1",
	.rule = "", .match = "", .enforce_from = WHEN_BEGINNING,
	.has_age = true, .policy_age = 0
};

START_TEST(the_manuals_line)
{
	char out[LINE_MAX_LEN];
	size_t len = line_format(&reject, out, sizeof(out));

	ck_assert_str_eq(out, "NOQUEUE: reject reason=auth-required "
	    "client=203.0.113.9 name=host.example login= "
	    "from=<a@example.com> to=<b@example.net> listener=MTA "
	    "mailer=smtp code=\"550 5.7.1\" rule= policy_age=0");
	ck_assert_uint_eq(len, strlen(out));
}
END_TEST

START_TEST(every_key_in_its_place)
{
	struct line l = reject;
	char out[LINE_MAX_LEN];

	l.queue_id = "4CgSNs5Q9sz7SllQ";
	l.word = VERDICT_WOULD_REJECT;
	l.reason = REASON_SENDER_NOT_OWNED;
	l.login = "joe doe";
	l.rule = "uid=joe,dc=example,dc=com";
	l.match = "@example.org";
	l.enforce_from = 1799971200;
	l.policy_age = 42;
	line_format(&l, out, sizeof(out));
	ck_assert_str_eq(out, "4CgSNs5Q9sz7SllQ: would-reject "
	    "reason=sender-not-owned client=203.0.113.9 name=host.example "
	    "login=\"joe doe\" from=<a@example.com> to=<b@example.net> "
	    "listener=MTA mailer=smtp code=\"550 5.7.1\" "
	    "rule=\"uid=joe,dc=example,dc=com\" match=@example.org "
	    "enforce_from=2027-01-15T00:00:00Z policy_age=42");
}
END_TEST

START_TEST(nothing_known)
{
	struct line l = { .word = VERDICT_TEMPFAIL,
	    .reason = REASON_DIRECTORY_UNAVAILABLE, .queue_id = "" };
	char out[LINE_MAX_LEN];

	line_format(&l, out, sizeof(out));
	ck_assert_str_eq(out, "NOQUEUE: tempfail "
	    "reason=directory-unavailable client= name= login= from=<> "
	    "to=<> listener= mailer= code= rule= policy_age=");
}
END_TEST

static const struct {
	const char *label;
	enum verdict_word word;
	int64_t from;
	const char *end;
} froms[] = {
	{ "a reject has no date", VERDICT_REJECT, 1799971200,
	    " rule= policy_age=0" },
	{ "nor a tempfail", VERDICT_TEMPFAIL, WHEN_NEVER,
	    " rule= policy_age=0" },
	{ "nor a permit", VERDICT_PERMIT, WHEN_NEVER,
	    " rule= policy_age=0" },
	{ "never", VERDICT_WOULD_REJECT, WHEN_NEVER,
	    " rule= enforce_from=never policy_age=0" },
	{ "a date", VERDICT_WOULD_REJECT, 1799971200,
	    " rule= enforce_from=2027-01-15T00:00:00Z policy_age=0" },
};
enum { FROMS = sizeof(froms) / sizeof(froms[0]) };

START_TEST(enforce_from)
{
	struct line l = reject;
	char out[LINE_MAX_LEN];
	size_t len;

	l.word = froms[_i].word;
	l.enforce_from = froms[_i].from;
	len = line_format(&l, out, sizeof(out));
	ck_assert_msg(strcmp(out + len - strlen(froms[_i].end),
	    froms[_i].end) == 0, "%s: %s", froms[_i].label, out);
}
END_TEST

static const struct {
	const char *label, *path, *text;
} paths[] = {
	{ "in brackets", "<a@example.com>", " from=<a@example.com> " },
	{ "without brackets", "a@example.com", " from=<a@example.com> " },
	{ "the null sender", "<>", " from=<> " },
	{ "nothing", "", " from=<> " },
	{ "as it came, not mended", "<a@example.com", " from=<a@example.com "
	    },
	{ "behind the brackets", "<a@example.com> (x)",
	    " from=\"<a@example.com> (x)\" " },
	{ "hostile", "a\"\n@example.com",
	    " from=\"<a\\\"\\x0a@example.com>\" " },
	{ "what looks like a key", "<a> to=<b>", " from=\"<a> to=<b>\" " },
};
enum { PATHS = sizeof(paths) / sizeof(paths[0]) };

START_TEST(path)
{
	struct line l = reject;
	char out[LINE_MAX_LEN];

	l.from = paths[_i].path;
	line_format(&l, out, sizeof(out));
	ck_assert_msg(strstr(out, paths[_i].text) != NULL, "%s: %s",
	    paths[_i].label, out);
}
END_TEST

/* 254 bytes and the brackets are 256. */
START_TEST(path_is_cut_with_its_brackets)
{
	char in[300] = "", out[LINE_MAX_LEN], want[400];
	struct line l = reject;

	memset(in, 'a', 254);
	l.to = in;
	snprintf(want, sizeof(want), " to=<%s> listener=", in);
	line_format(&l, out, sizeof(out));
	ck_assert_ptr_ne(strstr(out, want), NULL);
	in[254] = 'a';
	snprintf(want, sizeof(want), " to=\"<%s" CUT "\" listener=", in);
	line_format(&l, out, sizeof(out));
	ck_assert_ptr_ne(strstr(out, want), NULL);
}
END_TEST

START_TEST(hostile_queue_id)
{
	struct line l = reject;
	char out[LINE_MAX_LEN];

	l.queue_id = "A: permit\n";
	line_format(&l, out, sizeof(out));
	ck_assert_int_eq(strncmp(out, "\"A: permit\\x0a\": reject ", 23), 0);
}
END_TEST

START_TEST(longest_line_fits)
{
	char worst[300] = "", out[2 * LINE_MAX_LEN];
	size_t len;

	memset(worst, '\n', sizeof(worst) - 1);
	len = line_format(&(struct line){ worst, VERDICT_WOULD_REJECT,
	    REASON_DIRECTORY_UNAVAILABLE, worst, worst, worst, worst, worst,
	    worst, worst, worst, worst, worst, INT64_MAX - 1, true,
	    INT64_MAX }, out, sizeof(out));
	ck_assert_uint_lt(len, LINE_MAX_LEN);
	ck_assert_uint_eq(len, strlen(out));
}
END_TEST

START_TEST(small_buffers)
{
	char out[200];
	size_t size, len;

	for (size = 0; size < sizeof(out); size++) {
		memset(out, '#', sizeof(out));
		len = line_format(&reject, out, size);
		ck_assert_uint_le(len, size);
		ck_assert_int_eq(out[size], '#');
		if (size > 0)
			ck_assert_uint_eq(strlen(out), len);
		memset(out, '#', sizeof(out));
		len = line_value("a\nb", out, size);
		ck_assert_uint_le(len, size);
		ck_assert_int_eq(out[size], '#');
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("line");
	TCase *tc = tcase_create("line");

	tcase_add_loop_test(tc, value, 0, VALUES);
	tcase_add_loop_test(tc, length, 0, LENGTHS);
	tcase_add_test(tc, the_manuals_line);
	tcase_add_test(tc, every_key_in_its_place);
	tcase_add_test(tc, nothing_known);
	tcase_add_loop_test(tc, enforce_from, 0, FROMS);
	tcase_add_loop_test(tc, path, 0, PATHS);
	tcase_add_test(tc, path_is_cut_with_its_brackets);
	tcase_add_test(tc, hostile_queue_id);
	tcase_add_test(tc, longest_line_fits);
	tcase_add_test(tc, small_buffers);
	suite_add_tcase(s, tc);
	return (s);
}

int
main(void)
{

	return (suite_run(suite()));
}
