"""Cross-encoders with one label: BERT (token types, pooler), XLM-RoBERTa (two separators, positions from the ids),
ModernBERT (neither, mean in the graph).
"""

import json
from pathlib import Path

from transformers import (
    BertConfig,
    BertForSequenceClassification,
    ModernBertConfig,
    ModernBertForSequenceClassification,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

from .cross_encoder import Scorer, score_cases
from .fixture import Fixture
from .heads import BERT_INPUTS, SIZES, finish, modernbert_config
from .inputs import DOCUMENTS, QUERY, texts
from .repository import Repository
from .tokens import CODE_POINTS, tokenize_cases
from .weights import randomize

REFERENCE = "CrossEncoder, sentence-transformers"
PAIRS = [[query, document] for query in (QUERY, *texts("german", "package-01", "numbers")) for document in DOCUMENTS]


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
    tokenizer = repository.tokenizer("bert")
    config = BertConfig(**SIZES, vocab_size=len(tokenizer), num_labels=1, max_position_embeddings=512)
    model = randomize(BertForSequenceClassification(config), 11)
    sigmoid = "torch.nn.modules.activation.Sigmoid"
    repository.config(model, sentence_transformers={"activation_fn": sigmoid, "version": "6.2.0"})
    finish(repository, model, tokenizer, BERT_INPUTS, model.classifier, PAIRS)
    folder = repository.reference_folder(model)
    fixture = Fixture(repository.name, REFERENCE, **CODE_POINTS)
    score_cases(fixture, Scorer(folder), QUERY, DOCUMENTS, texts("tokens-512")[0])
    for name, changes in ACTIVATIONS.items():
        load = override(repository, folder, changes)
        wanted = Scorer(folder).score([QUERY], DOCUMENTS, {})
        fixture.add(f"{name}/one-to-many", "score", [QUERY, DOCUMENTS], wanted, load)
    tokenize_cases(fixture, tokenizer)
    fixture.write()


def tiny_xlmr_reranker():
    repository = Repository("tiny-xlmr-reranker")
    tokenizer = repository.tokenizer("xlm-roberta")
    ids = dict(pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1)
    config = XLMRobertaConfig(**SIZES, vocab_size=len(tokenizer), num_labels=1, max_position_embeddings=514, **ids)
    model = randomize(XLMRobertaForSequenceClassification(config), 12)
    repository.config(model)
    finish(repository, model, tokenizer, ("input_ids", "attention_mask"), model.classifier.out_proj, PAIRS)
    fixture = Fixture(repository.name, REFERENCE, **CODE_POINTS)
    score_cases(fixture, Scorer(repository.reference_folder(model)), QUERY, DOCUMENTS, texts("tokens-512")[0])
    tokenize_cases(fixture, tokenizer)
    fixture.write()


def tiny_modernbert_reranker():
    repository = Repository("tiny-modernbert-reranker")
    tokenizer = repository.tokenizer("modernbert")
    model = randomize(ModernBertForSequenceClassification(modernbert_config(tokenizer, num_labels=1)), 13)
    repository.config(model)
    finish(repository, model, tokenizer, ("input_ids", "attention_mask"), model.classifier, PAIRS)
    fixture = Fixture(repository.name, REFERENCE, **CODE_POINTS)
    score_cases(fixture, Scorer(repository.reference_folder(model)), QUERY, DOCUMENTS, texts("tokens-512")[0])
    fixture.write()


MODELS = [tiny_bert_reranker, tiny_xlmr_reranker, tiny_modernbert_reranker]
