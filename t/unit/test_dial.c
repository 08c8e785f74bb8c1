#define _GNU_SOURCE	/* RTLD_NEXT */

#include <dlfcn.h>
#include <netdb.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "clock.h"
#include "dial.h"
#include "ldap_peer.h"
#include "suite.h"

enum {
	TIMEOUT_MS = 500,
	SOON_MS = 20000,	/* what must not hang has come to its end */
	AT_ONCE_MS = 2000	/* what must not wait has not */
};

#define BOUND	"30{02:01 61{0a:00 04'' 04''}}"

/* An authority to trust; its key was thrown away. */
static const char ca_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBlDCCATmgAwIBAgIUbnyOdrJ3UvJLLbDcYA8KEfW9ZnMwCgYIKoZIzj0EAwIw\n"
    "HjEcMBoGA1UEAwwTQXV0aG9yaXR5IG9mIGEgdGVzdDAgFw0yNjExMjIwMDQ3NDBa\n"
    "GA8yMTI2MTAyOTAwNDc0MFowHjEcMBoGA1UEAwwTQXV0aG9yaXR5IG9mIGEgdGVz\n"
    "dDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCwFeowJqXMUT8CZXTL1+L/PRMmp\n"
    "hIwhzzCCEWknEGVm6FecXJA/HvHYCjDiN9cgAA7zTViofhLWvP7c7t2OOjKjUzBR\n"
    "MB0GA1UdDgQWBBS3CEVvp2+1ZFL7MqhpRrjxeRu9/DAfBgNVHSMEGDAWgBS3CEVv\n"
    "p2+1ZFL7MqhpRrjxeRu9/DAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kA\n"
    "MEYCIQD84eYwYrdIhy0ilTQHmaCg2qhDGAI+o9JYNHszbknafQIhAOyoqXPPq7eS\n"
    "8Ci17yMfF5mxvRb5MrQZOWOwThBBHDBZ\n"
    "-----END CERTIFICATE-----\n";

static char ca_file[] = "/tmp/dialXXXXXX";

/* ---- a name service that hangs ------------------------------------------- */

static sem_t answers;		/* the name is known as soon as there is one */
static atomic_int asked;
static int hanging_port;

int
getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **result)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);
	char port[8];

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (host == NULL || strcmp(host, "hang.example") != 0)
		return (real(host, service, hints, result));
	atomic_fetch_add(&asked, 1);
	sem_wait(&answers);
	snprintf(port, sizeof(port), "%d", hanging_port);
	return (real("127.0.0.1", port, hints, result));
}

/* ---- peers --------------------------------------------------------------- */

static atomic_int ended;	/* connections that the client has left */

static void
serve_bind(struct peer *p, int fd)
{

	(void)p;
	if (peer_hear(fd))
		peer_say(fd, BOUND);
	peer_until_end(fd);
	atomic_fetch_add(&ended, 1);
}

static void
serve_nothing(struct peer *p, int fd)
{

	(void)p;
	peer_until_end(fd);
	atomic_fetch_add(&ended, 1);
}

/* StartTLS is welcome; then nothing. */
static void
serve_start(struct peer *p, int fd)
{

	(void)p;
	if (peer_hear(fd))
		peer_say(fd, "30{02:01 78{0a:00 04'' 04''}}");
	peer_until_end(fd);
	atomic_fetch_add(&ended, 1);
}

/* A handshake that goes on for ever, one byte after the other. */
static void
serve_drip(struct peer *p, int fd)
{
	static const unsigned char head[] = { 0x16, 3, 3, 0x3f, 0xff, 2, 0,
	    0x3f, 0xfb };
	struct timeval tv = { 0, 50000 };
	char some[4096];
	size_t i;

	(void)p;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	for (i = 0; send(fd, i < sizeof(head) ? head + i : head, 1,
	    MSG_NOSIGNAL) == 1; i++)
		if (recv(fd, some, sizeof(some), 0) == 0)
			break;
	atomic_fetch_add(&ended, 1);
}

static bool
wait_for(atomic_int *what, int n)
{
	int64_t began = clock_ms();

	while (atomic_load(what) < n && clock_ms() - began < SOON_MS)
		usleep(5000);
	return (atomic_load(what) >= n);
}

/* What runs at the end of a test pulls libldap away under a thread. */
static bool
wait_threads(void)
{
	int64_t began = clock_ms();

	while (dial_left() && clock_ms() - began < SOON_MS)
		usleep(5000);
	return (!dial_left());
}

