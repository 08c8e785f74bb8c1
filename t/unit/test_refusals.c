#include <stdio.h>
#include <string.h>

#include "heard_log.h"
#include "refusals.h"
#include "suite.h"

static const struct line base = {
	.queue_id = "", .word = VERDICT_REJECT, .reason = REASON_AUTH_REQUIRED,
	.client = "203.0.113.9", .name = "host.example", .login = "",
	.from = "<a@example.com>", .to = "<b@example.net>", .listener = "MTA",
	.mailer = "smtp", .code = "550 5.7.1", .rule = "", .match = ""
};

static struct refusals *
must_open(unsigned long limit)
{
	struct refusals *r = refusals_open(limit);

	ck_assert_ptr_nonnull(r);
	return (r);
}

static void
refuse(struct refusals *r, const char *to)
{
	struct line line = base;

	line.to = to;
	refusals_log(r, &line);
}

START_TEST(a_sum_is_written_at_the_end)
{
	struct refusals *r = must_open(2);

	refuse(r, "<1@example.net>");
	refuse(r, "<2@example.net>");
	refuse(r, "<3@example.net>");
	refuse(r, "<4@example.net>");
	ck_assert_int_eq(heard_log_count("notice: NOQUEUE: reject "), 2);
	ck_assert_int_eq(heard_log_count(" to=<2@example.net> "), 1);
	refusals_close(r);
	ck_assert_int_eq(heard_log_count(""), 3);
	ck_assert_ptr_nonnull(strstr(heard_log, "notice: NOQUEUE: reject "
	    "reason=auth-required client=203.0.113.9 name=host.example login= "
	    "from=<a@example.com> to=<4@example.net> listener=MTA mailer=smtp "
	    "code=\"550 5.7.1\" rule= policy_age= repeats=2\n"));
}
END_TEST

/* Two refusals of which one is changed, with a limit of one. */
static const struct change {
	const char *label;
	const struct line line;
	int written;		/* before the end */
} changes[] = {
	{ "nothing", { .word = VERDICT_REJECT, .client = "203.0.113.9",
	    .reason = REASON_AUTH_REQUIRED, .from = "<a@example.com>",
	    .to = "<b@example.net>" }, 1 },
	{ "recipient", { .word = VERDICT_REJECT, .client = "203.0.113.9",
	    .reason = REASON_AUTH_REQUIRED, .from = "<a@example.com>",
	    .to = "<c@example.net>" }, 1 },
	{ "message, host name, listener, mailer and code", {
	    .word = VERDICT_REJECT, .client = "203.0.113.9",
	    .reason = REASON_AUTH_REQUIRED, .from = "<a@example.com>",
	    .queue_id = "4CgSNs5Q9sz7SllQ", .name = "other.example",
	    .listener = "MSA", .mailer = "relay", .code = "554 5.7.1" }, 1 },
	{ "verdict", { .word = VERDICT_WOULD_REJECT, .client = "203.0.113.9",
	    .reason = REASON_AUTH_REQUIRED, .from = "<a@example.com>" }, 2 },
	{ "reason", { .word = VERDICT_REJECT, .client = "203.0.113.9",
	    .reason = REASON_NETWORK_DENIED, .from = "<a@example.com>" }, 2 },
	{ "client", { .word = VERDICT_REJECT, .client = "203.0.113.8",
	    .reason = REASON_AUTH_REQUIRED, .from = "<a@example.com>" }, 2 },
	{ "login", { .word = VERDICT_REJECT, .client = "203.0.113.9",
	    .reason = REASON_AUTH_REQUIRED, .from = "<a@example.com>",
	    .login = "joe" }, 2 },
	{ "sender", { .word = VERDICT_REJECT, .client = "203.0.113.9",
	    .reason = REASON_AUTH_REQUIRED, .from = "<b@example.com>" }, 2 },
	{ "rule", { .word = VERDICT_REJECT, .client = "203.0.113.9",
	    .reason = REASON_AUTH_REQUIRED, .from = "<a@example.com>",
	    .rule = "cn=banned" }, 2 },
};

