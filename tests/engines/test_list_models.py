"""`facecast models` tells every weight file's origin, licence and numbers."""

import argparse
import json

from engines import list_models
from engines.models import manifest


def run(capsys, *words) -> str:
    parser = argparse.ArgumentParser()
    list_models.add_arguments(parser)
    assert list_models.run(parser.parse_args(words)) == 0
    return capsys.readouterr().out


def test_every_model_tells_data_licence_and_card(capsys):
    text = run(capsys)
    for name, entry in manifest().items():
        assert f"{name}  {entry['file']}" in text
        assert entry["card"] in text and entry["licence"] in text and entry["data"][0] in text


def test_every_model_tells_its_commit_machine_and_the_command_of_its_numbers(capsys):
    blocks = {block.split()[0]: block for block in run(capsys).split("\n\n")}
    assert set(blocks) == set(manifest())
    for name, entry in manifest().items():
        assert f"commit {entry['commit']}, on {entry['machine']}" in blocks[name]
        assert len(entry["commit"]) == 7
        if name != "face98":  # a mean, not a network: its numbers are head pose's, in the card
            assert "measured  command: " in blocks[name], name
            assert sum("  measured  " in line for line in blocks[name].splitlines()) >= 2, name


def test_json_is_the_manifest(capsys):
    assert json.loads(run(capsys, "--json")) == manifest()
