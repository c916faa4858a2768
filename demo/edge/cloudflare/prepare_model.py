"""A float32 ONNX model -> int8 that fits a Worker: it stays int8 in memory, and lies in files of at most 24 MiB, which onnxruntime takes without copies.

    pip install onnx onnxruntime onnx-ir
    python prepare_model.py path/to/model.onnx assets/onnx
"""

import logging
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

logging.disable()  # A line for each node.
LARGEST = 24 * 2**20


def matrices(model):
    """Products by blocks of 32 weights with a scale. `accuracy_level` 4: computed in int8, each row on its own, so that no text changes another."""
    quantizer = MatMulNBitsQuantizer(model, bits=8, block_size=32, is_symmetric=True, accuracy_level=4)
    quantizer.process()
    return quantizer.model.model


def tables(graph):
    """Tables of words: int8, and a scale for each word."""
    large = {t.name: t for t in graph.initializer if t.data_type == TensorProto.FLOAT and len(t.dims) == 2 and t.dims[0] * t.dims[1] > 10**6}
    nodes = []
    for node in graph.node:
        table = large.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None:
            nodes.append(node)
            continue
        (name, ids), row = node.input, node.output[0]
        values = numpy_helper.to_array(table)
        scale = np.maximum(np.abs(values).max(1, keepdims=True), 1e-9).astype(np.float32) / 127
        graph.initializer.remove(table)
        graph.initializer.append(numpy_helper.from_array(np.round(values / scale).astype(np.int8), f"{name}_quantized"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        nodes.append(helper.make_node("Gather", [f"{name}_quantized", ids], [f"{row}_int8"]))
        nodes.append(helper.make_node("Cast", [f"{row}_int8"], [f"{row}_float"], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Gather", [f"{name}_scale", ids], [f"{row}_scale"]))
        nodes.append(helper.make_node("Mul", [f"{row}_float", f"{row}_scale"], [row]))
    del graph.node[:]
    graph.node.extend(nodes)


def parts(graph, target):
    """Weights go into files beside the model."""
    part, filled = 0, 0
    for tensor in graph.initializer:
        size = len(tensor.raw_data)
        if size < 1024:
            continue
        if size > LARGEST:
            sys.exit(f"{tensor.name} has {size} bytes: raise LARGEST, and put this model into R2, which has no limit.")
        if filled + size > LARGEST:
            part, filled = part + 1, 0
        set_external_data(tensor, location=f"{target.name}_data" + (f"_{part}" if part else ""))
        filled += size


source, folder = sys.argv[1], Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
target = folder / "model_quantized.onnx"
for old in folder.glob(f"{target.name}*"):
    old.unlink()
model = matrices(onnx.load(source))
tables(model.graph)
parts(model.graph, target)
onnx.save(model, target)
for file in sorted(folder.glob(f"{target.name}*")):
    print(f"{file} {file.stat().st_size / 1e6:.1f} MB")
