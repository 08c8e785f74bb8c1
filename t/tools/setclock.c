/*
 * setclock FILE UTC BOOT_MS BOOT_ID	set the scripted clock, or make one
 * setclock FILE +SECONDS		let time pass (-SECONDS: go back)
 * setclock FILE			print it
 *
 * See clock_file.h.
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock_file.h"

static int64_t
number(const char *s)
{
	char *end;
	long long n = strtoll(s, &end, 10);

	if (end == s || *end != '\0')
		errx(64, "%s: not a number", s);
	return (n);
}

static struct clock_file *
map(const char *path)
{
	struct clock_file *c;
	struct stat st;
	int fd;

	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)) == -1)
		err(1, "%s", path);
	if (fstat(fd, &st) == -1)
		err(1, "%s", path);
	if (st.st_size == 0 && ftruncate(fd, sizeof(*c)) == -1)
		err(1, "%s", path);
	c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (c == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	return (c);
}

static void
set(struct clock_file *c, int64_t utc, int64_t boot_ms, const char *id)
{
	uint64_t odd = atomic_load(&c->sequence) | 1;
	size_t i, len = strlen(id);

	atomic_store(&c->sequence, odd);
	atomic_store(&c->utc, utc);
	atomic_store(&c->boot_ms, boot_ms);
	for (i = 0; i < CLOCK_FILE_ID_MAX; i++)
		atomic_store(&c->boot_id[i], i < len ? id[i] : '\0');
	atomic_store(&c->sequence, odd + 1);
}

static void
pass(struct clock_file *c, int64_t seconds)
{
	uint64_t odd = atomic_load(&c->sequence) | 1;

	atomic_store(&c->sequence, odd);
	atomic_fetch_add(&c->utc, seconds);
	atomic_fetch_add(&c->boot_ms, seconds * 1000);
	atomic_store(&c->sequence, odd + 1);
}

static void
print(const struct clock_file *c)
{

	printf("%lld %lld %.*s\n", (long long)c->utc, (long long)c->boot_ms,
	    CLOCK_FILE_ID_MAX, (const char *)c->boot_id);
}

int
main(int argc, char **argv)
{

	if (argc == 5 && argv[4][0] != '\0')
		set(map(argv[1]), number(argv[2]), number(argv[3]), argv[4]);
	else if (argc == 3)
		pass(map(argv[1]), number(argv[2]));
	else if (argc == 2)
		print(map(argv[1]));
	else
		errx(64, "usage: setclock FILE [UTC BOOT_MS BOOT_ID | "
		    "+SECONDS]");
	return (0);
}
