#define SUITE_H			/* runs unit tests */
#include "fuzz.h"
#include "policy_case.h"

/*
 * A random policy, settings and question, made of words from the lists below.
 * Whoever is let through has a voucher that a plain look at the policy finds;
 * a lookup that says "later" never opens anything; a would-be refusal has a
 * date that is ahead.
 */

enum { TEXT = 4096, ENTRIES = 8, WORDS = 6 };

/* An override does nothing but deny. */
static const char *const accesses[] = { "allow", "deny", "authenticate",
    "allow", "deny override" };
static const char *const account_words[] = {
	"login=joe", "login=zoe", "login=joe@example.com",
	"address=joe@example.com", "address=zoe@example.org",
	"address=joe+x@example.com", "sender=@example.com",
	"sender=@.example.edu", "sender=*", "sender=null",
	"recipient=@example.net", "recipient=-@example.net", "recipient=",
	"client=192.0.2.0/24", "client=2001:db8::/32", "client=",
	"access=allow", "access=deny", "disabled", "expired", "vouches-not",
	"from=2000", "until=500", "enforce=500", "enforce=2000",
	"group=cn=2", "delegate=uid=1", "delegate=cn=2",
	"delegate-login=zoe", "delegate-address=zoe@example.org"
};
static const char *const network_words[] = {
	"client=192.0.2.0/24", "client=192.0.2.7", "client=0.0.0.0/0",
	"client=2001:db8::/32", "client=127.0.0.0/8", "client=::1",
	"client=203.0.113.0/24", "vouches-not", "from=2000",
	"until=500", "enforce=500", "enforce=2000", "sender=@example.com",
	"sender=joe@example.com", "sender=", "recipient=@example.net",
	"recipient=*", "recipient="
};
static const char *const domain_words[] = {
	"alias=example.org", "alias=example.net", "enforce=500",
	"enforce=2000"
};
static const char *const domain_names[] = { "example.com", ".example.edu",
    "example.org", "[192.0.2.1]" };
static const char *const group_words[] = {
	"member=uid=0", "member=uid=1", "member=cn=3", "member-login=joe",
	"member-login=zoe", "access=deny", "access=allow",
	"sender=@example.com", "sender=*", "recipient=@example.net",
	"recipient=", "client=192.0.2.0/24", "client=", "undated",
	"vouches-not", "group=cn=3", "from=2000", "until=500",
	"enforce=500", "enforce=2000"
};
static const char *const deny_words[] = { "login=joe", "login=zoe",
    "login=joe@example.com", "until=500", "from=2000" };

static const char *const setting_words[] = {
	"", "authority", "enforce=500", "enforce=2000", "never", "permit",
	"any", "null-reject", "qualify=example.com", "local=example.com",
	"mailer=local", "realm=example.com", "ntdomain=corp",
	"default-realm=example.com", "unreadable", "unloaded", "age=100000",
	"unusable-login", "delimiters=-"
};

static const char *const clients[] = { "203.0.113.9", "192.0.2.7",
    "192.0.2.8", "2001:db8::1", "127.0.0.1", "127.0.0.1#0", "::1", "local",
    "unknown", "::ffff:192.0.2.9" };
static const char *const logins[] = { NULL, "", "joe", "zoe", "JOE",
    "joe@example.com", "corp\\joe", "nobody", "zoe@example.com" };
static const char *const senders[] = { "<joe@example.com>", "<>", "joe",
    "<zoe@example.org>", "<joe@example.org>", "<joe+x@example.com>",
    "<a@b.example.edu>", "<a%b@example.com>", "<a@example.net>", "<x" };
static const char *const recipients[] = { "<a@example.net>",
    "<a@example.com>", "<a@b.example.edu>", "a", "<a%b@example.com>",
    "<a@evil.example>", "<a@example.com>,<b@evil.example>", "<>",
    "<\"a@b\"@example.com>", "a@[192.0.2.1]" };
static const char *const mailers[] = { NULL, "smtp", "local", "error" };
static const char *const hosts[] = { NULL, "example.net",
    "5.1.1 User unknown in virtual alias table" };
static const char *const addrs[] = { NULL, "a@example.com", "a%b@x.example" };

#define PICK(in, list)	((list)[input_below(in, COUNT(list))])

