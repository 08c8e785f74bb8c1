#include <stdlib.h>

#include "config_file.h"
#include "configuri.h"
#include "suite.h"

#define X10	"1234567890"
#define X100	X10 X10 X10 X10 X10 X10 X10 X10 X10 X10

static const struct {
	const char *label;
	const char *uri;
	const char *normal;
	bool socket;		/* ldapi:// */
	bool exposed;		/* without StartTLS */
} uris[] = {
	{ "a name", "ldap://ldap1.example.com",
	    "ldap://ldap1.example.com:389", false, true },
	{ "with TLS from the start", "ldaps://ldap1.example.com",
	    "ldaps://ldap1.example.com:636", false, false },
	{ "a port", "ldap://ldap1.example.com:1389",
	    "ldap://ldap1.example.com:1389", false, true },
	{ "a port with TLS", "ldaps://ldap1.example.com:1636",
	    "ldaps://ldap1.example.com:1636", false, false },
	{ "lowest port", "ldap://a.example:1", "ldap://a.example:1", false,
	    true },
	{ "highest port", "ldap://a.example:65535", "ldap://a.example:65535",
	    false, true },
	{ "a slash at its end", "ldap://a.example/", "ldap://a.example:389",
	    false, true },
	{ "a slash behind the port", "ldap://a.example:389/",
	    "ldap://a.example:389", false, true },
	{ "capitals", "LDAP://LDAP1.Example.COM",
	    "ldap://ldap1.example.com:389", false, true },
	{ "capitals with TLS", "LdapS://A.example", "ldaps://a.example:636",
	    false, false },
	{ "a dot at its end", "ldap://a.example.", "ldap://a.example:389",
	    false, true },
	{ "one label", "ldap://ldap", "ldap://ldap:389", false, true },
	{ "A-labels", "ldap://b\303\274cher.example",
	    "ldap://xn--bcher-kva.example:389", false, true },
	{ "digits and letters", "ldap://127.0.0.1.example",
	    "ldap://127.0.0.1.example:389", false, true },
	{ "IPv4", "ldap://192.0.2.1", "ldap://192.0.2.1:389", false, true },
	{ "IPv4 and port", "ldap://192.0.2.1:3389", "ldap://192.0.2.1:3389",
	    false, true },
	{ "IPv6", "ldap://[2001:DB8:0::1]", "ldap://[2001:db8::1]:389", false,
	    true },
	{ "IPv6 and port", "ldaps://[2001:db8::1]:1636/",
	    "ldaps://[2001:db8::1]:1636", false, false },
	{ "IPv4 as IPv6", "ldap://[::ffff:192.0.2.1]:390",
	    "ldap://192.0.2.1:390", false, true },
	{ "loopback", "ldap://127.0.0.1", "ldap://127.0.0.1:389", false,
	    false },
	{ "all of loopback", "ldap://127.8.9.10:3890",
	    "ldap://127.8.9.10:3890", false, false },
	{ "loopback, IPv6", "ldap://[::1]", "ldap://[::1]:389", false, false },
	{ "loopback, IPv6, in full", "ldap://[0:0:0:0:0:0:0:1]:3890",
	    "ldap://[::1]:3890", false, false },
	{ "loopback as IPv6", "ldap://[::ffff:127.0.0.1]",
	    "ldap://127.0.0.1:389", false, false },
	{ "not quite loopback", "ldap://[::2]", "ldap://[::2]:389", false,
	    true },
	{ "localhost", "ldap://LocalHost:3890", "ldap://localhost:3890", false,
	    false },
	{ "localhost elsewhere", "ldap://localhost.example",
	    "ldap://localhost.example:389", false, true },
	{ "a name like localhost", "ldap://localhosts",
	    "ldap://localhosts:389", false, true },
	{ "a socket", "ldapi://%2Frun%2Fslapd%2Fldapi",
	    "ldapi://%2Frun%2Fslapd%2Fldapi", true, false },
	{ "a socket, folded", "LDAPI://%2frun%2fldapi/",
	    "ldapi://%2Frun%2Fldapi", true, false },
	{ "capitals in a path", "ldapi://%2FRun", "ldapi://%2FRun", true,
	    false },
	{ "needless escapes", "ldapi://%2f%72%75%6E%2D%2e%5F%7e",
	    "ldapi://%2Frun-._~", true, false },
	{ "necessary escapes", "ldapi://%2Fa%20b%25%3f%23%40\303\274+",
	    "ldapi://%2Fa%20b%25%3F%23%40%C3%BC%2B", true, false },
	{ "a path of 107 bytes", "ldapi://%2F" X100 "123456",
	    "ldapi://%2F" X100 "123456", true, false },
};

