"""Runs ONNX files in Python's onnxruntime on every fixture case and prints the smallest cosine and the largest error of the norm.

    python verify.py MODEL_DIR        MODEL_DIR: models/all-MiniLM-L6-v2
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from make_tiny_models import MODELS
from reference import cosine

FIXTURES = Path(__file__).with_name("fixtures")


def hidden_states(session, ids):
    ids = np.array([ids], np.int64)
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    return session.run(None, feeds)[0][0].astype(np.float32)


def pool(rows, options):
    method = options.get("pooling_type", "MEAN")
    if method == "ALL":
        return rows
    return {"MEAN": rows.mean(0), "CLS": rows[0], "LAST": rows[-1]}[method][: options.get("dimensions")]


def embed(session, ids, options, max_length):
    """One window, or the token-weighted mean of several; a window is normalised before that mean if asked for."""
    unit = lambda x: x / np.linalg.norm(x) if options.get("normalize", True) else x
    windows = [ids[start : start + max_length] for start in range(0, len(ids), max_length)]
    pooled = [unit(pool(hidden_states(session, window), options)) for window in windows]
    if len(windows) == 1:
        return pooled[0]
    return unit(np.average(pooled, axis=0, weights=[len(window) for window in windows]))


def smallest_cosine(fixture, onnx_path, tokenizer):
    session = onnxruntime.InferenceSession(str(onnx_path), providers=["CPUExecutionProvider"])
    fixture_file = FIXTURES / f"{fixture}.json"
    content = json.loads(fixture_file.read_text())
    texts = json.loads((fixture_file.parent / content["texts"]).read_text())
    worst, norm_error = (2.0, None), 0.0
    for case in content["cases"]:
        ids = case.get("prompt_token_ids") or tokenizer.encode(texts[case["text"]]).ids
        assert len(ids) == case["tokens"], case["id"]
        expected = np.frombuffer(base64.b64decode(case["embedding"]), "<f4").reshape(case["shape"])
        actual = embed(session, ids, case["options"], content["max_model_len"])
        assert actual.shape == expected.shape, case["id"]
        worst = min(worst, (cosine(actual, expected), case["id"]))
        norm_error = max(norm_error, abs(np.linalg.norm(actual) / np.linalg.norm(expected) - 1))
    name = f"{onnx_path.parent.parent.name}/{onnx_path.name}"
    print(f"{fixture:12} {name:40} cosine {worst[0]:.9f} ({worst[1]}), norm off by {norm_error:.1e}")


def main(model_dir):
    shipped = Path(model_dir, "onnx/model_quantized.onnx")
    tokenizer = Tokenizer.from_file(str(Path(model_dir, "tokenizer.json")))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    smallest_cosine("minilm-w8", shipped, tokenizer)
    smallest_cosine("minilm-fp32", shipped, tokenizer)
    for file in sorted(MODELS.glob("tiny-bert*/onnx/*.onnx")):
        smallest_cosine("tiny-bert", file, tokenizer)


if __name__ == "__main__":
    main(*sys.argv[1:])
