# What an MTA does, over and over again, for miltc: n connections to socket, each
# of another kind than the one before; salt is the first kind.
function begin() { print "open unix:" socket; print "negotiate" }
function come() {
	begin()
	print "macro C \"v=Postfix 3.7.11\" {daemon_name}=MTA"
	login("")
	printf "connect host%d.example 4 203.0.113.%d 4711\n", i, i % 250
}
function login(name) {
	printf "macro M {auth_authen}=%s {auth_type}=PLAIN i=Q%d\n",
	    name, i
}
function mail(text) { print "mail <" text ">" }
function rcpt(text) { print "rcpt <" text ">" }
BEGIN {
	for (i = 1; i <= n; i++) {
		kind = (i + salt) % 10
		if (kind == 0) {	# whoever looks in
			print "open unix:" socket
		} else if (kind == 1) {
			begin()
		} else if (kind == 2) {
			come()
		} else if (kind == 3) {	# cut off in a message
			come(); login("joe"); mail("joe@example.com")
		} else if (kind == 4) {	# in a packet, and unheard
			come(); mail("a@example.org")
			print "raw 00000100523c61"
		} else if (kind == 5) {	# refused, and summed up
			come(); mail("a" i "@example.org")
			for (j = 0; j < 6; j++)
				rcpt("b" j "@example.net")
			print "abort"
			print "quit"
		} else if (kind == 6) {	# the same, cut off
			come(); login("nobody"); mail("a@example.org")
			for (j = 0; j < 6; j++)
				rcpt("b" j "@example.net")
		} else if (kind == 7) {	# two clients, three messages
			come(); login("joe"); mail("joe@example.com")
			rcpt("b@example.net"); print "abort"
			login("joe"); mail("other@example.com")
			rcpt("b@example.net"); print "abort"
			print "quit_nc"
			print "connect other.example 6 2001:db8:1::7 25"
			login(""); mail("ann@example.com")
			rcpt("b@example.net"); rcpt("c@example.com")
			print "abort"; print "quit"
		} else if (kind == 8) {	# what is no protocol
			begin()
			print "raw 7fffffff43"
		} else {		# odd addresses
			come(); login("joe\\x01\\xff+2")
			mail("\"a\\x0a@\"@example.org"); rcpt("@@")
			rcpt("\"x\"@[192.0.2.1]"); print "quit"
		}
		print "close"
	}
}
