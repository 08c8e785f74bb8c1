#include "ownership.h"
#include "suite.h"
#include "view_array.h"

/* Ownership of the sender (spec section 3).  The account is the first one. */

#define TWO	"; domain cn=d name=example.com alias=example.net "	\
		"alias=example.org"
#define HOME	"; domain cn=d name=example.com"
#define JOE	"account uid=joe login=joe address=joe@example.com "

static const struct row {
	const char *label;
	const char *policy;
	const char *sender;
	const char *expect;	/* "no", or "match of dn" */
	const char *settings;	/* letters: a any, n null-reject, q qualify
				   with example.com, m two delimiters, x no
				   delimiter */
	const char *trace;
} rows[] = {
	/* The null sender. */
	{ "the null sender belongs to every valid account", JOE, "<>", "",
	    "", "every account's" },
	{ "with null_sender reject it does not", JOE, "<>", "no", "n", NULL },
	{ "only a pattern null grants it", JOE "sender=null", "<>",
	    "null of uid=joe", "n", NULL },
	{ "written <>", JOE "sender=<>", "<>", "null of uid=joe", "n", NULL },
	{ "or *", JOE "sender=*", "<>", "* of uid=joe", "n", NULL },
	{ "of a group too", JOE "; group cn=g member=uid=joe sender=null",
	    "<>", "null of cn=g", "n", NULL },
	{ "no other pattern", JOE "sender=@example.com", "<>", "no", "n",
	    NULL },

	/* Addresses. */
	{ "an address", JOE, "<joe@example.com>",
	    "joe@example.com of uid=joe", "", NULL },
	{ "each address", JOE "address=j@example.net", "<j@example.net>",
	    "j@example.net of uid=joe", "", NULL },
	{ "domains compare as A-labels", JOE, "<joe@EXAMPLE.com.>",
	    "joe@example.com of uid=joe", "", NULL },
	{ "local parts fold A-Z", JOE, "<JOE@example.com>",
	    "joe@example.com of uid=joe", "", NULL },
	{ "local parts compare dequoted", JOE, "<\"j\\oe\"@example.com>",
	    "joe@example.com of uid=joe", "", NULL },
	{ "local parts fold nothing else",
	    "account uid=joe address=\xc3\xbc@example.com",
	    "<\xc3\x9c@example.com>", "no", "", NULL },
	{ "in any domain, local or not", JOE, "<joe@example.com>",
	    "joe@example.com of uid=joe", "", NULL },
	{ "another's address", JOE "; account uid=ann "
	    "address=ann@example.com", "<ann@example.com>", "no", "",
	    "does not own the sender <ann@example.com>" },
	{ "two may hold one address", JOE "; account uid=ann "
	    "address=joe@example.com", "<joe@example.com>",
	    "joe@example.com of uid=joe", "", NULL },

	/* Patterns. */
	{ "a pattern of the account", JOE "sender=@example.com" HOME,
	    "<x@example.com>", "@example.com of uid=joe", "", NULL },
	{ "a subdomain pattern",
	    JOE "sender=@.example.com; domain cn=d name=.example.com",
	    "<x@a.example.com>", "@.example.com of uid=joe", "", NULL },
	{ "a full address as pattern", JOE "sender=x@example.com" HOME,
	    "<x@example.com>", "x@example.com of uid=joe", "", NULL },
	{ "a pattern of a group",
	    JOE "; group cn=g member=uid=joe sender=@example.com" HOME,
	    "<x@example.com>", "@example.com of cn=g", "", NULL },
	{ "of a group of its group",
	    JOE "; group cn=g member=uid=joe; group cn=h member=cn=g "
	    "sender=@example.com" HOME, "<x@example.com>",
	    "@example.com of cn=h", "", NULL },
	{ "not of an inactive group",
	    JOE "; group cn=g member=uid=joe sender=@example.com until=1000"
	    HOME, "<x@example.com>", "no", "", NULL },
	{ "not by way of one whose dates cannot be read",
	    JOE "; group cn=g member=uid=joe undated; "
	    "group cn=h member=cn=g sender=@example.com" HOME,
	    "<ann@example.com>", "no", "", NULL },
	{ "the account's before a group's",
	    JOE "sender=*; group cn=g member=uid=joe sender=@example.com"
	    HOME, "<x@example.com>", "* of uid=joe", "", NULL },
	{ "count only for senders in local domains",
	    JOE "sender=@example.com", "<x@example.com>", "no", "",
	    "@example.com of uid=joe matches, but counts only for" },
	{ "* included", JOE "sender=*", "<x@foreign.example>", "no", "",
	    NULL },
	{ "* in a local domain", JOE "sender=*" HOME, "<x@example.com>",
	    "* of uid=joe", "", NULL },
	{ "in local_domains", JOE "sender=*", "<x@conf.example>",
	    "* of uid=joe", "", NULL },
	{ "unless sender_scope is any", JOE "sender=@foreign.example",
	    "<x@foreign.example>", "@foreign.example of uid=joe", "a", NULL },
	{ "* with sender_scope any", JOE "sender=*", "<x@foreign.example>",
	    "* of uid=joe", "a", NULL },
	{ "a sender without a domain counts as local", JOE "sender=*",
	    "<x>", "* of uid=joe", "", NULL },
	{ "it is completed with qualify_domain", JOE, "<joe>",
	    "joe@example.com of uid=joe", "q", NULL },
	{ "one that still has none matches only *",
	    JOE "sender=@example.com" HOME, "<joe>", "no", "", NULL },
	{ "one that does not parse matches only *",
	    JOE "sender=@example.com" HOME, "<a@example.com>,<b@x.example>",
	    "no", "", NULL },
	{ "and only with sender_scope any: its domain is not known",
	    JOE "sender=*" HOME, "<a@example.com>,<b@x.example>", "no", "",
	    NULL },
	{ "with sender_scope any it does", JOE "sender=*",
	    "<a@example.com>,<b@x.example>", "* of uid=joe", "a", NULL },
	{ "one that asks for routing matches only *",
	    JOE "sender=@example.com" HOME, "<a%b@example.com>", "no", "a",
	    NULL },
	{ "and only with sender_scope any: its domain is not trusted",
	    JOE "sender=*" HOME, "<a%b@example.com>", "no", "", NULL },
	{ "also without a domain", JOE "sender=*", "<a%b>", "no", "", NULL },
	{ "asks for routing, sender_scope any", JOE "sender=*",
	    "<a%b@example.com>", "* of uid=joe", "a", NULL },
	{ "it is no one's address", "account uid=joe address=a%b@example.com",
	    "<a%b@example.com>", "no", "a", NULL },

	/* Delegation. */
	{ "an address of an entry that names it as delegate: by DN",
	    JOE "; account uid=info address=info@example.com "
	    "delegate=uid=joe", "<info@example.com>",
	    "info@example.com of uid=info", "", NULL },
	{ "by login", JOE "; account uid=info address=info@example.com "
	    "delegate-login=joe", "<info@example.com>",
	    "info@example.com of uid=info", "", NULL },
	{ "by address", JOE "; account uid=info address=info@example.com "
	    "delegate-address=joe@example.com", "<info@example.com>",
	    "info@example.com of uid=info", "", NULL },
	{ "a group's DN means its members",
	    JOE "; group cn=g member=uid=joe; "
	    "account uid=info address=info@example.com delegate=cn=g",
	    "<info@example.com>", "info@example.com of uid=info", "", NULL },
	{ "not those of an inactive group",
	    JOE "; group cn=g member=uid=joe until=1000; "
	    "account uid=info address=info@example.com delegate=cn=g",
	    "<info@example.com>", "no", "", NULL },
	{ "not those of one whose dates cannot be read",
	    JOE "; group cn=g member=uid=joe undated; "
	    "account uid=info address=info@example.com delegate=cn=g",
	    "<info@example.com>", "no", "", NULL },
	{ "nor those of a group above it",
	    JOE "; group cn=g member=uid=joe undated; "
	    "group cn=h member=cn=g; "
	    "account uid=info address=info@example.com delegate=cn=h",
	    "<info@example.com>", "no", "", NULL },
	{ "unless another way leads there",
	    JOE "; group cn=g member=uid=joe undated; "
	    "group cn=h member=cn=g member=cn=i; "
	    "group cn=i member-login=joe; "
	    "account uid=info address=info@example.com delegate=cn=h",
	    "<info@example.com>", "info@example.com of uid=info", "", NULL },
	{ "also if the entry is disabled or expired",
	    JOE "; account uid=info address=info@example.com "
	    "delegate=uid=joe disabled until=10 access=deny",
	    "<info@example.com>", "info@example.com of uid=info", "", NULL },
	{ "not of one that vouches for nothing",
	    JOE "; account uid=info address=info@example.com "
	    "delegate=uid=joe vouches-not", "<info@example.com>", "no", "",
	    NULL },
	{ "another delegate",
	    JOE "; account uid=info address=info@example.com "
	    "delegate=uid=ann delegate-login=ann "
	    "delegate-address=ann@example.com", "<info@example.com>", "no",
	    "", NULL },
	{ "delegates of delegates do not count",
	    JOE "; account uid=ann address=ann@example.com delegate=uid=joe; "
	    "account uid=info address=info@example.com delegate=uid=ann",
	    "<info@example.com>", "no", "", NULL },
	{ "its patterns are not delegated",
	    JOE "; account uid=info address=info@example.com "
	    "sender=@example.com delegate=uid=joe" HOME, "<x@example.com>",
	    "no", "", NULL },
	{ "of several holders any one",
	    JOE "; account uid=a address=info@example.com; "
	    "account uid=b address=info@example.com delegate=uid=joe",
	    "<info@example.com>", "info@example.com of uid=b", "", NULL },

	/* Alias domains. */
	{ "an address of the domain holds in its alias", JOE TWO,
	    "<joe@example.net>", "joe@example.com of uid=joe", "", NULL },
	{ "an address of an alias holds in the domain",
	    "account uid=joe address=joe@example.net" TWO,
	    "<joe@example.com>", "joe@example.net of uid=joe", "", NULL },
	{ "from alias to alias", "account uid=joe address=joe@example.net"
	    TWO, "<joe@example.org>", "joe@example.net of uid=joe", "",
	    NULL },
	{ "a sender pattern holds in all of them",
	    JOE "sender=@example.com" TWO, "<x@example.net>",
	    "@example.com of uid=joe", "", NULL },
	{ "a group's pattern too",
	    JOE "; group cn=g member=uid=joe sender=@example.org" TWO,
	    "<x@example.net>", "@example.org of cn=g", "", NULL },
	{ "not for @. forms",
	    JOE "sender=@.example.com; "
	    "domain cn=d name=a.example.com alias=a.example.net",
	    "<x@a.example.net>", "no", "", NULL },
	{ "an alias that another entry claims carries nothing over",
	    JOE TWO "; domain cn=e name=example.net", "<joe@example.net>",
	    "no", "", NULL },
	{ "a delegated address holds in an alias",
	    JOE "; account uid=info address=info@example.com "
	    "delegate=uid=joe" TWO, "<info@example.net>",
	    "info@example.com of uid=info", "", NULL },
	{ "not an address that another entry holds in full",
	    JOE "; account uid=ann address=joe@example.net" TWO,
	    "<joe@example.net>", "no", "",
	    "joe@example.net is held in full by uid=ann" },
	{ "also not by a pattern",
	    JOE "sender=@example.com; account uid=ann "
	    "address=x@example.net" TWO, "<x@example.net>", "no", "", NULL },
	{ "also not by delegation",
	    JOE "; account uid=info address=info@example.com "
	    "delegate=uid=joe; account uid=ann address=info@example.net" TWO,
	    "<info@example.net>", "no", "", NULL },
	{ "a pattern of the domain itself is not stopped by holders",
	    JOE "sender=@example.net; account uid=ann "
	    "address=x@example.net" TWO, "<x@example.net>",
	    "@example.net of uid=joe", "", NULL },
	{ "what another holds at another name does not stop it",
	    JOE "; account uid=ann address=joe@example.org" TWO,
	    "<joe@example.net>", "joe@example.com of uid=joe", "", NULL },

	/* Extensions. */
	{ "the extension is cut", JOE HOME, "<joe+tag@example.com>",
	    "joe@example.com of uid=joe", "", NULL },
	{ "at the first delimiter", JOE HOME, "<joe+a+b@example.com>",
	    "joe@example.com of uid=joe", "", NULL },
	{ "after the first character",
	    "account uid=joe address=+joe@example.com", "<+joe+a@example.com>",
	    "+joe@example.com of uid=joe", "", NULL },
	{ "of several delimiters", JOE, "<joe-a+b@example.com>",
	    "joe@example.com of uid=joe", "m", NULL },
	{ "without delimiters nothing is cut", JOE, "<joe+tag@example.com>",
	    "no", "x", NULL },
	{ "only if the address as given does not match",
	    JOE "address=joe+tag@example.com", "<joe+tag@example.com>",
	    "joe+tag@example.com of uid=joe", "", NULL },
	{ "for a full address as pattern", JOE "sender=x@example.com" HOME,
	    "<x+tag@example.com>", "x@example.com of uid=joe", "", NULL },
	{ "a delegated address", JOE "; account uid=info "
	    "address=info@example.com delegate=uid=joe",
	    "<info+x@example.com>", "info@example.com of uid=info", "",
	    NULL },
	{ "not an address that another entry holds in full",
	    JOE "; account uid=ann address=joe+tag@example.com",
	    "<joe+tag@example.com>", "no", "",
	    "joe+tag@example.com is held in full by uid=ann" },
	{ "nor at another name of the domain",
	    JOE "; account uid=ann address=joe+tag@example.org" TWO,
	    "<joe+tag@example.com>", "no", "", NULL },
	{ "cut, in an alias", JOE TWO, "<joe+tag@example.net>",
	    "joe@example.com of uid=joe", "", NULL },
	{ "cut, in an alias, another holds it uncut at that name",
	    JOE "; account uid=ann address=joe+tag@example.net" TWO,
	    "<joe+tag@example.net>", "no", "", NULL },
	{ "cut, in an alias, another holds it uncut at another name",
	    JOE "; account uid=ann address=joe+tag@example.org" TWO,
	    "<joe+tag@example.net>", "no", "", NULL },
	{ "cut, in an alias, another holds it cut",
	    JOE "; account uid=ann address=joe@example.net" TWO,
	    "<joe+tag@example.net>", "no", "", NULL },
	{ "cut, in an alias, a delegated address",
	    JOE "; account uid=info address=info@example.com "
	    "delegate=uid=joe" TWO, "<info+x@example.net>",
	    "info@example.com of uid=info", "", NULL },
	{ "both hold it in full", JOE "address=joe+tag@example.com; "
	    "account uid=ann address=joe+tag@example.com",
	    "<joe+tag@example.com>", "joe+tag@example.com of uid=joe", "",
	    NULL },
	{ "the own full address at another name stops nothing",
	    JOE "address=joe+tag@example.org" TWO, "<joe+tag@example.net>",
	    "joe+tag@example.org of uid=joe", "", NULL },
	{ "nothing matches the cut address either", JOE HOME,
	    "<ann+x@example.com>", "no", "", NULL }
};

