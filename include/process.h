#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

#include "why.h"

/*
 * process: the descriptors that a program begins with; and another of our
 * programs as a child that inherits nothing but what it is handed.
 *
 * libmilter opens its sockets without FD_CLOEXEC: a child that kept them would
 * hold the MTA's connections open.  So every descriptor is closed but the
 * ones named here, the signal mask is emptied and all dispositions are the
 * default ones.  The child dies with the thread that started it (Linux).
 */

enum { PROCESS_FD = 3 };	/* where the child finds what it is handed */

/* The exit status of a child that could not be executed. */
enum { PROCESS_NOT_RUN = 127 };

/**
 * process_standard():
 * At the start of a program: open those of stdin, stdout and stderr that are
 * closed, so that no later descriptor becomes one of them by chance.  Return 0
 * or -1.
 */
int process_standard(void);

/**
 * process_start(argv, fd, output, pid, why):
 * Run ${argv}[0] (a path) with stdin from /dev/null.  ${fd} becomes its
 * descriptor PROCESS_FD, ${output} its stdout and stderr; either may be -1:
 * nothing, or our own stdout and stderr.  Return 0 with *${pid}, or -1.
 */
int process_start(const char *const[], int, int, pid_t *, struct why *);

/**
 * process_describe(status, out, size):
 * "ended with status 1", "was killed by signal 9 (Killed)", "could not be
 * run": what waitpid said of a child.  Return ${out}.
 */
const char *process_describe(int, char *, size_t);

#endif /* !PROCESS_H */
