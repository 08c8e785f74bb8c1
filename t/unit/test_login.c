#include <string.h>

#include "login.h"
#include "suite.h"

#define A16	"aaaaaaaaaaaaaaaa"
#define A240	A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16 A16
#define A255	A240 "aaaaaaaaaaaaaaa"

static const struct {
	const char *label;
	enum login_mta mta;
	const char *version;
	bool xtext;
} mtas[] = {
	{ "auto: Sendmail 8.17", LOGIN_MTA_AUTO, "8.17.1.9", true },
	{ "auto: Sendmail in short", LOGIN_MTA_AUTO, "8.1", true },
	{ "auto: 8. and the first digit", LOGIN_MTA_AUTO, "8.0", true },
	{ "auto: 8. and the last digit", LOGIN_MTA_AUTO, "8.9", true },
	{ "auto: Postfix", LOGIN_MTA_AUTO, "Postfix 3.7.11", false },
	{ "auto: no v macro", LOGIN_MTA_AUTO, NULL, false },
	{ "auto: empty", LOGIN_MTA_AUTO, "", false },
	{ "auto: 8 alone", LOGIN_MTA_AUTO, "8", false },
	{ "auto: 8. alone", LOGIN_MTA_AUTO, "8.", false },
	{ "auto: 8. and a letter", LOGIN_MTA_AUTO, "8.x", false },
	{ "auto: 8. and a sign", LOGIN_MTA_AUTO, "8.:", false },
	{ "auto: 8. and another sign", LOGIN_MTA_AUTO, "8./", false },
	{ "auto: 80", LOGIN_MTA_AUTO, "80.1", false },
	{ "auto: 18.", LOGIN_MTA_AUTO, "18.1", false },
	{ "auto: Sendmail of a vendor", LOGIN_MTA_AUTO, "8.15.2+Sun", true },
	{ "auto: not at the beginning", LOGIN_MTA_AUTO, "Mail 8.17.1", false },
	{ "auto: after a blank", LOGIN_MTA_AUTO, " 8.17.1", false },
	{ "auto: the name alone", LOGIN_MTA_AUTO, "Sendmail 8.17.1", false },
	{ "auto: Postfix with mail_name 8.x", LOGIN_MTA_AUTO, "8.x 3.7.11",
	    false },
	/* Which milter.mta must tell, as mayrelay.conf(5) says. */
	{ "auto: Postfix with mail_name 8.17", LOGIN_MTA_AUTO,
	    "8.17 Mail 3.7.11", true },
	{ "postfix: whatever mail_name is", LOGIN_MTA_POSTFIX,
	    "8.17 Mail 3.7.11", false },
	{ "postfix: nothing said", LOGIN_MTA_POSTFIX, NULL, false },
	{ "sendmail: whatever it says", LOGIN_MTA_SENDMAIL, "Postfix", true },
	{ "sendmail: nothing said", LOGIN_MTA_SENDMAIL, NULL, true },
	{ "postfix: never", LOGIN_MTA_POSTFIX, "8.17.1", false }
};

START_TEST(knows_xtext)
{

	ck_assert_msg(login_is_xtext(mtas[_i].mta, mtas[_i].version) ==
	    mtas[_i].xtext, "%s", mtas[_i].label);
}
END_TEST

