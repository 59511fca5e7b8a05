import pytest

from groundwire.claims.language import is_covered

ENGLISH = [
    "The fee is $5.",
    "Paris",
    "$12.",
    "No.",
    "Ozden & Cheung, Via Roma 12, 00100 Roma",
    "The Place de la Concorde branch opens at nine.",
    "Employees of El Corte Inglés may use La Casa del Libro vouchers for all orders.",
    "Call the Universität für Musik und darstellende Kunst for tickets to the concert.",
    "Müller GmbH",
    "Übermäßig naïve café façade",
    "The Greek letter π stands for 3.14 in the formula.",
    "",
    "🎉 42",
]
OTHER = [
    "Die Gebühr beträgt fünf Euro und ist nicht erstattungsfähig.",
    "Sie können das Paket innerhalb von 14 Tagen zurückgeben.",
    "Les frais sont de cinq euros et ne sont pas remboursables.",
    "La tarifa es de cinco euros y no se puede reembolsar.",
    "Il rimborso è disponibile entro 14 giorni e non costa nulla per il cliente.",
    "De kosten zijn vijf euro en worden niet terugbetaald.",
    "A taxa é de cinco euros e não pode ser devolvida.",
    "退款需要十四天。",
    "Возврат занимает 14 дней.",
    "يستغرق استرداد الأموال 14 يومًا.",
    "払い戻しには14日かかります。",
    "Η επιστροφή χρημάτων διαρκεί 14 ημέρες.",
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_names_and_figures_are_covered(text):
    assert is_covered(text)


@pytest.mark.parametrize("text", OTHER)
def test_other_languages_are_not_covered(text):
    assert not is_covered(text)
