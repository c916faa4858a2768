"""Sentence-Transformers' files: modules.json and a folder for each module, as version 2 to 5 wrote them or, `new`, as version 6 does."""

OLD = "sentence_transformers.models."
NEW = {
    "Transformer": "sentence_transformers.base.modules.transformer.Transformer",
    "Pooling": "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
    "Normalize": "sentence_transformers.base.modules.normalize.Normalize",
    "Dense": "sentence_transformers.base.modules.dense.Dense",
    "LayerNorm": "sentence_transformers.sentence_transformer.modules.layer_norm.LayerNorm",
}
MODES = ("cls", "mean", "max", "mean_sqrt_len", "weightedmean", "lasttoken")  # in the order of the files


def transformer(max_length=None, lower=False):
    return "Transformer", {"max_seq_length": max_length, "do_lower_case": lower} if max_length else None


def pooling(*modes, hidden=32, include_prompt=True):
    """The boolean form of before 6; `new_pooling` is the other."""
    names = {mode: f"pooling_mode_{mode}_token{'' if mode == 'cls' else 's'}" for mode in MODES} | {"lasttoken": "pooling_mode_lasttoken"}
    flags = {names[mode]: mode in modes for mode in MODES}
    return "Pooling", {"word_embedding_dimension": hidden, **flags, "include_prompt": include_prompt}


def new_pooling(*modes, hidden=32, include_prompt=True):
    modes = [{"mean_sqrt_len": "mean_sqrt_len_tokens"}.get(mode, mode) for mode in modes]
    mode = modes[0] if len(modes) == 1 else modes
    return "Pooling", {"embedding_dimension": hidden, "pooling_mode": mode, "include_prompt": include_prompt}


def dense(inputs, outputs, activation, bias=False):
    return "Dense", {"in_features": inputs, "out_features": outputs, "bias": bias, "activation_function": activation}


def layer_norm(dimension):
    return "LayerNorm", {"dimension": dimension}


def normalize():
    return "Normalize", None


def sentence_files(modules, prompts=None, default_prompt=None, new=False):
    """path -> content of modules.json and what it names; the first module's file is sentence_bert_config.json."""
    entries, files = [], {}
    for index, (kind, content) in enumerate(modules):
        path = "" if index == 0 else f"{index}_{kind}"
        entries.append({"idx": index, "name": str(index), "path": path, "type": NEW[kind] if new else OLD + kind})
        if content is not None:
            files["sentence_bert_config.json" if index == 0 else f"{path}/config.json"] = content
    files["modules.json"] = entries
    if prompts is not None:
        versions = {"sentence_transformers": "6.2.0" if new else "2.7.0"}
        files["config_sentence_transformers.json"] = {
            "__version__": versions,
            "prompts": prompts,
            "default_prompt_name": default_prompt,
            "similarity_fn_name": "cosine",
        }
    return files
