"""Stand-ins: models with random weights that behave like the real one and cost nothing, for checks and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import LlamaConfig, LlamaForCausalLM


def tiny_config(vocab_size: int) -> LlamaConfig:
    """Two layers of width 64, the architecture of the course's model; token 2 ends a text."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
        initializer_range=0.3,  # ten times the usual: untrained answers that still differ from prompt to prompt
    )


def tiny_llama(vocab_size: int = 64, seed: int = 0) -> LlamaForCausalLM:
    """A two-layer Llama with random weights, ready to use; the same seed always gives the same weights.

    The random state of torch is left as it was.
    """
    import torch
    from transformers import LlamaForCausalLM

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(tiny_config(vocab_size)).eval()
