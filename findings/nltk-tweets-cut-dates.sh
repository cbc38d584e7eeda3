#!/bin/sh
# NLTK's TweetTokenizer: a date is two tokens, a million three, and what stands beside a year is dialled with it.
#
# One expects: a tokenizer that knows addresses, smileys and telephone numbers knows dates and numbers with commas or leaves them whole, and two numbers with a
# blank between them are two tokens.
# What happens: a number with one sign in it is one token, so 2024-11-03 is "2024-11-" and "03", 1,000,000 is "1,000", ",", "000", and 03.11.2024 three
# tokens. That is without the telephone numbers as well. With them (the default) three digits, a blank and four are one token, "250 2019", and 20241103
# is "2024110" and "3". reduce_len, which shortens "sooooo" to three o's, makes 1000 of 1000000.
# Who meets it: who counts or tags words of posts and comments by it: there are no dates in them, "03" is a common word, and a million is a thousand.
#
# Needs network (Debian's archive, bookworm) and /usr/bin/python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in python3-nltk=3.8-1 python3-regex; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done

cat >try.py <<'PY'
import sys

sys.path.insert(0, "root/usr/lib/python3/dist-packages")
import nltk
from nltk.tokenize import TweetTokenizer

TEXTS = ["Due on 2024-11-03.", "Due on 03.11.2024.", "1,000,000 came", "Sold 250 2019 and 310 2020", "20241103"]
print("nltk", nltk.__version__)
for text in TEXTS:
    print(text, TweetTokenizer().tokenize(text), TweetTokenizer(match_phone_numbers=False).tokenize(text))
print(TweetTokenizer(reduce_len=True).tokenize("sooooo good, 1000000 came"))
PY
/usr/bin/python3 -B try.py | tee seen
cat >known <<'KNOWN'
nltk 3.8
Due on 2024-11-03. ['Due', 'on', '2024-11-', '03', '.'] ['Due', 'on', '2024-11-', '03', '.']
Due on 03.11.2024. ['Due', 'on', '03.11', '.', '2024', '.'] ['Due', 'on', '03.11', '.', '2024', '.']
1,000,000 came ['1,000', ',', '000', 'came'] ['1,000', ',', '000', 'came']
Sold 250 2019 and 310 2020 ['Sold', '250 2019', 'and', '310 2020'] ['Sold', '250', '2019', 'and', '310', '2020']
20241103 ['2024110', '3'] ['20241103']
['sooo', 'good', ',', '1000', 'came']
KNOWN
diff known seen && echo "as known: no date is left"
