#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "line.h"
#include "policy.h"

/*
 * session: what one SMTP dialogue has told so far; macros -> question; what
 * resets what.  Knows no libmilter type.
 *
 * Belongs to one connection; libmilter may run its commands on different
 * threads, but never two at once.  Strings are copied.
 */

struct session;

/* How the session asks for a macro: NULL if the MTA has not given it. */
struct session_macros {
	const char *(*get)(void *ctx, const char *name);
	void *ctx;
};

/**
 * session_new(config, overloaded):
 * A connection begins.  Keeps ${config} (counted; given back by
 * session_free).  NULL when memory is short.
 */
struct session *session_new(const struct config *, bool);

/** session_free(s): NULL is allowed. */
void session_free(struct session *);

const struct config *session_config(const struct session *);

/**
 * session_overloaded(s):
 * As session_new was told, but never for Postfix's simulated session
 * (policy_not_smtp).
 */
bool session_overloaded(const struct session *);

/**
 * session_connect(s, name, client, macros):
 * Who connects.  ${client}'s kind is CLIENT_UNKNOWN for an address that the
 * MTA did not give; with the host name "localhost" from Sendmail (`v' macro)
 * that is CLIENT_LOCAL.  Return 0, or -1 when memory is short.
 */
int session_connect(struct session *, const char *, const struct client *,
    const struct session_macros *);

/**
 * session_mail(s, sender, macros):
 * A message begins: all of the last one is forgotten.  Return 0, or -1 when
 * memory is short (then every recipient of it must be answered 4xx).
 */
int session_mail(struct session *, const char *,
    const struct session_macros *);

/** session_abort(s): the message is over or was given up. */
void session_abort(struct session *);

/**
 * session_rcpt(s, recipient, macros, question):
 * Make the question.  What it points to lives until the next call.  Return 0,
 * or -1 if there is no message or its memory was short.
 */
int session_rcpt(struct session *, const char *,
    const struct session_macros *, struct question *);

/**
 * session_line(s, question, verdict, code, line):
 * Fill the log line for the answer to ${question}.
 */
void session_line(const struct session *, const struct question *,
    const struct verdict *, const char *, struct line *);

#endif /* !SESSION_H */
