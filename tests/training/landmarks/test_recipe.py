"""Recipes load, and the learning rate goes along them by steps or by the clock."""

from pathlib import Path

import pytest

from training.landmarks import recipe as recipes
from training.landmarks.recipe import Phase, Recipe, StepPlan, TimePlan, learning_rate, load_recipe
from training.networks.hrnet import PROFILES

RECIPES = Path(recipes.__file__).parent.parent / "recipes"
LANDMARK_RECIPES = [path for path in sorted(RECIPES.glob("*.toml")) if "[[phases]]" in path.read_text()]


class FakeClock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_schedule_warms_up_and_each_phase_is_one_cosine():
    recipe = Recipe("lite", (Phase(1600, 128, 1e-3), Phase(1600, 256, 5e-4)), warm_up=10)
    rates = [learning_rate(recipe, step) for step in range(200)]
    assert rates[0][0] == pytest.approx(1e-4) and rates[0][1] == 0 and rates[150][1] == 1
    assert max(rate for rate, _ in rates[:100]) == pytest.approx(1e-3, rel=0.05)
    assert rates[99][0] < 3e-5 and max(rate for rate, _ in rates[100:]) == pytest.approx(5e-4, rel=0.05)


def test_a_phase_of_two_sizes_takes_the_time_of_both():
    assert Phase(10, 64).sizes == (64,) and Phase(10, 64, small_size=32).sizes == (64, 32)
    recipe = Recipe("lite", (Phase(100, 64), Phase(100, 64, small_size=32)))
    assert TimePlan(recipe, 60).bounds == pytest.approx([1 / 1.625, 1])


def test_a_larger_batch_takes_the_root_of_the_ratio():
    small = Recipe("lite", (Phase(6400, 64, 1e-3),), batch=16, warm_up=1)
    large = Recipe("lite", (Phase(6400, 64, 1e-3),), batch=64, base_batch=16, warm_up=1)
    assert learning_rate(large, 0)[0] == pytest.approx(2 * learning_rate(small, 0)[0])


def test_the_landmark_recipes_are_here():
    assert {"lite", "full", "full_gpu", "lite_gpu", "paper"} <= {path.stem for path in LANDMARK_RECIPES}


@pytest.mark.parametrize("path", LANDMARK_RECIPES, ids=lambda path: path.stem)
def test_landmark_recipes_load(path):
    assert load_recipe(path).profile in PROFILES


def test_an_unknown_key_of_a_recipe_is_named(tmp_path):
    (tmp_path / "bad.toml").write_text('profile = "lite"\nmomentum = 1\n[[phases]]\nimages = 1\n')
    with pytest.raises(TypeError, match="momentum"):
        load_recipe(tmp_path / "bad.toml")


def test_an_unknown_loader_is_named():
    with pytest.raises(ValueError, match="got 'gpu'"):
        Recipe("lite", (Phase(1),), loader="gpu")


def test_a_step_plan_ends_with_its_images():
    plan = StepPlan(Recipe("lite", (Phase(100, 64), Phase(60, 64)), batch=16))
    assert plan.total == 11
    assert [plan.at(step).phase for step in (0, 6, 7, 10)] == [0, 0, 1, 1]
    assert not plan.at(10).done and plan.at(11).done and plan.at(11).progress == 1


def test_a_time_plan_runs_the_whole_course_in_its_time():
    clock = FakeClock()
    # 4 * 64^2 * 100 pixels before 1 * 128^2 * 100: half of the time each.
    recipe = Recipe("lite", (Phase(400, 64, 1e-3), Phase(100, 128, 5e-4)), warm_up=1)
    plan = TimePlan(recipe, 60, clock=clock)
    clock.now += 20  # loading and compiling
    plan.start()
    assert plan.at(0).rate == pytest.approx(1e-3) and plan.at(0).progress == 0
    clock.now += 20 - 1e-9
    assert plan.at(5).phase == 0 and plan.at(5).rate < 1.1e-5 and plan.at(5).progress == pytest.approx(0.5)
    clock.now += 1e-6
    assert plan.at(5).phase == 1 and plan.at(5).rate == pytest.approx(5e-4)
    clock.now += 20
    assert plan.at(5).done and plan.at(5).progress == 1 and plan.at(5).rate == pytest.approx(5e-6)


def test_a_resumed_time_plan_goes_on_from_where_it_stood_and_may_stop_halfway():
    clock = FakeClock()
    recipe = Recipe("lite", (Phase(400, 64, 1e-3),), warm_up=1)
    whole = TimePlan(recipe, 100, clock=clock)
    rest = TimePlan(recipe, 10, begin=0.5, end=0.75, clock=clock)
    clock.now += 10 - 1e-9
    assert rest.at(9).progress == pytest.approx(0.75) and not rest.at(9).done
    clock.now += 65
    assert whole.at(9).rate == pytest.approx(rest.at(9).rate) and rest.at(9).done
    assert TimePlan(recipe, 10, begin=1.0, clock=clock).at(9).done


def test_a_budget_that_loading_ate_up_is_done_at_once():
    clock = FakeClock()
    plan = TimePlan(Recipe("lite", (Phase(4),)), 5, clock=clock)
    clock.now += 6
    plan.start()
    assert plan.at(0).done


def test_a_course_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match=r"got 0\.8 and 0\.5"):
        TimePlan(Recipe("lite", (Phase(4),)), 5, begin=0.8, end=0.5)
