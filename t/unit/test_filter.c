#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "short_arena.h"
#include "suite.h"

#define PLAIN	"each filter must stand in parentheses, without spaces " \
		"around them"
#define NAME	"an attribute's name must stand behind a ("
#define OPTION	"an attribute's option must stand behind a ;"
#define OPEN	"a ( in a value must be written \\28"
#define ESCAPE	"a \\ must be followed by two hexadecimal digits; itself it " \
		"is written \\5c"
#define STAR	"a * that is not behind a bare = must be written \\2a"
#define STARS	"two * stand side by side"
#define RULE	"a matching rule or = must stand behind a :"
#define ASSIGN	":= must stand before the value for a matching rule"
#define NOBODY	"it must name an attribute or a matching rule before the :="
#define COMPARE	"=, ~=, >=, <= or := must follow an attribute's name"
#define DEEP	"it is nested too deep"
#define END	"a parenthesis is missing at its end"
#define LIST	"only filters in parentheses may stand behind & and |, and " \
		"just one behind !"
#define BEHIND	"something stands behind its last parenthesis"

#define X4(s)	s s s s
#define X16(s)	X4(X4(s))
#define X63(s)	X16(s) X16(s) X16(s) X4(s) X4(s) X4(s) s s s

static const struct {
	const char *label;
	const char *text;
	const char *wrong;	/* NULL: it reads */
} filters[] = {
	/* RFC 4515 section 4, its examples. */
	{ "equal", "(cn=Babs Jensen)", NULL },
	{ "not", "(!(cn=Tim Howes))", NULL },
	{ "and, or, substring",
	    "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))", NULL },
	{ "several substrings", "(o=univ*of*mich*)", NULL },
	{ "empty value", "(seeAlso=)", NULL },
	{ "attribute and rule", "(cn:caseExactMatch:=Fred Flintstone)", NULL },
	{ "attribute without rule", "(cn:=Betty Rubble)", NULL },
	{ "attribute, dn, rule", "(sn:dn:2.4.6.8.10:=Barney Rubble)", NULL },
	{ "attribute, dn", "(o:dn:=Ace Industry)", NULL },
	{ "rule alone", "(:1.2.3:=Wilma Flintstone)", NULL },
	{ "dn, rule", "(:DN:2.4.6.8.10:=Dino)", NULL },
	{ "escaped parentheses",
	    "(o=Parens R Us \\28for all your parenthetical needs\\29)", NULL },
	{ "escaped star", "(cn=*\\2A*)", NULL },
	{ "escaped backslash", "(filename=C:\\5cMyFile)", NULL },
	{ "escaped NUL", "(bin=\\00\\00\\00\\04)", NULL },
	{ "escaped UTF-8", "(sn=Lu\\c4\\8di\\c4\\87)", NULL },
	{ "numeric OID", "(1.3.6.1.4.1.1466.0=\\04\\02\\48\\69)", NULL },

	/* Values. */
	{ "present", "(mail=*)", NULL },
	{ "approx", "(cn~=Jensn)", NULL },
	{ "at least", "(uidNumber>=1000)", NULL },
	{ "at most", "(uidNumber<=1999)", NULL },
	{ "empty values of the others", "(|(a~=)(a>=)(a<=)(a:=))", NULL },
	{ "initial", "(cn=Babs*)", NULL },
	{ "final", "(cn=*Jensen)", NULL },
	{ "any", "(cn=*abs*)", NULL },
	{ "initial, any, final", "(cn=a*b*c)", NULL },
	{ "UTF-8 as it is", "(cn=J\xc3\xbcrg)", NULL },
	{ "= and others in a value", "(a==&|!:~<>;)", NULL },
	{ "spaces in a value", "(a= b )", NULL },
	{ "escapes alone", "(a=\\aF\\Fa)", NULL },
	{ "bit mask", "(userAccountControl:1.2.840.113556.1.4.803:=2)", NULL },
	{ "( in a value", "(cn=a(b))", OPEN },
	{ "( in a value of a rule", "(cn:=a(b))", OPEN },
	{ ") in a value", "(cn=a)b)", BEHIND },
	{ "backslash alone", "(cn=a\\)", ESCAPE },
	{ "half an escape", "(cn=a\\2)", ESCAPE },
	{ "backslash at the end", "(cn=a\\", ESCAPE },
	{ "half an escape at the end", "(cn=a\\2", ESCAPE },
	{ "not hexadecimal", "(cn=a\\2g)", ESCAPE },
	{ "escaped as in LDAPv2", "(cn=a\\*b)", ESCAPE },
	{ "* with ~=", "(cn~=a*)", STAR },
	{ "* with >=", "(cn>=*)", STAR },
	{ "* with <=", "(cn<=a*b)", STAR },
	{ "* with :=", "(cn:=a*)", STAR },
	{ "**", "(cn=**)", STARS },
	{ "** within", "(cn=a**b)", STARS },

	/* Attributes. */
	{ "option", "(cn;lang-de=x)", NULL },
	{ "options", "(cn;lang-de;x-1=*)", NULL },
	{ "option of an OID", "(2.5.4.3;binary=x)", NULL },
	{ "option before a rule", "(cn;lang-de:dn:1.2:=x)", NULL },
	{ "letters, digits, hyphen", "(azAZ-09=x)", NULL },
	{ "zero in an OID", "(0.10=x)", NULL },
	{ "no attribute", "(=x)", NAME },
	{ "nothing", "()", NAME },
	{ "nothing, not ended", "(", NAME },
	{ "a digit first", "(1a=x)", NAME },
	{ "a hyphen first", "(-a=x)", NAME },
	{ "one number is no OID", "(1=x)", NAME },
	{ "leading zero", "(1.02=x)", NAME },
	{ "OID that ends in a dot", "(1.=x)", NAME },
	{ "space before it", "( cn=x)", NAME },
	{ "doubled parentheses", "((cn=x))", NAME },
	{ "empty option", "(cn;=x)", OPTION },
	{ "empty option, another", "(cn;;a=x)", OPTION },
	{ "option with an underscore", "(cn;a_b=x)", COMPARE },
	{ "underscore", "(a_b=x)", COMPARE },
	{ "space behind it", "(cn =x)", COMPARE },
	{ "letters behind an OID", "(1.2a=x)", COMPARE },
	{ "attribute alone", "(cn)", COMPARE },
	{ "attribute alone, not ended", "(cn", COMPARE },
	{ "~ alone", "(cn~x)", COMPARE },
	{ "> alone", "(cn>1)", COMPARE },
	{ "< alone", "(cn<1)", COMPARE },
	{ "> not ended", "(cn>", COMPARE },
	{ "=> for >=", "(cn=>1)", NULL },

	/* Matching rules. */
	{ "rule by name", "(:caseExactMatch:=x)", NULL },
	{ "rule that begins as dn does", "(:dnX:=x)", NULL },
	{ "rule that begins with d", "(cn:d:=x)", NULL },
	{ "attribute called dn", "(dn:dn:=x)", NULL },
	{ "neither attribute nor rule", "(:=x)", NOBODY },
	{ "dn alone", "(:dn:=x)", NOBODY },
	{ "empty rule", "(cn::=x)", RULE },
	{ "empty rule behind dn", "(cn:dn::=x)", RULE },
	{ "rule with an underscore", "(cn:a_b:=x)", ASSIGN },
	{ "colon at the end", "(cn:", RULE },
	{ "colon alone", "(:", RULE },
	{ "d at the end", "(:d", ASSIGN },
	{ "dn at the end", "(:dn", ASSIGN },
	{ "dn and colon at the end", "(:dn:", RULE },
	{ "rule, not ended", "(cn:1.2:", ASSIGN },
	{ "= for :=", "(cn:1.2=x)", ASSIGN },
	{ "= behind dn", "(cn:dn=x)", ASSIGN },
	{ "two rules", "(cn:1.2:3.4:=x)", ASSIGN },

	/* Lists. */
	{ "true (RFC 4526)", "(&)", NULL },
	{ "false (RFC 4526)", "(|)", NULL },
	{ "not false", "(!(|))", NULL },
	{ "and of one", "(&(a=b))", NULL },
	{ "or of many", "(|(a=b)(c=d)(!(e=f))(&(g=h)(i=*)))", NULL },
	{ "no parentheses", "objectClass=person", PLAIN },
	{ "empty", "", PLAIN },
	{ "a space before", " (a=b)", PLAIN },
	{ "a space behind", "(a=b) ", BEHIND },
	{ "not of none", "(!)", PLAIN },
	{ "not without parentheses", "(!a=b)", PLAIN },
	{ "not of two", "(!(a=b)(c=d))", LIST },
	{ "and without parentheses", "(&a=b)", LIST },
	{ "space behind &", "(& (a=b))", LIST },
	{ "space within a list", "(|(a=b) (c=d))", LIST },
	{ "space at the end of a list", "(|(a=b) )", LIST },
	{ "LDAP URL's &", "(a=b)&(c=d)", BEHIND },
	{ "two", "(a=b)(c=d)", BEHIND },
	{ "one ) too many", "(a=b))", BEHIND },
	{ "one ) too few", "(a=b", END },
	{ "one ) too few behind a list", "(&(a=b)", END },
	{ "one ) too few behind a not", "(!(a=b)", END },
	{ "& at the end", "(&", END },
	{ "! at the end", "(!", PLAIN },
	{ ") first", ")", PLAIN },
	{ "wrong within", "(|(a=b)(!(&(c=d)(e_f=*))))", COMPARE },

	/* Depth. */
	{ "64 levels", X63("(!") "(a=b)" X63(")"), NULL },
	{ "65 levels", X63("(!") "(&(a=b))" X63(")"), DEEP },
	{ "many levels", X63(X63("(|")), DEEP },
	{ "wide, not deep", "(|" X63(X63("(a=b)")) ")", NULL },
};

