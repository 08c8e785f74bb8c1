#ifndef LDAPCONN_H
#define LDAPCONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "config.h"
#include "entry.h"
#include "synccontrol.h"
#include "why.h"

/*
 * ldapconn: one connection to an LDAP server; home of libldap.
 *
 * Only opening one may block, and nobody but dial calls ldapconn_open(): in a
 * thread of its own.  An open connection may go from one thread to another,
 * but belongs to one at a time.  Referrals are never followed, aliases never
 * dereferenced, libldap's configuration files and environment never read
 * (ldapconn_start).
 */

struct ldapconn;

/**
 * ldapconn_start(why):
 * Once, before any thread and anything else here: keep libldap from its files
 * and its environment.  (libldap's own start is left to the first
 * ldapconn_open: it asks the name service for this host's name, without limit.)
 * Return 0 or -1.
 */
int ldapconn_start(struct why *);

/* Whom to talk to, and how.  All lent. */
struct ldapconn_target {
	const char *uri;
	bool starttls;		/* on ldap://: required, no falling back */
	const char *ca_file;
	enum bind_method bind_method;
	const char *bind_dn;
	const char *password_file;	/* read at each bind */
	int64_t timeout_ms;	/* for each step */
};

/* What an opener does, one after the other.  LDAPCONN_CONNECT comes once for
 * each address, but all of them have one time-out together. */
enum ldapconn_step {
	LDAPCONN_RESOLVE,
	LDAPCONN_CONNECT,
	LDAPCONN_STARTTLS,
	LDAPCONN_TLS,
	LDAPCONN_BIND,
	LDAPCONN_DONE		/* whether it is open or given up */
};

/* What the opener shares with who watches it (see dial). */
struct ldapconn_life {
	void *ctx;
	/* Called before each step, with the socket that it uses (-1: none), and
	 * with -1 before that is closed: whoever shuts it down meanwhile ends a
	 * step that hangs. */
	void (*step)(void *ctx, enum ldapconn_step, int fd);
};

/**
 * ldapconn_open(target, life, conn, why):
 * Resolve, connect, TLS, bind.  Each but the first and the TLS handshake ends
 * within the time-out; those end when the socket is shut down, or not at all
 * (libldap 2.5 has no limit for a handshake, getaddrinfo none).  An anonymous
 * connection is bound, too: what is open has had an answer of the server.
 * SIGPIPE must be blocked or ignored, here and below.  Return 0, or -1 with
 * "URI: text"; no password is ever in it.
 */
int ldapconn_open(const struct ldapconn_target *, const struct ldapconn_life *,
    struct ldapconn **, struct why *);

/** ldapconn_close(conn): says goodbye without waiting; NULL is allowed. */
void ldapconn_close(struct ldapconn *);

/**
 * ldapconn_fd(conn):
 * For poll(2): readable, or gone.  Only after ldapconn_next has said 0: what
 * TLS has read already does not make it readable.
 */
int ldapconn_fd(const struct ldapconn *);

struct ldapconn_search {
	const char *base;
	bool base_only;		/* the entry itself; else all below it, too */
	const char *filter;
	const char *const *attrs;	/* NULL at the end */
	bool sync;		/* with the control of RFC 4533, critical */
	enum sync_mode mode;
	const struct cookie *cookie;	/* for sync; NULL: none */
	int page_size;		/* > 0: paged (RFC 2696), not critical */
	const struct cookie *page;	/* where to go on; NULL: at the start */
};

/**
 * ldapconn_search(conn, search, id, why):
 * Send it; messages with that ${id} will come.  Never blocks.  Return 0, or -1:
 * then the connection is of no more use than after a -1 of ldapconn_next.
 */
int ldapconn_search(struct ldapconn *, const struct ldapconn_search *, int *,
    struct why *);

/** ldapconn_abandon(conn, id): no more messages of it, please. */
void ldapconn_abandon(struct ldapconn *, int);

enum ldapconn_kind {
	LDAPCONN_ENTRY,
	LDAPCONN_REFERENCE,	/* the answer is not complete */
	LDAPCONN_INFO,		/* RFC 4533: a sync info message */
	LDAPCONN_RESULT		/* the last one of its search */
};

/* What a result says, as far as somebody acts on it. */
enum ldapconn_code {
	LDAPCONN_SUCCESS,
	LDAPCONN_NO_CONTROL,	/* 12: no RFC 4533 there */
	LDAPCONN_UNWILLING,	/* 53: (also) a cookie newer than the server */
	LDAPCONN_REFRESH_REQUIRED,	/* 4096 */
	LDAPCONN_LATER,		/* of the server or the search, whatever its
				   cookie: limits (3, 4, 11), rights (7, 8, 13,
				   14, 48, 49, 50), referral (10), no such base
				   (32, 34, 36), busy, unavailable (51, 52) */
	LDAPCONN_OTHER		/* all else */
};

/* Lives in the arena given to ldapconn_next. */
struct ldapconn_message {
	enum ldapconn_kind kind;
	int id;
	struct entry entry;		/* ENTRY */
	bool has_state;			/* ENTRY: with a sync state control */
	struct sync_state state;
	struct sync_info info;		/* INFO */
	enum ldapconn_code code;	/* RESULT */
	const char *words;		/* RESULT: number, meaning, and the
					   server's own text */
	bool has_done;			/* RESULT: with a sync done control */
	struct sync_done done;
	struct cookie page;		/* RESULT: len 0: no more pages (a page
					   cookie too long to keep is nonsense
					   instead: the rest would be lost) */
};

/**
 * ldapconn_next(conn, wait_ms, arena, message, why):
 * The next message, waiting ${wait_ms} (0: not at all).  Return 1; 0 if there
 * is none yet; -1 if the connection is lost or speaks nonsense: only
 * ldapconn_close makes sense then.  A message to a search that was abandoned is
 * dropped.
 */
int ldapconn_next(struct ldapconn *, int64_t, struct arena *,
    struct ldapconn_message *, struct why *);

#endif /* !LDAPCONN_H */
