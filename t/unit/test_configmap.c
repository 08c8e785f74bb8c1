#include <stdlib.h>

#include "config_file.h"
#include "suite.h"

/* One row that a map ends up with. */
static const struct good {
	const char *label;
	const char *text;
	enum search search;
	enum attr_role role;
	struct attr_row row;	/* the first one */
	size_t n;		/* how many there are */
} good[] = {
	{ "one name", "accounts = { map = { login = \"mail\"; }; };",
	    SEARCH_ACCOUNTS, MAP_LOGIN, { .attr = "mail",
	    .type = TYPE_LOGIN }, 1 },
	{ "names", "accounts = { map = { login = [ \"uid\", \"mail\" ]; }; };",
	    SEARCH_ACCOUNTS, MAP_LOGIN, { .attr = "uid",
	    .type = TYPE_LOGIN }, 2 },
	{ "names in a list", "accounts = { map = { address = ( \"mail\", "
	    "\"mailAlternateAddress\" ); }; };", SEARCH_ACCOUNTS, MAP_ADDRESS,
	    { .attr = "mail", .type = TYPE_ADDRESS }, 2 },
	{ "an OID", "accounts = { map = { login = "
	    "\"0.9.2342.19200300.100.1.1\"; }; };", SEARCH_ACCOUNTS, MAP_LOGIN,
	    { .attr = "0.9.2342.19200300.100.1.1", .type = TYPE_LOGIN }, 1 },
	{ "no rows", "accounts = { map = { address = [ ]; }; };",
	    SEARCH_ACCOUNTS, MAP_ADDRESS, { .attr = NULL }, 0 },
	{ "a comma list", "accounts = { map = { address = "
	    "( { attr = \"mails\"; type = \"address\"; comma = true; } ); "
	    "}; };", SEARCH_ACCOUNTS, MAP_ADDRESS, { .attr = "mails",
	    .type = TYPE_ADDRESS, .comma = true }, 1 },
	{ "a name and a row", "accounts = { map = { address = ( \"mail\", "
	    "{ attr = \"proxyAddresses\"; type = \"smtp-address\"; } ); "
	    "}; };", SEARCH_ACCOUNTS, MAP_ADDRESS, { .attr = "mail",
	    .type = TYPE_ADDRESS }, 2 },
	{ "recipients", "accounts = { map = { recipient = ( { attr = \"r\"; "
	    "type = \"pattern\"; negative = \"-\"; local_only = \"local\"; } "
	    "); }; };", SEARCH_ACCOUNTS, MAP_RECIPIENT, { .attr = "r",
	    .type = TYPE_PATTERN, .negative = "-", .local_only = "local" },
	    1 },
	{ "a status keyword", "accounts = { map = { status = ( { attr = "
	    "\"accountStatus\"; type = \"keyword\"; enabled = [ \"active\" ]; "
	    "absent = \"enabled\"; } ); }; };", SEARCH_ACCOUNTS, MAP_STATUS,
	    { .attr = "accountStatus", .type = TYPE_KEYWORD,
	    .absent_enabled = true }, 1 },
	{ "a status boolean", "accounts = { map = { status = ( { attr = "
	    "\"nsAccountLock\"; type = \"boolean\"; enabled = [ \"FALSE\" ]; "
	    "absent = \"enabled\"; } ); }; };", SEARCH_ACCOUNTS, MAP_STATUS,
	    { .attr = "nsAccountLock", .type = TYPE_BOOLEAN,
	    .absent_enabled = true }, 1 },
	{ "a status mask", "accounts = { map = { status = ( { attr = "
	    "\"userAccountControl\"; type = \"bitmask\"; disabled_bits = 2; "
	    "absent = \"disabled\"; } ); }; };", SEARCH_ACCOUNTS, MAP_STATUS,
	    { .attr = "userAccountControl", .type = TYPE_BITMASK,
	    .disabled_bits = 2 }, 1 },
	{ "a mask of bit 31", "accounts = { map = { status = ( { attr = "
	    "\"userAccountControl\"; type = \"bitmask\"; "
	    "disabled_bits = 0x80000000; absent = \"disabled\"; } ); }; };",
	    SEARCH_ACCOUNTS, MAP_STATUS, { .attr = "userAccountControl",
	    .type = TYPE_BITMASK, .disabled_bits = 0x80000000 }, 1 },
	{ "a status by presence", "accounts = { map = { status = ( { attr = "
	    "\"pwdAccountLockedTime\"; type = \"presence\"; "
	    "absent = \"enabled\"; } ); }; };", SEARCH_ACCOUNTS, MAP_STATUS,
	    { .attr = "pwdAccountLockedTime", .type = TYPE_PRESENCE,
	    .absent_enabled = true }, 1 },
	{ "a date", "accounts = { map = { not_after = ( { attr = "
	    "\"shadowExpire\"; type = \"days\"; never = [ \"-1\", \"0\" ]; } "
	    "); }; };", SEARCH_ACCOUNTS, MAP_NOT_AFTER, {
	    .attr = "shadowExpire", .type = TYPE_DAYS }, 1 },
	{ "delegates", "accounts = { map = { delegate = ( { attr = "
	    "\"publicDelegates\"; type = \"dn\"; } ); }; };", SEARCH_ACCOUNTS,
	    MAP_DELEGATE, { .attr = "publicDelegates", .type = TYPE_DN }, 1 },
	{ "members", "groups = { map = { member = ( { attr = \"owner\"; "
	    "type = \"dn\"; } ); }; };", SEARCH_GROUPS, MAP_MEMBER,
	    { .attr = "owner", .type = TYPE_DN }, 1 },
	{ "domain names", "domains = { map = { name = "
	    "\"associatedDomain\"; }; };", SEARCH_DOMAINS, MAP_NAME,
	    { .attr = "associatedDomain", .type = TYPE_DOMAIN }, 1 },
	{ "what is not written stays", "accounts = { map = { address = "
	    "[ \"mailbox\" ]; }; };", SEARCH_ACCOUNTS, MAP_LOGIN,
	    { .attr = "uid", .type = TYPE_LOGIN }, 1 },
};

