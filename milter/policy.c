#include <string.h>

#include "enforcement.h"
#include "membership.h"
#include "policy.h"
#include "restriction.h"
#include "signin.h"
#include "when.h"

/* Whose relayEnforceFrom may postpone a refusal (spec section 5). */
enum {
	BY_ACCOUNT = 1,
	BY_ORIGIN = 2,
	BY_DOMAINS = 4,
	BY_ALL = BY_ACCOUNT | BY_ORIGIN | BY_DOMAINS
};

static const int dates_of[REASONS] = {
	[REASON_AUTH_REQUIRED] = BY_ALL,
	[REASON_SENDER_NOT_OWNED] = BY_ALL,
	[REASON_ACCOUNT_UNKNOWN] = BY_ORIGIN,
	[REASON_ACCOUNT_DENIED] = BY_ACCOUNT,
	[REASON_ACCOUNT_EXPIRED] = BY_ALL,
	[REASON_ACCOUNT_RECIPIENT] = BY_ALL,
	[REASON_ACCOUNT_NETWORK] = BY_ALL,
	[REASON_NETWORK_DENIED] = BY_ORIGIN,
	[REASON_NETWORK_SENDER] = BY_ALL,
	[REASON_NETWORK_RECIPIENT] = BY_ALL,
	[REASON_ACCOUNT_AMBIGUOUS] = BY_ORIGIN,
	[REASON_DIRECTORY_UNAVAILABLE] = BY_ALL
};

/* What one decision has found so far. */
struct decision {
	const struct policy_settings *settings;
	const struct policy_view *view;
	int64_t now;
	const struct question *question;
	struct arena *arena;
	struct verdict *verdict;
	struct trace *trace;

	/* on_unavailable = "permit" and something cannot be known: what is
	 * denied is still looked for, the rest will be permitted. */
	bool lenient;
	bool later;		/* a lookup said so */

	struct origin origin;		/* N */
	struct signin signin;
	const struct account *account;	/* A */
	bool groups_known;
	struct membership groups;	/* A's */
	struct ownership ownership;	/* of the sender, by A */

	bool remembered;
	enum reason reason;		/* if remembered */
	const char *rule;
};

/* Every step returns whether it has decided. */
static bool
settle(struct decision *d, enum verdict_word word, enum reason reason,
    const char *rule)
{

	d->verdict->word = word;
	d->verdict->reason = reason;
	d->verdict->rule = rule;
	return (true);
}

static bool
reject(struct decision *d, enum reason reason, const char *rule)
{

	return (settle(d, VERDICT_REJECT, reason, rule));
}

static bool
permit(struct decision *d, enum reason reason, const char *rule,
    const char *match, const char *match_dn)
{

	d->verdict->match = match;
	d->verdict->match_dn = match_dn;
	return (settle(d, VERDICT_PERMIT, reason, rule));
}

static bool
remember(struct decision *d, enum reason reason, const char *rule)
{

	if (!d->remembered) {
		d->remembered = true;
		d->reason = reason;
		d->rule = rule;
	}
	return (false);
}

/* Something cannot be known.  In the authority role a permit would be an open
 * relay, whatever the settings say. */
static bool
unavailable(struct decision *d)
{

	if (d->settings->permit_unavailable &&
	    d->settings->role == ROLE_NARROWING) {
		d->lenient = true;
		return (false);
	}
	return (settle(d, VERDICT_TEMPFAIL, REASON_DIRECTORY_UNAVAILABLE, ""));
}

static bool
try_later(struct decision *d, int step, const char *what)
{

	trace_add(d->trace, step, "%s cannot be looked up now.", what);
	d->later = true;
	return (unavailable(d));
}

static bool
is_login(const char *login)
{

	return (login != NULL && login[0] != '\0');
}

bool
policy_not_smtp(const struct client *c, const char *login)
{

	return (c->kind == CLIENT_IP && c->port == 0 &&
	    cidr_ip_loopback(&c->ip) && !is_login(login));
}

/* Nobody signs in to a simulated session: a port 0 there is what a proxy told
 * (XCLIENT) that does not know the port. */
static bool
not_smtp(struct decision *d)
{

	if (!policy_not_smtp(&d->question->client, d->question->login))
		return (false);
	trace_add(d->trace, 0, "The client is loopback with source port 0: "
	    "Postfix's simulated session for local submission.");
	return (settle(d, VERDICT_PASS, REASON_NOT_SMTP, ""));
}

static bool
local_recipient(struct decision *d)
{

	switch (locality_recipient(&d->settings->locality, d->view,
	    &d->question->recipient, d->arena, d->trace)) {
	case FOUND:
		return (settle(d, VERDICT_PASS, REASON_LOCAL_RECIPIENT, ""));
	case ABSENT:
		break;
	case LATER:
		d->later = true;
		break;
	}
	return (false);
}

