#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "when.h"

enum {
	MINUTE = 60,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR
};

#define FILETIME_PER_SECOND	INT64_C(10000000)
#define FILETIME_1970		INT64_C(11644473600)	/* seconds from 1601 */

/* Days from 1970-01-01 to 0001-01-01, and to the day after 9999-12-31. */
#define FIRST_DAY	INT64_C(-719162)
#define END_DAY		INT64_C(2932897)

/* The text that is left to read. */
struct text {
	const char *at;
	const char *end;
};

struct civil {
	int year, month, day, hour, minute, second;
	int fraction;	/* whole seconds that a fraction of a unit makes */
	int offset;	/* seconds that the clock was ahead of UTC */
};

static const int days_before_month[] = {
	0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
};

/* ---- the calendar (proleptic Gregorian) ---- */

static bool
is_leap(int year)
{

	return (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static int
days_in_month(int year, int month)
{

	return (days_before_month[month] - days_before_month[month - 1] +
	    (month == 2 && is_leap(year)));
}

/* Days from 1970-01-01 to the first day of ${year}. */
static int64_t
days_to_year(int year)
{
	int64_t past = year - 1;

	return (FIRST_DAY + past * 365 + past / 4 - past / 100 + past / 400);
}

/* Days from the first day of ${year} to that of ${month}. */
static int
days_to_month(int year, int month)
{

	return (days_before_month[month - 1] + (month > 2 && is_leap(year)));
}

/* RFC 4517 and RFC 3339 allow second 60: the one after 59, as POSIX counts. */
static int
civil_to_time(const struct civil *c, int64_t *t)
{

	if (c->year < 1 || c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > days_in_month(c->year, c->month) ||
	    c->hour > 23 || c->minute > 59 || c->second > 60)
		return (-1);
	*t = (days_to_year(c->year) + days_to_month(c->year, c->month) +
	    c->day - 1) * DAY + c->hour * HOUR + c->minute * MINUTE +
	    c->second + c->fraction - c->offset;
	return (0);
}

/* ---- reading ---- */

static bool
is_digit(char c)
{

	return (c >= '0' && c <= '9');
}

/* Is the next byte one of ${set}? */
static bool
next_is(const struct text *in, const char *set)
{

	return (in->at < in->end && *in->at != '\0' &&
	    strchr(set, *in->at) != NULL);
}

/* Step over the next byte if it is one of ${set}. */
static int
skip(struct text *in, const char *set)
{

	if (!next_is(in, set))
		return (-1);
	in->at++;
	return (0);
}

/* Exactly ${n} digits. */
static int
digits(struct text *in, int n, int *value)
{

	for (*value = 0; n > 0; n--) {
		if (in->at == in->end || !is_digit(*in->at))
			return (-1);
		*value = *value * 10 + (*in->at++ - '0');
	}
	return (0);
}

/* As many digits as there are, at least one. */
static int
number(struct text *in, int64_t *value)
{
	const char *start = in->at;
	int64_t n = 0;

	for (; in->at < in->end && is_digit(*in->at); in->at++) {
		if (n > (INT64_MAX - (*in->at - '0')) / 10)
			return (-1);
		n = n * 10 + (*in->at - '0');
	}
	*value = n;
	return (in->at > start ? 0 : -1);
}

/*
 * The digits of a decimal fraction of ${unit} seconds, as whole seconds.
 * Taken from the last digit to the first, cutting off at each step is exact.
 */
static int
fraction(struct text *in, int unit, int *seconds)
{
	const char *start = in->at;
	const char *p;

	while (in->at < in->end && is_digit(*in->at))
		in->at++;
	*seconds = 0;
	for (p = in->at; p > start; p--)
		*seconds = ((p[-1] - '0') * unit + *seconds) / 10;
	return (in->at > start ? 0 : -1);
}

/* The time zone's hours and, behind ${colon}, minutes. */
static int
offset(struct text *in, const char *colon, bool minutes_required, int *seconds)
{
	int sign = *in->at++ == '-' ? -1 : 1;
	int hours, minutes = 0;

	if (digits(in, 2, &hours) == -1)
		return (-1);
	if (minutes_required || in->at < in->end) {
		if (*colon != '\0' && skip(in, colon) == -1)
			return (-1);
		if (digits(in, 2, &minutes) == -1)
			return (-1);
	}
	if (hours > 23 || minutes > 59)
		return (-1);
	*seconds = sign * (hours * HOUR + minutes * MINUTE);
	return (0);
}

/* [MM[SS]][(.|,)fraction]: the fraction is of the last unit written. */
static int
generalized_minutes(struct text *in, struct civil *c)
{
	int unit = HOUR;

	if (in->at < in->end && is_digit(*in->at)) {
		if (digits(in, 2, &c->minute) == -1)
			return (-1);
		unit = MINUTE;
	}
	if (unit == MINUTE && in->at < in->end && is_digit(*in->at)) {
		if (digits(in, 2, &c->second) == -1)
			return (-1);
		unit = 1;
	}
	if (skip(in, ".,") == 0)
		return (fraction(in, unit, &c->fraction));
	return (0);
}

int
when_generalized(const char *s, size_t len, int64_t *t)
{
	struct text in = { s, s + len };
	struct civil c = { 0 };

	if (digits(&in, 4, &c.year) == -1 || digits(&in, 2, &c.month) == -1 ||
	    digits(&in, 2, &c.day) == -1 || digits(&in, 2, &c.hour) == -1 ||
	    generalized_minutes(&in, &c) == -1)
		return (-1);
	if (next_is(&in, "+-")) {
		if (offset(&in, "", false, &c.offset) == -1)
			return (-1);
	} else if (skip(&in, "Z") == -1) {
		return (-1);
	}
	return (in.at == in.end ? civil_to_time(&c, t) : -1);
}

/* RFC 3339's full-date "T" partial-time. */
static int
date_and_time(struct text *in, struct civil *c)
{

	if (digits(in, 4, &c->year) == -1 || skip(in, "-") == -1 ||
	    digits(in, 2, &c->month) == -1 || skip(in, "-") == -1 ||
	    digits(in, 2, &c->day) == -1 || skip(in, "Tt") == -1 ||
	    digits(in, 2, &c->hour) == -1 || skip(in, ":") == -1 ||
	    digits(in, 2, &c->minute) == -1 || skip(in, ":") == -1 ||
	    digits(in, 2, &c->second) == -1)
		return (-1);
	if (skip(in, ".") == 0)
		return (fraction(in, 1, &c->fraction));
	return (0);
}

int
when_date(const char *s, size_t len, int64_t *t)
{
	struct text in = { s, s + len };
	struct civil c = { 0 };

	if (date_and_time(&in, &c) == -1)
		return (-1);
	if (next_is(&in, "+-")) {
		if (offset(&in, ":", true, &c.offset) == -1)
			return (-1);
	} else if (skip(&in, "Zz") == -1) {
		return (-1);
	}
	return (in.at == in.end ? civil_to_time(&c, t) : -1);
}

int
when_days(const char *s, size_t len, int64_t *t)
{
	struct text in = { s, s + len };
	bool negative = skip(&in, "-") == 0;
	int64_t days;

	if (number(&in, &days) == -1 || in.at != in.end ||
	    days > INT64_MAX / DAY)
		return (-1);
	*t = (negative ? -days : days) * DAY;
	return (0);
}

int
when_filetime(const char *s, size_t len, int64_t *t)
{
	struct text in = { s, s + len };
	int64_t ticks;

	if (number(&in, &ticks) == -1 || in.at != in.end)
		return (-1);
	*t = ticks / FILETIME_PER_SECOND - FILETIME_1970;
	return (0);
}

int
when_duration(const char *s, size_t len, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", MINUTE * 1000 },
		{ "h", HOUR * 1000 },
		{ "d", DAY * INT64_C(1000) },
		{ "w", 7 * DAY * INT64_C(1000) }
	};
	struct text in = { s, s + len };
	int64_t n;
	size_t i, left;

	if (number(&in, &n) == -1)
		return (-1);
	left = (size_t)(in.end - in.at);
	if (left == 0 && n == 0) {
		*ms = 0;
		return (0);
	}
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].unit) == left &&
		    memcmp(units[i].unit, in.at, left) == 0)
			break;
	}
	if (i == sizeof(units) / sizeof(units[0]) ||
	    n > INT64_MAX / units[i].ms)
		return (-1);
	*ms = n * units[i].ms;
	return (0);
}

