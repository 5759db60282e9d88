"""Plots of the evaluation: cumulative error distributions and precision over recall."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib
import numpy as np

from training.evaluation import THRESHOLD, cumulative_distribution

matplotlib.use("Agg")  # draws to files alone, and looks for no screen
from matplotlib import pyplot


def new_plot(x_label: str, y_label: str, x_limit: float) -> tuple[pyplot.Figure, pyplot.Axes]:
    """Begin a plot in the documents' common look."""
    figure, axes = pyplot.subplots(figsize=(5, 3.4), dpi=110)
    axes.set(xlim=(0, x_limit), ylim=(0, 1.005), xlabel=x_label, ylabel=y_label)
    axes.grid(alpha=0.3)
    return figure, axes


def plot_ced(errors: Mapping[str, np.ndarray], path: Path, x_label: str) -> None:
    """Draw cumulative error distributions (equation 12). Shapes: name -> (N,) NME as a fraction."""
    figure, axes = new_plot(x_label, "share of faces", THRESHOLD * 100)
    for name, values in errors.items():
        ordered, share = cumulative_distribution(np.asarray(values))
        # The step at the last error within the plot must go on to its edge.
        axes.step(np.append(ordered * 100, 1e3), np.append(share, 1.0), where="post", label=name)
    axes.legend(loc="lower right", fontsize="small")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def plot_precision(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], path: Path) -> None:
    """Draw precision over recall. Shapes: name -> recall (K,), precision (K,), K may be 0."""
    figure, axes = new_plot("recall", "precision", 1.005)
    for name, (recall, precision) in curves.items():
        # The first point holds every box of the best score; the curve begins at no recall all the same.
        first = precision[0] if len(precision) else 0.0
        axes.plot(np.append(0, recall), np.append(first, precision), label=name)
    axes.legend(loc="lower left", fontsize="small")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
