"""The fp32 weights that a w8 file of build_bert.py means: int8 blocks times their scales, back under the names of the state dict."""

import numpy as np
import onnx
from onnx import numpy_helper


def w8_weights(onnx_path, original):
    """`original`: the state dict the file was made from; its vectors and small tables must be in the file unchanged (the file has no pooler)."""
    stored = {i.name: numpy_helper.to_array(i) for i in onnx.load(str(onnx_path)).graph.initializer}
    unchanged = {value.tobytes() for value in stored.values()}
    multiplied = {
        name: (stored[name].astype(np.float32) * stored[f"{name}.scale"]).reshape(stored[f"{name}.shape"])
        for name in stored
        if f"{name}.scale" in stored
    }
    weights = {}
    for key, value in original.items():
        name = key.replace(".weight", ".w")
        if key == "embeddings.word_embeddings.weight":
            weights[key] = multiplied.pop("emb")
        elif name in multiplied:
            weights[key] = np.ascontiguousarray(multiplied.pop(name).T)
        elif key.startswith("pooler.") or value.dtype != np.float32 or value.tobytes() in unchanged:
            weights[key] = value
        else:
            raise ValueError(f"{key} is neither an int8 matrix of {onnx_path} nor in it as it is")
        assert weights[key].shape == value.shape, key
    assert not multiplied, f"without a place in the state dict: {list(multiplied)}"
    return weights