static const char *
text(const char *s)
{

	return (s != NULL ? s : "");
}

START_TEST(a_map_is_read)
{
	const struct good *row = &good[_i];
	const struct config *config = NULL;
	const struct attr_rows *is;
	struct why why;

	ck_assert_msg(config_file_load(DIRECTORY, row->text, &config,
	    &why) == 0, "%s: %s", row->label, why.text);
	is = &config->searches[row->search].map.roles[row->role];
	ck_assert_msg(is->n == row->n, "%s: %zu rows", row->label, is->n);
	if (row->n > 0) {
		ck_assert_str_eq(is->v[0].attr, row->row.attr);
		ck_assert_int_eq((int)is->v[0].type, (int)row->row.type);
		ck_assert_int_eq(is->v[0].comma, row->row.comma);
		ck_assert_str_eq(text(is->v[0].negative),
		    text(row->row.negative));
		ck_assert_str_eq(text(is->v[0].local_only),
		    text(row->row.local_only));
		ck_assert_int_eq(is->v[0].absent_enabled,
		    row->row.absent_enabled);
		ck_assert(is->v[0].disabled_bits == row->row.disabled_bits);
	}
	config_give(config);
}
END_TEST

START_TEST(lists_of_values)
{
	const struct config *config = NULL;
	const struct attr_rows *rows;
	struct why why;

	ck_assert_int_eq(config_file_load(DIRECTORY, "accounts = { map = { "
	    "status = ( { attr = \"a\"; type = \"keyword\"; enabled = "
	    "[ \"on\", \"yes\" ]; absent = \"enabled\"; } ); not_before = "
	    "( { attr = \"b\"; type = \"filetime\"; never = [ \"0\" ]; } ); "
	    "}; };", &config, &why), 0);
	rows = config->searches[SEARCH_ACCOUNTS].map.roles;
	ck_assert_uint_eq(rows[MAP_STATUS].v[0].enabled.n, 2);
	ck_assert_str_eq(rows[MAP_STATUS].v[0].enabled.v[1], "yes");
	ck_assert_uint_eq(rows[MAP_NOT_BEFORE].v[0].never.n, 1);
	ck_assert_str_eq(rows[MAP_NOT_BEFORE].v[0].never.v[0], "0");
	config_give(config);
}
END_TEST

