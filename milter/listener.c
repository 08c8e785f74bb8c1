#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "listener.h"
#include "log.h"
#include "privilege.h"

enum {
	UNIX_MAX = sizeof(((struct sockaddr_un *)0)->sun_path),
	HOST_MAX = 256,
	PORT_MAX = 64,
	ACCEPT_PAUSE_MS = 100,
	ACCEPT_LOG_MS = 60000
};

static const mode_t umask_private = 077;

/* Say why, and give the exit code that goes with it. */
#define FAIL(code, value, ...)	(*(code) = (value), why_set(__VA_ARGS__))

/* ---- where it is --------------------------------------------------------- */

/* The path of a unix socket; NULL for the other families. */
static const char *
unix_path(const char *spec)
{
	static const char scheme[] = "unix:";

	return (strncmp(spec, scheme, sizeof(scheme) - 1) == 0 ?
	    spec + sizeof(scheme) - 1 : NULL);
}

static int
unix_address(const char *path, struct sockaddr_un *un)
{

	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(un->sun_path))
		return (-1);
	memcpy(un->sun_path, path, strlen(path) + 1);
	return (0);
}

/* Split "inet:PORT@HOST" or "inet6:PORT@[ADDRESS]". */
static int
inet_parts(const char *spec, char port[PORT_MAX], char host[HOST_MAX])
{
	const char *colon = strchr(spec, ':');
	const char *at = strchr(spec, '@');
	size_t len;

	if (colon == NULL || at == NULL || at < colon)
		return (-1);
	len = (size_t)(at - colon - 1);
	if (len == 0 || len >= PORT_MAX)
		return (-1);
	memcpy(port, colon + 1, len);
	port[len] = '\0';
	at++;
	len = strlen(at);
	if (len > 2 && at[0] == '[' && at[len - 1] == ']') {
		at++;
		len -= 2;
	}
	if (len == 0 || len >= HOST_MAX)
		return (-1);
	memcpy(host, at, len);
	host[len] = '\0';
	return (0);
}

static int
inet_resolve(const char *spec, struct addrinfo **ai, struct why *why)
{
	struct addrinfo hints;
	char port[PORT_MAX], host[HOST_MAX];
	int error;

	if (inet_parts(spec, port, host) == -1)
		return (why_set(why, "milter.socket = \"%s\" is not "
		    "inet:PORT@HOST", spec));
	memset(&hints, 0, sizeof(hints));
	hints.ai_family = strncmp(spec, "inet6:", 6) == 0 ? AF_INET6 :
	    AF_INET;
	hints.ai_socktype = SOCK_STREAM;
	if ((error = getaddrinfo(host, port, &hints, ai)) != 0)
		return (why_set(why, "milter.socket = \"%s\": %s", spec,
		    gai_strerror(error)));
	return (0);
}

/* ---- a unix socket ------------------------------------------------------- */

/* 0: somebody serves there; else an errno. */
static int
unix_probe(const char *path)
{
	struct sockaddr_un un;
	int error = 0, fd;

	if (unix_address(path, &un) == -1)
		return (ENAMETOOLONG);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return (errno);
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) == -1)
		error = errno;
	close(fd);
	/* A full backlog is an instance too. */
	return (error == EAGAIN ? 0 : error);
}

static int
remove_stale(const char *path, int *code, struct why *why)
{
	const int error = unix_probe(path);

	if (error == 0)
		return (FAIL(code, EX_UNAVAILABLE, why, "another program "
		    "serves on %s already: stop it first", path));
	if (error != ECONNREFUSED)
		return (FAIL(code, EX_NOPERM, why, "cannot tell whether "
		    "somebody serves on %s: %s", path, strerror(error)));
	if (unlink(path) == -1 && errno != ENOENT)
		return (FAIL(code, EX_NOPERM, why, "cannot remove the stale "
		    "socket %s: %s", path, strerror(errno)));
	return (0);
}

