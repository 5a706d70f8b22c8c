"""Small models with random weights, saved as sentence-transformers saves them."""

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import LayerNorm, Pooling
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    MPNetConfig,
    MPNetModel,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

WINDOW = 48
_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cyber", "diplomacy", "norms", "states", ".", "a", "query", ":"]
_SIZES = {"vocab_size": len(_WORDS), "max_position_embeddings": 64, "pad_token_id": 0}
_SMALL = {**_SIZES, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
KINDS = {
    "bert": (lambda: BertModel(BertConfig(**_SMALL)), True),
    "xlm-roberta": (lambda: XLMRobertaModel(XLMRobertaConfig(**_SMALL)), False),
    "mpnet": (lambda: MPNetModel(MPNetConfig(**_SMALL)), False),
    "distilbert": (
        lambda: DistilBertModel(DistilBertConfig(**_SIZES, dim=16, n_layers=2, n_heads=2, hidden_dim=32)),
        False,
    ),
}


def save_model(folder, kind="bert", *, pooling="mean", dense=False, normalise=False, strange=False, prompts=None):
    """A model of this kind in `folder`, whose vectors have 16 dimensions, or 8 with a dense layer."""
    torch.manual_seed(0)
    make, typed = KINDS[kind]
    make().eval().save_pretrained(folder / "parts")
    _tokenizer(typed).save_pretrained(folder / "parts")
    parts = [Transformer(str(folder / "parts"), max_seq_length=WINDOW), Pooling(16, pooling_mode=pooling)]
    if dense:
        parts.append(Dense(16, 8))
    if strange:
        parts.append(LayerNorm(16))
    if normalise:
        parts.append(Normalize())
    SentenceTransformer(modules=parts, device="cpu", prompts=prompts).save(str(folder / "model"))
    return folder / "model"


def _tokenizer(typed):
    places = {word: place for place, word in enumerate(_WORDS)}
    tokenizer = Tokenizer(models.WordLevel(places, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", places["[CLS]"]), ("[SEP]", places["[SEP]"])]
    )
    inputs = ["input_ids", "token_type_ids", "attention_mask"] if typed else ["input_ids", "attention_mask"]
    named = {f"{name.lower()}_token": f"[{name}]" for name in ("PAD", "UNK", "CLS", "SEP", "MASK")}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_input_names=inputs, model_max_length=WINDOW, **named
    )
