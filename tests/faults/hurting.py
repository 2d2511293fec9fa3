"""Where it hurts: the file of faults on purpose, as tests and storms write it."""

import os
from pathlib import Path


class Faults:
    """The file of faults on purpose (notifications/faults.py), shared with the processes that read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def set(self, *lines: str) -> None:
        draft = self.path.with_suffix(".draft")
        draft.write_text("".join(f"{line}\n" for line in lines))
        os.replace(draft, self.path)
        Path(f"{self.path}.fired").unlink(missing_ok=True)

    def fired(self) -> list[str]:
        """The lines that have fired since they were set."""
        path = Path(f"{self.path}.fired")
        return path.read_text().splitlines() if path.exists() else []
