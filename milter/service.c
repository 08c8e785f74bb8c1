#include <sys/types.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <libmilter/mfapi.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "agewatch.h"
#include "callbacks.h"
#include "child.h"
#include "clock.h"
#include "counters.h"
#include "listener.h"
#include "log.h"
#include "notify.h"
#include "privilege.h"
#include "reload.h"
#include "service.h"
#include "store.h"

enum {
	FILES_RESERVE = 128,	/* descriptors for all but connections */
	BACKLOG = 1024,
	ROUND_MS = 250,		/* the main thread looks around that often */
	READERS_MS = 60000,	/* between looks for readers that died */
	JUDGE_MS = 5000,	/* for recipients that are being judged */
	GRACE_MS = 50,		/* for answers that are under way */
	LOG_MS = 1000		/* for the last lines of the log */
};

struct service {
	const struct config *config;
	const struct service_programs *programs;
	bool verbose;
	char *path;		/* of the configuration */
	char *socket;		/* libmilter keeps it */
	struct privilege_user user;	/* if root */
	bool listens;
	int code;		/* what the process will exit with */

	int lock;
	struct store *store;
	struct counters *counters;
	struct child *child;
	struct reload *reload;
	struct agewatch age;

	atomic_bool milter_ended;
	atomic_int milter_status;

	sigset_t signals;
	bool stop;
	int64_t readers_ms;
	int32_t feed_pid;
};

/*
 * libmilter has a thread that waits for HUP, TERM and INT with this function
 * and takes each for a stop.  The kernel hands a signal to whichever thread
 * waits for it: our main thread gets those that come while it waits, and would
 * lose a HUP that comes in a moment when it does not.  Nobody else here calls
 * it; so libmilter's thread waits for ever instead.
 */
int
sigwait(const sigset_t *set, int *sig)
{

	(void)set;
	(void)sig;
	for (;;)
		pause();
}

/* ---- the steps of a start, in order -------------------------------------- */

static int
block_signals(struct service *s, struct why *why)
{

	signal(SIGPIPE, SIG_IGN);
	/* If whoever started us ignores it, our children end unseen. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&s->signals);
	sigaddset(&s->signals, SIGHUP);
	sigaddset(&s->signals, SIGUSR1);
	sigaddset(&s->signals, SIGTERM);
	sigaddset(&s->signals, SIGINT);
	sigaddset(&s->signals, SIGCHLD);
	if (pthread_sigmask(SIG_BLOCK, &s->signals, NULL) != 0)
		return (why_set(why, "cannot block signals"));
	return (0);
}

static int
check_user(struct service *s, struct why *why)
{

	return (geteuid() != 0 ? 0 :
	    privilege_find(s->config->user, &s->user, why));
}

/*
 * At EMFILE nobody new would be served.  Connections beyond the limit need
 * descriptors too: so as many as the system gives.
 */
static int
raise_files(const struct config *config, struct why *why)
{
	const rlim_t need = (rlim_t)config->max_connections + FILES_RESERVE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return (why_set(why, "getrlimit: %s", strerror(errno)));
	if (limit.rlim_max < need && geteuid() == 0)
		limit.rlim_max = need;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur < need)
		return (why_set(why, "milter.max_connections = %ld needs %llu "
		    "open files, and the limit is %llu: raise it "
		    "(LimitNOFILE= of a systemd unit, ulimit -n of a shell) "
		    "or lower milter.max_connections", config->max_connections,
		    (unsigned long long)need,
		    (unsigned long long)limit.rlim_cur));
	return (0);
}

static int
limit_files(struct service *s, struct why *why)
{

	return (raise_files(s->config, why));
}

