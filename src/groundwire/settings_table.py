"""The table of all settings in the README, made from the settings themselves: `python -m groundwire.settings_table`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from groundwire.settings import Settings
from groundwire.settings.rows import rows

BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"
_HEADER = "| setting | default | meaning |\n|---|---|---|"


def settings_table() -> str:
    """Return the Markdown table: one row a setting, in the order of the model."""
    lines = (f"| `{path}` | {default} | {text} |" for path, default, text in rows(Settings))
    return "\n".join([_HEADER, *lines])


def with_table(text: str) -> str:
    """Return a text whose part between the two marks is the current table."""
    table = f"{BEGIN}\n{settings_table()}\n{END}"
    return re.sub(f"{BEGIN}.*{END}", lambda _: table, text, flags=re.DOTALL)


def main(readme: Path) -> None:
    """Write the table into a file."""
    readme.write_text(with_table(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "README.md"))
