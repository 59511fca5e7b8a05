"""Verdicts that are open, and what was given as their evidence."""

import pytest

from groundwire.domain import Claim, Correction, Evidence, Label, Verdict


def opened(text, support=0.45, label=Label.UNSUPPORTED, quote="Refunds take 14 days."):
    """A verdict on a claim, open unless its support says otherwise."""
    evidence = (Evidence("faq", 1, "FAQ", quote, 0, len(quote), headings=("Refunds",)),) if quote else ()
    claim = Claim(text, 10, 10 + len(text))
    corrections = (Correction(10, 13, "Those"),) if label is Label.CONTRADICTED else ()
    return Verdict(claim, label, support, "first reason", evidence, corrections, ((10, 13),))


@pytest.fixture(name="opened")
def _opened():
    return opened
