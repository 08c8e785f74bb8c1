#include <string.h>

#include "sync.h"

void
sync_begin(struct sync *sync, enum sync_mode mode, const struct cookie *cookie)
{

	memset(sync, 0, sizeof(*sync));
	sync->mode = mode;
	sync->stage = SYNC_REFRESHING;
	sync->trouble = SYNC_FAILED;
	if (cookie != NULL) {
		sync->sent = *cookie;
		sync->cookie = *cookie;
	}
	uuidset_init(&sync->present);
}

void
sync_end(struct sync *sync)
{

	uuidset_free(&sync->present);
}

static bool
resumed(const struct sync *sync)
{

	return (sync->sent.len > 0);
}

/* A server that stumbles over a cookie would do so each time. */
static int
nonsense(struct sync *sync, const char *what, struct why *why)
{

	if (sync->stage == SYNC_REFRESHING && resumed(sync))
		sync->trouble = SYNC_COOKIE_REFUSED;
	return (why_set(why, "the server does not keep to RFC 4533: %s",
	    what));
}

static void
keep_cookie(struct sync *sync, const struct cookie *cookie)
{

	if (cookie->len == 0)
		return;
	if (sync->stage == SYNC_PERSISTING) {
		cookie_merge(&sync->cookie, cookie);
		return;
	}
	sync->cookie = *cookie;
	sync->given = true;
}

/* ---- entries ----------------------------------------------------------- */

/* Until the present phase is over, whatever is not named may be gone. */
static bool
counts_names(const struct sync *sync)
{

	return (resumed(sync) && sync->stage == SYNC_REFRESHING &&
	    !sync->present_ended);
}

static int
mention(struct sync *sync, const unsigned char *uuid, struct why *why)
{

	if (uuidset_add(&sync->present, uuid) == -1)
		return (why_set(why, "memory is short"));
	return (0);
}

/* An added or changed entry is named as well (RFC 4533 section 3.3.2). */
static int
comes(struct sync *sync, const struct ldapconn_message *m,
    const struct sync_sink *sink, struct why *why)
{

	sync->told = true;
	if (counts_names(sync) && mention(sync, m->state.uuid, why) == -1)
		return (-1);
	return (sink->put(sink->ctx, m->state.uuid, &m->entry, why));
}

static int
goes(struct sync *sync, const unsigned char *uuid,
    const struct sync_sink *sink, struct why *why)
{

	sync->told = true;
	return (sink->delete(sink->ctx, uuid, why));
}

/* Said of an entry that we cannot have, or have swept out just now, it would
 * leave a gap that nobody sees. */
static int
stays(struct sync *sync, const unsigned char *uuid, struct why *why)
{

	sync->told = true;
	if (!counts_names(sync))
		return (nonsense(sync, "an entry is called present outside "
		    "a present phase", why));
	return (mention(sync, uuid, why));
}

static int
hear_state(struct sync *sync, const struct ldapconn_message *m,
    const struct sync_sink *sink, struct why *why)
{

	switch (m->state.state) {
	case SYNC_PRESENT:
		return (stays(sync, m->state.uuid, why));
	case SYNC_ADD:
	case SYNC_MODIFY:
		return (comes(sync, m, sink, why));
	case SYNC_DELETE:
		return (goes(sync, m->state.uuid, sink, why));
	}
	return (nonsense(sync, "an entry has an unknown state", why));
}

/* A cookie counts once what came with it is done. */
static int
hear_entry(struct sync *sync, const struct ldapconn_message *m,
    const struct sync_sink *sink, struct why *why)
{

	if (!m->has_state)
		return (nonsense(sync, "an entry has no state", why));
	if (hear_state(sync, m, sink, why) == -1)
		return (-1);
	keep_cookie(sync, &m->state.cookie);
	return (0);
}

/* ---- the end of a phase ------------------------------------------------ */

static int
present_end(struct sync *sync, const struct sync_sink *sink, struct why *why)
{
	int result = 0;

	if (sync->present_ended)
		return (nonsense(sync, "the present phase ends twice", why));
	sync->present_ended = true;
	if (resumed(sync))
		result = sink->sweep(sink->ctx, &sync->present, why);
	uuidset_free(&sync->present);
	return (result);
}

/* After a present phase that does not matter: all that is left was named. */
static bool
honoured(const struct sync *sync)
{

	if (!resumed(sync) || sync->present_ended)
		return (true);
	return (sync->given ? cookie_honoured(&sync->sent, &sync->cookie) :
	    !sync->told && !sync->no_use);
}

/* No cookie: the server stands where ours does, which may have a note of
 * more. */
static bool
behind(const struct sync *sync)
{
	static const struct cookie none;

	return (resumed(sync) && cookie_behind(&sync->sent, sync->given ?
	    &sync->cookie : &none));
}

static int
refresh_end(struct sync *sync, struct why *why)
{

	if (!honoured(sync)) {
		sync->trouble = SYNC_COOKIE_REFUSED;
		return (why_set(why, "the server does not know our cookie and "
		    "does not say so"));
	}
	if (behind(sync)) {
		sync->trouble = SYNC_COOKIE_NEWER;
		return (why_set(why, SYNC_BEHIND));
	}
	uuidset_free(&sync->present);
	sync->stage = sync->mode == SYNC_REFRESH_AND_PERSIST ?
	    SYNC_PERSISTING : SYNC_COMPLETE;
	return (0);
}

