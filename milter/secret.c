#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "secret.h"

/* The rights of those who are neither owner nor in the group. */
enum { OTHERS = S_IRWXO };

enum { USER_MAX = 4096 };	/* bytes of what the system knows of one */

static int
check_file(int fd, const char *path, struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (why_set(why, "%s: %s", path, strerror(errno)));
	if (!S_ISREG(st.st_mode))
		return (why_set(why, "%s is not a regular file", path));
	if ((st.st_mode & OTHERS) != 0)
		return (why_set(why, "%s holds a password and is open to "
		    "everybody: chmod o= %s", path, path));
	return (0);
}

/* Whoever started mayrelayd was perhaps somebody else. */
static int
no_rights(const char *path, struct why *why)
{
	struct passwd user, *found = NULL;
	char buffer[USER_MAX];

	(void)getpwuid_r(geteuid(), &user, buffer, sizeof(buffer), &found);
	if (found == NULL)
		return (why_set(why, "%s: %s: user %ld must be able to read "
		    "it", path, strerror(EACCES), (long)geteuid()));
	return (why_set(why, "%s: %s: user %s must be able to read it", path,
	    strerror(EACCES), found->pw_name));
}

/* There is room for a newline and one byte more, which shows that the file is
 * too long. */
static int
read_whole(int fd, char *bytes, size_t size, size_t *len)
{
	ssize_t n;

	for (*len = 0; *len < size; *len += (size_t)n) {
		n = read(fd, bytes + *len, size - *len);
		if (n == 0)
			return (0);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n == -1)
			return (-1);
	}
	return (0);
}

static int
check_bytes(const struct secret *s, const char *path, struct why *why)
{

	if (s->len == 0)
		return (why_set(why, "%s holds no password", path));
	if (s->len > SECRET_MAX)
		return (why_set(why, "%s is longer than %d bytes", path,
		    SECRET_MAX));
	if (memchr(s->bytes, '\0', s->len) != NULL)
		return (why_set(why, "%s holds a NUL byte", path));
	return (0);
}

static int
read_open(int fd, const char *path, struct secret *s, struct why *why)
{

	if (check_file(fd, path, why) == -1)
		return (-1);
	if (read_whole(fd, s->bytes, sizeof(s->bytes), &s->len) == -1)
		return (why_set(why, "%s: %s", path, strerror(errno)));
	if (s->len > 0 && s->bytes[s->len - 1] == '\n')
		s->len--;
	if (check_bytes(s, path, why) == -1)
		return (-1);
	s->bytes[s->len] = '\0';
	return (0);
}

int
secret_read(const char *path, struct secret *s, struct why *why)
{
	int fd, result;

	/* Not to wait for the other end of a FIFO. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1 && errno == EACCES)
		return (no_rights(path, why));
	if (fd == -1)
		return (why_set(why, "%s: %s", path, strerror(errno)));
	result = read_open(fd, path, s, why);
	close(fd);
	if (result == -1)
		secret_wipe(s);
	return (result);
}

void
secret_wipe(struct secret *s)
{

	explicit_bzero(s, sizeof(*s));
}
