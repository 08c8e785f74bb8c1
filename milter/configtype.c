#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "configtype.h"
#include "dn.h"
#include "filter.h"

/* ---- milter.socket ---------------------------------------------------- */

/* libmilter takes a bare inet:PORT for every address that the host has. */
static int
check_form(const struct setting *s, const char *socket, const char *port,
    struct why *why)
{
	size_t digits = strspn(port, "0123456789");

	if (digits > 0 && port[digits] == '\0')
		return (setting_error(s, why, "\"%s\" would listen on every "
		    "address; say on which: \"%s@%s\"", socket, socket,
		    strncmp(socket, "inet6:", 6) == 0 ? "::1" : "127.0.0.1"));
	if (digits == 0 || port[digits] != '@')
		return (setting_error(s, why, "must be written \"%.*sPORT@"
		    "HOST\" (the host first is how Postfix's settings write "
		    "it), not \"%s\"", (int)(port - socket), socket, socket));
	return (0);
}

static int
check_inet(const struct setting *s, const char *socket, struct why *why)
{
	static const char names[] = "0123456789.:-[]_"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *port = strchr(socket, ':') + 1, *host;
	long n;

	if (check_form(s, socket, port, why) != 0)
		return (-1);
	host = strchr(port, '@') + 1;
	n = strtol(port, NULL, 10);
	if (n < 1 || n > 65535)
		return (setting_error(s, why,
		    "must have a port from 1 to 65535, not \"%s\"", socket));
	if (*host == '\0' || host[strspn(host, names)] != '\0')
		return (setting_error(s, why,
		    "must name a host or an address after the @, not \"%s\"",
		    socket));
	if (strncmp(socket, "inet:", 5) == 0 && strchr(host, ':') != NULL)
		return (setting_error(s, why,
		    "has an IPv6 address: write \"inet6:%s\"", port));
	return (0);
}

static int
check_unix(const struct setting *s, const char *path, struct why *why)
{
	struct sockaddr_un sun;

	if (path[0] != '/')
		return (setting_error(s, why,
		    "must have an absolute path, not \"%s\"", path));
	if (strlen(path) >= sizeof(sun.sun_path))
		return (setting_error(s, why,
		    "must have a path of less than %zu bytes",
		    sizeof(sun.sun_path)));
	return (0);
}

static int
keep_unix(const struct setting *s, struct arena *arena, const char *path,
    const char **kept, struct why *why)
{
	size_t size = strlen("unix:") + strlen(path) + 1;
	char *text;

	if (check_unix(s, path, why) != 0)
		return (-1);
	if ((text = arena_alloc(arena, size)) == NULL)
		return (setting_error(s, why, "out of memory"));
	snprintf(text, size, "unix:%s", path);
	*kept = text;
	return (0);
}

static int
read_socket(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *socket;

	if (setting_text(s, o->type->wants, &socket, why) != 0)
		return (-1);
	if (strncmp(socket, "unix:", 5) == 0 ||
	    strncmp(socket, "local:", 6) == 0)
		return (keep_unix(s, arena, strchr(socket, ':') + 1, target,
		    why));
	if (strncmp(socket, "inet:", 5) != 0 &&
	    strncmp(socket, "inet6:", 6) != 0)
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, socket));
	if (check_inet(s, socket, why) != 0)
		return (-1);
	return (setting_keep(s, arena, socket, target, why));
}

const struct option_type configtype_socket = {
	"a socket such as \"unix:/run/mayrelay/mayrelay.sock\" or "
	"\"inet:8891@127.0.0.1\"", read_socket, option_digest_string
};

/* ---- what several types have in common -------------------------------- */

/* "" for none; else what ${read} makes of it. */
static int
read_or_none(const struct option *o, const struct setting *s,
    struct arena *arena, int (*read)(const struct option *,
    const struct setting *, struct arena *, void *, struct why *),
    void *target, struct why *why)
{
	const char *text;

	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	if (text[0] == '\0')
		return (setting_keep(s, arena, "", target, why));
	return (read(o, s, arena, target, why));
}

