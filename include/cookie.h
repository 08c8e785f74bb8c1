#ifndef COOKIE_H
#define COOKIE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * cookie: where a search that is followed stands (RFC 4533 section 2.1.2):
 * bytes of the server's, given back to it to hear what has changed since.
 *
 * Plain values, pure functions; any thread.
 */

enum { COOKIE_MAX = 2048 };

/* len == 0: none; the search begins anew. */
struct cookie {
	size_t len;
	unsigned char bytes[COOKIE_MAX];
};

/** cookie_set(cookie, bytes, len): keep a copy; one that is longer than
 * COOKIE_MAX is not kept (none). */
void cookie_set(struct cookie *, const void *, size_t);

/** cookie_equal(a, b): the same bytes? */
bool cookie_equal(const struct cookie *, const struct cookie *);

/**
 * cookie_honoured(sent, given):
 * slapd answers a cookie that it does not know (damaged, or of another set of
 * servers) as if it had got none, and nothing in the answer says so: whoever
 * keeps his old entries then keeps deleted ones for ever.  It honours a cookie
 * only if that reads and has a CSN of just the servers that it has itself, so
 * the two cookies read and name the same servers ("csn=...#SID#...").  False
 * unless they do.  When there is nothing new slapd gives no cookie (${given}
 * of length 0): true then if the one that was sent reads.  Of servers whose
 * cookies have no "csn=" at all, true if one was given.
 */
bool cookie_honoured(const struct cookie *, const struct cookie *);

/**
 * cookie_behind(sent, given):
 * Does the one given know less of any server than the one that was sent, or
 * what cookie_merge() has noted in that?  Of several slapds in mirror mode, one
 * that has not caught up yet refuses a cookie that is newer only if that has
 * more changes of its own; else it answers with what it has, which is older
 * than what we have.  ${given} of length 0: it stands where we said.
 */
bool cookie_behind(const struct cookie *, const struct cookie *);

/**
 * cookie_has_csn(cookie):
 * Does it say "csn="?  Then the server is slapd, which finds what has changed
 * since by the entries' entryCSN.
 */
bool cookie_has_csn(const struct cookie *);

/**
 * cookie_anonymous(cookie, out):
 * The same as it is to be sent.  slapd puts its own serverID into its cookies
 * ("sid="), but takes that in a request for the serverID of who asks: changes
 * first made at that server are then never sent, because it would have them
 * already; with another server's cookie that is a gap that nobody sees.  So
 * that part is left out; and what cookie_merge() has noted.  Cookies that do
 * not begin as slapd's stay as they are.  The two must not be one.
 */
void cookie_anonymous(const struct cookie *, struct cookie *);

/**
 * cookie_merge(cookie, given):
 * ${given} came with a change, after the refresh at whose end ${cookie} was
 * given.  Of several servers slapd names then only the one whose change that
 * is; what stands in the cookie of the others must stay, or it would not be
 * honoured.  Never ahead of what was told: a slapd that catches up with another
 * one passes on a deletion with the last CSN of all, and what was added before
 * that only then.  So just the CSN of the server that gives the cookie ("sid=";
 * 000 without) is taken over if it is newer.  The others stay as they are, and
 * what is newer of them is noted ("had=") for cookie_behind(); whoever goes on
 * from there is told some changes twice, and misses none.  A cookie with "sid="
 * and no CSN says nothing new.
 *
 * The result has its servers sorted and no "sid="; one that is longer than
 * COOKIE_MAX is none.  Unless both read as slapd's, ${given} replaces
 * ${cookie}.
 */
void cookie_merge(struct cookie *, const struct cookie *);

#endif /* !COOKIE_H */
