#include <stdio.h>

#include "suite.h"
#include "sync.h"
#include "sync_case.h"

/* Cookies of slapd: the same server at three times, and another server. */
#define CSN(day, sid)	\
	"rid=001,csn=202611" day "000000.000000Z#000000#" sid "#000000"
#define OLD		CSN("01", "001")
#define NEW		CSN("02", "001")
#define NEWER		CSN("03", "001")
#define ALIEN		CSN("02", "002")
/* The first of them as it names itself, while it persists. */
#define GIVES(day)	\
	"rid=001,sid=001,csn=202611" day "000000.000000Z#000000#001#000000"
#define NOTED(day, sid)	\
	",had=202611" day "000000.000000Z#000000#" sid "#000000"

#define RO		SYNC_REFRESH_ONLY
#define RP		SYNC_REFRESH_AND_PERSIST
enum { SAYS_MAX = 8 };

/* How a dialogue ends: well, in a stage, or with a trouble. */
enum ending {
	REFRESHING, PERSISTING, COMPLETE,
	FAILED, REFUSED, NEWER_THAN_IT, NOT_OFFERED
};

static const char *const endings[] = {
	"refreshing", "persisting", "complete",
	"failed", "refused", "newer", "not offered"
};

struct dialogue {
	const char *label;
	enum sync_mode mode;
	const char *cookie;
	struct says says[SAYS_MAX];
	int n;
	const char *told;	/* +: put, -: delete, =: sweep all but */
	const char *newest;	/* cookie at the end; NULL: none */
	enum ending ending;
};

#define END_OF(...)	\
	{ __VA_ARGS__ }, \
	sizeof((struct says[]){ __VA_ARGS__ }) / sizeof(struct says)

/* ---- the sink ---------------------------------------------------------- */

struct told {
	char text[64];
	bool fails;
};

static int
tell(struct told *told, const char *sign, const char *what, struct why *why)
{

	if (told->fails)
		return (why_set(why, "the sink is full"));
	strcat(told->text, sign);
	strcat(told->text, what);
	return (0);
}

static int
put(void *ctx, const unsigned char *uuid, const struct entry *entry,
    struct why *why)
{
	const char id[] = { (char)uuid[SYNC_UUID - 1], '\0' };

	ck_assert_str_eq(entry->dn, "cn=x");
	return (tell(ctx, "+", id, why));
}

static int
delete(void *ctx, const unsigned char *uuid, struct why *why)
{
	const char id[] = { (char)uuid[SYNC_UUID - 1], '\0' };

	return (tell(ctx, "-", id, why));
}

static int
sweep(void *ctx, const struct uuidset *present, struct why *why)
{
	unsigned char uuid[SYNC_UUID];
	char ids[32] = "", c;
	size_t n = 0;

	for (c = 'a'; c <= 'z'; c++) {
		memset(uuid, c, SYNC_UUID);
		if (uuidset_has(present, uuid))
			ids[n++] = c;
	}
	ck_assert_uint_eq(n, present->n);
	return (tell(ctx, "=", ids, why));
}

/* ---- dialogues --------------------------------------------------------- */

static enum ending
ending_of(const struct sync *sync, int result)
{

	if (result == 0)
		return ((enum ending)(REFRESHING + (int)sync->stage));
	return ((enum ending)(FAILED + (int)sync->trouble));
}

/* All messages but the last must do. */
static enum ending
play(const struct dialogue *d, struct sync *sync, struct told *told,
    struct why *why)
{
	const struct sync_sink sink = { told, put, delete, sweep };
	const struct cookie sent = says_cookie(d->cookie);
	struct ldapconn_message m;
	struct says_ids ids;
	int i, result = 0;

	sync_begin(sync, d->mode, d->cookie == NULL ? NULL : &sent);
	for (i = 0; i < d->n; i++) {
		ck_assert_msg(result == 0, "%s: %d: %s", d->label, i,
		    why->text);
		m = says_message(&d->says[i], &ids);
		result = sync_hear(sync, &m, &sink, why);
	}
	return (ending_of(sync, result));
}

