#include <lber.h>
#include <limits.h>
#include <string.h>

#include "synccontrol.h"

/* RFC 4533 section 2.5, the choice of syncInfoValue: implicit tags. */
enum {
	TAG_NEW_COOKIE = LBER_CLASS_CONTEXT | LBER_PRIMITIVE | 0,
	TAG_REFRESH_DELETE = LBER_CLASS_CONTEXT | LBER_CONSTRUCTED | 1,
	TAG_REFRESH_PRESENT = LBER_CLASS_CONTEXT | LBER_CONSTRUCTED | 2,
	TAG_ID_SET = LBER_CLASS_CONTEXT | LBER_CONSTRUCTED | 3
};

/* ---- writing ----------------------------------------------------------- */

/* A BOOLEAN that has its default is left out (RFC 4511 section 5.1). */
static int
write_request(BerElement *ber, enum sync_mode mode,
    const struct cookie *cookie)
{

	if (ber_printf(ber, "{e", (ber_int_t)mode) == -1)
		return (-1);
	if (cookie->len > 0 && ber_printf(ber, "o",
	    (const char *)cookie->bytes, (ber_len_t)cookie->len) == -1)
		return (-1);
	return (ber_printf(ber, "}") == -1 ? -1 : 0);
}

int
synccontrol_request(enum sync_mode mode, const struct cookie *cookie,
    struct arena *arena, const void **bytes, size_t *len)
{
	BerElement *ber = ber_alloc_t(LBER_USE_DER);
	struct berval v;

	*bytes = NULL;
	*len = 0;
	if (ber == NULL)
		return (-1);
	if (write_request(ber, mode, cookie) == 0 &&
	    ber_flatten2(ber, &v, 0) == 0 &&
	    (*bytes = arena_strndup(arena, v.bv_val, v.bv_len)) != NULL)
		*len = v.bv_len;
	ber_free(ber, 1);
	return (*bytes != NULL ? 0 : -1);
}

/* ---- reading ----------------------------------------------------------- */

/*
 * Take what begins a constructed element.  All that are read here reach to the
 * end of the bytes, so one that does not is wrong, and ends need no stack.
 */
static int
enter(BerElement *ber, ber_tag_t tag)
{
	ber_len_t len;

	if (ber_skip_tag(ber, &len) != tag ||
	    len != (ber_len_t)ber_remaining(ber))
		return (-1);
	return (0);
}

static bool
at_end(BerElement *ber)
{

	return (ber_remaining(ber) == 0);
}

/* Is the next element of that tag?  Then take it. */
static bool
take(BerElement *ber, ber_tag_t tag, struct berval *content)
{
	ber_len_t len;

	return (ber_peek_tag(ber, &len) == tag &&
	    ber_skip_element(ber, content) == tag);
}

/* OPTIONAL: ${cookie} stays as it is if there is none.  True if there is one
 * that is of no use. */
static bool
take_cookie(BerElement *ber, ber_tag_t tag, struct cookie *cookie)
{
	struct berval v;

	if (!take(ber, tag, &v))
		return (false);
	cookie_set(cookie, v.bv_val, v.bv_len);
	return (cookie->len == 0);
}

/* DEFAULT: likewise.  True is 0xFF alone (RFC 4511 section 5.1). */
static int
take_boolean(BerElement *ber, bool *value)
{
	struct berval v;

	if (!take(ber, LBER_BOOLEAN, &v))
		return (0);
	if (v.bv_len != 1 || (v.bv_val[0] != '\0' && v.bv_val[0] != '\xff'))
		return (-1);
	*value = v.bv_val[0] != '\0';
	return (0);
}

static int
take_entry_state(BerElement *ber, enum sync_entry_state *state)
{
	struct berval v;

	if (!take(ber, LBER_ENUMERATED, &v) || v.bv_len != 1)
		return (-1);
	switch (v.bv_val[0]) {
	case SYNC_PRESENT:
	case SYNC_ADD:
	case SYNC_MODIFY:
	case SYNC_DELETE:
		*state = (enum sync_entry_state)v.bv_val[0];
		return (0);
	}
	return (-1);
}

static int
take_uuid(BerElement *ber, unsigned char uuid[SYNC_UUID])
{
	struct berval v;

	if (!take(ber, LBER_OCTETSTRING, &v) || v.bv_len != SYNC_UUID)
		return (-1);
	memcpy(uuid, v.bv_val, SYNC_UUID);
	return (0);
}

