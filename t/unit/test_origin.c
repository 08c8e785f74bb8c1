#include "origin.h"
#include "suite.h"
#include "view_array.h"

/* N, the networks of a client (spec section 3, step 3); what follows from it
 * is in test_policy. */

static const struct {
	const char *label;
	const char *policy;
	const char *client;	/* NULL: unknown; "": local */
	const char *expect;	/* access, prefix, DNs */
} rows[] = {
	{ "no network", "", "192.0.2.1", "none" },
	{ "one", "network a client=192.0.2.0/24 access=allow", "192.0.2.1",
	    "allow 192.0.2.0/24 a" },
	{ "another's", "network a client=192.0.2.0/24 access=allow",
	    "192.0.3.1", "none" },
	{ "the longest prefix", "network a client=192.0.2.0/24 access=allow; "
	    "network b client=192.0.2.0/25 access=authenticate", "192.0.2.1",
	    "authenticate 192.0.2.0/25 b" },
	{ "an override goes before a longer prefix",
	    "network a client=192.0.2.1 access=allow; "
	    "network o client=192.0.2.0/24 access=deny override", "192.0.2.1",
	    "deny 192.0.2.0/24 o" },
	{ "an override for everybody",
	    "network a client=192.0.2.0/24 access=allow; "
	    "network o client=0.0.0.0/0 access=deny override", "192.0.2.1",
	    "deny 0.0.0.0/0 o" },
	{ "an override for others",
	    "network a client=192.0.2.1 access=allow; "
	    "network o client=192.0.3.0/24 access=deny override", "192.0.2.1",
	    "allow 192.0.2.1/32 a" },
	{ "an override that is no more active",
	    "network a client=192.0.2.1 access=allow; "
	    "network o client=192.0.2.0/24 access=deny override until=1",
	    "192.0.2.1", "allow 192.0.2.1/32 a" },
	{ "an override for everybody does not mean loopback",
	    "network o client=0.0.0.0/0 access=deny override", "127.0.0.1",
	    "loopback" },
	{ "an override of loopback",
	    "network o client=127.0.0.0/8 access=deny override", "127.0.0.1",
	    "deny 127.0.0.0/8 o" },
	{ "a bare address", "network a client=192.0.2.1 access=deny",
	    "192.0.2.1", "deny 192.0.2.1/32 a" },
	{ "everything", "network a client=0.0.0.0/0 access=deny",
	    "192.0.2.1", "deny 0.0.0.0/0 a" },
	{ "all entries tied in prefix and access are N together",
	    "network b client=192.0.2.0/24 access=allow; "
	    "network c client=192.0.2.0/24 access=allow; "
	    "network a client=192.0.2.0/24 access=allow", "192.0.2.1",
	    "allow 192.0.2.0/24 a b c" },
	{ "the strictest stands, the others are not in N",
	    "network a client=192.0.2.0/24 access=allow; "
	    "network b client=192.0.2.0/24 access=authenticate; "
	    "network c client=192.0.2.0/24 access=authenticate", "192.0.2.1",
	    "authenticate 192.0.2.0/24 b c" },
	{ "an inactive stricter one does not count",
	    "network a client=192.0.2.0/24 access=allow; "
	    "network b client=192.0.2.0/24 access=deny until=1000",
	    "192.0.2.1", "allow 192.0.2.0/24 a" },
	{ "inactive ones on the way",
	    "network a client=192.0.2.0/26 access=deny from=1001; "
	    "network b client=192.0.2.0/25 access=deny until=1000; "
	    "network c client=192.0.2.0/24 access=allow", "192.0.2.1",
	    "allow 192.0.2.0/24 c" },
	{ "none but inactive ones",
	    "network a client=192.0.2.0/26 access=deny from=1001",
	    "192.0.2.1", "none" },
	{ "IPv6, the longest prefix",
	    "network a client=2001:db8::/32 access=allow; "
	    "network b client=2001:db8::1 access=deny", "2001:db8::1",
	    "deny 2001:db8::1/128 b" },
	{ "loopback", "", "127.0.0.1", "loopback" },
	{ "loopback, IPv6", "", "::1", "loopback" },
	{ "loopback, in a network inside 127.0.0.0/8",
	    "network a client=127.0.0.0/16 access=authenticate", "127.0.0.1",
	    "authenticate 127.0.0.0/16 a" },
	{ "loopback, in 127.0.0.0/8",
	    "network a client=127.0.0.0/8 access=authenticate", "127.9.9.9",
	    "authenticate 127.0.0.0/8 a" },
	{ "loopback, in a wider network",
	    "network a client=126.0.0.0/7 access=authenticate", "127.0.0.1",
	    "loopback" },
	{ "::1 itself", "network a client=::1 access=deny", "::1",
	    "deny ::1/128 a" },
	{ "::1, in a wider network", "network a client=::/127 access=deny",
	    "::1", "loopback" },
	{ "local", "network a client=127.0.0.0/8 client=::1 access=deny", "",
	    "loopback" },
	{ "unknown", "network a client=0.0.0.0/0 client=::/0 access=deny",
	    NULL, "none" }
};

