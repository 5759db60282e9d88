"""The plots are drawn, and show what they are given."""

import cv2
import numpy as np

from training.plots import plot_ced, plot_precision


def blue_pixels(path) -> np.ndarray:
    """Where the first curve's colour is."""
    image = cv2.imread(str(path)).astype(int)
    return (np.abs(image - (180, 119, 31)).max(axis=-1) < 30).nonzero()


def test_a_better_network_has_the_higher_curve(tmp_path):
    for name, errors in (("good", np.full(20, 0.01)), ("bad", np.full(20, 0.09))):
        plot_ced({name: errors}, tmp_path / f"{name}.png", "NME (%)")
    good, bad = blue_pixels(tmp_path / "good.png"), blue_pixels(tmp_path / "bad.png")
    assert np.median(good[0]) < np.median(bad[0])  # rows count from the top


def test_precision_is_drawn_over_recall(tmp_path):
    plot_precision({"set": (np.linspace(0, 1, 50), np.full(50, 0.5))}, tmp_path / "curve.png")
    rows, columns = blue_pixels(tmp_path / "curve.png")
    assert len(rows) > 100 and np.ptp(columns) > 250
    middle = rows[columns < np.median(columns)]
    assert np.ptp(middle[middle < np.percentile(middle, 50)]) < 20  # level


def test_nothing_found_is_drawn_too(tmp_path):
    plot_precision({"set": (np.zeros(0), np.zeros(0))}, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").is_file()
