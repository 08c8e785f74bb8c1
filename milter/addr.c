#include <arpa/inet.h>

#include <idn2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicase.h>

#include "addr.h"

/*
 * Room for a Unicode domain before it becomes A-labels: Punycode spends at
 * least one byte on each character, and no character has more than four.
 */
enum { UNICODE_MAX = 4 * ADDR_DOMAIN_MAX };

/* Where parsing stands: the text, and how much of the local part is there. */
struct reader {
	const char *s;
	size_t len;
	size_t at;
	struct addr *a;
	size_t local_len;
};

/* Well-formed sequences by first byte (Unicode 15, table 3-7). */
static const struct utf8_row {
	unsigned char first_min, first_max;
	unsigned char second_min, second_max;
	unsigned char len;
} utf8_rows[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

void
addr_fold(char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] >= 'A' && s[i] <= 'Z')
			s[i] = (char)(s[i] - 'A' + 'a');
	}
}

static bool
is_alnum(unsigned char c)
{

	return ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z'));
}

/* ---- local part ---- */

static bool
utf8_tail(const unsigned char *s, size_t len, const struct utf8_row *row)
{
	size_t i;

	if (len < row->len || s[1] < row->second_min || s[1] > row->second_max)
		return (false);
	for (i = 2; i < row->len; i++) {
		if (s[i] < 0x80 || s[i] > 0xbf)
			return (false);
	}
	return (true);
}

/* Bytes of the character beyond ASCII at ${s}, or 0 if it is none. */
static size_t
utf8_len(const unsigned char *s, size_t len)
{
	const struct utf8_row *row;
	size_t i;

	for (i = 0; i < sizeof(utf8_rows) / sizeof(utf8_rows[0]); i++) {
		row = &utf8_rows[i];
		if (s[0] >= row->first_min && s[0] <= row->first_max)
			return (utf8_tail(s, len, row) ? row->len : 0);
	}
	return (0);
}

