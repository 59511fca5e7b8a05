from groundwire.knowledge.membership import chunks


def test_chunks_hold_every_item_once_and_never_too_many():
    items = list(range(1_203))
    parts = list(chunks(items))
    assert [item for part in parts for item in part] == items
    assert max(map(len, parts)) == 500
