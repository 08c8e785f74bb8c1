#include <arpa/inet.h>

#include "cidr.h"
#include "fuzz.h"

/*
 * Two lines: a network and an address.  A network holds exactly the addresses
 * of its prefix.
 */

static unsigned
bits_of(const struct cidr_ip *ip)
{

	return (ip->family == 4 ? 32 : 128);
}

static bool
bit(const struct cidr_ip *ip, unsigned n)
{

	return ((ip->bytes[n / 8] >> (7 - n % 8) & 1) != 0);
}

static bool
ought_to_hold(const struct cidr *net, const struct cidr_ip *ip)
{
	unsigned i;

	if (net->ip.family != ip->family)
		return (false);
	for (i = 0; i < net->len; i++)
		if (bit(&net->ip, i) != bit(ip, i))
			return (false);
	return (true);
}

/* Each bit of the prefix counts, and none beyond. */
static void
holds_its_prefix(const struct cidr *net)
{
	struct cidr_ip ip = net->ip;
	unsigned i;

	must(cidr_holds(net, &ip));
	for (i = 0; i < bits_of(&ip); i++) {
		ip.bytes[i / 8] ^= (uint8_t)(0x80 >> i % 8);
		must(cidr_holds(net, &ip) == (i >= net->len));
		must(i < net->len || !bit(&net->ip, i));
		ip.bytes[i / 8] ^= (uint8_t)(0x80 >> i % 8);
	}
}

static void
shown_reads_back(const struct cidr *net)
{
	char text[CIDR_TEXT_MAX];
	struct cidr again;

	cidr_format(net, text);
	must(cidr_parse(text, strlen(text), &again) == CIDR_OK);
	must(cidr_equal(net, &again));
}

static void
network_is_sound(const struct cidr *net)
{
	struct cidr whole = cidr_of(&net->ip, 0);

	must(net->ip.family == 4 || net->ip.family == 6);
	must(net->len <= bits_of(&net->ip));
	holds_its_prefix(net);
	shown_reads_back(net);
	must(cidr_inside(net, net) && cidr_inside(net, &whole));
	must(cidr_inside(&whole, net) == (net->len == 0));
}

/* As inet_pton(3) has it, and a mapped one as IPv4. */
static void
address_is_sound(const char *text, const struct cidr_ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	uint8_t bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1) {
		must(ip->family == 4 && memcmp(ip->bytes, bytes, 4) == 0);
		return;
	}
	must(inet_pton(AF_INET6, text, bytes) == 1);
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0)
		must(ip->family == 4 &&
		    memcmp(ip->bytes, bytes + 12, 4) == 0);
	else
		must(ip->family == 6 && memcmp(ip->bytes, bytes, 16) == 0);
}

static void
address_reads_back(const struct cidr_ip *ip)
{
	char text[CIDR_TEXT_MAX];
	struct cidr_ip again;

	cidr_ip_format(ip, text);
	must(cidr_ip_parse(text, strlen(text), &again) == 0);
	must(memcmp(ip, &again, sizeof(again)) == 0);
	must(cidr_ip_loopback(ip) == (ip->family == 4 ?
	    strncmp(text, "127.", 4) == 0 : strcmp(text, "::1") == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	const char *text = input_line(&in);
	const char *client = input_line(&in);
	struct cidr net, one;
	struct cidr_ip ip;
	bool has_net, has_ip;

	has_net = cidr_parse(text, strlen(text), &net) != CIDR_BAD;
	has_ip = cidr_ip_parse(client, strlen(client), &ip) == 0;
	if (has_net)
		network_is_sound(&net);
	if (has_ip) {
		address_is_sound(client, &ip);
		address_reads_back(&ip);
		must(cidr_parse(client, strlen(client), &one) == CIDR_OK);
		must(one.len == bits_of(&ip) && cidr_holds(&one, &ip));
	}
	if (has_net && has_ip)
		must(cidr_holds(&net, &ip) == ought_to_hold(&net, &ip));
	input_end(&in);
	return (0);
}
