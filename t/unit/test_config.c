#include <stdlib.h>

#include "config_file.h"
#include "suite.h"
#include "when.h"

/* Each option with a value that is not its default. */
static const struct good {
	const char *path;
	enum line where;
	const char *text;
} good[] = {
	{ "milter.socket", MILTER, "!socket = \"inet:8891@127.0.0.1\";" },
	{ "milter.socket", MILTER, "!socket = \"inet6:8891@::1\";" },
	{ "milter.socket", MILTER, "!socket = \"inet6:1@[::1]\";" },
	{ "milter.socket", MILTER, "!socket = \"inet:65535@mx.example\";" },
	{ "milter.socket", MILTER, "!socket = \"local:/other.sock\";" },
	{ "milter.socket_mode", MILTER, "socket_mode = \"0600\";" },
	{ "milter.socket_mode", MILTER, "socket_mode = \"666\";" },
	{ "milter.socket_mode", MILTER, "socket_mode = \"0777\";" },
	{ "milter.socket_group", MILTER, "socket_group = \"postfix\";" },
	{ "milter.user", MILTER, "user = \"nobody\";" },
	{ "milter.mta", MILTER, "mta = \"sendmail\";" },
	{ "milter.max_connections", MILTER, "max_connections = 1;" },
	{ "milter.max_connections", MILTER, "max_connections = 1000000L;" },
	{ "policy.role", POLICY,
	    "!role = \"authority\"; enforce_from = \"now\";" },
	{ "policy.enforce_from", POLICY,
	    "!role = \"narrowing\"; enforce_from = \"now\";" },
	{ "policy.enforce_from", POLICY, "!role = \"narrowing\"; "
	    "enforce_from = \"2027-01-15T00:00:00Z\";" },
	{ "policy.on_unavailable", POLICY, "on_unavailable = \"permit\";" },
	{ "policy.max_stale", POLICY, "max_stale = \"7d\";" },
	{ "policy.max_stale", POLICY, "max_stale = \"365d\";" },
	{ "policy.null_sender", POLICY, "null_sender = \"reject\";" },
	{ "policy.sender_scope", POLICY, "sender_scope = \"any\";" },
	{ "policy.extension_delimiters", POLICY,
	    "extension_delimiters = \"+-.\";" },
	{ "policy.extension_delimiters", POLICY,
	    "extension_delimiters = \"\";" },
	{ "policy.qualify_domain", POLICY,
	    "qualify_domain = \"example.com\";" },
	{ "policy.login_realms", POLICY,
	    "login_realms = [ \"EXAMPLE.COM\" ];" },
	{ "policy.login_domains", POLICY, "login_domains = ( \"CORP\" );" },
	{ "policy.login_default_realm", POLICY,
	    "login_default_realm = \"EXAMPLE.COM\";" },
	{ "policy.local_domains", POLICY,
	    "local_domains = [ \"example.com\", \".example.edu\" ];" },
	{ "policy.local_domains", POLICY,
	    "local_domains = [ \"localhost\", \"[192.0.2.1]\" ];" },
	{ "policy.local_mailers", POLICY, "local_mailers = [ \"local\" ];" },
	{ "policy.local_mailers", POLICY, "local_mailers = [ ];" },
	{ "directory.store", DIRECTORY, "store = \"/srv/mayrelay\";" },
	{ "directory.source", DIRECTORY, "!source = \"ldif:/other\";" },
	{ "directory.source", SERVERS, "!source = \"ldif:/other\"; " NETWORKS },
	{ "directory.uris", SERVERS,
	    "!" LDAP "uris = [ \"ldaps://ldap.example.com\" ]; " NETWORKS },
	{ "directory.uris", SERVERS, "!" LDAP "uris = ( "
	    "\"ldap://ldap.example.com\", \"ldap://b.example\", "
	    "\"ldap://c.example\", \"ldap://d.example\", "
	    "\"ldap://e.example\", \"ldap://f.example\", "
	    "\"ldap://g.example\", \"ldap://h.example\" ); " NETWORKS },
	{ "directory.starttls", SERVERS, "!" LDAP NETWORKS
	    "uris = [ \"ldaps://ldap.example.com\" ]; starttls = false;" },
	{ "directory.ca_file", DIRECTORY, "ca_file = \"/etc/ca.pem\";" },
	{ "directory.bind.method", DIRECTORY,
	    "bind = { method = \"external\"; };" },
	{ "directory.bind.method", SERVERS, "!" LDAP NETWORKS
	    "uris = [ \"ldapi://%2Frun%2Fldapi\" ]; "
	    "bind = { method = \"external\"; };" },
	{ "directory.bind.dn", SERVERS, "bind = { method = \"simple\"; "
	    "dn = \"cn=a\"; password_file = \"/etc/secret\"; };" },
	{ "directory.bind.password_file", SERVERS,
	    "bind = { method = \"simple\"; dn = \"cn=a\"; "
	    "password_file = \"/etc/other\"; };" },
	{ "directory.refresh", DIRECTORY, "refresh = \"sync\";" },
	{ "directory.refresh", SERVERS, "refresh = \"poll\";" },
	{ "directory.full_refresh", DIRECTORY, "full_refresh = \"1s\";" },
	{ "directory.full_refresh", SERVERS, "full_refresh = \"30d\";" },
	{ "directory.timeout", DIRECTORY, "timeout = \"1s\";" },
	{ "directory.timeout", SERVERS, "timeout = \"5m\";" },
	{ "directory.accounts.filter", SERVERS, "accounts = { " BASE
	    "filter = \"(objectClass=person)\"; };" },
	{ "directory.networks.filter", SERVERS, "!" LDAP URIS
	    "networks = { " BASE "filter = \"(cn=*)\"; };" },
	{ "directory.domains.filter", SERVERS, "domains = { " BASE
	    "filter = \"(!(cn=a))\"; };" },
	{ "directory.groups.filter", SERVERS, "groups = { " BASE
	    "filter = \"(&)\"; };" },
	{ "directory.accounts.source", DIRECTORY, URIS
	    "accounts = { " BASE "source = \"ldap\"; };" },
	{ "directory.networks.source", SERVERS, "!" LDAP URIS
	    "accounts = { " BASE "}; "
	    "networks = { " BASE "source = \"ldif:/other\"; };" },
	{ "directory.poll_interval", DIRECTORY, "poll_interval = \"1s\";" },
	{ "directory.poll_interval", DIRECTORY, "poll_interval = \"1500ms\";" },
	{ "directory.max_shrink", DIRECTORY, "max_shrink = 0;" },
	{ "directory.max_shrink", DIRECTORY, "max_shrink = 100;" },
	{ "directory.accounts.base", DIRECTORY,
	    "accounts = { base = \"dc=example,dc=com\"; };" },
	{ "directory.accounts.source", DIRECTORY,
	    "accounts = { source = \"ldif:/other\"; };" },
	{ "directory.accounts.map", DIRECTORY,
	    "accounts = { map = { login = \"mail\"; }; };" },
	{ "directory.networks.base", DIRECTORY,
	    "networks = { base = \"dc=example,dc=com\"; };" },
	{ "directory.networks.source", DIRECTORY,
	    "networks = { source = \"ldif:/other\"; };" },
	{ "directory.domains.base", DIRECTORY,
	    "domains = { base = \"dc=example,dc=com\"; };" },
	{ "directory.domains.source", DIRECTORY,
	    "domains = { source = \"ldif:/other\"; };" },
	{ "directory.domains.map", DIRECTORY,
	    "domains = { map = { name = \"associatedDomain\"; }; };" },
	{ "directory.groups.base", DIRECTORY,
	    "groups = { base = \"dc=example,dc=com\"; };" },
	{ "directory.groups.source", DIRECTORY,
	    "groups = { source = \"ldif:/other\"; };" },
	{ "directory.groups.map", DIRECTORY,
	    "groups = { map = { member = [ \"owner\" ]; }; };" },
	{ "directory.overrides", DIRECTORY, "overrides = \"ldif:/deny\";" },
	{ "reply.help_url", REST,
	    "reply = { help_url = \"https://mail.example.com/auth\"; };" },
	{ "reply.help_url", REST, "reply = { help_url = \"http://h/\"; };" },
	{ "reply.texts", REST,
	    "reply = { texts = { auth-required = { text = \"no\"; }; }; };" },
	{ "log.target", REST, "log = { target = \"stderr\"; };" },
	{ "log.permits", REST, "log = { permits = true; };" },
	{ "log.repeats", REST, "log = { repeats = 0; };" },
	{ "log.repeats", REST, "log = { repeats = 1000000; };" },
};

