"""Late chunking by transformers and torch -> fixtures/late-chunks.json: all-MiniLM-L6-v2 (the weights that ship, as fp32) and tiny-bert.

    python make_late_chunks.py MODEL_DIR        models/all-MiniLM-L6-v2

A chunk's vector is the mean of its tokens' last hidden states, of unit length. `chunk_size`: windows of so many tokens, special tokens
included, as vLLM's late_chunking.py cuts them. `char_ranges`: the tokens that begin in a range, without special tokens, as the code of the
paper (arXiv 2409.04701) takes its spans. `places` are in UTF-16 code units, as JavaScript's; Python's own
beside them.
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from make_fixtures import minilm_w8, tiny_bert

HERE = Path(__file__).parent
TEXT = "Berlin is the capital of Germany. It has 3.85 million inhabitants. The city lies on the Spree, and is one of its 16 states."
CASES = [
    ("sentences", TEXT, {"char_ranges": [[0, 34], [34, 67], [67, len(TEXT)]]}),
    ("windows", TEXT, {"chunk_size": 7}),
    ("window-larger-than-text", TEXT, {"chunk_size": 100}),
    ("overlapping, and not the whole", TEXT, {"char_ranges": [[0, 67], [34, 67], [41, 42]]}),
    ("windows beyond the basic plane", "🙂 Ünïcode 🚀🚀 launches. 世界 says hello, naïvely…", {"chunk_size": 4}),
    ("beyond the basic plane", "🙂 Ünïcode 🚀🚀 launches. 世界 says hello, naïvely…", {"char_ranges": [[0, 24], [24, 47]]}),
]


def utf16(text, at):
    return len(text[:at].encode("utf-16-le")) // 2


def vectors_of(model, tokenizer, text, params):
    encoded = tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True, return_tensors="pt")
    offsets, special = encoded["offset_mapping"][0].tolist(), encoded["special_tokens_mask"][0].tolist()
    with torch.no_grad():
        states = model(input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"]).last_hidden_state[0]
    if "chunk_size" in params:
        size = params["chunk_size"]
        chunks = [list(range(at, min(at + size, len(offsets)))) for at in range(0, len(offsets), size)]
    else:
        chunks = [
            [i for i, ((begin, _), added) in enumerate(zip(offsets, special)) if not added and start <= begin < end]
            for start, end in params["char_ranges"]
        ]
    assert all(chunks), params
    vectors = torch.stack([torch.nn.functional.normalize(states[chunk].mean(0), dim=0) for chunk in chunks])
    places = []
    for chunk in chunks:
        real = [offsets[i] for i in chunk if not special[i]]
        places.append([real[0][0], real[-1][1]] if real else [0, 0])
    return encoded["input_ids"][0].tolist(), vectors.numpy(), places


def case(model, tokenizer, name, text, params):
    ids, vectors, places = vectors_of(model, tokenizer, text, params)
    told = params if "chunk_size" in params else {"char_ranges": [[utf16(text, start), utf16(text, end)] for start, end in params["char_ranges"]]}
    data = base64.b64encode(np.ascontiguousarray(vectors, "<f4").tobytes()).decode()
    return {"name": name, "text": text, "params": told, "ids": ids, "shape": list(vectors.shape), "code_points": places, "places": [[utf16(text, at) for at in place] for place in places], "vectors": data}


def cases_of(write_model, model_dir):
    with tempfile.TemporaryDirectory() as folder:
        write_model(Path(model_dir), Path(folder))
        model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
        return [case(model, tokenizer, *one) for one in CASES]


def main(model_dir):
    out = {"minilm-w8": cases_of(minilm_w8, model_dir), "tiny-bert": cases_of(tiny_bert, model_dir)}
    (HERE / "fixtures/late-chunks.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
