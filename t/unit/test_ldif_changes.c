#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ldif.h"
#include "suite.h"

/*
 * A file that changes while it is read.
 *
 * This test has a read(2) of its own, which takes the place of libc's at link
 * time and does something to the file before or after it reads.
 */

static const char text[] = "dn: cn=a\ncn: a\n";

static int file = -1;	/* a second handle to the file; -1: leave it */
static void (*before)(void);
static void (*after)(void);
static int error_once;	/* errno of the first call; 0: none */

ssize_t
read(int fd, void *buf, size_t len)
{
	int error = error_once;
	ssize_t n;

	if (file == -1)
		return (syscall(SYS_read, fd, buf, len));
	error_once = 0;
	if (error != 0) {
		errno = error;
		return (-1);
	}
	before();
	n = syscall(SYS_read, fd, buf, len);
	after();
	return (n);
}

static void
nothing(void)
{
}

static void
append(void)
{

	ck_assert_int_eq(pwrite(file, "\n", 1, sizeof(text) - 1), 1);
}

static void
cut(void)
{

	ck_assert_int_eq(ftruncate(file, 9), 0);
}

/* The same size, and even the same time of writing. */
static void
rewrite(void)
{
	struct timespec times[2];
	struct stat st;

	ck_assert_int_eq(fstat(file, &st), 0);
	ck_assert_int_eq(pwrite(file, "cn: b\n", 6, 9), 6);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	/* Only the time of the change tells: let its clock tick. */
	usleep(50000);
	ck_assert_int_eq(futimens(file, times), 0);
}

static const struct {
	const char *label;
	void (*before)(void);
	void (*after)(void);
	int error;
	const char *why;	/* NULL: it is read */
} changes[] = {
	{ "none", nothing, nothing, 0, NULL },
	{ "an interruption", nothing, nothing, EINTR, NULL },
	{ "an error", nothing, nothing, EIO, "Input/output error" },
	{ "appended before", append, nothing, 0, "changed while it was read" },
	{ "appended behind", nothing, append, 0, "changed while it was read" },
	{ "cut before", cut, nothing, 0, "cut while it was read" },
	{ "cut behind", nothing, cut, 0, "changed while it was read" },
	{ "rewritten", nothing, rewrite, 0, "changed while it was read" }
};

static int calls;

static int
count(void *ctx, struct why *why)
{

	(void)ctx;
	(void)why;
	calls++;
	return (0);
}

static int
count_entry(void *ctx, const struct source_entry *entry, struct why *why)
{

	(void)entry;
	return (count(ctx, why));
}

START_TEST(refuses_a_file_that_changes)
{
	const struct sink sink = { NULL, count, count_entry, NULL, count };
	char path[] = "/tmp/ldif.XXXXXX";
	struct ldif_stamp stamp;
	struct why why = { "" };
	int result, fd = mkstemp(path);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, sizeof(text) - 1),
	    sizeof(text) - 1);
	before = changes[_i].before;
	after = changes[_i].after;
	error_once = changes[_i].error;
	file = fd;
	result = ldif_read(path, &stamp, &sink, &why);
	file = -1;
	unlink(path);
	close(fd);
	if (changes[_i].why == NULL) {
		ck_assert_msg(result == 0, "%s: %s", changes[_i].label,
		    why.text);
		ck_assert_int_eq(calls, 3);
		return;
	}
	ck_assert_msg(result == -1, "%s", changes[_i].label);
	ck_assert_msg(strstr(why.text, changes[_i].why) != NULL, "%s: %s",
	    changes[_i].label, why.text);
	ck_assert_int_eq(calls, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ldif_changes");

	suite_rows(s, refuses_a_file_that_changes, ROWS(changes));
	return (suite_run(s));
}
