/* The test takes the source: liblber's calls are ones that it may fail, as
 * they do when memory is short. */
#include <lber.h>
#include <stdbool.h>

static int calls;
static int fail_call;	/* 0: never */

static bool
failing(void)
{

	return (++calls == fail_call);
}
#define ber_alloc_t(options) \
	(failing() ? NULL : (ber_alloc_t)(options))
#define ber_init(bytes) \
	(failing() ? NULL : (ber_init)(bytes))
#define ber_printf(...) \
	(failing() ? -1 : (ber_printf)(__VA_ARGS__))
#define ber_flatten2(ber, bytes, copy) \
	(failing() ? -1 : (ber_flatten2)(ber, bytes, copy))
#include "../../milter/synccontrol.c"
#include "suite.h"

#include <stdio.h>

#include "short_arena.h"

/*
 * Values are written in hexadecimal, element by element: tag, length, content.
 * The tags: 30 SEQUENCE, 31 SET, 04 OCTET STRING, 0a ENUMERATED, 01 BOOLEAN,
 * 80 [0] and a1, a2, a3 [1], [2], [3] of syncInfoValue.
 */

#define UUID1	"0410 00112233445566778899aabbccddeeff "
#define UUID2	"0410 ffffffffffffffffffffffffffffffff "
#define COOKIE	"0403 616263 "		/* abc */

static const unsigned char uuid1[SYNC_UUID] = { 0x00, 0x11, 0x22, 0x33, 0x44,
    0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };

/* Bytes on the heap, so that ASan sees a step beyond them. */
struct value {
	unsigned char *bytes;
	size_t len;
};

static struct value
value_of(const char *hex)
{
	struct value v = { malloc(strlen(hex) / 2 + 1), 0 };
	unsigned byte;

	ck_assert_ptr_nonnull(v.bytes);
	for (; *hex != '\0'; hex++) {
		if (*hex == ' ')
			continue;
		ck_assert(sscanf(hex++, "%2x", &byte) == 1);
		v.bytes[v.len++] = (unsigned char)byte;
	}
	v.bytes = realloc(v.bytes, v.len + (v.len == 0));
	ck_assert_ptr_nonnull(v.bytes);
	return (v);
}

static void
check_cookie(const char *label, const struct cookie *cookie, const char *want)
{

	ck_assert_msg(cookie->len == strlen(want) &&
	    memcmp(cookie->bytes, want, cookie->len) == 0,
	    "%s: cookie of %zu bytes", label, cookie->len);
}

/* ---- the request -------------------------------------------------------- */

static const struct {
	const char *label;
	enum sync_mode mode;
	const char *cookie;
	const char *hex;
} requests[] = {
	{ "from the beginning", SYNC_REFRESH_ONLY, "", "3003 0a0101" },
	{ "from a cookie", SYNC_REFRESH_ONLY, "abc",
	    "3008 0a0101 0403616263" },
	{ "and go on", SYNC_REFRESH_AND_PERSIST, "abc",
	    "3008 0a0103 0403616263" },
	{ "go on without a cookie", SYNC_REFRESH_AND_PERSIST, "",
	    "3003 0a0103" },
};

static void
check_bytes(const char *label, const void *bytes, size_t len, const char *hex)
{
	struct value want = value_of(hex);

	ck_assert_msg(len == want.len &&
	    memcmp(bytes, want.bytes, len) == 0, "%s: other bytes (%zu)",
	    label, len);
	free(want.bytes);
}

START_TEST(writes_the_request)
{
	struct cookie cookie;
	struct arena arena;
	const void *bytes;
	size_t len;

	arena_init(&arena);
	cookie_set(&cookie, requests[_i].cookie, strlen(requests[_i].cookie));
	ck_assert_int_eq(synccontrol_request(requests[_i].mode, &cookie,
	    &arena, &bytes, &len), 0);
	check_bytes(requests[_i].label, bytes, len, requests[_i].hex);
	arena_free(&arena);
}
END_TEST

