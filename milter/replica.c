#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replica.h"

enum {
	READERS = 1024,
	DATABASES = 8,
	/* A line of cache for each reader.  LMDB's own size is a little more,
	 * and ends in the same block as the one byte. */
	LOCK_BYTES = READERS * 64 + 1
};

static const char meta_key[] = "notes";
static const char format_key[] = "format";

/* ---- errors ------------------------------------------------------------ */

static const struct {
	int code;
	const char *text;
} cures[] = {
	{ ENOSPC, "is the disk full?" },
	{ EDQUOT, "is the disk full?" },
	{ EIO, "is the disk full, or failing?" },
	{ MDB_MAP_FULL, "the store has grown to its limit" },
	{ MDB_TXN_FULL, "too much has changed at once: read all of it anew" },
	{ MDB_INVALID, "" },
	{ MDB_VERSION_MISMATCH, "" },
	{ MDB_CORRUPTED, "" },
	{ MDB_PAGE_NOTFOUND, "" },
	{ MDB_PANIC, "the store must be opened anew" },
	{ MDB_READERS_FULL, "too many programs read it at once" },
	{ EACCES, "run as root or as the user that milter.user names" },
	{ EPERM, "run as root or as the user that milter.user names" },
	{ ENOMEM, "memory, or address space (ulimit -v), is short" }
};

int
replica_fail(struct store *store, int code, const char *doing,
    struct why *why)
{
	const char *text = NULL;
	size_t i;

	if (code == MDB_PANIC)
		atomic_store(&store->broken, true);
	for (i = 0; i < sizeof(cures) / sizeof(cures[0]); i++)
		if (cures[i].code == code)
			text = cures[i].text;
	if (text == NULL)
		return (why_set(why, "%s the store in %s: %s", doing,
		    store->dir, mdb_strerror(code)));
	if (*text == '\0')
		text = "its files are damaged: stop mayrelayd, move the folder "
		    "away and make an empty one; the policy is read anew from "
		    "its source";
	return (why_set(why, "%s the store in %s: %s (%s)", doing, store->dir,
	    mdb_strerror(code), text));
}

/* ---- records of the databases ------------------------------------------- */

int
replica_entry_get(MDB_txn *txn, const struct replica_slot *slot, uint64_t n,
    struct layout_entry *e)
{
	struct layout_number buffer;
	MDB_val key = layout_number(n, &buffer), val;
	int code;

	if ((code = mdb_get(txn, slot->records, &key, &val)) != 0)
		return (code);
	return (layout_entry_read(&val, e));
}

static MDB_val
text_val(const char *text)
{
	MDB_val val = { strlen(text), (void *)(uintptr_t)text };

	return (val);
}

int
replica_meta_get(const struct store *store, MDB_txn *txn,
    struct layout_meta *meta)
{
	MDB_val key = text_val(meta_key), val;
	int code;

	if ((code = mdb_get(txn, store->meta, &key, &val)) == MDB_NOTFOUND) {
		memset(meta, 0, sizeof(*meta));
		return (0);
	}
	return (code != 0 ? code : layout_meta_read(&val, meta));
}

int
replica_meta_put(const struct store *store, MDB_txn *txn,
    const struct layout_meta *meta)
{
	uint64_t words[LAYOUT_META_WORDS];
	MDB_val key = text_val(meta_key), val = layout_meta_write(meta, words);

	return (mdb_put(txn, store->meta, &key, &val, 0));
}

/* "cookie.0" and so on, by the number of the search. */
struct cookie_key {
	char name[16];
};

static MDB_val
cookie_val(enum search search, struct cookie_key *key)
{

	snprintf(key->name, sizeof(key->name), "cookie.%u", (unsigned)search);
	return (text_val(key->name));
}

int
replica_cookie_get(const struct store *store, MDB_txn *txn,
    enum search search, struct cookie *cookie)
{
	struct cookie_key name;
	MDB_val key = cookie_val(search, &name), val;
	int code;

