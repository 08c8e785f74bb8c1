#include "suite.h"

#include "ldif.h"
#include "short_arena.h"

/* Short memory is an error, so that what was read before it is no policy. */

static const char text[] = "version: 1\n\ndn: cn=a\ncn: a\nsn:: YQ==\n\n"
    "dn: cn=b\ncn: b\n";

static int ends;

static int
told(void *ctx, struct why *why)
{

	(void)ctx;
	(void)why;
	return (0);
}

static int
told_entry(void *ctx, const struct source_entry *entry, struct why *why)
{

	(void)entry;
	return (told(ctx, why));
}

static int
told_end(void *ctx, struct why *why)
{

	ends++;
	return (told(ctx, why));
}

START_TEST(says_so_when_memory_is_short)
{
	const struct sink sink = { NULL, told, told_entry, NULL,
	    told_end };
	struct why why;
	int all, nth;

	ck_assert_int_eq(ldif_parse("f", text, sizeof(text) - 1, &sink,
	    &why), 0);
	ck_assert_int_eq(ends, 1);
	all = allocations;
	for (nth = 1; nth <= all; nth++) {
		allocations = 0;
		fail_at = nth;
		ck_assert_msg(ldif_parse("f", text, sizeof(text) - 1, &sink,
		    &why) == -1, "allocation %d of %d", nth, all);
		ck_assert_str_eq(why.text, "f: memory is short");
	}
	ck_assert_int_eq(ends, 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ldif_memory");

	suite_one(s, says_so_when_memory_is_short);
	return (suite_run(s));
}
