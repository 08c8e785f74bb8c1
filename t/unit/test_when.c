#include <inttypes.h>
#include <string.h>

#include "suite.h"
#include "when.h"

#define JAN_15	INT64_C(1799971200)	/* 2027-01-15T00:00:00Z */
#define DAY	INT64_C(86400)

static const struct {
	const char *label;
	const char *text;
	size_t len;
	int64_t t;
} times[] = {
	{ "the beginning", TEXT("19700101000000Z"), 0 },
	{ "a date", TEXT("20270115000000Z"), JAN_15 },
	{ "hours alone", TEXT("2027011512Z"), JAN_15 + 43200 },
	{ "minutes", TEXT("202701151234Z"), JAN_15 + 45240 },
	{ "seconds", TEXT("20270115123456Z"), JAN_15 + 45296 },
	{ "fraction of a second", TEXT("20270115123456.999Z"),
	    JAN_15 + 45296 },
	{ "comma", TEXT("20270115123456,9Z"), JAN_15 + 45296 },
	{ "fraction of a minute", TEXT("202701151234.5Z"), JAN_15 + 45270 },
	{ "fraction of an hour", TEXT("2027011512.25Z"), JAN_15 + 44100 },
	{ "fraction cut off, never rounded", TEXT("2027011512.9999999999Z"),
	    JAN_15 + 46799 },
	{ "fraction of a third of an hour, almost",
	    TEXT("2027011512.33333333333333333333333333Z"), JAN_15 + 44399 },
	{ "fraction of a third of an hour, just",
	    TEXT("2027011512.33333333333333333333333334Z"), JAN_15 + 44400 },
	{ "fraction of nothing", TEXT("2027011512.000Z"), JAN_15 + 43200 },
	{ "ahead of UTC", TEXT("20270115010000+0100"), JAN_15 },
	{ "behind UTC", TEXT("20270114190000-0500"), JAN_15 },
	{ "offset of hours alone", TEXT("20270115010000+01"), JAN_15 },
	{ "offset of minutes", TEXT("20270115053000+0530"), JAN_15 },
	{ "largest offset", TEXT("20270115235900+2359"), JAN_15 },
	{ "fraction and offset", TEXT("2027011501.5+0130"), JAN_15 },
	{ "leap second", TEXT("20161231235960Z"), INT64_C(1483228800) },
	{ "leap day", TEXT("20280229000000Z"), JAN_15 + 410 * DAY },
	{ "leap day of a fourth century", TEXT("20000229000000Z"),
	    INT64_C(951782400) },
	{ "day behind a leap day", TEXT("20000301000000Z"),
	    INT64_C(951868800) },
	{ "end of a year", TEXT("20261231235959Z"), JAN_15 - 14 * DAY - 1 },
	{ "before the beginning", TEXT("19691231235959Z"), -1 },
	{ "first year", TEXT("00010101000000Z"), INT64_C(-62135596800) },
	{ "last year", TEXT("99991231235959Z"), INT64_C(253402300799) }
};

START_TEST(reads_generalized_time)
{
	int64_t t = 42;

	ck_assert_msg(when_generalized(times[_i].text, times[_i].len, &t) == 0,
	    "%s", times[_i].label);
	ck_assert_msg(t == times[_i].t, "%s: %" PRId64, times[_i].label, t);
}
END_TEST

