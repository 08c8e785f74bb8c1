#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "filter.h"
#include "ldapquery.h"
#include "schema.h"

#define BIT(search)	(1U << (search))

enum {
	/* Overrides never come from a server. */
	ASKED = SEARCH_OVERRIDES,

	/* What is found by the classes of the own schema, and lies side by
	 * side as a rule. */
	BY_CLASS = BIT(SEARCH_NETWORKS) | BIT(SEARCH_DOMAINS),

	/* Parts of a filter that are the schema's, at most: see the table. */
	OWN_PARTS = 3
};

/* What a search without a filter of its own asks for: any of these. */
static const struct {
	enum kind kind;
	unsigned roles;			/* 1 << enum attr_role */
	const char *own;		/* attribute, or NULL */
	const char *classes[2];		/* or NULL */
} asked[ASKED] = {
	[SEARCH_ACCOUNTS] = { KIND_ACCOUNT,
	    1U << MAP_LOGIN | 1U << MAP_ADDRESS, RELAY_LOGIN,
	    { "relayAccount", NULL } },
	[SEARCH_NETWORKS] = { KIND_NETWORK, 0, NULL,
	    { "relayNetwork", "relayNetworkAux" } },
	[SEARCH_DOMAINS] = { KIND_DOMAIN, 1U << MAP_NAME, NULL,
	    { "relayDomain", "relayDomainAux" } },
	[SEARCH_GROUPS] = { KIND_GROUP, 1U << MAP_MEMBER, RELAY_MEMBER,
	    { "relayGroup", NULL } }
};

/* ---- lists ------------------------------------------------------------- */

/* Texts of which none is there twice, whatever their case. */
struct list {
	struct arena *arena;
	const char **v;
	size_t n;
	bool no_memory;
};

static struct list
list_new(struct arena *arena, size_t most)
{
	struct list list = { .arena = arena };

	list.v = arena_array(arena, most, sizeof(*list.v));
	list.no_memory = list.v == NULL;
	return (list);
}

static void
list_add(struct list *list, const char *text)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (strcasecmp(list->v[i], text) == 0)
			return;
	list->v[list->n++] = text;
}

/* ---- filters ----------------------------------------------------------- */

/* Names come from the configuration, which takes only letters of names for
 * them: nothing needs escaping. */
static void
add_part(struct list *parts, const char *attr, const char *value)
{
	size_t size = sizeof("(=)") + strlen(attr) + strlen(value);
	char *part;

	if (parts->no_memory)
		return;
	if ((part = arena_alloc(parts->arena, size)) == NULL) {
		parts->no_memory = true;
		return;
	}
	snprintf(part, size, "(%s=%s)", attr, value);
	list_add(parts, part);
}

static void
add_parts(struct list *parts, const struct attrmap *map, enum search search)
{
	const char *const *classes = asked[search].classes;
	const struct attr_rows *rows;
	size_t i, role;

	for (role = 0; role < ATTR_ROLES; role++) {
		rows = &map->roles[role];
		if ((asked[search].roles & 1U << role) == 0)
			continue;
		for (i = 0; i < rows->n; i++)
			add_part(parts, rows->v[i].attr, "*");
	}
	if (asked[search].own != NULL)
		add_part(parts, asked[search].own, "*");
	for (i = 0; i < 2 && classes[i] != NULL; i++)
		add_part(parts, "objectClass", classes[i]);
}

static size_t
count_rows(const struct attrmap *map)
{
	size_t n = 0;
	int role;

	for (role = 0; role < ATTR_ROLES; role++)
		n += map->roles[role].n;
	return (n);
}

/* What these searches ask for by themselves; NULL when memory is short. */
static const char *
default_filter(const struct config *config, unsigned searches,
    struct arena *arena)
{
	struct list parts;
	size_t most = 0;
	int i;

