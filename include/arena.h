#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

/*
 * arena: memory that is given back all at once.
 *
 * Whatever one decision, one LDAP entry or one configuration needs is taken
 * from one arena; there is no free() of single pieces.  An arena belongs to
 * one thread at a time.  The struct may live on the stack.
 */

struct arena_block;

struct arena {
	struct arena_block *blocks;	/* newest first */
};

/** arena_init(a): make ${a} an empty arena.  Allocates nothing. */
void arena_init(struct arena *);

/**
 * arena_alloc(a, size):
 * Return ${size} zeroed bytes, aligned for any type, that live until
 * arena_reset or arena_free; NULL when memory is short or ${size} is absurd.
 * A ${size} of 0 gives a valid pointer.
 */
void *arena_alloc(struct arena *, size_t);

/** arena_array(a, n, size): arena_alloc of n * size, checked for overflow. */
void *arena_array(struct arena *, size_t, size_t);

/** arena_strndup(a, s, len): a NUL-terminated copy of ${len} bytes, or NULL. */
char *arena_strndup(struct arena *, const char *, size_t);

/** arena_strdup(a, s): the same for a whole string. */
char *arena_strdup(struct arena *, const char *);

/** arena_reset(a): forget all content, keep one block for the next use. */
void arena_reset(struct arena *);

/** arena_free(a): give everything back; ${a} is empty and usable again. */
void arena_free(struct arena *);

#endif /* !ARENA_H */