static const struct config *
load(enum line where, const char *text)
{
	const struct config *config = NULL;
	struct why why;

	ck_assert_msg(config_file_load(where, text, &config, &why) == 0,
	    "%s: %s", text, why.text);
	return (config);
}

START_TEST(a_good_value_counts)
{
	const struct config *config = load(good[_i].where, good[_i].text);
	const struct config *other = load(good[_i].where, "");

	ck_assert_msg(config->digest != other->digest, "%s: %s is not in the "
	    "digest", good[_i].path, good[_i].text);
	config_give(config);
	config_give(other);
}
END_TEST

/* There is only one preset yet. */
START_TEST(every_option_has_a_good_row)
{
	const char *path = config_options[_i].path;
	size_t i;

	if (strcmp(path, "directory.accounts.preset") == 0)
		return;
	for (i = 0; i < ROWS(good); i++)
		if (strcmp(good[i].path, path) == 0)
			break;
	ck_assert_msg(i < ROWS(good), "%s: no row with a good value", path);
}
END_TEST

/* Different spellings of one meaning. */
static const struct {
	const char *label;
	enum line where;
	const char *text;
} same[] = {
	{ "the default in words", MILTER, "user = \"mayrelay\";" },
	{ "local: for unix:", MILTER, "!socket = "
	    "\"local:/run/mayrelay.sock\";" },
	{ "mode without its 0", MILTER, "socket_mode = \"660\";" },
	{ "hours for a day", POLICY, "max_stale = \"1440m\";" },
	{ "an empty group", REST, "reply = { };" },
	{ "a kind's own source that is the same", DIRECTORY,
	    "groups = { source = \"ldif:/policy.ldif\"; };" },
	{ "no servers in words", DIRECTORY, "uris = ( );" },
	{ "no filter in words", DIRECTORY, "accounts = { filter = \"\"; };" },
	{ "anonymous in words", DIRECTORY, "bind = { method = \"anonymous\"; "
	    "dn = \"\"; password_file = \"\"; };" },
	{ "an empty bind", SERVERS, "bind = { };" },
	{ "another spelling of a server", SERVERS,
	    "!" LDAP NETWORKS "uris = [ \"LDAP://LDAP.Example.com:389/\" ];" },
	{ "what is not searched, in words", SERVERS, "groups = { base = \"\"; "
	    "source = \"\"; filter = \"\"; map = { }; };" },
	{ "a kind's own source that is the same server", SERVERS, "!" LDAP URIS
	    "networks = { " BASE "source = \"ldap\"; };" },
	{ "the preset in words", DIRECTORY,
	    "accounts = { preset = \"inetorgperson\"; };" },
	{ "the preset's login in words", DIRECTORY,
	    "accounts = { map = { login = [ \"uid\" ]; }; };" },
};

