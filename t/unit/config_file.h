#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

/*
 * config_file: a configuration file of four lines for a test, each a group:
 * 1 milter, 2 policy, 3 directory, 4 the rest.
 *
 * A text of a row goes into its line beside what must be said; one that begins
 * with ! replaces that.  SERVERS is line 3 with an LDAP source.
 */

enum line { MILTER = 1, POLICY, DIRECTORY, REST, SERVERS };

#define SOCKET		"socket = \"unix:/run/mayrelay.sock\"; "
#define RULES		"role = \"narrowing\"; enforce_from = \"never\"; "
#define SOURCE		"source = \"ldif:/policy.ldif\"; "

#define LDAP		"source = \"ldap\"; "
#define URIS		"uris = [ \"ldap://ldap.example.com\" ]; "
#define BASE		"base = \"ou=relay,dc=example,dc=com\"; "
#define NETWORKS	"networks = { " BASE "}; "

static const char *const config_file_said[] = {
	[MILTER] = SOCKET, [POLICY] = RULES, [DIRECTORY] = SOURCE, [REST] = "",
	[SERVERS] = LDAP URIS NETWORKS
};

/* What stands in line ${line} if ${text} is for ${where}. */
static inline void
config_file_line(FILE *file, enum line line, enum line where, const char *text)
{
	static const char *const groups[] = {
		[MILTER] = "milter", [POLICY] = "policy",
		[DIRECTORY] = "directory", [REST] = NULL
	};
	enum line what = line == DIRECTORY && where == SERVERS ? where : line;
	const char *mine = what == where ? text : "";
	const char *said = mine[0] == '!' ? "" : config_file_said[what];

	mine += mine[0] == '!';
	if (groups[line] != NULL)
		fprintf(file, "%s = { %s%s };\n", groups[line], said, mine);
	else
		fprintf(file, "%s%s\n", said, mine);
}

/**
 * config_file_load(where, text, config, why):
 * Load the file that has ${text} in line ${where}.  "file:" at the beginning
 * of ${why} stands for its path.
 */
static inline int
config_file_load(enum line where, const char *text,
    const struct config **config, struct why *why)
{
	char path[] = "/tmp/test-config-XXXXXX", rest[WHY_MAX];
	int fd = mkstemp(path), line, result;
	FILE *file = fdopen(fd, "w");

	for (line = MILTER; line <= REST; line++)
		config_file_line(file, (enum line)line, where, text);
	fclose(file);
	result = config_load(path, config, why);
	unlink(path);
	if (result != 0 && why != NULL &&
	    strncmp(why->text, path, strlen(path)) == 0) {
		snprintf(rest, sizeof(rest), "file%s",
		    why->text + strlen(path));
		snprintf(why->text, sizeof(why->text), "%s", rest);
	}
	return (result);
}

#endif /* !CONFIG_FILE_H */
