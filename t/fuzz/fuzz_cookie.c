#include "cookie.h"
#include "fuzz.h"

/*
 * Two lines: the cookie that was kept, and the one that came.  Never more bytes
 * than a cookie may have, and never news that nobody told.
 */

static void
read_cookie(struct input *in, struct cookie *cookie)
{
	size_t len;
	const char *bytes = input_upto(in, '\n', &len);

	cookie_set(cookie, bytes, len);
	must(cookie->len == (len > COOKIE_MAX ? 0 : len));
	must(cookie_equal(cookie, cookie));
}

static bool
says(const struct cookie *cookie, const char *name)
{
	size_t i;

	for (i = 0; i + 4 <= cookie->len; i++)
		if ((i == 0 || cookie->bytes[i - 1] == ',') &&
		    memcmp(cookie->bytes + i, name, 4) == 0)
			return (true);
	return (false);
}

/* What is sent names no server that gave it, and knows what was known. */
static void
sent_is_anonymous(const struct cookie *cookie)
{
	struct cookie out;

	cookie_anonymous(cookie, &out);
	must(out.len <= cookie->len);
	if (cookie->len >= 4 && memcmp(cookie->bytes, "rid=", 4) == 0) {
		must(!says(&out, "sid=") && !says(&out, "had="));
		must(cookie_has_csn(&out) == cookie_has_csn(cookie));
	} else {
		must(cookie_equal(&out, cookie));
	}
}

/* What came replaces what was kept; or they are merged, twice as once, and that
 * is of use, or none. */
static void
merged_is_sound(const struct cookie *ours, const struct cookie *theirs)
{
	struct cookie once = *ours, twice;

	cookie_merge(&once, theirs);
	must(once.len <= COOKIE_MAX);
	if (!cookie_equal(&once, theirs)) {
		twice = once;
		cookie_merge(&twice, theirs);
		must(once.len == 0 || cookie_equal(&once, &twice));
		must(!says(&once, "sid="));
		must(once.len == 0 || cookie_has_csn(&once));
	}
	sent_is_anonymous(&once);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cookie none;
	struct input in = input_of(data, size);
	struct cookie ours, theirs;

	read_cookie(&in, &ours);
	read_cookie(&in, &theirs);
	sent_is_anonymous(&ours);
	merged_is_sound(&ours, &theirs);
	must(!cookie_behind(&ours, &ours) || says(&ours, "had="));
	must(!cookie_honoured(&none, &theirs) || !cookie_has_csn(&theirs));
	if (cookie_honoured(&ours, &theirs) && theirs.len > 0)
		must(cookie_has_csn(&ours) == cookie_has_csn(&theirs));
	input_end(&in);
	return (0);
}
