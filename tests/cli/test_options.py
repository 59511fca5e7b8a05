from groundwire.cli.options import in_collection, listening


def test_only_what_is_given_overrides_the_settings():
    assert listening(None, None) == {}
    assert listening("localhost", 0) == {("server", "host"): "localhost", ("server", "port"): 0}
    assert in_collection(None) == {}
    assert in_collection("faq") == {("knowledge_base", "collection"): "faq"}
