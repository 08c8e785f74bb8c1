#include <stdint.h>
#include <unistd.h>

#include "clock.h"
#include "gate.h"

enum { LOOK_US = 1000 };

void
gate_enter(struct gate *g)
{

	pthread_mutex_lock(&g->lock);
	while (g->closed) {
		pthread_mutex_unlock(&g->lock);
		(void)pause();
		pthread_mutex_lock(&g->lock);
	}
	g->inside++;
	pthread_mutex_unlock(&g->lock);
}

void
gate_leave(struct gate *g)
{

	pthread_mutex_lock(&g->lock);
	g->inside--;
	pthread_mutex_unlock(&g->lock);
}

static void
shut(struct gate *g)
{

	pthread_mutex_lock(&g->lock);
	g->closed = true;
	pthread_mutex_unlock(&g->lock);
}

static bool
is_empty(struct gate *g)
{
	bool is;

	pthread_mutex_lock(&g->lock);
	is = g->inside == 0;
	pthread_mutex_unlock(&g->lock);
	return (is);
}

int
gate_close(struct gate *g, int ms)
{
	const int64_t end_ms = clock_ms() + ms;

	shut(g);
	while (!is_empty(g)) {
		if (clock_ms() >= end_ms)
			return (-1);
		usleep(LOOK_US);
	}
	return (0);
}
