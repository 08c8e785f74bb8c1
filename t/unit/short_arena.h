#ifndef SHORT_ARENA_H
#define SHORT_ARENA_H

#include <check.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

/*
 * short_arena: an arena that takes the place of the real one at link time and
 * fails at the n-th allocation.  Each piece is a block of its own, so that
 * ASan sees every step beyond it.
 */

struct arena_block {
	struct arena_block *next;
	max_align_t bytes[];
};

static int allocations;
static int fail_at;	/* 0: never */

void
arena_init(struct arena *a)
{

	a->blocks = NULL;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b;

	if (++allocations == fail_at)
		return (NULL);
	b = calloc(1, sizeof(*b) + size);
	ck_assert_ptr_nonnull(b);
	b->next = a->blocks;
	a->blocks = b;
	return (b->bytes);
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{

	return (arena_alloc(a, n * size));
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	return (copy == NULL ? NULL : memcpy(copy, s, len));
}

char *
arena_strdup(struct arena *a, const char *s)
{

	return (arena_strndup(a, s, strlen(s)));
}

void
arena_reset(struct arena *a)
{

	arena_free(a);
}

void
arena_free(struct arena *a)
{
	struct arena_block *next;

	for (; a->blocks != NULL; a->blocks = next) {
		next = a->blocks->next;
		free(a->blocks);
	}
}

#endif /* !SHORT_ARENA_H */
