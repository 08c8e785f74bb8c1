#ifndef LOGIN_H
#define LOGIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * login: who signed in, as {auth_authen} says it, and the forms under which
 * accounts may hold it (spec 4.1).
 *
 * Pure functions; any thread.
 */

enum {
	LOGIN_MAX = 255,	/* bytes; a longer one is no account's */
	LOGIN_FORMS_MAX = 4
};

enum login_mta { LOGIN_MTA_AUTO, LOGIN_MTA_POSTFIX, LOGIN_MTA_SENDMAIL };

struct login_rules {
	const char *const *realms;	/* folded; "EXAMPLE.COM" of joe@… */
	size_t nrealms;
	const char *const *domains;	/* folded; "CORP" of CORP\joe */
	size_t ndomains;
	const char *default_realm;	/* folded; "" = none */
};

/* The forms of one login in the order of lookup; each folded, none twice. */
struct login_forms {
	size_t n;
	char form[LOGIN_FORMS_MAX][LOGIN_MAX + 1];
};

/**
 * login_is_xtext(mta, version):
 * Is {auth_authen} xtext-encoded (RFC 3461 section 4)?  ${version} is the MTA's
 * `v' macro or NULL: Sendmail's begins with "8." and a digit.
 */
bool login_is_xtext(enum login_mta, const char *);

/**
 * login_read(raw, xtext, out, size):
 * Write the login that {auth_authen} ${raw} means to ${out}, cut to ${size};
 * for a malformed one the raw text.  Return true if an account may hold it:
 * well-formed xtext, 1-LOGIN_MAX bytes, no NUL, no control (0x01-0x1f, 0x7f).
 */
bool login_read(const char *, bool, char *, size_t);

/**
 * login_store(s, len, out):
 * The form under which an account's login ${s} is kept and compared: A-Z
 * folded.  Return 0, or -1 if no login can be like that (same limits).
 */
int login_store(const char *, size_t, char[LOGIN_MAX + 1]);

/**
 * login_forms_of(login, rules, forms):
 * As given; without @realm if the realm is listed; without DOMAIN\ if that is
 * listed; with @default_realm if it has no @.  Each is made from the login
 * as given.  An empty form, or one that is too long, is left out.
 */
void login_forms_of(const char *, const struct login_rules *,
    struct login_forms *);

/**
 * login_spelling(stored, rules, i, out):
 * The other way round: the ${i}th further way to write the login ${stored} of
 * an account so that login_forms_of finds it: with each realm, with each
 * domain, without the default realm.  ${out} is "" where there is none.
 * Return false when ${i} is beyond them.
 */
bool login_spelling(const char *, const struct login_rules *, size_t,
    char[LOGIN_MAX + 1]);

#endif /* !LOGIN_H */