START_TEST(spelling_does_not_count)
{
	const struct config *config = load(same[_i].where, same[_i].text);
	const struct config *other = load(same[_i].where, "");

	ck_assert_msg(config->digest == other->digest, "%s: %s",
	    same[_i].label, same[_i].text);
	config_give(config);
	config_give(other);
}
END_TEST

START_TEST(defaults)
{
	const struct config *c = load(REST, "");

	ck_assert_str_eq(c->socket, "unix:/run/mayrelay.sock");
	ck_assert_uint_eq(c->socket_mode, 0660);
	ck_assert_str_eq(c->socket_group, "");
	ck_assert_str_eq(c->user, "mayrelay");
	ck_assert_int_eq((int)c->mta, LOGIN_MTA_AUTO);
	ck_assert_int_eq(c->max_connections, 5000);
	ck_assert_int_eq((int)c->policy.role, ROLE_NARROWING);
	ck_assert(c->policy.enforce_from == WHEN_NEVER);
	ck_assert(!c->policy.permit_unavailable);
	ck_assert_int_eq(c->policy.max_stale, 24 * 60 * 60);
	ck_assert(c->policy.ownership.null_sender);
	ck_assert(!c->policy.ownership.any_domain);
	ck_assert_str_eq(c->policy.ownership.extension_delimiters, "+");
	ck_assert_str_eq(c->policy.ownership.qualify_domain, "");
	ck_assert_ptr_eq(c->policy.ownership.locality, &c->policy.locality);
	ck_assert_uint_eq(c->policy.logins.nrealms, 0);
	ck_assert_uint_eq(c->policy.logins.ndomains, 0);
	ck_assert_str_eq(c->policy.logins.default_realm, "");
	ck_assert_uint_eq(c->policy.locality.domains.n, 0);
	ck_assert_uint_eq(c->policy.locality.mailers.n, 11);
	ck_assert_str_eq(c->policy.locality.mailers.v[9], "*file*");
	ck_assert_str_eq(c->store, "/var/lib/mayrelay");
	ck_assert_uint_eq(c->uris.n, 0);
	ck_assert(c->starttls);
	ck_assert_str_eq(c->ca_file, "/etc/ssl/certs/ca-certificates.crt");
	ck_assert_int_eq((int)c->bind_method, BIND_ANONYMOUS);
	ck_assert_str_eq(c->bind_dn, "");
	ck_assert_str_eq(c->password_file, "");
	ck_assert_int_eq((int)c->follow, FOLLOW_AUTO);
	ck_assert_int_eq(c->full_refresh_ms, 24 * 60 * 60 * 1000);
	ck_assert_int_eq(c->timeout_ms, 10000);
	ck_assert_int_eq(c->poll_interval_ms, 60000);
	ck_assert_int_eq(c->max_shrink, 50);
	ck_assert_str_eq(c->preset, "inetorgperson");
	ck_assert_str_eq(c->reply.help_url, "");
	ck_assert_int_eq((int)c->log_target, LOG_TO_SYSLOG);
	ck_assert(!c->log_permits);
	ck_assert_uint_eq(c->log_repeats, 20);
	config_give(c);
}
END_TEST

