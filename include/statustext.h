#ifndef STATUSTEXT_H
#define STATUSTEXT_H

#include <stdio.h>

#include "health.h"
#include "standing.h"

/*
 * statustext: what `mayrelay status' prints for people; free to change.
 */

/** statustext_print(out, standing, health). */
void statustext_print(FILE *, const struct standing *, const struct health *);

#endif /* !STATUSTEXT_H */
