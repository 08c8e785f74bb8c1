#!/bin/bash
# Postfix's address classes: what it receives mail for is local for mayrelay by
# Postfix's own word; a relay domain is so only by an entry; what Postfix
# resolves to somewhere else is outbound, whatever it looks like.
MTA=postfix
. "$(dirname "$0")/cases.sh"

role=authority
mta_up "virtual_alias_domains = alias.example" \
    "virtual_alias_maps = inline:{ {info@alias.example = anna@example.com} }" \
    "virtual_mailbox_domains = box.example" \
    "virtual_mailbox_maps = static:ok" \
    "relay_domains = backup.example, hidden.example" || exit 1
stranger=203.0.113.9

accepted()		# TEXT RECIPIENT
{
	mail $stranger "" a@example.net "$2"
	is "$(rcpt_reply)" "250 2.1.5 Ok" "$1"
}

refused()		# TEXT RECIPIENT
{
	mail $stranger "" a@example.net "$2"
	like "$(rcpt_reply)" "^550 5\.7\.1 Relay is not permitted: " "$1"
}

# By Postfix's word: no entry names these domains.
accepted "a virtual mailbox domain" u@box.example
accepted "a virtual alias domain, before its alias is looked up" \
    info@alias.example
becomes "its alias is delivered" \
    sink_has here '^X-Rcpt-Args: <anna@example.com>'
mail $stranger "" a@example.net nobody@alias.example
like "$(rcpt_reply)" "^550 5\.1\.1 " "an unknown alias is Postfix's to refuse"
is "$(explain --json --client $stranger --sender a@example.net \
    --recipient info@alias.example --mailer error \
    --rcpt-host "5.1.1 User unknown in virtual alias table" \
    --rcpt-addr info@alias.example | json reason)" local-recipient \
    "explain says the same of an alias, given what Postfix resolved"

# A relay domain may be anybody's smart host: an entry makes it ours.
refused "a relay domain without an entry" u@hidden.example
refused "another one without an entry" u@backup.example
write_policy < <(
	cat "$policy"
	cat <<-'END'

	dn: relayDomainName=backup.example,ou=relay,dc=example,dc=com
	objectClass: relayDomain
	relayDomainName: backup.example
	END
)
backup_is_local()
{
	explain --client $stranger --sender a@example.net \
	    --recipient u@backup.example --mailer relay
}
becomes "an entry more in the file" backup_is_local
accepted "a relay domain with its entry" u@backup.example
refused "the other still has none" u@hidden.example

# Resolved to somewhere else, whatever stands at the end.
for trick in "@box.example:u@example.org" "example.org!u@example.com" \
    '"u@example.org"@example.com' "u%example.org@backup.example"; do
	smtp_as $stranger <<-END
	EHLO client.example
	MAIL FROM:<a@example.net>
	RCPT TO:<$trick>
	QUIT
	END
	unlike "$(rcpt_reply)" "^2" "<$trick> is not accepted"
done
accepted "a percent sign in a mailbox domain means nothing to Postfix" \
    u%example.org@box.example
becomes "and is delivered there" \
    sink_has here '^X-Rcpt-Args: <u%example.org@box.example>'
becomes "the queue is empty" queue_empty
is "$(sink_count out '@example\.(org|com)>')" 0 "no trick left the house"
