#include <stdint.h>

#include "attrstate.h"
#include "attrtype.h"
#include "entry.h"
#include "when.h"

static bool
value_among(const struct entry_value *v, const struct texts *words)
{
	size_t i;

	for (i = 0; i < words->n; i++)
		if (attrtype_value_is(v, words->v[i]))
			return (true);
	return (false);
}

/* A status of one value: says disabled if it says nothing. */
struct status {
	bool enabled;
	const char *wrong;
};

static struct status
status_keyword(const struct attr_row *row, const struct entry_value *v)
{

	return ((struct status){ .enabled = value_among(v, &row->enabled) });
}

static struct status
status_boolean(const struct attr_row *row, const struct entry_value *v)
{

	if (!attrtype_value_is(v, "TRUE") && !attrtype_value_is(v, "FALSE"))
		return ((struct status){ .wrong = "it is neither TRUE nor "
		    "FALSE" });
	return (status_keyword(row, v));
}

/* Active Directory writes 32 bits with a sign. */
static bool
read_bits(const struct entry_value *v, unsigned long long *bits)
{
	size_t i = v->s[0] == '-' ? 1 : 0, digit;

	*bits = 0;
	if (i == v->len)
		return (false);
	for (; i < v->len; i++) {
		if (v->s[i] < '0' || v->s[i] > '9')
			return (false);
		digit = (size_t)(v->s[i] - '0');
		if (*bits > (UINT64_MAX - digit) / 10)
			return (false);
		*bits = *bits * 10 + digit;
	}
	if (v->s[0] == '-')
		*bits = 0 - *bits;
	return (true);
}

static struct status
status_bitmask(const struct attr_row *row, const struct entry_value *v)
{
	unsigned long long bits;

	if (!read_bits(v, &bits))
		return ((struct status){ .wrong = "it is not a decimal "
		    "number" });
	return ((struct status){ .enabled = (bits & row->disabled_bits) ==
	    0 });
}

static struct status
status_value(const struct attr_row *row, const struct entry_value *v,
    bool several)
{
	const char *wrong = attrtype_bytes_wrong(v);

	if (wrong == NULL && several && row->type != TYPE_KEYWORD &&
	    row->type != TYPE_PRESENCE)
		wrong = "there are several values: keep one";
	if (wrong != NULL)
		return ((struct status){ .wrong = wrong });
	if (row->type == TYPE_PRESENCE)
		return ((struct status){ .enabled = !row->absent_enabled });
	if (row->type == TYPE_BOOLEAN)
		return (status_boolean(row, v));
	if (row->type == TYPE_BITMASK)
		return (status_bitmask(row, v));
	return (status_keyword(row, v));
}

bool
attrstate_enabled(struct attr_reading *r, const struct attr_row *row)
{
	size_t n = entry_count(r->entry, row->attr);
	const struct entry_value *v;
	struct entry_cursor c;
	struct status status;
	bool enabled = true;

	if (n == 0)
		return (row->absent_enabled);
	entry_values(&c, r->entry, row->attr);
	while ((v = entry_next(&c)) != NULL) {
		status = status_value(row, v, n > 1);
		if (status.wrong != NULL)
			attrtype_problem(r, c.written, v,
			    "%s; it counts as disabled", status.wrong);
		enabled = enabled && status.enabled;
	}
	return (enabled);
}

static const char *
read_date(const struct attr_row *row, const struct entry_value *v, int64_t *t)
{

	switch (row->type) {
	case TYPE_GENERALIZED:
		if (when_generalized(v->s, v->len, t) == 0)
			return (NULL);
		return ("it is not a GeneralizedTime: write 20270115000000Z");
	case TYPE_DAYS:
		if (when_days(v->s, v->len, t) == 0)
			return (NULL);
		return ("it is not a number of days since 1970");
	case TYPE_FILETIME:
		if (when_filetime(v->s, v->len, t) == 0)
			return (NULL);
		return ("it is not a number of 100 ns since 1601");
	case TYPE_ADDRESS:
	case TYPE_SMTP_ADDRESS:
	case TYPE_PATTERN:
	case TYPE_LOGIN:
	case TYPE_DN:
	case TYPE_CLIENT:
	case TYPE_DOMAIN:
	case TYPE_KEYWORD:
	case TYPE_BOOLEAN:
	case TYPE_BITMASK:
	case TYPE_PRESENCE:
		break;
	}
	return ("it is not of a type that dates have");
}

enum attrstate_date
attrstate_date(struct attr_reading *r, const struct attr_row *row,
    const char *meaning, int64_t *t)
{
	const struct entry_value *v;
	struct entry_cursor c;
	const char *wrong;

	entry_values(&c, r->entry, row->attr);
	if ((v = entry_next(&c)) == NULL)
		return (DATE_NONE);
	if (entry_count(r->entry, row->attr) > 1)
		wrong = "there are several values: keep one";
	else if ((wrong = attrtype_bytes_wrong(v)) == NULL &&
	    value_among(v, &row->never))
		return (DATE_NONE);
	else if (wrong == NULL)
		wrong = read_date(row, v, t);
	if (wrong == NULL)
		return (DATE_SET);
	attrtype_problem(r, c.written, v, "%s; %s", wrong, meaning);
	return (DATE_UNREADABLE);
}
