#include <string.h>

#include "visible.h"

static const char digits[] = "0123456789abcdef";

const char *
visible_text(const char *s, char *out, size_t size)
{
	unsigned char c;
	size_t len = 0, width;

	for (; s != NULL && *s != '\0'; s++) {
		c = (unsigned char)*s;
		width = c >= 0x20 && c <= 0x7e ? 1 : 4;
		if (size < len + width + 1)
			break;
		if (width == 1) {
			out[len++] = (char)c;
			continue;
		}
		memcpy(out + len, "\\x", 2);
		out[len + 2] = digits[c >> 4];
		out[len + 3] = digits[c & 0xf];
		len += width;
	}
	if (size > 0)
		out[len] = '\0';
	return (out);
}
