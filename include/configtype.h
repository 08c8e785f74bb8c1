#ifndef CONFIGTYPE_H
#define CONFIGTYPE_H

#include "option.h"

/*
 * configtype: types of options whose values mean something to mail or to the
 * directory; each value is kept in its normal form.
 */

/* "unix:/path" (also written local:) or "inet:PORT@HOST".  const char * */
extern const struct option_type configtype_socket;

/* "ldap" or "ldif:/path".  const char * */
extern const struct option_type configtype_source;

/* The same, or "" for none.  const char * */
extern const struct option_type configtype_source_or_none;

/* "ldif:/path", or "" for none.  const char * */
extern const struct option_type configtype_ldif_or_none;

/* A DN, "" for the root, in normal form.  const char * */
extern const struct option_type configtype_base;

/* A search filter (filter.h), "" for none; as it is written.  const char * */
extern const struct option_type configtype_filter;

/* Who binds: a DN as it is written, since a server may tell the case of its
 * letters apart; "" for none.  const char * */
extern const struct option_type configtype_bind_dn;

/* An absolute path, or "" for none.  No error shows what is said instead: it
 * may be the password itself.  const char * */
extern const struct option_type configtype_password_file;

/* A domain in normal form, or "" for none.  const char * */
extern const struct option_type configtype_domain;

/* Domains in normal form, ".example.edu" for subdomains.  struct texts */
extern const struct option_type configtype_domains;

/* Realms: what follows the @ of a login, folded.  struct texts */
extern const struct option_type configtype_realms;

/* The same with what precedes the backslash. */
extern const struct option_type configtype_windows_domains;

/* One realm or "", folded.  const char * */
extern const struct option_type configtype_realm;

/* Bytes at which an address extension may begin.  const char * */
extern const struct option_type configtype_delimiters;

#endif /* !CONFIGTYPE_H */
