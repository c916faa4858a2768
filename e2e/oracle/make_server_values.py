"""torch's casts, numpy's packed bits and transformers' chat templates -> fixtures/server-values.json.

    python make_server_values.py
"""

import json
import math
from pathlib import Path

import numpy
import torch
import transformers

HERE = Path(__file__).parent
DTYPES = {
    "float16": (torch.float16, torch.uint16),
    "bfloat16": (torch.bfloat16, torch.uint16),
    "fp8_e4m3": (torch.float8_e4m3fn, torch.uint8),
    "fp8_e5m2": (torch.float8_e5m2, torch.uint8),
}

CHATML = "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
FRAMED = "{{ pad_token }}{% for m in messages %}{% if not loop.first %} | {% endif %}{{ m.content | trim }}{{ eos_token }}{% endfor %}{% if style is defined %}[{{ style }}]{% endif %}"
TOOLS = "{% if tools %}{% for t in tools %}<tool>{{ t | tojson }}</tool>\n{% endfor %}{% endif %}{% for m in messages %}{{ m.role|upper }}: {{ m.content }}\n{% endfor %}"
USER = [{"role": "user", "content": "What is the capital of France?"}]
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "  Hello, 世界! 🙂 "},
    {"role": "assistant", "content": "The answer is "},
]
TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {"a": {"type": "number"}}}}}
CHATS = [
    ("chatml", CHATML, USER, {}),
    ("chatml-generation", CHATML, TALK, {"add_generation_prompt": True}),
    ("chatml-continue", CHATML, TALK, {"continue_final_message": True}),
    ("chatml-continue-word-of-template", CHATML, [{"role": "user", "content": "end"}], {"continue_final_message": True}),
    ("chatml-continue-empty", CHATML, [{"role": "user", "content": ""}], {"continue_final_message": True}),
    ("framed-continue", FRAMED, TALK, {"continue_final_message": True}),
    ("framed", FRAMED, TALK, {}),
    ("framed-kwargs", FRAMED, USER, {"style": "short"}),
    ("tools", TOOLS, USER, {"tools": [TOOL]}),
    ("tools-none", TOOLS, USER, {}),
    ("tools-not-given", "{% if tools is not none %}T{% endif %}{% if documents is defined %}D{% endif %}{{ messages[0].content }}", USER, {}),
]


def values() -> list[float]:
    """Ordinary ones, ties, the ends of every format, and what is no number."""
    generator = numpy.random.default_rng(7)
    ordinary = generator.standard_normal(200).astype(numpy.float32)
    scaled = ordinary[:60] * numpy.float32(2.0) ** generator.integers(-30, 20, 60).astype(numpy.float32)
    ties = [1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-8, 1 + 3 * 2**-8, 1.0625, 1.1875, 1.125, 1.375, 2**-24 * 1.5, 2**-25, 2**-9, 2**-10, 2**-17, 3 * 2**-17]
    ends = [0.0, -0.0, 65504.0, 65519.0, 65520.0, 448.0, 463.0, 464.0, 465.0, 480.0, 57344.0, 61439.0, 61440.0, 3.3e38, 3.4e38, 1e-40, 6e-8, 5.9e-8, 6.1e-5]
    others = [math.inf, -math.inf, math.nan]
    every = [*ordinary.tolist(), *scaled.tolist(), *ties, *[-tie for tie in ties], *ends, *others]
    return numpy.asarray(every, dtype=numpy.float32).tolist()


def main() -> None:
    numbers = torch.tensor(values(), dtype=torch.float32)
    words = {name: numbers.to(dtype).view(word).to(torch.int64).tolist() for name, (dtype, word) in DTYPES.items()}
    bits = numpy.asarray(values()[:64], dtype=numpy.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(HERE / "../models/tiny-qwen3-embed"))
    chats = []
    for name, template, messages, options in CHATS:
        text = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False, **options)
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        chats.append({"id": name, "template": template, "messages": messages, "options": options, "text": text, "ids": ids, "decoded": tokenizer.decode(ids)})
    fixture = {
        "made_with": {"torch": torch.__version__, "numpy": numpy.__version__, "transformers": transformers.__version__},
        # JSON has no infinity: the bits say it.
        "float32_bits": numbers.view(torch.int32).tolist(),
        "words": words,
        "packed": {"bits": bits.view(numpy.int32).tolist(), "bytes": numpy.packbits(bits >= 0).tolist()},
        "chats": chats,
    }
    (HERE / "fixtures/server-values.json").write_text(json.dumps(fixture, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
