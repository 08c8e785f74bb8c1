#ifndef COUNTERS_H
#define COUNTERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy.h"
#include "why.h"

/*
 * counters: a mapped file of atomics beside the store, through which the
 * daemon, the feed and the tools see each other without a listener.
 *
 * The daemon makes it anew at each start (its blocks allocated, so that a full
 * disk is an error there and never a SIGBUS); the feed and the tools map the
 * one that is there.  Any thread.
 */

enum {
	COUNTERS_ERROR_MAX = 512,
	COUNTERS_ACCEPTS = 8,		/* that wait at the same time */
	COUNTERS_SERVERS = 8		/* as many as directory.uris may name */
};

/* What the feed last did with a request of `mayrelay refresh'. */
enum refresh_result {
	REFRESH_DONE,		/* read, and in force */
	REFRESH_HELD_BACK,	/* would remove too much; needs --accept */
	REFRESH_FAILED		/* see the error */
};
enum { REFRESH_RESULTS = REFRESH_FAILED + 1 };

/* What came of the last reload. */
enum reload_result {
	RELOAD_DONE,
	RELOAD_FAILED,		/* see mayrelayd's log */
	RELOAD_RESTART		/* failed: what changed needs a restart */
};

/* How the feed stands with one LDAP server. */
enum server_state {
	SERVER_IDLE,		/* not tried (lately) */
	SERVER_TRIED,		/* being connected to */
	SERVER_FOLLOWED,	/* connected: RFC 4533 */
	SERVER_POLLED,		/* the last complete search came from it */
	SERVER_FAILED		/* see its error */
};
enum { SERVER_STATES = SERVER_FAILED + 1 };

struct counters_server {
	_Atomic uint32_t seq;		/* odd: being written */
	_Atomic int32_t state;		/* enum server_state */
	_Atomic int64_t since;		/* UTC seconds: in this state */
	_Atomic int64_t next;		/* UTC seconds: tried again; 0 = now */
	_Atomic unsigned char error[COUNTERS_ERROR_MAX];
};

struct counters {
	char magic[8];
	uint32_t version;
	uint32_t size;
	_Atomic int64_t started;	/* UTC seconds */
	_Atomic int32_t pid;		/* of mayrelayd; 0 after its stop */
	_Atomic int32_t feed_pid;	/* 0 while none runs */
	_Atomic uint64_t feed_starts;
	_Atomic uint64_t config_digest;	/* of the configuration in force */
	_Atomic int64_t reloaded;	/* UTC seconds of the last good one */
	_Atomic int32_t reload_failed;	/* enum reload_result */

	_Atomic uint64_t connections_total;
	_Atomic int64_t connections;
	_Atomic uint64_t overloaded;	/* connections beyond the limit */
	_Atomic uint64_t log_lost;
	_Atomic uint64_t decisions[VERDICT_WORDS][REASONS];

	/* mayrelay refresh: by counters_refresh_*() alone. */
	_Atomic uint64_t refresh_asked;	/* how often so far */
	_Atomic uint64_t refresh_reply;	/* number << 2 | refresh_result */
	/* Who waits with --accept: number << 32 | process; 0: free. */
	_Atomic uint64_t refresh_accepts[COUNTERS_ACCEPTS];

	/* The feed's last error; odd sequence: being written. */
	_Atomic uint32_t error_seq;
	_Atomic int64_t error_at;	/* UTC seconds; 0 = none since start */
	_Atomic unsigned char error[COUNTERS_ERROR_MAX];

	/* The LDAP source. */
	_Atomic int32_t ldap_servers;	/* how many there are; 0: no LDAP */
	_Atomic uint64_t ldap_changes;	/* entries put or deleted one by one */
	/* Complete ones, and goings-on from a cookie; by what came of it. */
	_Atomic uint64_t ldap_full[REFRESH_RESULTS];
	_Atomic uint64_t ldap_resumed[REFRESH_RESULTS];
	struct counters_server servers[COUNTERS_SERVERS];
};

/**
 * counters_create(dir, counters, why):
 * Make ${dir}/counters (0600) and map it; when the disk is full, set the one
 * that is there to zero.  Return 0 or -1.
 */
int counters_create(const char *, struct counters **, struct why *);

/**
 * counters_open(dir, writable, counters, why):
 * Map the one that is there.  Return 0; -1 if there is none, or of another
 * version.
 */
int counters_open(const char *, bool, struct counters **, struct why *);

/** counters_close(counters): unmap.  NULL is allowed. */
void counters_close(struct counters *);

/** counters_error_set(counters, at, text): by the feed, one thread of it; ""
 * forgets it (and sets the time to 0).  A longer text is cut. */
void counters_error_set(struct counters *, int64_t, const char *);

/** counters_error_get(counters, at, text): a consistent copy; if the feed was
 * killed while writing it, a text that says so. */
void counters_error_get(const struct counters *, int64_t *,
    char[COUNTERS_ERROR_MAX]);

/* One server as it was at one moment. */
struct server_seen {
	enum server_state state;
	int64_t since;
	int64_t next;
	char error[COUNTERS_ERROR_MAX];	/* "": none */
};

/** counters_server_set(counters, i, seen): by the feed, one thread of it.  Of
 * servers beyond COUNTERS_SERVERS nothing is kept. */
void counters_server_set(struct counters *, size_t,
    const struct server_seen *);

/** counters_server_get(counters, i, seen): a consistent copy, as above; one
 * that nobody spoke of is SERVER_IDLE since 0. */
void counters_server_get(const struct counters *, size_t,
    struct server_seen *);

/*
 * A request of `mayrelay refresh'.
 *
 * Requests are numbered from 1; the feed answers all up to the number that it
 * saw when it began to read, so whoever asks meanwhile is answered by another
 * reading.  An answer is one word, number and result: released by the feed,
 * acquired by the tools, so that whatever the feed wrote before it (the error,
 * the store) is seen by who sees the answer.
 *
 * --accept belongs to one request and to the process that waits for it: what
 * is read for number N is applied with it only if a request of 1..N, not yet
 * answered, asked so, and its process is still there and has not left.  It is
 * noted before the request is counted, so whoever sees the number sees it.
 */

/**
 * counters_refresh_ask(counters, accept):
 * By a tool.  Return the number of the request, or 0 (nothing asked) if
 * COUNTERS_ACCEPTS others wait with ${accept} already.  Ends with
 * counters_refresh_leave.
 */
uint64_t counters_refresh_ask(struct counters *, bool);

/** counters_refresh_answered(counters, number, result): by a tool; true when
 * the request was answered, with what came of it or of a later one. */
bool counters_refresh_answered(const struct counters *, uint64_t,
    enum refresh_result *);

/** counters_refresh_leave(counters, number): by the tool that asked: it waits
 * no more, answered or not; its --accept is withdrawn. */
void counters_refresh_leave(struct counters *, uint64_t);

/**
 * counters_refresh_pending(counters, number, accept):
 * By the feed, before it begins to read.  Return false if all are answered;
 * true with the ${number} to answer and whether it is to be applied with
 * ${accept}, which is counters_refresh_accepted(counters, number).
 */
bool counters_refresh_pending(const struct counters *, uint64_t *, bool *);

/** counters_refresh_accepted(counters, number): by the feed, to ask once more
 * before it applies what it has read for a long time. */
bool counters_refresh_accepted(const struct counters *, uint64_t);

/** counters_refresh_answer(counters, number, result): by the feed, one thread
 * of it, when all sources have been read and their errors been set. */
void counters_refresh_answer(struct counters *, uint64_t,
    enum refresh_result);

#endif /* !COUNTERS_H */
