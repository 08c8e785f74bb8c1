#include <string.h>

#include "membership.h"
#include "when.h"

/* The groups found so far, in the order of their depth. */
struct walk {
	const struct policy_view *view;
	int64_t now;
	bool granting;		/* one whose dates cannot be read is absent */
	struct arena *arena;
	const struct group **v;
	size_t n;
	size_t room;
};

/* A group counts once, whatever way leads to it: so a cycle ends. */
static bool
met_before(const struct walk *w, size_t known, const char *dn)
{
	size_t i;

	for (i = 0; i < known; i++) {
		if (strcmp(w->v[i]->dn, dn) == 0)
			return (true);
	}
	return (false);
}

static int
make_room(struct walk *w, size_t more)
{
	const struct group **v;
	size_t room = 2 * (w->n + more);

	if (w->n + more <= w->room)
		return (0);
	if ((v = arena_array(w->arena, room, sizeof(*v))) == NULL)
		return (-1);
	if (w->n > 0)
		memcpy(v, w->v, w->n * sizeof(*v));
	w->v = v;
	w->room = room;
	return (0);
}

static bool
counts(const struct walk *w, const struct group *g)
{

	return (dates_hold(&g->dates, w->now) &&
	    !(w->granting && g->undated));
}

/* Take in what one lookup answered. */
static enum found
join(struct walk *w, enum found found, const struct group_set *set)
{
	size_t i, known = w->n;

	if (found != FOUND)
		return (found);
	if (make_room(w, set->n) == -1)
		return (LATER);
	for (i = 0; i < set->n; i++) {
		if (counts(w, set->v[i]) &&
		    !met_before(w, known, set->v[i]->dn))
			w->v[w->n++] = set->v[i];
	}
	return (FOUND);
}

/*
 * A group that is known by its members' side alone: it says nothing itself,
 * but may be in groups that do.
 */
static enum found
join_nameless(struct walk *w, const char *dn)
{
	struct group *g;
	const struct group *v[1];

	if ((g = arena_alloc(w->arena, sizeof(*g))) == NULL)
		return (LATER);
	*g = (struct group){ .dn = dn, .vouches = true,
	    .dates = { WHEN_BEGINNING, WHEN_NEVER } };
	v[0] = g;
	return (join(w, FOUND, &(struct group_set){ v, 1 }));
}

static enum found
join_by_dn(struct walk *w, const char *dn)
{
	struct group_set set;
	enum found found;

	found = w->view->groups_by_dn(w->view->ctx, dn, &set);
	if (found == ABSENT)
		return (join_nameless(w, dn));
	return (join(w, found, &set));
}

/* The groups that say of themselves that ${dn} is in them, and those that its
 * own entry says it is in. */
static enum found
join_all_of(struct walk *w, const char *dn, const struct texts *own)
{
	const struct policy_view *view = w->view;
	struct group_set set;
	size_t i;

	if (join(w, view->groups_with_dn(view->ctx, dn, &set), &set) == LATER)
		return (LATER);
	for (i = 0; i < own->n; i++) {
		if (join_by_dn(w, own->v[i]) == LATER)
			return (LATER);
	}
	return (FOUND);
}

static enum found
join_by_logins(struct walk *w, const struct texts *logins)
{
	const struct policy_view *view = w->view;
	struct group_set set;
	size_t i;

	for (i = 0; i < logins->n; i++) {
		if (join(w, view->groups_with_login(view->ctx, logins->v[i],
		    &set), &set) == LATER)
			return (LATER);
	}
	return (FOUND);
}

static enum found
walk_up(struct walk *w, const struct account *account)
{
	size_t depth, i = 0, end;

	if (join_all_of(w, account->dn, &account->groups) == LATER ||
	    join_by_logins(w, &account->logins) == LATER)
		return (LATER);
	for (depth = 2; depth <= MEMBERSHIP_DEPTH; depth++) {
		for (end = w->n; i < end; i++) {
			if (join_all_of(w, w->v[i]->dn, &w->v[i]->groups) ==
			    LATER)
				return (LATER);
		}
	}
	return (FOUND);
}

static bool
any_undated(const struct walk *w)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (w->v[i]->undated)
			return (true);
	}
	return (false);
}

enum found
membership_of(const struct policy_view *view, const struct account *account,
    int64_t now, struct arena *arena, struct membership *m)
{
	struct walk all = { .view = view, .now = now, .arena = arena };
	struct walk granting = all;

	granting.granting = true;
	if (walk_up(&all, account) == LATER)
		return (LATER);
	if (!any_undated(&all))
		granting = all;
	else if (walk_up(&granting, account) == LATER)
		return (LATER);
	*m = (struct membership){ all.v, all.n, granting.v, granting.n };
	return (FOUND);
}

const struct group *
membership_mute(const struct membership *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (!m->v[i]->vouches)
			return (m->v[i]);
	}
	return (NULL);
}
