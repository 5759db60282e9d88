"""Settings from the environment, and their documented table."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from proto.tables import LIMITS
from server import settings as module
from server.settings import Settings, main, settings_document


def test_defaults_are_the_wires_limits(monkeypatch: pytest.MonkeyPatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FACECAST_{name.upper()}", raising=False)
    settings = Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.max_message_bytes == LIMITS["message_bytes"]
    assert settings.max_pixels == LIMITS["pixels"]
    assert settings.max_fps == LIMITS["frames_per_second"]
    assert settings.max_faces == LIMITS["faces"]
    assert settings.max_participants == LIMITS["room_participants"]


def test_environment_is_read_and_arguments_win(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FACECAST_PORT", "9001")
    monkeypatch.setenv("FACECAST_SMOOTHING", "false")
    assert Settings().port == 9001
    assert Settings().smoothing is False
    assert Settings(port=9002).port == 9002


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "65536"), ("PORT", "http"), ("PROFILE", "tiny"), ("MAX_FPS", "0"), ("MAX_MESSAGE_BYTES", "10")],
)
def test_value_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(f"FACECAST_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_every_setting_is_described():
    for name, field in Settings.model_fields.items():
        assert field.description and field.description.endswith("."), name
        assert f"`FACECAST_{name.upper()}`" in settings_document()


def test_table_tells_values_and_defaults():
    document = settings_document()
    assert "| `FACECAST_PORT` | whole number, >= 0, <= 65535 | `8000` |" in document
    assert "| `FACECAST_SMOOTHING` | `true`, `false` | `true` |" in document
    assert "| `FACECAST_PROFILE` | `auto`, `lite`, `full` | `auto` |" in document


def test_committed_document_is_equal_to_the_class():
    assert main(["--check"]) == 0


def test_check_finds_an_outdated_and_a_missing_document(tmp_path, monkeypatch: pytest.MonkeyPatch):
    document = tmp_path / "docs" / "settings.md"
    monkeypatch.setattr(module, "DOCUMENT", document)
    assert main(["--check"]) == 1
    assert main(["--write"]) == 0
    assert main(["--check"]) == 0
    document.write_text(document.read_text().replace("8000", "8001"))
    assert main(["--check"]) == 1


def test_table_is_printed(capsys: pytest.CaptureFixture):
    assert main(["--table"]) == 0
    assert capsys.readouterr().out == settings_document()
