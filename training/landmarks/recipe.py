"""What decides a landmark run: the recipe, and the learning rate along it, by steps or by the clock."""

from __future__ import annotations

import dataclasses
import math
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from engines.stages import align
from training.landmarks.augment import Augmentation


@dataclasses.dataclass(frozen=True)
class Phase:
    """A stretch of training at one input size, or with every second batch at a smaller one."""

    images: int
    size: int = align.CROP_SIZE
    learning_rate: float = 1.5e-3
    small_size: int = 0  # pixels; 0: every batch is of `size`

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes that batches take in turn, in pixels."""
        return (self.size, self.small_size) if self.small_size else (self.size,)

    @property
    def pixels(self) -> float:
        """All the pixels of its crops, which is what time goes by."""
        return self.images * sum(size**2 for size in self.sizes) / len(self.sizes)


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Everything that decides a run; loaded from a TOML file of `training/recipes`."""

    profile: str
    phases: tuple[Phase, ...]
    batch: int = 16
    base_batch: int = 0  # the batch that the learning rates were found at; 0: this recipe's own
    optimizer: str = "adamw"
    weight_decay: float = 1e-2
    warm_up: int = 200  # steps
    floor: float = 0.01  # the cosine ends at this fraction of the learning rate
    clip: float = 5.0
    average: float = 0.998
    head_only: bool = False  # the landmark network stays as it is: its appearance head alone learns
    sigma: float = 1.2  # heat-map cells
    point_weight: float = 1.0
    appearance_weight: float = 10.0  # of the blendshape scores' mean squared error
    mesh_weight: float = 4.0  # of the distance to the mesh's points, in cells, where the pack has them
    human_weight: int = 2  # human-labelled rows are drawn this many times as often
    video_weight: int = 2
    turned_weight: int = 1  # heads turned from the camera by more than crops.TURNED_DEG
    loader: str = "workers"  # "workers": processes on the CPU; "device": photographs kept on the device
    canvas: int = 384  # pixels a side of a photograph that the device keeps
    workers: int = 1  # processes, or threads that decode for the device
    compile: bool = False
    seed: int = 1
    sources: tuple[str, ...] = ()  # empty: every source of the pack
    augmentation: Augmentation = dataclasses.field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        if self.loader not in ("workers", "device"):
            raise ValueError(f"expected a loader of workers, device; got {self.loader!r}")


def load_recipe(path: Path) -> Recipe:
    """Read a recipe. Raises: TypeError naming a key that no recipe has, ValueError naming a bad value."""
    values = tomllib.loads(path.read_text())
    values["phases"] = tuple(Phase(**phase) for phase in values["phases"])
    values["sources"] = tuple(values.get("sources", ()))
    values["augmentation"] = Augmentation(**values.get("augmentation", {}))
    return Recipe(**values)


def phase_rate(recipe: Recipe, index: int, within: float, warm_steps: int) -> float:
    """Return the learning rate at a place within a phase (0..1); each phase is one cosine.

    A batch larger than the one that the rates were found at takes the root of the ratio, as Adam's steps
    do not grow with the batch (Malladi et al. 2022).
    """
    scale = math.sqrt(recipe.batch / recipe.base_batch) if recipe.base_batch else 1.0
    warm = min(1.0, (warm_steps + 1) / recipe.warm_up)
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, within)))
    return recipe.phases[index].learning_rate * scale * warm * (recipe.floor + (1 - recipe.floor) * cosine)


def learning_rate(recipe: Recipe, step: int) -> tuple[float, int]:
    """Return the learning rate and the phase index of a step."""
    for index, phase in enumerate(recipe.phases):
        steps = math.ceil(phase.images / recipe.batch)
        if step < steps or index == len(recipe.phases) - 1:
            break
        step -= steps
    return phase_rate(recipe, index, step / steps, step), index


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a run stands: the learning rate, the phase, the share of the whole run that is done."""

    rate: float
    phase: int
    progress: float
    done: bool


class StepPlan:
    """A recipe run for as many steps as its images take."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.total = sum(math.ceil(phase.images / recipe.batch) for phase in recipe.phases)

    def start(self) -> None:
        """Nothing waits for the first step here."""

    def at(self, step: int) -> Place:
        """Tell the place of a step."""
        return Place(*learning_rate(self.recipe, step), min(1.0, step / self.total), step >= self.total)


class TimePlan:
    """A recipe's whole course squeezed into the time there is, from wherever the run stands.

    A phase takes the share of the time that its pixels are of all pixels. The deadline counts from the
    making, the course from `start`: what loading and compiling took shortens the course, not its shape.
    """

    def __init__(
        self, recipe: Recipe, seconds: float, begin: float = 0.0, end: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        if not 0 <= begin <= end <= 1:
            raise ValueError(f"expected 0 <= begin <= end <= 1, got {begin} and {end}")
        self.recipe, self.begin, self.end, self.clock = recipe, begin, end, clock
        self.deadline = clock() + seconds
        self.started = clock()
        pixels = [phase.pixels for phase in recipe.phases]
        self.bounds = [sum(pixels[: i + 1]) / sum(pixels) for i in range(len(pixels))]

    def start(self) -> None:
        """Begin the course: the first step follows at once."""
        self.started = self.clock()

    def at(self, step: int) -> Place:
        """Tell the place of the present moment; steps only count for the warm-up."""
        left = self.deadline - self.started
        spent = (self.clock() - self.started) / left if left > 0 else 1.0
        progress = self.begin + (self.end - self.begin) * min(1.0, spent)
        index = next((i for i, bound in enumerate(self.bounds) if progress < bound), len(self.bounds) - 1)
        low = self.bounds[index - 1] if index else 0.0
        within = (progress - low) / (self.bounds[index] - low)
        rate = phase_rate(self.recipe, index, within, step)
        return Place(rate, index, progress, spent >= 1 or self.begin >= self.end)


Plan = StepPlan | TimePlan
