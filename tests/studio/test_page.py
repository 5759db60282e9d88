"""The page in a real browser: rooms, lost servers, refused cameras, files, characters, keyboard, phones."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.server.fakes import FakePipeline
from tests.server.running import RunningServer, running_server
from tests.studio.browser import INSECURE_HOST, Page
from tests.studio.conftest import ServerProcess

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parents[2]
LIMBS = ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")
OPEN = "studio.connection.state === 'open'"
SEES_ME = "studio.room.self?.isSeen"
ALERT = "document.querySelector('#banner').checkVisibility() && document.querySelector('#banner').innerText"


@pytest.fixture(scope="module")
def quick() -> Iterator[RunningServer]:
    """A server over a fake pipeline, for what needs no real face."""
    with running_server(FakePipeline()) as running:
        yield running


def address(server: RunningServer, room: str = "r", name: str = "Ada", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.port}/?room={room}&name={name}"


# Rooms ------------------------------------------------------------------------------------


def test_two_browsers_see_each_other(facecast: ServerProcess, open_page: Callable[..., Page]):
    ada = open_page(facecast.url("two", "Ada"))
    bob = open_page(facecast.url("two", "Bob"))
    for page, other in ((ada, "Bob"), (bob, "Ada")):
        page.wait(OPEN)
        page.wait(f"[...studio.room.people.values()].some(({{name}}) => name === {other!r})")
    ada.click("#start-camera")
    bob.click("#start-camera")
    worn = "[...studio.wearers.shown].find(([id]) => id !== studio.room.selfId)?.[1]"
    for page in (ada, bob):
        page.wait(f"{worn}?.presence === 1 && Math.max(...{worn}.blendshapes) > 0.1")
        page.click("#tab-room")
        page.wait("document.querySelectorAll('.people .live').length === 2")
        assert page.run("document.querySelectorAll('.wearer').length") == 2
    assert "Bob" in ada.text(".people")
    assert "ms old" in ada.wait(
        "document.querySelector('.people').innerText.includes('ms old')"
        " && document.querySelector('.people').innerText"
    )
    before = bob.run(f"[...{worn}.blendshapes]")
    bob.wait(
        f"{worn}.blendshapes.some((weight, index) => Math.abs(weight - {json.dumps(before)}[index]) > 0.03)"
    )
    ada.click("#camera-toggle")
    ada.run("studio.enter('elsewhere', 'Ada')")
    bob.wait("document.querySelectorAll('.wearer').length === 1 && studio.room.people.size === 1")


def test_room_name_comes_from_the_address_and_is_invented_without(quick, open_page):
    page = open_page(f"http://127.0.0.1:{quick.port}/")
    page.wait(OPEN)
    room = page.run("studio.connection.manifest.room")
    assert room.count("-") == 2
    assert page.run("location.search") == f"?room={room}"
    page.click("#tab-room")
    assert f"?room={room}" in page.text("#invite-link")
    page.run("document.querySelector('#room').value = 'Größe 1'")
    page.click("#room-panel button[type=submit]")
    page.wait(f"{OPEN} && studio.connection.manifest.room === 'Größe 1'")
    assert page.text("#room-name") == "Größe 1"


def test_full_room_is_told(open_page):
    with running_server(FakePipeline(), max_participants=1) as server:
        open_page(address(server)).wait(OPEN)
        late = open_page(address(server, name="Bob"))
        assert "This room is full" in late.wait(ALERT)
        late.run("studio.enter('another', 'Bob')")
        late.wait(f"{OPEN} && !document.querySelector('#banner').checkVisibility()")


# Faults -----------------------------------------------------------------------------------


def test_restart_of_the_server_heals(open_page, tmp_path: Path):
    server = ServerProcess(tmp_path)
    server.start()
    try:
        page = open_page(server.url("restart", "Ada"))
        page.wait(OPEN)
        page.click("#start-camera")
        page.wait(SEES_ME)
        server.stop()
        said = page.wait(ALERT)
        assert "being restarted" in said or "is gone" in said
        assert "Try" in page.text("#banner-retry")
        server.start()
        page.wait(f"{OPEN} && {SEES_ME}")
        page.wait("studio.room.self.received > 3 && !document.querySelector('#banner').checkVisibility()")
        page.wait("document.querySelector('#seen').innerText === '1 face'")
    finally:
        server.stop()
    # What is refused while nobody is there, or while the models load (503), stands in the console of any
    # page; nothing else may.
    passing = ("ERR_CONNECTION", "WebSocket", "503", "ERR_EMPTY_RESPONSE", "ERR_SOCKET")
    assert [each for each in page.problems if not any(word in each for word in passing)] == []
    page.forgive()


@pytest.mark.parametrize(
    ("code", "close", "title"),
    [
        ("version", 4426, "The server speaks another version"),
        ("bad_request", 4400, "The room or your name is not accepted"),
        ("server_full", 4504, "The server is full"),
    ],
)
def test_refusals_are_told_in_plain_words(quick, open_page, code: str, close: int, title: str):
    message = (ROOT / f"proto/vectors/valid/error_{code}.bin").read_bytes()
    page = open_page(address(quick), stream_says=(message, close))
    assert title in page.wait(ALERT)
    assert page.run("studio.connection.state") == ("waiting" if code == "server_full" else "refused")


def camera_fault(page: Page) -> str:
    """What the page says of the camera once it says something."""
    page.click("#start-camera")
    return page.wait(
        "document.querySelector('#camera-fault').checkVisibility()"
        " && document.querySelector('#camera-fault').innerText"
    )


def test_refused_camera_is_told(quick, open_page):
    page = open_page(address(quick), camera=False)
    page.wait(OPEN)
    assert "The camera is not allowed" in camera_fault(page)


@pytest.mark.parametrize(
    ("name", "title"), [("NotFoundError", "No camera was found"), ("NotReadableError", "The camera is busy")]
)
def test_missing_camera_is_told(quick, open_page, name: str, title: str):
    page = open_page(address(quick))
    page.wait(OPEN)
    page.run(
        f"void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', {name!r})))"
    )
    assert title in camera_fault(page)


def test_insecure_page_is_told(quick, open_page):
    page = open_page(address(quick, host=INSECURE_HOST), camera=False)
    page.wait(OPEN)
    assert page.run("isSecureContext") is False
    assert "https://" in camera_fault(page)


# Files ------------------------------------------------------------------------------------


def test_photo_shows_its_face_and_a_broken_one_is_told(facecast, open_page, astronaut: np.ndarray, tmp_path):
    photo = tmp_path / "photo.jpg"
    cv2.imwrite(str(photo), cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    page = open_page(facecast.url("photo", "Ada"))
    page.wait(OPEN)
    page.choose_file("#file", photo)
    page.wait("document.querySelector('#seen').innerText === '1 face'")
    assert page.text("#source-name") == "photo.jpg"
    page.choose_file("#file", broken)
    page.wait("document.querySelector('#notices').innerText.includes('cannot read broken.jpg')")


def rewrite_head(change: Callable[[dict], None]) -> bytes:
    """The built-in head as a file whose description was changed."""
    data = (ROOT / "character/head.glb").read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    change(document)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<I4s", len(text), b"JSON") + text + data[20 + length :]
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def spell_sides(document: dict) -> None:
    """Spell sides as _L and _R, and hide one shape behind a name that says nothing."""
    for mesh in document["meshes"]:
        names = mesh.get("extras", {}).get("targetNames", [])
        names[:] = [with_sides(name) for name in names]


def make_vrm(document: dict) -> None:
    """Make it a VRM 1: a skeleton of bare nodes, and four expressions over the face's shapes."""
    nodes = document["nodes"]
    sides = [f"{side}{part}" for side in ("left", "right") for part in LIMBS]
    bones = {
        name: {"node": len(nodes) + number} for number, name in enumerate(["hips", "spine", "head", *sides])
    }
    nodes += [{"name": name} for name in bones]
    limbs = [bones[name]["node"] for name in sides]
    for parent, children in (("hips", [bones["spine"]["node"], *limbs]), ("spine", [bones["head"]["node"]])):
        nodes[bones[parent]["node"]]["children"] = children
    nodes[bones["head"]["node"]]["children"] = document["scenes"][0]["nodes"]
    document["scenes"][0]["nodes"] = [bones["hips"]["node"]]
    face = next(number for number, node in enumerate(nodes) if node["name"] == "face")
    shapes = document["meshes"][nodes[face]["mesh"]]["extras"]["targetNames"]

    def moves(shape: str) -> dict:
        return {"morphTargetBinds": [{"node": face, "index": shapes.index(shape), "weight": 1.0}]}

    preset = {"aa": moves("jawOpen"), "blinkRight": moves("eyeBlinkRight"), "relaxed": moves("mouthClose")}
    meta = {"name": "test", "authors": ["test"], "licenseUrl": "https://vrm.dev/licenses/1.0/"}
    document["extensionsUsed"] = ["VRMC_vrm"]
    document["extensions"] = {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": meta,
            "humanoid": {"humanBones": bones},
            "expressions": {"preset": preset, "custom": {"MouthSmileLeft": moves("mouthSmileLeft")}},
        }
    }


