#ifndef LDAPCONN_CASE_H
#define LDAPCONN_CASE_H

#include <sys/socket.h>

#include "arena.h"
#include "ldap_peer.h"
#include "ldapconn.h"

/*
 * ldapconn_case: what the tests of ldapconn share: a connection to a peer of
 * ldap_peer, a search on it, and what comes back.
 */

enum {
	TIMEOUT_MS = 1000,
	SOON_MS = 20000,	/* what must not hang has come to its end */
	QUIET_MS = 200
};

#define BOUND	"30{02:01 61{0a:00 04'' 04''}}"
#define PAGED	"1.2.840.113556.1.4.319"

static enum ldapconn_step steps[16];
static int fds[16], nsteps;

static inline void
hear_step(void *ctx, enum ldapconn_step step, int fd)
{

	ck_assert_ptr_eq(ctx, steps);
	ck_assert_int_lt(nsteps, 16);
	steps[nsteps] = step;
	fds[nsteps++] = fd;
}

static const struct ldapconn_life life = { steps, hear_step };

static char uri[128];

static inline struct ldapconn_target
target_of(const char *scheme, int port)
{

	snprintf(uri, sizeof(uri), "%s://127.0.0.1:%d", scheme, port);
	return ((struct ldapconn_target){ .uri = uri,
	    .bind_method = BIND_ANONYMOUS, .bind_dn = "cn=x,dc=example",
	    .ca_file = "/nonexistent/ca.pem", .timeout_ms = TIMEOUT_MS });
}

static inline struct ldapconn *
open_to(const struct peer *peer)
{
	struct ldapconn_target target = target_of("ldap", peer->port);
	struct ldapconn *conn;
	struct why why;

	ck_assert_msg(ldapconn_open(&target, &life, &conn, &why) == 0, "%s",
	    why.text);
	return (conn);
}

/* What the peer was sent last. */
static char request[4096];
static ssize_t request_len;

/* ---- a search ------------------------------------------------------------ */

static const char *const attrs[] = { "uid", NULL };

static const struct ldapconn_search plain = { .base = "dc=example",
    .filter = "(uid=*)", .attrs = attrs };

/* Bind, then answer the search, whose id is 2. */
static inline void
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

static inline void
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

static inline void
hear_next(struct heard *h, int64_t wait_ms)
{

	h->result = ldapconn_next(h->conn, wait_ms, &h->arena, &h->m, &h->why);
}

static inline void
hear_end(struct heard *h)
{

	ldapconn_close(h->conn);
	arena_free(&h->arena);
	peer_end(&h->peer);
}

/* ---- a peer that waits --------------------------------------------------- */

static int go[2];		/* a pipe: goes on when there is a byte */

static inline void
wait_go(void)
{
	char c;

	(void)!read(go[0], &c, 1);
}

#endif /* !LDAPCONN_CASE_H */
