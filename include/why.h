#ifndef WHY_H
#define WHY_H

/*
 * why: the reason in words that comes with a -1.
 *
 * A function that can fail takes a `struct why *` last, returns -1 and says
 * there what failed, on which value, and the cure.  Nobody but the door
 * (main(), a command, the log) prints it, and does so once.
 *
 * Values of strangers in it are escaped by whoever prints it (log.h, trace.h).
 */

enum { WHY_MAX = 1024 };	/* bytes with the final NUL; longer is cut */

struct why {
	char text[WHY_MAX];
};

/**
 * why_set(why, format, ...):
 * Write the reason into ${why} and return -1, so that a caller can say
 * `return (why_set(why, ...));`.  ${why} may be NULL: then nothing is kept.
 */
int why_set(struct why *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * why_prefix(why, format, ...):
 * Put the text (file, line, DN: where it happened) before the reason that is
 * there, and return -1.  ${why} may be NULL.
 */
int why_prefix(struct why *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* !WHY_H */
