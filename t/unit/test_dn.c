#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "dn.h"
#include "suite.h"

#define X16	"xxxxxxxxxxxxxxxx"
#define X256	X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16

static const struct {
	const char *label;
	const char *text;
	size_t len;
	const char *normal;	/* NULL: it is no DN */
} names[] = {
	{ "in normal form", TEXT("uid=joe,ou=people,dc=example,dc=com"),
	    "uid=joe,ou=people,dc=example,dc=com" },
	{ "folded", TEXT("UID=Joe,OU=People,DC=Example,DC=COM"),
	    "uid=joe,ou=people,dc=example,dc=com" },
	{ "first and last letters", TEXT("azAZ-09=azAZ"), "azaz-09=azaz" },
	{ "spaces around , and =",
	    TEXT(" uid = joe , ou=people ,  dc =example "),
	    "uid=joe,ou=people,dc=example" },
	{ "empty", TEXT(""), "" },
	{ "spaces alone", TEXT("  "), "" },
	{ "empty value", TEXT("cn=,dc=com"), "cn=,dc=com" },
	{ "empty last value", TEXT("cn="), "cn=" },
	{ "value of spaces", TEXT("cn= \\  ,dc=com"), "cn=,dc=com" },

	{ "spaces within are squeezed", TEXT("cn=joe   x  doe"),
	    "cn=joe x doe" },
	{ "tab and line end are spaces", TEXT("cn=joe\t\\0d\\0Adoe"),
	    "cn=joe doe" },
	{ "escaped spaces at the ends go", TEXT("cn=\\ joe\\20"), "cn=joe" },
	{ "no-break space is a space", TEXT("cn=joe\xc2\xa0\xc2\xa0" "doe"),
	    "cn=joe doe" },

	{ "escaped comma", TEXT("cn=doe\\, joe"), "cn=doe\\, joe" },
	{ "comma in hexadecimal", TEXT("cn=doe\\2C joe"), "cn=doe\\, joe" },
	{ "every special character",
	    TEXT("cn=a\\\"\\+\\,\\;\\<\\>\\\\\\=\\#\\ b"),
	    "cn=a\\\"\\+\\,\\;\\<\\>\\\\=# b" },
	{ "every special character in hexadecimal",
	    TEXT("cn=a\\22\\2b\\2c\\3b\\3c\\3e\\5c\\3d\\23\\20b"),
	    "cn=a\\\"\\+\\,\\;\\<\\>\\\\=# b" },
	{ "bare = in a value", TEXT("cn=a=b"), "cn=a=b" },
	{ "# first is escaped", TEXT("cn=\\#1"), "cn=\\#1" },
	{ "# first in hexadecimal", TEXT("cn=\\231"), "cn=\\#1" },
	{ "# first behind a space", TEXT("cn=\\ #1"), "cn=\\#1" },
	{ "# within is not", TEXT("cn=a#1"), "cn=a#1" },
	{ "letters in hexadecimal", TEXT("cn=\\4a\\4F\\45"), "cn=joe" },
	{ "control", TEXT("cn=a\\01b\\7fc"), "cn=a\\01b\\7fc" },
	{ "raw control", TEXT("cn=a\x1f" "c"), "cn=a\\1fc" },

	{ "Unicode is folded", TEXT("cn=J\xc3\x9cRG"), "cn=j\xc3\xbcrg" },
	{ "Unicode in hexadecimal", TEXT("cn=J\\C3\\9cRG"),
	    "cn=j\xc3\xbcrg" },
	{ "half a character in hexadecimal", TEXT("cn=J\\C3\x9cRG"),
	    "cn=j\xc3\xbcrg" },
	{ "Unicode decomposed", TEXT("cn=Ju\xcc\x88rg"), "cn=j\xc3\xbcrg" },
	{ "sharp s", TEXT("cn=Stra\xc3\x9f" "e"), "cn=strasse" },
	{ "ligature", TEXT("cn=\xef\xac\x81sh"), "cn=fish" },
	{ "capitals out of normalisation", TEXT("cn=\xe2\x84\xa1"),
	    "cn=tel" },
	{ "full-width comma", TEXT("cn=a\xef\xbc\x8c" "b"), "cn=a\\,b" },
	{ "Unicode spaces", TEXT("cn=  J\xc3\x9c  RG  ,dc=com"),
	    "cn=j\xc3\xbc rg,dc=com" },
	{ "bad UTF-8", TEXT("cn=J\xdcRG"), NULL },
	{ "bad UTF-8 in hexadecimal", TEXT("cn=J\\dcRG"), NULL },
	{ "tail of a character alone", TEXT("cn=\\80"), NULL },
	{ "half a character at the end", TEXT("cn=J\xc3,dc=com"), NULL },
	{ "value longer than the stack's", TEXT("cn=A" X256), "cn=a" X256 },
	{ "long value that is none", TEXT("cn=A" X256 "\""), NULL },

	{ "type: commonName", TEXT("commonName=a"), "cn=a" },
	{ "type: 2.5.4.3", TEXT("2.5.4.3=a"), "cn=a" },
	{ "type: localityName", TEXT("localityName=a,2.5.4.7=b"),
	    "l=a,l=b" },
	{ "type: stateOrProvinceName",
	    TEXT("stateOrProvinceName=a,2.5.4.8=b"), "st=a,st=b" },
	{ "type: organizationName", TEXT("organizationName=a,2.5.4.10=b"),
	    "o=a,o=b" },
	{ "type: organizationalUnitName",
	    TEXT("organizationalUnitName=a,2.5.4.11=b"), "ou=a,ou=b" },
	{ "type: countryName", TEXT("countryName=a,2.5.4.6=b"), "c=a,c=b" },
	{ "type: streetAddress", TEXT("streetAddress=a,2.5.4.9=b"),
	    "street=a,street=b" },
	{ "type: domainComponent",
	    TEXT("domainComponent=a,0.9.2342.19200300.100.1.25=b"),
	    "dc=a,dc=b" },
	{ "type: userid", TEXT("userId=a,0.9.2342.19200300.100.1.1=b"),
	    "uid=a,uid=b" },
	{ "type: another name", TEXT("x-Some2=a"), "x-some2=a" },
	{ "type: another OID", TEXT("1.2.840.113549.1.9.1=a"),
	    "1.2.840.113549.1.9.1=a" },
	{ "type: OID of one number", TEXT("2=a"), "2=a" },
	{ "type: none", TEXT("=a"), NULL },
	{ "type: digit first", TEXT("2a=a"), NULL },
	{ "type: hyphen first", TEXT("-a=a"), NULL },
	{ "type: underscore", TEXT("a_b=a"), NULL },
	{ "type: option", TEXT("cn;lang-en=a"), NULL },
	{ "type: OID with two dots", TEXT("2..5=a"), NULL },
	{ "type: OID with a dot first", TEXT(".2=a"), NULL },
	{ "type: OID with a dot last", TEXT("2.=a"), NULL },
	{ "type: prefix OID.", TEXT("OID.2.5.4.3=a"), NULL },
	{ "type: NUL", TEXT("c\0n=a"), NULL },
	{ "type without a value", TEXT("cn"), NULL },
	{ "type and spaces", TEXT("cn  "), NULL },
	{ "two types", TEXT("cn sn=a"), NULL },

	{ "BER in lower case", TEXT("1.2.3=#04024AbF ,dc=com"),
	    "1.2.3=#04024abf,dc=com" },
	{ "BER behind a space", TEXT("cn= #0401"), "cn=#0401" },
	{ "BER without digits", TEXT("cn=#"), NULL },
	{ "BER of half a byte", TEXT("cn=#040"), NULL },
	{ "BER of one digit", TEXT("cn=#0"), NULL },
	{ "BER with something else", TEXT("cn=#04zz"), NULL },
	{ "BER with a space", TEXT("cn=#04 04"), NULL },

	{ "parts in order", TEXT("cn=a+uid=b,dc=com"),
	    "cn=a+uid=b,dc=com" },
	{ "parts sorted", TEXT("uid=b + cn=a , dc=com"),
	    "cn=a+uid=b,dc=com" },
	{ "parts of one type", TEXT("cn=b+cn=a"), "cn=a+cn=b" },
	{ "part that begins another", TEXT("cn=ab+cn=a"), "cn=a+cn=ab" },
	{ "equal parts", TEXT("cn=a+cn=a"), "cn=a+cn=a" },
	{ "parts of all lengths",
	    TEXT("uid=1+sn=four+cn=22+o=+c=de+2.5.4.3=x"),
	    "c=de+cn=22+cn=x+o=+sn=four+uid=1" },
	{ "BER and another part", TEXT("uid=b+cn=#0401"),
	    "cn=#0401+uid=b" },
	{ "parts sorted in each RDN", TEXT("b=2+a=1,d=2+c=1"),
	    "a=1+b=2,c=1+d=2" },
	{ "as many parts as there may be",
	    TEXT("p=1+o=1+n=1+m=1+l=1+k=1+j=1+i=1+"
	    "h=1+g=1+f=1+e=1+d=1+c=1+b=1+a=1"),
	    "a=1+b=1+c=1+d=1+e=1+f=1+g=1+h=1+"
	    "i=1+j=1+k=1+l=1+m=1+n=1+o=1+p=1" },
	{ "one more",
	    TEXT("q=1+p=1+o=1+n=1+m=1+l=1+k=1+j=1+i=1+"
	    "h=1+g=1+f=1+e=1+d=1+c=1+b=1+aa=1"), NULL },

	{ "comma first", TEXT(",dc=com"), NULL },
	{ "comma last", TEXT("dc=com,"), NULL },
	{ "two commas", TEXT("dc=example,,dc=com"), NULL },
	{ "plus last", TEXT("cn=a+"), NULL },
	{ "plus and comma", TEXT("cn=a+,dc=com"), NULL },
	{ "semicolon", TEXT("dc=example;dc=com"), NULL },
	{ "quotes", TEXT("cn=\"doe, joe\",dc=com"), NULL },
	{ "bare quote", TEXT("cn=a\"b"), NULL },
	{ "bare <", TEXT("cn=a<b"), NULL },
	{ "bare >", TEXT("cn=a>b"), NULL },
	{ "NUL", TEXT("cn=a\0b"), NULL },
	{ "escaped NUL", TEXT("cn=a\\\0b"), NULL },
	{ "NUL in hexadecimal", TEXT("cn=a\\00b"), NULL },
	{ "half an escape", TEXT("cn=a\\"), NULL },
	{ "one hexadecimal digit", TEXT("cn=a\\4"), NULL },
	{ "one hexadecimal digit and another letter", TEXT("cn=a\\4g"),
	    NULL },
	{ "escaped letter", TEXT("cn=a\\z0"), NULL },
	{ "no DN at all", TEXT("joe"), NULL },
	{ "mail address", TEXT("joe@example.com"), NULL }
};

