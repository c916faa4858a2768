"""Trains small tokenizers of the kinds that real models have, on ../texts.json: normalizer, pre-tokenizer, post-processor and special
tokens as in the models they stand for; only the vocabulary is small.

    python -m architectures.small_tokenizers        writes tokenizers/*.json, {"tokenizer.json": …, "tokenizer_config.json": …}

Run it again only to change them: the trainers break ties at random, and every model and fixture depends on the vocabularies.
"""

import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
TEXTS = json.loads((HERE.parent / "texts.json").read_text())
CORPUS = [text for text_id, text in TEXTS.items() if text_id != "tokens-5000" and not text_id.startswith("word-1")]
VOCABULARY = 700
QWEN_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def special(*contents):
    return [AddedToken(content, special=True, normalized=False) for content in contents]


def config(kind, **names):
    return {"tokenizer_class": kind, "model_max_length": 512, "clean_up_tokenization_spaces": False, **names}


def wordpiece(lower=True):
    """BERT: lower case, accents stripped, [CLS] a [SEP] b [SEP] with token types. Rare characters become [UNK]."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=VOCABULARY, special_tokens=special(*names), limit_alphabet=120, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    ids = {name: tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]")}
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=list(ids.items())
    )
    keys = ("pad", "unk", "cls", "sep", "mask")
    files = {"do_lower_case": lower, "strip_accents": None, "tokenize_chinese_chars": True}
    return tokenizer, config("BertTokenizer", **files, **{f"{key}_token": name for key, name in zip(keys, names)})


def unigram():
    """XLM-RoBERTa: metaspace, Unigram; <s> a </s></s> b </s>, no token types. Its Precompiled normalizer (300 kB) is left out."""
    tokenizer = Tokenizer(models.Unigram())
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    names = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=VOCABULARY, special_tokens=special(*names), unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator([t for t in CORPUS if not any(ord(c) > 0x2FFF for c in t)], trainer)  # CJK stays unknown
    tokenizer.add_special_tokens([AddedToken("<mask>", special=True, normalized=False, lstrip=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B:0 </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokens = dict(bos="<s>", eos="</s>", sep="</s>", cls="<s>", unk="<unk>", pad="<pad>", mask="<mask>")
    return tokenizer, config("XLMRobertaTokenizer", **{f"{key}_token": name for key, name in tokens.items()})


def byte_level(names, split=None, prefix_space=False, normalizer=None):
    """GPT-2's BPE over bytes: nothing is ever unknown. `names`: the first ids."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    whole = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space, use_regex=split is None)
    cut = [pre_tokenizers.Split(Regex(split), "isolated")] if split else []
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*cut, whole]) if cut else whole
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=special(*names),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def gpt2():
    """GPT-2: no special tokens around a text. It has no padding of its own; fine-tuned classifiers add one."""
    tokenizer = byte_level(["<|endoftext|>", "<|pad|>"])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    names = {f"{key}_token": "<|endoftext|>" for key in ("bos", "eos", "unk")}
    return tokenizer, config("GPT2Tokenizer", **names, pad_token="<|pad|>", add_prefix_space=False)


