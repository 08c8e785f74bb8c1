#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "gate.h"
#include "suite.h"

enum {
	WORKERS = 8,
	LONG_MS = 20000		/* never reached */
};

static struct gate gate = GATE_OPEN;
static atomic_int begun, done;
static long plain;		/* as the gate is closed, read without a lock */
static pthread_mutex_t plain_lock = PTHREAD_MUTEX_INITIALIZER;

/* Detached: none of them returns. */
static void
start(void *(*run)(void *))
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run, NULL), 0);
	ck_assert_int_eq(pthread_detach(thread), 0);
}

static void *
work(void *arg)
{

	for (;;) {
		gate_enter(&gate);
		atomic_fetch_add(&begun, 1);
		pthread_mutex_lock(&plain_lock);
		plain++;
		pthread_mutex_unlock(&plain_lock);
		atomic_fetch_add(&done, 1);
		gate_leave(&gate);
	}
	return (arg);
}

START_TEST(all_that_was_begun_is_done)
{
	long n;
	int i;

	for (i = 0; i < WORKERS; i++)
		start(work);
	while (atomic_load(&done) < 1000)
		usleep(100);
	ck_assert_int_eq(gate_close(&gate, LONG_MS), 0);
	ck_assert_int_eq(atomic_load(&begun), atomic_load(&done));
	n = plain;
	usleep(50000);
	ck_assert_int_eq(plain, n);
	ck_assert_int_eq(atomic_load(&begun), atomic_load(&done));
}
END_TEST

static void *
stay(void *arg)
{

	gate_enter(&gate);
	atomic_fetch_add(&begun, 1);
	for (;;)
		(void)pause();
	return (arg);
}

START_TEST(who_stays_inside_is_not_waited_for_without_end)
{

	start(stay);
	while (atomic_load(&begun) == 0)
		usleep(100);
	ck_assert_int_eq(gate_close(&gate, 20), -1);
}
END_TEST

START_TEST(nobody_inside)
{

	gate_enter(&gate);
	gate_leave(&gate);
	ck_assert_int_eq(gate_close(&gate, LONG_MS), 0);
	ck_assert_int_eq(gate_close(&gate, LONG_MS), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("gate");

	suite_one(suite, all_that_was_begun_is_done);
	suite_one(suite, who_stays_inside_is_not_waited_for_without_end);
	suite_one(suite, nobody_inside);
	return (suite_run(suite));
}
