#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ldif.h"
#include "suite.h"

/*
 * What the sink is told, as text: ( for begin, ) for end, and for an entry its
 * line, key, and attributes with their values: 1:uid=joe{cn=Joe,Doe}.  Bytes
 * outside ASCII and NUL are \x...
 */
struct heard {
	char text[4096];
	int fail_at;	/* call that says -1; 0: none */
	int calls;
};

static void
heard_add(struct heard *h, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
heard_add(struct heard *h, const char *format, ...)
{
	size_t len = strlen(h->text);
	va_list args;

	va_start(args, format);
	vsnprintf(h->text + len, sizeof(h->text) - len, format, args);
	va_end(args);
}

static int
heard_call(struct heard *h, struct why *why)
{

	if (++h->calls == h->fail_at)
		return (why_set(why, "the sink is full"));
	return (0);
}

static int
heard_begin(void *ctx, struct why *why)
{
	struct heard *h = ctx;

	heard_add(h, "(");
	return (heard_call(h, why));
}

static void
heard_value(struct heard *h, const struct entry_value *v)
{
	size_t i;

	ck_assert_int_eq(v->s[v->len], '\0');
	for (i = 0; i < v->len; i++)
		if (v->s[i] < ' ' || v->s[i] > '~')
			heard_add(h, "\\x%02x", (unsigned char)v->s[i]);
		else
			heard_add(h, "%c", v->s[i]);
}

static int
heard_entry(void *ctx, const struct source_entry *told, struct why *why)
{
	const struct entry *e = told->entry;
	struct heard *h = ctx;
	size_t i, j;

	/* Its key is its normal DN, and nobody has looked where it is. */
	ck_assert_uint_eq(strlen(told->dn), told->key_len);
	ck_assert_mem_eq(told->dn, told->key, told->key_len);
	ck_assert_uint_eq(told->searches, ~0U);
	ck_assert_uint_eq(strlen(e->dn), e->dn_len);
	heard_add(h, "%lu:%s{", told->line, told->dn);
	for (i = 0; i < e->nattrs; i++) {
		heard_add(h, "%s%s=", i == 0 ? "" : ";", e->attrs[i].name);
		for (j = 0; j < e->attrs[i].nvalues; j++) {
			heard_add(h, "%s", j == 0 ? "" : ",");
			heard_value(h, &e->attrs[i].values[j]);
		}
	}
	heard_add(h, "}");
	return (heard_call(h, why));
}

static int
heard_end(void *ctx, struct why *why)
{
	struct heard *h = ctx;

	heard_add(h, ")");
	return (heard_call(h, why));
}

static struct sink
sink_of(struct heard *h)
{

	return ((struct sink){ h, heard_begin, heard_entry, NULL,
	    heard_end });
}

/* ---- text -------------------------------------------------------------- */

#define V	"version: 1\n"
#define D	"dn: cn=a\n"

static const struct {
	const char *label;
	const char *text;
	size_t len;
	const char *heard;	/* NULL: it is wrong */
	const char *why;	/* in the reason, if it is wrong */
} files[] = {
	/* ---- what is right ---- */
	{ "an entry", TEXT(V "\n" D "cn: a\n"), "(3:cn=a{cn=a})", NULL },
	{ "without a version", TEXT(D "cn: a\n"), "(1:cn=a{cn=a})", NULL },
	{ "no blank line after the version", TEXT(V D "cn: a\n"),
	    "(2:cn=a{cn=a})", NULL },
	{ "a version alone is an empty policy", TEXT(V), "()", NULL },
	{ "without a space even", TEXT("version:1\n"), "()", NULL },
	{ "the word version in any case", TEXT("VERSION:   1\n\n\n"), "()",
	    NULL },
	{ "two entries", TEXT(D "cn: a\n\ndn: cn=b\ncn: b\n"),
	    "(1:cn=a{cn=a}4:cn=b{cn=b})", NULL },
	{ "more blank lines than needed", TEXT("\n" D "cn: a\n\n\n\n"
	    "dn: cn=b\ncn: b\n\n"), "(2:cn=a{cn=a}7:cn=b{cn=b})", NULL },
	{ "CRLF", TEXT("version: 1\r\n\r\ndn: cn=a\r\ncn: a\r\n\r\n"
	    "dn: cn=b\r\ncn: b\r\n"), "(3:cn=a{cn=a}6:cn=b{cn=b})", NULL },
	{ "the key is the normal DN", TEXT("dn: CN=A , DC=Example\ncn: a\n"),
	    "(1:cn=a,dc=example{cn=a})", NULL },
	{ "a DN in base64", TEXT("dn:: Y249SsO8cmdlbg==\ncn: a\n"),
	    "(1:cn=j\xc3\xbcrgen{cn=a})", NULL },
	{ "DN in capitals", TEXT("DN: cn=a\ncn: a\n"), "(1:cn=a{cn=a})",
	    NULL },
	{ "comments", TEXT("# one\n" V "# two\n  folded\n\n" D
	    "# three\ncn: a\n#\n"), "(6:cn=a{cn=a})", NULL },
	{ "a comment inside an entry ends nothing", TEXT(D "cn: a\n# x\n"
	    "sn: b\n"), "(1:cn=a{cn=a;sn=b})", NULL },
	{ "folded lines", TEXT("dn: cn\n =a\nc\n n:\n  a b\n \n  c\n"),
	    "(1:cn=a{cn=a b c})", NULL },
	{ "folded with CRLF", TEXT(D "cn: a\r\n  b\r\n \r\nsn: c\r\n"),
	    "(1:cn=a{cn=a b;sn=c})", NULL },
	{ "folded base64", TEXT(D "cn:: YW\n Jj\n"), "(1:cn=a{cn=abc})",
	    NULL },
	{ "values are grouped by attribute", TEXT(D "cn: 1\nsn: 2\nCN: 3\n"
	    "cn;x-a: 4\nsn: 5\n"), "(1:cn=a{cn=1,3;sn=2,5;cn;x-a=4})",
	    NULL },
	{ "an empty value", TEXT(D "cn:\nsn: \nou::\n"),
	    "(1:cn=a{cn=;sn=;ou=})", NULL },
	{ "spaces before a value are not of it, those behind are",
	    TEXT(D "cn:   a \n"), "(1:cn=a{cn=a })", NULL },
	{ "a value without a space before it", TEXT(D "cn:a\n"),
	    "(1:cn=a{cn=a})", NULL },
	{ "colons and < inside a value", TEXT(D "cn: a:b<c: d\n"),
	    "(1:cn=a{cn=a:b<c: d})", NULL },
	{ "# inside a value", TEXT(D "cn: #a\n"), "(1:cn=a{cn=#a})", NULL },
	{ "control characters", TEXT(D "cn: a\tb\x1b\x7f\n"),
	    "(1:cn=a{cn=a\\x09b\\x1b\\x7f})", NULL },
	{ "any bytes in base64", TEXT(D "cn:: AP8K\n"),
	    "(1:cn=a{cn=\\x00\\xff\\x0a})", NULL },
	{ "padded base64", TEXT(D "cn:: YQ==\nsn::YWI=\n"),
	    "(1:cn=a{cn=a;sn=ab})", NULL },
	{ "all digits of base64", TEXT(D "cn:: +/+/\n"),
	    "(1:cn=a{cn=\\xfb\\xff\\xbf})", NULL },
	{ "an OID as attribute", TEXT(D "2.5.4.3: a\n2.5.4.3;x-a: b\n"),
	    "(1:cn=a{2.5.4.3=a;2.5.4.3;x-a=b})", NULL },

	/* ---- what is wrong ---- */
	{ "nothing but comments", TEXT("# a\n\n"), NULL,
	    "f: the file has no entry" },
	{ "blank lines", TEXT("\n\n"), NULL, "the file has no entry" },
	{ "version 2", TEXT("version: 2\n"), NULL,
	    "f:1: the version of LDIF is 1, not \"2\"" },
	{ "version of words", TEXT("version: 1 \n"), NULL, "not \"1 \"" },
	{ "version with a NUL", TEXT("version: 1\0" "2\n"), NULL,
	    "f:1: the version" },
	{ "no version at all", TEXT("version:\n"), NULL, "the version" },
	{ "a second version", TEXT(V V), NULL,
	    "f:2: an entry begins with `dn:', not with `version:'" },
	{ "no dn", TEXT(V "\ncn: a\n"), NULL,
	    "f:3: an entry begins with `dn:', not with `cn:'" },
	{ "a dn and nothing else", TEXT(D), NULL,
	    "f:1: the entry has no attribute" },
	{ "no DN", TEXT("dn: a\ncn: a\n"), NULL,
	    "f:1: \"a\" is not an entry's DN" },
	{ "an empty DN", TEXT("dn:\ncn: a\n"), NULL, "not an entry's DN" },
	{ "a DN with a NUL", TEXT("dn:: Y249AGE=\ncn: a\n"), NULL,
	    "not an entry's DN" },
	{ "a DN that is not ASCII", TEXT("dn: cn=\xc3\xbc\ncn: a\n"), NULL,
	    "must be in base64" },
	{ "a blank line missing", TEXT(D "cn: a\ndn: cn=b\ncn: b\n"), NULL,
	    "f:3: an entry has one dn" },
	{ "a DN twice", TEXT(D "cn: a\n\ndn: CN = A\ncn: a\n"), NULL,
	    "f:4: CN = A has an entry at line 1 already" },
	{ "changetype", TEXT(D "changetype: add\ncn: a\n"), NULL,
	    "f:2: `changetype:' has no place here" },
	{ "changetype in capitals", TEXT(D "cn: a\nChangeType: add\n"), NULL,
	    "f:3: `ChangeType:' has no place here" },
	{ "control", TEXT(D "control: 1.2.3\nchangetype: add\n"), NULL,
	    "f:2: `control:' has no place" },
	{ "include", TEXT(V "\ninclude: file:///etc/passwd\n"), NULL,
	    "f:3: `include:' has no place here" },
	{ "include in an entry", TEXT(D "include: file:///etc/passwd\n"),
	    NULL, "f:2: `include:' has no place" },
	{ "a URL", TEXT(D "cn:< file:///etc/passwd\n"), NULL,
	    "f:2: `:<' with a URL is not read" },
	{ "a change's dash", TEXT(D "cn: a\n-\n"), NULL,
	    "f:3: the line does not begin with an attribute's name" },
	{ "a line without a colon", TEXT(D "cn\n"), NULL, "f:2: the line" },
	{ "a colon without a name", TEXT(D ": a\n"), NULL, "f:2: the line" },
	{ "a space in the name", TEXT(D "cn : a\n"), NULL, "f:2: the line" },
	{ "an underscore in the name", TEXT(D "c_n: a\n"), NULL,
	    "f:2: the line" },
	{ "a digit before the name", TEXT(D "1cn: a\n"), NULL,
	    "f:2: the line" },
	{ "an OID that ends in a dot", TEXT(D "2.5.: a\n"), NULL,
	    "f:2: the line" },
	{ "an empty option", TEXT(D "cn;: a\n"), NULL, "f:2: the line" },
	{ "a bad option", TEXT(D "cn;a_b: a\n"), NULL, "f:2: the line" },
	{ "a NUL in the name", TEXT(D "cn\0x: a\n"), NULL, "f:2: the line" },
	{ "a byte order mark", TEXT("\xef\xbb\xbf" D "cn: a\n"), NULL,
	    "f:1: the file begins with a byte order mark: save it as UTF-8 "
	    "without one" },
	{ "UTF-16, the low byte first", TEXT("\xff\xfe" "d\0n\0:\0\n\0"),
	    NULL, "f:1: the file begins with a byte order mark" },
	{ "UTF-16, the high byte first", TEXT("\xfe\xff\0d\0n\0:\0\n"),
	    NULL, "f:1: the file begins with a byte order mark" },
	{ "half a byte order mark", TEXT("\xef\xbb\n"), NULL,
	    "f:1: the line does not begin" },
	{ "a value that is not ASCII", TEXT(D "cn: \xc3\xbc\n"), NULL,
	    "f:2: a value with other than ASCII characters must be in "
	    "base64, after `::'" },
	{ "a value with a NUL", TEXT(D "cn: a\0b\n"), NULL,
	    "f:2: a value with NUL" },
	{ "a carriage return inside", TEXT(D "cn: a\rb\n"), NULL,
	    "f:2: a value with NUL or carriage return" },
	{ "two carriage returns", TEXT(D "cn: a\r\r\n"), NULL,
	    "carriage return" },
	{ "a carriage return at the end of the file", TEXT(D "cn: a\r"),
	    NULL, "f:2: the last line does not end" },
	{ "no newline at the end", TEXT(D "cn: a"), NULL,
	    "f:2: the last line does not end with a newline: is the file "
	    "still being written?" },
	{ "a version without a newline", TEXT("version: 1"), NULL,
	    "f:1: the last line does not end" },
	{ "a comment without a newline", TEXT(V D "cn: a\n\n# a"), NULL,
	    "f:5: the last line does not end" },
	{ "a continuation without a newline", TEXT(D "cn: a\n b"), NULL,
	    "f:3: the last line does not end" },
	{ "a value that begins with a colon", TEXT(D "cn: :a\n"), NULL,
	    "f:2: a value that begins with : must be" },
	{ "a value that begins with <", TEXT(D "relaySender: <>\n"), NULL,
	    "must be in base64, after `::' (the null sender is written "
	    "null)" },
	{ "no base64", TEXT(D "cn:: a\n"), NULL,
	    "f:2: the value of cn is not base64" },
	{ "base64 with a space", TEXT(D "cn:: YWJj YWJj\n"), NULL,
	    "not base64" },
	{ "base64 with a NUL", TEXT(D "cn:: YW\0j\n"), NULL, "not base64" },
	{ "base64 with padding inside", TEXT(D "cn:: YQ==YWJj\n"), NULL,
	    "not base64" },
	{ "base64 of padding", TEXT(D "cn:: ====\n"), NULL, "not base64" },
	{ "base64 with too much padding", TEXT(D "cn:: Y===\n"), NULL,
	    "not base64" },
	{ "base64 with bits left over", TEXT(D "cn:: YR==\n"), NULL,
	    "not base64" },
	{ "base64 with other bits left over", TEXT(D "cn:: YWJ=\nsn:: YWL=\n"),
	    NULL, "f:2: the value of cn is not base64" },
	{ "a space at the beginning", TEXT(" a\n" D "cn: a\n"), NULL,
	    "f:1: the line begins with a space" },
	{ "a space after a blank line", TEXT(D "cn: a\n\n b\n"), NULL,
	    "f:4: the line begins with a space" },
	{ "a tab does not fold", TEXT(D "cn: a\n\tb\n"), NULL,
	    "f:3: the line does not begin" },
	{ "what comes after an entry that is right", TEXT(D "cn: a\n\n"
	    "dn: cn=b\ncn b\n"), NULL, "f:5: the line" }
};

START_TEST(reads_a_file)
{
	struct heard h = { .calls = 0 };
	struct sink sink = sink_of(&h);
	struct why why = { "" };
	char *bytes;
	int result;

	/* A block of its own shows every step beyond it. */
	bytes = malloc(files[_i].len);
	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, files[_i].text, files[_i].len);
	result = ldif_parse("f", bytes, files[_i].len, &sink, &why);
	free(bytes);
	if (files[_i].heard == NULL) {
		ck_assert_msg(result == -1, "%s: %s", files[_i].label,
		    h.text);
		ck_assert_msg(strstr(why.text, files[_i].why) != NULL,
		    "%s: %s", files[_i].label, why.text);
		ck_assert_msg(strchr(h.text, ')') == NULL, "%s: %s",
		    files[_i].label, h.text);
	} else {
		ck_assert_msg(result == 0, "%s: %s", files[_i].label,
		    why.text);
		ck_assert_msg(strcmp(h.text, files[_i].heard) == 0, "%s: %s",
		    files[_i].label, h.text);
	}
}
END_TEST