/*
 * liblber looks one byte beyond an element for the tag of the next one:
 * ber_init() makes a copy that has that byte (ber_init2() would not).
 */
static BerElement *
reader_of(const void *bytes, size_t len)
{
	struct berval v = { len, (char *)bytes };

	return (len > 0 && len <= INT_MAX ? ber_init(&v) : NULL);
}

static int
read_end(BerElement *ber, int result)
{

	if (result == 0 && !at_end(ber))
		result = -1;
	ber_free(ber, 1);
	return (result);
}

static int
read_state(BerElement *ber, struct sync_state *state)
{

	if (enter(ber, LBER_SEQUENCE) == -1 ||
	    take_entry_state(ber, &state->state) == -1 ||
	    take_uuid(ber, state->uuid) == -1)
		return (-1);
	take_cookie(ber, LBER_OCTETSTRING, &state->cookie);
	return (0);
}

int
synccontrol_state(const void *bytes, size_t len, struct sync_state *state)
{
	BerElement *ber = reader_of(bytes, len);

	*state = (struct sync_state){ .state = SYNC_PRESENT };
	return (ber != NULL ? read_end(ber, read_state(ber, state)) : -1);
}

static int
read_done(BerElement *ber, struct sync_done *done)
{

	if (enter(ber, LBER_SEQUENCE) == -1)
		return (-1);
	done->no_use = take_cookie(ber, LBER_OCTETSTRING, &done->cookie);
	return (take_boolean(ber, &done->refresh_deletes));
}

int
synccontrol_done(const void *bytes, size_t len, struct sync_done *done)
{
	BerElement *ber = reader_of(bytes, len);

	*done = (struct sync_done){ .refresh_deletes = false };
	return (ber != NULL ? read_end(ber, read_done(ber, done)) : -1);
}

/* ---- sync info --------------------------------------------------------- */

static int
read_refresh(BerElement *ber, ber_tag_t tag, struct sync_info *info)
{

	if (enter(ber, tag) == -1)
		return (-1);
	info->no_use = take_cookie(ber, LBER_OCTETSTRING, &info->cookie);
	info->refresh_done = true;
	return (take_boolean(ber, &info->refresh_done));
}

static int
read_uuids(BerElement *ber, struct arena *arena, struct sync_info *info)
{
	/* With tag and length, each takes at least that much. */
	const size_t most = (size_t)ber_remaining(ber) / (2 + SYNC_UUID);
	unsigned char (*uuids)[SYNC_UUID];
	size_t n;

	if ((uuids = arena_array(arena, most, sizeof(*uuids))) == NULL)
		return (-1);
	for (n = 0; n < most && !at_end(ber); n++)
		if (take_uuid(ber, uuids[n]) == -1)
			return (-1);
	info->uuids = (const unsigned char (*)[SYNC_UUID])uuids;
	info->nuuids = n;
	return (0);
}

static int
read_id_set(BerElement *ber, struct arena *arena, struct sync_info *info)
{

	if (enter(ber, TAG_ID_SET) == -1)
		return (-1);
	take_cookie(ber, LBER_OCTETSTRING, &info->cookie);
	if (take_boolean(ber, &info->refresh_deletes) == -1 ||
	    enter(ber, LBER_SET) == -1)
		return (-1);
	return (read_uuids(ber, arena, info));
}

static int
read_info(BerElement *ber, struct arena *arena, struct sync_info *info)
{
	ber_len_t len;
	ber_tag_t tag = ber_peek_tag(ber, &len);

	switch (tag) {
	case TAG_NEW_COOKIE:
		info->kind = SYNC_NEW_COOKIE;
		take_cookie(ber, tag, &info->cookie);
		return (0);
	case TAG_REFRESH_DELETE:
		info->kind = SYNC_REFRESH_DELETE;
		return (read_refresh(ber, tag, info));
	case TAG_REFRESH_PRESENT:
		info->kind = SYNC_REFRESH_PRESENT;
		return (read_refresh(ber, tag, info));
	case TAG_ID_SET:
		info->kind = SYNC_ID_SET;
		return (read_id_set(ber, arena, info));
	}
	return (-1);
}

int
synccontrol_info(const void *bytes, size_t len, struct arena *arena,
    struct sync_info *info)
{
	BerElement *ber = reader_of(bytes, len);

	*info = (struct sync_info){ .kind = SYNC_NEW_COOKIE };
	return (ber != NULL ? read_end(ber, read_info(ber, arena, info)) : -1);
}
