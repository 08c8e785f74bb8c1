#include <stdlib.h>
#include <string.h>

#include "intake.h"
#include "log.h"
#include "reading.h"
#include "shrink.h"

enum { PROGRESS_EVERY = 64 };	/* entries; a sweep looks at many more */

struct intake_change {
	struct intake_job job;
	struct store_change *change;
	struct reading reading;
	unsigned long steps;
	bool failed;
};

static void
change_free(struct intake_change *c)
{

	store_change_cancel(c->change);
	reading_end(&c->reading);
	free(c);
}

int
intake_change_begin(const struct intake_job *job, struct intake_change **out,
    struct why *why)
{
	struct intake_change *c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (why_set(why, "memory is short"));
	c->job = *job;
	c->reading.config = job->config;
	c->reading.path = job->path;
	c->reading.searches = job->searches;
	c->reading.quiet = job->quiet;
	c->reading.unchecked = job->unchecked;
	reading_begin(&c->reading);
	if (store_change_begin(job->store, &c->change, why) == -1) {
		change_free(c);
		return (-1);
	}
	*out = c;
	return (0);
}

void
intake_change_cancel(struct intake_change *c)
{

	if (c != NULL)
		change_free(c);
}

/* ---- what has changed -------------------------------------------------- */

/* Half of a change is never put in force. */
static int
change_result(struct intake_change *c, int result)
{

	if (result == -1)
		c->failed = true;
	return (result);
}

static int
change_step(struct intake_change *c, struct why *why)
{

	if (++c->steps % PROGRESS_EVERY != 0)
		return (0);
	return (c->job.progress(c->job.progress_ctx, why));
}

/* Call ${one} with each of the searches that are the job's. */
static int
each_search(struct intake_change *c, unsigned searches,
    int (*one)(struct intake_change *, enum search, void *, struct why *),
    void *arg, struct why *why)
{
	int i;

	for (i = 0; i < SEARCHES; i++)
		if ((searches & c->job.searches & 1U << i) != 0 &&
		    one(c, (enum search)i, arg, why) == -1)
			return (change_result(c, -1));
	return (0);
}

/* Of one entry. */
struct keyed {
	struct intake_change *c;
	const void *key;
	size_t len;
};

static int
put_record(void *ctx, enum search search, const struct record *record,
    struct why *why)
{
	struct keyed *k = ctx;

	if (record == NULL)
		return (store_change_delete(k->c->change, search, k->key,
		    k->len, why));
	return (store_change_put(k->c->change, search, k->key, k->len, record,
	    why));
}

int
intake_change_put(struct intake_change *c, const struct source_entry *entry,
    struct why *why)
{
	struct keyed k = { c, entry->key, entry->key_len };

	/* One entry of theirs can be two records, under one key. */
	if ((entry->searches & c->job.searches & 1U << SEARCH_OVERRIDES) != 0)
		return (change_result(c, why_set(why, "%s: overrides are "
		    "always read whole", c->job.path)));
	if (reading_entry(&c->reading, entry, put_record, &k, why) == -1)
		return (change_result(c, -1));
	return (change_result(c, change_step(c, why)));
}

static int
delete_one(struct intake_change *c, enum search search, void *arg,
    struct why *why)
{
	const struct keyed *k = arg;

	return (store_change_delete(c->change, search, k->key, k->len, why));
}

int
intake_change_delete(struct intake_change *c, unsigned searches,
    const void *key, size_t len, struct why *why)
{
	struct keyed k = { c, key, len };

	if (each_search(c, searches, delete_one, &k, why) == -1)
		return (-1);
	return (change_result(c, change_step(c, why)));
}

/* The caller's opinion, and time to say that there is progress. */
struct sweep {
	struct intake_change *c;
	bool (*keep)(void *, const void *, size_t);
	void *ctx;
	bool ended;
	struct why *why;
};

static bool
sweep_keep(void *ctx, const void *key, size_t len)
{
	struct sweep *s = ctx;

	if (!s->ended)
		s->ended = change_step(s->c, s->why) == -1;
	return (s->ended || s->keep(s->ctx, key, len));
}

static int
sweep_one(struct intake_change *c, enum search search, void *arg,
    struct why *why)
{
	struct sweep *s = arg;

