#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "addr.h"
#include "attrtype.h"
#include "cidr.h"
#include "dn.h"
#include "login.h"
#include "pattern.h"

void
attrtype_problem(struct attr_reading *r, const char *attr,
    const struct entry_value *v, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->report->problem(r->report->ctx, r->dn, attr, v != NULL ? v->s : "",
	    v != NULL ? v->len : 0, text);
}

struct attr_list
attrtype_list(size_t size, const char *meaning)
{

	return ((struct attr_list){ .size = size, .meaning = meaning });
}

/* Room for one more element; NULL when memory is short. */
static void *
list_add(struct attr_reading *r, struct attr_list *list)
{
	size_t max = list->max == 0 ? 4 : list->max * 2;
	void *v;

	if (list->n == list->max) {
		if ((v = arena_array(r->arena, max, list->size)) == NULL) {
			r->no_memory = true;
			return (NULL);
		}
		if (list->n > 0)
			memcpy(v, list->v, list->n * list->size);
		list->v = v;
		list->max = max;
	}
	return (list->v + list->n++ * list->size);
}

static void
unreadable(struct attr_reading *r, struct attr_list *list, const char *attr,
    const struct entry_value *v, const char *wrong)
{

	list->unreadable = true;
	attrtype_problem(r, attr, v, "%s; %s", wrong, list->meaning);
}

const char *
attrtype_bytes_wrong(const struct entry_value *v)
{

	if (v->len == 0)
		return ("it is empty: remove it");
	if (memchr(v->s, '\0', v->len) != NULL)
		return ("it holds a NUL byte: write it anew");
	return (NULL);
}

static struct entry_value
trimmed(const char *s, size_t len)
{

	while (len > 0 && *s == ' ') {
		s++;
		len--;
	}
	while (len > 0 && s[len - 1] == ' ')
		len--;
	return ((struct entry_value){ .s = s, .len = len });
}

bool
attrtype_value_is(const struct entry_value *v, const char *word)
{
	struct entry_value t = trimmed(v->s, v->len);

	return (t.len == strlen(word) && strncasecmp(t.s, word, t.len) == 0);
}

/* ---- walking over values ----------------------------------------------- */

typedef void piece_fn(struct attr_reading *, const struct attr_row *,
    const char *, const struct entry_value *, struct attr_list *);

/* A comma list without a single piece is as unreadable as an empty value. */
static void
split(struct attr_reading *r, const struct attr_row *row, const char *attr,
    const struct entry_value *v, struct attr_list *list, piece_fn *fn)
{
	const char *s = v->s, *end = v->s + v->len, *comma;
	struct entry_value piece;
	bool any = false;

	for (; s <= end; s = comma + 1) {
		comma = memchr(s, ',', (size_t)(end - s));
		if (comma == NULL)
			comma = end;
		piece = trimmed(s, (size_t)(comma - s));
		if (piece.len > 0) {
			any = true;
			fn(r, row, attr, &piece, list);
		}
	}
	if (!any)
		unreadable(r, list, attr, v, "it is an empty list: remove it");
}

/*
 * Spaces around a value say nothing (RFC 4518 section 2.6.1), and nobody sees
 * them; a DN may end in one that is escaped.
 */
static struct entry_value
whole_piece(const struct attr_row *row, const struct entry_value *v)
{

	return (row->type == TYPE_DN ? *v : trimmed(v->s, v->len));
}

static void
each_piece(struct attr_reading *r, const struct attr_row *row,
    struct attr_list *list, piece_fn *fn)
{
	const struct entry_value *v;
	struct entry_value piece;
	struct entry_cursor c;

	entry_values(&c, r->entry, row->attr);
	while ((v = entry_next(&c)) != NULL) {
		list->present = true;
		if (row->comma) {
			split(r, row, c.written, v, list, fn);
			continue;
		}
		piece = whole_piece(row, v);
		fn(r, row, c.written, &piece, list);
	}
}

/* ---- texts ------------------------------------------------------------- */

/*
 * A reader of one text writes its normal form to ${out} and returns NULL, or
 * says what is wrong.  With ${out} left empty the value is none of ours.
 */
enum { TEXT_MAX = ADDR_KEY_MAX + 1 };
typedef const char *text_fn(const struct entry_value *, char[TEXT_MAX]);

static const char *
read_login(const struct entry_value *v, char out[TEXT_MAX])
{

	if (login_store(v->s, v->len, out) == 0)
		return (NULL);
	return ("no login can be like that: it has 1 to 255 bytes and no "
	    "control characters");
}

