#include <inttypes.h>

#include "fuzz.h"
#include "line.h"
#include "when.h"

/*
 * A decision line: what is written reads back, field by field, with the mark
 * where a value was cut, and takes no more than it may.
 */

static const char cut_mark[] = "\xe2\x80\xa6";

/* The line while it is read, as spec section 7 has it. */
struct reader {
	const char *at;
	char value[LINE_MAX_LEN];
};

static void
take(struct reader *r, const char *text)
{

	must(strncmp(r->at, text, strlen(text)) == 0);
	r->at += strlen(text);
}

static unsigned
hex_digit(char c)
{

	must((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
	return (c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10));
}

static char
take_escaped(struct reader *r)
{
	char c;

	must(*r->at++ == '\\');
	c = *r->at++;
	if (c == '"' || c == '\\')
		return (c);
	must(c == 'x');
	c = (char)(hex_digit(r->at[0]) * 16 + hex_digit(r->at[1]));
	must(c < 0x20 || c > 0x7e);
	r->at += 2;
	return (c);
}

static void
take_quoted(struct reader *r)
{
	size_t n = 0;

	take(r, "\"");
	while (*r->at != '"') {
		must(*r->at >= 0x20 && *r->at <= 0x7e);
		r->value[n++] = *r->at == '\\' ? take_escaped(r) : *r->at++;
	}
	r->value[n] = '\0';
	take(r, "\"");
}

static void
take_bare(struct reader *r)
{
	size_t n = 0;

	for (; *r->at != ' ' && *r->at != '\0'; n++) {
		must(*r->at > 0x20 && *r->at <= 0x7e);
		must(strchr("\"\\=", *r->at) == NULL);
		r->value[n] = *r->at++;
	}
	r->value[n] = '\0';
}

/* The value that stands there is ${meant}, or as much as may be shown. */
static void
take_value(struct reader *r, const char *meant)
{
	char most[LINE_VALUE_MAX + sizeof(cut_mark)];

	if (*r->at == '"')
		take_quoted(r);
	else
		take_bare(r);
	if (strlen(meant) > LINE_VALUE_MAX) {
		memcpy(most, meant, LINE_VALUE_MAX);
		strcpy(most + LINE_VALUE_MAX, cut_mark);
		meant = most;
	}
	must(strcmp(r->value, meant) == 0);
}

static void
take_pair(struct reader *r, const char *key, const char *meant)
{

	take(r, " ");
	take(r, key);
	take(r, "=");
	take_value(r, meant == NULL ? "" : meant);
}

/* An address stands in its brackets. */
static void
take_path(struct reader *r, const char *key, const char *path)
{
	const size_t size = (path == NULL ? 0 : strlen(path)) + 3;
	char *bracketed = must_alloc(size);
	bool bare;

	if (path == NULL)
		path = "";
	bare = path[0] != '<';
	snprintf(bracketed, size, "%s%s%s", bare ? "<" : "", path,
	    bare ? ">" : "");
	take_pair(r, key, bracketed);
	free(bracketed);
}

static void
take_number(struct reader *r, const char *key, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, n);
	take_pair(r, key, text);
}

static void
take_verdict(struct reader *r, const struct line *l)
{
	char when[WHEN_TEXT_MAX];

	take_pair(r, "code", l->code);
	take_pair(r, "rule", l->rule);
	if (l->match != NULL && l->match[0] != '\0')
		take_pair(r, "match", l->match);
	if (l->word == VERDICT_WOULD_REJECT)
		take_pair(r, "enforce_from", when_format(l->enforce_from,
		    when));
	if (l->has_age)
		take_number(r, "policy_age", l->policy_age);
	else
		take_pair(r, "policy_age", "");
	must(*r->at == '\0');
}

static void
reads_back(const char *text, const struct line *l)
{
	static struct reader r;

	r.at = text;
	if (l->queue_id == NULL || l->queue_id[0] == '\0')
		take(&r, "NOQUEUE");
	else if (r.at[0] == '"')
		take_value(&r, l->queue_id);
	else
		take(&r, l->queue_id);
	take(&r, ": ");
	take(&r, verdict_word(l->word));
	take_pair(&r, "reason", verdict_reason(l->reason));
	take_pair(&r, "client", l->client);
	take_pair(&r, "name", l->name);
	take_pair(&r, "login", l->login);
	take_path(&r, "from", l->from);
	take_path(&r, "to", l->to);
	take_pair(&r, "listener", l->listener);
	take_pair(&r, "mailer", l->mailer);
	take_verdict(&r, l);
}

/* A room that is too small is never left. */
static void
fits_its_room(const struct line *l, size_t size)
{
	char *out = must_alloc(size);
	size_t len = line_format(l, out, size);

	if (size > 0)
		must(len < size && strlen(out) == len);
	free(out);
}

/* A field: absent, or up to the next newline; a byte before it says how often
 * it is repeated, so that a short input makes a long value. */
static const char *
field(struct input *in)
{
	const unsigned times = input_below(in, 8);
	const char *line = input_line(in);
	const size_t len = strlen(line);
	struct input_piece *p;
	unsigned i;

	if (times == 0)
		return (NULL);
	p = must_alloc(sizeof(*p) + times * len + 1);
	for (i = 0; i < times; i++)
		memcpy(p->bytes + i * len, line, len);
	p->bytes[times * len] = '\0';
	p->next = in->pieces;
	in->pieces = p;
	return (p->bytes);
}

static void
read_line(struct input *in, struct line *l)
{

	l->word = input_below(in, VERDICT_WORDS);
	l->reason = input_below(in, REASONS);
	l->has_age = input_below(in, 2);
	l->policy_age = (int64_t)input_number(in, 8);
	l->enforce_from = (int64_t)input_number(in, 8);
	l->queue_id = field(in);
	l->client = field(in);
	l->name = field(in);
	l->login = field(in);
	l->from = field(in);
	l->to = field(in);
	l->listener = field(in);
	l->mailer = field(in);
	l->code = field(in);
	l->rule = field(in);
	l->match = field(in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[LINE_MAX_LEN];
	struct input in = input_of(data, size);
	struct line l;
	size_t len;

	memset(&l, 0, sizeof(l));
	read_line(&in, &l);
	len = line_format(&l, text, sizeof(text));
	must(len == strlen(text) && len < sizeof(text) - 1);
	must(text_printable(text));
	reads_back(text, &l);
	fits_its_room(&l, input_number(&in, 2) % (len + 2));
	input_end(&in);
	return (0);
}
