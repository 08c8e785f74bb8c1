#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "argument.h"
#include "clock.h"
#include "counters.h"
#include "explain.h"
#include "jsondoc.h"
#include "running.h"
#include "store.h"
#include "visible.h"
#include "when.h"

enum {
	EXIT_REJECT = 1,
	EXIT_WOULD_REJECT = 3,
	/* Of the client, if none is given: 0 would make it Postfix's
	 * simulated session. */
	SOME_PORT = 1,
	PORT_MAX = 65535
};

const char explain_usage[] =
    "mayrelay explain --client ADDRESS[:PORT]|local|unknown [--login LOGIN]\n"
    "    --sender ADDRESS|'<>' --recipient ADDRESS [--mailer MAILER]\n"
    "    [--rcpt-host HOST] [--rcpt-addr ADDRESS] [--at TIME] [--json]\n"
    "What mayrelayd answers in that case, by the policy in use, and why.\n"
    "Exit status: 0 pass or permit, 1 reject, 3 would-reject, 75 tempfail,\n"
    "64 usage, 69 there is no store.\n";

/* The command line. */
struct arguments {
	const char *client, *login, *sender, *recipient;
	const char *mailer, *rcpt_host, *rcpt_addr, *at;
	bool json;
};

/* A case, and what came of it. */
struct explained {
	const struct config *config;
	struct question question;
	char client[CIDR_TEXT_MAX];
	char login[LOGIN_MAX + 64];
	struct clock_reading now;
	int64_t at;
	struct arena arena;
	struct verdict verdict;
	struct trace trace;
	bool has_reply;
	struct reply reply;
	char code[REPLY_CODE_MAX];	/* "550 5.7.1", or "" */
	uint64_t generation;
	enum running running;
};

/* ---- the command line ------------------------------------------------- */

static int
read_port(const char *text, uint16_t *port, struct why *why)
{
	size_t len = strspn(text, "0123456789");
	long n = strtol(text, NULL, 10);

	if (len < 1 || len > 5 || text[len] != '\0' || n > PORT_MAX)
		return (why_set(why, "`%s' is not a port (0 to %d)", text,
		    PORT_MAX));
	*port = (uint16_t)n;
	return (0);
}

/* An IPv6 address stands in [] before a port, as in a URL (RFC 3986). */
static int
read_address(const char *text, struct client *client, struct why *why)
{
	const char *end, *port = NULL, *address = text;
	size_t len = strlen(text);

	if (text[0] == '[' && (end = strchr(text, ']')) != NULL &&
	    (end[1] == '\0' || end[1] == ':')) {
		address = text + 1;
		len = (size_t)(end - address);
		port = end[1] == ':' ? end + 2 : NULL;
	} else if ((end = strchr(text, ':')) != NULL &&
	    strchr(end + 1, ':') == NULL) {
		len = (size_t)(end - text);
		port = end + 1;
	}
	client->kind = CLIENT_IP;
	client->port = SOME_PORT;
	if (port != NULL && read_port(port, &client->port, why) != 0)
		return (-1);
	if (cidr_ip_parse(address, len, &client->ip) != 0)
		return (why_set(why, "--client `%s' is not an address, "
		    "ADDRESS:PORT, [IPv6]:PORT, local or unknown: take the "
		    "address of client= in the log line", text));
	return (0);
}

static int
read_client(const char *text, struct client *client, struct why *why)
{

	memset(client, 0, sizeof(*client));
	if (strcmp(text, "local") == 0)
		client->kind = CLIENT_LOCAL;
	else if (strcmp(text, "unknown") == 0)
		client->kind = CLIENT_UNKNOWN;
	else
		return (read_address(text, client, why));
	return (0);
}

/* The MTA hands an address over in <>. */
static const char *
in_brackets(struct arena *arena, const char *address)
{
	size_t size = strlen(address) + 3;
	char *text;

	if (strchr(address, '<') != NULL)
		return (address);
	if ((text = arena_alloc(arena, size)) != NULL)
		snprintf(text, size, "<%s>", address);
	return (text);
}

static int
read_at(const char *text, int64_t *at, struct why *why)
{

	if (when_date(text, strlen(text), at) == 0 ||
	    when_generalized(text, strlen(text), at) == 0)
		return (0);
	return (why_set(why, "--at `%s' is not a time such as "
	    "2027-01-15T00:00:00Z or 20270115000000Z", text));
}

static int
check_given(const struct arguments *a, struct why *why)
{

	if (a->client == NULL)
		return (why_set(why, "--client is missing"));
	if (a->sender == NULL)
		return (why_set(why, "--sender is missing (the null sender is "
		    "written '<>')"));
	if (a->recipient == NULL || a->recipient[0] == '\0')
		return (why_set(why, "--recipient is missing"));
	return (0);
}

