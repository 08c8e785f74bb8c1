#ifndef LINE_H
#define LINE_H

#include "policy.h"

/*
 * line: the decision line of the log (spec section 7).
 *
 * Pure functions; any thread.
 */

enum {
	LINE_VALUE_MAX = 256,	/* bytes of a value before escaping */
	/* The longest line: nine values of strangers, each byte as \xHH. */
	LINE_MAX_LEN = 12 * 1024
};

struct line {
	const char *queue_id;	/* NULL or "": NOQUEUE */
	enum verdict_word word;
	enum reason reason;
	const char *client;	/* "local", "unknown" or the address */
	const char *name;	/* the client's host name */
	const char *login;
	const char *from;	/* the MAIL argument as it came, with its <> */
	const char *to;
	const char *listener;
	const char *mailer;
	const char *code;	/* "550 5.7.1"; "" for permits */
	const char *rule;
	const char *match;	/* "": the key is left out */
	int64_t enforce_from;	/* written on would-reject */
	bool has_age;
	int64_t policy_age;
};

/**
 * line_format(line, out, size):
 * Write the line (without a newline) to ${out}; LINE_MAX_LEN bytes always
 * suffice.  Return its length.
 */
size_t line_format(const struct line *, char *, size_t);

/**
 * line_value(value, out, size):
 * Write one value: bare, or quoted and escaped, cut at LINE_VALUE_MAX bytes
 * with the mark of a cut.  A NULL ${value} is empty.  Return its length.
 */
size_t line_value(const char *, char *, size_t);

#endif /* !LINE_H */