START_TEST(normalises)
{
	const char *normal = names[_i].normal;
	size_t size = DN_SIZE(names[_i].len);
	char *out = malloc(size);
	long len = dn_normalise(names[_i].text, names[_i].len, out, size);

	ck_assert_msg(len == (normal == NULL ? -1 : (long)strlen(normal)),
	    "%s: %ld, %s", names[_i].label, len, out);
	ck_assert_msg(strcmp(out, normal == NULL ? "" : normal) == 0,
	    "%s: %s", names[_i].label, out);
	free(out);
}
END_TEST

START_TEST(leaves_the_normal_form)
{
	char out[1024];
	const char *normal = names[_i].normal;

	if (normal == NULL)
		return;
	ck_assert_msg(dn_normalise(normal, strlen(normal), out, sizeof(out))
	    == (long)strlen(normal) && strcmp(out, normal) == 0, "%s: %s",
	    names[_i].label, out);
}
END_TEST

/* Every size that is too small, down to none, and the one that is not. */
START_TEST(needs_its_room)
{
	static const char text[] =
	    "uid=b\\,+cn=\xc3\x9c b+1.2=#0a,cn=\\01x,dc=com";
	static const char normal[] =
	    "1.2=#0a+cn=\xc3\xbc b+uid=b\\,,cn=\\01x,dc=com";
	char out[sizeof(normal)];
	size_t size;

	for (size = 0; size < sizeof(normal); size++)
		ck_assert_int_eq(dn_normalise(text, sizeof(text) - 1, out,
		    size), -1);
	ck_assert_int_eq(dn_normalise(text, sizeof(text) - 1, out, size),
	    sizeof(normal) - 1);
	ck_assert_str_eq(out, normal);
}
END_TEST

