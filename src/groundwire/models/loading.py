"""Opens the parts of a model folder: the weights on ONNX Runtime and the tokenizer."""

from __future__ import annotations

from pathlib import Path

import onnxruntime
from tokenizers import Tokenizer

from groundwire.errors import SettingsError

# On a CPU the sum and the normalisation that this would join take a third of the time apart.
_SLOWER = ["SkipLayerNormFusion"]


def open_session(folder: Path, threads: int) -> onnxruntime.InferenceSession:
    """Return a session over `model.onnx` that uses so many threads a run; raises SettingsError."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would take the cores from the event loop between two runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    path = folder / "model.onnx"
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
    except Exception as error:  # onnxruntime raises its own untyped errors
        raise SettingsError(f"The model {str(path)!r} can't be loaded: {error}") from error


def open_tokenizer(folder: Path) -> Tokenizer:
    """Return the tokenizer of `tokenizer.json`, without padding; raises SettingsError."""
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises plain exceptions
        raise SettingsError(f"The tokenizer in {str(folder)!r} can't be loaded: {error}.") from error
    tokenizer.no_padding()
    return tokenizer
