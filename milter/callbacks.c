#include <sys/types.h>
#include <sys/socket.h>

#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callbacks.h"
#include "clock.h"
#include "gate.h"
#include "line.h"
#include "log.h"
#include "policy.h"
#include "refusals.h"
#include "reply.h"
#include "session.h"

/*
 * What is not needed is negotiated away, and so are the answers to CONNECT,
 * HELO and MAIL: everything is decided at RCPT.  SMFIP_RCPT_REJ is not asked
 * for: with it Postfix's {rcpt_mailer} `error' would not tell a virtual alias
 * from a refused recipient.
 */
#define STEPS	(SMFIP_NOHELO | SMFIP_NODATA | SMFIP_NOHDRS | SMFIP_NOEOH | \
		SMFIP_NOBODY | SMFIP_NOUNKNOWN | \
		SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL)

/*
 * The macros.  `j' is in each list because the MTA always has it, and so is
 * `v', which Postfix can be told to leave out: then each stage's macros come
 * anew.  With MTAs that take no list only forget_macros sees to it that they
 * do not stay.
 */
static const struct symbols {
	int stage;
	const char *list;
} symbols[] = {
	{ SMFIM_CONNECT, "j v {daemon_name} _" },
	{ SMFIM_ENVFROM, "i j v {auth_type} {auth_authen}" },
	{ SMFIM_ENVRCPT, "i j v {rcpt_mailer} {rcpt_host} {rcpt_addr}" }
};

/* What is said of one message, and of one recipient. */
static const char *const of_message[] = { "i", "{auth_type}", "{auth_authen}",
    NULL };
static const char *const of_recipient[] = { "i", "{rcpt_mailer}",
    "{rcpt_host}", "{rcpt_addr}", NULL };

/* What all connections answer from. */
static struct {
	struct store *store;
	struct counters *counters;
	pthread_mutex_t lock;		/* guards config, overloaded */
	const struct config *config;
	bool overloaded;		/* an episode is going on */
} serving = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Whoever judges a recipient is inside. */
static struct gate gate = GATE_OPEN;

/* A connection, as libmilter keeps it for us. */
struct connection {
	struct session *session;
	struct refusals *refusals;
};

void
callbacks_serve(struct store *store, struct counters *counters)
{

	serving.store = store;
	serving.counters = counters;
}

void
callbacks_configure(const struct config *config)
{
	const struct config *old;

	config_take(config);
	pthread_mutex_lock(&serving.lock);
	old = serving.config;
	serving.config = config;
	pthread_mutex_unlock(&serving.lock);
	config_give(old);
}

static const struct config *
config_now(void)
{
	const struct config *config;

	pthread_mutex_lock(&serving.lock);
	config = config_take(serving.config);
	pthread_mutex_unlock(&serving.lock);
	return (config);
}

/* ---- hear ---------------------------------------------------------------- */

/* libmilter's prototypes predate const. */
static const char *
macro_get(void *ctx, const char *name)
{

	return (smfi_getsymval(ctx, (char *)name));
}

/*
 * libmilter keeps the macros of a stage until the MTA sends that stage's
 * again, and an MTA that has no value for any of them sends none: a MAIL after
 * the login has ended, or a RCPT that was not resolved, would be judged by what
 * the one before it was.  So what has been heard is blotted out.  Values are
 * not const, and each packet has a buffer of its own: what is said again is
 * heard again.  A login that came with EHLO counts for the first message only:
 * for each later one the MTA must say it with MAIL.
 */
static void
forget_macros(SMFICTX *ctx, const char *const *name)
{
	char *value;

	for (; *name != NULL; name++) {
		if ((value = smfi_getsymval(ctx, (char *)*name)) != NULL)
			value[0] = '\0';
	}
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
    unsigned long reserved0, unsigned long reserved1,
    unsigned long *want_actions, unsigned long *want_steps,
    unsigned long *want0, unsigned long *want1)
{
	size_t i;

	(void)reserved0;
	(void)reserved1;
	*want_actions = actions & SMFIF_SETSYMLIST;
	*want_steps = steps & STEPS;
	*want0 = *want1 = 0;
	if (*want_actions == 0)
		return (SMFIS_CONTINUE);
	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		if (smfi_setsymlist(ctx, symbols[i].stage,
		    (char *)symbols[i].list) != MI_SUCCESS) {
			log_line(LOG_SEV_ERROR, "libmilter does not take the "
			    "list of macros: memory may be short");
			return (SMFIS_REJECT);
		}
	}
	return (SMFIS_CONTINUE);
}

