#ifndef STANDING_H
#define STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agewatch.h"
#include "clock.h"
#include "config.h"
#include "counters.h"
#include "running.h"
#include "store.h"
#include "why.h"

/*
 * standing: how everything stands at one moment, for `mayrelay status': what
 * store and counters say, beside what the configuration wants.
 */

struct standing {
	const struct config *config;
	struct clock_reading now;

	struct counters *counters;	/* NULL: there are none, and why */
	struct why no_counters;
	enum running running;

	uint64_t generation;
	bool loaded;
	int64_t age;			/* INT64_MAX: unknown */
	enum agewatch_state watch;
	struct store_search searches[SEARCHES];
};

/**
 * standing_look(standing, config, why), standing_end(standing):
 * Look at everything.  Return 0, or -1 if there is no store or it cannot be
 * read; without counters mayrelayd counts as not running.
 */
int standing_look(struct standing *, const struct config *, struct why *);
void standing_end(struct standing *);

/** standing_restart_needed(standing): is the file not in force, and did the
 * last reload of it fail for want of a restart? */
bool standing_restart_needed(const struct standing *);

/** standing_cure(standing): what puts the file in force that is not, as far as
 * the last reload tells: "reload it" or "restart mayrelayd". */
const char *standing_cure(const struct standing *);

/** standing_real_from(standing): from when on a refusal is real by the file:
 * WHEN_BEGINNING, WHEN_NEVER or a date.  In the authority role all are. */
int64_t standing_real_from(const struct standing *);

/* ---- the searches ------------------------------------------------------ */

/** standing_age(standing, search): seconds; INT64_MAX: unknown. */
int64_t standing_age(const struct standing *, enum search);

/** standing_current(standing, search): did the feed read it by the settings
 * that we have? */
bool standing_current(const struct standing *, enum search);

/** standing_unusable(standing, search): how many values of it could not be
 * read; 0 if it is not configured. */
uint64_t standing_unusable(const struct standing *, enum search);

/** standing_ldap(standing, search): does it come from LDAP? */
bool standing_ldap(const struct standing *, enum search);

/* ---- the LDAP servers -------------------------------------------------- */

/*
 * What the feed tells of its servers is told by number, and only the
 * configuration that it has knows their names.  So a name is put beside a
 * state only when the file is what is in force; else states stand alone.
 */
struct standing_server {
	const char *uri;	/* NULL: the file may name another one */
	bool known;		/* else nothing is known of its state */
	struct server_seen seen;
};

/** standing_servers(standing): how many there are; 0: no LDAP source. */
size_t standing_servers(const struct standing *);

/** standing_server(standing, i, server). */
void standing_server(const struct standing *, size_t,
    struct standing_server *);

/** standing_servers_doubt(standing, out, size): why names or states are
 * missing, in words in ${out}; NULL if none is. */
const char *standing_servers_doubt(const struct standing *, char *, size_t);

/** standing_in_use(server): does the policy come from it now? */
bool standing_in_use(const struct standing_server *);

/** standing_followed(standing): how the LDAP searches are: SERVER_FOLLOWED,
 * SERVER_POLLED, or SERVER_IDLE: not at all, or nobody knows. */
enum server_state standing_followed(const struct standing *);

#endif /* !STANDING_H */
