#include <string.h>

#include "argument.h"
#include "suite.h"

static const struct {
	const char *label;
	const char *argv[6];		/* after the command */
	const char *client, *sender;	/* NULL: not given */
	bool json;
	const char *why;		/* NULL: is taken */
} rows[] = {
	{ "nothing", { NULL }, NULL, NULL, false, NULL },
	{ "two words", { "--client", "local" }, "local", NULL, false, NULL },
	{ "one word", { "--client=local" }, "local", NULL, false, NULL },
	{ "empty", { "--sender", "" }, NULL, "", false, NULL },
	{ "empty after =", { "--sender=" }, NULL, "", false, NULL },
	{ "a = in the value", { "--sender=a=b" }, NULL, "a=b", false, NULL },
	{ "a value with a hyphen", { "--sender", "-x" }, NULL, "-x", false,
	    NULL },
	{ "a flag", { "--json" }, NULL, NULL, true, NULL },
	{ "a flag twice", { "--json", "--json" }, NULL, NULL, true, NULL },
	{ "all", { "--json", "--sender", "<>", "--client=unknown" },
	    "unknown", "<>", true, NULL },
	{ "mistyped", { "--clinet", "local" }, NULL, NULL, false,
	    "unknown option `--clinet'; did you mean `--client'?" },
	{ "unknown", { "-x" }, NULL, NULL, false, "unknown option `-x'" },
	{ "a part of a name", { "--cli", "local" }, NULL, NULL, false,
	    "unknown option `--cli'" },
	{ "an operand", { "local" }, NULL, NULL, false, "what is `local' "
	    "for? It follows no option that takes a value" },
	{ "no value", { "--json", "--client" }, NULL, NULL, true,
	    "--client needs a value" },
	{ "a needless value", { "--json=1" }, NULL, NULL, false,
	    "--json takes no value" },
	{ "twice", { "--client", "local", "--client=unknown" }, "local", NULL,
	    false, "--client is given twice" },
};

static void
same(const char *label, const char *is, const char *wanted)
{

	ck_assert_msg((is == NULL) == (wanted == NULL), "%s", label);
	if (is != NULL)
		ck_assert_msg(strcmp(is, wanted) == 0, "%s: %s", label, is);
}

START_TEST(reads)
{
	const char *client = NULL, *sender = NULL;
	bool json = false;
	const struct argument table[] = {
		{ "--client", &client, NULL },
		{ "--sender", &sender, NULL },
		{ "--json", NULL, &json }
	};
	char words[6][40], *argv[8] = { words[0] };
	struct why why = { "" };
	int argc = 1, result;

	strcpy(words[0], "explain");
	for (; argc < 6 && rows[_i].argv[argc - 1] != NULL; argc++) {
		strcpy(words[argc], rows[_i].argv[argc - 1]);
		argv[argc] = words[argc];
	}
	result = argument_read(table, ROWS(table), argc, argv, &why);
	ck_assert_msg((result == 0) == (rows[_i].why == NULL), "%s: %s",
	    rows[_i].label, why.text);
	if (rows[_i].why != NULL)
		same(rows[_i].label, why.text, rows[_i].why);
	same(rows[_i].label, client, rows[_i].client);
	same(rows[_i].label, sender, rows[_i].sender);
	ck_assert_int_eq(json, rows[_i].json);
}
END_TEST

static const struct {
	const char *name;
	int letter;
} letters[] = {
	{ "help", 'h' },
	{ "version", 'V' },
	{ "", '?' },
	{ "h", '?' },
	{ "helpful", '?' }
};

START_TEST(letter_of_a_word)
{

	ck_assert_int_eq(argument_letter(letters[_i].name),
	    letters[_i].letter);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("argument");

	suite_rows(suite, reads, ROWS(rows));
	suite_rows(suite, letter_of_a_word, ROWS(letters));
	return (suite_run(suite));
}
