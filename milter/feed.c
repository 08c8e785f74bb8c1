#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "feed.h"
#include "intake.h"
#include "ldif.h"
#include "log.h"

enum {
	WAIT_MS = 200,
	LOOK_MS = 1000
};

static const char ldif_prefix[] = "ldif:";

/* One file, with all searches that are read from it. */
struct feed_source {
	const char *name;		/* "ldif:/path" */
	const char *path;
	unsigned searches;
	struct ldif_stamp looked;	/* at the last look */
	struct ldif_stamp tried;	/* when it was last read */
	struct ldif_stamp in_force;
	int64_t due_ms;			/* poll_interval */
	struct why error;		/* "": none */
};

struct feed {
	const struct config *config;
	struct store *store;
	struct counters *counters;
	int fd;
	struct feed_source sources[SEARCHES];
	size_t nsources;
	unsigned drop;		/* searches that are configured no more */
	int64_t drop_due_ms;
	int64_t ticked_ms;
	int64_t looked_ms;
	bool gone;		/* nobody hears the ticks */
};

/* ---- ticks ------------------------------------------------------------- */

static void
tick(struct feed *feed)
{
	int64_t now = clock_ms();

	if (now - feed->ticked_ms < FEED_TICK_MS / 2)
		return;
	feed->ticked_ms = now;
	if (write(feed->fd, ".", 1) == -1 && errno != EAGAIN &&
	    errno != EINTR)
		feed->gone = true;
}

/* A tick says that there is progress: it is given where that is made. */
static int
progress(void *ctx, struct why *why)
{
	struct feed *feed = ctx;

	tick(feed);
	return (feed->gone ? why_set(why, "mayrelayd has ended") : 0);
}

/* Nothing is ever sent to us: what can be read is the end. */
static void
hear(struct feed *feed)
{
	struct pollfd p = { .fd = feed->fd, .events = POLLIN };
	char byte;
	ssize_t n;

	if (poll(&p, 1, WAIT_MS) <= 0)
		return;
	n = read(feed->fd, &byte, 1);
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		feed->gone = true;
}

/* ---- errors ------------------------------------------------------------ */

static void
errors_publish(struct feed *feed)
{
	struct clock_reading now;
	const char *text = "";
	size_t i;

	for (i = 0; i < feed->nsources && *text == '\0'; i++)
		text = feed->sources[i].error.text;
	clock_read(&now);
	counters_error_set(feed->counters, now.utc, text);
}

/* Logged once, until it changes; "": all is well. */
static void
source_error(struct feed *feed, struct feed_source *source, const char *text)
{

	if (strcmp(source->error.text, text) == 0)
		return;
	if (*text != '\0')
		log_text(LOG_SEV_ERROR, text);
	why_set(&source->error, "%s", text);
	errors_publish(feed);
}

/* ---- reading a source -------------------------------------------------- */

static int
tell_file(void *ctx, const struct sink *sink, struct why *why)
{
	struct feed_source *source = ctx;

	return (ldif_read(source->path, &source->tried, sink, why));
}

static struct intake_job
feed_job(struct feed *feed, const char *name, const char *path)
{
	struct intake_job job = { .config = feed->config,
	    .store = feed->store, .name = name, .path = path,
	    .drop = feed->drop, .unchecked = true, .progress = progress,
	    .progress_ctx = feed };

	return (job);
}

enum {
	READ_ACCEPT = 1,	/* also what removes too much */
	READ_AGAIN = 2		/* what it complains of has been logged */
};

static enum refresh_result
source_read(struct feed *feed, struct feed_source *source, unsigned how)
{
	struct intake_job job = feed_job(feed, source->name, source->path);
	enum intake_outcome outcome;
	struct why why;

	job.searches = source->searches;
	job.accept = (how & READ_ACCEPT) != 0;
	job.quiet = (how & READ_AGAIN) != 0;
	ldif_look(source->path, &source->tried);
	source->due_ms = clock_ms() + feed->config->poll_interval_ms;
	if (intake_run(&job, tell_file, source, &outcome, &why) == -1) {
		if (!feed->gone)
			source_error(feed, source, why.text);
		return (REFRESH_FAILED);
	}
	if (outcome == INTAKE_HELD_BACK) {
		source_error(feed, source, why.text);
		return (REFRESH_HELD_BACK);
	}
	feed->drop = 0;
	source->in_force = source->tried;
	source_error(feed, source, "");
	return (REFRESH_DONE);
}

/* The file is still what is in force: that is as good as reading it. */
static int
source_note_good(struct feed *feed, const struct feed_source *source,
    struct why *why)
{
	struct store_change *change;
	struct clock_reading now;
	int i;

	if (store_change_begin(feed->store, &change, why) == -1)
		return (-1);
	clock_read(&now);
	for (i = 0; i < SEARCHES; i++) {
		if ((source->searches >> i & 1) == 0)
			continue;
		if (store_change_good(change, (enum search)i, &now,
		    why) == -1 || store_change_held_back(change,
		    (enum search)i, 0, 0, why) == -1) {
			store_change_cancel(change);
			return (-1);
		}
	}
	return (store_change_commit(change, why));
}

static void
source_good(struct feed *feed, struct feed_source *source)
{
	struct why why;

	source->tried = source->in_force;
	source->due_ms = clock_ms() + feed->config->poll_interval_ms;
	if (source_note_good(feed, source, &why) == -1)
		source_error(feed, source, why.text);
	else
		source_error(feed, source, "");
}

