#include "heard_log.h"
#include "intake_case.h"

/* ---- what goes wrong ---------------------------------------------------- */

static int
fail_put(struct intake_change *c, struct why *why)
{
	struct told m;
	int i;

	for (i = 0; i < 100; i++) {
		person(&m, i);
		if (intake_change_put(c, &m.source, why) == -1)
			return (-1);
	}
	return (0);
}

static int
fail_delete(struct intake_change *c, struct why *why)
{
	int i;

	for (i = 0; i < 100; i++)
		if (intake_change_delete(c, OURS, "p1", 2, why) == -1)
			return (-1);
	return (0);
}

static bool
keep_and_step(void *ctx, const void *key, size_t len)
{
	int *asked = ctx;

	(void)key;
	(void)len;
	++*asked;
	return (true);
}

static int
fail_sweep(struct intake_change *c, struct why *why)
{
	int i, asked = 0;

	for (i = 0; i < 10; i++)
		if (intake_change_sweep(c, OURS, keep_and_step, &asked,
		    why) == -1)
			return (-1);
	return (0);
}

static int (*const failures[])(struct intake_change *, struct why *) = {
	fail_put, fail_delete, fail_sweep
};

/* Nobody waits for it any more: half of it is never put in force. */
START_TEST(ended)
{
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	struct intake_change *c = begin(&job);
	enum intake_outcome outcome;
	struct why why;
	char is[64];

	delete(c, ~0U, "p3");
	progress_calls = 0;
	progress_end_at = 1;
	ck_assert_int_eq(failures[_i](c, &why), -1);
	ck_assert_str_eq(why.text, "nobody waits any more");
	progress_end_at = 0;
	ck_assert_int_eq(intake_change_commit(c, true, &outcome, &why), -1);
	ck_assert_str_eq(why.text, SOURCE ": this change has failed before");
	ck_assert_str_eq(counts(store, is), "20 4 1 0, 0");
	c = begin(&job);
	delete(c, ~0U, "p3");
	commit(c, true, &why);
	ck_assert_str_eq(counts(store, is), "19 4 1 0, 0");
	store_close(store);
}
END_TEST

/* The store's limit, however much came: a reason, and nothing of it. */
START_TEST(full)
{
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	struct intake_change *c;
	enum intake_outcome outcome;
	struct told m;
	struct why why;
	char is[64], key[32];
	int i, result = 0;

	ck_assert_int_eq(mdb_env_set_mapsize(store->env, 512 * 1024), 0);
	c = begin(&job);
	for (i = 0; i < 100000 && result == 0; i++) {
		snprintf(key, sizeof(key), "new%d", i);
		result = intake_change_put(c, make(&m, key, BIT(ACCOUNTS),
		    "uid=new"), &why);
	}
	ck_assert_int_eq(result, -1);
	ck_assert_ptr_nonnull(strstr(why.text, "grown to its limit"));
	ck_assert_int_eq(intake_change_commit(c, true, &outcome, &why), -1);
	ck_assert_str_eq(counts(store, is), "20 4 1 0, 0");
	c = begin(&job);
	put(c, "new", BIT(ACCOUNTS), "uid=new");
	commit(c, true, &why);
	ck_assert_str_eq(counts(store, is), "21 4 1 0, 0");
	store_close(store);
}
END_TEST

/* One entry of theirs may be two records; all but entries is as for others. */
START_TEST(overrides)
{
	const unsigned all = OURS | BIT(OVERRIDES);
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	enum intake_outcome outcome;
	struct intake_change *c;
	struct told m;
	struct why why;

	storecase_load(store, BIT(OVERRIDES), NULL, 0, 1000);
	job.searches = all;
	c = begin(&job);
	delete(c, all, "cn=x");
	ck_assert_int_eq(intake_change_good(c, all, &why), 0);
	commit(c, true, &why);
	ck_assert_int_ne(storecase_info(store, SEARCH_OVERRIDES).good.utc,
	    1000);
	c = begin(&job);
	ck_assert_int_eq(intake_change_put(c, make(&m, "x", all, NET), &why),
	    -1);
	ck_assert_str_eq(why.text, SOURCE ": overrides are always read whole");
	ck_assert_int_eq(intake_change_commit(c, true, &outcome, &why), -1);
	store_close(store);
}
END_TEST

START_TEST(one_at_a_time)
{
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	struct intake_change *c = begin(&job), *other;
	struct store_build *build;
	struct why why;

	ck_assert_int_eq(intake_change_begin(&job, &other, &why), -1);
	ck_assert_str_eq(why.text, "the policy is being changed already");
	intake_change_cancel(c);
	build = storecase_begin(store, BIT(ACCOUNTS));
	ck_assert_int_eq(intake_change_begin(&job, &other, &why), -1);
	ck_assert_str_eq(why.text, "a generation is being built");
	store_build_cancel(build);
	store_close(store);
}
END_TEST

/* Beside an open change nothing complete is read: LMDB would wait for ever. */
START_TEST(beside_a_change)
{
	struct store *store = loaded();
	struct intake_job job = job_of(store);
	struct intake_change *c = begin(&job);
	enum intake_outcome outcome;
	struct why why;

	ck_assert_int_eq(intake_run(&job, tell, NULL, &outcome, &why), -1);
	ck_assert_str_eq(why.text, "the policy is being changed");
	ck_assert_int_eq(intake_drop(&job, &why), -1);
	intake_change_cancel(c);
	ck_assert_int_eq(intake_run(&job, tell, NULL, &outcome, &why), 0);
	store_close(store);
}
END_TEST

/* What was never read completely cannot be changed. */
static int
never_put(struct intake_change *c, struct why *why)
{
	struct told m;

	person(&m, 1);
	return (intake_change_put(c, &m.source, why));
}

static int
never_delete(struct intake_change *c, struct why *why)
{

	return (intake_change_delete(c, OURS, "p1", 2, why));
}

static bool
keep_none(void *ctx, const void *key, size_t len)
{

	(void)ctx;
	(void)key;
	(void)len;
	return (false);
}

static int
never_sweep(struct intake_change *c, struct why *why)
{

	return (intake_change_sweep(c, OURS, keep_none, NULL, why));
}

static int
never_cookie(struct intake_change *c, struct why *why)
{
	const struct cookie cookie = { 1, "a" };

	return (intake_change_cookie(c, OURS, &cookie, why));
}

static int
never_good(struct intake_change *c, struct why *why)
{

	return (intake_change_good(c, OURS, why));
}

static int
never_nothing(struct intake_change *c, struct why *why)
{

	(void)c;
	(void)why;
	return (0);
}

static int (*const nevers[])(struct intake_change *, struct why *) = {
	never_put, never_delete, never_sweep, never_cookie, never_good,
	never_nothing
};

START_TEST(never_read)
{
	const bool ends = nevers[_i] != never_nothing;
	struct store *store = storecase_new();
	struct intake_job job = job_of(store);
	struct intake_change *c = begin(&job);
	enum intake_outcome outcome;
	struct why why;

	ck_assert_int_eq(nevers[_i](c, &why), ends ? -1 : 0);
	if (ends)
		ck_assert_str_eq(why.text,
		    "the accounts were never read completely");
	ck_assert_int_eq(intake_change_commit(c, true, &outcome, &why), -1);
	store_close(store);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intakechange_failures");

	suite_rows(suite, ended, ROWS(failures));
	suite_one(suite, full);
	suite_one(suite, overrides);
	suite_one(suite, one_at_a_time);
	suite_one(suite, beside_a_change);
	suite_rows(suite, never_read, ROWS(nevers));
	return (suite_run(suite));
}
