"""Tells whether a claim is in a language that the check covers: English."""

from __future__ import annotations

import re
from collections.abc import Mapping

from groundwire.claims.checkable import plain_text

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# A foreign name or term is still English; a sentence mostly in another script is not.
_MAX_OTHER_SCRIPT = 0.4
_MIN_FOREIGN_WORDS = 2

_ENGLISH = frozenset(
    "the a an of to and in is are was were be been for on with at by from as that this these those it its you your we "
    "our they their he she his her not no or if can will must may should would has have had do does did there than "
    "then when which who what how all any each per up out only also more after before within until".split()
)
# Function words that do not occur in English; those that two of these languages share help too.
_FOREIGN: Mapping[str, frozenset[str]] = {
    "German": frozenset(
        "der das und ist nicht ein eine einen einem einer den dem des für mit auf sie wird werden sind von zu im bei "
        "nach auch oder wenn kann können muss müssen haben beträgt kostet innerhalb über".split()
    ),
    "French": frozenset(
        "le la les des du une est pas pour avec vous votre nous dans sur qui que sont peut être au aux ou et ne se "
        "cette ces jours coûte après".split()
    ),
    "Spanish": frozenset(
        "el la los las del una es no para con su sus por que se en son puede ser al y o como más días cuesta después "
        "está están".split()
    ),
    "Italian": frozenset(
        "il lo la gli le del della una è non per con che si sono può essere al alla nel nella di e giorni costa dopo "
        "entro".split()
    ),
    "Dutch": frozenset(
        "de het een en van niet voor met op zijn is wordt worden kan kunnen moet moeten bij naar ook of als dagen kost "
        "binnen uw".split()
    ),
    "Portuguese": frozenset(
        "o os as do da dos das uma é não para com seu sua por que se em são pode ser ao e ou mais dias custa".split()
    ),
}


def is_covered(text: str) -> bool:
    """Return whether a text reads as English; short texts, names and figures do by default."""
    plain = plain_text(text)
    if _is_in_another_script(plain):
        return False
    words = [word.lower() for word in _WORD.findall(plain)]
    english = sum(word in _ENGLISH for word in words)
    foreign = max(len({word for word in words if word in known} - _ENGLISH) for known in _FOREIGN.values())
    return foreign < _MIN_FOREIGN_WORDS or foreign <= english


def _is_in_another_script(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    # Beyond Latin with its extensions begins Greek.
    other = sum(character >= "\u0370" and not "\u1e00" <= character <= "\u1eff" for character in letters)
    return bool(letters) and other / len(letters) > _MAX_OTHER_SCRIPT