static const struct {
	const char *label;
	const char *text;
	size_t len;
} no_times[] = {
	{ "nothing", TEXT("") },
	{ "no hour", TEXT("20270115Z") },
	{ "no zone", TEXT("20270115000000") },
	{ "hour without a zone", TEXT("2027011500") },
	{ "small z", TEXT("20270115000000z") },
	{ "year 0", TEXT("00000101000000Z") },
	{ "month 0", TEXT("20270015000000Z") },
	{ "month 13", TEXT("20271315000000Z") },
	{ "day 0", TEXT("20270100000000Z") },
	{ "day 32", TEXT("20270132000000Z") },
	{ "31 April", TEXT("20270431000000Z") },
	{ "29 February of a common year", TEXT("20270229000000Z") },
	{ "29 February of a century", TEXT("21000229000000Z") },
	{ "30 February", TEXT("20280230000000Z") },
	{ "hour 24", TEXT("20270115240000Z") },
	{ "minute 60", TEXT("20270115006000Z") },
	{ "second 61", TEXT("20270115000061Z") },
	{ "half an hour number", TEXT("202701150Z") },
	{ "half a minute number", TEXT("20270115000Z") },
	{ "half a second number", TEXT("2027011500000Z") },
	{ "fraction without digits", TEXT("20270115000000.Z") },
	{ "two fractions", TEXT("20270115000000.1.1Z") },
	{ "colon as point", TEXT("20270115000000:1Z") },
	{ "offset hour 24", TEXT("20270115000000+2400") },
	{ "offset minute 60", TEXT("20270115000000+0060") },
	{ "offset without digits", TEXT("20270115000000+") },
	{ "offset of three digits", TEXT("20270115000000+010") },
	{ "offset with a colon", TEXT("20270115000000+01:00") },
	{ "offset and Z", TEXT("20270115000000+0100Z") },
	{ "something behind", TEXT("20270115000000Z ") },
	{ "something before", TEXT(" 20270115000000Z") },
	{ "letters", TEXT("2027O115000000Z") },
	{ "sign below 0", TEXT("2027/115000000Z") },
	{ "sign above 9", TEXT("2027:115000000Z") },
	{ "sign that would make a year", TEXT("2:270115000000Z") },
	{ "sign that would make a day", TEXT("2027011:000000Z") },
	{ "NUL for Z", TEXT("20270115000000\0") },
	{ "NUL behind", TEXT("20270115000000Z\0") },
	{ "RFC 3339", TEXT("2027-01-15T00:00:00Z") },
	{ "UTCTime", TEXT("270115000000Z") }
};

START_TEST(refuses_generalized_time)
{
	int64_t t = 42;

	ck_assert_msg(when_generalized(no_times[_i].text, no_times[_i].len,
	    &t) == -1, "%s: %" PRId64, no_times[_i].label, t);
}
END_TEST

static const struct {
	const char *label;
	const char *text;
	size_t len;
	int result;
	int64_t t;
} dates[] = {
	{ "Z", TEXT("2027-01-15T00:00:00Z"), 0, JAN_15 },
	{ "small letters", TEXT("2027-01-15t00:00:00z"), 0, JAN_15 },
	{ "time of day", TEXT("2027-01-15T12:34:56Z"), 0, JAN_15 + 45296 },
	{ "fraction", TEXT("2027-01-15T12:34:56.789Z"), 0, JAN_15 + 45296 },
	{ "ahead of UTC", TEXT("2027-01-15T05:30:00+05:30"), 0, JAN_15 },
	{ "behind UTC", TEXT("2027-01-14T19:00:00-05:00"), 0, JAN_15 },
	{ "leap second", TEXT("2016-12-31T23:59:60Z"), 0,
	    INT64_C(1483228800) },
	{ "no zone", TEXT("2027-01-15T00:00:00"), -1, 0 },
	{ "date alone", TEXT("2027-01-15"), -1, 0 },
	{ "no seconds", TEXT("2027-01-15T00:00Z"), -1, 0 },
	{ "space for T", TEXT("2027-01-15 00:00:00Z"), -1, 0 },
	{ "no hyphen behind the year", TEXT("202701-15T00:00:00Z"), -1, 0 },
	{ "no hyphen behind the month", TEXT("2027-0115T00:00:00Z"), -1, 0 },
	{ "no colon behind the hour", TEXT("2027-01-15T0000:00Z"), -1, 0 },
	{ "no colon behind the minute", TEXT("2027-01-15T00:0000Z"), -1, 0 },
	{ "year cut", TEXT("202-01-15T00:00:00Z"), -1, 0 },
	{ "month cut", TEXT("2027-1-15T00:00:00Z"), -1, 0 },
	{ "day cut", TEXT("2027-01-5T00:00:00Z"), -1, 0 },
	{ "hour cut", TEXT("2027-01-15T0:00:00Z"), -1, 0 },
	{ "minute cut", TEXT("2027-01-15T00:0:00Z"), -1, 0 },
	{ "second cut", TEXT("2027-01-15T00:00:0Z"), -1, 0 },
	{ "offset without a colon", TEXT("2027-01-15T00:00:00+0100"), -1, 0 },
	{ "offset of hours alone", TEXT("2027-01-15T00:00:00+01"), -1, 0 },
	{ "offset too large", TEXT("2027-01-15T00:00:00+24:00"), -1, 0 },
	{ "fraction without digits", TEXT("2027-01-15T00:00:00.Z"), -1, 0 },
	{ "comma", TEXT("2027-01-15T00:00:00,5Z"), -1, 0 },
	{ "no such day", TEXT("2027-02-29T00:00:00Z"), -1, 0 },
	{ "something behind", TEXT("2027-01-15T00:00:00Zx"), -1, 0 },
	{ "nothing", TEXT(""), -1, 0 }
};

