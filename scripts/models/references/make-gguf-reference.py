"""Writes what llama.cpp's own Python package makes of some numbers, for the tests that hold our reader and writer against it.

    python -m venv VENV && VENV/bin/pip install gguf==0.19.0
    VENV/bin/python scripts/models/references/make-gguf-reference.py
"""

import base64
import json
import pathlib

import gguf
import numpy

FOLDER = pathlib.Path(__file__).parents[3] / 'workers' / 'model-zoo' / 'gguf' / 'fixtures'
TYPES = {
    'F32': gguf.GGMLQuantizationType.F32,
    'F16': gguf.GGMLQuantizationType.F16,
    'BF16': gguf.GGMLQuantizationType.BF16,
    'Q4_0': gguf.GGMLQuantizationType.Q4_0,
    'Q4_1': gguf.GGMLQuantizationType.Q4_1,
    'Q8_0': gguf.GGMLQuantizationType.Q8_0,
}
ROWS, COLUMNS = 8, 64


def numbers() -> numpy.ndarray:
    """Normal ones, and blocks where rounding goes wrong easily: zeros, ties, one sign, far apart, very small."""
    rows = numpy.random.default_rng(20261125).standard_normal((ROWS, COLUMNS)).astype(numpy.float32)
    rows[1, :32] = 0
    rows[2, :32] = numpy.arange(32) / 2 - 8
    rows[2, 32:] = numpy.concatenate([[-127], numpy.arange(31) + 0.5])
    rows[3] = abs(rows[3])
    rows[4] = -abs(rows[4])
    rows[5] *= numpy.float32(1e-6)
    rows[6, 7] = 300
    rows[7] *= numpy.float32(1e-3)
    return rows


def base64_of(array: numpy.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def tiny(rows: numpy.ndarray) -> None:
    writer = gguf.GGUFWriter(FOLDER / 'tiny.gguf', 'llama')
    writer.add_uint8('a.uint8', 200)
    writer.add_int8('a.int8', -100)
    writer.add_uint16('a.uint16', 60000)
    writer.add_int16('a.int16', -30000)
    writer.add_uint32('a.uint32', 4000000000)
    writer.add_int32('a.int32', -2000000000)
    writer.add_float32('a.float32', 0.1)
    writer.add_bool('a.bool', True)
    writer.add_string('a.string', 'Grüße, 世界')
    writer.add_uint64('a.uint64', 2**64 - 1)
    writer.add_int64('a.int64', -(2**63))
    writer.add_float64('a.float64', 0.1)
    writer.add_array('a.strings', ['Ġt', '', '<|im_end|>'])
    writer.add_array('a.integers', [3, -1, 6])
    for name, kind in TYPES.items():
        stored = gguf.quants.quantize(rows, kind)
        writer.add_tensor(f'{name}.weight', stored, raw_dtype=None if name in ('F32', 'F16') else kind)
    writer.add_tensor('norm.weight', rows[0])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = numbers()
    reference = {'shape': [ROWS, COLUMNS], 'values': base64_of(rows), 'types': {}}
    for name, kind in TYPES.items():
        stored = gguf.quants.quantize(rows, kind)
        reference['types'][name] = {
            'stored': base64_of(stored),
            'values': base64_of(gguf.quants.dequantize(stored, kind).astype(numpy.float32)),
        }
    (FOLDER / 'reference.json').write_text(json.dumps(reference, indent=1) + '\n')
    tiny(rows)
    print(FOLDER)


main()
