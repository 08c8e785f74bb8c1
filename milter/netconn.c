#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "netconn.h"

enum {
	KEEPALIVE_IDLE_S = 60,
	KEEPALIVE_INTERVAL_S = 10,
	KEEPALIVE_PROBES = 3
};

/* A socket option that a kernel does not know is not missed much: the probes
 * of whoever uses the connection find out as well, only later. */
static void
tcp_options(int fd, int64_t timeout_ms)
{
	const struct {
		int level, name, value;
	} options[] = {
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S },
		{ IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S },
		{ IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT,
		    timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms },
		{ IPPROTO_TCP, TCP_NODELAY, 1 }
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].name,
		    &options[i].value, sizeof(options[i].value));
}

int
netconn_resolve(const char *host, int port, struct addrinfo **addresses,
    struct why *why)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV
	};
	char service[sizeof("65535")];
	int error;

	if (port < 1 || port > 65535)
		return (why_set(why, "%d is no port", port));
	snprintf(service, sizeof(service), "%d", port);
	if ((error = getaddrinfo(host, service, &hints, addresses)) == 0)
		return (0);
	return (why_set(why, "the name %s cannot be resolved: %s", host,
	    error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error)));
}

/* Until the socket is connected: 0 or an errno. */
static int
wait_connected(int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int error = 0, n;
	socklen_t len = sizeof(error);
	int64_t left;

	do {
		if ((left = deadline - clock_ms()) <= 0)
			return (ETIMEDOUT);
		n = poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);
	} while (n == 0 || (n == -1 && errno == EINTR));
	if (n == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return (errno);
	return (error);
}

/* 0 or an errno. */
static int
connect_until(int fd, const struct sockaddr *sa, socklen_t len,
    int64_t deadline)
{

	if (connect(fd, sa, len) == 0)
		return (0);
	return (errno == EINPROGRESS ? wait_connected(fd, deadline) : errno);
}

/* A connected socket, or -1 with errno. */
static int
try_address(const struct sockaddr *sa, socklen_t len, int64_t deadline,
    const struct netconn_watch *watch)
{
	int error, fd;

	fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (fd == -1)
		return (-1);
	watch->socket(watch->ctx, fd);
	if ((error = connect_until(fd, sa, len, deadline)) == 0)
		return (fd);
	watch->socket(watch->ctx, -1);
	close(fd);
	errno = error;
	return (-1);
}

static int
count(const struct addrinfo *a)
{
	int n = 0;

	for (; a != NULL; a = a->ai_next)
		n++;
	return (n);
}

int
netconn_tcp(const struct addrinfo *a, int64_t timeout_ms,
    const struct netconn_watch *watch, int *fd, struct why *why)
{
	const int64_t end = clock_ms() + timeout_ms;
	int left = count(a);
	int64_t now;

	errno = EADDRNOTAVAIL;
	for (; a != NULL; a = a->ai_next, left--) {
		now = clock_ms();
		*fd = try_address(a->ai_addr, a->ai_addrlen,
		    now + (end - now) / left, watch);
		if (*fd != -1) {
			tcp_options(*fd, timeout_ms);
			return (0);
		}
	}
	return (why_set(why, "cannot connect: %s", strerror(errno)));
}

int
netconn_unix(const char *path, int64_t timeout_ms,
    const struct netconn_watch *watch, int *fd, struct why *why)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(sun.sun_path))
		return (why_set(why, "the path is longer than %zu bytes",
		    sizeof(sun.sun_path) - 1));
	memcpy(sun.sun_path, path, strlen(path));
	*fd = try_address((const struct sockaddr *)&sun, sizeof(sun),
	    clock_ms() + timeout_ms, watch);
	if (*fd != -1)
		return (0);
	return (why_set(why, "cannot connect: %s", strerror(errno)));
}

int
netconn_blocking(int fd, int blocking)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		return (-1);
	flags = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
	return (fcntl(fd, F_SETFL, flags) == -1 ? -1 : 0);
}
