#include <string.h>

#include "digest.h"

#define FNV_PRIME	UINT64_C(1099511628211)

static uint64_t
mix(uint64_t h, unsigned char byte)
{

	return ((h ^ byte) * FNV_PRIME);
}

uint64_t
digest_number(uint64_t h, int64_t n)
{
	uint64_t rest = (uint64_t)n;
	int i;

	for (i = 0; i < 8; i++, rest >>= 8)
		h = mix(h, (unsigned char)(rest & 0xff));
	return (h);
}

uint64_t
digest_bytes(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i;

	h = digest_number(h, (int64_t)len);
	for (i = 0; i < len; i++)
		h = mix(h, p[i]);
	return (h);
}

uint64_t
digest_text(uint64_t h, const char *text)
{

	if (text == NULL)
		return (digest_number(h, -1));
	return (digest_bytes(h, text, strlen(text)));
}