START_TEST(writes_the_longest_cookie)
{
	static unsigned char zeros[COOKIE_MAX];
	const unsigned char *bytes;
	struct cookie cookie;
	struct arena arena;
	const void *value;
	size_t len;

	arena_init(&arena);
	cookie_set(&cookie, zeros, sizeof(zeros));
	ck_assert_int_eq(synccontrol_request(SYNC_REFRESH_ONLY, &cookie,
	    &arena, &value, &len), 0);
	bytes = value;
	/* Lengths of two bytes: 2048 + 4, and 2048. */
	check_bytes("header", bytes, 11, "30820807 0a0101 04820800");
	ck_assert_uint_eq(len, 11 + COOKIE_MAX);
	ck_assert(memcmp(bytes + 11, zeros, COOKIE_MAX) == 0);
	arena_free(&arena);
}
END_TEST

/* ---- what reads --------------------------------------------------------- */

static const struct {
	const char *label;
	const char *hex;
	enum sync_entry_state state;
	const char *cookie;
} states[] = {
	{ "present", "3015 0a0100 " UUID1, SYNC_PRESENT, "" },
	{ "add", "3015 0a0101 " UUID1, SYNC_ADD, "" },
	{ "modify", "3015 0a0102 " UUID1, SYNC_MODIFY, "" },
	{ "delete", "3015 0a0103 " UUID1, SYNC_DELETE, "" },
	{ "with a cookie", "301a 0a0101 " UUID1 COOKIE, SYNC_ADD, "abc" },
	{ "with an empty cookie", "3017 0a0101 " UUID1 "0400", SYNC_ADD, "" },
	{ "lengths in the long form", "30820018 0a810101 0482 0010"
	    "00112233445566778899aabbccddeeff", SYNC_ADD, "" },
};

START_TEST(reads_a_state)
{
	struct value v = value_of(states[_i].hex);
	struct sync_state state;

	ck_assert_msg(synccontrol_state(v.bytes, v.len, &state) == 0, "%s",
	    states[_i].label);
	ck_assert_msg(state.state == states[_i].state, "%s: %d",
	    states[_i].label, (int)state.state);
	ck_assert(memcmp(state.uuid, uuid1, SYNC_UUID) == 0);
	check_cookie(states[_i].label, &state.cookie, states[_i].cookie);
	free(v.bytes);
}
END_TEST

static const struct {
	const char *label;
	const char *hex;
	const char *cookie;
	bool refresh_deletes;
} dones[] = {
	{ "nothing", "3000", "", false },
	{ "a cookie", "3005 " COOKIE, "abc", false },
	{ "deletes", "3003 0101ff", "", true },
	{ "a cookie and deletes", "3008 " COOKIE "0101ff", "abc", true },
	{ "the default said", "3003 010100", "", false },
	{ "a cookie and the default", "3008 " COOKIE "010100", "abc", false },
	{ "an empty cookie", "3002 0400", "", false },
};

START_TEST(reads_a_done)
{
	struct value v = value_of(dones[_i].hex);
	struct sync_done done;

	ck_assert_msg(synccontrol_done(v.bytes, v.len, &done) == 0, "%s",
	    dones[_i].label);
	ck_assert_msg(done.refresh_deletes == dones[_i].refresh_deletes,
	    "%s", dones[_i].label);
	check_cookie(dones[_i].label, &done.cookie, dones[_i].cookie);
	free(v.bytes);
}
END_TEST

static const struct {
	const char *label;
	const char *hex;
	const char *cookie;
	enum sync_info_kind kind;
	bool refresh_done;
	bool refresh_deletes;
	size_t nuuids;
} infos[] = {
	{ "new cookie", "8003 616263", "abc", SYNC_NEW_COOKIE, false, false,
	    0 },
	{ "an empty one", "8000", "", SYNC_NEW_COOKIE, false, false, 0 },

	{ "a delete phase is over", "a100", "", SYNC_REFRESH_DELETE, true,
	    false, 0 },
	{ "with a cookie", "a105 " COOKIE, "abc", SYNC_REFRESH_DELETE, true,
	    false, 0 },
	{ "and more will come", "a108 " COOKIE "010100", "abc",
	    SYNC_REFRESH_DELETE, false, false, 0 },
	{ "more will come", "a103 010100", "", SYNC_REFRESH_DELETE, false,
	    false, 0 },
	{ "the default said", "a103 0101ff", "", SYNC_REFRESH_DELETE, true,
	    false, 0 },

	{ "a present phase is over", "a200", "", SYNC_REFRESH_PRESENT, true,
	    false, 0 },
	{ "and more will come", "a208 " COOKIE "010100", "abc",
	    SYNC_REFRESH_PRESENT, false, false, 0 },

	{ "entries that are there", "a314 3112 " UUID1, "", SYNC_ID_SET,
	    false, false, 1 },
	{ "that are gone", "a317 0101ff 3112 " UUID1, "", SYNC_ID_SET, false,
	    true, 1 },
	{ "the default said", "a317 010100 3112 " UUID1, "", SYNC_ID_SET,
	    false, false, 1 },
	{ "two, and a cookie", "a32e " COOKIE "0101ff 3124 " UUID1 UUID2,
	    "abc", SYNC_ID_SET, false, true, 2 },
	{ "a cookie", "a319 " COOKIE "3112 " UUID1, "abc", SYNC_ID_SET, false,
	    false, 1 },
	{ "none", "a302 3100", "", SYNC_ID_SET, false, false, 0 },
	{ "lengths in the long form", "a382001a 31840000 0014 0482 0010"
	    "00112233445566778899aabbccddeeff", "", SYNC_ID_SET, false, false,
	    1 },
};

