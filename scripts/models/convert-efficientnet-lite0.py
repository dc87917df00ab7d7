"""Reads the PyTorch checkpoint of EfficientNet-Lite0 and writes it as safetensors with timm's names.

    python3 scripts/models/convert-efficientnet-lite0.py CHECKPOINT.pth MODEL.safetensors

Needs nothing but Python: the checkpoint is of PyTorch's format before 1.6 (five pickles, then the storages one after the
other), and only the few names that a table of tensors needs are unpickled; anything else in it is refused.
"""

import array
import collections
import json
import pickle
import re
import struct
import sys

STAGES = [1, 2, 2, 3, 3, 4, 1]
MAGIC = 0x1950A86A20F9469CFC6C


class Storage:
    def __init__(self, kind: str, key: str):
        self.kind, self.key = kind, key


class Tables(pickle.Unpickler):
    def find_class(self, module: str, name: str):
        if (module, name) == ('collections', 'OrderedDict'):
            return collections.OrderedDict
        if (module, name) == ('torch._utils', '_rebuild_tensor_v2'):
            return lambda storage, offset, shape, stride, *_: (storage, offset, shape, stride)
        if module == 'torch' and name in ('FloatStorage', 'LongStorage'):
            return name
        raise pickle.UnpicklingError(f'{module}.{name} has no place in a checkpoint.')

    def persistent_load(self, saved: tuple):
        return Storage(saved[1], saved[2])


def read_checkpoint(path: str) -> dict[str, tuple[tuple[int, ...], bytes]]:
    with open(path, 'rb') as file:
        load = lambda: Tables(file).load()
        if load() != MAGIC:
            raise ValueError(f'{path} is not a checkpoint of the old format.')
        load(), load()  # version and the machine's sizes
        table, keys = load(), load()
        sizes = {storage.key: 4 if storage.kind == 'FloatStorage' else 8 for storage, *_ in table.values()}
        storages = {}
        for key in keys:
            (elements,) = struct.unpack('<q', file.read(8))
            storages[key] = file.read(elements * sizes[key])
    tensors = {}
    for name, (storage, offset, shape, stride) in table.items():
        if storage.kind != 'FloatStorage':
            continue  # num_batches_tracked
        values = array.array('f', storages[storage.key])
        places = [offset]
        for size, step in zip(shape, stride):  # TensorFlow's kernels were transposed without moving their numbers
            places = [place + index * step for place in places for index in range(size)]
        tensors[name] = (tuple(shape), array.array('f', [values[place] for place in places]).tobytes())
    return tensors


def timm_name(name: str) -> str:
    outside = {'_conv_stem': 'conv_stem', '_bn0': 'bn1', '_conv_head': 'conv_head', '_bn1': 'bn2', '_fc': 'classifier'}
    inside = {
        '_expand_conv': 'conv_pw', '_bn0': 'bn1', '_depthwise_conv': 'conv_dw', '_bn1': 'bn2',
        '_project_conv': 'conv_pwl', '_bn2': 'bn3',
    }
    first = {'_depthwise_conv': 'conv_dw', '_bn1': 'bn1', '_project_conv': 'conv_pw', '_bn2': 'bn2'}
    block = re.fullmatch(r'_blocks\.(\d+)\.(\w+)\.(\w+)', name)
    if not block:
        part, kind = name.split('.')
        return f'{outside[part]}.{kind}'
    index, part, kind = int(block[1]), block[2], block[3]
    stage = 0
    while index >= STAGES[stage]:
        index -= STAGES[stage]
        stage += 1
    return f'blocks.{stage}.{index}.{(inside if stage else first)[part]}.{kind}'


def write_safetensors(path: str, tensors: dict[str, tuple[tuple[int, ...], bytes]]) -> None:
    header, offset = {'__metadata__': {'format': 'pt'}}, 0
    for name, (shape, data) in tensors.items():
        header[name] = {'dtype': 'F32', 'shape': list(shape), 'data_offsets': [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for _, data in tensors.values():
            file.write(data)


def main() -> None:
    checkpoint, target = sys.argv[1:]
    tensors = {timm_name(name): tensor for name, tensor in read_checkpoint(checkpoint).items()}
    write_safetensors(target, tensors)
    print(f'{target}: {len(tensors)} tensors')


main()
