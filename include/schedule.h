#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * schedule: when a source is to be read completely.
 *
 * Now and then anyway (full_refresh); after a failure again, with back-off;
 * and, when something else calls for it, not right after the last time.  Time
 * is an argument (milliseconds of clock_ms).  Pure functions; any thread.
 */

enum {
	SCHEDULE_BACKOFF_MIN_MS = 1000,
	SCHEDULE_BACKOFF_MAX_MS = 60 * 60 * 1000,
	SCHEDULE_REST_MIN_MS = 5000,	/* and ten times as long as it took */
	SCHEDULE_SOON_MS = 10 * 60 * 1000
};

struct schedule {
	int64_t interval_ms;
	int64_t due_ms;
	int64_t backoff_ms;	/* after the next failure */
	bool overdue;		/* the last one failed */
	int64_t rested_ms;	/* not before that, unless it is due */
};

/**
 * schedule_init(schedule, interval_ms, age_s, now):
 * One is due ${interval_ms} after the last one, which was ${age_s} ago
 * (INT64_MAX: never): a feed that is started often must not put it off.
 */
void schedule_init(struct schedule *, int64_t, int64_t, int64_t);

/** schedule_due(schedule, now): is it time for one? */
bool schedule_due(const struct schedule *, int64_t);

/** schedule_rested(schedule, now): may there be one already that is not due? */
bool schedule_rested(const struct schedule *, int64_t);

/** schedule_done(schedule, began, now): there was one. */
void schedule_done(struct schedule *, int64_t, int64_t);

/** schedule_failed(schedule, now): one has failed. */
void schedule_failed(struct schedule *, int64_t);

/** schedule_soon(schedule, now): make one due SCHEDULE_SOON_MS from now, if it
 * would be later. */
void schedule_soon(struct schedule *, int64_t);

/** schedule_put_off(schedule, now): none for an interval. */
void schedule_put_off(struct schedule *, int64_t);

#endif /* !SCHEDULE_H */
