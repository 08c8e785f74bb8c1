#include <stdint.h>
#include <string.h>

#include "record.h"
#include "when.h"

/*
 * One function per type both writes and reads it, so that the two cannot
 * drift apart.  Numbers are LEB128, dates eight bytes, low byte first; a
 * string is its length, its bytes and a NUL, so that reading can point at it.
 */
enum mode { MEASURE, WRITE, READ };

struct codec {
	enum mode mode;
	unsigned char *to;		/* WRITE */
	const unsigned char *from;	/* READ */
	size_t at;
	size_t len;			/* WRITE, READ */
	struct arena *arena;		/* READ */
	bool failed;			/* then nothing else is done */
};

enum { RECORD_FORMAT = 2 };

static void
code_bytes(struct codec *c, void *p, size_t n)
{

	if (c->failed)
		return;
	if (c->mode != MEASURE && n > c->len - c->at) {
		c->failed = true;
		return;
	}
	if (c->mode == WRITE)
		memcpy(c->to + c->at, p, n);
	else if (c->mode == READ)
		memcpy(p, c->from + c->at, n);
	c->at += n;
}

/* A byte of at most ${max}: an enum, flags, a length. */
static unsigned
code_small(struct codec *c, unsigned value, unsigned max)
{
	uint8_t byte = (uint8_t)value;

	code_bytes(c, &byte, 1);
	if (byte > max)
		c->failed = true;
	return (c->failed ? 0 : byte);
}

static void
code_bool(struct codec *c, bool *b)
{

	*b = code_small(c, *b, 1) != 0;
}

