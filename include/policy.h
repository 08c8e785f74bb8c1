#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "locality.h"
#include "login.h"
#include "model.h"
#include "origin.h"
#include "ownership.h"
#include "trace.h"

/*
 * policy: may this client relay this message? (spec sections 3 and 5)
 *
 * A pure function of the policy, its age, the settings, the time and the
 * question.  Any thread.
 */

enum role { ROLE_NARROWING, ROLE_AUTHORITY };

struct policy_settings {
	enum role role;
	int64_t enforce_from;		/* WHEN_BEGINNING "now", WHEN_NEVER */
	bool permit_unavailable;	/* on_unavailable = "permit" */
	int64_t max_stale;		/* seconds */
	struct ownership_rules ownership;	/* .locality = &locality */
	struct locality_rules locality;
	struct login_rules logins;
};

struct question {
	struct client client;
	const char *login;	/* decoded; NULL or "" = not signed in */
	bool login_usable;	/* what login_read said */
	const char *sender;	/* the MAIL argument */
	struct recipient recipient;
};

/* The word at the beginning of a log line. */
enum verdict_word {
	VERDICT_PASS,		/* not ours to judge: go on */
	VERDICT_PERMIT,		/* vouched for: go on */
	VERDICT_REJECT,		/* 5xx */
	VERDICT_TEMPFAIL,	/* 4xx */
	VERDICT_WOULD_REJECT	/* before the enforcement date: go on */
};
enum { VERDICT_WORDS = VERDICT_WOULD_REJECT + 1 };

/* Why; the names (reason_name) are an interface: log, replies, metrics. */
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

/**
 * policy_decide(settings, view, now, question, arena, verdict, trace):
 * Answer.  Always gives a verdict: what cannot be looked up ends as
 * directory-unavailable.  Strings in ${verdict} live as long as ${view} and
 * ${arena}.  ${trace} may be NULL.
 */
void policy_decide(const struct policy_settings *, const struct policy_view *,
    int64_t, const struct question *, struct arena *, struct verdict *,
    struct trace *);

/**
 * policy_not_smtp(client):
 * Is that Postfix's simulated session for local submission (step 0), in which
 * a refusal, temporary or not, jams the queue?
 */
bool policy_not_smtp(const struct client *);

/** policy_word(word): "pass", "permit", "reject", "tempfail",
 * "would-reject". */
const char *policy_word(enum verdict_word);

/** policy_reason(reason): "auth-required" and so on. */
const char *policy_reason(enum reason);

/** policy_reason_find(name): the reason of that name, or -1. */
int policy_reason_find(const char *);

/** policy_refuses(reason): is there a reply for it (a row in section 6)? */
bool policy_refuses(enum reason);

/** policy_reason_class(reason): '4' or '5': the class of its reply codes. */
char policy_reason_class(enum reason);

#endif /* !POLICY_H */
