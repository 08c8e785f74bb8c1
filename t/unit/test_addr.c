#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "suite.h"

#define A8	"aaaaaaaa"
#define A64	A8 A8 A8 A8 A8 A8 A8 A8
#define A63	A8 A8 A8 A8 A8 A8 A8 "aaaaaaa"
#define A255	A64 A64 A64 A63

static const struct {
	const char *label;
	const char *text;
	size_t len;
	const char *local;
	const char *domain;
	bool routing;
} mailboxes[] = {
	{ "bare", TEXT("user@example.com"), "user", "example.com", false },
	{ "in <>", TEXT("<user@example.com>"), "user", "example.com", false },
	{ "A-Z is folded in both parts", TEXT("USER.Name@EXAMPLE.Com"),
	    "user.name", "example.com", false },
	{ "no domain", TEXT("<postmaster>"), "postmaster", "", false },
	{ "one letter", TEXT("a@b"), "a", "b", false },
	{ "every sign of atext", TEXT("#$&'*+-/=?^_`{}~@example.com"),
	    "#$&'*+-/=?^_`{}~", "example.com", false },
	{ "every letter and digit",
	    TEXT("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@09az"),
	    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "09az",
	    false },
	{ "first and last digit", TEXT("0to9@EXAMPLEZ.ORG"), "0to9",
	    "examplez.org", false },
	{ "dots between atoms", TEXT("a.b.c@example.com"), "a.b.c",
	    "example.com", false },
	{ "UTF-8 in the local part is left as it is",
	    TEXT("J\xc3\x9cRG@example.com"), "j\xc3\x9crg", "example.com",
	    false },
	{ "UTF-8 up to the end", TEXT("j\xc3\xbc"), "j\xc3\xbc", "", false },
	{ "quoted UTF-8 up to the quote", TEXT("\"\xc3\xbc\""), "\xc3\xbc",
	    "", false },
	{ "first and last characters of each UTF-8 length",
	    TEXT("\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
	    "\xef\xbf\xbf\xf0\x90\x80\x80\xf1\x80\x80\x80\xf4\x8f\xbf\xbf@b"),
	    "\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
	    "\xef\xbf\xbf\xf0\x90\x80\x80\xf1\x80\x80\x80\xf4\x8f\xbf\xbf",
	    "b", false },
	{ "quoted string", TEXT("\"john doe\"@example.com"), "john doe",
	    "example.com", false },
	{ "needless quotes go", TEXT("\"User\"@example.com"), "user",
	    "example.com", false },
	{ "needless quoted pairs go", TEXT("\"\\u\\s\\er\"@example.com"),
	    "user", "example.com", false },
	{ "first and last of quoted ASCII", TEXT("\" ~\"@example.com"), " ~",
	    "example.com", false },
	{ "first and last of quoted pairs", TEXT("\"\\ \\~\"@example.com"),
	    " ~", "example.com", false },
	{ "quoted quote", TEXT("\"a\\\"b\"@example.com"), "a\"b",
	    "example.com", false },
	{ "quoted dots need no atoms", TEXT("\"..\"@example.com"), "..",
	    "example.com", false },
	{ "quoted UTF-8", TEXT("\"j\xc3\xbcrg x\"@example.com"),
	    "j\xc3\xbcrg x", "example.com", false },
	{ "empty quoted string", TEXT("\"\"@example.com"), "", "example.com",
	    false },
	{ "quoted > in <>", TEXT("<\"a>\"@example.com>"), "a>", "example.com",
	    false },
	{ "longest local part", TEXT(A255 "@example.com"), A255,
	    "example.com", false },
	{ "asks for routing: %", TEXT("u%evil@example.com"), "u%evil",
	    "example.com", true },
	{ "asks for routing: !", TEXT("evil!u@example.com"), "evil!u",
	    "example.com", true },
	{ "asks for routing: |", TEXT("|prog@example.com"), "|prog",
	    "example.com", true },
	{ "asks for routing: quoted @", TEXT("\"u@evil\"@example.com"),
	    "u@evil", "example.com", true },
	{ "asks for routing: escaped @", TEXT("\"u\\@evil\"@example.com"),
	    "u@evil", "example.com", true },
	{ "asks for routing: quoted :", TEXT("\"a:b\"@example.com"), "a:b",
	    "example.com", true },
	{ "asks for routing: quoted ,", TEXT("\"a,b\"@example.com"), "a,b",
	    "example.com", true },
	{ "asks for routing: quoted ;", TEXT("\"a;b\"@example.com"), "a;b",
	    "example.com", true },
	{ "asks for routing: quoted \\", TEXT("\"a\\\\b\"@example.com"),
	    "a\\b", "example.com", true },
	{ "asks for routing without a domain", TEXT("<\"u@evil\">"), "u@evil",
	    "", true }
};

