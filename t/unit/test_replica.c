#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storecase.h"
#include "suite.h"

static void
assert_says(const struct why *why, const char *text, const char *label)
{

	ck_assert_msg(strstr(why->text, text) != NULL, "%s: %s", label,
	    why->text);
}

static const char *
path_of(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", storecase_dir, name);
	return (path);
}

/* ---- modes --------------------------------------------------------------- */

static const struct {
	const char *label;
	enum store_mode mode;
	bool there;
	const char *refused;	/* NULL: opens */
} modes[] = {
	{ "a reader needs a store", STORE_READ, false,
	    "start mayrelayd first" },
	{ "the feed needs a store", STORE_WRITE, false,
	    "start mayrelayd first" },
	{ "the daemon makes it", STORE_SERVE, false, NULL },
	{ "a reader opens it", STORE_READ, true, NULL },
	{ "the feed opens it", STORE_WRITE, true, NULL },
	{ "the daemon opens it again", STORE_SERVE, true, NULL }
};

START_TEST(open_mode)
{
	struct store *store;
	struct why why;

	storecase_folder();
	if (modes[_i].there)
		store_close(storecase_open(STORE_SERVE));
	if (modes[_i].refused == NULL) {
		store_close(storecase_open(modes[_i].mode));
		return;
	}
	ck_assert_int_eq(store_open(storecase_dir, modes[_i].mode, &store,
	    &why), -1);
	assert_says(&why, modes[_i].refused, modes[_i].label);
	ck_assert_int_eq(access(path_of("data.mdb"), F_OK), -1);
	ck_assert_int_eq(access(path_of("lock.mdb"), F_OK), -1);
	ck_assert_int_eq(access(path_of("lock.feed"), F_OK), -1);
}
END_TEST

static const char *const files[] = { "data.mdb", "lock.mdb", "lock.feed" };

START_TEST(files_are_private)
{
	struct store *store;
	struct stat st;

	umask(0);
	store = storecase_new();
	ck_assert_int_eq(stat(path_of(files[_i]), &st), 0);
	ck_assert_msg((st.st_mode & 07777) == 0600, "%s: %o", files[_i],
	    (unsigned)st.st_mode);
	store_close(store);
	store_close(NULL);
}
END_TEST

/* LMDB writes to it through a map: a hole is SIGBUS when the disk is full. */
START_TEST(lock_file_has_no_holes)
{
	struct store *store = storecase_new();
	struct stat st;

	ck_assert_int_eq(stat(path_of("lock.mdb"), &st), 0);
	ck_assert_int_ge(st.st_blocks * 512, st.st_size);
	store_close(store);
}
END_TEST

/* ---- the folder ---------------------------------------------------------- */

static int
folder_missing(void)
{

	return (rmdir(storecase_dir));
}

static int
folder_is_file(void)
{

	return (rmdir(storecase_dir) == -1 ||
	    mknod(storecase_dir, S_IFREG | 0600, 0) == -1 ? -1 : 0);
}

static int
folder_open_to_group(void)
{

	return (chmod(storecase_dir, 0770));
}

static int
folder_of_another(void)
{

	return (chown(storecase_dir, 65534, 65534));
}

static const struct {
	const char *label;
	int (*prepare)(void);
	const char *says;
} folders[] = {
	{ "missing", folder_missing, "No such file or directory" },
	{ "a file", folder_is_file, "not a folder" },
	{ "others may write", folder_open_to_group, "chmod 700" },
	{ "belongs to another user", folder_of_another, "belongs to uid "
	    "65534, and this runs as uid 0: start it as root, " }
};

START_TEST(folder_refused)
{
	struct store *store;
	struct why why;
	int fd;

	storecase_folder();
	/* Only root can give a folder away. */
	if (folders[_i].prepare == folder_of_another && geteuid() != 0)
		return;
	ck_assert_int_eq(folders[_i].prepare(), 0);
	ck_assert_int_eq(store_open(storecase_dir, STORE_SERVE, &store,
	    &why), -1);
	assert_says(&why, folders[_i].says, folders[_i].label);
	ck_assert_int_eq(store_lock(storecase_dir, &fd, &why), -1);
	assert_says(&why, folders[_i].says, folders[_i].label);
	unlink(storecase_dir);
}
END_TEST

