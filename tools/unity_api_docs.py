"""Write or check the API reference of the Unity package, from the XML comments of its public types."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "unity_client"
TARGET = PACKAGE / "Documentation~" / "api.md"
SECTIONS = (
    ("Components and assets", "Runtime/Unity"),
    ("Editor", "Editor"),
    ("Core (no engine reference)", "Runtime/Core"),
)
NAMESPACE = re.compile(r"^namespace ([\w.]+)", re.MULTILINE)
TYPE = re.compile(r"^public [\w ]*?(class|struct|enum|interface) (\w+)")
ENUM_VALUE = re.compile(r"^(\w+)(?: = [^,]+)?,?$")
HEADER = """# API reference

Generated from the XML comments of the sources by `python -m tools.unity_api_docs`; do not edit.
"""


class MissingCommentError(ValueError):
    """Say that a public type has no XML comment."""


@dataclass
class Entry:
    """A type or member: its declaration as in the source, and its comment's parts."""

    declaration: str
    comment: str


@dataclass
class ApiType:
    """A public type with its public members."""

    name: str
    kind: str
    namespace: str
    comment: str
    members: list[Entry] = field(default_factory=list)


def plain(xml: str) -> str:
    """Turn the inside of an XML comment into one line of Markdown."""
    text = re.sub(r'<(?:see|paramref) (?:cref|name)="(?:\w:)?([^"]+)"\s*/>', r"`\1`", xml)
    text = re.sub(r"</?c>", "`", text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())


def render_comment(xml: str) -> str:
    """Lay out a comment: summary, remarks, parameters, exceptions; drawings keep their lines."""
    drawings = re.findall(r"<code>\n(.*?)\n\s*</code>", xml, re.DOTALL)
    xml = re.sub(r"<code>.*?</code>", "", xml, flags=re.DOTALL)
    prose = re.findall(r"<(?:summary|remarks)>(.*?)</(?:summary|remarks)>", xml, re.DOTALL)
    parts = [plain(text) for text in prose]
    for name, text in re.findall(r'<param name="(\w+)">(.*?)</param>', xml, re.DOTALL):
        parts.append(f"`{name}`: {plain(text)}")
    for name, text in re.findall(r'<exception cref="(\w+)">(.*?)</exception>', xml, re.DOTALL):
        parts.append(f"Throws `{name}`: {plain(text)}")
    parts += [f"```\n{drawing}\n```" for drawing in drawings]
    return "\n\n".join(part for part in parts if part)


def declaration_of(lines: list[str], at: int) -> str:
    """Give the declaration that begins at a line, without body, value or attributes."""
    text = ""
    for line in lines[at:]:
        text += " " + re.sub(r"^(\[[^\]]*\]\s*)+", "", line.strip())
        cut = re.search(r"\s*(\{|=>|;| = )", text)
        if cut:
            accessors = re.search(r"\{ get;.*?\}", text)
            text = text[: cut.start()] + (" " + accessors.group(0) if accessors else "")
            break
    return " ".join(text.split()).replace("( ", "(").rstrip(",")


def read_types(source: str) -> list[ApiType]:
    """List the public types of one file.

    Raises: MissingCommentError if a public type has no comment.
    """
    namespace = NAMESPACE.search(source)
    found: list[ApiType] = []
    comment: list[str] = []
    lines = source.splitlines()
    for at, line in enumerate(lines):
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        if text.startswith("///"):
            comment.append(text.removeprefix("///").removeprefix(" "))
            continue
        if not text or (text.startswith("[") and text.endswith("]")):
            continue
        body = re.sub(r"^(\[[^\]]*\]\s*)+", "", text)
        top = TYPE.match(body) if indent == 4 else None
        if top:
            if not comment:
                raise MissingCommentError(f"expected an XML comment on {top.group(2)}")
            written = render_comment("\n".join(comment))
            found.append(ApiType(top.group(2), top.group(1), namespace.group(1), written))
        elif found and indent == 8 and comment and is_member(body, found[-1].kind):
            written = render_comment("\n".join(comment))
            value = ENUM_VALUE.match(body) if found[-1].kind == "enum" else None
            declaration = value.group(1) if value else declaration_of(lines, at)
            found[-1].members.append(Entry(declaration, written))
        comment = []
    return found


def is_member(text: str, kind: str) -> bool:
    """Tell whether a line begins a public member of a type of that kind."""
    if kind == "enum":
        return ENUM_VALUE.match(text) is not None
    return kind == "interface" or text.startswith("public ")


def render() -> str:
    """Write the whole reference."""
    parts = [HEADER]
    for title, folder in SECTIONS:
        parts.append(f"\n## {title}\n")
        types = [one for path in (PACKAGE / folder).rglob("*.cs") for one in read_types(path.read_text())]
        for one in sorted(types, key=lambda one: one.name.lower()):
            parts.append(f"\n### {one.name}\n\n`{one.namespace}`, {one.kind}\n\n{one.comment}\n")
            for member in one.members:
                parts.append(f"\n- **`{member.declaration}`**\n\n{indented(member.comment)}\n")
    return "".join(parts)


def indented(text: str) -> str:
    """Indent a block so that it belongs to a list item."""
    return "\n".join(f"  {line}" if line else "" for line in text.splitlines())


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with --check fail when it is outdated."""
    parser = argparse.ArgumentParser(prog="python -m tools.unity_api_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the file is outdated")
    wanted = render()
    if parser.parse_args(arguments).check:
        if not TARGET.exists() or TARGET.read_text() != wanted:
            print(f"unity_api_docs: outdated: {TARGET.relative_to(PACKAGE.parent)}", file=sys.stderr)
            return 1
        return 0
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(wanted)
    print(f"unity_api_docs: wrote {TARGET.relative_to(PACKAGE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