START_TEST(reads_a_mailbox)
{
	struct addr a;

	ck_assert_msg(addr_parse(mailboxes[_i].text, mailboxes[_i].len, &a) ==
	    ADDR_MAILBOX, "%s: does not read", mailboxes[_i].label);
	ck_assert_msg(strcmp(a.local, mailboxes[_i].local) == 0,
	    "%s: local part %s", mailboxes[_i].label, a.local);
	ck_assert_msg(strcmp(a.domain, mailboxes[_i].domain) == 0,
	    "%s: domain %s", mailboxes[_i].label, a.domain);
	ck_assert_msg(a.routing == mailboxes[_i].routing, "%s: routing %d",
	    mailboxes[_i].label, a.routing);
}
END_TEST

static const struct {
	const char *label;
	const char *text;
	size_t len;
	enum addr_kind kind;
} others[] = {
	{ "nothing", TEXT(""), ADDR_NULL },
	{ "<>", TEXT("<>"), ADDR_NULL },
	{ "a space in <>", TEXT("< >"), ADDR_UNREADABLE },
	{ "a space", TEXT(" "), ADDR_UNREADABLE },
	{ "<> and more", TEXT("<> "), ADDR_UNREADABLE },
	{ "two pairs of <>", TEXT("<<user@example.com>>"), ADDR_UNREADABLE },
	{ "two pairs of <> around nothing", TEXT("<<>>"), ADDR_UNREADABLE },
	{ "only <", TEXT("<user@example.com"), ADDR_UNREADABLE },
	{ "only >", TEXT("user@example.com>"), ADDR_UNREADABLE },
	{ "< alone", TEXT("<"), ADDR_UNREADABLE },
	{ "list", TEXT("<u@example.com>,<v@example.net>"), ADDR_UNREADABLE },
	{ "bare list", TEXT("u@example.com,v@example.net"), ADDR_UNREADABLE },
	{ "comment", TEXT("<u@example.net (@example.com)>"),
	    ADDR_UNREADABLE },
	{ "comment without a space", TEXT("u@example.com(x)"),
	    ADDR_UNREADABLE },
	{ "phrase", TEXT("User <u@example.com>"), ADDR_UNREADABLE },
	{ "source route", TEXT("<@example.com:u@example.net>"),
	    ADDR_UNREADABLE },
	{ "glued ESMTP parameter", TEXT("u@example.com SIZE=1"),
	    ADDR_UNREADABLE },
	{ "parameter behind <>", TEXT("<u@example.com> SIZE=1"),
	    ADDR_UNREADABLE },
	{ "space before", TEXT(" u@example.com"), ADDR_UNREADABLE },
	{ "space in <>", TEXT("< u@example.com>"), ADDR_UNREADABLE },
	{ "space behind", TEXT("u@example.com "), ADDR_UNREADABLE },
	{ "space before @", TEXT("u @example.com"), ADDR_UNREADABLE },
	{ "tab", TEXT("u\t@example.com"), ADDR_UNREADABLE },
	{ "line end", TEXT("u@example.com\r\n"), ADDR_UNREADABLE },
	{ "no local part", TEXT("@example.com"), ADDR_UNREADABLE },
	{ "no domain behind @", TEXT("u@"), ADDR_UNREADABLE },
	{ "two @", TEXT("u@evil@example.com"), ADDR_UNREADABLE },
	{ "dot first", TEXT(".a@example.com"), ADDR_UNREADABLE },
	{ "dot last", TEXT("a.@example.com"), ADDR_UNREADABLE },
	{ "two dots", TEXT("a..b@example.com"), ADDR_UNREADABLE },
	{ "a dot alone", TEXT("."), ADDR_UNREADABLE },
	{ "quote in an atom", TEXT("a\"b\"@example.com"), ADDR_UNREADABLE },
	{ "atom behind quotes", TEXT("\"a\"b@example.com"), ADDR_UNREADABLE },
	{ "dot behind quotes", TEXT("\"a\".b@example.com"),
	    ADDR_UNREADABLE },
	{ "quotes not closed", TEXT("\"a@example.com"), ADDR_UNREADABLE },
	{ "quotes closed by a quoted pair only", TEXT("\"a\\\""),
	    ADDR_UNREADABLE },
	{ "half a quoted pair", TEXT("\"a\\"), ADDR_UNREADABLE },
	{ "one quote", TEXT("\""), ADDR_UNREADABLE },
	{ "backslash in an atom", TEXT("a\\b@example.com"),
	    ADDR_UNREADABLE },
	{ "colon in an atom", TEXT("a:b@example.com"), ADDR_UNREADABLE },
	{ "NUL in an atom", TEXT("a\0b@example.com"), ADDR_UNREADABLE },
	{ "NUL in quotes", TEXT("\"a\0b\"@example.com"), ADDR_UNREADABLE },
	{ "NUL in the domain", TEXT("u@example.com\0.net"), ADDR_UNREADABLE },
	{ "quoted control", TEXT("\"a\tb\"@example.com"), ADDR_UNREADABLE },
	{ "quoted DEL", TEXT("\"a\x7f\"@example.com"), ADDR_UNREADABLE },
	{ "control in a quoted pair", TEXT("\"a\\\tb\"@example.com"),
	    ADDR_UNREADABLE },
	{ "UTF-8 in a quoted pair", TEXT("\"\\\xc3\xbc\"@example.com"),
	    ADDR_UNREADABLE },
	{ "Latin-1", TEXT("j\xfcrg@example.com"), ADDR_UNREADABLE },
	{ "quoted Latin-1", TEXT("\"j\xfcrg\"@example.com"),
	    ADDR_UNREADABLE },
	{ "overlong UTF-8", TEXT("\xc1\x81@example.com"), ADDR_UNREADABLE },
	{ "overlong UTF-8 of three", TEXT("\xe0\x81\x81@example.com"),
	    ADDR_UNREADABLE },
	{ "half a UTF-8 character", TEXT("u\xc3@example.com"),
	    ADDR_UNREADABLE },
	{ "UTF-8 cut in the third byte", TEXT("u\xe2\x80@example.com"),
	    ADDR_UNREADABLE },
	{ "UTF-8 cut by the end", TEXT("u\xe2\x80"), ADDR_UNREADABLE },
	{ "UTF-8 of a surrogate", TEXT("\xed\xa0\x80@example.com"),
	    ADDR_UNREADABLE },
	{ "beyond Unicode", TEXT("\xf4\x90\x80\x80@example.com"),
	    ADDR_UNREADABLE },
	{ "local part too long", TEXT("a" A255 "@example.com"),
	    ADDR_UNREADABLE },
	{ "quoted local part too long", TEXT("\"a" A255 "\"@example.com"),
	    ADDR_UNREADABLE },
	{ "UTF-8 over the end of the longest local part",
	    TEXT(A64 A64 A64 A8 A8 A8 A8 A8 A8 A8 "aaaaaa\xc3\xbc@b"),
	    ADDR_UNREADABLE }
};