START_TEST(reads_an_info)
{
	struct value v = value_of(infos[_i].hex);
	const char *label = infos[_i].label;
	struct sync_info info;
	struct arena arena;

	arena_init(&arena);
	ck_assert_msg(synccontrol_info(v.bytes, v.len, &arena, &info) == 0,
	    "%s", label);
	free(v.bytes);
	ck_assert_msg(info.kind == infos[_i].kind, "%s", label);
	ck_assert_msg(info.refresh_done == infos[_i].refresh_done, "%s",
	    label);
	ck_assert_msg(info.refresh_deletes == infos[_i].refresh_deletes,
	    "%s", label);
	check_cookie(label, &info.cookie, infos[_i].cookie);
	ck_assert_msg(info.nuuids == infos[_i].nuuids, "%s: %zu UUIDs",
	    label, info.nuuids);
	if (info.nuuids > 0)
		ck_assert(memcmp(info.uuids[0], uuid1, SYNC_UUID) == 0);
	if (info.nuuids > 1)
		ck_assert_int_eq(info.uuids[1][15], 0xff);
	arena_free(&arena);
}
END_TEST

/* slapd gives an empty cookie for one that it could not read, and none if
 * nothing has changed. */
static const struct {
	const char *label;
	const char *done;
	const char *info;
	bool no_use;
} uses[] = {
	{ "none", "3000", "a100", false },
	{ "one", "3005 " COOKIE, "a105 " COOKIE, false },
	{ "of no bytes", "3002 0400", "a102 0400", true },
	{ "of no bytes, after a present phase", "3005 0400 010100",
	    "a205 0400 0101ff", true }
};

START_TEST(tells_no_cookie_from_one_of_no_use)
{
	struct value done_v = value_of(uses[_i].done);
	struct value info_v = value_of(uses[_i].info);
	struct sync_done done;
	struct sync_info info;
	struct arena arena;

	arena_init(&arena);
	ck_assert_int_eq(synccontrol_done(done_v.bytes, done_v.len, &done),
	    0);
	ck_assert_int_eq(synccontrol_info(info_v.bytes, info_v.len, &arena,
	    &info), 0);
	ck_assert_msg(done.no_use == uses[_i].no_use &&
	    info.no_use == uses[_i].no_use, "%s", uses[_i].label);
	free(done_v.bytes);
	free(info_v.bytes);
	arena_free(&arena);
}
END_TEST

/* A cookie that is too long to keep is none; the rest holds. */
START_TEST(reads_what_has_a_long_cookie)
{
	static unsigned char bytes[8 + COOKIE_MAX + 1 + 3];
	struct sync_done done;

	/* 2049 + 4 + 3, and 2049 */
	memcpy(bytes, "\x30\x82\x08\x08\x04\x82\x08\x01", 8);
	memcpy(bytes + sizeof(bytes) - 3, "\x01\x01\xff", 3);
	ck_assert_int_eq(synccontrol_done(bytes, sizeof(bytes), &done), 0);
	ck_assert_uint_eq(done.cookie.len, 0);
	ck_assert(done.no_use);
	ck_assert(done.refresh_deletes);
}
END_TEST

