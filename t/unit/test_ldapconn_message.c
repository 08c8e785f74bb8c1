#include <signal.h>

#include "ldapconn_case.h"
#include "suite.h"

#define STATE	"1.3.6.1.4.1.4203.1.9.1.2"
#define DONE	"1.3.6.1.4.1.4203.1.9.1.3"
#define INFO	"1.3.6.1.4.1.4203.1.9.1.4"
#define UUID	"00112233445566778899aabbccddeeff"

/* ---- messages ------------------------------------------------------------ */

static const struct {
	const char *label;
	const char *says;
	int result;
	const char *why;
} nonsense[] = {
	{ "nothing", "", 0, "" },
	{ "a message to nobody", "30{02:09 73{04'ldap://ldap.example'}}", 0,
	    "" },
	{ "an unknown intermediate response",
	    "30{02:02 79{80'1.2.3' 81'x'}}", 0, "" },
	{ "an intermediate response without a name", "30{02:02 79{81'x'}}", 0,
	    "" },
	{ "a notification of success, its name empty",
	    "30{02:00 78{0a:00 04'' 04'' 8a''}}", 0, "" },
	{ "goodbye", "30{02:00 78{0a:34 04'' 04'going down' "
	    "8a'1.3.6.1.4.1.1466.20036'}}", -1, "the server ended the "
	    "connection: Server is unavailable (52): going down" },
	{ "goodbye, its name empty", "30{02:00 78{0a:33 04'' 04'' 8a''}}", -1,
	    "the server ended the connection: Server is busy (51)" },
	{ "goodbye that cannot be read", "30{02:00 78{0a:33}}", -1,
	    "the server sent a result that cannot be read" },
	{ "no LDAP at all", "47'ET / HTTP/1.0'", -1,
	    "the connection is lost: the server closed it, or did not speak" },
	{ "no message number", "30{04''}", -1,
	    "the server cannot be understood: Decoding error" },
	{ "an attribute without values",
	    "30{02:02 64{04'dc=example' 30{30{04'uid'}}}}", -1,
	    "the server sent an entry that cannot be read" },
	{ "an attribute without a name",
	    "30{02:02 64{04'dc=example' 30{30{04'' 31{04'x'}}}}}", -1,
	    "the server sent an entry that cannot be read" },
	{ "a name with a NUL",
	    "30{02:02 64{04'dc=example' 30{30{04:750069 31{04'x'}}}}}", -1,
	    "the server sent an entry that cannot be read" },
	{ "an entry without attributes", "30{02:02 64{04'dc=example'}}", -1,
	    "the server sent an entry " },
	{ "half an attribute",
	    "30{02:02 64{04'dc=example' 30{30{04'uid' 31{04'x'}} 30:8207}}}",
	    -1, "the server sent an entry that cannot be read" },
	{ "a sync state that is none",
	    "30{02:02 64{04'dc=example' 30{}} a0{30{04'" STATE "' 04'x'}}}",
	    -1, "the server sent a sync state control that cannot be read" },
	{ "a sync state without a value",
	    "30{02:02 64{04'dc=example' 30{}} a0{30{04'" STATE "'}}}", -1,
	    "the server sent a sync state control that cannot be read" },
	{ "controls that are none",
	    "30{02:02 64{04'dc=example' 30{}} a0{02:01}}", -1,
	    "the server sent an entry with controls that cannot be read" },
	{ "a sync info that is none",
	    "30{02:02 79{80'" INFO "' 81{85''}}}", -1,
	    "the server sent a sync info message that cannot be read" },
	{ "a sync info without a value", "30{02:02 79{80'" INFO "'}}", -1,
	    "the server sent a sync info message that cannot be read" },
	{ "a result that ends too early", "30{02:02 65{0a:00 04''}}", -1,
	    "the server sent a result that cannot be read" },
	{ "a result code that is none", "30{02:02 65{0a:ff 04'' 04''}}", -1,
	    "the server sent a result code that is none" },
	{ "a sync done that is none",
	    "30{02:02 65{0a:00 04'' 04''} a0{30{04'" DONE "' 04'x'}}}", -1,
	    "the server sent a sync done control that cannot be read" },
	{ "a page that is none",
	    "30{02:02 65{0a:00 04'' 04''} a0{30{04'" PAGED "' 04'x'}}}", -1,
	    "the server sent a paged results control that cannot be read" },
	{ "an answer to something else", "30{02:02 6b{0a:00 04'' 04''}}", -1,
	    "the server sent an answer of another kind to a search" }
};