static const char *
full_address(const struct entry_value *v, struct addr *a)
{

	if (addr_parse(v->s, v->len, a) != ADDR_MAILBOX ||
	    a->domain[0] == '\0' || v->s[0] == '<')
		return ("it is not one full address: write user@example.com");
	if (a->routing)
		return ("its local part asks for routing: write an address "
		    "without % ! @ : , ; \\ | before its last @");
	return (NULL);
}

/* The length of a prefix such as `smtp:' or `X400:', 0 if there is none. */
static size_t
prefix_len(const struct entry_value *v)
{
	size_t i;

	for (i = 0; i < v->len && v->s[i] != ':'; i++)
		if (strchr("@\" ", v->s[i]) != NULL)
			return (0);
	return (i < v->len ? i + 1 : 0);
}

/* One with another prefix leaves ${a} without a domain. */
static const char *
smtp_address(const struct entry_value *v, struct addr *a)
{
	static const char smtp[] = "smtp:";
	const size_t len = prefix_len(v);
	const struct entry_value rest = { v->s + len, v->len - len };

	a->local[0] = a->domain[0] = '\0';
	if (len == 0)
		return ("it has no prefix: write smtp:user@example.com");
	if (len != sizeof(smtp) - 1 || strncasecmp(v->s, smtp, len) != 0)
		return (NULL);
	return (full_address(&rest, a));
}

static const char *
read_address(const struct entry_value *v, char out[TEXT_MAX])
{
	const char *wrong;
	struct addr a;

	if ((wrong = full_address(v, &a)) == NULL)
		addr_key(a.local, a.domain, out);
	return (wrong);
}

static const char *
read_smtp_address(const struct entry_value *v, char out[TEXT_MAX])
{
	const char *wrong;
	struct addr a;

	if ((wrong = smtp_address(v, &a)) == NULL && a.domain[0] != '\0')
		addr_key(a.local, a.domain, out);
	return (wrong);
}

static const char *
read_domain(const struct entry_value *v, char out[TEXT_MAX])
{
	size_t dot = v->s[0] == '.' ? 1 : 0;
	char name[ADDR_DOMAIN_MAX + 1];

	if (addr_domain(v->s + dot, v->len - dot, name) != 0 ||
	    (dot == 1 && name[0] == '['))
		return ("it is not a domain: write example.com, or "
		    ".example.com for its subdomains");
	if (name[0] != '[' && strchr(name, '.') == NULL)
		return ("a domain has at least two labels: write "
		    "example.com");
	snprintf(out, TEXT_MAX, "%s%s", dot == 1 ? "." : "", name);
	return (NULL);
}

static void
add_text(struct attr_reading *r, struct attr_list *list, const char *s)
{
	const char **slot, *copy;

	if ((copy = arena_strdup(r->arena, s)) == NULL)
		r->no_memory = true;
	else if ((slot = list_add(r, list)) != NULL)
		*slot = copy;
}

/*
 * DNs have no small bound; few are long.  Short memory must not pass for a
 * value that cannot be read: a membership would get lost by it.
 */
static void
read_dn(struct attr_reading *r, const char *attr,
    const struct entry_value *v, struct attr_list *list)
{
	char small[DN_SIZE(512)], *out = small;

	if (v->len > 512 &&
	    (out = arena_array(r->arena, v->len + 1, DN_SIZE(1))) == NULL) {
		r->no_memory = true;
		return;
	}
	errno = 0;
	if (dn_normalise_uid(v->s, v->len, out, v->len > 512 ?
	    DN_SIZE(v->len) : sizeof(small)) >= 0)
		add_text(r, list, out);
	else if (errno == ENOMEM)
		r->no_memory = true;
	else
		unreadable(r, list, attr, v,
		    "it is not a DN: write uid=user,ou=people,dc=example");
}

static void
text_piece(struct attr_reading *r, const struct attr_row *row,
    const char *attr, const struct entry_value *v, struct attr_list *list)
{
	static text_fn *const readers[ATTR_TYPES] = {
		[TYPE_LOGIN] = read_login,
		[TYPE_ADDRESS] = read_address,
		[TYPE_SMTP_ADDRESS] = read_smtp_address,
		[TYPE_DOMAIN] = read_domain
	};
	char out[TEXT_MAX] = "";
	const char *wrong;

	if ((wrong = attrtype_bytes_wrong(v)) == NULL && row->type == TYPE_DN) {
		read_dn(r, attr, v, list);
		return;
	}
	if (wrong == NULL)
		wrong = readers[row->type](v, out);
	if (wrong == NULL && list->no_dot && out[0] == '.')
		wrong = "it begins with a dot: write the names one by one";
	if (wrong != NULL)
		unreadable(r, list, attr, v, wrong);
	else if (out[0] != '\0')
		add_text(r, list, out);
}

