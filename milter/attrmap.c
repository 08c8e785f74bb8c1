#include <string.h>
#include <strings.h>

#include "attrmap.h"
#include "attrreader.h"
#include "attrstate.h"
#include "attrtype.h"
#include "entry.h"
#include "schema.h"

#define BIT(x)	(1U << (x))

enum {
	ACCOUNTS = BIT(KIND_ACCOUNT),
	GROUPS = BIT(KIND_GROUP),
	DOMAINS = BIT(KIND_DOMAIN),

	ADDRESSES = BIT(TYPE_ADDRESS) | BIT(TYPE_SMTP_ADDRESS),
	STATUSES = BIT(TYPE_KEYWORD) | BIT(TYPE_BOOLEAN) |
	    BIT(TYPE_BITMASK) | BIT(TYPE_PRESENCE),
	DATES = BIT(TYPE_GENERALIZED) | BIT(TYPE_DAYS) | BIT(TYPE_FILETIME),
	ALL_TYPES = BIT(ATTR_TYPES) - 1
};

/* ---- roles, types, presets --------------------------------------------- */

static const struct {
	const char *name;
	unsigned kinds;
	unsigned types;
	enum attr_type usual;
} roles[ATTR_ROLES] = {
	[MAP_LOGIN] = { "login", ACCOUNTS, BIT(TYPE_LOGIN), TYPE_LOGIN },
	[MAP_ADDRESS] = { "address", ACCOUNTS, ADDRESSES, TYPE_ADDRESS },
	[MAP_SENDER] = { "sender", ACCOUNTS | GROUPS,
	    BIT(TYPE_PATTERN) | ADDRESSES, TYPE_PATTERN },
	[MAP_RECIPIENT] = { "recipient", ACCOUNTS,
	    BIT(TYPE_PATTERN) | ADDRESSES, TYPE_PATTERN },
	[MAP_CLIENT] = { "client", ACCOUNTS, BIT(TYPE_CLIENT), TYPE_CLIENT },
	[MAP_STATUS] = { "status", ACCOUNTS | DOMAINS, STATUSES,
	    TYPE_KEYWORD },
	[MAP_NOT_BEFORE] = { "not_before", ACCOUNTS, DATES,
	    TYPE_GENERALIZED },
	[MAP_NOT_AFTER] = { "not_after", ACCOUNTS, DATES, TYPE_GENERALIZED },
	[MAP_DELEGATE] = { "delegate", ACCOUNTS,
	    BIT(TYPE_DN) | BIT(TYPE_LOGIN) | ADDRESSES, TYPE_DN },
	[MAP_GROUP] = { "group", ACCOUNTS | GROUPS, BIT(TYPE_DN), TYPE_DN },
	[MAP_MEMBER] = { "member", GROUPS, BIT(TYPE_DN) | BIT(TYPE_LOGIN),
	    TYPE_DN },
	[MAP_NAME] = { "name", DOMAINS, BIT(TYPE_DOMAIN), TYPE_DOMAIN },
	[MAP_ALIAS] = { "alias", DOMAINS, BIT(TYPE_DOMAIN), TYPE_DOMAIN }
};

static const char *const type_names[ATTR_TYPES] = {
	[TYPE_ADDRESS] = "address",
	[TYPE_SMTP_ADDRESS] = "smtp-address",
	[TYPE_PATTERN] = "pattern",
	[TYPE_LOGIN] = "login",
	[TYPE_DN] = "dn",
	[TYPE_CLIENT] = "client",
	[TYPE_DOMAIN] = "domain",
	[TYPE_KEYWORD] = "keyword",
	[TYPE_BOOLEAN] = "boolean",
	[TYPE_BITMASK] = "bitmask",
	[TYPE_PRESENCE] = "presence",
	[TYPE_GENERALIZED] = "generalizedtime",
	[TYPE_DAYS] = "days",
	[TYPE_FILETIME] = "filetime"
};

const char *
attrmap_role_name(enum attr_role role)
{

	return (roles[role].name);
}

bool
attrmap_role_allowed(enum attr_role role, enum kind kind)
{

	return ((roles[role].kinds & BIT(kind)) != 0);
}

const char *
attrmap_type_name(enum attr_type type)
{

	return (type_names[type]);
}

