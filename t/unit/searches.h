#ifndef SEARCHES_H
#define SEARCHES_H

#include "config.h"
#include "suite.h"

/*
 * searches: the bases and maps of a usual configuration.
 */

#define BIT(search)	(1U << SEARCH_##search)
#define PEOPLE	"ou=people,dc=example,dc=com"
#define RELAY	"ou=relay,dc=example,dc=com"

/** searches_fill(config): give each search its base and map. */
static inline void
searches_fill(struct config *config)
{
	static const struct {
		enum kind kind;
		const char *base;
	} bases[SEARCHES] = {
		[SEARCH_ACCOUNTS] = { KIND_ACCOUNT, PEOPLE },
		[SEARCH_NETWORKS] = { KIND_NETWORK, RELAY },
		[SEARCH_DOMAINS] = { KIND_DOMAIN, RELAY },
		[SEARCH_GROUPS] = { KIND_GROUP, "dc=example,dc=com" },
		[SEARCH_OVERRIDES] = { KIND_DENY, "" }
	};
	struct config_search *s;
	int i;

	for (i = 0; i < SEARCHES; i++) {
		s = &config->searches[i];
		s->base = bases[i].base;
		if (i != SEARCH_NETWORKS && i != SEARCH_OVERRIDES)
			ck_assert_int_eq(attrmap_preset("inetorgperson",
			    bases[i].kind, &s->map), 0);
	}
}

#endif /* !SEARCHES_H */
