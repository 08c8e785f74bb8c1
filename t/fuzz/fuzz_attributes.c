#include <strings.h>

#include "attrmap.h"
#include "cidr.h"
#include "dn.h"
#include "entry.h"
#include "fuzz.h"
#include "login.h"
#include "record.h"

/*
 * A byte of flags, and an entry: its DN, then lines of "attribute value".  It
 * is read as everything that it can be.  All that comes of it is in its normal
 * form and can be kept, and what cannot be read never widens access (spec
 * section 2, the table).
 */

enum { ATTRS = 24, VALUES = 64 };

/* ---- the entry ----------------------------------------------------------- */

struct draft {
	struct entry entry;
	struct entry_attr attrs[ATTRS];
	struct entry_value values[VALUES];
	size_t nvalues;
};

/* Any bytes, NULs too, with a NUL behind. */
static struct entry_value
read_value(struct input *in)
{
	struct input_piece *p;
	const char *bytes;
	size_t len;

	bytes = input_upto(in, '\n', &len);
	p = must_alloc(sizeof(*p) + len + 1);
	if (len > 0)
		memcpy(p->bytes, bytes, len);
	p->bytes[len] = '\0';
	p->next = in->pieces;
	in->pieces = p;
	return ((struct entry_value){ p->bytes, len });
}

/* A value of the attribute before, or of a new one. */
static void
add_line(struct draft *d, const char *name, struct entry_value value)
{
	struct entry_attr *a = &d->attrs[d->entry.nattrs];

	d->values[d->nvalues] = value;
	if (d->entry.nattrs > 0 && strcasecmp(a[-1].name, name) == 0) {
		a[-1].nvalues++;
	} else {
		*a = (struct entry_attr){ name, &d->values[d->nvalues], 1 };
		d->entry.nattrs++;
	}
	d->nvalues++;
}

static void
read_draft(struct draft *d, struct input *in)
{
	const char *name;

	memset(d, 0, sizeof(*d));
	d->entry.dn = input_line(in);
	d->entry.dn_len = strlen(d->entry.dn);
	d->entry.attrs = d->attrs;
	while (in->len > 0 && d->entry.nattrs < ATTRS &&
	    d->nvalues < VALUES) {
		name = input_text_upto(in, ' ');
		add_line(d, name, read_value(in));
	}
}

/* ---- maps ---------------------------------------------------------------- */

static const char *const enabled_words[] = { "active", "TRUE" };
static const char *const never_words[] = { "0", "-1",
    "9223372036854775807" };
#define ROW(name, of, ...)	{ .attr = (name), .type = (of), __VA_ARGS__ }
#define ENABLED	.enabled = { enabled_words, 2 }
#define NEVER	.never = { never_words, 3 }

static const struct attr_row logins[] = { ROW("uid", TYPE_LOGIN) };
static const struct attr_row addresses[] = {
	ROW("mail", TYPE_ADDRESS),
	ROW("proxyAddresses", TYPE_SMTP_ADDRESS),
	ROW("mails", TYPE_ADDRESS, .comma = true)
};
static const struct attr_row senders[] = {
	ROW("sender", TYPE_PATTERN), ROW("mail", TYPE_ADDRESS)
};
static const struct attr_row recipients[] = {
	ROW("recipient", TYPE_PATTERN, .comma = true, .negative = "-",
	    .local_only = "local")
};
static const struct attr_row clients[] = { ROW("ip", TYPE_CLIENT) };
static const struct attr_row statuses[] = {
	ROW("status", TYPE_KEYWORD, ENABLED, .absent_enabled = true),
	ROW("enabled", TYPE_BOOLEAN, ENABLED, .absent_enabled = true),
	ROW("uac", TYPE_BITMASK, .disabled_bits = 2, .absent_enabled = true),
	ROW("locked", TYPE_PRESENCE, .absent_enabled = true)
};
static const struct attr_row befores[] = { ROW("from", TYPE_GENERALIZED) };
static const struct attr_row afters[] = {
	ROW("shadowExpire", TYPE_DAYS, NEVER),
	ROW("accountExpires", TYPE_FILETIME, NEVER)
};
static const struct attr_row delegates[] = {
	ROW("delegate", TYPE_DN), ROW("delegateUid", TYPE_LOGIN),
	ROW("delegateMail", TYPE_ADDRESS)
};
static const struct attr_row groups[] = { ROW("memberOf", TYPE_DN) };
static const struct attr_row members[] = {
	ROW("member", TYPE_DN), ROW("memberUid", TYPE_LOGIN)
};
static const struct attr_row names[] = { ROW("domain", TYPE_DOMAIN) };
static const struct attr_row aliases[] = { ROW("alias", TYPE_DOMAIN) };

