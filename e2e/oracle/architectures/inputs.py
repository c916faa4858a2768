"""The texts of the cases: by id from ../texts.json, and a few questions with their candidates."""

from .small_tokenizers import TEXTS

SHORT = ("sentence", "capital", "german", "chinese")
BATCH = ("empty", "letter", "package-05", "emoji-zwj", "tokens-255", "only-whitespace", "accents", "word-101")  # very different lengths
UNICODE = ("emoji", "emoji-zwj", "arabic", "hindi", "japanese", "russian", "combining", "whitespace", "special-tokens")

QUERY = "What is the capital of France?"
DOCUMENTS = [
    "The capital of France is Paris.",
    "Brasília is the capital of Brazil; 巴西利亚 is its Chinese name.",
    TEXTS["package-04"],
    "",
    TEXTS["emoji-zwj"],
    TEXTS["package-09"],
]


def texts(*ids):
    return [TEXTS[text_id] for text_id in ids]


EXAMPLES = [text for text_id, text in TEXTS.items() if not text_id.startswith("tokens-5")]  # to scale heads with and to check graphs
