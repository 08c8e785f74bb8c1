#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counters_dir.h"
#include "suite.h"

START_TEST(created_and_opened)
{
	struct counters *made = create(), *tool, *feed;
	struct why why = { "" };
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_int_ge(st.st_blocks * 512, (long)sizeof(*made));
	ck_assert_msg(counters_open(dir, false, &tool, &why) == 0, "%s",
	    why.text);
	ck_assert_int_eq(counters_open(dir, true, &feed, &why), 0);
	atomic_fetch_add(&made->connections_total, 3);
	atomic_fetch_add(&made->decisions[VERDICT_REJECT]
	    [REASON_AUTH_REQUIRED], 1);
	atomic_store(&feed->ldap_changes, 7);
	ck_assert_uint_eq(tool->connections_total, 3);
	ck_assert_uint_eq(tool->decisions[VERDICT_REJECT]
	    [REASON_AUTH_REQUIRED], 1);
	ck_assert_uint_eq(made->ldap_changes, 7);
	counters_close(made);
	counters_close(tool);
	counters_close(feed);
	counters_close(NULL);
}
END_TEST

START_TEST(all_begin_at_zero)
{
	struct counters *c = create();
	int64_t at = -1;
	char text[COUNTERS_ERROR_MAX];

	atomic_store(&c->connections_total, 9);
	counters_error_set(c, 5, "gone with the restart");
	counters_close(c);
	c = create();
	ck_assert_uint_eq(c->connections_total, 0);
	counters_error_get(c, &at, text);
	ck_assert_int_eq(at, 0);
	ck_assert_str_eq(text, "");
	counters_close(c);
}
END_TEST

/* Who has the old file mapped must not lose it under its feet. */
START_TEST(made_anew_beside_the_old_one)
{
	struct counters *old = create(), *new = create();

	atomic_store(&old->connections_total, 1);
	ck_assert_uint_eq(new->connections_total, 0);
	counters_close(old);
	counters_close(new);
}
END_TEST

static void
left_over(void)
{
	char name[sizeof(path) + 4];
	int fd;

	snprintf(name, sizeof(name), "%s.new", path);
	fd = open(name, O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, "half", 4), 4);
	close(fd);
}

START_TEST(left_over_by_a_killed_daemon)
{
	struct counters *c;
	struct stat st;

	left_over();
	c = create();
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, (long)sizeof(*c));
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	counters_close(c);
}
END_TEST

START_TEST(a_symbolic_link_is_replaced_not_followed)
{
	struct counters *c;
	struct stat st;

	ck_assert_int_eq(symlink("/tmp/nowhere", path), 0);
	c = create();
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	counters_close(c);
}
END_TEST

/* A limit on the size of files stands for a full disk. */
static int
create_without_room(struct counters **c, struct why *why)
{
	struct rlimit before, limit;
	int rc;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 100;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rc = counters_create(dir, c, why);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	return (rc);
}

