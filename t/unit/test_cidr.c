#include <string.h>

#include "cidr.h"
#include "suite.h"

static const struct {
	const char *label;
	const char *text;
	size_t len;
	const char *usual;	/* NULL: it is no address */
} addresses[] = {
	{ "IPv4", TEXT("192.0.2.1"), "192.0.2.1" },
	{ "IPv6", TEXT("2001:db8::1"), "2001:db8::1" },
	{ "IPv6 in another spelling", TEXT("2001:0DB8:0:0:0:0:0:1"),
	    "2001:db8::1" },
	{ "mapped is IPv4", TEXT("::ffff:192.0.2.1"), "192.0.2.1" },
	{ "mapped in hexadecimal is IPv4", TEXT("::ffff:c000:201"),
	    "192.0.2.1" },
	{ "compatible is not mapped", TEXT("::192.0.2.1"), "::192.0.2.1" },
	{ "longest text",
	    TEXT("2001:0db8:0000:0000:0000:0000:192.168.100.100"),
	    "2001:db8::c0a8:6464" },
	{ "nothing", TEXT(""), NULL },
	{ "octal", TEXT("192.0.02.1"), NULL },
	{ "missing part", TEXT("192.0.2"), NULL },
	{ "part too large", TEXT("192.0.2.256"), NULL },
	{ "hexadecimal part", TEXT("0xc0.0.2.1"), NULL },
	{ "space before", TEXT(" 192.0.2.1"), NULL },
	{ "space behind", TEXT("192.0.2.1 "), NULL },
	{ "NUL behind", TEXT("192.0.2.1\0"), NULL },
	{ "scope", TEXT("fe80::1%eth0"), NULL },
	{ "two ::", TEXT("2001::db8::1"), NULL },
	{ "prefix", TEXT("192.0.2.0/24"), NULL },
	{ "name", TEXT("localhost"), NULL },
	{ "too long",
	    TEXT("2001:0db8:0000:0000:0000:0000:192.168.100.1000"), NULL }
};

START_TEST(reads_an_address)
{
	const char *usual = addresses[_i].usual;
	char out[CIDR_TEXT_MAX] = "";
	struct cidr_ip ip;
	int result = cidr_ip_parse(addresses[_i].text, addresses[_i].len,
	    &ip);

	ck_assert_msg(result == (usual == NULL ? -1 : 0), "%s: %d",
	    addresses[_i].label, result);
	if (usual == NULL)
		return;
	cidr_ip_format(&ip, out);
	ck_assert_msg(strcmp(out, usual) == 0, "%s: %s",
	    addresses[_i].label, out);
	ck_assert_msg(ip.family == (strchr(usual, ':') == NULL ? 4 : 6),
	    "%s: family %d", addresses[_i].label, ip.family);
}
END_TEST

START_TEST(takes_bytes)
{
	static const uint8_t v4[] = { 192, 0, 2, 1 };
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	static const uint8_t mapped[] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1
	};
	char out[CIDR_TEXT_MAX];
	struct cidr_ip ip;

	ip = cidr_ip_v4(v4);
	cidr_ip_format(&ip, out);
	ck_assert_str_eq(out, "192.0.2.1");
	ip = cidr_ip_v6(v6);
	cidr_ip_format(&ip, out);
	ck_assert_str_eq(out, "2001:db8::1");
	ip = cidr_ip_v6(mapped);
	ck_assert_int_eq(ip.family, 4);
	cidr_ip_format(&ip, out);
	ck_assert_str_eq(out, "192.0.2.1");
}
END_TEST

static const struct {
	const char *label;
	const char *text;
	bool loopback;
} loopbacks[] = {
	{ "first of 127.0.0.0/8", "127.0.0.0", true },
	{ "127.0.0.1", "127.0.0.1", true },
	{ "last of 127.0.0.0/8", "127.255.255.255", true },
	{ "before it", "126.255.255.255", false },
	{ "behind it", "128.0.0.0", false },
	{ "::1", "::1", true },
	{ "mapped 127.0.0.1", "::ffff:127.0.0.1", true },
	{ "::", "::", false },
	{ "::2", "::2", false },
	{ "1::1", "1::1", false }
};

START_TEST(knows_loopback)
{
	struct cidr_ip ip;

	ck_assert_int_eq(cidr_ip_parse(loopbacks[_i].text,
	    strlen(loopbacks[_i].text), &ip), 0);
	ck_assert_msg(cidr_ip_loopback(&ip) == loopbacks[_i].loopback, "%s",
	    loopbacks[_i].label);
}
END_TEST

