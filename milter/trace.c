#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "trace.h"
#include "visible.h"

enum { RAW_MAX = 2 * TRACE_TEXT_MAX };

void
trace_init(struct trace *t)
{

	t->n = 0;
	t->cut = false;
}

/* A sentence that is too long ends in a mark; \xHH is never cut itself. */
static void
write_sentence(const char *text, char out[TRACE_TEXT_MAX])
{
	static const char mark[] = "...";
	char whole[VISIBLE_SIZE(RAW_MAX)];

	visible_text(text, whole, sizeof(whole));
	visible_text(text, out, TRACE_TEXT_MAX - (sizeof(mark) - 1));
	if (strcmp(out, whole) != 0)
		strcat(out, mark);
}

void
trace_add(struct trace *t, int step, const char *format, ...)
{
	char text[RAW_MAX];
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
	write_sentence(text, t->steps[t->n].text);
	t->n++;
}
