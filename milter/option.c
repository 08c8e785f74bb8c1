#include <sys/types.h>

#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "nearest.h"
#include "option.h"
#include "when.h"

enum {
	NAMES_MAX = 64,		/* in one group */
	DEFAULT_MAX = 1024	/* bytes of a default as it is written */
};

/* ---- types ------------------------------------------------------------ */

uint64_t
option_digest_string(uint64_t h, const void *target)
{
	const char *const *text = target;

	return (digest_text(h, *text));
}

static int
read_string(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *text;

	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	if (strlen(text) < (size_t)o->min)
		return (setting_error(s, why, "must not be empty"));
	return (setting_keep(s, arena, text, target, why));
}

const struct option_type option_string = {
	"a string", read_string, option_digest_string
};

static int
read_path(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	const char *text;

	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	if (text[0] != '/')
		return (setting_error(s, why,
		    "must be an absolute path, not \"%s\"", text));
	return (setting_keep(s, arena, text, target, why));
}

const struct option_type option_path = {
	"an absolute path such as \"/var/lib/mayrelay\"", read_path,
	option_digest_string
};

static int
read_number(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	long *value = target;
	int64_t n;

	(void)arena;
	if (setting_number(s, o->type->wants, o->min, o->max, &n, why) != 0)
		return (-1);
	*value = (long)n;
	return (0);
}

static uint64_t
digest_long(uint64_t h, const void *target)
{
	const long *value = target;

	return (digest_number(h, *value));
}

const struct option_type option_number = {
	"a whole number", read_number, digest_long
};

static int
read_bool(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	(void)o;
	(void)arena;
	return (setting_bool(s, target, why));
}

static uint64_t
digest_bool(uint64_t h, const void *target)
{
	const bool *value = target;

	return (digest_number(h, *value));
}

const struct option_type option_bool = {
	"true or false", read_bool, digest_bool
};

static int
unknown_word(const struct option *o, const struct setting *s, const char *text,
    struct why *why)
{
	const char *names[NAMES_MAX], *nearest;
	char wants[OPTION_WANTS_MAX];
	size_t n;

	for (n = 0; n < NAMES_MAX && o->words[n].name != NULL; n++)
		names[n] = o->words[n].name;
	option_wants(o, wants);
	if ((nearest = nearest_of(text, names, n)) != NULL)
		return (setting_error(s, why,
		    "must be %s, not \"%s\"; did you mean \"%s\"?", wants, text,
		    nearest));
	return (setting_error(s, why, "must be %s, not \"%s\"", wants, text));
}

static int
find_word(const struct option *o, const struct setting *s, int *value,
    struct why *why)
{
	const struct option_word *w;
	char wants[OPTION_WANTS_MAX];
	const char *text;

	if (setting_text(s, option_wants(o, wants), &text, why) != 0)
		return (-1);
	for (w = o->words; w->name != NULL; w++)
		if (strcmp(w->name, text) == 0)
			break;
	if (w->name == NULL)
		return (unknown_word(o, s, text, why));
	*value = w->value;
	return (0);
}

/* An enum without negative values is an unsigned int to the compilers that we
 * know; memcpy leaves that to them. */
static int
read_word(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	int value;

	(void)arena;
	if (find_word(o, s, &value, why) != 0)
		return (-1);
	memcpy(target, &value, sizeof(value));
	return (0);
}

static uint64_t
digest_word(uint64_t h, const void *target)
{
	int value;

	memcpy(&value, target, sizeof(value));
	return (digest_number(h, value));
}

const struct option_type option_word = { NULL, read_word, digest_word };

static int
read_word_bool(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	bool *flag = target;
	int value;

	(void)arena;
	if (find_word(o, s, &value, why) != 0)
		return (-1);
	*flag = value != 0;
	return (0);
}

const struct option_type option_word_bool = {
	NULL, read_word_bool, digest_bool
};

/* An unquoted 0660 would be the decimal number 660 to libconfig 1.5. */
static int
read_mode(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	mode_t *mode = target, value = 0;
	const char *text, *p;

	(void)arena;
	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	for (p = text; *p >= '0' && *p <= '7' && value <= 0777; p++)
		value = value * 8 + (mode_t)(*p - '0');
	if (p == text || *p != '\0' || value > 0777)
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, text));
	if ((value & 0600) != 0600)
		return (setting_error(s, why,
		    "must let the owner read and write (0600), not \"%s\"",
		    text));
	*mode = value;
	return (0);
}

static uint64_t
digest_mode(uint64_t h, const void *target)
{
	const mode_t *mode = target;

	return (digest_number(h, *mode));
}

const struct option_type option_mode = {
	"an octal file mode in quotes, such as \"0660\"", read_mode,
	digest_mode
};

static uint64_t
digest_int64(uint64_t h, const void *target)
{
	const int64_t *value = target;

	return (digest_number(h, *value));
}