START_TEST(reads_a_date)
{
	int64_t t = 0;

	ck_assert_msg(when_date(dates[_i].text, dates[_i].len, &t) ==
	    dates[_i].result, "%s: %" PRId64, dates[_i].label, t);
	if (dates[_i].result == 0)
		ck_assert_msg(t == dates[_i].t, "%s: %" PRId64,
		    dates[_i].label, t);
}
END_TEST

typedef int number_fn(const char *, size_t, int64_t *);

static const struct {
	const char *label;
	number_fn *fn;
	const char *text;
	size_t len;
	int result;
	int64_t value;
} numbers[] = {
	{ "days: the beginning", when_days, TEXT("0"), 0, 0 },
	{ "days: a date", when_days, TEXT("20833"), 0, JAN_15 },
	{ "days: beyond year 9999", when_days, TEXT("99999999"), 0,
	    INT64_C(8639999913600) },
	{ "days: before the beginning", when_days, TEXT("-1"), 0, -DAY },
	{ "days: leading zeros", when_days, TEXT("007"), 0, 7 * DAY },
	{ "days: largest", when_days, TEXT("106751991167300"), 0,
	    INT64_C(9223372036854720000) },
	{ "days: too large", when_days, TEXT("106751991167301"), -1, 0 },
	{ "days: too large for a number", when_days,
	    TEXT("9223372036854775808"), -1, 0 },
	{ "days: nothing", when_days, TEXT(""), -1, 0 },
	{ "days: sign alone", when_days, TEXT("-"), -1, 0 },
	{ "days: plus", when_days, TEXT("+1"), -1, 0 },
	{ "days: space", when_days, TEXT("1 "), -1, 0 },
	{ "days: fraction", when_days, TEXT("1.5"), -1, 0 },
	{ "filetime: the beginning of 1601", when_filetime, TEXT("0"), 0,
	    INT64_C(-11644473600) },
	{ "filetime: the beginning of 1970", when_filetime,
	    TEXT("116444736000000000"), 0, 0 },
	{ "filetime: a date", when_filetime, TEXT("134444448000000000"), 0,
	    JAN_15 },
	{ "filetime: cut off to seconds", when_filetime,
	    TEXT("134444448009999999"), 0, JAN_15 },
	{ "filetime: largest", when_filetime, TEXT("9223372036854775807"), 0,
	    INT64_C(910692730085) },
	{ "filetime: too large", when_filetime, TEXT("9223372036854775808"),
	    -1, 0 },
	{ "filetime: negative", when_filetime, TEXT("-1"), -1, 0 },
	{ "filetime: nothing", when_filetime, TEXT(""), -1, 0 },
	{ "filetime: hexadecimal", when_filetime, TEXT("0x1"), -1, 0 },
	{ "duration: milliseconds", when_duration, TEXT("500ms"), 0, 500 },
	{ "duration: seconds", when_duration, TEXT("60s"), 0, 60000 },
	{ "duration: minutes", when_duration, TEXT("5m"), 0, 300000 },
	{ "duration: hours", when_duration, TEXT("24h"), 0, 86400000 },
	{ "duration: days", when_duration, TEXT("7d"), 0, 604800000 },
	{ "duration: weeks", when_duration, TEXT("2w"), 0, 1209600000 },
	{ "duration: 0", when_duration, TEXT("0"), 0, 0 },
	{ "duration: 0 with a unit", when_duration, TEXT("0s"), 0, 0 },
	{ "duration: largest", when_duration, TEXT("9223372036854775s"), 0,
	    INT64_C(9223372036854775000) },
	{ "duration: too large with its unit", when_duration,
	    TEXT("9223372036854776s"), -1, 0 },
	{ "duration: too large for a number", when_duration,
	    TEXT("9223372036854775808ms"), -1, 0 },
	{ "duration: no unit", when_duration, TEXT("60"), -1, 0 },
	{ "duration: unit alone", when_duration, TEXT("s"), -1, 0 },
	{ "duration: unknown unit", when_duration, TEXT("1y"), -1, 0 },
	{ "duration: capital unit", when_duration, TEXT("1H"), -1, 0 },
	{ "duration: half a unit", when_duration, TEXT("1hours"), -1, 0 },
	{ "duration: space", when_duration, TEXT("1 h"), -1, 0 },
	{ "duration: negative", when_duration, TEXT("-1h"), -1, 0 },
	{ "duration: two", when_duration, TEXT("1h30m"), -1, 0 },
	{ "duration: NUL", when_duration, TEXT("1s\0"), -1, 0 },
	{ "duration: nothing", when_duration, TEXT(""), -1, 0 }
};

