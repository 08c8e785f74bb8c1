#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "notify.h"

static struct {
	int fd;			/* -1: nobody listens */
	int64_t every_ms;	/* 0: no watchdog */
	int64_t next_ms;
} supervisor = { .fd = -1 };

static int
connect_to(const char *path)
{
	struct sockaddr_un un;
	const size_t len = strlen(path);
	int fd;

	if ((path[0] != '/' && path[0] != '@') || len >= sizeof(un.sun_path))
		return (-1);
	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	memcpy(un.sun_path, path, len);
	/* Linux's abstract name space begins with a NUL. */
	if (path[0] == '@')
		un.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return (-1);
	if (connect(fd, (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == -1) {
		close(fd);
		return (-1);
	}
	return (fd);
}

/* Half of the patience, or 0 if there is no watchdog or it is not ours. */
static int64_t
watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");

	if (usec == NULL)
		return (0);
	if (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid())
		return (0);
	return ((int64_t)(strtoull(usec, NULL, 10) / 1000 / 2));
}

void
notify_begin(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path != NULL)
		supervisor.fd = connect_to(path);
	supervisor.every_ms = watchdog_ms();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

/* A supervisor that does not listen does not hold us up. */
static void
tell(const char *text)
{

	if (supervisor.fd != -1)
		(void)send(supervisor.fd, text, strlen(text), MSG_NOSIGNAL);
}

void
notify_ready(const char *status)
{
	char text[256];

	snprintf(text, sizeof(text), "READY=1\nSTATUS=%s\n", status);
	tell(text);
}

/* systemd wants CLOCK_MONOTONIC's time with it, not before that of its own
 * request, to tell whose READY follows: so the millisecond is rounded up. */
void
notify_reloading(void)
{
	char text[64];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64
	    "\n", (clock_ms() + 1) * 1000);
	tell(text);
}

void
notify_stopping(void)
{

	tell("STOPPING=1\n");
}

void
notify_watchdog(int64_t now_ms)
{

	if (supervisor.every_ms <= 0 || now_ms < supervisor.next_ms)
		return;
	supervisor.next_ms = now_ms + supervisor.every_ms;
	tell("WATCHDOG=1\n");
}
