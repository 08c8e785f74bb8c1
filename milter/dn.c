#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "dn.h"

/* An RDN of more parts than this is an attack on the sorting, not a name. */
enum { PARTS_MAX = 16 };

struct text {
	const char *at;
	const char *end;
};

struct writer {
	char *out;
	size_t size;
	size_t len;
	bool in_value;		/* a byte of the present value was written */
	bool space;		/* white space was read since */
	bool full;
};

/* The short names of RFC 4514 section 3, by long name and OID (RFC 4519). */
static const struct {
	const char *name;
	const char *long_name;
	const char *oid;
} types[] = {
	{ "cn", "commonname", "2.5.4.3" },
	{ "l", "localityname", "2.5.4.7" },
	{ "st", "stateorprovincename", "2.5.4.8" },
	{ "o", "organizationname", "2.5.4.10" },
	{ "ou", "organizationalunitname", "2.5.4.11" },
	{ "c", "countryname", "2.5.4.6" },
	{ "street", "streetaddress", "2.5.4.9" },
	{ "dc", "domaincomponent", "0.9.2342.19200300.100.1.25" },
	{ "uid", "userid", "0.9.2342.19200300.100.1.1" }
};

/* ---- bytes ---- */

static bool
is_digit(char c)
{

	return (c >= '0' && c <= '9');
}

