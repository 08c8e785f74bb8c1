#ifndef CIDR_H
#define CIDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * cidr: IP addresses and networks (RFC 4632, RFC 4291).
 *
 * An IPv4-mapped IPv6 address (::ffff:0:0/96) is always held as IPv4.  Text
 * is read strictly, as inet_pton(3) does: no octal, no missing parts, no
 * scope id, no white space.  Pure functions; any thread.
 */

enum {
	CIDR_TEXT_MAX = 49	/* longest text with the NUL: IPv6 + "/128" */
};

struct cidr_ip {
	uint8_t family;		/* 4 or 6 */
	uint8_t bytes[16];	/* network order; IPv4 uses the first four */
};

struct cidr {
	struct cidr_ip ip;	/* bits beyond len are zero */
	uint8_t len;		/* prefix: 0-32 for IPv4, 0-128 for IPv6 */
};

enum cidr_result {
	CIDR_OK,
	CIDR_BAD,		/* not an address or network at all */
	CIDR_HOST_BITS		/* bits beyond the prefix: 192.0.2.1/24 */
};

/** cidr_ip_v4(bytes), cidr_ip_v6(bytes): from 4 or 16 bytes, network order. */
struct cidr_ip cidr_ip_v4(const uint8_t[4]);
struct cidr_ip cidr_ip_v6(const uint8_t[16]);

/** cidr_ip_parse(s, len, ip): a bare address.  Return 0 or -1. */
int cidr_ip_parse(const char *, size_t, struct cidr_ip *);

/** cidr_ip_format(ip, out): the usual text (RFC 5952). */
void cidr_ip_format(const struct cidr_ip *, char[CIDR_TEXT_MAX]);

/** cidr_ip_loopback(ip): is it in 127.0.0.0/8, or ::1? */
bool cidr_ip_loopback(const struct cidr_ip *);

/**
 * cidr_parse(s, len, net):
 * Read "192.0.2.0/24", "2001:db8::/32" or a bare address (a network of one).
 * With CIDR_HOST_BITS ${net} is the network that was probably meant, the
 * host bits cleared.  Entries under ::ffff:0:0/96 become IPv4; a shorter
 * IPv6 prefix stays IPv6 and never holds an IPv4 client.
 */
enum cidr_result cidr_parse(const char *, size_t, struct cidr *);

/** cidr_format(net, out): "192.0.2.0/24"; always with the prefix length. */
void cidr_format(const struct cidr *, char[CIDR_TEXT_MAX]);

/** cidr_of(ip, len): the network of that prefix length that holds ${ip}. */
struct cidr cidr_of(const struct cidr_ip *, uint8_t);

/** cidr_holds(net, ip): is ${ip} in ${net}? */
bool cidr_holds(const struct cidr *, const struct cidr_ip *);

/** cidr_inside(inner, outer): is every address of ${inner} in ${outer}? */
bool cidr_inside(const struct cidr *, const struct cidr *);

/** cidr_equal(a, b): the same network? */
bool cidr_equal(const struct cidr *, const struct cidr *);

#endif /* !CIDR_H */