/* ---- writing ---- */

static void
time_to_civil(int64_t t, struct civil *c)
{
	int64_t days = t / DAY - (t % DAY < 0);
	int seconds = (int)(t - days * DAY);

	c->year = 1970 + (int)(days / 366);
	while (days_to_year(c->year) > days)
		c->year--;
	while (days_to_year(c->year + 1) <= days)
		c->year++;
	days -= days_to_year(c->year);
	for (c->month = 12; days_to_month(c->year, c->month) > days; )
		c->month--;
	c->day = (int)days - days_to_month(c->year, c->month) + 1;
	c->hour = seconds / HOUR;
	c->minute = seconds % HOUR / MINUTE;
	c->second = seconds % MINUTE;
}

/* Write ${width} digits of ${value} and ${after}; return where they end. */
static char *
put(char *out, int width, int value, char after)
{
	int i;

	for (i = width - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
	out[width] = after;
	return (out + width + 1);
}

const char *
when_format(int64_t t, char out[WHEN_TEXT_MAX])
{
	struct civil c = { 0 };
	char *p = out;

	if (t == WHEN_BEGINNING || t == WHEN_NEVER) {
		snprintf(out, WHEN_TEXT_MAX, "%s",
		    t == WHEN_NEVER ? "never" : "now");
		return (out);
	}
	if (t < FIRST_DAY * DAY)
		t = FIRST_DAY * DAY;
	if (t >= END_DAY * DAY)
		t = END_DAY * DAY - 1;
	time_to_civil(t, &c);
	p = put(p, 4, c.year, '-');
	p = put(p, 2, c.month, '-');
	p = put(p, 2, c.day, 'T');
	p = put(p, 2, c.hour, ':');
	p = put(p, 2, c.minute, ':');
	p = put(p, 2, c.second, 'Z');
	*p = '\0';
	return (out);
}