def with_sides(name: str) -> str:
    """Spell sides as _L and _R, and hide one shape behind a name that says nothing."""
    return {"tongueOut": "mystery"}.get(name, name.replace("Left", "_L").replace("Right", "_R"))


def test_own_character_is_matched_by_names(quick, open_page, tmp_path):
    model = tmp_path / "own.glb"
    model.write_bytes(rewrite_head(spell_sides))
    page = open_page(address(quick))
    page.wait(f"{OPEN} && studio.wearers.characterOf(studio.room.selfId) !== null")
    page.choose_file("#model", model)
    page.click("#tab-character")
    page.wait("document.querySelector('#character-name').innerText === 'own.glb'")
    assert "51 of the 52 weights" in page.text("#character-match")
    listed = page.run("[...document.querySelectorAll('#unmatched li')].map((each) => each.textContent)")
    assert listed == ["mystery", "tongueOut"]
    page.click("#start-camera")  # the fake pipeline's face has a weight of its own for each shape
    page.click("#mirror")
    page.wait(
        "(() => { const c = studio.wearers.characterOf(studio.room.selfId);"
        " return c.influence('eyeWide_R') > 0.2 && c.influence('browDown_L') > 0.7; })()"
    )


def test_vrm_wears_the_face_by_its_expressions(quick, open_page, tmp_path):
    model = tmp_path / "own.vrm"
    model.write_bytes(rewrite_head(make_vrm))
    page = open_page(address(quick))
    page.wait(f"{OPEN} && studio.wearers.characterOf(studio.room.selfId) !== null")
    page.choose_file("#model", model)
    page.click("#tab-character")
    page.wait("document.querySelector('#character-name').innerText === 'own.vrm'")
    listed = page.run(
        "[...document.querySelectorAll('#unmatched details:first-child li')].map((e) => e.textContent)"
    )
    assert listed == ["relaxed"]
    page.click("#mirror")
    page.click("#start-camera")
    page.wait(
        "(() => { const { vrm } = studio.wearers.characterOf(studio.room.selfId),"
        " of = (name) => vrm.expressionManager.getValue(name);"
        " return of('aa') > 0.25 && of('blinkRight') > 0.1 && of('MouthSmileLeft') > 0.4; })()"
    )