#ifdef __SANITIZE_ADDRESS__
static nlink_t
tasks(void)
{
	struct stat st;

	return (stat("/proc/self/task", &st) == -1 ? 0 : st.st_nlink);
}

static nlink_t tasks_at_start;

/* A thread that has done its work is not gone yet, and what libc keeps for it
 * is freed last: LeakSanitizer, a part of ASan, is not to look before that. */
static void
wait_alone(void)
{
	int64_t began = clock_ms();

	while (tasks() > tasks_at_start && clock_ms() - began < SOON_MS)
		usleep(1000);
}
#endif

/* ---- dials --------------------------------------------------------------- */

static struct dial *
begin(const char *scheme, const char *host, int port, bool starttls)
{
	char uri[128], file[sizeof(ca_file)];
	struct ldapconn_target target = { .uri = uri, .starttls = starttls,
	    .ca_file = file, .bind_method = BIND_ANONYMOUS,
	    .timeout_ms = TIMEOUT_MS };
	struct dial *dial;
	struct why why;

	snprintf(uri, sizeof(uri), "%s://%s:%d", scheme, host, port);
	strcpy(file, ca_file);
	ck_assert_msg(dial_begin(&target, &dial, &why) == 0, "%s", why.text);
	/* It has been copied. */
	memset(uri, 'x', sizeof(uri));
	memset(file, 'x', sizeof(file));
	return (dial);
}

static enum dial_state
wait_state(struct dial *dial, struct ldapconn **conn, struct why *why)
{
	int64_t began = clock_ms(), before;
	enum dial_state state;

	do {
		usleep(5000);
		before = clock_ms();
		state = dial_look(dial, conn, why);
		ck_assert_int_lt(clock_ms() - before, AT_ONCE_MS);
	} while (state == DIAL_BUSY && clock_ms() - began < SOON_MS);
	return (state);
}

static const struct {
	const char *label;
	const char *scheme;
	bool starttls;
	void (*serve)(struct peer *, int);
	const char *why;	/* at its end; NULL: it opens */
} dials[] = {
	{ "opens", "ldap", false, serve_bind, NULL },
	{ "no answer to the bind", "ldap", false, serve_nothing,
	    ": no answer to the bind within 0.5 s" },
	{ "no answer to StartTLS", "ldap", true, serve_nothing,
	    ": no answer to the StartTLS request within 0.5 s" },
	{ "StartTLS, then silence", "ldap", true, serve_start,
	    ": the TLS handshake did not end within 0.5 s" },
	{ "ldaps, and silence", "ldaps", false, serve_nothing,
	    ": the TLS handshake did not end within 0.5 s" },
	{ "a handshake without an end", "ldaps", false, serve_drip,
	    ": the TLS handshake did not end within 0.5 s" }
};

START_TEST(comes_to_an_end)
{
	const char *why_end = dials[_i].why;
	struct peer peer = { 0 };
	struct ldapconn *conn;
	enum dial_state state;
	struct dial *dial;
	struct why why;

	peer_begin(&peer, dials[_i].serve);
	dial = begin(dials[_i].scheme, "127.0.0.1", peer.port,
	    dials[_i].starttls);
	state = wait_state(dial, &conn, &why);
	ck_assert_msg(state == (why_end == NULL ? DIAL_OPEN : DIAL_FAILED),
	    "%s: %d", dials[_i].label, state);
	ck_assert_msg((conn != NULL) == (why_end == NULL), "%s",
	    dials[_i].label);
	if (why_end != NULL)
		ck_assert_msg(strstr(why.text, why_end) != NULL, "%s: %s",
		    dials[_i].label, why.text);
	dial_free(dial);
	if (why_end == NULL)
		ck_assert_int_eq(atomic_load(&ended), 0);
	ldapconn_close(conn);
	ck_assert_msg(wait_for(&ended, 1), "%s", dials[_i].label);
	ck_assert(wait_threads());
	peer_end(&peer);
}
END_TEST

START_TEST(fails_at_once)
{
	struct peer peer = { 0 };
	int64_t began = clock_ms();
	struct ldapconn *conn;
	struct dial *dial;
	struct why why;

	peer_listen(&peer);
	close(peer.listening);
	dial = begin("ldap", "127.0.0.1", peer.port, false);
	ck_assert_int_eq(wait_state(dial, &conn, &why), DIAL_FAILED);
	ck_assert_ptr_nonnull(strstr(why.text, "Connection refused"));
	ck_assert_int_lt(clock_ms() - began, SOON_MS);
	dial_free(dial);
	dial_free(NULL);
	ck_assert(wait_threads());
}
END_TEST

