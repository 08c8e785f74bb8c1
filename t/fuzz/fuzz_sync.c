#include <lber.h>

#include "fuzz.h"
#include "synccontrol.h"

/*
 * A byte, and the value of a control or message of RFC 4533: refused, or the
 * same when it is written anew.
 */

static void
must_be(BerElement *ber, const void *bytes, size_t len)
{
	struct berval v;

	must(ber_flatten2(ber, &v, 0) == 0);
	/* A server may write a length in more bytes than it needs. */
	must(v.bv_len <= len);
	if (v.bv_len == len)
		must(memcmp(v.bv_val, bytes, len) == 0);
	ber_free(ber, 1);
}

static void
put_cookie(BerElement *ber, const struct cookie *cookie)
{

	if (cookie->len > 0)
		must(ber_printf(ber, "o", (const char *)cookie->bytes,
		    (ber_len_t)cookie->len) != -1);
}

/* A cookie that cannot be kept is told, but not what it was. */
static bool
told_whole(size_t len, const struct cookie *cookie, bool no_use)
{

	must(cookie->len <= COOKIE_MAX && (!no_use || cookie->len == 0));
	return (!no_use && (cookie->len > 0 || len < 64));
}

static void
try_state(const char *bytes, size_t len)
{
	struct sync_state state;
	BerElement *ber;

	if (synccontrol_state(bytes, len, &state) == -1)
		return;
	must(state.state <= SYNC_DELETE);
	if (!told_whole(len, &state.cookie, false))
		return;
	ber = ber_alloc_t(LBER_USE_DER);
	must(ber_printf(ber, "{eo", (ber_int_t)state.state,
	    (const char *)state.uuid, (ber_len_t)SYNC_UUID) != -1);
	put_cookie(ber, &state.cookie);
	must(ber_printf(ber, "}") != -1);
	must_be(ber, bytes, len);
}

static void
try_done(const char *bytes, size_t len)
{
	struct sync_done done;
	BerElement *ber;

	if (synccontrol_done(bytes, len, &done) == -1 ||
	    !told_whole(len, &done.cookie, done.no_use) ||
	    !done.refresh_deletes)
		return;
	ber = ber_alloc_t(LBER_USE_DER);
	must(ber_printf(ber, "{") != -1);
	put_cookie(ber, &done.cookie);
	must(ber_printf(ber, "b}", (ber_int_t)1) != -1);
	must_be(ber, bytes, len);
}

static void
info_is_sound(const struct sync_info *info, size_t len)
{
	size_t i, j;
	unsigned char seen = 0;

	must(info->cookie.len <= COOKIE_MAX);
	must(info->nuuids == 0 || info->kind == SYNC_ID_SET);
	must(info->nuuids * (SYNC_UUID + 2) <= len);
	for (i = 0; i < info->nuuids; i++)
		for (j = 0; j < SYNC_UUID; j++)
			seen |= info->uuids[i][j];
	(void)seen;
}

static void
try_info(const char *bytes, size_t len)
{
	struct sync_info info;
	struct arena arena;

	arena_init(&arena);
	if (synccontrol_info(bytes, len, &arena, &info) == 0)
		info_is_sound(&info, len);
	arena_free(&arena);
}

/* What we ask, read as a server would. */
static void
try_request(const char *bytes, size_t len)
{
	struct cookie cookie;
	struct berval sent, v;
	struct arena arena;
	const void *request;
	BerElement *ber;
	ber_int_t mode;
	size_t size;

	cookie_set(&cookie, bytes, len);
	arena_init(&arena);
	must(synccontrol_request(SYNC_REFRESH_AND_PERSIST, &cookie, &arena,
	    &request, &size) == 0);
	sent = (struct berval){ size, (char *)(uintptr_t)request };
	ber = ber_init(&sent);
	must(ber_scanf(ber, "{i", &mode) != LBER_ERROR);
	must(mode == SYNC_REFRESH_AND_PERSIST);
	if (cookie.len > 0) {
		must(ber_scanf(ber, "m", &v) != LBER_ERROR);
		must(v.bv_len == cookie.len);
		must(memcmp(v.bv_val, cookie.bytes, v.bv_len) == 0);
	}
	ber_free(ber, 1);
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(const char *, size_t) = {
		try_state, try_done, try_info, try_request
	};
	struct input in = input_of(data, size);
	const unsigned which = input_below(&in, COUNT(tries));
	size_t len = in.len;
	const char *bytes = input_bytes(&in, &len);

	tries[which](bytes, len);
	input_end(&in);
	return (0);
}