static const struct {
	const char *label;
	const char *raw;
	bool xtext;
	const char *login;
	bool usable;
} reads[] = {
	{ "plain", "joe", false, "joe", true },
	{ "plain with a plus", "joe+2Bx", false, "joe+2Bx", true },
	{ "plain in capitals stays", "Joe@EXAMPLE.COM", false,
	    "Joe@EXAMPLE.COM", true },
	{ "plain with a space", "joe doe", false, "joe doe", true },
	{ "plain UTF-8", "j\xc3\xbcrg", false, "j\xc3\xbcrg", true },
	{ "plain and empty", "", false, "", false },
	{ "plain with a control", "joe\tx", false, "joe\tx", false },
	{ "plain with DEL", "joe\x7f", false, "joe\x7f", false },
	{ "plain of 255 bytes", A255, false, A255, true },
	{ "plain of 256 bytes", A255 "b", false, A255 "b", false },
	{ "xtext without a plus", "joe@example.com", true, "joe@example.com",
	    true },
	{ "xtext", "joe+2Bx", true, "joe+x", true },
	{ "xtext twice encoded is decoded once", "joe+2B2Bx", true,
	    "joe+2Bx", true },
	{ "xtext of a space", "joe+20doe", true, "joe doe", true },
	{ "xtext of a backslash", "CORP+5Cjoe", true, "CORP\\joe", true },
	{ "xtext of UTF-8", "j+C3+BCrg", true, "j\xc3\xbcrg", true },
	{ "xtext in lower case", "joe+2bx+c3+bc", true, "joe+x\xc3\xbc",
	    true },
	{ "xtext: first and last digits", "+30+39+6a+6F+6A+6f", true,
	    "09jojo", true },
	{ "xtext: first and last plain characters", "!~", true, "!~", true },
	{ "xtext of one byte", "+6A", true, "j", true },
	{ "xtext of parentheses", "joe+28x+29", true, "joe(x)", true },
	{ "xtext of what Sendmail encodes, too", "+22a+3C+3E+22@b", true,
	    "\"a<>\"@b", true },
	{ "xtext: a closing parenthesis needs no code", "joe+28x)", true,
	    "joe(x)", true },
	{ "xtext with a bare =", "a=b", true, "a=b", true },
	{ "xtext of an =", "a+3Db", true, "a=b", true },
	{ "xtext of a control", "joe+0Ax", true, "joe\nx", false },
	{ "xtext of DEL", "joe+7Fx", true, "joe\x7fx", false },
	{ "xtext of NUL", "joe+00x", true, "joe+00x", false },
	{ "xtext: nothing but NUL", "+00", true, "+00", false },
	{ "xtext: NUL in small digits", "joe+00x+6a", true, "joe+00x+6a",
	    false },
	{ "xtext: nothing but a plus", "+", true, "+", false },
	{ "xtext: a plus for itself", "joe++", true, "joe++", false },
	{ "xtext: no hexadecimal digits", "joe+zz", true, "joe+zz", false },
	{ "xtext: a sign in the number", "joe+-1", true, "joe+-1", false },
	{ "xtext: a blank in the number", "joe+ 1", true, "joe+ 1", false },
	{ "xtext: 0x", "joe+0x41", true, "joe+0x41", false },
	{ "xtext: the last one malformed", "+6Aoe+2", true, "+6Aoe+2", false },
	{ "xtext: no digit", "joe+", true, "joe+", false },
	{ "xtext: one digit", "joe+2", true, "joe+2", false },
	{ "xtext: no hexadecimal first digit", "joe+G0", true, "joe+G0",
	    false },
	{ "xtext: no hexadecimal second digit", "joe+0:", true, "joe+0:",
	    false },
	{ "xtext: small g", "joe+0g", true, "joe+0g", false },
	{ "xtext: sign before A", "joe+0@", true, "joe+0@", false },
	{ "xtext: sign before a", "joe+0`", true, "joe+0`", false },
	{ "xtext: sign before 0", "joe+0/", true, "joe+0/", false },
	{ "xtext: raw space", "joe doe", true, "joe doe", false },
	{ "xtext: raw byte beyond ASCII", "j\xfcrg", true, "j\xfcrg", false },
	{ "xtext: raw DEL", "joe\x7f", true, "joe\x7f", false },
	{ "xtext and empty", "", true, "", false },
	{ "xtext of 255 bytes", "+61" A240 "aaaaaaaaaaaaaa", true, A255,
	    true },
	{ "xtext of 256 bytes", A255 "+62", true, A255 "b", false },
	{ "xtext of 256 bytes, the last a control", A255 "+0A", true,
	    A255 "\n", false }
};

START_TEST(reads_a_login)
{
	char out[512];

	ck_assert_msg(login_read(reads[_i].raw, reads[_i].xtext, out,
	    sizeof(out)) == reads[_i].usable, "%s", reads[_i].label);
	ck_assert_msg(strcmp(out, reads[_i].login) == 0, "%s: %s",
	    reads[_i].label, out);
}
END_TEST

