"""The expression networks: features and what an image branch saw to 52 weights, features to 18 action units.

Mirror symmetry is built in: a mirrored face swaps the left and right coefficients, because
the outputs are the mean over the face and its mirrored twin.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines import landmark98
from engines.stages import expression as stages
from engines.stages.align import CROP_MARGIN, CROP_SIZE
from engines.stages.expression import (
    FEATURES,
    POSE_FREE_FEATURES,
    SCORES,
    UNSEEN,
    mirror_appearance,
    mirror_blendshapes,
    mirror_features,
)
from proto.tables import BLENDSHAPES

LEFT_EYE, RIGHT_EYE = landmark98.LEFT_EYE, landmark98.RIGHT_EYE
ANCHORS = stages.ANCHORS.tolist()  # an exporter does not trace an index that is an array
# The sigmoid is stretched so that 0 and 1 are reached, and then held.
STRETCH = 1.06


class WeightRegressor(nn.Module):
    """Three layers from the first `inputs` features to weights.

    Shapes: (N, 394) -> weights (N, 52) before the hold in 0..1, hidden (N, width).
    """

    def __init__(self, width: int = 256, hidden: int = 192, inputs: int = FEATURES) -> None:
        super().__init__()
        self.inputs = inputs
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("std", torch.ones(inputs))
        self.first = nn.Linear(inputs, width)
        self.second = nn.Linear(width, hidden)
        self.last = nn.Linear(hidden, len(BLENDSHAPES))
        nn.init.zeros_(self.last.weight)
        nn.init.constant_(self.last.bias, -2.0)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        x = (features[:, : self.inputs] - self.mean) / self.std
        x = nn.functional.silu(self.first(x))
        hidden = nn.functional.silu(self.second(x))
        stretched = (torch.sigmoid(self.last(hidden)) - 0.5) * STRETCH + 0.5
        return stretched, hidden


def mesh_features(both: Tensor) -> Tensor:
    """Place the mesh by the points and its shifts from them, upright and of one size.

    Shapes: (N, 642) features and appearance side by side -> (N, 196), 98 x and 98 y, as
    engines.stages.expression.upright_points gives of the mesh itself.
    """
    plain = both[:, POSE_FREE_FEATURES:FEATURES].unflatten(1, (2, landmark98.COUNT))
    shifts = both[:, FEATURES + SCORES :].unflatten(1, (landmark98.COUNT, 2)).transpose(1, 2)
    # The crop was placed by the square that bounds the points: that tells how large its pixels are here.
    side = (plain.amax(dim=2) - plain.amin(dim=2)).amax(dim=1)[:, None]
    unit = side * (CROP_MARGIN / CROP_SIZE)
    x, y = plain[:, 0] + shifts[:, 0] * unit, plain[:, 1] - shifts[:, 1] * unit
    x, y = (part - part[:, ANCHORS].mean(dim=1, keepdim=True) for part in (x, y))
    across, up = (
        part[:, LEFT_EYE].mean(dim=1, keepdim=True) - part[:, RIGHT_EYE].mean(dim=1, keepdim=True)
        for part in (x, y)
    )
    length = (across.square() + up.square()).sqrt().clamp_min(1e-6)
    cos, sin = across / length, up / length
    square = x[:, ANCHORS].square() + y[:, ANCHORS].square()
    spread = square.mean(dim=1, keepdim=True).sqrt().clamp_min(1e-6)
    return torch.cat([(x * cos + y * sin) / spread, (y * cos - x * sin) / spread], dim=1)


class MeshRegressor(nn.Module):
    """Three layers from where MediaPipe's mesh lies to weights; it sees nothing else.

    Shapes: as WeightRegressor, of features and appearance side by side: (N, 642).
    """

    def __init__(self, width: int = 384, hidden: int = 384) -> None:
        super().__init__()
        self.regressor = WeightRegressor(width, hidden, 2 * landmark98.COUNT)

    def forward(self, both: Tensor) -> tuple[Tensor, Tensor]:
        return self.regressor(mesh_features(both))


class MeanRegressor(nn.Module):
    """The mean of several regressors, which see different features and so err differently.

    Shapes: as WeightRegressor; the hidden layers stand side by side.
    """

    def __init__(self, members: list[WeightRegressor]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        weights, hidden = zip(*(member(features) for member in self.members), strict=True)
        return torch.stack(weights).mean(dim=0), torch.cat(hidden, dim=1)


class SupportVectors(nn.Module):
    """Support vector regressors of all units, over one shared pool of vectors and one kernel.

    f(x) = sum of dual * kernel(P (x - centre), v) + bias; the kernel is exp(-gamma |y - v|^2), or y v
    when gamma is None. `source` says what x is: "points" (the features), "hidden" (the regressor's
    second layer) or "weights" (its output before the hold). Shapes: (N, D) -> (N, 18).
    """

    def __init__(
        self, vectors: Tensor, dual: Tensor, bias: Tensor, gamma: float | None, projection: Tensor,
        centre: Tensor, source: str = "hidden",
    ) -> None:  # fmt: skip
        super().__init__()
        self.register_buffer("vectors", vectors)  # (V, E)
        self.register_buffer("dual", dual)  # (V, 18)
        self.register_buffer("bias", bias)  # (18,)
        self.register_buffer("projection", projection)  # (D, E)
        self.register_buffer("centre", centre)  # (D,)
        self.gamma, self.source = gamma, source

    def forward(self, x: Tensor) -> Tensor:
        y = (x - self.centre) @ self.projection
        if self.gamma is None:
            return y @ (self.vectors.T @ self.dual) + self.bias
        square = (y * y).sum(1, keepdim=True) + (self.vectors * self.vectors).sum(1) - 2 * y @ self.vectors.T
        return torch.exp(-self.gamma * square) @ self.dual + self.bias


def run_twice(network: nn.Module, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Run two inputs as one batch, for a CPU waits for the weights more than it computes.

    Shapes: (N, F) twice -> weights (2, N, 52), hidden (2, N, H).
    """
    weights, hidden = network(torch.stack([first, second]).reshape(-1, first.shape[1]))
    return weights.reshape(2, -1, weights.shape[1]), hidden.reshape(2, -1, hidden.shape[1])


