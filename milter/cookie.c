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
	RID_LEN = 3,
	CSN_LEN = 40
};

/* By server; NULL: none. */
typedef const unsigned char *csn_list[SIDS];

/* What slapd makes of a cookie; and what was noted in it besides. */
struct reading {
	const unsigned char *rid;	/* RID_LEN digits; NULL: none */
	bool csn;			/* there is a list */
	bool sid;			/* there is one: the next */
	size_t giver;			/* 0 otherwise, as slapd has it */
	bool damaged;			/* what is there does not read */
	csn_list csns;
	csn_list had;
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
read_csn(struct reading *r, csn_list csns, struct span csn)
{
	const unsigned char *whole = csn.s;
	struct span time, count, sid, mod;

	if (cut(&csn, '#', &time) && is_time(&time) &&
	    cut(&csn, '#', &count) && is_hex(&count, 6) &&
	    cut(&csn, '#', &sid) && is_hex(&sid, SID_DIGITS) &&
	    cut(&csn, '#', &mod) && is_hex(&mod, 6) && csn.len == 0)
		csns[hex_number(&sid)] = whole;
	else
		r->damaged = true;
}

static void
read_list(struct reading *r, csn_list csns, struct span list)
{
	struct span csn;

	if (list.len == 0)
		r->damaged = true;
	while (cut(&list, ';', &csn))
		read_csn(r, csns, csn);
}

static void
read_csns(struct reading *r, struct span list)
{

	r->csn = true;
	read_list(r, r->csns, list);
}

static void
read_had(struct reading *r, struct span list)
{

	read_list(r, r->had, list);
}

/* slapd reads nothing of a cookie without one. */
static void
read_rid(struct reading *r, struct span rid)
{

	r->rid = rid.s;
	if (rid.len != RID_LEN || !all_digits(&rid, DECIMAL))
		r->damaged = true;
}

/* The server that gave it; that says nothing about what it knows. */
static void
read_sid(struct reading *r, struct span sid)
{

	r->sid = is_hex(&sid, SID_DIGITS);
	if (r->sid)
		r->giver = hex_number(&sid);
	else
		r->damaged = true;
}

static const struct {
	const char *name;
	void (*read)(struct reading *, struct span);
} parts[] = {
	{ "rid=", read_rid },
	{ "sid=", read_sid },
	{ "csn=", read_csns },
	{ "had=", read_had }
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

	return (r->rid != NULL && r->csn && !r->damaged);
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
static bool
newer(const unsigned char *csn, const unsigned char *than)
{

	return (csn != NULL && (than == NULL ||
	    memcmp(csn, than, CSN_LEN) > 0));
}

/* A server that we had nothing of need not be told. */
bool
cookie_behind(const struct cookie *sent, const struct cookie *given)
{
	struct reading ours, theirs;
	int i;

	read_cookie(&ours, sent);
	read_cookie(&theirs, given->len > 0 ? given : sent);
	for (i = 0; i < SIDS; i++)
		if (newer(ours.had[i], theirs.csns[i]) ||
		    (theirs.csns[i] != NULL &&
		    newer(ours.csns[i], theirs.csns[i])))
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

static bool
is_note(const struct span *part)
{

	return (part->len >= NAME && (memcmp(part->s, "sid=", NAME) == 0 ||
	    memcmp(part->s, "had=", NAME) == 0));
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
		if (is_note(&part))
			continue;
		if (out->len > 0)
			out->bytes[out->len++] = ',';
		memcpy(out->bytes + out->len, part.s, part.len);
		out->len += part.len;
	}
}

/* ---- the two in one ------------------------------------------------------ */

/* Of length COOKIE_MAX + 1 when it is full. */
static void
put_bytes(struct cookie *out, const void *bytes, size_t len)
{

	if (out->len > COOKIE_MAX || len > COOKIE_MAX - out->len) {
		out->len = COOKIE_MAX + 1;
		return;
	}
	memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
}

static void
put_list(struct cookie *out, const char *name, csn_list csns)
{
	const char *before = name;
	int i;

	for (i = 0; i < SIDS; i++) {
		if (csns[i] == NULL)
			continue;
		put_bytes(out, before, strlen(before));
		put_bytes(out, csns[i], CSN_LEN);
		before = ";";
	}
}

static void
put_reading(struct cookie *out, struct reading *r)
{

	out->len = 0;
	put_bytes(out, "rid=", NAME);
	put_bytes(out, r->rid, RID_LEN);
	put_list(out, ",csn=", r->csns);
	put_list(out, ",had=", r->had);
	if (out->len > COOKIE_MAX)
		out->len = 0;
}

/* Only of its own changes does a server know in what order it tells them. */
static void
merge(struct reading *ours, const struct reading *theirs)
{
	size_t i;

	if (newer(theirs->csns[theirs->giver], ours->csns[theirs->giver]))
		ours->csns[theirs->giver] = theirs->csns[theirs->giver];
	for (i = 0; i < SIDS; i++) {
		if (newer(theirs->csns[i], ours->had[i]))
			ours->had[i] = theirs->csns[i];
		if (!newer(ours->had[i], ours->csns[i]))
			ours->had[i] = NULL;
	}
}

void
cookie_merge(struct cookie *cookie, const struct cookie *given)
{
	struct reading ours, theirs;
	struct cookie out;

	read_cookie(&ours, cookie);
	read_cookie(&theirs, given);
	if (sound(&ours) && theirs.rid != NULL && !theirs.damaged &&
	    (theirs.csn || theirs.sid)) {
		merge(&ours, &theirs);
		put_reading(&out, &ours);
		*cookie = out;
	} else {
		*cookie = *given;
	}
}
