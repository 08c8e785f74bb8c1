#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "login.h"

static bool
is_control(unsigned char c)
{

	return (c < 0x20 || c == 0x7f);
}

bool
login_is_xtext(enum login_mta mta, const char *version)
{

	switch (mta) {
	case LOGIN_MTA_POSTFIX:
		return (false);
	case LOGIN_MTA_SENDMAIL:
		return (true);
	case LOGIN_MTA_AUTO:
		break;
	}
	return (version != NULL && strncmp(version, "8.", 2) == 0 &&
	    version[2] >= '0' && version[2] <= '9');
}

static int
hex_digit(char c)
{

	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	return (-1);
}

/*
 * Read one xchar or hexchar (RFC 3461 section 4) and step over it.  Return
 * the byte, or -1.  RFC 3461 wants "=" and lower-case digits encoded too; that
 * they are not leaves no doubt what is meant.
 */
static int
xtext_byte(const char **s)
{
	const char *at = *s;
	int high, low;

	if (*at < 0x21 || *at > 0x7e)
		return (-1);
	if (*at != '+') {
		*s = at + 1;
		return (*at);
	}
	if ((high = hex_digit(at[1])) == -1 || (low = hex_digit(at[2])) == -1)
		return (-1);
	*s = at + 3;
	return (high * 16 + low);
}

/*
 * Decode ${s} into ${out}, cut to ${size}.  Return the whole length, or -1 if
 * it is malformed, which a NUL counts as.
 */
static long
xtext_decode(const char *s, char *out, size_t size)
{
	size_t len = 0;
	int c;

	for (; *s != '\0'; len++) {
		if ((c = xtext_byte(&s)) <= 0)
			return (-1);
		if (len + 1 < size)
			out[len] = (char)c;
	}
	out[len < size ? len : size - 1] = '\0';
	return ((long)len);
}

static bool
has_control(const char *s)
{

	for (; *s != '\0'; s++) {
		if (is_control((unsigned char)*s))
			return (true);
	}
	return (false);
}

bool
login_read(const char *raw, bool xtext, char *out, size_t size)
{
	char login[LOGIN_MAX + 1];
	long len;

	if (xtext && (len = xtext_decode(raw, login, sizeof(login))) != -1) {
		xtext_decode(raw, out, size);
		return (len >= 1 && len <= LOGIN_MAX && !has_control(login));
	}
	snprintf(out, size, "%s", raw);
	return (!xtext && raw[0] != '\0' && strlen(raw) <= LOGIN_MAX &&
	    !has_control(raw));
}

int
login_store(const char *s, size_t len, char out[LOGIN_MAX + 1])
{
	size_t i;

	if (len < 1 || len > LOGIN_MAX)
		return (-1);
	for (i = 0; i < len; i++) {
		if (is_control((unsigned char)s[i]))
			return (-1);
	}
	memcpy(out, s, len);
	out[len] = '\0';
	addr_fold(out, len);
	return (0);
}

static bool
listed(const char *s, size_t len, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strlen(list[i]) == len && memcmp(list[i], s, len) == 0)
			return (true);
	}
	return (false);
}

/* Add a form unless it is empty, too long or there already. */
static void
add_form(struct login_forms *forms, const char *s, size_t len)
{
	size_t i;

	if (login_store(s, len, forms->form[forms->n]) == -1)
		return;
	for (i = 0; i < forms->n; i++) {
		if (strcmp(forms->form[i], forms->form[forms->n]) == 0)
			return;
	}
	forms->n++;
}

void
login_forms_of(const char *login, const struct login_rules *rules,
    struct login_forms *forms)
{
	char given[LOGIN_MAX + 1];
	char with_realm[2 * LOGIN_MAX + 2];
	const char *at, *backslash;

	memset(forms, 0, sizeof(*forms));
	if (login_store(login, strlen(login), given) == -1)
		return;
	add_form(forms, given, strlen(given));
	at = strrchr(given, '@');
	if (at != NULL && listed(at + 1, strlen(at + 1), rules->realms,
	    rules->nrealms))
		add_form(forms, given, (size_t)(at - given));
	backslash = strchr(given, '\\');
	if (backslash != NULL && listed(given, (size_t)(backslash - given),
	    rules->domains, rules->ndomains))
		add_form(forms, backslash + 1, strlen(backslash + 1));
	if (at == NULL && rules->default_realm[0] != '\0') {
		snprintf(with_realm, sizeof(with_realm), "%s@%s", given,
		    rules->default_realm);
		add_form(forms, with_realm, strlen(with_realm));
	}
}

/* "" if it is too long to be a login. */
static void
spell(const char *before, const char *s, const char *after,
    char out[LOGIN_MAX + 1])
{
	int len = snprintf(out, LOGIN_MAX + 1, "%s%s%s", before, s, after);

	if (len < 0 || len > LOGIN_MAX)
		out[0] = '\0';
}

/* joe@realm, as which joe is found too. */
static void
spell_realm(const char *stored, const char *realm, char out[LOGIN_MAX + 1])
{
	char at_realm[LOGIN_MAX + 2];

	snprintf(at_realm, sizeof(at_realm), "@%s", realm);
	spell("", stored, at_realm, out);
}

/* DOMAIN\joe, as which joe is found too. */
static void
spell_domain(const char *stored, const char *domain, char out[LOGIN_MAX + 1])
{
	char before[LOGIN_MAX + 2];

	snprintf(before, sizeof(before), "%s\\", domain);
	spell(before, stored, "", out);
}

/* joe, as which joe@default_realm is found too; nothing is put behind what has
 * an @. */
static void
spell_short(const char *stored, const struct login_rules *rules,
    char out[LOGIN_MAX + 1])
{
	const char *at = strchr(stored, '@');

	out[0] = '\0';
	if (at == NULL || rules->default_realm[0] == '\0' ||
	    strcmp(at + 1, rules->default_realm) != 0)
		return;
	memcpy(out, stored, (size_t)(at - stored));
	out[at - stored] = '\0';
}

bool
login_spelling(const char *stored, const struct login_rules *rules, size_t i,
    char out[LOGIN_MAX + 1])
{

	if (i < rules->nrealms)
		spell_realm(stored, rules->realms[i], out);
	else if (i - rules->nrealms < rules->ndomains)
		spell_domain(stored, rules->domains[i - rules->nrealms], out);
	else if (i == rules->nrealms + rules->ndomains)
		spell_short(stored, rules, out);
	else
		return (false);
	return (true);
}
