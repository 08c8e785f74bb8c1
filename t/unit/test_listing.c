#include "dn.h"
#include "listing_case.h"
#include "suite.h"

#define SAYS(...)		{ .says = __VA_ARGS__ }
#define NAMED(id, name)		{ .says = ADD(id), .dn = (name) }
#define WITH_CSN(id)		\
	{ .says = ADD(id), .attr = "entryCSN", .value = "2026" }
#define CSN_COOKIE		"rid=000,csn=2026"
#define PLAIN			{ .says = NO_STATE("") }
#define PLAIN_DN(name)		{ .says = NO_STATE(""), .dn = (name) }
#define PLAIN_UUID(uuid)	\
	{ .says = NO_STATE(""), .attr = "entryUUID", .value = (uuid) }
#define PAGE(cookie)		\
	{ .says = RESULT(LDAPCONN_SUCCESS), .page = (cookie) }
#define LAST			SAYS(RESULT(LDAPCONN_SUCCESS))
#define STEPS(...)	\
	{ __VA_ARGS__ }, \
	sizeof((struct step[]){ __VA_ARGS__ }) / sizeof(struct step)

#define UUID_A	"61616161-6161-6161-6161-616161616161"
#define UUID_J	"6a6a6a6A-6A6a-6a6a-6a6a-6a6a6a6a6a6a"

enum { STEPS_MAX = 8 };

/* How a run ends. */
enum ending { WELL, FAILED, NOT_OFFERED, LOST };

static const char *const endings[] = {
	"well", "failed", "not offered", "lost"
};

struct run {
	const char *label;
	struct step steps[STEPS_MAX];
	int n;
	const char *heard;	/* key, and the DN unless it is cn=x */
	enum ending ending;
	const char *why;	/* behind "search of ou=x: " */
	int abandoned;
};

static enum ending
ending_of(const struct listing *l, int result)
{

	if (result == 0)
		return (l->not_offered || l->lost ? FAILED : WELL);
	if (l->not_offered)
		return (NOT_OFFERED);
	return (l->lost ? LOST : FAILED);
}

static void
check_run(const struct run *run, enum listing_how how)
{
	struct ldapconn conn = { .steps = run->steps, .n = run->n };
	struct heard heard = { .fails = false };
	const struct sink sink = { &heard, NULL, heard_entry, heard_cookie,
	    NULL };
	struct watch watch = { 0, 0 };
	struct listing l = the_listing(&conn, how, &watch);
	struct why why = { "search of ou=x: " };
	enum ending ending;

	ending = ending_of(&l, listing_run(&l, &sink, &why));
	ck_assert_msg(ending == run->ending, "%s: %s: %s", run->label,
	    endings[ending], why.text);
	ck_assert_msg(strcmp(heard.text, run->heard) == 0, "%s: %s",
	    run->label, heard.text);
	ck_assert_msg(strcmp(why.text + strlen("search of ou=x: "),
	    run->why) == 0, "%s: %s", run->label, why.text);
	ck_assert_msg(conn.abandoned == run->abandoned, "%s: %d", run->label,
	    conn.abandoned);
}

/* ---- RFC 4533 ---------------------------------------------------------- */

#define INCOMPLETE	"the answer is not complete: it has a referral to " \
	"another server"
#define ENDED		"the server has ended the search: 1 (words)"

