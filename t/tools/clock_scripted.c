/*
 * A clock that a test sets while the program runs: linked instead of clock.c.
 *
 * The environment variable MAYRELAY_CLOCK names the file (clock_file.h) that
 * clock_read believes; without the variable the true time holds.  It is read
 * before main(), because mayrelay-feed clears its environment.  clock_ms
 * (waits, back-off) stays real and clock_age is the true one, so both come
 * from clock.c itself.
 */
#define clock_read clock_read_real
#include "../../milter/clock.c"
#undef clock_read

#include <sys/mman.h>
#include <stdlib.h>

#include "clock_file.h"

void clock_read(struct clock_reading *);

static const struct clock_file *script;

static void script_map(void) __attribute__((constructor));

/* A test that names no usable file must not pass by accident. */
static void
script_map(void)
{
	const char *path = getenv(CLOCK_FILE_ENV);
	void *p = MAP_FAILED;
	int fd;

	if (path == NULL)
		return;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) != -1) {
		p = mmap(NULL, sizeof(*script), PROT_READ, MAP_SHARED, fd, 0);
		close(fd);
	}
	if (p == MAP_FAILED) {
		fprintf(stderr, "%s=%s: cannot be mapped\n", CLOCK_FILE_ENV,
		    path);
		abort();
	}
	script = p;
}

static bool
script_read(struct clock_reading *r)
{
	uint64_t sequence = atomic_load(&script->sequence);
	size_t i;

	r->utc = atomic_load(&script->utc);
	r->boot_ms = atomic_load(&script->boot_ms);
	for (i = 0; i < CLOCK_BOOT_ID_MAX; i++)
		r->boot_id[i] = atomic_load(&script->boot_id[i]);
	r->boot_id[CLOCK_BOOT_ID_MAX - 1] = '\0';
	return (sequence % 2 == 0 &&
	    atomic_load(&script->sequence) == sequence);
}

void
clock_read(struct clock_reading *r)
{

	if (script == NULL) {
		clock_read_real(r);
		return;
	}
	while (!script_read(r))
		usleep(100);
}
