#ifndef LDAPMESSAGE_H
#define LDAPMESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "cookie.h"
#include "entry.h"
#include "synccontrol.h"
#include "why.h"

/*
 * ldapmessage: what libldap receives -> structs.
 *
 * Shares libldap with ldapconn, its only user.  Bytes come from a server and
 * are not trusted.  A handle belongs to one thread at a time.
 */

struct ldap;		/* LDAP */
struct ldapmsg;		/* LDAPMessage */
struct ldapcontrol;	/* LDAPControl */

/**
 * ldapmessage_next(ld, deadline, msg, why):
 * The next message that is not unsolicited, waiting until ${deadline} (of
 * clock_ms).  Return 1 with a message for ldap_msgfree; 0 if there is none
 * until then; -1 if the connection is lost or the server ends it.
 */
int ldapmessage_next(struct ldap *, int64_t, struct ldapmsg **, struct why *);

/** ldapmessage_lost(ld, error, why): why libldap failed on the connection;
 * ${error}: errno then.  Return -1. */
int ldapmessage_lost(struct ldap *, int, struct why *);

/* Where a string is returned: NULL, or what is wrong with the message. */

struct ldapmessage_result {
	int code;
	char *text;		/* the server's; NULL: none */
	struct ldapcontrol **controls;
};

/** ldapmessage_result(ld, msg, result): for ldapmessage_result_free, also if
 * it cannot be read. */
const char *ldapmessage_result(struct ldap *, struct ldapmsg *,
    struct ldapmessage_result *);
void ldapmessage_result_free(struct ldapmessage_result *);

/**
 * ldapmessage_await(ld, id, what, timeout_ms, result, why):
 * Wait for the result of ${id}, which is ${what} in words; messages of others
 * are dropped.  Return 0 or -1; the result is for ldapmessage_result_free
 * anyway.
 */
int ldapmessage_await(struct ldap *, int, const char *, int64_t,
    struct ldapmessage_result *, struct why *);

/** ldapmessage_words(result, words): "Size limit exceeded (4): text of the
 * server; the cure". */
void ldapmessage_words(const struct ldapmessage_result *, struct why *);

/** ldapmessage_done(result, has, done), ldapmessage_page(ld, result, page):
 * what the result's controls say; ${has} is false, ${page} none without the
 * control. */
const char *ldapmessage_done(const struct ldapmessage_result *, bool *,
    struct sync_done *);
const char *ldapmessage_page(struct ldap *,
    const struct ldapmessage_result *, struct cookie *);

/** ldapmessage_entry(ld, msg, arena, entry): a copy of it. */
const char *ldapmessage_entry(struct ldap *, struct ldapmsg *, struct arena *,
    struct entry *);

/** ldapmessage_state(ld, msg, has, state): the entry's sync state control. */
const char *ldapmessage_state(struct ldap *, struct ldapmsg *, bool *,
    struct sync_state *);

/** ldapmessage_info(ld, msg, arena, is, info): ${is} is false if the message
 * is something else than a sync info message. */
const char *ldapmessage_info(struct ldap *, struct ldapmsg *, struct arena *,
    bool *, struct sync_info *);

#endif /* !LDAPMESSAGE_H */
