#include "servers.h"

void
servers_init(struct servers *s, size_t n)
{
	size_t i;

	s->n = n;
	for (i = 0; i < n; i++)
		servers_well(s, i);
}

int
servers_next(const struct servers *s, size_t below, int64_t now)
{
	int again = -1;
	size_t i;

	for (i = 0; i < below && i < s->n; i++) {
		if (now < s->v[i].due_ms)
			continue;
		if (!s->v[i].failed)
			return ((int)i);
		if (again == -1)
			again = (int)i;
	}
	return (again);
}

static void
round_begin(struct servers *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		s->v[i].failed = false;
}

static bool
round_over(const struct servers *s)
{
	size_t i;

	for (i = 0; i < s->n && s->v[i].failed; i++)
		continue;
	return (i == s->n);
}

void
servers_failed(struct servers *s, size_t i, int64_t now, uint32_t chance)
{
	int64_t pause = s->v[i].backoff_ms;

	s->v[i].due_ms = now + pause * 3 / 4 + chance % (pause / 2 + 1);
	s->v[i].backoff_ms = pause * 2 < SERVERS_BACKOFF_MAX_MS ? pause * 2 :
	    SERVERS_BACKOFF_MAX_MS;
	s->v[i].failed = true;
	if (round_over(s))
		round_begin(s);
}

void
servers_well(struct servers *s, size_t i)
{

	s->v[i].due_ms = INT64_MIN;
	s->v[i].backoff_ms = SERVERS_BACKOFF_MIN_MS;
	round_begin(s);
}

void
servers_forgive(struct servers *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		s->v[i].due_ms = INT64_MIN;
	round_begin(s);
}