static struct client
client_of(const char *text)
{
	struct client c = { .kind = CLIENT_UNKNOWN };

	if (text == NULL)
		return (c);
	c.kind = CLIENT_LOCAL;
	if (text[0] == '\0')
		return (c);
	c.kind = CLIENT_IP;
	ck_assert_int_eq(cidr_ip_parse(text, strlen(text), &c.ip), 0);
	return (c);
}

static void
describe(const struct origin *o, char *out, size_t size)
{
	static const char *const names[] = {
		"none", "allow", "authenticate", "deny"
	};
	char prefix[CIDR_TEXT_MAX];
	size_t i, n;

	if (o->loopback) {
		ck_assert_int_eq(o->access, ACCESS_ALLOW);
		ck_assert_uint_eq(o->n, 0);
		snprintf(out, size, "loopback");
		return;
	}
	n = (size_t)snprintf(out, size, "%s", names[o->access]);
	if (o->n == 0)
		return;
	cidr_format(&o->prefix, prefix);
	n += (size_t)snprintf(out + n, size - n, " %s", prefix);
	for (i = 0; i < o->n; i++)
		n += (size_t)snprintf(out + n, size - n, " %s", o->v[i]->dn);
}

START_TEST(finds_n)
{
	const struct client client = client_of(rows[_i].client);
	struct array_view a;
	struct arena arena;
	struct origin o;
	struct trace trace;
	char is[256];
	enum found found;
	int at, lookups;

	array_begin(&a, rows[_i].policy);
	arena_init(&arena);
	trace_init(&trace);
	ck_assert_int_eq(origin_of(&a.view, &client, 1000, &arena, &o,
	    &trace), FOUND);
	describe(&o, is, sizeof(is));
	ck_assert_msg(strcmp(is, rows[_i].expect) == 0, "%s: %s",
	    rows[_i].label, is);
	ck_assert_uint_ge(trace.n, 1);
	ck_assert_int_eq(trace.steps[0].step, 3);
	lookups = a.lookups;
	for (at = 1; at <= lookups; at++) {
		a.lookups = 0;
		a.later_at = at;
		/* What an override goes before need not be known. */
		found = origin_of(&a.view, &client, 1000, &arena, &o, NULL);
		ck_assert_msg(found == LATER || (found == FOUND &&
		    o.access == ACCESS_DENY && o.n > 0 && o.v[0]->override),
		    "%s: lookup %d", rows[_i].label, at);
	}
	arena_free(&arena);
	array_end(&a);
}
END_TEST

START_TEST(later_leaves_nothing_allowed)
{
	const struct client client = client_of("127.0.0.1");
	struct array_view a;
	struct arena arena;
	struct origin o;

	array_begin(&a, "");
	arena_init(&arena);
	a.later = LOOKUP_NETWORKS;
	ck_assert_int_eq(origin_of(&a.view, &client, 1000, &arena, &o, NULL),
	    LATER);
	ck_assert_int_eq(o.access, ACCESS_NONE);
	ck_assert(!o.loopback);
	arena_free(&arena);
	array_end(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("origin");

	suite_rows(s, finds_n, ROWS(rows));
	suite_one(s, later_leaves_nothing_allowed);
	return (suite_run(s));
}