/* Return false if it has none but the root. */
static bool
folder_of(const char *path, char folder[UNIX_MAX])
{
	char *slash;

	snprintf(folder, UNIX_MAX, "%s", path);
	if ((slash = strrchr(folder, '/')) == NULL || slash == folder)
		return (false);
	*slash = '\0';
	return (true);
}

/* A group that it is for has to reach it; else Sendmail, as whoever it runs. */
static int
folder_missing(const struct config *config, const char *folder,
    struct why *why)
{
	const bool grouped = config->socket_group[0] != '\0';

	return (why_set(why, "the folder %s of milter.socket is missing: "
	    "create it with: install -d -o %s -g %s -m %s %s", folder,
	    config->user, grouped ? config->socket_group : config->user,
	    grouped ? "0750" : "0755", folder));
}

static int
folder_check(const struct config *config, const char *path, int *code,
    struct why *why)
{
	char folder[UNIX_MAX];
	struct stat st;

	if (!folder_of(path, folder) || stat(folder, &st) == 0)
		return (0);
	if (errno != ENOENT)
		return (FAIL(code, EX_NOPERM, why, "%s: %s", folder,
		    strerror(errno)));
	*code = EX_CONFIG;
	return (folder_missing(config, folder, why));
}

static int
unix_prepare(const struct config *config, const char *path, int *code,
    struct why *why)
{
	struct sockaddr_un un;
	struct stat st;

	if (unix_address(path, &un) == -1)
		return (FAIL(code, EX_CONFIG, why, "the path of milter.socket "
		    "is too long (at most %zu bytes): %s",
		    sizeof(un.sun_path) - 1, path));
	if (folder_check(config, path, code, why) == -1)
		return (-1);
	if (lstat(path, &st) == -1) {
		if (errno == ENOENT)
			return (0);
		return (FAIL(code, EX_NOPERM, why, "%s: %s", path,
		    strerror(errno)));
	}
	if (!S_ISSOCK(st.st_mode))
		return (FAIL(code, EX_CONFIG, why, "%s is there and is no "
		    "socket: remove it, or change milter.socket", path));
	return (remove_stale(path, code, why));
}

/* ---- a TCP socket -------------------------------------------------------- */

static int
bind_error(const struct addrinfo *ai)
{
	const int one = 1;
	int error = 0, fd;

	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return (errno);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == -1 ||
	    listen(fd, 1) == -1)
		error = errno;
	close(fd);
	return (error);
}

/* libmilter would only say that it failed: so try first what it is about to
 * do. */
static int
inet_prepare(const struct config *config, int *code, struct why *why)
{
	struct addrinfo *ai;
	int error;

	if (inet_resolve(config->socket, &ai, why) == -1) {
		*code = EX_CONFIG;
		return (-1);
	}
	error = bind_error(ai);
	freeaddrinfo(ai);
	if (error == EADDRINUSE)
		return (FAIL(code, EX_UNAVAILABLE, why, "another program "
		    "serves on %s already: stop it first", config->socket));
	if (error != 0)
		return (FAIL(code, error == EACCES ? EX_NOPERM : EX_OSERR, why,
		    "cannot listen on %s: %s", config->socket,
		    strerror(error)));
	return (0);
}

/* ---- out of descriptors -------------------------------------------------- */

#ifdef SYS_accept4
static bool
is_short(int error)
{

	return (error == EMFILE || error == ENFILE || error == ENOBUFS ||
	    error == ENOMEM);
}

/* One line a minute. */
static void
tell_short(int error)
{
	static int64_t next_ms;
	const int64_t now = clock_ms();

	if (now < next_ms)
		return;
	next_ms = now + ACCEPT_LOG_MS;
	log_line(LOG_SEV_ERROR, "no more connections can be accepted for the "
	    "moment: %s", strerror(error));
}

/*
 * libmilter, the only caller (from one thread), would try again at once, for
 * ever and without a word.
 */
