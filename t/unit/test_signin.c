#include "signin.h"
#include "suite.h"
#include "view_array.h"

/* Accounts of a login, and the overrides; the decision about them is in
 * test_policy_account. */

static const char *const realms[] = { "example.com" };
static const char *const domains[] = { "corp" };
static const struct login_rules rules = {
	.realms = realms,
	.nrealms = 1,
	.domains = domains,
	.ndomains = 1,
	.default_realm = "example.org"
};

static const struct row {
	const char *label;
	const char *policy;
	const char *login;
	bool usable;
	const char *accounts;	/* DNs, joined by spaces */
	const char *denied;	/* the override's DN; "" = none */
	const char *trace;
} rows[] = {
	{ "nobody", "", "joe", true, "", "", "No account has the login joe" },
	{ "one", "account a login=joe", "joe", true, "a", "",
	    "a has the login joe" },
	{ "two", "account a login=joe; account b login=joe", "joe", true,
	    "a b", "", "b has the login joe" },
	{ "the first form that any account has",
	    "account a login=joe; account b login=joe@example.org", "joe",
	    true, "a", "", NULL },
	{ "a later form", "account b login=joe@example.org", "joe", true,
	    "b", "", NULL },
	{ "without its realm", "account a login=joe", "joe@example.com", true,
	    "a", "", NULL },
	{ "not usable", "account a login=joe; deny d login=joe", "joe",
	    false, "", "", NULL },
	{ "override by login", "account a login=joe; deny d login=joe",
	    "joe", true, "a", "d", "override d denies" },
	{ "override by another form",
	    "account a login=joe; deny d login=joe@example.com",
	    "joe@example.com", true, "a", "d", NULL },
	{ "override by DN", "account a login=joe; deny a", "joe", true, "a",
	    "a", NULL },
	{ "override by another login of the account",
	    "account a login=joe login=j; deny d login=j", "joe", true, "a",
	    "d", NULL },
	{ "override by its login with a realm",
	    "account a login=joe; deny d login=joe@example.com", "joe",
	    true, "a", "d", NULL },
	{ "override by its login without the default realm",
	    "account a login=joe@example.org; deny d login=joe",
	    "joe@example.org", true, "a", "d", NULL },
	{ "override by its login with a Windows domain",
	    "account a login=joe; deny d login=corp\\joe", "joe", true, "a",
	    "d", NULL },
	{ "override by a login with a realm that is not listed",
	    "account a login=joe; deny d login=joe@example.net", "joe", true,
	    "a", "", NULL },
	{ "override by the first of its logins",
	    "account a login=j login=joe; deny d login=j", "joe", true, "a",
	    "d", NULL },
	{ "override of an ambiguous login", "account a login=joe; "
	    "account b login=joe; deny d login=joe", "joe", true, "a b", "d",
	    NULL },
	{ "override by DN of an ambiguous login's account",
	    "account a login=joe; account b login=joe; deny b", "joe", true,
	    "a b", "", NULL },
	{ "override not in force", "account a login=joe; "
	    "deny d login=joe until=1000; deny e login=joe from=1001", "joe",
	    true, "a", "", NULL },
	{ "override in force", "account a login=joe; "
	    "deny d login=joe until=1000; deny e login=joe until=1001",
	    "joe", true, "a", "e", NULL }
};

static void
check_accounts(const struct row *row, const struct signin *s)
{
	char is[64] = "";
	size_t i;

	for (i = 0; i < s->accounts.n; i++) {
		if (i > 0)
			strcat(is, " ");
		strcat(is, s->accounts.v[i]->dn);
	}
	ck_assert_msg(strcmp(is, row->accounts) == 0, "%s: %s", row->label,
	    is);
	ck_assert_msg((s->account != NULL) == (s->accounts.n == 1), "%s",
	    row->label);
}

START_TEST(finds_accounts_and_overrides)
{
	const struct row *row = &rows[_i];
	struct array_view a;
	struct signin s;
	struct trace trace;
	const char *dn = "";
	bool told = row->trace == NULL;
	enum found found;
	size_t i;

	array_begin(&a, row->policy);
	trace_init(&trace);
	found = signin_find(&a.view, &rules, row->login, row->usable, &s,
	    &trace);
	ck_assert_int_eq(found, row->accounts[0] != '\0' ? FOUND : ABSENT);
	check_accounts(row, &s);
	found = signin_denied(&a.view, &rules, &s, 1000, &dn, &trace);
	ck_assert_int_eq(found, row->denied[0] != '\0' ? FOUND : ABSENT);
	ck_assert_msg(strcmp(dn, row->denied) == 0, "%s: %s", row->label, dn);
	for (i = 0; i < trace.n; i++)
		told = told || strstr(trace.steps[i].text, row->trace) != NULL;
	ck_assert_msg(told, "%s: trace", row->label);
	array_end(&a);
}
END_TEST

START_TEST(keeps_later)
{
	const struct row *row = &rows[_i];
	struct array_view a;
	struct signin s;
	const char *dn = "";
	int at, lookups;

	array_begin(&a, row->policy);
	signin_find(&a.view, &rules, row->login, row->usable, &s, NULL);
	lookups = a.lookups;
	for (at = 1; at <= lookups; at++) {
		a.lookups = 0;
		a.later_at = at;
		ck_assert_msg(signin_find(&a.view, &rules, row->login,
		    row->usable, &s, NULL) == LATER, "%s", row->label);
		ck_assert_uint_eq(s.accounts.n, 0);
		ck_assert_ptr_null(s.account);
	}
	a.later_at = 0;
	signin_find(&a.view, &rules, row->login, row->usable, &s, NULL);
	a.lookups = 0;
	signin_denied(&a.view, &rules, &s, 1000, &dn, NULL);
	lookups = a.lookups;
	for (at = 1; at <= lookups; at++) {
		a.lookups = 0;
		a.later_at = at;
		ck_assert_msg(signin_denied(&a.view, &rules, &s, 1000, &dn,
		    NULL) == LATER, "%s", row->label);
	}
	array_end(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("signin");

	suite_rows(s, finds_accounts_and_overrides, ROWS(rows));
	suite_rows(s, keeps_later, ROWS(rows));
	return (suite_run(s));
}