/* A list, of each element what ${keep} makes of it. */
static int
read_each(const struct option *o, const struct setting *s,
    struct arena *arena, int (*keep)(const struct setting *, struct arena *,
    const char *, const char **, struct why *), struct texts *texts,
    struct why *why)
{
	struct texts raw;
	const char **v;
	size_t i;

	if (option_read_texts(s, o->type->wants, arena, &raw, why) != 0)
		return (-1);
	if ((v = arena_array(arena, raw.n, sizeof(*v))) == NULL)
		return (setting_error(s, why, "out of memory"));
	for (i = 0; i < raw.n; i++)
		if (keep(setting_at(s, i), arena, raw.v[i], &v[i], why) != 0)
			return (-1);
	texts->v = v;
	texts->n = raw.n;
	return (0);
}

/* ---- the directory ---------------------------------------------------- */

#define LDIF	"an LDIF file, written \"ldif:/etc/mayrelay/policy.ldif\""
#define SOURCE	"\"ldap\" (the servers are told in directory.uris) or " LDIF

static int
keep_source(const struct option *o, const struct setting *s,
    struct arena *arena, const char *source, void *target, struct why *why)
{

	if (strncmp(source, "ldif:/", 6) != 0)
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, source));
	return (setting_keep(s, arena, source, target, why));
}

static int
read_source(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *source;

	if (setting_text(s, o->type->wants, &source, why) != 0)
		return (-1);
	if (strcmp(source, "ldap") == 0)
		return (setting_keep(s, arena, source, target, why));
	return (keep_source(o, s, arena, source, target, why));
}

const struct option_type configtype_source = {
	SOURCE, read_source, option_digest_string
};

static int
read_source_or_none(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	return (read_or_none(o, s, arena, read_source, target, why));
}

const struct option_type configtype_source_or_none = {
	SOURCE, read_source_or_none, option_digest_string
};

static int
read_ldif(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *source;

	if (setting_text(s, o->type->wants, &source, why) != 0)
		return (-1);
	return (keep_source(o, s, arena, source, target, why));
}

static int
read_ldif_or_none(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	return (read_or_none(o, s, arena, read_ldif, target, why));
}

const struct option_type configtype_ldif_or_none = {
	LDIF, read_ldif_or_none, option_digest_string
};

static int
read_base(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char **kept = target, *base;
	size_t size;
	char *dn;

	if (setting_text(s, o->type->wants, &base, why) != 0)
		return (-1);
	size = DN_SIZE(strlen(base));
	if ((dn = arena_alloc(arena, size)) == NULL)
		return (setting_error(s, why, "out of memory"));
	if (dn_normalise(base, strlen(base), dn, size) < 0)
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, base));
	*kept = dn;
	return (0);
}

const struct option_type configtype_base = {
	"a DN such as \"ou=people,dc=example,dc=com\"", read_base,
	option_digest_string
};

static int
read_filter(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *filter, *wrong;

	if (setting_text(s, o->type->wants, &filter, why) != 0)
		return (-1);
	wrong = filter[0] == '\0' ? NULL : filter_wrong(filter);
	if (wrong != NULL)
		return (setting_error(s, why, "is not a filter (RFC 4515): "
		    "\"%s\": %s", filter, wrong));
	return (setting_keep(s, arena, filter, target, why));
}

const struct option_type configtype_filter = {
	"a filter such as \"(objectClass=person)\"", read_filter,
	option_digest_string
};

static int
read_bind_dn(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *normal, *dn;

	if (read_base(o, s, arena, &normal, why) != 0 ||
	    setting_text(s, o->type->wants, &dn, why) != 0)
		return (-1);
	return (setting_keep(s, arena, dn, target, why));
}

const struct option_type configtype_bind_dn = {
	"a DN such as \"cn=mayrelay,dc=example,dc=com\"", read_bind_dn,
	option_digest_string
};

