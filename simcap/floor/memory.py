"""Named arrays that kernels take as one pointer.

Forty arrays are some three hundred machine words: passing them to a kernel costs more than its work, and compiling that
takes minutes. A `Memory` holds a table of (address, shape) of its arrays and is passed as the address of
that table; `memory.name` in compiled code is the array again. The table does not change while a kernel runs, and the
loads from it say so, so that the optimiser keeps addresses in registers.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.imputils import lower_builtin, lower_getattr_generic
from numba.core.types.containers import BaseTuple, UniTuple
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, intrinsic, register_model, unbox
from numba.np import numpy_support
from numba.np.arrayobj import getitem_array_tuple, getitem_arraynd_intp, make_array, populate_array, setitem_array
from numpy.typing import NDArray

from simcap.rows import CACHE_LINE

WIDTH = 5
"""Words in a row of the table: the address and up to four extents."""


class Memory:
    """A fixed set of C-contiguous arrays; a subclass lists them in `FIELDS` as name: (dtype, dimensions)."""

    FIELDS: ClassVar[dict[str, tuple[Any, int]]] = {}

    def __init__(self, **arrays: NDArray[Any]) -> None:
        self.table = np.zeros((len(self.FIELDS), WIDTH), np.int64)
        self.address = self.table.ctypes.data
        self._numba_type_ = _TYPES.setdefault(type(self), MemoryType(type(self)))
        self.put(**{name: np.zeros((0,) * ndim, dtype) for name, (dtype, ndim) in self.FIELDS.items()} | arrays)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> NDArray[Any]: ...

    def put(self, **arrays: NDArray[Any]) -> None:
        """Replace arrays. Raises `ValueError` for an array whose type or layout is not that of the field."""
        for name, array in arrays.items():
            dtype, ndim = self.FIELDS[name]
            if array.dtype != np.dtype(dtype) or array.ndim != ndim or not array.flags.c_contiguous:
                raise ValueError(f"{name}: needs a C-contiguous array of {np.dtype(dtype)} in {ndim} dimensions")
            row = list(self.FIELDS).index(name)
            self.table[row, 0] = array.ctypes.data
            self.table[row, 1 : 1 + ndim] = array.shape
            object.__setattr__(self, name, array)


class FieldArray(types.Array):
    """An array of a memory that kernels index only from its start: a negative index is an error, not the end."""

    def __init__(self, dtype: types.Type, ndim: int) -> None:
        super().__init__(dtype, ndim, "C", name=f"FieldArray({dtype}, {ndim})")

    def copy(  # type: ignore[override]
        self, dtype: Any = None, ndim: Any = None, layout: Any = None, readonly: Any = None
    ) -> types.Array:
        """Return the type of a view: a `FieldArray` of whole rows, or an ordinary array."""
        if layout == "C" and ndim:
            return FieldArray(dtype or self.dtype, ndim)
        return super().copy(dtype, ndim, layout, readonly)


register_model(FieldArray)(models.ArrayModel)


def _from_start(sig: Any) -> Any:
    """Return the signature with unsigned indices, which numba does not wrap around."""
    array, index, *rest = sig.args
    unsigned = UniTuple(types.uintp, len(index)) if isinstance(index, BaseTuple) else types.uintp
    return sig.replace(args=(array, unsigned, *rest))


def _get(lower: Any) -> Any:
    def get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wanted = _from_start(sig)
        index = context.cast(builder, args[1], sig.args[1], wanted.args[1])
        return lower(context, builder, wanted, (args[0], index, *args[2:]))

    return get


lower_builtin(operator.getitem, FieldArray, types.Integer)(_get(getitem_arraynd_intp))
lower_builtin(operator.getitem, FieldArray, BaseTuple)(_get(getitem_array_tuple))
lower_builtin(operator.setitem, FieldArray, types.Integer, types.Any)(_get(setitem_array))
lower_builtin(operator.setitem, FieldArray, BaseTuple, types.Any)(_get(setitem_array))


@intrinsic
def prefetch(_typing: Any, array: Any, _row: Any, _line: Any) -> Any:
    """Ask the processor to prefetch a cache line that will be needed soon; lines count from 0 within a row."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = make_array(sig.args[0])(context, builder, args[0]).data
        row = builder.bitcast(builder.gep(data, [args[1]]), cgutils.voidptr_t)
        row = builder.gep(row, [builder.mul(args[2], ir.Constant(ir.IntType(64), CACHE_LINE))])
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, word, word, word])
        function = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kind)
        builder.call(function, [row, word(1), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), lower


class MemoryType(types.Type):
    """The numba type of one subclass of `Memory`."""

    def __init__(self, memory: type[Memory]) -> None:
        self.fields = memory.FIELDS
        super().__init__(name=f"Memory({memory.__name__})")


_TYPES: dict[type[Memory], MemoryType] = {}


@register_model(MemoryType)
class _MemoryModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: MemoryType) -> None:
        super().__init__(dmm, fe_type, ir.IntType(64).as_pointer())


@unbox(MemoryType)
def _unbox(_typ: MemoryType, memory: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(memory, "address")
    table = c.builder.bitcast(c.pyapi.long_as_voidptr(address), ir.IntType(64).as_pointer())
    c.pyapi.decref(address)
    return NativeValue(table)


@infer_getattr
class _MemoryAttributes(AttributeTemplate):
    key = MemoryType

    def generic_resolve(self, typ: MemoryType, name: str) -> Any:
        if name not in typ.fields:
            return None
        dtype, ndim = typ.fields[name]
        return FieldArray(numpy_support.from_dtype(np.dtype(dtype)), ndim)


@lower_getattr_generic(MemoryType)
def _load_array(context: Any, builder: Any, typ: MemoryType, table: Any, name: str) -> Any:
    array_type = _MemoryAttributes(None).generic_resolve(typ, name)
    row = list(typ.fields).index(name) * WIDTH

    def word(place: int) -> Any:
        load = builder.load(cgutils.gep_inbounds(builder, table, row + place))
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
        return load

    itemsize = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    shape = [word(1 + axis) for axis in range(array_type.ndim)]
    strides = [ir.Constant(ir.IntType(64), itemsize)]
    for extent in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], extent, flags=["nsw"]))
    array = make_array(array_type)(context, builder)
    data = builder.inttoptr(word(0), context.get_data_type(array_type.dtype).as_pointer())
    populate_array(array, data, shape, strides, itemsize, meminfo=None)
    return array._getvalue()  # noqa: SLF001 - numba's own protocol
