"""Writes a BERT encoder (with a classifier in the weights: a sequence classifier) as ONNX, straight from its weights, without tracing.

Storage   fp32 | fp16 (stored as halves, computed in fp32) | w8 (int8 in blocks of 32 with an fp32 scale each, multiplied out at load)
Attention plain (MatMul, Softmax) | mha (one com.microsoft.MultiHeadAttention per layer)
Output    fp32, or fp16 with `half_output` (a Cast at the very end; everything before it stays fp32)

    python build_bert.py MODEL_DIR OUT.onnx STORAGE [ATTENTION]        MODEL_DIR holds config.json and model.safetensors
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

BLOCK = 32
MASKED = -1e4  # added to the attention logits of padding; far below any real logit, and still finite in fp16
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
CONTRIB = "com.microsoft"


class Graph:
    """Nodes and initializers in order of creation. An initializer asked for twice under one name is stored once."""

    def __init__(self, storage):
        self.storage = storage
        self.nodes = []
        self.initializers = {}

    def const(self, name, value):
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def node(self, op, inputs, domain="", output=None, **attributes):
        name = f"{op}_{len(self.nodes)}"
        output = output or f"{name}_out"
        self.nodes.append(helper.make_node(op, inputs, [output], name=name, domain=domain, **attributes))
        return output

    def matrix(self, name, value, block_axis):
        """An fp32 matrix as the storage mode keeps it. `block_axis`: the axis that w8 cuts into blocks (the one summed over)."""
        if self.storage == "fp16":
            return self.node("Cast", [self.const(name, value.astype(np.float16))], to=TensorProto.FLOAT)
        if self.storage == "fp32":
            return self.const(name, value)
        rows, columns = value.shape
        split = (rows // BLOCK, BLOCK, columns) if block_axis == 0 else (rows, columns // BLOCK, BLOCK)
        blocks = value.reshape(split)
        scale = np.abs(blocks).max(axis=block_axis + 1, keepdims=True) / 127
        scale = np.maximum(scale, 1e-12).astype(np.float32)
        int8 = self.node("Cast", [self.const(name, np.round(blocks / scale).astype(np.int8))], to=TensorProto.FLOAT)
        fp32 = self.node("Mul", [int8, self.const(f"{name}.scale", scale)])
        return self.node("Reshape", [fp32, self.const(f"{name}.shape", np.array(value.shape, np.int64))])


class BertBuilder:
    def __init__(self, weights, config, storage, attention):
        self.graph = Graph(storage)
        self.weights = weights
        self.attention = attention
        self.hidden = config["hidden_size"]
        self.heads = config["num_attention_heads"]
        self.layers = config["num_hidden_layers"]
        self.epsilon = config.get("layer_norm_eps", 1e-12)

    def weight(self, key):
        return self.graph.const(key, self.weights[key])

    def linear(self, x, key):
        """x · Wᵀ, without the bias: the fused operators that follow add it themselves."""
        transposed = np.ascontiguousarray(self.weights[f"{key}.weight"].T)
        return self.graph.node("MatMul", [x, self.graph.matrix(f"{key}.w", transposed, 0)])

    def add_norm(self, x, skip, linear_key, norm_key):
        inputs = [x, skip, *(self.weight(f"{norm_key}.{part}") for part in ("weight", "bias")), self.weight(f"{linear_key}.bias")]
        return self.graph.node("SkipLayerNormalization", inputs, CONTRIB, epsilon=self.epsilon)

    def embeddings(self, sequence):
        node, const = self.graph.node, self.graph.const
        table = self.graph.matrix("emb", self.weights["embeddings.word_embeddings.weight"], 1)
        word = node("Gather", [table, "input_ids"])
        positions = node("Range", [const("zero", np.int64(0)), sequence, const("one", np.int64(1))])
        position = node("Gather", [self.weight("embeddings.position_embeddings.weight"), positions])
        segment = node("Gather", [self.weight("embeddings.token_type_embeddings.weight"), "token_type_ids"])
        total = node("Add", [node("Add", [word, segment]), position])
        norm = [self.weight(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
        return node("LayerNormalization", [total, *norm], axis=-1, epsilon=self.epsilon)

    def mask_bias(self, shape, sequence):
        """0 where a token is, MASKED where padding is: [batch, 1, 1, sequence]; for mha [batch, 1, sequence, sequence]."""
        node, const = self.graph.node, self.graph.const
        mask = node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
        bias = node("Mul", [node("Sub", [const("one_f", np.float32(1)), mask]), const("masked", np.float32(MASKED))])
        bias = node("Unsqueeze", [bias, const("axes_1_2", np.array([1, 2], np.int64))])
        if self.attention == "plain":
            return bias
        axis_0 = const("axis_0", np.array([0], np.int64))
        batch = node("Gather", [shape, const("zero", np.int64(0))])
        batch, sequence = (node("Unsqueeze", [value, axis_0]) for value in (batch, sequence))
        full = node("Concat", [batch, const("one_1d", np.array([1], np.int64)), sequence, sequence], axis=0)
        return node("Expand", [bias, full])

    def plain_attention(self, q, k, v, bias, key):
        node, const = self.graph.node, self.graph.const
        size = self.hidden // self.heads
        split = const("split_heads", np.array([0, 0, self.heads, size], np.int64))
        q, k, v = (node("Add", [x, self.weight(f"{key}.{n}.bias")]) for x, n in ((q, "query"), (k, "key"), (v, "value")))
        q = node("Mul", [q, const("scale", np.float32(1 / np.sqrt(size)))])
        q, k, v = (
            node("Transpose", [node("Reshape", [x, split])], perm=perm)
            for x, perm in ((q, [0, 2, 1, 3]), (k, [0, 2, 3, 1]), (v, [0, 2, 1, 3]))
        )
        weights = node("Softmax", [node("Add", [node("MatMul", [q, k]), bias])], axis=-1)
        rows = node("Transpose", [node("MatMul", [weights, v])], perm=[0, 2, 1, 3])
        return node("Reshape", [rows, const("merge_heads", np.array([0, 0, self.hidden], np.int64))])

    def fused_attention(self, q, k, v, bias, key):
        joined = np.concatenate([self.weights[f"{key}.{name}.bias"] for name in ("query", "key", "value")])
        inputs = [q, k, v, self.graph.const(f"{key}.qkv.bias", joined), "", bias]
        return self.graph.node("MultiHeadAttention", inputs, CONTRIB, num_heads=self.heads)

    def layer(self, x, index, bias):
        key = f"encoder.layer.{index}"
        attend = self.plain_attention if self.attention == "plain" else self.fused_attention
        q, k, v = (self.linear(x, f"{key}.attention.self.{name}") for name in ("query", "key", "value"))
        context = self.linear(attend(q, k, v, bias, f"{key}.attention.self"), f"{key}.attention.output.dense")
        x = self.add_norm(context, x, f"{key}.attention.output.dense", f"{key}.attention.output.LayerNorm")
        wide = self.linear(x, f"{key}.intermediate.dense")
        wide = self.graph.node("BiasGelu", [wide, self.weight(f"{key}.intermediate.dense.bias")], CONTRIB)
        return self.add_norm(self.linear(wide, f"{key}.output.dense"), x, f"{key}.output.dense", f"{key}.output.LayerNorm")

    def classify(self, x):
        """[CLS] row → pooler (dense, tanh) → classifier: the logits, no activation."""
        node = self.graph.node
        first = node("Gather", [x, self.graph.const("zero", np.int64(0))], axis=1)
        gemm = lambda y, key: node("Gemm", [y, self.weight(f"{key}.weight"), self.weight(f"{key}.bias")], transB=1)
        return gemm(node("Tanh", [gemm(first, "pooler.dense")]), "classifier")

    def model(self, half_output):
        node = self.graph.node
        shape = node("Shape", ["input_ids"])
        sequence = node("Gather", [shape, self.graph.const("one", np.int64(1))])
        x = self.embeddings(sequence)
        bias = self.mask_bias(shape, sequence)
        for index in range(self.layers):
            x = self.layer(x, index, bias)
        name, dims = "last_hidden_state", ["batch", "sequence", self.hidden]
        if "classifier.weight" in self.weights:
            x, name, dims = self.classify(x), "logits", ["batch", len(self.weights["classifier.weight"])]
        kind = TensorProto.FLOAT16 if half_output else TensorProto.FLOAT
        if half_output:
            node("Cast", [x], output=name, to=kind)
        else:
            node("Identity", [x], output=name)
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "sequence"]) for n in INPUTS]
        outputs = [helper.make_tensor_value_info(name, kind, dims)]
        graph = helper.make_graph(self.graph.nodes, "bert", inputs, outputs, list(self.graph.initializers.values()))
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="build_bert")


def build(weights, config, out, storage="fp32", attention="plain", half_output=False, external_data=False):
    """`external_data`: every initializer of 1 kB or more goes to `<out>_data` beside the model."""
    model = BertBuilder(weights, config, storage, attention).model(half_output)
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    beside = dict(save_as_external_data=True, location=f"{Path(out).name}_data", size_threshold=1024) if external_data else {}
    onnx.save(model, out, **beside)


if __name__ == "__main__":
    source, target, mode, *rest = sys.argv[1:]
    loaded = load_file(f"{source}/model.safetensors")
    loaded = {key.removeprefix("bert."): value for key, value in loaded.items()}
    build(loaded, json.loads(Path(source, "config.json").read_text()), target, mode, *rest)
