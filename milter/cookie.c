#include <stdint.h>
#include <string.h>

#include "cookie.h"
#include "when.h"

void
cookie_set(struct cookie *cookie, const void *bytes, size_t len)
{

	cookie->len = 0;
	if (len == 0 || len > COOKIE_MAX)
		return;
	memcpy(cookie->bytes, bytes, len);
	cookie->len = len;
}

bool
cookie_equal(const struct cookie *a, const struct cookie *b)
{

	return (a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0);
}

/* ---- slapd's cookies ---------------------------------------------------- */

/* Bytes of a cookie, without a NUL at the end. */
struct span {
	const unsigned char *s;
	size_t len;
};

/*
 * Cut off what comes before the next ${by}.  False when nothing is left; an
 * empty piece at the very end is not told.
 */
static bool
cut(struct span *rest, unsigned char by, struct span *piece)
{
	const unsigned char *end;

	if (rest->len == 0)
		return (false);
	*piece = *rest;
	if ((end = memchr(rest->s, by, rest->len)) != NULL)
		piece->len = (size_t)(end - rest->s);
	rest->s += piece->len;
	rest->len -= piece->len;
	if (end != NULL) {
		rest->s++;
		rest->len--;
	}
	return (true);
}

enum {
	SID_DIGITS = 3,
	SIDS = 1 << (4 * SID_DIGITS),
	CSN_LEN = 40
};

/* What slapd makes of a cookie. */
struct reading {
	bool rid, csn;			/* these are there */
	bool damaged;			/* one that is there does not read */
	const unsigned char *csns[SIDS];	/* by server; NULL: none */
};

static bool
all_digits(const struct span *span, const char *digits)
{
	size_t i;

	for (i = 0; i < span->len; i++)
		if (span->s[i] == '\0' ||
		    strchr(digits, span->s[i]) == NULL)
			return (false);
	return (true);
}

#define DECIMAL	"0123456789"
#define HEX	DECIMAL "abcdefABCDEF"

static bool
is_hex(const struct span *span, size_t len)
{

	return (span->len == len && all_digits(span, HEX));
}

static int
hex_digit(unsigned char c)
{

	if (c <= '9')
		return (c - '0');
	return ((c | 0x20) - 'a' + 10);
}

static size_t
hex_number(const struct span *hex)
{
	size_t i, n = 0;

	for (i = 0; i < hex->len; i++)
		n = n * 16 + (size_t)hex_digit(hex->s[i]);
	return (n);
}

/* 20270115120000.000000Z */
static bool
is_time(const struct span *time)
{
	int64_t t;

	return (time->len == 22 && time->s[14] == '.' && time->s[21] == 'Z' &&
	    when_generalized((const char *)time->s, time->len, &t) == 0);
}

/* TIME#COUNT#SID#MOD */
static void
read_csn(struct reading *r, struct span csn)
{
	const unsigned char *whole = csn.s;
	struct span time, count, sid, mod;

	if (cut(&csn, '#', &time) && is_time(&time) &&
	    cut(&csn, '#', &count) && is_hex(&count, 6) &&
	    cut(&csn, '#', &sid) && is_hex(&sid, SID_DIGITS) &&
	    cut(&csn, '#', &mod) && is_hex(&mod, 6) && csn.len == 0)
		r->csns[hex_number(&sid)] = whole;
	else
		r->damaged = true;
}

static void
read_csns(struct reading *r, struct span csns)
{
	struct span csn;

	r->csn = true;
	if (csns.len == 0)
		r->damaged = true;
	while (cut(&csns, ';', &csn))
		read_csn(r, csn);
}

/* slapd reads nothing of a cookie without one. */
static void
read_rid(struct reading *r, struct span rid)
{

	r->rid = true;
	if (rid.len != 3 || !all_digits(&rid, DECIMAL))
		r->damaged = true;
}

/* The server that gave it; that says nothing about what it knows. */
static void
read_sid(struct reading *r, struct span sid)
{

	if (!is_hex(&sid, SID_DIGITS))
		r->damaged = true;
}

static const struct {
	const char *name;
	void (*read)(struct reading *, struct span);
} parts[] = {
	{ "rid=", read_rid },
	{ "sid=", read_sid },
	{ "csn=", read_csns }
};
enum { NAME = 4, PARTS = sizeof(parts) / sizeof(*parts) };

/* A part of another name ("delcsn=") is none of ours, nor of slapd's. */
static void
read_part(struct reading *r, const struct span *part)
{
	size_t i;

	if (part->len < NAME)
		return;
	for (i = 0; i < PARTS; i++)
		if (memcmp(part->s, parts[i].name, NAME) == 0)
			parts[i].read(r, (struct span){ part->s + NAME,
			    part->len - NAME });
}

static void
read_cookie(struct reading *r, const struct cookie *cookie)
{
	struct span rest = { cookie->bytes, cookie->len }, part;

	memset(r, 0, sizeof(*r));
	while (cut(&rest, ',', &part))
		read_part(r, &part);
}

static bool
sound(const struct reading *r)
{

	return (r->rid && r->csn && !r->damaged);
}

static bool
same_servers(const struct reading *a, const struct reading *b)
{
	int i;

	for (i = 0; i < SIDS; i++)
		if ((a->csns[i] == NULL) != (b->csns[i] == NULL))
			return (false);
	return (true);
}

bool
cookie_honoured(const struct cookie *sent, const struct cookie *given)
{
	struct reading ours, theirs;

	read_cookie(&ours, sent);
	if (given->len == 0)
		return (sound(&ours));
	read_cookie(&theirs, given);
	if (!ours.csn && !theirs.csn)
		return (true);
	return (sound(&ours) && sound(&theirs) && same_servers(&ours,
	    &theirs));
}

/* CSNs are of one length, and sort as text. */
bool
cookie_behind(const struct cookie *sent, const struct cookie *given)
{
	struct reading ours, theirs;
	int i;

	read_cookie(&ours, sent);
	read_cookie(&theirs, given);
	for (i = 0; i < SIDS; i++)
		if (ours.csns[i] != NULL && theirs.csns[i] != NULL &&
		    memcmp(theirs.csns[i], ours.csns[i], CSN_LEN) < 0)
			return (true);
	return (false);
}

bool
cookie_has_csn(const struct cookie *cookie)
{
	struct reading r;

	read_cookie(&r, cookie);
	return (r.csn);
}

void
cookie_anonymous(const struct cookie *cookie, struct cookie *out)
{
	struct span rest = { cookie->bytes, cookie->len }, part;

	if (cookie->len < NAME || memcmp(cookie->bytes, "rid=", NAME) != 0) {
		*out = *cookie;
		return;
	}
	out->len = 0;
	while (cut(&rest, ',', &part)) {
		if (part.len >= NAME && memcmp(part.s, "sid=", NAME) == 0)
			continue;
		if (out->len > 0)
			out->bytes[out->len++] = ',';
		memcpy(out->bytes + out->len, part.s, part.len);
		out->len += part.len;
	}
}