#define ROWS(rows)	{ rows, COUNT(rows) }

static const struct attrmap account_map = { {
	[MAP_LOGIN] = ROWS(logins), [MAP_ADDRESS] = ROWS(addresses),
	[MAP_SENDER] = ROWS(senders), [MAP_RECIPIENT] = ROWS(recipients),
	[MAP_CLIENT] = ROWS(clients), [MAP_STATUS] = ROWS(statuses),
	[MAP_NOT_BEFORE] = ROWS(befores), [MAP_NOT_AFTER] = ROWS(afters),
	[MAP_DELEGATE] = ROWS(delegates), [MAP_GROUP] = ROWS(groups)
} };
static const struct attrmap group_map = { {
	[MAP_MEMBER] = ROWS(members), [MAP_SENDER] = ROWS(senders),
	[MAP_GROUP] = ROWS(groups)
} };
static const struct attrmap domain_map = { {
	[MAP_NAME] = ROWS(names), [MAP_ALIAS] = ROWS(aliases),
	[MAP_STATUS] = ROWS(statuses)
} };

/* ---- one reading --------------------------------------------------------- */

struct reading {
	const struct entry *e;
	bool ldif;
	struct arena arena;
	struct attr_report report;
	bool status_wrong;	/* a value of a map's status... */
	bool date_wrong;	/* ...of a map's date... */
	bool own_date_wrong;	/* ...or relayNotBefore, relayNotAfter */
};

static bool
is_of(const char *attr, const struct attr_row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (entry_name_is(attr, rows[i].attr))
			return (true);
	return (false);
}

static void
hear(void *ctx, const char *dn, const char *attr, const char *value,
    size_t len, const char *text)
{
	struct reading *r = ctx;

	must(dn != NULL && text[0] != '\0');
	must(value != NULL && strnlen(value, len) <= len);
	r->status_wrong |= is_of(attr, statuses, COUNT(statuses));
	r->date_wrong |= is_of(attr, befores, COUNT(befores)) ||
	    is_of(attr, afters, COUNT(afters));
	r->own_date_wrong |= entry_name_is(attr, RELAY_NOT_BEFORE) ||
	    entry_name_is(attr, RELAY_NOT_AFTER);
}

static bool
has(const struct reading *r, const char *attr)
{

	return (entry_count(r->e, attr) > 0);
}

static bool
is_foreign(const struct reading *r)
{
	size_t i;

	for (i = 0; r->ldif && i < r->e->nattrs; i++)
		if (schema_foreign(r->e->attrs[i].name))
			return (true);
	return (false);
}

/* All values of relayAccess say just that. */
static bool
says_only(const struct reading *r, const char *word)
{
	const struct entry_value *v;
	struct entry_cursor c;

	entry_values(&c, r->e, RELAY_ACCESS);
	while ((v = entry_next(&c)) != NULL)
		if (!attrtype_value_is(v, word))
			return (false);
	return (has(r, RELAY_ACCESS));
}

/* ---- normal forms -------------------------------------------------------- */

static void
dn_is_normal(const char *dn)
{
	const size_t size = DN_SIZE(strlen(dn));
	char *again = must_alloc(size);

	must(dn_normalise(dn, strlen(dn), again, size) != -1);
	must(strcmp(dn, again) == 0);
	free(again);
}

static void
dns_are_normal(const struct texts *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		dn_is_normal(t->v[i]);
}

static void
logins_are_normal(const struct texts *t)
{
	char again[LOGIN_MAX + 1];
	size_t i;

	for (i = 0; i < t->n; i++) {
		must(login_store(t->v[i], strlen(t->v[i]), again) == 0);
		must(strcmp(t->v[i], again) == 0);
	}
}

/* Keys: a local part as it is, and a domain. */
static void
addresses_are_normal(const struct texts *t)
{
	char domain[ADDR_DOMAIN_MAX + 1];
	const char *at;
	size_t i;

	for (i = 0; i < t->n; i++) {
		at = strrchr(t->v[i], '@');
		must(at != NULL && text_folded(t->v[i]) ==
		    (strstr(t->v[i], "[IPv6:") == NULL));
		must(addr_domain(at + 1, strlen(at + 1), domain) == 0);
		must(strcmp(at + 1, domain) == 0);
		/* It asks for no routing. */
		must(strcspn(t->v[i], "%!,:;\\|") >= (size_t)(at - t->v[i]));
	}
}

static void
domain_is_normal(const char *name)
{
	char again[ADDR_DOMAIN_MAX + 1];

	name += name[0] == '.';
	must(addr_domain(name, strlen(name), again) == 0);
	must(strcmp(name, again) == 0);
	must(name[0] == '[' || strchr(name, '.') != NULL);
}