static bool
stamp_equal(const struct ldif_stamp *a, const struct ldif_stamp *b)
{

	return (ldif_same(a, b) || (!a->there && !b->there));
}

/*
 * A file that differs from one look to the next is still being written: it is
 * read when it has come to rest, or is due anyway.
 */
static void
source_look(struct feed *feed, struct feed_source *source)
{
	bool due = clock_ms() >= source->due_ms;
	struct ldif_stamp now;
	bool at_rest, again;

	ldif_look(source->path, &now);
	again = stamp_equal(&now, &source->tried);
	at_rest = stamp_equal(&now, &source->looked);
	source->looked = now;
	if (ldif_same(&now, &source->in_force)) {
		if (due || source->error.text[0] != '\0')
			source_good(feed, source);
	} else if (due || (at_rest && !again)) {
		(void)source_read(feed, source, again ? READ_AGAIN : 0);
	}
}

/* ---- all sources ------------------------------------------------------- */

static struct feed_source *
source_of(struct feed *feed, const char *name)
{
	struct feed_source *source;
	size_t i;

	for (i = 0; i < feed->nsources; i++)
		if (strcmp(feed->sources[i].name, name) == 0)
			return (&feed->sources[i]);
	source = &feed->sources[feed->nsources++];
	source->name = name;
	source->path = name + strlen(ldif_prefix);
	return (source);
}

static int
sources_gather(struct feed *feed)
{
	const struct config_search *search;
	int i;

	for (i = 0; i < SEARCHES; i++) {
		search = &feed->config->searches[i];
		if (!search->configured)
			continue;
		if (strncmp(search->source, ldif_prefix,
		    strlen(ldif_prefix)) != 0) {
			log_line(LOG_SEV_ERROR, "%s: the source %s is of no "
			    "known kind", search_name((enum search)i),
			    search->source);
			return (-1);
		}
		source_of(feed, search->source)->searches |= 1U << i;
	}
	return (0);
}

/* What a configuration before this one had, and this one has not. */
static unsigned
searches_left_over(const struct feed *feed)
{
	struct store_search info;
	struct store_view *view;
	struct clock_reading now;
	unsigned mask = 0;
	int i;

	clock_read(&now);
	if ((view = store_view_begin(feed->store, 0, &now)) == NULL)
		return (0);
	for (i = 0; i < SEARCHES; i++)
		if (!feed->config->searches[i].configured &&
		    store_info(view, (enum search)i, &info) == 0 &&
		    info.loaded)
			mask |= 1U << i;
	store_view_end(view);
	return (mask);
}

/* If no source was put in force, what is left over still has to go. */
static void
drop_left_over(struct feed *feed)
{
	const char *path = feed->config->path;
	struct intake_job job = feed_job(feed, path, path);
	struct why why;

	if (feed->drop == 0 || feed->gone || clock_ms() < feed->drop_due_ms)
		return;
	feed->drop_due_ms = clock_ms() + feed->config->poll_interval_ms;
	if (intake_drop(&job, &why) == -1)
		log_text(LOG_SEV_ERROR, why.text);
	else
		feed->drop = 0;
}

/* All of them; the worst of what came of it. */
static enum refresh_result
sources_read(struct feed *feed, unsigned how)
{
	enum refresh_result one, worst = REFRESH_DONE;
	size_t i;

	for (i = 0; i < feed->nsources && !feed->gone; i++) {
		one = source_read(feed, &feed->sources[i], how);
		if (one > worst)
			worst = one;
	}
	drop_left_over(feed);
	return (worst);
}

static void
sources_look(struct feed *feed)
{
	int64_t now = clock_ms();
	size_t i;

	if (now - feed->looked_ms < LOOK_MS)
		return;
	feed->looked_ms = now;
	for (i = 0; i < feed->nsources && !feed->gone; i++)
		source_look(feed, &feed->sources[i]);
	drop_left_over(feed);
}

/* `mayrelay refresh'.  Return false if nobody asked. */
static bool
request_answer(struct feed *feed)
{
	struct counters *c = feed->counters;
	uint64_t asked = atomic_load(&c->refresh_asked);
	enum refresh_result result;

	if (asked == atomic_load(&c->refresh_answered))
		return (false);
	result = sources_read(feed,
	    atomic_load(&c->refresh_accept) != 0 ? READ_ACCEPT : 0);
	if (feed->gone)
		return (true);
	atomic_store(&c->refresh_result, (int32_t)result);
	atomic_store(&c->refresh_answered, asked);
	return (true);
}

int
feed_run(const struct config *config, struct store *store,
    struct counters *counters, int fd)
{
	struct feed feed = { .config = config, .store = store,
	    .counters = counters, .fd = fd };

	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == -1)
		return (EX_OSERR);
	if (sources_gather(&feed) == -1)
		return (EX_CONFIG);
	feed.ticked_ms = clock_ms() - FEED_TICK_MS;
	tick(&feed);
	errors_publish(&feed);
	feed.drop = searches_left_over(&feed);
	if (!request_answer(&feed))
		(void)sources_read(&feed, 0);
	while (!feed.gone) {
		tick(&feed);
		(void)request_answer(&feed);
		sources_look(&feed);
		if (store_broken(store))
			return (EX_IOERR);
		hear(&feed);
	}
	return (EX_OK);
}