static int
read_password_file(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *path;

	if (setting_text(s, o->type->wants, &path, why) != 0)
		return (-1);
	if (path[0] != '/' && path[0] != '\0')
		return (setting_error(s, why, "must be %s",
		    o->type->wants));
	return (setting_keep(s, arena, path, target, why));
}

const struct option_type configtype_password_file = {
	"the absolute path of a file that holds nothing but the password, "
	"such as \"/etc/mayrelay/ldap.secret\"", read_password_file,
	option_digest_string
};

/* ---- domains ---------------------------------------------------------- */

/* The normal form of ${text}, with a leading dot if ${dot}. */
static int
keep_domain(const struct setting *s, struct arena *arena, const char *text,
    bool dot, const char **kept, struct why *why)
{
	char out[1 + ADDR_DOMAIN_MAX + 1] = ".";
	const char *name = dot ? text + 1 : text;

	if (addr_domain(name, strlen(name), out + 1) != 0 ||
	    (dot && out[1] == '['))
		return (setting_error(s, why,
		    "must be a domain, not \"%s\"", text));
	return (setting_keep(s, arena, dot ? out : out + 1, kept, why));
}

static int
read_domain(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *text;

	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	return (keep_domain(s, arena, text, false, target, why));
}

static int
read_domain_or_none(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	return (read_or_none(o, s, arena, read_domain, target, why));
}

const struct option_type configtype_domain = {
	"a domain such as \"example.com\"", read_domain_or_none,
	option_digest_string
};

static int
keep_domains(const struct setting *s, struct arena *arena, const char *text,
    const char **kept, struct why *why)
{

	return (keep_domain(s, arena, text, text[0] == '.', kept, why));
}

static int
read_domains(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	return (read_each(o, s, arena, keep_domains, target, why));
}

const struct option_type configtype_domains = {
	"a list of domains such as [ \"example.com\", \".example.edu\" ]",
	read_domains, option_digest_list
};

/* ---- logins ----------------------------------------------------------- */

/* A realm stands in the file without the mark that divides it from the
 * name. */
static int
keep_realm(const struct setting *s, struct arena *arena, const char *text,
    const char *mark, const char **kept, struct why *why)
{
	char *copy;

	if (strpbrk(text, mark) != NULL)
		return (setting_error(s, why,
		    "must be written without the %s, not \"%s\"", mark,
		    text));
	if ((copy = arena_strdup(arena, text)) == NULL)
		return (setting_error(s, why, "out of memory"));
	addr_fold(copy, strlen(copy));
	*kept = copy;
	return (0);
}

static int
keep_login_realm(const struct setting *s, struct arena *arena,
    const char *text, const char **kept, struct why *why)
{

	return (keep_realm(s, arena, text, "@", kept, why));
}

static int
keep_windows_domain(const struct setting *s, struct arena *arena,
    const char *text, const char **kept, struct why *why)
{

	return (keep_realm(s, arena, text, "\\", kept, why));
}

static int
read_realms(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	return (read_each(o, s, arena, keep_login_realm, target, why));
}

const struct option_type configtype_realms = {
	"a list of realms such as [ \"EXAMPLE.COM\" ]", read_realms,
	option_digest_list
};

static int
read_windows_domains(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	return (read_each(o, s, arena, keep_windows_domain, target, why));
}

const struct option_type configtype_windows_domains = {
	"a list of domains such as [ \"CORP\" ]", read_windows_domains,
	option_digest_list
};

static int
read_realm(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *text;

	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	return (keep_login_realm(s, arena, text, target, why));
}

const struct option_type configtype_realm = {
	"a realm such as \"EXAMPLE.COM\"", read_realm, option_digest_string
};

/* Cutting at a letter or a digit would grant other people's addresses, and
 * some bytes mean something to the mail system. */
static int
read_delimiters(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *text;

	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	if (text[strspn(text, "+-=_.#~*^$&?/{}`'")] != '\0')
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, text));
	return (setting_keep(s, arena, text, target, why));
}

const struct option_type configtype_delimiters = {
	"some of + - = _ . # ~ and their like, without letters, digits and "
	"what asks for routing", read_delimiters, option_digest_string
};
