#ifndef VISIBLE_H
#define VISIBLE_H

#include <stddef.h>

/*
 * visible: text of strangers made fit for a terminal: each byte outside
 * 0x20-0x7e becomes \xHH, so that no escape sequence and no second line gets
 * through.
 *
 * Pure functions; any thread.
 */

/**
 * visible_text(s, out, size):
 * Write ${s}, cut to ${size} with the NUL; VISIBLE_SIZE(strlen) always
 * suffices.  A NULL ${s} is empty.  Return ${out}.
 */
#define VISIBLE_SIZE(len)	((len) * 4 + 1)
const char *visible_text(const char *, char *, size_t);

/** visible_bytes(bytes, len, out, size): the same for bytes that may have NULs
 * among them. */
const char *visible_bytes(const void *, size_t, char *, size_t);

#endif /* !VISIBLE_H */