START_TEST(no_room)
{
	struct counters *c = NULL;
	struct why why = { "" };

	ck_assert_int_eq(create_without_room(&c, &why), -1);
	ck_assert_ptr_eq(c, NULL);
	ck_assert_ptr_ne(strstr(why.text, "cannot be allocated"), NULL);
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

/* A restart on a full disk goes on with the old file. */
START_TEST(no_room_but_an_old_one)
{
	struct counters *old = create(), *c = NULL, *tool;
	struct why why = { "" };

	atomic_store(&old->started, 5);
	atomic_store(&old->refresh_asked, 3);
	counters_error_set(old, 7, "wrong");
	counters_close(old);
	ck_assert_msg(create_without_room(&c, &why) == 0, "%s", why.text);
	ck_assert_int_eq(c->started, 0);
	ck_assert_uint_eq(c->refresh_asked, 0);
	ck_assert_int_eq(c->error_at, 0);
	ck_assert_int_eq(c->error[0], 0);
	ck_assert_msg(counters_open(dir, false, &tool, &why) == 0, "%s",
	    why.text);
	atomic_store(&c->started, 9);
	ck_assert_int_eq(tool->started, 9);
	counters_close(tool);
	counters_close(c);
}
END_TEST

START_TEST(no_room_and_a_strange_one)
{
	struct counters *c = NULL;
	struct why why = { "" };

	ck_assert_int_eq(symlink("/dev/zero", path), 0);
	ck_assert_int_eq(create_without_room(&c, &why), -1);
	ck_assert_ptr_eq(c, NULL);
	ck_assert_ptr_ne(strstr(why.text, "cannot be allocated"), NULL);
	unlink(path);
	ck_assert_int_eq(mknod(path, S_IFREG | 0600, 0), 0);
	ck_assert_int_eq(create_without_room(&c, &why), -1);
	ck_assert_ptr_eq(c, NULL);
	ck_assert_ptr_ne(strstr(why.text, "cannot be allocated"), NULL);
}
END_TEST

START_TEST(a_folder_in_the_way)
{
	char name[sizeof(path) + 4];
	struct counters *c = NULL;
	struct why why = { "" };

	snprintf(name, sizeof(name), "%s.new", path);
	ck_assert_int_eq(mkdir(name, 0700), 0);
	ck_assert_int_eq(counters_create(dir, &c, &why), -1);
	ck_assert_ptr_ne(strstr(why.text, "counters.new: cannot be removed"),
	    NULL);
	ck_assert_int_eq(rmdir(name), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(counters_create(dir, &c, &why), -1);
	ck_assert_ptr_ne(strstr(why.text, "cannot be renamed"), NULL);
	ck_assert_ptr_eq(c, NULL);
	ck_assert_int_eq(access(name, F_OK), -1);
}
END_TEST

START_TEST(no_such_folder)
{
	struct counters *c = NULL;
	struct why why = { "" };

	ck_assert_int_eq(counters_create("/nonexistent", &c, &why), -1);
	ck_assert_int_eq(strncmp(why.text, "/nonexistent: ", 14), 0);
	ck_assert_int_eq(counters_open("/nonexistent", false, &c, &why), -1);
	ck_assert_ptr_eq(c, NULL);
}
END_TEST

enum { WHOLE = sizeof(struct counters) };

static const struct {
	const char *label;
	long size;		/* of the file */
	size_t at;		/* where a byte is changed; WHOLE: nowhere */
	const char *fault;
} files[] = {
	{ "unchanged", WHOLE, WHOLE, NULL },
	{ "empty", 0, WHOLE, "another version" },
	{ "half", WHOLE / 2, WHOLE, "another version" },
	{ "a byte short", WHOLE - 1, WHOLE, "another version" },
	{ "a byte more", WHOLE + 1, WHOLE, "another version" },
	{ "first byte of the magic", WHOLE, 0, "no file of counters" },
	{ "last byte of the magic", WHOLE, 7, "no file of counters" },
	{ "version", WHOLE, offsetof(struct counters, version),
	    "another version" },
	{ "size", WHOLE, offsetof(struct counters, size),
	    "another version" },
	{ "a count", WHOLE, offsetof(struct counters, overloaded), NULL },
};
enum { FILES = sizeof(files) / sizeof(files[0]) };

START_TEST(foreign_file)
{
	struct counters *c = create();
	struct why why = { "" };
	unsigned char *bytes = (unsigned char *)c;
	int rc;

	if (files[_i].at < WHOLE)
		bytes[files[_i].at] ^= 1;
	counters_close(c);
	ck_assert_int_eq(truncate(path, files[_i].size), 0);
	rc = counters_open(dir, _i % 2, &c, &why);
	ck_assert_msg((rc == 0) == (files[_i].fault == NULL), "%s: %s",
	    files[_i].label, why.text);
	if (rc == 0) {
		counters_close(c);
		return;
	}
	ck_assert_ptr_eq(c, NULL);
	ck_assert_msg(strstr(why.text, files[_i].fault) != NULL, "%s: %s",
	    files[_i].label, why.text);
	ck_assert_ptr_ne(strstr(why.text, path), NULL);
}
END_TEST

static void
make_nothing(void)
{
}

static void
make_fifo(void)
{

	ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void
make_folder(void)
{

	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void
make_link(void)
{

	char real[sizeof(path) + 4];

	counters_close(create());
	snprintf(real, sizeof(real), "%s.new", path);
	ck_assert_int_eq(rename(path, real), 0);
	ck_assert_int_eq(symlink("counters.new", path), 0);
}

static const struct {
	const char *label;
	void (*make)(void);
} strange[] = {
	{ "none there", make_nothing },
	{ "a fifo does not hold the caller", make_fifo },
	{ "a folder", make_folder },
	{ "a symbolic link is not followed", make_link },
};
enum { STRANGE = sizeof(strange) / sizeof(strange[0]) };

START_TEST(no_regular_file)
{
	struct counters *c = NULL;
	struct why why = { "" };

	strange[_i].make();
	ck_assert_msg(counters_open(dir, false, &c, &why) == -1, "%s",
	    strange[_i].label);
	ck_assert_msg(counters_open(dir, true, &c, &why) == -1, "%s",
	    strange[_i].label);
	ck_assert_ptr_eq(c, NULL);
	ck_assert_ptr_ne(strstr(why.text, path), NULL);
}
END_TEST

/* A tool opens it without the right to change it. */
START_TEST(read_only_is_read_only)
{
	struct counters *c = create(), *tool;
	int status;
	pid_t pid;

	ck_assert_int_eq(counters_open(dir, false, &tool, NULL), 0);
	if ((pid = fork()) == 0) {
		signal(SIGSEGV, SIG_DFL);
		atomic_store(&tool->started, 1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	counters_close(c);
	counters_close(tool);
}
END_TEST

static const struct {
	const char *label;
	int64_t at;
	size_t len;		/* of the text */
	int64_t at_read;
	size_t len_read;
} errors[] = {
	{ "an error", 1700000000, 20, 1700000000, 20 },
	{ "none forgets it", 1700000000, 0, 0, 0 },
	{ "the longest", 1, 511, 1, 511 },
	{ "a longer one is cut", 1, 512, 1, 511 },
	{ "a much longer one", 1, 5000, 1, 511 },
};
enum { ERRORS = sizeof(errors) / sizeof(errors[0]) };

START_TEST(last_error)
{
	char in[5001] = "", text[COUNTERS_ERROR_MAX];
	struct counters *c = create();
	int64_t at;

	counters_error_set(c, 99, "the one before, which was a longer one");
	memset(in, 'e', errors[_i].len);
	counters_error_set(c, errors[_i].at, in);
	memset(text, '#', sizeof(text));
	counters_error_get(c, &at, text);
	ck_assert_msg(at == errors[_i].at_read, "%s: %lld", errors[_i].label,
	    (long long)at);
	ck_assert_msg(strlen(text) == errors[_i].len_read, "%s: %s",
	    errors[_i].label, text);
	ck_assert_uint_eq(strspn(text, "e"), errors[_i].len_read);
	ck_assert_uint_eq(c->error[COUNTERS_ERROR_MAX - 1], 0);
	counters_close(c);
}
END_TEST

/* The feed was killed in the middle; the next one writes all the same. */
START_TEST(writer_died)
{
	char text[COUNTERS_ERROR_MAX];
	struct counters *c = create();
	int64_t at;

	counters_error_set(c, 5, "first");
	atomic_fetch_add(&c->error_seq, 1);
	counters_error_get(c, &at, text);
	ck_assert_str_eq(text, "an error was not written to its end");
	counters_error_set(c, 6, "second");
	counters_error_get(c, &at, text);
	ck_assert_int_eq(at, 6);
	ck_assert_str_eq(text, "second");
	counters_close(c);
}
END_TEST

/* ---- servers ------------------------------------------------------------- */

static const struct {
	const char *label;
	struct server_seen seen;
} servers[] = {
	{ "idle", { SERVER_IDLE, 1700000000, 0, "" } },
	{ "tried", { SERVER_TRIED, 1700000001, 0, "it was down" } },
	{ "followed", { SERVER_FOLLOWED, 1700000002, 0, "" } },
	{ "polled", { SERVER_POLLED, 1700000003, 1700000063, "" } },
	{ "failed", { SERVER_FAILED, 1700000004, 1700000014,
	    "Can't contact LDAP server" } },
};
enum { SERVERS = sizeof(servers) / sizeof(servers[0]) };

START_TEST(server_as_it_was_set)
{
	const struct server_seen before = { SERVER_FAILED, 1, 2, "an error "
	    "that was longer than the one that comes after it" };
	struct counters *c = create();
	struct server_seen seen;

	counters_server_set(c, 3, &before);
	counters_server_set(c, 3, &servers[_i].seen);
	memset(&seen, '#', sizeof(seen));
	counters_server_get(c, 3, &seen);
	ck_assert_msg(seen.state == servers[_i].seen.state, "%s: %d",
	    servers[_i].label, seen.state);
	ck_assert_int_eq(seen.since, servers[_i].seen.since);
	ck_assert_int_eq(seen.next, servers[_i].seen.next);
	ck_assert_str_eq(seen.error, servers[_i].seen.error);
	counters_server_get(c, 2, &seen);
	ck_assert_int_eq(seen.state, SERVER_IDLE);
	ck_assert_int_eq(seen.since, 0);
	ck_assert_str_eq(seen.error, "");
	counters_close(c);
}
END_TEST

START_TEST(every_server_is_one_of_its_own)
{
	struct counters *c = create();
	struct server_seen seen = { .state = SERVER_FAILED };
	size_t i;

	for (i = 0; i < COUNTERS_SERVERS + 2; i++) {
		seen.since = (int64_t)i + 1;
		counters_server_set(c, i, &seen);
	}
	for (i = 0; i < COUNTERS_SERVERS; i++) {
		counters_server_get(c, i, &seen);
		ck_assert_int_eq(seen.since, (int64_t)i + 1);
	}
	counters_server_get(c, i, &seen);
	ck_assert_int_eq(seen.state, SERVER_IDLE);
	ck_assert_int_eq(seen.since, 0);
	counters_close(c);
}
END_TEST

START_TEST(server_writer_died)
{
	struct counters *c = create();
	struct server_seen seen = { SERVER_FOLLOWED, 5, 6, "first" };

	counters_server_set(c, 0, &seen);
	atomic_fetch_add(&c->servers[0].seq, 1);
	counters_server_get(c, 0, &seen);
	ck_assert_str_eq(seen.error, "its state was not written to its end");
	strcpy(seen.error, "second");
	counters_server_set(c, 0, &seen);
	counters_server_get(c, 0, &seen);
	ck_assert_str_eq(seen.error, "second");
	ck_assert_int_eq(seen.state, SERVER_FOLLOWED);
	counters_close(c);
}
END_TEST

static const int32_t no_states[] = { -1, SERVER_STATES, INT32_MAX,
	INT32_MIN };
enum { NO_STATES = sizeof(no_states) / sizeof(no_states[0]) };

START_TEST(server_of_no_known_state)
{
	struct counters *c = create();
	struct server_seen seen;

	atomic_store(&c->servers[0].state, no_states[_i]);
	counters_server_get(c, 0, &seen);
	ck_assert_int_eq(seen.state, SERVER_IDLE);
	counters_close(c);
}
END_TEST

/* ---- half of what is written --------------------------------------------- */

static atomic_bool enough;

static void *
write_errors(void *arg)
{
	struct counters *c = arg;
	char text[COUNTERS_ERROR_MAX] = "";
	int i;

	for (i = 0; !atomic_load(&enough); i++) {
		memset(text, 'a' + i % 26, sizeof(text) - 1);
		counters_error_set(c, 'a' + i % 26, text);
		if (i % 8 == 0)
			usleep(50);
	}
	return (NULL);
}

static void *
write_servers(void *arg)
{
	struct counters *c = arg;
	struct server_seen seen = { .state = SERVER_IDLE };
	int i;

	for (i = 0; !atomic_load(&enough); i++) {
		seen.since = seen.next = 'a' + i % 26;
		memset(seen.error, 'a' + i % 26, sizeof(seen.error) - 1);
		counters_server_set(c, 1, &seen);
		if (i % 8 == 0)
			usleep(50);
	}
	return (NULL);
}

START_TEST(never_half_a_server)
{
	struct counters *c = create();
	struct server_seen seen;
	pthread_t writer;
	char one[2] = "";
	int i;

	ck_assert_int_eq(pthread_create(&writer, NULL, write_servers, c), 0);
	for (i = 0; i < 20000; i++) {
		counters_server_get(c, 1, &seen);
		if (strncmp(seen.error, "its state was", 13) == 0)
			continue;
		one[0] = (char)seen.since;
		ck_assert_int_eq(seen.since, seen.next);
		ck_assert_uint_eq(strspn(seen.error, one),
		    strlen(seen.error));
	}
	atomic_store(&enough, true);
	pthread_join(writer, NULL);
	counters_close(c);
}
END_TEST

/* All letters of a text are one letter, and the time is that letter. */
START_TEST(never_half_an_error)
{
	char text[COUNTERS_ERROR_MAX], one[2] = "";
	struct counters *c = create();
	pthread_t writer;
	int64_t at;
	int i;

	counters_error_set(c, 'x', "x");
	ck_assert_int_eq(pthread_create(&writer, NULL, write_errors, c), 0);
	for (i = 0; i < 20000; i++) {
		counters_error_get(c, &at, text);
		if (strncmp(text, "an error was", 12) == 0)
			continue;
		one[0] = (char)at;
		ck_assert_uint_eq(strspn(text, one), strlen(text));
	}
	atomic_store(&enough, true);
	pthread_join(writer, NULL);
	counters_close(c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("counters");
	TCase *tc = tcase_create("counters");

	tcase_add_checked_fixture(tc, dir_make, dir_remove);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, created_and_opened);
	tcase_add_test(tc, all_begin_at_zero);
	tcase_add_test(tc, made_anew_beside_the_old_one);
	tcase_add_test(tc, left_over_by_a_killed_daemon);
	tcase_add_test(tc, a_symbolic_link_is_replaced_not_followed);
	tcase_add_test(tc, no_room);
	tcase_add_test(tc, no_room_but_an_old_one);
	tcase_add_test(tc, no_room_and_a_strange_one);
	tcase_add_test(tc, a_folder_in_the_way);
	tcase_add_test(tc, no_such_folder);
	tcase_add_loop_test(tc, foreign_file, 0, FILES);
	tcase_add_loop_test(tc, no_regular_file, 0, STRANGE);
	tcase_add_test(tc, read_only_is_read_only);
	tcase_add_loop_test(tc, last_error, 0, ERRORS);
	tcase_add_test(tc, writer_died);
	tcase_add_test(tc, never_half_an_error);
	tcase_add_loop_test(tc, server_as_it_was_set, 0, SERVERS);
	tcase_add_test(tc, every_server_is_one_of_its_own);
	tcase_add_test(tc, server_writer_died);
	tcase_add_loop_test(tc, server_of_no_known_state, 0, NO_STATES);
	tcase_add_test(tc, never_half_a_server);
	suite_add_tcase(s, tc);
	return (s);
}

int
main(void)
{

	return (suite_run(suite()));
}
