"""The emitted JavaScript module, read by the Node.js that builds the page."""

from __future__ import annotations

import json
import subprocess

from proto import tables
from proto.emit_javascript import emit_javascript
from proto.generate import ROOT
from proto.schema import load_schema
from tests.studio.node import node_program

MODULE = ROOT / "server" / "page" / "wire_tables.js"


def test_every_export_is_frozen_or_a_plain_value():
    lines = [line for line in emit_javascript(load_schema()).splitlines() if line.startswith("export")]
    assert len(lines) > 20
    for line in lines:
        value = line.split(" = ", 1)[1]
        assert value.startswith("Object.freeze(") or json.loads(value.removesuffix(";"))


def test_node_reads_the_same_as_python():
    script = f"import * as t from {json.dumps(MODULE.as_uri())}; console.log(JSON.stringify(t))"
    command = [node_program(), "--input-type=module", "--eval", script]
    read = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    same = ["BLENDSHAPES", "ACTION_UNITS", "STAGES", "FORMATS", "ENCODINGS", "EVENTS", "LIMITS", "BOX_SCALE"]
    for name in [*same, "ENCODING_BYTES", "SUBPROTOCOL", "PROTOCOL_VERSION", "LANDMARK_OFFSET"]:
        assert read[name] == json.loads(json.dumps(getattr(tables, name))), name
    assert read["MESSAGES"] == {name: spec.id for name, spec in tables.MESSAGES.items()}
    assert read["ERRORS"] == {code: spec._asdict() for code, spec in tables.ERRORS.items()}
