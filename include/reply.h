#ifndef REPLY_H
#define REPLY_H

#include "policy.h"

/*
 * reply: reason -> SMTP code and text (spec section 6).
 *
 * Pure functions; any thread.
 */

enum {
	REPLY_LINES_MAX = 32,	/* libmilter's limit */
	REPLY_LINE_MAX = 500	/* bytes of text: 512 with code and CRLF
				   (RFC 5321 section 4.5.3.1.5) */
};

enum {
	REPLY_CODE_MAX = 16,	/* "550 5.123.123" and the NUL */
	REPLY_URL_MAX = 256	/* a longer help_url leaves no room for a text:
				   the default ones do without it */
};

/* What the configuration says for one reason. */
struct reply_text {
	char code[REPLY_CODE_MAX];	/* "550 5.7.1"; "" = the default */
	struct texts lines;		/* none = the default */
};

struct reply_settings {
	const char *help_url;		/* a fragment is cut off; "" = none */
	struct reply_text texts[REASONS];
};

/* The values of strangers that a text may show. */
struct reply_values {
	const char *client;
	const char *login;
	const char *sender;
	const char *recipient;
};

struct reply {
	char rcode[4];			/* "550" */
	char xcode[12];			/* "5.7.1" */
	int nlines;
	char line[REPLY_LINES_MAX][REPLY_LINE_MAX + 1];	/* % not doubled */
};

/**
 * reply_make(settings, reason, values, reply):
 * Fill ${reply} for a refusal.  Has always at least one line.  A line is cut
 * where the whole of it, with codes and CRLF, would be over 512 bytes.
 */
void reply_make(const struct reply_settings *, enum reason,
    const struct reply_values *, struct reply *);

/**
 * reply_fixed(reason, reply):
 * The default text of ${reason} without any value: for a reply that libmilter
 * refuses.
 */
void reply_fixed(enum reason, struct reply *);

/**
 * reply_overloaded(reply): 451 4.3.2, beyond max_connections.
 */
void reply_overloaded(struct reply *);

/**
 * reply_code_check(reason, code):
 * NULL if "${code}" ("550 5.7.1") may be given for ${reason}; else why not:
 * form, class that does not fit the verdict, enhanced code of another class
 * (RFC 3463), or 421 (libmilter would close the session).
 */
const char *reply_code_check(enum reason, const char *);

/** reply_default_code(reason): "550 5.7.1" or "451 4.3.0"; of use only for a
 * reason that verdict_refuses. */
const char *reply_default_code(enum reason);

/** reply_names: the names that texts may use (%{client} and so on), for
 * expand_check. */
extern const char *const reply_names[];
extern const size_t reply_nnames;

/**
 * reply_percent(line, out, size):
 * Copy ${line} with every % doubled, as libmilter wants it.  What does not
 * fit is left out, never half a pair: twice the length of ${line} and the NUL
 * always suffice.  Return ${out}.
 */
const char *reply_percent(const char *, char *, size_t);

#endif /* !REPLY_H */
