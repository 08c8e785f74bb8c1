#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "dn.h"
#include "dnset.h"
#include "ldif.h"

/* ---- lines ------------------------------------------------------------- */

struct parser {
	const char *name;
	const char *at;
	const char *end;
	unsigned long next_line;
	struct arena arena;	/* for one record */
	struct dnset seen;
	unsigned long records;
	const struct sink *sink;
	struct why *why;
};

/* A line with its continuations joined (RFC 2849 note 2), and what it says. */
struct line {
	char *s;
	size_t len;
	unsigned long number;	/* of its first line in the file */
	const char *attr;
	struct entry_value value;
};

enum got { GOT_LINE, GOT_END, GOT_ERROR };

static int wrong(struct parser *, unsigned long, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static int
wrong(struct parser *p, unsigned long number, const char *format, ...)
{
	char text[WHY_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	why_set(p->why, "%s:%lu: %s", p->name, number, text);
	return (-1);
}

static int
no_memory(struct parser *p)
{

	why_set(p->why, "%s: memory is short", p->name);
	return (-1);
}

/* One line as it stands in the file, without its end: there is one, because
 * the file's last byte ends a line. */
static size_t
take_physical(struct parser *p, const char **s)
{
	const char *stop = memchr(p->at, '\n', (size_t)(p->end - p->at));

	*s = p->at;
	p->at = stop + 1;
	p->next_line++;
	if (stop > *s && stop[-1] == '\r')
		stop--;
	return ((size_t)(stop - *s));
}

static bool
continues(const struct parser *p)
{

	return (p->at < p->end && *p->at == ' ');
}

static void
skip_comments(struct parser *p)
{
	const char *s;

	while (p->at < p->end && *p->at == '#') {
		(void)take_physical(p, &s);
		while (continues(p))
			(void)take_physical(p, &s);
	}
}

/* What the next line will take at most, its continuations included. */
static size_t
next_size(struct parser *p)
{
	struct parser ahead = *p;
	const char *s;

	(void)take_physical(&ahead, &s);
	while (continues(&ahead))
		(void)take_physical(&ahead, &s);
	return ((size_t)(ahead.at - p->at) + 1);
}

static enum got
next_line(struct parser *p, struct line *line)
{
	const char *s;
	size_t len;

	skip_comments(p);
	line->number = p->next_line;
	if (p->at == p->end)
		return (GOT_END);
	if (continues(p)) {
		wrong(p, line->number, "the line begins with a space and "
		    "continues nothing; remove the space");
		return (GOT_ERROR);
	}
	if ((line->s = arena_alloc(&p->arena, next_size(p))) == NULL) {
		no_memory(p);
		return (GOT_ERROR);
	}
	line->len = take_physical(p, &s);
	memcpy(line->s, s, line->len);
	while (line->len > 0 && continues(p)) {
		len = take_physical(p, &s);
		memcpy(line->s + line->len, s + 1, len - 1);
		line->len += len - 1;
	}
	line->s[line->len] = '\0';
	return (GOT_LINE);
}

/* ---- attribute and value ----------------------------------------------- */

static bool
is_alpha(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

static bool
is_digit(char c)
{

	return (c >= '0' && c <= '9');
}

static size_t
key_chars(const char *s)
{
	size_t i = 0;

	while (is_alpha(s[i]) || is_digit(s[i]) || s[i] == '-')
		i++;
	return (i);
}

/* The length of the OID at ${s}: numbers with dots between; 0 if none. */
static size_t
oid_chars(const char *s)
{
	size_t i = 0;

	for (;; i++) {
		if (!is_digit(s[i]))
			return (0);
		while (is_digit(s[i]))
			i++;
		if (s[i] != '.')
			return (i);
	}
}

/* AttributeDescription: a name or an OID, then options. */
static bool
is_attribute(const char *s)
{
	size_t len = is_alpha(*s) ? key_chars(s) : oid_chars(s);

	if (len == 0)
		return (false);
	for (s += len; *s == ';'; s += len + 1)
		if ((len = key_chars(s + 1)) == 0)
			return (false);
	return (*s == '\0');
}

static int
base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return (at != NULL ? (int)(at - digits) : -1);
}

/* In place: the bytes are never more than their text.  Return how many, or
 * -1. */
static long
base64_decode(char *s, size_t len)
{
	size_t i, n = 0, pad = 0;
	uint32_t bits = 0;
	int digit;

	while (pad < 2 && pad < len && s[len - 1 - pad] == '=')
		pad++;
	if (len % 4 != 0)
		return (-1);
	for (i = 0; i < len - pad; i++) {
		if ((digit = base64_digit(s[i])) == -1)
			return (-1);
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4 != 0)
			s[n++] = (char)(bits >> (6 - i % 4 * 2) & 0xff);
	}
	/* The bits that a padded group leaves over say nothing. */
	if ((bits & ((1U << pad * 2) - 1)) != 0)
		return (-1);
	s[n] = '\0';
	return ((long)n);
}

/* SAFE-STRING of RFC 2849; NULL, or what is wrong. */
static const char *
unsafe(const char *s, size_t len)
{
	size_t i;

	if (len > 0 && *s == ':')
		return ("a value that begins with : must be in base64, after "
		    "`::' (an IPv6 address may begin with 0:: as well)");
	if (len > 0 && *s == '<')
		return ("a value that begins with < must be in base64, after "
		    "`::' (the null sender is written null)");
	for (i = 0; i < len; i++) {
		if ((unsigned char)s[i] > 0x7f)
			return ("a value with other than ASCII characters "
			    "must be in base64, after `::'");
		if (s[i] == '\0' || s[i] == '\r')
			return ("a value with NUL or carriage return must be "
			    "in base64, after `::'");
	}
	return (NULL);
}

static char *
skip_fill(char *s)
{

	return (s + strspn(s, " "));
}

static int
take_value(struct parser *p, struct line *line, char *s)
{
	const bool base64 = *s == ':';
	const char *problem;
	size_t rest;
	long len;

	if (*s == '<')
		return (wrong(p, line->number, "`:<' with a URL is not read; "
		    "write the value itself"));
	s = skip_fill(s + (base64 ? 1 : 0));
	rest = line->len - (size_t)(s - line->s);
	if (base64) {
		if ((len = base64_decode(s, rest)) == -1)
			return (wrong(p, line->number, "the value of %s is "
			    "not base64, as `::' says it is", line->attr));
		rest = (size_t)len;
	} else if ((problem = unsafe(s, rest)) != NULL) {
		return (wrong(p, line->number, "%s", problem));
	}
	line->value = (struct entry_value){ s, rest };
	return (0);
}

static int
take_pair(struct parser *p, struct line *line)
{
	char *colon = memchr(line->s, ':', line->len);

	if (colon != NULL)
		*colon = '\0';
	line->attr = line->s;
	if (colon == NULL || !is_attribute(line->attr) ||
	    strlen(line->attr) != (size_t)(colon - line->s))
		return (wrong(p, line->number, "the line does not begin with "
		    "an attribute's name and a colon"));
	return (take_value(p, line, colon + 1));
}

/* ---- records ----------------------------------------------------------- */

struct pairs {
	struct line *v;
	size_t n;
	size_t max;
};

static int
pairs_add(struct parser *p, struct pairs *pairs, const struct line *line)
{
	size_t max = pairs->max == 0 ? 16 : pairs->max * 2;
	struct line *v;

	if (pairs->n == pairs->max) {
		if ((v = arena_array(&p->arena, max, sizeof(*v))) == NULL)
			return (no_memory(p));
		if (pairs->n > 0)
			memcpy(v, pairs->v, pairs->n * sizeof(*v));
		pairs->v = v;
		pairs->max = max;
	}
	pairs->v[pairs->n++] = *line;
	return (0);
}

static int
refuse_change(struct parser *p, const struct line *line)
{
	static const char *const not_content[] = { "changetype", "control",
	    "include" };
	size_t i;

	for (i = 0; i < sizeof(not_content) / sizeof(*not_content); i++)
		if (strcasecmp(line->attr, not_content[i]) == 0)
			return (wrong(p, line->number, "`%s:' has no place "
			    "here; the file may hold entries only",
			    line->attr));
	if (strcasecmp(line->attr, "dn") == 0)
		return (wrong(p, line->number, "an entry has one dn; if this "
		    "is the next entry, a blank line before it is missing"));
	return (0);
}

/* The lines of a record after its dn, up to a blank line or the end. */
static int
take_pairs(struct parser *p, struct pairs *pairs)
{
	struct line line;
	enum got got;

	while ((got = next_line(p, &line)) == GOT_LINE && line.len > 0)
		if (take_pair(p, &line) == -1 ||
		    refuse_change(p, &line) == -1 ||
		    pairs_add(p, pairs, &line) == -1)
			return (-1);
	return (got == GOT_ERROR ? -1 : 0);
}

/* The attribute of that name among ${n}; the last one is the likeliest. */
static size_t
attr_index(const struct entry_attr *attrs, size_t n, const char *name)
{
	size_t i;

	for (i = n; i > 0; i--)
		if (strcasecmp(attrs[i - 1].name, name) == 0)
			return (i - 1);
	return (n);
}

/* Sort the pairs by attribute, in the order in which these first appear. */
static int
group_pairs(struct parser *p, const struct pairs *pairs, struct entry *e)
{
	struct entry_value *values, *next;
	struct entry_attr *attrs;
	size_t *of, i;

	attrs = arena_array(&p->arena, pairs->n, sizeof(*attrs));
	of = arena_array(&p->arena, pairs->n, sizeof(*of));
	values = arena_array(&p->arena, pairs->n, sizeof(*values));
	if (attrs == NULL || of == NULL || values == NULL)
		return (no_memory(p));
	for (i = 0; i < pairs->n; i++) {
		of[i] = attr_index(attrs, e->nattrs, pairs->v[i].attr);
		if (of[i] == e->nattrs)
			attrs[e->nattrs++].name = pairs->v[i].attr;
		attrs[of[i]].nvalues++;
	}
	for (next = values, i = 0; i < e->nattrs; i++) {
		attrs[i].values = next;
		next += attrs[i].nvalues;
		attrs[i].nvalues = 0;
	}
	for (i = 0; i < pairs->n; i++)
		values[(size_t)(attrs[of[i]].values - values) +
		    attrs[of[i]].nvalues++] = pairs->v[i].value;
	e->attrs = attrs;
	return (0);
}

static int
take_key(struct parser *p, const struct line *dn, struct source_entry *told)
{
	const size_t size = DN_SIZE(dn->value.len);
	unsigned long before;
	char *out;
	long len;

	if ((out = arena_alloc(&p->arena, size)) == NULL)
		return (no_memory(p));
	len = dn_normalise(dn->value.s, dn->value.len, out, size);
	if (len <= 0)
		return (wrong(p, dn->number, "\"%s\" is not an entry's DN "
		    "(RFC 4514)", dn->value.s));
	if (dnset_add(&p->seen, out, (size_t)len, dn->number, &before) == -1)
		return (no_memory(p));
	if (before > 0)
		return (wrong(p, dn->number, "%s has an entry at line %lu "
		    "already; make one of the two", dn->value.s, before));
	told->dn = out;
	told->key = out;
	told->key_len = (size_t)len;
	return (0);
}

static int
take_dn(struct parser *p, struct line *line)
{

	if (take_pair(p, line) == -1)
		return (-1);
	if (strcasecmp(line->attr, "include") == 0)
		return (refuse_change(p, line));
	if (strcasecmp(line->attr, "dn") != 0)
		return (wrong(p, line->number, "an entry begins with `dn:', "
		    "not with `%s:'", line->attr));
	return (0);
}

static int
take_record(struct parser *p, struct line *dn)
{
	struct pairs pairs = { .n = 0 };
	struct entry e = { .nattrs = 0 };
	struct source_entry told = { .entry = &e, .searches = ~0U,
	    .line = dn->number };

	if (take_dn(p, dn) == -1 || take_key(p, dn, &told) == -1 ||
	    take_pairs(p, &pairs) == -1)
		return (-1);
	if (pairs.n == 0)
		return (wrong(p, dn->number, "the entry has no attribute"));
	if (group_pairs(p, &pairs, &e) == -1)
		return (-1);
	e.dn = dn->value.s;
	e.dn_len = dn->value.len;
	p->records++;
	return (p->sink->entry(p->sink->ctx, &told, p->why));
}

/* ---- the file ---------------------------------------------------------- */

static enum got
next_record(struct parser *p, struct line *line)
{
	enum got got;

	do {
		arena_reset(&p->arena);
		got = next_line(p, line);
	} while (got == GOT_LINE && line->len == 0);
	return (got);
}

/* Return 1 if the line is the version, 0 if it is none, -1 if a wrong one. */
static int
take_version(struct parser *p, const struct line *line)
{
	static const char version[] = "version:";
	const char *number;

	if (strncasecmp(line->s, version, sizeof(version) - 1) != 0)
		return (0);
	number = line->s + sizeof(version) - 1;
	number += strspn(number, " ");
	if (strcmp(number, "1") != 0 || strlen(line->s) != line->len)
		return (wrong(p, line->number, "the version of LDIF is 1, "
		    "not \"%s\"", number));
	return (1);
}

/* RFC 2849 knows no such mark; Windows' editors write one. */
static int
check_mark(struct parser *p)
{
	static const char *const marks[] = { "\xef\xbb\xbf", "\xff\xfe",
	    "\xfe\xff" };
	size_t i, len;

	for (i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		len = strlen(marks[i]);
		if ((size_t)(p->end - p->at) >= len &&
		    memcmp(p->at, marks[i], len) == 0)
			return (wrong(p, 1, "the file begins with a byte order "
			    "mark: save it as UTF-8 without one"));
	}
	return (0);
}

/* RFC 2849: every line ends with SEP; one that does not may be half a line. */
static int
check_end(struct parser *p)
{
	unsigned long number = 1;
	const char *at;

	if (p->at == p->end || p->end[-1] == '\n')
		return (0);
	for (at = p->at; at < p->end; at++)
		number += *at == '\n';
	return (wrong(p, number, "the last line does not end with a newline: "
	    "is the file still being written?"));
}

static int
parse(struct parser *p)
{
	struct line line;
	int version = 0;
	enum got got;

	if (check_mark(p) == -1 || check_end(p) == -1)
		return (-1);
	got = next_record(p, &line);
	if (got == GOT_LINE && (version = take_version(p, &line)) == 1)
		got = next_record(p, &line);
	if (version == -1)
		return (-1);
	for (; got == GOT_LINE; got = next_record(p, &line))
		if (take_record(p, &line) == -1)
			return (-1);
	if (got == GOT_ERROR)
		return (-1);
	if (p->records == 0 && version == 0)
		return (why_set(p->why, "%s: the file has no entry; one that "
		    "is meant to be empty says `version: 1'", p->name));
	return (p->sink->end(p->sink->ctx, p->why));
}

int
ldif_parse(const char *name, const char *bytes, size_t len,
    const struct sink *sink, struct why *why)
{
	struct parser p = { .name = name, .at = bytes, .end = bytes + len,
	    .next_line = 1, .sink = sink, .why = why };
	int result;

	arena_init(&p.arena);
	dnset_init(&p.seen);
	result = sink->begin(sink->ctx, why);
	if (result == 0)
		result = parse(&p);
	dnset_free(&p.seen);
	arena_free(&p.arena);
	return (result);
}