START_TEST(reads_many_uuids)
{
	enum { MANY = 3000, EACH = 2 + SYNC_UUID };
	static unsigned char bytes[8 + MANY * EACH];
	struct sync_info info;
	struct arena arena;
	size_t i;

	/* 54000 + 4, and 54000 */
	memcpy(bytes, "\xa3\x82\xd2\xf4\x31\x82\xd2\xf0", 8);
	for (i = 0; i < MANY; i++) {
		memcpy(bytes + 8 + i * EACH, "\x04\x10", 2);
		bytes[8 + i * EACH + 2] = (unsigned char)i;
		bytes[8 + i * EACH + 17] = (unsigned char)(i >> 8);
	}
	arena_init(&arena);
	ck_assert_int_eq(synccontrol_info(bytes, sizeof(bytes), &arena,
	    &info), 0);
	ck_assert_uint_eq(info.nuuids, MANY);
	for (i = 0; i < MANY; i++)
		ck_assert(info.uuids[i][0] == (i & 0xff) &&
		    info.uuids[i][15] == i >> 8);
	arena_free(&arena);
}
END_TEST

/* ---- what does not ------------------------------------------------------ */

enum reader { STATE, DONE, INFO };

static int
read_as(enum reader as, const void *bytes, size_t len)
{
	struct sync_state state;
	struct sync_done done;
	struct sync_info info;
	struct arena arena;
	int result = 0;

	switch (as) {
	case STATE:
		return (synccontrol_state(bytes, len, &state));
	case DONE:
		return (synccontrol_done(bytes, len, &done));
	case INFO:
		arena_init(&arena);
		result = synccontrol_info(bytes, len, &arena, &info);
		arena_free(&arena);
	}
	return (result);
}

