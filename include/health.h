#ifndef HEALTH_H
#define HEALTH_H

#include <stddef.h>

#include "standing.h"

/*
 * health: whether somebody should look, for monitoring: one word of the whole
 * standing, and the reasons for it.
 */

/* In the order, and with the numbers, of a monitoring plugin's exit status. */
enum health_state {
	HEALTH_OK,
	HEALTH_WARNING,		/* decided as ever, but somebody should look */
	HEALTH_CRITICAL		/* nothing is decided, or soon no more */
};

enum {
	HEALTH_REASONS = 32,	/* more than there can be */
	HEALTH_REASON_MAX = 1024
};

struct health {
	enum health_state state;	/* the worst of them */
	size_t n;
	/* The worst first; values of strangers in them are not escaped. */
	char reasons[HEALTH_REASONS][HEALTH_REASON_MAX];
};

/** health_judge(standing, health). */
void health_judge(const struct standing *, struct health *);

/** health_word(state): "ok", "warning", "critical". */
const char *health_word(enum health_state);

#endif /* !HEALTH_H */
