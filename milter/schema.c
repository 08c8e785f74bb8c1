#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "entry.h"
#include "nearest.h"
#include "schema.h"

enum {
	EVERY = SCHEMA_NETWORK | SCHEMA_DOMAIN | SCHEMA_ACCOUNT | SCHEMA_GROUP,
	NOT_DOMAIN = SCHEMA_NETWORK | SCHEMA_ACCOUNT | SCHEMA_GROUP
};

static const struct {
	const char *name;
	unsigned allowed_by;
} attributes[] = {
	{ RELAY_CLIENT, NOT_DOMAIN },
	{ RELAY_ACCESS, NOT_DOMAIN },
	{ RELAY_SENDER, NOT_DOMAIN },
	{ RELAY_RECIPIENT, NOT_DOMAIN },
	{ RELAY_DOMAIN_NAME, SCHEMA_DOMAIN },
	{ RELAY_DOMAIN_ALIAS, SCHEMA_DOMAIN },
	{ RELAY_LOGIN, SCHEMA_ACCOUNT },
	{ RELAY_MEMBER, SCHEMA_GROUP },
	{ RELAY_NOT_BEFORE, NOT_DOMAIN },
	{ RELAY_NOT_AFTER, NOT_DOMAIN },
	{ RELAY_ENFORCE_FROM, EVERY },
	{ RELAY_CONTACT, EVERY },
	{ RELAY_REVIEW_AFTER, EVERY }
};

/* The first row of a class is the one that is named in advice. */
static const struct {
	const char *name;
	const char *oid;
	enum schema_class class;
} classes[] = {
	{ "relayNetwork", SCHEMA_ARC ".2.1", SCHEMA_NETWORK },
	{ "relayDomain", SCHEMA_ARC ".2.2", SCHEMA_DOMAIN },
	{ "relayAccount", SCHEMA_ARC ".2.3", SCHEMA_ACCOUNT },
	{ "relayGroup", SCHEMA_ARC ".2.4", SCHEMA_GROUP },
	{ "relayNetworkAux", SCHEMA_ARC ".2.5", SCHEMA_NETWORK },
	{ "relayDomainAux", SCHEMA_ARC ".2.6", SCHEMA_DOMAIN }
};

enum {
	NATTRIBUTES = sizeof(attributes) / sizeof(*attributes),
	NCLASSES = sizeof(classes) / sizeof(*classes)
};

static bool
value_is(const struct entry_value *v, const char *s)
{

	return (strlen(s) == v->len && strncasecmp(v->s, s, v->len) == 0);
}

unsigned
schema_classes(const struct entry *e)
{
	const struct entry_value *v;
	struct entry_cursor c;
	unsigned found = 0;
	size_t i;

	entry_values(&c, e, "objectClass");
	while ((v = entry_next(&c)) != NULL)
		for (i = 0; i < NCLASSES; i++)
			if (value_is(v, classes[i].name) ||
			    value_is(v, classes[i].oid))
				found |= classes[i].class;
	return (found);
}

const char *
schema_class_name(enum schema_class class)
{
	size_t i;

	for (i = 0; i < NCLASSES; i++)
		if (classes[i].class == class)
			return (classes[i].name);
	return ("");
}

unsigned
schema_allowed_by(const char *attr)
{
	size_t i;

	for (i = 0; i < NATTRIBUTES; i++)
		if (entry_name_is(attr, attributes[i].name))
			return (attributes[i].allowed_by);
	return (0);
}

const char *
schema_attribute(size_t i)
{

	return (i < NATTRIBUTES ? attributes[i].name : NULL);
}

const char *
schema_nearest(const char *attr)
{
	const char *names[NATTRIBUTES];
	size_t i;

	for (i = 0; i < NATTRIBUTES; i++)
		names[i] = attributes[i].name;
	return (nearest_of(attr, names, NATTRIBUTES));
}

bool
schema_foreign(const char *attr)
{
	static const char prefix[] = "relay", arc[] = SCHEMA_ARC ".";

	if (strncasecmp(attr, prefix, sizeof(prefix) - 1) == 0)
		return (schema_allowed_by(attr) == 0);
	return (strncmp(attr, arc, sizeof(arc) - 1) == 0);
}
