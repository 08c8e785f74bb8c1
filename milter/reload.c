#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"
#include "reload.h"

struct reload {
	const char *program;
	bool asked;
	enum reload_result result;	/* of the last one */

	pid_t pid;		/* of the trial; 0 if none runs */
	int fd;			/* its output; -1 */
	int64_t kill_ms;
	bool killed;
	size_t len;
	char output[WHY_MAX];
};

struct reload *
reload_new(const char *program)
{
	struct reload *r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->program = program;
	r->fd = -1;
	return (r);
}

void
reload_ask(struct reload *r)
{

	r->asked = true;
}

enum reload_result
reload_result(const struct reload *r)
{

	return (r->result);
}

bool
reload_busy(const struct reload *r)
{

	return (r->asked || r->pid != 0);
}

static int
begin(struct reload *r, const char *path, struct why *why)
{
	const char *const argv[] = { r->program, "-t", "-c", path, NULL };
	int ends[2];

	r->asked = false;
	r->result = RELOAD_FAILED;
	if (pipe(ends) == -1)
		return (why_set(why, "cannot try it: %s", strerror(errno)));
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	if (process_start(argv, -1, ends[1], &r->pid, why) == -1) {
		close(ends[0]);
		close(ends[1]);
		r->pid = 0;
		return (-1);
	}
	close(ends[1]);
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	r->fd = ends[0];
	r->kill_ms = clock_ms() + RELOAD_TRIAL_MS;
	r->killed = false;
	r->len = 0;
	return (0);
}

/* What does not fit is read all the same, or the child would wait. */
static void
hear(struct reload *r)
{
	char buf[512];
	size_t room;
	ssize_t n;

	while ((n = read(r->fd, buf, sizeof(buf))) > 0) {
		room = sizeof(r->output) - 1 - r->len;
		if ((size_t)n > room)
			n = (ssize_t)room;
		memcpy(r->output + r->len, buf, (size_t)n);
		r->len += (size_t)n;
	}
}

/* Its output is the reason: the lines of it in one. */
static const char *
reason(struct reload *r)
{
	size_t i;

	while (r->len > 0 && r->output[r->len - 1] == '\n')
		r->len--;
	r->output[r->len] = '\0';
	for (i = 0; i < r->len; i++) {
		if (r->output[i] == '\n')
			r->output[i] = ' ';
	}
	return (r->output);
}

static void
end(struct reload *r)
{

	close(r->fd);
	r->fd = -1;
	r->pid = 0;
}

/* Return 1 when the trial has ended well, 0 while it runs. */
static int
watch(struct reload *r, struct why *why)
{
	char text[80];
	int status;
	pid_t pid;

	hear(r);
	pid = waitpid(r->pid, &status, WNOHANG);
	if (pid == 0 || (pid == -1 && errno == EINTR)) {
		if (!r->killed && clock_ms() >= r->kill_ms) {
			r->killed = true;
			(void)kill(r->pid, SIGKILL);
		}
		return (0);
	}
	hear(r);
	end(r);
	if (r->killed)
		return (why_set(why, "trying it took more than %d seconds",
		    RELOAD_TRIAL_MS / 1000));
	if (pid == -1)
		return (why_set(why, "lost sight of the trial"));
	if (status == 0)
		return (1);
	if (r->len == 0)
		return (why_set(why, "%s %s", r->program,
		    process_describe(status, text, sizeof(text))));
	return (why_set(why, "%s", reason(r)));
}

static int
take(struct reload *r, const struct config *config,
    const struct config **next, struct why *why)
{

	if (config_load(config->path, next, why) == -1)
		return (-1);
	if (config_restart_needed(config, *next, why) == -1) {
		config_give(*next);
		*next = NULL;
		r->result = RELOAD_RESTART;
		return (-1);
	}
	r->result = RELOAD_DONE;
	return (1);
}

int
reload_step(struct reload *r, const struct config *config,
    const struct config **next, struct why *why)
{
	int n;

	*next = NULL;
	if (r->pid == 0)
		return (r->asked ? begin(r, config->path, why) : 0);
	n = watch(r, why);
	return (n == 1 ? take(r, config, next, why) : n);
}

void
reload_free(struct reload *r)
{

	if (r == NULL)
		return;
	if (r->pid != 0) {
		(void)kill(r->pid, SIGKILL);
		while (waitpid(r->pid, NULL, 0) == -1 && errno == EINTR)
			;
		end(r);
	}
	free(r);
}