/* ---- policy and question as text ----------------------------------------- */

struct text {
	char s[TEXT];
	size_t len;
};

static void
put(struct text *t, const char *before, const char *word)
{

	t->len += (size_t)snprintf(t->s + t->len, TEXT - t->len, "%s%s",
	    before, word);
	must(t->len < TEXT);
}

static void
put_words(struct text *t, struct input *in, const char *const *words,
    size_t n)
{
	unsigned i, many = input_below(in, WORDS);

	for (i = 0; i < many; i++)
		put(t, " ", words[input_below(in, (unsigned)n)]);
	put(t, "", "; ");
}

static void
put_entry(struct text *t, struct input *in)
{
	static const char *const numbers[] = { "0", "1", "2", "3" };

	switch (input_below(in, KINDS)) {
	case KIND_ACCOUNT:
		put(t, "account uid=", PICK(in, numbers));
		put_words(t, in, account_words, COUNT(account_words));
		break;
	case KIND_NETWORK:
		put(t, "network cn=", PICK(in, numbers));
		put(t, " access=", PICK(in, accesses));
		put_words(t, in, network_words, COUNT(network_words));
		break;
	case KIND_DOMAIN:
		put(t, "domain cn=", PICK(in, numbers));
		put(t, " name=", PICK(in, domain_names));
		put_words(t, in, domain_words, COUNT(domain_words));
		break;
	case KIND_GROUP:
		put(t, "group cn=", PICK(in, numbers));
		put_words(t, in, group_words, COUNT(group_words));
		break;
	case KIND_DENY:
		put(t, "deny uid=", PICK(in, numbers));
		put_words(t, in, deny_words, COUNT(deny_words));
		break;
	}
}

static void
read_case(struct policy_case *row, struct text *policy, struct text *settings,
    struct input *in)
{
	unsigned i, n = input_below(in, ENTRIES + 1);

	memset(row, 0, sizeof(*row));
	policy->len = settings->len = 0;
	policy->s[0] = settings->s[0] = '\0';
	row->client = PICK(in, clients);
	row->login = PICK(in, logins);
	row->from = PICK(in, senders);
	row->to = PICK(in, recipients);
	row->mailer = PICK(in, mailers);
	row->host = PICK(in, hosts);
	row->addr = PICK(in, addrs);
	for (i = 0; i < 4; i++)
		put(settings, " ", PICK(in, setting_words));
	for (i = 0; i < n; i++)
		put_entry(policy, in);
	row->policy = policy->s;
	row->settings = settings->s;
}

/* ---- who may ------------------------------------------------------------- */

static bool
domain_named(const struct case_run *r, const char *name)
{
	const struct domain *d;
	size_t i;

	if (texts_have(&r->settings.locality.domains, name))
		return (true);
	for (i = 0; i < r->a.n[KIND_DOMAIN]; i++) {
		d = r->a.domains[i];
		if (strcmp(d->name, name) == 0 ||
		    texts_have(&d->aliases, name))
			return (true);
	}
	return (false);
}

/* Spec 4.2. */
static bool
recipient_local(const struct case_run *r)
{
	const struct recipient *to = &r->question.recipient;
	const char *dot;
	struct addr a;

	if (to->mailer != NULL &&
	    texts_have(&r->settings.locality.mailers, to->mailer))
		return (true);
	if (addr_parse(to->arg, strlen(to->arg), &a) == ADDR_MAILBOX &&
	    !a.routing) {
		dot = strchr(a.domain, '.');
		if (a.domain[0] == '\0' || domain_named(r, a.domain) ||
		    (dot != NULL && a.domain[0] != '[' &&
		    domain_named(r, dot)))
			return (true);
	}
	return (to->mailer != NULL && strcmp(to->mailer, "error") == 0 &&
	    to->host != NULL && to->host[0] == '5' && to->addr != NULL &&
	    strchr(to->addr, '%') == NULL);
}

static bool
holds_client(const struct network *n, const struct client *c, unsigned *len)
{
	size_t i;
	bool holds = false;

	for (i = 0; c->kind == CLIENT_IP && i < n->clients.n; i++) {
		if (!cidr_holds(&n->clients.v[i], &c->ip) ||
		    (cidr_ip_loopback(&c->ip) && n->clients.v[i].len < 8))
			continue;
		if (!holds || n->clients.v[i].len > *len)
			*len = n->clients.v[i].len;
		holds = true;
	}
	return (holds && dates_hold(&n->dates, NOW));
}