/* Bytes of the atext (RFC 5322 section 3.2.3, RFC 6531) at ${s}, or 0. */
static size_t
atext_len(const char *s, size_t len)
{

	if (is_alnum((unsigned char)*s))
		return (1);
	if (*s != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", *s) != NULL)
		return (1);
	return (utf8_len((const unsigned char *)s, len));
}

static bool
is_printable(char c)
{

	return (c >= 0x20 && c <= 0x7e);
}

/* Bytes of the qtextSMTP (RFC 5321 section 4.1.2, RFC 6531) at ${s}, or 0. */
static size_t
qtext_len(const char *s, size_t len)
{

	if (is_printable(*s))
		return (1);
	return (utf8_len((const unsigned char *)s, len));
}

/* Take the next ${n} bytes over into the local part. */
static int
take(struct reader *r, size_t n)
{

	if (n == 0 || n > ADDR_LOCAL_MAX - r->local_len)
		return (-1);
	memcpy(r->a->local + r->local_len, r->s + r->at, n);
	r->local_len += n;
	r->at += n;
	return (0);
}

static int
read_dot_string(struct reader *r)
{
	bool in_atom = false;
	bool dot;

	while (r->at < r->len && r->s[r->at] != '@') {
		dot = r->s[r->at] == '.';
		if (dot && !in_atom)
			return (-1);
		if (take(r, dot ? 1 : atext_len(r->s + r->at,
		    r->len - r->at)) == -1)
			return (-1);
		in_atom = !dot;
	}
	return (in_atom ? 0 : -1);
}

/* quoted-pairSMTP: any printable ASCII, and no control (RFC 5321 4.1.2). */
static int
read_quoted_pair(struct reader *r)
{

	r->at++;
	if (r->at == r->len || !is_printable(r->s[r->at]))
		return (-1);
	return (take(r, 1));
}

static int
read_quoted_string(struct reader *r)
{
	int result;

	r->at++;
	while (r->at < r->len) {
		if (r->s[r->at] == '"') {
			r->at++;
			return (0);
		}
		if (r->s[r->at] == '\\')
			result = read_quoted_pair(r);
		else
			result = take(r, qtext_len(r->s + r->at,
			    r->len - r->at));
		if (result == -1)
			return (-1);
	}
	return (-1);
}

static int
read_local(struct reader *r)
{
	int result;

	if (r->at < r->len && r->s[r->at] == '"')
		result = read_quoted_string(r);
	else
		result = read_dot_string(r);
	addr_fold(r->a->local, r->local_len);
	r->a->routing = strpbrk(r->a->local, "%!@:,;\\|") != NULL;
	return (result);
}

/* ---- domain ---- */

/* A copy of ${s} as a string, if it fits and has no NUL in it. */
static int
copy_text(const char *s, size_t len, char *out, size_t size)
{

	if (len >= size || memchr(s, '\0', len) != NULL)
		return (-1);
	memcpy(out, s, len);
	out[len] = '\0';
	return (0);
}

/* Address literals (RFC 5321 section 4.1.3), rewritten in their usual form. */
static int
read_literal(const char *s, size_t len, char out[ADDR_DOMAIN_MAX + 1])
{
	static const char tag[] = "IPv6:";
	const size_t tag_len = sizeof(tag) - 1;
	unsigned char bytes[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN + sizeof(tag)];
	bool v6;
	int family;

	if (s[len - 1] != ']' || copy_text(s + 1, len - 2, text,
	    sizeof(text)) == -1)
		return (-1);
	v6 = strncasecmp(text, tag, tag_len) == 0;
	family = v6 ? AF_INET6 : AF_INET;
	if (inet_pton(family, text + (v6 ? tag_len : 0), bytes) != 1 ||
	    inet_ntop(family, bytes, text, sizeof(text)) == NULL)
		return (-1);
	snprintf(out, ADDR_DOMAIN_MAX + 1, "[%s%s]", v6 ? tag : "", text);
	return (0);
}

/* One label: RFC 5321's sub-domain, and _ because host names have it. */
static bool
label_is_good(const char *s, size_t len)
{
	size_t i;

	if (len < 1 || len > 63 || s[0] == '-' || s[len - 1] == '-')
		return (false);
	for (i = 0; i < len; i++) {
		if (!is_alnum((unsigned char)s[i]) && s[i] != '-' &&
		    s[i] != '_')
			return (false);
	}
	return (true);
}

static bool
labels_are_good(const char *domain)
{
	size_t len;

	for (;;) {
		len = strcspn(domain, ".");
		if (!label_is_good(domain, len))
			return (false);
		if (domain[len] == '\0')
			return (true);
		domain += len + 1;
	}
}

static bool
is_ascii(const char *s)
{

	for (; *s != '\0'; s++) {
		if ((unsigned char)*s >= 0x80)
			return (false);
	}
	return (true);
}

/* Turn the Unicode domain in ${text} into A-labels in place. */
static int
to_a_labels(char *text, size_t size, int flags)
{
	uint8_t *ascii;
	int result;

	if (idn2_lookup_u8((const uint8_t *)text, &ascii, flags) != IDN2_OK)
		return (-1);
	result = copy_text((char *)ascii, strlen((char *)ascii), text, size);
	idn2_free(ascii);
	return (result);
}

/* Return the length of what is left. */
static size_t
cut_final_dot(char *text)
{
	size_t len = strlen(text);

	if (len > 0 && text[len - 1] == '.')
		text[--len] = '\0';
	return (len);
}

static int
read_domain(const char *s, size_t len, char out[ADDR_DOMAIN_MAX + 1])
{
	char text[UNICODE_MAX + 1];

	if (copy_text(s, len, text, sizeof(text)) == -1)
		return (-1);
	if (!is_ascii(text) && to_a_labels(text, sizeof(text),
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == -1)
		return (-1);
	len = cut_final_dot(text);
	if (!labels_are_good(text))
		return (-1);
	addr_fold(text, len);
	return (copy_text(text, len, out, ADDR_DOMAIN_MAX + 1));
}

/* Turn the valid UTF-8 in ${text} into lower case in place. */
static int
to_lower(char *text, size_t size)
{
	uint8_t *lower;
	size_t len;
	int result;

	if ((lower = u8_tolower((uint8_t *)text, strlen(text), NULL, NULL,
	    NULL, &len)) == NULL)
		return (-1);
	result = copy_text((char *)lower, len, text, size);
	free(lower);
	return (result);
}

static size_t
count_ascii(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += (unsigned char)*s < 0x80;
	return (n);
}

/* Is the text of a good domain another without mapping, or none?  Capitals of
 * ASCII letters that are not ASCII themselves (the Kelvin sign) are none that
 * one writes. */
static bool
is_mapped(const char *s, size_t len, const char *domain)
{
	char text[UNICODE_MAX + 1];
	size_t ascii;

	if (copy_text(s, len, text, sizeof(text)) == -1)
		return (true);
	if (is_ascii(text))
		return (false);
	ascii = count_ascii(text);
	if (to_lower(text, sizeof(text)) == -1 || count_ascii(text) != ascii ||
	    to_a_labels(text, sizeof(text), IDN2_NO_TR46) == -1)
		return (true);
	(void)cut_final_dot(text);
	return (strcmp(text, domain) != 0);
}

int
addr_domain(const char *s, size_t len, char out[ADDR_DOMAIN_MAX + 1])
{

	out[0] = '\0';
	if (len > 1 && s[0] == '[')
		return (read_literal(s, len, out));
	return (read_domain(s, len, out));
}

/* ---- the whole ---- */

static int
read_mailbox(struct reader *r)
{

	if (read_local(r) == -1)
		return (-1);
	if (r->at == r->len)
		return (0);
	if (r->s[r->at] != '@')
		return (-1);
	r->at++;
	if (addr_domain(r->s + r->at, r->len - r->at, r->a->domain) == -1)
		return (-1);
	r->a->mapped = is_mapped(r->s + r->at, r->len - r->at, r->a->domain);
	return (0);
}

enum addr_kind
addr_parse(const char *s, size_t len, struct addr *a)
{
	struct reader r = { .s = s, .len = len, .a = a };

	memset(a, 0, sizeof(*a));
	if (len >= 2 && s[0] == '<' && s[len - 1] == '>') {
		r.s++;
		r.len -= 2;
	}
	if (r.len == 0)
		return (ADDR_NULL);
	if (read_mailbox(&r) == 0)
		return (ADDR_MAILBOX);
	memset(a, 0, sizeof(*a));
	return (ADDR_UNREADABLE);
}

bool
addr_cut_extension(struct addr *a, const char *delimiters)
{
	char *end;

	if (a->local[0] == '\0')
		return (false);
	if ((end = strpbrk(a->local + 1, delimiters)) == NULL)
		return (false);
	*end = '\0';
	return (true);
}

void
addr_key(const char *local, const char *domain, char out[ADDR_KEY_MAX + 1])
{

	snprintf(out, ADDR_KEY_MAX + 1, "%s@%s", local, domain);
}
