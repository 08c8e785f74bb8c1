#include "nearest.h"
#include "suite.h"

#define SIXTY_FOUR \
    "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *label, *a, *b;
	unsigned distance;
} distances[] = {
	{ "equal", "socket", "socket", 0 },
	{ "empty", "", "", 0 },
	{ "all to be inserted", "", "user", 4 },
	{ "all to be left out", "user", "", 4 },
	{ "one left out", "scket", "socket", 1 },
	{ "one too many", "soccket", "socket", 1 },
	{ "one replaced", "sacket", "socket", 1 },
	{ "neighbours exchanged", "sokcet", "socket", 1 },
	{ "exchanged at the end", "sockte", "socket", 1 },
	{ "two errors", "sokcet", "sockets", 2 },
	{ "not exchanged twice", "ca", "abc", 3 },
	{ "case", "Socket", "sOCKET", 0 },
	{ "hyphen", "max-stale", "max_stale", 0 },
	{ "nothing in common", "abc", "xyz", 3 },
	{ "64 bytes", SIXTY_FOUR, "", 64 },
	{ "65 bytes", SIXTY_FOUR "x", "", NEAREST_FAR },
	{ "65 bytes in the other", "", SIXTY_FOUR "x", NEAREST_FAR },
};

START_TEST(distance)
{

	ck_assert_msg(nearest_distance(distances[_i].a, distances[_i].b) ==
	    distances[_i].distance, "%s: %u", distances[_i].label,
	    nearest_distance(distances[_i].a, distances[_i].b));
}
END_TEST

static const char *const names[] = { "role", "user", "max_stale", "socket",
    "socket_mode", "mta", "uses" };

static const struct {
	const char *label, *name, *nearest;
} meant[] = {
	{ "equal", "role", "role" },
	{ "one error", "rol", "role" },
	{ "one in four", "rule", "role" },
	{ "two in four are too many", "rxlx", NULL },
	{ "one in three", "mtx", "mta" },
	{ "three in nine", "max_xxxle", "max_stale" },
	{ "four in nine", "max_xxxxe", NULL },
	{ "the nearer one", "socket_mod", "socket_mode" },
	{ "the first of several", "usex", "user" },
	{ "nothing like it", "colour", NULL },
	{ "nothing at all", "", NULL },
	{ "too long", SIXTY_FOUR "x", NULL },
};

START_TEST(of)
{
	const char *is = nearest_of(meant[_i].name, names, ROWS(names));

	if (meant[_i].nearest == NULL)
		ck_assert_msg(is == NULL, "%s: %s", meant[_i].label, is);
	else
		ck_assert_str_eq(is, meant[_i].nearest);
}
END_TEST

START_TEST(of_none)
{

	ck_assert_ptr_null(nearest_of("role", names, 0));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nearest");

	suite_rows(suite, distance, ROWS(distances));
	suite_rows(suite, of, ROWS(meant));
	suite_one(suite, of_none);
	return (suite_run(suite));
}