static const struct run syncs[] = {
	{ "entries, and the cookie",
	    STEPS(NAMED("a", "cn=x"), NAMED("b", "CN=B, O=y"),
	    SAYS(REFRESH_DELETE("c1"))),
	    "a\nb CN=B, O=y\n6 at c1\n", WELL, "", 1 },
	{ "nothing, and the cookie",
	    STEPS(SAYS(REFRESH_PRESENT("c1"))), "6 at c1\n", WELL, "", 1 },
	{ "no cookie",
	    STEPS(SAYS(ADD("a")), SAYS(REFRESH_DELETE(NULL))), "a\n", WELL, "",
	    1 },
	{ "a pause",
	    STEPS(SAYS(ADD("a")), { .happens = QUIET }, { .happens = QUIET },
	    SAYS(REFRESH_DELETE(NULL))), "a\n", WELL, "", 1 },
	{ "the answer to another question",
	    STEPS({ .happens = STRAY, .says = ADD("b") }, SAYS(ADD("a")),
	    { .happens = STRAY, .says = REFRESH_DELETE("c2") },
	    SAYS(REFRESH_DELETE("c1"))), "a\n6 at c1\n", WELL, "", 1 },
	{ "a DN that is none",
	    STEPS(NAMED("a", "no name"), SAYS(REFRESH_DELETE("c1"))),
	    "a entryUUID=" UUID_A "\n6 at c1\n", WELL, "", 1 },

	{ "slapd's cookie, and every entryCSN",
	    STEPS(WITH_CSN("a"), WITH_CSN("b"),
	    SAYS(REFRESH_DELETE(CSN_COOKIE))),
	    "a\nb\n6 at " CSN_COOKIE "\n", WELL, "", 1 },
	{ "slapd's cookie, and an entryCSN that may not be read",
	    STEPS(WITH_CSN("a"), SAYS(ADD("b")), WITH_CSN("c"),
	    SAYS(REFRESH_DELETE(CSN_COOKIE))), "a\nb\nc\n", WELL, "", 1 },
	{ "slapd's cookie, and no entry",
	    STEPS(SAYS(REFRESH_DELETE(CSN_COOKIE))), "6 at " CSN_COOKIE "\n",
	    WELL, "", 1 },

	{ "no RFC 4533 there",
	    STEPS(SAYS(RESULT(LDAPCONN_NO_CONTROL))), "", NOT_OFFERED, ENDED,
	    0 },
	{ "a limit, half-way",
	    STEPS(SAYS(ADD("a")), SAYS(RESULT(LDAPCONN_LATER))), "a\n",
	    FAILED, ENDED, 0 },
	{ "a referral",
	    STEPS(SAYS(ADD("a")), SAYS(REFERENCE),
	    SAYS(REFRESH_DELETE("c1"))),
	    "a\n", FAILED, INCOMPLETE, 1 },
	{ "news after the end",
	    STEPS(SAYS(ADD("a")), SAYS(REFRESH_DELETE("c1")),
	    SAYS(DELETE("a")), SAYS(NEW_COOKIE("c2"))), "a\n6 at c1\n", WELL,
	    "", 1 },
	{ "an entry that came and went",
	    STEPS(SAYS(ADD("a")), SAYS(DELETE("a"))), "a\n", FAILED,
	    "an entry was deleted while it was read", 1 },
	{ "an entry that came twice",
	    STEPS(SAYS(ADD("a")), SAYS(ADD("b")), NAMED("a", "cn=moved")),
	    "a\nb\n", FAILED, "the entry cn=moved came twice: it was changed "
	    "while it was read", 1 },
	{ "an end as of a search that does not persist",
	    STEPS(SAYS(ADD("a")), SAYS(DONE_DELETE("c1"))), "a\n", FAILED,
	    "the server does not keep to RFC 4533: a search that should "
	    "persist ends in its refresh", 0 },
	{ "an entry without its state",
	    STEPS(PLAIN), "", FAILED, "the server does not keep to RFC 4533: "
	    "an entry has no state", 1 },
	{ "the connection is lost",
	    STEPS(SAYS(ADD("a")), { .happens = GONE }), "a\n", LOST,
	    "connection reset", 0 },
	{ "silence",
	    STEPS(SAYS(ADD("a"))), "a\n", LOST, "no answer for 40 ms", 1 }
};

START_TEST(reads_by_rfc_4533)
{

	check_run(&syncs[_i], LISTING_SYNC);
}
END_TEST

/* ---- pages ------------------------------------------------------------- */

