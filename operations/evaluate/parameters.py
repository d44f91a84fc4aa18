"""The numbers in the ranking's weights, whatever their fields are in this version, and the range of each."""

from datetime import timedelta
from math import sqrt
from typing import Any, TypeVar

import msgspec
from msgspec import inspect, structs

SPREAD = 8.0  # how far from its default a number without declared bounds may go
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=365)
FIRST_STEP = 2.0
S = TypeVar("S", bound=msgspec.Struct)


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One number: its place in the struct, its bounds (a duration's are in seconds), and whether it is a duration."""

    path: tuple[str, ...]
    low: float
    high: float
    duration: bool = False

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def of(self, weights: msgspec.Struct) -> float:
        """Its value, a duration's in seconds."""
        value: Any = weights
        for name in self.path:
            value = getattr(value, name)
        return value.total_seconds() if isinstance(value, timedelta) else float(value)

    def put(self, weights: S, value: float) -> S:
        """The weights with another value, kept within the bounds and to four digits."""
        within = min(max(value, self.low), self.high)
        kept = float(f"{within:.4g}")
        return _replaced(weights, self.path, timedelta(seconds=round(kept)) if self.duration else kept)

    def beside(self, value: float, step: float) -> tuple[float, float]:
        """A value further up and one further down: by the factor `step`, or from 0 by a share of the range."""
        if value == 0:
            return self.low + (self.high - self.low) * (step - 1) / (2 * step), self.low
        return value * step, value / step


def parameters(defaults: msgspec.Struct, within: tuple[str, ...] = ()) -> list[Parameter]:
    """Every float and duration of a struct and of those inside it. Bounds are those that the types declare, if any."""
    kind = inspect.type_info(type(defaults))
    assert isinstance(kind, inspect.StructType)
    found: list[Parameter] = []
    for field in kind.fields:
        value, path = getattr(defaults, field.name), (*within, field.name)
        if isinstance(value, msgspec.Struct):
            found += parameters(value, path)
        elif isinstance(value, timedelta):
            low, high = SHORTEST.total_seconds(), LONGEST.total_seconds()
            found.append(Parameter(path=path, low=low, high=high, duration=True))
        elif isinstance(value, float):
            found.append(Parameter(path=path, low=_low(field.type, value), high=_high(field.type, value)))
    return found


def shrunk(step: float) -> float:
    """The next, smaller step."""
    return sqrt(step)


def _low(kind: inspect.Type, default: float) -> float:
    if isinstance(kind, inspect.FloatType):
        for bound in (kind.ge, kind.gt):
            if bound is not None:
                return float(bound) if bound is kind.ge else float(bound) + 1e-6
    return 0.0 if default <= 1 else default / SPREAD


def _high(kind: inspect.Type, default: float) -> float:
    if isinstance(kind, inspect.FloatType):
        for bound in (kind.le, kind.lt):
            if bound is not None:
                return float(bound) if bound is kind.le else float(bound) - 1e-6
    return 1.0 if default <= 1 else default * SPREAD


def _replaced(weights: S, path: tuple[str, ...], value: object) -> S:
    name, *rest = path
    return structs.replace(weights, **{name: _replaced(getattr(weights, name), tuple(rest), value) if rest else value})
