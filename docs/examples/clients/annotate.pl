#!/usr/bin/perl
# Annotates the text on the command line. Debian: perl libzmq-ffi-perl libdata-messagepack-perl
#
#   perl annotate.pl "Acme Corp. paid \$3 million. Great news!"
use strict;
use warnings;
use utf8;
use Data::MessagePack;
use Encode qw(decode_utf8);
use Time::HiRes qw(time);
use ZMQ::FFI;
use ZMQ::FFI::Constants qw(ZMQ_DEALER ZMQ_RCVTIMEO);

my $endpoint = $ENV{TEXTD_ENDPOINT} // 'tcp://127.0.0.1:7411';
my $context  = ZMQ::FFI->new;
my $packer   = Data::MessagePack->new->utf8;    # without ->utf8 strings come as bytes, and go as they are

sub fail { my ($code, $words) = @_; print STDERR "$words\n"; exit $code }

# The reply to this request, or undef when none comes in time.
sub ask {
    my ($socket, $request, $seconds) = @_;
    my $ends = time + $seconds;
    $socket->send($packer->pack($request));
    while ((my $left = $ends - time) > 0) {
        $socket->set(ZMQ_RCVTIMEO, 'int', 1 + int(1000 * $left));
        my $bytes = eval { $socket->recv } // return;    # it dies when there is nothing
        my $reply = $packer->unpack($bytes);
        return $reply if ($reply->{id} // '') eq $request->{id};
    }
    return;
}

# textd answers each document before its deadline; what hasn't come then was lost with its connection, and is sent once more,
# on a fresh one.
sub annotate {
    my ($text) = @_;
    for (1 .. 2) {
        my $socket = $context->socket(ZMQ_DEALER);
        $socket->set_linger(0);    # or the program's end waits for a daemon that isn't there
        $socket->connect($endpoint);
        ask($socket, { id => 1, op => 'ping' }, 2) or fail(69, "no textd at $endpoint: is it running?");
        my $reply = ask($socket, { id => 2, text => $text, offsets => 'codepoint', deadline_ms => 3000 }, 4);
        $socket->close;
        return $reply if $reply;
    }
    fail(75, "textd at $endpoint does not answer");
}

binmode $_, ':encoding(UTF-8)' for *STDOUT, *STDERR;
my $text  = decode_utf8(shift // fail(64, 'usage: perl annotate.pl TEXT'));
my $reply = annotate($text);
fail(1, "$reply->{error}{code}: $reply->{error}{message}") unless $reply->{ok};
print "$_->{type} ", substr($text, $_->{start}, $_->{end} - $_->{start}), "\n" for @{ $reply->{results}{entities}{entities} };
printf "sentiment %s %.2f\n", @{ $reply->{results}{sentiment} }{qw(label score)};
