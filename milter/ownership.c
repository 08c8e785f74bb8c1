#include <string.h>

#include "ownership.h"

/* One question on its way through the ways to own a sender. */
struct inquiry {
	const struct ownership_rules *rules;
	const struct policy_view *view;
	const struct account *account;
	const struct membership *groups;
	const char *sender;		/* as it came */
	struct subject subject;		/* as it was read */
	bool scope_known;
	bool in_scope;			/* patterns count for it */
	struct arena *arena;
	struct ownership *result;
	struct trace *trace;
};

static enum found
grant(struct inquiry *q, const struct pattern *p, const char *dn)
{
	char *text;

	if ((text = arena_alloc(q->arena, PATTERN_TEXT_MAX)) == NULL)
		return (LATER);
	q->result->owned = true;
	q->result->match = pattern_format(p, text, PATTERN_TEXT_MAX);
	q->result->from_dn = dn;
	return (FOUND);
}

/* The same for an address in full. */
static enum found
grant_address(struct inquiry *q, const struct addr *a, const char *domain,
    const char *dn)
{
	const struct pattern p = {
		.kind = PATTERN_ADDRESS,
		.local = a->local,
		.domain = domain
	};

	return (grant(q, &p, dn));
}

static enum found
refuse(struct inquiry *q)
{

	*q->result = (struct ownership){ false, "", "" };
	return (FOUND);
}

static bool
has_no_domain(const char *sender)
{
	struct addr a;

	return (addr_parse(sender, strlen(sender), &a) == ADDR_MAILBOX &&
	    !a.routing && a.domain[0] == '\0');
}

static enum found
look_up_scope(struct inquiry *q)
{

	switch (q->subject.kind) {
	case SUBJECT_NULL:
		q->in_scope = true;
		return (FOUND);
	case SUBJECT_OPAQUE:
		q->in_scope = has_no_domain(q->sender);
		return (FOUND);
	case SUBJECT_ADDRESS:
		break;
	}
	return (locality_local(q->rules->locality, q->view,
	    q->subject.addr.domain, q->arena, &q->in_scope));
}

/* Do patterns count for this sender?  Looked up when the first one matches. */
static enum found
scope(struct inquiry *q)
{

	if (q->rules->any_domain)
		return (FOUND);
	if (!q->scope_known) {
		if (look_up_scope(q) == LATER)
			return (LATER);
		q->scope_known = true;
	}
	return (q->in_scope ? FOUND : ABSENT);
}

static bool
matches(const struct inquiry *q, const struct pattern *p,
    const struct subject *s, const char *domain)
{

	if (s->kind == SUBJECT_ADDRESS &&
	    strcmp(domain, q->subject.addr.domain) != 0)
		return (pattern_matches_in(p, s, domain));
	return (pattern_matches(p, s));
}

/* By the patterns of one entry, the sender's domain being called ${domain}. */
static enum found
by_patterns(struct inquiry *q, const struct patterns *patterns,
    const char *dn, const struct subject *s, const char *domain)
{
	char text[PATTERN_TEXT_MAX];
	const struct pattern *p;
	enum found found;
	size_t i;

	for (i = 0; i < patterns->n; i++) {
		p = &patterns->v[i];
		if (!matches(q, p, s, domain))
			continue;
		if ((found = scope(q)) == FOUND)
			return (grant(q, p, dn));
		if (found == LATER)
			return (LATER);
		trace_add(q->trace, 4, "The pattern %s of %s matches, but "
		    "counts only for senders in local domains.",
		    pattern_format(p, text, sizeof(text)), dn);
	}
	return (ABSENT);
}

static enum found
by_all_patterns(struct inquiry *q, const struct subject *s,
    const char *domain)
{
	enum found found;
	size_t i;

	found = by_patterns(q, &q->account->senders, q->account->dn, s,
	    domain);
	for (i = 0; i < q->groups->ngranting && found == ABSENT; i++) {
		const struct group *g = q->groups->granting[i];

		found = by_patterns(q, &g->senders, g->dn, s, domain);
	}
	return (found);
}

static bool
share_one(const struct texts *a, const struct texts *b)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		if (texts_have(b, a->v[i]))
			return (true);
	}
	return (false);
}

/* Does ${holder} let our account send as its addresses? */
static bool
delegates(const struct inquiry *q, const struct account *holder)
{
	size_t i;

	if (!holder->vouches)
		return (false);
	if (texts_have(&holder->delegate_dns, q->account->dn) ||
	    share_one(&holder->delegate_logins, &q->account->logins) ||
	    share_one(&holder->delegate_addresses, &q->account->addresses))
		return (true);
	for (i = 0; i < q->groups->ngranting; i++) {
		if (texts_have(&holder->delegate_dns,
		    q->groups->granting[i]->dn))
			return (true);
	}
	return (false);
}

static enum found
holders_of(const struct inquiry *q, const char *local, const char *domain,
    struct account_set *set)
{
	char key[ADDR_KEY_MAX + 1];

	addr_key(local, domain, key);
	return (q->view->accounts_by_address(q->view->ctx, key, set));
}

static enum found
by_delegation(struct inquiry *q, const struct addr *a, const char *domain)
{
	struct account_set holders;
	enum found found;
	size_t i;

	found = holders_of(q, a->local, domain, &holders);
	if (found != FOUND)
		return (found);
	for (i = 0; i < holders.n; i++) {
		if (delegates(q, holders.v[i]))
			return (grant_address(q, a, domain,
			    holders.v[i]->dn));
	}
	return (ABSENT);
}