static const struct run plains[] = {
	{ "a server that knows no pages",
	    STEPS(PLAIN_UUID(UUID_A), PLAIN_UUID(UUID_J), LAST), "a\nj\n",
	    WELL, "", 0 },
	{ "nothing", STEPS(LAST), "", WELL, "", 0 },
	{ "pages",
	    STEPS(PLAIN_UUID(UUID_A), PAGE("p1"), PLAIN_UUID(UUID_J),
	    PAGE("p2"), LAST), "a\nj\n", WELL, "", 0 },
	{ "no entryUUID: the normal DN",
	    STEPS(PLAIN, PLAIN_DN("CN=B, O=y"), LAST),
	    "cn=x\ncn=b,o=y CN=B, O=y\n", WELL, "", 0 },
	{ "a normal DN as long as a UUID",
	    STEPS(PLAIN_DN("cn=12345678,o=yz"), LAST),
	    "cn=12345678,o=yz cn=12345678,o=yz\n", WELL, "", 0 },
	{ "a DN that is none, of a UUID",
	    STEPS({ .says = NO_STATE(""), .dn = "no name",
	    .attr = "ENTRYUUID", .value = UUID_A }, LAST),
	    "a entryUUID=" UUID_A "\n", WELL, "", 0 },
	{ "a DN that is none, of none",
	    STEPS(PLAIN_DN("<>"), PLAIN_DN("\xff"), LAST),
	    "entrydn=#3c3e entrydn=#3c3e\nentrydn=#ff entrydn=#ff\n", WELL,
	    "", 0 },
	{ "values with options",
	    STEPS({ .says = NO_STATE(""), .attr = "cn;lang-de",
	    .value = "x" }, LAST), "cn=x\n", WELL, "", 0 },

	{ "a limit on the second page",
	    STEPS(PLAIN, PAGE("p1"), SAYS(RESULT(LDAPCONN_LATER))), "cn=x\n",
	    FAILED, ENDED, 0 },
	{ "a referral",
	    STEPS(PLAIN, SAYS(REFERENCE), LAST), "cn=x\n", FAILED, INCOMPLETE,
	    1 },
	{ "an answer out of place",
	    STEPS(SAYS(NEW_COOKIE("c1")), LAST), "", FAILED,
	    "an answer that nobody has asked for", 1 },
	{ "some of the values",
	    STEPS({ .says = NO_STATE(""), .attr = "member;Range=0-1499",
	    .value = "cn=a" }, LAST), "", FAILED, "the entry cn=x has too "
	    "many values for one answer (member;Range=0-1499): raise the "
	    "server's limit (MaxValRange)", 1 },
	{ "the same UUID on two pages",
	    STEPS(PLAIN_UUID(UUID_A), PAGE("p1"), PLAIN_UUID(UUID_A), LAST),
	    "a\n", FAILED, "the entry cn=x came twice: it was changed while "
	    "it was read", 1 },
	{ "the same DN on two pages",
	    STEPS(PLAIN, PAGE("p1"), PLAIN_DN("CN=X"), LAST), "cn=x\n",
	    FAILED, "the entry CN=X came twice: it was changed while it was "
	    "read", 1 },
	{ "the connection is lost",
	    STEPS(PLAIN, { .happens = GONE }), "cn=x\n", LOST,
	    "connection reset", 0 },
	{ "silence between the pages",
	    STEPS(PLAIN, PAGE("p1")), "cn=x\n", LOST, "no answer for 40 ms",
	    1 }
};

START_TEST(reads_page_by_page)
{

	check_run(&plains[_i], LISTING_PLAIN);
}
END_TEST

