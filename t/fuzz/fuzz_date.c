#include <time.h>

#include "fuzz.h"
#include "when.h"

/*
 * Points in time and durations: what is read is within bounds, agrees with the
 * C library's calendar, and reads back.
 */

#define FIRST	INT64_C(-62135596800)	/* 0001-01-01T00:00:00Z */
#define LAST	INT64_C(253402300799)	/* 9999-12-31T23:59:59Z */
#define DAY	INT64_C(86400)

static void
as_the_library_says(int64_t t, const char *text)
{
	char theirs[64];
	time_t time = (time_t)t;
	struct tm tm;

	must(gmtime_r(&time, &tm) != NULL);
	snprintf(theirs, sizeof(theirs), "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
	must(strcmp(theirs, text) == 0);
}

/* The same as GeneralizedTime. */
static void
reads_without_marks(const char *text, int64_t t)
{
	char bare[WHEN_TEXT_MAX];
	int64_t again;
	size_t n = 0;

	for (; *text != '\0'; text++)
		if (strchr("-T:", *text) == NULL)
			bare[n++] = *text;
	must(when_generalized(bare, n, &again) == 0 && again == t);
}

static void
reads_back(int64_t t)
{
	char text[WHEN_TEXT_MAX];
	int64_t again, bounded = t < FIRST ? FIRST : t > LAST ? LAST : t;

	when_format(t, text);
	if (t == WHEN_BEGINNING || t == WHEN_NEVER) {
		must(strcmp(text, t == WHEN_NEVER ? "never" : "now") == 0);
		return;
	}
	must(when_date(text, strlen(text), &again) == 0 && again == bounded);
	as_the_library_says(bounded, text);
	reads_without_marks(text, bounded);
}

/* A date of the calendar, a zone of at most 23:59 away from UTC, a leap
 * second or a fraction that makes one more hour at most. */
static void
is_of_the_calendar(int64_t t)
{

	must(t >= FIRST - DAY && t <= LAST + DAY + 3600);
	reads_back(t);
}

/* A date that reads is the same whatever else is known of its form. */
static void
whole_only(const char *s, size_t size,
    int (*read)(const char *, size_t, int64_t *))
{
	char *longer = must_alloc(size + 1);
	int64_t t;

	if (size > 0)
		memcpy(longer, s, size);
	longer[size] = ' ';
	must(read(longer, size + 1, &t) == -1);
	free(longer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const reads[])(const char *, size_t, int64_t *) = {
		when_generalized, when_date, when_days, when_filetime,
		when_duration
	};
	const char *s = (const char *)data;
	int64_t t;
	size_t i;

	for (i = 0; i < COUNT(reads); i++) {
		if (reads[i](s, size, &t) == -1)
			continue;
		whole_only(s, size, reads[i]);
		if (i < 2)
			is_of_the_calendar(t);
		else if (reads[i] == when_duration)
			must(t >= 0);
		else
			reads_back(t);
	}
	if (size == sizeof(t)) {
		memcpy(&t, data, sizeof(t));
		reads_back(t);
	}
	return (0);
}
