from groundwire.domain import Turn
from groundwire.proxy.conversations import Conversations


def turns(text):
    return (Turn("user", text),)


def test_what_was_remembered_last_is_recalled_by_key_and_id():
    conversations = Conversations()

    conversations.remember(("key", "1"), turns("a"))
    conversations.remember(("other", "1"), turns("b"))
    conversations.remember(("key", "1"), turns("c"))

    assert conversations.recall(("key", "1")) == turns("c")
    assert conversations.recall(("other", "1")) == turns("b")
    assert conversations.recall(("key", "2")) == ()


def test_the_oldest_are_forgotten_when_there_are_too_many():
    conversations = Conversations(max_chars=3_000)

    for number in range(20):
        conversations.remember((None, str(number)), turns("x" * 800))

    assert [number for number in range(20) if conversations.recall((None, str(number)))] == [17, 18, 19]


def test_a_conversation_that_is_too_large_is_not_kept_and_drives_no_later_one_out():
    conversations = Conversations(max_chars=1_000)

    conversations.remember((None, "1"), turns("x" * 1_000))
    conversations.remember((None, "2"), turns("y"))

    assert conversations.recall((None, "1")) == ()
    assert conversations.recall((None, "2")) == turns("y")
