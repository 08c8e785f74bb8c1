#include <stdarg.h>
#include <stdio.h>

#include "why.h"

int
why_set(struct why *why, const char *format, ...)
{
	va_list args;

	if (why == NULL)
		return (-1);
	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return (-1);
}

int
why_prefix(struct why *why, const char *format, ...)
{
	struct why text;
	va_list args;
	int len;

	if (why == NULL)
		return (-1);
	va_start(args, format);
	len = vsnprintf(text.text, sizeof(text.text), format, args);
	va_end(args);
	if (len >= 0 && (size_t)len < sizeof(text.text))
		snprintf(text.text + len, sizeof(text.text) - (size_t)len,
		    "%s", why->text);
	*why = text;
	return (-1);
}