/* An inquiry and what it needs. */
struct asked {
	struct array_view a;
	struct arena arena;
	struct locality_rules locality;
	struct ownership_rules rules;
	struct membership groups;
	struct ownership result;
	struct trace trace;
};

static const char *const config_domains[] = { "conf.example" };

static void
begin(struct asked *q, const struct row *row)
{

	memset(q, 0, sizeof(*q));
	array_begin(&q->a, row->policy);
	arena_init(&q->arena);
	trace_init(&q->trace);
	q->locality.domains = (struct texts){ config_domains, 1 };
	q->rules = (struct ownership_rules){
		.null_sender = strchr(row->settings, 'n') == NULL,
		.any_domain = strchr(row->settings, 'a') != NULL,
		.extension_delimiters = strchr(row->settings, 'm') != NULL ?
		    "+-" : strchr(row->settings, 'x') != NULL ? "" : "+",
		.qualify_domain = strchr(row->settings, 'q') != NULL ?
		    "example.com" : "",
		.locality = &q->locality
	};
	ck_assert_int_eq(membership_of(&q->a.view, q->a.accounts[0], 1000,
	    &q->arena, &q->groups), FOUND);
	q->a.lookups = 0;
}

static enum found
ask(struct asked *q, const struct row *row, struct trace *trace)
{

	return (ownership_of(&q->rules, &q->a.view, q->a.accounts[0],
	    &q->groups, row->sender, &q->arena, &q->result, trace));
}

