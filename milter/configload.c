#include <stdatomic.h>
#include <stdlib.h>

#include "config.h"
#include "configcheck.h"
#include "configmap.h"
#include "digest.h"
#include "setting.h"

/* A configuration with what only config_take and config_give see. */
struct counted {
	struct config config;	/* first: config_give() finds us by it */
	struct arena arena;
	atomic_ulong count;
};

/* ---- what follows from the options ------------------------------------ */

/* What a server finds depends on the server, and on who asks; how the
 * connection is kept private does not matter. */
static uint64_t
digest_server(uint64_t h, const struct config *c,
    const struct config_search *search)
{

	h = digest_text(h, search->filter);
	h = digest_text(h, c->preset);
	h = option_digest_texts(h, &c->uris);
	h = digest_number(h, c->bind_method);
	return (digest_text(h, c->bind_dn));
}

/* Of a file it is the source, the base and the map. */
static uint64_t
digest_search(const struct config *c, const struct config_search *search)
{
	uint64_t h;

	h = digest_text(DIGEST_BEGIN, search->source);
	h = digest_text(h, search->base);
	h = configmap_digest(h, &search->map);
	return (config_from_ldap(search) ? digest_server(h, c, search) : h);
}

/* A file is read for all four kinds, however much is said of them, and
 * servers are asked for those with a base; overrides are read if there are
 * any. */
static void
settle_search(struct config *c, enum search which)
{
	struct config_search *search = &c->searches[which];

	if (search->base == NULL)
		search->base = "";
	if (search->filter == NULL)
		search->filter = "";
	if (which != SEARCH_OVERRIDES && search->source[0] == '\0')
		search->source = c->source;
	if (config_from_ldap(search))
		search->configured = search->base[0] != '\0';
	else
		search->configured = search->source[0] != '\0';
	if (search->configured)
		c->configured |= 1U << which;
	search->digest = digest_search(c, search);
}

static void
settle(struct config *c)
{
	struct login_rules *logins = &c->policy.logins;
	int i;

	c->policy.ownership.locality = &c->policy.locality;
	logins->realms = c->login_realms.v;
	logins->nrealms = c->login_realms.n;
	logins->domains = c->login_domains.v;
	logins->ndomains = c->login_domains.n;
	for (i = 0; i < SEARCHES; i++)
		settle_search(c, (enum search)i);
	c->digest = option_digest(config_options, config_noptions, c);
}

/* ---- a configuration's life ------------------------------------------- */

static int
read_all(struct counted *counted, const char *path, struct why *why)
{
	struct config *c = &counted->config;
	const struct setting *root;
	struct setting_file *file;
	int result = -1;

	if ((c->path = arena_strdup(&counted->arena, path)) == NULL)
		return (why_set(why, "%s: out of memory", path));
	if (setting_open(path, &file, why) != 0)
		return (-1);
	root = setting_root(file);
	if (configcheck_names(root, why) == 0 &&
	    option_read(config_options, config_noptions, root,
	    &counted->arena, c, why) == 0) {
		settle(c);
		result = configcheck_all(c, root, why);
	}
	setting_close(file);
	return (result);
}

static void
counted_free(struct counted *counted)
{

	arena_free(&counted->arena);
	free(counted);
}

int
config_load(const char *path, const struct config **config, struct why *why)
{
	struct counted *counted;

	if ((counted = calloc(1, sizeof(*counted))) == NULL)
		return (why_set(why, "%s: out of memory", path));
	arena_init(&counted->arena);
	atomic_init(&counted->count, 1);
	if (read_all(counted, path, why) != 0) {
		counted_free(counted);
		return (-1);
	}
	*config = &counted->config;
	return (0);
}

/* Only the count is ever changed in what is lent as const. */
static struct counted *
counted_of(const struct config *config)
{

	return ((struct counted *)(uintptr_t)config);
}

const struct config *
config_take(const struct config *config)
{

	atomic_fetch_add(&counted_of(config)->count, 1);
	return (config);
}

void
config_give(const struct config *config)
{

	if (config != NULL &&
	    atomic_fetch_sub(&counted_of(config)->count, 1) == 1)
		counted_free(counted_of(config));
}