	if (cookie->len == 0)
		return (0);
	if ((code = mdb_get(txn, store->meta, &key, &val)) != 0)
		return (code == MDB_NOTFOUND ? MDB_CORRUPTED : code);
	if (val.mv_size != cookie->len)
		return (MDB_CORRUPTED);
	memcpy(cookie->bytes, val.mv_data, val.mv_size);
	return (0);
}

int
replica_cookie_put(const struct store *store, MDB_txn *txn,
    enum search search, const struct cookie *cookie)
{
	struct cookie_key name;
	MDB_val key = cookie_val(search, &name);
	MDB_val val = { cookie->len, (void *)(uintptr_t)cookie->bytes };
	int code;

	if (cookie->len > 0)
		return (mdb_put(txn, store->meta, &key, &val, 0));
	code = mdb_del(txn, store->meta, &key, NULL);
	return (code == MDB_NOTFOUND ? 0 : code);
}

static int
format_get(const struct store *store, MDB_txn *txn, uint64_t *format)
{
	MDB_val key = text_val(format_key), val;
	int code;

	*format = 0;
	if ((code = mdb_get(txn, store->meta, &key, &val)) == MDB_NOTFOUND)
		return (0);
	return (code != 0 ? code : layout_number_get(&val, format));
}

static int
format_put(const struct store *store, MDB_txn *txn)
{
	struct layout_number buffer;
	MDB_val key = text_val(format_key);
	MDB_val val = layout_number(STORE_FORMAT, &buffer);

	return (mdb_put(txn, store->meta, &key, &val, 0));
}

/* ---- the databases ----------------------------------------------------- */

/* Handles of all databases; with MDB_CREATE they are made. */
static int
databases_open(struct store *store, MDB_txn *txn, unsigned create)
{
	const unsigned dups = MDB_DUPSORT | MDB_DUPFIXED;
	const struct {
		const char *name;
		unsigned flags;
		MDB_dbi *dbi;
	} names[] = {
		{ "meta", 0, &store->meta },
		{ "records.0", 0, &store->slots[0].records },
		{ "index.0", dups, &store->slots[0].index },
		{ "records.1", 0, &store->slots[1].records },
		{ "index.1", dups, &store->slots[1].index }
	};
	size_t i;
	int code;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		code = mdb_dbi_open(txn, names[i].name,
		    names[i].flags | create, names[i].dbi);
		if (code != 0)
			return (code);
	}
	return (0);
}

static int
databases_empty(const struct store *store, MDB_txn *txn)
{
	int code, i;

	if ((code = mdb_drop(txn, store->meta, 0)) != 0)
		return (code);
	for (i = 0; i < LAYOUT_SLOTS; i++) {
		code = mdb_drop(txn, store->slots[i].records, 0);
		if (code == 0)
			code = mdb_drop(txn, store->slots[i].index, 0);
		if (code != 0)
			return (code);
	}
	return (0);
}

static int
format_refuse(const struct store *store, uint64_t format, struct why *why)
{

	if (format < STORE_FORMAT)
		return (why_set(why, "the store in %s has format %llu and this "
		    "program needs %d: start mayrelayd once, it reads the "
		    "policy anew", store->dir, (unsigned long long)format,
		    STORE_FORMAT));
	return (why_set(why, "the store in %s has format %llu, from a newer "
	    "mayrelay; this one knows %d: run the newer one, or move the "
	    "folder away and make an empty one", store->dir,
	    (unsigned long long)format, STORE_FORMAT));
}

/* A store that is new or of an older format becomes an empty one of ours. */
static int
format_renew(struct store *store, MDB_txn *txn, uint64_t format,
    struct why *why)
{
	int code;

	if (format > STORE_FORMAT)
		return (format_refuse(store, format, why));
	if (format == STORE_FORMAT)
		return (0);
	if ((code = databases_empty(store, txn)) == 0)
		code = format_put(store, txn);
	return (code == 0 ? 0 : replica_fail(store, code, "cannot empty",
	    why));
}

static int
databases_check(struct store *store, MDB_txn *txn, enum store_mode mode,
    struct why *why)
{
	unsigned create = mode == STORE_SERVE ? MDB_CREATE : 0;
	uint64_t format;
	int code;

