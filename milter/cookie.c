#include <string.h>

#include "cookie.h"

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

enum { SID_DIGITS = 3, SIDS = 1 << (4 * SID_DIGITS) };

/* The servers that a cookie names. */
struct sids {
	bool unreadable;		/* a CSN is none */
	unsigned char named[SIDS];
};

static int
hex_digit(unsigned char c)
{

	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	return (-1);
}

static int
sid_number(const struct span *sid)
{
	int n = 0, digit;
	size_t i;

	if (sid->len != SID_DIGITS)
		return (-1);
	for (i = 0; i < SID_DIGITS; i++) {
		if ((digit = hex_digit(sid->s[i])) == -1)
			return (-1);
		n = n * 16 + digit;
	}
	return (n);
}

/* TIME#COUNT#SID#MOD: the number of its server, or -1. */
static int
csn_sid(struct span csn)
{
	enum { FIELDS = 4, SID = 2 };
	struct span fields[FIELDS];
	size_t n = 0;

	while (n < FIELDS && cut(&csn, '#', &fields[n]))
		n++;
	if (n < FIELDS || csn.len > 0)
		return (-1);
	return (sid_number(&fields[SID]));
}

static void
sids_add(struct sids *sids, struct span csns)
{
	struct span csn;
	int sid;

	if (csns.len == 0)
		sids->unreadable = true;
	while (cut(&csns, ';', &csn)) {
		if ((sid = csn_sid(csn)) == -1)
			sids->unreadable = true;
		else
			sids->named[sid] = 1;
	}
}

static void
sids_of(const struct cookie *cookie, struct sids *sids)
{
	static const char csn[] = "csn=";
	const size_t csn_len = sizeof(csn) - 1;
	struct span rest = { cookie->bytes, cookie->len }, part;

	memset(sids, 0, sizeof(*sids));
	while (cut(&rest, ',', &part))
		if (part.len >= csn_len && memcmp(part.s, csn, csn_len) == 0)
			sids_add(sids, (struct span){ part.s + csn_len,
			    part.len - csn_len });
}

bool
cookie_honoured(const struct cookie *sent, const struct cookie *given)
{
	struct sids ours, theirs;

	/* slapd gives one only if there is something new. */
	if (given->len == 0)
		return (true);
	sids_of(sent, &ours);
	sids_of(given, &theirs);
	return (!ours.unreadable && !theirs.unreadable &&
	    memcmp(ours.named, theirs.named, sizeof(ours.named)) == 0);
}