/* libmilter gives NULL for an address that the MTA does not know. */
static struct client
client_of(const struct sockaddr *sa)
{
	struct client client = { .kind = CLIENT_UNKNOWN };
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	uint8_t bytes[4];

	if (sa == NULL)
		return (client);
	switch (sa->sa_family) {
	case AF_INET:
		memcpy(&in4, sa, sizeof(in4));
		memcpy(bytes, &in4.sin_addr, sizeof(bytes));
		client.kind = CLIENT_IP;
		client.ip = cidr_ip_v4(bytes);
		client.port = ntohs(in4.sin_port);
		break;
	case AF_INET6:
		memcpy(&in6, sa, sizeof(in6));
		client.kind = CLIENT_IP;
		client.ip = cidr_ip_v6(in6.sin6_addr.s6_addr);
		client.port = ntohs(in6.sin6_port);
		break;
	case AF_UNIX:
		client.kind = CLIENT_LOCAL;
		break;
	}
	return (client);
}

/* One line for an episode, not one for a connection; it ends when a tenth of
 * the connections is free again. */
static bool
count_connection(const struct config *config)
{
	const long max = config->max_connections;
	long n;
	bool begins;

	n = (long)atomic_fetch_add(&serving.counters->connections, 1) + 1;
	atomic_fetch_add(&serving.counters->connections_total, 1);
	pthread_mutex_lock(&serving.lock);
	begins = n > max && !serving.overloaded;
	if (n > max)
		serving.overloaded = true;
	else if (n <= max - max / 10)
		serving.overloaded = false;
	pthread_mutex_unlock(&serving.lock);
	if (begins)
		log_line(LOG_SEV_WARNING, "overloaded: more than "
		    "milter.max_connections = %ld connections; recipients of "
		    "those beyond are put off", max);
	if (n > max)
		atomic_fetch_add(&serving.counters->overloaded, 1);
	return (n > max);
}

static void
connection_free(struct connection *c)
{

	refusals_close(c->refusals);
	session_free(c->session);
	free(c);
}

static struct connection *
connection_new(const struct config *config, bool overloaded)
{
	struct connection *c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->session = session_new(config, overloaded);
	c->refusals = refusals_open(config->log_repeats);
	if (c->session == NULL || c->refusals == NULL) {
		connection_free(c);
		return (NULL);
	}
	return (c);
}

static struct session *
session_of(SMFICTX *ctx)
{
	const struct connection *c = smfi_getpriv(ctx);

	return (c == NULL ? NULL : c->session);
}

static struct session *
open_session(SMFICTX *ctx)
{
	const struct config *config = config_now();
	struct connection *c;
	bool overloaded;

	overloaded = count_connection(config);
	c = connection_new(config, overloaded);
	config_give(config);
	if (c != NULL && smfi_setpriv(ctx, c) != MI_SUCCESS) {
		connection_free(c);
		c = NULL;
	}
	if (c == NULL) {
		atomic_fetch_sub(&serving.counters->connections, 1);
		return (NULL);
	}
	return (c->session);
}

static void
end_session(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	/* Whoever only looks whether the port is open gets here without a
	 * session. */
	if (c == NULL)
		return;
	smfi_setpriv(ctx, NULL);
	connection_free(c);
	atomic_fetch_sub(&serving.counters->connections, 1);
}

void
callbacks_finish(int ms)
{

	(void)gate_close(&gate, ms);
	refusals_finish();
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, struct sockaddr *sa)
{
	const struct session_macros macros = { macro_get, ctx };
	const struct client client = client_of(sa);
	struct session *s;

	end_session(ctx);
	if ((s = open_session(ctx)) != NULL && session_connect(s,
	    name == NULL ? "" : name, &client, &macros) == -1)
		end_session(ctx);
	/* Nobody has signed in yet, whatever comes with CONNECT. */
	forget_macros(ctx, of_message);
	return (SMFIS_NOREPLY);
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	const struct session_macros macros = { macro_get, ctx };
	struct session *s = session_of(ctx);

	/* A failure shows at RCPT: there is no message then. */
	if (s != NULL)
		(void)session_mail(s, argv[0], &macros);
	forget_macros(ctx, of_message);
	/* What comes with MAIL is said of no recipient. */
	forget_macros(ctx, of_recipient);
	return (SMFIS_NOREPLY);
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct session *s = session_of(ctx);

	if (s != NULL)
		session_abort(s);
	return (SMFIS_CONTINUE);
}

