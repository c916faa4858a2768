"""Which texts go with which options. One case per yield: (id, text id, options)."""

SAMPLE = ("letter", "sentence", "german", "chinese", "emoji-zwj", "special-tokens", "package-04", "package-09")
LONG_SAMPLE = ("tokens-255", "tokens-256", "tokens-257", "tokens-512", "tokens-513", "tokens-5000")
ALL_ROWS = ("word", "sentence")


def cases(lengths, max_length, dimensions):
    """`lengths`: text id -> tokens with special tokens, uncut. `dimensions`: the two sizes to cut to, the larger one first."""
    long = [name for name, tokens in lengths.items() if tokens > max_length]
    for name, tokens in lengths.items():
        if tokens <= max_length:
            yield f"plain/{name}", name, {}
    for name in long:
        yield f"truncate-max/{name}", name, {"truncate_prompt_tokens": -1}
        yield f"truncate-max-left/{name}", name, {"truncate_prompt_tokens": -1, "truncation_side": "left"}
    for name in (*SAMPLE, "tokens-257", "tokens-5000"):
        for side in ("right", "left"):
            yield f"truncate-10-{side}/{name}", name, {"truncate_prompt_tokens": 10, "truncation_side": side}
    for name in SAMPLE:
        for size in dimensions:
            yield f"dimensions-{size}/{name}", name, {"dimensions": size}
        yield f"raw/{name}", name, {"normalize": False}
        yield f"raw-dimensions-{dimensions[0]}/{name}", name, {"normalize": False, "dimensions": dimensions[0]}
        for method in ("CLS", "LAST"):
            yield f"{method.lower()}/{name}", name, {"pooling_type": method}
    for method in ("CLS", "LAST"):
        options = {"pooling_type": method, "truncate_prompt_tokens": -1}
        yield f"{method.lower()}-truncate-max/tokens-257", "tokens-257", options
    chunking = {"enable_chunked_processing": True, "max_embed_len": 3_072_000}
    for name in dict.fromkeys((*LONG_SAMPLE, *long)):
        yield f"chunked/{name}", name, chunking
        yield f"chunked-raw/{name}", name, {**chunking, "normalize": False}
        yield f"chunked-dimensions-{dimensions[0]}/{name}", name, {**chunking, "dimensions": dimensions[0]}
    for method in ("CLS", "LAST"):
        yield f"chunked-{method.lower()}/tokens-513", "tokens-513", {**chunking, "pooling_type": method}
    for name in ALL_ROWS:
        yield f"all/{name}", name, {"pooling_type": "ALL", "normalize": False}
