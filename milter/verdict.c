#include <string.h>

#include "verdict.h"

static const struct {
	const char *name;
	char class;		/* of its reply codes; 0: never refuses */
} reasons[REASONS] = {
	[REASON_NOT_SMTP] = { "not-smtp", 0 },
	[REASON_LOCAL_RECIPIENT] = { "local-recipient", 0 },
	[REASON_ACCOUNT] = { "account", 0 },
	[REASON_NETWORK] = { "network", 0 },
	[REASON_AUTH_REQUIRED] = { "auth-required", '5' },
	[REASON_SENDER_NOT_OWNED] = { "sender-not-owned", '5' },
	[REASON_ACCOUNT_UNKNOWN] = { "account-unknown", '5' },
	[REASON_ACCOUNT_DENIED] = { "account-denied", '5' },
	[REASON_ACCOUNT_EXPIRED] = { "account-expired", '5' },
	[REASON_ACCOUNT_RECIPIENT] = { "account-recipient", '5' },
	[REASON_ACCOUNT_NETWORK] = { "account-network", '5' },
	[REASON_NETWORK_DENIED] = { "network-denied", '5' },
	[REASON_NETWORK_SENDER] = { "network-sender", '5' },
	[REASON_NETWORK_RECIPIENT] = { "network-recipient", '5' },
	[REASON_ACCOUNT_AMBIGUOUS] = { "account-ambiguous", '4' },
	[REASON_DIRECTORY_UNAVAILABLE] = { "directory-unavailable", '4' }
};

static const char *const words[VERDICT_WORDS] = {
	[VERDICT_PASS] = "pass",
	[VERDICT_PERMIT] = "permit",
	[VERDICT_REJECT] = "reject",
	[VERDICT_TEMPFAIL] = "tempfail",
	[VERDICT_WOULD_REJECT] = "would-reject"
};

const char *
verdict_word(enum verdict_word word)
{

	return (words[word]);
}

const char *
verdict_reason(enum reason reason)
{

	return (reasons[reason].name);
}

int
verdict_reason_find(const char *name)
{
	int i;

	for (i = 0; i < REASONS; i++) {
		if (strcmp(reasons[i].name, name) == 0)
			return (i);
	}
	return (-1);
}

bool
verdict_refuses(enum reason reason)
{

	return (reasons[reason].class != 0);
}

char
verdict_class(enum reason reason)
{

	return (reasons[reason].class);
}