static void
check_dialogue(const struct dialogue *d)
{
	const struct cookie newest = says_cookie(d->newest);
	struct told told = { "", false };
	struct why why = { "" };
	enum ending ending;
	struct sync sync;

	ending = play(d, &sync, &told, &why);
	ck_assert_msg(ending == d->ending, "%s: %s (%s)", d->label,
	    endings[ending], why.text);
	ck_assert_msg(strcmp(told.text, d->told) == 0, "%s: %s", d->label,
	    told.text);
	ck_assert_msg(cookie_equal(&sync.cookie, &newest), "%s: %.*s",
	    d->label, (int)sync.cookie.len, (char *)sync.cookie.bytes);
	ck_assert_msg((why.text[0] != '\0') == (ending >= FAILED), "%s: %s",
	    d->label, why.text);
	sync_end(&sync);
}

/* ---- the refresh ------------------------------------------------------- */

/* RFC 4533 sections 3.3 and 3.4.1. */
static const struct dialogue refreshes[] = {
	/* Without a cookie. */
	{ "nothing said yet", RO, NULL,
	    { { .kind = LDAPCONN_ENTRY } }, 0, "", NULL, REFRESHING },
	{ "a first poll", RO, NULL,
	    END_OF(ADD("a"), ADD("b"), DONE_DELETE(NEW)),
	    "+a+b", NEW, COMPLETE },
	{ "a first poll that calls itself a present phase", RO, NULL,
	    END_OF(ADD("a"), DONE_PRESENT(NEW)), "+a", NEW, COMPLETE },
	{ "a first poll of nothing", RO, NULL,
	    END_OF(DONE_PRESENT(NEW)), "", NEW, COMPLETE },
	{ "a first poll without any cookie", RO, NULL,
	    END_OF(ADD("a"), DONE_DELETE(NULL)), "+a", NULL, COMPLETE },
	{ "an empty cookie is none", RO, "",
	    END_OF(ADD("a"), DONE_PRESENT(NEW)), "+a", NEW, COMPLETE },
	{ "a first refresh, on the way", RP, NULL,
	    END_OF(ADD("a"), ADD("b")), "+a+b", NULL, REFRESHING },
	{ "a first refresh as slapd ends it", RP, NULL,
	    END_OF(ADD("a"), REFRESH_DELETE(NEW)), "+a", NEW, PERSISTING },
	{ "a first refresh that calls itself a present phase", RP, NULL,
	    END_OF(ADD("a"), REFRESH_PRESENT(NEW)), "+a", NEW, PERSISTING },
	{ "modify says as much as add", RP, NULL,
	    END_OF(MODIFY("a"), REFRESH_DELETE(NEW)), "+a", NEW,
	    PERSISTING },
	{ "a first refresh that loses an entry on its way", RP, NULL,
	    END_OF(ADD("a"), DELETE("a"), REFRESH_DELETE(NEW)), "+a-a", NEW,
	    PERSISTING },

	/* Nothing has changed. */
	{ "nothing new, as slapd says it", RP, OLD,
	    END_OF(REFRESH_DELETE(NULL)), "", OLD, PERSISTING },
	{ "nothing new, polled", RO, OLD,
	    END_OF(DONE_DELETE(NULL)), "", OLD, COMPLETE },
	{ "nothing new, the same cookie", RP, OLD,
	    END_OF(REFRESH_DELETE(OLD)), "", OLD, PERSISTING },

	/* The present phase. */
	{ "present by entries", RP, OLD,
	    END_OF(PRESENT("a"), PRESENT("c"), REFRESH_PRESENT(NEW)),
	    "=ac", NEW, PERSISTING },
	{ "present by ID sets", RP, OLD,
	    END_OF(PRESENT_IDS("ab", NULL), PRESENT_IDS("c", NULL),
	    REFRESH_PRESENT(NEW)), "=abc", NEW, PERSISTING },
	{ "added and changed count as present", RP, OLD,
	    END_OF(PRESENT_IDS("c", NULL), ADD("a"), MODIFY("b"),
	    REFRESH_PRESENT(NEW)), "+a+b=abc", NEW, PERSISTING },
	{ "nothing is left", RP, OLD,
	    END_OF(REFRESH_PRESENT(NEW)), "=", NEW, PERSISTING },
	{ "not over yet: nothing goes", RP, OLD,
	    END_OF(PRESENT_IDS("ab", NULL)), "", OLD, REFRESHING },
	{ "polled", RO, OLD,
	    END_OF(ADD("a"), PRESENT_IDS("b", NULL), DONE_PRESENT(NEW)),
	    "+a=ab", NEW, COMPLETE },
	{ "named twice", RP, OLD,
	    END_OF(PRESENT("a"), PRESENT_IDS("aa", NULL), ADD("a"),
	    REFRESH_PRESENT(NEW)), "+a=a", NEW, PERSISTING },
	{ "a reload: all anew, and the rest goes", RP, OLD,
	    END_OF(ADD("a"), ADD("b"), REFRESH_PRESENT(NEW)), "+a+b=ab", NEW,
	    PERSISTING },
	{ "all named: an empty cookie is no matter", RP, OLD,
	    END_OF(PRESENT("a"), REFRESH_PRESENT("")), "=a", OLD,
	    PERSISTING },
	{ "all named: whose cookie it was is no matter", RP, OLD,
	    END_OF(PRESENT("a"), REFRESH_PRESENT(ALIEN)), "=a", ALIEN,
	    PERSISTING },

	/* The delete phase. */
	{ "deleted by entries", RP, OLD,
	    END_OF(DELETE("a"), ADD("b"), REFRESH_DELETE(NEW)), "-a+b", NEW,
	    PERSISTING },
	{ "deleted by ID sets", RP, OLD,
	    END_OF(DELETE_IDS("ab", NULL), MODIFY("c"), REFRESH_DELETE(NEW)),
	    "-a-b+c", NEW, PERSISTING },
	{ "deleted, polled", RO, OLD,
	    END_OF(DELETE_IDS("ab", NULL), DONE_DELETE(NEW)), "-a-b", NEW,
	    COMPLETE },

	/* Both. */
	{ "a delete phase after the present phase", RP, OLD,
	    END_OF(PRESENT_IDS("ab", NULL), MORE_AFTER_PRESENT(NULL),
	    DELETE_IDS("b", NULL), ADD("c"), REFRESH_DELETE(NEW)),
	    "=ab-b+c", NEW, PERSISTING },
	{ "and not yet over", RP, OLD,
	    END_OF(PRESENT_IDS("ab", NULL), MORE_AFTER_PRESENT(NULL)),
	    "=ab", OLD, REFRESHING },
	{ "both, polled", RO, OLD,
	    END_OF(PRESENT_IDS("ab", NULL), MORE_AFTER_PRESENT(NEW),
	    DELETE_IDS("b", NULL), DONE_DELETE(NEWER)), "=ab-b", NEWER,
	    COMPLETE },
	{ "both ends of a present phase sweep once", RO, OLD,
	    END_OF(PRESENT("a"), REFRESH_PRESENT(NEW), DONE_PRESENT(NULL)),
	    "=a", NEW, COMPLETE },
	{ "a poll is over with its result only", RO, OLD,
	    END_OF(PRESENT("a"), REFRESH_PRESENT(NEW)), "=a", NEW,
	    REFRESHING },
	{ "a present phase after the delete phase", RP, OLD,
	    END_OF(ADD("a"), MORE_AFTER_DELETE(NULL), PRESENT("b"),
	    REFRESH_PRESENT(NEW)), "+a=ab", NEW, PERSISTING },

	/* The newest cookie counts, wherever it comes. */
	{ "a cookie with an entry", RP, OLD,
	    END_OF(SAYS_ENTRY(SYNC_ADD, "a", NEW), REFRESH_DELETE(NULL)),
	    "+a", NEW, PERSISTING },
	{ "a cookie with an ID set", RP, OLD,
	    END_OF(DELETE_IDS("a", NEW), REFRESH_DELETE(NULL)), "-a", NEW,
	    PERSISTING },
	{ "a cookie between", RP, OLD,
	    END_OF(DELETE("a"), NEW_COOKIE(NEW), REFRESH_DELETE(NULL)), "-a",
	    NEW, PERSISTING },
	{ "several cookies", RP, OLD,
	    END_OF(NEW_COOKIE(NEW), ADD("a"), REFRESH_DELETE(NEWER)), "+a",
	    NEWER, PERSISTING }
};

