"""Point, Size, SizeRange and Rectangle: plain values with the integer arithmetic of libcamera's geometry.h."""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: D102, N802, N815, SLF001

from __future__ import annotations

from typing import Any

from hil.sim.libcamera._casters import Mismatch, float32, instance, int32, uint32
from hil.sim.libcamera._pybind import accepts, field, overload, pybind11_object


def _size(value: Any) -> Size:
    if isinstance(value, Size):
        return value
    raise Mismatch


def _copy_of_size(value: Any) -> Size:
    return _size(value)._copy()


def _rectangle(value: Any) -> Rectangle:
    if isinstance(value, Rectangle):
        return value
    raise Mismatch


def _quotient(numerator: int, denominator: int) -> int:
    """C++ integer division: towards zero."""
    result = abs(numerator) // denominator
    return result if numerator >= 0 else -result


class Point(pybind11_object):
    """A point, in pixels."""

    _x: int
    _y: int
    x: int = field(int32)
    y: int = field(int32)

    def __init__(self, *args: Any) -> None:
        self._x, self._y = overload(self, args, (), (int32, int32)) or (0, 0)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Point):
            return NotImplemented
        return self._x == other._x and self._y == other._y

    __hash__ = None  # type: ignore[assignment]

    def __neg__(self) -> Point:
        return Point(-self._x, -self._y)

    def __str__(self) -> str:
        return f"({self._x}, {self._y})"

    def __repr__(self) -> str:
        return f"libcamera.Point({self._x}, {self._y})"

    def _copy(self) -> Point:
        return Point(self._x, self._y)


_point = instance(Point)


