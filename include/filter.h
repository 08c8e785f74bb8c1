#ifndef FILTER_H
#define FILTER_H

#include "arena.h"

/*
 * filter: LDAP search filters as text (RFC 4515).
 *
 * Pure functions; any thread.
 */

/**
 * filter_wrong(text):
 * What is wrong with it, in words for an error message ("a parenthesis is
 * missing at its end"); NULL if it reads.  Nesting beyond 64 levels is wrong.
 */
const char *filter_wrong(const char *);

/**
 * filter_or(arena, filters, n):
 * One that holds where any of the ${n} (at least one) holds; NULL when memory
 * is short.
 */
const char *filter_or(struct arena *, const char *const *, size_t);

#endif /* !FILTER_H */
