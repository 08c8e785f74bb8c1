#include <sys/types.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

extern char **environ;

/* Between fork and exec only what is safe in a signal handler may be called:
 * another thread may have held any lock. */
static void
close_from(int low)
{
	long fd, max;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, (unsigned)low, ~0U, 0U) == 0)
		return;
#endif
	if ((max = sysconf(_SC_OPEN_MAX)) < 0)
		max = 65536;
	for (fd = low; fd < max; fd++)
		close((int)fd);
}

static void
signals_default(void)
{
	struct sigaction sa;
	sigset_t none;
	int sig;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	sigemptyset(&sa.sa_mask);
	for (sig = 1; sig < NSIG; sig++)
		sigaction(sig, &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A feed that outlived a killed mayrelayd could still be writing to the store
 * when the next one begins. */
static void
die_with_parent(pid_t parent)
{

#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != parent)
		_exit(PROCESS_NOT_RUN);
}

static int
hand_over(int fd, int output)
{
	int null;

	if ((null = open("/dev/null", O_RDWR)) == -1)
		return (-1);
	/* ${fd} and ${output} are above 2: mayrelayd has 0, 1 and 2 open. */
	if (dup2(null, STDIN_FILENO) == -1)
		return (-1);
	if (output != -1 && (dup2(output, STDOUT_FILENO) == -1 ||
	    dup2(output, STDERR_FILENO) == -1))
		return (-1);
	if (fd == -1) {
		close_from(PROCESS_FD);
		return (0);
	}
	/* dup2 onto itself would keep FD_CLOEXEC. */
	if (fd == PROCESS_FD ? fcntl(fd, F_SETFD, 0) == -1 :
	    dup2(fd, PROCESS_FD) == -1)
		return (-1);
	close_from(PROCESS_FD + 1);
	return (0);
}

static void
become(const char *const argv[], int fd, int output, pid_t parent)
{

	signals_default();
	die_with_parent(parent);
	if (hand_over(fd, output) == 0)
		execve(argv[0], (char *const *)argv, environ);
	_exit(PROCESS_NOT_RUN);
}

/* What is written there fails, as it does on a closed descriptor: a tool whose
 * output is lost still says so. */
int
process_standard(void)
{
	int fd;

	do {
		if ((fd = open("/dev/null", O_RDONLY)) == -1)
			return (-1);
	} while (fd <= STDERR_FILENO);
	close(fd);
	return (0);
}

int
process_start(const char *const argv[], int fd, int output, pid_t *pid,
    struct why *why)
{
	const pid_t parent = getpid();

	if (access(argv[0], X_OK) == -1)
		return (why_set(why, "cannot run %s: %s", argv[0],
		    strerror(errno)));
	if ((*pid = fork()) == -1)
		return (why_set(why, "cannot start %s: %s", argv[0],
		    strerror(errno)));
	if (*pid == 0)
		become(argv, fd, output, parent);
	return (0);
}

const char *
process_describe(int status, char *out, size_t size)
{

	if (WIFSIGNALED(status))
		snprintf(out, size, "was killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == PROCESS_NOT_RUN)
		snprintf(out, size, "could not be run");
	else
		snprintf(out, size, "ended with status %d",
		    WEXITSTATUS(status));
	return (out);
}
