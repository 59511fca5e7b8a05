import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from groundwire.errors import SettingsError
from groundwire.verification.entailment import OnnxEntailment
from tiny_network import write_network

SCORES = {"paid": -2.0, "in": -1.0, "ten": 3.0, "days": 1.0, "blue": 5.0, "||": -3.0}


@pytest.fixture
def network(tmp_path):
    return OnnxEntailment(write_network(tmp_path, SCORES))


def words_of(judgement, claim):
    return [claim[start:end] for start, end in judgement.spans]


def test_the_logits_are_the_network_s(network):
    [judgement] = network.judge([("paid", "in days")])

    assert judgement.logits == (9.0, 1.0, -9.0)
    assert not judgement.is_cut


def test_marked_words_join_to_spans(network):
    claim = "paid in ten days blue in ten"
    [judgement] = network.judge([("paid", claim)])

    assert words_of(judgement, claim) == ["ten days blue", "ten"]
    assert judgement.worst == pytest.approx(1 / (1 + math.exp(-5)))


def test_only_the_bare_claim_is_marked(network):
    [judgement] = network.judge([("ten blue", "ten blue || paid in ten")])

    assert words_of(judgement, "paid in ten") == ["ten"]
    assert judgement.worst == pytest.approx(1 / (1 + math.exp(-3)))


def test_the_threshold_comes_from_the_configuration(tmp_path):
    network = OnnxEntailment(write_network(tmp_path, SCORES, min_wrong=0.98, name="strict-2"))
    [judgement] = network.judge([("paid", "ten blue")])

    assert network.name == "strict-2"
    assert words_of(judgement, "ten blue") == ["blue"]


def test_a_pair_is_judged_alike_alone_and_beside_others(network):
    pairs = [("paid", "in ten days"), ("blue", "paid"), ("paid", "in ten days"), ("", "blue")]
    together = network.judge(pairs)

    assert together == [network.judge([pair])[0] for pair in pairs]
    assert network.judge([]) == []


def test_several_threads_get_their_own_judgements(network):
    pairs = [(evidence, claim) for evidence in SCORES for claim in SCORES]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: network.judge([pair])[0], pairs * 3))

    assert found == network.judge(pairs) * 3


def test_what_does_not_fit_is_cut_and_said(network):
    [judgement] = network.judge([("paid " * 60, "in ten")])

    assert judgement.is_cut
    assert words_of(judgement, "in ten") == ["ten"]


@pytest.mark.parametrize("missing", ["config.json", "model.onnx"])
def test_a_folder_without_a_part_is_refused(tmp_path, missing):
    write_network(tmp_path, SCORES)
    (tmp_path / missing).unlink()

    with pytest.raises(SettingsError):
        OnnxEntailment(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", '{"name": "x"}', "{"])
def test_a_broken_configuration_is_refused(tmp_path, content):
    write_network(tmp_path, SCORES)
    (tmp_path / "config.json").write_text(content)

    with pytest.raises(SettingsError, match="no verifier model folder"):
        OnnxEntailment(tmp_path)


def test_a_damaged_network_is_refused(tmp_path):
    write_network(tmp_path, SCORES)
    (tmp_path / "model.onnx").write_bytes(b"no network")

    with pytest.raises(SettingsError, match="can't be loaded"):
        OnnxEntailment(tmp_path)
