#include <stdlib.h>

#include "sorter.h"

enum { RUN_PAIRS = 64 * 1024 };

struct run {
	struct sorter_pair *v;
	size_t n;
	size_t at;		/* next to be taken */
	bool sorted;
};

struct sorter {
	struct run *runs;
	size_t nruns;
	size_t size;		/* of runs[] and heap[] */
	struct run **heap;	/* runs with pairs left, smallest on top */
	size_t nheap;
	bool taken;		/* `last' is valid */
	struct sorter_pair last;
};

struct sorter *
sorter_new(void)
{

	return (calloc(1, sizeof(struct sorter)));
}

void
sorter_free(struct sorter *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->nruns; i++)
		free(s->runs[i].v);
	free(s->runs);
	free(s->heap);
	free(s);
}

static int
pair_compare(const struct sorter_pair *x, const struct sorter_pair *y)
{

	if (x->a != y->a)
		return (x->a < y->a ? -1 : 1);
	return ((x->b > y->b) - (x->b < y->b));
}

static int
pair_compare_void(const void *x, const void *y)
{

	return (pair_compare(x, y));
}

static void
run_sort(struct run *run)
{

	if (!run->sorted)
		qsort(run->v, run->n, sizeof(*run->v), pair_compare_void);
	run->sorted = true;
}

/* Room for one more run in both arrays. */
static int
sorter_grow(struct sorter *s)
{
	size_t size = s->size == 0 ? 16 : s->size * 2;
	struct run *runs;
	struct run **heap;

	if (s->nruns < s->size)
		return (0);
	if ((runs = reallocarray(s->runs, size, sizeof(*runs))) == NULL)
		return (-1);
	s->runs = runs;
	if ((heap = reallocarray(s->heap, size, sizeof(*heap))) == NULL)
		return (-1);
	s->heap = heap;
	s->size = size;
	return (0);
}

static int
run_open(struct sorter *s)
{
	struct run run = { NULL, 0, 0, false };

	if (sorter_grow(s) == -1)
		return (-1);
	if ((run.v = calloc(RUN_PAIRS, sizeof(*run.v))) == NULL)
		return (-1);
	s->runs[s->nruns++] = run;
	return (0);
}

int
sorter_add(struct sorter *s, uint64_t a, uint64_t b)
{
	struct run *run;

	s->nheap = 0;
	if (s->nruns == 0 || s->runs[s->nruns - 1].n == RUN_PAIRS)
		if (run_open(s) == -1)
			return (-1);
	run = &s->runs[s->nruns - 1];
	run->v[run->n].a = a;
	run->v[run->n].b = b;
	run->sorted = false;
	if (++run->n == RUN_PAIRS)
		run_sort(run);
	return (0);
}

static bool
heap_less(const struct sorter *s, size_t x, size_t y)
{
	const struct run *p = s->heap[x], *q = s->heap[y];

	return (pair_compare(&p->v[p->at], &q->v[q->at]) < 0);
}

static void
heap_sink(struct sorter *s, size_t i)
{
	struct run *run;
	size_t child;

	for (; (child = 2 * i + 1) < s->nheap; i = child) {
		if (child + 1 < s->nheap && heap_less(s, child + 1, child))
			child++;
		if (!heap_less(s, child, i))
			return;
		run = s->heap[i];
		s->heap[i] = s->heap[child];
		s->heap[child] = run;
	}
}

void
sorter_begin(struct sorter *s)
{
	size_t i;

	s->nheap = 0;
	s->taken = false;
	for (i = 0; i < s->nruns; i++) {
		run_sort(&s->runs[i]);
		s->runs[i].at = 0;
		s->heap[s->nheap++] = &s->runs[i];
	}
	for (i = s->nheap; i-- > 0;)
		heap_sink(s, i);
}

/* The top of the heap, taken off. */
static struct sorter_pair
heap_take(struct sorter *s)
{
	struct run *run = s->heap[0];
	struct sorter_pair pair = run->v[run->at++];

	if (run->at == run->n)
		s->heap[0] = s->heap[--s->nheap];
	heap_sink(s, 0);
	return (pair);
}

bool
sorter_next(struct sorter *s, struct sorter_pair *pair)
{

	while (s->nheap > 0) {
		*pair = heap_take(s);
		if (s->taken && pair_compare(pair, &s->last) == 0)
			continue;
		s->taken = true;
		s->last = *pair;
		return (true);
	}
	return (false);
}
