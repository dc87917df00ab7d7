"""Writes an adapter of the small random Llama and what Python's `peft` computes with it, for the tests of `workers/model-zoo/lora`.

    python -m venv VENV && VENV/bin/pip install torch transformers peft
    VENV/bin/python scripts/models/references/make-lora-reference-outputs.py
    VENV/bin/python scripts/models/references/make-lora-reference-outputs.py --check ADAPTER --base FOLDER

`adapter.gguf` beside them is llama.cpp's own conversion:

    VENV/bin/python llama.cpp/convert_lora_to_gguf.py --outtype f32 --base tiny-llama --outfile adapter.gguf tiny-llama-lora

With --check it writes nothing: it opens an adapter of ours with `peft` on a base (a folder that npm run text:folder wrote) and
says how each of its tensors was taken and how a text goes on. No test and no other script needs Python.
"""

import argparse
import json
import pathlib

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

FIXTURES = pathlib.Path(__file__).parents[3] / 'workers' / 'model-zoo' / 'fixtures'
TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']


def make() -> None:
    torch.manual_seed(20261126)
    base = AutoModelForCausalLM.from_pretrained(FIXTURES / 'tiny-llama', attn_implementation='eager')
    model = get_peft_model(base, LoraConfig(r=4, lora_alpha=6, target_modules=TARGETS, task_type='CAUSAL_LM')).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if 'lora_' in name:
                parameter.copy_(torch.randn_like(parameter) * 0.2)
    folder = FIXTURES / 'tiny-llama-lora'
    model.save_pretrained(folder)
    (folder / 'README.md').unlink(missing_ok=True)
    config = folder / 'adapter_config.json'
    config.write_text(config.read_text().replace(str(FIXTURES) + '/', ''))
    texts = json.loads((FIXTURES / 'tiny-llama' / 'reference.json').read_text())['texts']
    with torch.no_grad():
        logits = [model(torch.tensor([text])).logits[0].tolist() for text in texts]
    rounded = json.loads(json.dumps(logits), parse_float=lambda number: round(float(number), 5))
    (folder / 'reference.json').write_text(json.dumps({'texts': texts, 'logits': rounded}) + '\n')
    print(folder)


def check(adapter: pathlib.Path, base: pathlib.Path, prompt: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    model = PeftModel.from_pretrained(plain, adapter).eval()
    result = model.load_adapter(adapter, 'again')
    print('missing', [name for name in result.missing_keys if 'lora' in name], 'unexpected', result.unexpected_keys)
    chat = tokenizer.apply_chat_template(
        [{'role': 'user', 'content': prompt}], add_generation_prompt=True, return_tensors='pt', return_dict=True
    )
    for name, context in [('with', torch.no_grad()), ('without', model.disable_adapter())]:
        with torch.no_grad(), context:
            answer = model.generate(**chat, max_new_tokens=48, do_sample=False)
        print(name, json.dumps(tokenizer.decode(answer[0, chat['input_ids'].shape[1] :], skip_special_tokens=True)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--check', type=pathlib.Path)
    parser.add_argument('--base', type=pathlib.Path)
    parser.add_argument('--prompt', default='Hello.')
    arguments = parser.parse_args()
    if arguments.check:
        check(arguments.check, arguments.base, arguments.prompt)
    else:
        make()


main()
