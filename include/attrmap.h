#ifndef ATTRMAP_H
#define ATTRMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "attrreader.h"
#include "attrtype.h"
#include "entry.h"
#include "model.h"

/*
 * attrmap: directory values -> the model's types (spec section 2).
 *
 * A map says for each role which attributes it is read from, and what type
 * their values have: nothing is guessed.  A preset fills the maps for a known
 * schema, the configuration may replace any role.  The relay... attributes of
 * the own schema are honoured beside every map.
 *
 * A value that cannot be read never widens access: this module turns each
 * into its meaning (spec section 2, the table) and reports it.
 *
 * Pure functions; any thread.
 */

enum attr_role {
	MAP_LOGIN,
	MAP_ADDRESS,
	MAP_SENDER,
	MAP_RECIPIENT,
	MAP_CLIENT,
	MAP_STATUS,
	MAP_NOT_BEFORE,
	MAP_NOT_AFTER,
	MAP_DELEGATE,
	MAP_GROUP,
	MAP_MEMBER,		/* groups only */
	MAP_NAME,		/* domains only */
	MAP_ALIAS		/* domains only */
};
enum { ATTR_ROLES = MAP_ALIAS + 1 };

struct attrmap {
	struct attr_rows roles[ATTR_ROLES];
};

/** attrmap_role_name(role): "login", "not_before", ... */
const char *attrmap_role_name(enum attr_role);

/** attrmap_role_allowed(role, kind): may a map of this kind have the role? */
bool attrmap_role_allowed(enum attr_role, enum kind);

/** attrmap_type_name(type), attrmap_type_find(name): "address",
 * "smtp-address", "pattern", "login", "dn", "client", "domain", "keyword",
 * "boolean", "bitmask", "presence", "generalizedtime", "days", "filetime";
 * -1 if there is none of that name. */
const char *attrmap_type_name(enum attr_type);
int attrmap_type_find(const char *);

/** attrmap_type_allowed(type, role): can a row of that role have the type? */
bool attrmap_type_allowed(enum attr_type, enum attr_role);

/**
 * attrmap_preset(name, kind, map):
 * Fill ${map} with what the preset says for that kind.  Return 0, or -1 if
 * there is no preset of that name.  "inetorgperson" is the default one: login
 * uid; address mail; member member, uniqueMember (DN), memberUid (login).
 */
int attrmap_preset(const char *, enum kind, struct attrmap *);

/**
 * attrmap_default_row(map, role, row):
 * The row that a bare attribute name in the configuration's map gets: the
 * type of the preset's first row for the role, else the role's usual type.
 */
void attrmap_default_row(const struct attrmap *, enum attr_role,
    struct attr_row *);

/**
 * attrmap_attributes(map, kind, arena, names):
 * Every attribute that reading an entry of that kind looks at: objectClass,
 * those of the map (which may be NULL), those of the own schema that its class
 * allows; in that order.  Each once, whatever its case; lent by map and schema.
 * Return 0, or -1 when memory is short.
 */
int attrmap_attributes(const struct attrmap *, enum kind, struct arena *,
    struct texts *);

/**
 * attrmap_account(map, entry, ldif, arena, report, account):
 * An entry that yields a login or an address.  ${ldif}: no server has checked
 * the schema, so relay... attributes that are not in it count as unreadable.
 * The DN must normalise (the source has seen to that).
 */
enum attr_result attrmap_account(const struct attrmap *, const struct entry *,
    bool, struct arena *, const struct attr_report *, struct account *);

/** attrmap_network: an entry with objectClass relayNetwork(Aux). */
enum attr_result attrmap_network(const struct entry *, bool, struct arena *,
    const struct attr_report *, struct network *);

/** attrmap_domain: relayDomain(Aux), or what the map's name role yields; a
 * disabled one is ATTR_NONE. */
enum attr_result attrmap_domain(const struct attrmap *, const struct entry *,
    bool, struct arena *, const struct attr_report *, struct domain *);

/** attrmap_group: an entry with members, or of objectClass relayGroup. */
enum attr_result attrmap_group(const struct attrmap *, const struct entry *,
    bool, struct arena *, const struct attr_report *, struct group *);

/**
 * attrmap_override_network, attrmap_override_account:
 * Entries of the overrides file: relayNetwork with deny, relayAccount with
 * relayAccess deny.  Whatever else an entry there says is reported and means
 * nothing: overrides can only deny.
 */
enum attr_result attrmap_override_network(const struct entry *,
    struct arena *, const struct attr_report *, struct network *);
enum attr_result attrmap_override_account(const struct entry *,
    struct arena *, const struct attr_report *, struct deny *);

#endif /* !ATTRMAP_H */
