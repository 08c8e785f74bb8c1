#ifndef VIEW_ARRAY_H
#define VIEW_ARRAY_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "model.h"
#include "when.h"

/*
 * view_array: a policy_view over arrays, for tests, and a way to write a
 * policy as one line of text:
 *
 *	"account uid=joe login=joe address=joe@example.com;
 *	 network cn=office client=192.0.2.0/24 access=allow sender=@example.com"
 *
 * Entries end with a semicolon, words are separated by spaces; the second
 * word is the DN.  Dates are plain numbers.  A list word without a value
 * ("recipient=") makes a list that is present and empty.  Words with several
 * values are given several times.
 */

enum { ARRAY_ENTRIES = 64 };

/* The lookups, for `later' and `asked'. */
enum lookup {
	LOOKUP_NETWORKS = 1,
	LOOKUP_DOMAINS = 2,
	LOOKUP_ACCOUNTS_BY_LOGIN = 4,
	LOOKUP_ACCOUNTS_BY_ADDRESS = 8,
	LOOKUP_GROUPS_WITH_DN = 16,
	LOOKUP_GROUPS_WITH_LOGIN = 32,
	LOOKUP_GROUPS_BY_DN = 64,
	LOOKUP_DENIES_BY_DN = 128,
	LOOKUP_DENIES_BY_LOGIN = 256
};

struct array_view {
	struct policy_view view;
	struct arena arena;
	struct network *networks[ARRAY_ENTRIES];
	struct domain *domains[ARRAY_ENTRIES];
	struct account *accounts[ARRAY_ENTRIES];
	struct group *groups[ARRAY_ENTRIES];
	struct deny *denies[ARRAY_ENTRIES];
	size_t n[KINDS];
	unsigned later;		/* these lookups say LATER */
	int later_at;		/* so does the n-th lookup, from 1; 0: none */
	unsigned asked;		/* lookups that were made */
	int lookups;		/* how many */
};

/* ---- lookups ---- */

static inline bool
array_later(struct array_view *a, enum lookup lookup)
{

	a->asked |= lookup;
	a->lookups++;
	return (!a->view.readable || (a->later & lookup) != 0 ||
	    a->lookups == a->later_at);
}

/* Collect the entries that ${HAS}, in the order of their DNs. */
#define ARRAY_COLLECT(a, type, array, count, HAS, set) do {		\
	const struct type **array_v = arena_array(&(a)->arena,		\
	    ARRAY_ENTRIES, sizeof(*array_v));				\
	size_t array_i, array_j, array_n = 0;				\
									\
	for (array_i = 0; array_i < (count); array_i++) {		\
		const struct type *e = (array)[array_i];		\
									\
		if (!(HAS))						\
			continue;					\
		for (array_j = array_n++; array_j > 0 &&		\
		    strcmp(array_v[array_j - 1]->dn, e->dn) > 0;	\
		    array_j--)						\
			array_v[array_j] = array_v[array_j - 1];	\
		array_v[array_j] = e;					\
	}								\
	if (array_n == 0)						\
		return (ABSENT);					\
	(set)->v = array_v;						\
	(set)->n = array_n;						\
} while (0)

static inline int
array_prefix(const struct network *n, const struct cidr_ip *ip,
    unsigned below)
{
	int best = -1;
	size_t i;

	for (i = 0; i < n->clients.n; i++) {
		const struct cidr *c = &n->clients.v[i];

		if (c->len < below && (int)c->len > best && cidr_holds(c, ip))
			best = c->len;
	}
	return (best);
}

static inline bool
array_has_prefix(const struct network *n, const struct cidr_ip *ip, int len)
{
	size_t i;

	for (i = 0; i < n->clients.n; i++) {
		if (n->clients.v[i].len == len &&
		    cidr_holds(&n->clients.v[i], ip))
			return (true);
	}
	return (false);
}

static inline enum found
array_networks(void *ctx, const struct cidr_ip *ip, unsigned below,
    struct network_set *set)
{
	struct array_view *a = ctx;
	int best = -1, len;
	size_t i;

