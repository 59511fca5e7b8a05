"""Turns trained weights into the shipped verifier: ONNX, int8, with tokenizer and config.

    python training/export_verifier.py --base BASE --weights OUT --to src/groundwire/models/verifier

BASE is the packed base model the training began with (its frozen word embeddings are needed), OUT the folder that
`train_verifier.py` wrote. Prints how far the quantised model is from the full one on a few pairs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from fused_attention import fuse_attention
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from verifier_model import VerifierModel, load_base

MAX_TOKENS = 384
# A word counts as not carried from this probability on; chosen on development answers.
MIN_WRONG = 0.5
_TRIALS = (
    ("Plans > Basic: The Basic plan costs €12 a month.", "What is Basic? || It costs €14 a month."),
    ("Plans > Basic: The Basic plan costs €12 a month.", "What is Basic? || It costs €12 a month."),
    ("Returns: Items can be returned within 45 days of delivery.", "Returns take 45 days."),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--name", default="groundwire-verifier")
    parser.add_argument("--layers", type=int, default=0, help="as in training")
    parser.add_argument("--full-precision", action="store_true")
    arguments = parser.parse_args()
    arguments.to.mkdir(parents=True, exist_ok=True)
    model = trained(arguments.base, arguments.weights, arguments.layers)
    target = arguments.to / "model.onnx"
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "model.onnx"
        to_onnx(model, full)
        if arguments.full_precision:
            shutil.copy(full, target)
        else:
            quantise(full, target)
        compare(full, target, arguments.base)
    shutil.copy(arguments.base / "tokenizer.json", arguments.to / "tokenizer.json")
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    config = {
        "name": f"{arguments.name}-{digest[:8]}",
        "max_tokens": MAX_TOKENS,
        "min_wrong": MIN_WRONG,
        "sha256": digest,
    }
    (arguments.to / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    print(json.dumps(config), f"{target.stat().st_size / 1e6:.1f} MB")


def trained(base: Path, weights: Path, layers: int = 0) -> VerifierModel:
    """Return the base network with the trained weights in it; raises SystemExit where some are missing."""
    model = load_base(base, layers=layers)
    state: dict[str, torch.Tensor] = {}
    for path in sorted(weights.glob("weights-*.npz")):
        with np.load(path) as part:
            state |= {name: torch.from_numpy(part[name].astype(np.float32)) for name in part.files}
    lacking = {name for name, value in model.named_parameters() if value.requires_grad} - state.keys()
    if lacking:
        raise SystemExit(f"the weights lack {sorted(lacking)[:3]} and {len(lacking)} in all")
    model.load_state_dict(state, strict=False)
    return model.eval()


def to_onnx(model: VerifierModel, path: Path) -> None:
    """Write the network for one text of any length, its attention in the form that ONNX Runtime runs fastest."""
    model.encoder.set_attn_implementation("eager")
    ids = torch.tensor([[101, 2023, 102, 2003, 102]])
    types = torch.tensor([[0, 0, 0, 1, 1]])
    axes = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids), types),
        str(path),
        input_names=["input_ids", "attention_mask", "token_type_ids"],
        output_names=["labels", "words"],
        dynamic_axes={name: axes for name in ("input_ids", "attention_mask", "token_type_ids", "words")}
        | {"labels": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    fused = onnx.load(path)
    fuse_attention(fused, model.encoder.config.num_attention_heads)
    onnx.save(fused, path)


def quantise(full: Path, target: Path) -> None:
    """Write the network with int8 weights, a scale for each output channel.

    The range is reduced by a bit, because processors without VNNI saturate on sums of full ones.
    """
    # Shapes can't be inferred past the fused attention, so the quantiser has to be told the type behind it.
    options = {"DefaultTensorType": onnx.TensorProto.FLOAT}
    quantize_dynamic(
        full, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True, extra_options=options
    )


def compare(full: Path, quantised: Path, base: Path) -> None:
    """Print the label probabilities of both on a few pairs."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    for evidence, claim in _TRIALS:
        encoding = tokenizer.encode(evidence, claim)
        ids, types = np.array([encoding.ids]), np.array([encoding.type_ids])
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
        shown = []
        for path in (full, quantised):
            logits = onnxruntime.InferenceSession(str(path)).run(["labels"], feeds)[0][0]
            chances = np.exp(logits - logits.max())
            shown.append(np.round(chances / chances.sum(), 3).tolist())
        print(claim, *shown)


if __name__ == "__main__":
    main()