START_TEST(refreshes_a_replica)
{

	check_dialogue(&refreshes[_i]);
}
END_TEST

/* ---- a cookie that was passed over ------------------------------------- */

/* The server says everything anew and names nothing that has gone. */
static const struct dialogue passed_over[] = {
	{ "of another server", RP, ALIEN,
	    END_OF(ADD("a"), REFRESH_DELETE(NEW)), "+a", NEW, REFUSED },
	{ "of another server, polled", RO, ALIEN,
	    END_OF(ADD("a"), DONE_DELETE(NEW)), "+a", NEW, REFUSED },
	{ "of another server, and there is nothing", RP, ALIEN,
	    END_OF(REFRESH_DELETE(NEW)), "", NEW, REFUSED },
	{ "garbage", RP, "rid=001,csn=garbage",
	    END_OF(ADD("a"), REFRESH_DELETE(NEW)), "+a", NEW, REFUSED },
	{ "garbage, and there is nothing", RP, "garbage",
	    END_OF(REFRESH_DELETE("")), "", "garbage", REFUSED },
	{ "garbage, and there is nothing, polled", RO, "garbage",
	    END_OF(DONE_DELETE("")), "", "garbage", REFUSED },
	{ "news and no cookie", RP, OLD,
	    END_OF(ADD("a"), REFRESH_DELETE(NULL)), "+a", OLD, REFUSED },
	{ "deletes and no cookie", RP, OLD,
	    END_OF(DELETE_IDS("a", NULL), REFRESH_DELETE(NULL)), "-a", OLD,
	    REFUSED },
	{ "names and neither end of a present phase nor cookie", RO, OLD,
	    END_OF(PRESENT("a"), DONE_DELETE(NULL)), "", OLD, REFUSED }
};