/* RFC 4530: what is not a UUID is no key. */
static const char *const no_uuids[] = {
	"", "61616161",
	"61616161-6161-6161-6161-6161616161612",
	"61616161-6161-6161-6161-61616161616",
	"616161616161-6161-6161-6161-61616161",
	"6161616161616161616161616161616161-6",
	"-6-6-6-6-6-6-6-6-6-6-6-6-6-6-6-6-6-6",
	"-61-61-61-61-61-61-61-61-61-61-61-61",
	"g1616161-6161-6161-6161-616161616161",
	"6g616161-6161-6161-6161-616161616161",
	"61616161-6161-6161-6161-61616161616-"
};

START_TEST(knows_what_is_no_uuid)
{
	const struct step steps[] = { PLAIN_UUID(no_uuids[_i]), LAST };
	struct run run = { no_uuids[_i], STEPS(steps[0], steps[1]), "cn=x\n",
	    WELL, "", 0 };

	check_run(&run, LISTING_PLAIN);
}
END_TEST

/* ---- what is asked ----------------------------------------------------- */

static const struct {
	const char *label;
	enum listing_how how;
	struct step steps[3];
	const char *asked;
} questions[] = {
	{ "RFC 4533: a first poll", LISTING_SYNC,
	    { SAYS(REFRESH_DELETE("c1")) }, "ou=x (cn=*) cn mail sync 3\n" },
	{ "pages: each goes on from the last one", LISTING_PLAIN,
	    { PAGE("p1"), PAGE("p2"), LAST },
	    "ou=x (cn=*) cn mail 500 of \n"
	    "ou=x (cn=*) cn mail 500 of p1\n"
	    "ou=x (cn=*) cn mail 500 of p2\n" }
};

START_TEST(asks_for_all)
{
	struct ldapconn conn = { .steps = questions[_i].steps, .n = 3 };
	struct heard heard = { .fails = false };
	const struct sink sink = { &heard, NULL, heard_entry, heard_cookie,
	    NULL };
	struct watch watch = { 0, 0 };
	struct listing l = the_listing(&conn, questions[_i].how, &watch);
	struct why why;

	ck_assert_msg(listing_run(&l, &sink, &why) == 0, "%s",
	    questions[_i].label);
	ck_assert_msg(strcmp(conn.asked, questions[_i].asked) == 0, "%s: %s",
	    questions[_i].label, conn.asked);
}
END_TEST

START_TEST(says_so_when_it_cannot_ask)
{
	static const struct step steps[] = { PAGE("p1") };
	struct ldapconn conn = { .steps = steps, .n = 1,
	    .refuses = _i / 2 + 1 };
	struct heard heard = { .fails = false };
	const struct sink sink = { &heard, NULL, heard_entry, heard_cookie,
	    NULL };
	struct watch watch = { 0, 0 };
	struct listing l = the_listing(&conn,
	    _i == 0 ? LISTING_SYNC : LISTING_PLAIN, &watch);
	struct why why;

	/* The first search, and the second one of pages. */
	ck_assert_int_eq(listing_run(&l, &sink, &why), -1);
	ck_assert_str_eq(why.text, "search of ou=x: cannot send");
	ck_assert(l.lost);
	ck_assert_int_eq(conn.abandoned, 0);
}
END_TEST

/* ---- the sink and the watcher ------------------------------------------ */

static const struct {
	const char *label;
	enum listing_how how;
	struct step step;
	int abandoned;
} full[] = {
	{ "an entry", LISTING_SYNC, SAYS(ADD("a")), 1 },
	{ "the cookie", LISTING_SYNC, SAYS(REFRESH_DELETE("c1")), 1 },
	{ "an entry of a page", LISTING_PLAIN, PLAIN, 1 }
};

START_TEST(stops_when_the_sink_fails)
{
	struct ldapconn conn = { .steps = &full[_i].step, .n = 1 };
	struct heard heard = { .fails = true };
	const struct sink sink = { &heard, NULL, heard_entry, heard_cookie,
	    NULL };
	struct watch watch = { 0, 0 };
	struct listing l = the_listing(&conn, full[_i].how, &watch);
	struct why why;

	ck_assert_msg(listing_run(&l, &sink, &why) == -1, "%s",
	    full[_i].label);
	ck_assert_str_eq(why.text, "search of ou=x: the sink is full");
	ck_assert_msg(!l.lost && conn.abandoned == full[_i].abandoned, "%s",
	    full[_i].label);
}
END_TEST

