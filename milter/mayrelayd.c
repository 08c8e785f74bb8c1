/* mayrelayd: the milter. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "argument.h"
#include "config.h"
#include "log.h"
#include "process.h"
#include "service.h"

enum { PROGRAM_MAX = 4096 };

static const char usage_text[] =
    "usage: mayrelayd [-c FILE] [-t] [-v] [-V] [-h]\n"
    "  -c FILE  configuration (" CONFIG_PATH ")\n"
    "  -t       check the configuration and exit\n"
    "  -v       say more in the log\n"
    "  -V       print the version and exit\n"
    "  -h       print this and exit\n";

struct options {
	const char *config;
	bool check;
	bool verbose;
};

/* Return -1 to go on, else the exit code. */
static int
read_options(int argc, char *argv[], struct options *o)
{
	int c;

	while ((c = getopt(argc, argv, "c:tvVh-:")) != -1) {
		switch (c == '-' ? argument_letter(optarg) : c) {
		case 'c':
			o->config = optarg;
			break;
		case 't':
			o->check = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'V':
			puts("mayrelay " VERSION);
			return (EX_OK);
		case 'h':
			fputs(usage_text, stdout);
			return (EX_OK);
		default:
			fputs(usage_text, stderr);
			return (EX_USAGE);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "mayrelayd: \"%s\" is one argument too many\n",
		    argv[optind]);
		fputs(usage_text, stderr);
		return (EX_USAGE);
	}
	return (-1);
}

/* The feed lies beside us in the build folder, else where it is installed. */
static void
find_programs(char self[PROGRAM_MAX], char feed[PROGRAM_MAX])
{
	static const char name[] = "/mayrelay-feed";
	const char *slash;
	ssize_t n;
	int len;

	if ((n = readlink("/proc/self/exe", self, PROGRAM_MAX - 1)) == -1)
		n = 0;
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) != NULL) {
		len = snprintf(feed, PROGRAM_MAX, "%.*s%s", (int)(slash - self),
		    self, name);
		if (len < PROGRAM_MAX && access(feed, X_OK) == 0)
			return;
	}
	snprintf(feed, PROGRAM_MAX, "%s%s", LIBEXECDIR, name);
}

static int
check(const struct config *config)
{
	struct why why;

	if (service_check(config, &why) == 0)
		return (EX_OK);
	fprintf(stderr, "%s\n", why.text);
	return (EX_CONFIG);
}

int
main(int argc, char *argv[])
{
	static char self[PROGRAM_MAX], feed[PROGRAM_MAX];
	static const struct service_programs programs = { self, feed };
	struct options options = { .config = CONFIG_PATH };
	const struct config *config;
	struct why why;
	int code;

	if (process_standard() == -1)
		return (EX_OSERR);
	log_name("mayrelayd");
	if ((code = read_options(argc, argv, &options)) != -1)
		return (code);
	if (config_load(options.config, &config, &why) == -1) {
		fprintf(stderr, "%s\n", why.text);
		return (EX_CONFIG);
	}
	if (options.check) {
		code = check(config);
		config_give(config);
		return (code);
	}
	find_programs(self, feed);
	code = service_run(config, &programs, options.verbose);
	fflush(NULL);
	_exit(code);
}
