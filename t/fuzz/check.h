#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include "fuzz.h"

/*
 * check: what the unit tests' headers want of check(3), as claims: check's own
 * work in its own runner only.
 */

#define ck_assert_msg(holds, ...)	must(holds)
#define ck_abort_msg(...)		must(!"reached")
#define ck_assert_ptr_nonnull(p)	must((p) != NULL)
#define ck_assert_int_eq(a, b)		must((a) == (b))
#define ck_assert_str_eq(a, b)		must(strcmp(a, b) == 0)

#endif /* !FUZZ_CHECK_H */