int
attrmap_type_find(const char *name)
{
	int type;

	for (type = 0; type < ATTR_TYPES; type++)
		if (strcmp(type_names[type], name) == 0)
			return (type);
	return (-1);
}

bool
attrmap_type_allowed(enum attr_type type, enum attr_role role)
{

	return ((roles[role].types & BIT(type)) != 0);
}

#define ROW(name, of)	{ .attr = (name), .type = (of), .negative = "", \
			    .local_only = "" }

static const struct attr_row plain_login[] = { ROW("uid", TYPE_LOGIN) };
static const struct attr_row plain_address[] = { ROW("mail", TYPE_ADDRESS) };
static const struct attr_row plain_member[] = {
	ROW("member", TYPE_DN),
	ROW("uniqueMember", TYPE_DN),
	ROW("memberUid", TYPE_LOGIN)
};

#define ROWS(v)	{ (v), sizeof(v) / sizeof(*(v)) }

static const struct {
	const char *name;
	struct attrmap maps[KINDS];
} presets[] = {
	{ "inetorgperson", {
		[KIND_ACCOUNT] = { {
			[MAP_LOGIN] = ROWS(plain_login),
			[MAP_ADDRESS] = ROWS(plain_address)
		} },
		[KIND_GROUP] = { {
			[MAP_MEMBER] = ROWS(plain_member)
		} }
	} }
};

int
attrmap_preset(const char *name, enum kind kind, struct attrmap *map)
{
	size_t i;

	for (i = 0; i < sizeof(presets) / sizeof(*presets); i++)
		if (strcmp(presets[i].name, name) == 0) {
			*map = presets[i].maps[kind];
			return (0);
		}
	return (-1);
}

void
attrmap_default_row(const struct attrmap *map, enum attr_role role,
    struct attr_row *row)
{

	if (map->roles[role].n > 0)
		*row = map->roles[role].v[0];
	else
		*row = (struct attr_row)ROW("", roles[role].usual);
	row->attr = "";
}

/* ---- what is read ------------------------------------------------------ */

static const enum schema_class class_of[KINDS] = {
	[KIND_ACCOUNT] = SCHEMA_ACCOUNT,
	[KIND_NETWORK] = SCHEMA_NETWORK,
	[KIND_DOMAIN] = SCHEMA_DOMAIN,
	[KIND_GROUP] = SCHEMA_GROUP,
	[KIND_DENY] = SCHEMA_ACCOUNT
};

/* They are never more. */
static size_t
most_names(const struct attrmap *map)
{
	size_t i, n = 0;

	while (schema_attribute(n) != NULL)
		n++;
	n++;		/* objectClass */
	for (i = 0; map != NULL && i < ATTR_ROLES; i++)
		n += map->roles[i].n;
	return (n);
}

static size_t
add_name(const char **names, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcasecmp(names[i], name) == 0)
			return (n);
	names[n] = name;
	return (n + 1);
}

int
attrmap_attributes(const struct attrmap *map, enum kind kind,
    struct arena *arena, struct texts *names)
{
	const char *own, **v;
	size_t i, j, n;

	*names = (struct texts){ NULL, 0 };
	if ((v = arena_array(arena, most_names(map), sizeof(*v))) == NULL)
		return (-1);
	n = add_name(v, 0, "objectClass");
	for (i = 0; map != NULL && i < ATTR_ROLES; i++)
		for (j = 0; j < map->roles[i].n; j++)
			n = add_name(v, n, map->roles[i].v[j].attr);
	for (i = 0; (own = schema_attribute(i)) != NULL; i++)
		if ((schema_allowed_by(own) & class_of[kind]) != 0)
			n = add_name(v, n, own);
	*names = (struct texts){ v, n };
	return (0);
}

/* ---- accounts and groups ----------------------------------------------- */

#define NOT_COUNTED	"it does not count"
#define ROLE(map, role)	(&(map)->roles[role])

/*
 * The groups that an entry says it is in.  One that cannot be read may be one
 * that denies or restricts.
 */
static struct texts
groups_of(struct attr_reader *rd, const struct attrmap *map,
    const char *meaning, bool *astray)
{
	const struct attr_rows *rows = ROLE(map, MAP_GROUP);
	struct attr_list list = attrtype_list(sizeof(const char *), meaning);
	size_t i;

	for (i = 0; i < rows->n; i++)
		attrtype_texts(&rd->r, &rows->v[i], &list);
	*astray = list.unreadable;
	return (attrtype_list_texts(&rd->r, &list));
}