static sfsistat
on_close(SMFICTX *ctx)
{

	end_session(ctx);
	return (SMFIS_CONTINUE);
}

/* ---- answer -------------------------------------------------------------- */

static sfsistat
status_of(const struct reply *reply)
{

	return (reply->rcode[0] == '4' ? SMFIS_TEMPFAIL : SMFIS_REJECT);
}

/* Sixteen arguments of smfi_setmlreply. */
#define L16(l, i)	l[i], l[i + 1], l[i + 2], l[i + 3], l[i + 4], \
			l[i + 5], l[i + 6], l[i + 7], l[i + 8], l[i + 9], \
			l[i + 10], l[i + 11], l[i + 12], l[i + 13], \
			l[i + 14], l[i + 15]

static int
set_reply(SMFICTX *ctx, const struct reply *reply)
{
	char text[REPLY_LINES_MAX][2 * REPLY_LINE_MAX + 1];
	const char *line[REPLY_LINES_MAX] = { NULL };
	int i;

	for (i = 0; i < reply->nlines; i++)
		line[i] = reply_percent(reply->line[i], text[i],
		    sizeof(text[i]));
	/* The first NULL ends the list. */
	return (smfi_setmlreply(ctx, reply->rcode, reply->xcode, L16(line, 0),
	    L16(line, 16), (char *)NULL) == MI_SUCCESS ? 0 : -1);
}

/* Without a text of ours libmilter sends its own for the same status. */
static sfsistat
refuse(SMFICTX *ctx, enum reason reason, const struct reply *reply)
{
	struct reply fixed;

	if (set_reply(ctx, reply) == 0)
		return (status_of(reply));
	log_line(LOG_SEV_ERROR, "libmilter refuses the reply for %s (%s %s); "
	    "the default text is given instead", verdict_reason(reason),
	    reply->rcode, reply->xcode);
	reply_fixed(reason, &fixed);
	if (set_reply(ctx, &fixed) == -1)
		log_line(LOG_SEV_ERROR, "libmilter refuses the default text "
		    "too");
	return (status_of(&fixed));
}

/* Before the configuration's date nothing is refused, whatever the cause
 * (spec section 5). */
static bool
enforced(const struct config *config)
{
	struct clock_reading now;

	clock_read(&now);
	return (config->policy.enforce_from <= now.utc);
}

static sfsistat
put_off(SMFICTX *ctx, const struct config *config)
{
	struct reply reply;

	if (!enforced(config))
		return (SMFIS_CONTINUE);
	reply_overloaded(&reply);
	return (refuse(ctx, REASON_DIRECTORY_UNAVAILABLE, &reply));
}

/* Without a session the newest configuration has to do. */
static bool
session_enforced(const struct session *s)
{
	const struct config *config;
	bool is;

	if (s != NULL)
		return (enforced(session_config(s)));
	config = config_now();
	is = enforced(config);
	config_give(config);
	return (is);
}

/* Memory is short: there is not even a question. */
static sfsistat
unable(SMFICTX *ctx, const struct session *s)
{
	const bool refuses = session_enforced(s);
	struct reply reply;

	log_line(LOG_SEV_ERROR, "a recipient cannot be judged (is memory "
	    "short?): %s", refuses ? "put off" : "let through, as refusals "
	    "are not in force yet");
	atomic_fetch_add(&serving.counters->decisions[refuses ?
	    VERDICT_TEMPFAIL : VERDICT_WOULD_REJECT]
	    [REASON_DIRECTORY_UNAVAILABLE], 1);
	if (!refuses)
		return (SMFIS_CONTINUE);
	reply_fixed(REASON_DIRECTORY_UNAVAILABLE, &reply);
	return (refuse(ctx, REASON_DIRECTORY_UNAVAILABLE, &reply));
}

