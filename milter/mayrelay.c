#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "argument.h"
#include "config.h"
#include "explain.h"
#include "log.h"
#include "nearest.h"
#include "privilege.h"
#include "process.h"
#include "refresh.h"
#include "status.h"

/*
 * mayrelay: the postmaster's tool.
 */

static const struct command {
	const char *name;
	int (*run)(const struct config *, int, char **);
	const char *usage;
} commands[] = {
	{ "explain", explain_run, explain_usage },
	{ "status", status_run, status_usage },
	{ "refresh", refresh_run, refresh_usage }
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
usage(FILE *out)
{
	size_t i;

	fprintf(out, "mayrelay [-c FILE] COMMAND [OPTION...]\n"
	    "mayrelay -V | -h\n"
	    "mayrelay help [COMMAND]\n"
	    "FILE is %s if it is not said.  Commands:\n", CONFIG_PATH);
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "\n%s", commands[i].usage);
}

static int
misused(const char *text, const char *what)
{

	fprintf(stderr, "mayrelay: %s%s\n", text, what);
	usage(stderr);
	return (EX_USAGE);
}

static int
unknown(const char *name)
{
	const char *names[COMMANDS], *nearest;
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	nearest = nearest_of(name, names, COMMANDS);
	fprintf(stderr, "mayrelay: unknown command `%s'", name);
	if (nearest != NULL)
		fprintf(stderr, "; did you mean `%s'?", nearest);
	fprintf(stderr, "\nCommands:");
	for (i = 0; i < COMMANDS; i++)
		fprintf(stderr, " %s", names[i]);
	fprintf(stderr, "\n");
	return (EX_USAGE);
}

/* Nothing that was printed may be lost without a word. */
static int
flushed(int code)
{

	if (fflush(stdout) == 0 && !ferror(stdout))
		return (code);
	fprintf(stderr, "mayrelay: the output cannot be written\n");
	return (EX_IOERR);
}

/* The file may be root's alone; the store is milter.user's. */
static int
run(const struct command *command, const char *path, int argc, char **argv)
{
	const struct config *config;
	struct why why;
	int code;

	if (config_load(path, &config, &why) != 0) {
		fprintf(stderr, "mayrelay: %s\n", why.text);
		return (EX_CONFIG);
	}
	if (privilege_drop(config->user, &why) != 0) {
		fprintf(stderr, "mayrelay: %s\n", why.text);
		code = EX_NOUSER;
	} else {
		code = flushed(command->run(config, argc, argv));
	}
	config_give(config);
	return (code);
}

static bool
wants_help(int argc, char **argv)
{

	return (argc > 1 && (strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "--help") == 0));
}

static const struct command *
find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return (&commands[i]);
	return (NULL);
}

static int
help(const struct command *command)
{

	if (command == NULL)
		usage(stdout);
	else
		printf("%s", command->usage);
	return (flushed(0));
}

static int
dispatch(const char *path, int argc, char **argv)
{
	const struct command *command;
	bool asked;

	if (argc == 0)
		return (misused("no command", ""));
	asked = strcmp(argv[0], "help") == 0;
	if (asked && argc == 1)
		return (help(NULL));
	if ((command = find(argv[asked ? 1 : 0])) == NULL)
		return (unknown(argv[asked ? 1 : 0]));
	if (asked || wants_help(argc, argv))
		return (help(command));
	return (run(command, path, argc, argv));
}

int
main(int argc, char **argv)
{
	const char *path = CONFIG_PATH;
	int c;

	if (process_standard() == -1)
		return (EX_OSERR);
	log_name("mayrelay");
	/* POSIX: options end at the command; glibc needs the "+". */
	while ((c = getopt(argc, argv, "+c:Vh-:")) != -1) {
		switch (c == '-' ? argument_letter(optarg) : c) {
		case 'c':
			path = optarg;
			break;
		case 'V':
			printf("mayrelay %s\n", VERSION);
			return (flushed(0));
		case 'h':
			usage(stdout);
			return (flushed(0));
		default:
			usage(stderr);
			return (EX_USAGE);
		}
	}
	return (dispatch(path, argc - optind, argv + optind));
}