START_TEST(in_normal_form)
{
	const struct config *config = NULL;
	struct why why = { "" };
	char text[512];

	snprintf(text, sizeof(text), "!" LDAP NETWORKS
	    "uris = [ \"%s\" ];", uris[_i].uri);
	ck_assert_msg(config_file_load(SERVERS, text, &config, &why) == 0,
	    "%s: %s", uris[_i].label, why.text);
	ck_assert_msg(strcmp(config->uris.v[0], uris[_i].normal) == 0,
	    "%s: %s", uris[_i].label, config->uris.v[0]);
	ck_assert_msg(configuri_socket(config->uris.v[0]) == uris[_i].socket &&
	    configuri_exposed(config->uris.v[0]) == uris[_i].exposed, "%s",
	    uris[_i].label);
	config_give(config);
}
END_TEST

#define BEGIN	"must begin with ldap://, ldaps:// or ldapi://, not "
#define USER	"must not hold a user or password (@): they are told in " \
		"directory.bind"
#define HOST	"must name a host or an address after the //, not "
#define PORT	"must have a port from 1 to 65535 after the host (or none), " \
		"not "
#define BARE	"must have an IPv6 address in brackets " \
		"(\"ldap://[2001:db8::1]:389\"), not "
#define INSIDE	"must have an IPv6 address in the brackets, not "
#define TAIL	"; the base is told for each kind, as directory.accounts.base"
#define PATH	"must have the path of a socket, each / in it written %2F " \
		"(\"ldapi://%2Frun%2Fslapd%2Fldapi\"), not "

static const struct {
	const char *label;
	const char *uri;
	const char *why;	/* ends in the URI */
	const char *tail;	/* but for this; NULL: no URI */
} bad[] = {
	{ "a name alone", "ldap1.example.com", BEGIN, "" },
	{ "empty but for a space", " ", BEGIN, "" },
	{ "another scheme", "http://a.example", BEGIN, "" },
	{ "a longer scheme", "ldapsi://a.example", BEGIN, "" },
	{ "one slash", "ldap:/a.example", BEGIN, "" },
	{ "no slash", "ldap:a.example", BEGIN, "" },
	{ "the scheme alone", "ldap:", BEGIN, "" },
	{ "the source's name", "ldap", BEGIN, "" },
	{ "two in one", "ldap://a.example ldap://b.example",
	    "must end after host and port, not ", TAIL },
	{ "space before", " ldap://a.example", BEGIN, "" },

	{ "a base", "ldap://a.example/dc=example,dc=com",
	    "must end after host and port, not ", TAIL },
	{ "two slashes", "ldap://a.example//",
	    "must end after host and port, not ", TAIL },
	{ "three slashes", "ldap:///a.example",
	    "must end after host and port, not ", TAIL },
	{ "a filter", "ldap://a.example/??sub?(cn=*)",
	    "must end after host and port, not ", TAIL },
	{ "a question mark", "ldap://a.example?",
	    "must end after host and port, not ", TAIL },
	{ "a fragment", "ldaps://a.example#x",
	    "must end after host and port, not ", TAIL },

	{ "a password", "ldap://cn=may:Sesame7@a.example", USER, NULL },
	{ "a password without a scheme", "may:Sesame7@a.example", USER,
	    NULL },
	{ "a password behind it", "ldap://a.example/x@Sesame7", USER, NULL },
	{ "a password for a socket", "ldapi://Sesame7@%2Frun", USER, NULL },

	{ "no host", "ldap://", HOST, "" },
	{ "no host but a slash", "ldap:///", HOST, "" },
	{ "no host but a port", "ldap://:389", HOST, "" },
	{ "a space", "ldap://a b.example", HOST, "" },
	{ "a wildcard", "ldap://*.example.com", HOST, "" },
	{ "an escape", "ldap://a%2eexample", HOST, "" },
	{ "a dot before", "ldap://.example.com", HOST, "" },
	{ "too short for IPv4", "ldap://127.1", HOST, "" },
	{ "too long for IPv4", "ldap://192.0.2.1.1", HOST, "" },
	{ "a byte too large", "ldap://192.0.2.256", HOST, "" },
	{ "a number", "ldap://2130706433", HOST, "" },
	{ "another script's digits", "ldap://\357\274\221\357\274\222"
	    "\357\274\227.1", HOST, "" },

	{ "no port", "ldap://a.example:", PORT, "" },
	{ "port 0", "ldap://a.example:0", PORT, "" },
	{ "port 65536", "ldap://a.example:65536", PORT, "" },
	{ "a port beyond 32 bits", "ldap://a.example:4294967685", PORT, "" },
	{ "a name for a port", "ldap://a.example:ldap", PORT, "" },
	{ "a sign", "ldap://a.example:+389", PORT, "" },
	{ "a port and more", "ldap://a.example:389x", PORT, "" },
	{ "two ports", "ldap://a.example:389:389", BARE, "" },

	{ "IPv6 without brackets", "ldap://2001:db8::1", BARE, "" },
	{ "loopback without brackets", "ldap://::1", BARE, "" },
	{ "IPv4 in brackets", "ldap://[192.0.2.1]", INSIDE, "" },
	{ "a name in brackets", "ldap://[a.example]", INSIDE, "" },
	{ "a scope", "ldap://[fe80::1%eth0]", INSIDE, "" },
	{ "nothing in brackets", "ldap://[]", INSIDE, "" },
	{ "one bracket", "ldap://[", INSIDE, "" },
	{ "no closing bracket", "ldap://[::1", INSIDE, "" },
	{ "no closing bracket but a port", "ldap://[::1:389", INSIDE, "" },
	{ "a tail on the brackets", "ldap://[::1]x", PORT, "" },
	{ "no colon before the port", "ldap://[::1]x389", PORT, "" },
	{ "no port behind brackets", "ldap://[::1]:", PORT, "" },

	{ "the default socket", "ldapi:///", PATH, "" },
	{ "no path", "ldapi://", PATH, "" },
	{ "a bare path", "ldapi:///run/slapd/ldapi", PATH, "" },
	{ "a relative path", "ldapi://run%2Fldapi", PATH, "" },
	{ "half an escape", "ldapi://%2Frun%2", PATH, "" },
	{ "a sign for an escape", "ldapi://%2Frun%", PATH, "" },
	{ "not hexadecimal", "ldapi://%2Frun%2G", PATH, "" },
	{ "not hexadecimal, first", "ldapi://%2Frun%g2", PATH, "" },
	{ "a NUL", "ldapi://%2Frun%00x", PATH, "" },
	{ "a control", "ldapi://%2Frun%1F", PATH, "" },
	{ "a DEL", "ldapi://%2Frun%7f", PATH, "" },
	{ "a bare question mark", "ldapi://%2Frun?x", PATH, "" },
	{ "a path of 108 bytes", "ldapi://%2F" X100 "1234567", PATH, "" },
};

