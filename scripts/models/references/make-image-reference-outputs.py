"""Writes the logits that `efficientnet-lite-pytorch` computes, for the tests that hold our two versions against it.

    python -m venv VENV && VENV/bin/pip install torch efficientnet-lite-pytorch==0.1.0
    VENV/bin/python scripts/models/references/make-image-reference-outputs.py CHECKPOINT.pth

The picture is a formula that the tests compute again, so that no picture needs to be stored.
"""

import json
import math
import pathlib
import sys

import torch
from efficientnet_lite_pytorch import EfficientNet

FIXTURE = (
    pathlib.Path(__file__).parents[3] / 'workers' / 'model-zoo' / 'fixtures' / 'efficientnet-lite0-reference.json'
)
SIZE = 224


def picture(phase: int) -> torch.Tensor:
    """[3, SIZE, SIZE]: waves, different in every channel, along and across."""
    rows = [
        [[math.sin(phase + 0.05 * (channel + 1) * x) * math.cos(0.03 * (phase + channel) * y) for x in range(SIZE)] for y in range(SIZE)]
        for channel in range(3)
    ]
    return torch.tensor(rows)


def main() -> None:
    model = EfficientNet.from_pretrained('efficientnet-lite0', weights_path=sys.argv[1]).eval()
    phases = [1, 2, 3]
    with torch.no_grad():
        logits = model(torch.stack([picture(phase) for phase in phases]))
    rows = [[round(float(value), 5) for value in row] for row in logits]
    FIXTURE.write_text(json.dumps({'phases': phases, 'logits': rows}) + '\n')
    print(FIXTURE)


main()