static bool
policy_usable(struct decision *d)
{
	const struct policy_view *view = d->view;

	if (!view->readable) {
		trace_add(d->trace, 2, "The replica cannot be read.");
	} else if (!view->loaded) {
		trace_add(d->trace, 2, "The policy was never loaded.");
	} else if (d->later) {
		trace_add(d->trace, 2, "The replica could not be read for the "
		    "recipient.");
	} else if (view->age > d->settings->max_stale) {
		trace_add(d->trace, 2, "The policy is %lld s old, older than "
		    "max_stale (%lld s).", (long long)view->age,
		    (long long)d->settings->max_stale);
	} else {
		trace_add(d->trace, 2, "The policy is %lld s old.",
		    (long long)view->age);
		return (true);
	}
	return (false);
}

static bool
old_policy(struct decision *d)
{

	return (!policy_usable(d) && unavailable(d));
}

static bool
denied_network(struct decision *d)
{

	if (origin_of(d->view, &d->question->client, d->now, d->arena,
	    &d->origin, d->trace) == LATER)
		return (try_later(d, 3, "The client's network"));
	if (d->origin.access != ACCESS_DENY)
		return (false);
	return (reject(d, REASON_NETWORK_DENIED, d->origin.v[0]->dn));
}

static bool
signed_in(const struct decision *d)
{

	return (is_login(d->question->login));
}

static enum found
find_account(struct decision *d, struct trace *trace)
{
	enum found found;

	found = signin_find(d->view, &d->settings->logins, d->question->login,
	    d->question->login_usable, &d->signin, trace);
	d->account = d->signin.account;
	return (found);
}

static enum found
find_groups(struct decision *d)
{
	size_t i;

	if (d->groups_known)
		return (FOUND);
	if (membership_of(d->view, d->account, d->now, d->arena,
	    &d->groups) == LATER)
		return (LATER);
	d->groups_known = true;
	for (i = 0; i < d->groups.n; i++) {
		trace_add(d->trace, 4, "The account is in the group %s.",
		    d->groups.v[i]->dn);
	}
	return (FOUND);
}

static enum found
by_override(struct decision *d, const char **rule)
{

	return (signin_denied(d->view, &d->settings->logins, &d->signin,
	    d->now, rule, d->trace));
}

static enum found
by_account(struct decision *d, const char **rule)
{
	const struct account *a = d->account;

	if (a == NULL || (a->enabled && a->access != ACCESS_DENY))
		return (ABSENT);
	*rule = a->dn;
	trace_add(d->trace, 4, a->enabled ? "The account's relayAccess is "
	    "deny." : "The account's status is disabled.");
	return (FOUND);
}

static enum found
by_group(struct decision *d, const char **rule)
{
	size_t i;

	if (d->account == NULL || d->account->access == ACCESS_ALLOW)
		return (ABSENT);
	if (find_groups(d) == LATER)
		return (LATER);
	for (i = 0; i < d->groups.n; i++) {
		if (d->groups.v[i]->access != ACCESS_DENY)
			continue;
		*rule = d->account->dn;
		trace_add(d->trace, 4, "The group %s denies its members.",
		    d->groups.v[i]->dn);
		return (FOUND);
	}
	return (ABSENT);
}

static bool
denied_account(struct decision *d)
{
	static enum found (*const denials[])(struct decision *,
	    const char **) = {
		by_override, by_account, by_group
	};
	const char *rule = "";
	size_t i;

	for (i = 0; i < sizeof(denials) / sizeof(denials[0]); i++) {
		switch (denials[i](d, &rule)) {
		case FOUND:
			return (reject(d, REASON_ACCOUNT_DENIED, rule));
		case ABSENT:
			break;
		case LATER:
			if (try_later(d, 4, "Whether the account is denied"))
				return (true);
			break;
		}
	}
	return (false);
}

static bool
within_dates(struct decision *d)
{
	const struct account *a = d->account;
	char text[WHEN_TEXT_MAX];

	if (a->expired) {
		trace_add(d->trace, 4, "A date of the account cannot be read: "
		    "it counts as expired.");
		return (false);
	}
	if (dates_hold(&a->dates, d->now))
		return (true);
	if (d->now < a->dates.not_before)
		trace_add(d->trace, 4, "The account is not active before %s.",
		    when_format(a->dates.not_before, text));
	else
		trace_add(d->trace, 4, "The account expired at %s.",
		    when_format(a->dates.not_after, text));
	return (false);
}

static enum found
owns_sender(struct decision *d)
{
	enum found found;

	found = ownership_of(&d->settings->ownership, d->view, d->account,
	    &d->groups, d->question->sender, d->arena, &d->ownership,
	    d->trace);
	if (found != FOUND)
		return (LATER);
	return (d->ownership.owned ? FOUND : ABSENT);
}

