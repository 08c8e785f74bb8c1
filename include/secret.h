#ifndef SECRET_H
#define SECRET_H

#include <stddef.h>

#include "why.h"

/*
 * secret: a password out of a file, for the time that it is needed.
 *
 * Plain values; any thread.
 */

enum { SECRET_MAX = 1024 };	/* bytes; a file that holds more is refused */

struct secret {
	size_t len;
	char bytes[SECRET_MAX + 2];	/* and a NUL */
};

/**
 * secret_read(path, secret, why):
 * One newline at the end is not part of it.  A file that is empty (an empty
 * password makes a bind anonymous, RFC 4513 section 5.1.2), holds a NUL, is
 * too long, not regular or open to everybody is refused.  Return 0, or -1 with
 * a reason that names the file (and who must be able to read it, when that is
 * what is missing) and says nothing of what is in it.
 */
int secret_read(const char *, struct secret *, struct why *);

/** secret_wipe(secret): leave nothing of it in memory. */
void secret_wipe(struct secret *);

#endif /* !SECRET_H */
