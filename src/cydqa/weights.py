"""The weights of ranking, of the choice of quotes and of confidence: numbers in `weights.json`, by their names.

`tests/eval/fit_weights.py` fits them and writes the file, which says on what.
"""

import json
from pathlib import Path
from typing import Final

_FILE = json.loads(Path(__file__).with_name("weights.json").read_text("utf-8"))

RANKING: Final[dict[str, float]] = _FILE["ranking"]
QUOTING: Final[dict[str, float]] = _FILE["quoting"]
CONFIDENCE: Final[dict[str, float]] = _FILE["confidence"]
