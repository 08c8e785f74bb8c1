#include "argument.h"
#include "fuzz.h"

/*
 * A command's arguments, each ended by a NUL.  Whatever reads says what was
 * written: each value is one of the arguments or the end of one.
 */

enum { WORDS = 40 };

static bool
was_written(const char *value, char *const *argv, int argc)
{
	const char *equals;
	int i;

	for (i = 1; i < argc; i++) {
		equals = strchr(argv[i], '=');
		if (value == argv[i] ||
		    (equals != NULL && value == equals + 1))
			return (true);
	}
	return (false);
}

static void
values_were_written(const struct argument *table, size_t n, char *const *argv,
    int argc)
{
	bool told = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (table[i].value == NULL) {
			told |= *table[i].flag;
			continue;
		}
		if (*table[i].value == NULL)
			continue;
		told = true;
		must(was_written(*table[i].value, argv, argc));
	}
	must(told == (argc > 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	const char *client = NULL, *login = NULL, *empty = NULL;
	bool json = false, jsonl = false;
	const struct argument table[] = {
		{ "--client", &client, NULL }, { "--login", &login, NULL },
		{ "--", &empty, NULL }, { "--json", NULL, &json },
		{ "--jsonl", NULL, &jsonl }
	};
	static char program[] = "explain";
	char *argv[WORDS + 1] = { program };
	struct why why = { "" };
	int argc = 1;

	while (in.len > 0 && argc < WORDS)
		argv[argc++] = (char *)(uintptr_t)input_text_upto(&in, '\0');
	argv[argc] = NULL;
	if (argument_read(table, COUNT(table), argc, argv, &why) == 0)
		values_were_written(table, COUNT(table), argv, argc);
	else
		must(why.text[0] != '\0');
	if (argc > 1)
		(void)argument_letter(argv[1]);
	input_end(&in);
	return (0);
}
