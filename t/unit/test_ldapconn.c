#define _GNU_SOURCE	/* memmem */

#include <fcntl.h>
#include <signal.h>

#include "clock.h"
#include "ldapconn_case.h"
#include "suite.h"

/* ---- opening ------------------------------------------------------------ */

/* Answer the first request with ${says}; wait for the end, or make it. */
static void
serve_first(struct peer *p, int fd)
{

	if (peer_hear(fd))
		peer_say(fd, p->says);
	if (!p->closes)
		peer_until_end(fd);
}

/* Let the first request have no answer. */
static void
serve_nothing(struct peer *p, int fd)
{

	(void)p;
	peer_until_end(fd);
}

static void
serve_reset(struct peer *p, int fd)
{
	const struct linger hard = { 1, 0 };

	(void)p;
	peer_hear(fd);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

static void
serve_http(struct peer *p, int fd)
{
	char words[400];

	(void)p;
	peer_hear(fd);
	memset(words, ' ', sizeof(words));
	memcpy(words, "HTTP/1.1 400 Bad Request\r\n", 26);
	(void)send(fd, words, sizeof(words), MSG_NOSIGNAL);
	peer_until_end(fd);
}

START_TEST(opens_step_by_step)
{
	static const enum ldapconn_step expected[] = {
		LDAPCONN_RESOLVE, LDAPCONN_CONNECT, LDAPCONN_BIND,
		LDAPCONN_DONE
	};
	struct peer peer = { .says = BOUND };
	struct ldapconn *conn;
	int i;

	peer_begin(&peer, serve_first);
	conn = open_to(&peer);
	ck_assert_int_eq(nsteps, ROWS(expected));
	for (i = 0; i < ROWS(expected); i++)
		ck_assert_int_eq(steps[i], expected[i]);
	ck_assert_int_eq(fds[0], -1);
	ck_assert_int_eq(fds[1], ldapconn_fd(conn));
	ck_assert_int_eq(fds[2], ldapconn_fd(conn));
	ck_assert_int_eq(fds[3], -1);
	ck_assert_int_ne(fcntl(ldapconn_fd(conn), F_GETFL) & O_NONBLOCK, 0);
	ldapconn_close(conn);
	ldapconn_close(NULL);
	peer_end(&peer);
}
END_TEST

static const struct {
	const char *label;
	void (*serve)(struct peer *, int);
	const char *says;
	bool closes;
	bool starttls;
	const char *why;	/* behind the URI */
} failures[] = {
	{ "never speaks", serve_nothing, "", false, false,
	    "no answer to the bind within 1 s" },
	{ "closes", serve_first, "", true, false,
	    "the connection is lost: the server closed it" },
	{ "resets", serve_reset, "", true, false,
	    "the connection is lost: Connection reset by peer" },
	{ "speaks something else", serve_http, "", false, false,
	    "the connection is lost: the server closed it, or did not speak" },
	{ "refuses the bind", serve_first,
	    "30{02:01 61{0a:31 04'' 04'try again'}}", false, false,
	    "the bind as nobody was refused: Invalid credentials (49): try "
	    "again; the bind DN or its password is wrong" },
	{ "refuses the bind without a word", serve_first,
	    "30{02:01 61{0a:35 04'' 04''}}", false, false,
	    "the bind as nobody was refused: Server is unwilling to perform "
	    "(53)" },
	{ "a bind that is in progress", serve_first,
	    "30{02:01 61{0a:0e 04'' 04''}}", false, false,
	    "the bind as nobody was refused: SASL bind in progress (14)" },
	{ "says goodbye instead", serve_first,
	    "30{02:00 78{0a:34 04'' 04'going down' "
	    "8a'1.3.6.1.4.1.1466.20036'}}", false, false,
	    "the server ended the connection: Server is unavailable (52): "
	    "going down" },
	{ "answers another request", serve_first,
	    "30{02:07 61{0a:00 04'' 04''}}", false, false,
	    "no answer to the bind within 1 s" },
	{ "an answer without an end", serve_first,
	    "30{02:01 61{0a:00 04''}}", false, false,
	    "the server sent a result that cannot be read" },
	{ "a notification with an empty name", serve_first,
	    "30{02:00 78{0a:00 04'' 04'' 8a''}}", false, false,
	    "no answer to the bind within 1 s" },
	{ "StartTLS never answered", serve_nothing, "", false, true,
	    "no answer to the StartTLS request within 1 s" },
	{ "StartTLS refused", serve_first,
	    "30{02:01 78{0a:02 04'' 04'what?'}}", false, true,
	    "StartTLS was refused: Protocol error (2): what?" }
};

/* The certificates are looked at first: any file that can be read will do
 * until the handshake. */
START_TEST(fails_to_open)
{
	struct peer peer = { .says = failures[_i].says,
	    .closes = failures[_i].closes };
	struct ldapconn_target target;
	int64_t began = clock_ms();
	struct ldapconn *conn;
	char expected[300];
	struct why why;

	peer_begin(&peer, failures[_i].serve);
	target = target_of("ldap", peer.port);
	target.starttls = failures[_i].starttls;
	target.ca_file = "/etc/passwd";
	ck_assert_int_eq(ldapconn_open(&target, &life, &conn, &why), -1);
	ck_assert_ptr_null(conn);
	snprintf(expected, sizeof(expected), "%s: %s", uri, failures[_i].why);
	ck_assert_msg(strncmp(why.text, expected, strlen(expected)) == 0,
	    "%s: %s", failures[_i].label, why.text);
	ck_assert_int_eq(steps[nsteps - 1], LDAPCONN_DONE);
	ck_assert_int_eq(fds[nsteps - 1], -1);
	ck_assert_int_lt(clock_ms() - began, SOON_MS);
	peer_end(&peer);
}
END_TEST

static const struct {
	const char *label;
	struct ldapconn_target target;
	const char *why;
} unusable[] = {
	{ "no URI", { .uri = "127.0.0.1" },
	    "127.0.0.1: this is no URI of an LDAP server" },
	{ "no host", { .uri = "ldap:///" },
	    "ldap:///: there is no host in it" },
	{ "UDP", { .uri = "cldap://127.0.0.1" },
	    "cldap://127.0.0.1: " },
	{ "no name", { .uri = "ldap://no..name" },
	    "ldap://no..name: the name no..name cannot be resolved: " },
	{ "certificates that are not there, StartTLS",
	    { .uri = "ldap://127.0.0.1:1", .starttls = true,
	    .ca_file = "/nonexistent/ca.pem" },
	    "ldap://127.0.0.1:1: the certificates in /nonexistent/ca.pem "
	    "cannot be read: No such file or directory" },
	{ "certificates that are not there, ldaps",
	    { .uri = "ldaps://127.0.0.1:1", .ca_file = "/nonexistent/ca.pem" },
	    "ldaps://127.0.0.1:1: the certificates in /nonexistent/ca.pem "
	    "cannot be read: No such file or directory" },
	{ "no certificates", { .uri = "ldaps://127.0.0.1:1" },
	    "ldaps://127.0.0.1:1: there is no file with the certificates" },
	{ "no such socket", { .uri = "ldapi://%2Fnonexistent%2Fldapi" },
	    "ldapi://%2Fnonexistent%2Fldapi: cannot connect: No such file" }
};

START_TEST(cannot_open)
{
	struct ldapconn_target target = unusable[_i].target;
	struct ldapconn *conn;
	struct why why;

	target.timeout_ms = TIMEOUT_MS;
	ck_assert_int_eq(ldapconn_open(&target, &life, &conn, &why), -1);
	ck_assert_msg(strstr(why.text, unusable[_i].why) == why.text,
	    "%s: %s", unusable[_i].label, why.text);
}
END_TEST

START_TEST(is_refused)
{
	struct peer peer = { 0 };
	struct ldapconn_target target;
	struct ldapconn *conn;
	struct why why;

	peer_listen(&peer);
	close(peer.listening);
	target = target_of("ldap", peer.port);
	ck_assert_int_eq(ldapconn_open(&target, &life, &conn, &why), -1);
	ck_assert_msg(strstr(why.text, ": cannot connect: Connection refused")
	    != NULL, "%s", why.text);
}
END_TEST

/* ---- bind --------------------------------------------------------------- */

static void
serve_request(struct peer *p, int fd)
{

	request_len = recv(fd, request, sizeof(request), 0);
	peer_say(fd, p->says);
	peer_until_end(fd);
}

static const struct {
	const char *label;
	enum bind_method method;
	const char *says;
	const char *sent;	/* the BindRequest, from its version on */
	const char *why;	/* NULL: it is open */
} binds[] = {
	{ "anonymous", BIND_ANONYMOUS, BOUND, "02:03 04'' 80''", NULL },
	{ "simple", BIND_SIMPLE, BOUND, "02:03 04'cn=x,dc=example' 80'hush'",
	    NULL },
	{ "SASL EXTERNAL", BIND_EXTERNAL, BOUND,
	    "02:03 04'' a3{04'EXTERNAL' 04''}", NULL },
	{ "refused", BIND_SIMPLE, "30{02:01 61{0a:31 04'' 04'no'}}",
	    "02:03 04'cn=x,dc=example' 80'hush'",
	    "the bind as cn=x,dc=example was refused: Invalid credentials "
	    "(49): no; the bind DN or its password is wrong" },
	{ "the password comes back", BIND_SIMPLE,
	    "30{02:01 61{0a:31 04'' 04'hush is wrong'}}",
	    "02:03 04'cn=x,dc=example' 80'hush'",
	    "the bind as cn=x,dc=example was refused: Invalid credentials "
	    "(49); the bind DN or its password is wrong" },
	{ "EXTERNAL refused", BIND_EXTERNAL,
	    "30{02:01 61{0a:07 04'' 04''}}",
	    "02:03 04'' a3{04'EXTERNAL' 04''}",
	    "the bind as the owner of this process (SASL EXTERNAL) was "
	    "refused: Authentication method not supported (7)" }
};

/* libldap's lengths are short, those of ber_write long. */
static void
shorten(struct peer_bytes *b)
{
	size_t from, to = 0;

	for (from = 0; from < b->len; from++) {
		b->b[to++] = b->b[from];
		if (from + 3 < b->len && b->b[from + 1] == 0x82 &&
		    b->b[from + 2] == 0)
			from += 2;
	}
	b->len = to;
}

static bool
was_sent(const char *notation)
{
	static struct peer_bytes bytes;

	bytes.len = 0;
	ber_write(&bytes, notation);
	shorten(&bytes);
	return (memmem(request, (size_t)request_len, bytes.b, 6) != NULL);
}

START_TEST(binds_with)
{
	char path[] = "/tmp/ldapconnXXXXXX";
	struct peer peer = { .says = binds[_i].says };
	struct ldapconn_target target;
	struct ldapconn *conn;
	struct why why;
	int fd = mkstemp(path), result;

	ck_assert_int_eq(write(fd, "hush\n", 5), 5);
	close(fd);
	peer_begin(&peer, serve_request);
	target = target_of("ldap", peer.port);
	target.bind_method = binds[_i].method;
	target.password_file = path;
	result = ldapconn_open(&target, &life, &conn, &why);
	unlink(path);
	ldapconn_close(conn);
	peer_end(&peer);
	ck_assert_msg(was_sent(binds[_i].sent), "%s: request",
	    binds[_i].label);
	ck_assert_msg(result == (binds[_i].why == NULL ? 0 : -1), "%s: %s",
	    binds[_i].label, result == 0 ? "open" : why.text);
	if (result == -1)
		ck_assert_str_eq(strchr(why.text, ' ') + 1, binds[_i].why);
}
END_TEST

START_TEST(needs_its_password)
{
	struct peer peer = { .says = BOUND };
	struct ldapconn_target target;
	struct ldapconn *conn;
	struct why why;

	peer_begin(&peer, serve_first);
	target = target_of("ldap", peer.port);
	target.bind_method = BIND_SIMPLE;
	target.password_file = "/nonexistent/secret";
	ck_assert_int_eq(ldapconn_open(&target, &life, &conn, &why), -1);
	ck_assert_str_eq(strchr(why.text, ' ') + 1,
	    "/nonexistent/secret: No such file or directory");
	peer_end(&peer);
}
END_TEST

/* ---- requests ------------------------------------------------------------ */

START_TEST(asks_for_sync)
{
	static struct cookie cookie;
	struct ldapconn_search search = plain;
	struct heard h;

	cookie_set(&cookie, "where", 5);
	search.sync = true;
	search.mode = SYNC_REFRESH_AND_PERSIST;
	search.cookie = &cookie;
	hear_begin(&h, "30{02:02 65{0a:00 04'' 04''}}", &search);
	hear_next(&h, SOON_MS);
	ck_assert_int_eq(h.result, 1);
	hear_end(&h);
	ck_assert_ptr_nonnull(memmem(request, (size_t)request_len,
	    "1.3.6.1.4.1.4203.1.9.1.1\x01\x01\xff", 27));
	ck_assert_ptr_nonnull(memmem(request, (size_t)request_len,
	    "\x0a\x01\x03\x04\x05where", 10));
}
END_TEST

START_TEST(asks_for_a_page)
{
	static struct cookie cookie;
	struct ldapconn_search search = plain;
	struct heard h;

	cookie_set(&cookie, "next", 4);
	search.page_size = 77;
	search.page = _i == 0 ? NULL : &cookie;
	search.base_only = true;
	hear_begin(&h, "30{02:02 65{0a:00 04'' 04''}}", &search);
	hear_next(&h, SOON_MS);
	ck_assert_int_eq(h.result, 1);
	hear_end(&h);
	/* Not critical: its value comes next. */
	ck_assert_ptr_nonnull(memmem(request, (size_t)request_len, PAGED "\x04",
	    strlen(PAGED) + 1));
	if (_i == 0)
		ck_assert_ptr_nonnull(memmem(request, (size_t)request_len,
		    "\x02\x01\x4d\x04\x00", 5));
	else
		ck_assert_ptr_nonnull(memmem(request, (size_t)request_len,
		    "\x02\x01\x4d\x04\x04next", 9));
}
END_TEST

START_TEST(cannot_send_a_filter_that_is_none)
{
	struct ldapconn_search search = plain;
	struct peer peer = { .says = BOUND };
	struct ldapconn *conn;
	struct why why;
	int id;

	search.filter = "(uid=";
	peer_begin(&peer, serve_first);
	conn = open_to(&peer);
	ck_assert_int_eq(ldapconn_search(conn, &search, &id, &why), -1);
	ck_assert_ptr_nonnull(strstr(why.text, "Bad search filter"));
	ldapconn_close(conn);
	peer_end(&peer);
}
END_TEST

static void
serve_abandoned(struct peer *p, int fd)
{

	(void)p;
	if (peer_hear(fd))
		peer_say(fd, BOUND);
	while (peer_hear(fd))
		peer_say(fd, "30{02:02 64{04'dc=example' 30{}}}"
		    "30{02:04 64{04'dc=other' 30{}}}");
}

START_TEST(hears_no_more_of_what_is_abandoned)
{
	struct heard h = { 0 };

	arena_init(&h.arena);
	peer_begin(&h.peer, serve_abandoned);
	h.conn = open_to(&h.peer);
	ck_assert_int_eq(ldapconn_search(h.conn, &plain, &h.id, &h.why), 0);
	hear_next(&h, SOON_MS);
	ck_assert_str_eq(h.m.entry.dn, "dc=example");
	ldapconn_abandon(h.conn, h.id);
	hear_next(&h, QUIET_MS);
	ck_assert_int_eq(h.result, 0);
	ck_assert_int_eq(ldapconn_search(h.conn, &plain, &h.id, &h.why), 0);
	ck_assert_int_eq(h.id, 4);
	hear_next(&h, SOON_MS);
	ck_assert_int_eq(h.result, 1);
	ck_assert_str_eq(h.m.entry.dn, "dc=other");
	hear_end(&h);
}
END_TEST

/* ---- a server that does not read ---------------------------------------- */

enum { LARGE = 32 * 1024 * 1024 };

static void
serve_late(struct peer *p, int fd)
{
	size_t left = LARGE;
	char some[64 * 1024];
	ssize_t n;

	if (peer_hear(fd))
		peer_say(fd, BOUND);
	wait_go();
	while (left > 0 && (n = recv(fd, some, sizeof(some), 0)) > 0)
		left -= (size_t)n < left ? (size_t)n : left;
	peer_say(fd, p->says);
	peer_until_end(fd);
}

static char *
large_filter(void)
{
	char *filter = malloc(LARGE + 8);

	ck_assert_ptr_nonnull(filter);
	memcpy(filter, "(uid=", 5);
	memset(filter + 5, 'x', LARGE);
	strcpy(filter + 5 + LARGE, ")");
	return (filter);
}

START_TEST(never_blocks_on_what_it_sends)
{
	struct heard h = { 0 };
	struct ldapconn_search search = plain;
	char *filter = large_filter();

	search.filter = filter;
	arena_init(&h.arena);
	ck_assert_int_eq(pipe(go), 0);
	h.peer.says = "30{02:02 65{0a:00 04'' 04'late'}}";
	peer_begin(&h.peer, serve_late);
	h.conn = open_to(&h.peer);
	ck_assert_msg(ldapconn_search(h.conn, &search, &h.id, &h.why) == 0,
	    "%s", h.why.text);
	hear_next(&h, QUIET_MS);
	ck_assert_int_eq(h.result, 0);
	ck_assert_int_eq(write(go[1], "x", 1), 1);
	hear_next(&h, SOON_MS);
	ck_assert_msg(h.result == 1, "%s", h.why.text);
	ck_assert_str_eq(h.m.words, "Success (0): late");
	hear_end(&h);
	free(filter);
}
END_TEST

START_TEST(sends_nothing_into_half_a_request)
{
	struct heard h = { 0 };
	struct ldapconn_search search = plain;
	char *filter = large_filter();

	search.filter = filter;
	arena_init(&h.arena);
	ck_assert_int_eq(pipe(go), 0);
	h.peer.says = "";
	peer_begin(&h.peer, serve_late);
	h.conn = open_to(&h.peer);
	ck_assert_int_eq(ldapconn_search(h.conn, &search, &h.id, &h.why), 0);
	ck_assert_int_eq(ldapconn_search(h.conn, &plain, &h.id, &h.why), -1);
	ck_assert_int_eq(write(go[1], "x", 1), 1);
	hear_end(&h);
	free(filter);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ldapconn");
	struct why why;

	signal(SIGPIPE, SIG_IGN);
	if (ldapconn_start(&why) == -1)
		return (EXIT_FAILURE);
	suite_one(suite, opens_step_by_step);
	suite_rows(suite, fails_to_open, ROWS(failures));
	suite_rows(suite, cannot_open, ROWS(unusable));
	suite_one(suite, is_refused);
	suite_rows(suite, binds_with, ROWS(binds));
	suite_one(suite, needs_its_password);
	suite_one(suite, asks_for_sync);
	suite_rows(suite, asks_for_a_page, 2);
	suite_one(suite, cannot_send_a_filter_that_is_none);
	suite_one(suite, hears_no_more_of_what_is_abandoned);
	suite_one(suite, never_blocks_on_what_it_sends);
	suite_one(suite, sends_nothing_into_half_a_request);
	return (suite_run(suite));
}