static void
read_cut(size_t row, size_t cut, const char *end)
{
	struct heard h = { .calls = 0 };
	struct sink sink = sink_of(&h);
	size_t len = cut + strlen(end);
	char *bytes = malloc(len > 0 ? len : 1);
	struct why why;

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, files[row].text, cut);
	memcpy(bytes + cut, end, strlen(end));
	(void)ldif_parse("f", bytes, len, &sink, &why);
	free(bytes);
}

/* Wherever a file is cut off, reading it ends, and inside its bytes. */
START_TEST(survives_every_truncation)
{
	size_t cut;

	for (cut = 0; cut < files[_i].len; cut++) {
		read_cut((size_t)_i, cut, "");
		read_cut((size_t)_i, cut, "\n");
	}
}
END_TEST

/* begin, an entry, another, end: the reason is the sink's own. */
START_TEST(stops_when_the_sink_does)
{
	static const char text[] = D "cn: a\n\ndn: cn=b\ncn: b\n";
	static const char *const heard[] = { "(", "(1:cn=a{cn=a}",
	    "(1:cn=a{cn=a}4:cn=b{cn=b}", "(1:cn=a{cn=a}4:cn=b{cn=b})" };
	struct heard h = { .fail_at = _i + 1 };
	struct sink sink = sink_of(&h);
	struct why why;

	ck_assert_int_eq(ldif_parse("f", text, sizeof(text) - 1, &sink,
	    &why), -1);
	ck_assert_str_eq(h.text, heard[_i]);
	ck_assert_str_eq(why.text, "the sink is full");
}
END_TEST