START_TEST(refuses_all_else)
{
	static const struct addr empty;
	struct addr a;

	memset(&a, 'x', sizeof(a));
	ck_assert_msg(addr_parse(others[_i].text, others[_i].len, &a) ==
	    others[_i].kind, "%s", others[_i].label);
	ck_assert_msg(memcmp(a.local, empty.local, sizeof(a.local)) == 0 &&
	    memcmp(a.domain, empty.domain, sizeof(a.domain)) == 0 &&
	    !a.routing, "%s: not all empty", others[_i].label);
}
END_TEST

#define L63	A63 "."
#define D255	L63 L63 L63 A63

static const struct {
	const char *label;
	const char *text;
	size_t len;
	const char *domain;	/* NULL: it is none */
} domains[] = {
	{ "name", TEXT("mail.example.com"), "mail.example.com" },
	{ "folded", TEXT("MAIL.Example.COM"), "mail.example.com" },
	{ "single label", TEXT("localhost"), "localhost" },
	{ "one final dot goes", TEXT("example.com."), "example.com" },
	{ "two final dots", TEXT("example.com.."), NULL },
	{ "a dot alone", TEXT("."), NULL },
	{ "leading dot", TEXT(".example.com"), NULL },
	{ "empty label", TEXT("example..com"), NULL },
	{ "nothing", TEXT(""), NULL },
	{ "underscore", TEXT("_spf.my_host.example.com"),
	    "_spf.my_host.example.com" },
	{ "digits and hyphens", TEXT("3-com.example"), "3-com.example" },
	{ "hyphen first", TEXT("-a.example.com"), NULL },
	{ "hyphen last", TEXT("a-.example.com"), NULL },
	{ "space", TEXT("exam ple.com"), NULL },
	{ "plus", TEXT("a+b.example.com"), NULL },
	{ "NUL", TEXT("example.com\0"), NULL },
	{ "label of 63", TEXT(A63 ".example"), A63 ".example" },
	{ "label of 64", TEXT(A64 ".example"), NULL },
	{ "255 bytes", TEXT(D255), D255 },
	{ "255 bytes and a dot", TEXT(D255 "."), D255 },
	{ "257 bytes", TEXT(D255 ".a"), NULL },
	{ "longer than any", TEXT(D255 "." D255 "." D255 "." D255 "."), NULL },
	{ "Unicode", TEXT("b\xc3\xbc" "cher.example"),
	    "xn--bcher-kva.example" },
	{ "Unicode capital", TEXT("B\xc3\x9c" "CHER.Example"),
	    "xn--bcher-kva.example" },
	{ "Unicode decomposed", TEXT("bu\xcc\x88" "cher.example"),
	    "xn--bcher-kva.example" },
	{ "sharp s stays one (non-transitional)",
	    TEXT("stra\xc3\x9f" "e.example"), "xn--strae-oqa.example" },
	{ "Unicode and one final dot", TEXT("b\xc3\xbc" "cher.example."),
	    "xn--bcher-kva.example" },
	{ "Unicode and two final dots", TEXT("b\xc3\xbc" "cher.example.."),
	    NULL },
	{ "ideographic full stop", TEXT("\xe4\xbe\x8b\xe3\x80\x82" "example"),
	    "xn--fsq.example" },
	{ "Unicode beside an underscore",
	    TEXT("_x.b\xc3\xbc" "cher.example"),
	    "_x.xn--bcher-kva.example" },
	{ "A-label in capitals", TEXT("XN--BCHER-KVA.example"),
	    "xn--bcher-kva.example" },
	{ "full-width @ (maps to @)", TEXT("a\xef\xbc\xa0" "b.example"),
	    NULL },
	{ "full-width letters", TEXT("\xef\xbd\x85xample.com"),
	    "example.com" },
	{ "not allowed by IDNA", TEXT("\xe2\x98\x83\xf0\x9f\x80\x80\xe2\x80"
	    "\x8e.example"), NULL },
	{ "bad UTF-8", TEXT("b\xfc" "cher.example"), NULL },
	{ "Unicode too long for a label",
	    TEXT(A63 "\xc3\xbc.example"), NULL },
	{ "IPv4 literal", TEXT("[192.0.2.1]"), "[192.0.2.1]" },
	{ "IPv6 literal", TEXT("[IPv6:2001:db8::1]"), "[IPv6:2001:db8::1]" },
	{ "IPv6 literal in another spelling",
	    TEXT("[ipv6:2001:DB8:0:0:0:0:0:1]"), "[IPv6:2001:db8::1]" },
	{ "longest IPv6 literal",
	    TEXT("[IPv6:2001:0db8:0011:0022:0033:0044:192.168.100.100]"),
	    "[IPv6:2001:db8:11:22:33:44:c0a8:6464]" },
	{ "mapped IPv6 literal", TEXT("[IPv6:::ffff:192.0.2.1]"),
	    "[IPv6:::ffff:192.0.2.1]" },
	{ "IPv6 without its tag", TEXT("[2001:db8::1]"), NULL },
	{ "IPv4 with that tag", TEXT("[IPv6:192.0.2.1]"), NULL },
	{ "another tag", TEXT("[x400:abc]"), NULL },
	{ "octal", TEXT("[192.0.02.1]"), NULL },
	{ "empty literal", TEXT("[]"), NULL },
	{ "bracket alone", TEXT("["), NULL },
	{ "literal not closed", TEXT("[192.0.2.1"), NULL },
	{ "literal with a dot", TEXT("[192.0.2.1]."), NULL },
	{ "space in a literal", TEXT("[ 192.0.2.1]"), NULL },
	{ "NUL in a literal", TEXT("[192.0.2.1\0]"), NULL },
	{ "literal too long", TEXT("[" A64 "]"), NULL }
};

