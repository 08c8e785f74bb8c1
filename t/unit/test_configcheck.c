#include <stdlib.h>

#include "config_file.h"
#include "suite.h"

#define EXPOSED	" would carry everything, the password too, readably through " \
		"the network: let directory.starttls be true, or write " \
		"ldaps://"
#define UNUSED	" is for nothing unless directory.bind.method is \"simple\": " \
		"say so, or leave it out"
#define NOT_HAD	" cannot be had with directory.bind.method = \"external\", " \
		"which is for ldapi:// only: use \"simple\""
#define NO_URIS	" is \"ldap\", but there is no server: name them in " \
		"directory.uris"
#define FROM	"these entries come from "

/* Settings that do not go together, in the group directory. */
static const struct {
	const char *label;
	enum line where;
	const char *text;
	const char *why;	/* behind "file:3: directory." */
} bad[] = {
	/* A filter with a file (spec section 10). */
	{ "a filter with a file", DIRECTORY,
	    "accounts = { filter = \"(cn=*)\"; };", "accounts.filter "
	    "\"(cn=*)\" is for an LDAP source, and " FROM
	    "\"ldif:/policy.ldif\": leave it out" },
	{ "a filter with a kind's own file", SERVERS,
	    "groups = { filter = \"(&)\"; source = \"ldif:/g\"; };",
	    "groups.filter \"(&)\" is for an LDAP source, and " FROM
	    "\"ldif:/g\": leave it out" },

	/* A base that was forgotten. */
	{ "a source without a base", DIRECTORY, URIS
	    "groups = { source = \"ldap\"; };", "groups.source is for "
	    "nothing: without directory.groups.base no LDAP server is asked "
	    "for groups" },
	{ "a filter without a base", SERVERS,
	    "accounts = { filter = \"(cn=*)\"; };", "accounts.filter is for "
	    "nothing: without directory.accounts.base no LDAP server is "
	    "asked for accounts" },
	{ "a map without a base", SERVERS,
	    "domains = { map = { alias = \"dnsAlias\"; }; };",
	    "domains.map is for nothing: without directory.domains.base no "
	    "LDAP server is asked for domains" },
	{ "no base at all", SERVERS, "!" LDAP URIS, "source is \"ldap\", but "
	    "nothing is asked of a server: say where entries lie, as "
	    "directory.accounts.base" },
	{ "no base but that of a file", SERVERS, "!" LDAP URIS
	    "networks = { " BASE "source = \"ldif:/n\"; };", "source is "
	    "\"ldap\", but nothing is asked of a server: say where entries "
	    "lie, as directory.accounts.base" },

	/* Servers. */
	{ "no servers", SERVERS, "!" LDAP NETWORKS, "source" NO_URIS },
	{ "an empty list of servers", SERVERS, "!" LDAP NETWORKS
	    "uris = [ ];", "source" NO_URIS },
	{ "no servers for one kind", DIRECTORY,
	    "domains = { " BASE "source = \"ldap\"; };",
	    "domains.source" NO_URIS },
	{ "servers for nobody", DIRECTORY, URIS, "uris is for nothing: no "
	    "source is \"ldap\" (see directory.source); say so, or leave it "
	    "out" },
	{ "servers for nobody, with a base", DIRECTORY, URIS NETWORKS,
	    "uris is for nothing: no source is \"ldap\" (see "
	    "directory.source); say so, or leave it out" },

	/* Privacy. */
	{ "neither StartTLS nor loopback", SERVERS, "starttls = false;",
	    "uris[0] \"ldap://ldap.example.com:389\"" EXPOSED },
	{ "an address", SERVERS, "!" LDAP NETWORKS "starttls = false; "
	    "uris = [ \"ldap://192.0.2.1:390\" ];",
	    "uris[0] \"ldap://192.0.2.1:390\"" EXPOSED },
	{ "the last one", SERVERS, "!" LDAP NETWORKS "starttls = false; "
	    "uris = [ \"ldaps://a.example\", \"ldap://127.0.0.1\", "
	    "\"ldapi://%2Frun\", \"ldap://b.example\" ];",
	    "uris[3] \"ldap://b.example:389\"" EXPOSED },

	/* Who binds. */
	{ "simple without a DN", SERVERS,
	    "bind = { method = \"simple\"; password_file = \"/pw\"; };",
	    "bind.method is \"simple\", which needs directory.bind.dn" },
	{ "simple without a password", SERVERS,
	    "bind = { method = \"simple\"; dn = \"cn=a\"; };",
	    "bind.method is \"simple\", which needs "
	    "directory.bind.password_file" },
	{ "simple alone", SERVERS, "bind = { method = \"simple\"; };",
	    "bind.method is \"simple\", which needs directory.bind.dn" },
	{ "a DN without a method", SERVERS, "bind = { dn = \"cn=a\"; };",
	    "bind.dn \"cn=a\"" UNUSED },
	{ "a password without a method", SERVERS,
	    "bind = { password_file = \"/pw\"; };",
	    "bind.password_file" UNUSED },
	{ "an anonymous DN", SERVERS,
	    "bind = { method = \"anonymous\"; dn = \"cn=a\"; };",
	    "bind.dn \"cn=a\"" UNUSED },
	{ "a DN for external", SERVERS,
	    "bind = { method = \"external\"; dn = \"cn=a\"; };",
	    "bind.dn \"cn=a\"" UNUSED },
	{ "the same with a file", DIRECTORY, "bind = { dn = \"cn=a\"; };",
	    "bind.dn \"cn=a\"" UNUSED },
	{ "external by ldap", SERVERS, "bind = { method = \"external\"; };",
	    "uris[0] \"ldap://ldap.example.com:389\"" NOT_HAD },
	{ "external by the second", SERVERS, "!" LDAP NETWORKS
	    "bind = { method = \"external\"; }; "
	    "uris = [ \"ldapi://%2Frun\", \"ldaps://[::1]\" ];",
	    "uris[1] \"ldaps://[::1]:636\"" NOT_HAD },

	/* The age, with servers too. */
	{ "a probe too seldom", SERVERS, "poll_interval = \"24h\";",
	    "poll_interval must be shorter than policy.max_stale, or the "
	    "policy would be too old between two looks at its source" },
};

