# shellcheck shell=bash
# t/certificates.sh: certificates for TLS that a test makes for itself.  To be
# sourced after t/lib.sh; needs openssl.
#
#	mkdir "$certificates" && certificate_authority ca &&
#	    certificate mx DNS:mx.example.com 20200101000000Z 20491231000000Z
#
# Everything is in $certificates: NAME.pem and NAME.key.

certificates=$W/certificates

certificate_authority()	# NAME
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 \
	    -subj "/CN=$1 of a test" -keyout "$certificates/$1.key" \
	    -out "$certificates/$1.pem" 2>> "$certificates/log"
}

certificate()		# CERT NAMES FROM UNTIL, signed by ca
{
	local d=$certificates
	mkdir -p "$d/$1" && : > "$d/$1/index" || return 1
	cat > "$d/$1/conf" <<-END
	[ca]
	default_ca = test
	[test]
	database = $d/$1/index
	new_certs_dir = $d/$1
	rand_serial = yes
	default_md = sha256
	policy = any
	x509_extensions = names
	[any]
	commonName = supplied
	[names]
	subjectAltName = $2
	END
	openssl req -new -newkey rsa:2048 -nodes -subj "/CN=$1" \
	    -keyout "$d/$1.key" -out "$d/$1/csr" 2>> "$d/log" &&
	openssl ca -batch -notext -config "$d/$1/conf" -in "$d/$1/csr" \
	    -cert "$d/ca.pem" -keyfile "$d/ca.key" -startdate "$3" \
	    -enddate "$4" -out "$d/$1.pem" 2>> "$d/log"
}