/* ---- infos ------------------------------------------------------------- */

static int
hear_ids(struct sync *sync, const struct sync_info *info,
    const struct sync_sink *sink, struct why *why)
{
	size_t i;
	int result = 0;

	for (i = 0; i < info->nuuids && result == 0; i++)
		result = info->refresh_deletes ?
		    goes(sync, info->uuids[i], sink, why) :
		    stays(sync, info->uuids[i], why);
	return (result);
}

/* Only refreshAndPersist ends its refresh with an info. */
static int
hear_phase(struct sync *sync, const struct sync_info *info,
    const struct sync_sink *sink, struct why *why)
{

	if (sync->stage != SYNC_REFRESHING)
		return (nonsense(sync, "the refresh ends twice", why));
	if (info->kind == SYNC_REFRESH_PRESENT &&
	    present_end(sync, sink, why) == -1)
		return (-1);
	keep_cookie(sync, &info->cookie);
	sync->no_use = info->no_use;
	if (!info->refresh_done || sync->mode == SYNC_REFRESH_ONLY)
		return (0);
	return (refresh_end(sync, why));
}

static int
hear_info(struct sync *sync, const struct sync_info *info,
    const struct sync_sink *sink, struct why *why)
{

	switch (info->kind) {
	case SYNC_NEW_COOKIE:
		keep_cookie(sync, &info->cookie);
		return (0);
	case SYNC_REFRESH_DELETE:
	case SYNC_REFRESH_PRESENT:
		return (hear_phase(sync, info, sink, why));
	case SYNC_ID_SET:
		if (hear_ids(sync, info, sink, why) == -1)
			return (-1);
		keep_cookie(sync, &info->cookie);
		return (0);
	}
	return (nonsense(sync, "an info is of an unknown kind", why));
}

/* ---- the result -------------------------------------------------------- */

static enum sync_trouble
trouble_refreshing(enum ldapconn_code code, bool with_cookie)
{

	switch (code) {
	case LDAPCONN_NO_CONTROL:
		return (SYNC_NOT_OFFERED);
	case LDAPCONN_UNWILLING:
		return (with_cookie ? SYNC_COOKIE_NEWER : SYNC_FAILED);
	case LDAPCONN_REFRESH_REQUIRED:
	case LDAPCONN_OTHER:
		return (with_cookie ? SYNC_COOKIE_REFUSED : SYNC_FAILED);
	case LDAPCONN_SUCCESS:
	case LDAPCONN_LATER:
		break;
	}
	return (SYNC_FAILED);
}

static enum sync_trouble
trouble_persisting(enum ldapconn_code code)
{

	return (code == LDAPCONN_REFRESH_REQUIRED ? SYNC_COOKIE_REFUSED :
	    SYNC_FAILED);
}

static int
hear_failure(struct sync *sync, const struct ldapconn_message *m,
    struct why *why)
{

	sync->trouble = sync->stage == SYNC_PERSISTING ?
	    trouble_persisting(m->code) :
	    trouble_refreshing(m->code, resumed(sync));
	return (why_set(why, "the server has ended the search: %s", m->words));
}

/* The present phase may have been ended by an info, with a delete phase after
 * it. */
static int
hear_done(struct sync *sync, const struct sync_done *done,
    const struct sync_sink *sink, struct why *why)
{

	if (!done->refresh_deletes && !sync->present_ended &&
	    present_end(sync, sink, why) == -1)
		return (-1);
	keep_cookie(sync, &done->cookie);
	sync->no_use = done->no_use;
	return (refresh_end(sync, why));
}

static int
hear_result(struct sync *sync, const struct ldapconn_message *m,
    const struct sync_sink *sink, struct why *why)
{

	if (m->code != LDAPCONN_SUCCESS || sync->stage == SYNC_PERSISTING)
		return (hear_failure(sync, m, why));
	if (sync->mode == SYNC_REFRESH_AND_PERSIST)
		return (nonsense(sync, "a search that should persist ends in "
		    "its refresh", why));
	if (!m->has_done)
		return (nonsense(sync, "the result does not say what kind of "
		    "refresh it ends", why));
	return (hear_done(sync, &m->done, sink, why));
}

int
sync_hear(struct sync *sync, const struct ldapconn_message *m,
    const struct sync_sink *sink, struct why *why)
{

	sync->trouble = SYNC_FAILED;
	if (sync->stage == SYNC_COMPLETE)
		return (nonsense(sync, "the search goes on after its end",
		    why));
	switch (m->kind) {
	case LDAPCONN_ENTRY:
		return (hear_entry(sync, m, sink, why));
	case LDAPCONN_REFERENCE:
		return (why_set(why, "the answer is not complete: it has a "
		    "referral to another server"));
	case LDAPCONN_INFO:
		return (hear_info(sync, &m->info, sink, why));
	case LDAPCONN_RESULT:
		return (hear_result(sync, m, sink, why));
	}
	return (nonsense(sync, "a message is of an unknown kind", why));
}
