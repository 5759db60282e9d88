"""The report holds what was measured."""

from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.expression.measure import GROUPS
from training.expression.report import lowest, table, write_markdown


def test_table():
    assert table(["a", "b"], [[1, 2]]) == ["| a | b |", "|---|---|", "| 1 | 2 |", ""]


def test_lowest_three():
    assert lowest({"a": 0.9, "b": 0.1, "c": 0.5, "d": 0.7}) == "b 0.1, c 0.5, d 0.7"


def test_markdown_names_every_number(tmp_path):
    leak = {"largest": 0.11, "largest_name": "jawOpen", "percentile_99": 0.05, "mean": 0.01, "above_015": 0.0}
    result = {
        "model": "abc", "command": "measure",
        "heads": {
            "faces": 7, "mae_all": 0.0421, "groups": {name: 0.123 for name in GROUPS}, "groups_mean": 0.1234,
            "correlation": {"jawOpen": 0.987}, "icc_mean": 0.8765,
            "action_units": {unit: {"icc": 0.8, "mse": 0.3} for unit in ACTION_UNITS},
        },
        "neutral": {"people": leak},
        "response": {
            "people": 6, "steepest": 1.87, "steepest_name": "mouthLeft", "largest_fall": 0.002,
            "strengths": [0.1, 1.0],
            "coefficients": {
                "jawOpen": {"at": [0.051, 0.926], "slope": 1.26, "slope_95": 1.43, "fall": 0.0},
                "mouthLeft": {"at": [0.039, 0.9], "slope": 1.87, "slope_95": 2.18, "fall": 0.002},
            },
        },
        "photographs": {"faces": 9, "points": "labels", "mean": 0.912, "mean_by_points": 0.907,
                        "correlation": {"jawOpen": 0.954}},
        "clips": {"mean": 0.934, "pairs": 3, "mean_by_points": 0.931, "mean_by_image": 0.821, "clips": {
            "one": {"frames": 5, "mean": 0.933, "mean_by_points": 0.929, "mean_by_image": 0.819,
                    "tremor": {"served": 0.0123, "points": 0.0234, "mediapipe": 0.0345},
                    "correlation": {"jawOpen": 0.9}}}},
        "shares": {name: 0.37 for name in BLENDSHAPES},
        "mirrored": {"clips": {"one": {"mean": 0.853}}},
    }  # fmt: skip
    write_markdown(result, tmp_path / "expression.md")
    text = (tmp_path / "expression.md").read_text()
    numbers = ("0.0421", "0.1234", "0.987", "0.8765", "0.11", "0.912", "0.954", "0.934", "0.933", "0.907")
    more = ("0.931", "0.821", "0.929", "0.819", "0.37", "0.853", "1.87", "0.051", "1.43", "0.0123", "0.0345")
    for number in (*numbers, *more):
        assert number in text
    assert "2.18" not in text, "only the nine groups' coefficients are listed"
    write_markdown(result | {"mirrored": {}}, tmp_path / "expression.md")
    assert "0.853" not in (tmp_path / "expression.md").read_text()
