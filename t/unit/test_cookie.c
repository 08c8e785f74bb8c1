#include "cookie.h"
#include "suite.h"

#include <string.h>

/* ---- keeping and comparing ---------------------------------------------- */

static const struct {
	const char *label;
	size_t given;
	size_t kept;
} lengths[] = {
	{ "none", 0, 0 },
	{ "one byte", 1, 1 },
	{ "the longest", COOKIE_MAX, COOKIE_MAX },
	{ "one byte more is not kept", COOKIE_MAX + 1, 0 },
	{ "nor is a huge one", (size_t)-1, 0 },
};

START_TEST(keeps_a_copy)
{
	static unsigned char bytes[COOKIE_MAX + 1];
	struct cookie cookie = { .len = 7 };

	memset(bytes, 'x', sizeof(bytes));
	cookie_set(&cookie, bytes, lengths[_i].given);
	memset(bytes, 'y', sizeof(bytes));
	ck_assert_msg(cookie.len == lengths[_i].kept, "%s: %zu",
	    lengths[_i].label, cookie.len);
	if (cookie.len > 0)
		ck_assert_int_eq(cookie.bytes[cookie.len - 1], 'x');
}
END_TEST

START_TEST(nothing_needs_no_bytes)
{
	struct cookie cookie = { .len = 7 };

	cookie_set(&cookie, NULL, 0);
	ck_assert_uint_eq(cookie.len, 0);
}
END_TEST

static const struct {
	const char *label;
	const char *a;
	size_t a_len;
	const char *b;
	size_t b_len;
	bool equal;
} pairs[] = {
	{ "both none", TEXT(""), TEXT(""), true },
	{ "the same", TEXT("rid=000"), TEXT("rid=000"), true },
	{ "another byte", TEXT("rid=000"), TEXT("rid=001"), false },
	{ "another length", TEXT("rid=000"), TEXT("rid=00"), false },
	{ "behind a NUL", TEXT("a\0b"), TEXT("a\0c"), false },
	{ "case counts", TEXT("a"), TEXT("A"), false },
};

START_TEST(compares_bytes)
{
	struct cookie a, b;

	cookie_set(&a, pairs[_i].a, pairs[_i].a_len);
	cookie_set(&b, pairs[_i].b, pairs[_i].b_len);
	ck_assert_msg(cookie_equal(&a, &b) == pairs[_i].equal, "%s",
	    pairs[_i].label);
}
END_TEST

/* ---- was it honoured? --------------------------------------------------- */

#define T1	"20261122001122.123456Z"
#define T2	"20261123001122.654321Z"
#define CSN(time, sid)	time "#000000#" sid "#000000"
#define HEAD	"rid=000,sid=001,csn="

