from pathlib import Path

from groundwire.settings_table import main, settings_table, with_table

README = Path(__file__).parents[1] / "README.md"


def test_the_readme_shows_the_current_settings():
    text = README.read_text(encoding="utf-8")

    assert settings_table() in text, "Run `make docs`."


def test_every_setting_is_described():
    assert "| None" not in settings_table()


def test_nested_names_defaults_and_choices():
    table = settings_table()

    assert "| `server.port` | `8080` | Port to listen on; 0 picks a free one. |" in table
    assert "| `upstreams[].models` | `*` |" in table
    assert (
        "| `policies.<name>.on_failure.error` | `block` | The check broke. One of `allow`, `flag`, `block`. |" in table
    )
    assert "| `upstreams[].api_key` | – |" in table
    assert "| `sign_in.oidc.issuer` | required |" in table


def test_only_the_part_between_the_marks_changes(tmp_path):
    file = tmp_path / "README.md"
    file.write_text("before\n<!-- settings: begin -->\nan old table\n<!-- settings: end -->\nafter\n")

    main(file)

    text = file.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "an old table" not in text
    assert with_table(text) == text
