#include <stdio.h>
#include <sysexits.h>

#include "argument.h"
#include "health.h"
#include "standing.h"
#include "status.h"
#include "statusjson.h"
#include "statustext.h"

const char status_usage[] =
    "mayrelay status [--json]\n"
    "What is in force, how old it is, and what mayrelayd has done so far.\n"
    "Exit status: 0 all is well; 1 mail is decided, but somebody should look;\n"
    "2 nothing can be decided or mayrelayd does not run (the first line says\n"
    "why); 64 usage, 69 there is no store.\n";

static int
print(const struct standing *st, bool json)
{
	struct health health;
	int code;

	health_judge(st, &health);
	if (!json) {
		statustext_print(stdout, st, &health);
		return ((int)health.state);
	}
	code = jsondoc_print(statusjson_document(st, &health));
	return (code != 0 ? code : (int)health.state);
}

int
status_run(const struct config *config, int argc, char **argv)
{
	struct standing standing;
	bool json = false;
	const struct argument table[] = { { "--json", NULL, &json } };
	struct why why;
	int code;

	if (argument_read(table, 1, argc, argv, &why) != 0) {
		fprintf(stderr, "mayrelay status: %s\n%s", why.text,
		    status_usage);
		return (EX_USAGE);
	}
	if (standing_look(&standing, config, &why) != 0) {
		fprintf(stderr, "mayrelay: %s\n", why.text);
		return (EX_UNAVAILABLE);
	}
	code = print(&standing, json);
	standing_end(&standing);
	return (code);
}