void
attrtype_texts(struct attr_reading *r, const struct attr_row *row,
    struct attr_list *list)
{

	each_piece(r, row, list, text_piece);
}

/* ---- patterns ---------------------------------------------------------- */

static void
add_pattern(struct attr_reading *r, struct attr_list *list,
    const struct pattern *p)
{
	struct pattern copy = *p, *slot;

	copy.local = arena_strdup(r->arena, p->local);
	copy.domain = arena_strdup(r->arena, p->domain);
	if (copy.local == NULL || copy.domain == NULL)
		r->no_memory = true;
	else if ((slot = list_add(r, list)) != NULL)
		*slot = copy;
}

/* A row of another type than pattern holds addresses; one that is none of
 * ours leaves ${p} without a domain. */
static const char *
address_pattern(const struct attr_row *row, const struct entry_value *v,
    struct addr *store, struct pattern *p)
{

	*p = (struct pattern){ .kind = PATTERN_ADDRESS,
	    .local = store->local, .domain = store->domain };
	return (row->type == TYPE_SMTP_ADDRESS ? smtp_address(v, store) :
	    full_address(v, store));
}

static bool
is_negative(const struct attr_row *row, const struct entry_value *v)
{
	size_t len = row->negative != NULL ? strlen(row->negative) : 0;

	return (len > 0 && v->len >= len &&
	    memcmp(v->s, row->negative, len) == 0);
}

static bool
is_local_only(const struct attr_row *row, const struct entry_value *v)
{

	return (row->local_only != NULL && row->local_only[0] != '\0' &&
	    attrtype_value_is(v, row->local_only));
}

static void
negative_piece(struct attr_reading *r, const struct attr_row *row,
    const char *attr, const struct entry_value *v, struct attr_list *list)
{
	const size_t len = strlen(row->negative);
	const struct entry_value rest = { v->s + len, v->len - len };
	struct pattern p = { .kind = PATTERN_ANY, .local = "", .domain = "" };
	const char *wrong = attrtype_bytes_wrong(&rest);
	struct addr store;

	if (wrong == NULL)
		wrong = pattern_parse(rest.s, rest.len, &store, &p);
	if (wrong != NULL) {
		list->unreadable = true;
		attrtype_problem(r, attr, v, "%s; as it is a negative value, "
		    "the whole list matches nothing", wrong);
		p = (struct pattern){ .kind = PATTERN_ANY, .local = "",
		    .domain = "" };
	}
	p.negative = true;
	add_pattern(r, list, &p);
}

static void
pattern_piece(struct attr_reading *r, const struct attr_row *row,
    const char *attr, const struct entry_value *v, struct attr_list *list)
{
	const bool typed = row->type == TYPE_PATTERN;
	const char *wrong = attrtype_bytes_wrong(v);
	struct addr store;
	struct pattern p;

	if (typed && list->recipients && is_negative(row, v)) {
		negative_piece(r, row, attr, v, list);
		return;
	}
	if (typed && list->recipients && is_local_only(row, v)) {
		list->hollow = true;
		return;
	}
	if (wrong == NULL)
		wrong = typed ? pattern_parse(v->s, v->len, &store, &p) :
		    address_pattern(row, v, &store, &p);
	if (wrong != NULL)
		unreadable(r, list, attr, v, wrong);
	if (wrong != NULL || (p.kind == PATTERN_ADDRESS &&
	    p.domain[0] == '\0'))
		list->hollow = true;
	else
		add_pattern(r, list, &p);
}

void
attrtype_patterns(struct attr_reading *r, const struct attr_row *row,
    struct attr_list *list)
{

	each_piece(r, row, list, pattern_piece);
}

/* ---- networks ---------------------------------------------------------- */

static void
host_bits(struct attr_reading *r, const char *attr,
    const struct entry_value *v, struct attr_list *list,
    const struct cidr *net)
{
	char meant[CIDR_TEXT_MAX];

	cidr_format(net, meant);
	if (!list->host_bits)
		list->unreadable = true;
	attrtype_problem(r, attr, v, "%.*s has bits beyond its prefix; %s was "
	    "probably meant; %s", (int)v->len, v->s, meant,
	    list->host_bits ? "it counts as that" : list->meaning);
}

