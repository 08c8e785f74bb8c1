#ifndef ATTRSTATE_H
#define ATTRSTATE_H

#include <stdbool.h>
#include <stdint.h>

#include "attrtype.h"

/*
 * attrstate: is an entry in force?  What the rows of an attribute map say of
 * its status and its dates.
 *
 * Pure functions; any thread.
 */

/**
 * attrstate_enabled(reading, row):
 * What the status row says.  Every value must say enabled; what cannot be
 * read says disabled, and so do several values of a boolean or a bit mask.
 */
bool attrstate_enabled(struct attr_reading *, const struct attr_row *);

enum attrstate_date {
	DATE_NONE,		/* none there, or one that means "never" */
	DATE_SET,
	DATE_UNREADABLE		/* also several values */
};

/**
 * attrstate_date(reading, row, meaning, t):
 * The date of a row.  ${meaning} is what an unreadable one comes to, in
 * words.
 */
enum attrstate_date attrstate_date(struct attr_reading *,
    const struct attr_row *, const char *, int64_t *);

#endif /* !ATTRSTATE_H */
