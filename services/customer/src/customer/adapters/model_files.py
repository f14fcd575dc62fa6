"""Linkage models in files: written by training, read by measuring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from customer.domain.linkage.model import LinkageModel

if TYPE_CHECKING:
    from pathlib import Path


class ModelUnreadable(Exception):
    """The file holds no linkage model of this version; `args` says why."""


def read_model(file: Path) -> LinkageModel:
    """Read a model; raises `ModelUnreadable` and `OSError`."""
    try:
        return LinkageModel.from_json(orjson.loads(file.read_bytes()))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        message = f"{file} holds no linkage model ({type(error).__name__}: {error})"
        raise ModelUnreadable(message) from error


def write_model(model: LinkageModel, file: Path) -> None:
    """Write a model; raises `OSError`."""
    file.write_bytes(orjson.dumps(model.to_json(), option=orjson.OPT_INDENT_2))
