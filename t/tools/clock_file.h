#ifndef CLOCK_FILE_H
#define CLOCK_FILE_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * clock_file: the time that a program linked with clock_scripted.c believes.
 *
 * 64 bytes in the machine's byte order, mapped and shared:
 *
 *	 0	sequence	uint64, odd while the rest is being written
 *	 8	utc		int64, seconds since 1970
 *	16	boot_ms		int64, milliseconds since boot
 *	24	boot id		40 bytes, NUL-terminated, not empty
 *
 * Whoever sets it makes the sequence odd, writes the rest, and makes it even
 * again; a reader takes it again if the sequence was odd or has changed.  The
 * file is never truncated or replaced while programs map it.  In python3:
 *
 *	def set_clock(path, utc, boot_ms, boot_id):
 *		with open(path, "r+b") as f, mmap.mmap(f.fileno(), 64) as m:
 *			n, = struct.unpack_from("=Q", m, 0)
 *			n |= 1
 *			struct.pack_into("=Q", m, 0, n)
 *			struct.pack_into("=qq40s", m, 8, utc, boot_ms,
 *			    boot_id.encode())
 *			struct.pack_into("=Q", m, 0, n + 1)
 *
 * and to make one: 64 zero bytes, then the same.  t/tools/setclock.c does
 * both from a shell.
 */

#define CLOCK_FILE_ENV	"MAYRELAY_CLOCK"

enum { CLOCK_FILE_ID_MAX = 40 };

struct clock_file {
	_Atomic uint64_t sequence;
	_Atomic int64_t utc;
	_Atomic int64_t boot_ms;
	_Atomic char boot_id[CLOCK_FILE_ID_MAX];
};

_Static_assert(sizeof(struct clock_file) == 64, "scripts pack 64 bytes");

#endif /* !CLOCK_FILE_H */
