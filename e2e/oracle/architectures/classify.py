"""transformers' text-classification pipeline behind rockpool's options: what `classify` has to answer."""

import numpy as np
from transformers import pipeline

from .inputs import BATCH, SHORT, UNICODE, texts


class Classifier:
    def __init__(self, model, tokenizer):
        self.model, self.tokenizer = model, tokenizer
        self.pipeline = pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")

    def run(self, prompts, limit, function):
        cut = dict(truncation=True, max_length=limit) if limit else {}
        answers = self.pipeline(prompts, top_k=None, function_to_apply=function, batch_size=len(prompts), **cut)
        names = [self.model.config.id2label[index] for index in range(self.model.config.num_labels)]
        rows = [{answer["label"]: answer["score"] for answer in row} for row in answers]
        return np.array([[row[name] for name in names] for row in rows], np.float32)

    def classify(self, prompts, options, logit_mean=None, logit_sigma=None):
        limit = options.get("truncatePromptTokens")
        limit = self.tokenizer.model_max_length if limit == -1 else limit
        self.tokenizer.truncation_side = options.get("truncationSide", "right")
        raw = options.get("poolingParams", {}).get("activation") is False
        probs = self.run(prompts, limit, "none" if raw else None)
        if logit_mean is not None or logit_sigma is not None:  # vLLM's calibration, before the activation
            logits = (self.run(prompts, limit, "none") - np.float32(logit_mean or 0)) / np.float32(logit_sigma or 1)
            probs = logits if raw else self.activate(logits)
        ids = self.tokenizer(prompts, truncation=bool(limit), max_length=limit)["input_ids"]
        self.tokenizer.truncation_side = "right"
        return {"probs": probs, "labels": [self.model.config.id2label[index] for index in probs.argmax(1).tolist()], "ids": ids}

    def activate(self, logits):
        if self.model.config.problem_type == "multi_label_classification" or logits.shape[1] == 1:
            return 1 / (1 + np.exp(-logits))
        powers = np.exp(logits - logits.max(1, keepdims=True))
        return powers / powers.sum(1, keepdims=True)


def classify_cases(fixture, reference, long, empty=True):
    """The cases that every sequence classifier gets. `long`: a text of more tokens than the model takes."""

    def add(case_id, prompts, load=None, calibration=None, **options):
        fixture.add(case_id, "classify", [prompts], reference.classify(prompts, options, **(calibration or {})), load, options)

    for name in SHORT:
        add(f"plain/{name}", texts(name))
    allowed = lambda names: [name for name in names if empty or name != "empty"]
    add("batch", texts(*allowed(BATCH)))
    add("unicode", texts(*UNICODE))
    add("raw", texts(*allowed(BATCH)), poolingParams={"activation": False})
    add("truncate-max", [long, *texts("letter")], truncatePromptTokens=-1)
    add("truncate-max-left", [long, *texts("letter")], truncatePromptTokens=-1, truncationSide="left")
    for side in ("right", "left"):
        add(f"truncate-12-{side}", texts("german", "package-04", "letter"), truncatePromptTokens=12, truncationSide=side)
    calibration = {"logit_mean": 0.5, "logit_sigma": 2.5}
    add("calibrated", texts(*SHORT), {"overridePoolerConfig": calibration}, calibration)
    add("calibrated-raw", texts(*SHORT), {"overridePoolerConfig": calibration}, calibration, poolingParams={"activation": False})
    problem = reference.model.config.problem_type
    for kind in ("regression", "single_label_classification", "multi_label_classification"):
        reference.model.config.problem_type = kind
        add(kind, texts(*SHORT), {"hfOverrides": {"problem_type": kind}})
    reference.model.config.problem_type = problem
