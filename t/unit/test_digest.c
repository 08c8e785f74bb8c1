#include "digest.h"
#include "suite.h"

/* Things that must not be taken for each other. */
static uint64_t
row(int i)
{
	uint64_t h = DIGEST_BEGIN;

	switch (i) {
	case 0:
		return (h);
	case 1:
		return (digest_text(h, ""));
	case 2:
		return (digest_text(h, NULL));
	case 3:
		return (digest_text(h, "a"));
	case 4:
		return (digest_text(digest_text(h, "a"), "b"));
	case 5:
		return (digest_text(digest_text(h, ""), "ab"));
	case 6:
		return (digest_text(h, "ab"));
	case 7:
		return (digest_bytes(h, "a\0", 2));
	case 8:
		return (digest_number(h, 0));
	case 9:
		return (digest_number(h, -1));
	case 10:
		return (digest_number(h, INT64_MIN));
	case 11:
		return (digest_number(digest_number(h, 1), 0));
	case 12:
		return (digest_number(digest_number(h, 0), 1));
	}
	return (h + 1);
}
enum { EACH = 13 };

/* An empty text is its length, a missing one the number -1. */
static int
same(int i, int j)
{

	return (i == j || (i == 1 && j == 8) || (i == 8 && j == 1) ||
	    (i == 2 && j == 9) || (i == 9 && j == 2));
}

START_TEST(different)
{
	int i;

	for (i = 0; i < EACH; i++)
		ck_assert_msg((row(i) == row(_i)) == same(i, _i),
		    "%d and %d", i, _i);
}
END_TEST

/* The offset basis and the prime are those of FNV-1a with 64 bits: after eight
 * bytes of 0 the first is the prime's eighth power away. */
START_TEST(known)
{
	uint64_t h = DIGEST_BEGIN;
	int i;

	for (i = 0; i < 8; i++)
		h *= UINT64_C(0x100000001b3);
	ck_assert(digest_number(DIGEST_BEGIN, 0) == h);
	ck_assert(DIGEST_BEGIN == UINT64_C(0xcbf29ce484222325));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("digest");

	suite_rows(suite, different, EACH);
	suite_one(suite, known);
	return (suite_run(suite));
}
