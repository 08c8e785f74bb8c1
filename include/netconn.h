#ifndef NETCONN_H
#define NETCONN_H

#include <netdb.h>
#include <stdint.h>

#include "why.h"

/*
 * netconn: a connected stream socket; the wait for it has an end.
 *
 * The sockets are non-blocking, closed on exec, and notice a peer that is
 * gone (keepalive, TCP_USER_TIMEOUT).  Any thread.
 */

/* Who wants to know which socket is being tried: called before a socket is
 * used, and with -1 before it is closed. */
struct netconn_watch {
	void *ctx;
	void (*socket)(void *ctx, int fd);
};

/**
 * netconn_resolve(host, port, addresses, why):
 * Ask the name service; takes as long as that likes.  Return 0 with a list
 * for freeaddrinfo(3), or -1.
 */
int netconn_resolve(const char *, int, struct addrinfo **, struct why *);

/**
 * netconn_tcp(addresses, timeout_ms, watch, fd, why):
 * Try one address after the other; all of them have ${timeout_ms} together,
 * each an equal share of what is left.  Return 0 or -1 with the last reason.
 */
int netconn_tcp(const struct addrinfo *, int64_t, const struct netconn_watch *,
    int *, struct why *);

/** netconn_unix(path, timeout_ms, watch, fd, why): the same for AF_UNIX. */
int netconn_unix(const char *, int64_t, const struct netconn_watch *, int *,
    struct why *);

/** netconn_blocking(fd, blocking): Return 0, or -1 with errno. */
int netconn_blocking(int, int);

#endif /* !NETCONN_H */
