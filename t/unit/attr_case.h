#ifndef ATTR_CASE_H
#define ATTR_CASE_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attrmap.h"
#include "when.h"

/*
 * attr_case: entries written as text, and what was read from them written as
 * text again, so that a row of a test says both.
 *
 * An entry is lines of "attr: value"; \1 in a value stands for a NUL.  What
 * was read is written field by field, those with nothing to say left out: a
 * list that restricts stands in brackets, ! marks a negative pattern.
 */

struct attr_case {
	struct arena arena;
	struct attr_report report;
	char said[4096];	/* "attr=value: text", a line each */
	char read[4096];
};

static void
case_add(char *to, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
case_add(char *to, size_t size, const char *format, ...)
{
	size_t len = strlen(to);
	va_list args;

	va_start(args, format);
	vsnprintf(to + len, size - len, format, args);
	va_end(args);
}

static void
case_said(void *ctx, const char *dn, const char *attr, const char *value,
    size_t len, const char *text)
{
	struct attr_case *c = ctx;

	(void)dn;
	case_add(c->said, sizeof(c->said), "%s=%.*s: %s\n", attr, (int)len,
	    value, text);
}

static void
case_begin(struct attr_case *c)
{

	memset(c, 0, sizeof(*c));
	arena_init(&c->arena);
	c->report.ctx = c;
	c->report.problem = case_said;
}

static void
case_end(struct attr_case *c)
{

	arena_free(&c->arena);
}

/* Cut one line off; its name and value. */
static char *
case_line(char **at, char **name)
{
	char *line = *at, *end = strchr(line, '\n'), *value;

	if (end != NULL)
		*end = '\0';
	*at = end != NULL ? end + 1 : NULL;
	value = strstr(line, ": ");
	*value = '\0';
	*name = line;
	return (value + 2);
}

static struct entry
case_entry(struct attr_case *c, const char *dn, const char *text)
{
	struct entry_attr *attrs = arena_array(&c->arena, 64, sizeof(*attrs));
	struct entry_value *values = arena_array(&c->arena, 256,
	    sizeof(*values));
	struct entry e = { dn, strlen(dn), attrs, 0 };
	char *at = arena_strdup(&c->arena, text), *name, *value, *nul;
	struct entry_attr *a = NULL;

	while (at != NULL && *at != '\0') {
		value = case_line(&at, &name);
		if (a == NULL || strcmp(a->name, name) != 0) {
			a = &attrs[e.nattrs++];
			a->name = name;
			a->values = values;
		}
		values->s = value;
		values++->len = strlen(value);
		a->nvalues++;
		while ((nul = strchr(value, '\1')) != NULL)
			*nul = '\0';
	}
	return (e);
}

/* ---- writing ----------------------------------------------------------- */

#define ADD(c, ...)	case_add((c)->read, sizeof((c)->read), __VA_ARGS__)

static inline void
case_texts(struct attr_case *c, const char *name, const struct texts *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		ADD(c, "%s%s", i == 0 ? name : ",", t->v[i]);
	if (t->n > 0)
		ADD(c, " ");
}

static inline void
case_patterns(struct attr_case *c, const char *name,
    const struct patterns *p)
{
	char text[PATTERN_TEXT_MAX];
	size_t i;

	if (!p->present)
		return;
	ADD(c, "%s[", name);
	for (i = 0; i < p->n; i++)
		ADD(c, "%s%s%s", i == 0 ? "" : ",",
		    p->v[i].negative ? "!" : "",
		    pattern_format(&p->v[i], text, sizeof(text)));
	ADD(c, "] ");
}

static inline void
case_networks(struct attr_case *c, const char *name,
    const struct networks *nets)
{
	char text[CIDR_TEXT_MAX];
	size_t i;

	if (!nets->present)
		return;
	ADD(c, "%s[", name);
	for (i = 0; i < nets->n; i++) {
		cidr_format(&nets->v[i], text);
		ADD(c, "%s%s", i == 0 ? "" : ",", text);
	}
	ADD(c, "] ");
}

static inline void
case_access(struct attr_case *c, enum access access)
{
	static const char *const names[] = { "", "allow ", "authenticate ",
	    "deny " };

	ADD(c, "%s", names[access]);
}

static inline void
case_dates(struct attr_case *c, const struct dates *d)
{
	char text[WHEN_TEXT_MAX];

	if (d->not_before != WHEN_BEGINNING)
		ADD(c, "from %.10s ", when_format(d->not_before, text));
	if (d->not_after != WHEN_NEVER)
		ADD(c, "until %.10s ", when_format(d->not_after, text));
}

static inline void
case_enforce(struct attr_case *c, const struct enforce *e)
{
	char text[WHEN_TEXT_MAX];

	if (e->present)
		ADD(c, "enforce %.10s ", when_format(e->from, text));
}

static inline void
case_account(struct attr_case *c, const struct account *a)
{

	case_texts(c, "login=", &a->logins);
	case_texts(c, "address=", &a->addresses);
	case_patterns(c, "sender=", &a->senders);
	case_patterns(c, "recipient=", &a->recipients);
	case_networks(c, "client=", &a->clients);
	case_access(c, a->access);
	ADD(c, "%s%s%s", a->enabled ? "" : "disabled ",
	    a->expired ? "expired " : "", a->vouches ? "" : "mute ");
	case_dates(c, &a->dates);
	case_enforce(c, &a->enforce);
	case_texts(c, "delegate-dn=", &a->delegate_dns);
	case_texts(c, "delegate-login=", &a->delegate_logins);
	case_texts(c, "delegate-address=", &a->delegate_addresses);
	case_texts(c, "group=", &a->groups);
}

static inline void
case_group(struct attr_case *c, const struct group *g)
{

	case_texts(c, "member-dn=", &g->member_dns);
	case_texts(c, "member-login=", &g->member_logins);
	case_access(c, g->access);
	ADD(c, "%s%s", g->vouches ? "" : "mute ",
	    g->undated ? "undated " : "");
	case_dates(c, &g->dates);
	case_enforce(c, &g->enforce);
	case_patterns(c, "sender=", &g->senders);
	case_patterns(c, "recipient=", &g->recipients);
	case_networks(c, "client=", &g->clients);
	case_texts(c, "group=", &g->groups);
}

static inline void
case_network(struct attr_case *c, const struct network *n)
{

	case_networks(c, "", &n->clients);
	case_access(c, n->access);
	ADD(c, "%s", n->vouches ? "" : "mute ");
	case_dates(c, &n->dates);
	case_enforce(c, &n->enforce);
	case_patterns(c, "sender=", &n->senders);
	case_patterns(c, "recipient=", &n->recipients);
}

static inline void
case_domain(struct attr_case *c, const struct domain *d)
{

	ADD(c, "%s ", d->name);
	case_texts(c, "alias=", &d->aliases);
	case_enforce(c, &d->enforce);
}

static inline void
case_deny(struct attr_case *c, const struct deny *d)
{

	case_texts(c, "login=", &d->logins);
	case_dates(c, &d->dates);
}

/* Did it come to what was wanted, and was said what had to be? */
static inline void
case_check(struct attr_case *c, const char *label, enum attr_result result,
    const char *wanted, const char *said)
{
	size_t len = strlen(c->read);

	if (len > 0)
		c->read[len - 1] = '\0';
	ck_assert_msg(result == (wanted != NULL ? ATTR_ENTRY : ATTR_NONE),
	    "%s: result %d; said: %s", label, result, c->said);
	if (wanted != NULL)
		ck_assert_msg(strcmp(c->read, wanted) == 0,
		    "%s: read: %s; said: %s", label, c->read, c->said);
	if (said == NULL)
		ck_assert_msg(c->said[0] == '\0', "%s: said: %s", label,
		    c->said);
	else
		ck_assert_msg(strstr(c->said, said) != NULL, "%s: said: %s",
		    label, c->said);
}

#endif /* !ATTR_CASE_H */
