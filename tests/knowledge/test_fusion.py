from groundwire.knowledge.fusion import DEPTH, fused


def best(dense, lexical):
    scores = fused(dense, lexical)
    return sorted(scores, key=lambda number: -scores[number])


def test_what_both_rankings_know_comes_first():
    assert best([1, 2, 3], [9, 3])[0] == 3


def test_one_ranking_alone_keeps_its_order():
    assert best([5, 4, 6], []) == [5, 4, 6]
    assert best([], [5, 4, 6]) == [5, 4, 6]
    assert best([], []) == []


def test_only_the_first_of_each_ranking_count():
    assert len(fused(list(range(1_000)), list(range(5_000, 6_000)))) == 2 * DEPTH
