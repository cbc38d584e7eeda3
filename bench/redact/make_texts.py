#!/usr/bin/env python3
"""make_texts.py: writes the marked set that redact and its peers are measured on, always the same one. It is made when it is needed and
not kept as it is: services that look for leaked secrets in repositories take its invented tokens for real ones.

A line a text, "\\n" for a line break in it; what is personal or secret stands as ⟦TYPE⟧…⟦/⟧. People, firms and numbers are invented;
the numbers have right check digits, computed here from the standards and not by the plugin's code, or, where it says `wrong`, one that
is off by one. The set was written before anything was run on it, and is not edited to suit what is measured.
"""
import random

rng = random.Random(20)
FIRST = "Amara Bjorn Celeste Dmitri Esra Farouk Greta Hiroshi Imogen Jorge Katarzyna Liam Mireille Nikhil Oluwaseun Priya Quentin Rosalind Soren Tamsin".split()
LAST = "Abernathy Bergstrom Castellanos Dubrovsky Eriksen Fairweather Grabowski Hashimoto Iyer Jankowski Kowalczyk Lindqvist Moreau Nakamura Okonkwo Pemberton Quigley Rasmussen Sandoval Thistlewood".split()
DOMAINS = "example.org example.com mail.example.net kontor.example uni.example".split()


def mark(kind, text):
    return f"⟦{kind}⟧{text}⟦/⟧"


def digits(n, first="0123456789"):
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(n - 1))


def groups(text, *sizes, by=" "):
    out, at = [], 0
    for size in sizes:
        out.append(text[at:at + size])
        at += size
    return by.join(out)


def luhn(body):
    total = sum(sum(divmod(2 * int(d), 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body)))
    return str(-total % 10)


def person():
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


CARDS = {"visa": ("4", 16), "master": ("52", 16), "master2": ("2221", 16), "amex": ("37", 15), "discover": ("6011", 16), "diners": ("36", 14),
         "jcb": ("3530", 16), "unionpay": ("6212", 19), "mir": ("2200", 16), "maestro": ("6759", 18)}


def card(brand):
    prefix, length = CARDS[brand]
    body = prefix + digits(length - len(prefix) - 1)
    return body + luhn(body)


def spaced(brand, by=" "):
    number = card(brand)
    sizes = {14: (4, 6, 4), 15: (4, 6, 5), 16: (4, 4, 4, 4), 18: (4, 4, 4, 4, 2), 19: (4, 4, 4, 4, 3)}[len(number)]
    return groups(number, *sizes, by=by)


def off_by_one(number):
    return number[:-1] + str((int(number[-1]) + 1) % 10)


# Of the SWIFT registry, release 99 (December 2024): how the part behind the check digits is made.
IBANS = {"DE": "n18", "GB": "a4n14", "FR": "n10c11n2", "NL": "a4n10", "ES": "n20", "NO": "n11", "LY": "n21", "SD": "n14", "RU": "n14c15", "MT": "a4n5c18",
         "LC": "a4c24", "BR": "n23a1c1", "SA": "n2c18", "CH": "n5c12", "BI": "n23", "DJ": "n23", "FK": "a2n12", "MN": "n16", "NI": "a4n20", "OM": "n3c16",
         "SO": "n19", "YE": "a4n4c18", "UA": "n6c19", "PL": "n24", "IT": "a1n10c12", "BE": "n12"}


def iban(country, wrong=False):
    body, form, i = "", IBANS[country], 0
    while i < len(form):
        kind, n = form[i], ""
        i += 1
        while i < len(form) and form[i].isdigit():
            n += form[i]
            i += 1
        letters = {"n": "0123456789", "a": "ABCDEFGHJKLMNPQRSTUVWXYZ", "c": "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"}[kind]
        body += "".join(rng.choice(letters) for _ in range(int(n)))
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    check = 98 - number % 97
    return f"{country}{(check % 97 + 2 if wrong else check):02d}{body}"


def fours(text, by=" "):
    return by.join(text[i:i + 4] for i in range(0, len(text), 4))


def weighted(body, weights):
    return sum(int(d) * w for d, w in zip(body, weights))


def day(form="ymd"):
    y, m, d = rng.randrange(50, 99), rng.randrange(1, 13), rng.randrange(1, 28)
    parts = {"y": f"{y:02d}", "m": f"{m:02d}", "d": f"{d:02d}", "Y": f"19{y:02d}"}
    return "".join(parts[c] for c in form)


