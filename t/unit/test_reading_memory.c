#include "suite.h"

#include "heard_log.h"
#include "reading.h"
#include "short_arena.h"
#include "told_entry.h"

/* Short memory is an error, and never an entry that is nothing. */

static int
told_all(void *ctx, enum search search, const struct record *record,
    struct why *why)
{
	int *told = ctx;

	(void)search;
	(void)why;
	ck_assert_ptr_nonnull(record);
	++*told;
	return (0);
}

START_TEST(says_so_when_memory_is_short)
{
	static const char text[] = "objectClass=inetOrgPerson|uid=joe|"
	    "objectClass=relayAccount|relayClient=192.0.2.0/24|memberUid=ann";
	static struct config config;
	struct reading r = { .config = &config, .path = "/p",
	    .searches = 1 << SEARCH_ACCOUNTS | 1 << SEARCH_GROUPS };
	int told = 0, all, nth;
	struct told m;
	struct why why;

	ck_assert_int_eq(attrmap_preset("inetorgperson", KIND_ACCOUNT,
	    &config.searches[SEARCH_ACCOUNTS].map), 0);
	ck_assert_int_eq(attrmap_preset("inetorgperson", KIND_GROUP,
	    &config.searches[SEARCH_GROUPS].map), 0);
	told_make(&m, "uid=joe,c=no", "k", ~0U, text);
	reading_begin(&r);
	ck_assert_int_eq(reading_entry(&r, &m.source, told_all, &told, &why),
	    0);
	ck_assert_int_eq(told, 2);
	all = allocations;
	for (nth = 1; nth <= all; nth++) {
		allocations = 0;
		fail_at = nth;
		ck_assert_msg(reading_entry(&r, &m.source, told_all, &told,
		    &why) == -1, "allocation %d of %d", nth, all);
		ck_assert_str_eq(why.text, "memory is short");
	}
	fail_at = 0;
	reading_end(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("reading_memory");

	suite_one(s, says_so_when_memory_is_short);
	return (suite_run(s));
}
