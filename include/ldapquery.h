#ifndef LDAPQUERY_H
#define LDAPQUERY_H

#include <stddef.h>

#include "arena.h"
#include "config.h"

/*
 * ldapquery: the configuration's searches -> what is asked of an LDAP server.
 *
 * Each search that is followed costs the server something at every write, so
 * searches that ask for the same are sent as one: networks and domains of one
 * base with their default filters, or any of one base and filter.
 *
 * Pure but for the memory; any thread.
 */

struct ldapquery {
	unsigned searches;	/* 1 << enum search */
	const char *base;
	const char *filter;	/* RFC 4515 */
	const char *const *attrs;	/* all that the maps and the own schema
					   read, and entryUUID; each once,
					   NULL at the end; never all that an
					   entry has */
};

/**
 * ldapquery_list(config, arena, queries, n):
 * Fill in what the searches of the LDAP source ask.  A search without a filter
 * of its own asks for what its map can make something of: accounts for any
 * attribute of the roles login and address, relayLogin, or objectClass
 * relayAccount; networks and domains for their object classes (domains also
 * for the map's name); groups for any attribute of the role member,
 * relayMember, or objectClass relayGroup.  Return 0, or -1 when memory is
 * short.
 */
int ldapquery_list(const struct config *, struct arena *,
    struct ldapquery[SEARCHES], size_t *);

#endif /* !LDAPQUERY_H */
