"""What training and measuring found, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from customer.domain.linkage.model import LinkageModel


def model_limits(model: LinkageModel) -> dict[str, float]:
    """Give the thresholds for a base as large as that which the model was fitted on."""
    found = model.thresholds(model.fitted_on)
    return {name: round(getattr(found, name), 2) for name in ("link", "review", "join")}


def learnt(model: LinkageModel) -> dict[str, dict[str, dict[str, float]]]:
    """Give for each field and level how probable it is, and what it speaks."""
    return {
        name: {
            level: {"m": round(one.m, 6), "u": round(one.u, 8), "bits": round(one.bits, 2)}
            for level, one in levels.items()
        }
        for name, levels in model.likelihoods.items()
    }


def show_model(model: LinkageModel, told_on: str) -> None:
    """Print what a model learnt."""
    table = Table("field", "level", "same person", "strangers", "bits", title=model.version)
    for name, levels in learnt(model).items():
        for level, one in levels.items():
            table.add_row(name, level, f"{one['m']:.4f}", f"{one['u']:.6f}", f"{one['bits']:+.1f}")
    console = Console(highlight=False)
    console.print(table)
    limits = model_limits(model)
    console.print(f"Fitted on {told_on}; links from {limits['link']} bits.")


def show_evaluation(told: dict[str, Any]) -> None:
    """Print how right an evaluation was, order by order, and its worst errors."""
    table = Table(
        "order", "measure", "precision", "recall", "F1", title=f"{told['records']} records"
    )
    for number, order in enumerate(told["orders"], start=1):
        for measure in ("pairwise", "b_cubed"):
            found = order[measure]
            shown = [f"{found[name]:.4f}" for name in ("precision", "recall", "f1")]
            table.add_row(str(number), measure, *shown)
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"{told['people']} people, {told['customers']} customers in the worst order; "
        f"model {told['model']}, links from {told['thresholds']['link']} bits."
    )
    for error in told["worst_errors"]:
        one, other = error["pair"]
        parts = ", ".join(f"{field} {level} {bits:+}" for field, level, bits in error["parts"])
        console.print(
            f"{error['error']}: {error['wrong_pairs']} pairs wrong in {error['records']} records; "
            f"{one} and {other}: {error['weight']} bits ({parts})",
            markup=False,
            soft_wrap=True,
        )
