#ifndef ADDR_H
#define ADDR_H

#include <stdbool.h>
#include <stddef.h>

/*
 * addr: a mail address, read whole or not at all (RFC 5321 section 4.1.2,
 * RFC 6531 for UTF-8).
 *
 * An argument of MAIL or RCPT reads if it is exactly one mailbox, bare or in
 * one pair of <>, with nothing before or after it: no source route, comment,
 * list or glued ESMTP parameter.  Both MTAs were seen to deliver such things
 * elsewhere than the first address in them says, so nothing is ever cut off.
 *
 * Pure functions; any thread.
 */

enum {
	ADDR_LOCAL_MAX = 255,	/* bytes of a dequoted local part */
	ADDR_DOMAIN_MAX = 255,	/* bytes of a domain as A-labels */
	ADDR_KEY_MAX = ADDR_LOCAL_MAX + 1 + ADDR_DOMAIN_MAX
};

struct addr {
	/* Dequoted, A-Z folded to a-z, other bytes as given; no NUL inside. */
	char local[ADDR_LOCAL_MAX + 1];
	/*
	 * A-labels in lower case without a final dot, or a literal as
	 * "[192.0.2.1]" or "[IPv6:2001:db8::1]" in canonical form; "" if the
	 * address has none.
	 */
	char domain[ADDR_DOMAIN_MAX + 1];
	/*
	 * The local part asks for routing: it holds % ! @ : , ; \ or |.  (One
	 * with a control character, escaped or not, is unreadable.)
	 */
	bool routing;
	/*
	 * The domain is the one above only by IDNA's mapping (UTS 46), of more
	 * than capitals: it was written in full width, decomposed, with soft
	 * hyphens.  That is no U-label (RFC 5890, RFC 6531), and an MTA may
	 * take it for another.  Heeded for recipients: such a one is not local
	 * by its domain (locality), and relayRecipient has it by * only
	 * (policy).  Senders and what the policy says count as mapped.
	 */
	bool mapped;
};

enum addr_kind {
	ADDR_MAILBOX,		/* one mailbox; a domain may be missing */
	ADDR_NULL,		/* the null reverse-path: <> or nothing */
	ADDR_UNREADABLE		/* anything else */
};

/**
 * addr_parse(s, len, a):
 * Read the ${len} bytes at ${s} as one mailbox.  Fill ${a} for ADDR_MAILBOX;
 * else ${a} is all empty.  A local part is a dot-string or a quoted string,
 * both with valid UTF-8 allowed; a domain may have underscores in its labels
 * (hosts have them) and one final dot; a Unicode domain becomes A-labels by
 * addr_domain.
 */
enum addr_kind addr_parse(const char *, size_t, struct addr *);

/**
 * addr_domain(s, len, out):
 * Write the normal form of the domain (or [literal]) at ${s} to ${out}:
 * A-labels by IDNA 2008 with UTS 46 mapping, non-transitional, NFC input
 * (libidn2); lower case; without one final dot.  Return 0, or -1 if it is no
 * domain (then ${out} is "").  A leading dot is none: see pattern and model.
 */
int addr_domain(const char *, size_t, char[ADDR_DOMAIN_MAX + 1]);

/**
 * addr_cut_extension(a, delimiters):
 * Cut the local part of ${a} at the first byte of ${delimiters} after its
 * first character: user+tag becomes user, +tag stays.  Return true if
 * something was cut.
 */
bool addr_cut_extension(struct addr *, const char *);

/**
 * addr_key(local, domain, out):
 * Write "local@domain" to ${out}, the form under which addresses are stored
 * and compared as bytes; the domain begins after the last @.  The parts are
 * those of a struct addr.
 */
void addr_key(const char *, const char *, char[ADDR_KEY_MAX + 1]);

/** addr_fold(s, len): fold A-Z to a-z in place, and nothing else. */
void addr_fold(char *, size_t);

#endif /* !ADDR_H */
