"""The encoder's own tokenizer, loaded from its file without loading the encoder."""

from pathlib import Path

from tokenizers import Tokenizer as _Tokenizer


class ModelTokenizer:
    """Counts and cuts by tokens. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Load a `tokenizer.json`; its own settings for truncation and padding are switched off."""
        self._tokenizer = _Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count(self, text: str) -> int:
        """Number of tokens of `text`, without special tokens."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def head(self, text: str, tokens: int) -> str:
        """The longest prefix of `text` of at most `tokens` tokens."""
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return text if len(offsets) <= tokens else text[: offsets[tokens - 1][1]]
