#include <stdio.h>
#include <string.h>

#include "configcheck.h"
#include "configuri.h"
#include "when.h"

/* ---- role and ages ---------------------------------------------------- */

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

/* ---- what a source can do --------------------------------------------- */

enum { KINDS_OF_SEARCH = SEARCH_OVERRIDES };	/* those that a source holds */

/* The setting of a search, such as directory.accounts.base, or NULL. */
static const struct setting *
search_setting(const struct setting *root, int which, const char *name)
{
	char path[SETTING_PATH_MAX];

	snprintf(path, sizeof(path), "directory.%s.%s",
	    search_name((enum search)which), name);
	return (option_find(root, path));
}

/* A filter that is not heeded would let entries in that it shuts out. */
static int
check_filters(const struct config *c, const struct setting *root,
    struct why *why)
{
	const struct config_search *search;
	int i;

	for (i = 0; i < KINDS_OF_SEARCH; i++) {
		search = &c->searches[i];
		if (search->filter[0] != '\0' && !config_from_ldap(search))
			return (setting_error(search_setting(root, i,
			    "filter"), why, "\"%s\" is for an LDAP source, "
			    "and these entries come from \"%s\": leave it "
			    "out", search->filter, search->source));
	}
	return (0);
}

/* The first thing that is said of a search for which nothing is asked. */
static const struct setting *
said_in_vain(const struct setting *root, int which)
{
	static const char *const names[] = { "source", "filter", "map" };
	const struct setting *s;
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		s = search_setting(root, which, names[i]);
		if (s == NULL)
			continue;
		if (setting_is_group(s) ? setting_count(s) > 0 :
		    setting_text(s, "", &text, NULL) == 0 && text[0] != '\0')
			return (s);
	}
	return (NULL);
}

/* Nobody forgets a base without hearing of it: with groups that are not
 * searched, nobody would be denied by one. */
static int
check_bases(const struct config *c, const struct setting *root,
    struct why *why)
{
	const struct config_search *search;
	const struct setting *s;
	int i;

	for (i = 0; i < KINDS_OF_SEARCH; i++) {
		search = &c->searches[i];
		if (search->configured ||
		    (s = said_in_vain(root, i)) == NULL)
			continue;
		return (setting_error(s, why, "is for nothing: without "
		    "directory.%s.base no LDAP server is asked for %s",
		    search_name((enum search)i), search_name((enum search)i)));
	}
	return (0);
}

/* ---- what a server needs ---------------------------------------------- */

/* The first kind that servers are asked for; -1: none. */
static int
first_asked(const struct config *c)
{
	int i;

	for (i = 0; i < KINDS_OF_SEARCH; i++)
		if (c->searches[i].configured &&
		    config_from_ldap(&c->searches[i]))
			return (i);
	return (-1);
}

/* Where its source is said. */
static const struct setting *
source_setting(const struct config *c, const struct setting *root, int which)
{

	if (strcmp(c->source, CONFIG_SOURCE_LDAP) == 0)
		return (option_find(root, "directory.source"));
	return (search_setting(root, which, "source"));
}

static int
check_servers(const struct config *c, const struct setting *root,
    struct why *why)
{
	int asked = first_asked(c);

	if (asked < 0 && strcmp(c->source, CONFIG_SOURCE_LDAP) == 0)
		return (setting_error(option_find(root, "directory.source"),
		    why, "is \"ldap\", but nothing is asked of a server: say "
		    "where entries lie, as directory.accounts.base"));
	if (asked >= 0 && c->uris.n == 0)
		return (setting_error(source_setting(c, root, asked), why,
		    "is \"ldap\", but there is no server: name them in "
		    "directory.uris"));
	if (asked < 0 && c->uris.n > 0)
		return (setting_error(option_find(root, "directory.uris"),
		    why, "is for nothing: no source is \"ldap\" (see "
		    "directory.source); say so, or leave it out"));
	return (0);
}

static int
check_privacy(const struct config *c, const struct setting *root,
    struct why *why)
{
	size_t i;

	for (i = 0; i < c->uris.n && !c->starttls; i++)
		if (configuri_exposed(c->uris.v[i]))
			return (setting_error(setting_at(option_find(root,
			    "directory.uris"), i), why, "\"%s\" would carry "
			    "everything, the password too, readably through "
			    "the network: let directory.starttls be true, or "
			    "write ldaps://", c->uris.v[i]));
	return (0);
}

/* A method other than the default is somewhere in the file. */
static int
check_credentials(const struct config *c, const struct setting *root,
    struct why *why)
{
	const struct setting *method = option_find(root,
	    "directory.bind.method");

	if (c->bind_method == BIND_SIMPLE && c->bind_dn[0] == '\0')
		return (setting_error(method, why, "is \"simple\", which "
		    "needs directory.bind.dn"));
	if (c->bind_method == BIND_SIMPLE && c->password_file[0] == '\0')
		return (setting_error(method, why, "is \"simple\", which "
		    "needs directory.bind.password_file"));
	if (c->bind_method != BIND_SIMPLE && c->bind_dn[0] != '\0')
		return (setting_error(option_find(root, "directory.bind.dn"),
		    why, "\"%s\" is for nothing unless directory.bind.method "
		    "is \"simple\": say so, or leave it out", c->bind_dn));
	if (c->bind_method != BIND_SIMPLE && c->password_file[0] != '\0')
		return (setting_error(option_find(root,
		    "directory.bind.password_file"), why, "is for nothing "
		    "unless directory.bind.method is \"simple\": say so, or "
		    "leave it out"));
	return (0);
}

/* Elsewhere EXTERNAL means a certificate of one's own. */
static int
check_external(const struct config *c, const struct setting *root,
    struct why *why)
{
	size_t i;

	for (i = 0; i < c->uris.n && c->bind_method == BIND_EXTERNAL; i++)
		if (!configuri_socket(c->uris.v[i]))
			return (setting_error(setting_at(option_find(root,
			    "directory.uris"), i), why, "\"%s\" cannot be "
			    "had with directory.bind.method = \"external\", "
			    "which is for ldapi:// only: use \"simple\"",
			    c->uris.v[i]));
	return (0);
}

/* ---- all checks ------------------------------------------------------- */

static int (*const checks[])(const struct config *, const struct setting *,
    struct why *) = {
	check_role, check_ages, check_filters, check_bases, check_servers,
	check_privacy, check_credentials, check_external
};

int
configcheck_all(const struct config *c, const struct setting *root,
    struct why *why)
{
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i](c, root, why) != 0)
			return (-1);
	return (0);
}

/* The file holds no secret; no error shows its value. */
int
configcheck_names(const struct setting *root, struct why *why)
{
	const struct setting *s = option_find(root,
	    "directory.bind.password");

	if (s == NULL)
		return (0);
	return (setting_error(s, why, "is not a known name: a password does "
	    "not belong here; let a file hold it, and name that in "
	    "`password_file'"));
}
