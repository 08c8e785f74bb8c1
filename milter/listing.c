#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "dn.h"
#include "dnset.h"
#include "listing.h"
#include "log.h"
#include "sync.h"

enum {
	PAGE_SIZE = 500,
	PROGRESS_EVERY = 64,	/* entries */
	PROGRESS_MS = 250,
	UUID_TEXT = 36		/* RFC 4530 section 2.1 */
};

static const char entry_uuid[] = "entryUUID";

/* One run. */
struct reading {
	struct listing *listing;
	const struct sink *sink;
	struct why *why;
	bool searching;		/* messages of ${id} may come */
	int id;
	struct arena message;
	struct arena entry;	/* what is made of one message */
	struct uuidset uuids;	/* the keys told so far */
	struct dnset dns;
	int64_t progressed;	/* clock_ms() */
	unsigned entries;	/* since then */
	bool csn_hidden;	/* an entry came without its entryCSN */
};

static int
short_memory(struct why *why)
{

	return (why_set(why, "memory is short"));
}

/* ---- an entry as the sinks want it ------------------------------------- */

static void
uuid_text(const unsigned char uuid[SYNC_UUID], char out[UUID_TEXT + 1])
{
	size_t i, at = 0;

	for (i = 0; i < SYNC_UUID; i++)
		at += (size_t)snprintf(out + at, UUID_TEXT + 1 - at, "%s%02x",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return (at == NULL ? -1 : (int)((at - digits) % 16));
}

/* Return 0, or -1 if the text is no UUID. */
static int
uuid_read(const struct entry_value *text, unsigned char uuid[SYNC_UUID])
{
	char canonical[UUID_TEXT + 1];
	int high, low;
	size_t i, at = 0;

	if (text->len != UUID_TEXT)
		return (-1);
	for (i = 0; i < SYNC_UUID; i++, at += 2) {
		if (text->s[at] == '-')
			at++;
		if ((high = hex_digit(text->s[at])) == -1 ||
		    (low = hex_digit(text->s[at + 1])) == -1)
			return (-1);
		uuid[i] = (unsigned char)(high * 16 + low);
	}
	uuid_text(uuid, canonical);
	return (strcasecmp(text->s, canonical) == 0 ? 0 : -1);
}

/* With the length that dn_normalise() returns; NULL when memory is short. */
static char *
normal_dn(const struct entry *entry, struct arena *arena, long *len)
{
	size_t size = DN_SIZE(entry->dn_len);
	char *dn = arena_alloc(arena, size);

	if (dn != NULL)
		*len = dn_normalise(entry->dn, entry->dn_len, dn, size);
	return (dn);
}

/* A deny in it must hold all the same. */
static void
rename_entry(const struct ldapquery *query, struct entry *entry,
    const char *dn)
{
	const int shown = (int)(entry->dn_len < WHY_MAX ? entry->dn_len :
	    WHY_MAX);

	log_line(LOG_SEV_WARNING, "search of %s: this DN cannot be read, the "
	    "entry counts as %s: %.*s", query->base, dn, shown, entry->dn);
	entry->dn = dn;
	entry->dn_len = strlen(dn);
}

static void
set_entry(const struct ldapquery *query, const struct entry *entry,
    const void *key, size_t key_len, struct source_entry *out)
{

	*out = (struct source_entry){ .entry = entry, .key = key,
	    .key_len = key_len, .searches = query->searches };
}

int
listing_entry(const struct ldapquery *query, const struct entry *entry,
    const unsigned char uuid[SYNC_UUID], struct arena *arena,
    struct entry *copy, struct source_entry *out)
{
	const size_t size = sizeof(entry_uuid) + 1 + UUID_TEXT;
	char text[UUID_TEXT + 1], *dn;
	long len;

	*copy = *entry;
	if (normal_dn(entry, arena, &len) == NULL ||
	    (dn = arena_alloc(arena, size)) == NULL)
		return (-1);
	if (len == -1) {
		uuid_text(uuid, text);
		snprintf(dn, size, "%s=%s", entry_uuid, text);
		rename_entry(query, copy, dn);
	}
	set_entry(query, copy, uuid, SYNC_UUID, out);
	return (0);
}

/* "entryDN=#...": two DNs that cannot be read are still two. */
static char *
hex_dn(const struct entry *entry, struct arena *arena)
{
	static const char begin[] = "entrydn=#";
	const size_t size = sizeof(begin) + 2 * entry->dn_len;
	char *dn = arena_alloc(arena, size);
	size_t i, at = sizeof(begin) - 1;

	if (dn == NULL)
		return (NULL);
	memcpy(dn, begin, sizeof(begin));
	for (i = 0; i < entry->dn_len; i++, at += 2)
		snprintf(dn + at, size - at, "%02x",
		    (unsigned char)entry->dn[i]);
	return (dn);
}

static int
entry_by_dn(const struct ldapquery *query, const struct entry *entry,
    struct arena *arena, struct entry *copy, struct source_entry *out)
{
	char *dn;
	long len;

	*copy = *entry;
	if ((dn = normal_dn(entry, arena, &len)) == NULL)
		return (-1);
	if (len == -1) {
		if ((dn = hex_dn(entry, arena)) == NULL)
			return (-1);
		rename_entry(query, copy, dn);
	}
	set_entry(query, copy, dn, strlen(dn), out);
	return (0);
}

/* ---- telling ----------------------------------------------------------- */

static int
progress(struct reading *r)
{

	r->entries = 0;
	r->progressed = clock_ms();
	return (r->listing->progress(r->listing->progress_ctx, r->why));
}

static int
progress_if_due(struct reading *r)
{

	if (r->entries < PROGRESS_EVERY &&
	    clock_ms() - r->progressed < PROGRESS_MS)
		return (0);
	return (progress(r));
}

/* Was that key told before?  -1 when memory is short. */
static int
key_told(struct reading *r, const struct source_entry *e)
{
	unsigned long before;

	if (e->key_len != SYNC_UUID) {
		if (dnset_add(&r->dns, e->key, e->key_len, 1, &before) == -1)
			return (-1);
		return (before != 0);
	}
	if (uuidset_has(&r->uuids, e->key))
		return (1);
	return (uuidset_add(&r->uuids, e->key));
}

/* The store would keep both, and a later change would find one of them. */
static int
tell(struct reading *r, const struct source_entry *e)
{

	switch (key_told(r, e)) {
	case 0:
		r->entries++;
		return (r->sink->entry(r->sink->ctx, e, r->why));
	case 1:
		return (why_set(r->why, "the entry %.*s came twice: it was "
		    "changed while it was read", (int)e->entry->dn_len,
		    e->entry->dn));
	default:
		return (short_memory(r->why));
	}
}

/* ---- messages ---------------------------------------------------------- */

static int
lost(struct reading *r)
{

	r->listing->lost = true;
	return (-1);
}

static int
send_search(struct reading *r, const struct ldapconn_search *search)
{

	if (ldapconn_search(r->listing->conn, search, &r->id, r->why) == -1)
		return (lost(r));
	r->searching = true;
	return (0);
}

static int
silent(struct reading *r)
{

	why_set(r->why, "no answer for %lld ms",
	    (long long)r->listing->timeout_ms);
	return (lost(r));
}

static int64_t
wait_for(const struct reading *r, int64_t since)
{
	int64_t left = since + r->listing->timeout_ms - clock_ms();

	if (left < 0)
		left = 0;
	return (left < PROGRESS_MS ? left : PROGRESS_MS);
}

/* The next message of this search. */
static int
next(struct reading *r, struct ldapconn_message *m)
{
	const int64_t since = clock_ms();
	int64_t wait;
	int got;

	do {
		if (progress_if_due(r) == -1)
			return (-1);
		arena_reset(&r->message);
		wait = wait_for(r, since);
		got = ldapconn_next(r->listing->conn, wait, &r->message, m,
		    r->why);
		if (got == -1) {
			r->searching = false;
			return (lost(r));
		}
		if (got == 1 && m->id == r->id)
			return (0);
	} while (wait > 0);
	return (silent(r));
}

/* ---- RFC 4533 ---------------------------------------------------------- */

static bool
has_csn(const struct entry *entry)
{
	struct entry_cursor values;

	entry_values(&values, entry, "entryCSN");
	return (entry_next(&values) != NULL);
}

static int
sync_put(void *ctx, const unsigned char uuid[SYNC_UUID],
    const struct entry *entry, struct why *why)
{
	struct reading *r = ctx;
	struct source_entry out;
	struct entry copy;

	r->csn_hidden = r->csn_hidden || !has_csn(entry);
	arena_reset(&r->entry);
	if (listing_entry(r->listing->query, entry, uuid, &r->entry, &copy,
	    &out) == -1)
		return (short_memory(why));
	return (tell(r, &out));
}

/* It may have been told before: what we have is not what is there. */
static int
sync_delete(void *ctx, const unsigned char uuid[SYNC_UUID], struct why *why)
{

	(void)ctx;
	(void)uuid;
	return (why_set(why, "an entry was deleted while it was read"));
}

static int
hear_all(struct reading *r, struct sync *sync)
{
	const struct sync_sink sink = { r, sync_put, sync_delete, NULL };
	struct ldapconn_message m;

	while (sync->stage == SYNC_REFRESHING) {
		if (next(r, &m) == -1)
			return (-1);
		r->searching = m.kind != LDAPCONN_RESULT;
		if (sync_hear(sync, &m, &sink, r->why) == -1) {
			r->listing->not_offered =
			    sync->trouble == SYNC_NOT_OFFERED;
			return (-1);
		}
	}
	return (0);
}

static void
log_hidden(const struct reading *r)
{
	struct why text;

	why_set(&text, "search of %s: there are entries whose entryCSN may not "
	    "be read, and without that slapd does not tell what has changed: "
	    "let the bind user read it", r->listing->query->base);
	if (reported_line(r->listing->reported, text.text))
		log_line(LOG_SEV_WARNING, "%s", text.text);
}

/*
 * slapd finds what has changed since a cookie by entryCSN, and in our name:
 * what we may not read of that it leaves out, and says success.  Such a cookie
 * is none.
 */
static int
tell_cookie(struct reading *r, const struct cookie *cookie)
{
	const struct ldapquery *query = r->listing->query;

	r->listing->cookie = *cookie;
	if (cookie->len == 0)
		return (0);
	if (r->csn_hidden && cookie_has_csn(cookie)) {
		log_hidden(r);
		return (0);
	}
	return (r->sink->cookie(r->sink->ctx, query->searches, cookie,
	    r->why));
}

/*
 * Of refreshOnly slapd leaves out what is changed after it began, and tells it
 * to whoever goes on from the cookie: an entry that was always there would be
 * missing from the policy until then.  So the search is one that persists, and
 * is left when its refresh is over.
 */
static int
run_sync(struct reading *r)
{
	const struct ldapquery *query = r->listing->query;
	const struct ldapconn_search how = { .base = query->base,
	    .filter = query->filter, .attrs = query->attrs, .sync = true,
	    .mode = SYNC_REFRESH_AND_PERSIST };
	struct sync sync;
	int result;

	if (send_search(r, &how) == -1)
		return (-1);
	sync_begin(&sync, how.mode, NULL);
	result = hear_all(r, &sync);
	if (result == 0)
		result = tell_cookie(r, &sync.cookie);
	sync_end(&sync);
	return (result);
}

/* ---- pages ------------------------------------------------------------- */

/* Active Directory gives the values of a long attribute in pieces; the rest of
 * a group's members would be missing. */
static int
check_whole(const struct entry *entry, struct why *why)
{
	static const char range[] = ";range=";
	const char *option;
	size_t i;

	for (i = 0; i < entry->nattrs; i++) {
		option = strchr(entry->attrs[i].name, ';');
		if (option != NULL && strncasecmp(option, range,
		    sizeof(range) - 1) == 0)
			return (why_set(why, "the entry %.*s has too many "
			    "values for one answer (%s): raise the server's "
			    "limit (MaxValRange)", (int)entry->dn_len,
			    entry->dn, entry->attrs[i].name));
	}
	return (0);
}

static int
plain_entry(struct reading *r, const struct entry *entry)
{
	const struct ldapquery *query = r->listing->query;
	unsigned char uuid[SYNC_UUID];
	struct entry_cursor values;
	const struct entry_value *text;
	struct source_entry out;
	struct entry copy;
	int result;

	if (check_whole(entry, r->why) == -1)
		return (-1);
	arena_reset(&r->entry);
	entry_values(&values, entry, entry_uuid);
	text = entry_next(&values);
	if (text != NULL && uuid_read(text, uuid) == 0)
		result = listing_entry(query, entry, uuid, &r->entry, &copy,
		    &out);
	else
		result = entry_by_dn(query, entry, &r->entry, &copy, &out);
	return (result == -1 ? short_memory(r->why) : tell(r, &out));
}

/* Until the result, which is then in ${m}. */
static int
plain_page(struct reading *r, struct ldapconn_message *m)
{

	while (r->searching) {
		if (next(r, m) == -1)
			return (-1);
		switch (m->kind) {
		case LDAPCONN_ENTRY:
			if (plain_entry(r, &m->entry) == -1)
				return (-1);
			break;
		case LDAPCONN_REFERENCE:
			return (why_set(r->why, "the answer is not complete: "
			    "it has a referral to another server"));
		case LDAPCONN_INFO:
			return (why_set(r->why, "an answer that nobody has "
			    "asked for"));
		case LDAPCONN_RESULT:
			r->searching = false;
		}
	}
	if (m->code != LDAPCONN_SUCCESS)
		return (why_set(r->why, "the server has ended the search: %s",
		    m->words));
	return (0);
}

static int
run_plain(struct reading *r)
{
	const struct ldapquery *query = r->listing->query;
	struct ldapconn_search how = { .base = query->base,
	    .filter = query->filter, .attrs = query->attrs,
	    .page_size = PAGE_SIZE };
	struct ldapconn_message m;
	struct cookie page;	/* the message goes with the next one */

	do {
		if (send_search(r, &how) == -1 || plain_page(r, &m) == -1)
			return (-1);
		page = m.page;
		how.page = &page;
	} while (page.len > 0);
	return (0);
}

/* ---- one run ----------------------------------------------------------- */

static void
reading_begin(struct reading *r, struct listing *listing,
    const struct sink *sink, struct why *why)
{

	*r = (struct reading){ .listing = listing, .sink = sink, .why = why };
	r->progressed = clock_ms();
	arena_init(&r->message);
	arena_init(&r->entry);
	uuidset_init(&r->uuids);
	dnset_init(&r->dns);
}

static void
reading_end(struct reading *r)
{

	if (r->searching)
		ldapconn_abandon(r->listing->conn, r->id);
	arena_free(&r->message);
	arena_free(&r->entry);
	uuidset_free(&r->uuids);
	dnset_free(&r->dns);
}

int
listing_run(struct listing *listing, const struct sink *sink,
    struct why *why)
{
	struct reading r;
	int result = -1;

	listing->cookie.len = 0;
	listing->not_offered = false;
	listing->lost = false;
	reading_begin(&r, listing, sink, why);
	switch (listing->how) {
	case LISTING_SYNC:
		result = run_sync(&r);
		break;
	case LISTING_PLAIN:
		result = run_plain(&r);
		break;
	}
	reading_end(&r);
	return (result == 0 ? 0 : why_prefix(why, "search of %s: ",
	    listing->query->base));
}
