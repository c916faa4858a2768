"""Reward models that only exist as code in their repositories: a Qwen2 decoder with two layers on each token.

tiny-qwen2-prm     Qwen2ForProcessRewardModel (Qwen2.5-Math-PRM): two logits a token, read at the step tokens <extra_0>
tiny-qwen2-reward  Qwen2ForRewardModel (Qwen2.5-Math-RM): one value a token
"""

import torch
from torch import nn
from transformers import Qwen2Config, Qwen2Model, Qwen2PreTrainedModel
from transformers.modeling_outputs import TokenClassifierOutput

from .fixture import Fixture
from .heads import SIZES, finish
from .inputs import EXAMPLES, TEXTS, texts
from .past import causal_mask
from .repository import Repository
from .tokens import CODE_POINTS, tokenize_cases
from .weights import randomize

REFERENCE = "torch: transformers' Qwen2Model under Linear, ReLU, Linear, one text at a time"
STEP = "<extra_0>"
SYSTEM = "Please reason step by step, and put your final answer within \\boxed{}."
PROMPTS = [
    f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\nWhat is 6 × 7?<|im_end|>\n<|im_start|>assistant\n"
    f"Six is 2 × 3.{STEP}Three sevens are 21.{STEP}Twice that is 42.{STEP}So \\boxed{{42}}.{STEP}<|im_end|><|endoftext|>",
    f"{TEXTS['package-04']}{STEP}{TEXTS['chinese']}{STEP}",
    f"{STEP}{STEP} two in a row, and none after",
    "no step at all",
    f"{TEXTS['package-09']}{STEP}",
]


class Reward(Qwen2PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.model = Qwen2Model(config)
        hidden = config.hidden_size
        self.score = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, config.num_labels))

    def forward(self, input_ids, attention_mask):
        masks = {"full_attention": causal_mask(attention_mask, input_ids.shape[1], 0)} if torch.jit.is_tracing() else attention_mask
        return TokenClassifierOutput(logits=self.score(self.model(input_ids=input_ids, attention_mask=masks).last_hidden_state))


class Rewarder:
    def __init__(self, model, tokenizer):
        self.model, self.tokenizer = model, tokenizer

    def rows(self, prompts, options=None, step=None, columns=None, activation=True):
        """vLLM's order: columns, then the rows of the step token, then sigmoid (one column) or softmax."""
        cut = {"truncation": True, "max_length": options["truncatePromptTokens"]} if options else {}
        ids = [self.tokenizer(prompt, **cut)["input_ids"] for prompt in prompts]
        return {"rows": [self.pool(row, step, columns, activation) for row in ids], "ids": ids}

    def pool(self, ids, step, columns, activation):
        with torch.no_grad():
            inputs = torch.tensor([ids])
            rows = self.model(inputs, torch.ones_like(inputs)).logits[0]
        rows = rows[:, columns] if columns else rows
        rows = rows[[index for index, token in enumerate(ids) if token == step]] if step is not None else rows
        if not activation:
            return rows
        return rows.sigmoid() if rows.shape[1] == 1 else rows.softmax(1)


def make(name, labels, architecture, seed):
    repository = Repository(name)
    tokenizer = repository.tokenizer("qwen", padding_side="right")
    sizes = dict(SIZES, num_key_value_heads=1, max_position_embeddings=512, use_sliding_window=False)
    ids = dict(pad_token_id=tokenizer.pad_token_id, bos_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id)
    model = randomize(Reward(Qwen2Config(**sizes, **ids, vocab_size=len(tokenizer), num_labels=labels)), seed)
    repository.config(model, architectures=[architecture])
    examples = [text for text in (*EXAMPLES, *PROMPTS) if text]
    finish(repository, model, tokenizer, ("input_ids", "attention_mask"), model.score[2], examples, per_token=True)
    fixture = Fixture(name, REFERENCE, **CODE_POINTS)
    return fixture, Rewarder(model, tokenizer)


def tiny_qwen2_prm():
    fixture, reward = make("tiny-qwen2-prm", 2, "Qwen2ForProcessRewardModel", 61)
    step = reward.tokenizer.convert_tokens_to_ids(STEP)
    load = {"overridePoolerConfig": {"pooling_type": "STEP", "step_tag_id": step}}
    for method in ("encode", "reward"):
        add = lambda case_id, prompts, wanted, load=None, **options: fixture.add(
            f"{method}/{case_id}", method, [prompts], wanted, load, options
        )
        for index, prompt in enumerate(PROMPTS):
            add(f"steps/{index}", [prompt], reward.rows([prompt], step=step), load)
        add("steps/batch", PROMPTS, reward.rows(PROMPTS, step=step), load)
        add("steps/raw", PROMPTS, reward.rows(PROMPTS, step=step, activation=False), load, poolingParams={"softmax": False})
        cut = {"truncatePromptTokens": 60}
        add("steps/truncate-60", PROMPTS, reward.rows(PROMPTS, cut, step), load, **cut)
        add("steps/of-the-call", PROMPTS, reward.rows(PROMPTS, step=step), None, poolingParams={"step_tag_id": step})
        other = reward.tokenizer.convert_tokens_to_ids("<|im_end|>")
        add("steps/other-tag", PROMPTS, reward.rows(PROMPTS, step=other), load, poolingParams={"step_tag_id": other})
        for columns in ([1], [1, 0], [0]):
            name = "columns-" + "-".join(map(str, columns))
            add(name, PROMPTS, reward.rows(PROMPTS, step=step, columns=columns), load, poolingParams={"returned_token_ids": columns})
        raw = {"returned_token_ids": [1], "softmax": False}
        add("columns-1-raw", PROMPTS, reward.rows(PROMPTS, step=step, columns=[1], activation=False), load, poolingParams=raw)
        add("default-tag", PROMPTS, reward.rows(PROMPTS, step=151651))  # <extra_0> of the real tokenizer: no rows here
    tokenize_cases(fixture, reward.tokenizer)
    fixture.write()


def tiny_qwen2_reward():
    fixture, reward = make("tiny-qwen2-reward", 1, "Qwen2ForRewardModel", 62)
    prompts = [prompt for prompt in (*PROMPTS[:3], *texts("letter", "tokens-255"))]
    for method in ("encode", "reward"):
        fixture.add(f"{method}/one", method, [prompts[:1]], reward.rows(prompts[:1], activation=False))
        fixture.add(f"{method}/batch", method, [prompts], reward.rows(prompts, activation=False))
        options = {"poolingParams": {"softmax": True}}
        fixture.add(f"{method}/sigmoid", method, [prompts], reward.rows(prompts), None, options)
        cut = {"truncatePromptTokens": 10}
        fixture.add(f"{method}/truncate-10", method, [prompts], reward.rows(prompts, cut, activation=False), None, cut)
    fixture.write()


MODELS = [tiny_qwen2_prm, tiny_qwen2_reward]