static bool
enabled(struct attr_reader *rd, const struct attrmap *map)
{
	const struct attr_rows *rows = ROLE(map, MAP_STATUS);
	bool all = true;
	size_t i;

	for (i = 0; i < rows->n; i++)
		if (!attrstate_enabled(&rd->r, &rows->v[i]))
			all = false;
	return (all);
}

static void
account_identity(struct attr_reader *rd, const struct attrmap *map,
    struct account *a)
{
	const struct attr_rows *delegates = ROLE(map, MAP_DELEGATE);

	a->logins = attrreader_texts(rd, ROLE(map, MAP_LOGIN), ALL_TYPES,
	    RELAY_LOGIN, TYPE_LOGIN, NOT_COUNTED);
	a->addresses = attrreader_texts(rd, ROLE(map, MAP_ADDRESS), ALL_TYPES,
	    NULL, TYPE_ADDRESS, NOT_COUNTED);
	a->delegate_dns = attrreader_texts(rd, delegates, BIT(TYPE_DN), NULL,
	    TYPE_DN, NOT_COUNTED);
	a->delegate_logins = attrreader_texts(rd, delegates, BIT(TYPE_LOGIN),
	    NULL, TYPE_LOGIN, NOT_COUNTED);
	a->delegate_addresses = attrreader_texts(rd, delegates, ADDRESSES,
	    NULL, TYPE_ADDRESS, NOT_COUNTED);
}

static void
account_policy(struct attr_reader *rd, const struct attrmap *map,
    struct account *a)
{
	bool astray;

	a->senders = attrreader_senders(rd, ROLE(map, MAP_SENDER),
	    NOT_COUNTED);
	a->recipients = attrreader_recipients(rd, ROLE(map, MAP_RECIPIENT));
	a->clients = attrreader_clients(rd, ROLE(map, MAP_CLIENT), false);
	a->access = attrreader_access(rd, false, ACCESS_NONE,
	    "the account is denied");
	a->enabled = enabled(rd, map);
	a->dates = attrreader_dates(rd, ROLE(map, MAP_NOT_BEFORE),
	    ROLE(map, MAP_NOT_AFTER), "the account counts as expired",
	    &a->expired);
	a->enforce = attrreader_enforce(rd);
	a->groups = groups_of(rd, map, "the account vouches for nothing",
	    &astray);
	a->vouches = !rd->foreign && !astray;
}

enum attr_result
attrmap_account(const struct attrmap *map, const struct entry *e, bool ldif,
    struct arena *arena, const struct attr_report *report, struct account *a)
{
	struct attr_reader rd;
	bool is;

	if (attrreader_begin(&rd, SCHEMA_ACCOUNT, e, ldif, arena,
	    report) != 0)
		return (attrreader_end(&rd, false, ""));
	*a = (struct account){ .dn = rd.r.dn };
	account_identity(&rd, map, a);
	account_policy(&rd, map, a);
	is = a->logins.n > 0 || a->addresses.n > 0;
	if (!is && (rd.classes & SCHEMA_ACCOUNT) != 0)
		attrreader_missing(&rd, RELAY_LOGIN, "the entry yields "
		    "neither a login nor an address; it is no account; add "
		    "one");
	return (attrreader_end(&rd, is,
	    "the account vouches for nothing"));
}

#define MEMBERS_MUTE	"the group's members vouch for nothing"

static void
group_policy(struct attr_reader *rd, const struct attrmap *map,
    struct group *g)
{
	bool astray;

	g->senders = attrreader_senders(rd, ROLE(map, MAP_SENDER),
	    NOT_COUNTED);
	g->recipients = attrreader_recipients(rd, NULL);
	g->clients = attrreader_clients(rd, NULL, false);
	g->access = attrreader_access(rd, false, ACCESS_NONE,
	    "the group denies");
	g->enforce = attrreader_enforce(rd);
	g->groups = groups_of(rd, map, MEMBERS_MUTE, &astray);
	g->vouches = !rd->foreign && !astray;
	g->dates = attrreader_dates(rd, NULL, NULL,
	    "being in the group grants nothing", &g->undated);
	if (g->undated) {
		g->dates = attrreader_no_dates();
		g->senders.n = 0;
	}
}

