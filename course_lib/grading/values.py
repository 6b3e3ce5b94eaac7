"""What a student's process may say: plain data, written as JSON, and nothing that could run.

A pickle can run code in the process that reads it, and even a restricted one can change classes
(https://docs.python.org/3/library/pickle.html#restricting-globals). So the values that come *from* a student travel as
tagged JSON, which can only become numbers, text, containers, NumPy arrays and tensors of exactly these types. Whatever
else a student's function returns arrives as an ``Opaque``, which equals nothing.
"""

from __future__ import annotations

import base64
import json
import math
import sys
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

DEEPEST = 100
"""Containers inside containers; deeper ones arrive as Opaque."""
ARRAY_KINDS = "biufcSU"
"""NumPy's kinds of dtype that are only numbers and text: no objects, which would be pointers."""
DICTS = {"Counter": Counter, "OrderedDict": OrderedDict, "defaultdict": defaultdict}


class NotData(Exception):
    """Something came from the student's process that is no value in this form."""


class Opaque:
    """Stands for an object that is not plain data: its type's name and the beginning of its repr."""

    def __init__(self, type_name: str, text: str, equals_all: bool) -> None:
        self.type_name, self.text, self.equals_all = type_name, text, equals_all

    def __repr__(self) -> str:
        return f"{self.text} (an object of type {self.type_name})"


def containers(value: Any, depth: int = 0) -> Iterator[Any]:
    """Every object inside ``value`` that could be changed in place, in an order that both processes agree on."""
    if type(value) in (list, tuple):
        inside: Sequence[Any] = value
    elif type(value) is dict:
        inside = list(value.values())
    else:
        inside = ()
    if type(value) in (list, dict, set) or type(value).__name__ in ("ndarray", "Tensor", "Parameter"):
        yield value
    if depth < DEEPEST:
        for part in inside:
            yield from containers(part, depth + 1)


def encode(value: Any, known: Mapping[int, int] | None = None) -> str:
    """``value`` as text. ``known`` maps the id of objects that the other side has, too, to their numbers."""
    return json.dumps(_encode(value, known or {}, 0))


def _encode(value: Any, known: Mapping[int, int], depth: int) -> Any:
    if id(value) in known:
        return ["known", known[id(value)]]
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if abs(value) < 2**53 else ["int", hex(value)]
    if kind is float:
        return ["float", value.hex()]
    if kind is complex:
        return ["complex", value.real.hex(), value.imag.hex()]
    if kind in (bytes, bytearray):
        return [kind.__name__, base64.b64encode(value).decode()]
    if depth < DEEPEST:
        if kind in (list, tuple, set, frozenset):
            return [kind.__name__, [_encode(part, known, depth + 1) for part in value]]
        if isinstance(value, dict):  # also of a student's kind: what is in it counts, not what its own methods say
            pairs = [[_encode(k, known, depth + 1), _encode(v, known, depth + 1)] for k, v in dict.items(value)]
            return [kind.__name__ if DICTS.get(kind.__name__) is kind else "dict", pairs]
    if isinstance(value, int | float) and kind.__module__ != "numpy":
        plain = int.__int__(value) if isinstance(value, int) else float.__float__(value)
        return _encode(plain, known, depth)
    if kind in (Fraction, Decimal):
        return [kind.__name__, str(value)]
    if kind is range:
        return ["range", hex(value.start), hex(value.stop), hex(value.step)]
    if "numpy" in sys.modules:
        import numpy as np

        if (kind is np.ndarray or isinstance(value, np.generic)) and value.dtype.kind in ARRAY_KINDS:
            return ["array" if kind is np.ndarray else "number", *_array(np.asarray(value))]
    if "torch" in sys.modules:
        import torch

        if kind in (torch.Tensor, torch.nn.Parameter):
            return [kind.__name__, str(value.dtype)[6:], value.requires_grad, *_array(_as_numpy(value))]
    return ["opaque", kind.__name__, _short_repr(value), _equals_all(value)]


def _array(array: Any) -> list[Any]:
    return [array.dtype.str, list(array.shape), base64.b64encode(array.tobytes()).decode()]


