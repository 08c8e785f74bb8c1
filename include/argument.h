#ifndef ARGUMENT_H
#define ARGUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "why.h"

/*
 * argument: the long options of a command, as a table.
 *
 * "--name VALUE" and "--name=VALUE" are the same; a VALUE may be anything, also
 * empty or with a hyphen.  There are no operands.
 *
 * The few programs' options of one letter are getopt's; with "-:" among them it
 * gives "--help" as the option `-' with the value "help", which
 * argument_letter turns into the letter that it stands for.
 *
 * Pure functions but for what the table points to; any thread.
 */

enum { ARGUMENTS_MAX = 32 };	/* in one table */

struct argument {
	const char *name;	/* "--client" */
	const char **value;	/* NULL before; or NULL for one without... */
	bool *flag;		/* ...which sets this instead */
};

/**
 * argument_read(table, n, argc, argv, why):
 * Read ${argv}[1] and what follows.  Return 0; or -1 with ${why} for an unknown
 * option (with the nearest known one), one given twice, a missing or a needless
 * value, and an operand.
 */
int argument_read(const struct argument *, size_t, int, char **,
    struct why *);

/** argument_letter(name): 'h' for "help", 'V' for "version", else '?'. */
int argument_letter(const char *);

#endif /* !ARGUMENT_H */
