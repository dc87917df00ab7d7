"""The training steps of measure-encoder.ts in PyTorch, to compare with: prints steps a second as JSON.

Needs torch and transformers, which nothing else of the project does: engine:check runs it where they are installed.
"""

import json
import time

import torch
from transformers import BertConfig, BertForSequenceClassification

TEXTS, TOKENS, LABELS, MEASURE_S = 32, 16, 3, 8.0

torch.manual_seed(1)
config = BertConfig(
    hidden_size=384,
    num_hidden_layers=6,
    num_attention_heads=12,
    intermediate_size=1536,
    vocab_size=30522,
    num_labels=LABELS,
)
ids = 1000 + (torch.arange(TEXTS * TOKENS) * 7919) % 20000
inputs = {"input_ids": ids.reshape(TEXTS, TOKENS), "attention_mask": torch.ones(TEXTS, TOKENS, dtype=torch.long)}
labels = torch.arange(TEXTS) % LABELS


def steps_per_s(bfloat16: bool) -> float:
    model = BertForSequenceClassification(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.01)

    def step() -> None:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            loss = model(**inputs, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    step()
    start, steps = time.perf_counter(), 0
    while time.perf_counter() - start < MEASURE_S:
        step()
        steps += 1
    return steps / (time.perf_counter() - start)


result = {"torch": torch.__version__, "threads": torch.get_num_threads()}
print(json.dumps({**result, "float32": steps_per_s(False), "bfloat16": steps_per_s(True)}))