START_TEST(values_are_normal)
{
	const struct config *c = load(POLICY, "local_domains = "
	    "[ \"Example.COM.\", \".Example.EDU\" ]; "
	    "qualify_domain = \"B\303\274cher.example\"; "
	    "login_realms = [ \"EXAMPLE.COM\" ]; "
	    "login_domains = [ \"CORP\" ]; login_default_realm = \"R\";");

	ck_assert_str_eq(c->policy.locality.domains.v[0], "example.com");
	ck_assert_str_eq(c->policy.locality.domains.v[1], ".example.edu");
	ck_assert_str_eq(c->policy.ownership.qualify_domain,
	    "xn--bcher-kva.example");
	ck_assert_str_eq(c->policy.logins.realms[0], "example.com");
	ck_assert_uint_eq(c->policy.logins.nrealms, 1);
	ck_assert_str_eq(c->policy.logins.domains[0], "corp");
	ck_assert_uint_eq(c->policy.logins.ndomains, 1);
	ck_assert_str_eq(c->policy.logins.default_realm, "r");
	config_give(c);
}
END_TEST

START_TEST(searches_by_default)
{
	const struct config *c = load(DIRECTORY,
	    "accounts = { base = \"OU=People, DC=example\"; }; "
	    "networks = { source = \"ldif:/networks.ldif\"; };");
	const struct config_search *s = c->searches;

	ck_assert_str_eq(s[SEARCH_ACCOUNTS].base, "ou=people,dc=example");
	ck_assert_str_eq(s[SEARCH_ACCOUNTS].source, "ldif:/policy.ldif");
	ck_assert_str_eq(s[SEARCH_NETWORKS].source, "ldif:/networks.ldif");
	ck_assert_str_eq(s[SEARCH_DOMAINS].base, "");
	ck_assert_str_eq(s[SEARCH_GROUPS].source, "ldif:/policy.ldif");
	ck_assert(s[SEARCH_GROUPS].configured);
	ck_assert(!s[SEARCH_OVERRIDES].configured);
	ck_assert_uint_eq(c->configured, 0xf);
	config_give(c);
	c = load(DIRECTORY, "overrides = \"ldif:/emergency.ldif\";");
	ck_assert_uint_eq(c->configured, 0x1f);
	ck_assert_str_eq(c->searches[SEARCH_OVERRIDES].source,
	    "ldif:/emergency.ldif");
	ck_assert_str_eq(c->searches[SEARCH_OVERRIDES].base, "");
	config_give(c);
}
END_TEST

