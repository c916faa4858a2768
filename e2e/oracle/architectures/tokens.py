"""Token classifiers (BERT, RoBERTa), and where tokens lie in their text: `tokenize` and `tokenClassify`."""

import torch
from transformers import BertConfig, BertForTokenClassification, RobertaConfig, RobertaForTokenClassification

from .fixture import Fixture
from .heads import BERT_INPUTS, SIZES, finish, labels
from .inputs import BATCH, EXAMPLES, SHORT, UNICODE, texts
from .repository import Repository
from .weights import randomize

CODE_POINTS = {"offsets": "start and end in Unicode code points of the text as given; [0, 0] for the special tokens around it"}
NER = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
AWKWARD = [
    "HELLO  World,   how are  YOU?",
    "😀é中A😀😀 b\u0301c İstanbul ﬁne ½ x",
    "  leading and trailing  ",
    "line\nbreak\ttab\r\nend",
    "a [MASK] b <mask> c </s> d <|endoftext|> e <extra_0>f",
    "nul \0 bell \a zero\u200bwidth soft\u00adhyphen no\u00a0break \u2003em",
    "☃ ꙮ 𝔘𝔫𝔦 👩🏾‍🔬 கோ",
]


def offsets_of(tokenizer, prompts, **cut):
    batch = tokenizer(prompts, return_offsets_mapping=True, **cut)
    return {"ids": batch["input_ids"], "offsets": [[list(pair) for pair in row] for row in batch["offset_mapping"]]}


def tokenize_cases(fixture, tokenizer):
    for name, prompts in (("awkward", AWKWARD), ("unicode", texts(*UNICODE)), ("plain", texts(*SHORT, "accents", "numbers", "code"))):
        fixture.add(f"tokenize/{name}", "tokenize", [prompts], offsets_of(tokenizer, prompts))


class TokenClassifier:
    def __init__(self, model, tokenizer):
        self.model, self.tokenizer = model, tokenizer

    def classify(self, prompts, options):
        limit = options.get("truncatePromptTokens")
        cut = {"truncation": True, "max_length": self.tokenizer.model_max_length if limit == -1 else limit} if limit else {}
        self.tokenizer.truncation_side = options.get("truncationSide", "right")
        raw = options.get("poolingParams", {}).get("activation") is False
        batch = self.tokenizer(prompts, padding=True, return_tensors="pt", **cut)
        with torch.no_grad():
            logits = self.model(**batch).logits
        rows = [row[mask > 0] for row, mask in zip(logits if raw else logits.softmax(-1), batch["attention_mask"])]
        names = [[self.model.config.id2label[index] for index in row.argmax(1).tolist()] for row in rows]
        found = offsets_of(self.tokenizer, prompts, **cut)
        self.tokenizer.truncation_side = "right"
        return {"probs": rows, "labels": names, **found}


def make(name, kind, build, seed, inputs):
    repository = Repository(name)
    tokenizer = repository.tokenizer(kind)
    model = randomize(build(tokenizer), seed)
    repository.config(model)
    finish(repository, model, tokenizer, inputs, model.classifier, EXAMPLES, per_token=True)
    fixture = Fixture(name, "transformers, softmax of a token classifier's logits", **CODE_POINTS)
    reference = TokenClassifier(model, tokenizer)
    add = lambda case_id, prompts, **options: fixture.add(
        case_id, "tokenClassify", [prompts], reference.classify(prompts, options), None, options
    )
    for text_id in SHORT:
        add(f"plain/{text_id}", texts(text_id))
    add("batch", texts(*BATCH))
    add("awkward", AWKWARD)
    add("raw", AWKWARD, poolingParams={"activation": False})
    add("truncate-max", texts("tokens-512", "letter"), truncatePromptTokens=-1)
    for side in ("right", "left"):
        add(f"truncate-9-{side}", texts("german", "emoji", "letter"), truncatePromptTokens=9, truncationSide=side)
    tokenize_cases(fixture, tokenizer)
    fixture.write()


def tiny_bert_token_classifier():
    build = lambda tokenizer: BertForTokenClassification(BertConfig(**SIZES, vocab_size=len(tokenizer), **labels(*NER)))
    make("tiny-bert-token-classifier", "bert-cased", build, 71, BERT_INPUTS)


def tiny_roberta_token_classifier():
    def build(tokenizer):
        ids = dict(pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1, max_position_embeddings=514)
        return RobertaForTokenClassification(RobertaConfig(**SIZES, **ids, vocab_size=len(tokenizer), **labels(*NER)))

    make("tiny-roberta-token-classifier", "roberta", build, 72, ("input_ids", "attention_mask"))


MODELS = [tiny_bert_token_classifier, tiny_roberta_token_classifier]
