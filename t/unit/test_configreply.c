#include <stdlib.h>

#include "config_file.h"
#include "suite.h"

#define TEXTS	"file:4: reply.texts."
#define AUTH	TEXTS "auth-required"

/* What stands in reply.texts. */
static const struct bad {
	const char *label;
	const char *text;
	const char *why;
} bad[] = {
	{ "mistyped reason", "auth-requird = { text = \"a\"; };",
	    TEXTS "auth-requird is not a known name; did you mean "
	    "`auth-required'?" },
	{ "a reason without a reply", "local-recipient = { text = \"a\"; };",
	    TEXTS "local-recipient is not a known name" },
	{ "a string for a group", "auth-required = \"a\";", AUTH " must be a "
	    "group { code = ...; text = ...; }, not a string" },
	{ "mistyped member", "auth-required = { txt = \"a\"; };", AUTH ".txt "
	    "is not a known name; did you mean `text'?" },
	{ "neither code nor text", "auth-required = { };", AUTH
	    " must say `code', `text', or both" },
	{ "a number", "auth-required = { text = 1; };", AUTH ".text must be a "
	    "string or a list of strings, one for each line, not a whole "
	    "number" },
	{ "a number for a line", "auth-required = { text = ( \"a\", 1 ); };",
	    AUTH ".text[1] must be a string, not a whole number" },
	{ "no line", "auth-required = { text = [ ]; };", AUTH ".text must "
	    "have 1 to 32 lines" },
	{ "an empty text", "auth-required = { text = \"\"; };", AUTH ".text "
	    "must not be empty" },
	{ "an empty line", "auth-required = { text = [ \"a\", \"\" ]; };", AUTH
	    ".text[1] must not be empty" },
	{ "a line break", "auth-required = { text = \"a\\nb\"; };", AUTH
	    ".text must not hold a control character" },
	{ "not ASCII", "auth-required = { text = [ \"a\", \"\303\251\" ]; };",
	    AUTH ".text[1] must be printable ASCII" },
	{ "unknown variable", "auth-required = { text = \"a %{user} b\"; };",
	    NULL },
	{ "a bare percent", "auth-required = { text = \"100 % off\"; };",
	    NULL },
	{ "ends in the page", "auth-required = { text = \"see "
	    "%{help_url}\"; };", AUTH ".text must not end in a URL: mail "
	    "programs glue a dot to it; let a word follow" },
	{ "ends in the page and a dot", "auth-required = { text = [ \"a\", "
	    "\"see %{help_url}. \" ]; };", AUTH ".text must not end in a URL: "
	    "mail programs glue a dot to it; let a word follow" },
	{ "ends in the page's part", "auth-required = { text = \"see "
	    "%{help_url}#%{reason}\"; };", AUTH ".text must not end in a URL: "
	    "mail programs glue a dot to it; let a word follow" },
	{ "ends in a URL", "auth-required = { text = \"see "
	    "https://mail.example.com/\"; };", AUTH ".text must not end in a "
	    "URL: mail programs glue a dot to it; let a word follow" },
	{ "is a URL", "auth-required = { text = \"http://a.example\"; };",
	    AUTH ".text must not end in a URL: mail programs glue a dot to "
	    "it; let a word follow" },
	{ "a number for a code", "auth-required = { text = \"a\"; "
	    "code = 550; };", AUTH ".code must be a code such as "
	    "\"550 5.7.1\", not a whole number" },
	{ "a code of the other class", "auth-required = { text = \"a\"; "
	    "code = \"451 4.7.1\"; };", NULL },
	{ "a code that is none", "auth-required = { text = \"a\"; "
	    "code = \"550\"; };", NULL },
	{ "the code that ends the session", "directory-unavailable = { "
	    "text = \"a\"; code = \"421 4.3.0\"; };", NULL },
};

START_TEST(a_bad_text_is_named)
{
	const struct config *config = NULL;
	struct why why = { "" };
	char line[1024];

	snprintf(line, sizeof(line), "reply = { texts = { %s }; };",
	    bad[_i].text);
	ck_assert_msg(config_file_load(REST, line, &config, &why) == -1,
	    "%s: is taken", bad[_i].label);
	/* Where expand and reply say what is wrong, they choose the words. */
	if (bad[_i].why == NULL)
		ck_assert_msg(strncmp(why.text, TEXTS, strlen(TEXTS)) == 0,
		    "%s: %s", bad[_i].label, why.text);
	else
		ck_assert_msg(strcmp(why.text, bad[_i].why) == 0,
		    "%s:\n    is %s\nwanted %s", bad[_i].label, why.text,
		    bad[_i].why);
}
END_TEST

