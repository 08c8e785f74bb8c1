#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>
#include <stdint.h>

/*
 * digest: 64 bits that tell whether two things are the same (FNV-1a).
 *
 * Not for anything that an attacker may choose.  Pure functions; any thread.
 */

#define DIGEST_BEGIN	UINT64_C(14695981039346656037)

/** digest_bytes(h, bytes, len): mix in bytes, and how many they are. */
uint64_t digest_bytes(uint64_t, const void *, size_t);

/** digest_text(h, text): the same for a string; NULL differs from "". */
uint64_t digest_text(uint64_t, const char *);

/** digest_number(h, n): mix in a number, whatever its size and machine. */
uint64_t digest_number(uint64_t, int64_t);

#endif /* !DIGEST_H */
