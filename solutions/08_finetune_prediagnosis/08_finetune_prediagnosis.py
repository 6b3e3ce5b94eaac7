# %% [markdown]
# # 08 · Fine-tune the pre-diagnosis assistant
#
# **Time** about 190 minutes, of which the computer works 3; a good place for a break is after section 3 ·
# **Builds on** lessons 04 (scoring, calibration), 05 (misses and false alarms) and 07 (fine-tuning) ·
# **Points** 15 automatic, 4 by hand
#
# **Teaching material.** Nothing here is medical advice, nothing here may be used on patients, and the model that you
# train here is not a safety product. A red flag goes to a human: a doctor, a nurse, the emergency services.
#
# ## Objectives
#
# When you are through, you can
#
# - train a model on labelled cases and say, with an interval, whether it got better;
# - draw a learning curve, and say how many labels a good prompt is worth;
# - see a model learn by heart, and stop it in time;
# - keep a ledger of what a training made the model forget;
# - promise a recall for red flags, and name the price in false alarms;
# - write a model card whose figures come from measurements.

# %% [markdown]
# ## The job
#
# A person describes in everyday words what ails them. Two answers are wanted: which of twelve **conditions** fits best,
# and how **urgent** is it (self-care, see a doctor, emergency)? Lesson 04 asked the untouched model for the first,
# lesson 05 for the second. Both ended with the same sentence: a classical method with 400 labels was better.
#
# A prompt leaves the model's learned numbers as they are. **Fine-tuning** changes them: it goes on with the training of
# a finished model, on examples of your own. The model reads a prompt, and its numbers are moved a little so that the
# wanted answer becomes more likely. It is told only that answer, never a reason.
#
# A **red flag** is a sign that someone needs help at once. In our data such a case has the urgency `emergency`, so we
# ask of everything that follows: how many of the emergencies does it catch? Accuracy comes second.

# %% locked="setup"
import itertools
import math
import random
import time

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from course_lib import scoreboard
from course_lib.checks import call, check_call, check_raises, check_that, passed
from course_lib.data import CONDITIONS, as_rows, load_prediagnosis

data = load_prediagnosis()
train, dev = as_rows(data["train"]), as_rows(data["dev"])
for row in train + dev:
    row["description"] = " ".join(row["description"].split())  # on one line, as the prompts below want it
# data["test"] stays shut: whoever chooses on the test set no longer has a test set.

NOT_FOR_PATIENTS = "Teaching material. Not medical advice, and not for use on patients. Red flags go to a human."
pd.set_option("display.max_colwidth", 100)
pd.DataFrame(dev)[["description", "condition", "urgency"]].head(5)

# %% [markdown]
# The descriptions were made up by language-model agents, and no clinician has seen them
# (`course_lib/data/prediagnosis/DATASHEET.md`).
#
# Three kinds of rows are needed, and no row may be of two kinds:
#
# - rows to **learn** from;
# - rows to **watch** and to **choose** on: when to stop, which threshold to take;
# - rows to **measure** on, here `dev`. Whatever was chosen on a row looks too good on that row.

# %%
shuffled = random.Random(8).sample(train, len(train))
learn, watch, choose = shuffled[:160], shuffled[160:200], shuffled[200:296]
truth = [row["condition"] for row in dev]
urgent = [row["urgency"] == "emergency" for row in dev]
pd.DataFrame([
    {"rows": name, "n": len(rows), "emergencies": sum(row["urgency"] == "emergency" for row in rows)}
    for name, rows in {"learn": learn, "watch": watch, "choose": choose, "dev (measure)": dev}.items()
])

# %% [markdown]
# ## 1 · Train once
#
# An example is a prompt and its **completion**, the answer that should follow. One completion holds both fields, so one
# model learns both. The completion begins with a space, because that is where a new token (a word or a piece of one)
# begins.

# %%
NAMES = {condition: " " + condition.replace("_", " ") for condition in CONDITIONS}
LEVELS = {"self_care": " self-care", "see_doctor": " see a doctor", "emergency": " emergency"}


def diagnosis(row):
    return f"Symptoms: {row['description']}\nDiagnosis:"


def as_example(row):
    return {"prompt": diagnosis(row), "completion": NAMES[row["condition"]] + " |" + LEVELS[row["urgency"]]}


as_example(learn[0])

# %% [markdown]
# To measure, we score, as in lesson 04: each of the twelve names is offered as the continuation, and the most likely
# one is the answer. Then the name stands there, and the three levels are offered after it.

# %% tags=["demo"]
from course_lib.finetune import FinetuneConfig, finetune
from course_lib.models import default_model
from course_lib.scoring import score_choices

TASK, ALARM = "description to condition", "emergency or not"
lm = default_model()


def as_shares(scores, temperature=1):
    """Turn each row of log-probabilities into shares that add up to 1 (softmax)."""
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


# %% tags=["demo"]
def score_rows(rows, model):
    """Scores of the conditions [rows, 12], shares of the levels [rows, 3], and the seconds for one row."""
    started, prompts = time.perf_counter(), [diagnosis(row) for row in rows]
    names = list(NAMES.values())
    conditions = score_choices(prompts, names, lm=model, batch_size=16).numpy().astype(float)
    named = [prompt + names[best] + " |" for prompt, best in zip(prompts, conditions.argmax(axis=1))]
    levels = score_choices(named, list(LEVELS.values()), lm=model, batch_size=16).numpy().astype(float)
    return conditions, as_shares(levels), (time.perf_counter() - started) / len(rows)

# %% tags=["demo"]
def note(task, approach, metrics, seconds=0.0, tokens=0.0, model=lm.name):
    """Put a result for the dev rows on the scoreboard. metrics: a name to a list of True/False."""
    metrics = {name: scoreboard.proportion(hits) for name, hits in metrics.items()}
    scoreboard.add_result(scoreboard.Result(
        lesson="08_finetune_prediagnosis", task=task, approach=approach, model=model, n=len(dev), metrics=metrics,
        tokens=tokens, seconds=seconds,
    ))
    print(f"{approach:28}", "   ".join(f"{name} {estimate}" for name, estimate in metrics.items()))


def condition_hits(scores):
    return [CONDITIONS[best] == wanted for best, wanted in zip(scores.argmax(axis=1), truth)]

# %% tags=["demo"]
def alarm_metrics(flagged):
    """Recall over the emergencies of dev, and the share of the others that are left in peace."""
    caught = [f for f, e in zip(flagged, urgent) if e]
    in_peace = [not f for f, e in zip(flagged, urgent) if not e]
    return {f"recall (n = {len(caught)})": caught, f"no false alarm (n = {len(in_peace)})": in_peace}


def note_both(approach, scores, model=lm.name):
    conditions, levels, seconds = scores
    tokens = np.mean([len(lm.tokenizer(diagnosis(row))["input_ids"]) for row in dev])
    note(TASK, approach, {"accuracy": condition_hits(conditions)}, seconds, tokens, model)
    flagged = levels.argmax(axis=1) == 2
    note(ALARM, approach, alarm_metrics(flagged.tolist()), seconds, tokens, model)


before = score_rows(dev, lm)
note_both("untouched, scored", before)

# %% [markdown]
# Hold the accuracy against guessing (one in twelve, 8 %). Then look at the recall *and* at the false alarms: whom does
# the untouched model flag? A recall alone says nothing: whoever alarms everybody catches everyone. (Nor is this a fair
# test of its urgency: nothing in the prompt says that after the `|` an urgency is wanted. Its fair figure is that of
# lesson 05. Here it is the starting point of the training.)
#
# Now train. The figure shows the **loss**: the mean of -ln p over the tokens of the wanted answers, in *nats*. 0 would
# mean that the model is certain of every token, and right. The solid line is the loss on the rows it learns from, the
# dashed one the loss on rows it does not learn from: here those of `watch`. (The trainer calls them *dev*. We hand it
# `watch`: our own dev rows are never given to a training.) One **epoch** is one reading of all the rows. Not all the
# model's numbers are moved: **LoRA** (Hu et al. 2021, [arXiv:2106.09685](https://arxiv.org/abs/2106.09685)) adds small
# tables of numbers to the layers and trains only those. It takes about three quarters of a minute; the second time the
# result comes from disk.

# %% tags=["demo"]
config = FinetuneConfig(epochs=3, seed=0)
tuned = finetune(lm, [as_example(row) for row in learn], config, dev=[as_example(row) for row in watch])
print(f"{len(tuned.steps)} steps, {tuned.seconds:.0f} s; {tuned.trained_parameters:,} numbers were trained")

# %% tags=["demo"]
after = score_rows(dev, tuned.lm)
note_both("tuned on 160 rows", after, tuned.lm.name)

# %% [markdown]
# And the classical method with *the same* 160 rows: word counts (TF-IDF) with logistic regression, one for the
# conditions and one for emergencies. The line at the end compares row by row (paired bootstrap, lesson 02).