static const struct {
	const char *label;
	const char *text;
	size_t len;
	enum cidr_result result;
	const char *network;	/* what it is, or what was probably meant */
} networks[] = {
	{ "IPv4", TEXT("192.0.2.0/24"), CIDR_OK, "192.0.2.0/24" },
	{ "IPv4 within a byte", TEXT("192.0.2.128/25"), CIDR_OK,
	    "192.0.2.128/25" },
	{ "bare IPv4", TEXT("192.0.2.1"), CIDR_OK, "192.0.2.1/32" },
	{ "all of IPv4", TEXT("0.0.0.0/0"), CIDR_OK, "0.0.0.0/0" },
	{ "IPv6", TEXT("2001:db8::/32"), CIDR_OK, "2001:db8::/32" },
	{ "IPv6 within a byte", TEXT("2001:db8:8000::/33"), CIDR_OK,
	    "2001:db8:8000::/33" },
	{ "bare IPv6", TEXT("2001:db8::1"), CIDR_OK, "2001:db8::1/128" },
	{ "all of IPv6", TEXT("::/0"), CIDR_OK, "::/0" },
	{ "bare mapped", TEXT("::ffff:192.0.2.1"), CIDR_OK, "192.0.2.1/32" },
	{ "mapped network", TEXT("::ffff:192.0.2.0/120"), CIDR_OK,
	    "192.0.2.0/24" },
	{ "all mapped", TEXT("::ffff:0:0/96"), CIDR_OK, "0.0.0.0/0" },
	{ "shorter than mapped stays IPv6", TEXT("::/95"), CIDR_OK, "::/95" },
	{ "longest text",
	    TEXT("2001:0db8:0000:0000:0000:0000:192.168.100.100/128"),
	    CIDR_OK, "2001:db8::c0a8:6464/128" },
	{ "longest usual text",
	    TEXT("2001:db80:ffff:ffff:ffff:ffff:ffff:ffff/128"),
	    CIDR_OK, "2001:db80:ffff:ffff:ffff:ffff:ffff:ffff/128" },
	{ "host bits", TEXT("192.0.2.1/24"), CIDR_HOST_BITS, "192.0.2.0/24" },
	{ "host bits within a byte", TEXT("192.0.2.129/25"), CIDR_HOST_BITS,
	    "192.0.2.128/25" },
	{ "host bits of IPv6", TEXT("2001:db8::1/32"), CIDR_HOST_BITS,
	    "2001:db8::/32" },
	{ "host bits of mapped", TEXT("::ffff:192.0.2.1/120"),
	    CIDR_HOST_BITS, "192.0.2.0/24" },
	{ "host bits of /0", TEXT("192.0.2.0/0"), CIDR_HOST_BITS,
	    "0.0.0.0/0" },
	{ "mapped with a shorter prefix", TEXT("::ffff:0:0/95"),
	    CIDR_HOST_BITS, "::fffe:0:0/95" },
	{ "IPv4 prefix too long", TEXT("192.0.2.0/33"), CIDR_BAD, NULL },
	{ "IPv6 prefix too long", TEXT("2001:db8::/129"), CIDR_BAD, NULL },
	{ "prefix far too long", TEXT("192.0.2.0/256"), CIDR_BAD, NULL },
	{ "prefix of four digits", TEXT("192.0.2.0/1000"), CIDR_BAD, NULL },
	{ "no prefix behind /", TEXT("192.0.2.0/"), CIDR_BAD, NULL },
	{ "leading zero", TEXT("192.0.2.0/024"), CIDR_BAD, NULL },
	{ "negative", TEXT("192.0.2.0/-1"), CIDR_BAD, NULL },
	{ "sign", TEXT("192.0.2.0/+24"), CIDR_BAD, NULL },
	{ "space", TEXT("192.0.2.0/ 24"), CIDR_BAD, NULL },
	{ "sign above 9", TEXT("192.0.2.0/2:"), CIDR_BAD, NULL },
	{ "sign below 0", TEXT("192.0.2.0/3/"), CIDR_BAD, NULL },
	{ "space behind", TEXT("192.0.2.0/24 "), CIDR_BAD, NULL },
	{ "two prefixes", TEXT("192.0.2.0/24/24"), CIDR_BAD, NULL },
	{ "netmask", TEXT("192.0.2.0/255.255.255.0"), CIDR_BAD, NULL },
	{ "missing parts", TEXT("192.0.2/24"), CIDR_BAD, NULL },
	{ "prefix alone", TEXT("/24"), CIDR_BAD, NULL },
	{ "nothing", TEXT(""), CIDR_BAD, NULL },
	{ "NUL", TEXT("192.0.2.0\0/24"), CIDR_BAD, NULL }
};

START_TEST(reads_a_network)
{
	char out[CIDR_TEXT_MAX];
	struct cidr net;

	ck_assert_msg(cidr_parse(networks[_i].text, networks[_i].len, &net) ==
	    networks[_i].result, "%s", networks[_i].label);
	if (networks[_i].network == NULL)
		return;
	cidr_format(&net, out);
	ck_assert_msg(strcmp(out, networks[_i].network) == 0, "%s: %s",
	    networks[_i].label, out);
}
END_TEST

static struct cidr
network(const char *text)
{
	struct cidr net;

	ck_assert_int_eq(cidr_parse(text, strlen(text), &net), CIDR_OK);
	return (net);
}

