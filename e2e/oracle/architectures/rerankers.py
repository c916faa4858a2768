"""Cross-encoders with one label: BERT (token types, pooler) and XLM-RoBERTa (two separators, positions from the ids)."""

import json
from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, XLMRobertaConfig, XLMRobertaForSequenceClassification

from . import small_tokenizers
from .cross_encoder import Scorer, score_cases
from .fixture import Fixture
from .inputs import DOCUMENTS, QUERY, texts
from .repository import Repository, check, example, export
from .weights import randomize, spread

REFERENCE = "CrossEncoder, sentence-transformers"
SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
BERT_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
PAIRS = [[query, document] for query in (QUERY, *texts("german", "package-01", "numbers")) for document in DOCUMENTS]


def logits_of(model, **inputs):
    return model(**inputs).logits


def pair_batch(tokenizer, pairs, names):
    batch = tokenizer(*map(list, zip(*pairs)), padding=True, truncation=True, return_tensors="pt")
    return {name: batch[name] for name in names}


def finish_classifier(repository, model, tokenizer, inputs, head, pairs=PAIRS):
    """Spreads the head's outputs over `pairs`, exports and checks the graph."""
    batch = pair_batch(tokenizer, pairs, inputs)
    with torch.no_grad():
        spread(head, logits_of(model, **batch))
    path = repository.folder / "onnx/model.onnx"
    export(path, model, {k: v[:3] for k, v in batch.items()}, {"logits": {0: "batch_size"}}, logits_of)
    batches = [batch, {k: v[:1] for k, v in batch.items()}, pair_batch(tokenizer, pairs[:1], inputs)]
    with torch.no_grad():
        check(path, batches, lambda b: {"logits": logits_of(model, **b)})


IDENTITY = "torch.nn.modules.linear.Identity"
ACTIVATIONS = {  # how a config.json can name the activation
    "identity": {"sentence_transformers": {"activation_fn": IDENTITY, "version": "6.2.0"}},
    "identity-before-4.0": {"sentence_transformers": {}, "sbert_ce_default_activation_function": IDENTITY},
    "none-named": {"sentence_transformers": {}},
}


def override(repository, folder, changes):
    """The folder's config.json with `changes`, as `hfOverrides` would give it."""
    config = json.loads((repository.folder / "config.json").read_text())
    Path(folder, "config.json").write_text(json.dumps({**config, **changes}))
    return {"hfOverrides": changes}


def tiny_bert_reranker():
    repository = Repository("tiny-bert-reranker")
    repository.tokenizer(*small_tokenizers.wordpiece())
    tokenizer = repository.load_tokenizer()
    config = BertConfig(**SIZES, vocab_size=len(tokenizer), num_labels=1, max_position_embeddings=512)
    model = randomize(BertForSequenceClassification(config), 11)
    sigmoid = "torch.nn.modules.activation.Sigmoid"
    repository.config(model, sentence_transformers={"activation_fn": sigmoid, "version": "6.2.0"})
    finish_classifier(repository, model, tokenizer, BERT_INPUTS, model.classifier)
    folder = repository.reference_folder(model)
    fixture = Fixture(repository.name, REFERENCE)
    score_cases(fixture, Scorer(folder), QUERY, DOCUMENTS, texts("tokens-512")[0])
    for name, changes in ACTIVATIONS.items():
        load = override(repository, folder, changes)
        wanted = Scorer(folder).score([QUERY], DOCUMENTS, {})
        fixture.add(f"{name}/one-to-many", "score", [QUERY, DOCUMENTS], wanted, load)
    fixture.write()


def tiny_xlmr_reranker():
    repository = Repository("tiny-xlmr-reranker")
    repository.tokenizer(*small_tokenizers.unigram())
    tokenizer = repository.load_tokenizer()
    ids = dict(pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1)
    config = XLMRobertaConfig(**SIZES, vocab_size=len(tokenizer), num_labels=1, max_position_embeddings=514, **ids)
    model = randomize(XLMRobertaForSequenceClassification(config), 12)
    repository.config(model)
    finish_classifier(repository, model, tokenizer, ("input_ids", "attention_mask"), model.classifier.out_proj)
    fixture = Fixture(repository.name, REFERENCE)
    score_cases(fixture, Scorer(repository.reference_folder(model)), QUERY, DOCUMENTS, texts("tokens-512")[0])
    fixture.write()


MODELS = [tiny_bert_reranker, tiny_xlmr_reranker]