/* ---- log ----------------------------------------------------------------- */

static void
write_permit(const struct line *line)
{
	char text[LINE_MAX_LEN];

	line_format(line, text, sizeof(text));
	log_text(LOG_SEV_INFO, text);
}

static void
write_decision(struct connection *c, const struct line *line)
{

	switch (line->word) {
	case VERDICT_PASS:
		break;
	case VERDICT_PERMIT:
		if (session_config(c->session)->log_permits)
			write_permit(line);
		break;
	case VERDICT_REJECT:
	case VERDICT_TEMPFAIL:
	case VERDICT_WOULD_REJECT:
		refusals_log(c->refusals, line);
		break;
	}
}

/* ---- decide -------------------------------------------------------------- */

/* The reply that a refusal gets, or would get. */
static void
make_reply(const struct config *config, const struct line *line,
    struct reply *reply)
{
	const struct reply_values values = { .client = line->client,
	    .login = line->login, .sender = line->from,
	    .recipient = line->to };

	reply_make(&config->reply, line->reason, &values, reply);
}

static sfsistat
answer(SMFICTX *ctx, struct session *s, const struct question *question,
    const struct verdict *verdict)
{
	struct reply reply;
	struct line line;
	char code[sizeof(reply.rcode) + 1 + sizeof(reply.xcode)] = "";

	session_line(s, question, verdict, code, &line);
	if (verdict->word != VERDICT_PASS && verdict->word != VERDICT_PERMIT) {
		make_reply(session_config(s), &line, &reply);
		snprintf(code, sizeof(code), "%s %s", reply.rcode,
		    reply.xcode);
	}
	write_decision(smfi_getpriv(ctx), &line);
	atomic_fetch_add(&serving.counters->decisions[verdict->word]
	    [verdict->reason], 1);
	if (verdict->word == VERDICT_REJECT ||
	    verdict->word == VERDICT_TEMPFAIL)
		return (refuse(ctx, verdict->reason, &reply));
	return (SMFIS_CONTINUE);
}

static sfsistat
judge(SMFICTX *ctx, struct session *s, const struct question *question)
{
	const struct config *config = session_config(s);
	struct clock_reading now;
	struct store_view *view;
	struct verdict verdict;
	struct arena arena;
	sfsistat status;

	view = store_view_now(serving.store, config->configured, &now);
	if (view == NULL)
		return (unable(ctx, s));
	arena_init(&arena);
	policy_decide(&config->policy, store_view_policy(view), now.utc,
	    question, &arena, &verdict, NULL);
	status = answer(ctx, s, question, &verdict);
	arena_free(&arena);
	store_view_end(view);
	return (status);
}

static sfsistat
judge_rcpt(SMFICTX *ctx, char **argv)
{
	const struct session_macros macros = { macro_get, ctx };
	struct session *s = session_of(ctx);
	struct question question;
	int heard;

	if (s == NULL)
		return (unable(ctx, NULL));
	if (session_overloaded(s))
		return (put_off(ctx, session_config(s)));
	heard = session_rcpt(s, argv[0], &macros, &question);
	forget_macros(ctx, of_recipient);
	return (heard == -1 ? unable(ctx, s) : judge(ctx, s, &question));
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	sfsistat status;

	gate_enter(&gate);
	status = judge_rcpt(ctx, argv);
	gate_leave(&gate);
	return (status);
}

int
callbacks_register(struct why *why)
{
	static char name[] = "mayrelay";
	struct smfiDesc filter;

	memset(&filter, 0, sizeof(filter));
	filter.xxfi_name = name;
	filter.xxfi_version = SMFI_VERSION;
	filter.xxfi_flags = SMFIF_NONE;
	filter.xxfi_negotiate = on_negotiate;
	filter.xxfi_connect = on_connect;
	filter.xxfi_envfrom = on_mail;
	filter.xxfi_envrcpt = on_rcpt;
	filter.xxfi_abort = on_abort;
	filter.xxfi_close = on_close;
	if (smfi_register(filter) != MI_SUCCESS)
		return (why_set(why, "libmilter does not take the callbacks"));
	return (0);
}