static const struct {
	const char *label;
	enum reader as;
	const char *hex;
} refused[] = {
	{ "no bytes", STATE, "" },
	{ "no bytes", DONE, "" },
	{ "no bytes", INFO, "" },
	{ "a NUL", STATE, "00" },
	{ "a NUL", DONE, "00" },
	{ "a NUL", INFO, "00" },
	{ "two NULs", STATE, "0000" },
	{ "two NULs", DONE, "0000" },
	{ "two NULs", INFO, "0000" },
	{ "a tag that goes on for ever", INFO, "bfffffffffffffffffffffff" },
	{ "an indefinite length", DONE, "3080 0000" },
	{ "a length of nine bytes", DONE, "3089 000000000000000000" },
	{ "the longest length", DONE, "3088 ffffffffffffffff" },
	{ "a length of 4 GiB", DONE, "3085 0100000000" },
	{ "a length without bytes", DONE, "3082 00" },
	{ "bytes after the end", DONE, "3000 00" },
	{ "another value after the end", DONE, "3000 3000" },

	{ "no state", STATE, "3012 " UUID1 },
	{ "no UUID", STATE, "3003 0a0101" },
	{ "a cookie for a UUID", STATE, "3008 0a0101 " COOKIE },
	{ "not even a sequence", STATE, "0a0101" },
	{ "a set", STATE, "3115 0a0101 " UUID1 },
	{ "state 4", STATE, "3015 0a0104 " UUID1 },
	{ "state -1", STATE, "3015 0a01ff " UUID1 },
	{ "state 257", STATE, "3016 0a020101 " UUID1 },
	{ "state of no bytes", STATE, "3014 0a00 " UUID1 },
	{ "an integer", STATE, "3015 020101 " UUID1 },
	{ "a short UUID", STATE, "3014 0a0101"
	    "040f 00112233445566778899aabbccddee" },
	{ "a long UUID", STATE, "3016 0a0101"
	    "0411 00112233445566778899aabbccddeeff00" },
	{ "a UUID as text", STATE, "3029 0a0101 0424"
	    "30303131323233332d343435352d363637372d383839392d"
	    "616162626363646465656666" },
	{ "a constructed UUID", STATE, "3017 0a0101 2412 " UUID1 },
	{ "a boolean for a cookie", STATE, "3018 0a0101 " UUID1 "0101ff" },
	{ "two cookies", STATE, "301f 0a0101 " UUID1 COOKIE COOKIE },
	{ "the cookie first", STATE, "301a 0a0101 " COOKIE UUID1 },
	{ "bytes after it", STATE, "3015 0a0101 " UUID1 "00" },
	{ "a cookie after it", STATE, "3015 0a0101 " UUID1 COOKIE },
	{ "a sequence that is too long", STATE, "3016 0a0101 " UUID1 },
	{ "one that is too short", STATE, "3014 0a0101 " UUID1 },

	{ "a state", DONE, "3003 0a0101" },
	{ "a true of 01", DONE, "3003 010101" },
	{ "a boolean of no bytes", DONE, "3002 0100" },
	{ "a boolean of two bytes", DONE, "3004 0102ffff" },
	{ "two booleans", DONE, "3006 0101ff 0101ff" },
	{ "the boolean first", DONE, "3008 0101ff " COOKIE },
	{ "a cookie that is too long", DONE, "3005 0404 616263" },
	{ "a constructed cookie", DONE, "3007 2405 " COOKIE },

	{ "a choice that does not exist", INFO, "8403 616263" },
	{ "a sequence", INFO, "3003 0101ff" },
	{ "a constructed new cookie", INFO, "a005 " COOKIE },
	{ "a new cookie that is too long", INFO, "8004 616263" },
	{ "bytes after a new cookie", INFO, "8003 616263 00" },
	{ "a primitive end of a phase", INFO, "8100" },
	{ "bytes after the end of a phase", INFO, "a100 00" },
	{ "an end of a phase that is too long", INFO, "a206 " COOKIE },
	{ "UUIDs in the end of a phase", INFO, "a114 3112 " UUID1 },
	{ "a true of 7f", INFO, "a203 01017f" },
	{ "no set", INFO, "a300" },
	{ "a cookie and no set", INFO, "a305 " COOKIE },
	{ "a sequence for the set", INFO, "a314 3012 " UUID1 },
	{ "a boolean of 02", INFO, "a317 010102 3112 " UUID1 },
	{ "a set that is too long", INFO, "a314 3113 " UUID1 },
	{ "a set that is too short", INFO, "a314 3111 " UUID1 },
	{ "something behind the set", INFO, "a317 3112 " UUID1 "0101ff" },
	{ "an empty set, and something", INFO, "a303 3100 00" },
	{ "a boolean in the set", INFO, "a317 3115 " UUID1 "0101ff" },
	{ "a set of bytes", INFO, "a303 3101 00" },
	{ "a short UUID", INFO, "a313 3111"
	    "040f 00112233445566778899aabbccddee" },
	{ "a long UUID", INFO, "a315 3113"
	    "0411 00112233445566778899aabbccddeeff00" },
	{ "an empty UUID after a good one", INFO, "a316 3114 " UUID1 "0400" },
	{ "a set that claims 4 GiB", INFO, "a319 31850100000000 " UUID1 },
};

START_TEST(refuses)
{
	struct value v = value_of(refused[_i].hex);

	ck_assert_msg(read_as(refused[_i].as, v.bytes, v.len) == -1, "%s",
	    refused[_i].label);
	free(v.bytes);
}
END_TEST

START_TEST(refuses_absurd_lengths)
{

	ck_assert_int_eq(read_as((enum reader)_i, "\x30", (size_t)-1), -1);
}
END_TEST

/* Every value that reads, cut off anywhere, and with a byte more. */
static const char *const whole[] = {
	[STATE] = "301a 0a0101 " UUID1 COOKIE,
	[DONE] = "3008 " COOKIE "0101ff",
	[INFO] = "a32e " COOKIE "0101ff 3124 " UUID1 UUID2,
};

START_TEST(refuses_a_value_cut_off)
{
	struct value v = value_of(whole[_i]);
	unsigned char *part;
	size_t len;

	ck_assert_int_eq(read_as((enum reader)_i, v.bytes, v.len), 0);
	for (len = 1; len < v.len; len++) {
		part = malloc(len);
		ck_assert_ptr_nonnull(part);
		memcpy(part, v.bytes, len);
		ck_assert_msg(read_as((enum reader)_i, part, len) == -1,
		    "%zu bytes of %zu", len, v.len);
		free(part);
	}
	free(v.bytes);
}
END_TEST

