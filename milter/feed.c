#include <string.h>
#include <sysexits.h>

#include "clock.h"
#include "feed.h"
#include "feedtools.h"
#include "filefeed.h"
#include "ldapfeed.h"
#include "log.h"

enum { WAIT_MS = 200 };

struct feed {
	struct feedtools tools;
	struct filefeed files[SEARCHES];
	size_t nfiles;
	struct ldapfeed *ldap;		/* NULL: no search comes from LDAP */
	int64_t drop_due_ms;
	struct why error;		/* as published */

	bool asked;			/* `mayrelay refresh', not answered */
	uint64_t number;
	enum refresh_result worst;	/* of the files, then */
};

/* ---- sources ------------------------------------------------------------ */

static struct filefeed *
file_of(struct feed *feed, const char *name)
{
	size_t i;

	for (i = 0; i < feed->nfiles; i++)
		if (strcmp(feed->files[i].name, name) == 0)
			return (&feed->files[i]);
	filefeed_init(&feed->files[feed->nfiles], name);
	return (&feed->files[feed->nfiles++]);
}

static int
sources_gather(struct feed *feed, struct why *why)
{
	const struct config_search *search;
	unsigned ldap = 0;
	int i;

	for (i = 0; i < SEARCHES; i++) {
		search = &feed->tools.config->searches[i];
		if (!search->configured)
			continue;
		if (filefeed_is(search->source))
			file_of(feed, search->source)->searches |= 1U << i;
		else
			ldap |= 1U << i;
	}
	if (ldap == 0)
		return (0);
	return (ldapfeed_new(&feed->tools, ldap, &feed->ldap, why));
}

static void
errors_publish(struct feed *feed)
{
	struct clock_reading now;
	const char *text = "";
	size_t i;

	for (i = 0; i < feed->nfiles && *text == '\0'; i++)
		text = feed->files[i].error.text;
	if (*text == '\0' && feed->ldap != NULL)
		text = ldapfeed_error(feed->ldap);
	if (strcmp(text, feed->error.text) == 0)
		return;
	why_set(&feed->error, "%s", text);
	clock_read(&now);
	counters_error_set(feed->tools.counters, now.utc, text);
}

/* ---- what a configuration before this one had --------------------------- */

static unsigned
searches_left_over(const struct feedtools *tools)
{
	struct store_search info;
	struct store_view *view;
	struct clock_reading now;
	unsigned mask = 0;
	int i;

	clock_read(&now);
	if ((view = store_view_begin(tools->store, 0, &now)) == NULL)
		return (0);
	for (i = 0; i < SEARCHES; i++)
		if (!tools->config->searches[i].configured &&
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
	const char *path = feed->tools.config->path;
	struct intake_job job = feedtools_job(&feed->tools, path, path, 0);
	struct why why;

	if (feed->tools.drop == 0 || clock_ms() < feed->drop_due_ms ||
	    (feed->ldap != NULL && !ldapfeed_tried(feed->ldap)))
		return;
	feed->drop_due_ms = clock_ms() + feed->tools.config->poll_interval_ms;
	if (intake_drop(&job, &why) == -1)
		log_text(LOG_SEV_ERROR, why.text);
	else
		feed->tools.drop = 0;
}

/* ---- `mayrelay refresh' ------------------------------------------------- */

static void
request_hear(struct feed *feed)
{
	enum refresh_result one;
	bool accept;
	size_t i;

	if (feed->asked || !counters_refresh_pending(feed->tools.counters,
	    &feed->number, &accept))
		return;
	feed->asked = true;
	feed->worst = REFRESH_DONE;
	for (i = 0; i < feed->nfiles && !feed->tools.pulse.gone; i++) {
		one = filefeed_read(&feed->files[i], &feed->tools, accept);
		if (one > feed->worst)
			feed->worst = one;
	}
	if (feed->ldap != NULL)
		ldapfeed_ask(feed->ldap, feed->number);
}

static void
request_answer(struct feed *feed)
{
	enum refresh_result ldap = REFRESH_DONE;

	if (!feed->asked || feed->tools.pulse.gone ||
	    (feed->ldap != NULL && !ldapfeed_answer(feed->ldap, &ldap)))
		return;
	errors_publish(feed);
	counters_refresh_answer(feed->tools.counters, feed->number,
	    ldap > feed->worst ? ldap : feed->worst);
	feed->asked = false;
}

/* ---- step by step ------------------------------------------------------- */

/* What writes the store beside the LDAP source, whose change may be open. */
static void
files_step(struct feed *feed)
{
	size_t i;

	if (feed->ldap != NULL && ldapfeed_writing(feed->ldap))
		return;
	request_hear(feed);
	for (i = 0; i < feed->nfiles && !feed->tools.pulse.gone; i++)
		filefeed_step(&feed->files[i], &feed->tools);
	if (!feed->tools.pulse.gone)
		drop_left_over(feed);
}

static void
feed_step(struct feed *feed)
{
	struct pulse *pulse = &feed->tools.pulse;
	int fd = -1, wait_ms = WAIT_MS;

	pulse_tick(pulse);
	files_step(feed);
	if (feed->ldap != NULL && !pulse->gone) {
		wait_ms = ldapfeed_step(feed->ldap) ? 0 :
		    ldapfeed_wait_ms(feed->ldap);
		fd = ldapfeed_fd(feed->ldap);
	}
	request_answer(feed);
	errors_publish(feed);
	pulse_wait(pulse, fd, wait_ms);
}

static int
feed_follow(struct feed *feed)
{

	feed->tools.drop = searches_left_over(&feed->tools);
	counters_error_set(feed->tools.counters, 0, "");
	while (!feed->tools.pulse.gone) {
		feed_step(feed);
		if (store_broken(feed->tools.store))
			return (EX_IOERR);
	}
	return (EX_OK);
}

int
feed_run(const struct config *config, struct store *store,
    struct counters *counters, int fd)
{
	struct feed feed = { .tools = { .config = config, .store = store,
	    .counters = counters } };
	struct why why;
	int code;

	if (pulse_begin(&feed.tools.pulse, fd) == -1)
		return (EX_OSERR);
	atomic_store(&counters->ldap_servers, 0);
	if (sources_gather(&feed, &why) == -1) {
		log_text(LOG_SEV_ERROR, why.text);
		return (EX_OSERR);
	}
	code = feed_follow(&feed);
	ldapfeed_free(feed.ldap);
	return (code);
}
