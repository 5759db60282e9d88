"""The whole way: a real browser's camera plays a real clip, and the page shows what `analyze` finds."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tests.studio.browser import Page
from tests.studio.conftest import CELL_PX, CELL_TOP_PX, CELLS, CameraClip, ServerProcess

SHAPES = ["eyeBlinkLeft", "eyeBlinkRight", "jawOpen"]
FRAMES = 105  # a little more than one round of the camera's clip
LEAST_DRAWN = 15  # without a GPU a busy machine draws the character rarely
LEAST_FRAMES = 40  # of a machine so busy that the time is up before
RECORDING = "studio.recording.recorder"
IN_PAGE = Path(__file__).with_name("watch_clip.js").read_text()


@pytest.fixture(scope="module")
def watched(browser, facecast: ServerProcess, tmp_path_factory) -> dict:
    """One run of the page over the clip: the CSV, the packets' landmarks, and what the character wore."""
    page: Page = browser.open(facecast.url("clip", "Ada"), camera=True)
    page.wait("studio.connection.state === 'open' && studio.wearers.characterOf(studio.room.selfId) !== null")
    page.click("#mirror")
    page.click("#start-camera")
    page.wait("studio.room.self.isSeen && document.querySelector('#seen').innerText === '1 face'")
    cells = {"size": CELL_PX, "middle": CELL_TOP_PX + CELL_PX // 2, "count": CELLS}
    page.run(f"({IN_PAGE})({json.dumps(cells)}, {json.dumps(SHAPES)})")
    page.click("#record")
    page.wait(f"{RECORDING}.rows.length >= {FRAMES} || performance.now() - {RECORDING}.startedMs > 60000")
    path = tmp_path_factory.mktemp("recording") / "face.csv"
    name = page.download("#record", path)
    rows = page.run(
        f"{RECORDING}.rows.map(({{captureMs, face}}) => [captureMs, [...face.box], [...face.landmarks]])"
    )
    found = {"name": name, "path": path, "rows": rows, "worn": page.run("window.worn"), "drawn": drawn(page)}
    found |= {"numbers": page.run("window.numbers"), "problems": page.problems}
    page.close()
    return found


def drawn(page: Page) -> dict:
    """Where the canvas changes when the points are switched off, and the face's box."""
    return page.run("""(() => {
      const canvas = document.querySelector("#found"), { picture } = studio;
      const read = () => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      picture.source.togglePause();
      const { box } = studio.room.self.packet.faces[0];
      picture.points = true; picture.redraw();
      const on = read();
      picture.points = false; picture.redraw();
      const off = read(), changed = [];
      for (let i = 0; i < on.length; i += 4) {
        if (Math.abs(on[i] - off[i]) + Math.abs(on[i + 1] - off[i + 1]) > 40) changed.push(i / 4);
      }
      const { width, height } = canvas;
      return { width, height, changed, box: [...box], source: picture.source.sizeWh };
    })()""")


def column(analysis: list[dict], name: str) -> np.ndarray:
    """One weight of each picture of the clip."""
    return np.array([entry["faces"][0]["blendshapes"][name] for entry in analysis])


def away_from_the_seam(numbers: np.ndarray) -> np.ndarray:
    """Where the clip has run for a while: at its start the live stream still remembers its end."""
    return numbers >= 5


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's r."""
    return float(np.corrcoef(a, b)[0, 1])


@pytest.fixture(scope="module")
def recording(watched: dict) -> dict[str, np.ndarray]:
    """The downloaded file: column name -> values; `time_s` from its time codes."""
    with Path(watched["path"]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    table = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "Timecode"}
    codes = np.array([[float(part) for part in row["Timecode"].split(":")] for row in rows])
    table["time_s"] = codes @ [3600, 60, 1, 1 / 60]
    return table


@pytest.fixture(scope="module")
def numbers(watched: dict, camera_clip: CameraClip) -> np.ndarray:
    """Which picture of the clip each recorded row is of."""
    numbers = np.array(watched["numbers"])
    assert len(numbers) == len(watched["rows"])
    assert ((numbers >= 0) & (numbers < camera_clip.count)).all()
    return numbers


@pytest.mark.timeout(300)
def test_recording_has_live_link_faces_columns(watched: dict, recording: dict):
    assert watched["name"].startswith("facecast_") and watched["name"].endswith(".csv")
    assert len(recording["time_s"]) == len(watched["rows"]) >= LEAST_FRAMES
    assert (recording["BlendShapeCount"] == 61).all()
    assert len(recording) == 1 + 1 + 61  # time, count, values
    assert (np.diff(recording["time_s"]) > 0).all()
    assert not watched["problems"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [*SHAPES, "mouthSmileLeft"])
def test_weights_are_those_of_analyze(name: str, recording: dict, numbers: np.ndarray, analysis: list[dict]):
    chosen = away_from_the_seam(numbers)
    expected = column(analysis, name)[numbers[chosen]]
    received = recording[name[0].upper() + name[1:]][chosen]
    assert np.std(expected) > 0.02, "the clip must move what is tested"
    assert correlation(received, expected) >= 0.9


@pytest.mark.timeout(300)
@pytest.mark.parametrize("shape", SHAPES)
def test_character_wears_what_was_received(shape: str, watched: dict, recording: dict):
    """The character shows the weights of its moment, which the test above compares with the clip."""
    worn = np.array(watched["worn"])
    taken_ms = np.array([row[0] for row in watched["rows"]])
    # One entry for each moment shown: where the stream stands still, the same one is drawn again and again.
    last_of_each = np.append(np.diff(worn[:, 0]) != 0, True)
    worn = worn[last_of_each & (worn[:, 0] >= taken_ms[0]) & (worn[:, 0] <= taken_ms[-1])]
    expected = np.interp(worn[:, 0], taken_ms, recording[shape[0].upper() + shape[1:]])
    assert len(worn) >= LEAST_DRAWN
    assert correlation(worn[:, 1 + SHAPES.index(shape)], expected) >= 0.9


@pytest.mark.timeout(300)
def test_points_are_on_the_face(watched: dict, numbers: np.ndarray, analysis: list[dict]):
    size_wh = analysis[0]["size"][::-1]
    points = np.array([row[2] for row in watched["rows"]]).reshape(-1, 98, 2)
    boxes = np.array([row[1] for row in watched["rows"]])
    reference = np.array([entry["faces"][0]["landmarks"] for entry in analysis])[numbers]
    distance = np.linalg.norm(points * size_wh - reference, axis=2).mean(axis=1)
    face_width = (boxes[:, 2] - boxes[:, 0]) * size_wh[0]
    assert np.median(distance / face_width) < 0.03
    inside = (points >= boxes[:, None, :2] - 0.05) & (points <= boxes[:, None, 2:] + 0.05)
    assert inside.mean() > 0.95


@pytest.mark.timeout(300)
def test_points_are_drawn_on_the_face(watched):
    found = watched["drawn"]
    y, x = np.divmod(np.array(found["changed"]), found["width"])
    source_width, source_height = found["source"]
    scale = min(found["width"] / source_width, found["height"] / source_height)
    left, top = (found["width"] - source_width * scale) / 2, (found["height"] - source_height * scale) / 2
    x0, y0, x1, y1 = np.array(found["box"]) * np.tile(found["source"], 2)
    margin = 0.25 * (x1 - x0)
    px, py = (x - left) / scale, (y - top) / scale
    inside = (px > x0 - margin) & (px < x1 + margin) & (py > y0 - margin) & (py < y1 + margin)
    assert len(x) > 400, "hardly anything is drawn"
    assert inside.mean() > 0.97
