#ifndef CALLBACKS_H
#define CALLBACKS_H

#include "config.h"
#include "counters.h"
#include "store.h"
#include "why.h"

/*
 * callbacks: libmilter's events -> session -> decision -> reply; nothing else.
 *
 * They run on libmilter's threads.
 */

/** callbacks_register(why): hand them to libmilter (smfi_register). */
int callbacks_register(struct why *);

/** callbacks_serve(store, counters): what they answer from, before smfi_main
 * and for the life of the process. */
void callbacks_serve(struct store *, struct counters *);

/** callbacks_configure(config): the configuration for connections from now
 * on; taken (config_take), the one before is given back. */
void callbacks_configure(const struct config *);

/**
 * callbacks_finish(ms):
 * At the end of the program: wait (at most ${ms}) for the recipients that are
 * being judged, let no further one be judged (who asks waits until the process
 * has ended), and write what connections that are still open have summed up,
 * as libmilter does not tell them of the end.
 */
void callbacks_finish(int);

#endif /* !CALLBACKS_H */
