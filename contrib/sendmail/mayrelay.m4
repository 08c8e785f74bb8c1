divert(-1)
dnl mayrelay.m4: Sendmail asks mayrelayd about every recipient.
dnl
dnl In sendmail.mc, before the MAILER() lines and after every line that sets
dnl confINPUT_MAIL_FILTERS (setting it clears the list of filters):
dnl
dnl	define(`confMAYRELAY_ROLE', `narrowing')dnl
dnl	include(`/usr/local/share/mayrelay/mayrelay.m4')dnl
dnl
dnl confMAYRELAY_ROLE is policy.role of mayrelay.conf, and must be said:
dnl
dnl	narrowing	Sendmail's own relay rules stand (relay-domains, the
dnl			access map, who signed in); mayrelayd takes away from
dnl			them. Whom Sendmail refuses, mayrelayd never hears of.
dnl	authority	Sendmail lets everything through, and mayrelayd alone
dnl			says no. m4 warns of an open relay: it is one without
dnl			mayrelayd, so F= below must be said, and mayrelay in
dnl			each InputMailFilters= of DAEMON_OPTIONS.
dnl			Open Sendmail last: first mayrelay.conf, a restart of
dnl			mayrelayd, and a look whether `mayrelay status' says
dnl			authority; on the way back close Sendmail first.
dnl
dnl What mayrelay.conf and the policy have to say for Sendmail:
dnl
dnl	milter.mta	"auto" is right: Sendmail says its version (the macro
dnl			v, "8.17.1"), and its logins are then read as xtext.
dnl	relayDomain	one for each domain that mail is received for but not
dnl			delivered here: relay-domains and RELAY in the access
dnl			map (and .example.com for subdomains, which both
dnl			include), mailertable, virtusertable.
dnl	local_mailers	mailers that deliver here ("local", "prog", "*file*",
dnl			"cyrusv2" and others are in it), by {rcpt_mailer}. Of
dnl			the others "esmtp" and "smtp" go anywhere, and "relay"
dnl			is the smart host: never list them.
dnl
dnl Mail that sendmail(1) submits comes by SMTP from 127.0.0.1 (submit.cf), or on
dnl standard input (sendmail -bs), and is then of the client "local": both are
dnl granted to the host itself.
dnl
dnl confMAYRELAY_SOCKET is milter.socket of mayrelay.conf, with local: instead
dnl of unix: (or inet:8891@127.0.0.1 as it is there). Sendmail connects as root,
dnl or as confRUN_AS_USER, whose group is then milter.socket_group; it refuses a
dnl socket below a folder that group or others can write to, see mayrelayd(8).
dnl
ifdef(`confMAYRELAY_SOCKET', `',
	`define(`confMAYRELAY_SOCKET', `local:/run/mayrelay/mayrelay.sock')')
dnl
dnl confMAYRELAY_FLAGS: what Sendmail does while mayrelayd is down or does not
dnl answer in time. There is no need to say it.
dnl
dnl	F=T	every recipient is deferred (451): closed. This is the one for
dnl		mayrelay, in both roles.
dnl	F=4	the session ends with 421: closed, too.
dnl	F=R	every command is refused (554): closed, but mail is lost.
dnl	empty	mail goes on by Sendmail's own rules alone, as if there were no
dnl		filter. In the narrowing role only: in the authority role this
dnl		would be an open relay, and is an error.
dnl
ifdef(`confMAYRELAY_FLAGS', `', `define(`confMAYRELAY_FLAGS', `F=T')')
dnl
dnl confMAYRELAY_TIMEOUTS: how long Sendmail waits: to connect (C), to send (S),
dnl for a reply (R; 10 s if not said) and for the whole end of a message (E).
dnl mayrelayd answers from its own copy of the policy and never waits for the
dnl directory: these are bounds for a machine in trouble, not for a slow
dnl directory.
dnl
ifdef(`confMAYRELAY_TIMEOUTS', `',
	`define(`confMAYRELAY_TIMEOUTS', `C:30s;S:30s;R:30s;E:1m')')
dnl
define(`_MAYRELAY_ERROR_', `errprint(`*** ERROR: mayrelay.m4: $1
')m4exit(`1')')
ifdef(`confMAYRELAY_ROLE', `',
	`_MAYRELAY_ERROR_(`confMAYRELAY_ROLE must be said')')
ifelse(defn(`confMAYRELAY_FLAGS'), `F=T', `',
	defn(`confMAYRELAY_FLAGS'), `F=4', `',
	defn(`confMAYRELAY_FLAGS'), `F=R', `',
	defn(`confMAYRELAY_FLAGS'), `', `',
	`_MAYRELAY_ERROR_(`confMAYRELAY_FLAGS is F=T, F=4, F=R or empty')')
ifelse(defn(`confMAYRELAY_ROLE')defn(`confMAYRELAY_FLAGS'), `authority',
	`_MAYRELAY_ERROR_(`authority without F= is an open relay')')
ifelse(defn(`confMAYRELAY_ROLE'), `authority', `FEATURE(`promiscuous_relay')',
	defn(`confMAYRELAY_ROLE'), `narrowing', `',
	`_MAYRELAY_ERROR_(`confMAYRELAY_ROLE is narrowing or authority')')
divert(0)dnl
ifelse(defn(`confMAYRELAY_FLAGS'), `',
`INPUT_MAIL_FILTER(`mayrelay',
	`S=confMAYRELAY_SOCKET, T=confMAYRELAY_TIMEOUTS')',
`INPUT_MAIL_FILTER(`mayrelay',
	`S=confMAYRELAY_SOCKET, confMAYRELAY_FLAGS, T=confMAYRELAY_TIMEOUTS')')dnl
