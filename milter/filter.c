#include <stdbool.h>
#include <string.h>

#include "filter.h"

enum { DEPTH_MAX = 64 };

#define LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

/* The readers of parts move *${at} behind their part and return NULL, or say
 * what is wrong.  The numbers are sections of RFC 4515 and RFC 4512. */

/* ---- attributes and matching rules ------------------------------------ */

/* 4512 1.4: number 1*( "." number ), without leading zeros. */
static bool
skip_numericoid(const char **at)
{
	size_t digits, parts = 0;
	const char *p = *at;

	for (;; p++) {
		digits = strspn(p, DIGITS);
		if (digits == 0 || (p[0] == '0' && digits > 1))
			return (false);
		parts++;
		p += digits;
		if (*p != '.')
			break;
	}
	*at = p;
	return (parts > 1);
}

/* 4512 1.4: a short name or a numeric OID. */
static bool
skip_oid(const char **at)
{

	if (strspn(*at, LETTERS) == 0)
		return (skip_numericoid(at));
	*at += strspn(*at, LETTERS DIGITS "-");
	return (true);
}

/* 4512 2.5: an attribute's name with its options. */
static const char *
read_attribute(const char **at)
{
	size_t len;

	if (!skip_oid(at))
		return ("an attribute's name must stand behind a (");
	while (**at == ';') {
		len = strspn(*at + 1, LETTERS DIGITS "-");
		if (len == 0)
			return ("an attribute's option must stand behind a ;");
		*at += 1 + len;
	}
	return (NULL);
}

/* ---- values ----------------------------------------------------------- */

static bool
escape_at(const char *p)
{

	return (strspn(p + 1, DIGITS "abcdefABCDEF") >= 2);
}

/* 3: valueencoding, up to what ends it.  With ${stars} also what stands
 * between them, never empty (RFC 4517 3.3.30). */
static const char *
read_value(const char **at, bool stars)
{
	const char *p = *at;

	for (; *p != '\0' && *p != ')'; p++) {
		if (*p == '(')
			return ("a ( in a value must be written \\28");
		if (*p == '\\' && !escape_at(p))
			return ("a \\ must be followed by two hexadecimal "
			    "digits; itself it is written \\5c");
		if (*p == '*' && !stars)
			return ("a * that is not behind a bare = must be "
			    "written \\2a");
		if (*p == '*' && p[1] == '*')
			return ("two * stand side by side");
		if (*p == '\\')
			p += 2;
	}
	*at = p;
	return (NULL);
}

/* 3: extensible, from its first colon on.  A rule or an attribute must be
 * there. */
static const char *
read_extensible(const char **at, bool named)
{
	const char *p = *at;

	if ((p[1] | 0x20) == 'd' && (p[2] | 0x20) == 'n' && p[3] == ':')
		p += 3;
	if (p[1] != '=') {
		p++;
		if (!skip_oid(&p))
			return ("a matching rule or = must stand behind a :");
		named = true;
	}
	if (p[0] != ':' || p[1] != '=')
		return (":= must stand before the value for a matching rule");
	if (!named)
		return ("it must name an attribute or a matching rule before "
		    "the :=");
	*at = p + 2;
	return (read_value(at, false));
}

/* 3: simple, present, substring or extensible. */
static const char *
read_item(const char **at)
{
	const char *wrong;

	if (**at == ':')
		return (read_extensible(at, false));
	if ((wrong = read_attribute(at)) != NULL)
		return (wrong);
	switch (**at) {
	case ':':
		return (read_extensible(at, true));
	case '=':
		++*at;
		return (read_value(at, true));
	case '~':
	case '<':
	case '>':
		if ((*at)[1] == '=') {
			*at += 2;
			return (read_value(at, false));
		}
	}
	return ("=, ~=, >=, <= or := must follow an attribute's name");
}

/* ---- filters ---------------------------------------------------------- */

static const char *read_filter(const char **, unsigned);

/* 3: filterlist; RFC 4526: none at all is true of &, false of |. */
static const char *
read_list(const char **at, unsigned depth)
{
	const char *wrong = NULL;

	while (wrong == NULL && **at == '(')
		wrong = read_filter(at, depth);
	return (wrong);
}

static const char *
read_component(const char **at, unsigned depth)
{

	switch (**at) {
	case '&':
	case '|':
		++*at;
		return (read_list(at, depth));
	case '!':
		++*at;
		return (read_filter(at, depth));
	}
	return (read_item(at));
}

/* Recursion ends at DEPTH_MAX. */
static const char *
read_filter(const char **at, unsigned depth)
{
	const char *wrong;

	if (**at != '(')
		return ("each filter must stand in parentheses, without "
		    "spaces around them");
	if (depth == DEPTH_MAX)
		return ("it is nested too deep");
	++*at;
	if ((wrong = read_component(at, depth + 1)) != NULL)
		return (wrong);
	if (**at == '\0')
		return ("a parenthesis is missing at its end");
	if (**at != ')')
		return ("only filters in parentheses may stand behind & and "
		    "|, and just one behind !");
	++*at;
	return (NULL);
}

const char *
filter_wrong(const char *text)
{
	const char *wrong = read_filter(&text, 0);

	if (wrong == NULL && *text != '\0')
		return ("something stands behind its last parenthesis");
	return (wrong);
}

const char *
filter_or(struct arena *arena, const char *const *filters, size_t n)
{
	size_t i, len, size = sizeof("(|)");
	char *all, *end;

	if (n == 1)
		return (arena_strdup(arena, filters[0]));
	for (i = 0; i < n; i++)
		size += strlen(filters[i]);
	if ((all = arena_alloc(arena, size)) == NULL)
		return (NULL);
	memcpy(all, "(|", 2);
	end = all + 2;
	for (i = 0; i < n; i++) {
		len = strlen(filters[i]);
		memcpy(end, filters[i], len);
		end += len;
	}
	*end = ')';
	return (all);
}
