#include "restriction.h"
#include "suite.h"
#include "view_array.h"

/* The account is the first one; all groups are its groups. */

static const struct {
	const char *label;
	const char *policy;
	const char *client;	/* "" = local */
	bool allowed;
} clients[] = {
	{ "no restriction", "account a; group g; group h", "192.0.2.1",
	    true },
	{ "no restriction, local", "account a", "", true },
	{ "in the account's", "account a client=192.0.2.0/24", "192.0.2.1",
	    true },
	{ "not in the account's", "account a client=192.0.2.0/24",
	    "192.0.3.1", false },
	{ "one of several", "account a client=198.51.100.1 "
	    "client=192.0.2.0/24", "192.0.2.1", true },
	{ "in a group's", "account a client=198.51.100.1; "
	    "group g; group h client=192.0.2.0/24", "192.0.2.1", true },
	{ "in nobody's", "account a; group g; group h client=192.0.2.0/24",
	    "192.0.3.1", false },
	{ "unreadable", "account a client=", "192.0.2.1", false },
	{ "a group's unreadable", "account a; group g client=", "192.0.2.1",
	    false },
	{ "unreadable, but in a group's", "account a client=; "
	    "group g client=192.0.2.0/24", "192.0.2.1", true },
	{ "local", "account a client=0.0.0.0/0 client=::/0", "", false }
};

static struct membership
all_groups(const struct array_view *a)
{

	return ((struct membership){
	    .v = (const struct group *const *)a->groups,
	    .n = a->n[KIND_GROUP],
	    .granting = (const struct group *const *)a->groups,
	    .ngranting = a->n[KIND_GROUP] });
}

START_TEST(restricts_clients)
{
	struct client client = { .kind = CLIENT_LOCAL };
	struct array_view a;
	struct membership groups;

	array_begin(&a, clients[_i].policy);
	groups = all_groups(&a);
	if (clients[_i].client[0] != '\0') {
		client.kind = CLIENT_IP;
		ck_assert_int_eq(cidr_ip_parse(clients[_i].client,
		    strlen(clients[_i].client), &client.ip), 0);
	}
	ck_assert_msg(restriction_client(a.accounts[0], &groups, &client) ==
	    clients[_i].allowed, "%s", clients[_i].label);
	array_end(&a);
}
END_TEST

static const struct {
	const char *label;
	const char *policy;
	const char *recipient;
	bool allowed;
} recipients[] = {
	{ "no restriction", "account a; group g", "u@example.net", true },
	{ "matches", "account a recipient=@example.org "
	    "recipient=@example.net", "u@example.net", true },
	{ "matches none", "account a recipient=@example.org",
	    "u@example.net", false },
	{ "a group's", "account a recipient=@example.org; group g; "
	    "group h recipient=@example.net", "u@example.net", true },
	{ "unreadable", "account a recipient=", "u@example.net", false },
	{ "unreadable, but a group's", "account a recipient=; "
	    "group g recipient=@example.net", "u@example.net", true },
	{ "only negative ones, no match", "account a recipient=-@example.org",
	    "u@example.net", true },
	{ "only negative ones, a match", "account a recipient=-@example.net",
	    "u@example.net", false },
	{ "a negative one wins", "account a recipient=-u@example.net "
	    "recipient=@example.net", "u@example.net", false },
	{ "whatever the order", "account a recipient=@example.net "
	    "recipient=-u@example.net", "u@example.net", false },
	{ "also across lists", "account a recipient=@example.net; "
	    "group g recipient=-u@example.net", "u@example.net", false },
	{ "negative and positive, neither matches",
	    "account a recipient=-@example.org recipient=@example.com",
	    "u@example.net", false },
	{ "negative ones and an unreadable list",
	    "account a recipient=-@example.org; group g recipient=",
	    "u@example.net", false },
	{ "opaque: only *", "account a recipient=@example.net",
	    "u%v@example.net", false },
	{ "opaque: *", "account a recipient=*", "u%v@example.net", true },
	{ "opaque: may be what a negative one means",
	    "account a recipient=-@example.net", "u%v@example.net", false },
	{ "a source route, which the MTA cuts off",
	    "account a recipient=-@example.net",
	    "<@example.org:u@example.net>", false },
	{ "opaque: a negative one beside *",
	    "account a recipient=* recipient=-@example.net",
	    "u%v@example.net", false },
	{ "opaque: a negative one of a group",
	    "account a recipient=*; group g recipient=-@example.net",
	    "u%v@example.net", false }
};

START_TEST(restricts_recipients)
{
	struct array_view a;
	struct membership groups;
	struct subject subject;

	array_begin(&a, recipients[_i].policy);
	groups = all_groups(&a);
	subject_read(recipients[_i].recipient, "", &subject);
	ck_assert_msg(restriction_recipient(a.accounts[0], &groups,
	    &subject) == recipients[_i].allowed, "%s", recipients[_i].label);
	array_end(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("restriction");

	suite_rows(s, restricts_clients, ROWS(clients));
	suite_rows(s, restricts_recipients, ROWS(recipients));
	return (suite_run(s));
}