enum attr_result
attrmap_group(const struct attrmap *map, const struct entry *e, bool ldif,
    struct arena *arena, const struct attr_report *report, struct group *g)
{
	const struct attr_rows *members = ROLE(map, MAP_MEMBER);
	struct attr_reader rd;
	bool is;

	if (attrreader_begin(&rd, SCHEMA_GROUP, e, ldif, arena, report) != 0)
		return (attrreader_end(&rd, false, ""));
	*g = (struct group){ .dn = rd.r.dn };
	g->member_dns = attrreader_texts(&rd, members, BIT(TYPE_DN), NULL,
	    TYPE_DN, NOT_COUNTED);
	g->member_logins = attrreader_texts(&rd, members, BIT(TYPE_LOGIN),
	    RELAY_MEMBER, TYPE_LOGIN, NOT_COUNTED);
	is = g->member_dns.n > 0 || g->member_logins.n > 0 ||
	    (rd.classes & SCHEMA_GROUP) != 0;
	if (is)
		group_policy(&rd, map, g);
	return (attrreader_end(&rd, is, MEMBERS_MUTE));
}

/* ---- networks ---------------------------------------------------------- */

/* Without a class nobody can tell a network from what was meant as one. */
static void
report_classless(struct attr_reader *rd, const char *attr)
{

	attrtype_problem(&rd->r, attr, NULL, "the entry is not read, having "
	    "no objectClass that allows %s; add objectClass: %s", attr,
	    schema_class_name(rd->own));
}

static bool
has(const struct attr_reader *rd, const char *attr)
{

	return (entry_count(rd->r.entry, attr) > 0);
}

static void
network_clients(struct attr_reader *rd, struct network *n)
{

	n->clients = attrreader_clients(rd, NULL, n->access != ACCESS_ALLOW);
	n->clients.present = true;
	if (!has(rd, RELAY_CLIENT))
		attrreader_missing(rd, RELAY_CLIENT, "the network has no "
		    "address; it matches nothing; add one");
}

static void
network_dates(struct attr_reader *rd, struct network *n)
{
	bool unreadable;

	n->dates = attrreader_dates(rd, NULL, NULL,
	    n->access == ACCESS_ALLOW ? "the network vouches for nothing" :
	    "the network is always active", &unreadable);
	if (unreadable)
		n->dates = attrreader_no_dates();
	n->vouches = !(n->access == ACCESS_ALLOW &&
	    (unreadable || rd->foreign));
}

/* Each value of an attribute that means nothing where it stands. */
static void
report_meaningless(struct attr_reader *rd, const char *attr, const char *text)
{
	const struct entry_value *v;
	struct entry_cursor c;

	entry_values(&c, rd->r.entry, attr);
	while ((v = entry_next(&c)) != NULL)
		attrtype_problem(&rd->r, c.written, v, "%s", text);
}

static void
report_open_relay(struct attr_reader *rd, const struct network *n)
{
	char prefix[CIDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < n->clients.n; i++) {
		if (!network_open_relay(n, &n->clients.v[i]))
			continue;
		cidr_format(&n->clients.v[i], prefix);
		attrtype_problem(&rd->r, RELAY_CLIENT,
		    &(struct entry_value){ prefix, strlen(prefix) },
		    "allowing so many addresses makes an open relay; it "
		    "vouches for nothing; add relayRecipient or lengthen the "
		    "prefix");
	}
}

static void
network_patterns(struct attr_reader *rd, struct network *n)
{
	static const char text[] = "it means nothing without relayAccess: "
	    "allow; remove it";

	if (n->access == ACCESS_ALLOW) {
		n->senders = attrreader_senders(rd, NULL,
		    "it matches nothing");
		n->recipients = attrreader_recipients(rd, NULL);
		report_open_relay(rd, n);
		return;
	}
	report_meaningless(rd, RELAY_SENDER, text);
	report_meaningless(rd, RELAY_RECIPIENT, text);
}

static enum access
network_access(struct attr_reader *rd)
{
	static const char meaning[] = "the network is denied";

	if (!has(rd, RELAY_ACCESS))
		attrreader_missing(rd, RELAY_ACCESS, "the network does not "
		    "say what it may; it is denied; add allow, authenticate "
		    "or deny");
	return (attrreader_access(rd, true, ACCESS_DENY, meaning));
}