/* ---- many -------------------------------------------------------------- */

static int
count_entry(void *ctx, const struct source_entry *told, struct why *why)
{
	size_t *n = ctx;

	(void)why;
	*n += told->entry->attrs[0].nvalues;
	return (0);
}

static int
count_nothing(void *ctx, struct why *why)
{

	(void)ctx;
	(void)why;
	return (0);
}

enum { MANY = 20000 };

/* Many entries, then one twice; and many values in one entry. */
START_TEST(reads_many)
{
	size_t size = MANY * 64, len = 0, i, n = 0;
	struct sink sink = { &n, count_nothing, count_entry, NULL,
	    count_nothing };
	char *text = malloc(size);
	struct why why;

	ck_assert_ptr_nonnull(text);
	for (i = 0; i < MANY; i++)
		len += (size_t)snprintf(text + len, size - len,
		    "dn: cn=%zu\ncn: %zu\n\n", i, i);
	ck_assert_int_eq(ldif_parse("f", text, len, &sink, &why), 0);
	ck_assert_uint_eq(n, MANY);
	len += (size_t)snprintf(text + len, size - len,
	    "dn: CN=777\ncn: 777\n");
	ck_assert_int_eq(ldif_parse("f", text, len, &sink, &why), -1);
	ck_assert_str_eq(why.text, "f:60001: CN=777 has an entry at line "
	    "2332 already; make one of the two");
	len = (size_t)snprintf(text, size, "dn: cn=a\n");
	for (n = i = 0; i < MANY; i++)
		len += (size_t)snprintf(text + len, size - len,
		    "member: cn=%zu\n", i);
	ck_assert_int_eq(ldif_parse("f", text, len, &sink, &why), 0);
	ck_assert_uint_eq(n, MANY);
	free(text);
}
END_TEST