# %% tags=["demo"]
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def fit(rows, labels, **options):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(**options))
    return model.fit([row["description"] for row in rows], labels)


descriptions = [row["description"] for row in dev]
counts = fit(learn, [row["condition"] for row in learn])
counts_hits = [said == wanted for said, wanted in zip(counts.predict(descriptions), truth)]
note(TASK, "TF-IDF, 160 rows", {"accuracy": counts_hits}, model="no LM")

# %% tags=["demo"]
alarm = fit(learn, [row["urgency"] == "emergency" for row in learn], class_weight="balanced")
counts_alarm = alarm.predict_proba(descriptions)[:, 1]
note(ALARM, "TF-IDF, 160 rows, at 0.5", alarm_metrics((counts_alarm >= 0.5).tolist()), model="no LM")
print("untouched → tuned:  ", scoreboard.paired_difference(condition_hits(before[0]), condition_hits(after[0])))
print("TF-IDF → tuned:     ", scoreboard.paired_difference(counts_hits, condition_hits(after[0])))

# %% [markdown]
# Did the training help, with an interval that leaves out 0? Did it beat the classical method on the same rows, or could
# the difference be luck? For the emergencies look at recall *and* false alarms of both. Each stands at a threshold that
# nobody has chosen with care (the largest of three shares; 0.5 after balancing), and 17 emergencies are few. Section 5
# compares them fairly.

# %% [markdown]
# ## 2 · What is a label worth?
#
# 160 rows is one size. A **learning curve** shows the accuracy for several. The small sizes were trained more than
# once, with another **seed** (the number that fixes which rows are drawn and in which order they come), because one
# draw can be lucky.
#
# How sure is a point of the curve? All runs were measured on the *same* dev rows. Three runs on 80 rows are not 240
# independent answers: a hard row is hard for every run. So average each row over the runs first; then there are 80
# values, each between 0 and 1, and the interval comes from their spread:
#
# $$\bar x \pm 1.96\,\frac{s}{\sqrt n}, \qquad s = \sqrt{\frac{\sum_i (x_i - \bar x)^2}{n - 1}}$$
#
# ### Exercise 1: points of a learning curve
#
# *Difficulty 2 of 5 · 12 minutes · 3 points*
#
# An example: two runs on four rows, `[True, True, False, False]` and `[True, False, False, False]`. The rows' means are
# 1, 0.5, 0 and 0, so the accuracy is 0.375 and s is 0.479. The interval 0.375 ± 0.469 is cut off at 0.
#
# The check that you see is worth 1 of the 3 points. The other 2 come from hidden tests of the same docstring, so read
# it again after the ✓. It is the same in every exercise.
#
# <details><summary>Hint 1</summary>
#
# `zip(*runs)` goes through the rows: each turn gives the answers of all runs to one row. Compare the runs' lengths
# before that, since `zip` stops at the shortest without a word.
#
# </details>
# <details><summary>Hint 2</summary>
#
# With NumPy: `np.array(runs, dtype=float).mean(axis=0)` has one value for each row, and `.std(ddof=1)` divides by
# n - 1. Turn the results into plain numbers with `float`.
#
# </details>

# %% solution="learning_curve"
def learning_curve(hits_by_size):
    """The points of a learning curve, with intervals that respect that all runs answered the same rows.

    hits_by_size: a dictionary from a number of training rows to a list of runs, at least one. A run is a list of
        True/False, one for each dev row, in the same order in every run. Sizes may have different numbers of runs.
    Returns a list of dictionaries {"rows", "accuracy", "low", "high"}, sorted by rows, the fewest first.
    With x the mean of each dev row over the runs of that size, and n dev rows: accuracy is the mean of x; low and high
        are the mean minus and plus 1.96 · s / √n, where s is the standard deviation of x with n - 1 in its divisor.
        low is never below 0, high never above 1.
    Raises ValueError, with a message that says what is wrong, if a size has no run, if two runs (of one size or of
        different sizes) differ in length, or if there are fewer than 2 dev rows.
    """
    ### BEGIN SOLUTION
    lengths = {len(run) for runs in hits_by_size.values() for run in runs}
    if not all(hits_by_size.values()) or len(lengths) > 1 or min(lengths, default=2) < 2:
        raise ValueError(f"Every size needs a run, all of the same length, at least 2; the lengths are {lengths}.")
    points = []
    for size in sorted(hits_by_size):
        x = np.array(hits_by_size[size], dtype=float).mean(axis=0)
        middle, half = float(x.mean()), float(1.96 * x.std(ddof=1) / math.sqrt(len(x)))
        low, high = max(0.0, middle - half), min(1.0, middle + half)
        points.append({"rows": size, "accuracy": middle, "low": low, "high": high})
    return points
    ### END SOLUTION


# %% test="test_learning_curve" points=1
check_call(
    learning_curve, {40: [[True, True, False, False], [True, False, False, False]]},
    expected=[{"rows": 40, "accuracy": 0.375, "low": 0.0, "high": 0.8441394}], tolerance=1e-6,
    look_at="Average each row over the runs first (1, 0.5, 0, 0), then take mean and spread over the 4 rows. "
            "Cut the interval off at 0 and 1.",
)
check_call(
    learning_curve, {80: [[True, False, True, True]]},
    expected=[{"rows": 80, "accuracy": 0.75, "low": 0.26, "high": 1.0}], tolerance=1e-6,
    look_at="One run: s is 0.5 with n - 1 in its divisor, and √n is 2. An accuracy cannot exceed 1.",
)
check_raises(
    learning_curve, {40: [[True, False], [True]]},
    look_at="Runs of different length were not measured on the same rows: raise a ValueError.",
)
passed("learning_curve")

# %% test="test_learning_curve_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
half_right = [True, False] * 10
once = [{"rows": 100, "accuracy": 0.5, "low": 0.2751723, "high": 0.7248277}]
check_call(
    learning_curve, {100: [half_right]}, expected=once, tolerance=1e-6,
    look_at="1.96 times s over the root of n: with n = 20 and s = 0.513 the half width is 0.225.",
)
check_call(
    learning_curve, {100: [half_right] * 4}, expected=once, tolerance=1e-6,
    look_at="Four runs that answer alike know no more than one: the interval must not get narrower. "
            "n is the number of dev rows, not of rows times runs.",
)
check_call(
    learning_curve, {100: [half_right, half_right[::-1]]},
    expected=[{"rows": 100, "accuracy": 0.5, "low": 0.5, "high": 0.5}], tolerance=1e-6,
    look_at="Every row is right in one of the two runs, so every row's mean is 0.5 and they do not vary.",
)
rising = {400: [[True] * 7 + [False]], 40: [[False] * 7 + [True]] * 2, 160: [[True, False] * 4]}
check_call(
    learning_curve, rising, tolerance=1e-6, expected=[
        {"rows": 40, "accuracy": 0.125, "low": 0.0, "high": 0.37},
        {"rows": 160, "accuracy": 0.5, "low": 0.1295948, "high": 0.8704052},
        {"rows": 400, "accuracy": 0.875, "low": 0.63, "high": 1.0},
    ],
    look_at="Sort the points by size as numbers, and cut off both ends: no share is below 0 or above 1.",
)
for bad in ({40: []}, {40: [[True, False]], 80: [[True, False, True]]}, {40: [[True]]}, {40: [[True, False]], 80: []}):
    check_raises(
        learning_curve, bad,
        look_at="Refuse a size without runs, runs of different length (also across sizes), and a single dev row.",
    )
