#include <string.h>

#include "model.h"

bool
texts_have(const struct texts *texts, const char *s)
{
	size_t i;

	for (i = 0; i < texts->n; i++) {
		if (strcmp(texts->v[i], s) == 0)
			return (true);
	}
	return (false);
}

const char *
kind_name(enum kind kind)
{
	static const char *const names[KINDS] = {
		[KIND_ACCOUNT] = "account",
		[KIND_NETWORK] = "network",
		[KIND_DOMAIN] = "domain",
		[KIND_GROUP] = "group",
		[KIND_DENY] = "deny"
	};

	return (names[kind]);
}

const char *
kind_names(enum kind kind, uint64_t n)
{
	static const char *const names[KINDS] = {
		[KIND_ACCOUNT] = "accounts",
		[KIND_NETWORK] = "networks",
		[KIND_DOMAIN] = "domains",
		[KIND_GROUP] = "groups",
		[KIND_DENY] = "denies"
	};

	return (n == 1 ? kind_name(kind) : names[kind]);
}

bool
dates_hold(const struct dates *dates, int64_t now)
{

	return (dates->not_before <= now && now < dates->not_after);
}

static bool
restricts(const struct patterns *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (list->v[i].kind == PATTERN_ANY)
			return (false);
	}
	return (list->present);
}

bool
network_open_relay(const struct network *network, const struct cidr *prefix)
{
	/* Unique local addresses: nobody outside has one (RFC 4193). */
	static const struct cidr unique_local = {
		.ip = { .family = 6, .bytes = { 0xfc } },
		.len = 7
	};

	if (restricts(&network->recipients))
		return (false);
	if (prefix->ip.family == 4)
		return (prefix->len < 8);
	return (prefix->len < 16 && !cidr_inside(prefix, &unique_local));
}