/* As many DNs, then the end. */
static int
many(int n, struct watch *watch, int *abandoned, struct why *why)
{
	static char dns[300][16];
	static struct step steps[301];
	struct ldapconn conn = { .steps = steps, .n = n + 1 };
	struct heard heard = { .fails = false };
	const struct sink sink = { &heard, NULL, heard_entry, heard_cookie,
	    NULL };
	struct listing l = the_listing(&conn, LISTING_PLAIN, watch);
	int i, result;

	for (i = 0; i < n; i++) {
		snprintf(dns[i], sizeof(dns[i]), "cn=%d", i);
		steps[i] = (struct step)PLAIN_DN(dns[i]);
	}
	steps[n] = (struct step)LAST;
	result = listing_run(&l, &sink, why);
	*abandoned = conn.abandoned;
	ck_assert(!l.lost);
	return (result);
}

START_TEST(tells_of_its_progress_by_entries)
{
	struct watch watch = { 0, 0 };
	struct why why;
	int abandoned;

	ck_assert_int_eq(many(63, &watch, &abandoned, &why), 0);
	ck_assert_int_le(watch.calls, 1);
	watch.calls = 0;
	ck_assert_int_eq(many(256, &watch, &abandoned, &why), 0);
	ck_assert_int_ge(watch.calls, 4);
}
END_TEST

START_TEST(tells_of_its_progress_while_it_waits)
{
	struct ldapconn conn = { .steps = NULL, .n = 0 };
	struct heard heard = { .fails = false };
	const struct sink sink = { &heard, NULL, heard_entry, heard_cookie,
	    NULL };
	struct watch watch = { 0, 0 };
	struct listing l = the_listing(&conn, LISTING_SYNC, &watch);
	struct why why;

	l.timeout_ms = 1100;
	ck_assert_int_eq(listing_run(&l, &sink, &why), -1);
	ck_assert_str_eq(why.text, "search of ou=x: no answer for 1100 ms");
	ck_assert_int_ge(watch.calls, 2);
}
END_TEST

START_TEST(ends_when_it_is_told_to)
{
	struct watch watch = { 0, 1 };
	struct why why;
	int abandoned;

	ck_assert_int_eq(many(256, &watch, &abandoned, &why), -1);
	ck_assert_str_eq(why.text,
	    "search of ou=x: somebody wants it to end");
	ck_assert_int_eq(abandoned, 1);
}
END_TEST

START_TEST(does_nothing_else)
{
	struct ldapconn conn = { .steps = NULL, .n = 0 };
	const struct sink sink = { NULL, NULL, NULL, NULL, NULL };
	struct watch watch = { 0, 0 };
	struct listing l = the_listing(&conn, (enum listing_how)9, &watch);
	struct why why = { "there is no such way" };

	ck_assert_int_eq(listing_run(&l, &sink, &why), -1);
	ck_assert_int_eq(conn.searches, 0);
}
END_TEST

/* ---- listing_entry ----------------------------------------------------- */

static const struct {
	const char *label;
	const char *dn;
	size_t len;
	const char *to;		/* NULL: as it is */
} names[] = {
	{ "a DN", TEXT("CN=Foo + o=bar, dc=example"), NULL },
	{ "the empty one", TEXT(""), NULL },
	{ "no DN", TEXT("foo"), "entryUUID=" UUID_A },
	{ "a NUL in it", TEXT("cn=a\0b"), "entryUUID=" UUID_A },
	{ "RFC 1779's quotes", TEXT("cn=\"a\""), "entryUUID=" UUID_A }
};

