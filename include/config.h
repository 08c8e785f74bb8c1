#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "attrmap.h"
#include "log.h"
#include "option.h"
#include "policy.h"
#include "reply.h"
#include "why.h"

/*
 * config: SYSCONFDIR/mayrelay/mayrelay.conf (libconfig), read through one table
 * of options: name, type, bounds, default.
 *
 * Unknown names (with the nearest known one), wrong types and values out of
 * bounds are errors with file:line.  A configuration that was read is never
 * changed; it is counted: config_take and config_give, from any thread.
 */

#ifndef SYSCONFDIR
#define SYSCONFDIR	"/etc"
#endif
#define CONFIG_PATH	SYSCONFDIR "/mayrelay/mayrelay.conf"

/* The five searches of the directory, in this order in store and status. */
enum search {
	SEARCH_ACCOUNTS,
	SEARCH_NETWORKS,
	SEARCH_DOMAINS,
	SEARCH_GROUPS,
	SEARCH_OVERRIDES
};
enum { SEARCHES = SEARCH_OVERRIDES + 1 };

/** search_name(search): "accounts", "networks", ..., "overrides". */
const char *search_name(enum search);

/* What stands for an LDAP source, beside "ldif:/path". */
#define CONFIG_SOURCE_LDAP	"ldap"

enum { CONFIG_SERVERS_MAX = 8 };

enum bind_method { BIND_ANONYMOUS, BIND_SIMPLE, BIND_EXTERNAL };

/* How an LDAP source is followed. */
enum follow {
	FOLLOW_AUTO,		/* sync where the server can, else poll */
	FOLLOW_SYNC,		/* RFC 4533 */
	FOLLOW_POLL
};

struct config_search {
	/* An LDAP search without a base is not made. */
	bool configured;
	const char *source;	/* "ldif:/path" or "ldap": never NULL if
				   configured */
	const char *base;	/* normal DN; "" = all (LDIF) */
	const char *filter;	/* "" = by the map (ldapquery.h); LDAP only */
	struct attrmap map;
	/* Changes with everything that changes what the search finds. */
	uint64_t digest;
};

/** config_from_ldap(search): is its source the LDAP servers? */
bool config_from_ldap(const struct config_search *);

struct config {
	const char *path;

	/* milter */
	const char *socket;	/* "unix:/path" or "inet:PORT@HOST" */
	mode_t socket_mode;
	const char *socket_group;	/* "" = not changed */
	const char *user;
	enum login_mta mta;
	long max_connections;

	struct policy_settings policy;
	struct texts login_realms, login_domains;	/* policy.logins has
							   them too */

	/* directory */
	const char *store;
	const char *source;	/* of searches that say none */
	struct texts uris;	/* in normal form (configuri.h), in order; at
				   most CONFIG_SERVERS_MAX */
	bool starttls;		/* on ldap:// */
	const char *ca_file;
	enum bind_method bind_method;
	const char *bind_dn;
	const char *password_file;
	enum follow follow;	/* directory.refresh */
	int64_t full_refresh_ms;
	int64_t timeout_ms;	/* for each answer of a server */
	int64_t poll_interval_ms;
	long max_shrink;	/* per cent, 0-100 */
	const char *preset;	/* whose maps the configuration builds on */
	struct config_search searches[SEARCHES];
	unsigned configured;	/* which are: 1 << enum search */

	struct reply_settings reply;

	/* log */
	enum log_target log_target;
	bool log_permits;
	unsigned long log_repeats;

	/* Of all values in force, whatever file or spelling they came from. */
	uint64_t digest;
};

/** config_role(role): as the configuration writes it. */
const char *config_role(enum role);

/**
 * config_load(path, config, why):
 * Read and check the file.  Return 0 with a configuration that is counted
 * once, or -1 with ${why} as "file:line: text".  Nothing but the file (and
 * what it @includes) is looked at: no user, folder or socket.  libconfig
 * calls exit() if @include names a folder: try in a child first when that
 * must not happen.  (Not config_read: libconfig has that name.)
 */
int config_load(const char *, const struct config **, struct why *);

/** config_take(config): count once more; returns ${config}. */
const struct config *config_take(const struct config *);

/** config_give(config): count once less; the last one frees it.  NULL is
 * allowed. */
void config_give(const struct config *);

/**
 * config_restart_needed(old, new, why):
 * Return -1 with ${why} naming the first setting that differs and cannot be
 * changed by a reload (socket, its mode and group, user, store, role, log
 * target); else 0.
 */
int config_restart_needed(const struct config *, const struct config *,
    struct why *);

/* The option table.  t/lint/options holds the sample file and the manual page
 * against it. */
extern const struct option config_options[];
extern const size_t config_noptions;

#endif /* !CONFIG_H */