	if ((code = databases_open(store, txn, create)) == MDB_NOTFOUND)
		return (why_set(why, "there is no policy store in %s yet: "
		    "start mayrelayd first", store->dir));
	if (code == 0)
		code = format_get(store, txn, &format);
	if (code != 0)
		return (replica_fail(store, code, "cannot open", why));
	if (mode == STORE_SERVE)
		return (format_renew(store, txn, format, why));
	return (format == STORE_FORMAT ? 0 :
	    format_refuse(store, format, why));
}

static int
databases_begin(struct store *store, enum store_mode mode, struct why *why)
{
	MDB_txn *txn;
	int code;

	code = mdb_txn_begin(store->env, NULL,
	    mode == STORE_SERVE ? 0 : MDB_RDONLY, &txn);
	if (code != 0)
		return (replica_fail(store, code, "cannot open", why));
	if (databases_check(store, txn, mode, why) == -1) {
		mdb_txn_abort(txn);
		return (-1);
	}
	/* Only a commit keeps the handles, of a reader as well. */
	if ((code = mdb_txn_commit(txn)) != 0)
		return (replica_fail(store, code, "cannot open", why));
	return (0);
}

/* ---- the folder -------------------------------------------------------- */

static int
path_of(char path[PATH_MAX], const char *dir, const char *name,
    struct why *why)
{

	if (snprintf(path, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
		return (why_set(why,
		    "the path of the store is too long: %s", dir));
	return (0);
}

/* Whoever else could write there could say what the policy is. */
static int
folder_check(const char *dir, struct why *why)
{
	struct stat st;

	if (stat(dir, &st) == -1)
		return (why_set(why, "the store's folder %s: %s", dir,
		    strerror(errno)));
	if (!S_ISDIR(st.st_mode))
		return (why_set(why, "the store %s is not a folder", dir));
	if (st.st_uid != geteuid())
		return (why_set(why, "the store's folder %s belongs to uid %ld,"
		    " and this runs as uid %ld: start it as root, which "
		    "becomes milter.user, or as the folder's owner; if these "
		    "two differ, correct milter.user or chown the folder",
		    dir, (long)st.st_uid, (long)geteuid()));
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return (why_set(why, "others may write to the store's folder "
		    "%s: chmod 700 %s", dir, dir));
	return (0);
}

/*
 * LMDB would make the files, also for a reader; made by root they would lock
 * the daemon out.
 */
static int
files_there(const char *dir, struct why *why)
{
	static const char *const names[] = { "data.mdb", "lock.mdb" };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (path_of(path, dir, names[i], why) == -1)
			return (-1);
		if (access(path, F_OK) == 0)
			continue;
		if (errno == ENOENT)
			return (why_set(why, "there is no policy store in %s "
			    "yet: start mayrelayd first", dir));
		return (why_set(why, "%s: %s: run as root or as the user that "
		    "milter.user names", path, strerror(errno)));
	}
	return (0);
}

static int
lock_take(const char *dir, const char *name, const char *who, int *fd,
    struct why *why)
{
	char path[PATH_MAX];
	int code;

	if (path_of(path, dir, name, why) == -1)
		return (-1);
	if ((*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600)) == -1)
		return (why_set(why, "%s: %s", path, strerror(errno)));
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return (0);
	code = errno;
	close(*fd);
	*fd = -1;
	if (code == EWOULDBLOCK)
		return (why_set(why, "another %s is using the store in %s: "
		    "two need a folder each", who, dir));
	return (why_set(why, "%s: %s", path, strerror(code)));
}

int
store_lock(const char *dir, int *fd, struct why *why)
{

	if (folder_check(dir, why) == -1)
		return (-1);
	return (lock_take(dir, "lock", "mayrelayd", fd, why));
}

/*
 * A file that lost its end would be SIGBUS for every reader: made as long as
 * LMDB's header says, what is lost reads as zeros, and LMDB notices that.
 */
