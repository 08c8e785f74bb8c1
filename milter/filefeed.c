#include <string.h>

#include "clock.h"
#include "filefeed.h"
#include "log.h"

enum { LOOK_MS = 1000 };

static const char prefix[] = "ldif:";

bool
filefeed_is(const char *source)
{

	return (strncmp(source, prefix, strlen(prefix)) == 0);
}

void
filefeed_init(struct filefeed *file, const char *name)
{

	memset(file, 0, sizeof(*file));
	file->name = name;
	file->path = name + strlen(prefix);
	file->looked_ms = clock_ms() - LOOK_MS;
}

/* Logged once, until it changes; "": all is well. */
static void
file_error(struct filefeed *file, const char *text)
{

	if (strcmp(file->error.text, text) == 0)
		return;
	if (*text != '\0')
		log_text(LOG_SEV_ERROR, text);
	why_set(&file->error, "%s", text);
}

/* ---- reading ----------------------------------------------------------- */

static int
tell_file(void *ctx, const struct sink *sink, struct why *why)
{
	struct filefeed *file = ctx;

	return (ldif_read(file->path, &file->tried, sink, why));
}

enum {
	READ_ACCEPT = 1,	/* also what removes too much */
	READ_AGAIN = 2		/* what it complains of has been logged */
};

static enum refresh_result
file_read(struct filefeed *file, struct feedtools *tools, unsigned how)
{
	struct intake_job job = feedtools_job(tools, file->name, file->path,
	    file->searches);
	enum intake_outcome outcome;
	struct why why;

	job.unchecked = true;
	job.accept = (how & READ_ACCEPT) != 0;
	job.quiet = (how & READ_AGAIN) != 0;
	ldif_look(file->path, &file->tried);
	file->due_ms = clock_ms() + tools->config->poll_interval_ms;
	if (intake_run(&job, tell_file, file, &outcome, &why) == -1) {
		if (!tools->pulse.gone)
			file_error(file, why.text);
		return (REFRESH_FAILED);
	}
	if (outcome == INTAKE_HELD_BACK) {
		file_error(file, why.text);
		return (REFRESH_HELD_BACK);
	}
	tools->drop = 0;
	file->in_force = file->tried;
	file_error(file, "");
	return (REFRESH_DONE);
}

enum refresh_result
filefeed_read(struct filefeed *file, struct feedtools *tools, bool accept)
{

	return (file_read(file, tools, accept ? READ_ACCEPT : 0));
}

/* ---- looking ----------------------------------------------------------- */

/* The file is still what is in force: that is as good as reading it. */
static int
note_good(const struct filefeed *file, struct feedtools *tools,
    struct why *why)
{
	struct intake_job job = feedtools_job(tools, file->name, file->path,
	    file->searches);
	struct intake_change *change;
	enum intake_outcome outcome;

	if (intake_change_begin(&job, &change, why) == -1)
		return (-1);
	if (intake_change_good(change, file->searches, why) == -1) {
		intake_change_cancel(change);
		return (-1);
	}
	return (intake_change_commit(change, true, &outcome, why));
}

static void
file_good(struct filefeed *file, struct feedtools *tools)
{
	struct why why;

	file->tried = file->in_force;
	file->due_ms = clock_ms() + tools->config->poll_interval_ms;
	if (note_good(file, tools, &why) == -1)
		file_error(file, why.text);
	else
		file_error(file, "");
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
file_look(struct filefeed *file, struct feedtools *tools)
{
	bool due = clock_ms() >= file->due_ms;
	struct ldif_stamp now;
	bool at_rest, again;

	ldif_look(file->path, &now);
	again = stamp_equal(&now, &file->tried);
	at_rest = stamp_equal(&now, &file->looked);
	file->looked = now;
	if (ldif_same(&now, &file->in_force)) {
		if (due || file->error.text[0] != '\0')
			file_good(file, tools);
	} else if (due || (at_rest && !again)) {
		(void)file_read(file, tools, again ? READ_AGAIN : 0);
	}
}

void
filefeed_step(struct filefeed *file, struct feedtools *tools)
{
	int64_t now = clock_ms();

	if (now - file->looked_ms < LOOK_MS)
		return;
	file->looked_ms = now;
	file_look(file, tools);
}
