#include <stdio.h>
#include <string.h>

#include "configreply.h"
#include "digest.h"
#include "expand.h"

static bool
printable(const char *s)
{

	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7e)
			return (false);
	return (true);
}

/* What follows "https://", or NULL. */
static const char *
after_scheme(const char *url)
{

	if (strncmp(url, "https://", 8) == 0)
		return (url + 8);
	if (strncmp(url, "http://", 7) == 0)
		return (url + 7);
	return (NULL);
}

static int
read_url(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char **kept = target, *url, *host;
	size_t len;

	if (setting_text(s, o->type->wants, &url, why) != 0)
		return (-1);
	len = strcspn(url, "#");
	host = after_scheme(url);
	if (len > 0 && (host == NULL || strcspn(host, "/?#") == 0))
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, url));
	if (!printable(url) || strpbrk(url, " \"<>\\") != NULL)
		return (setting_error(s, why, "must be printable ASCII "
		    "without spaces, quotes, backslashes and <>"));
	if (len > CONFIGREPLY_URL_MAX)
		return (setting_error(s, why,
		    "must have at most %d bytes, to fit into a reply line",
		    CONFIGREPLY_URL_MAX));
	if ((*kept = arena_strndup(arena, url, len)) == NULL)
		return (setting_error(s, why, "out of memory"));
	return (0);
}

const struct option_type configreply_url = {
	"a URL such as \"https://mail.example.com/smtp-auth\"", read_url,
	option_digest_string
};

/* Many mail programs show the text with a dot glued to its end, and make that
 * a part of the link; a bracket keeps them apart. */
static bool
ends_in_url(const char *line)
{
	static const char var[] = "%{help_url}";
	const char *word;
	size_t len = strlen(line);

	while (len > 0 && (line[len - 1] == '.' || line[len - 1] == ' '))
		len--;
	if (len > 0 && (line[len - 1] == ')' || line[len - 1] == '>'))
		return (false);
	for (word = line + len; word > line && word[-1] != ' '; word--)
		;
	return (after_scheme(word) != NULL ||
	    strncmp(word, var, strlen(var)) == 0);
}

static int
check_line(const struct setting *s, const char *line, struct why *why)
{
	const char *wrong, *at = "";

	if (line[0] == '\0')
		return (setting_error(s, why, "must not be empty"));
	if (!printable(line))
		return (setting_error(s, why, "must be printable ASCII"));
	if (strlen(line) > REPLY_LINE_MAX)
		return (setting_error(s, why, "must have at most %d bytes",
		    REPLY_LINE_MAX));
	wrong = expand_check(line, reply_names, reply_nnames, &at);
	if (wrong != NULL)
		return (setting_error(s, why, "%s at \"%.40s\"", wrong, at));
	return (0);
}

static int
check_lines(const struct setting *s, const struct texts *lines,
    struct why *why)
{
	size_t i;

	if (lines->n == 0 || lines->n > REPLY_LINES_MAX)
		return (setting_error(s, why, "must have 1 to %d lines",
		    REPLY_LINES_MAX));
	for (i = 0; i < lines->n; i++)
		if (check_line(setting_is_list(s) ? setting_at(s, i) : s,
		    lines->v[i], why) != 0)
			return (-1);
	if (ends_in_url(lines->v[lines->n - 1]))
		return (setting_error(s, why, "must not end in a URL: mail "
		    "programs glue a dot to it; let a word follow"));
	return (0);
}

#define LINES	"a string or a list of strings, one for each line"

static int
read_lines(const struct setting *s, struct arena *arena, struct texts *lines,
    struct why *why)
{
	const char *text, **v;

	if (!setting_is_string(s)) {
		if (option_read_texts(s, LINES, arena, lines, why) != 0)
			return (-1);
		return (check_lines(s, lines, why));
	}
	if (setting_text(s, LINES, &text, why) != 0)
		return (-1);
	if ((v = arena_alloc(arena, sizeof(*v))) == NULL ||
	    (v[0] = arena_strdup(arena, text)) == NULL)
		return (setting_error(s, why, "out of memory"));
	lines->v = v;
	lines->n = 1;
	return (check_lines(s, lines, why));
}

static int
read_code(const struct setting *s, enum reason reason,
    struct reply_text *text, struct why *why)
{
	const char *code, *wrong;

	if (s == NULL) {
		snprintf(text->code, sizeof(text->code), "%s",
		    reply_default_code(reason));
		return (0);
	}
	if (setting_text(s, "a code such as \"550 5.7.1\"", &code, why) != 0)
		return (-1);
	if ((wrong = reply_code_check(reason, code)) != NULL)
		return (setting_error(s, why, "\"%s\": %s", code, wrong));
	snprintf(text->code, sizeof(text->code), "%s", code);
	return (0);
}

static int
read_reason(const struct setting *group, enum reason reason,
    struct arena *arena, struct reply_text *text, struct why *why)
{
	static const char *const names[] = { "code", "text" };
	const struct setting *s;
	size_t i;

	if (!setting_is_group(group))
		return (setting_wrong(group,
		    "a group { code = ...; text = ...; }", why));
	for (i = 0; i < setting_count(group); i++) {
		s = setting_at(group, i);
		if (strcmp(setting_name(s), names[0]) != 0 &&
		    strcmp(setting_name(s), names[1]) != 0)
			return (setting_unknown(s, names, 2, why));
	}
	/* Without a text the reason keeps the default one. */
	if ((s = setting_member(group, "text")) != NULL &&
	    read_lines(s, arena, &text->lines, why) != 0)
		return (-1);
	if (s == NULL && setting_member(group, "code") == NULL)
		return (setting_error(group, why,
		    "must say `code', `text', or both"));
	return (read_code(setting_member(group, "code"), reason, text, why));
}

static int
reason_unknown(const struct setting *s, struct why *why)
{
	const char *names[REASONS];
	size_t n = 0;
	int i;

	for (i = 0; i < REASONS; i++)
		if (verdict_refuses((enum reason)i))
			names[n++] = verdict_reason((enum reason)i);
	return (setting_unknown(s, names, n, why));
}

static int
read_texts(const struct option *o, const struct setting *group,
    struct arena *arena, void *target, struct why *why)
{
	struct reply_text *texts = target;
	const struct setting *s;
	size_t i;
	int reason;

	if (!setting_is_group(group))
		return (setting_wrong(group, o->type->wants, why));
	for (i = 0; i < setting_count(group); i++) {
		s = setting_at(group, i);
		reason = verdict_reason_find(setting_name(s));
		if (reason < 0 || !verdict_refuses((enum reason)reason))
			return (reason_unknown(s, why));
		if (read_reason(s, (enum reason)reason, arena, &texts[reason],
		    why) != 0)
			return (-1);
	}
	return (0);
}

static uint64_t
digest_texts(uint64_t h, const void *target)
{
	const struct reply_text *texts = target;
	int i;

	for (i = 0; i < REASONS; i++) {
		h = digest_text(h, texts[i].code);
		h = option_digest_texts(h, &texts[i].lines);
	}
	return (h);
}

const struct option_type configreply_texts = {
	"a group { REASON = { code = ...; text = ...; }; }", read_texts,
	digest_texts
};