static void
patterns_are_normal(const struct patterns *p, bool negative)
{
	char text[PATTERN_TEXT_MAX];
	struct pattern again;
	struct addr store;
	size_t i;

	must(p->present || p->n == 0);
	for (i = 0; i < p->n; i++) {
		must(negative || !p->v[i].negative);
		/* The one that matches nothing has no domain. */
		if (p->v[i].kind == PATTERN_ADDRESS &&
		    p->v[i].domain[0] == '\0')
			continue;
		pattern_format(&p->v[i], text, sizeof(text));
		must(pattern_parse(text, strlen(text), &store,
		    &again) == NULL);
		must(again.kind == p->v[i].kind);
		must(strcmp(again.local, p->v[i].local) == 0);
		must(strcmp(again.domain, p->v[i].domain) == 0);
	}
}

/* Each prefix is one that a value says, exactly or (of what refuses) with bits
 * beyond it. */
static bool
is_written(const struct reading *r, const char *attr, const struct cidr *net,
    bool host_bits)
{
	const struct entry_value *v;
	struct entry_cursor c;
	enum cidr_result result;
	struct cidr written;

	entry_values(&c, r->e, attr);
	while ((v = entry_next(&c)) != NULL) {
		size_t skip = strspn(v->s, " "), len = v->len - skip;

		while (len > 0 && v->s[skip + len - 1] == ' ')
			len--;
		result = cidr_parse(v->s + skip, len, &written);
		if ((result == CIDR_OK || (host_bits &&
		    result == CIDR_HOST_BITS)) && cidr_equal(&written, net))
			return (true);
	}
	return (false);
}

static void
networks_are_written(const struct reading *r, const struct networks *nets,
    bool host_bits)
{
	size_t i;

	must(nets->present || nets->n == 0);
	for (i = 0; i < nets->n; i++)
		must(is_written(r, RELAY_CLIENT, &nets->v[i], host_bits) ||
		    is_written(r, "ip", &nets->v[i], host_bits));
}

/* It can be kept, and comes back the same. */
static void
can_be_kept(struct reading *r, const struct record *record)
{
	const void *bytes, *again;
	size_t len, again_len;
	struct record back;

	dn_is_normal(record_dn(record));
	must(record_write(record, &r->arena, &bytes, &len) == 0);
	must(record_read(bytes, len, &r->arena, &back) == 0);
	must(record_write(&back, &r->arena, &again, &again_len) == 0);
	must(len == again_len && memcmp(bytes, again, len) == 0);
}

/* ---- accounts ------------------------------------------------------------ */

static void
account_is_normal(const struct reading *r, const struct account *a)
{

	must(a->logins.n + a->addresses.n > 0);
	logins_are_normal(&a->logins);
	addresses_are_normal(&a->addresses);
	patterns_are_normal(&a->senders, false);
	patterns_are_normal(&a->recipients, true);
	networks_are_written(r, &a->clients, false);
	dns_are_normal(&a->delegate_dns);
	logins_are_normal(&a->delegate_logins);
	addresses_are_normal(&a->delegate_addresses);
	dns_are_normal(&a->groups);
}

static bool
is_of_class(const struct reading *r, unsigned class)
{

	return ((schema_classes(r->e) & class) != 0);
}

/* Without any class what is written counts all the same, and is reported. */
static bool
is_own(const struct reading *r, unsigned class)
{
	unsigned classes = schema_classes(r->e);

	return (classes == 0 || (classes & class) != 0);
}

static void
account_is_no_wider(const struct reading *r, const struct account *a)
{

	must(!a->vouches || !is_foreign(r));
	must(a->enabled <= !r->status_wrong);
	must(a->expired >= r->date_wrong);
	must(a->recipients.present || !has(r, "recipient"));
	must(a->clients.present || !has(r, "ip"));
	if (!is_own(r, SCHEMA_ACCOUNT))
		return;
	must(a->expired >= r->own_date_wrong ||
	    !is_of_class(r, SCHEMA_ACCOUNT));
	must(a->recipients.present || !has(r, RELAY_RECIPIENT));
	must(a->clients.present || !has(r, RELAY_CLIENT));
	must(a->access == ACCESS_DENY || !has(r, RELAY_ACCESS) ||
	    says_only(r, "allow"));
}

static void
try_account(struct reading *r)
{
	struct record record = { .kind = KIND_ACCOUNT };
	struct account *a = &record.u.account;

	if (attrmap_account(&account_map, r->e, r->ldif, &r->arena,
	    &r->report, a) != ATTR_ENTRY)
		return;
	account_is_normal(r, a);
	account_is_no_wider(r, a);
	can_be_kept(r, &record);
}

