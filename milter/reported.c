#include <stdlib.h>

#include "digest.h"
#include "reported.h"

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return ((*x > *y) - (*x < *y));
}

static bool
has(const struct reported_set *set, uint64_t digest)
{

	return (bsearch(&digest, set->v, set->n, sizeof(set->v[0]),
	    compare) != NULL);
}

static void
add(struct reported_set *set, uint64_t digest)
{

	if (set->n < sizeof(set->v) / sizeof(set->v[0]))
		set->v[set->n++] = digest;
}

void
reported_begin(struct reported *r)
{

	if (r != NULL)
		r->now.n = r->now.values = 0;
}

bool
reported_value(struct reported *r, uint64_t digest)
{

	if (r == NULL)
		return (true);
	if (r->now.values < REPORTED_VALUES) {
		r->now.values++;
		add(&r->now, digest);
	}
	return (r->before.values < REPORTED_VALUES &&
	    !has(&r->before, digest));
}

bool
reported_line(struct reported *r, const char *text)
{
	uint64_t digest;

	if (r == NULL)
		return (true);
	digest = digest_text(0, text);
	add(&r->now, digest);
	return (!has(&r->before, digest));
}

static void
sort(struct reported_set *set)
{

	qsort(set->v, set->n, sizeof(set->v[0]), compare);
}

/* What the reading has not come to is not forgotten. */
static void
merge(struct reported_set *before, const struct reported_set *now)
{
	const struct reported_set old = *before;
	size_t i;

	for (i = 0; i < now->n; i++)
		if (!has(&old, now->v[i]))
			add(before, now->v[i]);
	if (before->values < now->values)
		before->values = now->values;
}

void
reported_end(struct reported *r, bool complete)
{

	if (r == NULL)
		return;
	if (complete)
		r->before = r->now;
	else
		merge(&r->before, &r->now);
	sort(&r->before);
}
