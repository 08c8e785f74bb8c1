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
#include "verdict.h"

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
 * policy_not_smtp(client, login):
 * Is that Postfix's simulated session for local submission (step 0), in which
 * a refusal, temporary or not, jams the queue?  Nobody signs in to that one:
 * it is none with a ${login} (NULL or "" = not signed in).
 */
bool policy_not_smtp(const struct client *, const char *);

#endif /* !POLICY_H */