static bool
is_empty(int folder)
{
	const struct dirent *entry;
	bool empty = true;
	DIR *dir;
	int fd;

	fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (false);
	if ((dir = fdopendir(fd)) == NULL) {
		close(fd);
		return (false);
	}
	while (empty && (entry = readdir(dir)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	return (empty);
}

/* Only a folder that is ours, or that holds nothing, changes hands: a mistaken
 * directory.store = "/var/lib" must not. */
static int
own_folder(const struct service *s, int fd, struct why *why)
{
	const char *path = s->config->store;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (why_set(why, "%s: %s", path, strerror(errno)));
	if (st.st_uid != s->user.uid && !is_empty(fd))
		return (why_set(why, "directory.store \"%s\" does not belong "
		    "to the user \"%s\": if it is meant for the store alone: "
		    "chown -R %s %s", path, s->config->user, s->config->user,
		    path));
	if (fchown(fd, s->user.uid, s->user.gid) == -1 ||
	    fchmod(fd, 0700) == -1)
		return (why_set(why, "%s: %s", path, strerror(errno)));
	return (0);
}

static int
make_folder(struct service *s, struct why *why)
{
	const char *path = s->config->store;
	int fd, status;

	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return (why_set(why, "cannot create directory.store \"%s\": "
		    "%s: create it with: install -d -o %s -m 0700 %s", path,
		    strerror(errno), s->config->user, path));
	if (geteuid() != 0)
		return (0);
	/* A link could lead root to a folder that is nobody's to give. */
	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC)) == -1)
		return (why_set(why, "directory.store \"%s\" is no folder that "
		    "root may hand over (a link is not followed): %s", path,
		    strerror(errno)));
	status = own_folder(s, fd, why);
	close(fd);
	return (status);
}

/* As the user whose file it is to be. */
static int
take_lock(struct service *s, struct why *why)
{
	const bool root = geteuid() == 0;
	int status;

	if (root && (setegid(s->user.gid) == -1 ||
	    seteuid(s->user.uid) == -1))
		return (why_set(why, "cannot become the user \"%s\": %s",
		    s->config->user, strerror(errno)));
	status = store_lock(s->config->store, &s->lock, why);
	if (root && (seteuid(0) == -1 || setegid(0) == -1))
		return (why_set(why, "cannot become root again: %s",
		    strerror(errno)));
	return (status);
}

static int
open_socket(struct service *s, struct why *why)
{

	if (callbacks_register(why) == -1)
		return (-1);
	if (listener_prepare(s->config, &s->code, why) == -1)
		return (-1);
	errno = 0;
	(void)smfi_setbacklog(BACKLOG);
	if (smfi_setconn(s->socket) != MI_SUCCESS ||
	    smfi_opensocket(false) != MI_SUCCESS) {
		s->code = EX_OSERR;
		return (why_set(why, "cannot listen on %s: %s", s->socket,
		    errno == 0 ? "libmilter does not say why" :
		    strerror(errno)));
	}
	s->listens = true;
	return (listener_hand_over(s->config, &s->code, why));
}

static int
drop_root(struct service *s, struct why *why)
{

	return (privilege_drop(s->config->user, why));
}

/* mayrelay-feed and a reload read it again, and are not root. */
static int
check_readable(struct service *s, struct why *why)
{
	const struct config *again;

	if (config_load(s->path, &again, why) == -1)
		return (why_prefix(why, "the user \"%s\" must be able to read "
		    "the configuration too: ", s->config->user));
	config_give(again);
	return (0);
}

static int
start_log(struct service *s, struct why *why)
{

	if (log_start("mayrelayd", s->config->log_target) == -1)
		return (why_set(why, "cannot start the log thread"));
	listener_warn(s->config);
	return (0);
}

static int
open_store(struct service *s, struct why *why)
{

	return (store_open(s->config->store, STORE_SERVE, &s->store, why));
}

static void
note_config(struct service *s)
{
	struct clock_reading now;

	clock_read(&now);
	atomic_store(&s->counters->config_digest, s->config->digest);
	atomic_store(&s->counters->reloaded, now.utc);
	atomic_store(&s->counters->reload_failed, RELOAD_DONE);
}

