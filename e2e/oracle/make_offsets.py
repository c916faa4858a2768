"""The tokenizers library's offset_mapping -> fixtures/offsets.json, for tokenizers of every kind that rockpool follows characters through.

    python make_offsets.py ../../models/all-MiniLM-L6-v2 [--train]

WordPiece is the real model's. The others were trained here on texts.json: small, but with the steps of the families they stand for. They are
kept in the fixture and used again, since the trainers break ties by chance; --train makes new ones.
Ranges are counted in UTF-16 units, as JavaScript counts, and written one after the other: [start, end, start, end, ...].
"""

import base64
import io
import json
import sys
from pathlib import Path

import sentencepiece
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text())
# Long texts say nothing new and cost much; one stays, to be cut into segments.
CASES = {key: text for key, text in TEXTS.items() if len(text) <= 500 or key == "tokens-5000"}
CASES |= {
    "mask": "He said <mask> and  <mask>twice.",
    "spaces": " one  two   three ",
    "indented": "      return v;\n  }",
    "full-width": "Ｈｅｌｌｏ ｗｏｒｌｄ ﬁne ㍿ ½ ｶﾞｷﾞ … ™",
    "marks": "o\u0308x\u0323\u0307 e\u0323\u0302 a\u0300\u0301 \u0301",
    "line-ends": "a \r\n b  \r\n\r\nc",
    "flag": "one<|endoftext|>🇩🇪 two<s>🇫🇷",
    "greek": "Ο ΟΔΥΣΣΕΥΣ είναι ΣΟΦΟΣ.",
}
PAIR = ("what is a cat", "a cat is an animal")
VOCABULARY = 700
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def trained(tokenizer, trainer):
    tokenizer.train_from_iterator([text for key, text in TEXTS.items() if len(text) <= 1500], trainer)
    return tokenizer


def byte_level(special, normalizer, pre_tokenizer, post_processor):
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trained(tokenizer, trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=special, initial_alphabet=alphabet, show_progress=False))
    tokenizer.post_processor = post_processor(tokenizer)
    return tokenizer


def gpt2():
    return byte_level(["<|endoftext|>"], None, pre_tokenizers.ByteLevel(add_prefix_space=False), lambda _: processors.ByteLevel(trim_offsets=True))


def gpt2_prefix_space():
    return byte_level(["<|endoftext|>"], None, pre_tokenizers.ByteLevel(add_prefix_space=True), lambda _: processors.ByteLevel(trim_offsets=True, add_prefix_space=True))


def roberta():
    special = ["<s>", "</s>", "<pad>", "<unk>", AddedToken("<mask>", lstrip=True, normalized=False, special=True)]
    processor = lambda t: processors.RobertaProcessing(("</s>", t.token_to_id("</s>")), ("<s>", t.token_to_id("<s>")), trim_offsets=True, add_prefix_space=False)
    return byte_level(special, None, pre_tokenizers.ByteLevel(add_prefix_space=False), processor)


