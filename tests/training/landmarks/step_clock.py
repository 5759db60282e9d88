"""A clock for runs that keep to a time, so that no test waits for one."""


class StepClock:
    """Moves on by a second each time it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now
