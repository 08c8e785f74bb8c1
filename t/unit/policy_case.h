#ifndef POLICY_CASE_H
#define POLICY_CASE_H

#include <inttypes.h>

#include "policy.h"
#include "suite.h"
#include "view_array.h"

/*
 * policy_case: a decision as one row of a table.
 *
 * The policy is text (view_array.h); so are the settings, words separated by
 * spaces (set_word below).  It is NOW, and if the row does not say otherwise,
 * a stranger sends from joe@example.com to someone@elsewhere.example, and
 * enforcement is on.
 */

#define NOW	INT64_C(1000)

/* Pieces of policies that many rows need. */
#define HOME	"domain cn=home name=example.com; "
#define JOE	"account uid=joe login=joe address=joe@example.com "
#define OFFICE	"network cn=office client=192.0.2.0/24 "

struct policy_case {
	const char *label;
	const char *policy;
	const char *settings;	/* NULL: the defaults */
	const char *client;	/* NULL: a stranger; "local", "unknown" */
	const char *login;
	const char *from;
	const char *to;
	const char *mailer;
	const char *host;
	const char *addr;
	const char *expect;	/* as case_format writes it */
	const char *trace;	/* something that the trace must say */
};

/* What one case needs while it runs. */
struct case_run {
	struct array_view a;
	struct policy_settings settings;
	const char *texts[8];
	struct question question;
	struct arena arena;
	struct trace trace;
	struct verdict verdict;
};

static inline struct texts
case_one(struct case_run *r, size_t i, const char *value)
{

	r->texts[i] = value;
	return ((struct texts){ &r->texts[i], 1 });
}

/* Words that are a number, a list of one, a text, or a flag. */
static inline void
case_word(struct case_run *r, const char *key, const char *value)
{
	struct policy_settings *s = &r->settings;

	if (strcmp(key, "authority") == 0)
		s->role = ROLE_AUTHORITY;
	else if (strcmp(key, "enforce") == 0)
		s->enforce_from = atoll(value);
	else if (strcmp(key, "never") == 0)
		s->enforce_from = WHEN_NEVER;
	else if (strcmp(key, "permit") == 0)
		s->permit_unavailable = true;
	else if (strcmp(key, "any") == 0)
		s->ownership.any_domain = true;
	else if (strcmp(key, "null-reject") == 0)
		s->ownership.null_sender = false;
	else if (strcmp(key, "delimiters") == 0)
		s->ownership.extension_delimiters = value;
	else if (strcmp(key, "qualify") == 0)
		s->ownership.qualify_domain = value;
	else if (strcmp(key, "local") == 0)
		s->locality.domains = case_one(r, 0, value);
	else if (strcmp(key, "mailer") == 0)
		s->locality.mailers = case_one(r, 1, value);
	else if (strcmp(key, "realm") == 0)
		s->logins.realms = case_one(r, 2, value).v,
		s->logins.nrealms = 1;
	else if (strcmp(key, "ntdomain") == 0)
		s->logins.domains = case_one(r, 3, value).v,
		s->logins.ndomains = 1;
	else if (strcmp(key, "default-realm") == 0)
		s->logins.default_realm = value;
	else if (strcmp(key, "unreadable") == 0)
		r->a.view.readable = false;
	else if (strcmp(key, "unloaded") == 0)
		r->a.view.loaded = false;
	else if (strcmp(key, "age") == 0)
		r->a.view.age = atoll(value);
	else if (strcmp(key, "later") == 0)
		r->a.later |= (unsigned)atoi(value);
	else if (strcmp(key, "unusable-login") == 0)
		r->question.login_usable = false;
	else
		ck_abort_msg("no such setting: %s", key);
}

static inline void
case_settings(struct case_run *r, const char *words)
{
	char *text = arena_strdup(&r->a.arena, words);
	char *save = NULL, *value, *word;

	for (word = strtok_r(text, " ", &save); word != NULL;
	    word = strtok_r(NULL, " ", &save)) {
		if ((value = strchr(word, '=')) != NULL)
			*value++ = '\0';
		case_word(r, word, value != NULL ? value : "");
	}
}

