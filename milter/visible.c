#include <string.h>

#include "visible.h"

static const char digits[] = "0123456789abcdef";

const char *
visible_bytes(const void *bytes, size_t n, char *out, size_t size)
{
	const unsigned char *b = bytes;
	size_t i, len = 0, width;

	for (i = 0; i < n; i++) {
		width = b[i] >= 0x20 && b[i] <= 0x7e ? 1 : 4;
		if (size < len + width + 1)
			break;
		if (width == 1) {
			out[len++] = (char)b[i];
			continue;
		}
		memcpy(out + len, "\\x", 2);
		out[len + 2] = digits[b[i] >> 4];
		out[len + 3] = digits[b[i] & 0xf];
		len += width;
	}
	if (size > 0)
		out[len] = '\0';
	return (out);
}

const char *
visible_text(const char *s, char *out, size_t size)
{

	return (visible_bytes(s, s == NULL ? 0 : strlen(s), out, size));
}
