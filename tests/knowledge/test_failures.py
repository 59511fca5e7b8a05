def test_failures_are_kept_until_they_are_settled(library):
    library.store.create_collection("faq")
    failures = library.store.failures
    failures.replace("faq", [("a", "1", "it is broken"), ("b", "2", "it is empty")], [])
    failures.replace("faq", [("a", "3", "it is locked")], ["b"])
    [found] = failures.of("faq")
    assert (found.document_id, found.sha256, found.reason) == ("a", "3", "it is locked")


def test_each_collection_has_its_own(library):
    for name in ("faq", "other"):
        library.store.create_collection(name)
    library.store.failures.replace("faq", [("a", "1", "it is broken")], [])
    library.store.failures.replace("other", [], ["a"])
    assert [found.document_id for found in library.store.failures.of("faq")] == ["a"]
    assert library.store.failures.of("other") == []
