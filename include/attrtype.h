#ifndef ATTRTYPE_H
#define ATTRTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "entry.h"
#include "model.h"

/*
 * attrtype: the values of one attribute, read by the type that they are said
 * to have, and what is reported of those that cannot be read.
 *
 * Pure functions; any thread.
 */

enum attr_type {
	TYPE_ADDRESS,		/* one full address */
	TYPE_SMTP_ADDRESS,	/* with a prefix smtp: in any case; those with
				   another prefix are none of ours */
	TYPE_PATTERN,
	TYPE_LOGIN,
	TYPE_DN,		/* also with #'...'B at its end */
	TYPE_CLIENT,		/* an address or network */
	TYPE_DOMAIN,		/* two labels or more, a [literal], or with a
				   leading dot: its subdomains */
	TYPE_KEYWORD,		/* status: `enabled' lists what enables */
	TYPE_BOOLEAN,		/* status: TRUE/FALSE; `enabled' has one */
	TYPE_BITMASK,		/* status: a bit of `disabled_bits' disables */
	TYPE_PRESENCE,		/* status: being there says the opposite of
				   `absent_enabled' */
	TYPE_GENERALIZED,	/* dates */
	TYPE_DAYS,
	TYPE_FILETIME
};
enum { ATTR_TYPES = TYPE_FILETIME + 1 };

struct attr_row {
	const char *attr;	/* without options, any case */
	enum attr_type type;
	bool comma;		/* each value is a comma list of them; never
				   for statuses and dates */
	/* TYPE_PATTERN of MAP_RECIPIENT */
	const char *negative;	/* prefix of a negative value; "" or NULL */
	const char *local_only;	/* value meaning "no outbound mail"; likewise */
	/* status */
	struct texts enabled;	/* compared without case */
	bool absent_enabled;	/* what an entry without it is */
	unsigned long long disabled_bits;
	/* dates */
	struct texts never;	/* values that mean "no date" */
};

struct attr_rows {
	const struct attr_row *v;
	size_t n;
};

/* How the caller hears of values that could not be read. */
struct attr_report {
	void *ctx;
	/* ${attr} and ${value} are as written (the value may have any bytes);
	 * ${value} is "" for something that is missing; ${text} says what is
	 * wrong, what it means now, and the cure. */
	void (*problem)(void *ctx, const char *dn, const char *attr,
	    const char *value, size_t len, const char *text);
};

/* The reading of one entry. */
struct attr_reading {
	const struct entry *entry;
	const char *dn;			/* in normal form */
	struct arena *arena;		/* what is read goes there */
	const struct attr_report *report;
	bool no_memory;			/* once set, the reading is void */
};

/** attrtype_problem(reading, attr, value, format, ...): report it; ${value}
 * is NULL for something that is missing. */
void attrtype_problem(struct attr_reading *, const char *,
    const struct entry_value *, const char *, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * A list that grows as values are read; begin with attrtype_list.  ${meaning}
 * is what a value that cannot be read comes to, in words: "it matches
 * nothing".
 */
struct attr_list {
	const char *meaning;
	/* TYPE_CLIENT: bits beyond the prefix still mean the network (it
	 * refuses); else the value is unreadable. */
	bool host_bits;
	/* TYPE_PATTERN: the row's negative values and local_only hold. */
	bool recipients;
	/* TYPE_DOMAIN: a name with a leading dot is unreadable. */
	bool no_dot;

	bool present;		/* there was a value, readable or not */
	bool unreadable;	/* at least one was not */
	bool hollow;		/* TYPE_PATTERN: a value that is not negative
				   gave no pattern */
	size_t size;		/* of an element */
	unsigned char *v;
	size_t n;
	size_t max;
};

/** attrtype_list(size, meaning): an empty list of elements of that size. */
struct attr_list attrtype_list(size_t, const char *);

/**
 * attrtype_texts(reading, row, list):
 * Add the readable values of the row's attribute, in normal form, to a list
 * of const char *.  TYPE_LOGIN, TYPE_ADDRESS, TYPE_SMTP_ADDRESS, TYPE_DN,
 * TYPE_DOMAIN.
 */
void attrtype_texts(struct attr_reading *, const struct attr_row *,
    struct attr_list *);

/**
 * attrtype_patterns(reading, row, list):
 * The same for a list of struct pattern: TYPE_PATTERN, TYPE_ADDRESS,
 * TYPE_SMTP_ADDRESS.  A negative value that cannot be read becomes a negative
 * *: the list matches nothing.
 */
void attrtype_patterns(struct attr_reading *, const struct attr_row *,
    struct attr_list *);

/** attrtype_clients(reading, row, list): a list of struct cidr: TYPE_CLIENT. */
void attrtype_clients(struct attr_reading *, const struct attr_row *,
    struct attr_list *);

/**
 * attrtype_list_texts and so on: what a list came to, nothing in it twice
 * (patterns: as read).  Recipients of which only negative ones could be read
 * get a pattern that matches nothing, so that nobody takes them for a list
 * that allows all others.
 */
struct texts attrtype_list_texts(struct attr_reading *, struct attr_list *);
struct patterns attrtype_list_patterns(struct attr_reading *,
    struct attr_list *);
struct networks attrtype_list_networks(struct attr_reading *,
    struct attr_list *);

/** attrtype_value_is(value, word): the same but for case and outer spaces? */
bool attrtype_value_is(const struct entry_value *, const char *);

/** attrtype_bytes_wrong(value): what no value of any type may be (empty, with
 * a NUL), in words; else NULL. */
const char *attrtype_bytes_wrong(const struct entry_value *);

#endif /* !ATTRTYPE_H */
