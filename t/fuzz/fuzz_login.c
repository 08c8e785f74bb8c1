#include "addr.h"
#include "fuzz.h"
#include "login.h"

/*
 * Lines: {auth_authen}, the `v' macro, a realm, a Windows domain, a default
 * realm.  A login that an account may hold is clean and bounded, and so are
 * its forms, each made from the login as given; xtext is undone exactly.
 */

enum { OUT = 512 };

static void
is_clean(const char *s)
{

	must(s[0] != '\0' && strlen(s) <= LOGIN_MAX);
	for (; *s != '\0'; s++)
		must((unsigned char)*s >= 0x20 && *s != 0x7f);
}

/* RFC 3461 section 4; every byte encoded. */
static void
encoded_reads_back(const char *login)
{
	char text[3 * LOGIN_MAX + 1], out[OUT];
	size_t i, n = strlen(login);

	for (i = 0; i < n; i++)
		sprintf(text + 3 * i, "+%02X", (unsigned char)login[i]);
	must(login_read(text, true, out, sizeof(out)));
	must(strcmp(out, login) == 0);
}

static void
read_one(const char *raw, bool xtext, char out[OUT])
{
	char little[8];
	bool usable = login_read(raw, xtext, out, OUT);

	must(login_read(raw, xtext, little, sizeof(little)) == usable);
	must(strncmp(little, out, sizeof(little) - 1) == 0);
	must(strlen(little) < sizeof(little));
	if (usable) {
		is_clean(out);
		encoded_reads_back(out);
	}
	if (!xtext)
		must(strncmp(out, raw, OUT - 1) == 0);
}

static bool
has_form(const struct login_forms *forms, const char *form)
{
	size_t i;

	for (i = 0; i < forms->n; i++)
		if (strcmp(forms->form[i], form) == 0)
			return (true);
	return (false);
}

static void
forms_are_sound(const char *login, const struct login_rules *rules,
    struct login_forms *forms)
{
	char given[LOGIN_MAX + 1];
	size_t i, len;

	login_forms_of(login, rules, forms);
	must(forms->n <= LOGIN_FORMS_MAX);
	if (login_store(login, strlen(login), given) == -1) {
		must(forms->n == 0);
		return;
	}
	must(forms->n > 0 && strcmp(forms->form[0], given) == 0);
	for (i = 0; i < forms->n; i++) {
		is_clean(forms->form[i]);
		must(text_folded(forms->form[i]));
		len = strlen(given);
		must(strstr(given, forms->form[i]) != NULL ||
		    (strncmp(forms->form[i], given, len) == 0 &&
		    forms->form[i][len] == '@' &&
		    strcmp(forms->form[i] + len + 1,
		    rules->default_realm) == 0));
	}
}

/* Each further way to write a stored login leads back to it. */
static void
spellings_lead_back(const char *login, const struct login_rules *rules)
{
	char stored[LOGIN_MAX + 1], spelling[LOGIN_MAX + 1];
	struct login_forms forms;
	size_t i;

	if (login_store(login, strlen(login), stored) == -1)
		return;
	for (i = 0; login_spelling(stored, rules, i, spelling); i++) {
		if (spelling[0] == '\0')
			continue;
		login_forms_of(spelling, rules, &forms);
		must(has_form(&forms, stored));
	}
	must(i == rules->nrealms + rules->ndomains + 1);
}

/* As the configuration keeps it: folded, without what divides it from the
 * login; "" for none. */
static const char *
read_realm(struct input *in, char mark)
{
	char *s = (char *)(uintptr_t)input_line(in);
	char stored[LOGIN_MAX + 1];

	addr_fold(s, strlen(s));
	if (strchr(s, mark) != NULL ||
	    login_store(s, strlen(s), stored) == -1)
		return ("");
	return (s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	const char *raw = input_line(&in);
	const char *version = input_line(&in);
	const char *realm = read_realm(&in, '@');
	const char *domain = read_realm(&in, '\\');
	struct login_rules rules = { &realm, realm[0] != '\0',
	    &domain, domain[0] != '\0', read_realm(&in, '@') };
	struct login_forms forms;
	char plain[OUT], decoded[OUT];

	must(!login_is_xtext(LOGIN_MTA_POSTFIX, version));
	must(login_is_xtext(LOGIN_MTA_SENDMAIL, version));
	must(!login_is_xtext(LOGIN_MTA_AUTO, NULL));
	must(!login_is_xtext(LOGIN_MTA_AUTO, version) ||
	    strncmp(version, "8.", 2) == 0);
	read_one(raw, false, plain);
	read_one(raw, true, decoded);
	forms_are_sound(plain, &rules, &forms);
	forms_are_sound(decoded, &rules, &forms);
	spellings_lead_back(plain, &rules);
	input_end(&in);
	return (0);
}
