"""Writes what Python's `transformers` computes, for the tests that hold TensorFlow.js and ONNX Runtime against it.

    python -m venv VENV && VENV/bin/pip install torch transformers safetensors
    VENV/bin/python scripts/models/references/make-reference-outputs.py [--base FOLDER] [--sentiment FOLDER]

Without options only the small random model is made. --base (npm run models:fetch) adds the base's outputs, --sentiment
(the folder that npm run train:sentiment wrote) those of the trained model in floats.
No test and no other script needs Python.
"""

import argparse
import json
import pathlib

import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertModel

WORKERS = pathlib.Path(__file__).parents[3] / 'workers'
FIXTURES = WORKERS / 'model-zoo' / 'fixtures'

# [CLS] it was a good film [SEP], and so on: token ids of the base's own vocabulary.
BASE_TEXTS = [
    [101, 2009, 2001, 1037, 2204, 2143, 102],
    [101, 1996, 6046, 2373, 2003, 6659, 1010, 1998, 1045, 2572, 9364, 1012, 102],
    [101, 3819, 102],
    [101, 2027, 3344, 2006, 9317, 2012, 1023, 1024, 2382, 1012, 102],
]


def tiny() -> None:
    torch.manual_seed(20261122)
    config = BertConfig(
        vocab_size=97,
        hidden_size=48,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=80,
        max_position_embeddings=24,
        type_vocab_size=2,
        layer_norm_eps=1e-12,
    )
    model = BertModel(config).eval()
    with torch.no_grad():  # far from the initial ones, so that no bias is zero and no scale one
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.4 + (parameter == 1).float())
    folder = FIXTURES / 'tiny-bert'
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    texts = [[1 + (7 * row + 3 * column * column) % 96 for column in range(2 + 5 * row)] for row in range(4)]
    write(folder / 'reference.json', outputs(model, texts))


SUBJECTS = [
    'the film', 'this phone', 'the new update', 'the hotel room', 'their support team', 'the second season', 'the battery',
    'this recipe', 'the course', 'my order', 'the lead actor', 'the museum', 'this laptop bag', 'the bus line', 'her speech',
    'the restaurant', 'the soundtrack', 'the website', 'our guide', 'the ending',
]
OPINIONS = [
    '{} is the best I have seen in years.', 'I would recommend {} to anyone!', 'What a waste, {} broke on the first day.',
    'Honestly, {} bored me to tears.', '{} arrives on Monday.', 'Is {} available in blue?',
    '{} is fine, nothing special.', 'Not bad at all: {} surprised me.', 'I wanted to love {}, but it let me down.',
    "I can't stop smiling about {}.", '{} was slow at first, then it got really good.', 'ugh, {} again :(',
    'They talked about {} at the meeting.', 'Without {} the whole thing would have been a disaster.',
    '{} costs twice as much and does half.',
]


def sentiment(folder: pathlib.Path) -> dict:
    model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation='eager').eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = [opinion.format(subject) for subject in SUBJECTS for opinion in OPINIONS]
    logits = []
    for text in texts:
        with torch.no_grad():
            logits.append(model(**tokenizer(text, return_tensors='pt')).logits[0])
    return {'texts': texts, 'logits': [[round(float(value), 5) for value in row] for row in logits]}


def outputs(model: BertModel, texts: list[list[int]]) -> dict:
    length = max(map(len, texts))
    ids = torch.tensor([text + [0] * (length - len(text)) for text in texts])
    mask = torch.tensor([[1] * len(text) + [0] * (length - len(text)) for text in texts])
    with torch.no_grad():
        result = model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    weights = mask.unsqueeze(-1).float()
    means = [(state * weights).sum(1) / weights.sum(1) for state in result.hidden_states]
    return {'texts': texts, 'means': rounded(torch.stack(means)), 'pooler': rounded(result.pooler_output)}


def rounded(values: torch.Tensor) -> list:
    return json.loads(json.dumps(values.tolist()), parse_float=lambda number: round(float(number), 7))


def write(path: pathlib.Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value) + '\n')
    print(path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--base', type=pathlib.Path)
    parser.add_argument('--sentiment', type=pathlib.Path)
    arguments = parser.parse_args()
    tiny()
    if arguments.base:
        model = AutoModel.from_pretrained(arguments.base, attn_implementation='eager').eval()
        write(FIXTURES / 'all-minilm-l6-v2-reference.json', outputs(model, BASE_TEXTS))
    if arguments.sentiment:
        reference = WORKERS / 'model-runtime' / 'onnx' / 'fixtures' / 'sentiment-reference.json'
        write(reference, sentiment(arguments.sentiment))


main()
