#include "suite.h"
#include "sync.h"
#include "sync_case.h"

/* Short memory must not let an entry go that was named. */

void
uuidset_init(struct uuidset *set)
{

	set->n = 0;
}

void
uuidset_free(struct uuidset *set)
{

	set->n = 0;
}

int
uuidset_add(struct uuidset *set, const unsigned char uuid[SYNC_UUID])
{

	(void)set;
	(void)uuid;
	return (-1);
}

static int
never_put(void *ctx, const unsigned char *uuid, const struct entry *entry,
    struct why *why)
{

	(void)ctx;
	(void)uuid;
	(void)entry;
	(void)why;
	ck_abort_msg("put");
	return (0);
}

static const struct {
	const char *label;
	struct says says;
} names[] = {
	{ "present", PRESENT("a") },
	{ "a list of those present", PRESENT_IDS("ab", NULL) },
	{ "added", ADD("a") }
};

START_TEST(says_so_when_memory_is_short)
{
	const struct sync_sink sink = { NULL, never_put, NULL, NULL };
	const struct cookie cookie = says_cookie("cookie");
	struct ldapconn_message m;
	struct says_ids ids;
	struct sync sync;
	struct why why;

	m = says_message(&names[_i].says, &ids);
	sync_begin(&sync, SYNC_REFRESH_AND_PERSIST, &cookie);
	ck_assert_msg(sync_hear(&sync, &m, &sink, &why) == -1, "%s",
	    names[_i].label);
	ck_assert_int_eq(sync.trouble, SYNC_FAILED);
	ck_assert_str_eq(why.text, "memory is short");
	sync_end(&sync);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sync_memory");

	suite_rows(s, says_so_when_memory_is_short, ROWS(names));
	return (suite_run(s));
}
