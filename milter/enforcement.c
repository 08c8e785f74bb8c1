#include <string.h>

#include "enforcement.h"
#include "locality.h"
#include "membership.h"
#include "when.h"

/* An earliest date and the entry that has it. */
struct earliest {
	const char *dn;		/* NULL: none is present */
	int64_t from;
};

static void
consider(struct earliest *e, const struct enforce *enforce, const char *dn)
{

	if (!enforce->present || (e->dn != NULL && e->from <= enforce->from))
		return;
	e->dn = dn;
	e->from = enforce->from;
}

/* Only if it is past: it makes refusals real, and puts none off. */
static void
consider_real(struct earliest *e, const struct enforce *enforce,
    const char *dn, int64_t now)
{

	if (enforce->from <= now)
		consider(e, enforce, dn);
}

static enum found
answer(const struct earliest *e)
{

	return (e->dn != NULL ? FOUND : ABSENT);
}

/* One place where a date may stand. */
struct lookup {
	const struct enforcement *enforcement;
	const struct policy_view *view;
	int64_t now;
	struct arena *arena;
};

static enum found
of_account(const struct lookup *l, struct earliest *e)
{
	const struct account *account = l->enforcement->account;
	struct membership groups;
	size_t i;

	if (account == NULL)
		return (ABSENT);
	consider(e, &account->enforce, account->dn);
	if (e->dn != NULL)
		return (FOUND);
	if (membership_of(l->view, account, l->now, l->arena, &groups) ==
	    LATER)
		return (LATER);
	for (i = 0; i < groups.ngranting; i++)
		consider(e, &groups.granting[i]->enforce,
		    groups.granting[i]->dn);
	for (i = 0; i < groups.n; i++)
		consider_real(e, &groups.v[i]->enforce, groups.v[i]->dn,
		    l->now);
	return (answer(e));
}

static enum found
of_origin(const struct lookup *l, struct earliest *e)
{
	const struct origin *origin = l->enforcement->origin;
	size_t i;

	if (origin == NULL)
		return (ABSENT);
	for (i = 0; i < origin->n; i++)
		consider(e, &origin->v[i]->enforce, origin->v[i]->dn);
	for (i = 0; i < origin->nbehind; i++)
		consider_real(e, &origin->behind[i]->enforce,
		    origin->behind[i]->dn, l->now);
	return (answer(e));
}

static enum found
of_domain(const struct lookup *l, const char *address, struct earliest *e)
{
	const char *at = strrchr(address, '@');
	struct domain_set set;
	enum found found;
	size_t i;

	if (at == NULL || at[1] == '\0')
		return (ABSENT);
	found = locality_entries(l->view, at + 1, l->arena, &set);
	if (found != FOUND)
		return (found);
	for (i = 0; i < set.n; i++)
		consider(e, &set.v[i]->enforce, set.v[i]->dn);
	return (FOUND);
}

static enum found
of_domains(const struct lookup *l, struct earliest *e)
{
	const struct account *account = l->enforcement->account;
	size_t i;

	if (account == NULL || !l->enforcement->domains)
		return (ABSENT);
	for (i = 0; i < account->addresses.n; i++) {
		if (of_domain(l, account->addresses.v[i], e) == LATER)
			return (LATER);
	}
	return (answer(e));
}

static int64_t
tell(int64_t from, const char *by, struct trace *trace)
{
	char text[WHEN_TEXT_MAX];

	if (from == WHEN_BEGINNING)
		trace_add(trace, TRACE_ENFORCE, "Refusals are real, says %s.",
		    by);
	else if (from == WHEN_NEVER)
		trace_add(trace, TRACE_ENFORCE, "Refusals are only logged, "
		    "says %s.", by);
	else
		trace_add(trace, TRACE_ENFORCE, "Refusals are real from %s on, "
		    "says %s.", when_format(from, text), by);
	return (from);
}

static int64_t
of_configuration(const struct enforcement *enforcement, struct trace *trace)
{

	return (tell(enforcement->fallback,
	    "enforce_from in the configuration", trace));
}

int64_t
enforcement_from(const struct enforcement *enforcement,
    const struct policy_view *view, int64_t now, struct arena *arena,
    struct trace *trace)
{
	static enum found (*const places[])(const struct lookup *,
	    struct earliest *) = { of_account, of_origin, of_domains };
	const struct lookup l = { enforcement, view, now, arena };
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct earliest e = { NULL, 0 };

		switch (places[i](&l, &e)) {
		case FOUND:
			return (tell(e.from, e.dn, trace));
		case ABSENT:
			break;
		case LATER:
			trace_add(trace, TRACE_ENFORCE, "Whether the policy "
			    "has another date cannot be looked up now.");
			return (of_configuration(enforcement, trace));
		}
	}
	return (of_configuration(enforcement, trace));
}