/* Of LDAP servers only what has a base is searched. */
START_TEST(searches_of_servers)
{
	const struct config *c = load(SERVERS, "domains = { " BASE
	    "source = \"ldif:/domains.ldif\"; }; accounts = { base = "
	    "\"OU=People, DC=example\"; filter = \"(Mail=*)\"; }; "
	    "overrides = \"ldif:/emergency.ldif\"; bind = { method = "
	    "\"simple\"; dn = \"CN=May, DC=x\"; password_file = \"/pw\"; };");
	const struct config_search *s = c->searches;

	ck_assert_uint_eq(c->configured, 1 << SEARCH_ACCOUNTS |
	    1 << SEARCH_NETWORKS | 1 << SEARCH_DOMAINS |
	    1 << SEARCH_OVERRIDES);
	ck_assert(s[SEARCH_ACCOUNTS].configured);
	ck_assert(config_from_ldap(&s[SEARCH_ACCOUNTS]));
	ck_assert_str_eq(s[SEARCH_ACCOUNTS].source, CONFIG_SOURCE_LDAP);
	ck_assert_str_eq(s[SEARCH_ACCOUNTS].base, "ou=people,dc=example");
	ck_assert_str_eq(s[SEARCH_ACCOUNTS].filter, "(Mail=*)");
	ck_assert_str_eq(s[SEARCH_NETWORKS].filter, "");
	ck_assert(!config_from_ldap(&s[SEARCH_DOMAINS]));
	ck_assert(!s[SEARCH_GROUPS].configured);
	ck_assert_str_eq(s[SEARCH_GROUPS].source, CONFIG_SOURCE_LDAP);
	ck_assert_str_eq(s[SEARCH_OVERRIDES].filter, "");
	ck_assert_uint_eq(c->uris.n, 1);
	ck_assert_str_eq(c->uris.v[0], "ldap://ldap.example.com:389");
	ck_assert_int_eq((int)c->bind_method, BIND_SIMPLE);
	ck_assert_str_eq(c->bind_dn, "CN=May, DC=x");
	ck_assert_str_eq(c->password_file, "/pw");
	config_give(c);
}
END_TEST

/* What makes a search find something else. */
static const struct {
	enum line where;
	const char *text;
	unsigned changed;
} digests[] = {
	{ DIRECTORY, "max_shrink = 10;", 0 },
	{ DIRECTORY, "!source = \"ldif:/other\";", 0xf },
	{ DIRECTORY, "accounts = { base = \"dc=example\"; };",
	    1 << SEARCH_ACCOUNTS },
	{ DIRECTORY, "accounts = { map = { status = ( { attr = \"x\"; type = "
	    "\"presence\"; absent = \"enabled\"; } ); }; };",
	    1 << SEARCH_ACCOUNTS },
	{ DIRECTORY, "networks = { source = \"ldif:/n\"; };",
	    1 << SEARCH_NETWORKS },
	{ DIRECTORY, "domains = { map = { alias = \"dnsAlias\"; }; };",
	    1 << SEARCH_DOMAINS },
	{ DIRECTORY, "groups = { base = \"dc=example\"; };",
	    1 << SEARCH_GROUPS },
	{ DIRECTORY, "overrides = \"ldif:/n\";", 1 << SEARCH_OVERRIDES },
	{ DIRECTORY, "bind = { method = \"external\"; };", 0 },
	{ DIRECTORY, URIS "accounts = { " BASE "source = \"ldap\"; };",
	    1 << SEARCH_ACCOUNTS },

	/* For servers; what is not asked of them does not matter. */
	{ SERVERS, "starttls = true; ca_file = \"/c\"; refresh = \"poll\"; "
	    "full_refresh = \"2h\"; poll_interval = \"2s\"; "
	    "timeout = \"2s\"; max_shrink = 3;", 0 },
	{ SERVERS, "!" LDAP URIS "networks = { base = \"dc=example\"; };",
	    1 << SEARCH_NETWORKS },
	{ SERVERS, "!" LDAP URIS "networks = { " BASE
	    "filter = \"(cn=*)\"; };", 1 << SEARCH_NETWORKS },
	{ SERVERS, "domains = { " BASE "map = { alias = \"dnsAlias\"; }; };",
	    1 << SEARCH_DOMAINS },
	{ SERVERS, "!" LDAP NETWORKS
	    "uris = [ \"ldaps://ldap.example.com\" ];", 0xf },
	{ SERVERS, "!" LDAP NETWORKS "uris = [ \"ldap://ldap.example.com\", "
	    "\"ldap://b.example\" ];", 0xf },
	{ SERVERS, "bind = { method = \"simple\"; dn = \"cn=a\"; "
	    "password_file = \"/pw\"; };", 0xf },
};