enum attr_result
attrmap_network(const struct entry *e, bool ldif, struct arena *arena,
    const struct attr_report *report, struct network *n)
{
	struct attr_reader rd;
	bool is;

	if (attrreader_begin(&rd, SCHEMA_NETWORK, e, ldif, arena,
	    report) != 0)
		return (attrreader_end(&rd, false, ""));
	*n = (struct network){ .dn = rd.r.dn };
	is = (rd.classes & SCHEMA_NETWORK) != 0;
	if (!is && ldif && rd.classes == 0 && has(&rd, RELAY_CLIENT) &&
	    has(&rd, RELAY_ACCESS))
		report_classless(&rd, RELAY_CLIENT);
	if (is) {
		n->access = network_access(&rd);
		network_clients(&rd, n);
		network_dates(&rd, n);
		n->enforce = attrreader_enforce(&rd);
		network_patterns(&rd, n);
	}
	return (attrreader_end(&rd, is, n->access == ACCESS_ALLOW ?
	    "the network vouches for nothing" : "the network stands as it "
	    "is"));
}

/* ---- domains ----------------------------------------------------------- */

static struct texts
domain_names(struct attr_reader *rd, const struct attrmap *map)
{

	return (attrreader_texts(rd, ROLE(map, MAP_NAME), ALL_TYPES,
	    RELAY_DOMAIN_NAME, TYPE_DOMAIN, "the domain is not local"));
}

/* A domain has one name; several are as good as none. */
static const char *
domain_name(struct attr_reader *rd, const struct attrmap *map)
{
	struct texts names = domain_names(rd, map);
	bool own = (rd->classes & SCHEMA_DOMAIN) != 0;

	if (names.n > 1 ||
	    (own && entry_count(rd->r.entry, RELAY_DOMAIN_NAME) > 1)) {
		attrreader_missing(rd, RELAY_DOMAIN_NAME, "the domain has "
		    "several names; it is not local; keep one and make the "
		    "others relayDomainAlias");
		return (NULL);
	}
	if (names.n == 0 && own && !has(rd, RELAY_DOMAIN_NAME))
		attrreader_missing(rd, RELAY_DOMAIN_NAME, "the domain has no "
		    "name; it is not local; add one");
	return (names.n == 1 ? names.v[0] : NULL);
}

/* An alias that is the name itself says nothing. */
static struct texts
domain_aliases(struct attr_reader *rd, const struct attrmap *map,
    const char *name)
{
	struct texts all = attrreader_aliases(rd, ROLE(map, MAP_ALIAS));
	const char **v;
	size_t i, n = 0;

	v = arena_array(rd->r.arena, all.n, sizeof(*v));
	if (v == NULL)
		rd->r.no_memory = true;
	for (i = 0; v != NULL && i < all.n; i++)
		if (strcmp(all.v[i], name) != 0)
			v[n++] = all.v[i];
	if (name[0] == '.' && n > 0) {
		attrreader_missing(rd, RELAY_DOMAIN_ALIAS, "a name that "
		    "begins with a dot has no aliases; they do not count; "
		    "remove them");
		n = 0;
	}
	return ((struct texts){ v, n });
}

enum attr_result
attrmap_domain(const struct attrmap *map, const struct entry *e, bool ldif,
    struct arena *arena, const struct attr_report *report, struct domain *d)
{
	struct attr_reader rd;
	bool is;

	if (attrreader_begin(&rd, SCHEMA_DOMAIN, e, ldif, arena,
	    report) != 0)
		return (attrreader_end(&rd, false, ""));
	*d = (struct domain){ .dn = rd.r.dn };
	if (ldif && (rd.classes & SCHEMA_DOMAIN) == 0 &&
	    has(&rd, RELAY_DOMAIN_NAME))
		report_classless(&rd, RELAY_DOMAIN_NAME);
	d->name = domain_name(&rd, map);
	is = d->name != NULL;
	if (is) {
		d->aliases = domain_aliases(&rd, map, d->name);
		d->enforce = attrreader_enforce(&rd);
		is = enabled(&rd, map);
	}
	return (attrreader_end(&rd, is, "the domain stands as it "
	    "is"));
}

