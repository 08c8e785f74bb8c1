#include "schedule.h"
#include "suite.h"

enum { NOW = 1000000, HOUR = 60 * 60 * 1000 };

/* ---- the first one ----------------------------------------------------- */

static const struct {
	const char *label;
	int64_t age_s;
	int64_t due_ms;		/* after NOW */
} firsts[] = {
	{ "never read: at once", INT64_MAX, 0 },
	{ "read just now: after an interval", 0, HOUR },
	{ "read a while ago: after what is left of it", 600, HOUR - 600000 },
	{ "read an interval ago: at once", 3600, 0 },
	{ "read long ago: at once", 7200, 0 },
};

START_TEST(first)
{
	struct schedule s;

	schedule_init(&s, HOUR, firsts[_i].age_s, NOW);
	ck_assert_msg(schedule_due(&s, NOW + firsts[_i].due_ms), "%s",
	    firsts[_i].label);
	ck_assert_msg(!schedule_due(&s, NOW + firsts[_i].due_ms - 1),
	    "%s: not before", firsts[_i].label);
	ck_assert_msg(schedule_rested(&s, NOW), "what else calls for one has "
	    "it at once");
	ck_assert(!s.overdue);
}
END_TEST

/* ---- failures ---------------------------------------------------------- */

static const struct {
	const char *label;
	int failures;
	int64_t pause_ms;
} failures[] = {
	{ "again after a second", 1, 1000 },
	{ "then after twice as long", 2, 2000 },
	{ "and so on", 5, 16000 },
	{ "an hour at most", 40, HOUR },
};

START_TEST(again)
{
	struct schedule s;
	int i;

	schedule_init(&s, 24 * HOUR, 0, NOW);
	for (i = 0; i < failures[_i].failures; i++)
		schedule_failed(&s, NOW);
	ck_assert(s.overdue);
	ck_assert_msg(schedule_due(&s, NOW + failures[_i].pause_ms), "%s",
	    failures[_i].label);
	ck_assert_msg(!schedule_due(&s, NOW + failures[_i].pause_ms - 1),
	    "%s: not before", failures[_i].label);
	schedule_done(&s, NOW, NOW);
	ck_assert_msg(!s.overdue, "forgotten when one succeeds");
	schedule_failed(&s, NOW);
	ck_assert_msg(schedule_due(&s, NOW + 1000), "and the next failure is "
	    "a first one");
}
END_TEST

/* ---- done -------------------------------------------------------------- */

START_TEST(counts_from_its_beginning)
{
	struct schedule s;

	schedule_init(&s, HOUR, INT64_MAX, NOW);
	schedule_done(&s, NOW, NOW + 2000);
	ck_assert(!schedule_due(&s, NOW + HOUR - 1));
	ck_assert(schedule_due(&s, NOW + HOUR));
}
END_TEST

static const struct {
	const char *label;
	int64_t took_ms;
	int64_t rest_ms;
} rests[] = {
	{ "five seconds after one that took no time", 0, 5000 },
	{ "ten times as long as it took, beside that", 2000, 25000 },
};

START_TEST(rest)
{
	struct schedule s;
	int64_t end = NOW + rests[_i].took_ms;

	schedule_init(&s, HOUR, INT64_MAX, NOW);
	schedule_done(&s, NOW, end);
	ck_assert_msg(schedule_rested(&s, end + rests[_i].rest_ms), "%s",
	    rests[_i].label);
	ck_assert_msg(!schedule_rested(&s, end + rests[_i].rest_ms - 1),
	    "%s: not before", rests[_i].label);
}
END_TEST

START_TEST(put_off)
{
	struct schedule s;

	schedule_init(&s, HOUR, INT64_MAX, NOW);
	schedule_put_off(&s, NOW);
	ck_assert(!schedule_due(&s, NOW + HOUR - 1));
	ck_assert(schedule_due(&s, NOW + HOUR));
	ck_assert_msg(!s.overdue, "which is no failure");
}
END_TEST

static const struct {
	const char *label;
	int64_t age_s;
	int64_t due_ms;
} soons[] = {
	{ "in an hour: in ten minutes", 0, 600000 },
	{ "in five minutes: then", 3300, 300000 },
	{ "now: now", INT64_MAX, 0 },
};

START_TEST(soon)
{
	struct schedule s;

	schedule_init(&s, HOUR, soons[_i].age_s, NOW);
	schedule_soon(&s, NOW);
	ck_assert_msg(schedule_due(&s, NOW + soons[_i].due_ms), "%s",
	    soons[_i].label);
	ck_assert_msg(!schedule_due(&s, NOW + soons[_i].due_ms - 1),
	    "%s: not before", soons[_i].label);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("schedule");

	suite_rows(s, first, ROWS(firsts));
	suite_rows(s, again, ROWS(failures));
	suite_one(s, counts_from_its_beginning);
	suite_rows(s, rest, ROWS(rests));
	suite_one(s, put_off);
	suite_rows(s, soon, ROWS(soons));
	return (suite_run(s));
}
