#include "suite.h"

#include "record.h"
#include "short_arena.h"
#include "when.h"

/* Short memory is a -1, when writing and when reading. */

static const char *const texts[] = { "a", "b" };
static const struct pattern patterns[] = { { PATTERN_ANY, false, "", "" } };
static const struct cidr nets[] = { { { 4, { 192, 0, 2 } }, 24 } };

static const struct record group = { .kind = KIND_GROUP, .u.group = {
	.dn = "cn=g", .member_dns = { texts, 2 },
	.senders = { true, patterns, 1 }, .clients = { true, nets, 1 },
	.dates = { WHEN_BEGINNING, WHEN_NEVER } } };

START_TEST(says_so_when_memory_is_short)
{
	const void *bytes = NULL;
	struct record record;
	struct arena a, b;
	size_t len = 0;
	int all, nth;

	arena_init(&a);
	arena_init(&b);
	fail_at = 1;
	ck_assert_int_eq(record_write(&group, &a, &bytes, &len), -1);
	fail_at = 0;
	ck_assert_int_eq(record_write(&group, &a, &bytes, &len), 0);
	allocations = 0;
	ck_assert_int_eq(record_read(bytes, len, &b, &record), 0);
	all = allocations;
	ck_assert_int_gt(all, 2);
	for (nth = 1; nth <= all; nth++) {
		allocations = 0;
		fail_at = nth;
		ck_assert_msg(record_read(bytes, len, &b, &record) == -1,
		    "allocation %d of %d", nth, all);
	}
	arena_free(&b);
	arena_free(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("record_memory");

	suite_one(s, says_so_when_memory_is_short);
	return (suite_run(s));
}
