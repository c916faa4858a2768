"""Writes ../models/tiny-bert and ../models/tiny-bert-fused: BERTs with random weights that load in milliseconds.
Both hold the same weights; ../models/README.md says what each file is for.

    python make_tiny_models.py

Their tokenizer is that of models/all-MiniLM-L6-v2 (30,522 words); the file is not copied: who loads them maps it in.
"""

import json
from pathlib import Path

import numpy as np

from build_bert import build

MODELS = Path(__file__).parent.parent / "models"

TINY_BERT = dict(hidden_size=32, num_attention_heads=2, num_hidden_layers=2, intermediate_size=64, seed=3)


def bert_config(tiny):
    sizes = {key: value for key, value in tiny.items() if key != "seed"}
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": 30522,
        **sizes,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": 512,
        "type_vocab_size": 2,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "attention_probs_dropout_prob": 0.0,
        "hidden_dropout_prob": 0.0,
        "initializer_range": 0.02,
    }


def random_weights(tiny):
    """Normal weights, scaled so that texts come out far apart and a fault in attention shows in the pooled vector.

    So: attention far from uniform and strong beside its residual; and little of what all tokens share and the mean would keep
    (biases, positions, the positive half that gelu lets through).
    """
    draw = np.random.default_rng(tiny["seed"])
    config = bert_config(tiny)
    hidden, wide = config["hidden_size"], config["intermediate_size"]
    normal = lambda scale, *shape: (draw.standard_normal(shape) * scale).astype(np.float32)
    weights = {}

    def linear(key, rows, columns, gain=1.0):
        weights[f"{key}.weight"] = normal(gain / np.sqrt(columns), rows, columns)
        weights[f"{key}.bias"] = normal(0.02, rows)

    def norm(key):
        weights[f"{key}.weight"] = 1 + normal(0.1, hidden)
        weights[f"{key}.bias"] = normal(0.02, hidden)

    weights["embeddings.word_embeddings.weight"] = normal(1, config["vocab_size"], hidden)
    weights["embeddings.position_embeddings.weight"] = normal(0.2, config["max_position_embeddings"], hidden)
    weights["embeddings.token_type_embeddings.weight"] = normal(0.1, config["type_vocab_size"], hidden)
    norm("embeddings.LayerNorm")
    for index in range(config["num_hidden_layers"]):
        key = f"encoder.layer.{index}"
        for name in ("query", "key"):
            linear(f"{key}.attention.self.{name}", hidden, hidden, 1.5)
        linear(f"{key}.attention.self.value", hidden, hidden)
        linear(f"{key}.attention.output.dense", hidden, hidden, 2)
        norm(f"{key}.attention.output.LayerNorm")
        linear(f"{key}.intermediate.dense", wide, hidden)
        linear(f"{key}.output.dense", hidden, wide, 0.3)
        norm(f"{key}.output.LayerNorm")
    linear("pooler.dense", hidden, hidden)
    return weights


TOKENIZER = {
    "tokenizer_class": "BertTokenizer",
    "do_lower_case": True,
    "strip_accents": None,
    "tokenize_chinese_chars": True,
    "model_max_length": 512,
    **{f"{name}_token": f"[{name.upper()}]" for name in ("unk", "sep", "pad", "cls", "mask")},
}


def module(index, kind, path):
    return {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}


def layout(tiny):
    """The Hugging Face files around the weights: path -> content."""
    return {
        "config.json": bert_config(tiny),
        "tokenizer_config.json": TOKENIZER,
        "sentence_bert_config.json": {"max_seq_length": 256, "do_lower_case": False},
        "modules.json": [module(0, "Transformer", ""), module(1, "Pooling", "1_Pooling"), module(2, "Normalize", "2_Normalize")],
        "1_Pooling/config.json": {
            "word_embedding_dimension": tiny["hidden_size"],
            **{f"pooling_mode_{mode}": mode == "mean_tokens" for mode in ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")},
        },
    }


def write_model(name, tiny, variants):
    """`variants`: file name -> arguments of build()."""
    for path, content in layout(tiny).items():
        file = MODELS / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=2) + "\n")
    onnx_folder = MODELS / name / "onnx"
    onnx_folder.mkdir(exist_ok=True)
    for file in onnx_folder.iterdir():  # onnx appends to external data that is already there
        file.unlink()
    for file, arguments in variants.items():
        build(random_weights(tiny), bert_config(tiny), onnx_folder / file, **arguments)
    for file in sorted(onnx_folder.iterdir()):
        file.chmod(0o644)  # onnx keeps external data to its owner
        print(f"{name}/onnx/{file.name}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    write_model(
        "tiny-bert",
        TINY_BERT,
        {
            "model.onnx": dict(storage="fp32"),
            "model_fp16.onnx": dict(storage="w8", half_output=True),
            "model_q4.onnx": dict(storage="w8", external_data=True),
        },
    )
    write_model("tiny-bert-fused", TINY_BERT, {"model.onnx": dict(storage="w8", attention="mha")})
