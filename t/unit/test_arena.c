#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "suite.h"

static const size_t sizes[] = {
	0, 1, 15, 16, 17, 4095, 4096, 4097, 16384, 100000
};

START_TEST(gives_zeroed_aligned_bytes)
{
	struct arena a;
	unsigned char *p;
	size_t size = sizes[_i], i;
	int n;

	arena_init(&a);
	for (n = 0; n < 10; n++) {
		p = arena_alloc(&a, size);
		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
		for (i = 0; i < size; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_free(&a);
}
END_TEST

START_TEST(keeps_pieces_apart)
{
	enum { PIECES = 2000 };
	struct arena a;
	size_t *pieces[PIECES];
	size_t i, size;

	arena_init(&a);
	for (i = 0; i < PIECES; i++) {
		size = i % 100 == 0 ? 5000 : sizeof(size_t) * (1 + i % 7);
		pieces[i] = arena_alloc(&a, size);
		ck_assert_ptr_nonnull(pieces[i]);
		pieces[i][0] = i;
		pieces[i][size / sizeof(size_t) - 1] = i;
	}
	for (i = 0; i < PIECES; i++)
		ck_assert_uint_eq(pieces[i][0], i);
	arena_free(&a);
}
END_TEST

static const struct {
	const char *label;
	size_t n;
	size_t size;
} absurd[] = {
	{ "all memory", 1, SIZE_MAX },
	{ "more than half of it", 1, SIZE_MAX / 2 + 1 },
	{ "the product overflows", SIZE_MAX / 2 + 1, 2 },
	{ "the product overflows to little", SIZE_MAX / 16 + 2, 16 }
};

START_TEST(refuses_absurd_sizes)
{
	struct arena a;

	arena_init(&a);
	ck_assert_msg(arena_array(&a, absurd[_i].n, absurd[_i].size) == NULL,
	    "%s", absurd[_i].label);
	ck_assert_ptr_nonnull(arena_alloc(&a, 1));
	arena_free(&a);
}
END_TEST

START_TEST(gives_arrays)
{
	struct arena a;
	int *p;

	arena_init(&a);
	ck_assert_ptr_nonnull(arena_array(&a, 0, sizeof(int)));
	ck_assert_ptr_nonnull(arena_array(&a, SIZE_MAX, 0));
	ck_assert_ptr_nonnull(p = arena_array(&a, 1000, sizeof(int)));
	ck_assert_int_eq(p[999], 0);
	arena_free(&a);
}
END_TEST

START_TEST(copies_strings)
{
	struct arena a;
	char *copy;

	arena_init(&a);
	ck_assert_str_eq(arena_strdup(&a, ""), "");
	ck_assert_str_eq(arena_strdup(&a, "example"), "example");
	ck_assert_str_eq(arena_strndup(&a, "example", 4), "exam");
	ck_assert_ptr_nonnull(copy = arena_strndup(&a, "a\0b", 3));
	ck_assert_mem_eq(copy, "a\0b", 4);
	ck_assert_ptr_null(arena_strndup(&a, "a", SIZE_MAX));
	ck_assert_ptr_null(arena_strndup(&a, "a", SIZE_MAX - 1));
	arena_free(&a);
}
END_TEST

START_TEST(is_empty_and_usable_after_a_reset)
{
	struct arena a;
	char *p;
	int i;

	arena_init(&a);
	arena_reset(&a);
	for (i = 0; i < 100; i++) {
		ck_assert_ptr_nonnull(arena_alloc(&a, 1000));
		ck_assert_ptr_nonnull(arena_alloc(&a, 10000));
	}
	arena_reset(&a);
	ck_assert_ptr_nonnull(p = arena_alloc(&a, 1000));
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(p[i], 0);
	arena_free(&a);
	arena_free(&a);
	ck_assert_ptr_nonnull(arena_alloc(&a, 1));
	arena_free(&a);
}
END_TEST

/* A reset keeps a block, so that the next use asks for no memory. */
START_TEST(keeps_a_block_at_a_reset)
{
	struct arena a;
	struct arena_block *block;
	void *first;

	arena_init(&a);
	ck_assert_ptr_nonnull(first = arena_alloc(&a, 100));
	ck_assert_ptr_nonnull(block = a.blocks);
	arena_reset(&a);
	ck_assert_ptr_eq(a.blocks, block);
	ck_assert_ptr_eq(arena_alloc(&a, 100), first);
	ck_assert_ptr_eq(a.blocks, block);
	arena_free(&a);
}
END_TEST

/* A large piece must not cost the room that a block still has. */
START_TEST(goes_on_behind_a_large_piece)
{
	struct arena a;
	char *before, *behind;

	arena_init(&a);
	ck_assert_ptr_nonnull(before = arena_alloc(&a, 16));
	ck_assert_ptr_nonnull(arena_alloc(&a, 50000));
	ck_assert_ptr_nonnull(behind = arena_alloc(&a, 16));
	ck_assert_ptr_eq(behind, before + 16);
	arena_free(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("arena");

	suite_rows(s, gives_zeroed_aligned_bytes, ROWS(sizes));
	suite_one(s, keeps_pieces_apart);
	suite_rows(s, refuses_absurd_sizes, ROWS(absurd));
	suite_one(s, gives_arrays);
	suite_one(s, copies_strings);
	suite_one(s, is_empty_and_usable_after_a_reset);
	suite_one(s, keeps_a_block_at_a_reset);
	suite_one(s, goes_on_behind_a_large_piece);
	return (suite_run(s));
}
