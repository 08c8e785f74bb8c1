#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmilter/mfapi.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <time.h>

#include "callbacks.h"
#include "counters.h"
#include "milterstream.h"
#include "policystore.h"

/*
 * What an MTA may say, or whoever reaches the socket: a dialogue in pieces
 * (milterstream.h), sent as a whole to libmilter and its callbacks, which
 * answer from a small store.  Every recipient gets its answer; nobody is let
 * through whom the policy does not vouch for; every answer is one that an MTA
 * takes.
 */

int LLVMFuzzerInitialize(int *, char ***);

enum { PATIENCE_MS = 20 * 1000 };

static struct counters counters;
static char socket_path[96];

/* ---- the filter ---------------------------------------------------------- */

/* The log's place at link time.  What is logged is fit to be read. */
void
log_text(enum log_severity severity, const char *text)
{

	(void)severity;
	must(text_printable(text));
	must(strlen(text) < LINE_MAX_LEN);
}

void
log_line(enum log_severity severity, const char *format, ...)
{
	char text[2048];
	va_list args;

	(void)severity;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* libmilter takes every reply of ours. */
	must(strstr(text, "libmilter refuses") == NULL);
}

static void *
serve(void *unused)
{

	must(smfi_main() == MI_SUCCESS);
	return (unused);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct config *config;
	char conn[128];
	pthread_t thread;
	struct why why;

	(void)argc;
	(void)argv;
	policystore_folder();
	config = policystore_config();
	store_close(policystore_fill(config));
	snprintf(socket_path, sizeof(socket_path), "%s/socket",
	    policystore_dir);
	snprintf(conn, sizeof(conn), "unix:%s", socket_path);
	callbacks_serve(policystore_open(STORE_SERVE), &counters);
	callbacks_configure(config);
	must(callbacks_register(&why) == 0);
	must(smfi_setconn(conn) == MI_SUCCESS);
	must(smfi_opensocket(false) == MI_SUCCESS);
	must(pthread_create(&thread, NULL, serve, NULL) == 0);
	return (0);
}

/* ---- one connection ------------------------------------------------------ */

static int
hang_on(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(sun.sun_path, socket_path);
	must(fd != -1);
	must(connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0);
	must(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	return (fd);
}

static size_t
send_some(int fd, const struct stream *s, size_t sent)
{
	ssize_t n;

	if (sent == s->out.len)
		return (sent);
	n = send(fd, s->out.bytes + sent, s->out.len - sent, MSG_NOSIGNAL);
	if (n == -1 && errno == EAGAIN)
		return (sent);
	/* It hung up: nobody hears the rest. */
	sent = n == -1 ? s->out.len : sent + (size_t)n;
	if (sent == s->out.len)
		shutdown(fd, SHUT_WR);
	return (sent);
}

/* False at the end. */
static bool
receive_some(int fd, struct bytes *in)
{
	char buf[4096];
	ssize_t n = recv(fd, buf, sizeof(buf), 0);

	if (n > 0)
		bytes_put(in, buf, (size_t)n);
	return (n > 0 || (n == -1 && errno == EAGAIN));
}

/* libFuzzer's own alarm interrupts. */
static void
wait_for(struct pollfd *p)
{
	int n;

	do {
		n = poll(p, 1, PATIENCE_MS);
	} while (n == -1 && errno == EINTR);
	must(n == 1);
}

static void
talk(const struct stream *s, struct bytes *in)
{
	struct pollfd p = { .fd = hang_on() };
	size_t sent = 0;

	if (s->out.len == 0)
		shutdown(p.fd, SHUT_WR);
	do {
		sent = send_some(p.fd, s, sent);
		p.events = POLLIN | (sent < s->out.len ? POLLOUT : 0);
		wait_for(&p);
	} while ((p.revents & ~POLLOUT) == 0 || receive_some(p.fd, in));
	close(p.fd);
}

/* The filter may close a connection before it has forgotten it. */
static void
wait_for_its_end(void)
{
	const struct timespec moment = { 0, 100 * 1000 };
	int i;

	for (i = 0; atomic_load(&counters.connections) != 0; i++) {
		must(i < PATIENCE_MS * 10);
		nanosleep(&moment, NULL);
	}
}

/* ---- what must hold ------------------------------------------------------ */

static uint64_t
decided(enum verdict_word word, enum reason reason)
{

	return (atomic_load(&counters.decisions[word][reason]));
}

static uint64_t
decided_at_all(enum verdict_word word)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < REASONS; i++)
		n += decided(word, (enum reason)i);
	return (n);
}

static void
forget_decisions(void)
{
	int i, j;

	for (i = 0; i < VERDICT_WORDS; i++)
		for (j = 0; j < REASONS; j++)
			atomic_store(&counters.decisions[i][j], 0);
}

/* The store is fresh, and enforcement is on. */
static void
nobody_gets_through(const struct stream *s)
{

	must(decided_at_all(VERDICT_WOULD_REJECT) == 0);
	must(decided(VERDICT_PERMIT, REASON_DIRECTORY_UNAVAILABLE) == 0);
	must(decided(VERDICT_TEMPFAIL, REASON_ACCOUNT_AMBIGUOUS) == 0);
	if (s->wild)
		return;
	must(s->client_vouches ||
	    decided(VERDICT_PERMIT, REASON_NETWORK) == 0);
	must(s->login_vouches ||
	    decided(VERDICT_PERMIT, REASON_ACCOUNT) == 0);
	must(s->simulated || decided(VERDICT_PASS, REASON_NOT_SMTP) == 0);
	must(decided(VERDICT_PASS, REASON_LOCAL_RECIPIENT) <=
	    (s->mta_says_local ? s->recipients : s->local_recipients));
}

static void
everybody_is_answered(const struct stream *s, const struct answers *a)
{
	const uint64_t refusals = decided_at_all(VERDICT_REJECT) +
	    decided_at_all(VERDICT_TEMPFAIL);
	const uint64_t passes = decided_at_all(VERDICT_PASS) +
	    decided_at_all(VERDICT_PERMIT);

	must(a->replies == refusals);
	must(a->continues >= passes || s->wild);
	if (s->orderly && !s->wild)
		must(refusals + passes == s->recipients);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	struct bytes heard = { NULL, 0 };
	struct answers answers;
	struct stream s;

	stream_make(&s, &in);
	if (stream_bearable(&s)) {
		forget_decisions();
		talk(&s, &heard);
		wait_for_its_end();
		answers_read(&answers, &heard);
		nobody_gets_through(&s);
		everybody_is_answered(&s, &answers);
	}
	free(heard.bytes);
	free(s.out.bytes);
	input_end(&in);
	return (0);
}
