#include <string.h>

#include "argument.h"
#include "nearest.h"

static int
unknown(const struct argument *table, size_t n, const char *given,
    struct why *why)
{
	const char *names[ARGUMENTS_MAX], *nearest;
	size_t i;

	if (given[0] != '-')
		return (why_set(why, "what is `%s' for? It follows no option "
		    "that takes a value", given));
	for (i = 0; i < n && i < ARGUMENTS_MAX; i++)
		names[i] = table[i].name;
	if ((nearest = nearest_of(given, names, i)) == NULL)
		return (why_set(why, "unknown option `%s'", given));
	return (why_set(why, "unknown option `%s'; did you mean `%s'?", given,
	    nearest));
}

/* The option that ${given} begins with; *${value} is what follows a `='. */
static const struct argument *
find(const struct argument *table, size_t n, const char *given,
    const char **value)
{
	size_t i, len = strcspn(given, "=");

	*value = given[len] == '=' ? given + len + 1 : NULL;
	for (i = 0; i < n; i++)
		if (strlen(table[i].name) == len &&
		    memcmp(table[i].name, given, len) == 0)
			return (&table[i]);
	return (NULL);
}

static int
set_flag(const struct argument *a, const char *value, struct why *why)
{

	if (value != NULL)
		return (why_set(why, "%s takes no value", a->name));
	*a->flag = true;
	return (0);
}

static int
set_value(const struct argument *a, const char *value, struct why *why)
{

	if (value == NULL)
		return (why_set(why, "%s needs a value", a->name));
	if (*a->value != NULL)
		return (why_set(why, "%s is given twice", a->name));
	*a->value = value;
	return (0);
}

int
argument_read(const struct argument *table, size_t n, int argc, char **argv,
    struct why *why)
{
	const struct argument *a;
	const char *value;
	int i;

	for (i = 1; i < argc; i++) {
		if ((a = find(table, n, argv[i], &value)) == NULL)
			return (unknown(table, n, argv[i], why));
		if (a->flag != NULL) {
			if (set_flag(a, value, why) != 0)
				return (-1);
			continue;
		}
		if (value == NULL && i + 1 < argc)
			value = argv[++i];
		if (set_value(a, value, why) != 0)
			return (-1);
	}
	return (0);
}

int
argument_letter(const char *name)
{

	if (strcmp(name, "help") == 0)
		return ('h');
	return (strcmp(name, "version") == 0 ? 'V' : '?');
}
