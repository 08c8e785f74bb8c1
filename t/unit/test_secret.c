#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "secret.h"
#include "suite.h"

static const char longest[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static const struct {
	const char *label;
	const char *content;	/* no part of a reason */
	size_t len;
	int repeat;		/* the content so often */
	mode_t mode;
	const char *secret;	/* NULL: refused */
	const char *says;	/* then */
} files[] = {
	{ "no newline", TEXT("word"), 1, 0600, "word", NULL },
	{ "one newline is cut", TEXT("word\n"), 1, 0600, "word", NULL },
	{ "only one", TEXT("word\n\n"), 1, 0600, "word\n", NULL },
	{ "other blanks belong to it", TEXT(" a b \t"), 1, 0640, " a b \t",
	    NULL },
	{ "empty", TEXT(""), 1, 0600, NULL, "holds no password" },
	{ "only a newline", TEXT("\n"), 1, 0600, NULL, "holds no password" },
	{ "NUL", TEXT("hush\0rd\n"), 1, 0600, NULL, "holds a NUL" },
	{ "everybody may read", TEXT("ward"), 1, 0604, NULL, "chmod o=" },
	{ "everybody may write", TEXT("wurd"), 1, 0602, NULL, "chmod o=" },
	{ "everybody may run", TEXT("wyrd"), 1, 0601, NULL, "chmod o=" },
	{ "the group may", TEXT("word\n"), 1, 0670, "word", NULL },
	{ "too long", TEXT(longest), 17, 0600, NULL, "longer than 1024" },
	{ "much too long, a newline where the end may be", TEXT("abcdefg\n"),
	    1000, 0600, NULL, "longer than 1024" }
};

static void
make(char path[], int row)
{
	int fd = mkstemp(path), i;

	ck_assert_int_ne(fd, -1);
	for (i = 0; i < files[row].repeat; i++)
		ck_assert_int_eq(write(fd, files[row].content, files[row].len),
		    (ssize_t)files[row].len);
	ck_assert_int_eq(fchmod(fd, files[row].mode), 0);
	close(fd);
}

START_TEST(reads_a_file)
{
	char path[] = "/tmp/secretXXXXXX";
	struct secret s;
	struct why why;
	int result;

	make(path, _i);
	result = secret_read(path, &s, &why);
	unlink(path);
	ck_assert_msg(result == (files[_i].secret == NULL ? -1 : 0), "%s: %d",
	    files[_i].label, result);
	if (result == 0) {
		ck_assert_uint_eq(s.len, strlen(files[_i].secret));
		ck_assert_str_eq(s.bytes, files[_i].secret);
		return;
	}
	ck_assert_msg(strstr(why.text, files[_i].says) != NULL &&
	    strstr(why.text, path) != NULL, "%s: %s", files[_i].label,
	    why.text);
	ck_assert_msg(files[_i].len < 2 ||
	    strstr(why.text, files[_i].content) == NULL, "%s: %s",
	    files[_i].label, why.text);
}
END_TEST

START_TEST(takes_the_longest)
{
	char path[] = "/tmp/secretXXXXXX";
	struct secret s;
	struct why why;
	int fd = mkstemp(path), i;

	ck_assert_int_ne(fd, -1);
	for (i = 0; i < SECRET_MAX / 64; i++)
		ck_assert_int_eq(write(fd, longest, 64), 64);
	ck_assert_int_eq(write(fd, "\n", 1), 1);
	close(fd);
	ck_assert_int_eq(secret_read(path, &s, &why), 0);
	unlink(path);
	ck_assert_uint_eq(s.len, SECRET_MAX);
	ck_assert_int_eq(s.bytes[SECRET_MAX], '\0');
}
END_TEST

static const struct {
	const char *label;
	const char *path;
	const char *says;
} others[] = {
	{ "missing", "/nonexistent/secret",
	    "/nonexistent/secret: No such file" },
	{ "a folder", "/tmp", "/tmp is not a regular file" },
	{ "a device", "/dev/null", "/dev/null is not a regular file" }
};

START_TEST(refuses_what_is_no_file)
{
	struct secret s;
	struct why why;

	ck_assert_int_eq(secret_read(others[_i].path, &s, &why), -1);
	ck_assert_msg(strstr(why.text, others[_i].says) != NULL, "%s: %s",
	    others[_i].label, why.text);
}
END_TEST

static const struct {
	const char *label;
	uid_t user;
	const char *says;
} users[] = {
	{ "one with a name", 65534, ": user nobody must be able to read it" },
	{ "one without", 54321, ": user 54321 must be able to read it" }
};

/* Needs another user; it runs in a process of its own. */
START_TEST(names_the_user)
{
	char path[] = "/tmp/secret.XXXXXX";
	struct secret s;
	struct why why;
	int fd;

	if (geteuid() != 0)
		return;
	ck_assert_int_ne(fd = mkstemp(path), -1);
	close(fd);
	ck_assert_int_eq(seteuid(users[_i].user), 0);
	ck_assert_int_eq(secret_read(path, &s, &why), -1);
	ck_assert_int_eq(seteuid(0), 0);
	unlink(path);
	ck_assert_msg(strstr(why.text, users[_i].says) != NULL, "%s: %s",
	    users[_i].label, why.text);
}
END_TEST

START_TEST(leaves_nothing)
{
	static const struct secret zero;
	struct secret s;

	memset(&s, 'x', sizeof(s));
	secret_wipe(&s);
	ck_assert_mem_eq(&s, &zero, sizeof(s));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("secret");

	suite_rows(suite, reads_a_file, ROWS(files));
	suite_one(suite, takes_the_longest);
	suite_rows(suite, refuses_what_is_no_file, ROWS(others));
	suite_rows(suite, names_the_user, ROWS(users));
	suite_one(suite, leaves_nothing);
	return (suite_run(suite));
}
