"""Writes what Python's `transformers` computes of decoders, for the tests that hold TensorFlow.js and ONNX Runtime against it.

    python -m venv VENV && VENV/bin/pip install torch transformers safetensors
    VENV/bin/python scripts/models/references/make-text-reference-outputs.py [--smollm2 FOLDER]

Without options only the small random models are made. --smollm2 (a folder that npm run text:folder wrote) adds the logits of
SmolLM2 at some positions. No test and no other script needs Python.
"""

import argparse
import json
import pathlib

import torch
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

FIXTURES = pathlib.Path(__file__).parents[3] / 'workers' / 'model-zoo' / 'fixtures'
# Logits of every 97th token of the vocabulary and of the five likeliest ones.
STRIDE = 97
LIKELIEST = 5

# "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\nThe capital of France is Paris."
# and the first words of "A Tale of Two Cities", in the model's own vocabulary.
SMOLLM2_TEXTS = [
    [1, 4093, 198, 1780, 314, 260, 3575, 282, 4649, 47, 2, 198, 1, 520, 9531, 198, 504, 3575, 282, 4649, 314, 7042, 30],
    [1589, 436, 260, 1450, 282, 1711, 28, 357, 436, 260, 9250, 282, 1711, 28, 357, 436, 260, 1850, 282, 6655],
]


def randomise(model: torch.nn.Module) -> None:
    """Far from the initial ones, so that no bias is zero and no scale one."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.3 + (parameter == 1).float())


def tiny(name: str, model: torch.nn.Module, vocabulary: int) -> None:
    randomise(model)
    model.eval()
    folder = FIXTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    (folder / 'generation_config.json').unlink(missing_ok=True)
    texts = [[(11 + 7 * row + 3 * column * column) % vocabulary for column in range(3 + 4 * row)] for row in range(4)]
    logits = []
    for text in texts:
        with torch.no_grad():
            logits.append(rounded(model(torch.tensor([text])).logits[0]))
    write(folder / 'reference.json', {'texts': texts, 'logits': logits})


def smollm2(folder: pathlib.Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation='eager', dtype=torch.float32).eval()
    texts = []
    for text in SMOLLM2_TEXTS:
        with torch.no_grad():
            logits = model(torch.tensor([text])).logits[0]
        positions = []
        for row in logits:
            likeliest = row.topk(LIKELIEST)
            positions.append({'strided': rounded(row[::STRIDE]), 'ids': likeliest.indices.tolist(), 'logits': rounded(likeliest.values)})
        texts.append({'ids': text, 'positions': positions})
    write(FIXTURES / 'smollm2-reference.json', {'stride': STRIDE, 'texts': texts})


def rounded(values: torch.Tensor) -> list:
    return json.loads(json.dumps(values.tolist()), parse_float=lambda number: round(float(number), 5))


def write(path: pathlib.Path, value: dict) -> None:
    path.write_text(json.dumps(value) + '\n')
    print(path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--smollm2', type=pathlib.Path)
    arguments = parser.parse_args()
    torch.manual_seed(20261125)
    shape = {'vocab_size': 89, 'hidden_size': 48, 'intermediate_size': 72, 'num_hidden_layers': 3}
    heads = {'num_attention_heads': 6, 'num_key_value_heads': 2, 'max_position_embeddings': 32}
    tiny('tiny-llama', LlamaForCausalLM(LlamaConfig(**shape, **heads, tie_word_embeddings=True, rope_theta=100000.0)), 89)
    untied = {**heads, 'num_key_value_heads': 6, 'head_dim': 16}
    tiny('tiny-llama-untied', LlamaForCausalLM(LlamaConfig(**shape, **untied, tie_word_embeddings=False)), 89)
    tiny('tiny-gpt2', GPT2LMHeadModel(GPT2Config(vocab_size=89, n_embd=48, n_layer=3, n_head=6, n_positions=32, bos_token_id=0, eos_token_id=0)), 89)
    if arguments.smollm2:
        smollm2(arguments.smollm2)


main()
