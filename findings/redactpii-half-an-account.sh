#!/bin/sh
# @redactpii/node: an account number loses its middle, and O'Brien keeps his O.
#
# One expects: of what a redactor takes for personal it takes all, or leaves it alone and is known to: its README says that it knows e-mail
# addresses, telephone numbers, cards and US social security numbers.
# What happens: it looks for these in whatever stands there, and takes out the piece that looks like one. Of the IBAN DE89 3704 0044 0532
# 0130 00 sixteen digits go as a card (no check digit is asked for: 4111 1111 1111 1112, which no bank issued, is one, too), and "DE89 …
# 00" stays beside a label that says that a card was there. In o'brien@example.org the apostrophe, which RFC 5322 allows, ends the
# address: "o'" stays. Of (415) 555-0132 the bracket stays.
# Who meets it: who sends letters to a language model through it and looks for labels to see that it worked. There are some.
#
# Needs network (npm's registry) and node. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @redactpii/node@1.0.17 >/dev/null || exit 77

cat >try.cjs <<'JS'
const { Redactor } = require("@redactpii/node");
const redactor = new Redactor();
for (const text of ["Pay to DE89 3704 0044 0532 0130 00.", "from o'brien@example.org", "Order 4111 1111 1111 1112", "Call (415) 555-0132 now"])
  console.log(redactor.redact(text));
JS
node try.cjs | tee seen
cat >known <<'KNOWN'
Pay to DE89 CREDIT_CARD_NUMBER 00.
from o'EMAIL_ADDRESS
Order CREDIT_CARD_NUMBER
Call (PHONE_NUMBER now
KNOWN
diff known seen && echo "as known: half an account stays"
