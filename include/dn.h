#ifndef DN_H
#define DN_H

#include <stddef.h>

/*
 * dn: distinguished names in normal form (RFC 4514), so that equal names are
 * equal bytes.
 *
 * Normal form: attribute types in lower case (an OID or a usual long name is
 * mapped to its short one where RFC 4514 section 3 lists it), values
 * unescaped, compatibility normalised and case folded (libunistring, as slapd
 * does), white space trimmed and squeezed, re-escaped in one canonical way,
 * the parts of a multi-valued RDN sorted, "," without spaces between RDNs.
 * A #hex value stays as it is, in lower case.
 *
 * Spaces around , + and = are allowed; the quotes and the ; of RFC 1779 are
 * not, nor more than 16 parts in one RDN.
 *
 * Pure functions; any thread.
 */

/**
 * dn_normalise(s, len, out, size):
 * Write the normal form of the DN at ${s} to ${out} (NUL-terminated).  Return
 * its length, or -1 (and "") if it is no DN, holds a NUL, does not fit, or
 * memory is short.  A ${size} of DN_SIZE(len) always suffices (U+FDFA
 * becomes 11 times as long).  The empty DN is valid.
 */
#define DN_SIZE(len)	((len) * 11 + 1)
long dn_normalise(const char *, size_t, char *, size_t);

/**
 * dn_normalise_uid(s, len, out, size):
 * The same for a Name And Optional UID (RFC 4517 section 3.3.21), the syntax
 * of uniqueMember: a trailing #'...'B is cut off first.
 */
long dn_normalise_uid(const char *, size_t, char *, size_t);

/**
 * dn_below(dn, base):
 * Is the normal DN ${dn} equal to the normal DN ${base} or below it?  Every
 * DN is below "".  Return 1 or 0.
 */
int dn_below(const char *, const char *);

#endif /* !DN_H */
