#include <sys/mman.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"

#define FILE_NAME	"counters"
#define FILE_NEW	"counters.new"

static const char magic[8] = "mrcount";
enum { VERSION_NOW = 2 };

/* How often a reader tries to see what is not just being written: its writer
 * may have been killed in the middle. */
enum { READ_TRIES = 1000 };

/* The words of refresh_reply and refresh_accepts. */
enum {
	REPLY_BITS = 2,
	ACCEPT_BITS = 32
};
_Static_assert(REFRESH_RESULTS <= 1 << REPLY_BITS &&
    sizeof(pid_t) <= ACCEPT_BITS / 8, "results and processes fit");

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

/* ---- what has more than one word ---------------------------------------- */

/*
 * A sequence lock.  A sequence that is odd already was left by a feed that
 * was killed in the middle; there is never a second writer.
 */
static uint32_t
write_begin(_Atomic uint32_t *seq)
{
	uint32_t odd = atomic_load_explicit(seq, memory_order_relaxed) | 1;

	atomic_store_explicit(seq, odd, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	return (odd);
}

static void
write_end(_Atomic uint32_t *seq, uint32_t odd)
{

	atomic_store_explicit(seq, odd + 1, memory_order_release);
}

static uint32_t
read_begin(const _Atomic uint32_t *seq)
{

	return (atomic_load_explicit(seq, memory_order_acquire));
}

/* Was what was read since then written by nobody meanwhile? */
static bool
read_end(const _Atomic uint32_t *seq, uint32_t begun)
{

	atomic_thread_fence(memory_order_acquire);
	return (begun % 2 == 0 &&
	    atomic_load_explicit(seq, memory_order_relaxed) == begun);
}

static bool
read_settled(bool (*read_once)(const void *, void *), const void *from,
    void *to)
{
	int tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		if (read_once(from, to))
			return (true);
		sched_yield();
	}
	return (false);
}

/* The last byte is never written: it ends every text. */
static void
text_write(_Atomic unsigned char to[COUNTERS_ERROR_MAX], const char *text)
{
	size_t i, len = strnlen(text, COUNTERS_ERROR_MAX - 1);

	for (i = 0; i < len; i++)
		atomic_store_explicit(&to[i], (unsigned char)text[i],
		    memory_order_relaxed);
	atomic_store_explicit(&to[len], 0, memory_order_relaxed);
}

static void
text_read(const _Atomic unsigned char from[COUNTERS_ERROR_MAX],
    char text[COUNTERS_ERROR_MAX])
{
	size_t i;

	for (i = 0; i < COUNTERS_ERROR_MAX - 1; i++)
		text[i] = (char)atomic_load_explicit(&from[i],
		    memory_order_relaxed);
	text[i] = '\0';
}

/* ---- the feed's last error ----------------------------------------------- */

struct error_seen {
	int64_t at;
	char *text;
};

void
counters_error_set(struct counters *c, int64_t at, const char *text)
{
	uint32_t odd = write_begin(&c->error_seq);

	atomic_store_explicit(&c->error_at, text[0] == '\0' ? 0 : at,
	    memory_order_relaxed);
	text_write(c->error, text);
	write_end(&c->error_seq, odd);
}

static bool
error_read(const void *from, void *to)
{
	const struct counters *c = from;
	struct error_seen *seen = to;
	uint32_t begun = read_begin(&c->error_seq);

	seen->at = atomic_load_explicit(&c->error_at, memory_order_relaxed);
	text_read(c->error, seen->text);
	return (read_end(&c->error_seq, begun));
}

void
counters_error_get(const struct counters *c, int64_t *at,
    char text[COUNTERS_ERROR_MAX])
{
	struct error_seen seen = { .text = text };

	if (!read_settled(error_read, c, &seen))
		strcpy(text, "an error was not written to its end");
	*at = seen.at;
}

/* ---- the LDAP servers ---------------------------------------------------- */

void
counters_server_set(struct counters *c, size_t i,
    const struct server_seen *seen)
{
	struct counters_server *server;
	uint32_t odd;

	if (i >= COUNTERS_SERVERS)
		return;
	server = &c->servers[i];
	odd = write_begin(&server->seq);
	atomic_store_explicit(&server->state, (int32_t)seen->state,
	    memory_order_relaxed);
	atomic_store_explicit(&server->since, seen->since,
	    memory_order_relaxed);
	atomic_store_explicit(&server->next, seen->next,
	    memory_order_relaxed);
	text_write(server->error, seen->error);
	write_end(&server->seq, odd);
}

