#include <sys/mman.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"

#define FILE_NAME	"counters"
#define FILE_NEW	"counters.new"

static const char magic[8] = "mrcount";
enum { VERSION_NOW = 1 };

/* How often a reader tries to see an error that is not just being written:
 * its writer may have been killed in the middle. */
enum { READ_TRIES = 1000 };

/* Processes share them: a lock inside one of them would be no lock. */
_Static_assert(ATOMIC_CHAR_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2 &&
    ATOMIC_LONG_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2,
    "counters are shared between processes");

static int
dir_open(const char *dir, struct why *why)
{
	int fd;

	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (why_set(why, "%s: %s", dir, strerror(errno)));
	return (fd);
}

static int
map(int fd, bool writable, struct counters **counters, struct why *why)
{
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;
	void *p;

	p = mmap(NULL, sizeof(**counters), prot, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return (why_set(why, "cannot be mapped: %s", strerror(errno)));
	*counters = p;
	return (0);
}

static int
allocate(int fd, struct why *why)
{
	int rc;

	do {
		rc = posix_fallocate(fd, 0, sizeof(struct counters));
	} while (rc == EINTR);
	if (rc != 0)
		return (why_set(why, "cannot be allocated: %s", strerror(rc)));
	return (0);
}

static void
unmap(struct counters **counters)
{

	counters_close(*counters);
	*counters = NULL;
}

static int
file_fill(int fd, struct counters **counters, struct why *why)
{
	struct counters *c = NULL;

	if (allocate(fd, why) == -1 || map(fd, true, &c, why) == -1)
		return (-1);
	memcpy(c->magic, magic, sizeof(magic));
	c->version = VERSION_NOW;
	c->size = sizeof(*c);
	*counters = c;
	return (0);
}

/*
 * Filled under another name first: who opens FILE_NAME finds a whole file,
 * and who has an older one mapped keeps it.
 */
static int
file_make(int dir_fd, struct counters **counters, struct why *why)
{
	int fd, rc;

	if (unlinkat(dir_fd, FILE_NEW, 0) == -1 && errno != ENOENT)
		return (why_set(why, "cannot be removed: %s",
		    strerror(errno)));
	fd = openat(dir_fd, FILE_NEW, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd == -1)
		return (why_set(why, "cannot be made: %s", strerror(errno)));
	rc = file_fill(fd, counters, why);
	close(fd);
	if (rc == 0 && renameat(dir_fd, FILE_NEW, dir_fd, FILE_NAME) == -1) {
		rc = why_set(why, "cannot be renamed: %s", strerror(errno));
		unmap(counters);
	}
	if (rc == -1)
		(void)unlinkat(dir_fd, FILE_NEW, 0);
	return (rc);
}

/* A file of another size is never mapped: beyond its end lies SIGBUS. */
static int
size_check(int fd, struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (why_set(why, "%s", strerror(errno)));
	if (!S_ISREG(st.st_mode))
		return (why_set(why, "is not a regular file"));
	if (st.st_size != (off_t)sizeof(struct counters))
		return (why_set(why, "is of another version of mayrelay: "
		    "restart mayrelayd"));
	return (0);
}

static int
head_check(const struct counters *c, struct why *why)
{

	if (memcmp(c->magic, magic, sizeof(magic)) != 0)
		return (why_set(why, "is no file of counters"));
	if (c->version != VERSION_NOW || c->size != sizeof(*c))
		return (why_set(why, "is of another version of mayrelay: "
		    "restart mayrelayd"));
	return (0);
}

static int
file_map(int fd, bool writable, struct counters **counters, struct why *why)
{

	if (size_check(fd, why) == -1 ||
	    map(fd, writable, counters, why) == -1)
		return (-1);
	if (head_check(*counters, why) == 0)
		return (0);
	unmap(counters);
	return (-1);
}

/* O_NONBLOCK: a fifo of that name does not hold the caller. */
static int
file_open(int dir_fd, bool writable, struct counters **counters,
    struct why *why)
{
	int fd, rc;

	fd = openat(dir_fd, FILE_NAME, (writable ? O_RDWR : O_RDONLY) |
	    O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return (why_set(why, "%s", strerror(errno)));
	rc = file_map(fd, writable, counters, why);
	close(fd);
	return (rc);
}

/*
 * On a full disk the one that is there serves again, from zero: a restart then
 * costs no more than the counts.  Its head stays as it is.
 */
static int
file_reuse(int dir_fd, struct counters **counters)
{
	const size_t head = offsetof(struct counters, started);
	struct why why;
	int fd, rc;

	fd = openat(dir_fd, FILE_NAME, O_RDWR | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd == -1)
		return (-1);
	rc = file_map(fd, true, counters, &why);
	if (rc == 0 && allocate(fd, &why) == -1) {
		unmap(counters);
		rc = -1;
	}
	close(fd);
	if (rc == 0)
		memset((char *)*counters + head, 0, sizeof(**counters) - head);
	return (rc);
}

int
counters_create(const char *dir, struct counters **counters, struct why *why)
{
	int dir_fd, rc;

	*counters = NULL;
	if ((dir_fd = dir_open(dir, why)) == -1)
		return (-1);
	if ((rc = file_make(dir_fd, counters, why)) == -1)
		rc = file_reuse(dir_fd, counters);
	if (rc == -1)
		why_prefix(why, "%s/" FILE_NEW ": ", dir);
	close(dir_fd);
	return (rc);
}

int
counters_open(const char *dir, bool writable, struct counters **counters,
    struct why *why)
{
	int dir_fd, rc;

	*counters = NULL;
	if ((dir_fd = dir_open(dir, why)) == -1)
		return (-1);
	rc = file_open(dir_fd, writable, counters, why);
	if (rc == -1)
		why_prefix(why, "%s/" FILE_NAME ": ", dir);
	close(dir_fd);
	return (rc);
}

void
counters_close(struct counters *c)
{

	if (c != NULL)
		munmap(c, sizeof(*c));
}

/* The last byte is never written: it ends every text. */
static void
error_write(struct counters *c, const char *text)
{
	size_t i, len = strnlen(text, COUNTERS_ERROR_MAX - 1);

	for (i = 0; i < len; i++)
		atomic_store_explicit(&c->error[i], (unsigned char)text[i],
		    memory_order_relaxed);
	atomic_store_explicit(&c->error[len], 0, memory_order_relaxed);
}

/*
 * A sequence lock.  A sequence that is odd already was left by a feed that
 * was killed in the middle; there is never a second writer.
 */
void
counters_error_set(struct counters *c, int64_t at, const char *text)
{
	uint32_t odd = atomic_load_explicit(&c->error_seq,
	    memory_order_relaxed) | 1;

	atomic_store_explicit(&c->error_seq, odd, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&c->error_at, text[0] == '\0' ? 0 : at,
	    memory_order_relaxed);
	error_write(c, text);
	atomic_store_explicit(&c->error_seq, odd + 1, memory_order_release);
}

static bool
error_read(const struct counters *c, int64_t *at,
    char text[COUNTERS_ERROR_MAX])
{
	uint32_t seq;
	size_t i;

	seq = atomic_load_explicit(&c->error_seq, memory_order_acquire);
	*at = atomic_load_explicit(&c->error_at, memory_order_relaxed);
	for (i = 0; i < COUNTERS_ERROR_MAX - 1; i++)
		text[i] = (char)atomic_load_explicit(&c->error[i],
		    memory_order_relaxed);
	text[i] = '\0';
	atomic_thread_fence(memory_order_acquire);
	return (seq % 2 == 0 && atomic_load_explicit(&c->error_seq,
	    memory_order_relaxed) == seq);
}

void
counters_error_get(const struct counters *c, int64_t *at,
    char text[COUNTERS_ERROR_MAX])
{
	int tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		if (error_read(c, at, text))
			return;
		sched_yield();
	}
	strcpy(text, "an error was not written to its end");
}
