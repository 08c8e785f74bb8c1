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

/* Those of the overrides and the others never speak together. */
static bool
speaks(const struct network *n, int64_t now, bool override)
{

	return (n->override == override && dates_hold(&n->dates, now));
}

static enum access
strictest(const struct network_set *set, int64_t now, bool override)
{
	enum access access = ACCESS_NONE;
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (speaks(set->v[i], now, override) &&
		    set->v[i]->access > access)
			access = set->v[i]->access;
	}
	return (access);
}

static bool
any_speaks(const struct network_set *set, int64_t now, bool override)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (speaks(set->v[i], now, override))
			return (true);
	}
	return (false);
}

/* The longest prefix with an active entry: FOUND with all its entries. */
static enum found
longest(const struct policy_view *view, const struct cidr_ip *ip, int64_t now,
    bool override, struct network_set *set, struct trace *trace)
{
	unsigned below = BEYOND_ALL_PREFIXES;
	enum found found;

	for (;;) {
		found = view->networks(view->ctx, ip, below, set);
		if (found != FOUND)
			return (found);
		if (!prefix_counts(ip, set->len))
			return (ABSENT);
		if (any_speaks(set, now, override))
			return (FOUND);
		trace_add(trace, 3, "%s holds the client, but is not active "
		    "now.", set->v[0]->dn);
		below = set->len;
	}
}

static enum found
take_strictest(const struct network_set *set, int64_t now, bool override,
    struct arena *arena, struct origin *o)
{
	const struct network **v;
	size_t i;

	if ((v = arena_array(arena, set->n, sizeof(*v))) == NULL)
		return (LATER);
	o->access = strictest(set, now, override);
	for (i = 0; i < set->n; i++) {
		if (speaks(set->v[i], now, override) &&
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
of_prefix(const struct policy_view *view, const struct cidr_ip *ip,
    int64_t now, bool override, struct arena *arena, struct origin *o,
    struct trace *trace)
{
	struct network_set set;
	enum found found;

	found = longest(view, ip, now, override, &set, trace);
	if (found != FOUND)
		return (found);
	o->prefix = cidr_of(ip, set.len);
	return (take_strictest(&set, now, override, arena, o));
}

/* Overrides are for emergencies: they deny whoever they hold, also one that a
 * longer prefix allows. */
static enum found
speaking(const struct policy_view *view, const struct cidr_ip *ip,
    int64_t now, struct arena *arena, struct origin *o, struct trace *trace)
{
	struct origin behind = { .access = ACCESS_NONE };
	enum found found = ABSENT;

	if (view->overrides)
		found = of_prefix(view, ip, now, true, arena, o, NULL);
	if (found == LATER)
		return (LATER);
	if (found == ABSENT)
		return (of_prefix(view, ip, now, false, arena, o, trace));
	/* That this cannot be looked up does not make the deny uncertain. */
	if (of_prefix(view, ip, now, false, arena, &behind, NULL) == FOUND) {
		o->behind = behind.v;
		o->nbehind = behind.n;
	}
	return (FOUND);
}

static enum found
origin_of_ip(const struct policy_view *view, const struct cidr_ip *ip,
    int64_t now, struct arena *arena, struct origin *o, struct trace *trace)
{

	switch (speaking(view, ip, now, arena, o, trace)) {
	case FOUND:
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
