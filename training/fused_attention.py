"""Rewrites the attention of an exported encoder so that ONNX Runtime runs it in fewer, larger steps.

Query, key and value of a layer come out of one product instead of three, and what follows up to the layer's output is
one `MultiHeadAttention`. Nothing is masked: each text has a run of its own, without padding. The numbers stay the same
but for rounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import onnx
from onnx import helper, numpy_helper

_LAYER = re.compile(r"(.*layer\.\d+/attention/self/)")
_PARTS = ("query", "key", "value")
# What the exported graph calls the result of a layer's attention, heads joined.
_JOINED = "Reshape_3_output_0"


def fuse_attention(model: onnx.ModelProto, heads: int) -> None:
    """Rewrite the model in place; raises ValueError where no attention of the known form is in it."""
    graph = model.graph
    layers = dict.fromkeys(found[1] for node in graph.node if (found := _LAYER.match(node.name)))
    if not layers:
        raise ValueError("The model has no attention layers under the names that are looked for.")
    for layer in layers:
        _fuse(graph, layer, heads)
    _prune(graph)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def _fuse(graph: onnx.GraphProto, layer: str, heads: int) -> None:
    makers = {name: node for node in graph.node for name in node.output}
    constants = {tensor.name: tensor for tensor in graph.initializer}
    sums = [makers[f"{layer}{part}/Add_output_0"] for part in _PARTS]
    products = [makers[next(name for name in node.input if name in makers)] for node in sums]
    [entry] = {product.input[0] for product in products}
    weight = _joined(graph, f"{layer}weight", [constants[product.input[1]] for product in products])
    biases = [constants[next(name for name in node.input if name in constants)] for node in sums]
    bias = _joined(graph, f"{layer}bias", biases)
    parts = [f"{layer}{part}" for part in _PARTS]
    old = makers[layer + _JOINED]
    place = list(graph.node).index(old)
    graph.node.remove(old)
    fused = helper.make_node("MultiHeadAttention", parts, [old.output[0]], domain="com.microsoft", num_heads=heads)
    steps = (
        helper.make_node("MatMul", [entry, weight], [f"{layer}product"], name=f"{layer}MatMul"),
        helper.make_node("Add", [f"{layer}product", bias], [f"{layer}sum"], name=f"{layer}Add"),
        helper.make_node("Split", [f"{layer}sum"], parts, name=f"{layer}Split", axis=2),
        fused,
    )
    for step in reversed(steps):
        graph.node.insert(place, step)


def _joined(graph: onnx.GraphProto, name: str, tensors: Sequence[onnx.TensorProto]) -> str:
    values = np.concatenate([numpy_helper.to_array(tensor) for tensor in tensors], axis=-1)
    graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
    return name


def _prune(graph: onnx.GraphProto) -> None:
    """Leave out what nothing asks for any more."""
    while dead := list(_unused(graph)):
        for node in dead:
            graph.node.remove(node)
    wanted = {name for node in graph.node for name in node.input}
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in wanted]:
        graph.initializer.remove(tensor)


def _unused(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    wanted = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
    return (node for node in graph.node if not wanted & set(node.output))
