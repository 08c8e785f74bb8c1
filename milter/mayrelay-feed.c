/* mayrelay-feed: mayrelayd's child, which alone writes the store. */

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "argument.h"
#include "clock.h"
#include "config.h"
#include "counters.h"
#include "dial.h"
#include "feed.h"
#include "ldapconn.h"
#include "log.h"
#include "process.h"
#include "store.h"

enum { LOG_STOP_MS = 1000 };

static const char usage_text[] =
    "usage: mayrelay-feed [-c FILE] -f FD [-V] [-h]\n"
    "  -c FILE  configuration (" CONFIG_PATH ")\n"
    "  -f FD    descriptor on which it shows mayrelayd that it is alive\n"
    "  -V       print the version and exit\n"
    "  -h       print this and exit\n"
    "mayrelayd starts it; there is no need to do that by hand.\n";

struct options {
	const char *config;
	int fd;
};

static int
usage(const char *complaint, const char *about)
{

	fprintf(stderr, "mayrelay-feed: %s%s\n%s", complaint, about,
	    usage_text);
	return (EX_USAGE);
}

/* An open descriptor, or -1. */
static int
read_fd(const char *text)
{
	char *end;
	long fd;

	if (!isdigit((unsigned char)*text))
		return (-1);
	fd = strtol(text, &end, 10);
	if (*end != '\0' || fd > INT_MAX || fcntl((int)fd, F_GETFD) == -1)
		return (-1);
	return ((int)fd);
}

/* Return -1 to go on, else the exit code. */
static int
read_options(int argc, char *argv[], struct options *o)
{
	int c;

	while ((c = getopt(argc, argv, "c:f:Vh-:")) != -1) {
		switch (c == '-' ? argument_letter(optarg) : c) {
		case 'c':
			o->config = optarg;
			break;
		case 'f':
			if ((o->fd = read_fd(optarg)) == -1)
				return (usage("no open descriptor: ",
				    optarg));
			break;
		case 'V':
			puts("mayrelay " VERSION);
			return (EX_OK);
		case 'h':
			fputs(usage_text, stdout);
			return (EX_OK);
		default:
			return (usage("", "an option is not right"));
		}
	}
	if (optind < argc)
		return (usage("one argument too many: ", argv[optind]));
	if (o->fd == -1)
		return (usage("-f is missing", ""));
	return (-1);
}

/* The reason goes to the log and to where `mayrelay status' finds it. */
static int
give_up(struct counters *counters, const struct why *why, int code)
{
	struct clock_reading now;

	log_text(LOG_SEV_ERROR, why->text);
	if (counters != NULL) {
		clock_read(&now);
		counters_error_set(counters, now.utc, why->text);
	}
	return (code);
}

/*
 * A feed that is started again must not put in force what somebody is still
 * editing: mayrelayd notes what it has in force (0: nobody did).
 */
static int
check_in_force(const struct config *config, const struct counters *counters,
    struct why *why)
{
	const uint64_t digest = atomic_load(&counters->config_digest);

	if (digest == 0 || digest == config->digest)
		return (0);
	return (why_set(why, "%s says something else than what mayrelayd has "
	    "in force: reload it; until then the policy is not read anew",
	    config->path));
}

static int
run(const struct config *config, int fd)
{
	struct counters *counters = NULL;
	struct store *store;
	struct why why;
	int code;

	if (counters_open(config->store, true, &counters, &why) == -1)
		return (give_up(NULL, &why, EX_UNAVAILABLE));
	if (check_in_force(config, counters, &why) == -1)
		code = give_up(counters, &why, EX_CONFIG);
	else if (store_open(config->store, STORE_WRITE, &store, &why) == -1)
		code = give_up(counters, &why, EX_UNAVAILABLE);
	else {
		code = feed_run(config, store, counters, fd);
		store_close(store);
	}
	counters_close(counters);
	return (code);
}

/*
 * libldap and what is below it would believe variables (LDAPTLS_REQCERT,
 * SSL_CERT_FILE, HOSTALIASES, ...) that nobody has written into the
 * configuration.
 */
static int
libraries_start(struct why *why)
{

	if (clearenv() != 0)
		return (why_set(why, "the environment cannot be cleared"));
	return (ldapconn_start(why));
}

int
main(int argc, char *argv[])
{
	struct options options = { CONFIG_PATH, -1 };
	const struct config *config;
	struct why why;
	int code;

	if (process_standard() == -1)
		return (EX_OSERR);
	log_name("mayrelay-feed");
	if (libraries_start(&why) == -1)
		return (give_up(NULL, &why, EX_OSERR));
	if ((code = read_options(argc, argv, &options)) != -1)
		return (code);
	if (getuid() == 0 || geteuid() == 0) {
		fputs("mayrelay-feed: not as root: mayrelayd starts it as the "
		    "user that milter.user names\n", stderr);
		return (EX_NOPERM);
	}
	if (config_load(options.config, &config, &why) == -1)
		return (give_up(NULL, &why, EX_CONFIG));
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
	    log_start("mayrelay-feed", config->log_target) == -1)
		return (EX_OSERR);
	code = run(config, options.fd);
	log_stop(LOG_STOP_MS);
	config_give(config);
	if (dial_left())
		_exit(code);
	return (code);
}