START_TEST(search_digests)
{
	const struct config *c = load(digests[_i].where, digests[_i].text);
	const struct config *other = load(digests[_i].where, "");
	unsigned i, changed = 0;

	for (i = 0; i < SEARCHES; i++)
		if (c->searches[i].digest != other->searches[i].digest)
			changed |= 1U << i;
	ck_assert_msg(changed == digests[_i].changed, "%s: %x",
	    digests[_i].text, changed);
	config_give(c);
	config_give(other);
}
END_TEST

/* Two that differ in one thing. */
#define SIMPLE(dn, file) \
	"bind = { method = \"simple\"; dn = \"" dn "\"; password_file = \"" \
	file "\"; };"
#define TWO(a, b)	"!" LDAP NETWORKS "uris = [ \"" a "\", \"" b "\" ];"

static const struct {
	const char *label;
	const char *one, *other;
	bool same;
} pairs[] = {
	{ "bind DN", SIMPLE("cn=a", "/pw"), SIMPLE("cn=b", "/pw"), false },
	{ "password file", SIMPLE("cn=a", "/pw"), SIMPLE("cn=a", "/x"), true },
	{ "bind method", "!" LDAP NETWORKS "uris = [ \"ldapi://%2Fx\" ];",
	    "!" LDAP NETWORKS "uris = [ \"ldapi://%2Fx\" ]; "
	    "bind = { method = \"external\"; };", false },
	{ "order of servers", TWO("ldap://a.example", "ldap://b.example"),
	    TWO("ldap://b.example", "ldap://a.example"), false },
	{ "spelling of servers", TWO("ldap://a.example", "ldap://b.example"),
	    TWO("LDAP://a.example:389", "ldap://B.EXAMPLE/"), true },
	{ "StartTLS", "!" LDAP NETWORKS "uris = [ \"ldap://[::1]\" ];",
	    "!" LDAP NETWORKS "uris = [ \"ldap://[::1]\" ]; "
	    "starttls = false;", true },
};

START_TEST(what_a_server_finds)
{
	const struct config *one = load(SERVERS, pairs[_i].one);
	const struct config *other = load(SERVERS, pairs[_i].other);

	ck_assert_msg((one->searches[SEARCH_NETWORKS].digest ==
	    other->searches[SEARCH_NETWORKS].digest) == pairs[_i].same, "%s",
	    pairs[_i].label);
	config_give(one);
	config_give(other);
}
END_TEST

static const struct {
	enum line where;
	const char *text;
	const char *option;	/* that needs a restart; NULL: none does */
} restarts[] = {
	{ MILTER, "!socket = \"inet:8891@127.0.0.1\";", "milter.socket" },
	{ MILTER, "socket_mode = \"0600\";", "milter.socket_mode" },
	{ MILTER, "socket_group = \"mail\";", "milter.socket_group" },
	{ MILTER, "user = \"nobody\";", "milter.user" },
	{ MILTER, "mta = \"postfix\";", NULL },
	{ MILTER, "max_connections = 10;", NULL },
	{ POLICY, "!role = \"authority\"; enforce_from = \"now\";",
	    "policy.role" },
	{ POLICY, "!role = \"narrowing\"; enforce_from = \"now\";", NULL },
	{ POLICY, "local_domains = [ \"example.com\" ];", NULL },
	{ DIRECTORY, "store = \"/srv\";", "directory.store" },
	{ DIRECTORY, "!source = \"ldif:/other\";", NULL },
	{ SERVERS, "", NULL },
	{ SERVERS, "ca_file = \"/c\"; refresh = \"poll\"; timeout = \"9s\"; "
	    "full_refresh = \"9h\"; " SIMPLE("cn=a", "/pw"), NULL },
	{ REST, "log = { target = \"stderr\"; };", "log.target" },
	{ REST, "log = { permits = true; };", NULL },
	{ REST, "reply = { help_url = \"https://h.example\"; };", NULL },
};

START_TEST(restart_needed)
{
	const struct config *new = load(restarts[_i].where, restarts[_i].text);
	const struct config *old = load(REST, "");
	const char *option = restarts[_i].option;
	struct why why = { "" };
	int result = config_restart_needed(old, new, &why);

	ck_assert_msg((result != 0) == (option != NULL), "%s: %s",
	    restarts[_i].text, why.text);
	if (option != NULL)
		ck_assert_msg(strstr(why.text, option) != NULL, "%s: %s",
		    restarts[_i].text, why.text);
	ck_assert_int_eq(config_restart_needed(new, new, &why), 0);
	config_give(new);
	config_give(old);
}
END_TEST