def test_file_that_is_no_character_is_told(quick, open_page, tmp_path):
    model = tmp_path / "own.glb"
    model.write_bytes(b"glTF and nothing more")
    page = open_page(address(quick))
    page.wait(OPEN)
    page.choose_file("#model", model)
    page.wait("document.querySelector('#notices').innerText.includes('own.glb could not be read')")


# The page itself --------------------------------------------------------------------------


def test_neutral_is_captured_and_kept(quick, open_page):
    page = open_page(address(quick))
    page.wait(OPEN)
    page.click("#start-camera")
    page.wait(SEES_ME)
    page.click("#neutral")
    page.wait("document.querySelector('#neutral-text').innerText === 'Rest face kept'")
    kept = page.run("[...studio.neutral.data]")
    assert bytes(kept).startswith(b"a face at rest")
    page.run("void studio.connection.reconnect()")
    page.wait(f"{OPEN} && document.querySelector('#notices').innerText.includes('captured')")
    page.click("#forget-neutral")
    page.wait(f"{OPEN} && studio.neutral.data === null")


def test_manifest_tells_what_is_not_estimated(quick, open_page):
    page = open_page(address(quick))
    page.wait(OPEN)
    estimated = page.run(
        "(({blendshapes_estimated, action_units_estimated}) =>"
        " blendshapes_estimated.concat(action_units_estimated))(studio.connection.manifest)"
    )
    page.click("#tab-server")
    silent = page.run(
        "[...document.querySelectorAll('#server tr.silent th')].map((each) => each.firstChild.data)"
    )
    names = page.run("studio.connection.manifest.blendshapes.concat(studio.connection.manifest.action_units)")
    assert silent == [name for name, yes in zip(names, estimated, strict=True) if not yes]
    assert page.run("document.querySelectorAll('.meter.silent').length") == len(silent)


