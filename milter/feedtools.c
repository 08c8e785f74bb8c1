#include "feedtools.h"

struct intake_job
feedtools_job(struct feedtools *tools, const char *name, const char *path,
    unsigned searches)
{
	struct intake_job job = { .config = tools->config,
	    .store = tools->store, .name = name, .path = path,
	    .searches = searches, .drop = tools->drop,
	    .progress = pulse_progress, .progress_ctx = &tools->pulse };

	return (job);
}