/*
 * Every character up to the end of the last plane that has capitals or
 * compatibility forms: DN_SIZE suffices and the normal form is stable.
 */
START_TEST(is_stable_for_every_character)
{
	char in[8] = "cn=", out[DN_SIZE(sizeof(in))], again[DN_SIZE(64)];
	ucs4_t c;
	int n;
	long len;

	for (c = 0x80; c < 0x30000; c++) {
		n = u8_uctomb((uint8_t *)in + 3, c, 4);
		if (n < 1)
			continue;
		len = dn_normalise(in, (size_t)n + 3, out,
		    DN_SIZE((size_t)n + 3));
		ck_assert_msg(len >= 3, "U+%04X", c);
		ck_assert_msg(dn_normalise(out, (size_t)len, again,
		    sizeof(again)) == len && strcmp(out, again) == 0,
		    "U+%04X: %s, %s", c, out, again);
	}
}
END_TEST

static const struct {
	const char *label;
	const char *text;
	const char *normal;	/* NULL: it is none */
} uids[] = {
	{ "without a UID", "cn=A,dc=com", "cn=a,dc=com" },
	{ "with a UID", "cn=A,dc=com#'0101'B", "cn=a,dc=com" },
	{ "with an empty one", "cn=A,dc=com#''B", "cn=a,dc=com" },
	{ "UID alone", "#'01'B", "" },
	{ "empty UID alone", "#''B", "" },
	{ "another digit", "cn=a#'012'B", "cn=a#'012'b" },
	{ "no opening quote", "cn=a#01'B", "cn=a#01'b" },
	{ "no closing quote", "cn=a#'01B", "cn=a#'01b" },
	{ "no #", "cn=a'01'B", "cn=a'01'b" },
	{ "small b", "cn=a#'01'b", "cn=a#'01'b" },
	{ "not at the end", "cn=a#'01'B,dc=com", "cn=a#'01'b,dc=com" },
	{ "escaped #", "cn=a\\#'01'B", "cn=a#'01'b" },
	{ "# behind an escaped backslash", "cn=a\\\\#'01'B", "cn=a\\\\" },
	{ "quotes and B alone", "''B", NULL },
	{ "quote and B alone", "'B", NULL },
	{ "digits, quote and B", "01'B", NULL },
	{ "nothing", "", "" },
	{ "no DN before it", "joe#'01'B", NULL }
};