START_TEST(sees_that_its_cookie_was_passed_over)
{

	check_dialogue(&passed_over[_i]);
}
END_TEST

/* ---- a server that has not caught up ----------------------------------- */

/* What it says is older than what we have. */
static const struct dialogue lagging[] = {
	{ "by a present phase", RP, NEW,
	    END_OF(ADD("a"), REFRESH_PRESENT(OLD)), "+a=a", OLD,
	    NEWER_THAN_IT },
	{ "by a delete phase", RP, NEW,
	    END_OF(ADD("a"), REFRESH_DELETE(OLD)), "+a", OLD, NEWER_THAN_IT },
	{ "polled", RO, NEW,
	    END_OF(ADD("a"), DONE_DELETE(OLD)), "+a", OLD, NEWER_THAN_IT },
	{ "what another server had told", RP, OLD NOTED("03", "001"),
	    END_OF(ADD("a"), REFRESH_DELETE(NEW)), "+a", NEW,
	    NEWER_THAN_IT },
	{ "nothing new, and another server had told some", RP,
	    OLD NOTED("03", "001"), END_OF(REFRESH_DELETE(NULL)), "",
	    OLD NOTED("03", "001"), NEWER_THAN_IT },
	{ "no more", RP, OLD NOTED("02", "001"),
	    END_OF(ADD("a"), REFRESH_DELETE(NEW)), "+a", NEW, PERSISTING },
	{ "but nothing was asked from it on", RP, NULL,
	    END_OF(ADD("a"), REFRESH_PRESENT(OLD)), "+a", OLD, PERSISTING }
};

START_TEST(sees_that_a_server_lags)
{

	check_dialogue(&lagging[_i]);
}
END_TEST

/* ---- persisting -------------------------------------------------------- */

