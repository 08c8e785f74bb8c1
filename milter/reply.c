#include <stdio.h>
#include <string.h>

#include "expand.h"
#include "reply.h"

#define PREFIX	"Relay is not permitted: "

/*
 * The defaults: what to do, and what the help page is good for.  The hint
 * stands after the URL: mail programs glue a dot to the end of the text.
 */
struct refusal {
	const char *code;
	const char *text;
	const char *hint;
};

static const struct refusal refusals[REASONS] = {
	[REASON_AUTH_REQUIRED] = { "550 5.7.1",
	    "sign in to this server before sending",
	    "for your mail program" },
	[REASON_SENDER_NOT_OWNED] = { "550 5.7.1",
	    "the account that you signed in with may not send from this "
	    "sender address, use an address of your own",
	    "for what to change" },
	[REASON_ACCOUNT_UNKNOWN] = { "550 5.7.1",
	    "the login that you signed in with may not send mail here, sign "
	    "in with your mail account or ask your postmaster",
	    "for what to change" },
	[REASON_ACCOUNT_DENIED] = { "550 5.7.1",
	    "your account is barred from sending, ask your postmaster",
	    "for whom to ask" },
	[REASON_ACCOUNT_EXPIRED] = { "550 5.7.1",
	    "your account is not valid today, ask your postmaster to renew it",
	    "for whom to ask" },
	[REASON_ACCOUNT_RECIPIENT] = { "550 5.7.1",
	    "your account may not send to this recipient, ask your postmaster "
	    "if it should",
	    "for whom to ask" },
	[REASON_ACCOUNT_NETWORK] = { "550 5.7.1",
	    "your account may not send from this network, connect from a "
	    "network that it may use",
	    "for which they are" },
	[REASON_NETWORK_DENIED] = { "550 5.7.1",
	    "no mail may be sent from this network, connect from another one "
	    "or ask your postmaster",
	    "for what to do" },
	[REASON_NETWORK_SENDER] = { "550 5.7.1",
	    "sign in to this server before sending from this sender address",
	    "for your mail program" },
	[REASON_NETWORK_RECIPIENT] = { "550 5.7.1",
	    "sign in to this server before sending to this recipient",
	    "for your mail program" },
	[REASON_ACCOUNT_AMBIGUOUS] = { "451 4.3.5",
	    "your login belongs to more than one account, try again later or "
	    "ask your postmaster to put it right",
	    "for whom to ask" },
	[REASON_DIRECTORY_UNAVAILABLE] = { "451 4.3.0",
	    "this server cannot look up at the moment who may send, try again "
	    "later",
	    "for what else to do" },
};

/* For what no reply is meant for: closed all the same. */
static const struct refusal refusal_any = { "550 5.7.1",
    "ask your postmaster", "for whom to ask" };

const char *const reply_names[] = { "client", "login", "sender", "recipient",
    "reason", "help_url" };
enum { NAMES = sizeof(reply_names) / sizeof(reply_names[0]) };
const size_t reply_nnames = NAMES;

static const struct refusal *
refusal_of(enum reason reason)
{

	if (!verdict_refuses(reason))
		return (&refusal_any);
	return (&refusals[reason]);
}

const char *
reply_default_code(enum reason reason)
{

	return (refusal_of(reason)->code);
}

static void
set_code(struct reply *r, const char *code)
{

	snprintf(r->rcode, sizeof(r->rcode), "%.3s", code);
	snprintf(r->xcode, sizeof(r->xcode), "%.11s", code + 4);
}

/*
 * RFC 5321 section 4.5.3.1.5: 512 bytes with code and CRLF, of which 500
 * remain beside "550 5.7.1 "; a longer enhanced code takes more.
 */
static size_t
line_room(const struct reply *r)
{
	size_t codes = strlen("550 ") + strlen(r->xcode) + strlen(" ");
	size_t room = 512 - strlen("\r\n") - codes;

	return (room < REPLY_LINE_MAX ? room : REPLY_LINE_MAX);
}

static void
add_line(struct reply *r, const char *template, const struct expand_var *vars,
    size_t n)
{

	if (r->nlines == REPLY_LINES_MAX)
		return;
	expand(template, vars, n, expand_smtp, r->line[r->nlines++],
	    line_room(r) + 1);
}

