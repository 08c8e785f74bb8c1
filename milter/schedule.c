#include "schedule.h"

void
schedule_init(struct schedule *s, int64_t interval_ms, int64_t age_s,
    int64_t now)
{

	s->interval_ms = interval_ms;
	s->due_ms = age_s >= interval_ms / 1000 ? now :
	    now + interval_ms - age_s * 1000;
	s->backoff_ms = SCHEDULE_BACKOFF_MIN_MS;
	s->overdue = false;
	s->rested_ms = now;
}

bool
schedule_due(const struct schedule *s, int64_t now)
{

	return (now >= s->due_ms);
}

bool
schedule_rested(const struct schedule *s, int64_t now)
{

	return (now >= s->rested_ms);
}

void
schedule_done(struct schedule *s, int64_t began, int64_t now)
{

	s->due_ms = began + s->interval_ms;
	s->backoff_ms = SCHEDULE_BACKOFF_MIN_MS;
	s->overdue = false;
	s->rested_ms = now + SCHEDULE_REST_MIN_MS + 10 * (now - began);
}

void
schedule_failed(struct schedule *s, int64_t now)
{

	s->due_ms = now + s->backoff_ms;
	s->backoff_ms = s->backoff_ms * 2 < SCHEDULE_BACKOFF_MAX_MS ?
	    s->backoff_ms * 2 : SCHEDULE_BACKOFF_MAX_MS;
	s->overdue = true;
}

void
schedule_soon(struct schedule *s, int64_t now)
{

	if (s->due_ms > now + SCHEDULE_SOON_MS)
		s->due_ms = now + SCHEDULE_SOON_MS;
}

void
schedule_put_off(struct schedule *s, int64_t now)
{

	s->due_ms = now + s->interval_ms;
}