#define MAP	"file:3: directory.accounts.map."
#define WANTS	"an attribute's name, a list of names such as [ \"uid\" ], " \
		"or a list of rows such as ( { attr = ...; type = ...; } )"

/* What stands in the accounts' map. */
static const struct bad {
	const char *label;
	const char *text;
	const char *why;
} bad[] = {
	{ "mistyped role", "adress = \"mail\";", MAP "adress is not a known "
	    "name; did you mean `address'?" },
	{ "a group's role", "member = \"member\";", MAP "member is not a "
	    "known name" },
	{ "a number", "login = 1;", MAP "login must be " WANTS ", not a whole "
	    "number" },
	{ "a group for a list", "login = { attr = \"uid\"; };", MAP "login "
	    "must be " WANTS ", not a group { ... }" },
	{ "a number in a list", "login = ( 1 );", MAP "login[0] must be " WANTS
	    ", not a whole number" },
	{ "an empty name", "login = [ \"\" ];", MAP "login[0] must not be "
	    "empty" },
	{ "an option", "login = [ \"uid\", \"cn;lang-de\" ];", MAP "login[1] "
	    "must name the attribute without options (`;...')" },
	{ "not a name", "login = \"(uid=*)\";", MAP "login must be an "
	    "attribute's name, not \"(uid=*)\"" },
	{ "a bare status", "status = \"accountStatus\";", MAP "status must be "
	    "a row such as ( { attr = \"accountStatus\"; type = \"keyword\"; "
	    "enabled = [ \"active\" ]; absent = \"disabled\"; } )" },
	{ "no type", "login = ( { attr = \"uid\"; } );", MAP "login[0] must "
	    "say `type'" },
	{ "no attribute", "login = ( { type = \"login\"; } );", MAP "login[0] "
	    "must say `attr'" },
	{ "attr of another type", "login = ( { attr = 1; type = \"login\"; } "
	    ");", MAP "login[0].attr must be a string, not a whole number" },
	{ "type of another type", "login = ( { attr = \"a\"; type = 1; } );",
	    MAP "login[0].type must be a type in quotes, such as \"address\", "
	    "not a whole number" },
	{ "unknown type", "not_after = ( { attr = \"a\"; type = \"date\"; } "
	    ");", MAP "not_after[0].type must be a type that not_after values "
	    "can have (\"generalizedtime\", \"days\", \"filetime\"), not "
	    "\"date\"" },
	{ "a type of other roles", "not_after = ( { attr = \"a\"; "
	    "type = \"dn\"; } );", MAP "not_after[0].type must be a type that "
	    "not_after values can have (\"generalizedtime\", \"days\", "
	    "\"filetime\"), not \"dn\"" },
	{ "mistyped member", "login = ( { atr = \"a\"; type = \"login\"; } );",
	    MAP "login[0].atr is not a known name; did you mean `attr'?" },
	{ "commas of another type", "login = ( { attr = \"a\"; "
	    "type = \"login\"; comma = 1; } );", MAP "login[0].comma must be "
	    "true or false, not a whole number" },
	{ "commas in a DN", "delegate = ( { attr = \"a\"; type = \"dn\"; "
	    "comma = true; } );", MAP "delegate[0].comma means nothing for "
	    "type \"dn\"" },
	{ "negative senders", "sender = ( { attr = \"a\"; type = \"pattern\"; "
	    "negative = \"-\"; } );", MAP "sender[0].negative means something "
	    "for recipients only" },
	{ "local senders", "sender = ( { attr = \"a\"; type = \"pattern\"; "
	    "local_only = \"x\"; } );", MAP "sender[0].local_only means "
	    "something for recipients only" },
	{ "negative logins", "login = ( { attr = \"a\"; type = \"login\"; "
	    "negative = \"-\"; } );", MAP "login[0].negative means nothing "
	    "for type \"login\"" },
	{ "empty negative", "recipient = ( { attr = \"a\"; "
	    "type = \"pattern\"; negative = \"\"; } );", MAP
	    "recipient[0].negative must not be empty" },
	{ "keyword without values", "status = ( { attr = \"a\"; "
	    "type = \"keyword\"; absent = \"enabled\"; } );", MAP "status[0] "
	    "must say `enabled', being of type \"keyword\"" },
	{ "keyword without absence", "status = ( { attr = \"a\"; "
	    "type = \"keyword\"; enabled = [ \"x\" ]; } );", MAP "status[0] "
	    "must say `absent', being of type \"keyword\"" },
	{ "nothing enables", "status = ( { attr = \"a\"; type = \"keyword\"; "
	    "enabled = [ ]; absent = \"enabled\"; } );", MAP
	    "status[0].enabled must name at least one value" },
	{ "enabled as a string", "status = ( { attr = \"a\"; "
	    "type = \"keyword\"; enabled = \"x\"; absent = \"enabled\"; } );",
	    MAP "status[0].enabled must be a list of values such as "
	    "[ \"active\" ], not a string" },
	{ "enabled by number", "status = ( { attr = \"a\"; "
	    "type = \"keyword\"; enabled = [ 1 ]; absent = \"enabled\"; } );",
	    MAP "status[0].enabled[0] must be a string, not a whole number" },
	{ "two booleans", "status = ( { attr = \"a\"; type = \"boolean\"; "
	    "enabled = [ \"TRUE\", \"FALSE\" ]; absent = \"enabled\"; } );",
	    MAP "status[0].enabled must be [ \"TRUE\" ] or [ \"FALSE\" ]" },
	{ "not a boolean", "status = ( { attr = \"a\"; type = \"boolean\"; "
	    "enabled = [ \"yes\" ]; absent = \"enabled\"; } );",
	    MAP "status[0].enabled must be [ \"TRUE\" ] or [ \"FALSE\" ]" },
	{ "absence as a boolean", "status = ( { attr = \"a\"; "
	    "type = \"presence\"; absent = true; } );", MAP
	    "status[0].absent must be \"enabled\" or \"disabled\", not true "
	    "or false" },
	{ "absence in other words", "status = ( { attr = \"a\"; "
	    "type = \"presence\"; absent = \"off\"; } );", MAP
	    "status[0].absent must be \"enabled\" or \"disabled\", not "
	    "\"off\"" },
	{ "absence of a login", "login = ( { attr = \"a\"; "
	    "type = \"login\"; absent = \"enabled\"; } );", MAP
	    "login[0].absent means nothing for type \"login\"" },
	{ "mask without bits", "status = ( { attr = \"a\"; "
	    "type = \"bitmask\"; absent = \"enabled\"; } );", MAP "status[0] "
	    "must say `disabled_bits', being of type \"bitmask\"" },
	{ "mask of nothing", "status = ( { attr = \"a\"; "
	    "type = \"bitmask\"; absent = \"enabled\"; disabled_bits = 0; } "
	    ");", MAP "status[0].disabled_bits must be from 1 to "
	    "9223372036854775807, not 0" },
	{ "bits of a keyword", "status = ( { attr = \"a\"; "
	    "type = \"keyword\"; enabled = [ \"x\" ]; absent = \"enabled\"; "
	    "disabled_bits = 2; } );", MAP "status[0].disabled_bits means "
	    "nothing for type \"keyword\"" },
	{ "never of a status", "status = ( { attr = \"a\"; "
	    "type = \"presence\"; absent = \"enabled\"; never = [ \"0\" ]; } "
	    ");", MAP "status[0].never means nothing for type \"presence\"" },
	{ "the second row", "address = ( \"mail\", { attr = \"a\"; } );",
	    MAP "address[1] must say `type'" },
};

