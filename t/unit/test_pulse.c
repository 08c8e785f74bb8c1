#include <sys/socket.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "pulse.h"
#include "suite.h"

/* [0] is mayrelayd's end. */
static int pair[2];

static void
begin(struct pulse *pulse)
{

	ck_assert(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(pulse_begin(pulse, pair[1]), 0);
}

static ssize_t
ticks(void)
{
	char bytes[64];

	return (recv(pair[0], bytes, sizeof(bytes), MSG_DONTWAIT));
}

START_TEST(first_tick_at_once)
{
	struct pulse pulse;

	begin(&pulse);
	pulse_tick(&pulse);
	ck_assert_int_eq(ticks(), 1);
	pulse_tick(&pulse);
	ck_assert_msg(ticks() == -1, "and no other right after it");
}
END_TEST

START_TEST(next_tick_in_time)
{
	struct pulse pulse;

	begin(&pulse);
	pulse_tick(&pulse);
	pulse.ticked_ms -= PULSE_TICK_MS;
	pulse_tick(&pulse);
	ck_assert_int_eq(ticks(), 2);
}
END_TEST

START_TEST(progress_ticks)
{
	struct pulse pulse;
	struct why why;

	begin(&pulse);
	ck_assert_int_eq(pulse_progress(&pulse, &why), 0);
	ck_assert_int_eq(ticks(), 1);
}
END_TEST

/* mayrelayd may be slow to read, and is there all the same. */
START_TEST(full_socket_is_no_end)
{
	struct pulse pulse;
	int i;

	begin(&pulse);
	for (i = 0; i < 1000000 && write(pair[1], ".", 1) == 1; i++)
		;
	pulse_tick(&pulse);
	ck_assert(!pulse.gone);
}
END_TEST

START_TEST(gone_by_tick)
{
	struct pulse pulse;
	struct why why;

	begin(&pulse);
	close(pair[0]);
	ck_assert_int_eq(pulse_progress(&pulse, &why), -1);
	ck_assert(pulse.gone);
	ck_assert_str_eq(why.text, "mayrelayd has ended");
}
END_TEST

START_TEST(gone_by_waiting)
{
	struct pulse pulse;

	begin(&pulse);
	pulse_wait(&pulse, -1, 0);
	ck_assert(!pulse.gone);
	close(pair[0]);
	pulse_wait(&pulse, -1, 60000);
	ck_assert(pulse.gone);
}
END_TEST

/* It would wait far beyond the test's limit otherwise. */
START_TEST(another_descriptor_ends_the_wait)
{
	struct pulse pulse;
	int other[2];

	begin(&pulse);
	ck_assert_int_eq(pipe(other), 0);
	ck_assert_int_eq(write(other[1], "x", 1), 1);
	pulse_wait(&pulse, other[0], 600000);
	ck_assert(!pulse.gone);
}
END_TEST

START_TEST(no_descriptor)
{
	struct pulse pulse;

	ck_assert_int_eq(pulse_begin(&pulse, -1), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pulse");

	suite_one(s, first_tick_at_once);
	suite_one(s, next_tick_in_time);
	suite_one(s, progress_ticks);
	suite_one(s, full_socket_is_no_end);
	suite_one(s, gone_by_tick);
	suite_one(s, gone_by_waiting);
	suite_one(s, another_descriptor_ends_the_wait);
	suite_one(s, no_descriptor);
	return (suite_run(s));
}