static bool
is_alpha(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

static char
fold(char c)
{

	return (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
}

static int
hex_digit(char c)
{

	if (is_digit(c))
		return (c - '0');
	c = fold(c);
	return (c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1);
}

/* What RFC 4518 section 2.2 maps to a space, of ASCII. */
static bool
is_space(unsigned char c)
{

	return (c == ' ' || (c >= '\t' && c <= '\r'));
}

static void
skip_spaces(struct text *in)
{

	while (in->at < in->end && *in->at == ' ')
		in->at++;
}

static void
put(struct writer *w, char c)
{

	if (w->len + 1 < w->size)
		w->out[w->len++] = c;
	else
		w->full = true;
}

/* ---- values ---- */

static void
put_hex(struct writer *w, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	put(w, hex[c >> 4]);
	put(w, hex[c & 0xf]);
}

/*
 * Write one byte of a value, escaped; white space waits for what follows, so
 * that none is left at either end and never two in a row.
 */
static void
put_value_byte(struct writer *w, unsigned char c)
{

	if (is_space(c)) {
		w->space = true;
		return;
	}
	if (w->space && w->in_value)
		put(w, ' ');
	w->space = false;
	if (c < 0x20 || c == 0x7f) {
		put(w, '\\');
		put_hex(w, c);
	} else {
		if (strchr("\"+,;<>\\", c) != NULL ||
		    (c == '#' && !w->in_value))
			put(w, '\\');
		put(w, (char)c);
	}
	w->in_value = true;
}

/*
 * Read one byte of a value, unescaped (RFC 4514 section 3), and step over it.
 * Return -1 for what must have been escaped, for half an escape and for NUL.
 */
static int
value_byte(struct text *in)
{
	char c = *in->at++;
	int high, low;

	if (c != '\\')
		return (c == '\0' || strchr("\";<>", c) != NULL ? -1 :
		    (unsigned char)c);
	if (in->at == in->end)
		return (-1);
	c = *in->at++;
	if (c != '\0' && strchr(" \"#+,;<=>\\", c) != NULL)
		return (c);
	if (in->at == in->end || (high = hex_digit(c)) == -1 ||
	    (low = hex_digit(*in->at++)) == -1 || high + low == 0)
		return (-1);
	return (high * 16 + low);
}

/* The longest run of text up to an unescaped comma or plus. */
static struct text
take_value(struct text *in)
{
	struct text value = *in;

	while (in->at < in->end && *in->at != ',' && *in->at != '+') {
		if (*in->at == '\\' && in->at + 1 < in->end)
			in->at++;
		in->at++;
	}
	value.end = in->at;
	return (value);
}

/* Unescape ${in} into ${out}, which has room.  Return the length or -1. */
static long
decode(struct text in, uint8_t *out, bool *ascii)
{
	size_t len = 0;
	int c;

	for (*ascii = true; in.at < in.end; len++) {
		if ((c = value_byte(&in)) == -1)
			return (-1);
		if (c >= 0x80)
			*ascii = false;
		out[len] = (uint8_t)c;
	}
	return ((long)len);
}

/*
 * Fold ${s} and normalise it (NFKC), twice: normalising can make capitals, as
 * of U+2121 (Unicode's compatibility caseless match, D146).  Return what is
 * to be freed, or NULL.
 */
static uint8_t *
fold_unicode(const uint8_t *s, size_t len, size_t *folded_len)
{
	uint8_t *once, *twice = NULL;
	size_t once_len;

	once = u8_casefold(s, len, NULL, UNINORM_NFKC, NULL, &once_len);
	if (once != NULL)
		twice = u8_casefold(once, once_len, NULL, UNINORM_NFKC, NULL,
		    folded_len);
	free(once);
	return (twice);
}

static int
put_unicode(struct writer *w, const uint8_t *s, size_t len)
{
	uint8_t *folded;
	size_t folded_len, i;

	if (u8_check(s, len) != NULL ||
	    (folded = fold_unicode(s, len, &folded_len)) == NULL)
		return (-1);
	for (i = 0; i < folded_len; i++)
		put_value_byte(w, folded[i]);
	free(folded);
	return (0);
}

static int
put_decoded(struct writer *w, struct text value, uint8_t *decoded)
{
	long len;
	bool ascii;
	long i;

	if ((len = decode(value, decoded, &ascii)) == -1)
		return (-1);
	if (!ascii)
		return (put_unicode(w, decoded, (size_t)len));
	for (i = 0; i < len; i++)
		put_value_byte(w, (unsigned char)fold((char)decoded[i]));
	return (0);
}

static int
string_value(struct writer *w, struct text value)
{
	uint8_t few[256];
	const long len = value.end - value.at;
	uint8_t *decoded = few;
	int result;

	if (len > (long)sizeof(few) && (decoded = malloc((size_t)len)) == NULL)
		return (-1);
	w->in_value = w->space = false;
	result = put_decoded(w, value, decoded);
	if (decoded != few)
		free(decoded);
	return (result);
}

/* #0403…: the BER form stays as it is, in lower case. */
static int
hex_value(struct writer *w, struct text value)
{
	const char *p;

	while (value.end[-1] == ' ')
		value.end--;
	if (value.end - value.at < 3 || (value.end - value.at) % 2 == 0)
		return (-1);
	put(w, '#');
	for (p = value.at + 1; p < value.end; p++) {
		if (hex_digit(*p) == -1)
			return (-1);
		put(w, fold(*p));
	}
	return (0);
}

/* ---- attribute types ---- */

/* numericoid (RFC 4512 section 1.4), leading zeros aside. */
static bool
is_oid(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (is_digit(s[i]))
			continue;
		if (s[i] != '.' || i == 0 || i + 1 == len || s[i - 1] == '.')
			return (false);
	}
	return (len > 0);
}

/* descr (RFC 4512 section 1.4). */
static bool
is_descr(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!is_alpha(s[i]) && (i == 0 ||
		    (!is_digit(s[i]) && s[i] != '-')))
			return (false);
	}
	return (len > 0);
}

static bool
is_type(const char *s, size_t len, const char *name)
{

	return (strlen(name) == len && strncasecmp(s, name, len) == 0);
}

/* The short name of the type at ${s}, or NULL if it has none of its own. */
static const char *
short_name(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (is_type(s, len, types[i].long_name) ||
		    is_type(s, len, types[i].oid))
			return (types[i].name);
	}
	return (NULL);
}

static int
put_type(struct writer *w, struct text *in)
{
	const char *s = in->at;
	const char *name;
	size_t len, i;

	while (in->at < in->end && *in->at != '=' && *in->at != ' ')
		in->at++;
	len = (size_t)(in->at - s);
	if (!is_oid(s, len) && !is_descr(s, len))
		return (-1);
	if ((name = short_name(s, len)) != NULL) {
		s = name;
		len = strlen(name);
	}
	for (i = 0; i < len; i++)
		put(w, fold(s[i]));
	return (0);
}

/* ---- relative distinguished names ---- */

