"""Writes fixtures/debian-reranker.json: what CrossEncoder answers with the weights of ../../models/debian-reranker, for 20 pairs.

    python make_reranker_fixture.py ../../models/debian-reranker        seconds

Its torch weights are not published. The ONNX file holds all of them, the matrices as int8 blocks with scales: multiplied out they go into a
BertForSequenceClassification, which CrossEncoder runs on torch. So nothing of onnxruntime is in the answers; that the weights are put back in their
places is checked by running the ONNX file itself, in onnxruntime for Python.
"""

import gzip
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from safetensors.numpy import save_file

from architectures.cross_encoder import Scorer

HERE = Path(__file__).parent
PACKAGES = HERE / "../../bench/data/debian-packages.json.gz"
QUERIES = range(4_400, 5_200, 160)  # held out when the reranker was trained
DOCUMENTS = 4  # bodies for each: its own and the next three packages'
OPTIONS = (
    {"truncatePromptTokens": 96, "maxTokensPerDoc": 96},  # as it was trained: the description is cut
    {"truncatePromptTokens": -1},
    {"truncatePromptTokens": 96, "maxTokensPerDoc": 96, "poolingParams": {"activation": False}},
)
CLOSE = 1e-4

TABLES = {
    "embeddings.position_embeddings.weight": "pos",
    "embeddings.token_type_embeddings.weight": "typ",
    "embeddings.LayerNorm.weight": "eln.w",
    "embeddings.LayerNorm.bias": "eln.b",
}
MATRICES = (*(f"attention.self.{name}" for name in ("query", "key", "value")), "attention.output.dense", "intermediate.dense", "output.dense")
BIASES = ("query.b", "key.b", "value.b", "ob", "ib", "db")


def weights_of(file, layers):
    stored = {i.name: numpy_helper.to_array(i) for i in onnx.load(str(file)).graph.initializer}
    matrix = lambda name: (stored[name].astype(np.float32) * stored[f"{name}.scale"]).reshape(stored[f"{name}.shape"])
    bert = {"embeddings.word_embeddings.weight": matrix("emb"), "pooler.dense.weight": stored["pw"], "pooler.dense.bias": stored["pb"]}
    bert.update({key: stored[name] for key, name in TABLES.items()})
    for layer in (f"encoder.layer.{index}" for index in range(layers)):
        for key, bias in zip(MATRICES, BIASES, strict=True):
            bert[f"{layer}.{key}.weight"] = np.ascontiguousarray(matrix(f"{layer}.{key}.w").T)
            bert[f"{layer}.{key}.bias"] = stored[f"{layer}.{bias}"]
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            bert.update({f"{layer}.{norm}.{part}": stored[f"{layer}.{norm}.{part[0]}"] for part in ("weight", "bias")})
    head = {"classifier.weight": stored["cw"], "classifier.bias": stored["cb"]}
    return {f"bert.{key}": value for key, value in bert.items()} | head


def open_scorer(model_dir):
    config = json.loads((model_dir / "config.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(model_dir, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("onnx"))
        weights = weights_of(model_dir / "onnx/model_quantized.onnx", config["num_hidden_layers"])
        save_file(weights, Path(folder) / "model.safetensors", {"format": "pt"})
        return Scorer(folder)


def check(model_dir, scorer, query, documents):
    """The logits of the ONNX file, pair by pair, against the rebuilt model's."""
    session = onnxruntime.InferenceSession(str(model_dir / "onnx/model_quantized.onnx"), providers=["CPUExecutionProvider"])
    wanted = scorer.score([query], documents, {"truncatePromptTokens": -1, "poolingParams": {"activation": False}})["scores"]
    for document, score in zip(documents, wanted, strict=True):
        feeds = scorer.tokenizer([query], [document], truncation=True, max_length=scorer.limit, return_tensors="np")
        inputs = {i.name: np.asarray(feeds[i.name], np.int64) for i in session.get_inputs()}
        logit = float(session.run(None, inputs)[0].ravel()[0])
        assert abs(logit - score) < CLOSE, f"the ONNX file says {logit}, the rebuilt model {score}"


def main(model_dir):
    packages = json.loads(gzip.decompress(PACKAGES.read_bytes()))
    scorer = open_scorer(model_dir)
    cases = []
    for start in QUERIES:
        query, documents = packages[start]["title"], [package["body"] for package in packages[start : start + DOCUMENTS]]
        check(model_dir, scorer, query, documents)
        answers = [{"options": options, **scorer.score([query], documents, options)} for options in OPTIONS]
        cases.append({"query": query, "documents": documents, "answers": answers})
    fixture = {"model": "models/debian-reranker", "weights": "of onnx/model_quantized.onnx, multiplied out to fp32", "cases": cases}
    (HERE / "fixtures/debian-reranker.json").write_text(json.dumps(fixture, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
