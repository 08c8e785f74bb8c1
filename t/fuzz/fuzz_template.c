#include "expand.h"
#include "fuzz.h"
#include "reply.h"

/*
 * Lines: a template, a code, the values of strangers, a URL.  What is expanded
 * is bounded and shows nothing of a stranger's but printable bytes; a reply is
 * one that an MTA takes.
 */

enum { BIG = 64 * 1024 };

static void
fits_any_room(const char *template, const struct expand_var *vars, size_t n,
    const char *whole)
{
	size_t room, len, most = strlen(whole);
	char *out;

	for (room = 1; room <= most + 1; room += 1 + most / 8) {
		out = must_alloc(room);
		len = expand(template, vars, n, expand_smtp, out, room);
		must(len < room && strlen(out) == len);
		must(strncmp(out, whole, len) == 0);
		must(len == room - 1 || len == most);
		free(out);
	}
}

static void
expansion_is_clean(const char *template, const struct reply_values *values)
{
	const struct expand_var vars[] = {
		{ "client", values->client, false },
		{ "login", values->login, false },
		{ "sender", values->sender, false },
		{ "recipient", values->recipient, false },
		{ "reason", "auth-required", true },
		{ "help_url", "https://mail.example.com/", true }
	};
	const char *at = NULL, *wrong;
	static char whole[BIG];

	wrong = expand_check(template, reply_names, reply_nnames, &at);
	must(wrong == NULL || (at >= template && *at == '%'));
	expand(template, vars, COUNT(vars), expand_smtp, whole,
	    sizeof(whole));
	if (text_printable(template))
		must(text_printable(whole));
	must(strlen(whole) <= strlen(template) * 64);
	fits_any_room(template, vars, COUNT(vars), whole);
}

/* RFC 3463 section 2, and of the class of the verdict. */
static void
code_is_sound(const char *code, enum reason reason)
{
	unsigned a, b, c, d;
	char again[64];

	must(sscanf(code, "%3u %1u.%3u.%3u", &a, &b, &c, &d) == 4);
	snprintf(again, sizeof(again), "%u %u.%u.%u", a, b, c, d);
	must(strcmp(again, code) == 0 && strlen(code) < REPLY_CODE_MAX);
	must(a >= 400 && a <= 559 && a != 421 && a / 100 == b);
	must((unsigned)(verdict_class(reason) - '0') == b);
}

static void
percent_is_doubled(const char *line)
{
	const size_t size = 2 * strlen(line) + 1;
	char *out = must_alloc(size), *p = out;

	reply_percent(line, out, size);
	for (; *line != '\0'; line++) {
		must(*p++ == *line);
		if (*line == '%')
			must(*p++ == '%');
	}
	must(*p == '\0');
	free(out);
}

static void
reply_is_sound(const struct reply *r, enum reason reason)
{
	char code[32];
	int i;

	snprintf(code, sizeof(code), "%s %s", r->rcode, r->xcode);
	if (verdict_refuses(reason))
		code_is_sound(code, reason);
	must(r->nlines >= 1 && r->nlines <= REPLY_LINES_MAX);
	for (i = 0; i < r->nlines; i++) {
		must(strlen(r->line[i]) <= REPLY_LINE_MAX);
		must(strlen(code) + 1 + strlen(r->line[i]) + 2 <= 512);
		must(text_printable(r->line[i]));
		percent_is_doubled(r->line[i]);
	}
}

/* What the configuration would have let through. */
static void
replies_are_sound(const char *template, const char *code, const char *url,
    const struct reply_values *values)
{
	const bool reads = text_printable(template) && text_printable(url);
	struct reply_settings settings = { .help_url = url };
	const char *lines[REPLY_LINES_MAX + 1];
	struct reply r;
	size_t i;

	for (i = 0; i < COUNT(lines); i++)
		lines[i] = template;
	for (i = 0; i < REASONS; i++) {
		settings.texts[i].lines = (struct texts){ lines,
		    i * 3 % COUNT(lines) };
		if (reply_code_check((enum reason)i, code) != NULL)
			continue;
		code_is_sound(code, (enum reason)i);
		strcpy(settings.texts[i].code, code);
	}
	for (i = 0; i < REASONS && reads; i++) {
		reply_make(&settings, (enum reason)i, values, &r);
		reply_is_sound(&r, (enum reason)i);
		reply_fixed((enum reason)i, &r);
		reply_is_sound(&r, (enum reason)i);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	const char *template = input_line(&in);
	const char *code = input_line(&in);
	struct reply_values values;
	const char *url;

	values.client = input_line(&in);
	values.login = input_line(&in);
	values.sender = input_line(&in);
	values.recipient = input_line(&in);
	url = input_line(&in);
	expansion_is_clean(template, &values);
	replies_are_sound(template, code, url, &values);
	percent_is_doubled(template);
	input_end(&in);
	return (0);
}