START_TEST(reads_a_domain)
{
	const char *expected = domains[_i].domain;
	char out[ADDR_DOMAIN_MAX + 1] = "before";
	int result = addr_domain(domains[_i].text, domains[_i].len, out);

	ck_assert_msg(result == (expected == NULL ? -1 : 0),
	    "%s: result %d, domain %s", domains[_i].label, result, out);
	ck_assert_msg(strcmp(out, expected == NULL ? "" : expected) == 0,
	    "%s: domain %s", domains[_i].label, out);
}
END_TEST

static const struct {
	const char *label;
	const char *local;
	const char *delimiters;
	const char *cut;	/* NULL: nothing is cut */
} extensions[] = {
	{ "user+tag", "user+tag", "+", "user" },
	{ "first of two", "user+a+b", "+", "user" },
	{ "either delimiter", "user-a+b", "+-", "user" },
	{ "empty tag", "user+", "+", "user" },
	{ "first character stays", "+tag", "+", NULL },
	{ "second of two first characters", "++tag", "+", "+" },
	{ "no delimiter in it", "user", "+", NULL },
	{ "another delimiter", "user+tag", "-", NULL },
	{ "no delimiters", "user+tag", "", NULL },
	{ "empty local part", "", "+", NULL }
};

static const struct {
	const char *label;
	const char *text;
	bool mapped;
} domains_as_written[] = {
	{ "ASCII", "<u@Example.COM.>", false },
	{ "a literal", "<u@[192.0.2.1]>", false },
	{ "no domain", "<u>", false },
	{ "A-label", "<u@XN--Bcher-KVA.example>", false },
	{ "U-label", "<u@b\xc3\xbc" "cher.example>", false },
	{ "U-label, ASCII capitals, a final dot",
	    "<u@Mail.B\xc3\xbc" "cher.EXAMPLE.>", false },
	{ "sharp s", "<u@stra\xc3\x9f" "e.example>", false },
	{ "other capitals", "<u@B\xc3\x9c" "CHER.example>", false },
	{ "the Kelvin sign", "<u@\xe2\x84\xaa" "elvin.example>", true },
	{ "I with a dot", "<u@\xc4\xb0" "nfo.example>", true },
	{ "decomposed", "<u@bu\xcc\x88" "cher.example>", true },
	{ "full width", "<u@\xef\xbd\x85xample.com>", true },
	{ "an ideographic dot", "<u@example\xe3\x80\x82" "com>", true },
	{ "an ideographic final dot", "<u@example.com\xe3\x80\x82>", true },
	{ "a soft hyphen", "<u@exam\xc2\xadple.com>", true },
	{ "one label of two", "<u@b\xc3\xbc" "cher.\xef\xbd\x85xample>", true }
};

