#include "servers.h"
#include "suite.h"

enum { NOW = 1000000 };

/* ---- whose turn it is ---------------------------------------------------- */

static const struct {
	const char *label;
	const char *failed;	/* in that order, all at NOW */
	size_t below;
	int64_t after_ms;
	int want;
} turns[] = {
	{ "the first one", "", 3, 0, 0 },
	{ "the second when the first has failed", "0", 3, 0, 1 },
	{ "the third when both have", "01", 3, 0, 2 },
	{ "none when all have", "012", 3, 0, -1 },
	{ "the first again after its pause", "012", 3,
	    SERVERS_BACKOFF_MIN_MS * 5 / 4, 0 },
	{ "none better than the first", "", 0, 0, -1 },
	{ "none better than the second while the first pauses", "0", 1, 0,
	    -1 },
	{ "the first for the second, when it has paused", "0", 1,
	    SERVERS_BACKOFF_MIN_MS * 5 / 4, 0 },
	{ "never one beyond the last", "012", 8, 0, -1 },
};

START_TEST(turn)
{
	struct servers s;
	const char *f;

	servers_init(&s, 3);
	for (f = turns[_i].failed; *f != '\0'; f++)
		servers_failed(&s, (size_t)(*f - '0'), NOW, 0);
	ck_assert_msg(servers_next(&s, turns[_i].below,
	    NOW + turns[_i].after_ms) == turns[_i].want, "%s",
	    turns[_i].label);
}
END_TEST

/* Each takes so long to fail that the one before it has paused meanwhile. */
START_TEST(slow_ones_hide_nobody)
{
	enum { SLOW_MS = 10000, ALL = 8 };
	struct servers s;
	int64_t now = NOW;
	int i, lap;

	servers_init(&s, ALL);
	for (lap = 0; lap < 20; lap++)
		for (i = 0; i < ALL; i++) {
			ck_assert_int_eq(servers_next(&s, ALL, now), i);
			now += SLOW_MS;
			servers_failed(&s, (size_t)i, now, 0);
		}
	servers_failed(&s, 0, now, 0);
	servers_well(&s, 1);
	ck_assert_msg(servers_next(&s, 1, now + SERVERS_BACKOFF_MAX_MS * 2) ==
	    0, "but what is well is left for the first one");
	ck_assert_int_eq(servers_next(&s, ALL, now +
	    SERVERS_BACKOFF_MAX_MS * 2), 0);
}
END_TEST

/* ---- pauses -------------------------------------------------------------- */

static const struct {
	const char *label;
	int failures;
	int64_t pause_ms;	/* give or take a quarter */
} pauses[] = {
	{ "half a second at first", 1, 500 },
	{ "then twice as long", 2, 1000 },
	{ "and twice as long again", 3, 2000 },
	{ "a minute at most", 8, 60000 },
	{ "for ever", 100, 60000 },
};

static const uint32_t chances[] = { 0, 1, 12345, 2147483648U, UINT32_MAX };

START_TEST(pauses_grow)
{
	const int64_t wanted = pauses[_i].pause_ms;
	struct servers s;
	int64_t pause;
	size_t c;
	int i;

	for (c = 0; c < sizeof(chances) / sizeof(chances[0]); c++) {
		servers_init(&s, 1);
		for (i = 0; i < pauses[_i].failures; i++)
			servers_failed(&s, 0, NOW, chances[c]);
		pause = s.v[0].due_ms - NOW;
		ck_assert_msg(pause >= wanted * 3 / 4 &&
		    pause <= wanted * 5 / 4, "%s: %lld ms", pauses[_i].label,
		    (long long)pause);
		ck_assert_msg(servers_next(&s, 1, NOW + pause - 1) == -1,
		    "%s: not before", pauses[_i].label);
		ck_assert_msg(servers_next(&s, 1, NOW + pause) == 0,
		    "%s: but then", pauses[_i].label);
	}
}
END_TEST

START_TEST(chance_makes_a_difference)
{
	struct servers a, b;

	servers_init(&a, 1);
	servers_init(&b, 1);
	servers_failed(&a, 0, NOW, 3);
	servers_failed(&b, 0, NOW, 77);
	ck_assert(a.v[0].due_ms != b.v[0].due_ms);
}
END_TEST

/* ---- forgiving ----------------------------------------------------------- */

START_TEST(well_again)
{
	struct servers s;
	int i;

	servers_init(&s, 2);
	for (i = 0; i < 5; i++)
		servers_failed(&s, 0, NOW, 0);
	servers_well(&s, 0);
	ck_assert_msg(servers_next(&s, 2, NOW) == 0, "it may be used");
	servers_failed(&s, 0, NOW, 0);
	ck_assert_msg(s.v[0].due_ms <= NOW + SERVERS_BACKOFF_MIN_MS * 5 / 4,
	    "and its next failure is a first one");
}
END_TEST

START_TEST(forgiven)
{
	struct servers s;
	int i;

	servers_init(&s, 2);
	for (i = 0; i < 5; i++)
		servers_failed(&s, (size_t)(i % 2), NOW, 0);
	servers_forgive(&s);
	ck_assert_msg(servers_next(&s, 2, NOW) == 0, "all are tried at once");
	servers_failed(&s, 0, NOW, 0);
	ck_assert_msg(s.v[0].due_ms >= NOW + SERVERS_BACKOFF_MIN_MS,
	    "but what fails again pauses as long as it would have");
	ck_assert_int_eq(servers_next(&s, 2, NOW), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("servers");

	suite_rows(s, turn, ROWS(turns));
	suite_one(s, slow_ones_hide_nobody);
	suite_rows(s, pauses_grow, ROWS(pauses));
	suite_one(s, chance_makes_a_difference);
	suite_one(s, well_again);
	suite_one(s, forgiven);
	return (suite_run(s));
}
