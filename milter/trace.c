#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "trace.h"

void
trace_init(struct trace *t)
{

	t->n = 0;
	t->cut = false;
}

/* Room is kept for the mark of a cut, so that \xHH is never cut itself. */
static void
write_printable(const char *in, char out[TRACE_TEXT_MAX])
{
	static const char mark[] = "...";
	const size_t room = TRACE_TEXT_MAX - sizeof(mark);
	size_t n = 0;

	for (; *in != '\0'; in++) {
		unsigned char c = (unsigned char)*in;
		bool plain = c >= 0x20 && c <= 0x7e;

		if (n + (plain ? 1 : 4) > room) {
			memcpy(out + n, mark, sizeof(mark));
			return;
		}
		if (plain)
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, 5, "\\x%02x", c);
	}
	out[n] = '\0';
}

void
trace_add(struct trace *t, int step, const char *format, ...)
{
	char text[2 * TRACE_TEXT_MAX];
	va_list ap;

	if (t == NULL)
		return;
	if (t->n == TRACE_STEPS) {
		t->cut = true;
		return;
	}
	va_start(ap, format);
	if (vsnprintf(text, sizeof(text), format, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	t->steps[t->n].step = step;
	write_printable(text, t->steps[t->n].text);
	t->n++;
}