/* Lines and bytes at their limits: n lines, one of len bytes. */
static const struct {
	const char *label;
	int n, len;
	const char *why;	/* NULL: is taken */
} limits[] = {
	{ "32 lines", 32, 10, NULL },
	{ "33 lines", 33, 10, AUTH ".text must have 1 to 32 lines" },
	{ "500 bytes", 1, 500, NULL },
	{ "501 bytes", 1, 501, AUTH ".text[0] must have at most 500 bytes" },
};

START_TEST(limits_of_a_text)
{
	const struct config *config = NULL;
	char text[4096] = "reply = { texts = { auth-required = { text = [ ";
	struct why why = { "" };
	int i, result;

	for (i = 0; i < limits[_i].n; i++)
		sprintf(text + strlen(text), "%s\"%0*d\"", i > 0 ? ", " : "",
		    limits[_i].len, 0);
	strcat(text, " ]; }; }; };");
	result = config_file_load(REST, text, &config, &why);
	if (limits[_i].why != NULL)
		ck_assert_str_eq(why.text, limits[_i].why);
	else
		ck_assert_msg(result == 0, "%s: %s", limits[_i].label,
		    why.text);
	config_give(config);
}
END_TEST

static const struct good {
	const char *label;
	const char *text;
	enum reason reason;
	const char *code;
	size_t nlines;
	const char *first;
} good[] = {
	{ "a string", "auth-required = { text = \"no\"; };",
	    REASON_AUTH_REQUIRED, "550 5.7.1", 1, "no" },
	{ "lines", "auth-required = { text = [ \"a\", \"b\" ]; };",
	    REASON_AUTH_REQUIRED, "550 5.7.1", 2, "a" },
	{ "variables", "auth-required = { text = \"%{login} %{reason} 100%%\"; "
	    "};", REASON_AUTH_REQUIRED, "550 5.7.1", 1,
	    "%{login} %{reason} 100%%" },
	{ "a code", "auth-required = { code = \"530 5.7.0\"; text = \"a\"; };",
	    REASON_AUTH_REQUIRED, "530 5.7.0", 1, "a" },
	{ "a code alone", "auth-required = { code = \"530 5.7.0\"; };",
	    REASON_AUTH_REQUIRED, "530 5.7.0", 0, NULL },
	{ "the longest code", "auth-required = { code = \"550 5.123.123\"; "
	    "text = \"a\"; };", REASON_AUTH_REQUIRED, "550 5.123.123", 1,
	    "a" },
	{ "a temporary one", "account-ambiguous = { text = \"a\"; };",
	    REASON_ACCOUNT_AMBIGUOUS, "451 4.3.5", 1, "a" },
	{ "a URL that a word follows", "auth-required = { text = \"see "
	    "https://a.example/ first\"; };", REASON_AUTH_REQUIRED,
	    "550 5.7.1", 1, "see https://a.example/ first" },
	{ "a URL in brackets", "auth-required = { text = \"no (see "
	    "%{help_url}).\"; };", REASON_AUTH_REQUIRED, "550 5.7.1", 1,
	    "no (see %{help_url})." },
	{ "others keep their default", "account-denied = { text = \"a\"; };",
	    REASON_AUTH_REQUIRED, "", 0, NULL },
};

START_TEST(a_text_is_read)
{
	const struct config *config = NULL;
	const struct reply_text *is;
	struct why why;
	char line[1024];

	snprintf(line, sizeof(line), "reply = { texts = { %s }; };",
	    good[_i].text);
	ck_assert_msg(config_file_load(REST, line, &config, &why) == 0,
	    "%s: %s", good[_i].label, why.text);
	is = &config->reply.texts[good[_i].reason];
	ck_assert_str_eq(is->code, good[_i].code);
	ck_assert_uint_eq(is->lines.n, good[_i].nlines);
	if (good[_i].first != NULL)
		ck_assert_str_eq(is->lines.v[0], good[_i].first);
	config_give(config);
}
END_TEST

