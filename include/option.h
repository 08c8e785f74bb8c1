#ifndef OPTION_H
#define OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "model.h"
#include "setting.h"
#include "why.h"

/*
 * option: what the configuration file may say, as a table: one line for an
 * option is its path, default, type, bounds and the place of its value.
 *
 * The functions here read a file into a struct through such a table; they
 * know nothing of what the options mean.
 */

struct option;

struct option_word {
	const char *name;	/* NULL ends the array */
	int value;
};

/* How the values of one type are read and told apart. */
struct option_type {
	/* What an error calls it: "a whole number"; NULL: one of the words. */
	const char *wants;
	/* Read the setting into ${target}; 0, or -1 with ${why}. */
	int (*read)(const struct option *, const struct setting *,
	    struct arena *, void *target, struct why *why);
	/* Mix the value at ${target} into a digest. */
	uint64_t (*digest)(uint64_t, const void *target);
};

struct option {
	const char *path;	/* "milter.socket" */
	const char *preset;	/* default as it would be written; NULL: must
				   be said */
	const struct option_type *type;
	size_t target;		/* offset of the value in the struct */
	int64_t min, max;	/* bounds of a number or duration */
	const struct option_word *words;
	bool restart;		/* cannot be changed by a reload */
};

enum { OPTION_WANTS_MAX = 192 };

/* Types and what they write. */
extern const struct option_type option_string;		/* const char * */
extern const struct option_type option_path;		/* const char * */
extern const struct option_type option_number;		/* long */
extern const struct option_type option_bool;		/* bool */
extern const struct option_type option_word;		/* an enum */
extern const struct option_type option_word_bool;	/* bool */
extern const struct option_type option_mode;		/* mode_t */
extern const struct option_type option_seconds;		/* int64_t */
extern const struct option_type option_milliseconds;	/* int64_t */
extern const struct option_type option_date;		/* int64_t */
extern const struct option_type option_texts;		/* struct texts */

/**
 * option_wants(option, out): what an error calls its type.  Returns ${out}.
 */
const char *option_wants(const struct option *, char[OPTION_WANTS_MAX]);

/**
 * option_read_texts(setting, wants, arena, texts, why):
 * A list or array of strings, none of them empty.
 */
int option_read_texts(const struct setting *, const char *, struct arena *,
    struct texts *, struct why *);

/** option_digest_texts(h, texts): mix in a list. */
uint64_t option_digest_texts(uint64_t, const struct texts *);

/** option_digest_string(h, target), option_digest_list(h, target): the digest
 * of types whose target is a const char *, a struct texts. */
uint64_t option_digest_string(uint64_t, const void *);
uint64_t option_digest_list(uint64_t, const void *);

/**
 * option_read(options, n, root, arena, base, why):
 * Read all of ${root} into the struct at ${base}: each option by its type, in
 * the order of the table, what is not there from its default.  Names that are
 * not in the table are errors.
 */
int option_read(const struct option *, size_t, const struct setting *,
    struct arena *, void *, struct why *);

/** option_find(root, path): the setting at "policy.role", or NULL. */
const struct setting *option_find(const struct setting *, const char *);

/** option_digest(options, n, base): of all values. */
uint64_t option_digest(const struct option *, size_t, const void *);

/** option_differs(option, a, b): has it another value in ${b} than in ${a}? */
bool option_differs(const struct option *, const void *, const void *);

#endif /* !OPTION_H */
