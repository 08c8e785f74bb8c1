#include "restriction.h"

static bool
client_in(const struct client *client, const struct networks *list)
{
	size_t i;

	if (client->kind != CLIENT_IP)
		return (false);
	for (i = 0; i < list->n; i++) {
		if (cidr_holds(&list->v[i], &client->ip))
			return (true);
	}
	return (false);
}

/* Lists are united: one of a group whose dates cannot be read may be too much
 * as well as too little, so both with and without it must allow. */
static struct membership
dated(const struct membership *groups)
{

	return ((struct membership){ groups->granting, groups->ngranting,
	    groups->granting, groups->ngranting });
}

static bool
client_allowed(const struct account *account,
    const struct membership *groups, const struct client *client)
{
	bool present = account->clients.present;
	size_t i;

	if (client_in(client, &account->clients))
		return (true);
	for (i = 0; i < groups->n; i++) {
		if (client_in(client, &groups->v[i]->clients))
			return (true);
		present = present || groups->v[i]->clients.present;
	}
	return (!present);
}

bool
restriction_client(const struct account *account,
    const struct membership *groups, const struct client *client)
{
	const struct membership without = dated(groups);

	return (client_allowed(account, groups, client) &&
	    client_allowed(account, &without, client));
}

/* What lists of recipients, taken as one, say of a recipient. */
struct tally {
	bool present;
	bool excluded;		/* a negative pattern matches */
	bool included;		/* a positive pattern matches */
	bool must_include;	/* not all patterns are negative */
};

/*
 * Where a recipient that asks for routing or does not read will end is the
 * MTA's to say (<@relay:u@example.net> ends at example.net): it may be what a
 * negative pattern means.
 */
static bool
is_excluded(const struct pattern *p, const struct subject *recipient)
{

	return (recipient->kind == SUBJECT_OPAQUE ||
	    pattern_matches(p, recipient));
}

/*
 * Who could read nothing of a list cannot know that it had only negative
 * patterns.
 */
static void
count(struct tally *t, const struct patterns *list,
    const struct subject *recipient)
{
	size_t i;

	if (!list->present)
		return;
	t->present = true;
	t->must_include = t->must_include || list->n == 0;
	for (i = 0; i < list->n; i++) {
		const struct pattern *p = &list->v[i];

		if (p->negative) {
			t->excluded = t->excluded ||
			    is_excluded(p, recipient);
		} else {
			t->must_include = true;
			t->included = t->included ||
			    pattern_matches(p, recipient);
		}
	}
}

static bool
recipient_allowed(const struct account *account,
    const struct membership *groups, const struct subject *recipient)
{
	struct tally t = { false, false, false, false };
	size_t i;

	count(&t, &account->recipients, recipient);
	for (i = 0; i < groups->n; i++)
		count(&t, &groups->v[i]->recipients, recipient);
	if (!t.present)
		return (true);
	return (!t.excluded && (t.included || !t.must_include));
}

bool
restriction_recipient(const struct account *account,
    const struct membership *groups, const struct subject *recipient)
{
	const struct membership without = dated(groups);

	return (recipient_allowed(account, groups, recipient) &&
	    recipient_allowed(account, &without, recipient));
}
