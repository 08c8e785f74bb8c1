#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "jsondoc.h"
#include "visible.h"

json_t *
jsondoc_text(const char *s)
{
	const size_t size = VISIBLE_SIZE(strlen(s));
	json_t *value;
	char *text;

	if ((value = json_string(s)) != NULL)
		return (value);
	if ((text = malloc(size)) == NULL)
		return (NULL);
	value = json_string(visible_text(s, text, size));
	free(text);
	return (value);
}

json_t *
jsondoc_in_force(enum running running)
{

	return (running == RUNNING_NOT ? json_null() :
	    json_boolean(running == RUNNING_SAME));
}

int
jsondoc_print(json_t *document)
{

	if (document == NULL) {
		fprintf(stderr, "mayrelay: out of memory\n");
		return (EX_OSERR);
	}
	/* A failure to write shows when stdout is flushed. */
	(void)json_dumpf(document, stdout, JSON_ENSURE_ASCII | JSON_INDENT(2));
	json_decref(document);
	printf("\n");
	return (0);
}