START_TEST(not_together)
{
	const struct config *config = NULL;
	struct why why = { "" };
	char wanted[WHY_MAX];

	snprintf(wanted, sizeof(wanted), "file:3: directory.%s", bad[_i].why);
	ck_assert_msg(config_file_load(bad[_i].where, bad[_i].text, &config,
	    &why) == -1, "%s: is taken", bad[_i].label);
	ck_assert_msg(strcmp(why.text, wanted) == 0,
	    "%s:\n    is %s\nwanted %s", bad[_i].label, why.text, wanted);
}
END_TEST

static const struct {
	const char *label;
	enum line where;
	const char *text;
} good[] = {
	{ "servers for one kind", DIRECTORY, URIS
	    "groups = { " BASE "source = \"ldap\"; };" },
	{ "a file for one kind, without a base", SERVERS,
	    "domains = { source = \"ldif:/d\"; map = { alias = \"a\"; }; };" },
	{ "all kinds", SERVERS, "accounts = { " BASE "}; domains = { " BASE
	    "}; groups = { " BASE "};" },
	{ "a preset without a base", SERVERS,
	    "accounts = { preset = \"inetorgperson\"; };" },
	{ "loopback in the clear", SERVERS, "!" LDAP NETWORKS
	    "starttls = false; uris = [ \"ldap://127.0.0.1:3890\", "
	    "\"ldap://[::1]:3890\", \"ldap://localhost:3890\" ];" },
	{ "TLS from the start", SERVERS, "!" LDAP NETWORKS
	    "starttls = false; uris = [ \"ldaps://a.example\", "
	    "\"ldapi://%2Frun\" ];" },
	{ "external by sockets", SERVERS, "!" LDAP NETWORKS
	    "bind = { method = \"external\"; }; "
	    "uris = [ \"ldapi://%2Frun\", \"ldapi://%2Frun2\" ];" },
	{ "simple by a socket", SERVERS, "!" LDAP NETWORKS
	    "bind = { method = \"simple\"; dn = \"cn=a\"; "
	    "password_file = \"/pw\"; }; uris = [ \"ldapi://%2Frun\" ];" },
	{ "how servers are asked, with a file", DIRECTORY,
	    "starttls = false; refresh = \"sync\"; timeout = \"3s\"; "
	    "full_refresh = \"1h\"; ca_file = \"/c\";" },
};

START_TEST(together)
{
	const struct config *config = NULL;
	struct why why = { "" };

	ck_assert_msg(config_file_load(good[_i].where, good[_i].text, &config,
	    &why) == 0, "%s: %s", good[_i].label, why.text);
	config_give(config);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("configcheck");

	suite_rows(suite, not_together, ROWS(bad));
	suite_rows(suite, together, ROWS(good));
	return (suite_run(suite));
}
