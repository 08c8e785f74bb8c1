#include <lber.h>
#include <ldap.h>

#include "configuri.h"
#include "fuzz.h"

/*
 * The URIs of directory servers, one a line.  What is kept reads back as
 * itself, libldap understands it the same way, and none that crosses a network
 * readably counts as safe.
 */

static const struct option option = { .path = "uris",
    .type = &configuri_list, .max = 8 };

/* As a string of libconfig. */
static void
put_quoted(char *out, size_t *n, const char *s)
{

	out[(*n)++] = '"';
	for (; *s != '\0'; s++)
		*n += (size_t)sprintf(out + *n, "\\x%02x", (unsigned char)*s);
	out[(*n)++] = '"';
}

static char *
list_of(const char *const *v, size_t n)
{
	size_t i, size = 16, len = 0;
	char *out;

	for (i = 0; i < n; i++)
		size += 4 * strlen(v[i]) + 4;
	out = must_alloc(size);
	len += (size_t)sprintf(out, "uris = [ ");
	for (i = 0; i < n; i++) {
		len += (size_t)sprintf(out + len, "%s",
		    i > 0 ? ", " : "");
		put_quoted(out, &len, v[i]);
	}
	strcpy(out + len, "];");
	return (out);
}

static int
read_uris(const char *const *v, size_t n, struct arena *arena,
    struct texts *uris)
{
	char *text = list_of(v, n);
	struct setting_file *file;
	struct why why = { "" };
	int result;

	result = setting_parse(text, &file, &why);
	free(text);
	if (result == 0) {
		result = configuri_list.read(&option,
		    setting_member(setting_root(file), "uris"), arena, uris,
		    &why);
		setting_close(file);
	}
	must(result == 0 || why.text[0] != '\0');
	return (result);
}

/* Nobody between us and the server hears it. */
static bool
stays_here(const LDAPURLDesc *url)
{
	unsigned a, b, c, d;
	char rest;

	if (strcmp(url->lud_host, "localhost") == 0 ||
	    strcmp(url->lud_host, "::1") == 0)
		return (true);
	return (sscanf(url->lud_host, "%3u.%3u.%3u.%3u%c", &a, &b, &c, &d,
	    &rest) == 4 && a == 127);
}

static void
libldap_agrees(const char *uri)
{
	const bool socket = strncmp(uri, "ldapi://%2F", 11) == 0;
	LDAPURLDesc *url;

	must(ldap_url_parse(uri, &url) == LDAP_URL_SUCCESS);
	must(strncmp(uri, url->lud_scheme, strlen(url->lud_scheme)) == 0);
	must(url->lud_host != NULL && url->lud_host[0] != '\0');
	must((strcmp(url->lud_scheme, "ldapi") == 0) == socket);
	must(configuri_socket(uri) == socket);
	must(url->lud_dn == NULL || url->lud_dn[0] == '\0');
	must(url->lud_filter == NULL && url->lud_attrs == NULL);
	if (socket)
		must(url->lud_host[0] == '/');
	else
		must(url->lud_port >= 1 && url->lud_port <= 65535);
	must(configuri_exposed(uri) ==
	    (strcmp(url->lud_scheme, "ldap") == 0 && !stays_here(url)));
	ldap_free_urldesc(url);
}

static void
reads_back(const struct texts *uris)
{
	struct arena arena;
	struct texts again;
	size_t i;

	arena_init(&arena);
	must(read_uris(uris->v, uris->n, &arena, &again) == 0);
	must(again.n == uris->n);
	for (i = 0; i < again.n; i++)
		must(strcmp(again.v[i], uris->v[i]) == 0);
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	const char *given[9];
	struct arena arena;
	struct texts uris;
	size_t i, n = 0;

	while (in.len > 0 && n < COUNT(given))
		given[n++] = input_line(&in);
	arena_init(&arena);
	if (read_uris(given, n, &arena, &uris) == 0) {
		must(uris.n == n && n <= 8);
		for (i = 0; i < n; i++)
			libldap_agrees(uris.v[i]);
		reads_back(&uris);
	}
	arena_free(&arena);
	input_end(&in);
	return (0);
}
