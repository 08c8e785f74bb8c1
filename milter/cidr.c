#include <arpa/inet.h>

#include <stdio.h>
#include <string.h>

#include "cidr.h"

enum { V4_BITS = 32, V6_BITS = 128, MAPPED_BITS = 96 };

static const uint8_t mapped_prefix[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
};

static uint8_t
bits_of(const struct cidr_ip *ip)
{

	return (ip->family == 4 ? V4_BITS : V6_BITS);
}

static bool
is_mapped(const uint8_t bytes[16])
{

	return (memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0);
}

struct cidr_ip
cidr_ip_v4(const uint8_t bytes[4])
{
	struct cidr_ip ip = { .family = 4 };

	memcpy(ip.bytes, bytes, 4);
	return (ip);
}

/* The address as it was written: here a mapped one is still IPv6. */
static struct cidr_ip
plain_v6(const uint8_t bytes[16])
{
	struct cidr_ip ip = { .family = 6 };

	memcpy(ip.bytes, bytes, 16);
	return (ip);
}

struct cidr_ip
cidr_ip_v6(const uint8_t bytes[16])
{

	if (is_mapped(bytes))
		return (cidr_ip_v4(bytes + sizeof(mapped_prefix)));
	return (plain_v6(bytes));
}

static int
plain_parse(const char *s, size_t len, struct cidr_ip *ip)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (len >= sizeof(text) || memchr(s, '\0', len) != NULL)
		return (-1);
	memcpy(text, s, len);
	text[len] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1)
		*ip = cidr_ip_v4(bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*ip = plain_v6(bytes);
	else
		return (-1);
	return (0);
}

int
cidr_ip_parse(const char *s, size_t len, struct cidr_ip *ip)
{

	if (plain_parse(s, len, ip) == -1)
		return (-1);
	if (ip->family == 6)
		*ip = cidr_ip_v6(ip->bytes);
	return (0);
}

void
cidr_ip_format(const struct cidr_ip *ip, char out[CIDR_TEXT_MAX])
{

	inet_ntop(ip->family == 4 ? AF_INET : AF_INET6, ip->bytes, out,
	    CIDR_TEXT_MAX);
}

bool
cidr_ip_loopback(const struct cidr_ip *ip)
{
	static const uint8_t loopback6[16] = { [15] = 1 };

	if (ip->family == 4)
		return (ip->bytes[0] == 127);
	return (memcmp(ip->bytes, loopback6, sizeof(loopback6)) == 0);
}

/* A prefix length in plain decimal without leading zeros, at most ${max}. */
static int
read_prefix(const char *s, size_t len, uint8_t max, uint8_t *prefix)
{
	unsigned int n = 0;
	size_t i;

	if (len < 1 || len > 3 || (len > 1 && s[0] == '0'))
		return (-1);
	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return (-1);
		n = n * 10 + (unsigned int)(s[i] - '0');
	}
	if (n > max)
		return (-1);
	*prefix = (uint8_t)n;
	return (0);
}

enum cidr_result
cidr_parse(const char *s, size_t len, struct cidr *net)
{
	const char *slash = memchr(s, '/', len);
	size_t ip_len = slash == NULL ? len : (size_t)(slash - s);
	struct cidr_ip ip;
	uint8_t prefix;

	if (plain_parse(s, ip_len, &ip) == -1)
		return (CIDR_BAD);
	prefix = bits_of(&ip);
	if (slash != NULL && read_prefix(slash + 1, len - ip_len - 1, prefix,
	    &prefix) == -1)
		return (CIDR_BAD);
	if (ip.family == 6 && prefix >= MAPPED_BITS && is_mapped(ip.bytes)) {
		ip = cidr_ip_v6(ip.bytes);
		prefix = (uint8_t)(prefix - MAPPED_BITS);
	}
	*net = cidr_of(&ip, prefix);
	return (memcmp(net->ip.bytes, ip.bytes, sizeof(ip.bytes)) == 0 ?
	    CIDR_OK : CIDR_HOST_BITS);
}

void
cidr_format(const struct cidr *net, char out[CIDR_TEXT_MAX])
{
	size_t len;

	cidr_ip_format(&net->ip, out);
	len = strlen(out);
	snprintf(out + len, CIDR_TEXT_MAX - len, "/%u", net->len);
}

struct cidr
cidr_of(const struct cidr_ip *ip, uint8_t len)
{
	struct cidr net = { .ip = *ip, .len = len };
	size_t i;

	if (len > bits_of(ip))
		net.len = bits_of(ip);
	for (i = net.len / 8u; i < sizeof(net.ip.bytes); i++) {
		if (i == net.len / 8u)
			net.ip.bytes[i] &= (uint8_t)(0xff00 >> net.len % 8);
		else
			net.ip.bytes[i] = 0;
	}
	return (net);
}

bool
cidr_holds(const struct cidr *net, const struct cidr_ip *ip)
{
	struct cidr other = cidr_of(ip, net->len);

	return (cidr_equal(net, &other));
}

bool
cidr_inside(const struct cidr *inner, const struct cidr *outer)
{

	return (inner->len >= outer->len && cidr_holds(outer, &inner->ip));
}

bool
cidr_equal(const struct cidr *a, const struct cidr *b)
{

	return (a->len == b->len && a->ip.family == b->ip.family &&
	    memcmp(a->ip.bytes, b->ip.bytes, sizeof(a->ip.bytes)) == 0);
}