def until(make):
    while True:
        made = make()
        if made:
            return made


def ssn():
    return f"{rng.randrange(100, 665)}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}"


def itin():
    return f"9{digits(2)}-{rng.choice(['70', '78', '83', '91', '95'])}-{digits(4)}"


def nhs():
    def make():
        body = digits(9, "4679")
        check = 11 - weighted(body, range(10, 1, -1)) % 11
        return None if check == 10 else body + str(check % 11)
    return until(make)


def steuer_id():
    def make():
        ten = rng.sample("0123456789", 9)
        ten.insert(rng.randrange(10), rng.choice(ten))
        body = "".join(ten)
        if body[0] == "0":
            return None
        product = 10
        for d in body:
            product = ((int(d) + product) % 10 or 10) * 2 % 11
        return body + str((11 - product) % 10)
    return until(make)


def nir():
    body = rng.choice("12") + day("ym") + f"{rng.randrange(1, 95):02d}" + f"{rng.randrange(1, 990):03d}" + f"{rng.randrange(1, 990):03d}"
    return body + f"{97 - int(body) % 97:02d}"


def dni():
    number = rng.randrange(10_000_000, 99_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def nie():
    lead, number = rng.randrange(3), rng.randrange(1_000_000, 9_999_999)
    return f"{'XYZ'[lead]}{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[(lead * 10_000_000 + number) % 23]}"


ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]))


def codice():
    body = "".join(rng.choice("BCDFGLMNPRSTVZ") for _ in range(6)) + day("y") + rng.choice("ABCDEHLMPRST") + f"{rng.randrange(1, 28):02d}" + rng.choice("ABCDEFGHIL") + digits(3)
    total = sum(ODD[c] if i % 2 == 0 else (int(c) if c.isdigit() else ord(c) - 65) for i, c in enumerate(body))
    return body + chr(65 + total % 26)


def bsn():
    def make():
        body = digits(8, "123")
        check = weighted(body, range(9, 1, -1)) % 11
        return None if check == 10 else body + str(check)
    return until(make)


def pesel():
    body = day("ymd") + digits(4)
    return body + str(-weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)


def personnummer(by="-"):
    body = day("ymd") + digits(3)
    return body[:6] + by + body[6:] + luhn(body)


def hetu():
    body, number = day("dmy"), f"{rng.randrange(2, 899):03d}"
    return f"{body}-{number}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(body + number) % 31]}"


