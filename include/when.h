#ifndef WHEN_H
#define WHEN_H

#include <stddef.h>
#include <stdint.h>

/*
 * when: points in time and durations, as policy and configuration write them.
 *
 * A point in time is in whole seconds since 1970-01-01T00:00:00Z (int64_t),
 * fractions cut off.  All are UTC.  Years 0001 to 9999.  Pure functions; any
 * thread.
 */

#define WHEN_BEGINNING	INT64_MIN	/* before everything: "now" as a date */
#define WHEN_NEVER	INT64_MAX	/* after everything */

enum { WHEN_TEXT_MAX = 24 };	/* "2027-01-15T00:00:00Z" and the NUL */

/** when_generalized(s, len, t): GeneralizedTime (RFC 4517 3.3.13).  0 or -1. */
int when_generalized(const char *, size_t, int64_t *);

/** when_date(s, len, t): "2027-01-15T00:00:00Z" (RFC 3339, with any offset). */
int when_date(const char *, size_t, int64_t *);

/** when_days(s, len, t): days since 1970 (shadowExpire): that day's 00:00. */
int when_days(const char *, size_t, int64_t *);

/** when_filetime(s, len, t): 100 ns since 1601 (Active Directory). */
int when_filetime(const char *, size_t, int64_t *);

/**
 * when_duration(s, len, ms):
 * Read "500ms", "60s", "5m", "24h", "7d" or "2w" as milliseconds; a unit must
 * be there, 0 may stand without.  0 or -1 (also for what overflows).
 */
int when_duration(const char *, size_t, int64_t *);

/**
 * when_format(t, out):
 * Write ${t} as "2027-01-15T00:00:00Z"; WHEN_BEGINNING as "now", WHEN_NEVER
 * as "never".  Return ${out}.
 */
const char *when_format(int64_t, char[WHEN_TEXT_MAX]);

#endif /* !WHEN_H */