def test_keyboard_reaches_everything(quick, open_page):
    page = open_page(address(quick))
    page.wait(OPEN)
    page.run("document.querySelector('#tab-bars').focus()")
    for expected in ("plots", "head", "character", "room-panel", "server", "bars"):
        page.press("ArrowRight")
        assert page.run("document.activeElement.getAttribute('aria-controls')") == expected
        assert page.run(f"document.getElementById({expected!r}).checkVisibility()")
    unnamed = page.run(
        "[...document.querySelectorAll('button, select, input:not([type=file])')]"
        ".filter((each) => !(each.innerText.trim() || each.ariaLabel || each.labels?.length"
        " || each.title)).map((each) => each.outerHTML)"
    )
    assert unnamed == []
    page.run("document.querySelector('.meter[data-name=cheekPuff]').focus()")
    page.press("Enter")
    page.wait("document.querySelector('.meter[data-name=cheekPuff]').ariaPressed === 'true'")
    page.click("#tab-plots")
    assert "cheekPuff" in page.text("#legend")


@pytest.mark.parametrize("width", [360, 768])
def test_narrow_screens_show_everything_without_scrolling_sideways(quick, open_page, width: int):
    page = open_page(address(quick), size=(width, 800), phone=True)
    page.wait(OPEN)
    for tab in ("bars", "plots", "head", "character", "room", "server"):
        page.click(f"#tab-{tab}")
        assert page.run("document.scrollingElement.scrollWidth") <= width, tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_and_the_switch(quick, open_page, scheme: str):
    page = open_page(address(quick), scheme=scheme)
    page.wait(OPEN)
    brightness = "(() => { const c = getComputedStyle(document.body).backgroundColor.match(/\\d+/g);"
    brightness += " return (+c[0] + +c[1] + +c[2]) / 3; })()"
    assert (page.run(brightness) > 128) == (scheme == "light")
    page.click("#theme")
    page.wait(f"{brightness} > 128")
    page.click("#theme")
    page.wait(f"{brightness} < 128")


def test_nothing_is_fetched_from_other_hosts(quick, open_page):
    page = open_page(address(quick))
    page.wait(f"{OPEN} && studio.wearers.characterOf(studio.room.selfId) !== null")
    page.click("#start-camera")
    page.wait(SEES_ME)
    own = (f"http://127.0.0.1:{quick.port}/", f"ws://127.0.0.1:{quick.port}/", "blob:")
    assert page.requests
    assert [url for url in page.requests if not url.startswith(own)] == []