/* RFC 4533 section 3.4.2. */
static const struct dialogue news[] = {
	{ "an entry comes", RP, OLD,
	    END_OF(REFRESH_DELETE(NULL), SAYS_ENTRY(SYNC_ADD, "a",
	    GIVES("02"))), "+a", NEW, PERSISTING },
	{ "an entry changes", RP, NULL,
	    END_OF(REFRESH_DELETE(OLD), SAYS_ENTRY(SYNC_MODIFY, "a",
	    GIVES("02"))), "+a", NEW, PERSISTING },
	{ "an entry goes", RP, OLD,
	    END_OF(REFRESH_PRESENT(NEW), SAYS_ENTRY(SYNC_DELETE, "a",
	    GIVES("03"))), "=-a", NEWER, PERSISTING },
	{ "several go", RP, OLD,
	    END_OF(REFRESH_DELETE(NULL), DELETE_IDS("ab", GIVES("02"))),
	    "-a-b", NEW, PERSISTING },
	{ "a cookie for changes elsewhere", RP, OLD,
	    END_OF(REFRESH_DELETE(NULL), NEW_COOKIE(GIVES("02"))), "", NEW,
	    PERSISTING },
	{ "a cookie of nothing is none", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), NEW_COOKIE("")), "", NEW,
	    PERSISTING },
	{ "a second server wrote", RP, OLD,
	    END_OF(REFRESH_DELETE(NULL), SAYS_ENTRY(SYNC_ADD, "a", ALIEN)),
	    "+a", OLD NOTED("02", "002"), PERSISTING },
	{ "it passes on another's, and has no CSN for it", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), SAYS_ENTRY(SYNC_ADD, "a",
	    "rid=001,sid=001")), "+a", NEW, PERSISTING },
	{ "what is no cookie of slapd's replaces", RP, "x1",
	    END_OF(REFRESH_DELETE("x2"), SAYS_ENTRY(SYNC_ADD, "a", "x3")),
	    "+a", "x3", PERSISTING },

	{ "present is no news", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), PRESENT("a")), "", NEW, FAILED },
	{ "nor is a list of those present", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), PRESENT_IDS("a", NEWER)), "", NEW,
	    FAILED },
	{ "the refresh ends twice, by delete", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), REFRESH_DELETE(NEWER)), "", NEW,
	    FAILED },
	{ "the refresh ends twice, by present", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), REFRESH_PRESENT(NEWER)), "", NEW,
	    FAILED },
	{ "an entry without its state", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), NO_STATE("a")), "", NEW, FAILED },
	{ "a referral", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), REFERENCE), "", NEW, FAILED },

	{ "the server wants a refresh (4096)", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), RESULT(LDAPCONN_REFRESH_REQUIRED)),
	    "", NEW, REFUSED },
	{ "the same of a search that began anew", RP, NULL,
	    END_OF(REFRESH_DELETE(NEW), RESULT(LDAPCONN_REFRESH_REQUIRED)),
	    "", NEW, REFUSED },
	{ "the server stops", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), RESULT(LDAPCONN_LATER)), "", NEW,
	    FAILED },
	{ "the server stops and calls it a success", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), RESULT(LDAPCONN_SUCCESS)), "", NEW,
	    FAILED },
	{ "the same with a control", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), DONE_PRESENT(NEWER)), "", NEW,
	    FAILED },
	{ "53 is no word on the cookie any more", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), RESULT(LDAPCONN_UNWILLING)), "", NEW,
	    FAILED },
	{ "nor is 12", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), RESULT(LDAPCONN_NO_CONTROL)), "", NEW,
	    FAILED },
	{ "anything else", RP, OLD,
	    END_OF(REFRESH_DELETE(NEW), RESULT(LDAPCONN_OTHER)), "", NEW,
	    FAILED }
};

START_TEST(follows_the_news)
{

	check_dialogue(&news[_i]);
}
END_TEST

/* ---- refusals ---------------------------------------------------------- */