START_TEST(hears_nonsense)
{
	struct heard h;

	hear_begin(&h, nonsense[_i].says, &plain);
	hear_next(&h, nonsense[_i].result == 0 ? QUIET_MS : SOON_MS);
	ck_assert_msg(h.result == nonsense[_i].result, "%s: %d %s",
	    nonsense[_i].label, h.result, h.why.text);
	if (h.result == -1) {
		ck_assert_msg(strncmp(h.why.text, nonsense[_i].why,
		    strlen(nonsense[_i].why)) == 0, "%s: %s",
		    nonsense[_i].label, h.why.text);
		/* It stays lost; nothing goes out anew. */
		hear_next(&h, 0);
		ck_assert_int_eq(h.result, -1);
		ck_assert_int_eq(ldapconn_search(h.conn, &plain, &h.id,
		    &h.why), -1);
		ldapconn_abandon(h.conn, h.id);
	}
	hear_end(&h);
}
END_TEST

START_TEST(hears_an_entry)
{
	static const char says[] =
	    "30{02:02 64{04'uid=joe,dc=example' 30{"
	    "30{04'uid' 31{04'joe' 04'joseph'}}"
	    "30{04'mail;lang-de' 31{04:6100}}"
	    "30{04'empty' 31{04''}} 30{04'none' 31{}}}}"
	    "a0{30{04'" STATE "' 04{30{0a:02 04:" UUID " 04'c'}}}}}";
	struct heard h;
	const struct entry *e = &h.m.entry;

	hear_begin(&h, says, &plain);
	hear_next(&h, SOON_MS);
	ck_assert_msg(h.result == 1, "%s", h.why.text);
	ck_assert_int_eq(h.m.kind, LDAPCONN_ENTRY);
	ck_assert_int_eq(h.m.id, 2);
	ck_assert_str_eq(e->dn, "uid=joe,dc=example");
	ck_assert_uint_eq(e->dn_len, strlen(e->dn));
	ck_assert_uint_eq(e->nattrs, 4);
	ck_assert_str_eq(e->attrs[0].name, "uid");
	ck_assert_uint_eq(e->attrs[0].nvalues, 2);
	ck_assert_str_eq(e->attrs[0].values[1].s, "joseph");
	ck_assert_str_eq(e->attrs[1].name, "mail;lang-de");
	ck_assert_uint_eq(e->attrs[1].values[0].len, 2);
	ck_assert_mem_eq(e->attrs[1].values[0].s, "a\0", 3);
	ck_assert_uint_eq(e->attrs[2].nvalues, 1);
	ck_assert_uint_eq(e->attrs[2].values[0].len, 0);
	ck_assert_uint_eq(e->attrs[3].nvalues, 0);
	ck_assert(h.m.has_state);
	ck_assert_int_eq(h.m.state.state, SYNC_MODIFY);
	ck_assert_int_eq(h.m.state.uuid[15], 0xff);
	ck_assert_uint_eq(h.m.state.cookie.len, 1);
	hear_end(&h);
}
END_TEST

/* More attributes than a first array holds. */
START_TEST(hears_a_large_entry)
{
	char says[4000] = "30{02:02 64{04'dc=example' 30{";
	struct heard h;
	int i;

	for (i = 0; i < 100; i++)
		sprintf(says + strlen(says), "30{04'a%d' 31{04'%d'}}", i, i);
	strcat(says, "}}}");
	hear_begin(&h, says, &plain);
	hear_next(&h, SOON_MS);
	ck_assert_msg(h.result == 1, "%s", h.why.text);
	ck_assert_uint_eq(h.m.entry.nattrs, 100);
	ck_assert_str_eq(h.m.entry.attrs[0].values[0].s, "0");
	ck_assert_str_eq(h.m.entry.attrs[99].name, "a99");
	ck_assert_str_eq(h.m.entry.attrs[99].values[0].s, "99");
	ck_assert(!h.m.has_state);
	hear_end(&h);
}
END_TEST

START_TEST(hears_a_reference)
{
	struct heard h;

	hear_begin(&h, "30{02:02 73{04'ldap://ldap.example.com/dc=x'}}",
	    &plain);
	hear_next(&h, SOON_MS);
	ck_assert_int_eq(h.result, 1);
	ck_assert_int_eq(h.m.kind, LDAPCONN_REFERENCE);
	ck_assert_int_eq(h.m.id, 2);
	hear_end(&h);
}
END_TEST

START_TEST(hears_sync_info)
{
	struct heard h;

	hear_begin(&h, "30{02:02 79{80'1.2.3' 81'x'}}"
	    "30{02:02 79{80'" INFO "' 81{80'cookie'}}}", &plain);
	hear_next(&h, SOON_MS);
	ck_assert_msg(h.result == 1, "%s", h.why.text);
	ck_assert_int_eq(h.m.kind, LDAPCONN_INFO);
	ck_assert_int_eq(h.m.info.kind, SYNC_NEW_COOKIE);
	ck_assert_uint_eq(h.m.info.cookie.len, 6);
	hear_end(&h);
}
END_TEST