static void
write_count(struct codec *c, size_t n)
{
	uint8_t byte;

	do {
		byte = (uint8_t)((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
		code_bytes(c, &byte, 1);
		n >>= 7;
	} while (n != 0);
}

/*
 * Whatever is counted takes at least a byte each, so that a count beyond the
 * bytes that are left is a lie, and never allocates memory.
 */
static size_t
read_count(struct codec *c)
{
	uint64_t n = 0;
	uint8_t byte = 0x80;
	unsigned shift;

	for (shift = 0; (byte & 0x80) != 0; shift += 7) {
		if (shift > 56)
			c->failed = true;
		code_bytes(c, &byte, 1);
		if (c->failed)
			return (0);
		n |= (uint64_t)(byte & 0x7f) << shift;
	}
	if (n > c->len - c->at) {
		c->failed = true;
		return (0);
	}
	return ((size_t)n);
}

static void
code_count(struct codec *c, size_t *n)
{

	if (c->mode == READ)
		*n = read_count(c);
	else
		write_count(c, *n);
}

static void
code_time(struct codec *c, int64_t *t)
{
	uint64_t u = (uint64_t)*t;
	uint8_t bytes[8];
	int i;

	for (i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(u >> (8 * i));
	code_bytes(c, bytes, sizeof(bytes));
	for (u = 0, i = 0; i < 8; i++)
		u |= (uint64_t)bytes[i] << (8 * i);
	*t = (int64_t)u;
}

static void
read_text(struct codec *c, const char **s)
{
	size_t len = read_count(c);
	const unsigned char *p = c->from + c->at;

	if (c->failed || len >= c->len - c->at ||
	    memchr(p, '\0', len + 1) != p + len) {
		c->failed = true;
		*s = "";
		return;
	}
	*s = (const char *)p;
	c->at += len + 1;
}

static void
write_text(struct codec *c, const char *s)
{
	size_t len = strlen(s);
	char nul = '\0';

	write_count(c, len);
	if (c->failed)
		return;
	if (c->mode == WRITE) {
		if (len > c->len - c->at) {
			c->failed = true;
			return;
		}
		memcpy(c->to + c->at, s, len);
	}
	c->at += len;
	code_bytes(c, &nul, 1);
}

static void
code_text(struct codec *c, const char **s)
{

	if (c->mode == READ)
		read_text(c, s);
	else
		write_text(c, *s);
}

/* Room for what an array is read into; NULL when writing, or failed. */
static void *
room(struct codec *c, size_t n, size_t size)
{
	void *v;

	if (c->mode != READ || c->failed)
		return (NULL);
	if ((v = arena_array(c->arena, n, size)) == NULL)
		c->failed = true;
	return (v);
}

static void
code_texts(struct codec *c, struct texts *t)
{
	const char **v, *s;
	size_t i;

	code_count(c, &t->n);
	v = room(c, t->n, sizeof(*v));
	for (i = 0; i < t->n && !c->failed; i++) {
		s = v != NULL ? "" : t->v[i];
		code_text(c, &s);
		if (v != NULL)
			v[i] = s;
	}
	if (v != NULL)
		t->v = v;
}

static void
code_pattern(struct codec *c, struct pattern *p)
{

	p->kind = code_small(c, p->kind, PATTERN_SUBDOMAINS);
	code_bool(c, &p->negative);
	code_text(c, &p->local);
	code_text(c, &p->domain);
}

static void
code_patterns(struct codec *c, struct patterns *ps)
{
	struct pattern *v, p = { .local = "", .domain = "" };
	size_t i;

	code_bool(c, &ps->present);
	code_count(c, &ps->n);
	v = room(c, ps->n, sizeof(*v));
	for (i = 0; i < ps->n && !c->failed; i++) {
		if (v == NULL)
			p = ps->v[i];
		code_pattern(c, &p);
		if (v != NULL)
			v[i] = p;
	}
	if (v != NULL)
		ps->v = v;
}

static void
code_cidr(struct codec *c, struct cidr *net)
{
	struct cidr same;

	net->ip.family = (uint8_t)code_small(c, net->ip.family, 6);
	if (net->ip.family != 4 && net->ip.family != 6) {
		c->failed = true;
		return;
	}
	net->len = (uint8_t)code_small(c, net->len,
	    net->ip.family == 4 ? 32 : 128);
	code_bytes(c, net->ip.bytes, net->ip.family == 4 ? 4 : 16);
	if (c->failed)
		return;
	same = cidr_of(&net->ip, net->len);
	if (!cidr_equal(&same, net) || memcmp(same.ip.bytes, net->ip.bytes,
	    sizeof(same.ip.bytes)) != 0)
		c->failed = true;
}

static void
code_networks(struct codec *c, struct networks *ns)
{
	struct cidr *v, net;
	size_t i;

	code_bool(c, &ns->present);
	code_count(c, &ns->n);
	v = room(c, ns->n, sizeof(*v));
	for (i = 0; i < ns->n && !c->failed; i++) {
		memset(&net, 0, sizeof(net));
		if (v == NULL)
			net = ns->v[i];
		code_cidr(c, &net);
		if (v != NULL)
			v[i] = net;
	}
	if (v != NULL)
		ns->v = v;
}

/* Most entries have no date at all: that takes one byte. */
static void
code_dates(struct codec *c, struct dates *d)
{
	unsigned has;

	has = (d->not_before != WHEN_BEGINNING ? 1 : 0) |
	    (d->not_after != WHEN_NEVER ? 2 : 0);
	has = code_small(c, has, 3);
	if (c->mode == READ) {
		d->not_before = WHEN_BEGINNING;
		d->not_after = WHEN_NEVER;
	}
	if ((has & 1) != 0)
		code_time(c, &d->not_before);
	if ((has & 2) != 0)
		code_time(c, &d->not_after);
}

static void
code_enforce(struct codec *c, struct enforce *e)
{

	code_bool(c, &e->present);
	if (e->present)
		code_time(c, &e->from);
}

static void
code_access(struct codec *c, enum access *a)
{

	*a = code_small(c, *a, ACCESS_DENY);
}

static void
code_account(struct codec *c, struct account *a)
{

	code_text(c, &a->dn);
	code_texts(c, &a->logins);
	code_texts(c, &a->addresses);
	code_patterns(c, &a->senders);
	code_patterns(c, &a->recipients);
	code_networks(c, &a->clients);
	code_access(c, &a->access);
	code_bool(c, &a->enabled);
	code_bool(c, &a->expired);
	code_bool(c, &a->vouches);
	code_dates(c, &a->dates);
	code_enforce(c, &a->enforce);
	code_texts(c, &a->delegate_dns);
	code_texts(c, &a->delegate_logins);
	code_texts(c, &a->delegate_addresses);
	code_texts(c, &a->groups);
}

static void
code_network(struct codec *c, struct network *n)
{

	code_text(c, &n->dn);
	code_networks(c, &n->clients);
	code_access(c, &n->access);
	code_bool(c, &n->vouches);
	code_dates(c, &n->dates);
	code_enforce(c, &n->enforce);
	code_patterns(c, &n->senders);
	code_patterns(c, &n->recipients);
	code_bool(c, &n->override);
}

static void
code_domain(struct codec *c, struct domain *d)
{

	code_text(c, &d->dn);
	code_text(c, &d->name);
	code_texts(c, &d->aliases);
	code_enforce(c, &d->enforce);
}

static void
code_group(struct codec *c, struct group *g)
{

	code_text(c, &g->dn);
	code_texts(c, &g->member_dns);
	code_texts(c, &g->member_logins);
	code_access(c, &g->access);
	code_bool(c, &g->vouches);
	code_dates(c, &g->dates);
	code_bool(c, &g->undated);
	code_enforce(c, &g->enforce);
	code_patterns(c, &g->senders);
	code_patterns(c, &g->recipients);
	code_networks(c, &g->clients);
	code_texts(c, &g->groups);
}

static void
code_deny(struct codec *c, struct deny *d)
{

	code_text(c, &d->dn);
	code_texts(c, &d->logins);
	code_dates(c, &d->dates);
}

static void
code_record(struct codec *c, struct record *r)
{

	if (code_small(c, RECORD_FORMAT, 0xff) != RECORD_FORMAT)
		c->failed = true;
	r->kind = code_small(c, r->kind, KIND_DENY);
	if (c->failed)
		return;
	switch (r->kind) {
	case KIND_ACCOUNT:
		code_account(c, &r->u.account);
		break;
	case KIND_NETWORK:
		code_network(c, &r->u.network);
		break;
	case KIND_DOMAIN:
		code_domain(c, &r->u.domain);
		break;
	case KIND_GROUP:
		code_group(c, &r->u.group);
		break;
	case KIND_DENY:
		code_deny(c, &r->u.deny);
		break;
	}
}

int
record_write(const struct record *r, struct arena *a, const void **bytes,
    size_t *len)
{
	struct codec c = { .mode = MEASURE };
	struct record copy = *r;

	code_record(&c, &copy);
	c.len = c.at;
	c.at = 0;
	c.mode = WRITE;
	if (c.failed || (c.to = arena_alloc(a, c.len)) == NULL)
		return (-1);
	code_record(&c, &copy);
	if (c.failed)
		return (-1);
	*bytes = c.to;
	*len = c.len;
	return (0);
}

int
record_read(const void *bytes, size_t len, struct arena *a, struct record *r)
{
	struct codec c = { .mode = READ, .from = bytes, .len = len,
	    .arena = a };

	memset(r, 0, sizeof(*r));
	code_record(&c, r);
	return (c.failed || c.at != c.len ? -1 : 0);
}

const char *
record_dn(const struct record *r)
{

	switch (r->kind) {
	case KIND_ACCOUNT:
		return (r->u.account.dn);
	case KIND_NETWORK:
		return (r->u.network.dn);
	case KIND_DOMAIN:
		return (r->u.domain.dn);
	case KIND_GROUP:
		return (r->u.group.dn);
	case KIND_DENY:
		return (r->u.deny.dn);
	}
	return ("");
}

/* FNV-1a; its last bytes are stirred by the finish. */
static uint64_t
hash_bytes(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return (h);
}

static uint64_t
hash_finish(uint64_t h)
{

	h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return (h ^ h >> 33);
}

uint64_t
record_hash(enum term term, const void *text, size_t len)
{
	const unsigned char tag = (unsigned char)term;
	uint64_t h;

	h = hash_bytes(UINT64_C(0xcbf29ce484222325), &tag, 1);
	return (hash_finish(hash_bytes(h, text, len)));
}

uint64_t
record_hash_network(const struct cidr *net)
{
	unsigned char key[2 + sizeof(net->ip.bytes)] = { 0 };
	size_t len = net->ip.family == 4 ? 4 : 16;

	key[0] = net->ip.family;
	key[1] = net->len;
	memcpy(key + 2, net->ip.bytes, len);
	return (record_hash(TERM_NETWORK, key, 2 + len));
}

/* A term's texts in a record: a list, a single one, or none. */
struct term_texts {
	struct texts list;
	const char *one;
};

static struct term_texts
account_texts(const struct account *a, enum term term)
{

	if (term == TERM_LOGIN)
		return ((struct term_texts){ .list = a->logins });
	if (term == TERM_ADDRESS)
		return ((struct term_texts){ .list = a->addresses });
	return ((struct term_texts){ .one = NULL });
}

static struct term_texts
group_texts(const struct group *g, enum term term)
{

	if (term == TERM_MEMBER_DN)
		return ((struct term_texts){ .list = g->member_dns });
	if (term == TERM_MEMBER_LOGIN)
		return ((struct term_texts){ .list = g->member_logins });
	if (term == TERM_GROUP_DN)
		return ((struct term_texts){ .one = g->dn });
	return ((struct term_texts){ .one = NULL });
}

static struct term_texts
deny_texts(const struct deny *d, enum term term)
{

	if (term == TERM_DENY_DN)
		return ((struct term_texts){ .one = d->dn });
	if (term == TERM_DENY_LOGIN)
		return ((struct term_texts){ .list = d->logins });
	return ((struct term_texts){ .one = NULL });
}

static struct term_texts
term_texts(const struct record *r, enum term term)
{

	switch (r->kind) {
	case KIND_ACCOUNT:
		return (account_texts(&r->u.account, term));
	case KIND_GROUP:
		return (group_texts(&r->u.group, term));
	case KIND_DENY:
		return (deny_texts(&r->u.deny, term));
	case KIND_DOMAIN:
		if (term == TERM_DOMAIN)
			return ((struct term_texts){ r->u.domain.aliases,
			    r->u.domain.name });
		break;
	case KIND_NETWORK:
		break;
	}
	return ((struct term_texts){ .one = NULL });
}

static int
add_texts(const struct record *r, enum term term,
    int (*add)(void *, uint64_t, const struct cidr *), void *ctx)
{
	struct term_texts t = term_texts(r, term);
	size_t i;

	if (t.one != NULL &&
	    add(ctx, record_hash(term, t.one, strlen(t.one)), NULL) == -1)
		return (-1);
	for (i = 0; i < t.list.n; i++)
		if (add(ctx, record_hash(term, t.list.v[i],
		    strlen(t.list.v[i])), NULL) == -1)
			return (-1);
	return (0);
}

static int
add_networks(const struct networks *nets,
    int (*add)(void *, uint64_t, const struct cidr *), void *ctx)
{
	size_t i;

	for (i = 0; i < nets->n; i++)
		if (add(ctx, record_hash_network(&nets->v[i]),
		    &nets->v[i]) == -1)
			return (-1);
	return (0);
}

int
record_terms(const struct record *r,
    int (*add)(void *, uint64_t, const struct cidr *), void *ctx)
{
	static const enum term terms[] = { TERM_LOGIN, TERM_ADDRESS,
	    TERM_MEMBER_DN, TERM_MEMBER_LOGIN, TERM_GROUP_DN, TERM_DOMAIN,
	    TERM_DENY_DN, TERM_DENY_LOGIN };
	size_t i;

	for (i = 0; i < sizeof(terms) / sizeof(*terms); i++)
		if (add_texts(r, terms[i], add, ctx) == -1)
			return (-1);
	if (r->kind == KIND_NETWORK)
		return (add_networks(&r->u.network.clients, add, ctx));
	return (0);
}

/* A network's term as text is one of its prefixes as cidr_format writes it. */
static int
has_network(const struct record *r, const char *text)
{
	char prefix[CIDR_TEXT_MAX];
	size_t i;

	if (r->kind != KIND_NETWORK)
		return (0);
	for (i = 0; i < r->u.network.clients.n; i++) {
		cidr_format(&r->u.network.clients.v[i], prefix);
		if (strcmp(prefix, text) == 0)
			return (1);
	}
	return (0);
}

int
record_has(const struct record *r, enum term term, const char *text)
{
	struct term_texts t = term_texts(r, term);
	size_t i;

	if (term == TERM_NETWORK)
		return (has_network(r, text));
	if (t.one != NULL && strcmp(t.one, text) == 0)
		return (1);
	for (i = 0; i < t.list.n; i++)
		if (strcmp(t.list.v[i], text) == 0)
			return (1);
	return (0);
}
