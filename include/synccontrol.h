#ifndef SYNCCONTROL_H
#define SYNCCONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "cookie.h"

/*
 * synccontrol: the BER values of RFC 4533 <-> structs.
 *
 * Bytes come from a server and are not trusted: what does not read whole, and
 * what has something after its end, is refused.  Pure but for the memory; any
 * thread.
 */

#define SYNC_REQUEST_OID	"1.3.6.1.4.1.4203.1.9.1.1"
#define SYNC_STATE_OID		"1.3.6.1.4.1.4203.1.9.1.2"
#define SYNC_DONE_OID		"1.3.6.1.4.1.4203.1.9.1.3"
#define SYNC_INFO_OID		"1.3.6.1.4.1.4203.1.9.1.4"

enum { SYNC_UUID = 16 };	/* bytes of an entryUUID */

enum sync_mode { SYNC_REFRESH_ONLY = 1, SYNC_REFRESH_AND_PERSIST = 3 };

/* RFC 4533 section 2.3, with an entry. */
enum sync_entry_state { SYNC_PRESENT, SYNC_ADD, SYNC_MODIFY, SYNC_DELETE };

struct sync_state {
	enum sync_entry_state state;
	unsigned char uuid[SYNC_UUID];
	struct cookie cookie;		/* len 0: none came */
};

/* Section 2.4, with the result. */
struct sync_done {
	struct cookie cookie;
	bool no_use;			/* one came that we cannot keep: of no
					   bytes, or too many */
	bool refresh_deletes;
};

/* Section 2.5, between the entries. */
enum sync_info_kind {
	SYNC_NEW_COOKIE,
	SYNC_REFRESH_DELETE,
	SYNC_REFRESH_PRESENT,
	SYNC_ID_SET
};

struct sync_info {
	enum sync_info_kind kind;
	struct cookie cookie;
	bool no_use;			/* DELETE, PRESENT: as above */
	bool refresh_done;		/* DELETE, PRESENT; true unless said */
	bool refresh_deletes;		/* ID_SET */
	const unsigned char (*uuids)[SYNC_UUID];	/* ID_SET: in the
							   arena */
	size_t nuuids;
};

/**
 * synccontrol_request(mode, cookie, arena, bytes, len):
 * The value of the request control, reloadHint false; a cookie of length 0 is
 * left out.  Return 0, or -1 when memory is short.
 */
int synccontrol_request(enum sync_mode, const struct cookie *, struct arena *,
    const void **, size_t *);

/** synccontrol_state, _done, _info: Return 0, or -1 if the bytes are not that
 * (or memory is short). */
int synccontrol_state(const void *, size_t, struct sync_state *);
int synccontrol_done(const void *, size_t, struct sync_done *);
int synccontrol_info(const void *, size_t, struct arena *, struct sync_info *);

#endif /* !SYNCCONTROL_H */
