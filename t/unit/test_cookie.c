#include "cookie.h"
#include "suite.h"

#include <stdio.h>
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
	{ "digits of a SID in either case", TEXT(HEAD CSN(T1, "0aF")),
	    TEXT(HEAD CSN(T2, "0Af")), true },
	{ "the largest SID", TEXT(HEAD CSN(T1, "fff")),
	    TEXT(HEAD CSN(T2, "FFF")), true },
	{ "the same server twice", TEXT(HEAD CSN(T1, "001") ";"
	    CSN(T2, "001")), TEXT(HEAD CSN(T2, "001")), true },
	{ "servers in two csn= are one set", TEXT(HEAD CSN(T1, "001")
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
	{ "CSN= is not csn=", TEXT("rid=000,CSN=" CSN(T1, "001")),
	    TEXT("rid=000,csn=" CSN(T1, "001")), false },
	{ "cut within csn=", TEXT("rid=000,cs"), TEXT("rid=000,csn="
	    CSN(T1, "001")), false },

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
	{ "garbage, and none was given", TEXT("garbage"), TEXT(""), false },
	{ "no csn=, and none was given", TEXT("rid=000"), TEXT(""), false },
	{ "neither sent nor given", TEXT(""), TEXT(""), false },
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

/* ---- does the server know less? ------------------------------------------ */

static const struct {
	const char *label;
	const char *sent;
	const char *given;
	bool behind;
} lags[] = {
	{ "the same", HEAD CSN(T1, "001"), HEAD CSN(T1, "001"), false },
	{ "newer", HEAD CSN(T1, "001"), HEAD CSN(T2, "001"), false },
	{ "older", HEAD CSN(T2, "001"), HEAD CSN(T1, "001"), true },
	{ "older by its count", HEAD T1 "#000001#001#000000",
	    HEAD T1 "#000000#001#000000", true },
	{ "older of one server, newer of another",
	    HEAD CSN(T1, "001") ";" CSN(T2, "002"),
	    HEAD CSN(T2, "001") ";" CSN(T1, "002"), true },
	{ "older of the one that was sent", HEAD CSN(T2, "002"),
	    HEAD CSN(T2, "001") ";" CSN(T1, "002"), true },
	{ "older of another than was sent", HEAD CSN(T2, "001"),
	    HEAD CSN(T2, "001") ";" CSN(T1, "002"), false },
	{ "of no server in common", HEAD CSN(T2, "001"), HEAD CSN(T1, "002"),
	    false },
	{ "none given", HEAD CSN(T2, "001"), "", false },
	{ "none sent", "", HEAD CSN(T1, "001"), false },
	{ "no CSNs", "b", "a", false },
	{ "damaged", HEAD CSN(T2, "001"), HEAD T1 "#000000#001#00000", false },
	{ "older than what was noted", HEAD CSN(T1, "001") ",had="
	    CSN(T2, "001"), HEAD CSN(T1, "001"), true },
	{ "newer than what was noted", HEAD CSN(T1, "001") ",had="
	    CSN(T1, "001"), HEAD CSN(T2, "001"), false },
	{ "older of one noted, not of the other", HEAD CSN(T1, "001") ";"
	    CSN(T1, "002") ",had=" CSN(T2, "001") ";" CSN(T2, "002"),
	    HEAD CSN(T2, "001") ";" CSN(T1, "002"), true },
	{ "without the one that was noted", HEAD CSN(T1, "001") ",had="
	    CSN(T1, "002"), HEAD CSN(T2, "001"), true },
	{ "nothing new, and more was noted", HEAD CSN(T1, "001") ",had="
	    CSN(T2, "001"), "", true },
	{ "nothing new, and no more was noted", HEAD CSN(T1, "001") ",had="
	    CSN(T1, "001"), "", false },
};

START_TEST(tells_who_lags)
{
	struct cookie *sent, *given;

	sent = cookie_of(lags[_i].sent, strlen(lags[_i].sent));
	given = cookie_of(lags[_i].given, strlen(lags[_i].given));
	ck_assert_msg(cookie_behind(sent, given) == lags[_i].behind, "%s",
	    lags[_i].label);
	free(sent);
	free(given);
}
END_TEST

/* What slapd passes over, or may. */
static const struct {
	const char *label;
	const char *bytes;
	size_t len;
} damaged[] = {
	{ "no rid=", TEXT("sid=001,csn=" CSN(T1, "001")) },
	{ "rid= is empty", TEXT("rid=,csn=" CSN(T1, "001")) },
	{ "rid= is short", TEXT("rid=00,csn=" CSN(T1, "001")) },
	{ "rid= is long", TEXT("rid=1000,csn=" CSN(T1, "001")) },
	{ "rid= is no number", TEXT("rid=00a,csn=" CSN(T1, "001")) },
	{ "RID= is not rid=", TEXT("RID=000,csn=" CSN(T1, "001")) },
	{ "something stands before rid=", TEXT(" rid=000,csn="
	    CSN(T1, "001")) },
	{ "sid= is empty", TEXT("rid=000,sid=,csn=" CSN(T1, "001")) },
	{ "sid= is long", TEXT("rid=000,sid=1000,csn=" CSN(T1, "001")) },
	{ "sid= is no number", TEXT("rid=000,sid=00g,csn=" CSN(T1, "001")) },
	{ "a second rid= does not read", TEXT("rid=000,csn=" CSN(T1, "001")
	    ",rid=x") },

	{ "csn= is empty", TEXT("rid=000,csn=") },
	{ "a second one is", TEXT(HEAD CSN(T1, "001") ",csn=") },
	{ "a CSN is empty", TEXT("rid=000,csn=;" CSN(T1, "001")) },
	{ "a CSN is a word", TEXT("rid=000,csn=garbage") },
	{ "a CSN ends behind its time", TEXT("rid=000,csn=" T1) },
	{ "a CSN ends behind its count", TEXT("rid=000,csn=" T1 "#000000") },
	{ "a CSN ends behind its SID", TEXT("rid=000,csn=" T1
	    "#000000#001") },
	{ "a CSN has an empty end", TEXT("rid=000,csn=" T1
	    "#000000#001#") },
	{ "a CSN has a field too many", TEXT(HEAD CSN(T1, "001") "#1") },

	{ "a time is a word", TEXT(HEAD CSN("garbage", "001")) },
	{ "a time has something before it", TEXT(HEAD CSN("x" T1, "001")) },
	{ "a time is cut off", TEXT(HEAD CSN("20261122001122.12345Z",
	    "001")) },
	{ "a time is long", TEXT(HEAD CSN("20261122001122.1234567Z",
	    "001")) },
	{ "a time without a fraction", TEXT(HEAD CSN("20261122001122Z",
	    "001")) },
	{ "a time in a zone", TEXT(HEAD CSN("20261122001122.12+0000",
	    "001")) },
	{ "a time with a comma", TEXT(HEAD CSN("20261122001122,123456Z",
	    "001")) },
	{ "a time without minutes", TEXT(HEAD CSN("202611220011.12345678Z",
	    "001")) },
	{ "the thirteenth month", TEXT(HEAD CSN("20261322001122.123456Z",
	    "001")) },
	{ "the thirtieth of February", TEXT(HEAD
	    CSN("20260230001122.123456Z", "001")) },

	{ "a count is short", TEXT(HEAD T1 "#00000#001#000000") },
	{ "a count is long", TEXT(HEAD T1 "#0000000#001#000000") },
	{ "a count is no number", TEXT(HEAD T1 "#00000g#001#000000") },
	{ "a SID is short", TEXT(HEAD CSN(T1, "01")) },
	{ "a SID is long", TEXT(HEAD CSN(T1, "0001")) },
	{ "a SID is empty", TEXT(HEAD CSN(T1, "")) },
	{ "a SID is no number", TEXT(HEAD CSN(T1, "00g")) },
	{ "a SID is negative", TEXT(HEAD CSN(T1, "-01")) },
	{ "a SID holds a NUL", TEXT(HEAD CSN(T1, "0\0" "1")) },
	{ "a last field is short", TEXT(HEAD T1 "#000000#001#00000") },
	{ "a last field is long", TEXT(HEAD T1 "#000000#001#0000000") },
	{ "a last field is no number", TEXT(HEAD T1 "#000000#001#00000g") },
};

START_TEST(damaged_is_never_honoured)
{
	const char good[] = HEAD CSN(T1, "001");
	struct cookie *bad, *none, *sound;

	bad = cookie_of(damaged[_i].bytes, damaged[_i].len);
	none = cookie_of("", 0);
	sound = cookie_of(TEXT(good));
	ck_assert(cookie_honoured(sound, none));
	ck_assert_msg(!cookie_honoured(bad, none), "%s: none",
	    damaged[_i].label);
	ck_assert_msg(!cookie_honoured(bad, bad), "%s: the same",
	    damaged[_i].label);
	ck_assert_msg(!cookie_honoured(bad, sound), "%s: sound",
	    damaged[_i].label);
	ck_assert_msg(!cookie_honoured(sound, bad), "%s: given",
	    damaged[_i].label);
	free(bad);
	free(none);
	free(sound);
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

static const struct {
	const char *label;
	const char *bytes;
	bool has;
} csns[] = {
	{ "slapd's", "rid=000,csn=20270115120000.000000Z#000000#000#000000",
	    true },
	{ "damaged", "csn=2027", true },
	{ "empty", "rid=000,csn=", true },
	{ "none", "rid=000", false },
	{ "another name", "rid=000,delcsn=20270115120000.000000Z", false },
	{ "no cookie", "", false },
	{ "another server's", "server:389#cn=x:o=y#12", false }
};

START_TEST(tells_slapds_cookies)
{
	struct cookie cookie;

	cookie_set(&cookie, csns[_i].bytes, strlen(csns[_i].bytes));
	ck_assert_msg(cookie_has_csn(&cookie) == csns[_i].has, "%s",
	    csns[_i].label);
}
END_TEST

static const struct {
	const char *label;
	const char *bytes, *sent;
} senders[] = {
	{ "a server's number", "rid=000,sid=001,csn=2027#1#2",
	    "rid=000,csn=2027#1#2" },
	{ "at the end", "rid=000,csn=2027,sid=0ff", "rid=000,csn=2027" },
	{ "twice", "rid=000,sid=001,sid=002,csn=2027", "rid=000,csn=2027" },
	{ "alone", "rid=000,sid=001", "rid=000" },
	{ "none", "rid=000,csn=2027", "rid=000,csn=2027" },
	{ "no number of its own", "rid=000,xsid=1,,csn=sid=2",
	    "rid=000,xsid=1,,csn=sid=2" },
	{ "another server's", "server:389#cn=x,sid=1#12",
	    "server:389#cn=x,sid=1#12" },
	{ "what was noted", "rid=000,csn=2027#1#2,had=2028#1#2;2029#1#3",
	    "rid=000,csn=2027#1#2" },
	{ "no cookie", "", "" }
};

START_TEST(leaves_out_who_gave_it)
{
	struct cookie cookie, sent, wanted;

	cookie_set(&cookie, senders[_i].bytes, strlen(senders[_i].bytes));
	cookie_set(&wanted, senders[_i].sent, strlen(senders[_i].sent));
	cookie_anonymous(&cookie, &sent);
	ck_assert_msg(cookie_equal(&sent, &wanted), "%s: %.*s",
	    senders[_i].label, (int)sent.len, (const char *)sent.bytes);
}
END_TEST

START_TEST(leaves_out_of_what_is_full)
{
	struct cookie cookie = { .len = COOKIE_MAX }, sent;

	memset(cookie.bytes, ',', COOKIE_MAX);
	memcpy(cookie.bytes, "rid=", 4);
	memcpy(cookie.bytes + COOKIE_MAX - 5, ",sid=", 5);
	cookie_anonymous(&cookie, &sent);
	ck_assert_uint_eq(sent.len, COOKIE_MAX - 5);
	ck_assert_mem_eq(sent.bytes, cookie.bytes, sent.len);
}
END_TEST

/* ---- the two in one ------------------------------------------------------ */

#define T3	"20261124001122.000000Z"
#define FROM(sid)	"rid=000,sid=" sid ",csn="
#define NONE	"rid=000,csn="

static const struct {
	const char *label;
	const char *cookie, *given, *merged;
} merges[] = {
	/* The server's own. */
	{ "newer", FROM("001") CSN(T1, "001"), FROM("001") CSN(T2, "001"),
	    NONE CSN(T2, "001") },
	{ "the same", NONE CSN(T1, "001"), FROM("001") CSN(T1, "001"),
	    NONE CSN(T1, "001") },
	{ "older", NONE CSN(T2, "001"), FROM("001") CSN(T1, "001"),
	    NONE CSN(T2, "001") },
	{ "newer by its count", NONE CSN(T1, "001"), FROM("001") T1
	    "#000001#001#000000", NONE T1 "#000001#001#000000" },
	{ "its first", NONE CSN(T1, "002"), FROM("001") CSN(T2, "001"),
	    NONE CSN(T2, "001") ";" CSN(T1, "002") },
	{ "the others stay", NONE CSN(T1, "000") ";" CSN(T1, "001") ";"
	    CSN(T1, "002"), FROM("001") CSN(T2, "001"),
	    NONE CSN(T1, "000") ";" CSN(T2, "001") ";" CSN(T1, "002") },
	{ "in order", NONE CSN(T1, "fff") ";" CSN(T1, "00a"),
	    FROM("0Fa") CSN(T2, "0fa"),
	    NONE CSN(T1, "00a") ";" CSN(T2, "0fa") ";" CSN(T1, "fff") },
	{ "without a number it is 000", NONE CSN(T1, "000"),
	    NONE CSN(T2, "000"), NONE CSN(T2, "000") },
	{ "our rid= stays", "rid=007,csn=" CSN(T1, "001"),
	    FROM("001") CSN(T2, "001"), "rid=007,csn=" CSN(T2, "001") },
	{ "unknown parts go", NONE CSN(T1, "001") ",delcsn=" CSN(T3, "001"),
	    FROM("001") CSN(T2, "001") ",x", NONE CSN(T2, "001") },

	/* Others' are noted. */
	{ "another's, newer", NONE CSN(T1, "001") ";" CSN(T1, "002"),
	    FROM("001") CSN(T2, "002"), NONE CSN(T1, "001") ";"
	    CSN(T1, "002") ",had=" CSN(T2, "002") },
	{ "another's, the same", NONE CSN(T1, "001") ";" CSN(T1, "002"),
	    FROM("001") CSN(T1, "002"), NONE CSN(T1, "001") ";"
	    CSN(T1, "002") },
	{ "another's, older", NONE CSN(T1, "001") ";" CSN(T2, "002"),
	    FROM("001") CSN(T1, "002"), NONE CSN(T1, "001") ";"
	    CSN(T2, "002") },
	{ "another's first", NONE CSN(T1, "001"), FROM("001") CSN(T2, "002"),
	    NONE CSN(T1, "001") ",had=" CSN(T2, "002") },
	{ "all of them", NONE CSN(T1, "000") ";" CSN(T1, "001") ";"
	    CSN(T1, "002"), FROM("002") CSN(T1, "000") ";" CSN(T2, "001")
	    ";" CSN(T2, "002"), NONE CSN(T1, "000") ";" CSN(T1, "001") ";"
	    CSN(T2, "002") ",had=" CSN(T2, "001") },
	{ "newer than was noted", NONE CSN(T1, "001") ",had="
	    CSN(T2, "002"), FROM("001") CSN(T3, "002"),
	    NONE CSN(T1, "001") ",had=" CSN(T3, "002") },
	{ "older than was noted", NONE CSN(T1, "001") ",had="
	    CSN(T3, "002"), FROM("001") CSN(T2, "002"),
	    NONE CSN(T1, "001") ",had=" CSN(T3, "002") },
	{ "what was noted stays", NONE CSN(T1, "001") ",had="
	    CSN(T3, "002"), FROM("001") CSN(T2, "001"),
	    NONE CSN(T2, "001") ",had=" CSN(T3, "002") },
	{ "until its server says so", NONE CSN(T1, "002") ",had="
	    CSN(T2, "002"), FROM("002") CSN(T2, "002"),
	    NONE CSN(T2, "002") },
	{ "without a number all others' are", NONE CSN(T1, "001"),
	    NONE CSN(T2, "001"), NONE CSN(T1, "001") ",had="
	    CSN(T2, "001") },

	/* No CSN. */
	{ "a server among several says nothing",
	    FROM("001") CSN(T1, "001") ";" CSN(T1, "002"),
	    "rid=000,sid=001", NONE CSN(T1, "001") ";" CSN(T1, "002") },
	{ "one alone does", NONE CSN(T1, "000"), "rid=000", "rid=000" },

	/* Replaced. */
	{ "there was none", "", FROM("001") CSN(T1, "001"),
	    FROM("001") CSN(T1, "001") },
	{ "there was none with a CSN", "rid=000,sid=001",
	    FROM("001") CSN(T1, "001"), FROM("001") CSN(T1, "001") },
	{ "it was damaged", NONE CSN(T1, "001") ";x",
	    FROM("001") CSN(T2, "001"), FROM("001") CSN(T2, "001") },
	{ "the other is damaged", NONE CSN(T1, "001"),
	    FROM("001") CSN(T2, "001") ";x", FROM("001") CSN(T2, "001")
	    ";x" },
	{ "the note is damaged", NONE CSN(T1, "001") ",had=",
	    FROM("001") CSN(T2, "001"), FROM("001") CSN(T2, "001") },
	{ "the other has no rid=", NONE CSN(T1, "001"),
	    "sid=001,csn=" CSN(T2, "001"), "sid=001,csn=" CSN(T2, "001") },
	{ "another server's", "server:389#cn=x#12", "server:389#cn=x#13",
	    "server:389#cn=x#13" },
};

START_TEST(merges_two)
{
	struct cookie *cookie, *given, wanted;

	cookie = cookie_of(merges[_i].cookie, strlen(merges[_i].cookie));
	given = cookie_of(merges[_i].given, strlen(merges[_i].given));
	cookie_set(&wanted, merges[_i].merged, strlen(merges[_i].merged));
	cookie_merge(cookie, given);
	ck_assert_msg(cookie_equal(cookie, &wanted), "%s: %.*s",
	    merges[_i].label, (int)cookie->len, (char *)cookie->bytes);
	free(cookie);
	free(given);
}
END_TEST

/* 7 + 5 + 41 n - 1 bytes: 49 servers fit, 50 do not. */
static const struct {
	const char *label;
	int servers;
	size_t len;
} many[] = {
	{ "it just fits", 48, 7 + 5 + 41 * 49 - 1 },
	{ "it is too long", 49, 0 },
};

START_TEST(merges_no_more_than_fits)
{
	struct cookie cookie = { .len = 0 }, given;
	char text[COOKIE_MAX + 1];
	int i, at;

	at = snprintf(text, sizeof(text), "rid=000");
	for (i = 1; i <= many[_i].servers; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s" T1
		    "#000000#%03x#000000", i == 1 ? ",csn=" : ";", i);
	cookie_set(&cookie, text, (size_t)at);
	ck_assert_uint_gt(cookie.len, 0);
	at = snprintf(text, sizeof(text), "%s", NONE CSN(T1, "000"));
	cookie_set(&given, text, (size_t)at);
	cookie_merge(&cookie, &given);
	ck_assert_msg(cookie.len == many[_i].len, "%s: %zu", many[_i].label,
	    cookie.len);
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
	suite_rows(s, tells_who_lags, ROWS(lags));
	suite_rows(s, damaged_is_never_honoured, ROWS(damaged));
	suite_rows(s, reads_to_the_last_byte, ROWS(full));
	suite_rows(s, tells_slapds_cookies, ROWS(csns));
	suite_rows(s, leaves_out_who_gave_it, ROWS(senders));
	suite_one(s, leaves_out_of_what_is_full);
	suite_rows(s, merges_two, ROWS(merges));
	suite_rows(s, merges_no_more_than_fits, ROWS(many));
	return (suite_run(s));
}
