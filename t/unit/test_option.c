#include <libconfig.h>
#include <stdlib.h>

#include "config_file.h"
#include "suite.h"

/* What must not be there, and what is said of it. */
#define A_SOURCE \
	"\"ldap\" (the servers are told in directory.uris) or an LDIF file, " \
	"written \"ldif:/etc/mayrelay/policy.ldif\""
#define A_FILTER \
	"must be a filter such as \"(objectClass=person)\", not "
#define A_DURATION \
	"must be a duration in quotes with its unit, such as " \
	"\"90s\", \"5m\", \"24h\" or \"7d\", not a whole number"

/* libconfig 1.5 takes the largest number in its place. */
#if LIBCONFIG_VER_MAJOR == 1 && LIBCONFIG_VER_MINOR < 7
#define BEYOND_64_BITS \
	"file:4: log.repeats must be from 0 to 1000000, not " \
	"9223372036854775807"
#else
#define BEYOND_64_BITS \
	"file:4: syntax error, here or in a line before"
#endif

static const struct bad {
	const char *label;
	enum line where;
	const char *text;
	const char *why;
} bad[] = {
	/* Wrong types, one for each option. */
	{ "milter.socket", MILTER, "!socket = 8891;",
	    "file:1: milter.socket must be a socket such as "
	    "\"unix:/run/mayrelay/mayrelay.sock\" or \"inet:8891@127.0.0.1\", "
	    "not a whole number" },
	{ "milter.socket_mode", MILTER, "socket_mode = 0660;",
	    "file:1: milter.socket_mode must be an octal file mode in quotes, "
	    "such as \"0660\", not a whole number" },
	{ "milter.socket_group", MILTER, "socket_group = [ \"a\" ];",
	    "file:1: milter.socket_group must be a string, not an array "
	    "[ ... ]" },
	{ "milter.user", MILTER, "user = true;",
	    "file:1: milter.user must be a string, not true or false" },
	{ "milter.mta", MILTER, "mta = 1.5;",
	    "file:1: milter.mta must be \"auto\", \"postfix\" or "
	    "\"sendmail\", not a number with a fraction" },
	{ "milter.max_connections", MILTER, "max_connections = \"5000\";",
	    "file:1: milter.max_connections must be a whole number, not a "
	    "string" },
	{ "policy.role", POLICY, "!role = 1; enforce_from = \"now\";",
	    "file:2: policy.role must be \"narrowing\" or \"authority\", not "
	    "a whole number" },
	{ "policy.enforce_from", POLICY,
	    "!role = \"narrowing\"; enforce_from = 2027;",
	    "file:2: policy.enforce_from must be \"now\", \"never\" or a date "
	    "such as \"2027-01-15T00:00:00Z\", not a whole number" },
	{ "policy.on_unavailable", POLICY, "on_unavailable = false;",
	    "file:2: policy.on_unavailable must be \"tempfail\" or "
	    "\"permit\", not true or false" },
	{ "policy.max_stale", POLICY, "max_stale = 86400;",
	    "file:2: policy.max_stale must be a duration in quotes with its "
	    "unit, such as \"90s\", \"5m\", \"24h\" or \"7d\", not a whole "
	    "number" },
	{ "policy.null_sender", POLICY, "null_sender = true;",
	    "file:2: policy.null_sender must be \"permit\" or \"reject\", not "
	    "true or false" },
	{ "policy.sender_scope", POLICY, "sender_scope = { };",
	    "file:2: policy.sender_scope must be \"local\" or \"any\", not a "
	    "group { ... }" },
	{ "policy.extension_delimiters", POLICY,
	    "extension_delimiters = [ ];",
	    "file:2: policy.extension_delimiters must be some of + - = _ . # "
	    "~ and their like, without letters, digits and what asks for "
	    "routing, not an array [ ... ]" },
	{ "policy.qualify_domain", POLICY, "qualify_domain = false;",
	    "file:2: policy.qualify_domain must be a domain such as "
	    "\"example.com\", not true or false" },
	{ "policy.login_realms", POLICY, "login_realms = \"EXAMPLE.COM\";",
	    "file:2: policy.login_realms must be a list of realms such as "
	    "[ \"EXAMPLE.COM\" ], not a string" },
	{ "policy.login_domains", POLICY, "login_domains = \"CORP\";",
	    "file:2: policy.login_domains must be a list of domains such as "
	    "[ \"CORP\" ], not a string" },
	{ "policy.login_default_realm", POLICY,
	    "login_default_realm = [ ];",
	    "file:2: policy.login_default_realm must be a realm such as "
	    "\"EXAMPLE.COM\", not an array [ ... ]" },
	{ "policy.local_domains", POLICY,
	    "local_domains = \"example.com\";",
	    "file:2: policy.local_domains must be a list of domains such as "
	    "[ \"example.com\", \".example.edu\" ], not a string" },
	{ "policy.local_mailers", POLICY, "local_mailers = [ 1 ];",
	    "file:2: policy.local_mailers[0] must be a string, not a whole "
	    "number" },
	{ "directory.store", DIRECTORY, "store = 1;",
	    "file:3: directory.store must be an absolute path such as "
	    "\"/var/lib/mayrelay\", not a whole number" },
	{ "directory.source", DIRECTORY, "!source = [ ];",
	    "file:3: directory.source must be " A_SOURCE
	    ", not an array [ ... ]" },
	{ "directory.uris", DIRECTORY, "uris = \"ldap://a.example\";",
	    "file:3: directory.uris must be a list of servers such as "
	    "[ \"ldap://ldap1.example.com\", \"ldap://ldap2.example.com\" ]"
	    ", not a string" },
	{ "directory.starttls", DIRECTORY, "starttls = \"yes\";",
	    "file:3: directory.starttls must be true or false, not a "
	    "string" },
	{ "directory.ca_file", DIRECTORY, "ca_file = [ \"/a\" ];",
	    "file:3: directory.ca_file must be an absolute path such as "
	    "\"/var/lib/mayrelay\", not an array [ ... ]" },
	{ "directory.bind.method", DIRECTORY, "bind = { method = 1; };",
	    "file:3: directory.bind.method must be \"anonymous\", "
	    "\"simple\" or \"external\", not a whole number" },
	{ "directory.bind.dn", DIRECTORY, "bind = { dn = 1; };",
	    "file:3: directory.bind.dn must be a DN such as "
	    "\"cn=mayrelay,dc=example,dc=com\", not a whole number" },
	{ "directory.bind.password_file", DIRECTORY,
	    "bind = { password_file = 1234; };",
	    "file:3: directory.bind.password_file must be the absolute path "
	    "of a file that holds nothing but the password, such as "
	    "\"/etc/mayrelay/ldap.secret\", not a whole number" },
	{ "directory.refresh", DIRECTORY, "refresh = true;",
	    "file:3: directory.refresh must be \"auto\", \"sync\" or "
	    "\"poll\", not true or false" },
	{ "directory.full_refresh", DIRECTORY, "full_refresh = 24;",
	    "file:3: directory.full_refresh " A_DURATION },
	{ "directory.timeout", DIRECTORY, "timeout = 10;",
	    "file:3: directory.timeout " A_DURATION },
	{ "directory.accounts.filter", DIRECTORY,
	    "accounts = { filter = 1; };",
	    "file:3: directory.accounts.filter " A_FILTER "a whole number" },
	{ "directory.networks.filter", DIRECTORY,
	    "networks = { filter = [ ]; };",
	    "file:3: directory.networks.filter " A_FILTER
	    "an array [ ... ]" },
	{ "directory.domains.filter", DIRECTORY,
	    "domains = { filter = ( ); };",
	    "file:3: directory.domains.filter " A_FILTER "a list ( ... )" },
	{ "directory.groups.filter", DIRECTORY,
	    "groups = { filter = { }; };",
	    "file:3: directory.groups.filter " A_FILTER "a group { ... }" },
	{ "directory.poll_interval", DIRECTORY, "poll_interval = 60;",
	    "file:3: directory.poll_interval must be a duration in quotes "
	    "with its unit, such as \"90s\", \"5m\", \"24h\" or \"7d\", not a "
	    "whole number" },
	{ "directory.max_shrink", DIRECTORY, "max_shrink = 0.5;",
	    "file:3: directory.max_shrink must be a whole number, not a "
	    "number with a fraction" },
	{ "directory.accounts.base", DIRECTORY, "accounts = { base = 1; };",
	    "file:3: directory.accounts.base must be a DN such as "
	    "\"ou=people,dc=example,dc=com\", not a whole number" },
	{ "directory.accounts.source", DIRECTORY,
	    "accounts = { source = 1; };",
	    "file:3: directory.accounts.source must be " A_SOURCE
	    ", not a whole number" },
	{ "directory.accounts.preset", DIRECTORY,
	    "accounts = { preset = 1; };",
	    "file:3: directory.accounts.preset must be a preset "
	    "(\"inetorgperson\"), not a whole number" },
	{ "directory.accounts.map", DIRECTORY, "accounts = { map = 1; };",
	    "file:3: directory.accounts.map must be a group { ... }, not a "
	    "whole number" },
	{ "directory.networks.base", DIRECTORY, "networks = { base = 1; };",
	    "file:3: directory.networks.base must be a DN such as "
	    "\"ou=people,dc=example,dc=com\", not a whole number" },
	{ "directory.networks.source", DIRECTORY,
	    "networks = { source = 1; };",
	    "file:3: directory.networks.source must be " A_SOURCE
	    ", not a whole number" },
	{ "directory.domains.base", DIRECTORY, "domains = { base = 1; };",
	    "file:3: directory.domains.base must be a DN such as "
	    "\"ou=people,dc=example,dc=com\", not a whole number" },
	{ "directory.domains.source", DIRECTORY, "domains = { source = 1; };",
	    "file:3: directory.domains.source must be " A_SOURCE
	    ", not a whole number" },
	{ "directory.domains.map", DIRECTORY, "domains = { map = [ ]; };",
	    "file:3: directory.domains.map must be a group { ... }, not an "
	    "array [ ... ]" },
	{ "directory.groups.base", DIRECTORY, "groups = { base = 1; };",
	    "file:3: directory.groups.base must be a DN such as "
	    "\"ou=people,dc=example,dc=com\", not a whole number" },
	{ "directory.groups.source", DIRECTORY, "groups = { source = 1; };",
	    "file:3: directory.groups.source must be " A_SOURCE
	    ", not a whole number" },
	{ "directory.groups.map", DIRECTORY, "groups = { map = ( ); };",
	    "file:3: directory.groups.map must be a group { ... }, not a list "
	    "( ... )" },
	{ "directory.overrides", DIRECTORY, "overrides = true;",
	    "file:3: directory.overrides must be an LDIF file, written "
	    "\"ldif:/etc/mayrelay/policy.ldif\", not true or false" },
	{ "reply.help_url", REST, "reply = { help_url = 1; };",
	    "file:4: reply.help_url must be a URL such as "
	    "\"https://mail.example.com/smtp-auth\", not a whole number" },
	{ "reply.texts", REST, "reply = { texts = 1; };",
	    "file:4: reply.texts must be a group "
	    "{ REASON = { code = ...; text = ...; }; }, not a whole number" },
	{ "log.target", REST, "log = { target = 1; };",
	    "file:4: log.target must be \"syslog\" or \"stderr\", not a whole "
	    "number" },
	{ "log.permits", REST, "log = { permits = 1; };",
	    "file:4: log.permits must be true or false, not a whole number" },
	{ "log.repeats", REST, "log = { repeats = \"20\"; };",
	    "file:4: log.repeats must be a whole number, not a string" },

	/* Values out of bounds. */
	{ "bare inet", MILTER, "!socket = \"inet:8891\";",
	    "file:1: milter.socket \"inet:8891\" would listen on every "
	    "address; say on which: \"inet:8891@127.0.0.1\"" },
	{ "bare inet6", MILTER, "!socket = \"inet6:8891\";",
	    "file:1: milter.socket \"inet6:8891\" would listen on every "
	    "address; say on which: \"inet6:8891@::1\"" },
	{ "Postfix's order", MILTER, "!socket = \"inet:127.0.0.1:8891\";",
	    "file:1: milter.socket must be written \"inet:PORT@HOST\" (the "
	    "host first is how Postfix's settings write it), not "
	    "\"inet:127.0.0.1:8891\"" },
	{ "no port", MILTER, "!socket = \"inet6:@::1\";",
	    "file:1: milter.socket must be written \"inet6:PORT@HOST\" (the "
	    "host first is how Postfix's settings write it), not "
	    "\"inet6:@::1\"" },
	{ "port 0", MILTER, "!socket = \"inet:0@127.0.0.1\";",
	    "file:1: milter.socket must have a port from 1 to 65535, not "
	    "\"inet:0@127.0.0.1\"" },
	{ "port 65536", MILTER, "!socket = \"inet:65536@127.0.0.1\";",
	    "file:1: milter.socket must have a port from 1 to 65535, not "
	    "\"inet:65536@127.0.0.1\"" },
	{ "a port beyond long", MILTER,
	    "!socket = \"inet:99999999999999999999@127.0.0.1\";",
	    "file:1: milter.socket must have a port from 1 to 65535, not "
	    "\"inet:99999999999999999999@127.0.0.1\"" },
	{ "no host", MILTER, "!socket = \"inet:8891@\";",
	    "file:1: milter.socket must name a host or an address after the "
	    "@, not \"inet:8891@\"" },
	{ "not a host", MILTER, "!socket = \"inet:8891@a b\";",
	    "file:1: milter.socket must name a host or an address after the "
	    "@, not \"inet:8891@a b\"" },
	{ "IPv6 by inet", MILTER, "!socket = \"inet:8891@::1\";",
	    "file:1: milter.socket has an IPv6 address: write "
	    "\"inet6:8891@::1\"" },
	{ "relative path", MILTER, "!socket = \"unix:run/x\";",
	    "file:1: milter.socket must have an absolute path, not "
	    "\"run/x\"" },
	{ "no scheme", MILTER, "!socket = \"/run/x\";",
	    "file:1: milter.socket must be a socket such as "
	    "\"unix:/run/mayrelay/mayrelay.sock\" or \"inet:8891@127.0.0.1\", "
	    "not \"/run/x\"" },
	{ "path of 108 bytes", MILTER, "!socket = \"unix:/"
	    "12345678901234567890123456789012345678901234567890"
	    "12345678901234567890123456789012345678901234567890"
	    "1234567\";",
	    "file:1: milter.socket must have a path of less than 108 bytes" },
	{ "mode 8", MILTER, "socket_mode = \"0680\";",
	    "file:1: milter.socket_mode must be an octal file mode in quotes, "
	    "such as \"0660\", not \"0680\"" },
	{ "mode with more bits", MILTER, "socket_mode = \"1660\";",
	    "file:1: milter.socket_mode must be an octal file mode in quotes, "
	    "such as \"0660\", not \"1660\"" },
	{ "mode that overflows", MILTER,
	    "socket_mode = \"77777777777777777777\";",
	    "file:1: milter.socket_mode must be an octal file mode in quotes, "
	    "such as \"0660\", not \"77777777777777777777\"" },
	{ "empty mode", MILTER, "socket_mode = \"\";",
	    "file:1: milter.socket_mode must be an octal file mode in quotes, "
	    "such as \"0660\", not \"\"" },
	{ "mode without the owner", MILTER, "socket_mode = \"0066\";",
	    "file:1: milter.socket_mode must let the owner read and write "
	    "(0600), not \"0066\"" },
	{ "no user", MILTER, "user = \"\";",
	    "file:1: milter.user must not be empty" },
	{ "user with a control", MILTER, "user = \"may\\nrelay\";",
	    "file:1: milter.user must not hold a control character" },
	{ "no connection", MILTER, "max_connections = 0;",
	    "file:1: milter.max_connections must be from 1 to 1000000, not "
	    "0" },
	{ "low 32 bits in bounds", MILTER, "max_connections = 4294967301;",
	    "file:1: milter.max_connections must be from 1 to 1000000, not "
	    "4294967301" },
	{ "the same in hexadecimal", MILTER, "max_connections: 0x100000005;",
	    "file:1: milter.max_connections must be from 1 to 1000000, not "
	    "4294967301" },
	{ "the same below zero", DIRECTORY, "max_shrink =\t-4294967246;",
	    "file:3: directory.max_shrink must be from 0 to 100, not "
	    "-4294967246" },
	{ "beyond 64 bits", REST, "log = { repeats = 99999999999999999999; };",
	    BEYOND_64_BITS },
	{ "too many connections", MILTER, "max_connections = 5000000000L;",
	    "file:1: milter.max_connections must be from 1 to 1000000, not "
	    "5000000000" },
	{ "mistyped word", POLICY,
	    "!role = \"authorty\"; enforce_from = \"now\";",
	    "file:2: policy.role must be \"narrowing\" or \"authority\", not "
	    "\"authorty\"; did you mean \"authority\"?" },
	{ "unknown word", MILTER, "mta = \"exim\";",
	    "file:1: milter.mta must be \"auto\", \"postfix\" or "
	    "\"sendmail\", not \"exim\"" },
	{ "not a date", POLICY,
	    "!role = \"narrowing\"; enforce_from = \"soon\";",
	    "file:2: policy.enforce_from must be \"now\", \"never\" or a date "
	    "such as \"2027-01-15T00:00:00Z\", not \"soon\"" },
	{ "no unit", POLICY, "max_stale = \"24\";",
	    "file:2: policy.max_stale must be a duration in quotes with its "
	    "unit, such as \"90s\", \"5m\", \"24h\" or \"7d\", not \"24\"" },
	{ "stale at once", POLICY, "max_stale = \"0\";",
	    "file:2: policy.max_stale must be from \"1s\" to \"31536000s\", "
	    "not \"0\"" },
	{ "hardly ever stale", POLICY, "max_stale = \"366d\";",
	    "file:2: policy.max_stale must be from \"1s\" to \"31536000s\", "
	    "not \"366d\"" },
	{ "poll too often", DIRECTORY, "poll_interval = \"999ms\";",
	    "file:3: directory.poll_interval must be from \"1s\" to "
	    "\"86400s\", not \"999ms\"" },
	{ "poll too seldom", DIRECTORY, "poll_interval = \"25h\";",
	    "file:3: directory.poll_interval must be from \"1s\" to "
	    "\"86400s\", not \"25h\"" },
	{ "older than young enough", POLICY, "max_stale = \"60s\";",
	    "file:2: policy.max_stale must be longer than "
	    "directory.poll_interval, or the policy would be too old between "
	    "two looks at its source" },
	{ "the same by the interval", DIRECTORY, "poll_interval = \"24h\";",
	    "file:3: directory.poll_interval must be shorter than "
	    "policy.max_stale, or the policy would be too old between two "
	    "looks at its source" },
	{ "letter as delimiter", POLICY, "extension_delimiters = \"+x\";",
	    "file:2: policy.extension_delimiters must be some of + - = _ . # "
	    "~ and their like, without letters, digits and what asks for "
	    "routing, not \"+x\"" },
	{ "percent as delimiter", POLICY, "extension_delimiters = \"+%\";",
	    "file:2: policy.extension_delimiters must be some of + - = _ . # "
	    "~ and their like, without letters, digits and what asks for "
	    "routing, not \"+%\"" },
	{ "no domain", POLICY, "qualify_domain = \"a b\";",
	    "file:2: policy.qualify_domain must be a domain, not \"a b\"" },
	{ "subdomains to qualify with", POLICY,
	    "qualify_domain = \".example.com\";",
	    "file:2: policy.qualify_domain must be a domain, not "
	    "\".example.com\"" },
	{ "an address among domains", POLICY,
	    "local_domains = [ \"a.example\", \"u@b.example\" ];",
	    "file:2: policy.local_domains[1] must be a domain, not "
	    "\"u@b.example\"" },
	{ "subdomains of a literal", POLICY,
	    "local_domains = [ \".[192.0.2.1]\" ];",
	    "file:2: policy.local_domains[0] must be a domain, not "
	    "\".[192.0.2.1]\"" },
	{ "an empty domain", POLICY, "local_domains = [ \"\" ];",
	    "file:2: policy.local_domains[0] must not be empty" },
	{ "realm with its mark", POLICY,
	    "login_realms = [ \"@EXAMPLE.COM\" ];",
	    "file:2: policy.login_realms[0] must be written without the @, "
	    "not \"@EXAMPLE.COM\"" },
	{ "domain with its mark", POLICY,
	    "login_domains = [ \"CORP\\\\\" ];",
	    "file:2: policy.login_domains[0] must be written without the \\, "
	    "not \"CORP\\\"" },
	{ "default realm with its mark", POLICY,
	    "login_default_realm = \"@EXAMPLE.COM\";",
	    "file:2: policy.login_default_realm must be written without the "
	    "@, not \"@EXAMPLE.COM\"" },
	{ "relative store", DIRECTORY, "store = \"mayrelay\";",
	    "file:3: directory.store must be an absolute path, not "
	    "\"mayrelay\"" },
	{ "relative LDIF", DIRECTORY, "!source = \"ldif:policy.ldif\";",
	    "file:3: directory.source must be " A_SOURCE
	    ", not \"ldif:policy.ldif\"" },
	{ "another source", DIRECTORY, "!source = \"ldap://a.example\";",
	    "file:3: directory.source must be " A_SOURCE
	    ", not \"ldap://a.example\"" },
	{ "a kind's other source", DIRECTORY,
	    "groups = { source = \"Ldap\"; };",
	    "file:3: directory.groups.source must be " A_SOURCE
	    ", not \"Ldap\"" },
	{ "overrides in LDAP", SERVERS, "overrides = \"ldap\";",
	    "file:3: directory.overrides must be an LDIF file, written "
	    "\"ldif:/etc/mayrelay/policy.ldif\", not \"ldap\"" },
	{ "a relative file for CAs", DIRECTORY, "ca_file = \"ca.pem\";",
	    "file:3: directory.ca_file must be an absolute path, not "
	    "\"ca.pem\"" },
	{ "mistyped method", DIRECTORY, "bind = { method = \"simpel\"; };",
	    "file:3: directory.bind.method must be \"anonymous\", "
	    "\"simple\" or \"external\", not \"simpel\"; did you mean "
	    "\"simple\"?" },
	{ "bind with no DN", DIRECTORY, "bind = { dn = \"mayrelay\"; };",
	    "file:3: directory.bind.dn must be a DN such as "
	    "\"cn=mayrelay,dc=example,dc=com\", not \"mayrelay\"" },
	{ "password for its file", DIRECTORY,
	    "bind = { password_file = \"Sesame7\"; };",
	    "file:3: directory.bind.password_file must be the absolute path "
	    "of a file that holds nothing but the password, such as "
	    "\"/etc/mayrelay/ldap.secret\"" },
	{ "mistyped way to follow", DIRECTORY, "refresh = \"syncrepl\";",
	    "file:3: directory.refresh must be \"auto\", \"sync\" or "
	    "\"poll\", not \"syncrepl\"" },
	{ "full refresh all the time", DIRECTORY,
	    "full_refresh = \"999ms\";",
	    "file:3: directory.full_refresh must be from \"1s\" to "
	    "\"2592000s\", not \"999ms\"" },
	{ "full refresh hardly ever", DIRECTORY, "full_refresh = \"31d\";",
	    "file:3: directory.full_refresh must be from \"1s\" to "
	    "\"2592000s\", not \"31d\"" },
	{ "no time to answer", DIRECTORY, "timeout = \"500ms\";",
	    "file:3: directory.timeout must be from \"1s\" to \"300s\", not "
	    "\"500ms\"" },
	{ "too long to answer", DIRECTORY, "timeout = \"6m\";",
	    "file:3: directory.timeout must be from \"1s\" to \"300s\", not "
	    "\"6m\"" },
	{ "not a filter", SERVERS,
	    "accounts = { filter = \"objectClass=person\"; };",
	    "file:3: directory.accounts.filter is not a filter (RFC 4515): "
	    "\"objectClass=person\": each filter must stand in parentheses, "
	    "without spaces around them" },
	{ "half a filter", SERVERS,
	    "groups = { filter = \"(&(cn=a)(cn=b)\"; };",
	    "file:3: directory.groups.filter is not a filter (RFC 4515): "
	    "\"(&(cn=a)(cn=b)\": a parenthesis is missing at its end" },
	{ "no source", DIRECTORY, "!source = \"\";",
	    "file:3: directory.source must be " A_SOURCE
	    ", not \"\"" },
	{ "not a DN", DIRECTORY, "accounts = { base = \"people\"; };",
	    "file:3: directory.accounts.base must be a DN such as "
	    "\"ou=people,dc=example,dc=com\", not \"people\"" },
	{ "unknown preset", DIRECTORY, "accounts = { preset = \"exim\"; };",
	    "file:3: directory.accounts.preset must be a preset "
	    "(\"inetorgperson\"), not \"exim\"" },
	{ "shrink below 0", DIRECTORY, "max_shrink = -1;",
	    "file:3: directory.max_shrink must be from 0 to 100, not -1" },
	{ "shrink above 100", DIRECTORY, "max_shrink = 101;",
	    "file:3: directory.max_shrink must be from 0 to 100, not 101" },
	{ "repeats below 0", REST, "log = { repeats = -1; };",
	    "file:4: log.repeats must be from 0 to 1000000, not -1" },

	/* Names. */
	{ "mistyped name", MILTER, "sokcet_mode = \"0660\";",
	    "file:1: milter.sokcet_mode is not a known name; did you mean "
	    "`socket_mode'?" },
	{ "hyphen for underscore", POLICY, "max-stale = \"24h\";",
	    "file:2: policy.max-stale is not a known name; did you mean "
	    "`max_stale'?" },
	{ "another group's name", MILTER, "role = \"narrowing\";",
	    "file:1: milter.role is not a known name; did you mean "
	    "`policy.role'?" },
	{ "no such name", POLICY, "colour = \"green\";",
	    "file:2: policy.colour is not a known name" },
	{ "mistyped group", REST, "replay = { };",
	    "file:4: replay is not a known name; did you mean `reply'?" },
	{ "a name at the top", REST, "help_url = \"\";",
	    "file:4: help_url is not a known name; did you mean "
	    "`reply.help_url'?" },
	{ "mistyped kind", DIRECTORY, "account = { };",
	    "file:3: directory.account is not a known name; did you mean "
	    "`accounts'?" },
	{ "a preset for domains", DIRECTORY,
	    "domains = { preset = \"inetorgperson\"; };",
	    "file:3: directory.domains.preset is not a known name; did you "
	    "mean `directory.accounts.preset'?" },
	{ "a map for networks", DIRECTORY, "networks = { map = { }; };",
	    "file:3: directory.networks.map is not a known name; did you mean "
	    "`directory.accounts.map'?" },
	{ "one server", DIRECTORY, "uri = \"ldap://a.example\";",
	    "file:3: directory.uri is not a known name; did you mean "
	    "`uris'?" },
	{ "a filter for overrides", DIRECTORY, "overrides = { filter = \"\"; "
	    "};", "file:3: directory.overrides must be an LDIF file, written "
	    "\"ldif:/etc/mayrelay/policy.ldif\", not a group { ... }" },
	{ "a password", SERVERS, "bind = { method = \"simple\"; "
	    "password = \"Sesame7\"; };",
	    "file:3: directory.bind.password is not a known name: a password "
	    "does not belong here; let a file hold it, and name that in "
	    "`password_file'" },
	{ "a password by another name", SERVERS,
	    "bind = { passwd = \"Sesame7\"; };",
	    "file:3: directory.bind.passwd is not a known name" },
	{ "a bind that is no group", SERVERS, "bind = \"Sesame7\";",
	    "file:3: directory.bind must be a group { ... }, not a string" },
	{ "a group that is none", REST, "log = \"syslog\";",
	    "file:4: log must be a group { ... }, not a string" },
	{ "twice", MILTER, "user = \"a\"; user = \"b\";",
	    "file:1: duplicate setting name" },
	{ "a semicolon in a list", POLICY, "login_realms = [ \"a\"; ];",
	    "file:2: syntax error, here or in a line before" },

	/* What must be said. */
	{ "no socket", MILTER, "!user = \"nobody\";",
	    "file: milter.socket must be said: a socket such as "
	    "\"unix:/run/mayrelay/mayrelay.sock\" or "
	    "\"inet:8891@127.0.0.1\"" },
	{ "no role", POLICY, "!enforce_from = \"now\";",
	    "file: policy.role must be said: \"narrowing\" or "
	    "\"authority\"" },
	{ "no date", POLICY, "!role = \"narrowing\";",
	    "file: policy.enforce_from must be said: \"now\", \"never\" or a "
	    "date such as \"2027-01-15T00:00:00Z\"" },
	{ "no directory", DIRECTORY, "!",
	    "file: directory.source must be said: " A_SOURCE },

	/* The authority role (spec section 5). */
	{ "authority never", POLICY,
	    "!role = \"authority\"; enforce_from = \"never\";",
	    "file:2: policy.enforce_from must be \"now\" in the authority "
	    "role: nobody else refuses, so until then the server would be an "
	    "open relay" },
	{ "authority from a date", POLICY, "!role = \"authority\"; "
	    "enforce_from = \"2020-01-15T00:00:00Z\";",
	    "file:2: policy.enforce_from must be \"now\" in the authority "
	    "role: nobody else refuses, so until then the server would be an "
	    "open relay" },
	{ "authority that permits", POLICY, "!role = \"authority\"; "
	    "enforce_from = \"now\"; on_unavailable = \"permit\";",
	    "file:2: policy.on_unavailable must be \"tempfail\" in the "
	    "authority role: nobody else refuses, so without a policy the "
	    "server would be an open relay" },
};

START_TEST(a_bad_value_is_named)
{
	const struct config *config = NULL;
	struct why why = { "" };

	ck_assert_msg(config_file_load(bad[_i].where, bad[_i].text, &config,
	    &why) == -1, "%s: is taken", bad[_i].label);
	ck_assert_msg(strcmp(why.text, bad[_i].why) == 0,
	    "%s:\n    is %s\nwanted %s", bad[_i].label, why.text, bad[_i].why);
}
END_TEST

START_TEST(every_option_has_a_wrong_type)
{
	const char *path = config_options[_i].path;
	size_t i;

	for (i = 0; i < ROWS(bad); i++)
		if (strcmp(bad[i].label, path) == 0)
			break;
	ck_assert_msg(i < ROWS(bad), "%s: no row with a wrong type", path);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("option");

	suite_rows(suite, a_bad_value_is_named, ROWS(bad));
	suite_rows(suite, every_option_has_a_wrong_type,
	    (int)config_noptions);
	return (suite_run(suite));
}