passed("learning_curve (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# The interval speaks of one kind of luck: which dev rows we happen to have. The other kind, which rows were drawn to
# learn from, shows in how far the runs of a size lie apart. The figure below shows both. (And where all rows are right
# or all wrong, this interval shrinks to a point, which Wilson's would not do.)
#
# How many labels is a prompt worth? Look where the curve first reaches the prompt's accuracy. Between two sizes we
# draw a straight line over the *logarithm* of the rows, since each doubling is a step of the axis.

# %%
def worth_labels(points, score):
    """The number of labelled rows at which a learning curve first reaches a score; None if it never does.

    If its smallest size is there already, that size is given: the score is worth at most so many labels.
    """
    if points[0]["accuracy"] >= score:
        return float(points[0]["rows"])
    for a, b in itertools.pairwise(points):
        if b["accuracy"] >= score:
            part = (score - a["accuracy"]) / (b["accuracy"] - a["accuracy"])
            doublings = math.log2(a["rows"]) + part * (math.log2(b["rows"]) - math.log2(a["rows"]))
            return round(2**doublings, 1)
    return None


made_up = [{"rows": 40, "accuracy": 0.2}, {"rows": 160, "accuracy": 0.4}]
for score in (0.3, 0.1, 0.9):
    print(score, "→", worth_labels(made_up, score))

# %% [markdown]
# A training for each size and seed takes longer than a lesson should. So the tuned model's part of the curve is
# **recorded**: it was run once with the course's own code, and is kept with date and command. `LIVE = True` runs it
# again on your machine; the line printed below says how long that took where it was recorded. The classical part is
# computed here and now, on the same draws of rows. (The recorded trainings learn the condition alone, with the same
# prompt.)

# %% tags=["demo"]
from course_lib import experiments

LIVE = False
recorded = experiments.run("learning_curve") if LIVE else experiments.recorded("learning_curve")
print(recorded.provenance)
SIZES = (40, 80, 160, 320, 400)
runs = [row for row in recorded.rows if row["system"] == "LoRA"]
lora = {size: [row["hits"] for row in runs if row["rows"] == size] for size in SIZES}

# %% tags=["demo"]
counted = {}
for size in SIZES:
    counted[size] = []
    for seed in sorted({run["seed"] for run in runs}):
        rows = experiments.balanced(train, size, seed)
        said = fit(rows, [row["condition"] for row in rows]).predict(descriptions)
        counted[size].append([s == wanted for s, wanted in zip(said, truth)])
curves = {"tuned (LoRA), recorded": (lora, learning_curve(lora)),
          "TF-IDF, computed now": (counted, learning_curve(counted))}
pd.DataFrame({name: {p["rows"]: f"{p['accuracy']:.0%} [{p['low']:.0%}, {p['high']:.0%}]" for p in points}
              for name, (_, points) in curves.items()})

# %% [markdown]
# The horizontal line is the best that the *untouched* model has reached with a prompt: on your scoreboard for this task
# (your lesson 04, if you have run it), or by lesson 04's best prompt as recorded. It was picked on these dev rows, so
# it lies a little too high. Where the curve crosses it, training begins to pay. The range behind "worth" comes from the
# prompt's own interval.

# %% tags=["demo"]
prompts = {result.approach: result.metrics["accuracy"] for result in scoreboard.results(TASK)
           if result.model == lm.name and result.n == len(dev)}
for row in recorded.rows:
    if row["system"] == "best prompt of lesson 04":
        prompts["lesson 04 (recorded)"] = scoreboard.proportion(row["hits"])
best_name = max(prompts, key=lambda name: prompts[name].value)
best_prompt = prompts[best_name]
worth = {name: worth_labels(points, best_prompt.value) for name, (_, points) in curves.items()}
for name in worth:
    low, middle, high = (
        "more than we have" if rows is None else f"{'at most ' if rows == SIZES[0] else ''}{rows:.0f}"
        for rows in (
            worth_labels(curves[name][1], score) for score in (best_prompt.low, best_prompt.value, best_prompt.high)
        )
    )
    print(f"{best_name!r}, {best_prompt}, on the curve of {name}: worth {middle} labels (from {low} to {high})")
for size in SIZES:
    pair = [np.mean(by_size[size], axis=0) for by_size in (counted, lora)]
    print(f"{size:3} rows, TF-IDF → tuned: {scoreboard.paired_difference(*pair)}")

# %% tags=["demo"]
figure = Figure(figsize=(8.5, 4.5), layout="constrained")
axes, told = figure.subplots(), []
for (name, (by_size, points)), colour, marker, shift in zip(curves.items(), scoreboard.PALETTE, "os", (0.98, 1.02)):
    x = [point["rows"] * shift for point in points]
    y = [point["accuracy"] for point in points]
    axes.errorbar(x, y, yerr=[[p["accuracy"] - p["low"] for p in points], [p["high"] - p["accuracy"] for p in points]],
                  fmt=marker + "-", capsize=3, color=colour, label=name)
    axes.plot([s * shift for s in SIZES for _ in by_size[s]], [np.mean(run) for s in SIZES for run in by_size[s]], "x",
              color=colour, alpha=0.6)
    told.append(name + ": " + ", ".join(f"{p['rows']} rows {p['accuracy']:.0%}" for p in points))
axes.axhline(best_prompt.value, color=scoreboard.PALETTE[3], linestyle="--", label="best prompt, no training")
if (labels := worth["tuned (LoRA), recorded"]) is not None:
    text = f"worth {labels:.0f} labels" + (" at most" if labels == SIZES[0] else "")
    axes.annotate(text, (labels, best_prompt.value),
                  xytext=(25, -22 if best_prompt.value > 0.2 else 8), textcoords="offset points",
                  arrowprops={"arrowstyle": "->"})
axes.axhline(1 / 12, color="black", linestyle=":", label="guessing, 1 in 12")
axes.set(xscale="log", ylim=(0, 1), xlabel="labelled rows to learn from (logarithmic)",
         ylabel="accuracy on 80 dev rows", title="Learning curves; crosses are single runs")
axes.set_xticks(SIZES, SIZES)
axes.minorticks_off()
axes.legend(loc="upper left")
scoreboard.show(figure, alt="Accuracy against the number of labelled rows, with 95 % intervals. " + "; ".join(told)
                + f". The best prompt without training: {best_prompt}. Guessing: 8%.")

# %% [markdown]
# Read it from left to right. With few rows, which method is ahead? The classical one needs no GPU, no minute of
# training and no language model: where the interval of the paired difference (printed above the figure) holds 0, take
# it. At which sizes is the tuned model ahead, and do the single runs (crosses) agree? Does either curve flatten, so
# that more labels would buy little?

# %% [markdown]
# ## 3 · Learn too long
#
# Sixteen rows, twelve epochs, about three times the learning rate of section 1: on purpose too few, too long, too fast.
# A model with millions of numbers can learn sixteen answers by heart. That is called **overfitting**: it gets better on
# what it has seen and no better, or worse, on what it has not.

# %% tags=["demo"]
few = [as_example(row) for row in learn[:16]]
by_heart = finetune(lm, few, FinetuneConfig(epochs=12, learning_rate=1e-2, batch_size=4, seed=0),
                    dev=[as_example(row) for row in watch[:24]])
losses = pd.DataFrame(by_heart.epochs).round(3).set_index("epoch")[["train_loss", "dev_loss"]]
losses.rename(columns={"dev_loss": "watched_loss"}).T

# %% [markdown]
# Follow both rows of the table. How near to 0 does the loss come on the rows it learns from? Does the other one turn,
# and in which epoch?
#
# **Early stopping** is the remedy (an old one; Prechelt 1998, *Early Stopping, but when?*,
# [doi:10.1007/3-540-49430-8_3](https://doi.org/10.1007/3-540-49430-8_3)): stop when the loss on the watched rows has
# not improved for some epochs, and go back to the *best* epoch. How many is called **patience**; it is there because a
# loss can rise for one epoch and fall again.
#
# ### Exercise 2: stop in time
#
# *Difficulty 3 of 5 · 12 minutes · 3 points*
#
# An example, with a patience of 2: after the losses 0.9, 0.7, 0.8, 0.85 two epochs have passed without a new best.
# Training stops after epoch 4, and epoch 2 is kept. A loss of 0.6 in epoch 5 would have come too late.
#
# <details><summary>Hint 1</summary>
#
# Keep three things while you go through the losses: the lowest so far, its epoch, and how many epochs have passed
# since then.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Ask `loss < lowest`, and treat everything else as no improvement: a comparison with nan ("not a number") is always
# False, so nan ends up on the right side by itself. Begin with `lowest = math.inf`.
#
# </details>

# %% solution="early_stop"
def early_stop(dev_losses, patience):
    """Which epoch to keep, and after which one to stop.

    dev_losses: the loss on the watched rows after each epoch, as it came; epochs count from 1. A loss may be nan.
    patience: training stops once so many epochs in a row have brought no improvement.
    An improvement is a loss that is strictly lower than every number before it; the first finite loss is one. nan and
        inf never are.
    Returns (best_epoch, stopped_after), two whole numbers: the epoch of the last improvement, and the last epoch that
        was trained, which is the last of the list if patience never ran out. Losses after stopped_after have no say.
        best_epoch is None if there was no improvement up to there.
    Raises ValueError, with a message that says what is wrong, for an empty list or a patience below 1.
    """
    ### BEGIN SOLUTION
    if len(dev_losses) == 0 or patience < 1:
        raise ValueError(f"Need at least one epoch and a patience of at least 1; got {len(dev_losses)}, {patience}.")
    lowest, best_epoch, waited = math.inf, None, 0
    for epoch, loss in enumerate(dev_losses, start=1):
        if loss < lowest:
            lowest, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best_epoch, epoch
    ### END SOLUTION


# %% test="test_early_stop" points=1
check_call(
    early_stop, [0.9, 0.7, 0.8, 0.85, 0.6], 2, expected=(2, 4),
    look_at="Epoch 2 is the best of those that were trained; "
            "two epochs without improvement, so it stops after epoch 4.",
)
check_call(
    early_stop, [0.9, 0.8, 0.7], 2, expected=(3, 3),
    look_at="It gets better to the end: patience never runs out, and the last epoch is the best. Epochs count from 1.",
)
check_raises(early_stop, [0.9, 0.8], 0, look_at="A patience of 0 would stop before anything was learned: refuse it.")
passed("early_stop")

# %% test="test_early_stop_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
nan = float("nan")
check_call(
    early_stop, [1.0, 0.9, 0.95, 0.92, 0.94, 0.91], 2, expected=(2, 4),
    look_at="0.92 is better than the epoch before and still no better than the best: patience is not refilled by it.",
)
check_call(
    early_stop, [0.8, 0.8, 0.8, 0.5], 2, expected=(1, 3),
    look_at="An equal loss is no improvement: it has to be strictly lower.",
)
check_call(
    early_stop, [0.9, nan, nan, 0.5], 2, expected=(1, 3),
    look_at="nan is no improvement and uses up patience like a loss that is too high.",
)
check_call(
    early_stop, [nan, 0.9, 0.8], 2, expected=(3, 3),
    look_at="After a nan the next number is an improvement: do not compare with nan for ever.",
)
check_call(
    early_stop, [nan, nan, 0.5], 2, expected=(None, 2),
    look_at="No improvement before patience ran out: there is no best epoch, so give None.",
)
check_call(
    early_stop, [0.5, 0.6, 0.1], 1, expected=(1, 2),
    look_at="With a patience of 1 the first epoch that brings nothing ends it.",
)
check_call(
    early_stop, [0.9, 0.7, 0.8, 0.75], 3, expected=(2, 4),
    look_at="Patience is not used up (2 of 3), so all epochs are trained; the best epoch is kept, not the last.",
)
check_call(
    early_stop, [0.9, 0.95, 0.8, 0.85, 0.7, 0.75], 2, expected=(5, 6),
    look_at="An improvement refills patience: count the epochs without one in a row, not in all.",
)
for losses, patience in (([], 2), ([0.5], -1)):
    check_raises(early_stop, losses, patience, look_at="Refuse an empty list and a patience below 1.")
passed("early_stop (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Your rule on the losses above, and then the trainer with the same patience. Do they agree? (The trainer keeps the best
# epoch's weights by itself.)

# %% tags=["demo"]
watched = [row["dev_loss"] for row in by_heart.epochs]
best_epoch, stopped_after = early_stop(watched, 2)
in_time = finetune(lm, few, FinetuneConfig(epochs=12, learning_rate=1e-2, batch_size=4, seed=0, patience=2),
                   dev=[as_example(row) for row in watch[:24]])
print(f"your rule: keep epoch {best_epoch}, stop after {stopped_after}")
print(f"the trainer: kept epoch {in_time.best_epoch}, stopped after {len(in_time.epochs)}")

# %% tags=["demo"]
figure = Figure(figsize=(8, 4), layout="constrained")
axes, epochs = figure.subplots(), [row["epoch"] for row in by_heart.epochs]
learned = [row["train_loss"] for row in by_heart.epochs]
axes.plot(epochs, learned, "o-", color=scoreboard.PALETTE[0], label="the 16 rows it learns from")
axes.plot(epochs, watched, "s--", color=scoreboard.PALETTE[5], label="24 watched rows")
axes.axvline(best_epoch, color=scoreboard.PALETTE[2], label=f"best epoch: {best_epoch}")
axes.axvline(stopped_after, color="black", linestyle=":", label=f"stopped after: {stopped_after}")
axes.set(xlabel="epoch", ylabel="loss (nats per answer token)", title="Learning by heart", ylim=(0, None))
axes.legend()
scoreboard.show(figure, alt=f"Loss over {len(epochs)} epochs. On the 16 training rows it goes from {learned[0]:.2f} to "
                f"{learned[-1]:.2f}; on 24 watched rows it is {watched[best_epoch - 1]:.2f} in epoch {best_epoch} and "
                f"{watched[-1]:.2f} at the end. Patience 2 stops after epoch {stopped_after}.")

# %% [markdown]
# The figure tells the story of every training: up to the best epoch both curves fall, after it they part. The
# watched rows have now been used for a choice. That is why they are not the dev rows.

# %% [markdown]
# ## 4 · The forgetting ledger
#
# Training changed the numbers for one purpose. What became of everything else the model could do? The effect has a
# name, *catastrophic forgetting*, and is older than language models (McCloskey and Cohen 1989,
# [doi:10.1016/S0079-7421(08)60536-8](https://doi.org/10.1016/S0079-7421(08)60536-8)); for today's models see Luo et al.
# 2023, [arXiv:2308.08747](https://arxiv.org/abs/2308.08747).
#
# To see it, ask the same fixed questions before and after every training, and write the answers down: a **ledger**.
# Ours has 24 questions in three areas (general, shop, clinic), asked as chat. `course_lib/forgetting.py` asks them; an
# answer is right if an accepted word stands in it. Our training held no chat at all. Watch what it does.

# %% tags=["demo"]
from course_lib import forgetting as probe

if "untouched" not in dict(probe.ledger()):  # lesson 07 may have noted it already
    probe.note("untouched", probe.ask(lm))
probe.note("condition (08)", probe.ask(tuned.lm))
untouched, medical = (dict(probe.ledger())[name] for name in ("untouched", "condition (08)"))
pd.DataFrame([
    {"question": a["question"], "untouched": a["answer"], "condition (08)": b["answer"]}
    for a, b in zip(untouched, medical) if a["area"] == "general"
])

# %% [markdown]
# Are there answers that are no answers to the question, but have the shape of what the model was trained to write?
#
# Now count. Two shares, and they must not be mixed up:
#
# - **forgotten**: of the questions that were right before, the share that is wrong after;
# - **learned**: of those that were wrong before, the share that is right after.
#
# A model that forgets four answers and learns four others has the same score as before, and is another model.
#
# ### Exercise 3: what was forgotten
#
# *Difficulty 3 of 5 · 15 minutes · 3 points*
#
# An example: before, `q1` and `q2` were right and `q3` wrong; after, only `q2` and `q3` are right. Forgotten: 1 of 2,
# so 0.5. Learned: 1 of 1, so 1.0. The difference of the two scores is 0.
#
# <details><summary>Hint 1</summary>
#
# Make a dictionary `{row["id"]: row["right"] for row in after}` and look each question of `before` up in it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For one area, put the *after* values into two lists: those of questions that were right before, and those that were
# wrong. Each list is the denominator of one share. The area "all" is the same with every question.
#
# </details>

# %% solution="forgetting"
def forgetting(before, after):
    """What was forgotten and what was learned between two rounds of the same questions, for each area.

    before, after: lists of dictionaries with "id", "area" and "right" (True/False), one for each question. The two
        lists may be in different order: questions are matched by their id, and the area is that of `before`.
    Returns a dictionary with a key for each area that occurs and one more, "all", for all questions together. Each
        value is a dictionary
        "was_right", "was_wrong": how many questions were right and wrong before, whole numbers;
        "forgotten": the share of the was_right questions that are wrong after, None if there are none;
        "learned": the share of the was_wrong questions that are right after, None if there are none.
    Raises ValueError, with a message that says what is wrong, if the lists do not hold the same ids, each once.
    """
    ### BEGIN SOLUTION
    later = {row["id"]: row["right"] for row in after}
    ids = [row["id"] for row in before]
    if set(ids) != set(later) or len(ids) != len(set(ids)) or len(after) != len(later):
        raise ValueError("Both rounds must hold the same questions, each once.")
    found = {}
    for area in [*dict.fromkeys(row["area"] for row in before), "all"]:
        rows = [row for row in before if area in (row["area"], "all")]
        kept = [later[row["id"]] for row in rows if row["right"]]
        new = [later[row["id"]] for row in rows if not row["right"]]
        found[area] = {
            "was_right": len(kept), "was_wrong": len(new),
            "forgotten": kept.count(False) / len(kept) if kept else None,
            "learned": new.count(True) / len(new) if new else None,
        }
    return found
    ### END SOLUTION


# %% test="test_forgetting" points=1
def answers_of(area, **right):
    """Questions of one area: their ids and whether they were answered rightly."""
    return [{"id": name, "area": area, "right": value} for name, value in right.items()]


wanted = {"was_right": 2, "was_wrong": 1, "forgotten": 0.5, "learned": 1.0}
check_call(
    forgetting, answers_of("shop", q1=True, q2=True, q3=False), answers_of("shop", q1=False, q2=True, q3=True),
    expected={"shop": wanted, "all": wanted},
    look_at="1 of the 2 that were right is wrong now, and 1 of the 1 that was wrong is right: two shares, each with a "
            "denominator of its own.",
)
wanted = {"was_right": 2, "was_wrong": 0, "forgotten": 0.0, "learned": None}
check_call(
    forgetting, answers_of("general", q1=True, q2=True), answers_of("general", q1=True, q2=True),
    expected={"general": wanted, "all": wanted},
    look_at="No question was wrong before, so the share learned is not defined: None, and not 0.",
)
check_raises(
    forgetting, answers_of("shop", q1=True), answers_of("shop", q2=True),
    look_at="Other questions were asked: nothing can be compared, so raise a ValueError.",
)
passed("forgetting")

# %% test="test_forgetting_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
first = answers_of("general", q1=True, q2=False) + answers_of("clinic", q3=True, q4=True, q5=True, q6=False)
second = answers_of("clinic", q6=False, q5=False, q4=True, q3=False) + answers_of("general", q2=True, q1=True)
check_call(
    forgetting, first, second,
    expected={
        "general": {"was_right": 1, "was_wrong": 1, "forgotten": 0.0, "learned": 1.0},
        "clinic": {"was_right": 3, "was_wrong": 1, "forgotten": 2 / 3, "learned": 0.0},
        "all": {"was_right": 4, "was_wrong": 2, "forgotten": 0.5, "learned": 0.5},
    },
    look_at="Match the questions by id: the second round has another order. "
            '"all" counts questions, and is not the mean of the areas.',
)
wanted = {"was_right": 0, "was_wrong": 2, "forgotten": None, "learned": 0.5}
check_call(
    forgetting, answers_of("shop", q1=False, q2=False), answers_of("shop", q1=True, q2=False),
    expected={"shop": wanted, "all": wanted},
    look_at="Nothing was right before, so nothing can be forgotten: None, without a division by zero.",
)
check_call(
    forgetting, answers_of("shop", q1=True, q2=False), answers_of("shop", q2=True, q1=False),
    expected={area: {"was_right": 1, "was_wrong": 1, "forgotten": 1.0, "learned": 1.0} for area in ("shop", "all")},
    look_at="As many right as before, and everything forgotten: a net difference hides it.",
)
for bad in (
    (answers_of("shop", q1=True, q2=True), answers_of("shop", q1=True)),
    (answers_of("shop", q1=True), answers_of("shop", q1=True, q2=True)),
    (answers_of("shop", q1=True) * 2, answers_of("shop", q1=True)),
    (answers_of("shop", q1=True), answers_of("shop", q1=True) * 2),
):
    check_raises(
        forgetting, *bad, look_at="A question is missing from one list, or stands in it twice: raise a ValueError.",
    )
passed("forgetting (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# The whole ledger as a picture: a row for each training of the course, a column for each question. What you have not
# run yourself comes from the record. (`condition (08)` is your own run, which learned condition and urgency; the
# recorded training of that name learned the condition alone. `condition + general (08)` is explained below.)

# %% tags=["demo"]
ledger_record = experiments.run("forgetting_ledger") if LIVE else experiments.recorded("forgetting_ledger")
print(ledger_record.provenance)
ledger = {}
for answer in ledger_record.rows:
    if answer["area"] != "dev":
        ledger.setdefault(answer["training"], []).append(answer)
recorded_only = [name for name in ledger if name not in dict(probe.ledger())]
ledger |= dict(probe.ledger())  # your own answers replace recorded ones
print("recorded:", ", ".join(recorded_only) or "none", "· your own:", ", ".join(dict(probe.ledger())))
pd.DataFrame([
    {"training": name, "area": area, "right before": f"{f['was_right']} of {f['was_right'] + f['was_wrong']}",
     "forgotten": "" if f["forgotten"] is None else f"{f['forgotten']:.0%} of {f['was_right']}",
     "learned": "" if f["learned"] is None else f"{f['learned']:.0%} of {f['was_wrong']}"}
    for name in ledger if name != "untouched" for area, f in forgetting(ledger["untouched"], ledger[name]).items()
])

# %% tags=["demo"]
from matplotlib.colors import ListedColormap

areas = list(dict.fromkeys(answer["area"] for answer in ledger["untouched"]))
columns = sorted(ledger["untouched"], key=lambda answer: areas.index(answer["area"]))
table = np.array([[{a["id"]: a["right"] for a in answers}[c["id"]] for c in columns] for answers in ledger.values()])
figure = Figure(figsize=(11, 1.8 + 0.45 * len(ledger)), layout="constrained")
axes = figure.subplots()
axes.imshow(table, cmap=ListedColormap([scoreboard.PALETTE[1], scoreboard.PALETTE[4]]), vmin=0, vmax=1, aspect="auto")
for (row, column), right in np.ndenumerate(table):
    axes.text(column, row, "✓" if right else "×", ha="center", va="center")
for area in areas:
    places = [place for place, answer in enumerate(columns) if answer["area"] == area]
    axes.axvline(places[-1] + 0.5, color="black")
    axes.text(np.mean(places), -0.75, area, ha="center")
axes.set_xticks(range(len(columns)), [answer["id"] for answer in columns], rotation=90)
axes.set_yticks(range(len(ledger)), [name + (" (recorded)" if name in recorded_only else "") for name in ledger])
axes.set_xlabel("question of the probe (✓ right, × wrong)")
axes.set_title("The forgetting ledger", pad=28)
shares = {name: f"{sum(a['right'] for a in answers)} of {len(answers)} right" for name, answers in ledger.items()}
scoreboard.show(figure, alt="Heatmap of right and wrong answers: trainings in rows, questions in columns, "
                f"{len(columns)} of them, grouped by area. {shares}.")

# %% [markdown]
# Compare each row with the first. Where did the marks change, and in which area most? Eight questions in an area are
# few: one answer is 12.5 points, so read the pattern and not the second digit. And *untouched* has crosses of its own:
# a small model does not know everything to begin with, and what it never knew it cannot forget.
#
# ### Mixing in other data
#
# What can be done about it? Mix examples of the old skills into the training. We have no other collection of general
# questions and answers that is ours to use. But we have the untouched model: its own answers to 40 general questions
# (none of the probe's) tell the training what to keep. Learning from one's own answers is called **self-distillation**;
# Yang et al. 2024 ([arXiv:2402.13669](https://arxiv.org/abs/2402.13669)) use a form of it against forgetting. In the
# ledger that is the row `condition + general (08)`. What does it cost on the task itself?

# %% tags=["demo"]
mixing = {}
for answer in ledger_record.rows:
    if answer["area"] == "dev":
        mixing.setdefault(answer["training"], {})[answer["id"]] = bool(answer["right"])
lines = []
for name in ("untouched", "condition (08)", "condition + general (08)"):
    answered = [answer for answer in ledger_record.rows if answer["training"] == name and answer["area"] != "dev"]
    line = {"training (recorded)": name, "probe, right": str(scoreboard.proportion([a["right"] for a in answered]))}
    lines.append(line | ({"condition, dev": str(scoreboard.proportion(list(mixing[name].values())))}
                         if name in mixing else {}))
pd.DataFrame(lines).fillna("")

# %% tags=["demo"]
plain, mixed = ("condition (08)", "condition + general (08)")
if plain in mixing and mixed in mixing:
    pairs = [(right, mixing[mixed][row]) for row, right in mixing[plain].items()]
    print("condition accuracy on dev, plain → mixed:", scoreboard.paired_difference(*zip(*pairs)))
of_probe = {name: {a["id"]: a["right"] for a in ledger_record.rows if a["training"] == name and a["area"] != "dev"}
            for name in (plain, mixed)}
pairs = [(right, of_probe[mixed][question]) for question, right in of_probe[plain].items()]
print("probe, plain → mixed:                    ", scoreboard.paired_difference(*zip(*pairs)))

# %% [markdown]
# Two differences, two intervals. Did mixing bring answers back? Did it take anything from the task, as far as the rows
# can tell? If an interval holds 0, say "not shown", and not "no effect".
#
# For an assistant that only ever scores twelve names, forgetting the capital of France costs nothing. For one that
# people can type anything to, it means that a question about anything may be answered with a diagnosis.

# %% [markdown]
# ## 5 · Promise a recall
#
# Back to the people who need help now. The share that the model gives to `emergency` is a score, and an alarm needs a
# threshold. Lesson 05 chose it by costs. A service often has to promise instead: *of all emergencies we catch at least
# 90 %.* Then the threshold follows, and so does the price: how many others are alarmed for nothing.
#
# ### Exercise 4: the threshold for a promised recall
#
# *Difficulty 4 of 5 · 18 minutes · 3 points*
#
# An example, promised 65 %:
#
# | score | emergency? | from here on caught | others alarmed |
# |---|---|---|---|
# | 0.9 | yes | 1 of 3 | 0 of 2 |
# | 0.7 | no | 1 of 3 | 1 of 2 |
# | 0.6 | yes | 2 of 3 | 1 of 2 |
# | 0.4 | yes | 3 of 3 | 1 of 2 |
# | 0.1 | no | 3 of 3 | 2 of 2 |
#
# 0.6 is the highest score from which at least 65 % are caught (2 of 3 are 67 %): the answer is `(0.6, 0.5)`.
#
# <details><summary>Hint 1</summary>
#
# Go through `sorted(set(scores), reverse=True)` from the top and return at the first that catches enough. Rows of equal
# score then stay together by themselves.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Compare `caught / n >= recall`. Turning the promise into a count first is a trap: in floating point `0.28 * 25` is a
# little more than 7, and rounding it up gives 8.
#
# </details>

# %% solution="threshold_for_recall"
def threshold_for_recall(scores, red_flag, recall):
    """The highest threshold that keeps a promised recall, and its price.

    scores: numbers, one for each row, in any order; a higher one is more alarming. Any numbers: shares, logarithms.
    red_flag: True/False for each row, True where it is an emergency.
    recall: the promised share of the emergencies, more than 0 and at most 1.
    With threshold t the rows of score >= t raise an alarm, and no others. The candidates are the scores that occur.
    Returns (threshold, false_alarm_rate): the highest candidate for which the share of emergencies with an alarm is at
        least recall, and the share of the *other* rows that raise an alarm there (None if there are no other rows).
    Raises ValueError, with a message that says what is wrong, if the lists differ in length, if there is no emergency,
        or if recall is out of range.
    """
    ### BEGIN SOLUTION
    if len(scores) != len(red_flag) or not any(red_flag):
        raise ValueError(f"{len(scores)} scores for {len(red_flag)} rows, {sum(red_flag)} of them emergencies.")
    if not 0 < recall <= 1:
        raise ValueError(f"recall is {recall}, but must be more than 0 and at most 1.")
    urgent_scores = [score for score, flag in zip(scores, red_flag) if flag]
    others = [score for score, flag in zip(scores, red_flag) if not flag]
    for threshold in sorted(set(scores), reverse=True):
        if sum(score >= threshold for score in urgent_scores) / len(urgent_scores) >= recall:
            break  # at the lowest score at the latest, where all are caught
    return threshold, sum(score >= threshold for score in others) / len(others) if others else None
    ### END SOLUTION


# %% test="test_threshold_for_recall" points=1
five = [0.9, 0.7, 0.6, 0.4, 0.1], [True, False, True, True, False]
check_call(
    threshold_for_recall, *five, 0.65, expected=(0.6, 0.5),
    look_at="From 0.6 on 2 of 3 emergencies are caught (>=, so 0.6 itself counts), and 1 of the 2 others is alarmed.",
)
check_call(
    threshold_for_recall, *five, 1, expected=(0.4, 0.5),
    look_at="0.4 catches all three. 0.1 would, too, and alarm more people: take the highest that keeps the promise.",
)
check_raises(threshold_for_recall, [0.5, 0.6], [False, False], 0.9, look_at="Without an emergency there is no recall.")
passed("threshold_for_recall")

# %% test="test_threshold_for_recall_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    threshold_for_recall, [0.9, 0.8, 0.3, 0.2, 0.1], [True, True, True, True, False], 0.6, expected=(0.3, 0.0),
    look_at="2 of 4 is 50 % and breaks the promise of 60 %; it takes 3 of 4. Take a score that occurs.",
)
check_call(
    threshold_for_recall, [0.8, 0.5, 0.5, 0.5, 0.2, 0.1], [True, True, False, True, False, False], 0.6,
    expected=(0.5, 1 / 3),
    look_at="Rows of equal score raise the alarm together: at 0.5 all three of them do, and one is no emergency.",
)
check_call(
    threshold_for_recall, [*range(25, 0, -1), 18.5, 17.5], [True] * 25 + [False] * 2, 0.28, expected=(19, 0.0),
    look_at="7 of 25 is exactly 28 %. In floating point 0.28 * 25 is more than 7: compare shares, not counts.",
)
check_call(
    threshold_for_recall, [-1.5, -0.2, -3.0, -0.9], [True, False, True, False], 0.5, expected=(-1.5, 1.0),
    look_at="Scores may be negative. False alarms are a share of the others: 2 of 2, not 2 of 4.",
)
check_call(
    threshold_for_recall, [0.3, 0.7], [True, True], 0.5, expected=(0.7, None),
    look_at="No other rows, no false alarm rate: None, without a division by zero.",
)
check_call(
    threshold_for_recall, [0.2, 0.9, 0.4, 0.6], [True, False, False, False], 0.9, expected=(0.2, 1.0),
    look_at="The only emergency has the lowest score: catching it means to alarm everybody. That is the price.",
)
one = [0.5], [True]
for bad in (([0.5], [True, False], 0.9), ([], [], 0.9), (*one, 0), (*one, 1.1), (*one, -0.5)):
    check_raises(
        threshold_for_recall, *bad,
        look_at="Refuse lists of different length, no emergency, and a recall outside 0 … 1.",
    )
passed("threshold_for_recall (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# The threshold is chosen on the rows of `choose`, which neither system has learned from, and then tried on dev.

# %% tags=["demo"]
on_choose = score_rows(choose, tuned.lm)
choose_urgent = [row["urgency"] == "emergency" for row in choose]
alarms = {  # scores for an emergency: to choose on, and to measure on
    "tuned on 160 rows": (on_choose[1][:, 2], after[1][:, 2]),
    "TF-IDF, 160 rows": (alarm.predict_proba([row["description"] for row in choose])[:, 1], counts_alarm),
}
PROMISES, lines, kept, thresholds = (0.5, 0.8, 0.9, 1.0), [], {}, {}
for name, (to_choose, to_measure) in alarms.items():
    for promised in PROMISES:
        threshold, price = threshold_for_recall(to_choose.tolist(), choose_urgent, promised)
        kept[name, promised] = alarm_metrics((to_measure >= threshold).tolist())
        thresholds[name, promised] = round(float(threshold), 3)
        caught, in_peace = kept[name, promised].values()
        lines.append({"system": name, "promised": f"{promised:.0%}", "threshold": f"{threshold:.3f}",
                      "false alarms, choose": f"{price:.0%}", "recall, dev": str(scoreboard.proportion(caught)),
                      "false alarms, dev": str(scoreboard.proportion([not calm for calm in in_peace]))})
pd.DataFrame(lines)

# %% tags=["demo"]
for name in alarms:
    note(ALARM, f"{name}, promised 90 %", kept[name, 0.9], model=tuned.lm.name if "tuned" in name else "no LM")
figure = Figure(figsize=(8, 4.5), layout="constrained")
axes, told = figure.subplots(), []
for (name, (_, to_measure)), colour, marker in zip(alarms.items(), scoreboard.PALETTE, "os"):
    tried = [alarm_metrics((to_measure >= t).tolist()).values() for t in [2, *sorted(to_measure, reverse=True)]]
    axes.step([1 - np.mean(in_peace) for _, in_peace in tried], [np.mean(caught) for caught, _ in tried], where="post",
              color=colour, alpha=0.6, label=name + ", every threshold")
    for promised in PROMISES:
        caught, in_peace = (scoreboard.proportion(hits) for hits in kept[name, promised].values())
        x, y = 1 - in_peace.value, caught.value
        axes.errorbar(x, y, yerr=[[y - caught.low], [caught.high - y]], fmt=marker, color=colour, capsize=3)
        axes.annotate(f"{promised:.0%}", (x, y), xytext=(6, -12), textcoords="offset points", color=colour)
        told.append(f"{name}, promised {promised:.0%}: caught {caught}, false alarms {x:.0%}")
axes.set(xlabel="false alarms (share of the 63 others on dev)", ylabel="recall (share of the 17 emergencies)",
         xlim=(-0.02, 1.1), ylim=(0, 1.05), title="The promise (numbers at the points) and its price")
axes.legend(loc="lower right")
scoreboard.show(figure, alt="Recall against false alarms on dev. " + "; ".join(told) + ".")

# %% [markdown]
# Go along the points of one system. Is the promise kept on dev by the middle of the interval? And can its *low* end
# confirm a promise at all? Even 17 of 17 caught has a low end of 82 %: with 17 emergencies no system can be *shown* to
# keep 90 %. What does the step from 90 % to 100 % cost in false alarms? And between the two systems at the same
# promise: which alarms fewer people for nothing?
#
# A promise of 100 % on `choose` is a promise about the emergencies that stand there. One emergency whose score lies
# lower than all of those breaks it. So whatever the threshold: **red flags go to a human**, and the rules of lesson 05
# run before any score.

# %% [markdown]
# ## 6 · Is the confidence honest?
#
# From lesson 04: if a system says "30 %" a hundred times, thirty of these answers should be right. The **expected
# calibration error** (ECE; Guo et al. 2017, [arXiv:1706.04599](https://arxiv.org/abs/1706.04599)) is the mean gap
# between what it claims and how often it is right, over bins of like confidence. What does training do to it? And can
# one number, the **temperature**, mend it? It divides the scores before they become shares: above 1 it makes a system
# more modest. We take the one that makes the true names of `choose` most likely.

# %% tags=["demo"]
places = [CONDITIONS.index(row["condition"]) for row in choose]
temperatures = np.geomspace(0.3, 10, 80)
nats = [-np.log(as_shares(on_choose[0], t)[np.arange(len(places)), places]).mean() for t in temperatures]
warmth = float(temperatures[int(np.argmin(nats))])
order = [list(counts.classes_).index(condition) for condition in CONDITIONS]
named = {
    "untouched": as_shares(before[0]), "tuned": as_shares(after[0]),
    f"tuned, T = {warmth:.1f}": as_shares(after[0], warmth),
    "TF-IDF": counts.predict_proba(descriptions)[:, order],
}

# %% tags=["demo"]
def expected_calibration_error(confidence, correct):
    """The exercise of lesson 04, with ten bins."""
    bins = np.maximum(np.ceil(confidence * 10).astype(int) - 1, 0)
    return sum(abs((correct[bins == i] - confidence[bins == i]).sum()) for i in np.unique(bins)) / len(bins)


def ece_with_interval(confidence, correct):
    drawn = np.random.default_rng(0).integers(0, len(correct), (500, len(correct)))
    low, high = np.percentile([expected_calibration_error(confidence[i], correct[i]) for i in drawn], [2.5, 97.5])
    return f"{expected_calibration_error(confidence, correct):.2f} [{low:.2f}, {high:.2f}]"


honesty = {name: (shares.max(axis=1), np.array(condition_hits(shares), dtype=float))
           for name, shares in named.items()}
pd.DataFrame([
    {"system": name, "n": len(hits), "accuracy": str(scoreboard.proportion(hits == 1)),
     "mean confidence": f"{confidence.mean():.0%}", "ECE": ece_with_interval(confidence, hits)}
    for name, (confidence, hits) in honesty.items()
])

# %% tags=["demo"]
figure, told = Figure(figsize=(13, 4), layout="constrained"), []
for number, (axes, (name, (confidence, hits))) in enumerate(
    zip(figure.subplots(1, len(honesty), sharey=True), honesty.items())
):
    bins, said = np.maximum(np.ceil(confidence * 10).astype(int) - 1, 0), []
    for i in np.unique(bins):
        x, share = confidence[bins == i].mean(), scoreboard.proportion(hits[bins == i] == 1)
        axes.errorbar(x, share.value, yerr=[[share.value - share.low], [share.high - share.value]], fmt="o", capsize=3,
                      color=scoreboard.PALETTE[number], markersize=3 + (bins == i).sum() ** 0.5)
        said.append(f"{x:.0%} → {share.value:.0%} (n = {(bins == i).sum()})")
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--")
    axes.set(title=name, xlabel="mean confidence in the bin", xlim=(0, 1), ylim=(-0.02, 1.02))
    told.append(f"{name}: {', '.join(said)}")
figure.axes[0].set_ylabel("share of right answers")
alt = "Reliability diagrams on dev, confidence against share of right answers. " + "; ".join(told) + "."
scoreboard.show(figure, alt=alt)

# %% [markdown]
# Below the dashed line a system claims more than it keeps, above it less. On which side is each, and did the training
# make the model more certain, more often right, or both? The temperature changes none of the answers: compare the two
# tuned lines of the table. (Do not wonder if an ECE lies near the low end of its interval: each redrawing adds gaps by
# luck, and an ECE counts gaps of either sign.)

# %% [markdown]
# ## 7 · Say what it is
#
# A model travels: somebody copies the folder, and everything you know about it stays behind. A **model card** (Mitchell
# et al. 2019, [arXiv:1810.03993](https://arxiv.org/abs/1810.03993)) travels with it: what it was made from, what it is
# for, how well it does, and for whom it is *not*.
#
# A card is only worth something if its figures are those that were measured. So it is made by a function, from the
# results; nobody types a percentage. And the function refuses a card that leaves out what matters most.
#
# ### Exercise 5: the model card
#
# *Difficulty 4 of 5 · 25 minutes · 3 points*
#
# The constant `NOT_FOR_PATIENTS` from the first cell is yours to use.
#
# <details><summary>Hint 1</summary>
#
# Refuse first, then write. Collect the lines in a list and join them with `"\n"` at the end.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `f"{0.8235:.0%}"` is `82%`. For each metric, `m.get("n")` is None if there is no n, where `m["n"]` would raise a
# KeyError. `low <= value <= high` is False for nan, too.
#
# </details>

# %% solution="model_card"
def model_card(title, *, base, data, licence, intended_use, config, metrics, medical):
    """A model card in Markdown whose figures come from the measurements it is given.

    title, base, data, licence, intended_use: texts. config: a dictionary of settings, in the order to be shown.
    metrics: a dictionary from a metric's name to {"value", "low", "high", "n"}: a share from 0 to 1, the ends of its
        95 % interval, and the number of rows it was measured on.
    medical: True if the model has to do with health.

    Returns a text in which these lines occur, each as a line of its own, in this order:
        # <title>
        NOT_FOR_PATIENTS, the text of the constant, if medical is True (and nowhere if it is False)
        - Intended use: <intended_use>
        - Base model: <base>
        - Data: <data>
        - Licence: <licence>
        - Training: learning_rate = 0.001, epochs = 3             (the settings of config, in their order)
        | red-flag recall | 82% [59%, 94%] | 17 |                 (one for each metric, in their order; whole per cents)
    Other lines (empty ones, the head of a table) may stand between them.
    Raises ValueError, with a message that says what is wrong, if
        - medical is True and there is no metric with the name "red-flag recall";
        - a metric has no n, or an n below 1;
        - one of a metric's value, low and high is missing, or not 0 <= low <= value <= high <= 1;
        - one of the five texts is empty or white space.
    """
    ### BEGIN SOLUTION
    texts = {"title": title, "base": base, "data": data, "licence": licence, "intended_use": intended_use}
    for name, text in texts.items():
        if not text.strip():
            raise ValueError(f"The card needs {name}.")
    if medical and "red-flag recall" not in metrics:
        raise ValueError("A medical model's card must tell its red-flag recall.")
    for name, m in metrics.items():
        if (m.get("n") or 0) < 1 or None in (m.get("value"), m.get("low"), m.get("high")):
            raise ValueError(f"{name} needs a value, an interval (low, high) and the number n of rows.")
        if not 0 <= m["low"] <= m["value"] <= m["high"] <= 1:
            raise ValueError(f"{name} needs 0 <= low <= value <= high <= 1.")
    return "\n".join([
        f"# {title}", "", *([NOT_FOR_PATIENTS, ""] if medical else []),
        f"- Intended use: {intended_use}", f"- Base model: {base}", f"- Data: {data}", f"- Licence: {licence}",
        "- Training: " + ", ".join(f"{name} = {value}" for name, value in config.items()), "",
        "| metric | value [95 % interval] | n |", "|---|---|---|",
        *(f"| {name} | {m['value']:.0%} [{m['low']:.0%}, {m['high']:.0%}] | {m['n']} |" for name, m in metrics.items()),
    ]) + "\n"
    ### END SOLUTION


# %% test="test_model_card" points=1
def card_check(metrics, wanted, look_at, medical=True, **changes):
    """Make a card and check that the wanted lines stand in it, in this order."""
    parts = dict(base="a base", data="some rows", licence="CC BY 4.0", intended_use="a course", config={"epochs": 3})
    text = call(model_card, "A model", metrics=metrics, medical=medical, **parts | changes, look_at=look_at)
    lines = [line.strip() for line in text.splitlines()] if isinstance(text, str) else []
    missing = [line for line in wanted if line not in lines]
    places = [lines.index(line) for line in wanted if line in lines]
    check_that(
        not missing and places == sorted(places), called="model_card('A model', …)", look_at=look_at,
        gave=f"a card without the line {missing[0]!r}" if missing else "the lines in another order",
        expected=f"the line {missing[0]!r}" if missing else "the lines in the order of the docstring",
    )
    return text


def refused(metrics, look_at, medical=True, **changes):
    parts = dict(base="a base", data="some rows", licence="CC BY 4.0", intended_use="a course", config={"epochs": 3})
    check_raises(model_card, "A model", metrics=metrics, medical=medical, **parts | changes, look_at=look_at)


recall_17 = {"red-flag recall": {"value": 14 / 17, "low": 0.59, "high": 0.938, "n": 17}}
card_check(
    recall_17,
    ["# A model", NOT_FOR_PATIENTS, "- Intended use: a course", "- Base model: a base", "- Data: some rows",
     "- Licence: CC BY 4.0", "- Training: epochs = 3", "| red-flag recall | 82% [59%, 94%] | 17 |"],
    "Each line as in the docstring; the figures come from metrics, in whole per cents, with their interval and n.",
)
refused(
    {"accuracy": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 80}},
    "A medical card without the recall for red flags hides what matters most: raise a ValueError.",
)
passed("model_card")

# %% test="test_model_card_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
two = {"accuracy": {"value": 0.4375, "low": 0.334, "high": 0.547, "n": 80},
       "red-flag recall": {"value": 1.0, "low": 0.566, "high": 1.0, "n": 5}}
card_check(
    two,
    ["# A model", NOT_FOR_PATIENTS, "- Intended use: tests", "- Training: rank = 8, alpha = 16.0, epochs = 2",
     "| accuracy | 44% [33%, 55%] | 80 |", "| red-flag recall | 100% [57%, 100%] | 5 |"],
    "Other results, other figures: take all of them from metrics, in their order, and the settings from config.",
    config={"rank": 8, "alpha": 16.0, "epochs": 2}, intended_use="tests",
)
text = card_check(
    {"item right": {"value": 0.9, "low": 0.8, "high": 0.95, "n": 40}},
    ["# A model", "- Base model: a base", "| item right | 90% [80%, 95%] | 40 |"],
    "A model that has nothing to do with health needs no red-flag recall.", medical=False,
)
check_that(
    NOT_FOR_PATIENTS not in text, called="model_card('A model', …, medical=False)", gave="the warning for patients",
    expected="no such line", look_at="A warning that stands on every card is read by nobody: only if medical is True.",
)
card_check(
    recall_17, [NOT_FOR_PATIENTS], "The warning belongs on every medical card, whatever its intended use says.",
    intended_use="for doctors and their patients",
)
nan = float("nan")
for change in ({"n": None}, {"n": 0}, {"low": 0.9}, {"high": 0.5}, {"high": 1.2}, {"low": -0.1}, {"value": nan}):
    refused(
        {"red-flag recall": recall_17["red-flag recall"] | change},
        "A share needs n of at least 1 and 0 <= low <= value <= high <= 1: refuse the card otherwise.",
    )
for name in ("n", "low", "high", "value"):
    refused(
        {"red-flag recall": {key: value for key, value in recall_17["red-flag recall"].items() if key != name}},
        "A figure without n or without its interval says little: refuse it with a ValueError (and not a KeyError).",
    )
refused(
    recall_17 | {"accuracy": {"value": 0.5, "low": 0.4, "high": 0.6}},
    "Every metric needs its n, not only the first one.",
)
for name in ("base", "data", "licence", "intended_use"):
    refused(recall_17, "A card with an empty text leaves out what its reader needs: refuse it.", **{name: "  "})
passed("model_card (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# The card of your model, at the promise of 90 %:

# %% tags=["demo"]
def measured(hits):
    estimate = scoreboard.proportion(hits)
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": len(hits)}


caught, in_peace = kept["tuned on 160 rows", 0.9].values()
print(model_card(
    "Pre-diagnosis assistant of lesson 08", base=lm.name,
    licence="CC BY 4.0 (data); the base model's own licence holds, too",
    data=f"{len(learn)} invented descriptions, seen by no clinician; measured on {len(dev)} others",
    intended_use="exercises of this course, and nothing else",
    config={name: getattr(config, name) for name in ("method", "rank", "learning_rate", "epochs", "seed")}
    | {"promised_recall": 0.9, "alarm_threshold": thresholds["tuned on 160 rows", 0.9]},
    metrics={"red-flag recall": measured(caught), "no false alarm": measured(in_peace),
             "condition": measured(condition_hits(after[0]))},
    medical=True,
))

# %% [markdown]
# The course has a longer form of it: `course_lib.adapters.save_adapter` puts what was trained into a folder, and a card
# beside it. Would you understand from your card what the model must not be used for, if you had found it somewhere?

# %% tags=["demo"]
scoreboard.show(scoreboard.plot(ALARM), alt=scoreboard.describe(ALARM))
scoreboard.table(ALARM)

# %% tags=["demo"]
scoreboard.table(TASK)

# %% [markdown]
# ## 8 · In your own words
#
# *15 minutes · 4 points, graded by hand · about 200 words*
#
# A helpline asks for your tuned model: it shall sort messages, so that emergencies are read first. Would you release
# it, at which promise, and under which conditions? One point each for: a choice between the tuned model and the
# classical one, with figures and intervals of your own run; promise, what dev says about it, and its price; something
# that the training did besides what it should (by heart, forgetting, confidence), with a figure; who reads a red flag,
# and a limit of these data.

# %% [markdown] answer="release_decision" points=4
# **Model answer.** Not for patients; for a test, two models. On the same 160 rows the tuned one names 48 % [37 %, 58 %]
# of the conditions, TF-IDF 31 % [22 %, 42 %]; paired +16 % [+5 %, +26 %], so for the names I take the tuned one. For
# the emergencies I do not: with 90 % promised, chosen on other rows, it catches 82 % [59 %, 94 %] of the 17 on dev and
# alarms 65 % [53 %, 76 %] of the others for nothing; TF-IDF catches 94 % [73 %, 99 %] and alarms 54 % [42 %, 66 %]. The
# intervals overlap, but nothing speaks for the dearer system. The middle keeps TF-IDF's promise, the low end does not,
# and with 17 emergencies it could not. A false alarm is minutes, a miss may be a life, so I would pay. The training had
# a side effect, too: of the 8 general questions of the probe, all right before, the tuned model forgot 62 %, and
# answers some in the shape of a label. Whatever the score: signs of a red flag are looked for by rules first and go to
# a human, and no message is left unread. The rows are invented, and no clinician has seen them.
#
# **Rubric** (1 point each): chooses between the tuned and the classical model with own figures and intervals · names
# the promise, whether dev (middle and low end) keeps it, and the false alarms it costs · names a side effect of
# training with a figure from the run (learning by heart, forgotten answers, confidence) · sends red flags to a human
# whatever the score, and names a limit of the data (invented, few emergencies, no clinician).

# %% [markdown]
# ## Quiz
#
# *5 minutes, for yourself*
#
# **1.** Three runs with other seeds answer the same 80 dev rows. How many independent answers is that for an interval?
#
# - **A** 240, one for each answer
# - **B** 80: average each row over the runs first
# - **C** 3, one for each run
#
# <details><summary>Answer</summary>
#
# **B.** What the interval is about is which rows we happened to have, and there are 80 of them. **A** counts a hard row
# three times, and makes the interval too narrow. **C** would tell how far seeds differ, which is another question.
#
# </details>
#
# **2.** The training loss goes to 0 while the watched loss has been rising for five epochs. What do you do?
#
# - **A** Go on: a loss near 0 is what training is for
# - **B** Keep the last epoch, since it has seen most
# - **C** Go back to the epoch with the lowest watched loss
# - **D** Measure on the test set to find out which epoch is best
#
# <details><summary>Answer</summary>
#
# **C.** From there on it learned by heart. **A** takes knowing the examples for knowing the task. **B** takes the epoch
# that is worst on new rows. **D** chooses on the test set, which then can measure nothing any more.
#
# </details>
#
# **3.** Before and after a training 12 of 24 probe questions are right. What follows?
#
# - **A** Nothing was forgotten
# - **B** It is not known: as many may have been forgotten as were learned
# - **C** The training had no effect
#
# <details><summary>Answer</summary>
#
# **B.** Only a comparison question by question tells. **A** and **C** read a difference of totals, in which what is
# forgotten and what is learned cancel out.
#
# </details>
#
# **4.** A threshold catches all 20 emergencies of the rows it was chosen on. What may the card say?
#
# - **A** "Red-flag recall 100 %"
# - **B** The recall on other rows, with its interval and their number
# - **C** "Safe for patients, since no emergency is missed"
#
# <details><summary>Answer</summary>
#
# **B.** On the rows it was chosen on, the threshold looks better than it is. **A** gives a figure that was chosen, and
# without n. **C** takes a handful of invented rows for a proof, and no card of this course may say it.
#
# </details>
#
# **5.** With 40 labelled rows, word counts are as good as your tuned model. What do you take?
#
# - **A** The word counts: cheaper, quicker, and easier to explain
# - **B** The tuned model: it is a language model, so it understands the text
# - **C** Whichever has the smaller training loss
#
# <details><summary>Answer</summary>
#
# **A.** At equal accuracy the simpler one wins, until more labels change the figures. **B** is a belief; accuracy on
# new rows was measured, and it is equal. **C** rewards learning by heart.
#
# </details>

# %% [markdown]
# ## Summary
#
# - Fine-tuning changes the model's own numbers. Learn, choose and measure on three different sets of rows.
# - A learning curve says what a label is worth, and what a prompt is worth in labels. With few rows, the classical
#   method costs less and may do as well: measure it beside the tuned model.
# - The loss on rows that it learns from falls whatever happens. Stop by the loss on others, and keep the best epoch.
# - A training for one purpose can cost other answers. A fixed probe, asked before and after, shows which; a total may
#   hide it. Mixing in other examples is a known remedy, and its price can be measured.
# - For red flags: promise a recall, choose the threshold on rows nobody learned from, and name the false alarms.
# - A model card is made from the results. It is never for patients, and red flags go to a human.
#
# ## What to try next
#
# - Put the urgency before the condition in the completion (and swap the order in `score_rows`). Does the recall change?
#   Guess first; it takes a minute and a half.
# - Train with `learning_rate=1e-4` and with `3e-3`, and look at the two loss figures before you look at the accuracy.
# - Keep your model: `save_adapter(tuned, "my_adapter", card)` with a `ModelCard` of `course_lib.adapters`, and
#   `load_adapter("my_adapter", lm)` in a new notebook. Is its accuracy the same to the last row?