static const struct {
	const char *label;
	const char *raw;
	bool xtext;
	const char *cut;
	bool usable;
} cuts[] = {
	{ "plain", "joedoe", false, "joe", true },
	{ "xtext", "j+6Fedoe", true, "joe", true },
	{ "xtext that fits", "j+6Fe", true, "joe", true },
	{ "malformed", "joe+zz", true, "joe", false },
	{ "too long", A255 "b", false, "aaa", false }
};

START_TEST(cuts_what_does_not_fit)
{
	char out[4];

	ck_assert_msg(login_read(cuts[_i].raw, cuts[_i].xtext, out,
	    sizeof(out)) == cuts[_i].usable, "%s", cuts[_i].label);
	ck_assert_msg(strcmp(out, cuts[_i].cut) == 0, "%s: %s",
	    cuts[_i].label, out);
}
END_TEST

static const struct {
	const char *label;
	const char *text;
	size_t len;
	const char *stored;	/* NULL: no login can be like that */
} stores[] = {
	{ "folded", TEXT("Joe@EXAMPLE.com"), "joe@example.com" },
	{ "only A-Z is folded", TEXT("J\xc3\x9cRG"), "j\xc3\x9crg" },
	{ "spaces stay", TEXT(" joe "), " joe " },
	{ "one byte", TEXT("j"), "j" },
	{ "255 bytes", TEXT(A255), A255 },
	{ "256 bytes", TEXT(A255 "b"), NULL },
	{ "nothing", TEXT(""), NULL },
	{ "NUL", TEXT("jo\0e"), NULL },
	{ "control", TEXT("jo\x1f"), NULL },
	{ "DEL", TEXT("jo\x7f"), NULL }
};

START_TEST(stores_a_login)
{
	const char *stored = stores[_i].stored;
	char out[LOGIN_MAX + 1];
	int result = login_store(stores[_i].text, stores[_i].len, out);

	ck_assert_msg(result == (stored == NULL ? -1 : 0), "%s: %d",
	    stores[_i].label, result);
	if (stored != NULL)
		ck_assert_msg(strcmp(out, stored) == 0, "%s: %s",
		    stores[_i].label, out);
}
END_TEST

static const char *const realms[] = { "example.org", "example.com", "v\\u" };
static const char *const domains[] = { "lab", "corp", "u@v" };
static const struct login_rules none = { .default_realm = "" };
static const struct login_rules all = {
	.realms = realms, .nrealms = 3,
	.domains = domains, .ndomains = 3,
	.default_realm = "example.net"
};

static const struct {
	const char *label;
	const struct login_rules *rules;
	const char *login;
	const char *forms[LOGIN_FORMS_MAX + 1];
} forms_of[] = {
	{ "no rules", &none, "Joe@Example.COM", { "joe@example.com" } },
	{ "no rules, no realm", &none, "CORP\\Joe", { "corp\\joe" } },
	{ "default realm", &all, "joe", { "joe", "joe@example.net" } },
	{ "listed realm", &all, "joe@EXAMPLE.COM",
	    { "joe@example.com", "joe" } },
	{ "first listed realm", &all, "joe@example.org",
	    { "joe@example.org", "joe" } },
	{ "realm not listed", &all, "joe@example.edu",
	    { "joe@example.edu" } },
	{ "the last realm counts", &all, "joe@example.edu@example.com",
	    { "joe@example.edu@example.com", "joe@example.edu" } },
	{ "listed realm before another", &all, "joe@example.com@x",
	    { "joe@example.com@x" } },
	{ "end of a realm", &all, "joe@com", { "joe@com" } },
	{ "beginning of a realm", &all, "joe@example", { "joe@example" } },
	{ "listed domain", &all, "CORP\\Joe",
	    { "corp\\joe", "joe", "corp\\joe@example.net" } },
	{ "domain not listed", &all, "HOME\\joe",
	    { "home\\joe", "home\\joe@example.net" } },
	{ "the first domain counts", &all, "corp\\lab\\joe",
	    { "corp\\lab\\joe", "lab\\joe", "corp\\lab\\joe@example.net" } },
	{ "each from the login as given", &all, "corp\\joe@example.com",
	    { "corp\\joe@example.com", "corp\\joe", "joe@example.com" } },
	{ "nothing before the realm", &all, "@example.com",
	    { "@example.com" } },
	{ "nothing behind the domain", &all, "corp\\",
	    { "corp\\", "corp\\@example.net" } },
	{ "none twice", &all, "u@v\\u@v\\u", { "u@v\\u@v\\u", "u@v\\u" } },
	{ "too long with the default realm", &all, A240 "bbbb",
	    { A240 "bbbb" } },
	{ "longest with the default realm", &all, A240 "bbb",
	    { A240 "bbb", A240 "bbb@example.net" } },
	{ "nothing", &all, "", { NULL } },
	{ "too long, although not without its realm", &all,
	    A240 "bbbb@example.com", { NULL } },
	{ "control", &all, "joe\n", { NULL } }
};