START_TEST(tells_mapped_domains)
{
	const char *text = domains_as_written[_i].text;
	struct addr a;

	ck_assert_int_eq(addr_parse(text, strlen(text), &a), ADDR_MAILBOX);
	ck_assert_msg(a.mapped == domains_as_written[_i].mapped, "%s",
	    domains_as_written[_i].label);
}
END_TEST

START_TEST(cuts_the_extension)
{
	const char *cut = extensions[_i].cut;
	struct addr a = { .domain = "example.com" };

	snprintf(a.local, sizeof(a.local), "%s", extensions[_i].local);
	ck_assert_msg(addr_cut_extension(&a, extensions[_i].delimiters) ==
	    (cut != NULL), "%s", extensions[_i].label);
	ck_assert_msg(strcmp(a.local, cut == NULL ? extensions[_i].local :
	    cut) == 0, "%s: %s", extensions[_i].label, a.local);
	ck_assert_str_eq(a.domain, "example.com");
}
END_TEST

START_TEST(makes_a_key)
{
	char key[ADDR_KEY_MAX + 1];

	addr_key("user", "example.com", key);
	ck_assert_str_eq(key, "user@example.com");
	addr_key("user", "", key);
	ck_assert_str_eq(key, "user@");
}
END_TEST

START_TEST(key_has_room_for_the_longest)
{
	char key[ADDR_KEY_MAX + 1];

	addr_key(A255, D255, key);
	ck_assert_str_eq(key, A255 "@" D255);
}
END_TEST

START_TEST(folds_ascii_only)
{
	char s[] = "@AZ[`az{\xc3\x9c\0Q";

	addr_fold(s, sizeof(s) - 1);
	ck_assert_mem_eq(s, "@az[`az{\xc3\x9c\0q", sizeof(s));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("addr");

	suite_rows(s, reads_a_mailbox, ROWS(mailboxes));
	suite_rows(s, refuses_all_else, ROWS(others));
	suite_rows(s, reads_a_domain, ROWS(domains));
	suite_rows(s, tells_mapped_domains, ROWS(domains_as_written));
	suite_rows(s, cuts_the_extension, ROWS(extensions));
	suite_one(s, makes_a_key);
	suite_one(s, key_has_room_for_the_longest);
	suite_one(s, folds_ascii_only);
	return (suite_run(s));
}
