#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "cidr.h"
#include "configuri.h"

enum {
	PATH_SIZE = sizeof(((struct sockaddr_un *)0)->sun_path),
	/* "ldaps://", a host, ":65535"; or "ldapi://" and a path of which
	 * each byte is escaped */
	URI_SIZE = 64 + ADDR_DOMAIN_MAX + 3 * PATH_SIZE
};

/* One URI while it is read. */
struct draft {
	const struct setting *setting;
	const char *given;
	const char *rest;	/* of it: behind "//" */
	size_t len;		/* of that, without the "/" at its end */
	char normal[URI_SIZE];
};

/* ---- ldap:// and ldaps:// --------------------------------------------- */

/* An address if it is one or looks like one; then others must not take it for
 * another (getaddrinfo(3) knows 127.1). */
static int
normal_host(const char *host, size_t len, char out[ADDR_DOMAIN_MAX + 1])
{
	struct cidr_ip ip;

	if (addr_domain(host, len, out) != 0)
		return (-1);
	if (out[strspn(out, "0123456789.")] != '\0')
		return (0);
	return (cidr_ip_parse(out, strlen(out), &ip));
}

static int
normal_ipv6(const char *text, size_t len, char out[ADDR_DOMAIN_MAX + 1])
{
	char address[CIDR_TEXT_MAX];
	struct cidr_ip ip;

	if (memchr(text, ':', len) == NULL ||
	    cidr_ip_parse(text, len, &ip) != 0)
		return (-1);
	cidr_ip_format(&ip, address);
	snprintf(out, ADDR_DOMAIN_MAX + 1, ip.family == 6 ? "[%s]" : "%s",
	    address);
	return (0);
}

/* How many bytes of ${rest} are the host; with its brackets. */
static size_t
host_len(const struct draft *d)
{
	const char *end = memchr(d->rest, d->rest[0] == '[' ? ']' : ':',
	    d->len);

	if (end == NULL)
		return (d->len);
	return ((size_t)(end - d->rest) + (*end == ']'));
}

static int
read_host(const struct draft *d, size_t len, char out[ADDR_DOMAIN_MAX + 1],
    struct why *why)
{
	const char *colon = memchr(d->rest, ':', d->len);
	size_t before = colon == NULL ? d->len : (size_t)(colon - d->rest) + 1;

	if (d->rest[0] == '[') {
		if (d->rest[len - 1] == ']' &&
		    normal_ipv6(d->rest + 1, len - 2, out) == 0)
			return (0);
		return (setting_error(d->setting, why,
		    "must have an IPv6 address in the brackets, not \"%s\"",
		    d->given));
	}
	if (memchr(d->rest + before, ':', d->len - before) != NULL)
		return (setting_error(d->setting, why,
		    "must have an IPv6 address in brackets "
		    "(\"ldap://[2001:db8::1]:389\"), not \"%s\"", d->given));
	if (normal_host(d->rest, len, out) != 0)
		return (setting_error(d->setting, why,
		    "must name a host or an address after the //, not \"%s\"",
		    d->given));
	return (0);
}

/* ${port} is the default and the result. */
static int
read_port(const struct draft *d, size_t from, unsigned *port, struct why *why)
{
	unsigned n = 0;
	size_t i;

	if (from == d->len)
		return (0);
	for (i = from + 1; i < d->len && d->rest[i] >= '0' &&
	    d->rest[i] <= '9' && n <= 65535; i++)
		n = n * 10 + (unsigned)(d->rest[i] - '0');
	if (d->rest[from] != ':' || i < d->len || n < 1 || n > 65535)
		return (setting_error(d->setting, why,
		    "must have a port from 1 to 65535 after the host (or "
		    "none), not \"%s\"", d->given));
	*port = n;
	return (0);
}

static int
read_net(struct draft *d, const char *scheme, unsigned port, struct why *why)
{
	char host[ADDR_DOMAIN_MAX + 1];
	size_t len = host_len(d);

	if (read_host(d, len, host, why) != 0 ||
	    read_port(d, len, &port, why) != 0)
		return (-1);
	snprintf(d->normal, sizeof(d->normal), "%s://%s:%u", scheme, host,
	    port);
	return (0);
}

static int
read_ldap(struct draft *d, struct why *why)
{

	return (read_net(d, "ldap", 389, why));
}

static int
read_ldaps(struct draft *d, struct why *why)
{

	return (read_net(d, "ldaps", 636, why));
}

/* ---- ldapi:// --------------------------------------------------------- */

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c | 0x20);
	if (c == '\0' || (at = strchr(digits, c)) == NULL)
		return (-1);
	return ((int)(at - digits));
}

/* Undo the escapes (RFC 3986 section 2.1).  -1: a broken one, one for a
 * control, a byte that wants one, or the path is too long for a socket. */
static int
unescape(const char *s, size_t len, char path[PATH_SIZE])
{
	size_t i, n = 0;
	int c;

	for (i = 0; i < len; i++) {
		c = (unsigned char)s[i];
		if (strchr("/?#", c) != NULL)
			return (-1);
		if (c == '%') {
			if (len - i < 3 || hex(s[i + 1]) < 0 ||
			    hex(s[i + 2]) < 0)
				return (-1);
			c = hex(s[i + 1]) * 16 + hex(s[i + 2]);
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || n == PATH_SIZE - 1)
			return (-1);
		path[n++] = (char)c;
	}
	path[n] = '\0';
	return (0);
}