/* No other network says no to what ${n}, holding it by ${len} bits, allows. */
static bool
network_unopposed(const struct case_run *r, unsigned len)
{
	const struct network *other;
	unsigned its;
	size_t i;

	for (i = 0; i < r->a.n[KIND_NETWORK]; i++) {
		other = r->a.networks[i];
		if (other->access == ACCESS_ALLOW ||
		    !holds_client(other, &r->question.client, &its))
			continue;
		if (its >= len ||
		    (other->override && other->access == ACCESS_DENY))
			return (false);
	}
	return (true);
}

static bool
some_match(const struct patterns *p, const struct subject *s)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (pattern_matches(&p->v[i], s))
			return (true);
	return (false);
}

static bool
network_vouches(const struct case_run *r, const struct network *n)
{
	struct subject to;
	unsigned len = 0;

	subject_read(r->question.recipient.arg, "", &to);
	return (n->access == ACCESS_ALLOW && n->vouches &&
	    holds_client(n, &r->question.client, &len) &&
	    network_unopposed(r, len) &&
	    (!n->recipients.present || some_match(&n->recipients, &to)) &&
	    (!n->senders.present || n->senders.n > 0) &&
	    (len >= 8 || n->recipients.present));
}

static bool
some_network_vouches(const struct case_run *r, const char *rule)
{
	const struct client *c = &r->question.client;
	size_t i;

	if (strcmp(rule, "loopback") == 0)
		return ((r->question.login == NULL ||
		    r->question.login[0] == '\0') &&
		    (c->kind == CLIENT_LOCAL || (c->kind == CLIENT_IP &&
		    cidr_ip_loopback(&c->ip))));
	for (i = 0; i < r->a.n[KIND_NETWORK]; i++)
		if (strcmp(r->a.networks[i]->dn, rule) == 0 &&
		    network_vouches(r, r->a.networks[i]))
			return (true);
	return (false);
}

/* Is one of the account's logins a form of the one that was given? */
static bool
is_its_login(const struct case_run *r, const struct account *a)
{
	struct login_forms forms;
	size_t i;

	login_forms_of(r->question.login, &r->settings.logins, &forms);
	for (i = 0; i < forms.n; i++)
		if (texts_have(&a->logins, forms.form[i]))
			return (true);
	return (false);
}

static bool
account_denied(const struct case_run *r, const struct account *a)
{
	const struct deny *d;
	size_t i, j;

	for (i = 0; i < r->a.n[KIND_DENY]; i++) {
		d = r->a.denies[i];
		if (!dates_hold(&d->dates, NOW))
			continue;
		if (strcmp(d->dn, a->dn) == 0)
			return (true);
		for (j = 0; j < a->logins.n; j++)
			if (texts_have(&d->logins, a->logins.v[j]))
				return (true);
	}
	return (a->access == ACCESS_DENY || !a->enabled);
}

/* The client is where the account may be used, or a group may have said so. */
static bool
client_fits(const struct case_run *r, const struct account *a)
{
	const struct client *c = &r->question.client;
	size_t i;

	for (i = 0; c->kind == CLIENT_IP && i < a->clients.n; i++)
		if (cidr_holds(&a->clients.v[i], &c->ip))
			return (true);
	return (!a->clients.present || r->a.n[KIND_GROUP] > 0);
}

/* An address, or a pattern of its or of a group, or somebody's delegate. */
static bool
may_own_senders(const struct case_run *r, const struct account *a)
{

	return (a->addresses.n + a->senders.n + r->a.n[KIND_GROUP] > 0 ||
	    r->a.n[KIND_ACCOUNT] > 1);
}

static bool
account_vouches(const struct case_run *r, const struct account *a)
{

	return (a->vouches && !a->expired && dates_hold(&a->dates, NOW) &&
	    !account_denied(r, a) && is_its_login(r, a) &&
	    client_fits(r, a) && (may_own_senders(r, a) ||
	    strcmp(r->question.sender, "<>") == 0));
}