START_TEST(gives_an_entry_its_key_and_a_dn_that_normalises)
{
	const struct entry entry = { names[_i].dn, names[_i].len, NULL, 7 };
	struct source_entry out;
	struct arena arena;
	struct entry copy;
	char normal[256];

	logged[0] = '\0';
	arena_init(&arena);
	ck_assert_int_eq(listing_entry(&the_query, &entry,
	    (const unsigned char *)"aaaaaaaaaaaaaaaa", &arena, &copy, &out),
	    0);
	ck_assert_uint_eq(out.key_len, SYNC_UUID);
	ck_assert_mem_eq(out.key, "aaaaaaaaaaaaaaaa", SYNC_UUID);
	ck_assert_uint_eq(out.entry->nattrs, 7);
	ck_assert_uint_eq(out.searches, 6);
	ck_assert_int_ge(dn_normalise(out.entry->dn, out.entry->dn_len,
	    normal, sizeof(normal)), 0);
	ck_assert_msg((logged[0] == '\0') == (names[_i].to == NULL), "%s: %s",
	    names[_i].label, logged);
	if (names[_i].to != NULL)
		ck_assert_str_eq(out.entry->dn, names[_i].to);
	else
		ck_assert_mem_eq(out.entry->dn, names[_i].dn, names[_i].len);
	arena_free(&arena);
}
END_TEST

START_TEST(reports_a_dn_that_is_none)
{
	static const struct run run = { "no name",
	    STEPS(NAMED("a", "no name"), SAYS(REFRESH_DELETE(NULL))),
	    "a entryUUID=" UUID_A "\n", WELL, "", 1 };

	check_run(&run, LISTING_SYNC);
	ck_assert_str_eq(logged, "search of ou=x: this DN cannot be read, the "
	    "entry counts as entryUUID=" UUID_A ": no name");
}
END_TEST

START_TEST(reports_an_entry_csn_that_is_hidden)
{
	static const struct run run = { "hidden",
	    STEPS(SAYS(ADD("a")), SAYS(REFRESH_DELETE(CSN_COOKIE))), "a\n",
	    WELL, "", 1 };

	check_run(&run, LISTING_SYNC);
	ck_assert_ptr_nonnull(strstr(logged, "search of ou=x: there are "
	    "entries whose entryCSN may not be read"));
}
END_TEST

/* A report is no place for a megabyte. */
START_TEST(reports_the_beginning_of_a_long_dn)
{
	static char long_dn[5000];
	const struct entry entry = { long_dn, sizeof(long_dn) - 1, NULL, 0 };
	struct source_entry out;
	struct arena arena;
	struct entry copy;

	memset(long_dn, 'x', sizeof(long_dn) - 1);
	arena_init(&arena);
	ck_assert_int_eq(listing_entry(&the_query, &entry,
	    (const unsigned char *)"aaaaaaaaaaaaaaaa", &arena, &copy, &out),
	    0);
	ck_assert_str_eq(out.entry->dn, "entryUUID=" UUID_A);
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("listing");

	suite_rows(s, reads_by_rfc_4533, ROWS(syncs));
	suite_rows(s, reads_page_by_page, ROWS(plains));
	suite_rows(s, knows_what_is_no_uuid, ROWS(no_uuids));
	suite_rows(s, asks_for_all, ROWS(questions));
	suite_rows(s, says_so_when_it_cannot_ask, 3);
	suite_rows(s, stops_when_the_sink_fails, ROWS(full));
	suite_one(s, tells_of_its_progress_by_entries);
	suite_one(s, tells_of_its_progress_while_it_waits);
	suite_one(s, ends_when_it_is_told_to);
	suite_one(s, does_nothing_else);
	suite_rows(s, gives_an_entry_its_key_and_a_dn_that_normalises,
	    ROWS(names));
	suite_one(s, reports_a_dn_that_is_none);
	suite_one(s, reports_an_entry_csn_that_is_hidden);
	suite_one(s, reports_the_beginning_of_a_long_dn);
	return (suite_run(s));
}
