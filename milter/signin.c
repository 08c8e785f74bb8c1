#include <string.h>

#include "signin.h"

static void
tell(const struct signin *s, const char *login, struct trace *trace)
{
	size_t i;

	if (s->accounts.n == 0)
		trace_add(trace, 4, "No account has the login %s.", login);
	for (i = 0; i < s->accounts.n; i++)
		trace_add(trace, 4, "%s has the login %s.",
		    s->accounts.v[i]->dn, login);
}

enum found
signin_find(const struct policy_view *view, const struct login_rules *rules,
    const char *login, bool usable, struct signin *s, struct trace *trace)
{
	enum found found = ABSENT;
	size_t i;

	s->forms.n = 0;
	s->account = NULL;
	if (usable)
		login_forms_of(login, rules, &s->forms);
	for (i = 0; i < s->forms.n && found == ABSENT; i++) {
		found = view->accounts_by_login(view->ctx, s->forms.form[i],
		    &s->accounts);
	}
	if (found != FOUND)
		s->accounts = (struct account_set){ NULL, 0 };
	else if (s->accounts.n == 1)
		s->account = s->accounts.v[0];
	if (found != LATER)
		tell(s, login, trace);
	return (found);
}

/* An override that is in force, out of what a lookup answered. */
static enum found
in_force(enum found found, const struct deny_set *set, int64_t now,
    const char **dn)
{
	size_t i;

	if (found != FOUND)
		return (found);
	for (i = 0; i < set->n; i++) {
		if (dates_hold(&set->v[i]->dates, now)) {
			*dn = set->v[i]->dn;
			return (FOUND);
		}
	}
	return (ABSENT);
}

static enum found
login_denied(const struct policy_view *view, const char *login, int64_t now,
    const char **dn)
{
	struct deny_set set;
	enum found found;

	found = view->denies_by_login(view->ctx, login, &set);
	return (in_force(found, &set, now, dn));
}

static enum found
forms_denied(const struct policy_view *view, const struct login_forms *forms,
    int64_t now, const char **dn)
{
	enum found found = ABSENT;
	size_t i;

	for (i = 0; i < forms->n && found == ABSENT; i++)
		found = login_denied(view, forms->form[i], now, dn);
	return (found);
}

static bool
is_form(const struct login_forms *forms, const char *login)
{
	size_t i;

	for (i = 0; i < forms->n; i++) {
		if (strcmp(forms->form[i], login) == 0)
			return (true);
	}
	return (false);
}

/* A spelling that an account has as a login of its own means that account. */
static enum found
spelling_denied(const struct policy_view *view, const char *login,
    int64_t now, const char **dn)
{
	struct account_set set;
	enum found found;

	if ((found = login_denied(view, login, now, dn)) != FOUND)
		return (found);
	switch (view->accounts_by_login(view->ctx, login, &set)) {
	case FOUND:
		return (ABSENT);
	case ABSENT:
		return (FOUND);
	case LATER:
		break;
	}
	return (LATER);
}

/* By a login of the account, however it is written; the forms of the login
 * that was given have been looked up. */
static enum found
spellings_denied(const struct policy_view *view,
    const struct login_rules *rules, const struct login_forms *forms,
    const char *login, int64_t now, const char **dn)
{
	char text[LOGIN_MAX + 1];
	enum found found = ABSENT;
	size_t i;

	if (!is_form(forms, login))
		found = login_denied(view, login, now, dn);
	for (i = 0; found == ABSENT && login_spelling(login, rules, i, text);
	    i++) {
		if (text[0] != '\0' && !is_form(forms, text))
			found = spelling_denied(view, text, now, dn);
	}
	return (found);
}

static enum found
account_denied(const struct policy_view *view,
    const struct login_rules *rules, const struct signin *s, int64_t now,
    const char **dn)
{
	const struct account *a = s->account;
	struct deny_set set;
	enum found found;
	size_t i;

	found = view->denies_by_dn(view->ctx, a->dn, &set);
	found = in_force(found, &set, now, dn);
	for (i = 0; i < a->logins.n && found == ABSENT; i++)
		found = spellings_denied(view, rules, &s->forms,
		    a->logins.v[i], now, dn);
	return (found);
}

enum found
signin_denied(const struct policy_view *view,
    const struct login_rules *rules, const struct signin *s, int64_t now,
    const char **dn, struct trace *trace)
{
	enum found found;

	found = forms_denied(view, &s->forms, now, dn);
	if (found == ABSENT && s->account != NULL)
		found = account_denied(view, rules, s, now, dn);
	if (found == FOUND)
		trace_add(trace, 4, "The override %s denies it.", *dn);
	return (found);
}