/* ---- groups -------------------------------------------------------------- */

static void
group_is_no_wider(const struct reading *r, const struct group *g)
{

	must(!g->vouches || !is_foreign(r));
	must(!g->undated || g->senders.n == 0);
	if (!is_own(r, SCHEMA_GROUP))
		return;
	must(g->undated >= r->own_date_wrong ||
	    !is_of_class(r, SCHEMA_GROUP));
	must(g->recipients.present || !has(r, RELAY_RECIPIENT));
	must(g->clients.present || !has(r, RELAY_CLIENT));
	must(g->access == ACCESS_DENY || !has(r, RELAY_ACCESS) ||
	    says_only(r, "allow"));
}

static void
try_group(struct reading *r)
{
	struct record record = { .kind = KIND_GROUP };
	struct group *g = &record.u.group;

	if (attrmap_group(&group_map, r->e, r->ldif, &r->arena, &r->report,
	    g) != ATTR_ENTRY)
		return;
	dns_are_normal(&g->member_dns);
	logins_are_normal(&g->member_logins);
	patterns_are_normal(&g->senders, false);
	patterns_are_normal(&g->recipients, true);
	networks_are_written(r, &g->clients, false);
	dns_are_normal(&g->groups);
	group_is_no_wider(r, g);
	can_be_kept(r, &record);
}

/* ---- networks ------------------------------------------------------------ */

static void
network_is_no_wider(const struct reading *r, const struct network *n)
{

	must(n->clients.present);
	if (n->access != ACCESS_ALLOW) {
		must(n->access == ACCESS_DENY || says_only(r,
		    "authenticate"));
		return;
	}
	must(says_only(r, "allow"));
	must(!n->vouches || (!is_foreign(r) && !r->own_date_wrong));
	must(n->senders.present || !has(r, RELAY_SENDER));
	must(n->recipients.present || !has(r, RELAY_RECIPIENT));
}

static void
try_network(struct reading *r)
{
	struct record record = { .kind = KIND_NETWORK };
	struct network *n = &record.u.network;

	if (attrmap_network(r->e, r->ldif, &r->arena, &r->report,
	    n) != ATTR_ENTRY)
		return;
	networks_are_written(r, &n->clients, n->access != ACCESS_ALLOW);
	patterns_are_normal(&n->senders, false);
	patterns_are_normal(&n->recipients, true);
	network_is_no_wider(r, n);
	can_be_kept(r, &record);
}

/* ---- domains and overrides ----------------------------------------------- */

static void
try_domain(struct reading *r)
{
	struct record record = { .kind = KIND_DOMAIN };
	struct domain *d = &record.u.domain;
	size_t i;

	if (attrmap_domain(&domain_map, r->e, r->ldif, &r->arena, &r->report,
	    d) != ATTR_ENTRY)
		return;
	must(!r->status_wrong);
	domain_is_normal(d->name);
	must(d->name[0] != '.' || d->aliases.n == 0);
	for (i = 0; i < d->aliases.n; i++) {
		must(d->aliases.v[i][0] != '.');
		domain_is_normal(d->aliases.v[i]);
		must(strcmp(d->aliases.v[i], d->name) != 0);
	}
	can_be_kept(r, &record);
}

static void
try_override_network(struct reading *r)
{
	struct record record = { .kind = KIND_NETWORK };
	struct network *n = &record.u.network;

	if (attrmap_override_network(r->e, &r->arena, &r->report,
	    n) != ATTR_ENTRY)
		return;
	must(n->access == ACCESS_DENY && n->override);
	must(n->senders.n == 0 && n->recipients.n == 0);
	networks_are_written(r, &n->clients, true);
	can_be_kept(r, &record);
}

static void
try_override_account(struct reading *r)
{
	struct record record = { .kind = KIND_DENY };

	if (attrmap_override_account(r->e, &r->arena, &r->report,
	    &record.u.deny) != ATTR_ENTRY)
		return;
	logins_are_normal(&record.u.deny.logins);
	can_be_kept(r, &record);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(struct reading *) = {
		try_account, try_group, try_network, try_domain,
		try_override_network, try_override_account
	};
	struct input in = input_of(data, size);
	const bool ldif = input_below(&in, 2) != 0;
	struct reading r;
	struct draft d;
	size_t i;

	read_draft(&d, &in);
	for (i = 0; i < COUNT(tries); i++) {
		r = (struct reading){ .e = &d.entry, .ldif = ldif };
		r.report = (struct attr_report){ &r, hear };
		arena_init(&r.arena);
		tries[i](&r);
		arena_free(&r.arena);
	}
	input_end(&in);
	return (0);
}
