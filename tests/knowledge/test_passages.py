def test_passages_slice_their_document_and_know_where_they_stand(library):
    text = "# Fares\n\n" + "\n\n".join(f"## Fare {n}\n\n" + f"Fare {n} costs {n} euros. " * 20 for n in range(5))
    library.add("faq", fares=text)
    document, stored = library.store.document("faq", "fares")

    found = library.store.passages.of(document.version_id)

    assert len(found) > 1
    assert all(passage.text == stored[passage.start : passage.end] for passage in found)
    assert [passage.start for passage in found] == sorted(passage.start for passage in found)
    assert {(passage.document_id, passage.version, passage.collection) for passage in found} == {("fares", 1, "faq")}
    assert all(passage.headings[0] == "Fares" for passage in found)


def test_unknown_ids_are_left_out(library):
    library.add("faq", a="Refunds take 14 days.")
    [known] = library.knowledge.snapshot(["faq"]).ids
    assert set(library.store.passages.get([known, known + 1_000])) == {known}


def test_offsets_count_characters_not_bytes(library):
    text = "Ärger 😀 über Gebühren.\n\n" + "Größe und Maß. " * 60 + "\n\nSchluß 😀."
    library.add("faq", a=text)
    document, stored = library.store.document("faq", "a")
    assert all(p.text == stored[p.start : p.end] for p in library.store.passages.of(document.version_id))
