#include <stdio.h>
#include <string.h>

#include "reported.h"
#include "suite.h"

/*
 * Readings one after the other: "va" is a value, "la" a line; "." ends a
 * reading, "!" one that is not complete.
 */
static const struct {
	const char *label;
	const char *told, *news;
} rows[] = {
	{ "nothing was said before", "va lb", "va lb" },
	{ "the same again", "va lb . va lb .", "va lb" },
	{ "in another order, and one more", "va vb . vb vc va .",
	    "va vb vc" },
	{ "what has gone and comes again", "va . . va .", "va va" },
	{ "what an incomplete reading did not come to", "va vb . va ! va vb .",
	    "va vb" },
	{ "what an incomplete one found", "va ! va vb ! vb va vc .",
	    "va vb vc" },
	{ "a complete one counts alone", "va ! vb . va .", "va vb va" },
	{ "lines are no values", "la . va .", "la va" }
};

static uint64_t
digest_of(const char *word)
{

	return ((uint64_t)word[1] * 0x9e3779b97f4a7c15u);
}

static bool
hear(struct reported *r, const char *word)
{
	const char line[] = { word[1], '\0' };

	return (word[0] == 'v' ? reported_value(r, digest_of(word)) :
	    reported_line(r, line));
}

START_TEST(readings)
{
	static struct reported r;
	char news[64] = "";
	const char *at;

	reported_begin(&r);
	for (at = rows[_i].told; *at != '\0'; at += strspn(at, " ")) {
		if (*at == '.' || *at == '!') {
			reported_end(&r, *at == '.');
			reported_begin(&r);
			at++;
			continue;
		}
		if (hear(&r, at))
			snprintf(news + strlen(news), sizeof(news) -
			    strlen(news), "%s%.2s", *news == '\0' ? "" : " ",
			    at);
		at += 2;
	}
	ck_assert_msg(strcmp(news, rows[_i].news) == 0, "%s: %s",
	    rows[_i].label, news);
}
END_TEST

/* Of more than can be remembered none is told singly again; lines are. */
START_TEST(too_many)
{
	static struct reported r;
	uint64_t i;
	int turn, news = 0;

	for (turn = 0; turn < 2; turn++) {
		reported_begin(&r);
		news = 0;
		for (i = 0; i < REPORTED_VALUES + (uint64_t)_i; i++)
			news += reported_value(&r, i * 3 + 1);
		ck_assert(reported_line(&r, "a line") == (turn == 0));
		reported_end(&r, true);
		ck_assert_int_eq(news, turn == 0 ? REPORTED_VALUES + _i : 0);
	}
	reported_begin(&r);
	ck_assert(reported_line(&r, "another line"));
	reported_end(&r, true);
	reported_begin(&r);
	ck_assert(reported_value(&r, 1));
}
END_TEST

/* More lines than there is room for are told every time. */
START_TEST(too_many_lines)
{
	static struct reported r;
	char text[32];
	int i, turn, news = 0;

	for (turn = 0; turn < 2; turn++) {
		reported_begin(&r);
		for (i = 0; i < REPORTED_VALUES; i++)
			(void)reported_value(&r, (uint64_t)i);
		for (news = i = 0; i < REPORTED_LINES + 9; i++) {
			snprintf(text, sizeof(text), "line %d", i);
			news += reported_line(&r, text);
		}
		reported_end(&r, turn == 0);
	}
	ck_assert_int_eq(news, 9);
}
END_TEST

START_TEST(nothing_is_kept)
{

	reported_begin(NULL);
	ck_assert(reported_value(NULL, 1));
	ck_assert(reported_value(NULL, 1));
	ck_assert(reported_line(NULL, "x"));
	ck_assert(reported_line(NULL, "x"));
	reported_end(NULL, true);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reported");

	suite_rows(suite, readings, ROWS(rows));
	suite_rows(suite, too_many, 3);
	suite_one(suite, too_many_lines);
	suite_one(suite, nothing_is_kept);
	return (suite_run(suite));
}