def _as_numpy(tensor: Any) -> Any:
    """A tensor's numbers; NumPy has no bfloat16, whose numbers float32 holds exactly."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def _short_repr(value: object) -> str:
    try:
        return repr(value)[:200]
    except BaseException:  # a student's __repr__ may do anything
        return f"<{type(value).__name__}>"


def _equals_all(value: object) -> bool:
    """Whether this object claims to equal any other."""
    try:
        return bool(value == object())
    except BaseException:
        return False


def decode(text: str, known: Sequence[Any] = ()) -> Any:
    """The value that ``encode`` wrote. Raises NotData for any other text."""
    try:
        return _decode(json.loads(text), known)
    except Exception as error:  # of whatever kind: what cannot be read is no data
        raise NotData(f"{type(error).__name__}: {error}") from None


def _decode(told: Any, known: Sequence[Any]) -> Any:
    if told is None or isinstance(told, bool | str | int):
        return told
    tag, *rest = told
    if tag == "known":
        return known[rest[0]]
    if tag == "int":
        return int(rest[0], 16)
    if tag == "float":
        return float.fromhex(rest[0])
    if tag == "complex":
        return complex(float.fromhex(rest[0]), float.fromhex(rest[1]))
    if tag in ("bytes", "bytearray"):
        raw = base64.b64decode(rest[0], validate=True)
        return raw if tag == "bytes" else bytearray(raw)
    if tag in ("list", "tuple", "set", "frozenset"):
        parts = [_decode(part, known) for part in rest[0]]
        if tag in ("set", "frozenset"):
            _refuse_collisions(parts)
        return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[tag](parts)
    if tag == "dict" or tag in DICTS:
        keys = [_decode(k, known) for k, _ in rest[0]]
        _refuse_collisions(keys)
        pairs = {key: _decode(v, known) for key, (_, v) in zip(keys, rest[0], strict=True)}
        return pairs if tag == "dict" else defaultdict(None, pairs) if tag == "defaultdict" else DICTS[tag](pairs)
    if tag in ("Fraction", "Decimal"):
        return (Fraction if tag == "Fraction" else Decimal)(rest[0])
    if tag == "range":
        return range(*(int(part, 16) for part in rest))
    if tag in ("array", "number"):
        array = _to_array(*rest)
        return array if tag == "array" else array[()]
    if tag in ("Tensor", "Parameter"):
        return _to_tensor(tag, *rest)
    if tag == "opaque":
        return Opaque(str(rest[0]), str(rest[1]), bool(rest[2]))
    raise NotData(f"the tag {str(tag)[:50]!r}")


def _refuse_collisions(parts: list[Any]) -> None:
    """Refuse many values of one hash: a set of them takes hours, and nothing interrupts it."""
    if len(parts) > 1000 and len({hash(part) for part in parts}) < len(parts) / 2:
        raise NotData("a set or dictionary of values chosen to collide")


def _to_array(dtype: str, shape: list[int], raw: str) -> Any:
    import numpy as np

    kind = np.dtype(dtype)
    if kind.kind not in ARRAY_KINDS or kind.str != dtype:
        raise NotData(f"an array of {str(dtype)[:50]}")
    data = base64.b64decode(raw, validate=True)
    if any(size < 0 for size in shape) or math.prod(shape) * kind.itemsize != len(data):
        raise NotData("an array whose size is not that of its data")
    if not data:
        return np.empty(shape, kind)
    return np.frombuffer(data, kind).reshape(shape).copy()


def _to_tensor(tag: str, dtype: str, requires_grad: bool, *array: Any) -> Any:
    import torch

    kind = getattr(torch, str(dtype))
    if not isinstance(kind, torch.dtype):
        raise NotData(f"a tensor of {str(dtype)[:50]}")
    tensor = torch.from_numpy(_to_array(*array)).to(kind)
    if tag == "Parameter":
        return torch.nn.Parameter(tensor, requires_grad=bool(requires_grad))
    return tensor.requires_grad_(bool(requires_grad))


def write_back(old: Any, new: Any) -> None:
    """Change ``old`` in place to equal ``new``: what a student's function did to its arguments, done here as well."""
    if type(old) is not type(new):
        return  # the argument itself cannot become another object: a call never changes that
    if isinstance(old, list | tuple) and len(old) == len(new):
        parts = list(zip(old, new, strict=True))
        if isinstance(old, list):
            old[:] = [a if _alike(a, b) else b for a, b in parts]
        for a, b in parts:
            write_back(a, b)
    elif isinstance(old, list):
        old[:] = new
    elif isinstance(old, dict):
        kept = {key: value if not (key in old and _alike(old[key], value)) else old[key] for key, value in new.items()}
        for key in kept:
            write_back(kept[key], new[key])
        old.clear()
        old.update(kept)
    elif isinstance(old, set):
        old.clear()
        old.update(new)
    elif type(old).__name__ == "ndarray" and old.shape == new.shape and old.flags.writeable:
        old[...] = new
    elif type(old).__name__ in ("Tensor", "Parameter") and old.shape == new.shape:
        old.data.copy_(new.data)
        if old.is_leaf:
            old.requires_grad_(new.requires_grad)


def _alike(a: Any, b: Any) -> bool:
    """Two containers of one kind, so that the old one is changed in place and not replaced."""
    return type(a) is type(b) and type(a).__name__ in ("list", "tuple", "dict", "set", "ndarray", "Tensor", "Parameter")