def roberta():
    """RoBERTa: <s> a </s></s> b </s>, offsets trimmed of their space."""
    names = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer = byte_level(names)
    tokenizer.add_special_tokens([AddedToken("<mask>", special=True, normalized=False, lstrip=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    tokens = dict(bos="<s>", eos="</s>", sep="</s>", cls="<s>", unk="<unk>", pad="<pad>", mask="<mask>")
    return tokenizer, config("RobertaTokenizer", **{f"{key}_token": name for key, name in tokens.items()})


def modernbert():
    """ModernBERT: NFC, byte-level BPE, BERT's special tokens, no token types."""
    names = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    tokenizer = byte_level(names, normalizer=normalizers.NFC())
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")],
    )
    keys = ("unk", "cls", "sep", "pad", "mask")
    files = {"model_input_names": ["input_ids", "attention_mask"]}
    return tokenizer, config("PreTrainedTokenizerFast", **files, **{f"{k}_token": n for k, n in zip(keys, names)})


def qwen(names=(), append=None, words=()):
    """Qwen2 and Qwen3: NFC, byte-level BPE; `append` goes after each text, as in Qwen3-Embedding. `words`: trained in as one token each."""
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *names]
    tokenizer = byte_level(specials, split=QWEN_SPLIT, normalizer=normalizers.NFC())
    if words:
        tokenizer = with_words(tokenizer, words)
    plain = processors.ByteLevel(trim_offsets=False)
    if append:
        template = processors.TemplateProcessing(
            single=f"$A {append}", pair=f"$A {append} $B:1 {append}:1", special_tokens=[(append, tokenizer.token_to_id(append))]
        )
        tokenizer.post_processor = processors.Sequence([plain, template])
    else:
        tokenizer.post_processor = plain
    files = dict(pad_token="<|endoftext|>", eos_token="<|im_end|>", padding_side="left", add_prefix_space=False)
    return tokenizer, config("Qwen2Tokenizer", **files, additional_special_tokens=specials[1:])


def with_words(tokenizer, words):
    """The same BPE with merges that make each of `words` one token: a small corpus does not reach "yes" and "no" by itself."""
    content = json.loads(tokenizer.to_str())
    vocab, merges = content["model"]["vocab"], content["model"]["merges"]
    for word in words:
        left = word[0]
        for letter in word[1:]:
            if [left, letter] not in merges and left + letter not in vocab:
                merges.insert(0, [left, letter])
                vocab[left + letter] = max(max(vocab.values()), max(t["id"] for t in content["added_tokens"])) + 1
            left += letter
    order = {tuple(pair): index for index, pair in enumerate(merges)}
    depth = lambda pair: (0 if "".join(pair) in prefixes else 1, len("".join(pair)) if "".join(pair) in prefixes else order[pair])
    prefixes = {word[:end] for word in words for end in range(2, len(word) + 1)}
    content["model"]["merges"] = [list(pair) for pair in sorted(order, key=depth)]
    return Tokenizer.from_str(json.dumps(content))


def gemma():
    """Gemma: spaces become ▁, BPE whose unknown characters fall back to bytes; <bos> a <eos> as EmbeddingGemma's."""
    names = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY + 256, special_tokens=special(*names, *bytes_), limit_alphabet=100, show_progress=False
    )
    tokenizer.train_from_iterator([word for text in CORPUS for word in text.replace(" ", " ▁").split(" ")], trainer)
    content = json.loads(tokenizer.to_str())
    content["added_tokens"] = [token for token in content["added_tokens"] if token["content"] in names]  # bytes are plain tokens
    tokenizer = Tokenizer.from_str(json.dumps(content))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A <eos>", pair="<bos> $A <eos> <bos>:1 $B:1 <eos>:1", special_tokens=[("<bos>", 2), ("<eos>", 1)]
    )
    keys = ("pad", "eos", "bos", "unk", "mask")
    return tokenizer, config("GemmaTokenizer", **{f"{k}_token": n for k, n in zip(keys, names)}, padding_side="right")


KINDS = {
    "bert": wordpiece,
    "bert-cased": lambda: wordpiece(lower=False),
    "xlm-roberta": unigram,
    "roberta": roberta,
    "modernbert": modernbert,
    "gpt2": gpt2,
    "qwen": lambda: qwen(["<extra_0>", "<think>", "</think>"], words=("yes", "no", "Yes", "No")),
    "qwen-embedding": lambda: qwen(append="<|endoftext|>"),
    "gemma": gemma,
}


def load(kind):
    """(tokenizer.json, tokenizer_config.json) as they were trained."""
    files = json.loads((HERE / "tokenizers" / f"{kind}.json").read_text())
    return files["tokenizer.json"], files["tokenizer_config.json"]


def main(*kinds):
    (HERE / "tokenizers").mkdir(exist_ok=True)
    for kind in kinds or KINDS:
        tokenizer, files = KINDS[kind]()
        tokenizer.no_truncation()
        tokenizer.no_padding()
        content = {"tokenizer.json": json.loads(tokenizer.to_str()), "tokenizer_config.json": files}
        out = HERE / "tokenizers" / f"{kind}.json"
        out.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
        print(f"{kind}: {tokenizer.get_vocab_size()} tokens, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