#define URL_FORM	"file:4: reply.help_url must be a URL such as " \
			"\"https://mail.example.com/smtp-auth\", not "
#define URL_BYTES	"file:4: reply.help_url must be printable ASCII " \
			"without spaces, quotes, backslashes and <>"
#define FIFTY		"12345678901234567890123456789012345678901234567890"

static const struct {
	const char *url;
	const char *kept;	/* NULL: is not taken */
	const char *why;
} urls[] = {
	{ "", "", NULL },
	{ "#part", "", NULL },
	{ "https://mail.example.com/smtp-auth",
	    "https://mail.example.com/smtp-auth", NULL },
	{ "http://mail.example.com", "http://mail.example.com", NULL },
	{ "https://mail.example.com/a#b", "https://mail.example.com/a",
	    NULL },
	{ "https://[2001:db8::1]:8443/a?b=%20",
	    "https://[2001:db8::1]:8443/a?b=%20", NULL },
	{ "mail.example.com", NULL, URL_FORM "\"mail.example.com\"" },
	{ "ftp://mail.example.com", NULL,
	    URL_FORM "\"ftp://mail.example.com\"" },
	{ "https://", NULL, URL_FORM "\"https://\"" },
	{ "https:///a", NULL, URL_FORM "\"https:///a\"" },
	{ "https://#a", NULL, URL_FORM "\"https://#a\"" },
	{ "https://mail.example.com/a b", NULL, URL_BYTES },
	{ "https://mail.example.com/<a>", NULL, URL_BYTES },
	{ "https://mail.example.com/\303\251", NULL, URL_BYTES },
	{ "https://mail.example.com/\\\"", NULL, URL_BYTES },
	{ "https://a.example/" FIFTY FIFTY FIFTY
	    "12345678901234567890123456789012",
	    "https://a.example/" FIFTY FIFTY FIFTY
	    "12345678901234567890123456789012", NULL },
	{ "https://a.example/" FIFTY FIFTY FIFTY
	    "123456789012345678901234567890123", NULL,
	    "file:4: reply.help_url must have at most 200 bytes, to fit into "
	    "a reply line" },
};

START_TEST(help_url)
{
	const struct config *config = NULL;
	struct why why = { "" };
	char line[1024];

	snprintf(line, sizeof(line), "reply = { help_url = \"%s\"; };",
	    urls[_i].url);
	config_file_load(REST, line, &config, &why);
	if (urls[_i].kept == NULL) {
		ck_assert_msg(config == NULL, "%s: is taken", urls[_i].url);
		ck_assert_str_eq(why.text, urls[_i].why);
		return;
	}
	ck_assert_msg(config != NULL, "%s: %s", urls[_i].url, why.text);
	ck_assert_str_eq(config->reply.help_url, urls[_i].kept);
	config_give(config);
}
END_TEST

/* Two replies whose difference must count. */
static const struct {
	const char *one, *other;
} digests[] = {
	{ "auth-required = { text = \"a\"; };",
	    "auth-required = { text = \"b\"; };" },
	{ "auth-required = { text = \"a\"; };",
	    "auth-required = { text = \"a\"; code = \"530 5.7.0\"; };" },
	{ "auth-required = { text = \"a\"; };",
	    "account-denied = { text = \"a\"; };" },
	{ "auth-required = { text = [ \"a\", \"b\" ]; };",
	    "auth-required = { text = \"ab\"; };" },
};

START_TEST(every_text_counts)
{
	const struct config *one = NULL, *other = NULL;
	char line[1024];

	snprintf(line, sizeof(line), "reply = { texts = { %s }; };",
	    digests[_i].one);
	ck_assert_int_eq(config_file_load(REST, line, &one, NULL), 0);
	snprintf(line, sizeof(line), "reply = { texts = { %s }; };",
	    digests[_i].other);
	ck_assert_int_eq(config_file_load(REST, line, &other, NULL), 0);
	ck_assert_msg(one->digest != other->digest, "%s", digests[_i].other);
	config_give(one);
	config_give(other);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("configreply");

	suite_rows(suite, a_bad_text_is_named, ROWS(bad));
	suite_rows(suite, limits_of_a_text, ROWS(limits));
	suite_rows(suite, a_text_is_read, ROWS(good));
	suite_rows(suite, help_url, ROWS(urls));
	suite_rows(suite, every_text_counts, ROWS(digests));
	return (suite_run(suite));
}
