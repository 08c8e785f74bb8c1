#ifndef CONFIGREPLY_H
#define CONFIGREPLY_H

#include "option.h"
#include "reply.h"

/*
 * configreply: the `reply' group of the configuration: help page and texts of
 * the replies (spec section 6).
 *
 *	texts = { auth-required = { code = "550 5.7.1"; text = "one line"; };
 *	    account-denied = { text = [ "first line", "second line" ]; }; };
 *
 * What libmilter or an SMTP client could choke on is an error here.
 */

enum { CONFIGREPLY_URL_MAX = 200 };	/* bytes */

/* An http or https URL; its fragment is cut off.  const char * */
extern const struct option_type configreply_url;

/* struct reply_text[REASONS] */
extern const struct option_type configreply_texts;

#endif /* !CONFIGREPLY_H */
