#!/bin/sh
# mpack for Lua: in Lua 5.3 each integer that is read is a float, and a great one that is written another.
#
# One expects: Lua has had integers of 64 bits since 5.3, as MessagePack has, and the library is built for 5.3: an integer is written and read as it is, and a float
# as a float. So does lua-MessagePack.
# What happens: mpack goes by way of a double both times. What is read is a float: 1 is 1.0, and as text "1.0". 2^53 + 1 is 2^53, and math.maxinteger
# is written as one more than it is, 2^63, which it can't hold. The other way round 1.0 is written as the integer 1, and -0.0 as 0. Nothing warns.
# Who meets it: who passes ids of 64 bits or nanoseconds through Lua, and whose ids become keys, names of files or SQL by tostring(): "42.0". Neovim, whose
# Lua has only doubles, doesn't show it.
#
# Needs network (Debian's archive, bookworm). Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in lua5.3 liblua5.3-0 libmpack0=1.0.5-3 lua-mpack=1.0.7-2 lua-messagepack=0.5.2-1; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done
modules=$(dirname "$(find root -path '*/5.3/mpack.so')")

cat >try.lua <<'LUA'
local function hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

print(_VERSION)
for _, name in ipairs { "MessagePack", "mpack" } do
  local library = require(name)
  print(name)
  for _, number in ipairs { 1, 42, 9007199254740993, math.maxinteger, 1.0, -0.0 } do
    local packed = library.pack(number)
    local read = library.unpack(packed)
    print(("  %s %s -> %s -> %s %s"):format(math.type(number), number, hex(packed), math.type(read), read))
  end
end
LUA
echo "lua-mpack 1.0.7-2, lua-messagepack 0.5.2-1 of Debian" >seen
LD_LIBRARY_PATH=$(dirname "$modules")/.. LUA_PATH="root/usr/share/lua/5.3/?.lua" LUA_CPATH="$modules/?.so" root/usr/bin/lua5.3 try.lua >>seen
cat seen
cat >known <<'KNOWN'
lua-mpack 1.0.7-2, lua-messagepack 0.5.2-1 of Debian
Lua 5.3
MessagePack
  integer 1 -> 01 -> integer 1
  integer 42 -> 2a -> integer 42
  integer 9007199254740993 -> cf0020000000000001 -> integer 9007199254740993
  integer 9223372036854775807 -> cf7fffffffffffffff -> integer 9223372036854775807
  float 1.0 -> cb3ff0000000000000 -> float 1.0
  float -0.0 -> cb8000000000000000 -> float -0.0
mpack
  integer 1 -> 01 -> float 1.0
  integer 42 -> 2a -> float 42.0
  integer 9007199254740993 -> cf0020000000000000 -> float 9.007199254741e+15
  integer 9223372036854775807 -> cf8000000000000000 -> float 9.2233720368548e+18
  float 1.0 -> 01 -> float 1.0
  float -0.0 -> 00 -> float 0.0
KNOWN
diff known seen && echo "as known: one is one point nought"