class Size(pybind11_object):
    """Width and height, in pixels, unsigned."""

    _width: int
    _height: int
    width: int = field(uint32)
    height: int = field(uint32)

    def __init__(self, *args: Any) -> None:
        self._width, self._height = overload(self, args, (), (uint32, uint32)) or (0, 0)

    @property
    def is_null(self) -> bool:
        return not self._width and not self._height

    def _copy(self) -> Size:
        return Size(self._width, self._height)

    def _become(self, other: Size) -> Size:
        self._width, self._height = other._width, other._height
        return self

    @accepts(uint32, uint32)
    def align_down_to(self, horizontal: int, vertical: int) -> Size:
        return self._become(Size(self._width // horizontal * horizontal, self._height // vertical * vertical))

    @accepts(uint32, uint32)
    def align_up_to(self, horizontal: int, vertical: int) -> Size:
        return self._become(self.aligned_up_to(horizontal, vertical))

    @accepts(_size)
    def bound_to(self, bound: Size) -> Size:
        return self._become(self.bounded_to(bound))

    @accepts(_size)
    def expand_to(self, expand: Size) -> Size:
        return self._become(self.expanded_to(expand))

    @accepts(_size)
    def grow_by(self, margins: Size) -> Size:
        return self._become(self.grown_by(margins))

    @accepts(_size)
    def shrink_by(self, margins: Size) -> Size:
        return self._become(self.shrunk_by(margins))

    @accepts(uint32, uint32)
    def aligned_up_to(self, horizontal: int, vertical: int) -> Size:
        return Size(-(-self._width // horizontal) * horizontal, -(-self._height // vertical) * vertical)

    @accepts(_size)
    def bounded_to(self, bound: Size) -> Size:
        return Size(min(self._width, bound._width), min(self._height, bound._height))

    @accepts(_size)
    def expanded_to(self, expand: Size) -> Size:
        return Size(max(self._width, expand._width), max(self._height, expand._height))

    @accepts(_size)
    def grown_by(self, margins: Size) -> Size:
        return Size(self._width + margins._width, self._height + margins._height)

    @accepts(_size)
    def shrunk_by(self, margins: Size) -> Size:
        return Size(max(self._width - margins._width, 0), max(self._height - margins._height, 0))

    @accepts(_size)
    def bounded_to_aspect_ratio(self, ratio: Size) -> Size:
        return self._in_ratio(ratio, self._width * ratio._height > ratio._width * self._height)

    @accepts(_size)
    def expanded_to_aspect_ratio(self, ratio: Size) -> Size:
        return self._in_ratio(ratio, self._width * ratio._height < ratio._width * self._height)

    def _in_ratio(self, ratio: Size, keep_height: bool) -> Size:
        if keep_height:
            return Size(ratio._width * self._height // ratio._height, self._height)
        return Size(self._width, self._width * ratio._height // ratio._width)

    @accepts(_point)
    def centered_to(self, center: Point) -> Rectangle:
        return Rectangle(center._x - self._width // 2, center._y - self._height // 2, self._width, self._height)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Size):
            return NotImplemented
        return self._width == other._width and self._height == other._height

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: object) -> bool:
        """Smaller both ways, else by area, else by width (libcamera's order of sizes)."""
        if not isinstance(other, Size):
            return NotImplemented
        if (self._width < other._width) == (self._height < other._height):
            return self._width < other._width
        area, others = self._width * self._height, other._width * other._height
        return (area, self._width) < (others, other._width)

    def __le__(self, other: object) -> bool:
        if not isinstance(other, Size):
            return NotImplemented
        return self < other or self == other

    def __mul__(self, factor: Any) -> Size:
        return Size(int(self._width * float32(factor)), int(self._height * float32(factor)))

    def __truediv__(self, factor: Any) -> Size:
        return Size(int(self._width / float32(factor)), int(self._height / float32(factor)))

    def __imul__(self, factor: Any) -> Size:
        return self._become(self * factor)

    def __itruediv__(self, factor: Any) -> Size:
        return self._become(self / factor)

    def __str__(self) -> str:
        return f"{self._width}x{self._height}"

    def __repr__(self) -> str:
        return f"libcamera.Size({self._width}, {self._height})"


class SizeRange(pybind11_object):
    """All sizes from `min` to `max` in steps of `hStep` and `vStep` (0: any step)."""

    _min: Size
    _max: Size
    _hStep: int
    _vStep: int
    min: Size = field(_copy_of_size)
    max: Size = field(_copy_of_size)
    hStep: int = field(uint32)
    vStep: int = field(uint32)

    def __init__(self, *args: Any) -> None:
        size = _copy_of_size
        given = overload(self, args, (), (size,), (size, size), (size, size, uint32, uint32))
        self._min = given[0] if given else Size()
        self._max = given[1] if len(given) > 1 else self._min._copy()
        # One size, or a range with its default steps, counts in ones; the empty range in noughts.
        self._hStep, self._vStep = given[2:] or ((1, 1) if given else (0, 0))

    @accepts(_size)
    def contains(self, size: Size) -> bool:
        across = _on_grid(size._width, self._min._width, self._max._width, self._hStep)
        return across and _on_grid(size._height, self._min._height, self._max._height, self._vStep)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SizeRange):
            return NotImplemented
        return self._min == other._min and self._max == other._max and self._steps() == other._steps()

    __hash__ = None  # type: ignore[assignment]

    def _steps(self) -> tuple[int, int]:
        return self._hStep, self._vStep

    def __str__(self) -> str:
        return f"({self._min})-({self._max})/(+{self._hStep},+{self._vStep})"

    def __repr__(self) -> str:
        low, high = self._min, self._max
        ends = f"({low._width}, {low._height}), ({high._width}, {high._height})"
        return f"libcamera.SizeRange({ends}, {self._hStep}, {self._vStep})"


def _on_grid(value: int, low: int, high: int, step: int) -> bool:
    return low <= value <= high and (not step or (value - low) % step == 0)


class Rectangle(pybind11_object):
    """A corner (signed) and a size (unsigned), in pixels."""

    _x: int
    _y: int
    _width: int
    _height: int
    x: int = field(int32)
    y: int = field(int32)
    width: int = field(uint32)
    height: int = field(uint32)

    def __init__(self, *args: Any) -> None:
        given = overload(self, args, (), (int32, int32, _size), (int32, int32, uint32, uint32), (_size,))
        if given and isinstance(given[-1], Size):
            size = given.pop()
            given = [*(given or (0, 0)), size._width, size._height]
        self._x, self._y, self._width, self._height = given or (0, 0, 0, 0)

    @property
    def is_null(self) -> bool:
        return not self._width and not self._height

    @property
    def center(self) -> Point:
        return Point(self._x + self._width // 2, self._y + self._height // 2)

    @property
    def size(self) -> Size:
        return Size(self._width, self._height)

    @property
    def topLeft(self) -> Point:
        return Point(self._x, self._y)

    def _copy(self) -> Rectangle:
        return Rectangle(self._x, self._y, self._width, self._height)

    def _become(self, other: Rectangle) -> Rectangle:
        self._x, self._y, self._width, self._height = other._x, other._y, other._width, other._height
        return self

    @accepts(_size, _size)
    def scale_by(self, numerator: Size, denominator: Size) -> Rectangle:
        return self._become(self.scaled_by(numerator, denominator))

    @accepts(_point)
    def translate_by(self, point: Point) -> Rectangle:
        return self._become(self.translated_by(point))

    @accepts(_rectangle)
    def bounded_to(self, bound: Rectangle) -> Rectangle:
        left, top = max(self._x, bound._x), max(self._y, bound._y)
        right = min(self._x + self._width, bound._x + bound._width)
        bottom = min(self._y + self._height, bound._y + bound._height)
        return Rectangle(left, top, max(right - left, 0), max(bottom - top, 0))

    @accepts(_rectangle)
    def enclosed_in(self, boundary: Rectangle) -> Rectangle:
        width, height = min(self._width, boundary._width), min(self._height, boundary._height)
        x = min(max(self._x, boundary._x), boundary._x + boundary._width - width)
        y = min(max(self._y, boundary._y), boundary._y + boundary._height - height)
        return Rectangle(x, y, width, height)

    @accepts(_size, _size)
    def scaled_by(self, numerator: Size, denominator: Size) -> Rectangle:
        def across(value: int) -> int:
            return _quotient(value * numerator._width, denominator._width)

        def down(value: int) -> int:
            return _quotient(value * numerator._height, denominator._height)

        return Rectangle(across(self._x), down(self._y), across(self._width), down(self._height))

    @accepts(_point)
    def translated_by(self, point: Point) -> Rectangle:
        return Rectangle(self._x + point._x, self._y + point._y, self._width, self._height)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rectangle):
            return NotImplemented
        return self._x == other._x and self._y == other._y and self.size == other.size

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"({self._x}, {self._y})/{self._width}x{self._height}"

    def __repr__(self) -> str:
        return f"libcamera.Rectangle({self._x}, {self._y}, {self._width}, {self._height})"


def copy_point(value: Any) -> Point:
    """Caster: a Point, copied as C++ copies values."""
    return _point(value)._copy()


def copy_size(value: Any) -> Size:
    """Caster: a Size, copied as C++ copies values."""
    return _copy_of_size(value)


def copy_rectangle(value: Any) -> Rectangle:
    """Caster: a Rectangle, copied as C++ copies values."""
    return _rectangle(value)._copy()