static int
make_counters(struct service *s, struct why *why)
{

	struct clock_reading now;

	if (counters_create(s->config->store, &s->counters, why) == -1)
		return (-1);
	clock_read(&now);
	atomic_store(&s->counters->started, now.utc);
	note_config(s);
	atomic_store(&s->counters->pid, (int32_t)getpid());
	return (0);
}

static int
start_feed(struct service *s, struct why *why)
{

	s->child = child_new(s->programs->feed, s->path, s->counters);
	s->reload = reload_new(s->programs->self);
	if (s->child == NULL || s->reload == NULL)
		return (why_set(why, "out of memory"));
	child_watch(s->child);
	return (0);
}

static void *
run_milter(void *arg)
{
	struct service *s = arg;

	atomic_store(&s->milter_status, smfi_main());
	atomic_store(&s->milter_ended, true);
	(void)kill(getpid(), SIGCHLD);
	return (NULL);
}

static int
start_milter(struct service *s, struct why *why)
{
	pthread_t thread;

	callbacks_serve(s->store, s->counters);
	callbacks_configure(s->config);
	if (pthread_create(&thread, NULL, run_milter, s) != 0)
		return (why_set(why, "cannot start a thread"));
	(void)pthread_detach(thread);
	return (0);
}

static const struct step {
	int (*take)(struct service *, struct why *);
	int code;		/* the exit code, if the step names none */
} steps[] = {
	{ block_signals, EX_OSERR },
	{ check_user, EX_NOUSER },
	{ limit_files, EX_CONFIG },
	{ make_folder, EX_CANTCREAT },
	{ take_lock, EX_UNAVAILABLE },
	{ open_socket, EX_SOFTWARE },
	{ drop_root, EX_NOPERM },
	{ check_readable, EX_CONFIG },
	{ start_log, EX_OSERR },
	{ open_store, EX_CANTCREAT },
	{ make_counters, EX_CANTCREAT },
	{ start_feed, EX_OSERR },
	{ start_milter, EX_OSERR }
};

static int
start(struct service *s)
{
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		s->code = steps[i].code;
		if (steps[i].take(s, &why) == -1) {
			log_text(LOG_SEV_ERROR, why.text);
			return (-1);
		}
	}
	s->code = EX_OK;
	return (0);
}

/* ---- reload -------------------------------------------------------------- */

static void
reload_failed(struct service *s, enum reload_result result,
    const struct why *why)
{

	atomic_store(&s->counters->reload_failed, result);
	log_line(LOG_SEV_ERROR, "the configuration was not reloaded, what was "
	    "in force stays: %s", why->text);
}

static void
adopt(struct service *s, const struct config *next)
{
	struct why why;

	if (raise_files(next, &why) == -1) {
		config_give(next);
		reload_failed(s, RELOAD_FAILED, &why);
		return;
	}
	callbacks_configure(next);
	config_give(s->config);
	s->config = next;
	note_config(s);
	child_restart(s->child);
	log_line(LOG_SEV_NOTICE, "the configuration %s was reloaded", s->path);
}

static void
ready(const struct service *s)
{

	notify_ready(s->config->policy.role == ROLE_AUTHORITY ?
	    "serving, authority role" : "serving, narrowing role");
}

static void
watch_reload(struct service *s)
{
	const struct config *next;
	struct why why;

	if (!reload_busy(s->reload))
		return;
	switch (reload_step(s->reload, s->config, &next, &why)) {
	case 1:
		adopt(s, next);
		break;
	case -1:
		reload_failed(s, reload_result(s->reload), &why);
		break;
	}
	if (!reload_busy(s->reload))
		ready(s);
}

/* ---- the main thread's life ---------------------------------------------- */

