#ifndef ENTRY_H
#define ENTRY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * entry: one directory entry as a source gives it: a DN, attributes, values.
 *
 * Plain values, lent by the source for the time of one call.  Values are
 * bytes with a length and also NUL-terminated; they may hold NULs.
 */

struct entry_value {
	const char *s;
	size_t len;
};

struct entry_attr {
	const char *name;	/* as written, options (;lang-de) included */
	const struct entry_value *values;
	size_t nvalues;
};

struct entry {
	const char *dn;		/* as written */
	size_t dn_len;
	const struct entry_attr *attrs;
	size_t nattrs;
};

/**
 * entry_name_is(written, name):
 * Is the attribute ${written}, its options aside, the one called ${name}?
 * Case does not matter (RFC 4512 section 1.4).
 */
bool entry_name_is(const char *, const char *);

/* A walk over all values of one attribute, whatever its options. */
struct entry_cursor {
	const struct entry *entry;
	const char *name;
	size_t next_attr;
	size_t next_value;
	const char *written;	/* the name of the value last returned */
};

/**
 * entry_values(cursor, entry, name), entry_next(cursor):
 * Begin a walk; each call of entry_next gives one more value, then NULL.
 */
void entry_values(struct entry_cursor *, const struct entry *, const char *);
const struct entry_value *entry_next(struct entry_cursor *);

/** entry_count(entry, name): how many values the attribute has. */
size_t entry_count(const struct entry *, const char *);

#endif /* !ENTRY_H */
