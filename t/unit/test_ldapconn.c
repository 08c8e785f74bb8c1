#define _GNU_SOURCE	/* memmem */

#include <fcntl.h>
#include <signal.h>

#include "clock.h"
#include "ldap_peer.h"
#include "ldapconn.h"
#include "suite.h"

enum {
	TIMEOUT_MS = 1000,
	SOON_MS = 20000,	/* what must not hang has come to its end */
	QUIET_MS = 200
};

#define BOUND	"30{02:01 61{0a:00 04'' 04''}}"
#define STATE	"1.3.6.1.4.1.4203.1.9.1.2"
#define DONE	"1.3.6.1.4.1.4203.1.9.1.3"
#define INFO	"1.3.6.1.4.1.4203.1.9.1.4"
#define PAGED	"1.2.840.113556.1.4.319"
#define UUID	"00112233445566778899aabbccddeeff"

/* ---- opening ------------------------------------------------------------ */

static enum ldapconn_step steps[16];
static int fds[16], nsteps;

static void
hear_step(void *ctx, enum ldapconn_step step, int fd)
{

	ck_assert_ptr_eq(ctx, steps);
	ck_assert_int_lt(nsteps, 16);
	steps[nsteps] = step;
	fds[nsteps++] = fd;
}

static const struct ldapconn_life life = { steps, hear_step };

static char uri[128];

static struct ldapconn_target
target_of(const char *scheme, int port)
{

	snprintf(uri, sizeof(uri), "%s://127.0.0.1:%d", scheme, port);
	return ((struct ldapconn_target){ .uri = uri,
	    .bind_method = BIND_ANONYMOUS, .bind_dn = "cn=x,dc=example",
	    .ca_file = "/nonexistent/ca.pem", .timeout_ms = TIMEOUT_MS });
}

static struct ldapconn *
open_to(const struct peer *peer)
{
	struct ldapconn_target target = target_of("ldap", peer->port);
	struct ldapconn *conn;
	struct why why;

	ck_assert_msg(ldapconn_open(&target, &life, &conn, &why) == 0, "%s",
	    why.text);
	return (conn);
}

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
	    "again" },
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

/* What the peer was sent. */
static char request[4096];
static ssize_t request_len;

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
	    "(49): no" },
	{ "the password comes back", BIND_SIMPLE,
	    "30{02:01 61{0a:31 04'' 04'hush is wrong'}}",
	    "02:03 04'cn=x,dc=example' 80'hush'",
	    "the bind as cn=x,dc=example was refused: Invalid credentials "
	    "(49)" },
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

/* ---- messages ------------------------------------------------------------ */

static const char *const attrs[] = { "uid", NULL };

static const struct ldapconn_search plain = { .base = "dc=example",
    .filter = "(uid=*)", .attrs = attrs };

/* Bind, then answer the search, whose id is 2. */
static void
serve_search(struct peer *p, int fd)
{

	if (peer_hear(fd))
		peer_say(fd, BOUND);
	request_len = recv(fd, request, sizeof(request), 0);
	peer_say(fd, p->says);
	if (!p->closes)
		peer_until_end(fd);
}

struct heard {
	struct peer peer;
	struct ldapconn *conn;
	struct arena arena;
	struct ldapconn_message m;
	struct why why;
	int result, id;
};

static void
hear_begin(struct heard *h, const char *says,
    const struct ldapconn_search *search)
{

	memset(h, 0, sizeof(*h));
	arena_init(&h->arena);
	h->peer.says = says;
	peer_begin(&h->peer, serve_search);
	h->conn = open_to(&h->peer);
	ck_assert_msg(ldapconn_search(h->conn, search, &h->id, &h->why) == 0,
	    "%s", h->why.text);
	ck_assert_int_eq(h->id, 2);
}

static void
hear_next(struct heard *h, int64_t wait_ms)
{

	h->result = ldapconn_next(h->conn, wait_ms, &h->arena, &h->m, &h->why);
}

static void
hear_end(struct heard *h)
{

	ldapconn_close(h->conn);
	arena_free(&h->arena);
	peer_end(&h->peer);
}

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
	    "Time limit exceeded (3)", false, 0 },
	{ "size limit", "65{0a:04 04'' 04'500'}", LDAPCONN_LATER,
	    "Size limit exceeded (4): 500", false, 0 },
	{ "referral", "65{0a:0a 04'' 04'' a3{04'ldap://ldap.example.com'}}",
	    LDAPCONN_LATER, "Referral (10)", false, 0 },
	{ "administrator's limit", "65{0a:0b 04'' 04''}", LDAPCONN_LATER,
	    "Administrative limit exceeded (11)", false, 0 },
	{ "no such base", "65{0a:20 04'dc=example' 04''}", LDAPCONN_LATER,
	    "No such object (32)", false, 0 },
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
static int go[2];		/* a pipe: goes on when there is a byte */

static void
wait_go(void)
{
	char c;

	(void)!read(go[0], &c, 1);
}

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
	suite_one(suite, asks_for_sync);
	suite_rows(suite, asks_for_a_page, 2);
	suite_one(suite, cannot_send_a_filter_that_is_none);
	suite_one(suite, hears_no_more_of_what_is_abandoned);
	suite_one(suite, never_blocks_on_what_it_sends);
	suite_one(suite, sends_nothing_into_half_a_request);
	return (suite_run(suite));
}
