#include <string.h>

#include "locality.h"

/*
 * The next ".parent" of a domain, of two labels at least: under that name a
 * subdomain entry stands.  Begin with the domain itself.  A literal has none.
 */
static const char *
next_parent(const char *domain)
{
	const char *dot;

	if (domain[0] == '[')
		return (NULL);
	dot = strchr(domain + 1, '.');
	if (dot == NULL || strchr(dot + 1, '.') == NULL)
		return (NULL);
	return (dot);
}

static bool
configured(const struct locality_rules *rules, const char *domain)
{
	const char *name;

	for (name = domain; name != NULL; name = next_parent(name)) {
		if (texts_have(&rules->domains, name))
			return (true);
	}
	return (false);
}

/*
 * No entry is in two of the sets: one whose name begins with a dot has no
 * aliases, and no alias begins with one.
 */
static int
append(struct domain_set *set, const struct domain_set *more,
    struct arena *arena)
{
	const struct domain **v;

	if (set->n == 0) {
		*set = *more;
		return (0);
	}
	if ((v = arena_array(arena, set->n + more->n, sizeof(*v))) == NULL)
		return (-1);
	memcpy(v, set->v, set->n * sizeof(*v));
	memcpy(v + set->n, more->v, more->n * sizeof(*v));
	set->v = v;
	set->n += more->n;
	return (0);
}

enum found
locality_entries(const struct policy_view *view, const char *domain,
    struct arena *arena, struct domain_set *set)
{
	struct domain_set more;
	const char *name;

	set->n = 0;
	for (name = domain; name != NULL; name = next_parent(name)) {
		switch (view->domains(view->ctx, name, &more)) {
		case FOUND:
			if (append(set, &more, arena) == -1)
				return (LATER);
			break;
		case ABSENT:
			break;
		case LATER:
			return (LATER);
		}
	}
	return (set->n > 0 ? FOUND : ABSENT);
}

enum found
locality_local(const struct locality_rules *rules,
    const struct policy_view *view, const char *domain, struct arena *arena,
    bool *local)
{
	struct domain_set entries;
	enum found found;

	*local = configured(rules, domain);
	if (*local)
		return (FOUND);
	if ((found = locality_entries(view, domain, arena, &entries)) == LATER)
		return (LATER);
	*local = found == FOUND;
	return (FOUND);
}

/* Does nobody else claim this alias of an entry? */
static enum found
alias_is_sole(const struct policy_view *view, const char *alias)
{
	struct domain_set claims;
	enum found found;

	if ((found = view->domains(view->ctx, alias, &claims)) != FOUND)
		return (found);
	return (claims.n == 1 ? FOUND : ABSENT);
}

static void
add_name(const char **names, size_t *n, const char *name)
{

	if (!texts_have(&(struct texts){ names, *n }, name))
		names[(*n)++] = name;
}

/* The names that one entry of the domain gives it. */
static enum found
add_entry(const struct policy_view *view, const struct domain *entry,
    const char **names, size_t *n)
{
	size_t i;

	add_name(names, n, entry->name);
	for (i = 0; i < entry->aliases.n; i++) {
		switch (alias_is_sole(view, entry->aliases.v[i])) {
		case FOUND:
			add_name(names, n, entry->aliases.v[i]);
			break;
		case ABSENT:
			break;
		case LATER:
			return (LATER);
		}
	}
	return (FOUND);
}

/*
 * The relayDomainName of the domain that ${claims} are the claims of: itself
 * if an entry has it as name, else that of the only entry with it as alias.
 */
static const char *
main_name(const char *domain, const struct domain_set *claims)
{
	size_t i;

	for (i = 0; i < claims->n; i++) {
		if (strcmp(claims->v[i]->name, domain) == 0)
			return (domain);
	}
	return (claims->n == 1 ? claims->v[0]->name : NULL);
}

/* The names that all entries of the name ${name} give the domain. */
static enum found
main_names(const struct policy_view *view, const char *name,
    const struct domain_set *claims, struct arena *arena, struct texts *names)
{
	const char **v;
	size_t i, room = names->n;

	for (i = 0; i < claims->n; i++)
		room += 1 + claims->v[i]->aliases.n;
	if ((v = arena_array(arena, room, sizeof(*v))) == NULL)
		return (LATER);
	memcpy(v, names->v, names->n * sizeof(*v));
	names->v = v;
	for (i = 0; i < claims->n; i++) {
		if (strcmp(claims->v[i]->name, name) == 0 &&
		    add_entry(view, claims->v[i], v, &names->n) == LATER)
			return (LATER);
	}
	return (FOUND);
}

static enum found
class_names(const struct policy_view *view, const char *domain,
    struct domain_set *claims, struct arena *arena, struct texts *names)
{
	const char **v, *name;

	if ((v = arena_array(arena, 1, sizeof(*v))) == NULL)
		return (LATER);
	v[0] = domain;
	*names = (struct texts){ v, 1 };
	if ((name = main_name(domain, claims)) == NULL)
		return (FOUND);
	if (name != domain && view->domains(view->ctx, name, claims) != FOUND)
		return (LATER);
	return (main_names(view, name, claims, arena, names));
}