static int
read_case(const struct arguments *a, struct explained *e, struct why *why)
{
	struct question *q = &e->question;

	if (check_given(a, why) != 0 ||
	    read_client(a->client, &q->client, why) != 0)
		return (-1);
	e->at = e->now.utc;
	if (a->at != NULL && read_at(a->at, &e->at, why) != 0)
		return (-1);
	q->login = "";
	if (a->login != NULL && a->login[0] != '\0') {
		q->login_usable = login_read(a->login, false, e->login,
		    sizeof(e->login));
		q->login = e->login;
	}
	q->sender = in_brackets(&e->arena, a->sender);
	q->recipient.arg = in_brackets(&e->arena, a->recipient);
	q->recipient.mailer = a->mailer;
	q->recipient.host = a->rcpt_host;
	q->recipient.addr = a->rcpt_addr;
	if (q->sender == NULL || q->recipient.arg == NULL)
		return (why_set(why, "out of memory"));
	return (0);
}

static int
read_command(int argc, char **argv, struct explained *e, bool *json,
    struct why *why)
{
	struct arguments a = { .json = false };
	const struct argument table[] = {
		{ "--client", &a.client, NULL },
		{ "--login", &a.login, NULL },
		{ "--sender", &a.sender, NULL },
		{ "--recipient", &a.recipient, NULL },
		{ "--mailer", &a.mailer, NULL },
		{ "--rcpt-host", &a.rcpt_host, NULL },
		{ "--rcpt-addr", &a.rcpt_addr, NULL },
		{ "--at", &a.at, NULL },
		{ "--json", NULL, &a.json }
	};

	if (argument_read(table, sizeof(table) / sizeof(table[0]), argc, argv,
	    why) != 0)
		return (-1);
	*json = a.json;
	return (read_case(&a, e, why));
}

/* ---- the decision ----------------------------------------------------- */

static const char *
client_text(struct explained *e)
{

	switch (e->question.client.kind) {
	case CLIENT_IP:
		cidr_ip_format(&e->question.client.ip, e->client);
		return (e->client);
	case CLIENT_LOCAL:
		return ("local");
	case CLIENT_UNKNOWN:
		break;
	}
	return ("unknown");
}

static void
make_reply(struct explained *e)
{
	const struct reply_values values = {
		.client = client_text(e),
		.login = e->question.login,
		.sender = e->question.sender,
		.recipient = e->question.recipient.arg
	};

	switch (e->verdict.word) {
	case VERDICT_PASS:
	case VERDICT_PERMIT:
		return;
	case VERDICT_REJECT:
	case VERDICT_TEMPFAIL:
	case VERDICT_WOULD_REJECT:
		e->has_reply = true;
		reply_make(&e->config->reply, e->verdict.reason, &values,
		    &e->reply);
		snprintf(e->code, sizeof(e->code), "%s %s", e->reply.rcode,
		    e->reply.xcode);
		break;
	}
}

static void
look_at_daemon(struct explained *e)
{
	struct counters *counters;

	if (counters_open(e->config->store, false, &counters, NULL) != 0)
		counters = NULL;
	e->running = running_look(counters, e->config);
	counters_close(counters);
}

static int
keep(struct explained *e, const char **text)
{

	if (*text == NULL)
		*text = "";
	return ((*text = arena_strdup(&e->arena, *text)) == NULL ? -1 : 0);
}

/* What the verdict points to is kept: whoever reads our output slowly must
 * not hold a transaction open. */
static int
decide(struct explained *e, struct store *store, struct why *why)
{
	struct verdict *v = &e->verdict;
	struct clock_reading now;
	struct store_view *view;
	int result = 0;

	view = store_view_now(store, e->config->configured, &now);
	if (view == NULL)
		return (why_set(why, "out of memory"));
	e->generation = store_generation(view);
	policy_decide(&e->config->policy, store_view_policy(view), e->at,
	    &e->question, &e->arena, v, &e->trace);
	if (keep(e, &v->rule) != 0 || keep(e, &v->match) != 0 ||
	    keep(e, &v->match_dn) != 0)
		result = why_set(why, "out of memory");
	store_view_end(view);
	return (result);
}

/* ---- as text ---------------------------------------------------------- */

/* A DN may be of any length: piece by piece. */
static void
put(const char *label, const char *value)
{
	char piece[65], text[VISIBLE_SIZE(sizeof(piece))];

	if (value[0] == '\0')
		return;
	printf("  %-9s ", label);
	for (; value[0] != '\0'; value += strlen(piece)) {
		snprintf(piece, sizeof(piece), "%s", value);
		printf("%s", visible_text(piece, text, sizeof(text)));
	}
	printf("\n");
}

static void
put_reply(const struct reply *r)
{
	int i;

	for (i = 0; i < r->nlines; i++)
		printf("  %-9s %s%c%s %s\n", i == 0 ? "reply" : "", r->rcode,
		    i + 1 < r->nlines ? '-' : ' ', r->xcode, r->line[i]);
}

static void
put_policy(const struct explained *e)
{

	if (e->verdict.has_age)
		printf("  %-9s generation %llu, %lld s old\n", "policy",
		    (unsigned long long)e->generation,
		    (long long)e->verdict.age);
	else
		printf("  %-9s %s\n", "policy", e->generation == 0 ?
		    "never loaded" : "of unknown age");
}

