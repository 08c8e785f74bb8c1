#include "suite.h"

#include "listing_case.h"
#include "short_arena.h"
#include "uuidset.h"

/* Short memory is an error: half an answer is no policy. */

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

bool
uuidset_has(const struct uuidset *set, const unsigned char uuid[SYNC_UUID])
{

	(void)set;
	(void)uuid;
	return (false);
}

int
uuidset_add(struct uuidset *set, const unsigned char uuid[SYNC_UUID])
{

	(void)set;
	(void)uuid;
	return (++allocations == fail_at ? -1 : 0);
}

#define UUID_A	"61616161-6161-6161-6161-616161616161"

static const struct {
	enum listing_how how;
	struct step steps[4];
	const char *heard;
} runs[] = {
	{ LISTING_SYNC, { { .says = ADD("a") },
	    { .says = ADD("b"), .dn = "no name" },
	    { .says = REFRESH_DELETE("c1") } },
	    "a\nb entryUUID=62626262-6262-6262-6262-626262626262\n"
	    "6 at c1\n" },
	{ LISTING_PLAIN, { { .says = NO_STATE("") },
	    { .says = NO_STATE(""), .attr = "entryUUID", .value = UUID_A },
	    { .says = NO_STATE(""), .dn = "<>" },
	    { .says = RESULT(LDAPCONN_SUCCESS) } },
	    "cn=x\na\nentrydn=#3c3e entrydn=#3c3e\n" }
};

static int
run(int i, struct heard *heard, struct why *why)
{
	struct ldapconn conn = { .steps = runs[i].steps, .n = 4 };
	const struct sink sink = { heard, NULL, heard_entry, heard_cookie,
	    NULL };
	struct watch watch = { 0, 0 };
	struct listing l = the_listing(&conn, runs[i].how, &watch);

	heard->text[0] = '\0';
	allocations = 0;
	return (listing_run(&l, &sink, why));
}

START_TEST(says_so_when_memory_is_short)
{
	struct heard heard = { .fails = false };
	struct why why;
	int all, nth;

	fail_at = 0;
	ck_assert_int_eq(run(_i, &heard, &why), 0);
	ck_assert_str_eq(heard.text, runs[_i].heard);
	all = allocations;
	for (nth = 1; nth <= all; nth++) {
		fail_at = nth;
		ck_assert_msg(run(_i, &heard, &why) == -1,
		    "allocation %d of %d", nth, all);
		ck_assert_str_eq(why.text, "search of ou=x: memory is short");
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("listing_memory");

	suite_rows(s, says_so_when_memory_is_short, ROWS(runs));
	return (suite_run(s));
}
