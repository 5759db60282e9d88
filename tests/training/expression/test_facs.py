"""The tables of action units and coefficients."""

from pathlib import Path

import numpy as np

from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.expression.facs import COMPOSITION, MAPPING, action_units_of, blendshapes_of


def weights_of(**values) -> np.ndarray:
    weights = np.zeros((1, 52))
    for name, value in values.items():
        weights[0, BLENDSHAPES.index(name)] = value
    return weights


def units_of(**values) -> dict[str, float]:
    return dict(zip(ACTION_UNITS, action_units_of(weights_of(**values))[0], strict=True))


def test_every_unit_is_composed_and_every_name_exists():
    assert tuple(COMPOSITION) == ACTION_UNITS
    assert {name for shares in COMPOSITION.values() for name in shares} <= set(BLENDSHAPES)
    assert set(MAPPING) <= set(BLENDSHAPES)
    assert {unit for gains in MAPPING.values() for unit in gains} <= set(ACTION_UNITS)


def test_compositions_by_hand():
    assert np.isclose(units_of(mouthSmileLeft=1, mouthSmileRight=1)["AU12"], 5)
    assert np.isclose(units_of(mouthSmileLeft=1)["AU12"], 2.5)
    assert np.isclose(units_of(jawOpen=0.25)["AU25"], 2.5)
    assert np.isclose(units_of(jawOpen=0.5, mouthClose=0.5)["AU25"], 0)
    assert np.isclose(units_of(jawOpen=1)["AU25"], 5)  # held at the top
    assert max(units_of().values()) == 0


def test_the_mapping_leads_back():
    weights = weights_of(browInnerUp=0.6, jawOpen=0.4, mouthSmileLeft=0.8, mouthSmileRight=0.8)
    found = dict(zip(BLENDSHAPES, blendshapes_of(action_units_of(weights))[0], strict=True))
    assert np.isclose(found["browInnerUp"], 0.6) and np.isclose(found["jawOpen"], 0.4)
    assert np.isclose(found["mouthSmileLeft"], 0.8) and np.isclose(found["mouthSmileRight"], 0.8)
    assert found["jawLeft"] == 0


def test_the_document_names_every_unit_and_coefficient():
    text = (Path(__file__).parents[3] / "docs" / "action-units-to-blendshapes.md").read_text()
    composed = {name for shares in COMPOSITION.values() for name in shares}
    for name in (*ACTION_UNITS, *MAPPING, *composed):
        assert name in text, name
