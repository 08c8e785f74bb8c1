#ifndef RELOAD_H
#define RELOAD_H

#include <stdbool.h>

#include "config.h"
#include "counters.h"
#include "why.h"

/*
 * reload: a configuration is tried in a child, then read.
 *
 * libconfig calls exit() when @include names a folder, and a mistake must
 * leave what is in force untouched: so `mayrelayd -t' goes first.
 *
 * Belongs to the main thread, which is never held up: it asks now and then.
 */

enum { RELOAD_TRIAL_MS = 10000 };	/* then the child is killed */

struct reload;

/** reload_new(self_program): NULL when memory is short. */
struct reload *reload_new(const char *);

/** reload_ask(reload): a reload is wanted; while one is tried, another one
 * after it. */
void reload_ask(struct reload *);

/**
 * reload_step(reload, config, next, why):
 * Go on, with ${config} in force.  Return 1 if there is a new configuration in
 * *${next} (counted once), 0 if there is nothing to do now, or -1 with a
 * reason if the reload failed.
 */
int reload_step(struct reload *, const struct config *,
    const struct config **, struct why *);

/** reload_result(reload): of the last step that failed, why: RELOAD_FAILED or
 * RELOAD_RESTART. */
enum reload_result reload_result(const struct reload *);

/** reload_busy(reload): is one asked for or being tried? */
bool reload_busy(const struct reload *);

/** reload_free(reload): ends a trial.  NULL is allowed. */
void reload_free(struct reload *);

#endif /* !RELOAD_H */