static int
file_extend(const struct store *store)
{
	struct stat st;
	MDB_envinfo info;
	MDB_stat stats;
	off_t size;
	int fd, code;

	if ((code = mdb_env_info(store->env, &info)) != 0 ||
	    (code = mdb_env_stat(store->env, &stats)) != 0 ||
	    (code = mdb_env_get_fd(store->env, &fd)) != 0)
		return (code);
	size = (off_t)(info.me_last_pgno + 1) * (off_t)stats.ms_psize;
	if (fstat(fd, &st) == -1)
		return (errno);
	if (st.st_size < size && ftruncate(fd, size) == -1)
		return (errno);
	return (0);
}

/*
 * LMDB makes lock.mdb with holes and writes to it through a map: on a full
 * disk that would be SIGBUS, for readers too.  Only before it is opened, as
 * closing any descriptor of it gives up LMDB's locks on it.
 */
static int
lock_file_allocate(const char *dir)
{
	char path[PATH_MAX];
	struct stat st;
	struct why why;
	int fd, code = 0;

	if (path_of(path, dir, "lock.mdb", &why) == -1)
		return (ENAMETOOLONG);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600)) == -1)
		return (errno);
	if (fstat(fd, &st) == -1)
		code = errno;
	else if ((intmax_t)st.st_blocks * 512 < LOCK_BYTES)
		code = posix_fallocate(fd, 0, LOCK_BYTES);
	close(fd);
	return (code);
}

/* 32 GiB, which costs nothing until it is used; larger maps fail under the
 * tools that check memory. */
static size_t
map_size(void)
{

	return ((size_t)(sizeof(size_t) > 4 ? UINT64_C(32) << 30 :
	    UINT64_C(1) << 30));
}

static int
environment_open(struct store *store, enum store_mode mode)
{
	unsigned flags = MDB_NOTLS | (mode == STORE_READ ? MDB_RDONLY : 0);
	int code;

	if (mode == STORE_SERVE &&
	    (code = lock_file_allocate(store->dir)) != 0)
		return (code);
	if ((code = mdb_env_create(&store->env)) != 0)
		return (code);
	if ((code = mdb_env_set_maxreaders(store->env, READERS)) != 0 ||
	    (code = mdb_env_set_maxdbs(store->env, DATABASES)) != 0 ||
	    (code = mdb_env_set_mapsize(store->env, map_size())) != 0 ||
	    (code = mdb_env_open(store->env, store->dir, flags, 0600)) != 0)
		return (code);
	return (mode == STORE_READ ? 0 : file_extend(store));
}

static struct store *
store_new(const char *dir)
{
	struct store *store;

	if ((store = calloc(1, sizeof(*store))) == NULL)
		return (NULL);
	store->writer_fd = -1;
	atomic_init(&store->broken, false);
	if ((store->dir = strdup(dir)) == NULL) {
		free(store);
		return (NULL);
	}
	return (store);
}

static int
store_prepare(struct store *store, enum store_mode mode, struct why *why)
{
	int code;

	if (mode != STORE_READ && folder_check(store->dir, why) == -1)
		return (-1);
	if (mode != STORE_SERVE && files_there(store->dir, why) == -1)
		return (-1);
	if (mode == STORE_WRITE && lock_take(store->dir, "lock.feed",
	    "mayrelay-feed", &store->writer_fd, why) == -1)
		return (-1);
	if ((code = environment_open(store, mode)) != 0)
		return (replica_fail(store, code, "cannot open", why));
	return (databases_begin(store, mode, why));
}

int
store_open(const char *dir, enum store_mode mode, struct store **out,
    struct why *why)
{
	struct store *store;

	if ((store = store_new(dir)) == NULL)
		return (why_set(why, "memory is short"));
	if (store_prepare(store, mode, why) == -1) {
		store_close(store);
		return (-1);
	}
	*out = store;
	return (0);
}

void
store_close(struct store *store)
{

	if (store == NULL)
		return;
	if (store->env != NULL)
		mdb_env_close(store->env);
	if (store->writer_fd != -1)
		close(store->writer_fd);
	free(store->dir);
	free(store);
}

bool
store_broken(const struct store *store)
{

	return (atomic_load(&store->broken));
}

void
store_reader_check(struct store *store)
{
	int dead;

	(void)mdb_reader_check(store->env, &dead);
}