START_TEST(named)
{
	const struct config *config = NULL;
	struct why why = { "" };
	char text[512], wanted[512];

	snprintf(text, sizeof(text), "!" LDAP NETWORKS
	    "uris = [ \"ldap://ldap.example.com\", \"%s\" ];", bad[_i].uri);
	snprintf(wanted, sizeof(wanted), "file:3: directory.uris[1] %s%s%s%s%s",
	    bad[_i].why, bad[_i].tail == NULL ? "" : "\"",
	    bad[_i].tail == NULL ? "" : bad[_i].uri,
	    bad[_i].tail == NULL ? "" : "\"",
	    bad[_i].tail == NULL ? "" : bad[_i].tail);
	ck_assert_msg(config_file_load(SERVERS, text, &config, &why) == -1,
	    "%s: is taken", bad[_i].label);
	ck_assert_msg(strcmp(why.text, wanted) == 0,
	    "%s:\n    is %s\nwanted %s", bad[_i].label, why.text, wanted);
}
END_TEST

static const struct {
	const char *label;
	const char *uris;
	const char *why;
} lists[] = {
	{ "the same twice", "\"ldap://a.example\", \"ldap://b.example\", "
	    "\"ldap://a.example\"", "[2] is the same server as "
	    "directory.uris[0]: \"ldap://a.example:389\"" },
	{ "the same in two spellings", "\"ldap://a.example\", "
	    "\"LDAP://A.example:389/\"", "[1] is the same server as "
	    "directory.uris[0]: \"ldap://a.example:389\"" },
	{ "the same socket", "\"ldapi://%2Frun\", \"ldapi://%2fru%6E\"",
	    "[1] is the same server as directory.uris[0]: "
	    "\"ldapi://%2Frun\"" },
	{ "nine", "\"ldap://a\", \"ldap://b\", \"ldap://c\", \"ldap://d\", "
	    "\"ldap://e\", \"ldap://f\", \"ldap://g\", \"ldap://h\", "
	    "\"ldap://i\"", " must be at most 8 servers, not 9" },
	{ "an empty one", "\"ldap://a\", \"\"", "[1] must not be empty" },
};

START_TEST(in_a_list)
{
	const struct config *config = NULL;
	struct why why = { "" };
	char text[512], wanted[512];

	snprintf(text, sizeof(text), "!" LDAP NETWORKS "uris = [ %s ];",
	    lists[_i].uris);
	snprintf(wanted, sizeof(wanted), "file:3: directory.uris%s",
	    lists[_i].why);
	ck_assert_msg(config_file_load(SERVERS, text, &config, &why) == -1,
	    "%s: is taken", lists[_i].label);
	ck_assert_msg(strcmp(why.text, wanted) == 0,
	    "%s:\n    is %s\nwanted %s", lists[_i].label, why.text, wanted);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("configuri");

	suite_rows(suite, in_normal_form, ROWS(uris));
	suite_rows(suite, named, ROWS(bad));
	suite_rows(suite, in_a_list, ROWS(lists));
	return (suite_run(suite));
}
