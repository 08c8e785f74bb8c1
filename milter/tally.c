#include "tally.h"

void
tally_add(struct tally *tally, const struct record *record)
{

	tally->n[record->kind]++;
	switch (record->kind) {
	case KIND_ACCOUNT:
		tally->n[TALLY_LOGINS] += record->u.account.logins.n;
		tally->n[TALLY_ADDRESSES] += record->u.account.addresses.n;
		break;
	case KIND_GROUP:
		tally->n[TALLY_MEMBERS] += record->u.group.member_dns.n +
		    record->u.group.member_logins.n;
		break;
	case KIND_NETWORK:
	case KIND_DOMAIN:
	case KIND_DENY:
		break;
	}
}

const char *
tally_names(int item)
{
	static const char *const values[] = {
		[TALLY_LOGINS - KINDS] = "logins of accounts",
		[TALLY_ADDRESSES - KINDS] = "addresses of accounts",
		[TALLY_MEMBERS - KINDS] = "members of groups"
	};

	return (item < KINDS ? kind_names((enum kind)item, TALLY_ITEMS) :
	    values[item - KINDS]);
}