/*
 * A recipient is compared as it was read: there is no null recipient, and what
 * only IDNA's mapping makes one of a domain is the MTA's to know.  It may send
 * that elsewhere, byte for byte as the client wrote it.
 */
static void
read_recipient(const struct decision *d, struct subject *recipient)
{

	subject_read(d->question->recipient.arg, "", recipient);
	if (recipient->kind == SUBJECT_NULL || recipient->addr.mapped)
		recipient->kind = SUBJECT_OPAQUE;
}

static enum found
from_client(struct decision *d)
{

	if (restriction_client(d->account, &d->groups, &d->question->client))
		return (FOUND);
	trace_add(d->trace, 4, "The client is in none of the networks that "
	    "the account may use.");
	return (ABSENT);
}

static enum found
to_recipient(struct decision *d)
{
	struct subject recipient;

	read_recipient(d, &recipient);
	if (restriction_recipient(d->account, &d->groups, &recipient))
		return (FOUND);
	trace_add(d->trace, 4, "The account may not send to this recipient.");
	return (ABSENT);
}

static bool
vouching_account(struct decision *d)
{
	static const struct {
		enum found (*holds)(struct decision *);
		enum reason otherwise;
	} conditions[] = {
		{ from_client, REASON_ACCOUNT_NETWORK },
		{ owns_sender, REASON_SENDER_NOT_OWNED },
		{ to_recipient, REASON_ACCOUNT_RECIPIENT }
	};
	const struct group *mute;
	size_t i;

	if (!within_dates(d))
		return (remember(d, REASON_ACCOUNT_EXPIRED, d->account->dn));
	if (find_groups(d) == LATER)
		return (try_later(d, 4, "Whether the account may send this"));
	if ((mute = membership_mute(&d->groups)) != NULL) {
		trace_add(d->trace, 4, "Something in the group %s cannot be "
		    "read: its members vouch for nothing.", mute->dn);
		return (remember(d, REASON_ACCOUNT_UNKNOWN, ""));
	}
	for (i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		switch (conditions[i].holds(d)) {
		case FOUND:
			break;
		case ABSENT:
			return (remember(d, conditions[i].otherwise,
			    d->account->dn));
		case LATER:
			return (try_later(d, 4, "Whether it owns the sender"));
		}
	}
	return (permit(d, REASON_ACCOUNT, d->account->dn, d->ownership.match,
	    d->ownership.from_dn));
}

static bool
account(struct decision *d)
{

	if (!signed_in(d)) {
		trace_add(d->trace, 4, "The client is not signed in.");
		return (false);
	}
	if (find_account(d, d->trace) == LATER &&
	    try_later(d, 4, "The account"))
		return (true);
	if (denied_account(d))
		return (true);
	if (d->lenient)
		return (false);
	if (d->signin.accounts.n > 1)
		return (settle(d, VERDICT_TEMPFAIL, REASON_ACCOUNT_AMBIGUOUS,
		    ""));
	if (d->account != NULL && !d->account->vouches) {
		trace_add(d->trace, 4, "Something in the account cannot be "
		    "read: it vouches for nothing.");
		d->account = NULL;
	}
	if (d->account == NULL)
		return (remember(d, REASON_ACCOUNT_UNKNOWN, ""));
	return (vouching_account(d));
}

static bool
permit_network(struct decision *d, const struct network *n,
    const struct pattern *match)
{
	char *text;

	if (match == NULL)
		return (permit(d, REASON_NETWORK, n->dn, "", ""));
	if ((text = arena_alloc(d->arena, PATTERN_TEXT_MAX)) == NULL)
		return (try_later(d, 5, "The network's pattern"));
	return (permit(d, REASON_NETWORK, n->dn,
	    pattern_format(match, text, PATTERN_TEXT_MAX), n->dn));
}

static enum found
allows_sender(struct decision *d, const struct network *n,
    const struct pattern **match)
{
	struct subject sender;

	subject_read(d->question->sender,
	    d->settings->ownership.qualify_domain, &sender);
	return (origin_sender(&d->settings->locality, d->view, n, &sender,
	    d->arena, match));
}

/* One entry of N: does it permit this? */
static bool
vouching_network(struct decision *d, const struct network *n)
{
	const struct pattern *match = NULL;
	struct subject recipient;

	if (!origin_vouches(&d->origin, n)) {
		trace_add(d->trace, 5, "%s vouches for nothing: something in "
		    "it cannot be read, or it would be an open relay.", n->dn);
		return (false);
	}
	switch (allows_sender(d, n, &match)) {
	case FOUND:
		break;
	case ABSENT:
		trace_add(d->trace, 5, "%s does not allow the sender %s.",
		    n->dn, d->question->sender);
		return (remember(d, REASON_NETWORK_SENDER, n->dn));
	case LATER:
		return (try_later(d, 5, "The sender's domain"));
	}
	read_recipient(d, &recipient);
	if (!origin_recipient(n, &recipient)) {
		trace_add(d->trace, 5, "%s does not allow the recipient.",
		    n->dn);
		return (remember(d, REASON_NETWORK_RECIPIENT, n->dn));
	}
	trace_add(d->trace, 5, "%s allows it.", n->dn);
	return (permit_network(d, n, match));
}

