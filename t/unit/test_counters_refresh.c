#include <sys/mman.h>
#include <sys/wait.h>
#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counters_dir.h"
#include "suite.h"

/* Requests of mayrelay refresh, and whose --accept counts. */

START_TEST(nobody_asked)
{
	struct counters *c = create();
	enum refresh_result result;
	uint64_t number;
	bool accept;

	ck_assert(!counters_refresh_pending(c, &number, &accept));
	ck_assert(!accept);
	ck_assert(!counters_refresh_accepted(c, 0));
	ck_assert(!counters_refresh_answered(c, 1, &result));
	counters_close(c);
}
END_TEST

static const struct {
	const char *label;
	bool accept;
	enum refresh_result result;
} requests[] = {
	{ "done", false, REFRESH_DONE },
	{ "held back", false, REFRESH_HELD_BACK },
	{ "failed", false, REFRESH_FAILED },
	{ "accepted", true, REFRESH_DONE },
	{ "accepted, held back all the same", true, REFRESH_HELD_BACK },
	{ "accepted, failed", true, REFRESH_FAILED },
};
enum { REQUESTS = sizeof(requests) / sizeof(requests[0]) };

START_TEST(asked_and_answered)
{
	struct counters *c = create();
	enum refresh_result result;
	uint64_t number, mine;
	bool accept;
	int round;

	for (round = 1; round <= 2 * COUNTERS_ACCEPTS; round++) {
		mine = counters_refresh_ask(c, requests[_i].accept);
		ck_assert_uint_eq(mine, (uint64_t)round);
		ck_assert(!counters_refresh_answered(c, mine, &result));
		ck_assert(counters_refresh_pending(c, &number, &accept));
		ck_assert_uint_eq(number, mine);
		ck_assert_msg(accept == requests[_i].accept, "%s",
		    requests[_i].label);
		counters_refresh_answer(c, number, requests[_i].result);
		ck_assert(counters_refresh_answered(c, mine, &result));
		ck_assert_msg(result == requests[_i].result, "%s: %d",
		    requests[_i].label, result);
		ck_assert(!counters_refresh_pending(c, &number, &accept));
		counters_refresh_leave(c, mine);
	}
	counters_close(c);
}
END_TEST

/* A request of another process, which has ended since if it does not wait. */
static pid_t
another_asks(struct counters *c, bool accept, bool waits, uint64_t *number)
{
	int ready[2], status;
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	if ((pid = fork()) == 0) {
		*number = counters_refresh_ask(c, accept);
		if (write(ready[1], number, sizeof(*number)) == -1)
			_exit(1);
		while (waits && pause() == -1)
			;
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], number, sizeof(*number)),
	    sizeof(*number));
	close(ready[1]);
	if (!waits) {
		ck_assert_int_eq(read(ready[0], &byte, 1), 0);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	}
	close(ready[0]);
	return (pid);
}

static void
another_ends(pid_t pid)
{
	int status;

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}

enum who { NOBODY, WAITS, LEFT, DIED };

static const struct {
	const char *label;
	struct {
		bool accept;
		enum who who;
	} asked[3];
	bool accept;
} together[] = {
	{ "a plain one", { { false, WAITS } }, false },
	{ "one with --accept", { { true, WAITS } }, true },
	{ "a plain one later takes nothing away",
	    { { true, WAITS }, { false, WAITS } }, true },
	{ "a plain one before takes nothing away",
	    { { false, WAITS }, { true, WAITS } }, true },
	{ "who asked for it has left",
	    { { true, LEFT } }, false },
	{ "and a plain one waits",
	    { { true, LEFT }, { false, WAITS } }, false },
	{ "who asked for it was killed",
	    { { true, DIED } }, false },
	{ "and a plain one waits still",
	    { { false, WAITS }, { true, DIED }, { false, WAITS } }, false },
	{ "one of two was killed, the first",
	    { { true, DIED }, { true, WAITS } }, true },
	{ "one of two was killed, the second",
	    { { true, WAITS }, { true, DIED } }, true },
	{ "one of two has left, the first",
	    { { true, LEFT }, { true, WAITS } }, true },
	{ "both are gone",
	    { { true, LEFT }, { true, DIED }, { false, WAITS } }, false },
	{ "a plain one that leaves takes nothing away",
	    { { true, WAITS }, { false, LEFT } }, true },
};
enum { TOGETHER = sizeof(together) / sizeof(together[0]) };