START_TEST(lists_the_forms)
{
	const char *const *expected = forms_of[_i].forms;
	struct login_forms forms;
	size_t i;

	login_forms_of(forms_of[_i].login, forms_of[_i].rules, &forms);
	for (i = 0; i < forms.n && expected[i] != NULL; i++)
		ck_assert_msg(strcmp(forms.form[i], expected[i]) == 0,
		    "%s: %s", forms_of[_i].label, forms.form[i]);
	ck_assert_msg(i == forms.n && expected[i] == NULL, "%s: %zu forms",
	    forms_of[_i].label, forms.n);
}
END_TEST

static const char *const spelling_realms[] = { "a.example", "b.example" };
static const char *const spelling_domains[] = { "corp" };
static const struct login_rules spelling_rules = {
	.realms = spelling_realms,
	.nrealms = 2,
	.domains = spelling_domains,
	.ndomains = 1,
	.default_realm = "c.example"
};

static const struct {
	const char *label, *stored;
	const char *spellings;	/* each behind a blank; "-": none there */
} spellings[] = {
	{ "with each realm, each domain", "joe",
	    " joe@a.example joe@b.example corp\\joe -" },
	{ "without the default realm", "joe@c.example",
	    " joe@c.example@a.example joe@c.example@b.example "
	    "corp\\joe@c.example joe" },
	{ "another realm stays", "joe@d.example",
	    " joe@d.example@a.example joe@d.example@b.example "
	    "corp\\joe@d.example -" },
	{ "the default realm after another stays", "joe@d@c.example",
	    " joe@d@c.example@a.example joe@d@c.example@b.example "
	    "corp\\joe@d@c.example -" }
};

START_TEST(spells_a_stored_login)
{
	char out[LOGIN_MAX + 1], seen[4 * LOGIN_MAX] = "";
	struct login_forms forms;
	bool back;
	size_t i, j;

	for (i = 0; login_spelling(spellings[_i].stored, &spelling_rules, i,
	    out); i++) {
		strcat(seen, " ");
		strcat(seen, out[0] == '\0' ? "-" : out);
		login_forms_of(out, &spelling_rules, &forms);
		back = out[0] == '\0';
		for (j = 0; j < forms.n; j++)
			back = back || strcmp(forms.form[j],
			    spellings[_i].stored) == 0;
		ck_assert_msg(back, "%s: %s", spellings[_i].label, out);
	}
	ck_assert_msg(strcmp(seen, spellings[_i].spellings) == 0, "%s:%s",
	    spellings[_i].label, seen);
}
END_TEST

START_TEST(spells_nothing_too_long)
{
	char stored[LOGIN_MAX + 1], out[LOGIN_MAX + 1];
	size_t i;

	memset(stored, 'x', LOGIN_MAX);
	stored[LOGIN_MAX] = '\0';
	for (i = 0; login_spelling(stored, &spelling_rules, i, out); i++)
		ck_assert_str_eq(out, "");
	ck_assert_uint_eq(i, 4);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("login");

	suite_rows(s, knows_xtext, ROWS(mtas));
	suite_rows(s, reads_a_login, ROWS(reads));
	suite_rows(s, cuts_what_does_not_fit, ROWS(cuts));
	suite_rows(s, stores_a_login, ROWS(stores));
	suite_rows(s, lists_the_forms, ROWS(forms_of));
	suite_rows(s, spells_a_stored_login, ROWS(spellings));
	suite_one(s, spells_nothing_too_long);
	return (suite_run(s));
}
