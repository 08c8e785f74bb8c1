#include "suite.h"
#include "verdict.h"

/* Spec section 6. */
static const struct {
	const char *name;
	enum reason reason;
	char class;
} reasons[] = {
	{ "not-smtp", REASON_NOT_SMTP, 0 },
	{ "local-recipient", REASON_LOCAL_RECIPIENT, 0 },
	{ "account", REASON_ACCOUNT, 0 },
	{ "network", REASON_NETWORK, 0 },
	{ "auth-required", REASON_AUTH_REQUIRED, '5' },
	{ "sender-not-owned", REASON_SENDER_NOT_OWNED, '5' },
	{ "account-unknown", REASON_ACCOUNT_UNKNOWN, '5' },
	{ "account-denied", REASON_ACCOUNT_DENIED, '5' },
	{ "account-expired", REASON_ACCOUNT_EXPIRED, '5' },
	{ "account-recipient", REASON_ACCOUNT_RECIPIENT, '5' },
	{ "account-network", REASON_ACCOUNT_NETWORK, '5' },
	{ "network-denied", REASON_NETWORK_DENIED, '5' },
	{ "network-sender", REASON_NETWORK_SENDER, '5' },
	{ "network-recipient", REASON_NETWORK_RECIPIENT, '5' },
	{ "account-ambiguous", REASON_ACCOUNT_AMBIGUOUS, '4' },
	{ "directory-unavailable", REASON_DIRECTORY_UNAVAILABLE, '4' }
};

START_TEST(names_the_reasons)
{

	ck_assert_str_eq(verdict_reason(reasons[_i].reason), reasons[_i].name);
	ck_assert_int_eq(verdict_reason_find(reasons[_i].name),
	    (int)reasons[_i].reason);
	ck_assert_int_eq(verdict_refuses(reasons[_i].reason),
	    reasons[_i].class != 0);
	ck_assert_int_eq(verdict_class(reasons[_i].reason),
	    reasons[_i].class);
}
END_TEST

START_TEST(names_the_words)
{

	ck_assert_str_eq(verdict_word(VERDICT_PASS), "pass");
	ck_assert_str_eq(verdict_word(VERDICT_PERMIT), "permit");
	ck_assert_str_eq(verdict_word(VERDICT_REJECT), "reject");
	ck_assert_str_eq(verdict_word(VERDICT_TEMPFAIL), "tempfail");
	ck_assert_str_eq(verdict_word(VERDICT_WOULD_REJECT), "would-reject");
	ck_assert_int_eq(ROWS(reasons), REASONS);
	ck_assert_int_eq(verdict_reason_find("no-such-reason"), -1);
	ck_assert_int_eq(verdict_reason_find(""), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("verdict");

	suite_rows(s, names_the_reasons, ROWS(reasons));
	suite_one(s, names_the_words);
	return (suite_run(s));
}
