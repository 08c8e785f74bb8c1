#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/*
 * clock: the only reader of time.  Tests link a scripted one instead.
 *
 * Any thread.
 */

enum { CLOCK_BOOT_ID_MAX = 37 };	/* a UUID with the NUL */

/* One reading. */
struct clock_reading {
	int64_t utc;		/* seconds since 1970-01-01T00:00:00Z */
	int64_t boot_ms;	/* since boot, suspend included
				   (CLOCK_BOOTTIME) */
	char boot_id[CLOCK_BOOT_ID_MAX];	/* which boot; never "" */
};

/** clock_read(r): read the clock. */
void clock_read(struct clock_reading *);

/** clock_ms(): milliseconds of a clock that never goes back, for waits and
 * back-off; of no meaning elsewhere. */
int64_t clock_ms(void);

/**
 * clock_age(then, now):
 * Seconds from ${then} to ${now}, rounded down: by boot time within a boot,
 * by wall clock across boots.  A ${then} in the future counts as too old:
 * INT64_MAX.
 */
int64_t clock_age(const struct clock_reading *, const struct clock_reading *);

#endif /* !CLOCK_H */
