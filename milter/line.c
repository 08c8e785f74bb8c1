#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "line.h"
#include "when.h"

/* What a cut value ends in: an ellipsis, escaped. */
#define CUT_MARK	"\\xe2\\x80\\xa6"

/* A line being written; what does not fit is left out. */
struct writer {
	char *out;
	size_t size;
	size_t len;
};

static void
put(struct writer *w, const char *s, size_t len)
{

	if (w->size == 0 || len > w->size - 1 - w->len)
		return;
	memcpy(w->out + w->len, s, len);
	w->len += len;
	w->out[w->len] = '\0';
}

static void
put_text(struct writer *w, const char *s)
{

	put(w, s, strlen(s));
}

static void
put_number(struct writer *w, const char *key, int64_t n)
{
	char buf[64];

	snprintf(buf, sizeof(buf), " %s=%" PRId64, key, n);
	put_text(w, buf);
}

static bool
bare(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] < 0x21 || s[i] > 0x7e ||
		    memchr("\"\\=", s[i], 3) != NULL)
			return (false);
	return (true);
}

static void
put_escaped(struct writer *w, unsigned char c)
{
	char buf[5];

	if (c == '"' || c == '\\')
		snprintf(buf, sizeof(buf), "\\%c", c);
	else if (c >= 0x20 && c <= 0x7e)
		snprintf(buf, sizeof(buf), "%c", c);
	else
		snprintf(buf, sizeof(buf), "\\x%02x", c);
	put_text(w, buf);
}

static void
put_value(struct writer *w, const char *s)
{
	size_t i, len = strnlen(s, LINE_VALUE_MAX + 1);
	bool cut = len > LINE_VALUE_MAX;

	if (cut)
		len = LINE_VALUE_MAX;
	if (!cut && bare(s, len)) {
		put(w, s, len);
		return;
	}
	put_text(w, "\"");
	for (i = 0; i < len; i++)
		put_escaped(w, (unsigned char)s[i]);
	if (cut)
		put_text(w, CUT_MARK);
	put_text(w, "\"");
}

static void
put_pair(struct writer *w, const char *key, const char *value)
{

	put_text(w, " ");
	put_text(w, key);
	put_text(w, "=");
	if (value != NULL)
		put_value(w, value);
}

/*
 * The brackets are part of the value.  One byte more than LINE_VALUE_MAX is
 * enough for put_value to see that it has to cut.
 */
static void
put_path(struct writer *w, const char *key, const char *path)
{
	char buf[LINE_VALUE_MAX + 2];

	if (path == NULL)
		path = "";
	if (path[0] != '<') {
		snprintf(buf, sizeof(buf), "<%s>", path);
		path = buf;
	}
	put_pair(w, key, path);
}

static void
put_queue_id(struct writer *w, const char *id)
{

	if (id == NULL || id[0] == '\0')
		id = "NOQUEUE";
	put_value(w, id);
	put_text(w, ": ");
}

static void
put_verdict(struct writer *w, const struct line *l)
{
	char when[WHEN_TEXT_MAX];

	put_pair(w, "code", l->code);
	put_pair(w, "rule", l->rule);
	if (l->match != NULL && l->match[0] != '\0')
		put_pair(w, "match", l->match);
	if (l->word == VERDICT_WOULD_REJECT)
		put_pair(w, "enforce_from", when_format(l->enforce_from,
		    when));
	if (l->has_age)
		put_number(w, "policy_age", l->policy_age);
	else
		put_pair(w, "policy_age", "");
}

size_t
line_format(const struct line *l, char *out, size_t size)
{
	struct writer w = { out, size, 0 };

	if (size > 0)
		out[0] = '\0';
	put_queue_id(&w, l->queue_id);
	put_text(&w, verdict_word(l->word));
	put_pair(&w, "reason", verdict_reason(l->reason));
	put_pair(&w, "client", l->client);
	put_pair(&w, "name", l->name);
	put_pair(&w, "login", l->login);
	put_path(&w, "from", l->from);
	put_path(&w, "to", l->to);
	put_pair(&w, "listener", l->listener);
	put_pair(&w, "mailer", l->mailer);
	put_verdict(&w, l);
	return (w.len);
}

size_t
line_value(const char *value, char *out, size_t size)
{
	struct writer w = { out, size, 0 };

	if (size > 0)
		out[0] = '\0';
	if (value != NULL)
		put_value(&w, value);
	return (w.len);
}
