#ifndef SYNC_CASE_H
#define SYNC_CASE_H

#include <string.h>

#include "ldapconn.h"

/*
 * sync_case: what a server says in a search by RFC 4533, in short.
 *
 * An entry is called by one letter, and its entryUUID is 16 of them.
 */

struct says {
	enum ldapconn_kind kind;
	const char *ids;	/* ENTRY: one; INFO: those of an ID set */
	const char *cookie;	/* NULL: none */
	bool bare;		/* without its control */
	enum sync_entry_state state;
	enum sync_info_kind info;
	bool done;		/* refreshDone */
	bool deletes;		/* refreshDeletes */
	enum ldapconn_code code;
};

#define SAYS_ENTRY(st, id, c)	\
	{ .kind = LDAPCONN_ENTRY, .state = (st), .ids = (id), .cookie = (c) }
#define ADD(id)			SAYS_ENTRY(SYNC_ADD, id, NULL)
#define MODIFY(id)		SAYS_ENTRY(SYNC_MODIFY, id, NULL)
#define DELETE(id)		SAYS_ENTRY(SYNC_DELETE, id, NULL)
#define PRESENT(id)		SAYS_ENTRY(SYNC_PRESENT, id, NULL)
#define NO_STATE(id)		\
	{ .kind = LDAPCONN_ENTRY, .ids = (id), .bare = true }

#define SAYS_INFO(k, c)	\
	.kind = LDAPCONN_INFO, .info = (k), .cookie = (c)
#define NEW_COOKIE(c)		{ SAYS_INFO(SYNC_NEW_COOKIE, c) }
#define PRESENT_IDS(list, c)	{ SAYS_INFO(SYNC_ID_SET, c), .ids = (list) }
#define DELETE_IDS(list, c)	\
	{ SAYS_INFO(SYNC_ID_SET, c), .ids = (list), .deletes = true }
#define REFRESH_PRESENT(c)	\
	{ SAYS_INFO(SYNC_REFRESH_PRESENT, c), .done = true }
#define REFRESH_DELETE(c)	\
	{ SAYS_INFO(SYNC_REFRESH_DELETE, c), .done = true }
#define MORE_AFTER_PRESENT(c)	{ SAYS_INFO(SYNC_REFRESH_PRESENT, c) }
#define MORE_AFTER_DELETE(c)	{ SAYS_INFO(SYNC_REFRESH_DELETE, c) }

#define REFERENCE		{ .kind = LDAPCONN_REFERENCE }
#define DONE_PRESENT(c)		{ .kind = LDAPCONN_RESULT, .cookie = (c) }
#define DONE_DELETE(c)		\
	{ .kind = LDAPCONN_RESULT, .cookie = (c), .deletes = true }
#define RESULT(what)		\
	{ .kind = LDAPCONN_RESULT, .bare = true, .code = (what) }

/* The bytes of an ID set. */
struct says_ids {
	unsigned char uuids[8][SYNC_UUID];
};

static inline struct cookie
says_cookie(const char *text)
{
	struct cookie cookie = { .len = 0 };

	if (text != NULL)
		cookie_set(&cookie, text, strlen(text));
	return (cookie);
}

/* The message as ldapconn gives it. */
static inline struct ldapconn_message
says_message(const struct says *s, struct says_ids *ids)
{
	struct ldapconn_message m = { .kind = s->kind, .code = s->code,
	    .words = "1 (words)" };
	size_t i, n = s->ids == NULL ? 0 : strlen(s->ids);

	for (i = 0; i < n; i++)
		memset(ids->uuids[i], s->ids[i], SYNC_UUID);
	m.entry.dn = "cn=x";
	m.entry.dn_len = 4;
	m.has_state = s->kind == LDAPCONN_ENTRY && !s->bare;
	m.state.state = s->state;
	m.state.cookie = says_cookie(s->cookie);
	if (n > 0)
		memcpy(m.state.uuid, ids->uuids[0], SYNC_UUID);
	m.info = (struct sync_info){ .kind = s->info,
	    .cookie = says_cookie(s->cookie), .refresh_done = s->done,
	    .no_use = s->cookie != NULL && s->cookie[0] == '\0',
	    .refresh_deletes = s->deletes, .nuuids = n };
	m.info.uuids = (const unsigned char (*)[SYNC_UUID])ids->uuids;
	m.has_done = s->kind == LDAPCONN_RESULT && !s->bare;
	m.done.cookie = says_cookie(s->cookie);
	m.done.no_use = m.info.no_use;
	m.done.refresh_deletes = s->deletes;
	return (m);
}

#endif /* !SYNC_CASE_H */
