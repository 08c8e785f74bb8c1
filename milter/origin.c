#include "origin.h"

enum { BEYOND_ALL_PREFIXES = 129 };

/* On loopback only an entry that means loopback counts: a network that holds
 * everybody says nothing of the programs on this host. */
static bool
prefix_counts(const struct cidr_ip *ip, uint8_t len)
{

	if (!cidr_ip_loopback(ip))
		return (true);
	return (ip->family == 4 ? len >= 8 : len == 128);
}

static enum access
strictest(const struct network_set *set, int64_t now)
{
	enum access access = ACCESS_NONE;
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (dates_hold(&set->v[i]->dates, now) &&
		    set->v[i]->access > access)
			access = set->v[i]->access;
	}
	return (access);
}

static bool
any_active(const struct network_set *set, int64_t now)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (dates_hold(&set->v[i]->dates, now))
			return (true);
	}
	return (false);
}

/* The longest prefix with an active entry: FOUND with all its entries. */
static enum found
longest(const struct policy_view *view, const struct cidr_ip *ip, int64_t now,
    struct network_set *set, struct trace *trace)
{
	unsigned below = BEYOND_ALL_PREFIXES;
	enum found found;

	for (;;) {
		found = view->networks(view->ctx, ip, below, set);
		if (found != FOUND)
			return (found);
		if (!prefix_counts(ip, set->len))
			return (ABSENT);
		if (any_active(set, now))
			return (FOUND);
		trace_add(trace, 3, "%s holds the client, but is not active "
		    "now.", set->v[0]->dn);
		below = set->len;
	}
}

static bool
any_override(const struct network_set *set, int64_t now)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (set->v[i]->override && dates_hold(&set->v[i]->dates, now))
			return (true);
	}
	return (false);
}

/* Overrides are for emergencies: they deny whoever they hold, also one that a
 * longer prefix allows. */
static enum found
overriding(const struct policy_view *view, const struct cidr_ip *ip,
    int64_t now, struct network_set *set)
{
	unsigned below = BEYOND_ALL_PREFIXES;
	enum found found;

	if (!view->overrides)
		return (ABSENT);
	while ((found = view->networks(view->ctx, ip, below, set)) == FOUND) {
		if (!prefix_counts(ip, set->len))
			return (ABSENT);
		if (any_override(set, now))
			return (FOUND);
		below = set->len;
	}
	return (found);
}

/* The networks that speak for the client. */
static enum found
speaking(const struct policy_view *view, const struct cidr_ip *ip,
    int64_t now, struct network_set *set, struct trace *trace)
{
	enum found found;

	if ((found = overriding(view, ip, now, set)) != ABSENT)
		return (found);
	return (longest(view, ip, now, set, trace));
}

static enum found
take_strictest(const struct network_set *set, int64_t now,
    struct arena *arena, struct origin *o)
{
	const struct network **v;
	size_t i;

	if ((v = arena_array(arena, set->n, sizeof(*v))) == NULL)
		return (LATER);
	o->access = strictest(set, now);
	for (i = 0; i < set->n; i++) {
		if (dates_hold(&set->v[i]->dates, now) &&
		    set->v[i]->access == o->access)
			v[o->n++] = set->v[i];
	}
	o->v = v;
	return (FOUND);
}

static void
tell_networks(const struct origin *o, struct trace *trace)
{
	static const char *const says[] = {
		[ACCESS_NONE] = "nothing",
		[ACCESS_ALLOW] = "allow",
		[ACCESS_AUTHENTICATE] = "authenticate",
		[ACCESS_DENY] = "deny"
	};
	char text[CIDR_TEXT_MAX];
	size_t i;

	if (trace == NULL)
		return;
	cidr_format(&o->prefix, text);
	for (i = 0; i < o->n; i++) {
		trace_add(trace, 3, "%s (%s) holds the client and says %s.",
		    o->v[i]->dn, text, says[o->access]);
	}
}

static enum found
grant_loopback(struct origin *o, struct trace *trace)
{

	trace_add(trace, 3, "The client is on this host: the loopback grant "
	    "allows it.");
	o->access = ACCESS_ALLOW;
	o->loopback = true;
	return (FOUND);
}

static enum found
origin_of_ip(const struct policy_view *view, const struct cidr_ip *ip,
    int64_t now, struct arena *arena, struct origin *o, struct trace *trace)
{
	struct network_set set;

	switch (speaking(view, ip, now, &set, trace)) {
	case FOUND:
		if (take_strictest(&set, now, arena, o) == LATER)
			return (LATER);
		o->prefix = cidr_of(ip, set.len);
		tell_networks(o, trace);
		return (FOUND);
	case ABSENT:
		if (cidr_ip_loopback(ip))
			return (grant_loopback(o, trace));
		trace_add(trace, 3, "No active relayNetwork holds the "
		    "client.");
		return (FOUND);
	case LATER:
		break;
	}
	return (LATER);
}

enum found
origin_of(const struct policy_view *view, const struct client *client,
    int64_t now, struct arena *arena, struct origin *o, struct trace *trace)
{

	*o = (struct origin){ .access = ACCESS_NONE };
	switch (client->kind) {
	case CLIENT_IP:
		return (origin_of_ip(view, &client->ip, now, arena, o, trace));
	case CLIENT_LOCAL:
		return (grant_loopback(o, trace));
	case CLIENT_UNKNOWN:
		break;
	}
	trace_add(trace, 3, "The client's address is not known: it is in no "
	    "network.");
	return (FOUND);
}

bool
origin_vouches(const struct origin *o, const struct network *network)
{

	return (network->vouches &&
	    !network_open_relay(network, &o->prefix));
}

static const struct pattern *
matching(const struct patterns *list, const struct subject *s)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (pattern_matches(&list->v[i], s))
			return (&list->v[i]);
	}
	return (NULL);
}

static const struct pattern *
matching_in(const struct patterns *list, const struct subject *s,
    const char *domain)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (pattern_matches_in(&list->v[i], s, domain))
			return (&list->v[i]);
	}
	return (NULL);
}

enum found
origin_sender(const struct locality_rules *rules,
    const struct policy_view *view, const struct network *network,
    const struct subject *sender, struct arena *arena,
    const struct pattern **match)
{
	struct domain_class class;
	size_t i;

	*match = NULL;
	if (!network->senders.present)
		return (FOUND);
	if ((*match = matching(&network->senders, sender)) != NULL)
		return (FOUND);
	if (sender->kind != SUBJECT_ADDRESS)
		return (ABSENT);
	if (locality_class(rules, view, sender->addr.domain, arena, &class) ==
	    LATER)
		return (LATER);
	for (i = 1; i < class.names.n && *match == NULL; i++)
		*match = matching_in(&network->senders, sender,
		    class.names.v[i]);
	return (*match != NULL ? FOUND : ABSENT);
}

bool
origin_recipient(const struct network *network,
    const struct subject *recipient)
{

	return (!network->recipients.present ||
	    matching(&network->recipients, recipient) != NULL);
}
