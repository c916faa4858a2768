"""Sequence classifiers: BERT (softmax), DistilBERT (sigmoid of each label), ModernBERT (mean in the graph), GPT-2 and Qwen2
(last token, padded on the right and on the left).
"""

from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    ModernBertForSequenceClassification,
    Qwen2Config,
    Qwen2ForSequenceClassification,
)

from .classify import Classifier, classify_cases
from .fixture import Fixture
from .heads import BERT_INPUTS, SIZES, finish, labels, modernbert_config
from .inputs import EXAMPLES, texts
from .repository import Repository
from .tokens import CODE_POINTS, tokenize_cases
from .weights import randomize

TWO_INPUTS = ("input_ids", "attention_mask")


def make(name, kind, build, seed, inputs, head, empty=True, changes=None):
    """`build(tokenizer)`: the model with any weights; `head(model)`: its last layer."""
    repository = Repository(name)
    tokenizer = repository.tokenizer(kind, **(changes or {}))
    model = randomize(build(tokenizer), seed)
    repository.config(model)
    examples = [text for text in EXAMPLES if empty or text]
    finish(repository, model, tokenizer, inputs, head(model), examples)
    fixture = Fixture(name, "transformers, text-classification pipeline", **CODE_POINTS)
    classify_cases(fixture, Classifier(model, tokenizer), texts("tokens-512")[0], empty)
    tokenize_cases(fixture, tokenizer)
    fixture.write()


def tiny_bert_classifier():
    def build(tokenizer):
        return BertForSequenceClassification(
            BertConfig(**SIZES, vocab_size=len(tokenizer), **labels("negative", "neutral", "positive", "mixed"))
        )

    make("tiny-bert-classifier", "bert-cased", build, 21, BERT_INPUTS, lambda model: model.classifier)


def tiny_distilbert_multilabel():
    def build(tokenizer):
        sizes = dict(dim=32, n_layers=2, n_heads=2, hidden_dim=64)
        names = labels("bug", "documentation", "enhancement", "question", "wontfix")
        return DistilBertForSequenceClassification(
            DistilBertConfig(**sizes, vocab_size=len(tokenizer), problem_type="multi_label_classification", **names)
        )

    changes = {"tokenizer_class": "DistilBertTokenizer", "model_input_names": list(TWO_INPUTS)}
    make("tiny-distilbert-multilabel", "bert", build, 22, TWO_INPUTS, lambda model: model.classifier, changes=changes)


def tiny_modernbert_classifier():
    build = lambda tokenizer: ModernBertForSequenceClassification(modernbert_config(tokenizer, **labels("ham", "spam", "eggs")))
    make("tiny-modernbert-classifier", "modernbert", build, 23, TWO_INPUTS, lambda model: model.classifier)


def tiny_gpt2_classifier():
    def build(tokenizer):
        sizes = dict(n_embd=32, n_layer=2, n_head=2, n_inner=64, n_positions=512)
        ids = dict(bos_token_id=0, eos_token_id=0, pad_token_id=tokenizer.pad_token_id)
        return GPT2ForSequenceClassification(GPT2Config(**sizes, **ids, vocab_size=len(tokenizer), **labels("minus", "zero", "plus")))

    make("tiny-gpt2-classifier", "gpt2", build, 24, TWO_INPUTS, lambda model: model.score, empty=False)


def tiny_qwen2_classifier():
    def build(tokenizer):
        ids = dict(bos_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id)
        sizes = dict(SIZES, num_key_value_heads=1, max_position_embeddings=512, use_sliding_window=False)
        return Qwen2ForSequenceClassification(Qwen2Config(**sizes, **ids, vocab_size=len(tokenizer), **labels("Default", "Spoiled")))

    make("tiny-qwen2-classifier", "qwen", build, 25, TWO_INPUTS, lambda model: model.score, empty=False)


MODELS = [tiny_bert_classifier, tiny_distilbert_multilabel, tiny_modernbert_classifier, tiny_gpt2_classifier, tiny_qwen2_classifier]
