#define _GNU_SOURCE		/* memfd_create, memmem */

#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "fuzz.h"
#include "policy.h"
#include "when.h"

/*
 * A configuration file: refused with the place that is wrong, or one that can
 * do no harm: the authority role is closed, every reply is one that an MTA
 * takes, and reading it again gives the same.
 *
 * No @include: that would be other files.
 */

const char *__lsan_default_suppressions(void);

/* libconfig's scanner loses a string that is open at the end of the file. */
const char *
__lsan_default_suppressions(void)
{

	return ("leak:libconfig.so\n");
}

static int
load(const char *path, const struct config **config)
{
	struct why why = { "" };

	if (config_load(path, config, &why) == 0)
		return (0);
	must(strncmp(why.text, path, strlen(path)) == 0);
	must(why.text[strlen(path)] == ':');
	return (-1);
}

/* Spec section 5: anything else would be an open relay. */
static void
policy_is_closed(const struct policy_settings *p)
{

	must(p->role == ROLE_NARROWING || p->role == ROLE_AUTHORITY);
	if (p->role == ROLE_AUTHORITY)
		must(p->enforce_from == WHEN_BEGINNING &&
		    !p->permit_unavailable);
	must(p->max_stale > 0);
	must(p->ownership.locality == &p->locality);
}

static void
domains_are_normal(const struct texts *domains)
{
	char out[ADDR_DOMAIN_MAX + 1];
	const char *name;
	size_t i;

	for (i = 0; i < domains->n; i++) {
		name = domains->v[i] + (domains->v[i][0] == '.');
		must(addr_domain(name, strlen(name), out) == 0);
		must(strcmp(out, name) == 0);
	}
}

static void
reply_is_sound(const struct reply *r, enum reason reason)
{
	int i;

	must(r->rcode[0] == verdict_class(reason) &&
	    r->xcode[0] == r->rcode[0]);
	must(r->nlines >= 1 && r->nlines <= REPLY_LINES_MAX);
	for (i = 0; i < r->nlines; i++)
		must(text_printable(r->line[i]) &&
		    strlen(r->line[i]) <= REPLY_LINE_MAX);
}

static void
replies_are_sound(const struct reply_settings *settings)
{
	static const struct reply_values values = { "192.0.2.1", "joe\n",
	    "<a@example.com>", "<b\x1b@example.net>" };
	struct reply r;
	int i;

	for (i = 0; i < REASONS; i++) {
		if (!verdict_refuses((enum reason)i))
			continue;
		reply_make(settings, (enum reason)i, &values, &r);
		reply_is_sound(&r, (enum reason)i);
	}
}

static void
searches_are_sound(const struct config *c)
{
	const struct config_search *s;
	int i;

	for (i = 0; i < SEARCHES; i++) {
		s = &c->searches[i];
		must(((c->configured >> i & 1) != 0) == s->configured);
		if (!s->configured)
			continue;
		must(strncmp(s->source, "ldif:/", 6) == 0 ||
		    (config_from_ldap(s) && c->uris.n > 0 &&
		    s->base[0] != '\0' && i != SEARCH_OVERRIDES));
		must(config_from_ldap(s) || s->filter[0] == '\0');
	}
}

static void
config_is_sound(const struct config *c)
{

	must(strncmp(c->socket, "unix:/", 6) == 0 ||
	    (strncmp(c->socket, "inet:", 5) == 0 &&
	    strchr(c->socket, '@') != NULL));
	must((c->socket_mode & ~0777U) == 0 && c->max_connections > 0);
	must(c->uris.n <= CONFIG_SERVERS_MAX);
	must(c->max_shrink >= 0 && c->max_shrink <= 100);
	must(c->poll_interval_ms > 0 && c->timeout_ms > 0);
	policy_is_closed(&c->policy);
	domains_are_normal(&c->policy.locality.domains);
	replies_are_sound(&c->reply);
	searches_are_sound(c);
}

static void
loads_the_same(const char *path, const struct config *c)
{
	const struct config *again;
	struct why why;

	must(load(path, &again) == 0);
	must(again->digest == c->digest);
	must(config_restart_needed(c, again, &why) == 0);
	must(config_take(again) == again);
	config_give(again);
	config_give(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct config *c;
	char path[64];
	int fd;

	if (memmem(data, size, "@include", 8) != NULL)
		return (0);
	fd = memfd_create("configuration", 0);
	must(fd != -1 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (load(path, &c) == 0) {
		config_is_sound(c);
		loads_the_same(path, c);
		config_give(c);
	}
	close(fd);
	return (0);
}
