#include <errno.h>
#include <limits.h>
#include <stdint.h>

#include "attrreader.h"
#include "attrstate.h"
#include "dn.h"
#include "when.h"

static bool
has_foreign(const struct entry *e)
{
	size_t i;

	for (i = 0; i < e->nattrs; i++)
		if (schema_foreign(e->attrs[i].name))
			return (true);
	return (false);
}

int
attrreader_begin(struct attr_reader *rd, enum schema_class own,
    const struct entry *e, bool ldif, struct arena *arena,
    const struct attr_report *report)
{
	char *dn;

	*rd = (struct attr_reader){
		.r = { .entry = e, .dn = "", .arena = arena,
		    .report = report },
		.own = own,
		.classes = schema_classes(e),
		.foreign = ldif && has_foreign(e)
	};
	if ((dn = arena_array(arena, e->dn_len + 1, DN_SIZE(1))) == NULL) {
		rd->r.no_memory = true;
		return (-1);
	}
	errno = 0;
	if (dn_normalise(e->dn, e->dn_len, dn, DN_SIZE(e->dn_len)) < 0) {
		rd->r.no_memory = errno == ENOMEM;
		return (-1);
	}
	rd->r.dn = dn;
	return (0);
}

static bool
unexplained(const struct attr_reader *rd, const char *attr)
{
	unsigned allowed_by = schema_allowed_by(attr);

	return ((allowed_by & rd->own) != 0 &&
	    (allowed_by & rd->classes) == 0);
}

bool
attrreader_honours(const struct attr_reader *rd, const char *attr)
{

	if ((rd->classes & rd->own) != 0)
		return (true);
	return ((rd->own == SCHEMA_ACCOUNT || rd->own == SCHEMA_GROUP) &&
	    unexplained(rd, attr));
}

static void
report_foreign(struct attr_reader *rd, const char *attr,
    const struct entry_value *v, const char *foreign)
{
	const char *meant = schema_nearest(attr);

	if (meant != NULL)
		attrtype_problem(&rd->r, attr, v, "there is no such attribute "
		    "(did you mean %s?); %s; correct or remove it", meant,
		    foreign);
	else
		attrtype_problem(&rd->r, attr, v, "there is no such "
		    "attribute; %s; correct or remove it", foreign);
}

static void
report_attr(struct attr_reader *rd, const struct entry_attr *a,
    const char *foreign)
{
	const struct entry_value *v = a->nvalues > 0 ? a->values : NULL;

	if (rd->foreign && schema_foreign(a->name))
		report_foreign(rd, a->name, v, foreign);
	else if (unexplained(rd, a->name))
		attrtype_problem(&rd->r, a->name, v, "no objectClass of the "
		    "entry allows it; it counts all the same; add "
		    "objectClass: %s", schema_class_name(rd->own));
}

enum attr_result
attrreader_end(struct attr_reader *rd, bool is, const char *foreign)
{
	const struct entry *e = rd->r.entry;
	size_t i;

	if (rd->r.no_memory)
		return (ATTR_NO_MEMORY);
	if (!is)
		return (ATTR_NONE);
	for (i = 0; i < e->nattrs; i++)
		report_attr(rd, &e->attrs[i], foreign);
	return (ATTR_ENTRY);
}

void
attrreader_missing(struct attr_reader *rd, const char *attr, const char *text)
{

	attrtype_problem(&rd->r, attr, NULL, "%s", text);
}

/* ---- many values ------------------------------------------------------- */

typedef void read_fn(struct attr_reading *, const struct attr_row *,
    struct attr_list *);

static void
read_rows(struct attr_reader *rd, const struct attr_rows *rows,
    unsigned types, read_fn *read, struct attr_list *list)
{
	size_t i;

	for (i = 0; rows != NULL && i < rows->n; i++)
		if ((1U << rows->v[i].type & types) != 0)
			read(&rd->r, &rows->v[i], list);
}

static void
read_own(struct attr_reader *rd, const char *attr, enum attr_type type,
    read_fn *read, struct attr_list *list)
{
	const struct attr_row row = { .attr = attr, .type = type };

	if (attr != NULL && attrreader_honours(rd, attr))
		read(&rd->r, &row, list);
}

struct texts
attrreader_texts(struct attr_reader *rd, const struct attr_rows *rows,
    unsigned types, const char *own, enum attr_type type, const char *meaning)
{
	struct attr_list list = attrtype_list(sizeof(const char *), meaning);

	read_rows(rd, rows, types, attrtype_texts, &list);
	read_own(rd, own, type, attrtype_texts, &list);
	return (attrtype_list_texts(&rd->r, &list));
}

struct texts
attrreader_aliases(struct attr_reader *rd, const struct attr_rows *rows)
{
	struct attr_list list = attrtype_list(sizeof(const char *),
	    "it does not count");

	list.no_dot = true;
	read_rows(rd, rows, UINT_MAX, attrtype_texts, &list);
	read_own(rd, RELAY_DOMAIN_ALIAS, TYPE_DOMAIN, attrtype_texts, &list);
	return (attrtype_list_texts(&rd->r, &list));
}

