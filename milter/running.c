#include <errno.h>
#include <signal.h>

#include "running.h"

enum running
running_look(const struct counters *counters, const struct config *config)
{
	pid_t pid;

	if (counters == NULL || (pid = (pid_t)counters->pid) <= 0)
		return (RUNNING_NOT);
	/* EPERM: it is there, and another user's. */
	if (kill(pid, 0) == -1 && errno != EPERM)
		return (RUNNING_NOT);
	return (counters->config_digest == config->digest ? RUNNING_SAME :
	    RUNNING_OTHER);
}