	for (i = 0; i < ASKED; i++)
		if ((searches & BIT(i)) != 0)
			most += OWN_PARTS +
			    count_rows(&config->searches[i].map);
	parts = list_new(arena, most);
	for (i = 0; i < ASKED; i++)
		if ((searches & BIT(i)) != 0)
			add_parts(&parts, &config->searches[i].map,
			    (enum search)i);
	return (parts.no_memory ? NULL : filter_or(arena, parts.v, parts.n));
}

static bool
has_filter(const struct config *config, int search)
{

	return (config->searches[search].filter[0] != '\0');
}

/* ---- attributes -------------------------------------------------------- */

/* The lasting name of an entry, and what listing looks for; a server tells them
 * only when asked. */
static const char *const operational[] = { "entryUUID", "entryCSN" };
enum { OPERATIONAL = sizeof(operational) / sizeof(*operational) };

static int
attributes_of(const struct config *config, unsigned searches,
    struct arena *arena, const char *const **attrs)
{
	struct texts names[ASKED] = { { NULL, 0 } };
	struct list all;
	size_t j, most = OPERATIONAL + 1;	/* and the NULL at the end */
	int i;

	for (i = 0; i < ASKED; i++) {
		if ((searches & BIT(i)) != 0 &&
		    attrmap_attributes(&config->searches[i].map,
		    asked[i].kind, arena, &names[i]) == -1)
			return (-1);
		most += names[i].n;
	}
	all = list_new(arena, most);
	if (all.no_memory)
		return (-1);
	for (i = 0; i < ASKED; i++)
		for (j = 0; j < names[i].n; j++)
			list_add(&all, names[i].v[j]);
	for (j = 0; j < OPERATIONAL; j++)
		list_add(&all, operational[j]);
	*attrs = all.v;
	return (0);
}

/* ---- queries ----------------------------------------------------------- */

/* Are all of these found by their classes? */
static bool
by_class(const struct config *config, unsigned searches)
{
	int i;

	for (i = 0; i < ASKED; i++)
		if ((searches & BIT(i)) != 0 && has_filter(config, i))
			return (false);
	return ((searches & ~(unsigned)BY_CLASS) == 0);
}

/* Let a query that is there ask for the search, too. */
static int
join(const struct config *config, int search, struct arena *arena,
    struct ldapquery *query)
{

	query->searches |= BIT(search);
	if (by_class(config, query->searches))
		query->filter = default_filter(config, query->searches,
		    arena);
	return (query->filter != NULL ? 0 : -1);
}

static bool
joins(const struct config *config, int search, const char *filter,
    const struct ldapquery *query)
{

	return (strcmp(query->base, config->searches[search].base) == 0 &&
	    (strcmp(query->filter, filter) == 0 ||
	    by_class(config, query->searches | BIT(search))));
}

static int
add_search(const struct config *config, int search, struct arena *arena,
    struct ldapquery queries[SEARCHES], size_t *n)
{
	const char *filter = config->searches[search].filter;
	size_t i;

	if (!has_filter(config, search))
		filter = default_filter(config, BIT(search), arena);
	if (filter == NULL)
		return (-1);
	for (i = 0; i < *n; i++)
		if (joins(config, search, filter, &queries[i]))
			return (join(config, search, arena, &queries[i]));
	queries[(*n)++] = (struct ldapquery){ .searches = BIT(search),
	    .base = config->searches[search].base, .filter = filter };
	return (0);
}

int
ldapquery_list(const struct config *config, struct arena *arena,
    struct ldapquery queries[SEARCHES], size_t *n)
{
	size_t i;
	int search;

	*n = 0;
	for (search = 0; search < ASKED; search++)
		if (config->searches[search].configured &&
		    config_from_ldap(&config->searches[search]) &&
		    add_search(config, search, arena, queries, n) == -1)
			return (-1);
	for (i = 0; i < *n; i++)
		if (attributes_of(config, queries[i].searches, arena,
		    &queries[i].attrs) == -1)
			return (-1);
	return (0);
}