static bool
server_read(const void *from, void *to)
{
	const struct counters_server *server = from;
	struct server_seen *seen = to;
	uint32_t begun = read_begin(&server->seq);
	int32_t state;

	state = atomic_load_explicit(&server->state, memory_order_relaxed);
	seen->state = state >= 0 && state < SERVER_STATES ?
	    (enum server_state)state : SERVER_IDLE;
	seen->since = atomic_load_explicit(&server->since,
	    memory_order_relaxed);
	seen->next = atomic_load_explicit(&server->next,
	    memory_order_relaxed);
	text_read(server->error, seen->error);
	return (read_end(&server->seq, begun));
}

void
counters_server_get(const struct counters *c, size_t i,
    struct server_seen *seen)
{

	if (i >= COUNTERS_SERVERS)
		memset(seen, 0, sizeof(*seen));
	else if (!read_settled(server_read, &c->servers[i], seen))
		strcpy(seen->error, "its state was not written to its end");
}

/* ---- mayrelay refresh ---------------------------------------------------- */

static uint64_t
answered_upto(const struct counters *c)
{

	return (atomic_load(&c->refresh_reply) >> REPLY_BITS);
}

/* EPERM: it is there, and another user's. */
static bool
accept_held(uint64_t word)
{
	pid_t pid = (pid_t)(word & (((uint64_t)1 << ACCEPT_BITS) - 1));

	return (pid > 0 && (kill(pid, 0) == 0 || errno == EPERM));
}

/* What another holds is left alone, also after it was answered: it may be
 * about to be counted under a later number. */
static _Atomic uint64_t *
accept_take(struct counters *c, uint64_t word)
{
	uint64_t old;
	int i;

	for (i = 0; i < COUNTERS_ACCEPTS; i++) {
		old = atomic_load(&c->refresh_accepts[i]);
		if (!accept_held(old) && atomic_compare_exchange_strong(
		    &c->refresh_accepts[i], &old, word))
			return (&c->refresh_accepts[i]);
	}
	return (NULL);
}

static uint64_t
accept_word(uint64_t number)
{

	return (number << ACCEPT_BITS | (uint64_t)getpid());
}

uint64_t
counters_refresh_ask(struct counters *c, bool accept)
{
	uint64_t asked = atomic_load(&c->refresh_asked);
	_Atomic uint64_t *word = NULL;

	if (accept && (word = accept_take(c, accept_word(asked + 1))) == NULL)
		return (0);
	while (!atomic_compare_exchange_strong(&c->refresh_asked, &asked,
	    asked + 1))
		if (word != NULL)
			atomic_store(word, accept_word(asked + 1));
	return (asked + 1);
}

bool
counters_refresh_answered(const struct counters *c, uint64_t number,
    enum refresh_result *result)
{
	uint64_t reply = atomic_load(&c->refresh_reply);
	unsigned code = reply & ((1U << REPLY_BITS) - 1);

	if (reply >> REPLY_BITS < number)
		return (false);
	*result = code < REFRESH_RESULTS ? (enum refresh_result)code :
	    REFRESH_FAILED;
	return (true);
}

void
counters_refresh_leave(struct counters *c, uint64_t number)
{
	uint64_t word;
	int i;

	for (i = 0; i < COUNTERS_ACCEPTS; i++) {
		word = accept_word(number);
		(void)atomic_compare_exchange_strong(&c->refresh_accepts[i],
		    &word, 0);
	}
}

bool
counters_refresh_accepted(const struct counters *c, uint64_t number)
{
	uint64_t word, asked, answered = answered_upto(c);
	int i;

	for (i = 0; i < COUNTERS_ACCEPTS; i++) {
		word = atomic_load(&c->refresh_accepts[i]);
		asked = word >> ACCEPT_BITS;
		if (asked > answered && asked <= number && accept_held(word))
			return (true);
	}
	return (false);
}

bool
counters_refresh_pending(const struct counters *c, uint64_t *number,
    bool *accept)
{

	*number = atomic_load(&c->refresh_asked);
	*accept = false;
	if (*number <= answered_upto(c))
		return (false);
	*accept = counters_refresh_accepted(c, *number);
	return (true);
}

void
counters_refresh_answer(struct counters *c, uint64_t number,
    enum refresh_result result)
{

	atomic_store(&c->refresh_reply,
	    number << REPLY_BITS | (uint64_t)result);
}
