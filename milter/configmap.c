#include <stdio.h>
#include <string.h>

#include "configmap.h"
#include "digest.h"

/* One row while it is read. */
struct draft {
	const struct setting *setting;
	enum attr_role role;
	struct attr_row row;
	struct arena *arena;
};

#define BIT(type)	(1U << (type))

enum {
	NO_TYPES = 0,
	ANY_TYPE = (1 << ATTR_TYPES) - 1,
	DATE_TYPES = BIT(TYPE_GENERALIZED) | BIT(TYPE_DAYS) |
	    BIT(TYPE_FILETIME),
	STATUS_TYPES = BIT(TYPE_KEYWORD) | BIT(TYPE_BOOLEAN) |
	    BIT(TYPE_BITMASK) | BIT(TYPE_PRESENCE),
	/* A DN has commas of its own. */
	COMMA_TYPES = ANY_TYPE & ~DATE_TYPES & ~STATUS_TYPES & ~BIT(TYPE_DN)
};

static int
keep_text(const struct draft *d, const struct setting *s, const char **kept,
    struct why *why)
{
	const char *text;

	if (setting_text(s, "a string", &text, why) != 0)
		return (-1);
	if (text[0] == '\0')
		return (setting_error(s, why, "must not be empty"));
	return (setting_keep(s, d->arena, text, kept, why));
}

/* A short name or a numeric OID (RFC 4512 section 1.4), no options. */
static int
read_attr(struct draft *d, const struct setting *s, struct why *why)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

	if (keep_text(d, s, &d->row.attr, why) != 0)
		return (-1);
	if (strchr(d->row.attr, ';') != NULL)
		return (setting_error(s, why,
		    "must name the attribute without options (`;...')"));
	if (d->row.attr[strspn(d->row.attr, letters)] != '\0')
		return (setting_error(s, why,
		    "must be an attribute's name, not \"%s\"", d->row.attr));
	return (0);
}

/* setting_unknown() wants names; what is allowed depends on the role. */
static int
type_unknown(const struct draft *d, const struct setting *s, const char *text,
    struct why *why)
{
	char list[256] = "";
	size_t len = 0;
	int type;

	for (type = 0; type < ATTR_TYPES; type++) {
		if (!attrmap_type_allowed((enum attr_type)type, d->role))
			continue;
		len += (size_t)snprintf(list + len, sizeof(list) - len,
		    "%s\"%s\"", len > 0 ? ", " : "",
		    attrmap_type_name((enum attr_type)type));
	}
	return (setting_error(s, why,
	    "must be a type that %s values can have (%s), not \"%s\"",
	    attrmap_role_name(d->role), list, text));
}

static int
read_type(struct draft *d, const struct setting *s, struct why *why)
{
	const char *text;
	int type;

	if (setting_text(s, "a type in quotes, such as \"address\"", &text,
	    why) != 0)
		return (-1);
	type = attrmap_type_find(text);
	if (type < 0 || !attrmap_type_allowed((enum attr_type)type, d->role))
		return (type_unknown(d, s, text, why));
	d->row.type = (enum attr_type)type;
	return (0);
}

static int
read_comma(struct draft *d, const struct setting *s, struct why *why)
{

	return (setting_bool(s, &d->row.comma, why));
}

static int
recipients_only(const struct draft *d, const struct setting *s,
    struct why *why)
{

	if (d->role == MAP_RECIPIENT)
		return (0);
	return (setting_error(s, why, "means something for recipients only"));
}

static int
read_negative(struct draft *d, const struct setting *s, struct why *why)
{

	if (recipients_only(d, s, why) != 0)
		return (-1);
	return (keep_text(d, s, &d->row.negative, why));
}

static int
read_local_only(struct draft *d, const struct setting *s, struct why *why)
{

	if (recipients_only(d, s, why) != 0)
		return (-1);
	return (keep_text(d, s, &d->row.local_only, why));
}

#define VALUES	"a list of values such as [ \"active\" ]"

static int
read_enabled(struct draft *d, const struct setting *s, struct why *why)
{
	const struct texts *enabled = &d->row.enabled;

	if (option_read_texts(s, VALUES, d->arena, &d->row.enabled, why) != 0)
		return (-1);
	if (enabled->n == 0)
		return (setting_error(s, why, "must name at least one value"));
	if (d->row.type != TYPE_BOOLEAN)
		return (0);
	if (enabled->n != 1 || (strcmp(enabled->v[0], "TRUE") != 0 &&
	    strcmp(enabled->v[0], "FALSE") != 0))
		return (setting_error(s, why,
		    "must be [ \"TRUE\" ] or [ \"FALSE\" ]"));
	return (0);
}