	if (store_change_sweep(c->change, search, sweep_keep, s, why) == -1)
		return (-1);
	return (s->ended ? -1 : 0);
}

int
intake_change_sweep(struct intake_change *c, unsigned searches,
    bool (*keep)(void *, const void *, size_t), void *ctx, struct why *why)
{
	struct sweep s = { .c = c, .keep = keep, .ctx = ctx, .why = why };

	return (each_search(c, searches, sweep_one, &s, why));
}

/* ---- notes ------------------------------------------------------------- */

static int
cookie_one(struct intake_change *c, enum search search, void *arg,
    struct why *why)
{

	return (store_change_cookie(c->change, search, arg, why));
}

int
intake_change_cookie(struct intake_change *c, unsigned searches,
    const struct cookie *cookie, struct why *why)
{
	struct cookie copy = *cookie;

	return (each_search(c, searches, cookie_one, &copy, why));
}

static int
good_one(struct intake_change *c, enum search search, void *arg,
    struct why *why)
{

	return (store_change_good(c->change, search, arg, why));
}

int
intake_change_good(struct intake_change *c, unsigned searches,
    struct why *why)
{
	struct clock_reading now;

	clock_read(&now);
	return (each_search(c, searches, good_one, &now, why));
}

/* ---- the end ----------------------------------------------------------- */

/* Of entries only: which values those had that it changes is not known. */
static void
find_losses(const struct intake_change *c, struct store_losses *losses)
{
	int i, k;

	memset(losses, 0, sizeof(*losses));
	for (i = 0; i < SEARCHES; i++)
		for (k = 0; k < KINDS; k++)
			store_change_removes(c->change, (enum search)i,
			    (enum kind)k, &losses->had[i].n[k],
			    &losses->removes[i].n[k]);
}

static int
hold_back(struct intake_change *c, const struct shrink *shrink,
    struct why *why)
{

	store_change_cancel(c->change);
	c->change = NULL;
	return (shrink_hold_back(shrink, c->job.config, c->job.store,
	    c->job.path, why));
}

static int
held_back_no_more(struct intake_change *c, enum search search, void *arg,
    struct why *why)
{

	(void)arg;
	return (store_change_held_back(c->change, search, 0, 0, why));
}

static void
log_change(const struct intake_change *c, uint64_t put, uint64_t deleted)
{

	log_line(LOG_SEV_INFO, "policy changed: %llu entr%s put, %llu deleted, "
	    "from %s (%llu value%s could not be read)",
	    (unsigned long long)put, put == 1 ? "y" : "ies",
	    (unsigned long long)deleted, c->job.name,
	    (unsigned long long)c->reading.problems,
	    c->reading.problems == 1 ? "" : "s");
}

static int
put_in_force(struct intake_change *c, struct why *why)
{
	struct store_change *change = c->change;
	uint64_t put, deleted;

	store_change_size(change, &put, &deleted);
	c->change = NULL;
	if (store_change_commit(change, why) == -1)
		return (-1);
	if (put + deleted > 0)
		log_change(c, put, deleted);
	return (0);
}

static int
change_commit(struct intake_change *c, bool guarded,
    enum intake_outcome *outcome, struct why *why)
{
	struct store_losses losses;
	struct shrink shrink;

	*outcome = INTAKE_IN_FORCE;
	if (c->failed)
		return (why_set(why, "%s: this change has failed before",
		    c->job.path));
	if (guarded && !c->job.accept) {
		find_losses(c, &losses);
		shrink_find(&shrink, c->job.config, c->job.searches, &losses);
		if (shrink.too_much) {
			*outcome = INTAKE_HELD_BACK;
			return (hold_back(c, &shrink, why));
		}
	}
	if (guarded && each_search(c, c->job.searches, held_back_no_more,
	    NULL, why) == -1)
		return (-1);
	return (put_in_force(c, why));
}

int
intake_change_commit(struct intake_change *c, bool guarded,
    enum intake_outcome *outcome, struct why *why)
{
	int result = change_commit(c, guarded, outcome, why);

	reading_log(&c->reading);
	change_free(c);
	return (result);
}