static const struct {
	const char *label;
	const char *sent;
	size_t sent_len;
	const char *given;
	size_t given_len;
	bool honoured;
} answers[] = {
	{ "the very same", TEXT(HEAD CSN(T1, "001")),
	    TEXT(HEAD CSN(T1, "001")), true },
	{ "later, of the same server", TEXT(HEAD CSN(T1, "001")),
	    TEXT(HEAD CSN(T2, "001")), true },
	{ "the other of two answers", TEXT("rid=000,sid=001,csn="
	    CSN(T1, "001") ";" CSN(T1, "002")), TEXT("rid=000,sid=002,csn="
	    CSN(T1, "001") ";" CSN(T2, "002")), true },
	{ "two servers in another order", TEXT(HEAD CSN(T1, "002") ";"
	    CSN(T1, "001")), TEXT(HEAD CSN(T1, "001") ";" CSN(T2, "002")),
	    true },
	{ "parts in another order", TEXT("csn=" CSN(T1, "001")
	    ",rid=000,sid=001"), TEXT(HEAD CSN(T2, "001")), true },
	{ "no sid= (one server)", TEXT("rid=000,csn=" CSN(T1, "000")),
	    TEXT("rid=000,csn=" CSN(T2, "000")), true },
	{ "nothing but csn=", TEXT("csn=" CSN(T1, "000")),
	    TEXT("csn=" CSN(T2, "000")), true },
	{ "digits of a SID in either case", TEXT(HEAD CSN(T1, "0aF")),
	    TEXT(HEAD CSN(T2, "0Af")), true },
	{ "the largest SID", TEXT(HEAD CSN(T1, "fff")),
	    TEXT(HEAD CSN(T2, "FFF")), true },
	{ "the same server twice", TEXT(HEAD CSN(T1, "001") ";"
	    CSN(T2, "001")), TEXT(HEAD CSN(T2, "001")), true },
	{ "servers in two csn= are one set", TEXT("csn=" CSN(T1, "001")
	    ",csn=" CSN(T1, "002")), TEXT(HEAD CSN(T1, "001") ";"
	    CSN(T1, "002")), true },
	{ "a delcsn= names nobody", TEXT(HEAD CSN(T1, "001")),
	    TEXT(HEAD CSN(T2, "001") ",delcsn=" CSN(T2, "002")), true },
	{ "a ; at the end says nothing", TEXT(HEAD CSN(T1, "001") ";"),
	    TEXT(HEAD CSN(T2, "001")), true },
	{ "a , at the end neither", TEXT(HEAD CSN(T1, "001") ","),
	    TEXT(HEAD CSN(T2, "001")), true },

	{ "another server", TEXT(HEAD CSN(T1, "001")),
	    TEXT(HEAD CSN(T2, "002")), false },
	{ "SIDs are hexadecimal", TEXT(HEAD CSN(T1, "010")),
	    TEXT(HEAD CSN(T2, "008")), false },
	{ "nor are a and 10 the same", TEXT(HEAD CSN(T1, "00a")),
	    TEXT(HEAD CSN(T2, "010")), false },
	{ "all their digits count", TEXT(HEAD CSN(T1, "100")),
	    TEXT(HEAD CSN(T2, "000")), false },
	{ "a server more", TEXT(HEAD CSN(T1, "001")),
	    TEXT(HEAD CSN(T1, "001") ";" CSN(T2, "002")), false },
	{ "a server less", TEXT(HEAD CSN(T1, "001") ";" CSN(T2, "002")),
	    TEXT(HEAD CSN(T1, "001")), false },
	{ "SID and sid= are two things", TEXT("rid=000,sid=002,csn="
	    CSN(T1, "001")), TEXT("rid=000,sid=001,csn=" CSN(T1, "002")),
	    false },
	{ "sent without csn=", TEXT("rid=000"), TEXT(HEAD CSN(T1, "001")),
	    false },
	{ "sent with delcsn= alone", TEXT("rid=000,delcsn="
	    CSN(T1, "001")), TEXT(HEAD CSN(T1, "001")), false },
	{ "sent garbage", TEXT("\377\0\1garbage"),
	    TEXT(HEAD CSN(T1, "001")), false },
	{ "sent none", TEXT(""), TEXT(HEAD CSN(T1, "001")), false },
	{ "given without csn=", TEXT(HEAD CSN(T1, "001")), TEXT("rid=000"),
	    false },
	{ "CSN= is not csn=", TEXT("CSN=" CSN(T1, "001")),
	    TEXT("csn=" CSN(T1, "001")), false },
	{ "cut within csn=", TEXT("rid=000,cs"), TEXT("rid=000,csn="
	    CSN(T1, "001")), false },

	{ "csn= is empty", TEXT("rid=000,csn="), TEXT("rid=000,csn="),
	    false },
	{ "a CSN is empty", TEXT("csn=;" CSN(T1, "001")),
	    TEXT("csn=;" CSN(T1, "001")), false },
	{ "a CSN is cut off", TEXT("csn=" T1 "#000000#001"),
	    TEXT("csn=" CSN(T1, "001")), false },
	{ "a CSN has a field too many", TEXT("csn=" CSN(T1, "001") "#1"),
	    TEXT("csn=" CSN(T1, "001") "#1"), false },
	{ "a SID is short", TEXT("csn=" CSN(T1, "01")),
	    TEXT("csn=" CSN(T1, "01")), false },
	{ "a SID is long", TEXT("csn=" CSN(T1, "0001")),
	    TEXT("csn=" CSN(T1, "0001")), false },
	{ "a SID is empty", TEXT("csn=" CSN(T1, "")),
	    TEXT("csn=" CSN(T1, "")), false },
	{ "a SID is no number", TEXT("csn=" CSN(T1, "00g")),
	    TEXT("csn=" CSN(T1, "00g")), false },
	{ "a SID holds a NUL", TEXT("csn=" CSN(T1, "0\0" "1")),
	    TEXT("csn=" CSN(T1, "0\0" "1")), false },
	{ "only the sent one cannot be read", TEXT(HEAD CSN(T1, "001") ";x"),
	    TEXT(HEAD CSN(T1, "001")), false },
	{ "only the given one cannot be read", TEXT(HEAD CSN(T1, "001")),
	    TEXT(HEAD CSN(T1, "001") ";x"), false },

	{ "another server's cookies, the same", TEXT("ldap.example.com#7"),
	    TEXT("ldap.example.com#7"), true },
	{ "and others", TEXT("ldap.example.com#7"),
	    TEXT("ldap.example.com#8"), true },
	{ "commas and nothing else", TEXT(",,,"), TEXT(","), true },
	{ "none was given: nothing new", TEXT(HEAD CSN(T1, "001")),
	    TEXT(""), true },
	{ "none at all", TEXT(""), TEXT(""), true },
};

