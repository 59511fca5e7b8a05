import pytest

from groundwire.claims.checkable import plain_text, why_not_a_claim

NO_CLAIMS = {
    "no words": ["***", "—", "🎉🎉", "..."],
    "question": ["Would you like the link?", "Is the fee $12?", "**Anything else?**"],
    "greeting": [
        "Sure!",
        "Of course!",
        "Great question!",
        "Hello and thanks for asking!",
        "I'm sorry, that must be uncomfortable.",
        "Thanks for asking, you two!",
        "Enjoy your stay!",
        "Oh no, sorry to hear that!",
        "I understand that this may not be what you were hoping for.",
    ],
    "offer": [
        "Let me know if you have any other questions.",
        "If you have any other questions, feel free to ask!",
        "If you need anything else, just let me know.",
        "I can open a ticket for you if you'd like to report it as lost.",
        "Here's what the handbook says:",
        "Sure, I can help you with that!",
    ],
    "refusal": [
        "I'm sorry, I can't share personal contact details.",
        "I don't have any information about the 2024 schedule.",
        "I couldn't find any details on the 5% bonus in the handbook.",
        "The handbook doesn't mention gym memberships.",
        "I'm afraid the handbook has nothing on pets in the office.",
        "It's not covered in the handbook.",
    ],
    "opinion": ["I'd recommend talking to your manager.", "Personally, I like the blue one."],
    "lead-in": ["You'll need the following:", "Sure, side by side:"],
    "label": ["Opening Hours", "**Terms and Conditions**"],
}

CLAIMS = [
    "Refunds take 14 days.",
    "Of course you can pay by card.",
    "Absolutely free of charge.",
    "Sure, the trolley fits in the cabin.",
    "Sure, you can do it without a workshop:",
    "Enjoy complimentary breakfast every morning.",
    "Welcome gifts are given to new members.",
    "Thanks to the loyalty programme, members get free returns.",
    "I'm sorry, dogs aren't allowed.",
    "If you have any unused vacation days, they carry over to the next year.",
    "If you need help with a claim, contact the claims team at Larkspur House.",
    "Ask for one in the same envelope as your plea.",
    "The policy does not cover flood damage.",
    "It's not covered in the basic plan.",
    "I believe the deadline is Friday.",
    "I can waive the fee for you.",
    "I can help you with 20 % off.",
    "Not possible.",
    "No.",
    "The fee is due monthly",
    "退款需要十四天。",
]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [(kind, sentence) for kind, sentences in NO_CLAIMS.items() for sentence in sentences],
)
def test_what_asserts_nothing_is_named_for_what_it_is(kind, sentence):
    assert why_not_a_claim(sentence) == kind


@pytest.mark.parametrize("sentence", CLAIMS)
def test_what_documents_could_settle_is_a_claim(sentence):
    assert why_not_a_claim(sentence) == ""


def test_a_few_capitalised_words_are_a_label_only_where_one_can_stand():
    assert why_not_a_claim("Lounge Access", may_be_label=True) == "label"
    assert why_not_a_claim("Lounge Access", may_be_label=False) == ""


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**Bold** and `code`", "Bold and code"),
        ("See [the terms](https://a.example/x).", "See the terms."),
        ("It’s   on\ntwo lines", "It's on two lines"),
        ("[1] stays", "[1] stays"),
    ],
)
def test_plain_text_is_without_markup(text, plain):
    assert plain_text(text) == plain
