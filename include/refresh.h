#ifndef REFRESH_H
#define REFRESH_H

#include "config.h"

/*
 * refresh: `mayrelay refresh', asks the running feed to read its sources anew
 * and waits for what came of it: of all of them the worst.
 *
 * An --accept counts while its process waits: an end, a signal and a kill
 * withdraw it.
 */

/**
 * refresh_run(config, argc, argv):
 * ${argv}[0] is "refresh"; --accept also applies what was held back.  Exit 0
 * in force, 1 held back, 75 failed or no answer (the old policy stays), 64
 * usage, 69 mayrelayd does not run.
 */
int refresh_run(const struct config *, int, char **);

extern const char refresh_usage[];

#endif /* !REFRESH_H */
