#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "pattern.h"

static bool
is_word(const char *s, size_t len, const char *word)
{

	return (len == strlen(word) && strncasecmp(s, word, len) == 0);
}

static bool
begins(const char *s, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return (len >= n && memcmp(s, prefix, n) == 0);
}

static const char *
parse_domain(const char *s, size_t len, struct addr *store, struct pattern *p)
{

	if (addr_domain(s, len, store->domain) == -1)
		return ("what follows @ is no domain; "
		    "write @example.com for a whole domain");
	p->kind = PATTERN_DOMAIN;
	p->domain = store->domain;
	return (NULL);
}

static const char *
parse_subdomains(const char *s, size_t len, struct addr *store,
    struct pattern *p)
{

	if (addr_domain(s, len, store->domain) == -1 ||
	    store->domain[0] == '[')
		return ("what follows @. is no domain; "
		    "write @.example.com for its subdomains");
	p->kind = PATTERN_SUBDOMAINS;
	p->domain = store->domain;
	return (NULL);
}

/* Forms of other programs, and why they are not ours. */
static const char *
foreign_form(const char *s, size_t len)
{

	if (len == 0)
		return ("empty; write * for any address, null for the null "
		    "sender");
	if (begins(s, len, "*@"))
		return ("write @example.com for a whole domain, without *");
	if (begins(s, len, "*.") || begins(s, len, "."))
		return ("write @.example.com for the subdomains of a domain");
	if (s[0] == '<')
		return ("write the address without < and >");
	return (NULL);
}

static const char *
parse_address(const char *s, size_t len, struct addr *store,
    struct pattern *p)
{
	const char *problem = foreign_form(s, len);

	if (problem != NULL)
		return (problem);
	if (addr_parse(s, len, store) != ADDR_MAILBOX)
		return ("no address; write user@example.com, @example.com, "
		    "@.example.com, null or *");
	if (store->domain[0] == '\0')
		return ("no @; write @example.com for a whole domain, "
		    "user@example.com for one address");
	if (store->routing)
		return ("the part before the @ asks for routing; "
		    "it may hold none of % ! @ : , ; \\ |");
	p->local = store->local;
	p->domain = store->domain;
	return (NULL);
}

const char *
pattern_parse(const char *s, size_t len, struct addr *store,
    struct pattern *p)
{

	memset(store, 0, sizeof(*store));
	memset(p, 0, sizeof(*p));
	/* What is refused below matches nothing: no address lacks a domain. */
	p->kind = PATTERN_ADDRESS;
	p->local = p->domain = "";
	if (is_word(s, len, "*"))
		p->kind = PATTERN_ANY;
	else if (is_word(s, len, "null") || is_word(s, len, "<>"))
		p->kind = PATTERN_NULL;
	else if (begins(s, len, "@."))
		return (parse_subdomains(s + 2, len - 2, store, p));
	else if (begins(s, len, "@"))
		return (parse_domain(s + 1, len - 1, store, p));
	else
		return (parse_address(s, len, store, p));
	return (NULL);
}

/* Would ${local} read as it is, without quotes?  "*" and what begins with "*."
 * are refused as forms of other programs. */
static bool
is_dot_string(const char *local)
{
	struct addr a;

	return (strcmp(local, "*") != 0 && strncmp(local, "*.", 2) != 0 &&
	    local[0] != '"' && local[0] != '<' &&
	    addr_parse(local, strlen(local), &a) == ADDR_MAILBOX &&
	    a.domain[0] == '\0');
}

static void
format_address(const struct pattern *p, char *out, size_t size)
{
	char quoted[2 * ADDR_LOCAL_MAX + 3];
	const char *s;
	size_t n = 0;

	if (is_dot_string(p->local)) {
		snprintf(out, size, "%s@%s", p->local, p->domain);
		return;
	}
	quoted[n++] = '"';
	for (s = p->local; *s != '\0' && n < sizeof(quoted) - 3; s++) {
		if (*s == '"' || *s == '\\')
			quoted[n++] = '\\';
		quoted[n++] = *s;
	}
	quoted[n++] = '"';
	quoted[n] = '\0';
	snprintf(out, size, "%s@%s", quoted, p->domain);
}

const char *
pattern_format(const struct pattern *p, char *out, size_t size)
{

	switch (p->kind) {
	case PATTERN_ANY:
		snprintf(out, size, "*");
		break;
	case PATTERN_NULL:
		snprintf(out, size, "null");
		break;
	case PATTERN_ADDRESS:
		format_address(p, out, size);
		break;
	case PATTERN_DOMAIN:
		snprintf(out, size, "@%s", p->domain);
		break;
	case PATTERN_SUBDOMAINS:
		snprintf(out, size, "@.%s", p->domain);
		break;
	}
	return (out);
}

/* What a mailbox is a subject as, once its domain is completed. */
static enum subject_kind
subject_of_mailbox(struct addr *a, const char *qualify)
{

	if (a->domain[0] == '\0' && qualify != NULL)
		snprintf(a->domain, sizeof(a->domain), "%s", qualify);
	if (a->domain[0] == '\0' || a->routing)
		return (SUBJECT_OPAQUE);
	return (SUBJECT_ADDRESS);
}

void
subject_read(const char *arg, const char *qualify, struct subject *s)
{

	s->kind = SUBJECT_OPAQUE;
	switch (addr_parse(arg, strlen(arg), &s->addr)) {
	case ADDR_MAILBOX:
		s->kind = subject_of_mailbox(&s->addr, qualify);
		break;
	case ADDR_NULL:
		s->kind = SUBJECT_NULL;
		break;
	case ADDR_UNREADABLE:
		break;
	}
	if (s->kind != SUBJECT_ADDRESS)
		memset(&s->addr, 0, sizeof(s->addr));
}

static bool
is_subdomain(const char *name, const char *domain)
{
	size_t name_len = strlen(name), len = strlen(domain);

	return (name_len > len + 1 && name[name_len - len - 1] == '.' &&
	    strcmp(name + name_len - len, domain) == 0);
}

bool
pattern_matches(const struct pattern *p, const struct subject *s)
{

	switch (p->kind) {
	case PATTERN_ANY:
		return (true);
	case PATTERN_NULL:
		return (s->kind == SUBJECT_NULL);
	case PATTERN_SUBDOMAINS:
		return (s->kind == SUBJECT_ADDRESS &&
		    is_subdomain(s->addr.domain, p->domain));
	case PATTERN_ADDRESS:
	case PATTERN_DOMAIN:
		break;
	}
	return (pattern_matches_in(p, s, s->addr.domain));
}

bool
pattern_matches_in(const struct pattern *p, const struct subject *s,
    const char *domain)
{

	if (s->kind != SUBJECT_ADDRESS || strcmp(p->domain, domain) != 0)
		return (false);
	switch (p->kind) {
	case PATTERN_ADDRESS:
		return (strcmp(p->local, s->addr.local) == 0);
	case PATTERN_DOMAIN:
		return (true);
	case PATTERN_ANY:
	case PATTERN_NULL:
	case PATTERN_SUBDOMAINS:
		break;
	}
	return (false);
}
