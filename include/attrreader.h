#ifndef ATTRREADER_H
#define ATTRREADER_H

#include <stdbool.h>

#include "arena.h"
#include "attrtype.h"
#include "entry.h"
#include "model.h"
#include "schema.h"

/*
 * attrreader: one entry, read as an entry of one class: what the rows of an
 * attribute map and the relay... attributes give together.
 *
 * A relay... attribute counts for a class that the entry has.  An account or a
 * group also has those that no class of the entry allows: without a server an
 * objectClass is easily forgotten, and a restriction must not get lost by that.
 * What another class of the entry allows is that class's alone.
 *
 * Pure functions; any thread.
 */

struct attr_reader {
	struct attr_reading r;
	enum schema_class own;	/* the class as which it is read */
	unsigned classes;	/* that the entry has (schema_classes) */
	/* It has an attribute that claims to be of the schema and is not. */
	bool foreign;
};

/* What reading an entry came to. */
enum attr_result {
	ATTR_ENTRY,		/* the struct is filled */
	ATTR_NONE,		/* not an entry of this kind */
	ATTR_NO_MEMORY
};

/**
 * attrreader_begin(reader, own, entry, ldif, arena, report):
 * Return 0, or -1 when memory is short or the DN is none.  ${ldif}: no server
 * has checked the schema, so foreign attributes are looked for.
 */
int attrreader_begin(struct attr_reader *, enum schema_class,
    const struct entry *, bool, struct arena *, const struct attr_report *);

/**
 * attrreader_end(reader, is, foreign):
 * What came of it; ${is}: it is an entry of the kind.  Then relay...
 * attributes that no class of it allows are reported, and foreign ones with
 * ${foreign}: what they come to.
 */
enum attr_result attrreader_end(struct attr_reader *, bool,
    const char *);

/** attrreader_missing(reader, attr, text): report what is not there. */
void attrreader_missing(struct attr_reader *, const char *, const char *);

/** attrreader_honours(reader, attr): does this relay... attribute count? */
bool attrreader_honours(const struct attr_reader *, const char *);

/*
 * Below, ${rows} may be NULL: no map; ${own} is the relay... attribute of the
 * role, or NULL; ${meaning} is what an unreadable value comes to, in words.
 */

/** attrreader_texts(reader, rows, types, own, type, meaning): of the rows
 * those whose type is among ${types} (1 << enum attr_type). */
struct texts attrreader_texts(struct attr_reader *, const struct attr_rows *,
    unsigned, const char *, enum attr_type, const char *);

/** attrreader_aliases(reader, rows): relayDomainAlias and the like, which do
 * not begin with a dot. */
struct texts attrreader_aliases(struct attr_reader *,
    const struct attr_rows *);

/** attrreader_senders, attrreader_recipients: in recipients negative values
 * count. */
struct patterns attrreader_senders(struct attr_reader *,
    const struct attr_rows *, const char *);
struct patterns attrreader_recipients(struct attr_reader *,
    const struct attr_rows *);

/** attrreader_clients(reader, rows, host_bits): see struct attr_list. */
struct networks attrreader_clients(struct attr_reader *,
    const struct attr_rows *, bool);

/**
 * attrreader_access(reader, authenticate, missing, meaning):
 * relayAccess; ${authenticate}: that is a value here.  ${missing} if there is
 * none, ACCESS_DENY if it cannot be read.
 */
enum access attrreader_access(struct attr_reader *, bool, enum access,
    const char *);

/**
 * attrreader_dates(reader, before, after, meaning, unreadable):
 * All dates must hold.  Those that cannot be read are left out, and
 * ${unreadable} says so.
 */
struct dates attrreader_dates(struct attr_reader *, const struct attr_rows *,
    const struct attr_rows *, const char *, bool *);

/** attrreader_no_dates(): always active. */
struct dates attrreader_no_dates(void);

/** attrreader_enforce(reader): relayEnforceFrom. */
struct enforce attrreader_enforce(struct attr_reader *);

#endif /* !ATTRREADER_H */
