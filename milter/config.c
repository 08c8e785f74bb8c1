#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "configmap.h"
#include "configreply.h"
#include "configtype.h"
#include "digest.h"
#include "setting.h"
#include "when.h"

/* A configuration with what only config_take and config_give see. */
struct counted {
	struct config config;	/* first: config_give() finds us by it */
	struct arena arena;
	atomic_ulong count;
};

static const char *const search_names[SEARCHES] = {
	[SEARCH_ACCOUNTS] = "accounts",
	[SEARCH_NETWORKS] = "networks",
	[SEARCH_DOMAINS] = "domains",
	[SEARCH_GROUPS] = "groups",
	[SEARCH_OVERRIDES] = "overrides"
};

const char *
search_name(enum search search)
{

	return (search_names[search]);
}

/* ---- the table -------------------------------------------------------- */

static const struct option_word mtas[] = {
	{ "auto", LOGIN_MTA_AUTO }, { "postfix", LOGIN_MTA_POSTFIX },
	{ "sendmail", LOGIN_MTA_SENDMAIL }, { NULL, 0 }
};
static const struct option_word roles[] = {
	{ "narrowing", ROLE_NARROWING }, { "authority", ROLE_AUTHORITY },
	{ NULL, 0 }
};
static const struct option_word unavailable[] = {
	{ "tempfail", false }, { "permit", true }, { NULL, 0 }
};
static const struct option_word null_senders[] = {
	{ "permit", true }, { "reject", false }, { NULL, 0 }
};
static const struct option_word scopes[] = {
	{ "local", false }, { "any", true }, { NULL, 0 }
};
static const struct option_word targets[] = {
	{ "syslog", LOG_TO_SYSLOG }, { "stderr", LOG_TO_STDERR }, { NULL, 0 }
};

/* Must come before the maps, which build on it. */
static int
read_preset(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	struct config_search *searches;
	struct config *c = target;
	const char *name;

	if (setting_text(s, o->type->wants, &name, why) != 0)
		return (-1);
	searches = c->searches;
	if (attrmap_preset(name, KIND_ACCOUNT,
	    &searches[SEARCH_ACCOUNTS].map) != 0 ||
	    attrmap_preset(name, KIND_DOMAIN,
	    &searches[SEARCH_DOMAINS].map) != 0 ||
	    attrmap_preset(name, KIND_GROUP,
	    &searches[SEARCH_GROUPS].map) != 0)
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, name));
	return (setting_keep(s, arena, name, &c->preset, why));
}

static uint64_t
digest_preset(uint64_t h, const void *target)
{
	const struct config *c = target;

	return (digest_text(h, c->preset));
}

static const struct option_type preset_type = {
	"a preset (\"inetorgperson\")", read_preset, digest_preset
};

#define LOCAL_MAILERS	"[ \"local\", \"virtual\", \"lmtp\", \"dovecot\", " \
			"\"cyrus\", \"cyrusv2\", \"maildrop\", \"mailman\", " \
			"\"prog\", \"*file*\", \"discard\" ]"

enum {
	CONNECTIONS_MAX = 1000000,
	REPEATS_MAX = 1000000,
	DAY = 24 * 60 * 60
};