struct patterns
attrreader_senders(struct attr_reader *rd, const struct attr_rows *rows,
    const char *meaning)
{
	struct attr_list list = attrtype_list(sizeof(struct pattern),
	    meaning);

	read_rows(rd, rows, UINT_MAX, attrtype_patterns, &list);
	read_own(rd, RELAY_SENDER, TYPE_PATTERN, attrtype_patterns, &list);
	return (attrtype_list_patterns(&rd->r, &list));
}

struct patterns
attrreader_recipients(struct attr_reader *rd, const struct attr_rows *rows)
{
	struct attr_list list = attrtype_list(sizeof(struct pattern),
	    "it matches nothing");

	list.recipients = true;
	read_rows(rd, rows, UINT_MAX, attrtype_patterns, &list);
	read_own(rd, RELAY_RECIPIENT, TYPE_PATTERN, attrtype_patterns, &list);
	return (attrtype_list_patterns(&rd->r, &list));
}

struct networks
attrreader_clients(struct attr_reader *rd, const struct attr_rows *rows,
    bool host_bits)
{
	struct attr_list list = attrtype_list(sizeof(struct cidr),
	    "it matches nothing");

	list.host_bits = host_bits;
	read_rows(rd, rows, UINT_MAX, attrtype_clients, &list);
	read_own(rd, RELAY_CLIENT, TYPE_CLIENT, attrtype_clients, &list);
	return (attrtype_list_networks(&rd->r, &list));
}

/* ---- single values ----------------------------------------------------- */

static int
access_of(const struct entry_value *v, bool authenticate)
{

	if (attrtype_value_is(v, "deny"))
		return (ACCESS_DENY);
	if (attrtype_value_is(v, "allow"))
		return (ACCESS_ALLOW);
	if (authenticate && attrtype_value_is(v, "authenticate"))
		return (ACCESS_AUTHENTICATE);
	return (-1);
}

enum access
attrreader_access(struct attr_reader *rd, bool authenticate,
    enum access missing, const char *meaning)
{
	const struct entry_value *v;
	struct entry_cursor c;
	int access;

	if (!attrreader_honours(rd, RELAY_ACCESS))
		return (missing);
	entry_values(&c, rd->r.entry, RELAY_ACCESS);
	if ((v = entry_next(&c)) == NULL)
		return (missing);
	access = access_of(v, authenticate);
	if (access != -1 && entry_next(&c) == NULL)
		return ((enum access)access);
	attrtype_problem(&rd->r, c.written, v, "%s; %s",
	    access != -1 ? "there are several values: keep one" :
	    authenticate ? "it is none of allow, authenticate, deny" :
	    "it is neither allow nor deny", meaning);
	return (ACCESS_DENY);
}

static enum attrstate_date
own_date(struct attr_reader *rd, const char *attr, const char *meaning,
    int64_t *t)
{
	const struct attr_row row = { .attr = attr,
	    .type = TYPE_GENERALIZED };

	if (!attrreader_honours(rd, attr))
		return (DATE_NONE);
	return (attrstate_date(&rd->r, &row, meaning, t));
}

/* Let ${t} hold beside what is there already. */
static void
both_hold(enum attrstate_date result, int64_t t, bool before,
    struct dates *d, bool *unreadable)
{

	switch (result) {
	case DATE_NONE:
		break;
	case DATE_UNREADABLE:
		*unreadable = true;
		break;
	case DATE_SET:
		if (before && t > d->not_before)
			d->not_before = t;
		if (!before && t < d->not_after)
			d->not_after = t;
		break;
	}
}

static void
read_dates(struct attr_reader *rd, const struct attr_rows *rows, bool before,
    const char *meaning, struct dates *d, bool *unreadable)
{
	enum attrstate_date result;
	int64_t t = 0;
	size_t i;

	for (i = 0; rows != NULL && i < rows->n; i++) {
		result = attrstate_date(&rd->r, &rows->v[i], meaning, &t);
		both_hold(result, t, before, d, unreadable);
	}
	result = own_date(rd, before ? RELAY_NOT_BEFORE : RELAY_NOT_AFTER,
	    meaning, &t);
	both_hold(result, t, before, d, unreadable);
}

struct dates
attrreader_no_dates(void)
{

	return ((struct dates){ WHEN_BEGINNING, WHEN_NEVER });
}

struct dates
attrreader_dates(struct attr_reader *rd, const struct attr_rows *before,
    const struct attr_rows *after, const char *meaning, bool *unreadable)
{
	struct dates d = attrreader_no_dates();

	*unreadable = false;
	read_dates(rd, before, true, meaning, &d, unreadable);
	read_dates(rd, after, false, meaning, &d, unreadable);
	return (d);
}

struct enforce
attrreader_enforce(struct attr_reader *rd)
{
	int64_t t = 0;

	if (own_date(rd, RELAY_ENFORCE_FROM, "it counts as absent", &t) !=
	    DATE_SET)
		return ((struct enforce){ .present = false });
	return ((struct enforce){ .present = true, .from = t });
}
