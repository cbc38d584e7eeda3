#!/bin/sh
# Snowball's stemmers: the apostrophe that newspapers and phones print leaves a stem that ends in an apostrophe.
#
# One expects: dog's and dog’s become "dog", as the English algorithm has a step of its own for 's; and in Turkish, where an apostrophe parts
# a name from its endings, Istanbul'da becomes the name.
# What happens: English knows only the typewriter's apostrophe: "dog’s" becomes "dog’" and "it’s" "it’", other terms than "dog" and "it".
# Turkish takes the ending and leaves the mark, whichever it is: "istanbul'da" is "istanbul'", which "istanbul" and "istanbulda" never meet.
# In Snowball's own Python package and in its library in C (through PyStemmer) alike.
# Who meets it: who makes a search, or counts words, of texts as they come: one name is two or three terms.
#
# Needs network (Debian's archive, bookworm) and /usr/bin/python3. Exits with 0 while this is so, 1 when it is not any more, 77 when it can't
# be tried.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in python3-snowballstemmer=2.2.0-2 'python3-stemmer=2.2.0.1-1*' libstemmer0d=2.2.0-2; do
    apt-get -o APT::Sandbox::User=root -qq download "$package" || exit 77
done
for file in *.deb; do dpkg -x "$file" root; done
library=$(dirname "$(find root -name 'libstemmer.so.0d')")

cat >try.py <<'PY'
import sys

sys.path.insert(0, "root/usr/lib/python3/dist-packages")
import Stemmer
from snowballstemmer.english_stemmer import EnglishStemmer
from snowballstemmer.turkish_stemmer import TurkishStemmer

WORDS = {"english": ["dogs", "dog's", "dog’s", "it's", "it’s"], "turkish": ["istanbul", "istanbulda", "istanbul'da", "istanbul’da"]}
print("snowballstemmer, libstemmer of Debian:", *sys.argv[1:])
for language, python in {"english": EnglishStemmer(), "turkish": TurkishStemmer()}.items():
    c = Stemmer.Stemmer(language)
    for word in WORDS[language]:
        print(language, word, "->", python.stemWord(word), c.stemWord(word))
PY
LD_LIBRARY_PATH="$library" /usr/bin/python3 -B try.py "$(dpkg-deb -f python3-snowballstemmer_*.deb Version)" "$(dpkg-deb -f libstemmer0d_*.deb Version)" | tee seen
cat >known <<'KNOWN'
snowballstemmer, libstemmer of Debian: 2.2.0-2 2.2.0-2
english dogs -> dog dog
english dog's -> dog dog
english dog’s -> dog’ dog’
english it's -> it it
english it’s -> it’ it’
turkish istanbul -> istanbul istanbul
turkish istanbulda -> istanbul istanbul
turkish istanbul'da -> istanbul' istanbul'
turkish istanbul’da -> istanbul’ istanbul’
KNOWN
diff known seen && echo "as known: the curly apostrophe stays"