START_TEST(a_bad_map_is_named)
{
	const struct config *config = NULL;
	struct why why = { "" };
	char line[1024];

	snprintf(line, sizeof(line), "accounts = { map = { %s }; };",
	    bad[_i].text);
	ck_assert_msg(config_file_load(DIRECTORY, line, &config, &why) == -1,
	    "%s: is taken", bad[_i].label);
	ck_assert_msg(strcmp(why.text, bad[_i].why) == 0,
	    "%s:\n    is %s\nwanted %s", bad[_i].label, why.text, bad[_i].why);
}
END_TEST

/* Two maps whose difference must count. */
#define STATUS(type, more) "accounts = { map = { status = ( { attr = " \
	"\"a\"; type = \"" type "\"; " more " } ); }; };"
#define RECIPIENT(more)	"accounts = { map = { recipient = ( { attr = " \
	"\"a\"; type = \"pattern\"; " more " } ); }; };"
#define DATE(more)	"accounts = { map = { not_after = ( { attr = " \
	"\"a\"; type = \"days\"; " more " } ); }; };"

static const struct {
	const char *label, *one, *other;
} digests[] = {
	{ "attribute", "accounts = { map = { login = \"a\"; }; };",
	    "accounts = { map = { login = \"b\"; }; };" },
	{ "role", "accounts = { map = { address = \"a\"; }; };",
	    "accounts = { map = { login = \"a\"; }; };" },
	{ "order", "accounts = { map = { login = [ \"a\", \"b\" ]; }; };",
	    "accounts = { map = { login = [ \"b\", \"a\" ]; }; };" },
	{ "type", DATE(""), "accounts = { map = { not_after = "
	    "( { attr = \"a\"; type = \"filetime\"; } ); }; };" },
	{ "comma", RECIPIENT(""), RECIPIENT("comma = true;") },
	{ "negative", RECIPIENT(""), RECIPIENT("negative = \"-\";") },
	{ "local_only", RECIPIENT(""), RECIPIENT("local_only = \"-\";") },
	{ "enabled", STATUS("keyword", "absent = \"enabled\"; "
	    "enabled = [ \"a\", \"b\" ];"), STATUS("keyword",
	    "absent = \"enabled\"; enabled = [ \"ab\" ];") },
	{ "absent", STATUS("presence", "absent = \"enabled\";"),
	    STATUS("presence", "absent = \"disabled\";") },
	{ "disabled_bits", STATUS("bitmask", "absent = \"enabled\"; "
	    "disabled_bits = 2;"), STATUS("bitmask", "absent = \"enabled\"; "
	    "disabled_bits = 3;") },
	{ "never", DATE(""), DATE("never = [ \"0\" ];") },
};

START_TEST(every_member_counts)
{
	const struct config *one = NULL, *other = NULL;
	struct why why;

	ck_assert_msg(config_file_load(DIRECTORY, digests[_i].one, &one,
	    &why) == 0, "%s: %s", digests[_i].label, why.text);
	ck_assert_msg(config_file_load(DIRECTORY, digests[_i].other, &other,
	    &why) == 0, "%s: %s", digests[_i].label, why.text);
	ck_assert_msg(one->searches[SEARCH_ACCOUNTS].digest !=
	    other->searches[SEARCH_ACCOUNTS].digest, "%s",
	    digests[_i].label);
	ck_assert_msg(one->digest != other->digest, "%s", digests[_i].label);
	config_give(one);
	config_give(other);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("configmap");

	suite_rows(suite, a_map_is_read, ROWS(good));
	suite_one(suite, lists_of_values);
	suite_rows(suite, a_bad_map_is_named, ROWS(bad));
	suite_rows(suite, every_member_counts, ROWS(digests));
	return (suite_run(suite));
}
