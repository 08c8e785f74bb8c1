#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "clock.h"
#include "pulse.h"

int
pulse_begin(struct pulse *pulse, int fd)
{

	pulse->fd = fd;
	pulse->gone = false;
	pulse->ticked_ms = clock_ms() - PULSE_TICK_MS;
	return (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK));
}

void
pulse_tick(struct pulse *pulse)
{
	int64_t now = clock_ms();

	if (now - pulse->ticked_ms < PULSE_TICK_MS / 2)
		return;
	pulse->ticked_ms = now;
	if (write(pulse->fd, ".", 1) == -1 && errno != EAGAIN &&
	    errno != EINTR)
		pulse->gone = true;
}

int
pulse_progress(void *ctx, struct why *why)
{
	struct pulse *pulse = ctx;

	pulse_tick(pulse);
	return (pulse->gone ? why_set(why, "mayrelayd has ended") : 0);
}

/* Nothing is ever sent to us: what can be read is the end. */
static void
hear(struct pulse *pulse)
{
	char byte;
	ssize_t n = read(pulse->fd, &byte, 1);

	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		pulse->gone = true;
}

void
pulse_wait(struct pulse *pulse, int fd, int ms)
{
	struct pollfd fds[] = {
		{ .fd = pulse->fd, .events = POLLIN },
		{ .fd = fd, .events = POLLIN }	/* -1: ignored */
	};

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), ms) > 0 &&
	    fds[0].revents != 0)
		hear(pulse);
}