static void
put_steps(const struct trace *t)
{
	static const char *const titles[] = {
		"client", "recipient", "policy", "network", "account",
		"voucher", "verdict", "enforcement"
	};
	const struct trace_step *step;
	size_t i;

	for (i = 0; i < t->n; i++) {
		step = &t->steps[i];
		if (step->step == TRACE_ENFORCE)
			printf("    ");
		else
			printf("%3d ", step->step);
		printf("%-12s %s\n", titles[step->step], step->text);
	}
	if (t->cut)
		printf("    (more steps are left out)\n");
}

static void
print_text(const struct explained *e)
{
	const struct verdict *v = &e->verdict;
	char date[WHEN_TEXT_MAX];

	printf("%s: %s\n", verdict_word(v->word), verdict_reason(v->reason));
	if (e->has_reply)
		put_reply(&e->reply);
	put("rule", v->rule);
	put("match", v->match);
	put("of", v->match_dn);
	if (v->word == VERDICT_WOULD_REJECT)
		put("real from", when_format(v->enforce_from, date));
	put_policy(e);
	printf("\n");
	put_steps(&e->trace);
}

/* ---- as JSON ---------------------------------------------------------- */

static json_t *
json_reply(const struct explained *e)
{
	json_t *lines = json_array();
	int i;

	for (i = 0; e->has_reply && i < e->reply.nlines; i++)
		json_array_append_new(lines, jsondoc_text(e->reply.line[i]));
	return (lines);
}

static json_t *
json_steps(const struct trace *t)
{
	json_t *steps = json_array();
	size_t i;

	for (i = 0; i < t->n; i++)
		json_array_append_new(steps, json_pack("{s:i, s:o}",
		    "step", t->steps[i].step,
		    "text", jsondoc_text(t->steps[i].text)));
	return (steps);
}

static json_t *
document(const struct explained *e)
{
	const struct verdict *v = &e->verdict;
	char date[WHEN_TEXT_MAX];

	return (json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, "
	    "s:o, s:o}",
	    "verdict", verdict_word(v->word),
	    "reason", verdict_reason(v->reason),
	    "code", e->code,
	    "reply", json_reply(e),
	    "rule", jsondoc_text(v->rule),
	    "match", jsondoc_text(v->match),
	    "match_dn", jsondoc_text(v->match_dn),
	    "enforce_from", v->word == VERDICT_WOULD_REJECT ?
	    json_string(when_format(v->enforce_from, date)) : json_null(),
	    "policy_age", v->has_age ? json_integer(v->age) : json_null(),
	    "generation", (json_int_t)e->generation,
	    "steps", json_steps(&e->trace),
	    "config_in_force", jsondoc_in_force(e->running)));
}

/* ---- the command ------------------------------------------------------ */

static int
exit_code(enum verdict_word word)
{

	switch (word) {
	case VERDICT_PASS:
	case VERDICT_PERMIT:
		return (0);
	case VERDICT_REJECT:
		return (EXIT_REJECT);
	case VERDICT_WOULD_REJECT:
		return (EXIT_WOULD_REJECT);
	case VERDICT_TEMPFAIL:
		break;
	}
	return (EX_TEMPFAIL);
}

static int
print(const struct explained *e, bool json)
{
	int code;

	if (e->running == RUNNING_OTHER)
		fprintf(stderr, "mayrelay: warning: mayrelayd has another "
		    "configuration in force than %s; reload it to have this "
		    "answer from it\n", e->config->path);
	if (!json)
		print_text(e);
	else if ((code = jsondoc_print(document(e))) != 0)
		return (code);
	return (exit_code(e->verdict.word));
}

static int
answer(struct explained *e, bool json)
{
	struct store *store;
	struct why why;
	int result;

	if (store_open(e->config->store, STORE_READ, &store, &why) != 0) {
		fprintf(stderr, "mayrelay: %s\n", why.text);
		return (EX_UNAVAILABLE);
	}
	result = decide(e, store, &why);
	store_close(store);
	if (result != 0) {
		fprintf(stderr, "mayrelay: %s\n", why.text);
		return (EX_OSERR);
	}
	make_reply(e);
	look_at_daemon(e);
	return (print(e, json));
}

int
explain_run(const struct config *config, int argc, char **argv)
{
	struct explained *e;
	struct why why;
	bool json;
	int code;

	if ((e = calloc(1, sizeof(*e))) == NULL) {
		fprintf(stderr, "mayrelay: out of memory\n");
		return (EX_OSERR);
	}
	e->config = config;
	arena_init(&e->arena);
	trace_init(&e->trace);
	clock_read(&e->now);
	if (read_command(argc, argv, e, &json, &why) == 0) {
		code = answer(e, json);
	} else {
		fprintf(stderr, "mayrelay explain: %s\n%s", why.text,
		    explain_usage);
		code = EX_USAGE;
	}
	arena_free(&e->arena);
	free(e);
	return (code);
}
