#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * verdict: what a decision answers, and the names by which log, replies and
 * status know it (spec sections 3, 6 and 7).
 *
 * Pure functions; any thread.
 */

/* The word at the beginning of a log line. */
enum verdict_word {
	VERDICT_PASS,		/* not ours to judge: go on */
	VERDICT_PERMIT,		/* vouched for: go on */
	VERDICT_REJECT,		/* 5xx */
	VERDICT_TEMPFAIL,	/* 4xx */
	VERDICT_WOULD_REJECT	/* before the enforcement date: go on */
};
enum { VERDICT_WORDS = VERDICT_WOULD_REJECT + 1 };

/* Why; the names (verdict_reason) are an interface: log, replies, metrics. */
enum reason {
	REASON_NOT_SMTP,	/* pass: Postfix's simulated session */
	REASON_LOCAL_RECIPIENT,	/* pass */
	REASON_ACCOUNT,		/* permit: the account vouches */
	REASON_NETWORK,		/* permit: the network vouches */
	REASON_AUTH_REQUIRED,
	REASON_SENDER_NOT_OWNED,
	REASON_ACCOUNT_UNKNOWN,
	REASON_ACCOUNT_DENIED,
	REASON_ACCOUNT_EXPIRED,
	REASON_ACCOUNT_RECIPIENT,
	REASON_ACCOUNT_NETWORK,
	REASON_NETWORK_DENIED,
	REASON_NETWORK_SENDER,
	REASON_NETWORK_RECIPIENT,
	REASON_ACCOUNT_AMBIGUOUS,	/* tempfail */
	REASON_DIRECTORY_UNAVAILABLE	/* tempfail, or permit */
};
enum { REASONS = REASON_DIRECTORY_UNAVAILABLE + 1 };

struct verdict {
	enum verdict_word word;
	/* What it would have been; the same as word unless would-reject. */
	enum verdict_word enforced;
	enum reason reason;
	/* DN of the entry that decided, "loopback", or "". */
	const char *rule;
	/* The pattern that decided, "" if none, and its entry's DN. */
	const char *match;
	const char *match_dn;
	/* For would-reject the date from which it will be real; else
	 * WHEN_BEGINNING. */
	int64_t enforce_from;
	bool has_age;		/* loaded, and not by a clock of the future */
	int64_t age;		/* of the policy, seconds; if has_age */
};

/** verdict_word(word): "pass", "permit", "reject", "tempfail",
 * "would-reject". */
const char *verdict_word(enum verdict_word);

/** verdict_reason(reason): "auth-required" and so on. */
const char *verdict_reason(enum reason);

/** verdict_reason_find(name): the reason of that name, or -1. */
int verdict_reason_find(const char *);

/** verdict_refuses(reason): is there a reply for it (a row in section 6)? */
bool verdict_refuses(enum reason);

/** verdict_class(reason): '4' or '5': the class of its reply codes. */
char verdict_class(enum reason);

#endif /* !VERDICT_H */