int
accept(int fd, struct sockaddr *sa, socklen_t *len)
{
	const int conn = (int)syscall(SYS_accept4, fd, sa, len, SOCK_CLOEXEC);
	const int error = errno;

	if (conn == -1 && is_short(error)) {
		tell_short(error);
		usleep(ACCEPT_PAUSE_MS * 1000);
		errno = error;
	}
	return (conn);
}
#endif

/* ---- its life ------------------------------------------------------------ */

/* The unix socket that is ours. */
static struct stat made;

static int
group_find(const struct config *config, gid_t *gid, int *code,
    struct why *why)
{

	*gid = (gid_t)-1;
	if (config->socket_group[0] == '\0' ||
	    privilege_group(config->socket_group, gid, why) == 0)
		return (0);
	*code = EX_CONFIG;
	return (why_prefix(why, "milter.socket_group: "));
}

int
listener_check(const struct config *config, struct why *why)
{
	gid_t gid;
	int code;

	if (unix_path(config->socket) == NULL)
		return (0);
	return (group_find(config, &gid, &code, why));
}

/* A sticky one is the host's, and no sign of carelessness. */
static void
warn_of(const char *folder, mode_t mode)
{

	if (mode & S_ISVTX)
		log_line(LOG_SEV_WARNING, "the folder %s of milter.socket is "
		    "everybody's (mode %04o), who could put another socket "
		    "there while mayrelayd is down: give it a folder of its "
		    "own", folder, (unsigned)(mode & 07777));
	else
		log_line(LOG_SEV_WARNING, "the folder %s of milter.socket can "
		    "be written to by others than its owner (mode %04o), who "
		    "could put another socket there; Sendmail refuses it: "
		    "chmod go-w %s", folder, (unsigned)(mode & 07777), folder);
}

void
listener_warn(const struct config *config)
{
	const char *path = unix_path(config->socket);
	char folder[UNIX_MAX];
	struct stat st;

	if (path == NULL || !folder_of(path, folder) ||
	    stat(folder, &st) == -1 ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return;
	warn_of(folder, st.st_mode);
}

int
listener_prepare(const struct config *config, int *code, struct why *why)
{
	const char *path = unix_path(config->socket);
	gid_t gid;

	if (path == NULL)
		return (inet_prepare(config, code, why));
	if (group_find(config, &gid, code, why) == -1 ||
	    unix_prepare(config, path, code, why) == -1)
		return (-1);
	/* No chmod by path later: whoever may write to the folder could put
	 * something else there. */
	umask(~config->socket_mode & 0777);
	return (0);
}

int
listener_hand_over(const struct config *config, int *code, struct why *why)
{
	const char *path = unix_path(config->socket);
	struct privilege_user who = { .uid = (uid_t)-1 };
	gid_t gid;

	umask(umask_private);
	if (path == NULL)
		return (0);
	if (lstat(path, &made) == -1)
		return (FAIL(code, EX_OSERR, why, "%s: %s", path,
		    strerror(errno)));
	if (group_find(config, &gid, code, why) == -1)
		return (-1);
	if (geteuid() == 0 && privilege_find(config->user, &who, why) == -1) {
		*code = EX_NOUSER;
		return (-1);
	}
	if (who.uid == (uid_t)-1 && gid == (gid_t)-1)
		return (0);
	if (gid == (gid_t)-1)
		gid = who.gid;
	if (lchown(path, who.uid, gid) == -1)
		return (FAIL(code, EX_NOPERM, why, "cannot give %s to the "
		    "group \"%s\": %s (start as root, or put the user into "
		    "that group)", path, config->socket_group,
		    strerror(errno)));
	return (0);
}

void
listener_remove(const struct config *config)
{
	const char *path = unix_path(config->socket);
	struct stat st;

	/* Nothing else that has taken its place. */
	if (path != NULL && lstat(path, &st) == 0 &&
	    st.st_dev == made.st_dev && st.st_ino == made.st_ino)
		(void)unlink(path);
}
