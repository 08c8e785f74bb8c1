#include <string.h>

#include "expand.h"

enum { SMTP_VALUE_MAX = 64 };	/* bytes of a stranger's value in a reply */

enum piece_kind {
	PIECE_TEXT,		/* as it is; "%%" gives its second half */
	PIECE_NAME,		/* between "%{" and "}" */
	PIECE_STRAY,		/* a "%" that means nothing */
	PIECE_OPEN		/* "%{" that nothing closes */
};

struct piece {
	enum piece_kind kind;
	const char *s;
	size_t len;
	const char *next;
};

static void
piece_set(struct piece *p, enum piece_kind kind, const char *s, size_t len,
    const char *next)
{

	p->kind = kind;
	p->s = s;
	p->len = len;
	p->next = next;
}

/* The piece at a "%". */
static void
piece_percent(struct piece *p, const char *t)
{
	size_t len;

	if (t[1] == '%') {
		piece_set(p, PIECE_TEXT, t, 1, t + 2);
	} else if (t[1] != '{') {
		piece_set(p, PIECE_STRAY, t, 1, t + 1);
	} else {
		len = strcspn(t + 2, "}");
		if (t[2 + len] == '\0')
			piece_set(p, PIECE_OPEN, t, 2 + len, t + 2 + len);
		else
			piece_set(p, PIECE_NAME, t + 2, len, t + 3 + len);
	}
}

/* The piece at ${t}, which is not the end. */
static void
piece_read(struct piece *p, const char *t)
{
	size_t len = strcspn(t, "%");

	if (len > 0)
		piece_set(p, PIECE_TEXT, t, len, t + len);
	else
		piece_percent(p, t);
}

static bool
piece_is(const struct piece *p, const char *name)
{

	return (strlen(name) == p->len && memcmp(name, p->s, p->len) == 0);
}

static bool
name_known(const struct piece *p, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (piece_is(p, names[i]))
			return (true);
	return (false);
}

static const char *
piece_fault(const struct piece *p, const char *const *names, size_t n)
{
	static const char *const faults[] = {
		[PIECE_TEXT] = NULL,
		[PIECE_NAME] = NULL,
		[PIECE_STRAY] = "a % that begins no %{name} is written %%",
		[PIECE_OPEN] = "%{ without }"
	};

	if (p->kind == PIECE_NAME && !name_known(p, names, n))
		return ("there is no such %{name}");
	return (faults[p->kind]);
}

const char *
expand_check(const char *template, const char *const *names, size_t n,
    const char **at)
{
	const char *fault, *t;
	struct piece p;

	for (t = template; *t != '\0'; t = p.next) {
		piece_read(&p, t);
		if ((fault = piece_fault(&p, names, n)) == NULL)
			continue;
		if (at != NULL)
			*at = t;
		return (fault);
	}
	return (NULL);
}

static size_t
copy(char *out, size_t room, const char *s, size_t len)
{

	if (len > room)
		len = room;
	memcpy(out, s, len);
	return (len);
}

size_t
expand_smtp(char *out, size_t room, const char *s, size_t len)
{
	size_t i, n = 0;

	if (room > SMTP_VALUE_MAX)
		room = SMTP_VALUE_MAX;
	for (i = 0; i < len && n < room; i++)
		if (s[i] >= 0x20 && s[i] <= 0x7e)
			out[n++] = s[i];
	return (n);
}

static size_t
put_value(const struct piece *p, const struct expand_var *vars, size_t n,
    expand_escaper *escaper, char *out, size_t room)
{
	const struct expand_var *v;

	for (v = vars; v < vars + n; v++) {
		if (!piece_is(p, v->name))
			continue;
		if (v->value == NULL)
			return (0);
		return ((v->trusted ? copy : escaper)(out, room, v->value,
		    strlen(v->value)));
	}
	return (0);
}

size_t
expand(const char *template, const struct expand_var *vars, size_t n,
    expand_escaper *escaper, char *out, size_t size)
{
	struct piece p;
	const char *t;
	size_t len = 0;

	if (size == 0)
		return (0);
	for (t = template; *t != '\0'; t = p.next) {
		piece_read(&p, t);
		if (p.kind == PIECE_NAME)
			len += put_value(&p, vars, n, escaper, out + len,
			    size - 1 - len);
		else
			len += copy(out + len, size - 1 - len, p.s, p.len);
	}
	out[len] = '\0';
	return (len);
}