/* Each on the heap, filled to the last byte, so that ASan sees a step beyond
 * it. */
static struct cookie *
cookie_of(const char *bytes, size_t len)
{
	struct cookie *cookie = malloc(offsetof(struct cookie, bytes) +
	    COOKIE_MAX);

	ck_assert_ptr_nonnull(cookie);
	memset(cookie, '0', sizeof(*cookie));
	cookie_set(cookie, bytes, len);
	return (cookie);
}

START_TEST(tells_what_was_honoured)
{
	struct cookie *sent, *given;

	sent = cookie_of(answers[_i].sent, answers[_i].sent_len);
	given = cookie_of(answers[_i].given, answers[_i].given_len);
	ck_assert_msg(cookie_honoured(sent, given) == answers[_i].honoured,
	    "%s", answers[_i].label);
	free(sent);
	free(given);
}
END_TEST

/* What fills a cookie to its end, and is all one part, CSN or field. */
static const struct {
	const char *label;
	char fill;
	bool honoured;
} full[] = {
	{ "commas", ',', true },
	{ "letters", 'x', true },
	{ "NULs", '\0', true },
	{ "CSNs", ';', false },
	{ "fields", '#', false },
	{ "digits", '0', false },
};

START_TEST(reads_to_the_last_byte)
{
	char bytes[COOKIE_MAX];
	struct cookie *cookie;
	bool csn = !full[_i].honoured;

	memset(bytes, full[_i].fill, sizeof(bytes));
	if (csn)
		memcpy(bytes, "csn=", 4);
	cookie = cookie_of(bytes, sizeof(bytes));
	ck_assert_msg(cookie_honoured(cookie, cookie) == full[_i].honoured,
	    "%s", full[_i].label);
	free(cookie);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cookie");

	suite_rows(s, keeps_a_copy, ROWS(lengths));
	suite_one(s, nothing_needs_no_bytes);
	suite_rows(s, compares_bytes, ROWS(pairs));
	suite_rows(s, tells_what_was_honoured, ROWS(answers));
	suite_rows(s, reads_to_the_last_byte, ROWS(full));
	return (suite_run(s));
}