START_TEST(reading)
{
	const char *wrong = filter_wrong(filters[_i].text);

	if (filters[_i].wrong == NULL)
		ck_assert_msg(wrong == NULL, "%s: %s", filters[_i].label,
		    wrong);
	else
		ck_assert_msg(wrong != NULL &&
		    strcmp(wrong, filters[_i].wrong) == 0,
		    "%s:\n    is %s\nwanted %s", filters[_i].label,
		    wrong != NULL ? wrong : "taken", filters[_i].wrong);
}
END_TEST

static const struct {
	const char *label;
	size_t n;
	const char *filters[3];
	const char *any;
} ors[] = {
	{ "one", 1, { "(a=b)" }, "(a=b)" },
	{ "two", 2, { "(a=b)", "(!(c=d))" }, "(|(a=b)(!(c=d)))" },
	{ "three", 3, { "(|(a=b)(c=*))", "(&)", "(e=f)" },
	    "(|(|(a=b)(c=*))(&)(e=f))" },
};

START_TEST(any_of_them)
{
	struct arena arena;
	const char *any;

	arena_init(&arena);
	any = filter_or(&arena, ors[_i].filters, ors[_i].n);
	ck_assert_msg(strcmp(any, ors[_i].any) == 0, "%s: %s", ors[_i].label,
	    any);
	ck_assert_ptr_null(filter_wrong(any));
	arena_free(&arena);
}
END_TEST

START_TEST(memory_short)
{
	struct arena arena;

	arena_init(&arena);
	allocations = 0;
	fail_at = 1;
	ck_assert_ptr_null(filter_or(&arena, ors[_i].filters, ors[_i].n));
	fail_at = 0;
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("filter");

	suite_rows(suite, reading, ROWS(filters));
	suite_rows(suite, any_of_them, ROWS(ors));
	suite_rows(suite, memory_short, ROWS(ors));
	return (suite_run(suite));
}