static void
escape(const char *path, char *out, size_t size)
{
	static const char bare[] = "0123456789-._~"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	size_t len = 0;

	for (; *path != '\0'; path++)
		len += (size_t)snprintf(out + len, size - len,
		    strchr(bare, *path) != NULL ? "%c" : "%%%02X",
		    (unsigned char)*path);
}

static int
read_ldapi(struct draft *d, struct why *why)
{
	static const char scheme[] = "ldapi://";
	char path[PATH_SIZE];

	if (unescape(d->rest, d->len, path) != 0 || path[0] != '/')
		return (setting_error(d->setting, why,
		    "must have the path of a socket, each / in it written %%2F "
		    "(\"ldapi://%%2Frun%%2Fslapd%%2Fldapi\"), not \"%s\"",
		    d->given));
	memcpy(d->normal, scheme, sizeof(scheme));
	escape(path, d->normal + strlen(scheme),
	    sizeof(d->normal) - strlen(scheme));
	return (0);
}

/* ---- the list --------------------------------------------------------- */

static const struct scheme {
	const char *name;
	int (*read)(struct draft *, struct why *);
} schemes[] = {
	{ "ldap://", read_ldap },
	{ "ldaps://", read_ldaps },
	{ "ldapi://", read_ldapi }
};

/* Case does not count in it (RFC 3986 section 3.1). */
static const struct scheme *
scheme_of(const char *uri)
{
	char name[sizeof("ldaps://")];
	size_t i, len = strcspn(uri, "/");

	len += strspn(uri + len, "/") >= 2 ? 2 : 0;
	snprintf(name, sizeof(name), "%.*s",
	    (int)(len < sizeof(name) ? len : 0), uri);
	addr_fold(name, strlen(name));
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strcmp(schemes[i].name, name) == 0)
			return (&schemes[i]);
	return (NULL);
}

/* Never shown with what may be a password. */
static int
check_form(const struct draft *d, const struct scheme *scheme,
    struct why *why)
{
	const char *end;

	if (strchr(d->given, '@') != NULL)
		return (setting_error(d->setting, why, "must not hold a user "
		    "or password (@): they are told in directory.bind"));
	if (scheme == NULL)
		return (setting_error(d->setting, why, "must begin with "
		    "ldap://, ldaps:// or ldapi://, not \"%s\"", d->given));
	end = d->rest + strcspn(d->rest, "/?#");
	if (*end != '\0' && scheme->read != read_ldapi &&
	    strcmp(end, "/") != 0)
		return (setting_error(d->setting, why, "must end after host "
		    "and port, not \"%s\"; the base is told for each kind, as "
		    "directory.accounts.base", d->given));
	return (0);
}

static int
read_uri(struct draft *d, struct why *why)
{
	const struct scheme *scheme = scheme_of(d->given);

	d->rest = d->given + (scheme == NULL ? 0 : strlen(scheme->name));
	if (check_form(d, scheme, why) != 0)
		return (-1);
	d->len = strlen(d->rest);
	if (d->len > 0 && d->rest[d->len - 1] == '/')
		d->len--;
	return (scheme->read(d, why));
}

static int
check_new(const struct setting *s, const char *const *v, size_t n,
    struct why *why)
{
	char path[SETTING_PATH_MAX];
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(v[i], v[n]) == 0)
			return (setting_error(setting_at(s, n), why,
			    "is the same server as %s: \"%s\"",
			    setting_path(setting_at(s, i), path), v[n]));
	return (0);
}

static int
read_list(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	struct texts raw, *texts = target;
	struct draft draft;
	const char **v;
	size_t i;

	if (option_read_texts(s, o->type->wants, arena, &raw, why) != 0)
		return (-1);
	if (raw.n > (size_t)o->max)
		return (setting_error(s, why, "must be at most %d servers, "
		    "not %zu", (int)o->max, raw.n));
	if ((v = arena_array(arena, raw.n, sizeof(*v))) == NULL)
		return (setting_error(s, why, "out of memory"));
	for (i = 0; i < raw.n; i++) {
		draft.setting = setting_at(s, i);
		draft.given = raw.v[i];
		if (read_uri(&draft, why) != 0 ||
		    setting_keep(draft.setting, arena, draft.normal, &v[i],
		    why) != 0 || check_new(s, v, i, why) != 0)
			return (-1);
	}
	texts->v = v;
	texts->n = raw.n;
	return (0);
}

const struct option_type configuri_list = {
	"a list of servers such as [ \"ldap://ldap1.example.com\", "
	"\"ldap://ldap2.example.com\" ]", read_list, option_digest_list
};

/* ---- what follows from one -------------------------------------------- */

bool
configuri_socket(const char *uri)
{

	return (strncmp(uri, "ldapi:", 6) == 0);
}

bool
configuri_exposed(const char *uri)
{
	const char *host = uri + strlen("ldap://"), *end;
	struct cidr_ip ip;

	if (strncmp(uri, "ldap:", 5) != 0 ||
	    strncmp(host, "localhost:", 10) == 0)
		return (false);
	end = strrchr(host, ':');
	if (*host == '[') {
		host++;
		end--;
	}
	return (cidr_ip_parse(host, (size_t)(end - host), &ip) != 0 ||
	    !cidr_ip_loopback(&ip));
}
