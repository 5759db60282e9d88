"""The command line: `facecast serve | analyze | publish | watch | models | engines | bench`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from engines.errors import FacecastError
from server.manifest import product_version

# Command -> module with `add_arguments(parser)` and `run(arguments) -> int`, and what it is for.
# A module is imported only when its command is given, so that one's missing library stops no other.
COMMANDS = {
    "serve": ("server.serve", "run the server: frames in, blendshapes out, over WebSockets"),
    "analyze": ("engines.analyze", "an image, a folder of images or a video to one JSON line per frame"),
    "publish": ("server.publish", "stream a video, a folder of images or a camera to a server"),
    "watch": ("server.watch", "show the packets of a room as they arrive"),
    "models": ("engines.list_models", "what each weight file is, what it saw, and how well it does"),
    "engines": ("engines.build.cli", "the networks compiled for this machine: build, list, verify"),
    "bench": ("server.bench", "the numbers in docs/benchmarks, measured again on this machine"),
}
EPILOG = """first steps, in three terminals:
  facecast serve                                    the server, on http://127.0.0.1:8000
  facecast watch --room demo                        what a viewer gets
  facecast publish face.mp4 --room demo             a video file; `0` is the first camera

and without any server:
  facecast analyze face.mp4 --out face.jsonl

`facecast COMMAND --help` tells everything about one command."""

USAGE_FAULT = 2  # as argparse exits


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Build the parser with the arguments of one command; the others are only listed."""
    parser = argparse.ArgumentParser(
        prog="facecast",
        description="Real-time face capture: camera frames in, ARKit blendshapes out.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"facecast {product_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, meaning) in COMMANDS.items():
        added = commands.add_parser(name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}.")
        if name == command:
            importlib.import_module(module).add_arguments(added)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns: its exit status; 2 for a fault of usage or of what it was given."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = next((word for word in words if not word.startswith("-")), None)
    try:
        parsed = build_parser(command).parse_args(words)
        return importlib.import_module(COMMANDS[parsed.command][0]).run(parsed)
    except ValidationError as error:
        return _complain(_describe_settings_fault(error))
    except FacecastError as error:
        return _complain(str(error))
    except ImportError as error:
        return _complain(f"{command}: {error}; is the environment complete? (make setup)")
    except BrokenPipeError:
        # Whoever read our output has left, as in `facecast watch | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _complain(text: str) -> int:
    print(f"facecast: {text}", file=sys.stderr)
    return USAGE_FAULT


def _describe_settings_fault(error: ValidationError) -> str:
    """Say in one line which setting does not fit and what was expected."""
    faults = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}, got {fault['input']!r}"
        for fault in error.errors()
    ]
    return "settings: " + "; ".join(faults)


if __name__ == "__main__":
    sys.exit(main())