static bool
some_account_vouches(const struct case_run *r, const char *rule)
{
	size_t i;

	if (r->question.login == NULL || r->question.login[0] == '\0' ||
	    !r->question.login_usable)
		return (false);
	for (i = 0; i < r->a.n[KIND_ACCOUNT]; i++)
		if (strcmp(r->a.accounts[i]->dn, rule) == 0 &&
		    account_vouches(r, r->a.accounts[i]))
			return (true);
	return (false);
}

static bool
policy_unavailable(const struct case_run *r)
{
	const struct policy_view *v = &r->a.view;

	return (!v->readable || !v->loaded ||
	    v->age > r->settings.max_stale || r->a.later_at > 0);
}

/* ---- what must hold ------------------------------------------------------ */

static void
pass_is_sound(const struct case_run *r)
{

	if (r->verdict.reason == REASON_NOT_SMTP)
		must(policy_not_smtp(&r->question.client, r->question.login));
	else
		must(r->verdict.reason == REASON_LOCAL_RECIPIENT &&
		    recipient_local(r));
}

static void
permit_is_sound(const struct case_run *r)
{
	const struct verdict *v = &r->verdict;

	if (v->reason == REASON_DIRECTORY_UNAVAILABLE)
		must(r->settings.permit_unavailable &&
		    r->settings.role == ROLE_NARROWING &&
		    policy_unavailable(r));
	else if (v->reason == REASON_ACCOUNT)
		must(some_account_vouches(r, v->rule));
	else
		must(v->reason == REASON_NETWORK &&
		    some_network_vouches(r, v->rule));
	if (v->reason != REASON_DIRECTORY_UNAVAILABLE)
		must(r->a.view.readable && r->a.view.loaded &&
		    r->a.view.age <= r->settings.max_stale);
}

static void
refusal_is_sound(const struct case_run *r)
{
	const struct verdict *v = &r->verdict;

	must(verdict_refuses(v->reason));
	must((v->enforced == VERDICT_TEMPFAIL) ==
	    (verdict_class(v->reason) == '4'));
	if (v->word == VERDICT_WOULD_REJECT)
		must(v->enforce_from > NOW && v->enforced != v->word &&
		    (r->settings.role == ROLE_NARROWING ||
		    r->settings.enforce_from > NOW));
	else
		must(v->enforced == v->word);
}

static void
verdict_is_sound(const struct case_run *r)
{

	switch (r->verdict.word) {
	case VERDICT_PASS:
		pass_is_sound(r);
		break;
	case VERDICT_PERMIT:
		permit_is_sound(r);
		break;
	case VERDICT_REJECT:
	case VERDICT_TEMPFAIL:
	case VERDICT_WOULD_REJECT:
		refusal_is_sound(r);
		break;
	}
}

/* The same question; one lookup says "later". */
static void
later_opens_nothing(const struct policy_case *row, int at,
    const struct verdict *known)
{
	const bool was_let = known->word == VERDICT_PASS ||
	    known->word == VERDICT_PERMIT;
	struct case_run r;

	case_begin(&r, row);
	r.a.later_at = at;
	case_decide(&r, NULL);
	if (r.verdict.word == VERDICT_PASS ||
	    (r.verdict.word == VERDICT_PERMIT &&
	    r.verdict.reason != REASON_DIRECTORY_UNAVAILABLE))
		must(was_let);
	case_end(&r);
}

/* A trace is only told what happens. */
static void
trace_changes_nothing(const struct policy_case *row,
    const struct verdict *known)
{
	struct case_run r;
	size_t i;

	case_begin(&r, row);
	case_decide(&r, &r.trace);
	must(r.verdict.word == known->word);
	must(r.verdict.reason == known->reason);
	must(r.trace.n > 0);
	for (i = 0; i < r.trace.n; i++)
		must(text_printable(r.trace.steps[i].text));
	case_end(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct text policy, settings;
	struct input in = input_of(data, size);
	struct policy_case row;
	struct case_run r;
	int at, lookups;

	read_case(&row, &policy, &settings, &in);
	case_begin(&r, &row);
	case_decide(&r, NULL);
	lookups = r.a.lookups;
	verdict_is_sound(&r);
	trace_changes_nothing(&row, &r.verdict);
	for (at = 1; at <= lookups && at <= 16; at++)
		later_opens_nothing(&row, at, &r.verdict);
	case_end(&r);
	input_end(&in);
	return (0);
}