#define NO_LIMITS	"; the server must set no limits to this bind DN"

static const struct {
	const char *label;
	const char *says;	/* code, matched DN, text; controls */
	enum ldapconn_code code;
	const char *words;
	bool has_done;
	size_t page;		/* its length */
} results[] = {
	{ "success", "65{0a:00 04'' 04''}", LDAPCONN_SUCCESS, "Success (0)",
	    false, 0 },
	{ "no control", "65{0a:0c 04'' 04'no'}", LDAPCONN_NO_CONTROL,
	    "Critical extension is unavailable (12): no", false, 0 },
	{ "unwilling", "65{0a:35 04'' 04''}", LDAPCONN_UNWILLING,
	    "Server is unwilling to perform (53)", false, 0 },
	{ "refresh required", "65{0a:1000 04'' 04''}",
	    LDAPCONN_REFRESH_REQUIRED, "Content Sync Refresh Required (4096)",
	    false, 0 },
	{ "time limit", "65{0a:03 04'' 04''}", LDAPCONN_LATER,
	    "Time limit exceeded (3)" NO_LIMITS, false, 0 },
	{ "size limit", "65{0a:04 04'' 04'500'}", LDAPCONN_LATER,
	    "Size limit exceeded (4): 500" NO_LIMITS, false, 0 },
	{ "referral", "65{0a:0a 04'' 04'' a3{04'ldap://ldap.example.com'}}",
	    LDAPCONN_LATER, "Referral (10)", false, 0 },
	{ "administrator's limit", "65{0a:0b 04'' 04''}", LDAPCONN_LATER,
	    "Administrative limit exceeded (11)" NO_LIMITS, false, 0 },
	{ "no such base", "65{0a:20 04'dc=example' 04''}", LDAPCONN_LATER,
	    "No such object (32); the base is wrong, or this bind DN may not "
	    "read it", false, 0 },
	{ "no rights", "65{0a:32 04'' 04''}", LDAPCONN_LATER,
	    "Insufficient access (50)", false, 0 },
	{ "busy", "65{0a:33 04'' 04''}", LDAPCONN_LATER,
	    "Server is busy (51)", false, 0 },
	{ "unavailable", "65{0a:34 04'' 04''}", LDAPCONN_LATER,
	    "Server is unavailable (52)", false, 0 },
	{ "partial results", "65{0a:09 04'' 04''}", LDAPCONN_OTHER,
	    "Partial results and referral received (9)", false, 0 },
	{ "other", "65{0a:50 04'' 04'?'}", LDAPCONN_OTHER,
	    "Other (e.g., implementation specific) error (80): ?", false, 0 },
	{ "a code that nobody knows", "65{0a:7f00 04'' 04''}",
	    LDAPCONN_OTHER, "Unknown (private extension) error (32512)", false,
	    0 },
	{ "sync done", "65{0a:00 04'' 04''} "
	    "a0{30{04'" DONE "' 04{30{04'c' 01:ff}}}}", LDAPCONN_SUCCESS,
	    "Success (0)", true, 0 },
	{ "another page", "65{0a:00 04'' 04''} "
	    "a0{30{04'" PAGED "' 04{30{02:00 04'next'}}}}", LDAPCONN_SUCCESS,
	    "Success (0)", false, 4 },
	{ "the last page", "65{0a:00 04'' 04''} "
	    "a0{30{04'" PAGED "' 04{30{02:00 04''}}}}", LDAPCONN_SUCCESS,
	    "Success (0)", false, 0 }
};

START_TEST(hears_a_result)
{
	struct heard h;
	char says[300];

	snprintf(says, sizeof(says), "30{02:02 %s}", results[_i].says);
	hear_begin(&h, says, &plain);
	hear_next(&h, SOON_MS);
	ck_assert_msg(h.result == 1, "%s: %s", results[_i].label, h.why.text);
	ck_assert_int_eq(h.m.kind, LDAPCONN_RESULT);
	ck_assert_msg(h.m.code == results[_i].code, "%s: %d",
	    results[_i].label, h.m.code);
	ck_assert_str_eq(h.m.words, results[_i].words);
	ck_assert_msg(h.m.has_done == results[_i].has_done, "%s: done",
	    results[_i].label);
	if (h.m.has_done) {
		ck_assert(h.m.done.refresh_deletes);
		ck_assert_uint_eq(h.m.done.cookie.len, 1);
	}
	ck_assert_msg(h.m.page.len == results[_i].page, "%s: page",
	    results[_i].label);
	hear_end(&h);
}
END_TEST