START_TEST(refuses_a_byte_more)
{
	struct value v = value_of(whole[_i]);
	int byte;

	v.bytes = realloc(v.bytes, v.len + 1);
	ck_assert_ptr_nonnull(v.bytes);
	for (byte = 0; byte < 256; byte++) {
		v.bytes[v.len] = (unsigned char)byte;
		ck_assert_msg(read_as((enum reader)_i, v.bytes,
		    v.len + 1) == -1, "%02x", byte);
	}
	free(v.bytes);
}
END_TEST

/* Whatever one byte is changed to: an answer, and never a step beyond. */
START_TEST(survives_any_byte)
{
	struct value v = value_of(whole[_i]);
	unsigned char right;
	int byte, result;
	size_t at;

	for (at = 0; at < v.len; at++) {
		right = v.bytes[at];
		for (byte = 0; byte < 256; byte++) {
			v.bytes[at] = (unsigned char)byte;
			result = read_as((enum reader)_i, v.bytes, v.len);
			ck_assert(result == 0 || result == -1);
		}
		v.bytes[at] = right;
	}
	free(v.bytes);
}
END_TEST

/* ---- short memory ------------------------------------------------------- */

START_TEST(says_so_when_the_arena_is_short)
{
	struct value v = value_of(whole[INFO]);
	struct cookie cookie = { .len = 0 };
	struct sync_info info;
	struct arena arena;
	const void *bytes;
	size_t len;

	arena_init(&arena);
	allocations = 0;
	fail_at = 1;
	ck_assert_int_eq(synccontrol_request(SYNC_REFRESH_ONLY, &cookie,
	    &arena, &bytes, &len), -1);
	allocations = 0;
	ck_assert_int_eq(synccontrol_info(v.bytes, v.len, &arena, &info),
	    -1);
	free(v.bytes);
}
END_TEST

static int
write_longest(void)
{
	struct cookie cookie = { .len = COOKIE_MAX };
	struct arena arena;
	const void *bytes;
	size_t len;
	int result;

	arena_init(&arena);
	result = synccontrol_request(SYNC_REFRESH_ONLY, &cookie, &arena,
	    &bytes, &len);
	arena_free(&arena);
	return (result);
}

static int
read_whole(enum reader as)
{
	struct value v = value_of(whole[as]);
	int result = read_as(as, v.bytes, v.len);

	free(v.bytes);
	return (result);
}

static int
read_whole_state(void)
{

	return (read_whole(STATE));
}

static int
read_whole_done(void)
{

	return (read_whole(DONE));
}

static int
read_whole_info(void)
{

	return (read_whole(INFO));
}

static const struct {
	const char *label;
	int (*run)(void);
	int calls;
} runs[] = {
	{ "request", write_longest, 5 },
	{ "state", read_whole_state, 1 },
	{ "done", read_whole_done, 1 },
	{ "info", read_whole_info, 1 },
};

START_TEST(says_so_when_liblber_is_short)
{
	int nth;

	calls = fail_call = 0;
	ck_assert_int_eq(runs[_i].run(), 0);
	ck_assert_int_eq(calls, runs[_i].calls);
	for (nth = 1; nth <= runs[_i].calls; nth++) {
		calls = 0;
		fail_call = nth;
		ck_assert_msg(runs[_i].run() == -1, "%s: call %d",
		    runs[_i].label, nth);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("synccontrol");

	suite_rows(s, writes_the_request, ROWS(requests));
	suite_one(s, writes_the_longest_cookie);
	suite_rows(s, reads_a_state, ROWS(states));
	suite_rows(s, reads_a_done, ROWS(dones));
	suite_rows(s, reads_an_info, ROWS(infos));
	suite_rows(s, tells_no_cookie_from_one_of_no_use, ROWS(uses));
	suite_one(s, reads_what_has_a_long_cookie);
	suite_one(s, reads_many_uuids);
	suite_rows(s, refuses, ROWS(refused));
	suite_rows(s, refuses_absurd_lengths, ROWS(whole));
	suite_rows(s, refuses_a_value_cut_off, ROWS(whole));
	suite_rows(s, refuses_a_byte_more, ROWS(whole));
	suite_rows(s, survives_any_byte, ROWS(whole));
	suite_one(s, says_so_when_the_arena_is_short);
	suite_rows(s, says_so_when_liblber_is_short, ROWS(runs));
	return (suite_run(s));
}