static void
client_piece(struct attr_reading *r, const struct attr_row *row,
    const char *attr, const struct entry_value *v, struct attr_list *list)
{
	enum cidr_result result = CIDR_BAD;
	const char *wrong = attrtype_bytes_wrong(v);
	struct cidr net, *slot;

	(void)row;
	if (wrong == NULL)
		result = cidr_parse(v->s, v->len, &net);
	if (result == CIDR_BAD) {
		unreadable(r, list, attr, v, wrong != NULL ? wrong : "it is "
		    "not an address or network: write 192.0.2.0/24 or "
		    "2001:db8::/32");
		return;
	}
	if (result == CIDR_HOST_BITS) {
		host_bits(r, attr, v, list, &net);
		if (!list->host_bits)
			return;
	}
	if ((slot = list_add(r, list)) != NULL)
		*slot = net;
}

void
attrtype_clients(struct attr_reading *r, const struct attr_row *row,
    struct attr_list *list)
{

	each_piece(r, row, list, client_piece);
}

/* ---- results ----------------------------------------------------------- */

typedef int order_fn(const void *, const void *);

static int
text_order(const void *a, const void *b)
{

	return (strcmp(*(const char *const *)a, *(const char *const *)b));
}

static int
net_order(const void *a, const void *b)
{
	const struct cidr *x = a, *y = b;

	if (x->ip.family != y->ip.family)
		return (x->ip.family - y->ip.family);
	if (x->len != y->len)
		return (x->len - y->len);
	return (memcmp(x->ip.bytes, y->ip.bytes, sizeof(x->ip.bytes)));
}

/* Both sort pointers into one array: equal elements keep their order. */
static int
by_text(const void *a, const void *b)
{
	const void *x = *(const void *const *)a, *y = *(const void *const *)b;
	int order = text_order(x, y);

	return (order != 0 ? order : (x > y) - (x < y));
}

static int
by_net(const void *a, const void *b)
{
	const void *x = *(const void *const *)a, *y = *(const void *const *)b;
	int order = net_order(x, y);

	return (order != 0 ? order : (x > y) - (x < y));
}

/* Groups have 100,000 members: doubles are found by sorting. */
static void
list_unique(struct attr_reading *r, struct attr_list *list, order_fn *order,
    order_fn *by)
{
	const unsigned char **p;
	size_t i, n = 0;
	bool *twice;

	p = arena_array(r->arena, list->n, sizeof(*p));
	twice = arena_array(r->arena, list->n, sizeof(*twice));
	if (p == NULL || twice == NULL) {
		r->no_memory = true;
		return;
	}
	for (i = 0; i < list->n; i++)
		p[i] = list->v + i * list->size;
	qsort(p, list->n, sizeof(*p), by);
	for (i = 1; i < list->n; i++)
		twice[(size_t)(p[i] - list->v) / list->size] =
		    order(p[i - 1], p[i]) == 0;
	for (i = 0; i < list->n; i++)
		if (!twice[i])
			memmove(list->v + n++ * list->size,
			    list->v + i * list->size, list->size);
	list->n = n;
}

struct texts
attrtype_list_texts(struct attr_reading *r, struct attr_list *list)
{

	if (list->n > 1)
		list_unique(r, list, text_order, by_text);
	return ((struct texts){ .v = (const char *const *)list->v,
	    .n = list->n });
}

static bool
only_negative(const struct attr_list *list)
{
	const struct pattern *v = (const struct pattern *)list->v;
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!v[i].negative)
			return (false);
	return (list->n > 0);
}

struct patterns
attrtype_list_patterns(struct attr_reading *r, struct attr_list *list)
{
	static const struct pattern nothing = { .kind = PATTERN_ADDRESS,
	    .local = "", .domain = "" };

	if (list->hollow && only_negative(list))
		add_pattern(r, list, &nothing);
	return ((struct patterns){ .present = list->present,
	    .v = (const struct pattern *)list->v, .n = list->n });
}

struct networks
attrtype_list_networks(struct attr_reading *r, struct attr_list *list)
{

	if (list->n > 1)
		list_unique(r, list, net_order, by_net);
	return ((struct networks){ .present = list->present,
	    .v = (const struct cidr *)list->v, .n = list->n });
}