/* ---- files ------------------------------------------------------------- */

static char folder[] = "/tmp/ldif.XXXXXX";
static char path[sizeof(folder) + 16];

static void
folder_make(void)
{

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/f", folder);
}

static void
folder_remove(void)
{

	unlink(path);
	rmdir(path);
	rmdir(folder);
}

static void
put(const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static int
read_path(struct heard *h, struct ldif_stamp *stamp, struct why *why)
{
	struct sink sink;

	*h = (struct heard){ .calls = 0 };
	sink = sink_of(h);
	return (ldif_read(path, stamp, &sink, why));
}

START_TEST(reads_from_a_path)
{
	struct ldif_stamp read, looked;
	struct heard h;
	struct why why;

	folder_make();
	put(D "cn: a\n");
	ck_assert_int_eq(read_path(&h, &read, &why), 0);
	ck_assert_str_eq(h.text, "(1:cn=a{cn=a})");
	ldif_look(path, &looked);
	ck_assert(ldif_same(&read, &looked));
	folder_remove();
}
END_TEST

START_TEST(names_the_path_in_errors)
{
	struct ldif_stamp stamp;
	struct heard h;
	struct why why;
	char text[64];

	folder_make();
	put(D "cn a\n");
	ck_assert_int_eq(read_path(&h, &stamp, &why), -1);
	snprintf(text, sizeof(text), "%s:2: ", path);
	ck_assert_msg(strncmp(why.text, text, strlen(text)) == 0, "%s",
	    why.text);
	ck_assert(stamp.there);
	folder_remove();
}
END_TEST

static void
nothing(void)
{
}

static void
empty(void)
{

	put("");
}

static void
fifo(void)
{

	ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void
directory(void)
{

	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void
device(void)
{

	ck_assert_int_eq(symlink("/dev/zero", path), 0);
}

static void
huge(void)
{

	put("");
	ck_assert_int_eq(truncate(path, (off_t)1 << 32), 0);
}

static void
unreadable(void)
{

	put(V);
	ck_assert_int_eq(chmod(path, 0), 0);
}

static void
shut_away(void)
{

	put(V);
	ck_assert_int_eq(chmod(folder, 0), 0);
}

/* Root may read everything: so as somebody else, in a process of its own. */
START_TEST(says_who_may_not_read)
{
	static void (*const make[])(void) = { unreadable, shut_away };
	const struct passwd *pw = getpwnam("nobody");
	struct ldif_stamp stamp;
	struct heard h;
	struct why why;
	char text[256];

	folder_make();
	make[_i]();
	ck_assert_ptr_nonnull(pw);
	if (geteuid() == 0) {
		ck_assert_int_eq(chmod(folder, _i == 0 ? 0755 : 0700), 0);
		ck_assert_int_eq(setegid(pw->pw_gid), 0);
		ck_assert_int_eq(seteuid(pw->pw_uid), 0);
	}
	pw = getpwuid(geteuid());
	ck_assert_int_eq(read_path(&h, &stamp, &why), -1);
	if (_i == 0)
		snprintf(text, sizeof(text), "%s: Permission denied: "
		    "mayrelay-feed reads it as milter.user (%s): chgrp %s %s "
		    "and chmod 640 %s", path, pw->pw_name,
		    getgrgid(getegid())->gr_name, path, path);
	else
		snprintf(text, sizeof(text), "%s: Permission denied: "
		    "mayrelay-feed reads it as milter.user (%s), who may not "
		    "enter its folder", path, pw->pw_name);
	ck_assert_str_eq(why.text, text);
	(void)seteuid(0);
	(void)chmod(folder, 0700);
	folder_remove();
}
END_TEST

static const struct {
	const char *label;
	void (*make)(void);
	const char *why;
	bool there;
} no_files[] = {
	{ "nothing", nothing, "No such file", false },
	{ "zero bytes", empty, "the file is empty", true },
	{ "a FIFO that nobody writes", fifo, "not a regular file", false },
	{ "a folder", directory, "not a regular file", false },
	{ "a device", device, "not a regular file", false },
	{ "4 GiB", huge, "larger than 2 GiB", true }
};

START_TEST(refuses_what_is_no_good_file)
{
	struct ldif_stamp stamp;
	struct heard h;
	struct why why;

	folder_make();
	no_files[_i].make();
	ck_assert_int_eq(read_path(&h, &stamp, &why), -1);
	ck_assert_msg(strstr(why.text, no_files[_i].why) != NULL, "%s: %s",
	    no_files[_i].label, why.text);
	ck_assert_msg(strncmp(why.text, path, strlen(path)) == 0, "%s: %s",
	    no_files[_i].label, why.text);
	ck_assert_msg(stamp.there == no_files[_i].there, "%s",
	    no_files[_i].label);
	ck_assert_str_eq(h.text, "");
	folder_remove();
}
END_TEST

START_TEST(sees_that_nothing_is_there)
{
	struct ldif_stamp a, b;

	folder_make();
	ldif_look(path, &a);
	ldif_look(path, &b);
	ck_assert(!a.there);
	ck_assert(!ldif_same(&a, &b));
	put(V);
	ldif_look(path, &b);
	ck_assert(b.there);
	ck_assert(!ldif_same(&a, &b));
	ck_assert(!ldif_same(&b, &a));
	folder_remove();
}
END_TEST

static const struct ldif_stamp base = { true, 1, 2, 3, { 4, 5 }, { 6, 7 } };

static const struct {
	const char *label;
	struct ldif_stamp stamp;
	bool same;
} stamps[] = {
	{ "the same", { true, 1, 2, 3, { 4, 5 }, { 6, 7 } }, true },
	{ "gone", { false, 1, 2, 3, { 4, 5 }, { 6, 7 } }, false },
	{ "another device", { true, 9, 2, 3, { 4, 5 }, { 6, 7 } }, false },
	{ "another file", { true, 1, 9, 3, { 4, 5 }, { 6, 7 } }, false },
	{ "another size", { true, 1, 2, 9, { 4, 5 }, { 6, 7 } }, false },
	{ "written later", { true, 1, 2, 3, { 9, 5 }, { 6, 7 } }, false },
	{ "a little later", { true, 1, 2, 3, { 4, 9 }, { 6, 7 } }, false },
	{ "changed later", { true, 1, 2, 3, { 4, 5 }, { 9, 7 } }, false },
	{ "only little later", { true, 1, 2, 3, { 4, 5 }, { 6, 9 } }, false }
};

START_TEST(compares_stamps)
{

	ck_assert_msg(ldif_same(&base, &stamps[_i].stamp) ==
	    stamps[_i].same, "%s", stamps[_i].label);
	ck_assert_msg(ldif_same(&stamps[_i].stamp, &base) ==
	    stamps[_i].same, "%s", stamps[_i].label);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ldif");

	suite_rows(s, reads_a_file, ROWS(files));
	suite_rows(s, survives_every_truncation, ROWS(files));
	suite_rows(s, stops_when_the_sink_does, 4);
	suite_one(s, reads_many);
	suite_one(s, reads_from_a_path);
	suite_one(s, names_the_path_in_errors);
	suite_rows(s, says_who_may_not_read, 2);
	suite_rows(s, refuses_what_is_no_good_file, ROWS(no_files));
	suite_one(s, sees_that_nothing_is_there);
	suite_rows(s, compares_stamps, ROWS(stamps));
	return (suite_run(s));
}