/* "192.0.2.1", "127.0.0.1#0" (with a port), "local", "unknown". */
static inline struct client
case_client(const char *text)
{
	struct client c = { .kind = CLIENT_IP, .port = 40000 };
	const char *port;

	if (text == NULL)
		text = "203.0.113.9";
	if (strcmp(text, "local") == 0) {
		c.kind = CLIENT_LOCAL;
	} else if (strcmp(text, "unknown") == 0) {
		c.kind = CLIENT_UNKNOWN;
	} else {
		if ((port = strchr(text, '#')) != NULL)
			c.port = (uint16_t)atoi(port + 1);
		ck_assert_int_eq(cidr_ip_parse(text, strcspn(text, "#"),
		    &c.ip), 0);
	}
	return (c);
}

static inline void
case_begin(struct case_run *r, const struct policy_case *row)
{

	memset(r, 0, sizeof(*r));
	array_begin(&r->a, row->policy);
	arena_init(&r->arena);
	trace_init(&r->trace);
	r->settings = (struct policy_settings){
		.role = ROLE_NARROWING,
		.enforce_from = WHEN_BEGINNING,
		.max_stale = 86400,
		.ownership = {
			.null_sender = true,
			.extension_delimiters = "+",
			.qualify_domain = "",
			.locality = &r->settings.locality
		},
		.logins = { .default_realm = "" }
	};
	r->question = (struct question){
		.client = case_client(row->client),
		.login = row->login,
		.login_usable = true,
		.sender = row->from != NULL ? row->from : "<joe@example.com>",
		.recipient = {
			.arg = row->to != NULL ? row->to :
			    "<someone@elsewhere.example>",
			.mailer = row->mailer,
			.host = row->host,
			.addr = row->addr
		}
	};
	if (row->settings != NULL)
		case_settings(r, row->settings);
}

static inline void
case_end(struct case_run *r)
{

	arena_free(&r->arena);
	array_end(&r->a);
}

static inline void
case_decide(struct case_run *r, struct trace *trace)
{

	policy_decide(&r->settings, &r->a.view, NOW, &r->question, &r->arena,
	    &r->verdict, trace);
}

/* "permit account rule=uid=joe match=joe@example.com of=uid=joe", and for a
 * would-reject also "enforced=reject from=2000". */
static inline const char *
case_format(const struct verdict *v, char *out, size_t size)
{
	int n;

	n = snprintf(out, size, "%s %s", verdict_word(v->word),
	    verdict_reason(v->reason));
	if (v->rule[0] != '\0')
		n += snprintf(out + n, size - (size_t)n, " rule=%s", v->rule);
	if (v->match[0] != '\0')
		n += snprintf(out + n, size - (size_t)n, " match=%s of=%s",
		    v->match, v->match_dn);
	if (v->enforced != v->word)
		n += snprintf(out + n, size - (size_t)n, " enforced=%s",
		    verdict_word(v->enforced));
	if (v->enforce_from == WHEN_NEVER)
		snprintf(out + n, size - (size_t)n, " from=never");
	else if (v->enforce_from != WHEN_BEGINNING)
		snprintf(out + n, size - (size_t)n, " from=%" PRId64,
		    v->enforce_from);
	return (out);
}

static inline bool
case_traced(const struct trace *t, const char *text)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (strstr(t->steps[i].text, text) != NULL)
			return (true);
	}
	return (false);
}

/* Steps of a trace are told in order. */
static inline bool
case_trace_ordered(const struct trace *t)
{
	size_t i;

	for (i = 1; i < t->n; i++) {
		if (t->steps[i].step < t->steps[i - 1].step)
			return (false);
	}
	return (t->n > 0);
}

/* The answer must be the expected one, with a trace and without. */
static inline void
case_check(const struct policy_case *row)
{
	struct case_run r;
	char text[2048];

	case_begin(&r, row);
	case_decide(&r, NULL);
	ck_assert_msg(strcmp(case_format(&r.verdict, text, sizeof(text)),
	    row->expect) == 0, "%s:\n  is     %s\n  not    %s", row->label,
	    text, row->expect);
	case_end(&r);

	case_begin(&r, row);
	case_decide(&r, &r.trace);
	ck_assert_msg(strcmp(case_format(&r.verdict, text, sizeof(text)),
	    row->expect) == 0, "%s (with trace): %s", row->label, text);
	ck_assert_msg(case_trace_ordered(&r.trace), "%s: no trace in order",
	    row->label);
	if (row->trace != NULL)
		ck_assert_msg(case_traced(&r.trace, row->trace),
		    "%s: the trace does not say: %s", row->label, row->trace);
	case_end(&r);
}

#endif /* !POLICY_CASE_H */