#define AT(member)	.target = offsetof(struct config, member)
#define SEARCH(kind, member) \
	.target = offsetof(struct config, searches[SEARCH_##kind].member)
#define BOUNDS(least, most)	.min = (least), .max = (most)
#define NOT_EMPTY	.min = 1
#define RESTART		.restart = true

const struct option config_options[] = {
	{ "milter.socket", NULL, &configtype_socket, AT(socket), RESTART },
	{ "milter.socket_mode", "\"0660\"", &option_mode, AT(socket_mode),
	    RESTART },
	{ "milter.socket_group", "\"\"", &option_string, AT(socket_group),
	    RESTART },
	{ "milter.user", "\"mayrelay\"", &option_string, AT(user), NOT_EMPTY,
	    RESTART },
	{ "milter.mta", "\"auto\"", &option_word, AT(mta), .words = mtas },
	{ "milter.max_connections", "5000", &option_number,
	    AT(max_connections), BOUNDS(1, CONNECTIONS_MAX) },

	{ "policy.role", NULL, &option_word, AT(policy.role), .words = roles,
	    RESTART },
	{ "policy.enforce_from", NULL, &option_date, AT(policy.enforce_from) },
	{ "policy.on_unavailable", "\"tempfail\"", &option_word_bool,
	    AT(policy.permit_unavailable), .words = unavailable },
	{ "policy.max_stale", "\"24h\"", &option_seconds,
	    AT(policy.max_stale), BOUNDS(1, 365 * DAY) },
	{ "policy.null_sender", "\"permit\"", &option_word_bool,
	    AT(policy.ownership.null_sender), .words = null_senders },
	{ "policy.sender_scope", "\"local\"", &option_word_bool,
	    AT(policy.ownership.any_domain), .words = scopes },
	{ "policy.extension_delimiters", "\"+\"", &configtype_delimiters,
	    AT(policy.ownership.extension_delimiters) },
	{ "policy.qualify_domain", "\"\"", &configtype_domain,
	    AT(policy.ownership.qualify_domain) },
	{ "policy.login_realms", "[ ]", &configtype_realms,
	    AT(login_realms) },
	{ "policy.login_domains", "[ ]", &configtype_windows_domains,
	    AT(login_domains) },
	{ "policy.login_default_realm", "\"\"", &configtype_realm,
	    AT(policy.logins.default_realm) },
	{ "policy.local_domains", "[ ]", &configtype_domains,
	    AT(policy.locality.domains) },
	{ "policy.local_mailers", LOCAL_MAILERS, &option_texts,
	    AT(policy.locality.mailers) },

	{ "directory.store", "\"/var/lib/mayrelay\"", &option_path,
	    AT(store), RESTART },
	{ "directory.source", NULL, &configtype_source, AT(source) },
	{ "directory.poll_interval", "\"60s\"", &option_milliseconds,
	    AT(poll_interval_ms), BOUNDS(1000, DAY * 1000) },
	{ "directory.max_shrink", "50", &option_number, AT(max_shrink),
	    BOUNDS(0, 100) },
	{ "directory.accounts.base", "\"\"", &configtype_base,
	    SEARCH(ACCOUNTS, base) },
	{ "directory.accounts.source", "\"\"", &configtype_source_or_none,
	    SEARCH(ACCOUNTS, source) },
	{ "directory.accounts.preset", "\"inetorgperson\"", &preset_type,
	    .target = 0 },
	{ "directory.accounts.map", "{ }", &configmap_accounts,
	    SEARCH(ACCOUNTS, map) },
	{ "directory.networks.base", "\"\"", &configtype_base,
	    SEARCH(NETWORKS, base) },
	{ "directory.networks.source", "\"\"", &configtype_source_or_none,
	    SEARCH(NETWORKS, source) },
	{ "directory.domains.base", "\"\"", &configtype_base,
	    SEARCH(DOMAINS, base) },
	{ "directory.domains.source", "\"\"", &configtype_source_or_none,
	    SEARCH(DOMAINS, source) },
	{ "directory.domains.map", "{ }", &configmap_domains,
	    SEARCH(DOMAINS, map) },
	{ "directory.groups.base", "\"\"", &configtype_base,
	    SEARCH(GROUPS, base) },
	{ "directory.groups.source", "\"\"", &configtype_source_or_none,
	    SEARCH(GROUPS, source) },
	{ "directory.groups.map", "{ }", &configmap_groups,
	    SEARCH(GROUPS, map) },
	{ "directory.overrides", "\"\"", &configtype_source_or_none,
	    SEARCH(OVERRIDES, source) },

	{ "reply.help_url", "\"\"", &configreply_url, AT(reply.help_url) },
	{ "reply.texts", "{ }", &configreply_texts, AT(reply.texts) },

	{ "log.target", "\"syslog\"", &option_word, AT(log_target),
	    .words = targets, RESTART },
	{ "log.permits", "false", &option_bool, AT(log_permits) },
	{ "log.repeats", "20", &option_number, AT(log_repeats),
	    BOUNDS(0, REPEATS_MAX) },
};
const size_t config_noptions =
    sizeof(config_options) / sizeof(config_options[0]);

/* ---- what one option cannot say alone --------------------------------- */

/* Spec section 5: a date in the future would be an open relay there. */
static int
check_role(const struct config *c, const struct setting *root,
    struct why *why)
{

	if (c->policy.role != ROLE_AUTHORITY)
		return (0);
	if (c->policy.enforce_from != WHEN_BEGINNING)
		return (setting_error(option_find(root, "policy.enforce_from"),
		    why, "must be \"now\" in the authority role: nobody else "
		    "refuses, so until then the server would be an open "
		    "relay"));
	if (c->policy.permit_unavailable)
		return (setting_error(option_find(root,
		    "policy.on_unavailable"), why, "must be \"tempfail\" in "
		    "the authority role: nobody else refuses, so without a "
		    "policy the server would be an open relay"));
	return (0);
}

/* A policy is as old as the last look at its source. */
static int
check_ages(const struct config *c, const struct setting *root,
    struct why *why)
{
	const struct setting *s;

	if (c->policy.max_stale * 1000 > c->poll_interval_ms)
		return (0);
	if ((s = option_find(root, "policy.max_stale")) != NULL)
		return (setting_error(s, why, "must be longer than "
		    "directory.poll_interval, or the policy would be too old "
		    "between two looks at its source"));
	return (setting_error(option_find(root, "directory.poll_interval"),
	    why, "must be shorter than policy.max_stale, or the policy would "
	    "be too old between two looks at its source"));
}

/* All four kinds are read from the source, however much the file says of
 * them; overrides are read if there are any. */
static void
settle_searches(struct config *c)
{
	struct config_search *search;
	uint64_t h;
	unsigned i;

	for (i = 0; i < SEARCHES; i++) {
		search = &c->searches[i];
		if (search->base == NULL)
			search->base = "";
		if (i != SEARCH_OVERRIDES && search->source[0] == '\0')
			search->source = c->source;
		search->configured = search->source[0] != '\0';
		if (search->configured)
			c->configured |= 1U << i;
		h = digest_text(DIGEST_BEGIN, search->source);
		h = digest_text(h, search->base);
		search->digest = configmap_digest(h, &search->map);
	}
}

static void
settle(struct config *c)
{
	struct login_rules *logins = &c->policy.logins;

	c->policy.ownership.locality = &c->policy.locality;
	logins->realms = c->login_realms.v;
	logins->nrealms = c->login_realms.n;
	logins->domains = c->login_domains.v;
	logins->ndomains = c->login_domains.n;
	settle_searches(c);
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
	if (option_read(config_options, config_noptions, root,
	    &counted->arena, c, why) == 0 &&
	    check_role(c, root, why) == 0 && check_ages(c, root, why) == 0) {
		settle(c);
		result = 0;
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

int
config_restart_needed(const struct config *old, const struct config *new,
    struct why *why)
{
	size_t i;

	for (i = 0; i < config_noptions; i++)
		if (config_options[i].restart &&
		    option_differs(&config_options[i], old, new))
			return (why_set(why, "%s: a change of %s needs a "
			    "restart of mayrelayd", new->path,
			    config_options[i].path));
	return (0);
}