static const struct dialogue refusals[] = {
	{ "no RFC 4533 there", RO, NULL,
	    END_OF(RESULT(LDAPCONN_NO_CONTROL)), "", NULL, NOT_OFFERED },
	{ "none any more", RP, OLD,
	    END_OF(RESULT(LDAPCONN_NO_CONTROL)), "", OLD, NOT_OFFERED },
	{ "unwilling", RP, NULL,
	    END_OF(RESULT(LDAPCONN_UNWILLING)), "", NULL, FAILED },
	{ "unwilling: our cookie is newer than the server", RP, OLD,
	    END_OF(RESULT(LDAPCONN_UNWILLING)), "", OLD, NEWER_THAN_IT },
	{ "refresh required", RP, OLD,
	    END_OF(RESULT(LDAPCONN_REFRESH_REQUIRED)), "", OLD, REFUSED },
	{ "refresh required in its midst", RP, OLD,
	    END_OF(ADD("a"), RESULT(LDAPCONN_REFRESH_REQUIRED)), "+a", OLD,
	    REFUSED },
	{ "refresh required, and it was one", RO, NULL,
	    END_OF(RESULT(LDAPCONN_REFRESH_REQUIRED)), "", NULL, FAILED },
	{ "busy, and the like", RP, OLD,
	    END_OF(RESULT(LDAPCONN_LATER)), "", OLD, FAILED },
	{ "busy in the midst of a present phase: nothing goes", RP, OLD,
	    END_OF(PRESENT("a"), RESULT(LDAPCONN_LATER)), "", OLD, FAILED },
	{ "a size limit in a first poll", RO, NULL,
	    END_OF(ADD("a"), RESULT(LDAPCONN_LATER)), "+a", NULL, FAILED },
	{ "anything else, with a cookie", RP, OLD,
	    END_OF(RESULT(LDAPCONN_OTHER)), "", OLD, REFUSED },
	{ "anything else, without", RP, NULL,
	    END_OF(RESULT(LDAPCONN_OTHER)), "", NULL, FAILED },
	{ "a referral with a cookie", RP, OLD,
	    END_OF(ADD("a"), REFERENCE), "+a", OLD, FAILED },
	{ "a referral without", RO, NULL,
	    END_OF(ADD("a"), REFERENCE), "+a", NULL, FAILED }
};

START_TEST(knows_what_a_refusal_means)
{

	check_dialogue(&refusals[_i]);
}
END_TEST

/* ---- nonsense ---------------------------------------------------------- */

/* Over a cookie it would come each time. */
static const struct dialogue nonsense[] = {
	{ "an entry without its state", RO, NULL,
	    END_OF(NO_STATE("a")), "", NULL, FAILED },
	{ "the same, with a cookie", RP, OLD,
	    END_OF(NO_STATE("a")), "", OLD, REFUSED },
	{ "present, of one who has nothing", RO, NULL,
	    END_OF(PRESENT("a")), "", NULL, FAILED },
	{ "a list of those present, of one who has nothing", RP, NULL,
	    END_OF(PRESENT_IDS("a", NULL)), "", NULL, FAILED },
	{ "present, after the sweep", RP, OLD,
	    END_OF(MORE_AFTER_PRESENT(NULL), PRESENT("a")), "=", OLD,
	    REFUSED },
	{ "a list of those present, after the sweep", RP, OLD,
	    END_OF(MORE_AFTER_PRESENT(NULL), PRESENT_IDS("a", NULL)), "=",
	    OLD, REFUSED },
	{ "a second present phase", RP, OLD,
	    END_OF(MORE_AFTER_PRESENT(NULL), REFRESH_PRESENT(NEW)), "=", OLD,
	    REFUSED },
	{ "a second present phase of a first refresh", RP, NULL,
	    END_OF(MORE_AFTER_PRESENT(NULL), REFRESH_PRESENT(NEW)), "", NULL,
	    FAILED },
	{ "a poll that does not say how it ends", RO, NULL,
	    END_OF(ADD("a"), RESULT(LDAPCONN_SUCCESS)), "+a", NULL, FAILED },
	{ "the same, with a cookie", RO, OLD,
	    END_OF(RESULT(LDAPCONN_SUCCESS)), "", OLD, REFUSED },
	{ "an end before the refresh is over", RP, NULL,
	    END_OF(ADD("a"), DONE_DELETE(NEW)), "+a", NULL, FAILED },
	{ "the same, with a cookie: nothing goes", RP, OLD,
	    END_OF(ADD("a"), DONE_PRESENT(NEW)), "+a", OLD, REFUSED },
	{ "a word after the last", RO, NULL,
	    END_OF(DONE_DELETE(NEW), ADD("a")), "", NEW, FAILED },
	{ "a state that there is not", RO, NULL,
	    END_OF(SAYS_ENTRY((enum sync_entry_state)9, "a", NEW)), "", NULL,
	    FAILED },
	{ "an info that there is not", RO, NULL,
	    END_OF({ SAYS_INFO((enum sync_info_kind)9, NEW) }), "", NULL,
	    FAILED },
	{ "a message that there is not", RO, NULL,
	    END_OF({ .kind = (enum ldapconn_kind)9 }), "", NULL, FAILED }
};