static int
read_absent(struct draft *d, const struct setting *s, struct why *why)
{
	static const char wants[] = "\"enabled\" or \"disabled\"";
	const char *text;

	if (setting_text(s, wants, &text, why) != 0)
		return (-1);
	d->row.absent_enabled = strcmp(text, "enabled") == 0;
	if (!d->row.absent_enabled && strcmp(text, "disabled") != 0)
		return (setting_error(s, why, "must be %s, not \"%s\"", wants,
		    text));
	return (0);
}

static int
read_disabled_bits(struct draft *d, const struct setting *s, struct why *why)
{
	int64_t bits;

	if (setting_number(s, "a whole number", 1, INT64_MAX, &bits, why) != 0)
		return (-1);
	d->row.disabled_bits = (unsigned long long)bits;
	return (0);
}

static int
read_never(struct draft *d, const struct setting *s, struct why *why)
{

	return (option_read_texts(s, VALUES, d->arena, &d->row.never, why));
}

/* The members of a row, `type' first since the others depend on it. */
static const struct member {
	const char *name;
	int (*read)(struct draft *, const struct setting *, struct why *);
	unsigned allowed;	/* for rows of these types */
	unsigned required;
} members[] = {
	{ "type", read_type, ANY_TYPE, ANY_TYPE },
	{ "attr", read_attr, ANY_TYPE, ANY_TYPE },
	{ "comma", read_comma, COMMA_TYPES, NO_TYPES },
	{ "negative", read_negative, BIT(TYPE_PATTERN), NO_TYPES },
	{ "local_only", read_local_only, BIT(TYPE_PATTERN), NO_TYPES },
	{ "enabled", read_enabled, BIT(TYPE_KEYWORD) | BIT(TYPE_BOOLEAN),
	    BIT(TYPE_KEYWORD) | BIT(TYPE_BOOLEAN) },
	{ "absent", read_absent, STATUS_TYPES, STATUS_TYPES },
	{ "disabled_bits", read_disabled_bits, BIT(TYPE_BITMASK),
	    BIT(TYPE_BITMASK) },
	{ "never", read_never, DATE_TYPES, NO_TYPES },
};
enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

static int
members_known(const struct setting *group, struct why *why)
{
	const char *names[MEMBERS];
	const struct setting *s;
	size_t i, j;

	for (j = 0; j < MEMBERS; j++)
		names[j] = members[j].name;
	for (i = 0; i < setting_count(group); i++) {
		s = setting_at(group, i);
		for (j = 0; j < MEMBERS; j++)
			if (strcmp(names[j], setting_name(s)) == 0)
				break;
		if (j == MEMBERS)
			return (setting_unknown(s, names, MEMBERS, why));
	}
	return (0);
}

static int
read_member(struct draft *d, const struct member *m, struct why *why)
{
	const struct setting *s = setting_member(d->setting, m->name);
	const char *type = attrmap_type_name(d->row.type);

	if (s == NULL && m->required == ANY_TYPE)
		return (setting_error(d->setting, why, "must say `%s'",
		    m->name));
	if (s == NULL && (m->required & BIT(d->row.type)) != 0)
		return (setting_error(d->setting, why,
		    "must say `%s', being of type \"%s\"", m->name, type));
	if (s == NULL)
		return (0);
	if ((m->allowed & BIT(d->row.type)) == 0)
		return (setting_error(s, why,
		    "means nothing for type \"%s\"", type));
	return (m->read(d, s, why));
}

static int
read_row(struct draft *d, struct why *why)
{
	size_t i;

	if (members_known(d->setting, why) != 0)
		return (-1);
	for (i = 0; i < MEMBERS; i++)
		if (read_member(d, &members[i], why) != 0)
			return (-1);
	return (0);
}

/* A bare name has the preset's type, but no preset's values can say what
 * another attribute's mean for a status. */
static int
read_name(struct draft *d, const struct attrmap *preset, struct why *why)
{

	if (d->role == MAP_STATUS)
		return (setting_error(d->setting, why,
		    "must be a row such as ( { attr = \"accountStatus\"; "
		    "type = \"keyword\"; enabled = [ \"active\" ]; "
		    "absent = \"disabled\"; } )"));
	attrmap_default_row(preset, d->role, &d->row);
	return (read_attr(d, d->setting, why));
}

