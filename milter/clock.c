#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define BOOT_ID_FILE	"/proc/sys/kernel/random/boot_id"

static pthread_once_t boot_id_once = PTHREAD_ONCE_INIT;
static char boot_id[CLOCK_BOOT_ID_MAX];

static struct timespec
now_of(clockid_t id)
{
	struct timespec ts = { 0, 0 };

	/* Fails only for a clock that does not exist: Linux has all three. */
	(void)clock_gettime(id, &ts);
	return (ts);
}

static int64_t
milliseconds(struct timespec ts)
{

	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* The first word of the file, or false if there is none. */
static bool
boot_id_read(const char *path, char out[CLOCK_BOOT_ID_MAX])
{
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return (false);
	n = read(fd, out, CLOCK_BOOT_ID_MAX - 1);
	close(fd);
	if (n <= 0)
		return (false);
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return (out[0] != '\0');
}

/*
 * Where the kernel does not tell the boot, the process makes up an id that no
 * other process has: ages across processes then go by wall clock, as across
 * boots.
 */
static void
boot_id_invent(char out[CLOCK_BOOT_ID_MAX])
{
	struct timespec ts = now_of(CLOCK_REALTIME);

	snprintf(out, CLOCK_BOOT_ID_MAX, "none-%lx-%llx-%lx",
	    (unsigned long)getpid() & 0xffffffffUL,
	    (unsigned long long)ts.tv_sec & 0xffffffffffULL,
	    (unsigned long)ts.tv_nsec & 0xffffffffUL);
}

static void
boot_id_init(void)
{

	if (!boot_id_read(BOOT_ID_FILE, boot_id))
		boot_id_invent(boot_id);
}

void
clock_read(struct clock_reading *r)
{

	pthread_once(&boot_id_once, boot_id_init);
	memcpy(r->boot_id, boot_id, sizeof(r->boot_id));
	r->boot_ms = milliseconds(now_of(CLOCK_BOOTTIME));
	r->utc = now_of(CLOCK_REALTIME).tv_sec;
}

int64_t
clock_ms(void)
{

	return (milliseconds(now_of(CLOCK_MONOTONIC)));
}

/* A stored time may be anything: what overflows is too old as well. */
static int64_t
elapsed(int64_t then, int64_t now)
{
	int64_t t;

	if (__builtin_sub_overflow(now, then, &t) || t < 0)
		return (INT64_MAX);
	return (t);
}

int64_t
clock_age(const struct clock_reading *then, const struct clock_reading *now)
{
	int64_t ms;

	if (strncmp(then->boot_id, now->boot_id, CLOCK_BOOT_ID_MAX) != 0)
		return (elapsed(then->utc, now->utc));
	ms = elapsed(then->boot_ms, now->boot_ms);
	return (ms == INT64_MAX ? INT64_MAX : ms / 1000);
}
