#include <signal.h>

#include "short_arena.h"

#include "ldapconn_case.h"
#include "suite.h"

/*
 * Wherever memory is short, the connection is given up: nothing is heard by
 * halves.
 */

static const struct {
	const char *label;
	const char *says;
} messages[] = {
	{ "an entry", "30{02:02 64{04'uid=joe,dc=example' 30{"
	    "30{04'uid' 31{04'joe' 04'joseph'}} 30{04'a' 31{04'b'}}}}}" },
	{ "a set of UUIDs", "30{02:02 79{80'1.3.6.1.4.1.4203.1.9.1.4' "
	    "81{a3{01:ff 31{04:00112233445566778899aabbccddeeff}}}}}" },
	{ "a result", "30{02:02 65{0a:00 04'' 04''}}" }
};

START_TEST(hears_all_or_nothing)
{
	struct heard h;
	int failures = 0;

	for (;;) {
		fail_at = 0;
		nsteps = 0;
		hear_begin(&h, messages[_i].says, &plain);
		allocations = 0;
		fail_at = failures + 1;
		hear_next(&h, SOON_MS);
		if (h.result == 1)
			break;
		ck_assert_int_eq(h.result, -1);
		failures++;
		hear_end(&h);
	}
	ck_assert_msg(failures > 0 && allocations == failures, "%s: %d",
	    messages[_i].label, failures);
	hear_end(&h);
}
END_TEST

START_TEST(asks_all_or_nothing)
{
	struct ldapconn_search search = plain;
	struct heard h;

	hear_begin(&h, "", &plain);
	search.sync = true;
	search.mode = SYNC_REFRESH_ONLY;
	allocations = 0;
	fail_at = 1;
	ck_assert_int_eq(ldapconn_search(h.conn, &search, &h.id, &h.why), -1);
	ck_assert_str_eq(h.why.text,
	    "the search cannot be sent: Out of memory");
	hear_end(&h);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ldapconn_memory");
	struct why why;

	signal(SIGPIPE, SIG_IGN);
	if (ldapconn_start(&why) == -1)
		return (EXIT_FAILURE);
	suite_rows(suite, hears_all_or_nothing, ROWS(messages));
	suite_one(suite, asks_all_or_nothing);
	return (suite_run(suite));
}