START_TEST(refuses_nonsense)
{

	check_dialogue(&nonsense[_i]);
}
END_TEST

/* ---- the sink fails ---------------------------------------------------- */

/* The cookie did nothing wrong, and stays where it was. */
static const struct dialogue full[] = {
	{ "put", RP, OLD, END_OF(SAYS_ENTRY(SYNC_ADD, "a", NEW)), "", OLD,
	    FAILED },
	{ "delete", RP, OLD, END_OF(SAYS_ENTRY(SYNC_DELETE, "a", NEW)), "",
	    OLD, FAILED },
	{ "delete by ID set", RP, OLD, END_OF(DELETE_IDS("ab", NEW)), "", OLD,
	    FAILED },
	{ "sweep", RP, OLD, END_OF(REFRESH_PRESENT(NEW)), "", OLD, FAILED },
	{ "sweep, polled", RO, OLD, END_OF(DONE_PRESENT(NEW)), "", OLD,
	    FAILED }
};

START_TEST(passes_on_that_the_sink_failed)
{
	const struct dialogue *d = &full[_i];
	const struct cookie newest = says_cookie(d->newest);
	struct told told = { "", true };
	struct why why = { "" };
	struct sync sync;

	ck_assert_msg(play(d, &sync, &told, &why) == FAILED, "%s", d->label);
	ck_assert_str_eq(why.text, "the sink is full");
	ck_assert_msg(cookie_equal(&sync.cookie, &newest), "%s", d->label);
	ck_assert_int_ne(sync.stage, SYNC_PERSISTING);
	sync_end(&sync);
}
END_TEST

static const struct dialogue ends[] = {
	{ "refreshing", RO, NULL, END_OF(RESULT(LDAPCONN_LATER)), "", NULL,
	    FAILED },
	{ "persisting, with success", RP, NULL,
	    END_OF(REFRESH_DELETE(NEW), DONE_DELETE(NEW)), "", NEW, FAILED }
};

START_TEST(gives_the_servers_words)
{
	struct told told = { "", false };
	struct sync sync;
	struct why why;

	play(&ends[_i], &sync, &told, &why);
	ck_assert_str_eq(why.text,
	    "the server has ended the search: 1 (words)");
	sync_end(&sync);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sync");

	suite_rows(s, refreshes_a_replica, ROWS(refreshes));
	suite_rows(s, sees_that_a_server_lags, ROWS(lagging));
	suite_rows(s, sees_that_its_cookie_was_passed_over,
	    ROWS(passed_over));
	suite_rows(s, follows_the_news, ROWS(news));
	suite_rows(s, knows_what_a_refusal_means, ROWS(refusals));
	suite_rows(s, refuses_nonsense, ROWS(nonsense));
	suite_rows(s, passes_on_that_the_sink_failed, ROWS(full));
	suite_rows(s, gives_the_servers_words, ROWS(ends));
	return (suite_run(s));
}
