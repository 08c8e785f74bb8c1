#include <pthread.h>
#include <stdlib.h>

#include "log.h"
#include "refusals.h"
#include "repeats.h"

struct refusals {
	struct repeats repeats;
	unsigned long limit;
	struct refusals *next, *prev;
};

/* All that are open. */
static struct {
	pthread_mutex_t lock;	/* guards first, the links, every repeats */
	struct refusals *first;
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct refusals *
refusals_open(unsigned long limit)
{
	struct refusals *r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	repeats_init(&r->repeats);
	r->limit = limit;
	pthread_mutex_lock(&all.lock);
	r->next = all.first;
	if (r->next != NULL)
		r->next->prev = r;
	all.first = r;
	pthread_mutex_unlock(&all.lock);
	return (r);
}

static void
write_sums(struct repeats_sum *sums, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		log_line(LOG_SEV_NOTICE, "%s repeats=%lu", sums[i].line,
		    sums[i].n);
		free(sums[i].line);
	}
}

/* What refusals agree in that count as identical. */
static uint64_t
kind_of(const struct line *line)
{
	uint64_t h = 0;

	h = repeats_hash(h, verdict_word(line->word));
	h = repeats_hash(h, verdict_reason(line->reason));
	h = repeats_hash(h, line->client);
	h = repeats_hash(h, line->login);
	h = repeats_hash(h, line->from);
	return (repeats_hash(h, line->rule));
}

void
refusals_log(struct refusals *r, const struct line *line)
{
	char text[LINE_MAX_LEN];
	struct repeats_sum gave_way;
	bool now;

	line_format(line, text, sizeof(text));
	pthread_mutex_lock(&all.lock);
	now = repeats_see(&r->repeats, kind_of(line), r->limit, text,
	    &gave_way);
	pthread_mutex_unlock(&all.lock);
	write_sums(&gave_way, gave_way.line != NULL);
	if (now)
		log_text(LOG_SEV_NOTICE, text);
}

static unsigned
take_out(struct refusals *r, struct repeats_sum sums[REPEATS_KINDS])
{
	unsigned n;

	pthread_mutex_lock(&all.lock);
	if (r->next != NULL)
		r->next->prev = r->prev;
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		all.first = r->next;
	n = repeats_close(&r->repeats, sums);
	pthread_mutex_unlock(&all.lock);
	return (n);
}

void
refusals_close(struct refusals *r)
{
	struct repeats_sum sums[REPEATS_KINDS];

	if (r == NULL)
		return;
	write_sums(sums, take_out(r, sums));
	free(r);
}

/* The sums of one connection that has some; 0: there is none left. */
static unsigned
next_sums(struct repeats_sum sums[REPEATS_KINDS])
{
	struct refusals *r;
	unsigned n = 0;

	pthread_mutex_lock(&all.lock);
	for (r = all.first; r != NULL && n == 0; r = r->next)
		n = repeats_close(&r->repeats, sums);
	pthread_mutex_unlock(&all.lock);
	return (n);
}

void
refusals_finish(void)
{
	struct repeats_sum sums[REPEATS_KINDS];
	unsigned n;

	while ((n = next_sums(sums)) > 0)
		write_sums(sums, n);
}