static void
hear(struct service *s, int sig)
{

	switch (sig) {
	case SIGTERM:
	case SIGINT:
		s->stop = true;
		break;
	case SIGHUP:
	case SIGUSR1:
		if (!reload_busy(s->reload))
			notify_reloading();
		reload_ask(s->reload);
		break;
	default:
		/* SIGCHLD: whoever has a child looks after it anyway. */
		break;
	}
}

static void
watch_feed(struct service *s)
{
	int32_t pid;

	child_watch(s->child);
	pid = atomic_load(&s->counters->feed_pid);
	if (s->verbose && pid != 0 && pid != s->feed_pid)
		log_line(LOG_SEV_INFO, "mayrelay-feed runs as process %ld",
		    (long)pid);
	s->feed_pid = pid;
}

static void
watch_store(struct service *s, int64_t now)
{

	if (now >= s->readers_ms) {
		store_reader_check(s->store);
		s->readers_ms = now + READERS_MS;
	}
	if (store_broken(s->store)) {
		log_line(LOG_SEV_ERROR, "the store %s cannot be used any more "
		    "in this process: it ends, to be started anew",
		    s->config->store);
		s->code = EX_IOERR;
		s->stop = true;
	}
}

static void
watch_milter(struct service *s)
{

	if (!atomic_load(&s->milter_ended) || s->stop)
		return;
	log_line(LOG_SEV_ERROR, "libmilter has stopped serving (%s): see its "
	    "lines in syslog", atomic_load(&s->milter_status) == MI_SUCCESS ?
	    "it was stopped" : "it failed");
	s->code = EX_UNAVAILABLE;
	s->stop = true;
}

static void
serve(struct service *s)
{
	const struct timespec round = { 0, ROUND_MS * 1000000L };
	int64_t now;

	while (!s->stop) {
		hear(s, sigtimedwait(&s->signals, NULL, &round));
		now = clock_ms();
		watch_feed(s);
		watch_reload(s);
		watch_store(s, now);
		agewatch_look(&s->age, s->config, s->store);
		watch_milter(s);
		atomic_store(&s->counters->log_lost, log_lost());
		notify_watchdog(now);
	}
}

/* ---- the end ------------------------------------------------------------- */

/*
 * libmilter is not told to stop: when it is, it destroys the locks of its
 * worker pool while the workers go on using them.  It goes with the process.
 */
static void
finish(struct service *s)
{

	notify_stopping();
	log_line(LOG_SEV_NOTICE, "stopping");
	reload_free(s->reload);
	child_free(s->child);
	callbacks_finish(JUDGE_MS);
	usleep(GRACE_MS * 1000);
	atomic_store(&s->counters->pid, 0);
}

static int
prepare(struct service *s)
{

	s->lock = -1;
	s->path = strdup(s->config->path);
	s->socket = strdup(s->config->socket);
	if (s->path == NULL || s->socket == NULL) {
		log_line(LOG_SEV_ERROR, "out of memory");
		s->code = EX_OSERR;
		return (-1);
	}
	umask(077);
	notify_begin();
	return (0);
}

int
service_check(const struct config *config, struct why *why)
{
	struct privilege_user user;

	/* The trial of a reload is not root, nor can it change these two. */
	if (geteuid() != 0)
		return (0);
	if (privilege_find(config->user, &user, why) == -1)
		return (-1);
	return (listener_check(config, why));
}

int
service_run(const struct config *config,
    const struct service_programs *programs, bool verbose)
{
	/* Static: libmilter's threads outlive this function. */
	static struct service service;
	struct service *s = &service;

	s->config = config;
	s->programs = programs;
	s->verbose = verbose;
	if (prepare(s) == 0 && start(s) == 0) {
		log_line(LOG_SEV_NOTICE, "mayrelayd " VERSION " serves on %s, "
		    "%s role", s->socket, config_role(s->config->policy.role));
		ready(s);
		serve(s);
		finish(s);
	} else {
		child_free(s->child);
	}
	if (s->listens)
		listener_remove(s->config);
	log_stop(LOG_MS);
	return (s->code);
}
