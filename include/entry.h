#ifndef ENTRY_H
#define ENTRY_H

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

#endif /* !ENTRY_H */
