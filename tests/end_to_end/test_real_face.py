"""A real photograph of a face, published to the real server process; what a viewer gets is checked."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from proto import tables
from server import wire
from tests.end_to_end.conftest import ServeProcess
from tests.server.running import Client

# The astronaut's face from brows to chin, measured by eye in the picture of 512 x 512.
FACE_XYXY = np.array([174.0, 80.0, 272.0, 190.0])
STEP_US = 100_000
EYES = (tables.LANDMARK_GROUPS["right_eye"], tables.LANDMARK_GROUPS["left_eye"])


def jpeg(image_rgb: np.ndarray) -> bytes:
    """Pack a picture as a camera would."""
    success, data = cv2.imencode(
        ".jpg", cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92]
    )
    assert success
    return data.tobytes()


def moved(
    image_rgb: np.ndarray, scale: float, shift_xy: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift a picture; return it and where its face is now."""
    matrix = np.array([[scale, 0, shift_xy[0]], [0, scale, shift_xy[1]]])
    picture = cv2.warpAffine(image_rgb, matrix, (640, 480), borderMode=cv2.BORDER_REPLICATE)
    return picture, FACE_XYXY * scale + np.tile(shift_xy, 2)


def overlap(a_xyxy: np.ndarray, b_xyxy: np.ndarray) -> float:
    """Intersection over union of two boxes."""
    sides = np.minimum(a_xyxy[2:], b_xyxy[2:]) - np.maximum(a_xyxy[:2], b_xyxy[:2])
    shared = max(sides[0], 0) * max(sides[1], 0)
    return shared / (np.prod(a_xyxy[2:] - a_xyxy[:2]) + np.prod(b_xyxy[2:] - b_xyxy[:2]) - shared)


async def send(
    client: Client, payload: bytes, format: str = "jpeg", size_hw: tuple[int, int] | None = None
) -> None:
    """Publish a frame, a tenth of a second of its camera's time after the one before."""
    client.sequence += 1
    await client.send(wire.encode_frame(client.sequence, client.sequence * STEP_US, format, payload, size_hw))


async def answer(
    publisher: Client,
    viewer: Client,
    payload: bytes,
    format: str = "jpeg",
    size_hw: tuple[int, int] | None = None,
) -> tuple[wire.Packet, int]:
    """Publish a frame and take what the viewer gets for it, and its size in bytes."""
    await send(publisher, payload, format, size_hw)
    while True:
        data = await viewer.receive_bytes()
        message = wire.decode_server_message(data)
        assert not isinstance(message, wire.ErrorMessage), message
        if isinstance(message, wire.Packet) and message.sequence == publisher.sequence:
            return message, len(data)


async def test_manifest_describes_the_real_models(server: ServeProcess):
    async with server.client("viewer") as client:
        content = client.manifest.content
        assert content["profile"] in ("lite", "full")
        assert {"pnet", "rnet", "onet", "expression"} <= set(content["models"])
        # The int8 file where the CPU runs that.
        assert any(name.startswith(f"landmarks_{content['profile']}") for name in content["models"])
        assert sum(content["blendshapes_estimated"]) >= 40


async def test_viewer_gets_the_face_that_was_published(server: ServeProcess, astronaut: np.ndarray):
    async with server.client("viewer") as viewer, server.client("publisher") as publisher:
        await viewer.send(wire.encode_options(wire.Options("u16", landmarks=True)))
        packet, _ = await answer(publisher, viewer, jpeg(astronaut))
        assert packet.size_hw == (512, 512)
        assert packet.participant == publisher.manifest.participant
        (face,) = packet.faces
        assert overlap(face.box_xyxy_01 * 512, FACE_XYXY) > 0.5
        points_px = face.landmarks_01 * 512
        margin_px = 25
        assert (points_px > FACE_XYXY[:2] - margin_px).all() and (points_px < FACE_XYXY[2:] + margin_px).all()
        right_eye, left_eye = (points_px[first : last + 1].mean(axis=0) for first, last in EYES)
        assert 35 < left_eye[0] - right_eye[0] < 75, "the subject's left is the picture's right"
        assert face.score > 0.8
        assert np.isclose(np.linalg.norm(face.rotation_xyzw), 1)
        assert face.translation_m[2] < -0.2, "a face before the camera has a negative z"
        weights = dict(zip(tables.BLENDSHAPES, face.blendshapes_01, strict=True))
        assert weights["mouthSmileLeft"] > 0.2 and weights["mouthSmileRight"] > 0.2, "she smiles"
        assert weights["eyeBlinkLeft"] < 0.5 and weights["eyeBlinkRight"] < 0.5, "her eyes are open"
        assert weights["jawOpen"] < 0.6
        assert all(packet.timings_ms[stage] > 0 for stage in ("decode", "landmarks", "pose", "expression"))