/* Bounds are in units of ${unit} milliseconds, as the value is. */
static int
read_duration(const struct option *o, const struct setting *s, int64_t unit,
    int64_t *value, struct why *why)
{
	const char *text;
	int64_t ms;

	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	if (when_duration(text, strlen(text), &ms) != 0)
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, text));
	if (ms / unit < o->min || ms > o->max * unit)
		return (setting_error(s, why,
		    "must be from \"%llds\" to \"%llds\", not \"%s\"",
		    (long long)(o->min * unit / 1000),
		    (long long)(o->max * unit / 1000), text));
	*value = ms / unit;
	return (0);
}

static int
read_seconds(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	(void)arena;
	return (read_duration(o, s, 1000, target, why));
}

static int
read_milliseconds(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	(void)arena;
	return (read_duration(o, s, 1, target, why));
}

#define DURATION	"a duration in quotes with its unit, such as " \
			"\"90s\", \"5m\", \"24h\" or \"7d\""

const struct option_type option_seconds = {
	DURATION, read_seconds, digest_int64
};
const struct option_type option_milliseconds = {
	DURATION, read_milliseconds, digest_int64
};

static int
read_date(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{
	int64_t *date = target;
	const char *text;

	(void)arena;
	if (setting_text(s, o->type->wants, &text, why) != 0)
		return (-1);
	if (strcmp(text, "now") == 0)
		*date = WHEN_BEGINNING;
	else if (strcmp(text, "never") == 0)
		*date = WHEN_NEVER;
	else if (when_date(text, strlen(text), date) != 0)
		return (setting_error(s, why, "must be %s, not \"%s\"",
		    o->type->wants, text));
	return (0);
}

const struct option_type option_date = {
	"\"now\", \"never\" or a date such as \"2027-01-15T00:00:00Z\"",
	read_date, digest_int64
};

int
option_read_texts(const struct setting *s, const char *wants,
    struct arena *arena, struct texts *texts, struct why *why)
{
	const struct setting *element;
	const char **v, *text;
	size_t i, n;

	if (!setting_is_list(s))
		return (setting_wrong(s, wants, why));
	n = setting_count(s);
	if ((v = arena_array(arena, n, sizeof(*v))) == NULL)
		return (setting_error(s, why, "out of memory"));
	for (i = 0; i < n; i++) {
		element = setting_at(s, i);
		if (setting_text(element, "a string", &text, why) != 0)
			return (-1);
		if (text[0] == '\0')
			return (setting_error(element, why,
			    "must not be empty"));
		if (setting_keep(element, arena, text, &v[i], why) != 0)
			return (-1);
	}
	texts->v = v;
	texts->n = n;
	return (0);
}

uint64_t
option_digest_texts(uint64_t h, const struct texts *texts)
{
	size_t i;

	h = digest_number(h, (int64_t)texts->n);
	for (i = 0; i < texts->n; i++)
		h = digest_text(h, texts->v[i]);
	return (h);
}

static int
read_texts(const struct option *o, const struct setting *s,
    struct arena *arena, void *target, struct why *why)
{

	return (option_read_texts(s, o->type->wants, arena, target, why));
}

uint64_t
option_digest_list(uint64_t h, const void *target)
{

	return (option_digest_texts(h, target));
}

const struct option_type option_texts = {
	"a list of strings such as [ \"one\", \"two\" ]", read_texts,
	option_digest_list
};

/* ---- the table -------------------------------------------------------- */

const char *
option_wants(const struct option *o, char out[OPTION_WANTS_MAX])
{
	const struct option_word *w;
	size_t len = 0;
	const char *before = "";

	if (o->type->wants != NULL) {
		snprintf(out, OPTION_WANTS_MAX, "%s", o->type->wants);
		return (out);
	}
	out[0] = '\0';
	for (w = o->words; w->name != NULL && len < OPTION_WANTS_MAX; w++) {
		len += (size_t)snprintf(out + len, OPTION_WANTS_MAX - len,
		    "%s\"%s\"", before, w->name);
		before = w[1].name != NULL && w[2].name == NULL ? " or " : ", ";
	}
	return (out);
}

/* Does ${path} begin with the group's path (of ${len} bytes)?  Then what
 * follows in it. */
static const char *
within(const char *path, const char *group, size_t len)
{

	if (len == 0)
		return (path);
	if (strncmp(path, group, len) != 0 || path[len] != '.')
		return (NULL);
	return (path + len + 1);
}

/* The names that the table has directly in a group, each once; they are
 * written to ${room}. */
static size_t
names_in(const struct option *options, size_t noptions, const char *group,
    char room[NAMES_MAX][NEAREST_NAME_MAX], const char *names[NAMES_MAX])
{
	const char *rest;
	size_t i, n = 0, len;

	for (i = 0; i < noptions && n < NAMES_MAX; i++) {
		rest = within(options[i].path, group, strlen(group));
		if (rest == NULL)
			continue;
		len = strcspn(rest, ".");
		snprintf(room[n], NEAREST_NAME_MAX, "%.*s", (int)len, rest);
		if (n > 0 && strcmp(room[n], room[n - 1]) == 0)
			continue;
		names[n] = room[n];
		n++;
	}
	return (n);
}

/* An option of that name in another group is what was meant. */
static const char *
elsewhere(const struct option *options, size_t noptions, const char *name)
{
	const char *last;
	size_t i;

	for (i = 0; i < noptions; i++) {
		last = strrchr(options[i].path, '.');
		if (last != NULL && strcmp(last + 1, name) == 0)
			return (options[i].path);
	}
	return (NULL);
}

static int
unknown(const struct option *options, size_t noptions,
    const struct setting *group, const struct setting *s, struct why *why)
{
	char room[NAMES_MAX][NEAREST_NAME_MAX], path[SETTING_PATH_MAX];
	const char *names[NAMES_MAX], *other;
	size_t n;

	n = names_in(options, noptions, setting_path(group, path), room,
	    names);
	if (nearest_of(setting_name(s), names, n) == NULL &&
	    (other = elsewhere(options, noptions, setting_name(s))) != NULL)
		return (setting_error(s, why,
		    "is not a known name; did you mean `%s'?", other));
	return (setting_unknown(s, names, n, why));
}

/* What is a path to the table? */
enum place { PLACE_OPTION, PLACE_GROUP, PLACE_UNKNOWN };

static enum place
place_of(const struct option *options, size_t noptions, const char *path)
{
	const char *rest;
	size_t i;

	for (i = 0; i < noptions; i++) {
		if (strcmp(options[i].path, path) == 0)
			return (PLACE_OPTION);
		rest = within(options[i].path, path, strlen(path));
		if (rest != NULL)
			return (PLACE_GROUP);
	}
	return (PLACE_UNKNOWN);
}

/* Recursion ends where the table's groups do. */
static int
check_names(const struct option *options, size_t noptions,
    const struct setting *group, struct why *why)
{
	char path[SETTING_PATH_MAX];
	const struct setting *s;
	size_t i;

	if (!setting_is_group(group))
		return (setting_wrong(group, "a group { ... }", why));
	for (i = 0; i < setting_count(group); i++) {
		s = setting_at(group, i);
		switch (place_of(options, noptions, setting_path(s, path))) {
		case PLACE_OPTION:
			break;
		case PLACE_GROUP:
			if (check_names(options, noptions, s, why) != 0)
				return (-1);
			break;
		case PLACE_UNKNOWN:
			return (unknown(options, noptions, group, s, why));
		}
	}
	return (0);
}

const struct setting *
option_find(const struct setting *root, const char *path)
{
	char name[SETTING_PATH_MAX];
	const struct setting *s = root;
	size_t len;

	for (; s != NULL; path += len + 1) {
		len = strcspn(path, ".");
		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		s = setting_member(s, name);
		if (path[len] == '\0')
			return (s);
	}
	return (NULL);
}

static int
read_default(const struct option *o, struct arena *arena, void *target,
    struct why *why)
{
	char text[DEFAULT_MAX];
	struct setting_file *file;
	int result;

	snprintf(text, sizeof(text), "v = %s;", o->preset);
	if (setting_parse(text, &file, why) != 0)
		return (why_prefix(why, "default of %s: ", o->path));
	result = o->type->read(o, setting_member(setting_root(file), "v"),
	    arena, target, why);
	setting_close(file);
	if (result != 0)
		return (why_prefix(why, "default of %s: ", o->path));
	return (0);
}

static int
read_one(const struct option *o, const struct setting *root,
    struct arena *arena, void *target, struct why *why)
{
	const struct setting *s = option_find(root, o->path);
	char wants[OPTION_WANTS_MAX];

	if (s != NULL)
		return (o->type->read(o, s, arena, target, why));
	if (o->preset != NULL)
		return (read_default(o, arena, target, why));
	return (setting_error(root, why, "%s must be said: %s", o->path,
	    option_wants(o, wants)));
}

int
option_read(const struct option *options, size_t noptions,
    const struct setting *root, struct arena *arena, void *base,
    struct why *why)
{
	unsigned char *bytes = base;
	size_t i;

	if (check_names(options, noptions, root, why) != 0)
		return (-1);
	for (i = 0; i < noptions; i++)
		if (read_one(&options[i], root, arena,
		    bytes + options[i].target, why) != 0)
			return (-1);
	return (0);
}

uint64_t
option_digest(const struct option *options, size_t noptions, const void *base)
{
	const unsigned char *bytes = base;
	uint64_t h = DIGEST_BEGIN;
	size_t i;

	for (i = 0; i < noptions; i++)
		h = options[i].type->digest(h, bytes + options[i].target);
	return (h);
}

bool
option_differs(const struct option *o, const void *a, const void *b)
{
	const unsigned char *one = a, *other = b;

	return (o->type->digest(DIGEST_BEGIN, one + o->target) !=
	    o->type->digest(DIGEST_BEGIN, other + o->target));
}
