#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "entry.h"

/*
 * schema: mayrelay's own object classes and attributes, as far as reading
 * needs to know them (spec section 2; etc/mayrelay.schema defines them).
 *
 * Pure functions; any thread.
 */

/* Object classes; an auxiliary twin counts as its structural class. */
enum schema_class {
	SCHEMA_NETWORK = 1 << 0,
	SCHEMA_DOMAIN = 1 << 1,
	SCHEMA_ACCOUNT = 1 << 2,
	SCHEMA_GROUP = 1 << 3
};

/* The arc below which all OIDs of the schema lie. */
#define SCHEMA_ARC	"2.25.89804912305991870483976465026231876111"

#define RELAY_CLIENT		"relayClient"
#define RELAY_ACCESS		"relayAccess"
#define RELAY_SENDER		"relaySender"
#define RELAY_RECIPIENT		"relayRecipient"
#define RELAY_DOMAIN_NAME	"relayDomainName"
#define RELAY_DOMAIN_ALIAS	"relayDomainAlias"
#define RELAY_LOGIN		"relayLogin"
#define RELAY_MEMBER		"relayMember"
#define RELAY_NOT_BEFORE	"relayNotBefore"
#define RELAY_NOT_AFTER		"relayNotAfter"
#define RELAY_ENFORCE_FROM	"relayEnforceFrom"
#define RELAY_CONTACT		"relayContact"
#define RELAY_REVIEW_AFTER	"relayReviewAfter"

/** schema_classes(entry): which classes it has; enum schema_class, or-ed. */
unsigned schema_classes(const struct entry *);

/** schema_class_name(class): "relayNetwork" and so on. */
const char *schema_class_name(enum schema_class);

/** schema_allowed_by(attr): the classes that may carry the attribute (options
 * aside), or-ed; 0 if it is none of the schema's. */
unsigned schema_allowed_by(const char *);

/** schema_attribute(i): the i-th attribute of the schema, from 0; NULL beyond
 * the last. */
const char *schema_attribute(size_t);

/** schema_nearest(attr): the attribute of the schema that was probably meant;
 * NULL if none is like it. */
const char *schema_nearest(const char *);

/**
 * schema_foreign(attr):
 * Does ${attr} claim to be of the schema without being in it?  Its name begins
 * with "relay", or it is written as an OID of the schema's arc.
 */
bool schema_foreign(const char *);

#endif /* !SCHEMA_H */