START_TEST(path_too_long)
{
	char dir[5000];
	struct store *store;
	struct why why;

	memset(dir, 'a', sizeof(dir));
	dir[0] = '/';
	dir[sizeof(dir) - 1] = '\0';
	ck_assert_int_eq(store_open(dir, STORE_READ, &store, &why), -1);
	assert_says(&why, "too long", "a path of 5000 bytes");
}
END_TEST

/* ---- locks --------------------------------------------------------------- */

/* Flocks of two descriptors exclude each other in one process as well. */
START_TEST(second_daemon)
{
	struct why why;
	int first, second;

	storecase_folder();
	ck_assert_int_eq(store_lock(storecase_dir, &first, &why), 0);
	ck_assert_int_eq(fcntl(first, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(store_lock(storecase_dir, &second, &why), -1);
	assert_says(&why, "another mayrelayd", "second lock");
	close(first);
	ck_assert_int_eq(store_lock(storecase_dir, &second, &why), 0);
	close(second);
}
END_TEST

START_TEST(second_feed)
{
	struct store *first = storecase_new(), *second;
	struct why why;

	ck_assert_int_eq(store_open(storecase_dir, STORE_WRITE, &second,
	    &why), -1);
	assert_says(&why, "another mayrelay-feed", "second writer");
	store_close(first);
	store_close(storecase_open(STORE_WRITE));
}
END_TEST

START_TEST(lock_follows_no_link)
{
	struct why why;
	int fd;

	storecase_folder();
	ck_assert_int_eq(symlink("/tmp/elsewhere", path_of("lock")), 0);
	ck_assert_int_eq(store_lock(storecase_dir, &fd, &why), -1);
}
END_TEST

/* ---- formats ------------------------------------------------------------- */

static const struct storecase_entry joe = { SEARCH_ACCOUNTS,
    ACCOUNT("uid=joe", .logins = LIST("joe")) };

static void
set_format(uint64_t format)
{
	struct layout_number buffer;
	MDB_val val = layout_number(format, &buffer);

	storecase_poke("meta", "format", 6, val.mv_data, val.mv_size);
}

static const struct {
	const char *label;
	uint64_t format;
	enum store_mode mode;
	const char *refused;
	bool emptied;
} formats[] = {
	{ "ours, daemon", STORE_FORMAT, STORE_SERVE, NULL, false },
	{ "ours, reader", STORE_FORMAT, STORE_READ, NULL, false },
	{ "older, daemon", STORE_FORMAT - 1, STORE_SERVE, NULL, true },
	{ "older, reader", STORE_FORMAT - 1, STORE_READ,
	    "start mayrelayd once", false },
	{ "older, feed", STORE_FORMAT - 1, STORE_WRITE,
	    "start mayrelayd once", false },
	{ "newer, daemon", STORE_FORMAT + 1, STORE_SERVE, "newer mayrelay",
	    false },
	{ "newer, reader", STORE_FORMAT + 1, STORE_READ, "newer mayrelay",
	    false },
	{ "newer, feed", STORE_FORMAT + 1, STORE_WRITE, "newer mayrelay",
	    false },
	{ "largest", UINT64_MAX, STORE_SERVE, "newer mayrelay", false }
};

START_TEST(format)
{
	struct store *store = storecase_new();
	struct store_view *view;
	char text[STORECASE_TEXT];
	struct why why;

	storecase_load(store, DIRECTORY, &joe, 1, 1000);
	store_close(store);
	set_format(formats[_i].format);
	if (formats[_i].refused != NULL) {
		ck_assert_int_eq(store_open(storecase_dir, formats[_i].mode,
		    &store, &why), -1);
		assert_says(&why, formats[_i].refused, formats[_i].label);
		return;
	}
	store = storecase_open(formats[_i].mode);
	view = storecase_view(store, DIRECTORY, 1000);
	ck_assert_str_eq(storecase_accounts_by_login(view, "joe", text),
	    formats[_i].emptied ? "ABSENT" : "uid=joe");
	ck_assert(store_view_policy(view)->loaded == !formats[_i].emptied);
	store_view_end(view);
	store_close(store);
	/* What was emptied is of our format now. */
	store_close(storecase_open(STORE_READ));
}
END_TEST

START_TEST(format_unreadable)
{
	struct store *store;
	struct why why;

	store_close(storecase_new());
	storecase_poke("meta", "format", 6, "1", 1);
	ck_assert_int_eq(store_open(storecase_dir, STORE_SERVE, &store,
	    &why), -1);
	assert_says(&why, "damaged", "a format of one byte");
}
END_TEST

/* ---- damage -------------------------------------------------------------- */

static void
damage_garbage(int fd, off_t size)
{
	char page[4096];
	off_t at;

	memset(page, 0x5a, sizeof(page));
	for (at = 0; at < size; at += (off_t)sizeof(page))
		ck_assert_int_eq(pwrite(fd, page, sizeof(page), at),
		    sizeof(page));
}

static void
damage_version(int fd, off_t size)
{

	(void)size;
	ck_assert_int_eq(pwrite(fd, "\377", 1, 20), 1);
	ck_assert_int_eq(pwrite(fd, "\377", 1, 4096 + 20), 1);
}

/* All but LMDB's two header pages, in zeros. */
static void
damage_zeros(int fd, off_t size)
{

	ck_assert_int_eq(ftruncate(fd, 8192), 0);
	ck_assert_int_eq(ftruncate(fd, size), 0);
}

static void
damage_cut(int fd, off_t size)
{

	(void)size;
	ck_assert_int_eq(ftruncate(fd, 8192), 0);
}

static void
damage_short_header(int fd, off_t size)
{

	(void)size;
	ck_assert_int_eq(ftruncate(fd, 100), 0);
}

static const struct {
	const char *label;
	void (*damage)(int, off_t);
} damages[] = {
	{ "garbage", damage_garbage },
	{ "another LMDB version", damage_version },
	{ "zeros behind the header", damage_zeros },
	{ "cut behind the header", damage_cut },
	{ "cut in the header", damage_short_header }
};

START_TEST(damaged)
{
	struct store *store = storecase_new();
	struct stat st;
	struct why why;
	int fd;

	storecase_load(store, DIRECTORY, &joe, 1, 1000);
	store_close(store);
	ck_assert_int_eq((fd = open(path_of("data.mdb"), O_RDWR)) == -1, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	damages[_i].damage(fd, st.st_size);
	close(fd);
	ck_assert_int_eq(store_open(storecase_dir, STORE_SERVE, &store,
	    &why), -1);
	assert_says(&why, "move the folder away", damages[_i].label);
}
END_TEST

/* Cut at every page: opened or refused, the answer is joe, LATER or a reason;
 * never a wrong one, and never the end of the process. */
START_TEST(cut_anywhere)
{
	struct storecase_entry entries[200];
	char dns[200][20], text[STORECASE_TEXT];
	const char *logins[200];
	struct store *store = storecase_new();
	struct store_view *view;
	struct stat st;
	struct why why;
	int i;

	for (i = 0; i < 200; i++) {
		snprintf(dns[i], sizeof(dns[i]), "uid=u%d", i);
		logins[i] = dns[i] + 4;
		entries[i] = joe;
		entries[i].record.u.account.dn = dns[i];
		entries[i].record.u.account.logins.v = &logins[i];
	}
	storecase_load(store, DIRECTORY, entries, 200, 1000);
	store_close(store);
	ck_assert_int_eq(stat(path_of("data.mdb"), &st), 0);
	if ((_i + 2) * 4096 >= st.st_size)
		return;
	ck_assert_int_eq(truncate(path_of("data.mdb"), (_i + 2) * 4096), 0);
	if (store_open(storecase_dir, STORE_SERVE, &store, &why) == -1)
		return;
	view = storecase_view(store, DIRECTORY, 1000);
	for (i = 0; i < 200; i++) {
		storecase_accounts_by_login(view, logins[i], text);
		ck_assert_msg(strcmp(text, dns[i]) == 0 ||
		    strcmp(text, "LATER") == 0, "%s: %s", logins[i], text);
	}
	store_view_end(view);
	store_close(store);
}
END_TEST

/* An empty data.mdb is what a start leaves that was killed at once. */
START_TEST(empty_file)
{

	storecase_folder();
	ck_assert_int_eq(mknod(path_of("data.mdb"), S_IFREG | 0600, 0), 0);
	store_close(storecase_open(STORE_SERVE));
	store_close(storecase_open(STORE_READ));
}
END_TEST

/* LMDB files that are not ours, and ours before anything was put there. */
START_TEST(foreign_environment)
{
	struct store *store;
	struct why why;
	MDB_txn *txn;
	MDB_env *env;

	storecase_folder();
	env = storecase_env(&txn);
	ck_assert_int_eq(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	ck_assert_int_eq(store_open(storecase_dir, STORE_READ, &store,
	    &why), -1);
	assert_says(&why, "start mayrelayd first", "no databases");
}
END_TEST

/* ---- words --------------------------------------------------------------- */

static const struct {
	int code;
	const char *says;
	bool broken;
} codes[] = {
	{ ENOSPC, "is the disk full?", false },
	{ EIO, "is the disk full", false },
	{ EDQUOT, "is the disk full?", false },
	{ MDB_MAP_FULL, "limit", false },
	{ MDB_TXN_FULL, "read all of it anew", false },
	{ MDB_CORRUPTED, "move the folder away", false },
	{ MDB_PAGE_NOTFOUND, "move the folder away", false },
	{ MDB_PANIC, "opened anew", true },
	{ MDB_READERS_FULL, "too many", false },
	{ EACCES, "milter.user", false },
	{ ENOMEM, "memory", false },
	{ EBADF, "Bad file descriptor", false }
};

START_TEST(words)
{
	struct store *store = storecase_new();
	struct why why;

	ck_assert(!store_broken(store));
	ck_assert_int_eq(replica_fail(store, codes[_i].code, "cannot write",
	    &why), -1);
	assert_says(&why, "cannot write the store in /", "what failed");
	assert_says(&why, codes[_i].says, "cause or cure");
	ck_assert(store_broken(store) == codes[_i].broken);
	store_close(store);
}
END_TEST

/* ---- readers ------------------------------------------------------------- */

/* A reader that dies with an open view keeps old pages from being used again
 * until somebody looks after it. */
START_TEST(dead_reader)
{
	struct store *store;
	MDB_envinfo info;
	int dead = -1;
	pid_t pid;

	storecase_folder();
	store_close(storecase_open(STORE_SERVE));
	if ((pid = fork()) == 0) {
		(void)storecase_view(storecase_open(STORE_READ), DIRECTORY, 0);
		_exit(0);
	}
	store = storecase_open(STORE_SERVE);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	store_reader_check(store);
	ck_assert_int_eq(mdb_reader_check(store->env, &dead), 0);
	ck_assert_int_eq(dead, 0);
	ck_assert_int_eq(mdb_env_info(store->env, &info), 0);
	ck_assert_uint_eq(info.me_maxreaders, 1024);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("replica");

	suite_rows(suite, open_mode, ROWS(modes));
	suite_rows(suite, files_are_private, ROWS(files));
	suite_one(suite, lock_file_has_no_holes);
	suite_rows(suite, folder_refused, ROWS(folders));
	suite_one(suite, path_too_long);
	suite_one(suite, second_daemon);
	suite_one(suite, second_feed);
	suite_one(suite, lock_follows_no_link);
	suite_rows(suite, format, ROWS(formats));
	suite_one(suite, format_unreadable);
	suite_rows(suite, damaged, ROWS(damages));
	suite_rows(suite, cut_anywhere, 24);
	suite_one(suite, empty_file);
	suite_one(suite, foreign_environment);
	suite_rows(suite, words, ROWS(codes));
	suite_one(suite, dead_reader);
	return (suite_run(suite));
}
