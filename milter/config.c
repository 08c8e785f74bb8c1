#include <string.h>

#include "config.h"
#include "configmap.h"
#include "configreply.h"
#include "configtype.h"
#include "configuri.h"
#include "digest.h"
#include "setting.h"

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

bool
config_from_ldap(const struct config_search *search)
{

	return (strcmp(search->source, CONFIG_SOURCE_LDAP) == 0);
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
static const struct option_word bind_methods[] = {
	{ "anonymous", BIND_ANONYMOUS }, { "simple", BIND_SIMPLE },
	{ "external", BIND_EXTERNAL }, { NULL, 0 }
};
static const struct option_word follows[] = {
	{ "auto", FOLLOW_AUTO }, { "sync", FOLLOW_SYNC },
	{ "poll", FOLLOW_POLL }, { NULL, 0 }
};
static const struct option_word targets[] = {
	{ "syslog", LOG_TO_SYSLOG }, { "stderr", LOG_TO_STDERR }, { NULL, 0 }
};

const char *
config_role(enum role role)
{
	const struct option_word *w = roles;

	while (w->name != NULL && w->value != (int)role)
		w++;
	return (w->name);
}

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

#define CA_FILE	"\"/etc/ssl/certs/ca-certificates.crt\""

/* Milliseconds. */
#define TIMEOUT_MAX	(INT64_C(5) * 60 * 1000)
#define REFRESH_MAX	(INT64_C(30) * DAY * 1000)

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
	{ "directory.uris", "[ ]", &configuri_list, AT(uris),
	    BOUNDS(0, CONFIG_SERVERS_MAX) },
	{ "directory.starttls", "true", &option_bool, AT(starttls) },
	{ "directory.ca_file", CA_FILE, &option_path, AT(ca_file) },
	{ "directory.bind.method", "\"anonymous\"", &option_word,
	    AT(bind_method), .words = bind_methods },
	{ "directory.bind.dn", "\"\"", &configtype_bind_dn, AT(bind_dn) },
	{ "directory.bind.password_file", "\"\"", &configtype_password_file,
	    AT(password_file) },
	{ "directory.refresh", "\"auto\"", &option_word, AT(follow),
	    .words = follows },
	{ "directory.poll_interval", "\"60s\"", &option_milliseconds,
	    AT(poll_interval_ms), BOUNDS(1000, DAY * 1000) },
	{ "directory.full_refresh", "\"24h\"", &option_milliseconds,
	    AT(full_refresh_ms), BOUNDS(1000, REFRESH_MAX) },
	{ "directory.timeout", "\"10s\"", &option_milliseconds,
	    AT(timeout_ms), BOUNDS(1000, TIMEOUT_MAX) },
	{ "directory.max_shrink", "50", &option_number, AT(max_shrink),
	    BOUNDS(0, 100) },
	{ "directory.accounts.base", "\"\"", &configtype_base,
	    SEARCH(ACCOUNTS, base) },
	{ "directory.accounts.filter", "\"\"", &configtype_filter,
	    SEARCH(ACCOUNTS, filter) },
	{ "directory.accounts.source", "\"\"", &configtype_source_or_none,
	    SEARCH(ACCOUNTS, source) },
	{ "directory.accounts.preset", "\"inetorgperson\"", &preset_type,
	    .target = 0 },
	{ "directory.accounts.map", "{ }", &configmap_accounts,
	    SEARCH(ACCOUNTS, map) },
	{ "directory.networks.base", "\"\"", &configtype_base,
	    SEARCH(NETWORKS, base) },
	{ "directory.networks.filter", "\"\"", &configtype_filter,
	    SEARCH(NETWORKS, filter) },
	{ "directory.networks.source", "\"\"", &configtype_source_or_none,
	    SEARCH(NETWORKS, source) },
	{ "directory.domains.base", "\"\"", &configtype_base,
	    SEARCH(DOMAINS, base) },
	{ "directory.domains.filter", "\"\"", &configtype_filter,
	    SEARCH(DOMAINS, filter) },
	{ "directory.domains.source", "\"\"", &configtype_source_or_none,
	    SEARCH(DOMAINS, source) },
	{ "directory.domains.map", "{ }", &configmap_domains,
	    SEARCH(DOMAINS, map) },
	{ "directory.groups.base", "\"\"", &configtype_base,
	    SEARCH(GROUPS, base) },
	{ "directory.groups.filter", "\"\"", &configtype_filter,
	    SEARCH(GROUPS, filter) },
	{ "directory.groups.source", "\"\"", &configtype_source_or_none,
	    SEARCH(GROUPS, source) },
	{ "directory.groups.map", "{ }", &configmap_groups,
	    SEARCH(GROUPS, map) },
	{ "directory.overrides", "\"\"", &configtype_ldif_or_none,
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
