#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

/*
 * nearest: the known name that somebody probably meant who typed another.
 *
 * Pure functions; any thread.
 */

/**
 * nearest_distance(a, b):
 * How many letters must be inserted, left out, replaced or exchanged with
 * their neighbour to make ${b} of ${a}; case and the difference between - and _
 * do not count.  Names of more than NEAREST_NAME_MAX bytes are infinitely far
 * from each other.
 */
enum { NEAREST_NAME_MAX = 64, NEAREST_FAR = 255 };
unsigned nearest_distance(const char *, const char *);

/**
 * nearest_of(name, names, n):
 * The one of ${names} that is nearest to ${name}, the first of several; NULL if
 * none is near enough to be meant: at most one error in three letters.
 */
const char *nearest_of(const char *, const char *const *, size_t);

#endif /* !NEAREST_H */