static bool
is_own_address(const struct inquiry *q, const struct addr *a,
    const char *domain)
{
	char key[ADDR_KEY_MAX + 1];

	addr_key(a->local, domain, key);
	return (texts_have(&q->account->addresses, key));
}

/* All ways but alias and extension, the sender's domain called ${domain}. */
static enum found
by_any(struct inquiry *q, const struct subject *s, const char *domain)
{
	enum found found;

	if (is_own_address(q, &s->addr, domain))
		return (grant_address(q, &s->addr, domain, q->account->dn));
	if ((found = by_all_patterns(q, s, domain)) != ABSENT)
		return (found);
	return (by_delegation(q, &s->addr, domain));
}

/* The same by the other names of the domain. */
static enum found
by_aliases(struct inquiry *q, const struct subject *s,
    const struct domain_class *class)
{
	enum found found = ABSENT;
	size_t i;

	for (i = 1; i < class->names.n && found == ABSENT; i++)
		found = by_any(q, s, class->names.v[i]);
	return (found);
}

/* Does another entry hold that address in full? */
static enum found
held_by_another(const struct inquiry *q, const char *local,
    const char *domain)
{
	struct account_set holders;
	enum found found;
	size_t i;

	found = holders_of(q, local, domain, &holders);
	for (i = 0; found == FOUND && i < holders.n; i++) {
		if (strcmp(holders.v[i]->dn, q->account->dn) != 0) {
			trace_add(q->trace, 4, "%s@%s is held in full by %s: "
			    "neither an alias domain nor a cut extension "
			    "grants it.", local, domain, holders.v[i]->dn);
			return (FOUND);
		}
	}
	return (found == LATER ? LATER : ABSENT);
}

/* Is what an extension was cut from held by another, at any name? */
static enum found
uncut_held(const struct inquiry *q, const struct domain_class *class)
{
	enum found found = ABSENT;
	size_t i;

	for (i = 0; i < class->names.n && found == ABSENT; i++)
		found = held_by_another(q, q->subject.addr.local,
		    class->names.v[i]);
	return (found);
}

/* A way that led to a grant is closed again if the address is another's. */
static enum found
unless_held(struct inquiry *q, enum found held)
{

	switch (held) {
	case FOUND:
		return (refuse(q));
	case ABSENT:
		return (FOUND);
	case LATER:
		break;
	}
	return (LATER);
}

/*
 * Each way is protected by all that protects the ways before it; so a way
 * closed by a holder ends the search.
 */
static enum found
by_extension(struct inquiry *q, const struct domain_class *class)
{
	struct subject cut = q->subject;
	enum found found, held;

	if (!addr_cut_extension(&cut.addr, q->rules->extension_delimiters))
		return (refuse(q));
	found = by_any(q, &cut, cut.addr.domain);
	if (found == FOUND)
		return (unless_held(q, uncut_held(q, class)));
	if (found == ABSENT)
		found = by_aliases(q, &cut, class);
	if (found == ABSENT)
		return (refuse(q));
	if (found == LATER)
		return (LATER);
	if ((held = uncut_held(q, class)) == ABSENT)
		held = held_by_another(q, cut.addr.local, cut.addr.domain);
	return (unless_held(q, held));
}

static enum found
address_owned(struct inquiry *q)
{
	const struct addr *a = &q->subject.addr;
	struct domain_class class;
	enum found found;

	if ((found = by_any(q, &q->subject, a->domain)) != ABSENT)
		return (found);
	if (locality_class(q->rules->locality, q->view, a->domain, q->arena,
	    &class) == LATER)
		return (LATER);
	found = by_aliases(q, &q->subject, &class);
	if (found == FOUND)
		return (unless_held(q, held_by_another(q, a->local,
		    a->domain)));
	if (found == LATER)
		return (LATER);
	return (by_extension(q, &class));
}

/* The null sender, and one that only * can match. */
static enum found
other_owned(struct inquiry *q)
{
	enum found found;

	if (q->subject.kind == SUBJECT_NULL && q->rules->null_sender) {
		*q->result = (struct ownership){ true, "", "" };
		return (FOUND);
	}
	found = by_all_patterns(q, &q->subject, "");
	return (found == ABSENT ? refuse(q) : found);
}

static void
tell(const struct inquiry *q)
{

	if (!q->result->owned) {
		trace_add(q->trace, 4, "The account does not own the sender "
		    "%s.", q->sender);
	} else if (q->result->match[0] == '\0') {
		trace_add(q->trace, 4, "The null sender is every account's.");
	} else {
		trace_add(q->trace, 4, "The account owns the sender %s by %s "
		    "of %s.", q->sender, q->result->match,
		    q->result->from_dn);
	}
}

enum found
ownership_of(const struct ownership_rules *rules,
    const struct policy_view *view, const struct account *account,
    const struct membership *groups, const char *sender, struct arena *arena,
    struct ownership *result, struct trace *trace)
{
	struct inquiry q = {
		.rules = rules,
		.view = view,
		.account = account,
		.groups = groups,
		.sender = sender,
		.arena = arena,
		.result = result,
		.trace = trace
	};
	enum found found;

	refuse(&q);
	subject_read(sender, rules->qualify_domain, &q.subject);
	found = q.subject.kind == SUBJECT_ADDRESS ? address_owned(&q) :
	    other_owned(&q);
	if (found == FOUND)
		tell(&q);
	else
		refuse(&q);
	return (found);
}