static pid_t
asks_as(struct counters *c, bool accept, enum who who)
{
	uint64_t number;

	switch (who) {
	case NOBODY:
		break;
	case WAITS:
		return (another_asks(c, accept, true, &number));
	case LEFT:
		number = counters_refresh_ask(c, accept);
		counters_refresh_leave(c, number);
		break;
	case DIED:
		(void)another_asks(c, accept, false, &number);
		break;
	}
	return (0);
}

START_TEST(asked_together)
{
	struct counters *c = create();
	pid_t pids[3];
	uint64_t number;
	bool accept;
	int i;

	for (i = 0; i < 3; i++)
		pids[i] = asks_as(c, together[_i].asked[i].accept,
		    together[_i].asked[i].who);
	ck_assert(counters_refresh_pending(c, &number, &accept));
	for (i = 0; i < 3; i++)
		if (pids[i] > 0)
			another_ends(pids[i]);
	ck_assert_msg(accept == together[_i].accept, "%s",
	    together[_i].label);
	ck_assert_msg(!counters_refresh_accepted(c, number), "%s: all gone",
	    together[_i].label);
	counters_close(c);
}
END_TEST

/* What is read already for a plain request is not applied by the --accept of
 * a later one, which is answered by a reading of its own. */
START_TEST(accept_is_not_for_what_was_asked_before)
{
	struct counters *c = create();
	enum refresh_result result;
	uint64_t plain, number, later;
	bool accept;

	plain = counters_refresh_ask(c, false);
	ck_assert(counters_refresh_pending(c, &number, &accept));
	ck_assert(!accept);
	later = counters_refresh_ask(c, true);
	ck_assert(!counters_refresh_accepted(c, number));
	counters_refresh_answer(c, number, REFRESH_HELD_BACK);
	ck_assert(counters_refresh_answered(c, plain, &result));
	ck_assert_int_eq(result, REFRESH_HELD_BACK);
	ck_assert(!counters_refresh_answered(c, later, &result));
	ck_assert(counters_refresh_pending(c, &number, &accept));
	ck_assert_uint_eq(number, later);
	ck_assert(accept);
	counters_close(c);
}
END_TEST

/* Its tool has not yet seen the answer, and another asks. */
START_TEST(accept_ends_with_its_answer)
{
	struct counters *c = create();
	uint64_t number;
	bool accept;

	(void)counters_refresh_ask(c, true);
	ck_assert(counters_refresh_pending(c, &number, &accept));
	counters_refresh_answer(c, number, REFRESH_DONE);
	(void)counters_refresh_ask(c, false);
	ck_assert(counters_refresh_pending(c, &number, &accept));
	ck_assert(!accept);
	counters_close(c);
}
END_TEST

START_TEST(accept_is_withdrawn_while_it_is_read)
{
	struct counters *c = create();
	uint64_t number, mine;
	bool accept;

	mine = counters_refresh_ask(c, true);
	ck_assert(counters_refresh_pending(c, &number, &accept));
	ck_assert(accept);
	ck_assert(counters_refresh_accepted(c, number));
	counters_refresh_leave(c, mine);
	ck_assert(!counters_refresh_accepted(c, number));
	counters_close(c);
}
END_TEST

