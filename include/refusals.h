#ifndef REFUSALS_H
#define REFUSALS_H

#include "line.h"

/*
 * refusals: the log lines of what was, or would have been, refused, identical
 * ones of a connection summed up (log.repeats): when it closes, or at the end
 * of the program, when libmilter tells no connection of its end.
 *
 * Refusals are identical if verdict, reason, client, login, sender and rule
 * are; the line that sums them up is the last one's.
 *
 * Any thread; one at a time for one connection.
 */

/* Those of one connection. */
struct refusals;

/**
 * refusals_open(limit):
 * A connection begins.  The first ${limit} lines of a kind are written one by
 * one (repeats_see); 0: all of them.  NULL when memory is short.
 */
struct refusals *refusals_open(unsigned long);

/** refusals_log(r, line): write it now, or keep it for the sum. */
void refusals_log(struct refusals *, const struct line *);

/** refusals_close(r): the connection ends; its sums are written.  NULL is
 * allowed. */
void refusals_close(struct refusals *);

/**
 * refusals_finish():
 * Write the sums of all connections that are open; others may run beside it.
 * What is kept after that is written only if its connection closes.
 */
void refusals_finish(void);

#endif /* !REFUSALS_H */