START_TEST(no_file)
{
	const struct config *config = NULL;
	struct why why;

	ck_assert_int_eq(config_load("/tmp/no-such-file.conf", &config, &why),
	    -1);
	ck_assert_str_eq(why.text,
	    "/tmp/no-such-file.conf: No such file or directory");
	ck_assert_int_eq(config_load("/tmp", &config, &why), -1);
	ck_assert_str_eq(why.text, "/tmp: is not a regular file");
}
END_TEST

START_TEST(counted)
{
	const struct config *config = load(REST, "");

	ck_assert_ptr_eq(config_take(config), config);
	config_give(config);
	ck_assert_str_eq(config->user, "mayrelay");
	config_give(config);
	config_give(NULL);
}
END_TEST

START_TEST(search_names)
{
	static const char *const names[] = {
		"accounts", "networks", "domains", "groups", "overrides"
	};
	int i;

	ck_assert_int_eq(ROWS(names), SEARCHES);
	for (i = 0; i < SEARCHES; i++)
		ck_assert_str_eq(search_name((enum search)i), names[i]);
}
END_TEST

/* libconfig would call exit() for a folder. */
START_TEST(a_folder_included)
{
	const struct config *config = NULL;
	struct why why;

	ck_assert_int_eq(config_file_load(REST, "\n@include \"/tmp\"\n",
	    &config, &why), -1);
	ck_assert_str_eq(why.text, "file:5: @include: /tmp: is not a regular "
	    "file");
}
END_TEST

/* Load a configuration that includes the file, and remove that; the error. */
static void
load_including(const char *path, struct why *why)
{
	const struct config *config = NULL;
	char text[100];
	int result;

	snprintf(text, sizeof(text), "\n@include \"%s\"\n", path);
	result = config_file_load(REST, text, &config, why);
	unlink(path);
	ck_assert_int_eq(result, -1);
}

START_TEST(a_folder_included_by_an_included_file)
{
	char path[] = "/tmp/test-config-part-XXXXXX", wanted[200];
	FILE *file = fdopen(mkstemp(path), "w");
	struct why why;

	fprintf(file, "@include\t\"/tmp\"\n");
	fclose(file);
	load_including(path, &why);
	snprintf(wanted, sizeof(wanted), "%s:1: @include: /tmp: is not a "
	    "regular file", path);
	ck_assert_str_eq(why.text, wanted);
}
END_TEST

START_TEST(included_by_itself)
{
	char path[] = "/tmp/test-config-part-XXXXXX", wanted[200];
	FILE *file = fdopen(mkstemp(path), "w");
	struct why why;

	fprintf(file, "\n@include \"%s\"\n@include \"%s\"\n", path, path);
	fclose(file);
	load_including(path, &why);
	snprintf(wanted, sizeof(wanted), "%s:2: includes are nested too deep",
	    path);
	ck_assert_str_eq(why.text, wanted);
}
END_TEST

/* An error in an @included file names that file. */
START_TEST(included)
{
	char path[] = "/tmp/test-config-part-XXXXXX", wanted[200];
	FILE *file = fdopen(mkstemp(path), "w");
	struct why why;

	fprintf(file, "log = {\n  colour = 1;\n};\n");
	fclose(file);
	load_including(path, &why);
	snprintf(wanted, sizeof(wanted), "%s:2: log.colour is not a known "
	    "name", path);
	ck_assert_str_eq(why.text, wanted);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("config");

	suite_rows(suite, a_good_value_counts, ROWS(good));
	suite_rows(suite, every_option_has_a_good_row, (int)config_noptions);
	suite_rows(suite, spelling_does_not_count, ROWS(same));
	suite_one(suite, defaults);
	suite_one(suite, values_are_normal);
	suite_one(suite, searches_by_default);
	suite_one(suite, searches_of_servers);
	suite_rows(suite, search_digests, ROWS(digests));
	suite_rows(suite, what_a_server_finds, ROWS(pairs));
	suite_rows(suite, restart_needed, ROWS(restarts));
	suite_one(suite, no_file);
	suite_one(suite, counted);
	suite_one(suite, search_names);
	suite_one(suite, a_folder_included);
	suite_one(suite, a_folder_included_by_an_included_file);
	suite_one(suite, included_by_itself);
	suite_one(suite, included);
	return (suite_run(suite));
}