/* What a lookup or a stale policy left open. */
static bool
permit_unknown(struct decision *d)
{

	if (!d->lenient)
		return (false);
	trace_add(d->trace, 5, "Nothing denies it, and on_unavailable is "
	    "permit.");
	return (permit(d, REASON_DIRECTORY_UNAVAILABLE, "", "", ""));
}

static bool
loopback_grant(struct decision *d)
{

	if (signed_in(d)) {
		trace_add(d->trace, 5, "The loopback grant does not vouch for "
		    "a client that signed in.");
		return (false);
	}
	trace_add(d->trace, 5, "The loopback grant allows it.");
	return (permit(d, REASON_NETWORK, "loopback", "", ""));
}

static bool
allowing_network(struct decision *d)
{
	size_t i;

	if (permit_unknown(d))
		return (true);
	if (d->origin.access != ACCESS_ALLOW)
		return (false);
	if (d->origin.loopback)
		return (loopback_grant(d));
	for (i = 0; i < d->origin.n && !d->lenient; i++) {
		if (vouching_network(d, d->origin.v[i]))
			return (true);
	}
	return (permit_unknown(d));
}

static bool
nobody_vouches(struct decision *d)
{

	remember(d, REASON_AUTH_REQUIRED,
	    d->origin.n > 0 ? d->origin.v[0]->dn : "");
	trace_add(d->trace, 6, "Nobody vouches for this: %s.",
	    verdict_reason(d->reason));
	return (reject(d, d->reason, d->rule));
}

/* For a stale policy the decision ended before these were looked up. */
static enum found
find_for_dates(struct decision *d)
{

	if (origin_of(d->view, &d->question->client, d->now, d->arena,
	    &d->origin, NULL) == LATER)
		return (LATER);
	if (!signed_in(d))
		return (FOUND);
	if (find_account(d, NULL) == LATER)
		return (LATER);
	if (d->account != NULL && !d->account->vouches)
		d->account = NULL;
	return (FOUND);
}

/* Whose dates count for this refusal? */
static int
dates_that_count(struct decision *d)
{
	enum reason reason = d->verdict->reason;

	if (d->settings->role == ROLE_AUTHORITY)
		return (0);
	if (!d->view->readable || !d->view->loaded)
		return (0);
	if (reason == REASON_DIRECTORY_UNAVAILABLE &&
	    (d->later || find_for_dates(d) == LATER))
		return (0);
	return (dates_of[reason]);
}

/* Spec section 5: before its date a refusal is only logged. */
static void
enforce(struct decision *d)
{
	struct verdict *v = d->verdict;
	int dates = dates_that_count(d);
	const struct enforcement e = {
		.account = dates & BY_ACCOUNT ? d->account : NULL,
		.origin = dates & BY_ORIGIN ? &d->origin : NULL,
		.domains = dates & BY_DOMAINS,
		.fallback = d->settings->enforce_from
	};
	int64_t from;

	from = enforcement_from(&e, d->view, d->now, d->arena, d->trace);
	if (d->now >= from)
		return;
	trace_add(d->trace, TRACE_ENFORCE, "So this %s is only logged.",
	    verdict_word(v->enforced));
	v->word = VERDICT_WOULD_REJECT;
	v->enforce_from = from;
}

void
policy_decide(const struct policy_settings *settings,
    const struct policy_view *view, int64_t now, const struct question *q,
    struct arena *arena, struct verdict *v, struct trace *trace)
{
	/* In the order and by the numbers of spec section 3. */
	static bool (*const steps[])(struct decision *) = {
		not_smtp, local_recipient, old_policy, denied_network,
		account, allowing_network, nobody_vouches
	};
	struct decision d = {
		.settings = settings,
		.view = view,
		.now = now,
		.question = q,
		.arena = arena,
		.verdict = v,
		.trace = trace
	};
	size_t i;

	*v = (struct verdict){
		.rule = "",
		.match = "",
		.match_dn = "",
		.enforce_from = WHEN_BEGINNING,
		.has_age = view->readable && view->loaded &&
		    view->age != INT64_MAX
	};
	if (v->has_age)
		v->age = view->age;
	for (i = 0; !steps[i](&d); i++)
		;
	v->enforced = v->word;
	if (v->word == VERDICT_REJECT || v->word == VERDICT_TEMPFAIL)
		enforce(&d);
}