START_TEST(cuts_the_uid)
{
	const char *normal = uids[_i].normal;
	char out[DN_SIZE(32)];
	long len = dn_normalise_uid(uids[_i].text, strlen(uids[_i].text),
	    out, sizeof(out));

	ck_assert_msg(len == (normal == NULL ? -1 : (long)strlen(normal)),
	    "%s: %ld", uids[_i].label, len);
	ck_assert_msg(strcmp(out, normal == NULL ? "" : normal) == 0,
	    "%s: %s", uids[_i].label, out);
}
END_TEST

static const struct {
	const char *label;
	const char *dn;
	const char *base;
	int below;
} belows[] = {
	{ "itself", "dc=example,dc=com", "dc=example,dc=com", 1 },
	{ "one below", "ou=x,dc=com", "dc=com", 1 },
	{ "two below", "cn=y,ou=x,dc=com", "dc=com", 1 },
	{ "below the root", "dc=com", "", 1 },
	{ "the root below itself", "", "", 1 },
	{ "the root below another", "", "dc=com", 0 },
	{ "above", "dc=com", "ou=x,dc=com", 0 },
	{ "beside", "ou=x,dc=net", "dc=com", 0 },
	{ "end of another name", "xdc=com", "dc=com", 0 },
	{ "second part of the first RDN", "cn=a+dc=com", "dc=com", 0 },
	{ "behind an escaped comma", "cn=a\\,dc=com", "dc=com", 0 },
	{ "behind an escaped backslash", "cn=a\\\\,dc=com", "dc=com", 1 },
	{ "behind both", "cn=a\\\\\\,dc=com", "dc=com", 0 }
};

START_TEST(knows_what_is_below)
{

	ck_assert_msg(dn_below(belows[_i].dn, belows[_i].base) ==
	    belows[_i].below, "%s", belows[_i].label);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dn");

	suite_rows(s, normalises, ROWS(names));
	suite_rows(s, leaves_the_normal_form, ROWS(names));
	suite_one(s, needs_its_room);
	suite_one(s, is_stable_for_every_character);
	suite_rows(s, cuts_the_uid, ROWS(uids));
	suite_rows(s, knows_what_is_below, ROWS(belows));
	return (suite_run(s));
}
