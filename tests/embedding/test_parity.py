"""The shipped int8 model against the full-precision original it was made from."""

import numpy as np
import pytest

# Questions and the passages that answer them, all on different subjects.
ANSWERED = {
    "When do I get my money back?": "Refunds reach the original card within 14 days of the return.",
    "How many guests may I bring to the pool?": "Members may bring two guests to the pool on weekdays.",
    "What does express shipping cost?": "Express shipping is €9.90 and free for orders above €80.",
    "Who signs off on overtime?": "Overtime needs the approval of the line manager in advance.",
    "Is my laptop insured on a trip?": "Equipment is insured against theft while employees travel.",
    "How do I reset the router?": "Hold the button on the back of the router for ten seconds until the light is on.",
    "Can I change my seat after check-in?": "Seats can be changed until an hour before departure, also after check-in.",
    "What happens if I miss an exam?": "A student who misses one through illness may sit it again in six weeks.",
    "How long is the waiting list for therapy?": "Patients wait about eight weeks to see a therapist.",
    "Which languages does the hotline speak?": "The hotline answers in English, French and Dutch.",
    "Do unused mobile data carry over?": "Data volume that is left at the end of the month expires.",
    "How is electricity read on the meter?": "The smart meter sends its reading every fifteen minutes.",
}
# Eight subjects times eight predicates: every text has neighbours that are almost equally near.
SUBJECTS = [
    "A refund",
    "The annual plan",
    "A lost card",
    "The night bus",
    "Your deposit",
    "A guest pass",
    "The desk",
    "Leave",
]
PREDICATES = [
    "is available within 14 days of the request.",
    "costs €25 unless you cancel before the first of the month.",
    "must be confirmed in writing by both parties.",
    "does not apply to members under the age of 18.",
    "can be changed online at any time, free of charge.",
    "ends automatically on 31 December 2025.",
    "requires a valid photo ID and proof of address.",
    "was replaced by a new scheme in March.",
]
TEXTS = [f"{subject} {predicate}" for subject in SUBJECTS for predicate in PREDICATES]


@pytest.fixture(scope="module")
def vectors(onnx, sentence_transformers):
    return onnx.embed_passages(TEXTS), sentence_transformers.embed_passages(TEXTS)


def similarities(rows):
    found = rows @ rows.T
    np.fill_diagonal(found, -1.0)
    return found


def test_quantised_vectors_point_where_the_original_ones_do(vectors):
    shipped, original = vectors

    cosines = (shipped * original).sum(axis=1)

    assert cosines.mean() >= 0.98
    assert cosines.min() >= 0.96


def test_questions_find_the_passages_they_found_before(onnx, sentence_transformers):
    questions, passages = list(ANSWERED), list(ANSWERED.values())

    nearest = [
        (embedder.embed_queries(questions) @ embedder.embed_passages(passages).T).argmax(axis=1).tolist()
        for embedder in (onnx, sentence_transformers)
    ]

    assert nearest[0] == nearest[1]


def test_where_neighbours_nearly_tie_the_new_nearest_was_nearly_nearest(vectors):
    shipped, original = map(similarities, vectors)
    rows = np.arange(len(TEXTS))

    nearest = shipped.argmax(axis=1)

    rank = (original > original[rows, nearest][:, None]).sum(axis=1)
    lost = original.max(axis=1) - original[rows, nearest]
    assert (rank < 3).mean() >= 0.9
    assert lost.max() <= 0.06
