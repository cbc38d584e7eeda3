#!/bin/sh
# MessagePack in Perl: of two strings that are equal, one is written as UTF-8 and the other as Latin-1, marked as
# UTF-8.
#
# One expects: with ->utf8, which says "utf8::encode() to all the string values", a text is written as UTF-8, and
# equal texts are written as equal bytes. The same of a map's keys.
# What happens: "Gr\x{fc}n" from a literal becomes A4 47 72 FC 6E, a str whose bytes are no UTF-8. The same word, to
# which a euro sign was added and taken away again, becomes A5 47 72 C3 BC 6E. `eq` says that they are equal:
# Data::MessagePack looks at how Perl keeps the string inside, which no program should have to know. Its C half and
# its Perl half do the same.
# Who meets it: who packs a text with accents that never was in a wide string: a literal, a database's column. Readers
# that check refuse the message (Python's, textd); those that don't hand on a string that is none.
# utf8::upgrade($text) before packing helps.
#
# Needs network (Debian's archive) and perl. Exits with 0 while this is so, 1 when it is not any more, 77 when it
# can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root -qq download libdata-messagepack-perl=1.02-1+b1 || exit 77
dpkg -x ./*.deb root
library=$(dirname "$(dirname "$(find root -name MessagePack.pm)")")

cat >try.pl <<'PERL'
use strict;
use warnings;
use Data::MessagePack;

my $packer = Data::MessagePack->new->utf8;
my $short  = "Gr\x{fc}n";
my $long   = "$short\x{20ac}";
chop $long;
my $half = exists $INC{'Data/MessagePack/PP.pm'} ? 'Perl' : 'C';

printf "Data::MessagePack %s, in %s: %s\n", Data::MessagePack->VERSION, $half, $short eq $long ? 'equal' : 'not equal';
printf "  %-9s %s\n", $$_[0], unpack 'H*', $packer->pack($$_[1])
    for ['literal', $short], ['chopped', $long], ['key', { $short => 1 }];
utf8::upgrade($short);
printf "  %-9s %s\n", 'upgraded', unpack 'H*', $packer->pack($short);
PERL
{
    perl -I"$library" try.pl
    PERL_DATA_MESSAGEPACK=pp perl -I"$library" try.pl
} | tee seen
cat >known <<'KNOWN'
Data::MessagePack 1.02, in C: equal
  literal   a44772fc6e
  chopped   a54772c3bc6e
  key       81a44772fc6e01
  upgraded  a54772c3bc6e
Data::MessagePack 1.02, in Perl: equal
  literal   a44772fc6e
  chopped   a54772c3bc6e
  key       81a44772fc6e01
  upgraded  a54772c3bc6e
KNOWN
diff known seen && echo "as known: equal strings, other bytes"