class ServingExpression(nn.Module):
    """What is exported: features and appearance in, weights and intensities out, within their ranges.

    Shapes: features (N, 394), appearance (N, 248) -> blendshapes (N, 52) 0..1, action_units (N, 18) 0..5.
    `appearance` is what the landmark network's image branch saw; rows of UNSEEN say that there is none, and
    then the points alone decide. `look` reads features and appearance side by side. Either way a mirrored
    input gives a mirrored answer.
    `road` (52,) is 1 where the direct regression ships and 0 where the mapping of the units does;
    `mapping` (52, 18) is that table, for intensities over 5. `share` (52,) is how much of a weight `look`
    gives. `estimated` (52,) is 0 for coefficients that nothing here can show: those are held at 0
    and declared so, because a guess moves an avatar for nothing. `lift` (52,) raises what lies between rest
    and full, for a regression answers nearer to the middle than the truth: w + lift * w * (1 - w).
    """

    def __init__(
        self, regressor: nn.Module, units: SupportVectors, look: nn.Module, mapping: Tensor, road: Tensor
    ) -> None:
        super().__init__()
        self.regressor, self.units, self.look = regressor, units, look
        order, sign = mirror_features()
        self.register_buffer("feature_order", torch.from_numpy(order))
        self.register_buffer("feature_sign", torch.from_numpy(sign))
        order, sign = mirror_appearance()
        self.register_buffer("appearance_order", torch.from_numpy(order))
        self.register_buffer("appearance_sign", torch.from_numpy(sign))
        self.register_buffer("twin", torch.from_numpy(mirror_blendshapes()))
        self.register_buffer("mapping", mapping)
        self.register_buffer("road", road)
        self.register_buffer("lift", torch.zeros(len(BLENDSHAPES)))
        self.register_buffer("share", torch.zeros(len(BLENDSHAPES)))
        self.register_buffer("estimated", torch.ones(len(BLENDSHAPES)))

    def forward(self, features: Tensor, appearance: Tensor) -> tuple[Tensor, Tensor]:
        points, units = self.from_points(features)
        there = (appearance[:, :1] > UNSEEN / 2).to(appearance.dtype)  # the scores tell
        share, looks = there * self.share, self.from_looks(features, appearance * there)
        return (points * (1 - share) + looks * share) * self.estimated, units

    def from_looks(self, features: Tensor, appearance: Tensor) -> Tensor:
        """Estimate weights with what the image branch saw. Shapes: (N, 394), (N, 248) -> (N, 52)."""
        mirrored_features = features[:, self.feature_order] * self.feature_sign
        mirrored_appearance = appearance[:, self.appearance_order] * self.appearance_sign
        (weights, mirrored), _ = run_twice(
            self.look,
            torch.cat([features, appearance], dim=1),
            torch.cat([mirrored_features, mirrored_appearance], dim=1),
        )
        return ((weights + mirrored[:, self.twin]) / 2).clamp(0, 1)

    def from_points(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Estimate weights and intensities from the points alone. Shapes: (N, 394) -> (N, 52), (N, 18)."""
        mirrored = features[:, self.feature_order] * self.feature_sign
        (weights, mirrored_weights), (hidden, mirrored_hidden) = run_twice(self.regressor, features, mirrored)
        direct = ((weights + mirrored_weights[:, self.twin]) / 2).clamp(0, 1)
        direct = direct + self.lift * direct * (1 - direct)
        views = {
            "points": (features, mirrored), "hidden": (hidden, mirrored_hidden),
            "weights": (weights, mirrored_weights),
        }[self.units.source]  # fmt: skip
        # Units have no sides: the mean over both views is symmetric.
        units = ((self.units(views[0]) + self.units(views[1])) / 2).clamp(0, 5)
        mapped = (units / 5 @ self.mapping.T).clamp(0, 1)
        return direct * self.road + mapped * (1 - self.road), units