/* attributeTypeAndValue; spaces around it and its = are insignificant. */
static int
put_part(struct writer *w, struct text *in)
{
	struct text value;

	skip_spaces(in);
	if (put_type(w, in) == -1)
		return (-1);
	skip_spaces(in);
	if (in->at == in->end || *in->at != '=')
		return (-1);
	in->at++;
	put(w, '=');
	skip_spaces(in);
	value = take_value(in);
	if (value.at < value.end && *value.at == '#')
		return (hex_value(w, value));
	return (string_value(w, value));
}

static void
reverse(char *s, size_t len)
{
	size_t i;
	char c;

	for (i = 0; i < len / 2; i++) {
		c = s[i];
		s[i] = s[len - 1 - i];
		s[len - 1 - i] = c;
	}
}

/* Make "a+b" of lengths ${a} and ${b} at ${s} "b+a". */
static void
swap_parts(char *s, size_t a, size_t b)
{

	reverse(s, a + 1 + b);
	reverse(s, b);
	reverse(s + b + 1, a);
}

static bool
comes_before(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return (order < 0 || (order == 0 && a_len < b_len));
}

/*
 * Move the last of the ${n} parts at ${rdn}, whose lengths are ${lens}, to
 * its place among those before it, which are in order.
 */
static void
sort_last(char *rdn, size_t *lens, size_t n)
{
	char *last = rdn;
	size_t i, len;

	for (i = 0; i + 1 < n; i++)
		last += lens[i] + 1;
	for (i = n - 1; i > 0; i--) {
		len = lens[i - 1];
		if (!comes_before(last, lens[i], last - len - 1, len))
			return;
		last -= len + 1;
		swap_parts(last, len, lens[i]);
		lens[i - 1] = lens[i];
		lens[i] = len;
	}
}

static int
put_rdn(struct writer *w, struct text *in)
{
	size_t lens[PARTS_MAX];
	size_t rdn = w->len;
	size_t n, start;

	for (n = 0; n < PARTS_MAX; in->at++) {
		start = w->len;
		if (put_part(w, in) == -1 || w->full)
			return (-1);
		lens[n++] = w->len - start;
		sort_last(w->out + rdn, lens, n);
		if (in->at == in->end || *in->at == ',')
			return (0);
		put(w, '+');
	}
	return (-1);
}

/* ---- the whole ---- */

static int
put_dn(struct writer *w, struct text *in)
{

	skip_spaces(in);
	if (in->at == in->end)
		return (0);
	for (;; in->at++) {
		if (put_rdn(w, in) == -1)
			return (-1);
		if (in->at == in->end)
			return (0);
		put(w, ',');
	}
}

long
dn_normalise(const char *s, size_t len, char *out, size_t size)
{
	struct text in = { s, s + len };
	struct writer w = { .out = out, .size = size };

	if (size == 0)
		return (-1);
	if (put_dn(&w, &in) == -1 || w.full) {
		out[0] = '\0';
		return (-1);
	}
	out[w.len] = '\0';
	return ((long)w.len);
}

/* Is the byte at ${i} of ${s} escaped: an odd number of \ before it? */
static bool
is_escaped(const char *s, size_t i)
{
	size_t n = 0;

	while (n < i && s[i - n - 1] == '\\')
		n++;
	return (n % 2 == 1);
}

/* The length of ${s} without a BitString (RFC 4517 3.3.2) and its #. */
static size_t
without_uid(const char *s, size_t len)
{
	size_t i;

	if (len < 4 || memcmp(s + len - 2, "'B", 2) != 0)
		return (len);
	for (i = len - 2; i > 0 && (s[i - 1] == '0' || s[i - 1] == '1'); )
		i--;
	if (i < 2 || memcmp(s + i - 2, "#'", 2) != 0 || is_escaped(s, i - 2))
		return (len);
	return (i - 2);
}

long
dn_normalise_uid(const char *s, size_t len, char *out, size_t size)
{

	return (dn_normalise(s, without_uid(s, len), out, size));
}

int
dn_below(const char *dn, const char *base)
{
	size_t len = strlen(dn), base_len = strlen(base);
	size_t start;

	if (base_len == 0)
		return (1);
	if (base_len > len || strcmp(dn + len - base_len, base) != 0)
		return (0);
	start = len - base_len;
	return (start == 0 ||
	    (dn[start - 1] == ',' && !is_escaped(dn, start - 1)));
}
