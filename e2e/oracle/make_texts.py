"""Writes texts.json: the input texts of every fixture, by id. Run again only to change the set: the fixtures depend on it.

    python make_texts.py TOKENIZER.json PACKAGES.json        PACKAGES: a list of {name, title, body}, Debian package descriptions
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

EXACT_LENGTHS = (255, 256, 257, 511, 512, 513, 5000)  # tokens, [CLS] and [SEP] included
PACKAGE_LENGTHS = (23, 27, 32, 40, 55, 75, 100, 130, 170, 220, 300, 400)  # tokens that the chosen package bodies come nearest to
FILLER = "and"  # one token

WRITTEN = {
    "empty": "",
    "letter": "a",
    "word": "hello",
    "sentence": "The quick brown fox jumps over the lazy dog.",
    "prompt": "Hello, my name is",
    "capital": "The capital of France is Paris.",
    "question": "What is the capital of France?",
    "german": "Größere Städte wie Köln und München haben öffentliche Straßenbahnen; über 80 % fahren täglich damit.",
    "french": "L'été dernier, nous avons mangé des crêpes près du château où naquit le poète.",
    "chinese": "北京是中华人民共和国的首都，人口超过两千万。",
    "japanese": "東京は日本の首都で、カタカナとひらがなと漢字が使われます。",
    "arabic": "القاهرة هي عاصمة جمهورية مصر العربية وأكبر مدنها.",
    "russian": "Москва — столица России, город на реке Москве; ещё её называют Первопрестольной.",
    "hindi": "नई दिल्ली भारत की राजधानी है और यमुना नदी के किनारे बसी है।",
    "emoji": "I ❤️ this 😀🎉🚀 so much 👍🏽!",
    "emoji-zwj": "family 👨‍👩‍👧‍👦, scientist 👩🏾‍🔬, rainbow 🏳️‍🌈 and flags 🇩🇪🇫🇷🇯🇵",
    "code": "export const l2 = (v: number[]): number[] => {\n  const n = Math.hypot(...v) || 1e-12;\n  return v.map((x) => x / n); // unit\n};",
    "html": '<a href="https://example.org/?q=1&amp;r=%20">x &lt; y</a><!-- no -->',
    "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ … — « » „“ ¿? ¡!",
    "numbers": "3.14159 1,000,000 0x1F -273.15 1e-12 12:34:56 2026-11-23 ½ ² ₃ Ⅳ",
    "whitespace": "  \n\n\t  spaced \r\n out \u00a0 by \u2003 everything\v\f \u3000 there  is \n\n\n   ",
    "only-whitespace": " \t\n\r\n \u00a0\u2003 ",
    "control": "nul \u0000 bell \u0007 zero\u200bwidth soft\u00adhyphen bom\ufeff replacement \ufffd end",
    "special-tokens": "He said [SEP] and then [MASK] the [CLS] of [PAD] it, [sep] too.",
    "accents": "Ångström naïve façade Đorđe Łódź İstanbul ñandú",
    "combining": "e\u0301 vs \u00e9, o\u0308 vs \u00f6, a\u0300\u0301\u0302\u0303 Z\u0351\u036b\u0343a\u0300lgo, \ud55c\uae00 vs \u1112\u1161\u11ab\u1100\u1173\u11af",
    "word-100": "a" * 100,  # the longest word that WordPiece still cuts up
    "word-101": "a" * 101,  # one [UNK]
}


def exactly(tokens, words, count):
    """Real words in order until `tokens` is reached with special tokens; a word that does not fit is dropped; fillers at the end."""
    taken, total = [], count("")
    for word in words:
        cost = count(word) - count("")
        if total + cost <= tokens:
            taken.append(word)
            total += cost
        elif tokens - total < 8:
            break
    text = " ".join(taken + [FILLER] * (tokens - total))
    assert count(text) == tokens
    return text


def main(tokenizer_path, packages_path):
    tokenizer = Tokenizer.from_file(tokenizer_path)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    count = lambda text: len(tokenizer.encode(text).ids)
    bodies = [package["body"] for package in json.loads(Path(packages_path).read_text())]
    texts = dict(WRITTEN)
    lengths = [(count(body), body) for body in bodies[:1500]]
    for index, wanted in enumerate(PACKAGE_LENGTHS, 1):
        texts[f"package-{index:02}"] = min(lengths, key=lambda pair: abs(pair[0] - wanted))[1]
    for index, tokens in enumerate(EXACT_LENGTHS):
        words = " ".join(bodies[2000 + 200 * index : 2200 + 200 * index]).split()
        texts[f"tokens-{tokens}"] = exactly(tokens, words, count)
    assert len(set(texts.values())) == len(texts)
    out = Path(__file__).with_name("texts.json")
    out.write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n")
    print(f"{len(texts)} texts, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
