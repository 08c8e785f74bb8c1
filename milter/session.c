#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "session.h"

enum {
	/* More than any account may hold, so that the log can show that a
	 * longer one was cut. */
	LOGIN_TEXT_MAX = 2 * LINE_VALUE_MAX
};

struct session {
	const struct config *config;
	bool overloaded;

	/* Of the connection. */
	struct arena connection;
	struct client client;
	char client_text[CIDR_TEXT_MAX];
	const char *name;

	/* Of the message. */
	struct arena message;
	bool open;
	const char *sender;
	const char *listener;
	const char *message_id;		/* its queue id */
	char login[LOGIN_TEXT_MAX];	/* "" = not signed in */
	bool login_usable;

	/* Of the recipient. */
	struct arena recipient;
	const char *queue_id;
};

static void
describe_client(struct session *s)
{

	switch (s->client.kind) {
	case CLIENT_IP:
		cidr_ip_format(&s->client.ip, s->client_text);
		break;
	case CLIENT_LOCAL:
		strcpy(s->client_text, "local");
		break;
	case CLIENT_UNKNOWN:
		strcpy(s->client_text, "unknown");
		break;
	}
}

struct session *
session_new(const struct config *config, bool overloaded)
{
	struct session *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->config = config_take(config);
	s->overloaded = overloaded;
	arena_init(&s->connection);
	arena_init(&s->message);
	arena_init(&s->recipient);
	s->client.kind = CLIENT_UNKNOWN;
	describe_client(s);
	s->name = s->listener = s->message_id = s->queue_id = "";
	return (s);
}

void
session_free(struct session *s)
{

	if (s == NULL)
		return;
	arena_free(&s->recipient);
	arena_free(&s->message);
	arena_free(&s->connection);
	config_give(s->config);
	free(s);
}

const struct config *
session_config(const struct session *s)
{

	return (s->config);
}

bool
session_overloaded(const struct session *s)
{

	return (s->overloaded && !policy_not_smtp(&s->client, s->login));
}

static const char *
macro(const struct session_macros *macros, const char *name)
{

	return (macros->get(macros->ctx, name));
}

/* A copy of a macro's value: "" if the MTA did not give it, NULL if memory is
 * short. */
static const char *
macro_text(struct arena *arena, const struct session_macros *macros,
    const char *name)
{
	const char *value = macro(macros, name);

	return (value == NULL ? "" : arena_strdup(arena, value));
}

int
session_connect(struct session *s, const char *name,
    const struct client *client, const struct session_macros *macros)
{

	s->client = *client;
	/* `sendmail -bs' has no address; Postfix's unknown clients have none
	 * either, and theirs may come from anywhere. */
	if (client->kind == CLIENT_UNKNOWN && strcmp(name, "localhost") == 0 &&
	    login_is_xtext(s->config->mta, macro(macros, "v")))
		s->client.kind = CLIENT_LOCAL;
	describe_client(s);
	arena_reset(&s->connection);
	s->name = "";
	if ((name = arena_strdup(&s->connection, name)) == NULL)
		return (-1);
	s->name = name;
	return (0);
}

/*
 * Who signed in (spec section 1): {auth_authen}, unless it is absent, empty, or
 * of the mechanism ANONYMOUS (RFC 4505), where it is a trace that the client
 * typed.
 */
static void
read_login(struct session *s, const struct session_macros *macros)
{
	const char *authen = macro(macros, "{auth_authen}");
	const char *type = macro(macros, "{auth_type}");
	const bool xtext = login_is_xtext(s->config->mta, macro(macros, "v"));

	s->login[0] = '\0';
	s->login_usable = false;
	if (authen == NULL || authen[0] == '\0' ||
	    (type != NULL && strcasecmp(type, "ANONYMOUS") == 0))
		return;
	s->login_usable = login_read(authen, xtext, s->login,
	    sizeof(s->login));
}

int
session_mail(struct session *s, const char *sender,
    const struct session_macros *macros)
{

	session_abort(s);
	read_login(s, macros);
	s->sender = arena_strdup(&s->message, sender);
	s->listener = macro_text(&s->message, macros, "{daemon_name}");
	s->message_id = macro_text(&s->message, macros, "i");
	if (s->sender == NULL || s->listener == NULL ||
	    s->message_id == NULL) {
		session_abort(s);
		return (-1);
	}
	s->open = true;
	return (0);
}

void
session_abort(struct session *s)
{

	s->open = false;
	s->sender = NULL;
	s->listener = s->message_id = s->queue_id = "";
	s->login[0] = '\0';
	s->login_usable = false;
	arena_reset(&s->recipient);
	arena_reset(&s->message);
}

/* Copy a macro; *${to} stays NULL for one that was not given, or is empty. */
static int
keep(struct arena *arena, const struct session_macros *macros,
    const char *name, const char **to)
{
	const char *value = macro(macros, name);

	*to = NULL;
	if (value == NULL || value[0] == '\0')
		return (0);
	return ((*to = arena_strdup(arena, value)) == NULL ? -1 : 0);
}

int
session_rcpt(struct session *s, const char *arg,
    const struct session_macros *macros, struct question *q)
{
	struct arena *a = &s->recipient;
	struct recipient *r = &q->recipient;
	const char *id;

	memset(q, 0, sizeof(*q));
	arena_reset(a);
	s->queue_id = "";
	if (!s->open)
		return (-1);
	q->client = s->client;
	q->login = s->login;
	q->login_usable = s->login_usable;
	q->sender = s->sender;
	if ((r->arg = arena_strdup(a, arg)) == NULL ||
	    keep(a, macros, "{rcpt_mailer}", &r->mailer) == -1 ||
	    keep(a, macros, "{rcpt_host}", &r->host) == -1 ||
	    keep(a, macros, "{rcpt_addr}", &r->addr) == -1 ||
	    keep(a, macros, "i", &id) == -1)
		return (-1);
	s->queue_id = id != NULL ? id : s->message_id;
	return (0);
}

void
session_line(const struct session *s, const struct question *q,
    const struct verdict *v, const char *code, struct line *line)
{

	memset(line, 0, sizeof(*line));
	line->queue_id = s->queue_id;
	line->word = v->word;
	line->reason = v->reason;
	line->client = s->client_text;
	line->name = s->name;
	line->login = q->login;
	line->from = q->sender;
	line->to = q->recipient.arg;
	line->listener = s->listener;
	line->mailer = q->recipient.mailer;
	line->code = code;
	line->rule = v->rule;
	line->match = v->match;
	line->enforce_from = v->enforce_from;
	line->has_age = v->has_age;
	line->policy_age = v->age;
}
