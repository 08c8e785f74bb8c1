#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <libconfig.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nearest.h"
#include "setting.h"

enum {
	DEPTH_MAX = 16,		/* of settings */
	INCLUDES_MAX = 10,	/* in each other, as libconfig has it */
	INCLUDE_PATH_MAX = 1023
};

struct setting_file {
	config_t config;
	char *path;		/* the root's hook, for errors about it */
};

static const struct setting *
lend(const config_setting_t *s)
{

	return ((const struct setting *)s);
}

static const config_setting_t *
raw(const struct setting *s)
{

	return ((const config_setting_t *)s);
}

static const char *
type_name(const struct setting *s)
{

	switch (config_setting_type(raw(s))) {
	case CONFIG_TYPE_GROUP:
		return ("a group { ... }");
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return ("a whole number");
	case CONFIG_TYPE_FLOAT:
		return ("a number with a fraction");
	case CONFIG_TYPE_STRING:
		return ("a string");
	case CONFIG_TYPE_BOOL:
		return ("true or false");
	case CONFIG_TYPE_ARRAY:
		return ("an array [ ... ]");
	case CONFIG_TYPE_LIST:
		return ("a list ( ... )");
	}
	return ("nothing");
}

static struct setting_file *
file_new(const char *path)
{
	struct setting_file *file;

	if ((file = malloc(sizeof(*file))) == NULL)
		return (NULL);
	if ((file->path = strdup(path)) == NULL) {
		free(file);
		return (NULL);
	}
	config_init(&file->config);
	return (file);
}

/* libconfig names no file for what is not in one, and of a quote that is left
 * open the line in which another one ends it. */
static int
file_failed(struct setting_file *file, struct why *why)
{
	const config_t *c = &file->config;
	const char *where = config_error_file(c);
	const char *text = config_error_text(c);

	if (config_error_type(c) == CONFIG_ERR_FILE_IO)
		why_set(why, "%s: %s", file->path, strerror(errno));
	else
		why_set(why, "%s:%d: %s%s", where != NULL ? where :
		    file->path, config_error_line(c), text,
		    strcmp(text, "syntax error") == 0 ?
		    ", here or in a line before" : "");
	setting_close(file);
	return (-1);
}

static void
file_ready(struct setting_file *file, struct setting_file **result)
{

	config_setting_set_hook(config_root_setting(&file->config),
	    file->path);
	*result = file;
}

/* libconfig calls exit() for a folder, and says little about a missing file. */
static int
file_regular(const char *path, struct why *why)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return (why_set(why, "%s: %s", path, strerror(errno)));
	if (!S_ISREG(st.st_mode))
		return (why_set(why, "%s: is not a regular file", path));
	return (0);
}

/*
 * The same for what a file includes, and what that includes: libconfig has no
 * way to ask us.  A file that cannot be opened is left to libconfig to name.
 */
static int
includes_regular(const char *path, int depth, struct why *why)
{
	char included[INCLUDE_PATH_MAX + 1], *line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "re");
	unsigned n;
	int result = 0;

	if (file == NULL)
		return (0);
	for (n = 1; result == 0 && getline(&line, &size, file) != -1; n++) {
		if (sscanf(line, " @include \"%1023[^\"\n]\"", included) != 1)
			continue;
		if (depth == INCLUDES_MAX)
			result = why_set(why, "%s:%u: includes are nested too "
			    "deep", path, n);
		else if (access(included, F_OK) == 0 &&
		    file_regular(included, why) != 0)
			result = why_prefix(why, "%s:%u: @include: ", path, n);
		else
			result = includes_regular(included, depth + 1, why);
	}
	free(line);
	fclose(file);
	return (result);
}

int
setting_open(const char *path, struct setting_file **result, struct why *why)
{
	struct setting_file *file;

	if (file_regular(path, why) != 0 || includes_regular(path, 0, why) != 0)
		return (-1);
	if ((file = file_new(path)) == NULL)
		return (why_set(why, "%s: out of memory", path));
	if (config_read_file(&file->config, path) != CONFIG_TRUE)
		return (file_failed(file, why));
	file_ready(file, result);
	return (0);
}

int
setting_parse(const char *text, struct setting_file **result, struct why *why)
{
	struct setting_file *file;

	if ((file = file_new("text")) == NULL)
		return (why_set(why, "out of memory"));
	if (config_read_string(&file->config, text) != CONFIG_TRUE)
		return (file_failed(file, why));
	file_ready(file, result);
	return (0);
}

void
setting_close(struct setting_file *file)
{

	if (file == NULL)
		return;
	config_destroy(&file->config);
	free(file->path);
	free(file);
}

const struct setting *
setting_root(const struct setting_file *file)
{

	return (lend(config_root_setting(&file->config)));
}

const char *
setting_name(const struct setting *s)
{

	return (config_setting_name(raw(s)));
}

/* Append one step of a path: ".name" or "[index]". */
static size_t
path_step(const config_setting_t *s, size_t len, char *out)
{
	const char *name = config_setting_name(s);
	int n;

	if (name != NULL)
		n = snprintf(out + len, SETTING_PATH_MAX - len, "%s%s",
		    len > 0 ? "." : "", name);
	else
		n = snprintf(out + len, SETTING_PATH_MAX - len, "[%d]",
		    config_setting_index(s));
	if (n < 0 || (size_t)n >= SETTING_PATH_MAX - len)
		return (SETTING_PATH_MAX - 1);
	return (len + (size_t)n);
}