	if (array_later(a, LOOKUP_NETWORKS))
		return (LATER);
	for (i = 0; i < a->n[KIND_NETWORK]; i++) {
		len = array_prefix(a->networks[i], ip, below);
		if (len > best)
			best = len;
	}
	ARRAY_COLLECT(a, network, a->networks, a->n[KIND_NETWORK],
	    array_has_prefix(e, ip, best), set);
	set->len = (uint8_t)best;
	return (FOUND);
}

static inline enum found
array_domains(void *ctx, const char *name, struct domain_set *set)
{
	struct array_view *a = ctx;

	if (array_later(a, LOOKUP_DOMAINS))
		return (LATER);
	ARRAY_COLLECT(a, domain, a->domains, a->n[KIND_DOMAIN],
	    strcmp(e->name, name) == 0 || texts_have(&e->aliases, name), set);
	return (FOUND);
}

static inline enum found
array_accounts_by_login(void *ctx, const char *login,
    struct account_set *set)
{
	struct array_view *a = ctx;

	if (array_later(a, LOOKUP_ACCOUNTS_BY_LOGIN))
		return (LATER);
	ARRAY_COLLECT(a, account, a->accounts, a->n[KIND_ACCOUNT],
	    texts_have(&e->logins, login), set);
	return (FOUND);
}

static inline enum found
array_accounts_by_address(void *ctx, const char *address,
    struct account_set *set)
{
	struct array_view *a = ctx;

	if (array_later(a, LOOKUP_ACCOUNTS_BY_ADDRESS))
		return (LATER);
	ARRAY_COLLECT(a, account, a->accounts, a->n[KIND_ACCOUNT],
	    texts_have(&e->addresses, address), set);
	return (FOUND);
}

static inline enum found
array_groups_with_dn(void *ctx, const char *dn, struct group_set *set)
{
	struct array_view *a = ctx;

	if (array_later(a, LOOKUP_GROUPS_WITH_DN))
		return (LATER);
	ARRAY_COLLECT(a, group, a->groups, a->n[KIND_GROUP],
	    texts_have(&e->member_dns, dn), set);
	return (FOUND);
}

static inline enum found
array_groups_with_login(void *ctx, const char *login, struct group_set *set)
{
	struct array_view *a = ctx;

	if (array_later(a, LOOKUP_GROUPS_WITH_LOGIN))
		return (LATER);
	ARRAY_COLLECT(a, group, a->groups, a->n[KIND_GROUP],
	    texts_have(&e->member_logins, login), set);
	return (FOUND);
}

static inline enum found
array_groups_by_dn(void *ctx, const char *dn, struct group_set *set)
{
	struct array_view *a = ctx;

	if (array_later(a, LOOKUP_GROUPS_BY_DN))
		return (LATER);
	ARRAY_COLLECT(a, group, a->groups, a->n[KIND_GROUP],
	    strcmp(e->dn, dn) == 0, set);
	return (FOUND);
}

static inline enum found
array_denies_by_dn(void *ctx, const char *dn, struct deny_set *set)
{
	struct array_view *a = ctx;

	if (array_later(a, LOOKUP_DENIES_BY_DN))
		return (LATER);
	ARRAY_COLLECT(a, deny, a->denies, a->n[KIND_DENY],
	    strcmp(e->dn, dn) == 0, set);
	return (FOUND);
}

static inline enum found
array_denies_by_login(void *ctx, const char *login, struct deny_set *set)
{
	struct array_view *a = ctx;

	if (array_later(a, LOOKUP_DENIES_BY_LOGIN))
		return (LATER);
	ARRAY_COLLECT(a, deny, a->denies, a->n[KIND_DENY],
	    texts_have(&e->logins, login), set);
	return (FOUND);
}

/* ---- policy from text ---- */

/* One entry of any kind, while its words are read. */
struct array_entry {
	const char *dn;
	const char *name;
	struct networks clients;
	bool override;
	enum access access;
	bool vouches, enabled, expired;
	bool undated;
	struct dates dates;
	struct enforce enforce;
	struct patterns senders, recipients;
	struct texts logins, addresses, aliases, groups, members,
	    member_logins, delegates, delegate_logins, delegate_addresses;
};

