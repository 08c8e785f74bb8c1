#ifndef LDIF_H
#define LDIF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "source.h"
#include "why.h"

/*
 * ldif: LDIF content files (RFC 2849) as a source.
 *
 * Strict: a file that is not regular, is empty, breaks RFC 2849 or a DN
 * anywhere, names a DN twice, or uses include:, :< or changetype: is an
 * error that names the line.  "version: 1" without a record is a valid empty
 * policy.
 */

/**
 * ldif_parse(name, bytes, len, sink, why):
 * Tell ${sink} the records in ${bytes}.  ${name} is for "name:line: text".
 * Return 0 or -1.  Pure but for the sink.
 */
int ldif_parse(const char *, const char *, size_t, const struct sink *,
    struct why *);

/* What a file looked like: equal if it cannot have been changed between. */
struct ldif_stamp {
	bool there;
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
};

/** ldif_look(path, stamp): look at the file without opening it. */
void ldif_look(const char *, struct ldif_stamp *);

/** ldif_same(a, b): the same, and there? */
bool ldif_same(const struct ldif_stamp *, const struct ldif_stamp *);

/**
 * ldif_read(path, stamp, sink, why):
 * Read the file; ${stamp} is what it looked like.  If it changed meanwhile
 * that is an error, before the sink hears of anything.
 */
int ldif_read(const char *, struct ldif_stamp *, const struct sink *,
    struct why *);

#endif /* !LDIF_H */
