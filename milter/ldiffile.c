#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ldif.h"

static void
stamp_of(const struct stat *st, struct ldif_stamp *stamp)
{

	*stamp = (struct ldif_stamp){ .there = true, .dev = st->st_dev,
	    .ino = st->st_ino, .size = st->st_size, .mtime = st->st_mtim,
	    .ctime = st->st_ctim };
}

void
ldif_look(const char *path, struct ldif_stamp *stamp)
{
	struct stat st;

	*stamp = (struct ldif_stamp){ .there = false };
	if (stat(path, &st) == 0)
		stamp_of(&st, stamp);
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{

	return (a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec);
}

bool
ldif_same(const struct ldif_stamp *a, const struct ldif_stamp *b)
{

	return (a->there && b->there && a->dev == b->dev &&
	    a->ino == b->ino && a->size == b->size &&
	    same_time(&a->mtime, &b->mtime) &&
	    same_time(&a->ctime, &b->ctime));
}

static int
look_open(const char *path, int fd, struct ldif_stamp *stamp, struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (why_set(why, "%s: %s", path, strerror(errno)));
	if (!S_ISREG(st.st_mode))
		return (why_set(why, "%s: it is not a regular file", path));
	stamp_of(&st, stamp);
	return (0);
}

static int
read_bytes(const char *path, int fd, char *bytes, size_t len, struct why *why)
{
	size_t at = 0;
	ssize_t n = 1;

	while (at < len && n != 0) {
		n = read(fd, bytes + at, len - at);
		if (n == -1 && errno != EINTR)
			return (why_set(why, "%s: %s", path,
			    strerror(errno)));
		if (n > 0)
			at += (size_t)n;
	}
	if (at < len)
		return (why_set(why, "%s: it was cut while it was read",
		    path));
	return (0);
}

/* A parse that began with half a file could end as a policy. */
static int
read_unchanged(const char *path, int fd, char *bytes,
    const struct ldif_stamp *before, struct why *why)
{
	struct ldif_stamp after;

	if (read_bytes(path, fd, bytes, (size_t)before->size, why) == -1 ||
	    look_open(path, fd, &after, why) == -1)
		return (-1);
	if (!ldif_same(before, &after))
		return (why_set(why, "%s: it was changed while it was read",
		    path));
	return (0);
}

enum { LDIF_MAX = INT32_MAX };	/* bytes: far beyond any policy */

static int
read_open(const char *path, int fd, struct ldif_stamp *stamp,
    const struct sink *sink, struct why *why)
{
	char *bytes;
	int result;

	if (look_open(path, fd, stamp, why) == -1)
		return (-1);
	if (stamp->size == 0)
		return (why_set(why, "%s: the file is empty; one that is "
		    "meant to be says `version: 1'", path));
	if (stamp->size > LDIF_MAX)
		return (why_set(why, "%s: the file is larger than 2 GiB",
		    path));
	if ((bytes = malloc((size_t)stamp->size)) == NULL)
		return (why_set(why, "%s: memory is short", path));
	result = read_unchanged(path, fd, bytes, stamp, why);
	if (result == 0)
		result = ldif_parse(path, bytes, (size_t)stamp->size, sink,
		    why);
	free(bytes);
	return (result);
}

static const char *
user_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return (pw != NULL ? pw->pw_name : "unknown");
}

static const char *
group_name(void)
{
	const struct group *gr = getgrgid(getegid());

	return (gr != NULL ? gr->gr_name : "GROUP");
}

/* Root could read it: whoever wrote the file does not expect that. */
static int
not_opened(const char *path, struct why *why)
{
	const int error = errno;
	struct stat st;

	if (error != EACCES)
		return (why_set(why, "%s: %s", path, strerror(error)));
	if (stat(path, &st) == -1)
		return (why_set(why, "%s: %s: mayrelay-feed reads it as "
		    "milter.user (%s), who may not enter its folder", path,
		    strerror(error), user_name()));
	return (why_set(why, "%s: %s: mayrelay-feed reads it as milter.user "
	    "(%s): chgrp %s %s and chmod 640 %s", path, strerror(error),
	    user_name(), group_name(), path, path));
}

/* Opening a FIFO or a terminal must neither wait nor take it over. */
int
ldif_read(const char *path, struct ldif_stamp *stamp, const struct sink *sink,
    struct why *why)
{
	int fd, result;

	*stamp = (struct ldif_stamp){ .there = false };
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return (not_opened(path, why));
	result = read_open(path, fd, stamp, sink, why);
	close(fd);
	return (result);
}