static inline void
array_text(struct arena *arena, struct texts *texts, const char *value)
{
	const char **v = arena_array(arena, texts->n + 1, sizeof(*v));

	if (texts->n > 0)
		memcpy(v, texts->v, texts->n * sizeof(*v));
	v[texts->n] = value;
	*texts = (struct texts){ v, texts->n + 1 };
}

static inline void
array_pattern(struct arena *arena, struct patterns *list, const char *value)
{
	struct pattern *v = arena_array(arena, list->n + 1, sizeof(*v));
	struct addr *store = arena_alloc(arena, sizeof(*store));
	bool negative = value[0] == '-';
	const char *wrong;

	list->present = true;
	if (value[0] == '\0')
		return;
	if (list->n > 0)
		memcpy(v, list->v, list->n * sizeof(*v));
	value += negative;
	wrong = pattern_parse(value, strlen(value), store, &v[list->n]);
	ck_assert_msg(wrong == NULL, "pattern %s: %s", value, wrong);
	v[list->n].negative = negative;
	list->v = v;
	list->n++;
}

static inline void
array_client(struct arena *arena, struct networks *list, const char *value)
{
	struct cidr *v = arena_array(arena, list->n + 1, sizeof(*v));

	list->present = true;
	if (value[0] == '\0')
		return;
	if (list->n > 0)
		memcpy(v, list->v, list->n * sizeof(*v));
	ck_assert_msg(cidr_parse(value, strlen(value), &v[list->n]) == CIDR_OK,
	    "client %s", value);
	list->v = v;
	list->n++;
}

static inline enum access
array_access(const char *value)
{

	if (strcmp(value, "allow") == 0)
		return (ACCESS_ALLOW);
	if (strcmp(value, "authenticate") == 0)
		return (ACCESS_AUTHENTICATE);
	ck_assert_str_eq(value, "deny");
	return (ACCESS_DENY);
}

static inline struct texts *
array_texts_of(struct array_entry *e, const char *key)
{
	const struct {
		const char *key;
		struct texts *texts;
	} lists[] = {
		{ "login", &e->logins },
		{ "address", &e->addresses },
		{ "alias", &e->aliases },
		{ "group", &e->groups },
		{ "member", &e->members },
		{ "member-login", &e->member_logins },
		{ "delegate", &e->delegates },
		{ "delegate-login", &e->delegate_logins },
		{ "delegate-address", &e->delegate_addresses }
	};
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (strcmp(lists[i].key, key) == 0)
			return (lists[i].texts);
	}
	return (NULL);
}

static inline void
array_word(struct arena *arena, struct array_entry *e, const char *key,
    const char *value)
{
	struct texts *texts = array_texts_of(e, key);

	if (texts != NULL)
		array_text(arena, texts, value);
	else if (strcmp(key, "client") == 0)
		array_client(arena, &e->clients, value);
	else if (strcmp(key, "sender") == 0)
		array_pattern(arena, &e->senders, value);
	else if (strcmp(key, "recipient") == 0)
		array_pattern(arena, &e->recipients, value);
	else if (strcmp(key, "name") == 0)
		e->name = value;
	else if (strcmp(key, "access") == 0)
		e->access = array_access(value);
	else if (strcmp(key, "from") == 0)
		e->dates.not_before = atoll(value);
	else if (strcmp(key, "until") == 0)
		e->dates.not_after = atoll(value);
	else if (strcmp(key, "enforce") == 0)
		e->enforce = (struct enforce){ true, atoll(value) };
	else if (strcmp(key, "vouches-not") == 0)
		e->vouches = false;
	else if (strcmp(key, "override") == 0)
		e->override = true;
	else if (strcmp(key, "disabled") == 0)
		e->enabled = false;
	else if (strcmp(key, "expired") == 0)
		e->expired = true;
	else if (strcmp(key, "undated") == 0)
		e->undated = true;
	else
		ck_abort_msg("no such word: %s", key);
}

#define ARRAY_ADD(a, kind, array, type, ...) do {			\
	struct type *array_e = arena_alloc(&(a)->arena,			\
	    sizeof(*array_e));						\
									\
	*array_e = (struct type){ __VA_ARGS__ };			\
	(array)[(a)->n[kind]++] = array_e;				\
} while (0)

