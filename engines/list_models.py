"""`facecast models`: what each weight file is, what it saw, and how well it does."""

from __future__ import annotations

import argparse
import json

from engines.models import manifest, model_path

SHORT = 4  # figures; longer tables, such as those of coefficients, are in the card and in --json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--json", action="store_true", help="print the manifest's entries as JSON")


def describe(name: str, entry: dict) -> list[str]:
    """Tell a model in lines: file, origin, recipe, and what was measured."""
    lines = [
        f"{name}  {entry['file']}  {entry['bytes'] / 1e6:.1f} MB  sha256 {entry['sha256'][:12]}",
        f"  trained   {entry['date']}  {entry.get('recipe', '')}".rstrip(),
        f"  by        commit {entry['commit']}, on {entry['machine']}",
        f"  data      {', '.join(entry['data'])}",
        f"  licence   {entry['licence']}",
        f"  card      {entry['card']}",
    ]
    for key, value in entry.get("measured", {}).items():
        if not isinstance(value, dict):
            lines.append(f"  measured  {key}: {value}")
        elif len(value) <= SHORT:
            lines += [f"  measured  {key}, {part}: {each}" for part, each in value.items()]
    return lines


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Raises: WeightsError if a file is missing or damaged."""
    entries = manifest()
    for name in entries:
        model_path(name)
    if arguments.json:
        print(json.dumps(entries, indent=1))
    else:
        print("\n\n".join("\n".join(describe(name, entry)) for name, entry in entries.items()))
    return 0
