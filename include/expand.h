#ifndef EXPAND_H
#define EXPAND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * expand: templates with %{name} into a bounded buffer.
 *
 * "%%" is a percent sign; any other "%" is an error that expand_check finds
 * when the configuration is read.  Pure functions; any thread.
 */

struct expand_var {
	const char *name;
	const char *value;
	bool trusted;	/* the postmaster's own text: not escaped, not cut */
};

/**
 * An escaper appends ${len} bytes at ${s}, made harmless, to ${out} of
 * ${room} bytes, and returns how many it wrote (no NUL).
 */
typedef size_t expand_escaper(char *out, size_t room, const char *s,
    size_t len);

/** expand_smtp: bytes outside 0x20-0x7e are left out; at most 64 bytes. */
expand_escaper expand_smtp;

/**
 * expand_check(template, names, n):
 * NULL if every %{name} in ${template} is one of ${names}; else what is wrong,
 * as a lasting phrase; *${at} (if not NULL) is set to its place.
 */
const char *expand_check(const char *, const char *const *, size_t,
    const char **);

/**
 * expand(template, vars, n, escaper, out, size):
 * Write the expansion to ${out}, NUL-terminated, cut to ${size} - 1 bytes.
 * Return its length.  An unknown name (expand_check tells) gives nothing.
 */
size_t expand(const char *, const struct expand_var *, size_t,
    expand_escaper *, char *, size_t);

#endif /* !EXPAND_H */