static const struct {
	const char *label;
	const char *network;
	const char *ip;
	bool holds;
} holdings[] = {
	{ "first address", "192.0.2.0/24", "192.0.2.0", true },
	{ "last address", "192.0.2.0/24", "192.0.2.255", true },
	{ "before", "192.0.2.0/24", "192.0.1.255", false },
	{ "behind", "192.0.2.0/24", "192.0.3.0", false },
	{ "within a byte", "192.0.2.128/25", "192.0.2.128", true },
	{ "outside within a byte", "192.0.2.128/25", "192.0.2.127", false },
	{ "network of one", "192.0.2.1", "192.0.2.1", true },
	{ "network of another one", "192.0.2.1", "192.0.2.2", false },
	{ "all", "0.0.0.0/0", "203.0.113.9", true },
	{ "IPv6", "2001:db8::/32", "2001:db8:ffff::1", true },
	{ "outside IPv6", "2001:db8::/32", "2001:db9::", false },
	{ "mapped in IPv4", "192.0.2.0/24", "::ffff:192.0.2.9", true },
	{ "IPv4 in all of IPv6", "::/0", "192.0.2.1", false },
	{ "mapped in all of IPv6", "::/0", "::ffff:192.0.2.1", false },
	{ "IPv6 in all of IPv4", "0.0.0.0/0", "2001:db8::1", false },
	{ "IPv4 in an IPv6 network of the same bytes", "c000:200::/24",
	    "192.0.2.0", false },
	{ "IPv4 in mapped network", "::ffff:192.0.2.0/120", "192.0.2.7",
	    true }
};

START_TEST(holds_an_address)
{
	struct cidr net = network(holdings[_i].network);
	struct cidr_ip ip;

	ck_assert_int_eq(cidr_ip_parse(holdings[_i].ip,
	    strlen(holdings[_i].ip), &ip), 0);
	ck_assert_msg(cidr_holds(&net, &ip) == holdings[_i].holds, "%s",
	    holdings[_i].label);
}
END_TEST

static const struct {
	const char *label;
	const char *a;
	const char *b;
	bool inside;
	bool equal;
} pairs[] = {
	{ "itself", "192.0.2.0/24", "192.0.2.0/24", true, true },
	{ "smaller", "192.0.2.128/25", "192.0.2.0/24", true, false },
	{ "larger", "192.0.2.0/24", "192.0.2.128/25", false, false },
	{ "larger with the same address", "192.0.2.0/24", "192.0.2.0/25",
	    false, false },
	{ "beside", "192.0.2.0/25", "192.0.2.128/25", false, false },
	{ "other family", "192.0.2.0/24", "::/0", false, false },
	{ "all of the other family", "::/0", "0.0.0.0/0", false, false },
	{ "mapped twin", "::ffff:192.0.2.0/120", "192.0.2.0/24", true, true },
	{ "IPv6 inside", "2001:db8:1::/48", "2001:db8::/32", true, false }
};

START_TEST(compares_networks)
{
	struct cidr a = network(pairs[_i].a);
	struct cidr b = network(pairs[_i].b);

	ck_assert_msg(cidr_inside(&a, &b) == pairs[_i].inside, "%s: inside",
	    pairs[_i].label);
	ck_assert_msg(cidr_equal(&a, &b) == pairs[_i].equal, "%s: equal",
	    pairs[_i].label);
}
END_TEST

static const struct {
	const char *ip;
	uint8_t len;
	const char *network;
} prefixes[] = {
	{ "203.0.113.255", 32, "203.0.113.255/32" },
	{ "203.0.113.255", 31, "203.0.113.254/31" },
	{ "203.0.113.255", 25, "203.0.113.128/25" },
	{ "203.0.113.255", 24, "203.0.113.0/24" },
	{ "203.0.113.255", 1, "128.0.0.0/1" },
	{ "203.0.113.255", 0, "0.0.0.0/0" },
	{ "203.0.113.255", 33, "203.0.113.255/32" },
	{ "2001:db8::ffff", 128, "2001:db8::ffff/128" },
	{ "2001:db8::ffff", 127, "2001:db8::fffe/127" },
	{ "2001:db8::ffff", 64, "2001:db8::/64" },
	{ "2001:db8::ffff", 20, "2001::/20" },
	{ "2001:db8::ffff", 129, "2001:db8::ffff/128" }
};

START_TEST(cuts_to_a_prefix)
{
	char out[CIDR_TEXT_MAX];
	struct cidr_ip ip;
	struct cidr net;

	ck_assert_int_eq(cidr_ip_parse(prefixes[_i].ip,
	    strlen(prefixes[_i].ip), &ip), 0);
	net = cidr_of(&ip, prefixes[_i].len);
	cidr_format(&net, out);
	ck_assert_str_eq(out, prefixes[_i].network);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cidr");

	suite_rows(s, reads_an_address, ROWS(addresses));
	suite_one(s, takes_bytes);
	suite_rows(s, knows_loopback, ROWS(loopbacks));
	suite_rows(s, reads_a_network, ROWS(networks));
	suite_rows(s, holds_an_address, ROWS(holdings));
	suite_rows(s, compares_networks, ROWS(pairs));
	suite_rows(s, cuts_to_a_prefix, ROWS(prefixes));
	return (suite_run(s));
}
