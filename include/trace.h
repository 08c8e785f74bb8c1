#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * trace: what a decision looked at, step by step, for `mayrelay explain'.
 *
 * Bounded: after TRACE_STEPS steps it only notes that more was left out.  A
 * trace belongs to one thread.
 */

enum {
	TRACE_STEPS = 64,
	TRACE_TEXT_MAX = 512
};

struct trace {
	size_t n;
	bool cut;		/* there was more than fits */
	struct trace_step {
		/* 0-6: the step of the decision (spec section 3);
		 * TRACE_ENFORCE: enforcement dates (section 5). */
		int step;
		char text[TRACE_TEXT_MAX];
	} steps[TRACE_STEPS];
};

enum { TRACE_ENFORCE = 7 };

/**
 * trace_init(t): an empty trace.
 */
void trace_init(struct trace *);

/**
 * trace_add(t, step, format, ...):
 * Add one sentence.  Bytes outside 0x20-0x7e in it become \xHH, so that it
 * may be printed on a terminal.  With a NULL ${t} nothing is done at all: the
 * daemon decides without a trace.
 */
void trace_add(struct trace *, int, const char *, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* !TRACE_H */
