"""Adapters: keep what fine-tuning added in a small folder of its own, with a model card, and put it back.

The folder is peft's own format (https://huggingface.co/docs/peft/developer_guides/checkpoint), the card follows
Mitchell et al. 2019 (*Model cards for model reporting*, https://arxiv.org/abs/1810.03993).
"""

from __future__ import annotations

import copy
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.errors import CourseError
from course_lib.files import sha256
from course_lib.models import model_digest, quiet_peft, share_weights

if TYPE_CHECKING:
    from course_lib.finetune import Finetuned
    from course_lib.models import LanguageModel

NOT_FOR_PATIENTS = (
    "**Not for patients.** This model was made in a course, from invented descriptions. It is no medical device and "
    "gives no medical advice; nobody may decide anything about a person's health by it."
)
NOTE = "course_adapter.json"


@dataclass(frozen=True)
class ModelCard:
    """What a reader must know before using a model. ``metrics`` maps a name to an estimate with its interval and n,
    as text (``"88% [79%, 94%], n = 80"``); ``medical`` puts the warning that it is not for patients on top."""

    title: str
    data: str
    metrics: Mapping[str, str]
    licence: str
    intended_use: str
    medical: bool

    def __post_init__(self) -> None:
        for name in ("title", "data", "metrics", "licence", "intended_use"):
            if not getattr(self, name):
                raise ValueError(f"A model card needs {name}.")

    def text(self, tuned: Finetuned) -> str:
        """The card in Markdown, with the header that the Hugging Face hub reads."""
        metrics = "\n".join(f"| {name} | {value} |" for name, value in self.metrics.items())
        config = "\n".join(f"| {name} | {value} |" for name, value in asdict(tuned.config).items())
        header = f"license: {self.licence.lower()}\nbase_model: {tuned.base}\nlibrary_name: peft\n"
        return (
            f"---\n{header}---\n\n# {self.title}\n\n"
            + (f"{NOT_FOR_PATIENTS}\n\n" if self.medical else "")
            + f"## Intended use\n{self.intended_use}\n\n"
            f"## Base model\n{tuned.base} (weights' SHA-256 {tuned.base_digest[:16]}…), licence {self.licence}.\n\n"
            f"## Data\n{self.data}\n\n"
            f"## Results\n| metric | value (95 % interval) |\n|---|---|\n{metrics}\n\n"
            f"## Training\n{tuned.trained_parameters:,} parameters trained, {len(tuned.steps)} steps, "
            f"{tuned.seconds:.0f} s in {tuned.precision}; the weights are those of epoch {tuned.best_epoch}.\n\n"
            f"| setting | value |\n|---|---|\n{config}\n"
        )


def save_adapter(tuned: Finetuned, folder: str | Path, card: ModelCard) -> Path:
    """Write the adapter and its model card (``README.md``) to ``folder``, in place of what is there.

    Built beside it and renamed, so that it is there completely or not at all. Raises CourseError for a model that
    was fine-tuned in full (it has no adapter) and for a folder that holds something other than an adapter.
    """
    folder = Path(folder)
    if tuned.config.method != "lora":
        raise CourseError(
            "A model fine-tuned in full has no adapter. Save it whole: tuned.lm.model.save_pretrained(…)."
        )
    if folder.exists() and not (folder / NOTE).is_file():
        raise CourseError(f"{folder} is there already and is not an adapter of this course. Choose another folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        new = temporary / "new"
        tuned.lm.model.save_pretrained(new)
        settings = json.loads((new / "adapter_config.json").read_text(encoding="utf-8"))
        settings["base_model_name_or_path"] = tuned.base  # not the place on this computer
        (new / "adapter_config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
        (new / "README.md").write_text(card.text(tuned), encoding="utf-8")
        weights = sha256(new / "adapter_model.safetensors")
        note = {"base": tuned.base, "base_digest": tuned.base_digest, "weights": weights}
        (new / NOTE).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
        if folder.exists():
            folder.replace(temporary / "old")
        new.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def load_adapter(folder: str | Path, lm: LanguageModel) -> LanguageModel:
    """``lm`` with the adapter of ``folder``; ``lm`` itself stays as it is, and its weights are shared.

    Raises CourseError, with the remedy, if there is no adapter, it is damaged, or was trained on another model.
    """
    from peft import PeftModel

    folder = Path(folder)
    note = note_of(folder)
    if model_digest(lm.model) != note["base_digest"]:
        raise CourseError(
            f"The adapter in {folder} was trained on {note['base']}, whose weights are not those of {lm.name}."
        )
    with quiet_peft():
        model = PeftModel.from_pretrained(share_weights(lm.model), folder)
    return replace(lm, model=model.to(lm.device).eval(), name=f"{lm.name} + LoRA")


def note_of(folder: str | Path) -> dict[str, str]:
    """What was noted when an adapter was saved: ``base``, ``base_digest`` and ``weights`` (their SHA-256), checked.

    Raises CourseError, with the remedy, if there is no adapter or it is damaged.
    """
    folder = Path(folder)
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        intact = sha256(folder / "adapter_model.safetensors") == note["weights"]
    except FileNotFoundError:
        raise CourseError(f"{folder} does not hold an adapter: save one there with save_adapter first.") from None
    except (ValueError, KeyError):
        intact = False
    if not intact:
        raise CourseError(f"The adapter in {folder} is damaged. Train it and save it again.")
    return note


def merge(lm: LanguageModel) -> LanguageModel:
    """A plain model with the adapter folded into its weights: the same answers, nothing extra to compute.

    Ready for ``finetune`` again, or for export with ``merge(lm).model.save_pretrained(folder)``. A model without an
    adapter is returned as it is.
    """
    from peft import PeftModel

    if not isinstance(lm.model, PeftModel):
        return lm
    return replace(lm, model=copy.deepcopy(lm.model).merge_and_unload().eval())
