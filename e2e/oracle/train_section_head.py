"""Trains the linear head of ../../models/heads/debian-sections: package title and description -> Debian section.

    python train_section_head.py ../../models/all-MiniLM-L6-v2        minutes, nearly all of them embedding

Embeddings are Sentence-Transformers' with the original fp32 weights of all-MiniLM-L6-v2. The held-out accuracy is printed for them and for the
int8 weights in MODEL_DIR, which are what rockpool runs. Writes head.json and head.safetensors, and fixtures/section-head.json: those figures, and
the probabilities of a few held-out packages, from the int8 weights.
"""

import gzip
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from make_fixtures import minilm_fp32, minilm_w8

HERE = Path(__file__).parent
PACKAGES = HERE / "../../bench/data/debian-packages.json.gz"
HEAD = HERE / "../../models/heads/debian-sections"
TRAINED_ON = 4_400  # the entries before this one; the rest is held out, as it is for models/debian-reranker
LEAST = 40  # training packages a section needs to be a label: of fewer, some six would be held out, and one more or less would move recall by a sixth
STRENGTHS = (0.3, 1, 3, 10, 30, 100)  # C of the regression, chosen by cross-validation within the training packages
IN_FIXTURE = 8


def text_of(package):
    """As the demo embeds a package, so that the head reads the vectors of its index."""
    return f"{package['title']}. {package['body']}"


def embed(prepare, model_dir, packages):
    with tempfile.TemporaryDirectory() as folder:
        prepare(model_dir, Path(folder))
        model = SentenceTransformer(folder, device="cpu")
    return model.encode([text_of(package) for package in packages], normalize_embeddings=True, show_progress_bar=True)


def probabilities(weights, vectors):
    """What rockpool computes: vector · weightᵀ + bias, softmax, in float32 as the file has it."""
    logits = vectors @ weights["weight"].T + weights["bias"]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def train(vectors, sections):
    """Folds and solver are deterministic: the same vectors give the same head."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    search = GridSearchCV(LogisticRegression(max_iter=2_000), {"C": STRENGTHS}, scoring="accuracy", cv=folds)
    search.fit(vectors.astype(np.float64), sections)
    print(f"C = {search.best_params_['C']}, cross-validated accuracy {search.best_score_:.4f}")
    return search.best_estimator_


def write_head(classifier):
    """Gives back the weights as the file has them, so that they are what is measured.

    scikit-learn keeps its coefficients column by column, and save_file writes memory as it lies: without the copy they would be mixed up.
    """
    HEAD.mkdir(parents=True, exist_ok=True)
    labels = list(classifier.classes_)
    head = {"labels": labels, "activation": "softmax", "normalize": True, "model": "sentence-transformers/all-MiniLM-L6-v2"}
    (HEAD / "head.json").write_text(json.dumps(head, indent=2) + "\n")
    tensors = {"weight": classifier.coef_, "bias": classifier.intercept_}
    tensors = {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
    save_file(tensors, HEAD / "head.safetensors", {"format": "pt"})
    return load_file(HEAD / "head.safetensors")


def report(what, predicted, wanted):
    right = sum(a == b for a, b in zip(predicted, wanted, strict=True))
    macro = f1_score(wanted, predicted, average="macro", zero_division=0)
    print(f"{what}: accuracy {right / len(wanted):.4f} ({right} of {len(wanted)}), macro-F1 {macro:.4f}")
    return {"right": right, "of": len(wanted), "macro_f1": round(macro, 6)}


def main(model_dir):
    packages = json.loads(gzip.decompress(PACKAGES.read_bytes()))
    counts = Counter(package["section"] for package in packages[:TRAINED_ON])
    labels = sorted(section for section, count in counts.items() if count >= LEAST)
    kept = lambda some: [package for package in some if package["section"] in labels]
    training, held_out = kept(packages[:TRAINED_ON]), kept(packages[TRAINED_ON:])
    print(f"{len(labels)} labels; {len(training)} training packages, {len(held_out)} held out of {len(packages) - TRAINED_ON}")

    wanted = [package["section"] for package in held_out]
    fp32 = embed(minilm_fp32, model_dir, training + held_out)
    classifier = train(fp32[: len(training)], [package["section"] for package in training])
    assert list(classifier.classes_) == labels
    weights = write_head(classifier)

    predict = lambda vectors: [labels[best] for best in probabilities(weights, vectors).argmax(axis=1)]
    int8 = embed(minilm_w8, model_dir, held_out)
    largest = counts.most_common(1)[0][0]
    measured = {
        "largest_class": report(f"always {largest}", [largest] * len(wanted), wanted),
        "fp32": report("fp32 encoder", predict(fp32[len(training) :]), wanted),
        "int8": report("int8 encoder", predict(int8), wanted),
    }
    picked = range(0, len(held_out), len(held_out) // IN_FIXTURE)[:IN_FIXTURE]
    cases = [
        {"name": held_out[i]["name"], "text": text_of(held_out[i]), "section": wanted[i], "probs": row.astype(float).round(7).tolist()}
        for i, row in zip(picked, probabilities(weights, int8[list(picked)]))
    ]
    weights_of = "onnx/model_quantized.onnx, multiplied out to fp32"
    fixture = {"head": "models/heads/debian-sections", "weights_of_cases": weights_of, "held_out": measured, "cases": cases}
    (HERE / "fixtures/section-head.json").write_text(json.dumps(fixture, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
