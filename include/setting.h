#ifndef SETTING_H
#define SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "why.h"

/*
 * setting: one value in a configuration file (libconfig), typed, with the place
 * where it stands.
 *
 * The only module that knows libconfig.  A wrong type is never taken for an
 * absent value, and every error begins with "file:line: ".
 */

struct setting;
struct setting_file;

enum { SETTING_PATH_MAX = 128 };

/**
 * setting_open(path, file, why):
 * Read and parse the file.  Return 0 or -1.
 */
int setting_open(const char *, struct setting_file **, struct why *);

/**
 * setting_parse(text, file, why):
 * The same for settings in a string; errors name no file.
 */
int setting_parse(const char *, struct setting_file **, struct why *);

/** setting_close(file): all its settings are gone.  NULL is allowed. */
void setting_close(struct setting_file *);

/** setting_root(file): the group that holds everything. */
const struct setting *setting_root(const struct setting_file *);

/** setting_name(s): its name in its group; NULL in a list and of the root. */
const char *setting_name(const struct setting *);

/** setting_path(s, out): "policy.role", "map.login[0]".  Returns ${out}. */
const char *setting_path(const struct setting *, char[SETTING_PATH_MAX]);

/** setting_member(s, name): the member of a group, or NULL. */
const struct setting *setting_member(const struct setting *, const char *);

/** setting_count(s), setting_at(s, i): what is in a group, list or array. */
size_t setting_count(const struct setting *);
const struct setting *setting_at(const struct setting *, size_t);

/** setting_is_group(s), setting_is_string(s), setting_is_list(s) (or array). */
bool setting_is_group(const struct setting *);
bool setting_is_string(const struct setting *);
bool setting_is_list(const struct setting *);

/**
 * setting_error(s, why, format, ...):
 * Write "file:line: path text" (of the root "file: text") into ${why} and
 * return -1.
 */
int setting_error(const struct setting *, struct why *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * setting_wrong(s, wants, why):
 * Write "file:line: path must be ${wants}, not a ..." and return -1.
 */
int setting_wrong(const struct setting *, const char *, struct why *);

/**
 * setting_unknown(s, names, n, why):
 * ${s} has a name that is none of ${names}: say so with the nearest one, and
 * return -1.
 */
int setting_unknown(const struct setting *, const char *const *, size_t,
    struct why *);

/* Each of these returns 0 with the value, or -1 with ${why}.  ${wants} is how
 * an error calls what must be there. */

/** setting_text(s, wants, text, why): a string without control characters;
 * it lives as long as the file. */
int setting_text(const struct setting *, const char *, const char **,
    struct why *);

/** setting_keep(s, arena, text, kept, why): a copy of the text, which may be
 * another than that of ${s}; ${s} is where memory was short. */
int setting_keep(const struct setting *, struct arena *, const char *,
    const char **, struct why *);

/** setting_number(s, wants, min, max, n, why): a whole number in bounds. */
int setting_number(const struct setting *, const char *, int64_t, int64_t,
    int64_t *, struct why *);

/** setting_bool(s, value, why): true or false. */
int setting_bool(const struct setting *, bool *, struct why *);

#endif /* !SETTING_H */