/* ---- overrides --------------------------------------------------------- */

/* What an override may hold besides what its class must. */
static bool
override_knows(const char *attr)
{
	static const char *const known[] = { RELAY_CLIENT, RELAY_ACCESS,
	    RELAY_LOGIN, RELAY_NOT_BEFORE, RELAY_NOT_AFTER, RELAY_CONTACT,
	    RELAY_REVIEW_AFTER };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (entry_name_is(attr, known[i]))
			return (true);
	return (false);
}

static void
override_rest(struct attr_reader *rd)
{
	const struct entry *e = rd->r.entry;
	size_t i;

	for (i = 0; i < e->nattrs; i++)
		if (schema_allowed_by(e->attrs[i].name) != 0 &&
		    !override_knows(e->attrs[i].name))
			attrtype_problem(&rd->r, e->attrs[i].name,
			    e->attrs[i].nvalues > 0 ? e->attrs[i].values :
			    NULL, "it means nothing here: overrides can only "
			    "deny; remove it");
}

/* A deny whose dates cannot be read holds always. */
static struct dates
override_dates(struct attr_reader *rd)
{
	bool unreadable;
	struct dates d;

	d = attrreader_dates(rd, NULL, NULL, "the override holds always",
	    &unreadable);
	return (unreadable ? attrreader_no_dates() : d);
}

static bool
override_denies(struct attr_reader *rd, enum access access)
{

	if (access != ACCESS_DENY)
		attrreader_missing(rd, RELAY_ACCESS, "overrides can only "
		    "deny; the entry means nothing; write deny or remove it");
	return (access == ACCESS_DENY);
}

#define OVERRIDE_FOREIGN	"the override denies all the same"

enum attr_result
attrmap_override_network(const struct entry *e, struct arena *arena,
    const struct attr_report *report, struct network *n)
{
	struct attr_reader rd;
	bool is;

	if (attrreader_begin(&rd, SCHEMA_NETWORK, e, true, arena,
	    report) != 0)
		return (attrreader_end(&rd, false, ""));
	*n = (struct network){ .dn = rd.r.dn, .vouches = true,
	    .override = true };
	is = (rd.classes & SCHEMA_NETWORK) != 0;
	if (is) {
		n->access = network_access(&rd);
		is = override_denies(&rd, n->access);
	}
	if (is) {
		network_clients(&rd, n);
		n->dates = override_dates(&rd);
		override_rest(&rd);
	}
	return (attrreader_end(&rd, is, OVERRIDE_FOREIGN));
}

/* Whatever is of the schema and no network is meant to deny an account. */
static bool
override_is_account(struct attr_reader *rd)
{
	const struct entry *e = rd->r.entry;
	unsigned found = rd->classes;
	size_t i;

	if ((rd->classes & SCHEMA_ACCOUNT) != 0)
		return (true);
	for (i = 0; i < e->nattrs; i++)
		found |= schema_allowed_by(e->attrs[i].name);
	if (rd->classes == 0 && has(rd, RELAY_ACCESS))
		return (true);
	if (found != 0 && (rd->classes & SCHEMA_NETWORK) == 0)
		attrreader_missing(rd, "objectClass", "overrides are entries "
		    "of relayNetwork or relayAccount; this one means "
		    "nothing; remove it");
	return (false);
}

enum attr_result
attrmap_override_account(const struct entry *e, struct arena *arena,
    const struct attr_report *report, struct deny *d)
{
	struct attr_reader rd;
	bool is;

	if (attrreader_begin(&rd, SCHEMA_ACCOUNT, e, true, arena,
	    report) != 0)
		return (attrreader_end(&rd, false, ""));
	*d = (struct deny){ .dn = rd.r.dn };
	/* What is misspelt may be the relayAccess. */
	is = override_is_account(&rd) && override_denies(&rd,
	    attrreader_access(&rd, false, rd.foreign ? ACCESS_DENY :
	    ACCESS_NONE, "the account is denied"));
	if (is) {
		d->logins = attrreader_texts(&rd, NULL, 0, RELAY_LOGIN,
		    TYPE_LOGIN, NOT_COUNTED);
		d->dates = override_dates(&rd);
		override_rest(&rd);
	}
	return (attrreader_end(&rd, is, OVERRIDE_FOREIGN));
}
