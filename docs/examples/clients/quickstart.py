from textd import Client

with Client() as c:  # $TEXTD_ENDPOINT, or where textd listens by default
    doc = c.annotate("Acme Corp. paid $3 million. Great news!")
    for e in doc.entities:
        print(e.type, e.text, e.value, doc.text[e.start : e.end] == e.text)
