#include <check.h>
#include <stdio.h>
#include <string.h>

#include "expand.h"
#include "reply.h"
#include "suite.h"

#define URL	"https://mail.example.com/smtp-auth"
#define PREFIX	"Relay is not permitted: "

static const struct reply_values nobody = { "", "", "", "" };

static const struct {
	enum reason reason;
	const char *name, *code;
} rows[] = {
	{ REASON_AUTH_REQUIRED, "auth-required", "550 5.7.1" },
	{ REASON_SENDER_NOT_OWNED, "sender-not-owned", "550 5.7.1" },
	{ REASON_ACCOUNT_UNKNOWN, "account-unknown", "550 5.7.1" },
	{ REASON_ACCOUNT_DENIED, "account-denied", "550 5.7.1" },
	{ REASON_ACCOUNT_EXPIRED, "account-expired", "550 5.7.1" },
	{ REASON_ACCOUNT_RECIPIENT, "account-recipient", "550 5.7.1" },
	{ REASON_ACCOUNT_NETWORK, "account-network", "550 5.7.1" },
	{ REASON_NETWORK_DENIED, "network-denied", "550 5.7.1" },
	{ REASON_NETWORK_SENDER, "network-sender", "550 5.7.1" },
	{ REASON_NETWORK_RECIPIENT, "network-recipient", "550 5.7.1" },
	{ REASON_ACCOUNT_AMBIGUOUS, "account-ambiguous", "451 4.3.5" },
	{ REASON_DIRECTORY_UNAVAILABLE, "directory-unavailable",
	    "451 4.3.0" },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void
assert_code(const struct reply *r, const char *code, const char *label)
{
	char is[40];

	snprintf(is, sizeof(is), "%s %s", r->rcode, r->xcode);
	ck_assert_msg(strcmp(is, code) == 0, "%s: %s", label, is);
}

/* Text and hint are free; what stands around them is not. */
START_TEST(default_with_help)
{
	struct reply_settings settings = { .help_url = URL };
	char middle[200];
	struct reply r;
	size_t len;

	reply_make(&settings, rows[_i].reason, &nobody, &r);
	assert_code(&r, rows[_i].code, rows[_i].name);
	ck_assert_int_eq(r.nlines, 1);
	ck_assert_int_eq(strncmp(r.line[0], PREFIX, strlen(PREFIX)), 0);
	snprintf(middle, sizeof(middle), " (see " URL "#%s for ",
	    rows[_i].name);
	ck_assert_msg(strstr(r.line[0], middle) != NULL, "%s: %s",
	    rows[_i].name, r.line[0]);
	len = strlen(r.line[0]);
	ck_assert_int_eq(r.line[0][len - 1], ')');
	ck_assert_int_ne(r.line[0][len - 2], ' ');
}
END_TEST

/* Without the parenthesis it is the same text, and nothing is open. */
START_TEST(default_without_help)
{
	struct reply_settings settings = { .help_url = URL };
	struct reply with, r, fixed;

	reply_make(&settings, rows[_i].reason, &nobody, &with);
	settings.help_url = "";
	reply_make(&settings, rows[_i].reason, &nobody, &r);
	assert_code(&r, rows[_i].code, rows[_i].name);
	ck_assert_int_eq(r.nlines, 1);
	ck_assert_ptr_eq(strpbrk(r.line[0], "()%#"), NULL);
	ck_assert_int_eq(strncmp(r.line[0], with.line[0],
	    strlen(r.line[0])), 0);
	ck_assert_int_eq(strncmp(with.line[0] + strlen(r.line[0]), " (see ",
	    6), 0);
	reply_fixed(rows[_i].reason, &fixed);
	assert_code(&fixed, rows[_i].code, "fixed");
	ck_assert_int_eq(fixed.nlines, 1);
	ck_assert_str_eq(fixed.line[0], r.line[0]);
}
END_TEST

START_TEST(temporary_ones_say_later)
{
	struct reply r;

	reply_fixed(rows[_i].reason, &r);
	ck_assert_msg((strstr(r.line[0], "try again later") != NULL) ==
	    (r.rcode[0] == '4'), "%s", r.line[0]);
}
END_TEST

START_TEST(default_code)
{

	ck_assert_str_eq(reply_default_code(rows[_i].reason), rows[_i].code);
	ck_assert_ptr_eq(reply_code_check(rows[_i].reason, rows[_i].code),
	    NULL);
}
END_TEST

/* With the longest help URL a default is not cut. */
START_TEST(longest_default_fits)
{
	char url[REPLY_URL_MAX + 1] = "";
	struct reply_settings settings = { .help_url = url };
	struct reply r;
	size_t len;

	memset(url, 'u', REPLY_URL_MAX);
	reply_make(&settings, rows[_i].reason, &nobody, &r);
	len = strlen(r.line[0]);
	ck_assert_uint_lt(len, REPLY_LINE_MAX);
	ck_assert_int_eq(r.line[0][len - 1], ')');
	ck_assert_ptr_ne(strstr(r.line[0], url), NULL);
}
END_TEST

START_TEST(the_manuals_reply)
{
	struct reply_settings settings = { .help_url = URL };
	struct reply r;

	reply_make(&settings, REASON_AUTH_REQUIRED, &nobody, &r);
	assert_code(&r, "550 5.7.1", "auth-required");
	ck_assert_str_eq(r.line[0], "Relay is not permitted: sign in to this "
	    "server before sending (see https://mail.example.com/smtp-auth"
	    "#auth-required for your mail program)");
}
END_TEST

#define U8	"uuuuuuuu"
#define U64	U8 U8 U8 U8 U8 U8 U8 U8

static const struct {
	const char *label, *url, *line;
} urls[] = {
	{ "a fragment is cut off", URL "#top",
	    PREFIX "sign in to this server before sending (see " URL
	    "#auth-required for your mail program)" },
	{ "a fragment alone is none", "#top",
	    PREFIX "sign in to this server before sending" },
	{ "none", "", PREFIX "sign in to this server before sending" },
	{ "longer than 64 bytes: it is the postmaster's own",
	    "https://" U64 "/",
	    PREFIX "sign in to this server before sending (see https://"
	    U64 "/#auth-required for your mail program)" },
	{ "a % in it is no template", "https://example.com/%7Ehelp",
	    PREFIX "sign in to this server before sending (see "
	    "https://example.com/%7Ehelp#auth-required for your mail "
	    "program)" },
	{ "so long that the text would be cut in it",
	    U64 U64 U64 U64 "u", PREFIX "sign in to this server before "
	    "sending" },
	{ "longer than a line", U64 U64 U64 U64 U64 U64 U64 U64 U64,
	    PREFIX "sign in to this server before sending" },
	{ "long by its fragment only", URL "#" U64 U64 U64 U64,
	    PREFIX "sign in to this server before sending (see " URL
	    "#auth-required for your mail program)" },
};
enum { URLS = sizeof(urls) / sizeof(urls[0]) };

START_TEST(help_url)
{
	struct reply_settings settings = { .help_url = urls[_i].url };
	struct reply r;

	reply_make(&settings, REASON_AUTH_REQUIRED, &nobody, &r);
	ck_assert_msg(strcmp(r.line[0], urls[_i].line) == 0, "%s: %s",
	    urls[_i].label, r.line[0]);
}
END_TEST

static const struct reply_values somebody = { "203.0.113.9", "joe",
    "a@example.com", "b@example.net" };
static const struct reply_values hostile = { "203.0.113.9\r\n250 ok",
    U64 "vw", "\"50%\xc3\xa4\x1b[31m\"@example.com", "\n" U64 "vw" };

static const struct {
	const char *label;
	const struct reply_values *values;
	const char *text, *line;
} texts[] = {
	{ "all names", &somebody,
	    "%{client} %{login} %{sender} %{recipient} %{reason} %{help_url}",
	    "203.0.113.9 joe a@example.com b@example.net account-denied "
	    URL },
	{ "a percent sign", &somebody, "100%%", "100%" },
	{ "a line break of a stranger is lost", &hostile, "<%{client}>",
	    "<203.0.113.9250 ok>" },
	{ "a long value is cut at 64 bytes", &hostile, "<%{login}>",
	    "<" U64 ">" },
	{ "other bytes are lost, a % is kept", &hostile, "<%{sender}>",
	    "<\"50%[31m\"@example.com>" },
	{ "cut when the others are lost", &hostile, "<%{recipient}>",
	    "<" U64 ">" },
	{ "no value", &nobody, "<%{recipient}>", "<>" },
	{ "an empty line", &somebody, "", "" },
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

START_TEST(configured_text)
{
	struct reply_settings settings = { .help_url = URL "#x" };
	struct reply r;

	settings.texts[REASON_ACCOUNT_DENIED].lines =
	    (struct texts){ &texts[_i].text, 1 };
	reply_make(&settings, REASON_ACCOUNT_DENIED, texts[_i].values, &r);
	ck_assert_msg(strcmp(r.line[0], texts[_i].line) == 0, "%s: %s",
	    texts[_i].label, r.line[0]);
	ck_assert_int_eq(r.nlines, 1);
	assert_code(&r, "550 5.7.1", "the default code");
}
END_TEST

static const struct {
	const char *label;
	enum reason reason;
	const char *configured, *given;
	size_t room;
} codes[] = {
	{ "none", REASON_ACCOUNT_DENIED, "", "550 5.7.1", 500 },
	{ "another one", REASON_ACCOUNT_DENIED, "554 5.7.0", "554 5.7.0",
	    500 },
	{ "a longer one takes room", REASON_ACCOUNT_DENIED, "550 5.7.13",
	    "550 5.7.13", 499 },
	{ "the longest", REASON_ACCOUNT_DENIED, "550 5.123.123",
	    "550 5.123.123", 496 },
	{ "a temporary one", REASON_ACCOUNT_AMBIGUOUS, "450 4.7.0",
	    "450 4.7.0", 500 },
	{ "one that does not fit is not given", REASON_ACCOUNT_DENIED,
	    "450 4.7.0", "550 5.7.1", 500 },
	{ "421 is not given", REASON_DIRECTORY_UNAVAILABLE, "421 4.3.0",
	    "451 4.3.0", 500 },
};
enum { CODES = sizeof(codes) / sizeof(codes[0]) };

/* Code, text and CRLF of a line that is too long are 512 bytes. */
START_TEST(configured_code)
{
	struct reply_settings settings = { .help_url = "" };
	struct reply_text *t = &settings.texts[codes[_i].reason];
	const char *line;
	char buf[700] = "";
	struct reply r;

	memset(buf, 'x', sizeof(buf) - 1);
	line = buf;
	snprintf(t->code, sizeof(t->code), "%s", codes[_i].configured);
	t->lines = (struct texts){ &line, 1 };
	reply_make(&settings, codes[_i].reason, &nobody, &r);
	assert_code(&r, codes[_i].given, codes[_i].label);
	ck_assert_uint_eq(strlen(r.line[0]), codes[_i].room);
	ck_assert_uint_eq(strlen(codes[_i].given) + 1 + codes[_i].room + 2,
	    512);
	t->lines.n = 0;
	reply_make(&settings, codes[_i].reason, &nobody, &r);
	assert_code(&r, codes[_i].given, codes[_i].label);
	ck_assert_int_eq(strncmp(r.line[0], PREFIX, strlen(PREFIX)), 0);
}
END_TEST

START_TEST(several_lines)
{
	const char *lines[] = { "first %{login}", "", "third" };
	struct reply_settings settings = { .help_url = URL };
	struct reply r;

	settings.texts[REASON_NETWORK_DENIED].lines =
	    (struct texts){ lines, 3 };
	reply_make(&settings, REASON_NETWORK_DENIED, &somebody, &r);
	ck_assert_int_eq(r.nlines, 3);
	ck_assert_str_eq(r.line[0], "first joe");
	ck_assert_str_eq(r.line[1], "");
	ck_assert_str_eq(r.line[2], "third");
}
END_TEST

START_TEST(too_many_lines)
{
	const char *lines[40];
	struct reply_settings settings = { .help_url = URL };
	struct reply r;
	size_t i;

	for (i = 0; i < 40; i++)
		lines[i] = i == 31 ? "last" : "more";
	settings.texts[REASON_NETWORK_DENIED].lines =
	    (struct texts){ lines, 40 };
	reply_make(&settings, REASON_NETWORK_DENIED, &somebody, &r);
	ck_assert_int_eq(r.nlines, 32);
	ck_assert_str_eq(r.line[31], "last");
}
END_TEST

START_TEST(values_may_be_missing)
{
	const struct reply_values none = { NULL, NULL, NULL, NULL };
	const char *line = "<%{client}%{login}%{sender}%{recipient}>";
	struct reply_settings settings = { .help_url = URL };
	struct reply r;

	settings.texts[REASON_NETWORK_DENIED].lines =
	    (struct texts){ &line, 1 };
	reply_make(&settings, REASON_NETWORK_DENIED, &none, &r);
	ck_assert_str_eq(r.line[0], "<>");
}
END_TEST

START_TEST(overloaded)
{
	struct reply r;

	reply_overloaded(&r);
	assert_code(&r, "451 4.3.2", "overloaded");
	ck_assert_int_eq(r.nlines, 1);
	ck_assert_ptr_ne(strstr(r.line[0], "try again later"), NULL);
}
END_TEST

/* Should a verdict that goes on ever get here, it is refused. */
START_TEST(no_reason_to_refuse)
{
	struct reply_settings settings = { .help_url = "" };
	struct reply r;

	reply_make(&settings, REASON_ACCOUNT, &nobody, &r);
	assert_code(&r, "550 5.7.1", "account");
	ck_assert_int_eq(r.nlines, 1);
	ck_assert_str_eq(r.line[0], PREFIX "ask your postmaster");
}
END_TEST

#define FORM	"a code is written like \"550 5.7.1\""
#define CLASS	"the code's class does not fit the verdict: 4 is for a " \
    "temporary failure, 5 for a refusal"
#define OTHER	"a reply that refuses begins with 4 or 5"
#define DIGIT	"the enhanced code begins with another digit than the code"

static const struct {
	const char *label;
	enum reason reason;
	const char *code, *fault;
} checks[] = {
	{ "the default", REASON_AUTH_REQUIRED, "550 5.7.1", NULL },
	{ "authentication required", REASON_AUTH_REQUIRED, "530 5.7.0",
	    NULL },
	{ "a disabled account", REASON_ACCOUNT_DENIED, "550 5.7.13", NULL },
	{ "the longest", REASON_ACCOUNT_DENIED, "554 5.999.999", NULL },
	{ "temporary", REASON_DIRECTORY_UNAVAILABLE, "450 4.3.0", NULL },
	{ "a 4 for a refusal", REASON_AUTH_REQUIRED, "450 4.7.1", CLASS },
	{ "a 5 for a failure", REASON_ACCOUNT_AMBIGUOUS, "550 5.7.1",
	    CLASS },
	{ "a 2", REASON_AUTH_REQUIRED, "250 2.1.5", OTHER },
	{ "a 3", REASON_AUTH_REQUIRED, "354 5.7.1", OTHER },
	{ "421", REASON_DIRECTORY_UNAVAILABLE, "421 4.3.2",
	    "421 would close the whole session; use 451" },
	{ "classes differ", REASON_AUTH_REQUIRED, "550 4.7.1", DIGIT },
	{ "classes differ, temporary", REASON_ACCOUNT_AMBIGUOUS, "451 5.3.0",
	    DIGIT },
	{ "empty", REASON_AUTH_REQUIRED, "", FORM },
	{ "no enhanced code", REASON_AUTH_REQUIRED, "550", FORM },
	{ "a space and no more", REASON_AUTH_REQUIRED, "550 ", FORM },
	{ "two digits", REASON_AUTH_REQUIRED, "55 5.7.1", FORM },
	{ "four digits", REASON_AUTH_REQUIRED, "5500 5.7.1", FORM },
	{ "letters", REASON_AUTH_REQUIRED, "5xx 5.7.1", FORM },
	{ "second digit of no meaning (RFC 5321)", REASON_AUTH_REQUIRED,
	    "560 5.7.1", FORM },
	{ "joined by a dash", REASON_AUTH_REQUIRED, "550-5.7.1", FORM },
	{ "two spaces", REASON_AUTH_REQUIRED, "550  5.7.1", FORM },
	{ "class of two digits", REASON_AUTH_REQUIRED, "550 55.7.1", FORM },
	{ "two numbers", REASON_AUTH_REQUIRED, "550 5.7", FORM },
	{ "a dot and no more", REASON_AUTH_REQUIRED, "550 5.7.", FORM },
	{ "an empty subject", REASON_AUTH_REQUIRED, "550 5..1", FORM },
	{ "four numbers", REASON_AUTH_REQUIRED, "550 5.7.1.1", FORM },
	{ "subject of four digits", REASON_AUTH_REQUIRED, "550 5.1234.1",
	    FORM },
	{ "detail of four digits", REASON_AUTH_REQUIRED, "550 5.7.1234",
	    FORM },
	{ "leading zero (RFC 3463)", REASON_AUTH_REQUIRED, "550 5.7.01",
	    FORM },
	{ "leading zero in the subject", REASON_AUTH_REQUIRED, "550 5.07.1",
	    FORM },
	{ "zero itself", REASON_AUTH_REQUIRED, "550 5.0.0", NULL },
	{ "text behind it", REASON_AUTH_REQUIRED, "550 5.7.1 no", FORM },
	{ "a line break behind it", REASON_AUTH_REQUIRED, "550 5.7.1\n",
	    FORM },
	{ "a reason without reply", REASON_NETWORK, "550 5.7.1",
	    "no reply is ever given for this reason" },
};
enum { CHECKS = sizeof(checks) / sizeof(checks[0]) };

START_TEST(code_check)
{
	const char *fault = reply_code_check(checks[_i].reason,
	    checks[_i].code);

	if (checks[_i].fault == NULL)
		ck_assert_msg(fault == NULL, "%s: %s", checks[_i].label,
		    fault);
	else
		ck_assert_msg(fault != NULL &&
		    strcmp(fault, checks[_i].fault) == 0, "%s: %s",
		    checks[_i].label, fault == NULL ? "accepted" : fault);
}
END_TEST

/* Each name may stand in a text, and gives its value. */
START_TEST(names)
{
	struct reply_settings settings = { .help_url = URL };
	char text[40];
	const char *line = text;
	struct reply r;
	size_t i;

	settings.texts[REASON_AUTH_REQUIRED].lines =
	    (struct texts){ &line, 1 };
	ck_assert_uint_eq(reply_nnames, 6);
	for (i = 0; i < reply_nnames; i++) {
		snprintf(text, sizeof(text), "%%{%s}", reply_names[i]);
		ck_assert_ptr_eq(expand_check(text, reply_names,
		    reply_nnames, NULL), NULL);
		reply_make(&settings, REASON_AUTH_REQUIRED, &somebody, &r);
		ck_assert_msg(r.line[0][0] != '\0', "%s", reply_names[i]);
	}
}
END_TEST

static const struct {
	const char *label, *line;
	size_t size;
	const char *out;
} percents[] = {
	{ "none", "sign in", 50, "sign in" },
	{ "one", "100% sure", 50, "100%% sure" },
	{ "two", "%%", 50, "%%%%" },
	{ "what looks like a format", "%s%n", 50, "%%s%%n" },
	{ "empty", "", 50, "" },
	{ "fits to the byte", "a%", 4, "a%%" },
	{ "never half a pair", "a%", 3, "a" },
	{ "no room for a byte", "a", 1, "" },
};
enum { PERCENTS = sizeof(percents) / sizeof(percents[0]) };

START_TEST(percent)
{
	char out[50];

	ck_assert_ptr_eq(reply_percent(percents[_i].line, out,
	    percents[_i].size), out);
	ck_assert_msg(strcmp(out, percents[_i].out) == 0, "%s: %s",
	    percents[_i].label, out);
}
END_TEST

START_TEST(percent_without_room)
{
	char out = '#';

	reply_percent("x", &out, 0);
	ck_assert_int_eq(out, '#');
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("reply");
	TCase *tc = tcase_create("reply");

	tcase_add_loop_test(tc, default_with_help, 0, ROWS);
	tcase_add_loop_test(tc, default_without_help, 0, ROWS);
	tcase_add_loop_test(tc, temporary_ones_say_later, 0, ROWS);
	tcase_add_loop_test(tc, default_code, 0, ROWS);
	tcase_add_loop_test(tc, longest_default_fits, 0, ROWS);
	tcase_add_test(tc, the_manuals_reply);
	tcase_add_loop_test(tc, help_url, 0, URLS);
	tcase_add_loop_test(tc, configured_text, 0, TEXTS);
	tcase_add_loop_test(tc, configured_code, 0, CODES);
	tcase_add_test(tc, several_lines);
	tcase_add_test(tc, too_many_lines);
	tcase_add_test(tc, values_may_be_missing);
	tcase_add_test(tc, overloaded);
	tcase_add_test(tc, no_reason_to_refuse);
	tcase_add_loop_test(tc, code_check, 0, CHECKS);
	tcase_add_test(tc, names);
	tcase_add_loop_test(tc, percent, 0, PERCENTS);
	tcase_add_test(tc, percent_without_room);
	suite_add_tcase(s, tc);
	return (s);
}

int
main(void)
{

	return (suite_run(suite()));
}