#define ROWS	"an attribute's name, a list of names such as [ \"uid\" ], " \
		"or a list of rows such as ( { attr = ...; type = ...; } )"

static int
read_element(const struct setting *s, enum attr_role role,
    const struct attrmap *preset, struct arena *arena, struct attr_row *row,
    struct why *why)
{
	struct draft d = {
		.setting = s, .role = role, .arena = arena,
		.row = { .negative = "", .local_only = "" }
	};
	int result;

	if (setting_is_group(s))
		result = read_row(&d, why);
	else if (setting_is_string(s))
		result = read_name(&d, preset, why);
	else
		result = setting_wrong(s, ROWS, why);
	*row = d.row;
	return (result);
}

static int
read_role(const struct setting *s, enum attr_role role,
    const struct attrmap *preset, struct arena *arena, struct attr_rows *rows,
    struct why *why)
{
	bool list = setting_is_list(s);
	size_t i, n = list ? setting_count(s) : 1;
	struct attr_row *v;

	if (!list && !setting_is_string(s))
		return (setting_wrong(s, ROWS, why));
	if ((v = arena_array(arena, n, sizeof(*v))) == NULL)
		return (setting_error(s, why, "out of memory"));
	for (i = 0; i < n; i++)
		if (read_element(list ? setting_at(s, i) : s, role, preset,
		    arena, &v[i], why) != 0)
			return (-1);
	rows->v = v;
	rows->n = n;
	return (0);
}

static int
role_find(const struct setting *s, enum kind kind, enum attr_role *role,
    struct why *why)
{
	const char *names[ATTR_ROLES];
	size_t n = 0;
	int i;

	for (i = 0; i < ATTR_ROLES; i++) {
		if (!attrmap_role_allowed((enum attr_role)i, kind))
			continue;
		names[n] = attrmap_role_name((enum attr_role)i);
		if (strcmp(names[n], setting_name(s)) == 0) {
			*role = (enum attr_role)i;
			return (0);
		}
		n++;
	}
	return (setting_unknown(s, names, n, why));
}

static int
read_map(const struct setting *group, enum kind kind, struct arena *arena,
    struct attrmap *map, struct why *why)
{
	const struct attrmap preset = *map;
	enum attr_role role = MAP_LOGIN;
	const struct setting *s;
	size_t i;

	if (!setting_is_group(group))
		return (setting_wrong(group, "a group { ... }", why));
	for (i = 0; i < setting_count(group); i++) {
		s = setting_at(group, i);
		if (role_find(s, kind, &role, why) != 0 ||
		    read_role(s, role, &preset, arena, &map->roles[role],
		    why) != 0)
			return (-1);
	}
	return (0);
}

static uint64_t
digest_row(uint64_t h, const struct attr_row *row)
{

	h = digest_text(h, row->attr);
	h = digest_number(h, row->type);
	h = digest_number(h, row->comma);
	h = digest_text(h, row->negative != NULL ? row->negative : "");
	h = digest_text(h, row->local_only != NULL ? row->local_only : "");
	h = option_digest_texts(h, &row->enabled);
	h = digest_number(h, row->absent_enabled);
	h = digest_number(h, (int64_t)row->disabled_bits);
	return (option_digest_texts(h, &row->never));
}

uint64_t
configmap_digest(uint64_t h, const struct attrmap *map)
{
	const struct attr_rows *rows;
	size_t i;

	for (rows = map->roles; rows < map->roles + ATTR_ROLES; rows++) {
		h = digest_number(h, (int64_t)rows->n);
		for (i = 0; i < rows->n; i++)
			h = digest_row(h, &rows->v[i]);
	}
	return (h);
}

static uint64_t
digest_map(uint64_t h, const void *target)
{

	return (configmap_digest(h, target));
}

static int
read_accounts(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	(void)o;
	return (read_map(s, KIND_ACCOUNT, arena, target, why));
}

static int
read_domains(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	(void)o;
	return (read_map(s, KIND_DOMAIN, arena, target, why));
}

static int
read_groups(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	(void)o;
	return (read_map(s, KIND_GROUP, arena, target, why));
}

const struct option_type configmap_accounts = {
	"a group { ... }", read_accounts, digest_map
};
const struct option_type configmap_domains = {
	"a group { ... }", read_domains, digest_map
};
const struct option_type configmap_groups = {
	"a group { ... }", read_groups, digest_map
};