def fnr():
    def make():
        body = day("dmy") + f"{rng.randrange(0, 499):03d}"
        first = -weighted(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11
        second = -weighted(body + str(first), [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 if first < 10 else 10
        return None if second == 10 else body + str(first) + str(second)
    return until(make)


def rrn_be():
    body = day("ymd") + f"{rng.randrange(1, 997):03d}"
    return body + f"{97 - int(body) % 97:02d}"


def nif_pt():
    body = digits(8, "12")
    check = 11 - weighted(body, range(9, 1, -1)) % 11
    return body + str(check if check < 10 else 0)


def cpf():
    body = digits(9)
    for _ in range(2):
        rest = weighted(body, range(len(body) + 1, 1, -1)) * 10 % 11
        body += str(rest % 10)
    return body


def cnpj():
    body = digits(8) + "0001"
    for weights in ([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]):
        rest = weighted(body, weights) % 11
        body += str(0 if rest < 2 else 11 - rest)
    return body


def sin():
    body = digits(8, "1234567")
    return body + luhn(body)


def tfn():
    return until(lambda: (lambda t: t if weighted(t, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0 else None)(digits(9, "12345678")))


def medicare_au():
    body = digits(8, "23456")
    return body + str(weighted(body, [1, 3, 7, 9, 1, 3, 7, 9]) % 10) + "1"


D5 = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6], [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
      [5, 9, 8, 7, 6, 0, 4, 3, 2, 1], [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]
P8 = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4], [5, 8, 0, 3, 7, 9, 6, 1, 4, 2], [8, 9, 1, 6, 0, 4, 3, 5, 2, 7], [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
      [4, 2, 8, 6, 5, 7, 3, 9, 0, 1], [2, 7, 9, 3, 8, 0, 6, 4, 1, 5], [7, 0, 4, 6, 9, 1, 3, 2, 5, 8]]


def aadhaar():
    body, c = digits(11, "23456789"), 0
    for i, d in enumerate(reversed(body)):
        c = D5[c][P8[(i + 1) % 8][int(d)]]
    return body + str(D5[c].index(0))


def pan():
    return "".join(rng.choice("ABCDEFGHKLM") for _ in range(3)) + "P" + rng.choice("ABCDEFGHKLM") + digits(4) + rng.choice("ABCDEFGHKLM")


def resident_cn():
    body = rng.choice(["110105", "310104", "440305"]) + day("Ymd") + digits(3)
    total = sum(int(d) * (2 ** (17 - i) % 11) for i, d in enumerate(body))
    return body + "10X98765432"[total % 11]


def rrn_kr():
    body = day("ymd") + rng.choice("12") + digits(5)
    return f"{body[:6]}-{body[6:]}{(11 - weighted(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10}"


def tc():
    body = digits(9, "123456789")
    ten = (7 * sum(map(int, body[0::2])) - sum(map(int, body[1::2]))) % 10
    return body + str(ten) + str((sum(map(int, body)) + ten) % 10)


def ahv():
    body = "756" + digits(9)
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10
    return groups(body + str(check), 3, 4, 4, 2, by=".")


def rut():
    body = str(rng.randrange(5_000_000, 24_000_000))
    rest = 11 - sum(int(d) * (2 + i % 6) for i, d in enumerate(reversed(body))) % 11
    return f"{int(body):,}".replace(",", ".") + "-" + ("0" if rest == 11 else "K" if rest == 10 else str(rest))


def za():
    body = day("ymd") + digits(4) + "08"
    return body + luhn(body)


def nric():
    body = digits(7)
    return "S" + body + "JZIHGFEDCBA"[weighted(body, [2, 7, 6, 5, 4, 3, 2]) % 11]


def mrz_check(text):
    values = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    return str(sum(values.get(c, 0) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def mrz():
    name = f"P<UTO{rng.choice(LAST).upper()}<<{rng.choice(FIRST).upper()}"
    number, born, ends = "L" + digits(8), day("ymd"), "31" + day("md")
    rest = "<" * 14
    line = number + mrz_check(number) + "UTO" + born + mrz_check(born) + "F" + ends + mrz_check(ends) + rest + "<"
    line += mrz_check(line[0:10] + line[13:20] + line[21:43])
    return name.ljust(44, "<") + "\\n" + line


def letters(n, of="abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"):
    return "".join(rng.choice(of) for _ in range(n))


def jwt():
    return f"eyJ{letters(33)}.eyJ{letters(60)}.{letters(43)}"


def key_block(kind="RSA PRIVATE KEY"):
    lines = "\\n".join(letters(64) for _ in range(4))
    return f"-----BEGIN {kind}-----\\n{lines}\\n-----END {kind}-----"


def email(local=None, domain=None):
    return f"{local or rng.choice(FIRST).lower() + '.' + rng.choice(LAST).lower()}@{domain or rng.choice(DOMAINS)}"


def wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


P, E, T, C, B, I, D, S, N, H = ((lambda kind: lambda text: mark(kind, text))(k) for k in
                                ("PERSON", "EMAIL", "PHONE", "CARD", "IBAN", "IP", "ID", "SECRET", "MAC", "HOST"))
O, L, V = (lambda t: mark("ORG", t)), (lambda t: mark("LOC", t)), (lambda t: mark("PASSPORT", t))
out = []


def say(*texts):
    out.extend(texts)


# ---- addresses of mail
say(f"Please write to {E(email())} before Friday.",
    f"My address is {E(email('tamsin+billing'))}, not the old one.",
    f"Send it to {E(chr(34) + 'soren r' + chr(34) + '@example.org')} if the other bounces.",
    f"cc: {E(email('o' + chr(39) + 'quigley'))}; {E(email('x_y-z.99'))}",
    f"<{E(email())}> asked for a refund.",
    f"mailto:{E(email())}?subject=Hello",
    f"The login is {E(email('GRETA.LINDQVIST', 'EXAMPLE.ORG'))} in capitals.",
    f"Reach us under {E(email('jörg', 'bücher.example'))}.",
    f"Try {E(email('user', '[192.0.2.44]'))} for the relay.",
    f"https://shop.example/unsubscribe?who={E('liam.moreau%40example.com')}&x=1",
    f"The form says name={E(email())}&city=none",
    f"{E(email())}\\n{E(email())}\\n{E(email())}",
    f"She signs as {E(email('nikhil', 'team.dev.example.co.uk'))}.",
    f"They use {E(email('imogen', 'xn--bcher-kva.example'))} now.",
    f"Contact:{E(email('a'))}",
    f"Mail ({E(email('esra.iyer'))}) or call.",
    f"Wrote {E(wide('farouk') + '＠' + wide('example.com'))} on a phone set to Japanese.",
    f"'{E(email('dmitri#ops'))}' is a valid address, however odd.",
    f"write to {E('katarzyna(at)example.org')} please",
    f"write to {E('mireille [at] example [dot] org')} please",
    f"The ticket came from {E(email('p.{x}'))} at noon.",
    f"{E(email('bjorn/dept=7'))} is what the old system makes.",
    f"git commit by {P('Rosalind Okonkwo')} <{E(email('rosalind'))}>",
    f"He is reachable as {E('sip:' + email('quentin'))} from inside.")

# ---- telephones
say(f"Call me at {T('(415) 555-0132')} after five.",
    f"Tel. {T('+44 20 7946 0958')}, ask for the desk.",
    f"Ring {T('020 7946 0321')} or come by.",
    f"My mobile is {T('07700 900461')}.",
    f"You can reach the office under {T('+49 (0)30 901820-14')}.",
    f"Phone: {T('415.555.0177')}",
    f"Fax {T('+33 1 99 00 47 12')}",
    f"WhatsApp me: {T('+5511961234567')}",
    f"cell {T('4155550189')} works best",
    f"Dial {T('1-800-555-0199')} and press two.",
    f"Her number is {T('+91 98765 43210')}.",
    f"the number {T('+1 (212) 555-0143 ext. 22')} is the lawyer's",
    f"Phone {T('0151 4960 117')}, evenings only.",
    f"call {T('+46-8-465 004 12')} in an emergency",
    f"Number: {T('+61 2 5550 1234')}\\nNumber: {T('+64 21 555 0163')}",
    f"tel:{T('+12025550176')}",
    f"Text {T('(0161) 496 0753')} for a quote.",
    f"Our hotline, {T('00 44 113 496 0211')}, is open all night.",
    f"He wrote {T(wide('090') + '-' + wide('1234') + '-' + wide('5678'))} on the card.",
    f"Rufen Sie {T('030 23125 417')} an.",
    f"ring {T('+353 20 912 5471')}!!",
    f"contact no. {T('+971 50 123 4567')}",
    f"My new phone number is {T('555-0147')}.",
    f"Mobile {T('+7 (912) 555-41-73')} is on Telegram, too.",
    f"(+{T('34 612 34 56 78')}) is the landlord's")

# ---- cards
say(f"Charge {C(spaced('visa'))} for the rest.",
    f"card number {C(card('master'))}, valid to 09/28",
    f"My card {C(spaced('amex'))} was declined.",
    f"It is {C(spaced('visa', '-'))}.",
    f"Use {C(spaced('discover', '.'))} please.",
    f"cc={C(card('visa'))}&amount=12",
    f"{C(spaced('unionpay'))} belongs to the firm",
    f"Diners: {C(spaced('diners'))}",
    f"Paid with {C(card('jcb'))}",
    f"Old Mir card: {C(spaced('mir'))}",
    f"Maestro {C(spaced('maestro'))} expires soon",
    f"the new Mastercard range: {C(card('master2'))}",
    f"Card: {C(groups(card('visa'), 4, 4, 4, 4).replace(' ', chr(160)))}",
    f"Card: {C(groups(card('visa'), 4, 4, 4, 4, by='  '))}",
    f"My number is {C(groups(card('master'), 8, 8, by=chr(92) + 'n'))}",
    f"it broke: {C(groups(card('visa'), 4, 4, 4, 4).replace(' ', chr(92) + 'n', 2).replace(chr(92) + 'n', ' ', 1))}",
    f"Card {C(wide(card('visa')))} in full-width digits.",
    f"Karte {C(spaced('visa', ' - '))} bitte",
    f"number:{C(card('amex'))};name:none",
    f"({C(card('master'))})",
    f"\"{C(spaced('visa'))}\" was on the slip",
    f"{C(card('visa'))}",
    f"4 items, card {C(spaced('master'))}, 2 bags",
    f"Card {C(spaced('visa', '–'))} with dashes of a word processor",
    f"I paid with card {C(spaced('visa'))} on 3 May and {C(spaced('master'))} on 4 May.",
    f"CARD#{C(card('discover'))}",
    f"The slip reads {C(groups(card('visa'), 4, 2, 6, 4))}.",
    f"pan_{C(card('visa'))}",
    f"{{\"card\":\"{C(card('master'))}\",\"n\":1}}",
    f"{{\"card\":{C(card('visa'))}}}")

# ---- bank accounts
say(*[f"{lead} {B(fours(iban(c)))}{tail}" for lead, c, tail in (
        ("Please transfer it to", "DE", "."), ("IBAN:", "GB", ""), ("Mon compte est", "FR", " merci"), ("IBAN", "LY", ", Tripoli"),
        ("The account is", "SD", "."), ("Pay to", "RU", ""), ("account", "MT", " please"), ("Send it to", "LC", "."), ("Use", "SA", " instead."))],
    *[f"{lead} {B(iban(c))}{tail}" for lead, c, tail in (
        ("My IBAN is", "NL", "."), ("IBAN=", "ES", ";"), ("Bank:", "NO", ""), ("To", "BI", " today"), ("And", "DJ", "."), ("The Falklands'", "FK", " account"),
        ("Mongolian one:", "MN", ""), ("Managua:", "NI", "."), ("Muscat:", "OM", "."), ("Somali account", "SO", "."), ("Aden:", "YE", "."), ("BR account", "BR", " ok"))],
    f"IBAN {B(fours(iban('DE'), '-'))} with hyphens",
    f"iban {B(iban('PL').lower())} in small letters",
    f"IBAN {B(fours(iban('IT')).replace(' ', chr(160)))} from a PDF",
    f"It goes to {B((lambda t: t[:14] + chr(92) + 'n' + t[15:])(fours(iban('CH'))))} as the letter breaks it",
    f"({B(iban('BE'))})",
    f"{B('UA' + iban('UA')[2:])} is Kyiv's")

# ---- hosts, addresses of networks
say(f"The request came from {I('203.0.113.77')}.",
    f"ssh admin@{I('10.12.0.5')} does not answer",
    f"http://{I('192.168.178.20')}:8080/status is down",
    f"Client {I('2001:db8:85a3::8a2e:370:7334')} was blocked.",
    f"[{I('2001:db8::1')}]:443 refused",
    f"from {I('fe80::1ff:fe23:4567:890a%eth0')} on the bridge",
    f"Route {I('10.20.0.0/16')} goes to the lab.",
    f"eth0 has {N('02:42:ac:11:00:02')}.",
    f"printer {N('02-1A-4B-9C-7D-EE')} is offline",
    f"cisco says {N('021a.4b9c.7dee')}",
    f"X-Forwarded-For: {I('198.51.100.14')}, {I('10.0.0.3')}",
    f"{I('::ffff:192.0.2.128')} is the mapped form",
    f"The pod {H('ip-10-32-4-117.eu-west-1.compute.internal')} restarted.",
    f"connect to {H('payroll-db.corp.internal')}:5432",
    f"\\\\\\\\{H('fileserver.office.lan')}\\\\share was full",
    f"http://{H('printer-3.local')}/ shows ink levels",
    f"login from {I('172.16.254.1')} at 03:12",
    f"a=1.2.3 b={I('192.0.2.9')} c=4",
    f"IP:{I('198.51.100.200')}.",
    f"{I('203.0.113.5')}\\n{I('203.0.113.6')}\\n{I('203.0.113.7')}",
    f"peer {I('2001:DB8:0:0:8:800:200C:417A')} left",
    f"mac={N('02:00:5e:10:00:00:00:01')} (EUI-64)",
    f"Deny {I('198.51.100.0/24')}!")

# ---- numbers of people
IDS = [("US", ssn, "My social security number is {}.", "SSN {} is on file"), ("US", itin, "She has an ITIN, {}.", "ITIN: {}"),
       ("UK", lambda: groups(nhs(), 3, 3, 4), "NHS number {}", "patient, NHS No. {}, seen today"),
       ("UK", lambda: "AB 12 34 56 C".replace("12", digits(2)), "My NI number is {}.", "National Insurance: {}"),
       ("DE", steuer_id, "Meine Steuer-ID ist {}.", "IdNr. {}"), ("DE", lambda: groups(steuer_id(), 2, 3, 3, 3), "Steuernummer {} bitte angeben", "tax id {}"),
       ("FR", nir, "Mon numéro de sécurité sociale : {}", "NIR {}"), ("FR", lambda: groups(nir(), 1, 2, 2, 2, 3, 3, 2), "n° sécu {}", "Insured: {}"),
       ("ES", dni, "DNI {}", "con DNI número {} y domicilio"), ("ES", nie, "NIE: {}", "la titular, {}, firma"),
       ("IT", codice, "codice fiscale {}", "C.F.: {}, nata a"), ("NL", bsn, "Mijn BSN is {}.", "burgerservicenummer: {}"),
       ("PL", pesel, "PESEL {}", "nr PESEL: {}, zam."), ("SE", personnummer, "personnummer {}", "Kund {} har ringt"),
       ("SE", lambda: "19" + personnummer(), "Min personnummer är {}.", "pnr {}"), ("FI", hetu, "henkilötunnus {}", "Asiakas {} soitti"),
       ("NO", fnr, "fødselsnummer {}", "Kunde {} ringte"), ("NO", lambda: groups(fnr(), 6, 5), "Fnr. {}", "personnummer: {}"),
       ("DK", lambda: day("dmy") + "-" + digits(4), "CPR-nummer {}", "CPR: {}"), ("BE", lambda: (lambda t: f"{t[:2]}.{t[2:4]}.{t[4:6]}-{t[6:9]}.{t[9:]}")(rrn_be()), "rijksregisternummer {}", "NN {}"),
       ("PT", nif_pt, "O meu NIF é {}.", "NIF: {}"), ("BR", lambda: (lambda t: f"{t[:3]}.{t[3:6]}.{t[6:9]}-{t[9:]}")(cpf()), "CPF {}", "o cliente {} pagou"),
       ("BR", cpf, "CPF: {}", "meu cpf é {}"), ("BR", lambda: (lambda t: f"{t[:2]}.{t[2:5]}.{t[5:8]}/{t[8:12]}-{t[12:]}")(cnpj()), "CNPJ {}", "a firma {} emitiu"),
       ("CA", lambda: groups(sin(), 3, 3, 3), "My SIN is {}.", "social insurance number {}"), ("AU", lambda: groups(tfn(), 3, 3, 3), "TFN {}", "tax file number: {}"),
       ("AU", lambda: groups(medicare_au(), 4, 5, 1), "Medicare {}", "Medicare card no {}"), ("IN", lambda: groups(aadhaar(), 4, 4, 4), "Aadhaar {}", "UID {} verified"),
       ("IN", pan, "PAN {}", "his PAN card, {}, is lost"), ("CN", resident_cn, "身份证号 {}", "ID card {}"), ("KR", rrn_kr, "주민등록번호 {}", "RRN {}"),
       ("TR", tc, "T.C. kimlik no {}", "TC: {}"), ("CH", ahv, "AHV-Nr. {}", "the insured person {} moved"), ("CL", rut, "RUT {}", "rol {} firma"),
       ("ZA", za, "ID number {}", "South African ID {}"), ("SG", nric, "NRIC {}", "visitor {} signed in")]
for country, make, one, two in IDS:
    say(one.format(D(make())), two.format(D(make())))
say(f"passport no. {V('C01X00T47')}", f"Passport: {V('533380006')}", f"He lost his passport ({V('YB1234567')}).",
    f"{V(mrz())}", f"scan:\\n{V(mrz())}\\nend", f"Reisepass-Nr. {V('C4J8R1KF2')}")

# ---- secrets
say(f"AWS_ACCESS_KEY_ID={S('AKIA' + letters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'))}",
    f"aws_secret_access_key = {S(letters(40))}",
    f"token {S('ghp_' + letters(36))} leaked", f"{S('github_pat_' + letters(22) + '_' + letters(59))}",
    f"slack: {S('xoxb-' + digits(12) + '-' + digits(12) + '-' + letters(24))}",
    f"Use {S('sk_' + 'live_' + letters(24))} in production.", f"STRIPE={S('rk_' + 'live_' + letters(24))}",
    f"maps key {S('AIza' + letters(35))}", f"export OPENAI_API_KEY={S('sk-' + letters(48))}", f"OPENAI: {S('sk-proj-' + letters(64))}",
    f"key {S('sk-ant-api03-' + letters(93))} is old", f"Authorization: Bearer {S(jwt())}", f"session={S(jwt())};",
    f"git clone https://{S('deploy:hunter2hunter2')}@git.example.org/x.git", f"postgres://{S('app:s3cr3t-Pa55')}@db.example.org:5432/app",
    f"{S(key_block())}", f"here:\\n{S(key_block('OPENSSH PRIVATE KEY'))}\\nthanks", f"{S(key_block('EC PRIVATE KEY'))}",
    f"password: {S('Tr0ub4dor&3')}", f"\"password\": \"{S('correct horse battery')}\",", f"PASSWORD={S('hunter2!x')}",
    f"npm token {S('npm_' + letters(36))}", f"gitlab {S('glpat-' + letters(20))}", f"hf auth: {S('hf_' + letters(34))}",
    f"sendgrid {S('SG.' + letters(22) + '.' + letters(43))}", f"pypi {S('pypi-AgEIcHlwaS5vcmc' + letters(60))}", f"google oauth {S('ya29.' + letters(60))}",
    f"hook: https://hooks.slack.com/services/{S('T' + letters(8, 'ABCDEFGH2345') + '/B' + letters(8, 'ABCDEFGH2345') + '/' + letters(24))}",
    f"api_key: '{S(letters(32))}'", f"curl -H 'X-Api-Key: {S(letters(40))}' https://api.example",
    f"DO {S('dop_v1_' + letters(64, '0123456789abcdef'))}", f"Authorization: Basic {S('dGFtc2luOmh1bnRlcjJodW50ZXIy')}")

# ---- names, in prose
names = [person() for _ in range(60)]
nm = iter(names)


def two():
    a = next(nm)
    return a, a.split()[0], a.split()[1]


FRAMES = ["{P} signed the lease on Monday.", "Dear {P},\\nthank you for your letter.", "I met {P} and {Q} at the fair.", "{P} said that {F} would come later.",
          "The invoice for {P} is overdue; {S} has not paid since March.", "Dr. {P} will see you now.", "Please ask Ms. {S} about it; {P} is her full name.",
          "\"We lost everything,\" {P} told reporters.", "{P}'s appointment is at ten.", "Regards,\\n{P}", "The patient, {P}, complained of headaches.",
          "{P} lives in {L} and works for {O}.", "{O} hired {P} in 2019.", "Yesterday {P} flew to {L}.", "From: {P} <{E}>\\nSubject: rent",
          "{P}, {Q} and their children moved to {L}.", "My neighbour {P} sold her car to {Q}.", "Notes of the call with {P} ({T}).", "According to {P}, the flat is damp.",
          "{P} (born in {L}) was promoted.", "When {P} resigned, {Q} took over.", "Mr {S} apologised. {P} had not known.", "I'm {P} and I need help with my order.",
          "Hi, this is {P} calling from {O}.", "Customer {P} asks for a refund of 30 euros."]
ORGS, PLACES = ["Norrland Tidal Ltd.", "Zorbex GmbH", "Acme Biscuits Inc."], ["Lisbon", "Nairobi", "Toronto"]
for frame in FRAMES:
    a, first, last = two()
    b, _, _ = two()
    text = frame
    for code, value in (("{P}", P(a)), ("{Q}", P(b)), ("{F}", P(first)), ("{S}", P(last)), ("{E}", E(email())), ("{T}", T("(212) 555-0186")),
                        ("{O}", O(rng.choice(ORGS))), ("{L}", L(rng.choice(PLACES)))):
        text = text.replace(code, value)
    say(text)

# ---- much at once
say(f"Name: {P('Hiroshi Nakamura')}\\nEmail: {E(email('hiroshi'))}\\nPhone: {T('+81 90-1234-5678')}\\nCard: {C(spaced('visa'))}",
    f"{P('Priya Iyer')};{E(email('priya'))};{C(card('master'))};{I('203.0.113.9')}",
    f"user={E(email())} ip={I('198.51.100.7')} mac={N('02:42:ac:11:00:09')} token={S('ghp_' + letters(36))}",
    f"IBAN {B(fours(iban('DE')))}, holder {P('Greta Lindqvist')}, tel. {T('+49 30 901820 77')}",
    f"SSN {D(ssn())}, card {C(card('visa'))}, mail {E(email())}.")

# ---- nothing personal, but it looks like it
NOTHING = """Order 4111-1111-1111-1112 shipped yesterday.
The card number 5500 0000 0000 0005 is wrong by a digit.
Invoice 2024-000417 is due on 2024-05-12.
Version 10.4.2.1 fixes the crash.
Upgrade to v1.2.3.4 before the week is over.
The loopback is 127.0.0.1, as everywhere.
Set the mask to 255.255.255.0 and restart.
The sum is 123 456 789 euros.
In 1999-2004 the firm grew by 12.5 %.
ISBN 978-3-16-148410-0 is out of print.
Track it with 1Z999AA10123456784.
The commit 9fceb02d0ae598e95dc970b74767f19372d61af8 broke it.
UUID 123e4567-e89b-12d3-a456-426614174000 is in the log.
Call the function twice and check its return value.
At 12:30:45 the counter was at 00:00:01.
The ratio std::vector to std::list is two.
See section 3.14.15.9 of the manual.
Pi is 3.141592653589793 or so.
My score was 150-20-3000, a record.
Chapter 12, verse 34, line 5678.
Flight BA 2490 leaves at 18:05 from gate B12.
The password is required.
Enter your password: it must have eight letters.
A private key is a secret; keep it safe.
Tokens are counted, about four letters each.
The API key is missing from the request.
@media screen and (max-width: 600px) { body { margin: 0 } }
Write "@name" to mention a colleague.
Meet @ 5pm at the usual place.
The temperature fell from 20 to -5 in 10 hours.
Room 415, building 555, desk 0132.
Lot 4155550 of 2023 was sold.
The population is 331449281.
It has 3125550187 rows.
The file has 1048576 lines and 33554432 bytes.
part no. 123-45-67890
Model XJ-900-41-22 is discontinued.
The code 000-00-0000 is never issued.
Try 666-12-3456, which is no number of anybody.
GB00 WEST 1234 5698 7654 32 is the example with a wrong check.
DE12 3456 7890 1234 5678 90 was typed at random.
XX21 1234 5678 9012 3456 is no country.
12345678A was rejected by the form.
The serial 00000000T is a placeholder.
Colour #ff8800 on #123456 looks bad.
AB123456 is the batch.
#include <stdio.h> and then int main(void).
The time is 2024-05-12T10:30:00+02:00.
The coordinates are 52.5200, 13.4050.
9:41 p.m., channel 7, 88.5 MHz
The range 10-20-30 was split in 3.
Bake at 180 for 45 minutes, then cool for 20.
Exodus 20:12 and Romans 8:28 were read.
Eleven to seven, 11-7, 11-9, 8-11.
Windows 10.0.19045.3693 is installed.
nginx/1.18.0 (Ubuntu) returned 502.
A4 is 210 by 297 millimetres.
The bus 100, 200 and 300 stop here.
Section 230(c)(1) applies.
May will be warm, and June, too.
The bill will mark a turn in the market.
Rose petals and a grace note in spring.
Pay 1,234,567.89 dollars by wire.
2+2=4, 10*10=100, 2^10=1024.
The token bucket refills every 100 ms.
-----BEGIN CERTIFICATE-----\\nMIIBszCCAVmgAwIBAgIUTHISISNOTAKEY\\n-----END CERTIFICATE-----
ssh-ed25519 is a kind of key.
export PASSWORD=$PASSWORD
password = os.environ["DB_PASSWORD"]
api_key: ${API_KEY}
The hash is d41d8cd98f00b204e9800998ecf8427e for an empty file.
Dial-up was common in the 1990s.
A phone costs 999, a tablet 1299.
Meeting 20240512-1030 was moved.
x = 123456789012345678901234567890
EAN 4006381333931 is a pen.
He scored 1200 on 3 tests of 800.
Sku 5011-4422-9081 is sold out.
id: 18446744073709551615 overflows
Between 08:00 and 20:00, on 24.12.2024 and 31.12.2024.""".split("\n")
say(*NOTHING)

seen = set()
for text in out:
    assert text not in seen and "\n" not in text, text
    seen.add(text)
    print(text)