START_TEST(no_more_accepts_than_there_is_room)
{
	struct counters *c = create();
	pid_t pids[COUNTERS_ACCEPTS];
	uint64_t number;
	int i;

	for (i = 0; i < COUNTERS_ACCEPTS; i++)
		pids[i] = another_asks(c, true, true, &number);
	ck_assert_uint_eq(counters_refresh_ask(c, true), 0);
	ck_assert_uint_eq(c->refresh_asked, COUNTERS_ACCEPTS);
	ck_assert_uint_eq(counters_refresh_ask(c, false),
	    COUNTERS_ACCEPTS + 1);
	another_ends(pids[COUNTERS_ACCEPTS / 2]);
	ck_assert_uint_eq(counters_refresh_ask(c, true),
	    COUNTERS_ACCEPTS + 2);
	for (i = 0; i < COUNTERS_ACCEPTS; i++)
		if (i != COUNTERS_ACCEPTS / 2)
			another_ends(pids[i]);
	counters_close(c);
}
END_TEST

START_TEST(an_answer_of_no_known_kind)
{
	struct counters *c = create();
	enum refresh_result result = REFRESH_DONE;
	uint64_t number = counters_refresh_ask(c, false);

	atomic_store(&c->refresh_reply, number << 2 | 3);
	ck_assert(counters_refresh_answered(c, number, &result));
	ck_assert_int_eq(result, REFRESH_FAILED);
	counters_close(c);
}
END_TEST

enum { ASKERS = 4, ASKED_EACH = 500, ASKED = ASKERS * ASKED_EACH };

/* By number; shared by the processes. */
struct book {
	bool asked[ASKED + 1];		/* with --accept */
	bool given[ASKED + 1];		/* read with it */
};

/* Asks again and again, each second time with --accept. */
static void
ask_often(struct counters *c, struct book *book)
{
	enum refresh_result result;
	uint64_t number;
	int i;

	for (i = 0; i < ASKED_EACH; i++) {
		if ((number = counters_refresh_ask(c, i % 2 == 1)) == 0)
			_exit(1);
		book->asked[number] = i % 2 == 1;
		while (!counters_refresh_answered(c, number, &result))
			sched_yield();
		counters_refresh_leave(c, number);
	}
	_exit(0);
}

static void
answer_all(struct counters *c, struct book *book)
{
	uint64_t number, next = 1;
	bool accept;

	while (next <= ASKED) {
		if (!counters_refresh_pending(c, &number, &accept)) {
			sched_yield();
			continue;
		}
		for (; next <= number; next++)
			book->given[next] = accept;
		counters_refresh_answer(c, number, REFRESH_DONE);
	}
}

START_TEST(many_ask_at_once)
{
	struct counters *c = create();
	struct book *book;
	int i, status;
	pid_t pids[ASKERS];

	book = mmap(NULL, sizeof(*book), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(book, MAP_FAILED);
	for (i = 0; i < ASKERS; i++)
		if ((pids[i] = fork()) == 0)
			ask_often(c, book);
	answer_all(c, book);
	for (i = 0; i < ASKERS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	for (i = 1; i <= ASKED; i++)
		ck_assert_msg(!book->asked[i] || book->given[i],
		    "request %d: --accept was lost", i);
	for (i = 0; i < COUNTERS_ACCEPTS; i++)
		ck_assert_uint_eq(c->refresh_accepts[i], 0);
	munmap(book, sizeof(*book));
	counters_close(c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("counters_refresh");
	TCase *tc = tcase_create("counters_refresh");

	tcase_add_checked_fixture(tc, dir_make, dir_remove);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, nobody_asked);
	tcase_add_loop_test(tc, asked_and_answered, 0, REQUESTS);
	tcase_add_loop_test(tc, asked_together, 0, TOGETHER);
	tcase_add_test(tc, accept_is_not_for_what_was_asked_before);
	tcase_add_test(tc, accept_ends_with_its_answer);
	tcase_add_test(tc, accept_is_withdrawn_while_it_is_read);
	tcase_add_test(tc, no_more_accepts_than_there_is_room);
	tcase_add_test(tc, an_answer_of_no_known_kind);
	tcase_add_test(tc, many_ask_at_once);
	suite_add_tcase(s, tc);
	return (s);
}

int
main(void)
{

	return (suite_run(suite()));
}