START_TEST(what_makes_them_identical)
{
	const struct change *c = &changes[_i];
	struct refusals *r = must_open(1);

	refusals_log(r, &base);
	refusals_log(r, &c->line);
	ck_assert_msg(heard_log_count("") == c->written, "%s:\n%s", c->label,
	    heard_log);
	refusals_close(r);
	ck_assert_int_eq(heard_log_count(""), 2);
	ck_assert_int_eq(heard_log_count(" repeats=1"), 2 - c->written);
}
END_TEST

START_TEST(no_limit_no_sum)
{
	struct refusals *r = must_open(0);
	int i;

	for (i = 0; i < 30; i++)
		refuse(r, "<b@example.net>");
	refusals_close(r);
	ck_assert_int_eq(heard_log_count(""), 30);
	ck_assert_int_eq(heard_log_count("repeats="), 0);
}
END_TEST

/* The kind that gives way to a ninth one is summed up at once. */
START_TEST(the_oldest_kind_gives_way)
{
	struct refusals *r = must_open(1);
	struct line line = base;
	char from[40];
	int i;

	line.from = from;
	for (i = 1; i <= 9; i++) {
		snprintf(from, sizeof(from), "<%d@example.com>", i);
		refusals_log(r, &line);
		if (i == 1)
			refusals_log(r, &line);
	}
	ck_assert_int_eq(heard_log_count(""), 10);
	ck_assert_int_eq(heard_log_count("from=<1@example.com> "), 2);
	ck_assert_int_eq(heard_log_count("repeats=1"), 1);
	refusals_close(r);
	ck_assert_int_eq(heard_log_count(""), 10);
}
END_TEST

/* Three connections close in each order; each has a sum of its own. */
static const int orders[][3] = {
	{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 },
	{ 2, 1, 0 }
};

START_TEST(connections_close_in_any_order)
{
	static const char *const to[] = { "<1@b>", "<2@b>", "<3@b>" };
	struct refusals *r[3];
	int i, now;

	for (i = 0; i < 3; i++)
		r[i] = must_open(1);
	for (i = 0; i < 6; i++)
		refuse(r[i % 3], to[i % 3]);
	ck_assert_int_eq(heard_log_count(""), 3);
	for (i = 0; i < 3; i++) {
		now = orders[_i][i];
		refusals_close(r[now]);
		ck_assert_int_eq(heard_log_count(to[now]), 2);
		ck_assert_int_eq(heard_log_count(" repeats=1"), i + 1);
	}
	refusals_finish();
	ck_assert_int_eq(heard_log_count(""), 6);
}
END_TEST

/* The end of the program is told to no connection. */
START_TEST(the_end_finds_all_that_are_open)
{
	struct refusals *closed = must_open(1), *first = must_open(1);
	struct refusals *silent = must_open(1), *last = must_open(1);

	refuse(closed, "<closed@b>");
	refuse(first, "<first@b>");
	refuse(first, "<first@b>");
	refuse(first, "<first@b>");
	refuse(last, "<last@b>");
	refuse(last, "<last@b>");
	refusals_close(closed);
	refusals_finish();
	ck_assert_int_eq(heard_log_count(""), 5);
	ck_assert_int_eq(heard_log_count(" repeats=2"), 1);
	ck_assert_int_eq(heard_log_count(" repeats=1"), 1);
	/* Once is enough. */
	refusals_finish();
	refusals_close(silent);
	refusals_close(first);
	refusals_close(last);
	ck_assert_int_eq(heard_log_count(""), 5);
}
END_TEST

START_TEST(none_is_closed)
{

	refusals_close(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("refusals");

	suite_one(suite, a_sum_is_written_at_the_end);
	suite_rows(suite, what_makes_them_identical, ROWS(changes));
	suite_one(suite, no_limit_no_sum);
	suite_one(suite, the_oldest_kind_gives_way);
	suite_rows(suite, connections_close_in_any_order, ROWS(orders));
	suite_one(suite, the_end_finds_all_that_are_open);
	suite_one(suite, none_is_closed);
	return (suite_run(suite));
}