static inline void
array_add(struct array_view *a, const char *kind, const struct array_entry *e)
{

	if (strcmp(kind, "network") == 0)
		ARRAY_ADD(a, KIND_NETWORK, a->networks, network, .dn = e->dn,
		    .clients = e->clients, .access = e->access,
		    .vouches = e->vouches, .dates = e->dates,
		    .enforce = e->enforce, .senders = e->senders,
		    .recipients = e->recipients,
		    .override = e->override);
	else if (strcmp(kind, "domain") == 0)
		ARRAY_ADD(a, KIND_DOMAIN, a->domains, domain, .dn = e->dn,
		    .name = e->name, .aliases = e->aliases,
		    .enforce = e->enforce);
	else if (strcmp(kind, "account") == 0)
		ARRAY_ADD(a, KIND_ACCOUNT, a->accounts, account, .dn = e->dn,
		    .logins = e->logins, .addresses = e->addresses,
		    .senders = e->senders, .recipients = e->recipients,
		    .clients = e->clients, .access = e->access,
		    .enabled = e->enabled, .expired = e->expired,
		    .vouches = e->vouches, .dates = e->dates,
		    .enforce = e->enforce, .delegate_dns = e->delegates,
		    .delegate_logins = e->delegate_logins,
		    .delegate_addresses = e->delegate_addresses,
		    .groups = e->groups);
	else if (strcmp(kind, "group") == 0)
		ARRAY_ADD(a, KIND_GROUP, a->groups, group, .dn = e->dn,
		    .member_dns = e->members,
		    .member_logins = e->member_logins, .access = e->access,
		    .dates = e->dates, .enforce = e->enforce,
		    .senders = e->senders, .recipients = e->recipients,
		    .clients = e->clients, .groups = e->groups,
		    .vouches = e->vouches, .undated = e->undated);
	else if (strcmp(kind, "deny") == 0)
		ARRAY_ADD(a, KIND_DENY, a->denies, deny, .dn = e->dn,
		    .logins = e->logins, .dates = e->dates);
	else
		ck_abort_msg("no such kind: %s", kind);
}

static inline void
array_read_entry(struct array_view *a, char *text)
{
	struct array_entry e = {
		.vouches = true,
		.enabled = true,
		.dates = { WHEN_BEGINNING, WHEN_NEVER }
	};
	char *save = NULL, *value;
	const char *kind, *word;

	if ((kind = strtok_r(text, " ", &save)) == NULL)
		return;
	e.dn = strtok_r(NULL, " ", &save);
	ck_assert_ptr_nonnull(e.dn);
	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		if ((value = strchr(word, '=')) != NULL)
			*value++ = '\0';
		array_word(&a->arena, &e, word, value != NULL ? value : "");
	}
	array_add(a, kind, &e);
}

static inline void
array_read(struct array_view *a, const char *policy)
{
	char *text = arena_strdup(&a->arena, policy), *entry, *save = NULL;

	for (entry = strtok_r(text, ";", &save); entry != NULL;
	    entry = strtok_r(NULL, ";", &save))
		array_read_entry(a, entry);
}

/** array_begin(a, policy): a view on the policy in that text, ten seconds
 * old; array_end(a): give it back. */
static inline void
array_begin(struct array_view *a, const char *policy)
{
	size_t i;

	memset(a, 0, sizeof(*a));
	arena_init(&a->arena);
	a->view = (struct policy_view){
		.ctx = a,
		.readable = true,
		.loaded = true,
		.age = 10,
		.networks = array_networks,
		.domains = array_domains,
		.accounts_by_login = array_accounts_by_login,
		.accounts_by_address = array_accounts_by_address,
		.groups_with_dn = array_groups_with_dn,
		.groups_with_login = array_groups_with_login,
		.groups_by_dn = array_groups_by_dn,
		.denies_by_dn = array_denies_by_dn,
		.denies_by_login = array_denies_by_login
	};
	array_read(a, policy);
	for (i = 0; i < a->n[KIND_NETWORK]; i++)
		a->view.overrides |= a->networks[i]->override;
}

static inline void
array_end(struct array_view *a)
{

	arena_free(&a->arena);
}

#endif /* !VIEW_ARRAY_H */