enum found
locality_class(const struct locality_rules *rules,
    const struct policy_view *view, const char *domain, struct arena *arena,
    struct domain_class *class)
{
	struct domain_set claims;

	switch (view->domains(view->ctx, domain, &claims)) {
	case FOUND:
		class->local = true;
		break;
	case ABSENT:
		claims.n = 0;
		if (locality_local(rules, view, domain, arena,
		    &class->local) == LATER)
			return (LATER);
		break;
	case LATER:
		return (LATER);
	}
	return (class_names(view, domain, &claims, arena, &class->names));
}

static enum found
domain_is_local(const struct locality_rules *rules,
    const struct policy_view *view, const char *domain, struct arena *arena,
    struct trace *trace)
{
	struct domain_set entries;
	enum found found = LATER;

	if (configured(rules, domain)) {
		trace_add(trace, 1, "The recipient is local: %s is in "
		    "local_domains.", domain);
		return (FOUND);
	}
	if (view->readable)
		found = locality_entries(view, domain, arena, &entries);
	/* A source that was not read yet may still name it. */
	if (found == ABSENT && !view->loaded)
		found = LATER;
	switch (found) {
	case FOUND:
		trace_add(trace, 1, "The recipient is local: %s is a domain of "
		    "%s.", domain, entries.v[0]->dn);
		break;
	case ABSENT:
		trace_add(trace, 1, "%s is no local domain: neither a "
		    "relayDomain nor policy.local_domains has it.", domain);
		break;
	case LATER:
		trace_add(trace, 1, "Whether %s is a relayDomain cannot be "
		    "looked up now.", domain);
		break;
	}
	return (found);
}

/* Spec 4.2 (b). */
static enum found
argument_is_local(const struct locality_rules *rules,
    const struct policy_view *view, const char *arg, struct arena *arena,
    struct trace *trace)
{
	struct addr a;

	if (addr_parse(arg, strlen(arg), &a) != ADDR_MAILBOX) {
		trace_add(trace, 1, "The recipient %s does not read as one "
		    "address.", arg);
		return (ABSENT);
	}
	if (a.routing) {
		trace_add(trace, 1, "The recipient %s asks for routing.", arg);
		return (ABSENT);
	}
	if (a.domain[0] == '\0') {
		trace_add(trace, 1, "The recipient is local: %s has no domain.",
		    arg);
		return (FOUND);
	}
	if (a.mapped) {
		trace_add(trace, 1, "The recipient's domain is no U-label: "
		    "%s may be another domain for the MTA.", arg);
		return (ABSENT);
	}
	return (domain_is_local(rules, view, a.domain, arena, trace));
}

/* It does not advise listing the mailer: one that sends mail out must never be
 * among policy.local_mailers. */
static void
tell_outbound(const char *mailer, struct trace *trace)
{

	if (mailer == NULL || mailer[0] == '\0')
		trace_add(trace, 1, "The recipient is outbound.");
	else
		trace_add(trace, 1, "The recipient is outbound: {rcpt_mailer} "
		    "%s is none that delivers here (policy.local_mailers).",
		    mailer);
}

/* One address that asks for no routing? */
static bool
is_plain(const char *text)
{
	struct addr a;

	return (addr_parse(text, strlen(text), &a) == ADDR_MAILBOX &&
	    !a.routing);
}

/*
 * Spec 4.2 (c): Postfix resolves a recipient in a virtual alias domain to an
 * error, because cleanup(8) expands the alias only later.  What it expands is
 * the argument: of u%virtual@us it finds no alias, and bounces the mail to
 * whatever sender was typed.
 */
static bool
is_virtual_alias(const struct recipient *r)
{
	static const char unknown_user[] = "5.1.1 User unknown";

	if (r->mailer == NULL || strcmp(r->mailer, "error") != 0 ||
	    r->host == NULL || r->addr == NULL)
		return (false);
	if (strncmp(r->host, unknown_user, sizeof(unknown_user) - 1) != 0)
		return (false);
	return (is_plain(r->addr) && is_plain(r->arg));
}

enum found
locality_recipient(const struct locality_rules *rules,
    const struct policy_view *view, const struct recipient *r,
    struct arena *arena, struct trace *trace)
{
	enum found found;

	if (r->mailer != NULL && texts_have(&rules->mailers, r->mailer)) {
		trace_add(trace, 1, "The recipient is local: {rcpt_mailer} %s "
		    "is in local_mailers.", r->mailer);
		return (FOUND);
	}
	found = argument_is_local(rules, view, r->arg, arena, trace);
	if (found == FOUND)
		return (FOUND);
	if (is_virtual_alias(r)) {
		trace_add(trace, 1, "The recipient is local: the MTA resolves "
		    "it to a virtual alias (%s).", r->host);
		return (FOUND);
	}
	if (found == ABSENT)
		tell_outbound(r->mailer, trace);
	return (found);
}
