#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdint.h>

/*
 * log: lines to syslog (facility mail) or stderr, through a bounded ring and a
 * thread of its own, so that a stuck syslogd never holds mail.
 *
 * A line that finds the ring full is dropped and counted; when there is room
 * again a line says how many were lost.  Any thread may log.
 */

enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG };

enum log_severity { LOG_SEV_ERROR, LOG_SEV_WARNING, LOG_SEV_NOTICE,
    LOG_SEV_INFO };

/**
 * log_start(name, target):
 * Begin; ${name} is the program's.  Before that, and in the tools, lines go
 * straight to stderr as "name: text".  Return 0, or -1 if there is no memory
 * or thread, or if it was started before.  Start after fork, before other
 * threads.  The thread takes no signals.
 */
int log_start(const char *, enum log_target);

/** log_name(name): what stderr lines begin with before log_start. */
void log_name(const char *);

/**
 * log_line(severity, format, ...):
 * Log one line.  Bytes outside 0x20-0x7e become \xHH; of more than 16 KiB
 * the rest is cut.  Never blocks, never fails.
 */
void log_line(enum log_severity, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/** log_text(severity, text): the same for a line that is complete. */
void log_text(enum log_severity, const char *);

/** log_lost(): how many lines were lost so far. */
uint64_t log_lost(void);

/**
 * log_stop(ms):
 * Write what is left, for ${ms} milliseconds at most: a stuck syslogd does
 * not hold the end of the program either.  Lines that come later are lost.
 */
void log_stop(int);

#endif /* !LOG_H */