/* With a part of it forgotten, the pages that are left would be, too. */
START_TEST(keeps_a_page_whole_or_not)
{
	char says[5000] = "30{02:02 65{0a:00 04'' 04''} a0{30{04'" PAGED
	    "' 04{30{02:00 04'";
	size_t len = strlen(says), page = COOKIE_MAX + (size_t)_i;
	struct heard h;

	memset(says + len, 'x', page);
	strcpy(says + len + page, "'}}}}}");
	hear_begin(&h, says, &plain);
	hear_next(&h, SOON_MS);
	ck_assert_int_eq(h.result, _i == 0 ? 1 : -1);
	if (h.result == 1)
		ck_assert_uint_eq(h.m.page.len, COOKIE_MAX);
	else
		ck_assert_str_eq(h.why.text, "the server sent a cookie that "
		    "is too long in its paged results control");
	hear_end(&h);
}
END_TEST

/* ---- pieces -------------------------------------------------------------- */

/* Where the message of serve_pieces is cut. */
static size_t cut;

static void
serve_pieces(struct peer *p, int fd)
{
	static struct peer_bytes bytes;

	if (peer_hear(fd))
		peer_say(fd, BOUND);
	peer_hear(fd);
	bytes.len = 0;
	ber_write(&bytes, p->says);
	(void)send(fd, bytes.b, cut, MSG_NOSIGNAL);
	wait_go();
	if (p->closes)
		return;
	(void)send(fd, bytes.b + cut, bytes.len - cut, MSG_NOSIGNAL);
	peer_until_end(fd);
}

static void
pieces_begin(struct heard *h, bool closes)
{

	memset(h, 0, sizeof(*h));
	ck_assert_int_eq(pipe(go), 0);
	arena_init(&h->arena);
	h->peer = (struct peer){ .closes = closes,
	    .says = "30{02:02 65{0a:00 04'' 04'a message in two pieces'}}" };
	peer_begin(&h->peer, serve_pieces);
	h->conn = open_to(&h->peer);
	ck_assert_int_eq(ldapconn_search(h->conn, &plain, &h->id, &h->why),
	    0);
}

static const size_t cuts[] = { 1, 3, 6, 20 };

START_TEST(waits_for_the_rest)
{
	struct heard h;

	cut = cuts[_i];
	pieces_begin(&h, false);
	hear_next(&h, QUIET_MS);
	ck_assert_int_eq(h.result, 0);
	hear_next(&h, 0);
	ck_assert_int_eq(h.result, 0);
	ck_assert_int_eq(write(go[1], "x", 1), 1);
	hear_next(&h, SOON_MS);
	ck_assert_msg(h.result == 1, "%zu: %s", cut, h.why.text);
	ck_assert_str_eq(h.m.words,
	    "Success (0): a message in two pieces");
	hear_end(&h);
}
END_TEST

START_TEST(loses_the_rest)
{
	struct heard h;

	cut = cuts[_i];
	pieces_begin(&h, true);
	ck_assert_int_eq(write(go[1], "x", 1), 1);
	hear_next(&h, SOON_MS);
	ck_assert_int_eq(h.result, -1);
	ck_assert_ptr_nonnull(strstr(h.why.text, "the connection is lost"));
	hear_end(&h);
}
END_TEST

static void
serve_giant(struct peer *p, int fd)
{
	static const char head[] = "\x30\x84\x7f\xff\xff\xff\x02\x01\x02";

	(void)p;
	if (peer_hear(fd))
		peer_say(fd, BOUND);
	peer_hear(fd);
	(void)send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL);
	peer_until_end(fd);
}

START_TEST(refuses_a_giant)
{
	struct heard h = { 0 };

	arena_init(&h.arena);
	peer_begin(&h.peer, serve_giant);
	h.conn = open_to(&h.peer);
	ck_assert_int_eq(ldapconn_search(h.conn, &plain, &h.id, &h.why), 0);
	hear_next(&h, SOON_MS);
	ck_assert_int_eq(h.result, -1);
	ck_assert_ptr_nonnull(strstr(h.why.text, "longer than any message"));
	hear_end(&h);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ldapconn_message");
	struct why why;

	signal(SIGPIPE, SIG_IGN);
	if (ldapconn_start(&why) == -1)
		return (EXIT_FAILURE);
	suite_rows(suite, hears_nonsense, ROWS(nonsense));
	suite_one(suite, hears_an_entry);
	suite_one(suite, hears_a_large_entry);
	suite_one(suite, hears_a_reference);
	suite_one(suite, hears_sync_info);
	suite_rows(suite, hears_a_result, ROWS(results));
	suite_rows(suite, keeps_a_page_whole_or_not, 2);
	suite_rows(suite, waits_for_the_rest, ROWS(cuts));
	suite_rows(suite, loses_the_rest, ROWS(cuts));
	suite_one(suite, refuses_a_giant);
	return (suite_run(suite));
}
