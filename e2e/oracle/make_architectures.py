"""Writes ../models/tiny-*/ and fixtures/architectures/*.json: a tiny random model of each architecture, and what the reference answers.

    python make_architectures.py [NAME ...]        NAME: tiny-bert-reranker, …; all by default. A minute or two on two cores
"""

import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers.utils import logging

from architectures import classifiers, colbert, decoders, gemma, jina, llm_rerankers, oddities, rerankers, rewards, sentence_modules, tokens

FAMILIES = [rerankers, classifiers, decoders, gemma, sentence_modules, rewards, tokens, colbert, jina, llm_rerankers, oddities]


def main(*names):
    torch.set_num_threads(2)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    makers = {maker.__name__.replace("_", "-"): maker for family in FAMILIES for maker in family.MODELS}
    for name in names or makers:
        print(name, flush=True)
        torch.manual_seed(0)
        makers[name]()


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # transformers goes through sets of layer kinds, in the order of which it is traced
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    main(*sys.argv[1:])