START_TEST(reads_a_number)
{
	int64_t value = 0;

	ck_assert_msg(numbers[_i].fn(numbers[_i].text, numbers[_i].len,
	    &value) == numbers[_i].result, "%s: %" PRId64, numbers[_i].label,
	    value);
	if (numbers[_i].result == 0)
		ck_assert_msg(value == numbers[_i].value, "%s: %" PRId64,
		    numbers[_i].label, value);
}
END_TEST

static const struct {
	const char *label;
	int64_t t;
	const char *text;
} texts[] = {
	{ "before everything", WHEN_BEGINNING, "now" },
	{ "after everything", WHEN_NEVER, "never" },
	{ "the beginning", 0, "1970-01-01T00:00:00Z" },
	{ "before the beginning", -1, "1969-12-31T23:59:59Z" },
	{ "a day before the beginning", -DAY, "1969-12-31T00:00:00Z" },
	{ "a date", JAN_15 + 45296, "2027-01-15T12:34:56Z" },
	{ "end of a year", JAN_15 - 14 * DAY - 1, "2026-12-31T23:59:59Z" },
	{ "last of February", INT64_C(951782400) - 1,
	    "2000-02-28T23:59:59Z" },
	{ "leap day", INT64_C(951782400), "2000-02-29T00:00:00Z" },
	{ "end of a leap year", INT64_C(978307199), "2000-12-31T23:59:59Z" },
	{ "long ago", INT64_C(-11644473600), "1601-01-01T00:00:00Z" },
	{ "first second", INT64_C(-62135596800), "0001-01-01T00:00:00Z" },
	{ "before the first", INT64_C(-62135596801),
	    "0001-01-01T00:00:00Z" },
	{ "long before the first", WHEN_BEGINNING + 1,
	    "0001-01-01T00:00:00Z" },
	{ "last second", INT64_C(253402300799), "9999-12-31T23:59:59Z" },
	{ "behind the last", INT64_C(253402300800), "9999-12-31T23:59:59Z" },
	{ "long behind the last", WHEN_NEVER - 1, "9999-12-31T23:59:59Z" }
};

START_TEST(writes_a_time)
{
	char out[WHEN_TEXT_MAX];

	ck_assert_ptr_eq(when_format(texts[_i].t, out), out);
	ck_assert_msg(strcmp(out, texts[_i].text) == 0, "%s: %s",
	    texts[_i].label, out);
}
END_TEST

/* Every eleventh day and a bit of all years, there and back. */
START_TEST(reads_what_it_writes)
{
	char out[WHEN_TEXT_MAX];
	int64_t t, back;

	for (t = INT64_C(-62135596800); t < INT64_C(253402300800);
	    t += 11 * DAY + 4567) {
		when_format(t, out);
		ck_assert_int_eq(when_date(out, strlen(out), &back), 0);
		ck_assert_msg(back == t, "%s", out);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("when");

	suite_rows(s, reads_generalized_time, ROWS(times));
	suite_rows(s, refuses_generalized_time, ROWS(no_times));
	suite_rows(s, reads_a_date, ROWS(dates));
	suite_rows(s, reads_a_number, ROWS(numbers));
	suite_rows(s, writes_a_time, ROWS(texts));
	suite_one(s, reads_what_it_writes);
	return (suite_run(s));
}