async def test_moving_face_is_followed_in_small_packets(server: ServeProcess, astronaut: np.ndarray):
    async with (
        server.client("viewer", room="moving") as viewer,
        server.client("publisher", room="moving") as publisher,
    ):
        tracks = []
        for number in range(10):
            picture, face_xyxy = moved(astronaut, 0.85 + 0.02 * number, (8.0 * number, 3.0 * number))
            packet, size = await answer(publisher, viewer, jpeg(picture))
            assert size <= tables.LIMITS["packet_bytes"]
            (face,) = packet.faces
            assert overlap(face.box_xyxy_01 * (640, 480, 640, 480), face_xyxy) > 0.5
            tracks.append(face.track)
        assert len(set(tracks)) == 1, "one face keeps one track"


async def test_picture_of_nobody_gives_an_empty_list(server: ServeProcess, coffee: np.ndarray):
    async with server.client("both", room="nobody") as client:
        packet, _ = await answer(client, client, jpeg(coffee))
        assert packet.faces == ()


async def test_face_that_goes_is_told(server: ServeProcess, astronaut: np.ndarray):
    async with server.client("both", room="going") as client:
        packet, _ = await answer(client, client, jpeg(astronaut))
        track = packet.faces[0].track
        events = []
        for _ in range(40):
            await send(client, jpeg(np.zeros((480, 640, 3), np.uint8)))
            while not isinstance(message := await client.receive(), wire.Packet):
                events.append(message)
            if events:
                break
        event = events[0]
        assert (event.kind, event.track) == ("lost_face", track)


def nv12(image_rgb: np.ndarray) -> bytes:
    """Pack a picture as cameras on phones give it: Y, then U and V in turn at half size."""
    height, width = image_rgb.shape[:2]
    planes = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2YUV_I420).reshape(-1)
    luma, chroma = planes[: height * width], planes[height * width :].reshape(2, -1)
    return luma.tobytes() + chroma.T.tobytes()


def packed(image_rgb: np.ndarray, name: str) -> bytes:
    """Pack a picture with Pillow, another implementation than the server's decoder."""
    out = io.BytesIO()
    Image.fromarray(image_rgb).save(out, name, quality=92)
    return out.getvalue()


def turned_by_exif(image_rgb: np.ndarray) -> bytes:
    """A JPEG that lies on its side, with the orientation that puts it upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.fromarray(np.rot90(image_rgb)).save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("format", "pack", "raw"),
    [
        ("jpeg", jpeg, False),
        ("jpeg", turned_by_exif, False),
        ("png", lambda image: packed(image, "PNG"), False),
        ("webp", lambda image: packed(image, "WEBP"), False),
        ("rgb8", np.ndarray.tobytes, True),
        ("bgr8", lambda image: np.ascontiguousarray(image[..., ::-1]).tobytes(), True),
        ("nv12", nv12, True),
    ],
    ids=["jpeg", "jpeg turned by EXIF", "png", "webp", "rgb8", "bgr8", "nv12"],
)
async def test_every_format_shows_the_same_face(
    server: ServeProcess, astronaut: np.ndarray, format, pack, raw
):
    async with server.client("both", room=f"format {format}") as client:
        packet, _ = await answer(
            client, client, pack(astronaut), format, astronaut.shape[:2] if raw else None
        )
        (face,) = packet.faces
        assert overlap(face.box_xyxy_01 * 512, FACE_XYXY) > 0.5


async def test_face_at_rest_becomes_neutral_and_may_be_stored(server: ServeProcess, astronaut: np.ndarray):
    async with server.client("both", room="rest") as client:
        before, _ = await answer(client, client, jpeg(astronaut))
        await client.send(wire.encode_calibrate())
        neutral = None
        for _ in range(12):
            await send(client, jpeg(astronaut))
            while not isinstance(message := await client.receive(), wire.Packet):
                neutral = message.data if isinstance(message, wire.Neutral) else neutral
            if neutral:
                break
        assert neutral and len(neutral) < tables.LIMITS["neutral_bytes"]
    async with server.client("both", room="rest again") as client:
        await client.send(wire.encode_hello("test", neutral=neutral))
        after, _ = await answer(client, client, jpeg(astronaut))
    rested, mapped = before.faces[0].blendshapes_01, after.faces[0].blendshapes_01
    looks = np.array([name.startswith("eyeLook") for name in tables.BLENDSHAPES])
    # A weight above 0.6 is no rest and keeps a part; a direction of the eyes is never anybody's rest.
    usual = ~looks & (rested > 0.1) & (rested < 0.55)
    assert usual.sum() >= 3
    assert (mapped[usual] < 0.15).all(), "what is at rest is no expression any more"
    np.testing.assert_allclose(mapped[looks], rested[looks], atol=0.05)