const char *
setting_path(const struct setting *setting, char out[SETTING_PATH_MAX])
{
	const config_setting_t *steps[DEPTH_MAX], *s = raw(setting);
	size_t n = 0, len = 0;

	for (; n < DEPTH_MAX && !config_setting_is_root(s);
	    s = config_setting_parent(s))
		steps[n++] = s;
	out[0] = '\0';
	while (n-- > 0)
		len = path_step(steps[n], len, out);
	return (out);
}

const struct setting *
setting_member(const struct setting *s, const char *name)
{

	return (lend(config_setting_get_member(raw(s), name)));
}

size_t
setting_count(const struct setting *s)
{

	return ((size_t)config_setting_length(raw(s)));
}

const struct setting *
setting_at(const struct setting *s, size_t i)
{

	return (lend(config_setting_get_elem(raw(s), (unsigned)i)));
}

bool
setting_is_group(const struct setting *s)
{

	return (config_setting_is_group(raw(s)));
}

bool
setting_is_string(const struct setting *s)
{

	return (config_setting_type(raw(s)) == CONFIG_TYPE_STRING);
}

bool
setting_is_list(const struct setting *s)
{

	return (config_setting_is_array(raw(s)) ||
	    config_setting_is_list(raw(s)));
}

int
setting_error(const struct setting *s, struct why *why, const char *format,
    ...)
{
	const char *file = config_setting_source_file(raw(s));
	char path[SETTING_PATH_MAX], text[WHY_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (config_setting_is_root(raw(s)))
		return (why_set(why, "%s: %s",
		    (const char *)config_setting_get_hook(raw(s)), text));
	return (why_set(why, "%s:%u: %s %s", file != NULL ? file : "text",
	    (unsigned)config_setting_source_line(raw(s)),
	    setting_path(s, path), text));
}

int
setting_wrong(const struct setting *s, const char *wants, struct why *why)
{

	return (setting_error(s, why, "must be %s, not %s", wants,
	    type_name(s)));
}

int
setting_unknown(const struct setting *s, const char *const *names, size_t n,
    struct why *why)
{
	const char *nearest = nearest_of(setting_name(s), names, n);

	if (nearest == NULL)
		return (setting_error(s, why, "is not a known name"));
	return (setting_error(s, why,
	    "is not a known name; did you mean `%s'?", nearest));
}

int
setting_keep(const struct setting *s, struct arena *arena, const char *text,
    const char **kept, struct why *why)
{

	if ((*kept = arena_strdup(arena, text)) == NULL)
		return (setting_error(s, why, "out of memory"));
	return (0);
}

static bool
has_control(const char *s)
{

	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return (true);
	return (false);
}

int
setting_text(const struct setting *s, const char *wants, const char **text,
    struct why *why)
{

	if (!setting_is_string(s))
		return (setting_wrong(s, wants, why));
	*text = config_setting_get_string(raw(s));
	if (has_control(*text))
		return (setting_error(s, why,
		    "must not hold a control character"));
	return (0);
}

/* The line in the file where a setting begins, to be freed; or NULL. */
static char *
source_line(const struct setting *s)
{
	const char *path = config_setting_source_file(raw(s));
	unsigned n = config_setting_source_line(raw(s));
	char *line = NULL;
	size_t size = 0;
	FILE *file;

	if (path == NULL || (file = fopen(path, "re")) == NULL)
		return (NULL);
	while (n > 0 && getline(&line, &size, file) != -1)
		n--;
	fclose(file);
	return (line);
}

/* The number behind the `=' that follows a name; false if there is none. */
static bool
literal_at(const char *at, int64_t *n)
{
	size_t sign;
	int base;

	at += strspn(at, " \t");
	if (*at != '=' && *at != ':')
		return (false);
	at += 1 + strspn(at + 1, " \t");
	sign = *at == '-' || *at == '+';
	if (at[sign] < '0' || at[sign] > '9')
		return (false);
	base = at[sign] == '0' && (at[sign + 1] | 0x20) == 'x' ? 16 : 10;
	*n = strtoll(at, NULL, base);
	return (true);
}

/*
 * libconfig 1.5 takes the low 32 bits of a number without an L: 4294967301
 * would be 5.  So it is read again where it stands; that is the one with these
 * bits, if a line has several of the name.
 */
static int64_t
uncut(const struct setting *s, int cut)
{
	const char *name = setting_name(s), *at;
	char *line = source_line(s);
	int64_t n = cut, literal;

	at = line == NULL || name == NULL ? NULL : strstr(line, name);
	for (; at != NULL; at = strstr(at, name)) {
		at += strlen(name);
		if (literal_at(at, &literal) && (int32_t)literal == cut)
			n = literal;
	}
	free(line);
	return (n);
}

int
setting_number(const struct setting *s, const char *wants, int64_t min,
    int64_t max, int64_t *n, struct why *why)
{

	switch (config_setting_type(raw(s))) {
	case CONFIG_TYPE_INT:
		*n = uncut(s, config_setting_get_int(raw(s)));
		break;
	case CONFIG_TYPE_INT64:
		*n = config_setting_get_int64(raw(s));
		break;
	default:
		return (setting_wrong(s, wants, why));
	}
	if (*n < min || *n > max)
		return (setting_error(s, why, "must be from %" PRId64 " to %"
		    PRId64 ", not %" PRId64, min, max, *n));
	return (0);
}

int
setting_bool(const struct setting *s, bool *value, struct why *why)
{

	if (config_setting_type(raw(s)) != CONFIG_TYPE_BOOL)
		return (setting_wrong(s, "true or false", why));
	*value = config_setting_get_bool(raw(s)) == CONFIG_TRUE;
	return (0);
}
