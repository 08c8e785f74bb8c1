#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "netconn.h"
#include "suite.h"

enum { TIMEOUT_MS = 400, SOON_MS = 10000, SHOWN_MAX = 16 };

/* The sockets that were shown to the watcher. */
static int shown[SHOWN_MAX], nshown;

static void
show(void *ctx, int fd)
{

	ck_assert_ptr_eq(ctx, shown);
	ck_assert_int_lt(nshown, SHOWN_MAX);
	shown[nshown++] = fd;
}

static const struct netconn_watch watch = { shown, show };

/* A listener on loopback; its address comes along. */
static int
listener(int backlog, struct sockaddr_in *sin)
{
	socklen_t len = sizeof(*sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*sin = (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	ck_assert_int_eq(bind(fd, (struct sockaddr *)sin, len), 0);
	ck_assert_int_eq(listen(fd, backlog), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)sin, &len), 0);
	return (fd);
}

/* One that lets nobody in: its queue is full. */
static int
deaf(struct sockaddr_in *sin)
{
	int fd = listener(0, sin), i, caller;

	for (i = 0; i < 3; i++) {
		caller = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(caller, (struct sockaddr *)sin, sizeof(*sin));
	}
	usleep(50000);
	return (fd);
}

static struct addrinfo
address(struct sockaddr_in *sin, struct addrinfo *next)
{

	return ((struct addrinfo){ .ai_family = AF_INET,
	    .ai_addr = (struct sockaddr *)sin, .ai_addrlen = sizeof(*sin),
	    .ai_next = next });
}

START_TEST(connects)
{
	struct sockaddr_in sin;
	struct addrinfo *addresses;
	struct why why;
	int fd, value, server = listener(1, &sin);
	socklen_t len = sizeof(value);

	ck_assert_int_eq(netconn_resolve("127.0.0.1", ntohs(sin.sin_port),
	    &addresses, &why), 0);
	ck_assert_int_eq(netconn_tcp(addresses, TIMEOUT_MS, &watch, &fd, &why),
	    0);
	freeaddrinfo(addresses);
	ck_assert_int_eq(nshown, 1);
	ck_assert_int_eq(shown[0], fd);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len),
	    0);
	ck_assert_int_eq(value, 1);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value,
	    &len), 0);
	ck_assert_int_eq(value, TIMEOUT_MS);
	close(fd);
	close(server);
}
END_TEST

START_TEST(is_refused)
{
	struct sockaddr_in sin;
	struct addrinfo a = address(&sin, NULL);
	struct why why;
	int fd, server = listener(1, &sin);

	close(server);
	ck_assert_int_eq(netconn_tcp(&a, TIMEOUT_MS, &watch, &fd, &why), -1);
	ck_assert_str_eq(why.text, "cannot connect: Connection refused");
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(nshown, 2);
	ck_assert_int_eq(shown[1], -1);
}
END_TEST

START_TEST(has_an_end)
{
	struct sockaddr_in sin;
	struct addrinfo a = address(&sin, NULL);
	struct why why;
	int fd, server = deaf(&sin);
	int64_t began = clock_ms();

	ck_assert_int_eq(netconn_tcp(&a, TIMEOUT_MS, &watch, &fd, &why), -1);
	ck_assert_str_eq(why.text, "cannot connect: Connection timed out");
	ck_assert_int_ge(clock_ms() - began, TIMEOUT_MS);
	ck_assert_int_lt(clock_ms() - began, SOON_MS);
	close(server);
}
END_TEST

START_TEST(leaves_time_for_the_next_address)
{
	struct sockaddr_in well, ill;
	struct addrinfo second = address(&well, NULL);
	struct addrinfo first = address(&ill, &second);
	struct why why;
	int fd, hangs = deaf(&ill), server = listener(1, &well);

	ck_assert_int_eq(netconn_tcp(&first, 2 * TIMEOUT_MS, &watch, &fd,
	    &why), 0);
	ck_assert_int_eq(nshown, 3);
	ck_assert_int_eq(shown[1], -1);
	ck_assert_int_eq(shown[2], fd);
	close(fd);
	close(server);
	close(hangs);
}
END_TEST

static const struct {
	const char *label;
	const char *host;
	int port;
	const char *says;
} unknown[] = {
	{ "a name that cannot be", "no..name", 389,
	    "the name no..name cannot be resolved: " },
	{ "port 0", "127.0.0.1", 0, "0 is no port" },
	{ "port too large", "127.0.0.1", 65536, "65536 is no port" }
};

START_TEST(cannot_resolve)
{
	struct addrinfo *addresses;
	struct why why;

	ck_assert_int_eq(netconn_resolve(unknown[_i].host, unknown[_i].port,
	    &addresses, &why), -1);
	ck_assert_msg(strstr(why.text, unknown[_i].says) == why.text,
	    "%s: %s", unknown[_i].label, why.text);
}
END_TEST

START_TEST(resolves_ipv6)
{
	struct addrinfo *addresses;
	struct why why;

	ck_assert_int_eq(netconn_resolve("2001:db8::1", 636, &addresses, &why),
	    0);
	ck_assert_int_eq(addresses->ai_family, AF_INET6);
	ck_assert_ptr_null(addresses->ai_next);
	freeaddrinfo(addresses);
}
END_TEST

START_TEST(connects_to_a_path)
{
	char folder[] = "/tmp/netconnXXXXXX";
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct why why;
	int fd, server = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/s", folder);
	ck_assert_int_eq(netconn_unix(sun.sun_path, TIMEOUT_MS, &watch, &fd,
	    &why), -1);
	ck_assert_str_eq(why.text,
	    "cannot connect: No such file or directory");
	ck_assert_int_eq(bind(server, (struct sockaddr *)&sun, sizeof(sun)),
	    0);
	ck_assert_int_eq(listen(server, 1), 0);
	ck_assert_int_eq(netconn_unix(sun.sun_path, TIMEOUT_MS, &watch, &fd,
	    &why), 0);
	ck_assert_int_ne(fd, -1);
	unlink(sun.sun_path);
	rmdir(folder);
	close(fd);
	close(server);
}
END_TEST

START_TEST(knows_the_longest_path)
{
	char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	struct why why;
	int fd;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(netconn_unix(path, TIMEOUT_MS, &watch, &fd, &why),
	    -1);
	ck_assert_str_eq(why.text, "the path is longer than 107 bytes");
	ck_assert_int_eq(nshown, 0);
}
END_TEST

START_TEST(blocks_or_not)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(netconn_blocking(pair[0], 0), 0);
	ck_assert_int_ne(fcntl(pair[0], F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(netconn_blocking(pair[0], 1), 0);
	ck_assert_int_eq(fcntl(pair[0], F_GETFL) & O_NONBLOCK, 0);
	close(pair[0]);
	close(pair[1]);
	ck_assert_int_eq(netconn_blocking(pair[0], 0), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("netconn");

	suite_one(suite, connects);
	suite_one(suite, is_refused);
	suite_one(suite, has_an_end);
	suite_one(suite, leaves_time_for_the_next_address);
	suite_rows(suite, cannot_resolve, ROWS(unknown));
	suite_one(suite, resolves_ipv6);
	suite_one(suite, connects_to_a_path);
	suite_one(suite, knows_the_longest_path);
	suite_one(suite, blocks_or_not);
	return (suite_run(suite));
}