def qwen2():
    steps = [pre_tokenizers.Split(Regex(SPLIT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    return byte_level(["<|endoftext|>"], normalizers.NFC(), pre_tokenizers.Sequence(steps), lambda _: processors.ByteLevel(trim_offsets=False))


def modernbert():
    special = ["[CLS]", "[SEP]", "[PAD]", "[UNK]", AddedToken("[MASK]", lstrip=True, special=True)]

    def processor(tokenizer):
        ids = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
        return processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]", ids)

    return byte_level(special, normalizers.NFC(), pre_tokenizers.ByteLevel(add_prefix_space=False), processor)


def sentencepiece_normalizer():
    """The charsmap of SentencePiece's nmt_nfkc, which XLM-RoBERTa's tokenizer.json has too."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([text for text in TEXTS.values() if text.strip()]), model_writer=model, vocab_size=500, hard_vocab_limit=False, minloglevel=2
    )
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def xlm_roberta(pre_tokenizer):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(sentencepiece_normalizer()), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True)]
    trained(tokenizer, trainers.UnigramTrainer(vocab_size=VOCABULARY, special_tokens=special, unk_token="<unk>", show_progress=False))
    ids = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", "<s> $A </s> </s> $B </s>", ids)
    return tokenizer


def gemma():
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    special = ["<pad>", "<eos>", "<bos>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    # Letters of the first texts only: the rest has to fall back to bytes.
    corpus = [TEXTS[key] for key in TEXTS if key.startswith("package-")]
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=special, show_progress=False))
    spec = json.loads(tokenizer.to_str())
    # Bytes are tokens of the vocabulary, not tokens that are looked for in the text.
    spec["added_tokens"] = [token for token in spec["added_tokens"] if not token["content"].startswith("<0x")]
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    ids = [(token, tokenizer.token_to_id(token)) for token in ("<bos>", "<eos>")]
    tokenizer.post_processor = processors.TemplateProcessing("<bos> $A <eos>", "<bos> $A <eos> <bos> $B <eos>", ids)
    return tokenizer


def llama():
    tokenizer = gemma()
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return tokenizer


def minilm(folder):
    tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def utf16(text):
    """Code point index -> UTF-16 index."""
    index = [0]
    for char in text:
        index.append(index[-1] + (2 if ord(char) > 0xFFFF else 1))
    return index


def case(tokenizer, key, text):
    encoding = tokenizer.encode(text)
    index = utf16(text)
    offsets = [index[end] for pair in encoding.offsets for end in pair]
    # A long text: enough to see that its segments fit together.
    return {"text": key, "ids": encoding.ids[:2500], "offsets": offsets[:5000]}


def pair(tokenizer):
    encoding = tokenizer.encode(*PAIR)
    return {"ids": encoding.ids, "type_ids": encoding.type_ids}


def stored(spec, charsmap):
    for step in (spec["normalizer"] or {}).get("normalizers", []):
        if step["type"] == "Precompiled":
            step["precompiled_charsmap"] = base64.b64encode(charsmap).decode()
    return Tokenizer.from_str(json.dumps(spec))


def without_charsmap(spec):
    """The table is ten times as large as the rest: fixtures/nmt-nfkc.txt has it once."""
    for step in (spec["normalizer"] or {}).get("normalizers", []):
        if step["type"] == "Precompiled":
            step["precompiled_charsmap"] = ""
    return spec


def make(name, minilm_folder):
    if name == "minilm":
        return minilm(minilm_folder)
    if name.startswith("xlm-roberta"):
        metaspace = pre_tokenizers.Metaspace()
        return xlm_roberta(metaspace if name.endswith("metaspace") else pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace]))
    return {"gpt2": gpt2, "gpt2-prefix-space": gpt2_prefix_space, "roberta": roberta, "qwen2": qwen2, "modernbert": modernbert, "gemma": gemma, "llama": llama}[name]()


NAMES = ["minilm", "gpt2", "gpt2-prefix-space", "roberta", "qwen2", "modernbert", "xlm-roberta", "xlm-roberta-metaspace", "gemma", "llama"]


def main(minilm_folder, *flags):
    path = HERE / "fixtures" / "offsets.json"
    kept = {} if "--train" in flags or not path.exists() else json.loads(path.read_text())["tokenizers"]
    charsmap = sentencepiece_normalizer()
    (HERE / "fixtures" / "nmt-nfkc.txt").write_text(base64.b64encode(charsmap).decode() + "\n")
    made = {
        name: stored(kept[name]["tokenizer"], charsmap) if name in kept and name != "minilm" else make(name, minilm_folder) for name in NAMES
    }
    fixture = {
        "made_with": {"tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__},
        "pair": PAIR,
        "texts": {key: text for key, text in CASES.items() if key not in TEXTS},
        "tokenizers": {
            # null: the model's own file in the repository.
            name: {"tokenizer": None if name == "minilm" else without_charsmap(json.loads(tokenizer.to_str())), "pair": pair(tokenizer), "cases": [case(tokenizer, *item) for item in CASES.items()]}
            for name, tokenizer in made.items()
        },
    }
    path.write_text(json.dumps(fixture, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main(*sys.argv[1:])
