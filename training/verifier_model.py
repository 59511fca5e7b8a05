"""The verifier network: one encoder over evidence and claim, one head for the label and one for the words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoModel
from transformers.models.auto.configuration_auto import CONFIG_MAPPING


class VerifierModel(nn.Module):
    """Returns label logits (batch, 3) and, for each token, the logit that no evidence carries it (batch, tokens).

    The label is read from the first token and from the mean and the maximum over the claim's tokens: a single wrong
    word must be able to decide.
    """

    def __init__(self, encoder: nn.Module, dimension: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(3 * dimension, dimension)
        self.label = nn.Linear(dimension, 3)
        self.token = nn.Linear(dimension, 1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        inputs = {"input_ids": input_ids, "attention_mask": attention_mask}
        if self.encoder.config.model_type == "bert":
            inputs["token_type_ids"] = token_type_ids
        states = self.encoder(**inputs).last_hidden_state
        claim = (token_type_ids * attention_mask).unsqueeze(-1).to(states.dtype)
        mean = (states * claim).sum(1) / claim.sum(1).clamp(min=1.0)
        most = (states + (claim - 1.0) * 1e4).amax(1)
        pooled = torch.cat([states[:, 0], mean, most], dim=-1)
        hidden = nn.functional.gelu(self.hidden(self.dropout(pooled)))
        return self.label(self.dropout(hidden)), self.token(states).squeeze(-1)


def load_base(folder: Path, *, dropout: float = 0.1, layers: int = 0) -> VerifierModel:
    """Build the network on the packed weights of `base_weights.py`; the word embeddings are frozen.

    With `layers`, so many of the encoder's layers are kept, evenly spread and with the last one.
    """
    config = json.loads((folder / "config.json").read_text())
    encoder_config = CONFIG_MAPPING[config["model_type"]].from_dict(config)
    encoder = AutoModel.from_config(encoder_config, add_pooling_layer=False)
    encoder.load_state_dict(read_packed(folder / "encoder.npz"), strict=True)
    if layers:
        stack = encoder.encoder.layer
        kept = [round((place + 1) * len(stack) / layers) - 1 for place in range(layers)]
        encoder.encoder.layer = nn.ModuleList([stack[place] for place in kept])
        encoder.config.num_hidden_layers = layers
    embeddings = encoder.get_input_embeddings()
    embeddings.weight.requires_grad_(False)
    return VerifierModel(encoder, encoder_config.hidden_size, dropout)


def read_packed(path: Path) -> dict[str, Tensor]:
    """Return the state of the encoder in full precision."""
    with np.load(path) as packed:
        arrays = {name: packed[name].astype(np.float32) for name in packed.files}
    scales = {name.removesuffix(".scale"): arrays.pop(name) for name in list(arrays) if name.endswith(".scale")}
    return {name: torch.from_numpy(array * scales.get(name, np.float32(1))) for name, array in arrays.items()}