static void
end(struct asked *q)
{

	arena_free(&q->arena);
	array_end(&q->a);
}

static bool
told(const struct trace *t, const char *text)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		ck_assert_int_eq(t->steps[i].step, 4);
		if (text == NULL || strstr(t->steps[i].text, text) != NULL)
			return (true);
	}
	return (false);
}

START_TEST(tells_who_owns_a_sender)
{
	const struct row *row = &rows[_i];
	struct asked q;
	char is[1024];

	begin(&q, row);
	ck_assert_int_eq(ask(&q, row, &q.trace), FOUND);
	if (!q.result.owned)
		snprintf(is, sizeof(is), "no");
	else
		snprintf(is, sizeof(is), "%s%s%s", q.result.match,
		    q.result.match[0] != '\0' ? " of " : "",
		    q.result.from_dn);
	ck_assert_msg(strcmp(is, row->expect) == 0, "%s: %s", row->label, is);
	ck_assert_msg(told(&q.trace, row->trace), "%s: trace", row->label);
	if (!q.result.owned) {
		ck_assert_str_eq(q.result.match, "");
		ck_assert_str_eq(q.result.from_dn, "");
	}
	end(&q);
}
END_TEST

/* Whatever lookup says LATER, the answer is LATER, and nothing is owned. */
START_TEST(keeps_later)
{
	const struct row *row = &rows[_i];
	struct asked q;
	int at, lookups;

	begin(&q, row);
	ask(&q, row, NULL);
	lookups = q.a.lookups;
	end(&q);
	for (at = 1; at <= lookups; at++) {
		begin(&q, row);
		q.a.later_at = at;
		ck_assert_msg(ask(&q, row, NULL) == LATER, "%s: lookup %d",
		    row->label, at);
		ck_assert(!q.result.owned);
		end(&q);
	}
}
END_TEST

START_TEST(own_address_needs_no_lookup)
{
	const struct row row = { .policy = JOE, .settings = "",
	    .sender = "<joe@example.com>" };
	struct asked q;

	begin(&q, &row);
	ck_assert_int_eq(ask(&q, &row, NULL), FOUND);
	ck_assert(q.result.owned);
	ck_assert_int_eq(q.a.lookups, 0);
	end(&q);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ownership");

	suite_rows(s, tells_who_owns_a_sender, ROWS(rows));
	suite_rows(s, keeps_later, ROWS(rows));
	suite_one(s, own_address_needs_no_lookup);
	return (suite_run(s));
}
