#ifndef GATE_H
#define GATE_H

#include <pthread.h>
#include <stdbool.h>

/*
 * gate: threads pass through a piece of work until somebody closes it for
 * good: then those inside finish, and nobody else begins.
 *
 * It is how a process ends that cannot end its threads: when the gate is
 * closed, all that was begun has been done, and nothing is done any more.
 */

struct gate {
	pthread_mutex_t lock;	/* guards all of it */
	unsigned long inside;
	bool closed;
};

#define GATE_OPEN	{ .lock = PTHREAD_MUTEX_INITIALIZER }

/** gate_enter(gate): if it is closed, wait until the process has ended. */
void gate_enter(struct gate *);

/** gate_leave(gate): for each gate_enter. */
void gate_leave(struct gate *);

/**
 * gate_close(gate, ms):
 * For ever; then wait until nobody is inside any more, but at most ${ms}.
 * Return 0, or -1 if somebody still is.
 */
int gate_close(struct gate *, int);

#endif /* !GATE_H */
