from groundwire.settings import PolicySettings
from groundwire.settings.rows import rows

ROWS = {path: (default, text) for path, default, text in rows(PolicySettings)}


def test_every_setting_of_a_policy_is_a_row_with_default_meaning_and_choices():
    assert ROWS["thresholds.support"] == ("`0.5`", "A claim with at least this much support is `supported`.")
    assert ROWS["mode"][0] == "`enforce`"
    assert ROWS["mode"][1].endswith("One of `enforce`, `shadow`, `off`.")
    assert ROWS["tools.<name>.otherwise"][0] == "`flag`"


def test_sections_themselves_are_no_rows():
    assert "thresholds" not in ROWS
    assert len(ROWS) > 25
