#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { BLOCK_SIZE = 16 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

void
arena_init(struct arena *a)
{

	a->blocks = NULL;
}

static struct arena_block *
block_new(size_t size)
{
	struct arena_block *b;

	if (size > SIZE_MAX - sizeof(*b))
		return (NULL);
	if ((b = malloc(sizeof(*b) + size)) == NULL)
		return (NULL);
	b->next = NULL;
	b->used = 0;
	b->size = size;
	return (b);
}

/*
 * A large piece gets a block of its own behind the first one, so that the
 * room left in that one is not lost.
 */
static void *
block_own(struct arena *a, size_t size)
{
	struct arena_block *b;

	if ((b = block_new(size)) == NULL)
		return (NULL);
	b->used = size;
	if (a->blocks == NULL) {
		a->blocks = b;
	} else {
		b->next = a->blocks->next;
		a->blocks->next = b;
	}
	return (memset(b->bytes, 0, size));
}

void *
arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_block *b = a->blocks;
	void *p;

	if (size > SIZE_MAX / 2)
		return (NULL);
	size = (size + align - 1) / align * align;
	if (size > BLOCK_SIZE / 4)
		return (block_own(a, size));
	if (b == NULL || b->size - b->used < size) {
		if ((b = block_new(BLOCK_SIZE)) == NULL)
			return (NULL);
		b->next = a->blocks;
		a->blocks = b;
	}
	p = b->bytes + b->used;
	b->used += size;
	return (memset(p, 0, size));
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{

	if (size != 0 && n > SIZE_MAX / size)
		return (NULL);
	return (arena_alloc(a, n * size));
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy;

	if (len == SIZE_MAX || (copy = arena_alloc(a, len + 1)) == NULL)
		return (NULL);
	memcpy(copy, s, len);
	return (copy);
}

char *
arena_strdup(struct arena *a, const char *s)
{

	return (arena_strndup(a, s, strlen(s)));
}

static void
blocks_free(struct arena_block *b)
{
	struct arena_block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

void
arena_reset(struct arena *a)
{
	struct arena_block *b = a->blocks;

	if (b == NULL)
		return;
	blocks_free(b->next);
	b->next = NULL;
	b->used = 0;
}

void
arena_free(struct arena *a)
{

	blocks_free(a->blocks);
	a->blocks = NULL;
}
