#!/bin/sh
# MessagePack in PHP: of six values that are read and written back at once, one comes out as it was.
#
# One expects: what a library reads, it can write again, and the other end gets what it sent: a proxy, a queue, a
# cache do just that. PHP has but one kind of array, so [] for {} would be no wonder.
# What happens, with the extension's defaults (msgpack.php_only=1): the empty map becomes a map with the key nil and
# the value "stdClass". A map with the keys "0" and "1" becomes an array, one with the key "7" a map with the integer
# 7. 2^63 becomes a text of digits, though 2^63 - 1 stays a number: the type depends on the value. A bin becomes a
# str, also where its bytes are no UTF-8. Nothing warns. With php_only=0 the empty map becomes an empty array; all
# else is as before.
# Who meets it: who passes messages on, or sends another program's ids and settings back to it. Readers that want
# strings for keys refuse the first and the third; so does textd, but for what is only echoed (`meta`).
#
# Needs network (Debian's archive). Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be
# tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in php8.2-msgpack=1:2.2.0~rc2-3 php8.2-cli libargon2-1 libedit2 libbsd0 libmd0 libmagic1 libpcre2-8-0 \
    libsodium23 libssl3 libxml2 libicu72 liblzma5 libtinfo6 zlib1g; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done
extension=$(find "$PWD/root" -name msgpack.so)
php=$(find root -name php8.2 -type f -perm -u+x | head -1)
libraries=$(find "$PWD/root" -name '*.so*' -printf '%h\n' | sort -u | tr '\n' ':')

cat >try.php <<'PHP'
<?php
printf("php-msgpack %s, php_only=%s\n", phpversion('msgpack'), ini_get('msgpack.php_only'));
foreach (['{}' => '80', '{"0": 1, "1": 2}' => '82a13001a13102', '{"7": 1}' => '81a13701',
          '2^63 - 1' => 'cf7fffffffffffffff', '2^63' => 'cf8000000000000000', 'bin FF' => 'c401ff'] as $what => $bytes)
    printf("  %-17s %-18s -> %s\n", $what, $bytes, bin2hex(msgpack_pack(msgpack_unpack(hex2bin($bytes)))));
PHP
for only in 1 0; do
    LD_LIBRARY_PATH=$libraries "$php" -n -d extension="$extension" -d msgpack.php_only=$only try.php
done | tee seen
cat >known <<'KNOWN'
php-msgpack 2.2.0RC2, php_only=1
  {}                80                 -> 81c0a8737464436c617373
  {"0": 1, "1": 2}  82a13001a13102     -> 920102
  {"7": 1}          81a13701           -> 810701
  2^63 - 1          cf7fffffffffffffff -> cf7fffffffffffffff
  2^63              cf8000000000000000 -> b339323233333732303336383534373735383038
  bin FF            c401ff             -> a1ff
php-msgpack 2.2.0RC2, php_only=0
  {}                80                 -> 90
  {"0": 1, "1": 2}  82a13001a13102     -> 920102
  {"7": 1}          81a13701           -> 810701
  2^63 - 1          cf7fffffffffffffff -> cf7fffffffffffffff
  2^63              cf8000000000000000 -> b339323233333732303336383534373735383038
  bin FF            c401ff             -> a1ff
KNOWN
diff known seen && echo "as known: there, and not back"
