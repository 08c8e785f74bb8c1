#ifndef POLICYSTORE_H
#define POLICYSTORE_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "fuzz.h"
#include "intake.h"
#include "line.h"
#include "ldif.h"
#include "store.h"

/*
 * policystore: a store in a private folder, with a small policy in it, and the
 * configuration that goes with it.
 *
 * Only those vouch for outbound mail: uid=joe (login joe, or joe with a + in
 * it; sender joe@example.com), the network 192.0.2.0/24, and loopback.
 */

static const char policystore_policy[] =
    "version: 1\n"
    "\n"
    "dn: relayDomainName=example.com,ou=relay,dc=example,dc=com\n"
    "objectClass: relayDomain\n"
    "relayDomainName: example.com\n"
    "relayDomainAlias: example.org\n"
    "\n"
    "dn: cn=office,ou=relay,dc=example,dc=com\n"
    "objectClass: relayNetwork\n"
    "cn: office\n"
    "relayClient: 192.0.2.0/24\n"
    "relayAccess: allow\n"
    "\n"
    "dn: cn=lab,ou=relay,dc=example,dc=com\n"
    "objectClass: relayNetwork\n"
    "cn: lab\n"
    "relayClient: 2001:db8:bad::/48\n"
    "relayAccess: deny\n"
    "\n"
    "dn: uid=joe,ou=people,dc=example,dc=com\n"
    "objectClass: inetOrgPerson\n"
    "objectClass: relayAccount\n"
    "uid: joe\n"
    "relayLogin: joe+x\n"
    "mail: joe@example.com\n"
    "\n"
    "dn: uid=zoe,ou=people,dc=example,dc=com\n"
    "objectClass: inetOrgPerson\n"
    "objectClass: relayAccount\n"
    "uid: zoe\n"
    "relayAccess: deny\n"
    "mail: zoe@example.com\n"
    "\n"
    "dn: cn=press,ou=groups,dc=example,dc=com\n"
    "objectClass: groupOfNames\n"
    "objectClass: relayGroup\n"
    "cn: press\n"
    "member: uid=joe,ou=people,dc=example,dc=com\n"
    "relaySender: press@example.com\n";

static const char policystore_conf[] =
    "milter = { socket = \"unix:/unused\"; };\n"
    "policy = { role = \"narrowing\"; enforce_from = \"now\";\n"
    "  max_stale = \"8760h\"; };\n"
    "directory = { source = \"ldif:/unused\"; };\n"
    "reply = { help_url = \"https://mail.example.com/smtp-auth\"; texts = {\n"
    "  auth-required = { text = [ \"to %{recipient} 100%%\",\n"
    "    \"from %{sender}, %{client}, %{login}, see %{help_url} !\" ]; };\n"
    "  sender-not-owned = { text = \"%{login}: %{sender}\"; }; }; };\n"
    "log = { target = \"stderr\"; permits = true; repeats = 0; };\n";

static char policystore_dir[64];

static inline void
policystore_remove(void)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	if ((dir = opendir(policystore_dir)) == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", policystore_dir,
		    entry->d_name);
		unlink(path);
	}
	closedir(dir);
	rmdir(policystore_dir);
}

/* A new folder; it goes when the program ends. */
static inline void
policystore_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(policystore_dir, sizeof(policystore_dir), "%.40s/fuzz.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	must(mkdtemp(policystore_dir) != NULL);
	atexit(policystore_remove);
}

static inline const struct config *
policystore_config(void)
{
	const struct config *config;
	struct why why = { "" };
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/conf", policystore_dir);
	file = fopen(path, "w");
	must(file != NULL && fputs(policystore_conf, file) >= 0);
	must(fclose(file) == 0);
	if (config_load(path, &config, &why) != 0)
		must_fail(__FILE__, __LINE__, why.text);
	return (config);
}

static inline int
policystore_tell(void *ctx, const struct sink *sink, struct why *why)
{

	(void)ctx;
	return (ldif_parse("policy", policystore_policy,
	    sizeof(policystore_policy) - 1, sink, why));
}

static inline struct store *
policystore_open(enum store_mode mode)
{
	struct why why = { "" };
	struct store *store;

	if (store_open(policystore_dir, mode, &store, &why) != 0)
		must_fail(__FILE__, __LINE__, why.text);
	return (store);
}

/* A store that holds the policy; open for writing. */
static inline struct store *
policystore_fill(const struct config *config)
{
	struct intake_job job = { .config = config, .name = "policy",
	    .path = "policy", .searches = config->configured,
	    .quiet = true, .unchecked = true };
	enum intake_outcome outcome;
	struct why why = { "" };

	store_close(policystore_open(STORE_SERVE));
	job.store = policystore_open(STORE_WRITE);
	if (intake_run(&job, policystore_tell, NULL, &outcome, &why) != 0)
		must_fail(__FILE__, __LINE__, why.text);
	must(outcome == INTAKE_IN_FORCE);
	return (job.store);
}

#endif /* !POLICYSTORE_H */
