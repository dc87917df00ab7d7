"""Writes what Hugging Face's tokenizers make of a text, for the tests of workers/fine-tuning/tokenizer.

Needs the package tokenizers (0.23.3), which nothing else of the project does.
"""

import json
import random
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

VOCABULARY = 700
SPECIAL = ["<|endoftext|>"]
SENTENCES = [
    "It's the first; we'll see what they've made of it, and I'd say you're right.",
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.",
    "Быстрая лиса прыгает через ленивую собаку.",
    "いろはにほへと ちりぬるを 1,234.50 € 🙂🙂🙂 👩‍👩‍👧",
    "aaaa aaa aaaaaaa  banana   bananas\n\n\n\tbanana ",
    "x = [i**2 for i in range(10_000)]  # no text\r\n\u00a0\u0085\ufeff.",
]
HELD = ["Whatever bananas they've: 99 Käse, собака 🙂\n\n  end ", " ", "<|endoftext|>once more<|endoftext|>"]


def invented_text() -> str:
    """Words that are as frequent as words are, so that many pairs are equally frequent."""
    random_numbers = random.Random(20261126)
    syllables = [a + b for a in "b d f k l m n r s t th st".split() for b in "a e i o u er an".split()]
    words = ["".join(random_numbers.choices(syllables, k=random_numbers.randint(1, 4))) for _ in range(800)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    chosen = random_numbers.choices(words, weights, k=6000)
    return " ".join(chosen)


def main() -> None:
    text = "\n".join([*SENTENCES, invented_text()])
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        min_frequency=2,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = sorted(model["vocab"], key=model["vocab"].get)
    reference = {
        "text": text,
        "vocabularySize": VOCABULARY,
        "specialTokens": SPECIAL,
        "tokens": vocabulary,
        "merges": [" ".join(pair) for pair in model["merges"]],
        "encodings": [{"text": held, "ids": tokenizer.encode(held).ids} for held in [*SENTENCES, *HELD]],
    }
    folder = Path(__file__).parents[3] / "workers/fine-tuning/tokenizer/fixtures"
    folder.mkdir(exist_ok=True)
    (folder / "reference.json").write_text(json.dumps(reference, ensure_ascii=True) + "\n")


main()
