#ifndef CONFIGURI_H
#define CONFIGURI_H

#include <stdbool.h>

#include "option.h"

/*
 * configuri: the LDAP servers of the configuration, as URIs.
 *
 *	ldap://HOST[:PORT]	ldaps://HOST[:PORT]	ldapi://%2Fpath
 *
 * HOST is a name or an address, IPv6 in brackets.  Nothing but one "/" may
 * follow; what else RFC 4516 has (base, filter, extensions) is an error, and
 * so is a user or password.  In normal form the scheme is in lower case, a
 * name as A-labels, an address in its usual text, the port always there, and a
 * path escaped in one way, so that equal servers are equal bytes.
 */

/* A list of servers, none of them twice, at most the option's max.
 * struct texts */
extern const struct option_type configuri_list;

/** configuri_socket(uri): does that (in normal form) begin with ldapi:? */
bool configuri_socket(const char *);

/**
 * configuri_exposed(uri):
 * Does what is said to that server (in normal form) cross a network readably
 * unless StartTLS is used?  True of ldap:// but for "localhost" and loopback
 * addresses.
 */
bool configuri_exposed(const char *);

#endif /* !CONFIGURI_H */
