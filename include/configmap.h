#ifndef CONFIGMAP_H
#define CONFIGMAP_H

#include "attrmap.h"
#include "option.h"

/*
 * configmap: the `map' groups of the configuration: which attributes a role is
 * read from (attrmap.h).
 *
 *	login = [ "uid", "mail" ];	names only: the preset's type
 *	login = "uid";			one of them
 *	status = ( { attr = "accountStatus"; type = "keyword";
 *	    enabled = [ "active" ]; absent = "disabled"; } );
 *
 * A role that is written replaces the preset's rows of it; an empty list leaves
 * it without any.  A member of a row that means nothing for its type is an
 * error, and so is one that the type cannot do without.
 */

/* Types of options; they write a struct attrmap that already holds what the
 * preset says. */
extern const struct option_type configmap_accounts;
extern const struct option_type configmap_domains;
extern const struct option_type configmap_groups;

/** configmap_digest(h, map): mix in all that the map says. */
uint64_t configmap_digest(uint64_t, const struct attrmap *);

#endif /* !CONFIGMAP_H */