static void
add_default(struct reply *r, const struct refusal *refusal, bool help,
    const struct expand_var *vars, size_t n)
{
	char template[REPLY_LINE_MAX + 1];

	if (help)
		snprintf(template, sizeof(template),
		    PREFIX "%s (see %%{help_url}#%%{reason} %s)",
		    refusal->text, refusal->hint);
	else
		snprintf(template, sizeof(template), PREFIX "%s",
		    refusal->text);
	add_line(r, template, vars, n);
}

/* In the order of reply_names; the last two are not of strangers. */
static void
fill_vars(struct expand_var vars[NAMES], const struct reply_values *v,
    const char *reason, const char *url)
{
	const char *const values[NAMES] = { v->client, v->login, v->sender,
	    v->recipient, reason, url };
	size_t i;

	for (i = 0; i < NAMES; i++) {
		vars[i].name = reply_names[i];
		vars[i].value = values[i];
		vars[i].trusted = i >= 4;
	}
}

static const char *
code_of(const struct reply_settings *settings, enum reason reason)
{
	const char *code = settings->texts[reason].code;

	if (code[0] == '\0' || reply_code_check(reason, code) != NULL)
		return (reply_default_code(reason));
	return (code);
}

void
reply_make(const struct reply_settings *settings, enum reason reason,
    const struct reply_values *values, struct reply *r)
{
	const struct texts *lines = &settings->texts[reason].lines;
	size_t i, url_len = strcspn(settings->help_url, "#");
	bool help = url_len > 0 && url_len <= REPLY_URL_MAX;
	struct expand_var vars[NAMES];
	char url[REPLY_LINE_MAX + 1];

	snprintf(url, sizeof(url), "%.*s", (int)(url_len <= REPLY_LINE_MAX ?
	    url_len : REPLY_LINE_MAX), settings->help_url);
	fill_vars(vars, values, verdict_reason(reason), url);
	r->nlines = 0;
	set_code(r, code_of(settings, reason));
	for (i = 0; i < lines->n; i++)
		add_line(r, lines->v[i], vars, NAMES);
	if (r->nlines == 0)
		add_default(r, refusal_of(reason), help, vars, NAMES);
}

void
reply_fixed(enum reason reason, struct reply *r)
{

	r->nlines = 0;
	set_code(r, reply_default_code(reason));
	add_default(r, refusal_of(reason), false, NULL, 0);
}

void
reply_overloaded(struct reply *r)
{

	r->nlines = 0;
	set_code(r, "451 4.3.2");
	add_line(r, PREFIX "this server is too busy to look up who may send, "
	    "try again later", NULL, 0);
}

/*
 * One number of an enhanced code: one to three digits, none of them a leading
 * zero (RFC 3463 section 2).  What follows it, or NULL.
 */
static const char *
skip_number(const char *s)
{
	size_t len = strspn(s, "0123456789");

	if (len < 1 || len > 3 || (len > 1 && s[0] == '0'))
		return (NULL);
	return (s + len);
}

/* RFC 5321 section 4.2, RFC 3463 section 2. */
static bool
code_reads(const char *code)
{
	const char *s = code;

	if (strspn(s, "0123456789") != 3 || s[1] > '5' || s[3] != ' ')
		return (false);
	if (strspn(s + 4, "0123456789") != 1 || s[5] != '.')
		return (false);
	if ((s = skip_number(s + 6)) == NULL || *s != '.')
		return (false);
	return ((s = skip_number(s + 1)) != NULL && *s == '\0');
}

const char *
reply_code_check(enum reason reason, const char *code)
{

	if (!verdict_refuses(reason))
		return ("no reply is ever given for this reason");
	if (!code_reads(code))
		return ("a code is written like \"550 5.7.1\"");
	if (strncmp(code, "421", 3) == 0)
		return ("421 would close the whole session; use 451");
	if (code[0] != verdict_class(reason))
		return (code[0] == '4' || code[0] == '5' ?
		    "the code's class does not fit the verdict: 4 is for a "
		    "temporary failure, 5 for a refusal" :
		    "a reply that refuses begins with 4 or 5");
	if (code[4] != code[0])
		return ("the enhanced code begins with another digit than the "
		    "code");
	return (NULL);
}

const char *
reply_percent(const char *line, char *out, size_t size)
{
	size_t len = 0, width;

	for (; *line != '\0'; line++) {
		width = *line == '%' ? 2 : 1;
		if (size < len + width + 1)
			break;
		memset(out + len, *line, width);
		len += width;
	}
	if (size > 0)
		out[len] = '\0';
	return (out);
}
