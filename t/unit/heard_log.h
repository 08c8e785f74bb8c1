#ifndef HEARD_LOG_H
#define HEARD_LOG_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

/*
 * heard_log: a log that takes the place of the real one at link time and keeps
 * what it is told: one line each, as "warning: text".
 */

enum { HEARD_LOG_MAX = 16 * 1024 };

static char heard_log[HEARD_LOG_MAX];

void
log_text(enum log_severity severity, const char *text)
{
	static const char *const names[] = {
		[LOG_SEV_ERROR] = "error",
		[LOG_SEV_WARNING] = "warning",
		[LOG_SEV_NOTICE] = "notice",
		[LOG_SEV_INFO] = "info"
	};
	size_t at = strlen(heard_log);

	snprintf(heard_log + at, sizeof(heard_log) - at, "%s: %s\n",
	    names[severity], text);
}

void
log_line(enum log_severity severity, const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_text(severity, text);
}

/* How many lines hold ${text}? */
static inline int
heard_log_count(const char *text)
{
	const char *line = heard_log, *end, *at;
	int n = 0;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		at = strstr(line, text);
		n += at != NULL && at < end;
	}
	return (n);
}

#endif /* !HEARD_LOG_H */
