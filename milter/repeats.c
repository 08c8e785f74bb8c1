#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "repeats.h"

void
repeats_init(struct repeats *r)
{

	r->n = 0;
}

static struct repeats_kind *
kind_find(struct repeats *r, uint64_t hash)
{
	unsigned i;

	for (i = 0; i < r->n; i++)
		if (r->kinds[i].hash == hash)
			return (&r->kinds[i]);
	return (NULL);
}

static struct repeats_sum
kind_sum(const struct repeats_kind *k)
{

	return ((struct repeats_sum){ k->line, k->suppressed });
}

static struct repeats_kind *
kind_new(struct repeats *r, uint64_t hash, struct repeats_sum *gave_way)
{
	struct repeats_kind *k;

	if (r->n == REPEATS_KINDS) {
		*gave_way = kind_sum(&r->kinds[0]);
		r->n--;
		memmove(&r->kinds[0], &r->kinds[1],
		    r->n * sizeof(r->kinds[0]));
	}
	k = &r->kinds[r->n++];
	k->hash = hash;
	k->written = 0;
	k->suppressed = 0;
	k->line = NULL;
	return (k);
}

/*
 * Without memory the line before it stands for this one too; without that
 * one the refusal has to be written.
 */
static bool
kind_suppress(struct repeats_kind *k, const char *line)
{
	char *copy = strdup(line);

	if (copy == NULL && k->line == NULL)
		return (false);
	if (copy != NULL) {
		free(k->line);
		k->line = copy;
	}
	k->suppressed++;
	return (true);
}

bool
repeats_see(struct repeats *r, uint64_t hash, unsigned long limit,
    const char *line, struct repeats_sum *gave_way)
{
	struct repeats_kind *k;

	*gave_way = (struct repeats_sum){ NULL, 0 };
	if (limit == 0)
		return (true);
	if ((k = kind_find(r, hash)) == NULL)
		k = kind_new(r, hash, gave_way);
	if (k->written >= limit)
		return (!kind_suppress(k, line));
	k->written++;
	return (true);
}

unsigned
repeats_close(struct repeats *r, struct repeats_sum sums[REPEATS_KINDS])
{
	unsigned i, n = 0;

	for (i = 0; i < r->n; i++)
		if (r->kinds[i].line != NULL)
			sums[n++] = kind_sum(&r->kinds[i]);
	r->n = 0;
	return (n);
}

uint64_t
repeats_hash(uint64_t h, const char *s)
{

	return (digest_text(h == 0 ? DIGEST_BEGIN : h, s == NULL ? "" : s));
}