static void (*const servers[])(struct peer *, int) = {
	serve_bind, serve_nothing, serve_drip
};

/* Busy or open: who gives up does not wait, and nothing stays behind. */
START_TEST(is_given_up)
{
	struct peer peer = { 0 };
	struct dial *dial;
	int64_t began;

	peer_begin(&peer, servers[_i]);
	dial = begin(servers[_i] == serve_drip ? "ldaps" : "ldap",
	    "127.0.0.1", peer.port, false);
	usleep(_i == 0 ? 200000 : 50000);
	began = clock_ms();
	dial_free(dial);
	ck_assert_int_lt(clock_ms() - began, AT_ONCE_MS);
	ck_assert(wait_for(&ended, 1));
	ck_assert(wait_threads());
	peer_end(&peer);
}
END_TEST

/* The name service answers when nobody cares any more: then nobody is left to
 * end a handshake, either. */
START_TEST(leaves_a_thread_that_hangs)
{
	struct peer peer = { 0 };
	struct ldapconn *conn;
	struct dial *dial;
	struct why why;

	peer_begin(&peer, serve_nothing);
	hanging_port = peer.port;
	dial = begin("ldaps", "hang.example", 389, false);
	ck_assert_int_eq(wait_state(dial, &conn, &why), DIAL_FAILED);
	ck_assert_str_eq(why.text, "ldaps://hang.example:389: the name "
	    "service gave no answer within 0.5 s");
	ck_assert_ptr_null(conn);
	dial_free(dial);
	ck_assert_int_eq(atomic_load(&asked), 1);
	sem_post(&answers);
	ck_assert(wait_for(&ended, 1));
	ck_assert(wait_threads());
	peer_end(&peer);
}
END_TEST

START_TEST(leaves_not_too_many)
{
	enum { MANY = 16 };
	struct ldapconn_target target = { .uri = "ldap://127.0.0.1:1",
	    .bind_method = BIND_ANONYMOUS, .timeout_ms = TIMEOUT_MS };
	struct peer peer = { 0 };
	int64_t began = clock_ms();
	struct dial *dial;
	struct why why;
	int i;

	peer_begin(&peer, serve_bind);
	hanging_port = peer.port;
	for (i = 0; i < MANY; i++)
		dial_free(begin("ldap", "hang.example", 389, false));
	ck_assert(wait_for(&asked, MANY));
	ck_assert_int_eq(dial_begin(&target, &dial, &why), -1);
	ck_assert_str_eq(why.text, "ldap://127.0.0.1:1: 16 earlier attempts "
	    "to connect still hang");
	ck_assert(dial_left());
	for (i = 0; i < MANY; i++)
		sem_post(&answers);
	while (dial_begin(&target, &dial, &why) == -1 &&
	    clock_ms() - began < SOON_MS)
		usleep(5000);
	ck_assert_ptr_nonnull(dial);
	dial_free(dial);
	ck_assert(wait_threads());
	peer_end(&peer);
}
END_TEST

static void
write_ca_file(void)
{
	int fd = mkstemp(ca_file);

	if (fd == -1 || write(fd, ca_pem, sizeof(ca_pem) - 1) !=
	    (ssize_t)sizeof(ca_pem) - 1)
		exit(EXIT_FAILURE);
	close(fd);
}

int
main(void)
{
	Suite *suite = suite_create("dial");
	struct why why;
	int status;

	signal(SIGPIPE, SIG_IGN);
	if (ldapconn_start(&why) == -1 || sem_init(&answers, 0, 0) == -1)
		return (EXIT_FAILURE);
	write_ca_file();
#ifdef __SANITIZE_ADDRESS__
	tasks_at_start = tasks();
	atexit(wait_alone);
#endif
	suite_rows(suite, comes_to_an_end, ROWS(dials));
	suite_one(suite, fails_at_once);
	suite_rows(suite, is_given_up, ROWS(servers));
	suite_one(suite, leaves_a_thread_that_hangs);
	suite_one(suite, leaves_not_too_many);
	status = suite_run(suite);
	unlink(ca_file);
	return (status);
}
