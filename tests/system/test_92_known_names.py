"""Names in plain texts: they keep to their lines."""

# Signatures, tables, lists, headings: whatever is found, it keeps to its line.
OF_LINES = ["Kind regards,\nIlse Brandt\nHead of Support\nNorrland Tidal Ltd\n",
            "Thanks!\n\nPeter van Loon\nVan Loon & Daughters\n+31 20 555 0100\n",
            "Team\tPoints\nOslo\t31\nBergen Lions\t28\nLofoten\t11\n",
            "Lagos 81\nAccra 77\nDakar 70\n",
            "Speakers\n- Anna Moor, Basel\n- Jonas Lind, Siemens\n- Mary Okafor\n",
            "Weather in Lagos\nAccra and Dakar stay dry until Friday.\n",
            "Boeing wins order\nAirbus Loses In Paris\nBP Cuts Jobs\n"]
# Here lines end because they were full.
WRAPPED = {"We moved to San\nFrancisco last year.": "San\nFrancisco",
           "The letter, which was found in an attic by the new owners of the house in New\nYork, was sold for more money "
           "than anybody had thought of, said the man\nwho had it in his hands last.": "New\nYork"}


def test_no_name_goes_over_the_end_of_a_line_that_was_not_wrapped(textd):
    client = textd({"plugins": [{"name": "segmenter"}, {"name": "entities", "options": {"min_score": 0}}]}).client()
    names = {text: [e["text"] for e in client.result(text, "entities", plugins=["entities"])["entities"]]
             for text in OF_LINES + list(WRAPPED)}
    assert not [name for text in OF_LINES for name in names[text] if "\n" in name or "\t" in name]
    assert all(wanted in names[text] for text, wanted in WRAPPED.items()), names
