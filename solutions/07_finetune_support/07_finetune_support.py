# %% [markdown]
# # 07 · Fine-tune the support assistant
#
# **Time** about 190 minutes, of which the computer works 3; a good place for a break is after section 4 ·
# **Builds on** lesson 03 · **Points** 15 automatic, 4 by hand
#
# ## Objectives
#
# When you are through, you can
#
# - turn a ticket and its answer into tokens and labels, and say which of them the loss counts;
# - write one step of training, and check that frozen weights did not move;
# - write LoRA yourself: a small correction beside a frozen weight, its scale, its start, and folding it in;
# - work out what training will cost in numbers and bytes before you start;
# - choose a learning rate by the dev loss, and compare the tuned model fairly with your best prompt.

# %% [markdown]
# ## 1 · What changes when a model is tuned
#
# Up to here you changed what the model *reads*. Now you change the model. Its 135 million learned numbers are called
# **weights**. **Fine-tuning** is going on with the training of a model that exists, on data of your own: the weights
# are adjusted until your answers become likelier. A few words that you will need:
#
# | word | meaning |
# |---|---|
# | loss | how surprised the model is by the right answer: minus the natural logarithm of its probability, in **nats** |
# | gradient | for each weight, how the loss changes when the weight grows a little |
# | step | move every weight a little against its gradient, for one small batch of examples |
# | learning rate | how far a step goes |
# | epoch | one pass through all the examples |
# | frozen | not changed by training |
#
# A loss of 0 is certainty. A loss of 0.7 nats is a probability of about one half, since -ln 0.5 is 0.69. The loss of a
# batch is the mean over the tokens that count.
#
# The examples are the tickets of lesson 02, in a layout as short as possible: no instruction, no examples. What
# lesson 03 put into the prompt now goes into the weights. The answer brings its own leading space, because this
# tokenizer joins a space to the word *after* it: so the prompt has the same tokens alone and with the answer. If the
# prompt ended in a space, the boundary between the two would slip.

# %% locked="setup"
import json
import math
import time
import warnings
from collections import Counter

import numpy as np
import pandas as pd
import torch

from course_lib import scoreboard, stand_ins
from course_lib.checks import call, check_call, check_raises, check_that, in_student_process, passed
from course_lib.data import SUPPORT_TOPICS, as_rows, load_support

tickets = load_support()
train, dev = as_rows(tickets["train"]), as_rows(tickets["dev"])
# tickets["test"] is opened once, in section 7, when nothing is left to choose.


def as_example(row):
    """A ticket as the trainer wants it: what the model is given, and what it should say."""
    return {"prompt": f"Message: {row['message']}\nItem | topic:", "completion": f" {row['item']} | {row['topic']}"}


warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing")  # peft and transformers, between themselves
pd.set_option("display.max_colwidth", 100)
as_example(dev[1])

# %% [markdown]
# ## 2 · From a ticket to labels
#
# A language model learns by predicting the next token at *every* place of a text. We want it to learn the answer, not
# to write messages of customers. So each token gets a **label**: the token itself where the loss shall count, and
# -100 where it shall not. (-100 is PyTorch's own sign for "leave this out":
# [CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html), `ignore_index`.)
#
# Two more kinds of tokens come in:
#
# - the **end token** after the answer. Only if it counts does the model learn to *stop*;
# - **padding**. The examples of a batch form a table, so shorter ones are filled up; here on the right, where no real
#   token reads it, since each token only reads those before it.
#
# And here is a trap: this model fills up with *the same token* with which it ends, as the next cell shows.

# %% tags=["demo"]
from course_lib.models import default_model

lm = default_model()
END_ID = lm.tokenizer.eos_token_id
for name, token in (("end token", lm.tokenizer.eos_token), ("padding", lm.tokenizer.pad_token)):
    print(f"{name}: {token!r}, id {lm.tokenizer.convert_tokens_to_ids(token)}")

# %% [markdown]
# ### Exercise 1: mask the labels
#
# *Difficulty 1 of 5 · 10 minutes · 3 points*
#
# The label stands at its own token's place. That the model predicts each token from those *before* it is handled
# inside the Hugging Face model, which shifts the labels by one itself
# ([documentation](https://huggingface.co/docs/transformers/model_doc/llama)). The check that you see is worth 1 of
# the 3 points, the hidden tests of the same docstring 2. It is the same in every exercise.
#
# <details><summary>Hint 1</summary>
#
# Which tokens count is a question of *places*, not of ids: from the prompt's length up to the row's length.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For one row: `[-100] * start + row[start:stop] + [-100] * (len(row) - stop)`.
#
# </details>

# %% solution="mask_labels"
def mask_labels(ids, prompt_lengths, lengths):
    """Labels for a batch of examples, padded on the right.

    ids: a list of rows of token ids, all of one length: prompt, answer, end token, padding. They are left as they are.
    prompt_lengths: for each row, how many tokens are the prompt. lengths: how many are not padding; the last of these
        is the end token. Padding, and the text itself, may use the end token's id as well.

    Returns a list of rows of the same length: the token's own id for every token of the answer and for the end token
    after it, -100 for every other. For ids [[5, 6, 7, 2, 2]], prompt lengths [2] and lengths [4] that is
    [[-100, -100, 7, 2, -100]]: the first 2 ends the answer, the second is padding.
    Raises ValueError, with a message that says what is wrong, if the three lists differ in length, a row is shorter
    than its length says, or nothing is left to learn because the prompt is as long as the row's length, or longer.
    """
    ### BEGIN SOLUTION
    if not len(ids) == len(prompt_lengths) == len(lengths):
        raise ValueError(f"{len(ids)} rows, {len(prompt_lengths)} prompt lengths, {len(lengths)} lengths.")
    labels = []
    for row, start, stop in zip(ids, prompt_lengths, lengths):
        if not start < stop <= len(row):
            raise ValueError(f"A prompt of {start} tokens in {stop} leaves no answer, or the row has only {len(row)}.")
        labels.append([-100] * start + row[start:stop] + [-100] * (len(row) - stop))
    return labels
    ### END SOLUTION


# %% test="test_mask_labels" points=1
check_call(
    mask_labels, [[5, 6, 7, 8, 2]], [2], [5], expected=[[-100, -100, 7, 8, 2]],
    look_at="The prompt's tokens become -100; the answer and the end token keep their ids, at their own places.",
)
check_call(
    mask_labels, [[5, 6, 7, 2, 2, 2], [5, 6, 7, 8, 9, 2]], [2, 3], [4, 6],
    expected=[[-100, -100, 7, 2, -100, -100], [-100, -100, -100, 8, 9, 2]],
    look_at="The end token (2) is learned, the padding (2 as well) is not: go by the lengths, not by the id.",
)
check_raises(
    mask_labels, [[5, 6, 7, 2]], [4], [4],
    look_at="A prompt as long as the whole row leaves nothing to learn: raise a ValueError.",
)
passed("mask_labels")

# %% test="test_mask_labels_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    mask_labels, [[5, 2, 6, 7, 2, 8, 2, 2, 2]], [3], [7],
    expected=[[-100, -100, -100, 7, 2, 8, 2, -100, -100]],
    look_at="The end token's id can stand inside prompt and answer, too: count places, do not search for an id.",
)
check_call(
    mask_labels, [[5, 7, 2], [2, 2, 2]], [1, 0], [3, 2], expected=[[-100, 7, 2], [2, 2, -100]],
    look_at="A row may have no padding, and a prompt may be empty: -0 as an index means the beginning.",
)
check_call(mask_labels, [], [], [], expected=[], look_at="No rows, no labels.")
check_raises(
    mask_labels, [[5, 7, 2], [5, 7, 2]], [1], [3, 3],
    look_at="zip() stops at the shortest list without a word. Compare the lengths first.",
)
check_raises(
    mask_labels, [[5, 7, 2]], [1], [4], look_at="A row cannot have more tokens than it is long: raise a ValueError.",
)
check_raises(
    mask_labels, [[5, 7, 2, 2]], [3], [2], look_at="A prompt longer than the example leaves nothing to learn.",
)
passed("mask_labels (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# A short and a longer ticket, as a batch with your labels. `tokenise` also serves below.

# %% tags=["demo"]
def tokenise(rows):
    """Ids of prompt + completion + end token, padded on the right, and the two lengths of each row."""
    starts = [len(lm.tokenizer(row["prompt"], add_special_tokens=False)["input_ids"]) for row in rows]
    texts = [row["prompt"] + row["completion"] for row in rows]
    whole = [[*row, END_ID] for row in lm.tokenizer(texts, add_special_tokens=False)["input_ids"]]
    longest = max(map(len, whole))
    return [row + [END_ID] * (longest - len(row)) for row in whole], starts, [len(row) for row in whole]


pair = [as_example(row) for row in sorted(dev, key=lambda row: len(row["message"]))[2:7:4]]
ids, starts, lengths = tokenise(pair)
labels = mask_labels(ids, starts, lengths)

# %% tags=["demo"]
from matplotlib.figure import Figure

KINDS = {"prompt": "#dddddd", "answer": scoreboard.PALETTE[4], "end": scoreboard.PALETTE[1], "padding": "white"}


def kind(row, place):
    """What a token is: prompt, answer, end or padding."""
    if place < starts[row]:
        return "prompt"
    return "answer" if place < lengths[row] - 1 else "end" if place == lengths[row] - 1 else "padding"


figure = Figure(figsize=(10, 5), layout="constrained")
for row, axes in enumerate(figure.subplots(2, 1)):
    for place, token in enumerate(ids[row]):
        x, y, what = place % 14, -(place // 14), kind(row, place)
        text = lm.tokenizer.decode([token]).replace("\n", "⏎").replace(" ", "·").replace("<|im_end|>", "END")
        axes.text(x, y + 0.18, text, ha="center", fontsize=8, parse_math=False,
                  bbox=dict(facecolor=KINDS[what], edgecolor="grey", boxstyle="round,pad=0.2"))
        axes.text(x, y - 0.3, labels[row][place], ha="center", fontsize=7, color="#333333")
    axes.set(xlim=(-0.7, 13.7), ylim=(-(len(ids[row]) - 1) // 14 - 0.5, 0.6), title=f"ticket {row + 1}")
    axes.axis("off")
for what, colour in KINDS.items():
    figure.axes[0].scatter([], [], marker="s", s=90, color=colour, edgecolor="grey", label=what)
figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
counts = [Counter(kind(row, place) for place in range(len(ids[row]))) for row in (0, 1)]
scoreboard.show(
    figure, alt="The tokens of two tickets in boxes coloured by kind, each with its label below: -100 under prompt and "
                f"padding, its own id under answer and end. Ticket 1: {dict(counts[0])}; ticket 2: {dict(counts[1])}.")

# %% [markdown]
# How many of all these tokens does the loss count? And how surprised is the untouched model by each of them? Here is
# the loss by hand: the logits (the model's raw scores for every possible next token), their log-probabilities, and of
# these the one of the right token, with the sign changed.

# %% tags=["demo"]
with torch.inference_mode():
    log_probabilities = lm.model(input_ids=torch.tensor(ids)).logits.log_softmax(dim=-1)
    library = float(lm.model(input_ids=torch.tensor(ids), labels=torch.tensor(labels)).loss)
lines = [
    {"ticket": row + 1, "token": lm.tokenizer.decode([ids[row][place]]), "kind": kind(row, place),
     "loss (nats)": -float(log_probabilities[row, place - 1, ids[row][place]])}  # the place before predicts it
    for row in (0, 1) for place in range(len(ids[row])) if labels[row][place] != -100
]
by_hand = np.mean([line["loss (nats)"] for line in lines])
print(f"mean over {len(lines)} tokens, by hand: {by_hand:.4f} nats; the library's loss: {library:.4f}")
pd.DataFrame(lines).round(2)

# %% [markdown]
# The two means must agree: that is all the loss is. Where is the model surprised most? Look at the first token of the
# item, at the bar, at the first token of the topic, and at the end token. Which of these could a prompt have told it?
#
# <details><summary>One answer</summary>
#
# The bar, the end and the list of topics are form: a prompt can state them. Which item and which topic belong to *this*
# ticket, a prompt can only illustrate.
#
# </details>

# %% [markdown]
# ## 3 · One step
#
# Training is one small thing done over and over:
#
# 1. **forward**: read the batch, compute the loss;
# 2. **backward**: compute each weight's gradient (PyTorch keeps it beside the weight, in `.grad`, and *adds* a new one
#    to what lies there);
# 3. **step**: the **optimizer** moves the weights against their gradients, by its own rule. The usual rule, **Adam**
#    (Kingma and Ba 2014, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980)), remembers two running means for each
#    weight, so it must be the *same* optimizer from step to step.
#
# ### Exercise 2: one step of training
#
# *Difficulty 2 of 5 · 12 minutes · 3 points*
#
# The checks use a stand-in: `stand_ins.tiny_llama()` is a model of the same build as ours with two small layers of
# random weights. It knows nothing, and a step costs it a few thousandths of a second.
#
# <details><summary>Hint 1</summary>
#
# What `model(input_ids=ids, labels=labels)` returns has a `.loss`: a tensor that knows how it came about. Its method
# `backward()` fills the gradients, and its method `item()` gives a plain number.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Four calls, in this order: `optimizer.zero_grad()`, the forward pass, `backward()`, `optimizer.step()`.
#
# </details>

# %% solution="training_step"
def training_step(model, optimizer, ids, labels):
    """Take one step of training.

    model: a Hugging Face causal language model; some of its weights may be frozen (requires_grad is False), and they
        stay so. optimizer: a torch optimizer that holds weights of this model and keeps its state from call to call.
    ids, labels: int64 tensors of shape [examples, tokens]; labels as mask_labels makes them. Padding stands on the
        right, so that no token reads it, and no attention mask is needed.

    Moves the optimizer's weights once, by this batch's gradient alone: gradients that lie there from before do not
    count. Returns the batch's mean loss *before* the step, in nats, as a Python float.
    """
    ### BEGIN SOLUTION
    optimizer.zero_grad()
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% test="test_training_step" points=1
batch = torch.tensor([[5, 6, 7, 8, 2], [5, 9, 10, 2, 2]])
wanted = torch.tensor([[-100, -100, 7, 8, 2], [-100, -100, 10, 2, -100]])


def upper_half(seed=0):
    """A stand-in whose upper layer alone is trained."""
    model = stand_ins.tiny_llama(seed=seed)
    for name, weight in model.named_parameters():
        weight.requires_grad = ".layers.1." in name
    return model


@in_student_process
def trained(kind, steps, seed=0, old_gradient=None, **settings):
    """Call training_step on a stand-in, with a new optimizer of this kind; returns all that came of it."""
    model = upper_half(seed)
    held = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = kind(held, **settings)
    for weight in held:
        weight.grad = None if old_gradient is None else torch.full_like(weight, old_gradient)
    losses = [training_step(model, optimizer, batch, wanted) for _ in range(steps)]
    weights = {name: weight.detach() for name, weight in model.named_parameters()}
    frozen = [name for name, weight in model.named_parameters() if not weight.requires_grad]
    return {"losses": losses, "weights": weights, "frozen": frozen,
            "counted": [int(optimizer.state[weight].get("step", 0)) for weight in held]}


untouched = upper_half()
before = float(untouched(input_ids=batch, labels=wanted).loss.detach())
came = call(
    trained, torch.optim.AdamW, 2, lr=1e-3,
    look_at="Record the forward pass (no torch.no_grad() around it), then call backward() on its loss.",
)
first, second = came["losses"]
check_that(
    isinstance(first, float) and abs(first - before) < 1e-4,
    called="training_step(model, optimizer, ids, labels)", gave=first, expected=f"{before:.4f}, a Python float",
    look_at="Return the loss from before the step as a number: loss.item(), not the tensor, and not computed again.",
)
check_that(
    second < first, called="training_step(…), a second time on the same batch", gave=f"a loss of {second:.4f}",
    expected=f"less than the first time, {first:.4f}",
    look_at="The first call must have moved the weights: backward() fills the gradients, optimizer.step() uses them.",
)
check_that(
    all(torch.equal(came["weights"][name], weight) for name, weight in untouched.named_parameters()
        if not weight.requires_grad),
    called="training_step(…), twice", gave="frozen weights that moved", expected="frozen weights the same, bit for bit",
    look_at="Leave requires_grad as it is, and let the given optimizer alone move weights.",
)
passed("training_step")

# %% test="test_training_step_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
model = upper_half(seed=3)
held = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
came = call(trained, torch.optim.AdamW, 3, seed=3, lr=1e-3)
check_that(
    came["counted"] == [3] * len(held), called="training_step(…), three times",
    gave=f"an optimizer that has counted {sorted(set(came['counted']))} steps",
    expected="3 steps for each of its weights",
    look_at="Use the optimizer you are given. A new one for each step forgets Adam's running means.",
)
check_that(
    came["frozen"] == [name for name, weight in model.named_parameters() if not weight.requires_grad],
    called="training_step(…)",
    gave="weights that were frozen and are not any more (or the reverse)", expected="requires_grad as it was",
    look_at="What is frozen is the caller's decision: do not set requires_grad.",
)
losses = came["losses"]
check_that(
    losses[2] < losses[1] < losses[0], called="training_step(…), three times on one batch", gave=losses,
    expected="three falling losses", look_at="Each call takes one step downhill, and returns the loss from before it.",
)
gradients = torch.autograd.grad(model(input_ids=batch, labels=wanted).loss, list(held.values()))
due = {name: (weight - 0.01 * gradient).detach() for (name, weight), gradient in zip(held.items(), gradients)}
came = call(trained, torch.optim.SGD, 1, seed=3, old_gradient=5.0, lr=0.01)
check_that(
    all(torch.allclose(came["weights"][name], to, atol=1e-5) for name, to in due.items()),
    called="training_step(…) with old gradients lying in .grad", gave="another step than this batch asks for",
    expected="weights moved by this batch's gradient alone",
    look_at="backward() adds to what lies in .grad: clear it with optimizer.zero_grad() first, or steps pile up.",
)
passed("training_step (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now repeat it: forty steps on the same two rows, at three learning rates, with the stand-in. (No model of ours is
# touched.) Here with the plainest rule, **SGD**: rate times gradient and nothing else. Adam divides by the gradient's
# usual size, so its rates are on another scale: do not compare these with section 6. (The checks used **AdamW**, which
# is Adam with a small pull of the weights towards zero.)

# %% tags=["demo"]
def forty_steps(rate):
    """The losses of forty steps on one batch, with a fresh stand-in."""
    model = stand_ins.tiny_llama()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    rows = torch.tensor([[5, 6, 7, 8, 2], [5, 9, 10, 2, 2]])
    targets = torch.tensor([[-100, -100, 7, 8, 2], [-100, -100, 10, 2, -100]])
    return [training_step(model, optimizer, rows, targets) for _ in range(40)]


print(f"An even guess among the stand-in's 64 tokens would have a loss of {math.log(64):.3f} nats.")
runs = pd.DataFrame({f"rate {value:g}": forty_steps(value) for value in (1e-4, 1e-2, 10.0)})
runs.iloc[[0, 1, 4, 19, 39]].map("{:.4g}".format)

# %% [markdown]
# The same start, three lengths of step. Which rate hardly moves, which gets down, and what happens
# to the third? (Compare its end with the even guess.) Falling on two rows proves nothing about new ones: that is what
# dev is for.

# %% [markdown]
# ## 4 · LoRA: a small correction beside a frozen weight
#
# Training all weights needs room for all gradients and for Adam's two means as well. **LoRA**, *low-rank adaptation*
# (Hu et al. 2021, [arXiv:2106.09685](https://arxiv.org/abs/2106.09685)), freezes the weights and learns a small
# correction beside them. A linear layer computes W·x, with a table W of numbers, d_out rows by d_in columns. LoRA
# computes
#
# > W·x + (alpha / r) · B·(A·x)
#
# where A has r rows and B has r columns. The **rank** r is small, so A and B are narrow strips; together they are an
# **adapter**. B starts at zero: at first the model is exactly the old one. A starts at random: if both were zero,
# neither would ever get a gradient. The scale alpha / r is meant to spare you a new learning rate when you try another
# rank (section 4.1 of the paper). After training, W + (alpha / r) · B·A is a table as large as W, so the adapter can be
# **merged**, and no longer costs anything.
#
# Drawn to scale, for one of our model's layers (the widest kind, 576 → 1536) at rank 8:

# %% tags=["demo"]
from matplotlib.patches import Rectangle

d_in, d_out, r = 576, 1536, 8
figure = Figure(figsize=(8, 4.2), layout="constrained")
axes = figure.subplots()
for x, y, width, height, colour in (
    (0, 0, d_in, d_out, "#dddddd"), (1150, 0, r, d_out, scoreboard.PALETTE[5]),
    (1750, d_out - r, d_in, r, scoreboard.PALETTE[0]),
):
    axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, edgecolor="black", linewidth=0.5))
for x, y, text in (
    (d_in / 2, d_out / 2, f"W, frozen\n{d_out} by {d_in}:\n{d_out * d_in:,}\nnumbers"),
    (860, d_out / 2, "+  alpha / r  ·"),
    (1370, d_out / 2, f"B, starts at 0\n{d_out} by {r}:\n{r * d_out:,}"), (1660, d_out / 2, "·"),
    (1750 + d_in / 2, d_out - 150, f"A, starts at random\n{r} by {d_in}: {r * d_in:,}"),
):
    axes.text(x, y, text, ha="center", va="center", fontsize=9)
axes.set(xlim=(-40, 2450), ylim=(-40, d_out + 40), aspect="equal", title="A weight and its adapter, drawn to scale")
axes.axis("off")
scoreboard.show(
    figure, alt=f"Drawn to scale: the frozen weight W is a large block of {d_out} by {d_in} numbers; beside it B, a "
                f"strip of {d_out} by {r}, and A, a strip of {r} by {d_in}, both thin as lines. A and B together have "
                f"{r * (d_in + d_out) / d_in / d_out:.1%} of W's numbers.")

# %% [markdown]
# ### Exercise 3: write LoRA
#
# *Difficulty 4 of 5 · 45 minutes · 3 points*
#
# A `torch.nn.Module` is an object with weights and a `forward`; calling the object calls `forward`. `self` is the
# object: what `__init__` stores as `self.A` is there in `forward`. Numbers that are to be trained are wrapped in
# `torch.nn.Parameter`. PyTorch puts one example in each *row* of x, so W·x is written `x @ W.T`, and B·(A·x) is `x @
# A.T @ B.T`. PyTorch's linear layer holds its table as `weight`, of shape [d_out, d_in], computes `x @ weight.T +
# bias`, and its `bias` may be None.
#
# <details><summary>Hint 1</summary>
#
# `torch.randn(rank, base.in_features, generator=torch.Generator().manual_seed(seed))` gives random numbers with
# standard deviation 1, without changing what other code will draw; divide by √d_in for the deviation wanted. Freeze
# with `base.requires_grad_(False)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# x may have any number of dimensions before the last: `x @ self.A.T @ self.B.T` copes with all.
#
# </details>
# <details><summary>Hint 3</summary>
#
# For `merge`, `copy.deepcopy(self.base)` is a new layer with the same weight and bias; add to its weight inside
# `with torch.no_grad():`. B·A is `self.B @ self.A`, of shape [d_out, d_in] as the weight.
#
# </details>

# %% solution="LoRALinear"
import copy


class LoRALinear(torch.nn.Module):
    """A linear layer with a low-rank correction: base(x) + alpha / rank * B·(A·x).

    base: a torch.nn.Linear, with or without a bias. It is kept, not copied, as self.base, and its weights are frozen.
    rank: 1 or more (need not be checked). alpha: the scale, a number.
    self.A: a Parameter [rank, d_in] of normally distributed random numbers with mean 0 and standard deviation
        1 / sqrt(d_in), drawn with a torch.Generator with this seed; torch's global random state stays as it was.
    self.B: a Parameter [d_out, rank] of zeros. Only A and B are trained.
    """

    def __init__(self, base, rank, alpha, seed=0):
        super().__init__()  # PyTorch's own setting up: must come before anything is stored in self
        ### BEGIN SOLUTION
        self.base, self.scale = base.requires_grad_(False), alpha / rank
        generator = torch.Generator().manual_seed(seed)
        self.A = torch.nn.Parameter(torch.randn(rank, base.in_features, generator=generator) / base.in_features**0.5)
        self.B = torch.nn.Parameter(torch.zeros(base.out_features, rank))
        ### END SOLUTION

    def forward(self, x):
        """x: a tensor [..., d_in]. Returns [..., d_out]."""
        ### BEGIN SOLUTION
        return self.base(x) + self.scale * (x @ self.A.T @ self.B.T)
        ### END SOLUTION

    def merge(self):
        """A new torch.nn.Linear that computes the same without an adapter; this layer and its base stay as they are.

        Whether the new layer's weights are frozen makes no difference.
        """
        ### BEGIN SOLUTION
        merged = copy.deepcopy(self.base)
        with torch.no_grad():
            merged.weight += self.scale * self.B @ self.A
        return merged
        ### END SOLUTION


# %% test="test_LoRALinear" points=1
def linear(d_in, d_out, bias=True, seed=7):
    """A linear layer with known random weights, and an input for it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return torch.nn.Linear(d_in, d_out, bias=bias), torch.randn(5, d_in)


def close(got, expected, tolerance=1e-5):
    """Whether a result is a tensor of the expected shape and values."""
    alike = isinstance(got, torch.Tensor) and got.shape == expected.shape
    return alike and torch.allclose(got, expected, atol=tolerance)


@in_student_process
def made(*arguments, **settings):
    """The matrices of a new LoRALinear, and the names of the weights that want gradients."""
    layer = LoRALinear(*arguments, **settings)
    matrices = {name: getattr(layer, name, None) for name in ("A", "B")}
    wanting = sorted(name for name, weight in layer.named_parameters() if weight.requires_grad)
    return {name: m.detach() for name, m in matrices.items() if isinstance(m, torch.Tensor)} | {"trained": wanting}


@in_student_process
def used(base, rank, alpha, x, a, b, merges=1):
    """What a LoRALinear gives for x: new, with a and b in A and B, and merged; and whether merging changed the base."""
    layer, weight = LoRALinear(base, rank, alpha), base.weight.detach().clone()
    gave = {"new": layer(x).detach()}
    with torch.no_grad():
        layer.A.copy_(a)
        layer.B.copy_(b)
    gave["with B"] = layer(x).detach()
    for _ in range(merges):
        merged = layer.merge()
    kept = torch.equal(base.weight, weight) and merged is not base
    return gave | {"merged": merged(x).detach(), "a Linear": isinstance(merged, torch.nn.Linear), "base kept": kept,
                   "after merging": layer(x).detach(), "has bias": getattr(merged, "bias", None) is not None}


base, x = linear(6, 4)
first_line = "Leave the line that is given in __init__ where it is: before you store anything in self."
new = call(made, base, 2, 8, look_at=first_line)
shapes = {name: tuple(new[name].shape) if name in new else () for name in ("A", "B")}
check_that(
    shapes == {"A": (2, 6), "B": (4, 2)}, called="LoRALinear(a layer 6 → 4, rank=2, alpha=8)", gave=f"shapes {shapes}",
    expected="A of shape (2, 6) and B of shape (4, 2)", look_at="A is [rank, d_in], B is [d_out, rank].",
)
check_that(
    bool(new["A"].abs().min() > 0), called="LoRALinear(…).A", gave="zeros", expected="random numbers",
    look_at="If A and B are both zero, both gradients are zero for ever: A starts at random.",
)
a, b, plain_output = torch.linspace(-1, 2, 12).view(2, 6), torch.arange(8.0).view(4, 2), base(x).detach()
expected = plain_output + 4 * x @ a.T @ b.T
gave = call(used, base, 2, 8, x, a, b)
check_that(
    close(gave["new"], plain_output), called="a new LoRALinear, on x", gave="another output than the base layer's",
    expected="the base layer's own output",
    look_at="At the start the correction must be 0: B is all zeros. Keep the bias.",
)
check_that(
    close(gave["with B"], expected), called="LoRALinear(…, rank=2, alpha=8), after A and B were set, on x",
    gave="another output than base(x) + 8 / 2 · B·(A·x)", expected="base(x) + 8 / 2 · B·(A·x)",
    look_at="The scale is alpha / rank: here 4, not 8 and not one half.",
)
check_that(
    gave["a Linear"] and close(gave["merged"], expected), called="layer.merge(), on x",
    gave="another output than the layer itself", expected="the same output, to 1e-5, from a torch.nn.Linear",
    look_at="The merged weight is W + alpha / rank · B·A, in this order, and the bias comes along.",
)
passed("LoRALinear")

# %% test="test_LoRALinear_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
with torch.random.fork_rng(devices=[]):
    torch.manual_seed(11)
    plain, x3 = torch.nn.Linear(5, 7, bias=False), torch.randn(2, 3, 5)
a, b = torch.linspace(2, -1, 15).view(3, 5), torch.linspace(-1, 1, 21).view(7, 3)
expected = (plain(x3) + 2 * x3 @ a.T @ b.T).detach()
gave = call(used, plain, 3, 6, x3, a, b)
check_that(
    close(gave["with B"], expected, tolerance=1e-5),
    called="LoRALinear(a layer without bias, rank=3, alpha=6), on x of shape (2, 3, 5)",
    gave=f"a result of shape {tuple(gave['with B'].shape)}", expected="base(x) + 2 · B·(A·x), of shape (2, 3, 7)",
    look_at="x may have more dimensions, and a bias may be missing.",
)
check_that(
    gave["base kept"] is True and close(gave["after merging"], expected), called="layer.merge()",
    gave="a changed base layer", expected="a new layer; this one and its base as they were",
    look_at="Work on a copy: added into the base itself, the correction would count twice.",
)
plain, _ = linear(5, 7, bias=False)
expected = (plain(x3) + 2 * x3 @ a.T @ b.T).detach()
gave = call(used, plain, 3, 6, x3, a, b, merges=2)
check_that(
    close(gave["merged"], expected) and gave["has bias"] is False, called="layer.merge(), a second time",
    gave="another layer than the first time", expected="the same output again, without a bias",
    look_at="merge must not change anything, however often it is called.",
)
new = call(made, linear(5, 7)[0], 3, 6)
check_that(
    new["trained"] == ["A", "B"], called="the weights of LoRALinear(…) that want gradients", gave=f"{new['trained']}",
    expected="A and B", look_at="Freeze the base's weight and bias: requires_grad_(False). A and B must be Parameters.",
)


@in_student_process
def sixty_steps(base, inputs, targets):
    """A and B of LoRALinear(base, 2, 4) after 60 steps of training, and whether a gradient came to the base."""
    layer = LoRALinear(base, 2, 4)
    optimizer = torch.optim.SGD([weight for weight in layer.parameters() if weight.requires_grad], lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        loss = ((layer(inputs) - targets) ** 2).mean()
        if loss.requires_grad:
            loss.backward()
        optimizer.step()
    return layer.A.detach(), layer.B.detach(), base.weight.grad is not None or base.bias.grad is not None


with torch.random.fork_rng(devices=[]):
    torch.manual_seed(12)
    biased, inputs, targets = torch.nn.Linear(6, 4), torch.randn(20, 6), torch.randn(20, 4)
start = float(((biased(inputs) - targets) ** 2).mean().detach())
a, b, base_learned = call(sixty_steps, biased, inputs, targets)
end = float(((biased(inputs) + 2 * inputs @ a.T @ b.T - targets) ** 2).mean().detach())
check_that(
    end < 0.95 * start and base_learned is False,
    called="60 steps of training on LoRALinear(…)", gave=f"a loss that went from {start:.3f} to {end:.3f}",
    expected="a falling loss, and no gradient in the base",
    look_at="Gradients must reach A and B, and them alone: no .data, no detach(), no no_grad() in forward.",
)
torch.manual_seed(5)
state = torch.random.get_rng_state()
first, again, other = (call(made, linear(400, 10)[0], 16, 16, seed=seed)["A"] for seed in (1, 1, 2))
check_that(
    torch.equal(first, again) and not torch.equal(first, other), called="LoRALinear(…, seed=1), twice, and seed=2",
    gave="an A that does not follow the seed", expected="the same A for the same seed, another for another",
    look_at="Draw A with torch.Generator().manual_seed(seed).",
)
check_that(
    torch.equal(torch.random.get_rng_state(), state), called="LoRALinear(…, seed=1)",
    gave="a changed global random state",
    expected="torch's own random state untouched",
    look_at="torch.manual_seed reaches into everybody's random numbers: give randn a generator of its own.",
)
spread = float(first.std())
check_that(
    abs(spread * 20 - 1) < 0.08 and abs(float(first.mean())) < 0.003,
    called="LoRALinear(a layer 400 → 10, rank=16, …).A",
    gave=f"a standard deviation of {spread:.4f} and a mean of {float(first.mean()):.4f}",
    expected="a standard deviation of 1 / sqrt(400) = 0.05 around 0",
    look_at="Divide standard normal numbers by the square root of d_in.",
)
passed("LoRALinear (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# How well does a thin strip correct a whole table? A table *has* rank 4 if it is the product of a 64 by 4 and a 4 by 64
# strip, and of none thinner. Such a correction is to be learned here, by adapters of rank 1, 2, 4 and 8, in four
# hundred steps each. One of rank 4 could hit it exactly, one of rank 2 could not. Does training find it?

# %% tags=["demo"]
def distance_after_training(rank):
    """What is left of the error, as a share, when an adapter of this rank has learned a correction of rank 4."""
    generator = torch.Generator().manual_seed(1)
    goal = torch.randn(64, 4, generator=generator) @ torch.randn(4, 64, generator=generator) / 16
    base = torch.nn.Linear(64, 64, bias=False)
    start = base.weight.detach().clone()
    layer = LoRALinear(base, rank, alpha=rank)
    optimizer = torch.optim.Adam([layer.A, layer.B], lr=0.02)
    for _ in range(400):
        optimizer.zero_grad()
        ((layer(torch.eye(64)).T - start - goal) ** 2).mean().backward()
        optimizer.step()
    error = layer.merge().weight.detach() - start - goal
    return float((error**2).sum() / (goal**2).sum())


for rank in (1, 2, 4, 8):
    print(f"rank {rank}: {rank * 128:5} numbers instead of {64 * 64}, error left {distance_after_training(rank):.1%}")

# %% [markdown]
# From which rank on is more of no use here? In this toy we knew the correction's rank. For language models nobody knows
# it beforehand; that a small one is enough is what Hu et al. measured on their tasks, and what you measure on yours.

# %% [markdown]
# ## 5 · What it will cost
#
# Before you train, you can work out what it takes. Besides the frozen weights, the memory must hold
# for each number that is *trained*: the number itself, its gradient, and Adam's two means.
#
# ### Exercise 4: the cost of an adapter
#
# *Difficulty 2 of 5 · 12 minutes · 3 points*
#
# <details><summary>Hint 1</summary>
#
# A layer of d_in → d_out has an A of rank · d_in and a B of d_out · rank numbers. Add, over all the linear layers, then
# multiply by the number of transformer layers that are trained.
#
# </details>
# <details><summary>Hint 2</summary>
#
# With `rank=None` the table itself is trained: d_in · d_out numbers. All the bytes follow from the count.
#
# </details>

# %% solution="lora_cost"
def lora_cost(shapes, rank, layers, bytes_per_number=4):
    """What is trained, and the bytes that this takes.

    shapes: the linear layers inside one transformer layer that get an adapter, as a dictionary from their names to
        (d_in, d_out). layers: how many transformer layers have such a set, 1 or more.
    rank: that of the adapters; None for training those layers' weights themselves, without adapters. Biases are not
        counted.
    Returns a dictionary of whole numbers: "trained" (numbers that are trained), and, with bytes_per_number bytes for
    each number, "saved_bytes" (keeping them on disk), "gradient_bytes" (a gradient each) and "optimizer_bytes" (Adam's
    two means each). With {"q": (6, 4)}, rank 2 and 3 layers, 60 numbers are trained.
    Raises ValueError, with a message that says what is wrong, for a rank or a number of layers below 1.
    """
    ### BEGIN SOLUTION
    if layers < 1 or (rank is not None and rank < 1):
        raise ValueError(f"rank and layers must be at least 1; they are {rank} and {layers}.")
    in_one = sum(d_in * d_out if rank is None else rank * (d_in + d_out) for d_in, d_out in shapes.values())
    trained = in_one * layers
    size = trained * bytes_per_number
    return {"trained": trained, "saved_bytes": size, "gradient_bytes": size, "optimizer_bytes": 2 * size}
    ### END SOLUTION


# %% test="test_lora_cost" points=1
from peft import LoraConfig, get_peft_model

check_call(
    lora_cost, {"q": (6, 4)}, 2, 3,
    expected={"trained": 60, "saved_bytes": 240, "gradient_bytes": 240, "optimizer_bytes": 480},
    look_at="A has rank · d_in numbers and B has rank · d_out: (6 + 4) · 2 = 20 in one layer. "
            "Adam keeps two means each.",
)
check_call(
    lora_cost, {"q": (6, 4)}, None, 3,
    expected={"trained": 72, "saved_bytes": 288, "gradient_bytes": 288, "optimizer_bytes": 576},
    look_at="Without adapters (rank None) every number of the table is trained: d_in · d_out for each layer.",
)
with_peft = get_peft_model(
    stand_ins.tiny_llama(), LoraConfig(r=4, target_modules=["q_proj", "k_proj", "down_proj"], task_type="CAUSAL_LM")
)
counted = sum(weight.numel() for weight in with_peft.parameters() if weight.requires_grad)
cost = call(lora_cost, {"q_proj": (64, 64), "k_proj": (64, 32), "down_proj": (128, 64)}, 4, 2)
check_that(
    isinstance(cost, dict) and cost.get("trained") == counted, called="lora_cost(three layers of the stand-in, 4, 2)",
    gave=cost, expected=f"{counted} trained numbers, as the library peft counts them",
    look_at="Add over all the linear layers of a transformer layer; they are not all square.",
)
passed("lora_cost")

# %% test="test_lora_cost_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    lora_cost, {"a": (10, 30), "b": (5, 5)}, 3, 2, bytes_per_number=2,
    expected={"trained": 300, "saved_bytes": 600, "gradient_bytes": 600, "optimizer_bytes": 1200},
    look_at="Use bytes_per_number: half precision has 2 bytes for a number, not 4.",
)
check_call(
    lora_cost, {"a": (10, 30), "b": (5, 5)}, None, 1, bytes_per_number=2,
    expected={"trained": 325, "saved_bytes": 650, "gradient_bytes": 650, "optimizer_bytes": 1300},
    look_at="With rank None, count d_in · d_out for each layer, and no adapters.",
)
from peft import LoraConfig, get_peft_model

settings = LoraConfig(
    r=6, target_modules=["v_proj", "gate_proj", "up_proj"], layers_to_transform=[1], task_type="CAUSAL_LM"
)
with_peft = get_peft_model(stand_ins.tiny_llama(seed=1), settings)
counted = sum(weight.numel() for weight in with_peft.parameters() if weight.requires_grad)
got = call(lora_cost, {"v_proj": (64, 32), "gate_proj": (64, 128), "up_proj": (64, 128)}, 6, 1)
check_that(
    isinstance(got, dict) and got.get("trained") == counted, called="lora_cost(three layers of the stand-in, 6, 1)",
    gave=got, expected=f"{counted} trained numbers, as peft counts them",
    look_at="rank · (d_in + d_out) for each layer, in one transformer layer here.",
)
check_raises(lora_cost, {"q": (6, 4)}, 0, 3, look_at="A rank of 0 is no adapter, and not the same as None: ValueError.")
check_raises(lora_cost, {"q": (6, 4)}, 2, 0, look_at="Without layers there is nothing to train: raise a ValueError.")
passed("lora_cost (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Our model has 30 layers of width 576, with seven linear layers in each. Its keys and values are narrower than its
# queries (192 instead of 576: several queries share a key). `finetune`, which you will call below, gives adapters of
# rank 8 to the upper ten layers.

# %%
OURS = {
    "q_proj": (576, 576), "k_proj": (576, 192), "v_proj": (576, 192), "o_proj": (576, 576),
    "gate_proj": (576, 1536), "up_proj": (576, 1536), "down_proj": (1536, 576),
}
plans = {"LoRA, rank 8, upper 10": (8, 10), "LoRA, rank 64, upper 10": (64, 10), "LoRA, rank 8, all 30": (8, 30),
         "in full, upper 10": (None, 10), "in full, all 30": (None, 30)}
prices = pd.DataFrame({name: lora_cost(OURS, *plan) for name, plan in plans.items()}).T
prices["memory in MB"] = (prices[["saved_bytes", "gradient_bytes", "optimizer_bytes"]].sum(axis=1) / 1e6).round(1)
prices

# %% [markdown]
# (The table of token embeddings, 28 million numbers, is left out in all rows. Memory is for the trained numbers, their
# gradients and Adam's means. With an adapter the frozen model comes on top; in full, the trained numbers *are* the
# model's. What the layers compute on the way needs room as well.) Compare the first row with the fourth (the same ten
# layers), then with the last. Which column decides whether ten shops can each have their own model on one disk?

# %% [markdown]
# ## 6 · The learning rate
#
# The learning rate alone can spoil a training: too small and nothing is learned, too large and the model breaks. So
# train briefly at several rates, a **sweep**, and choose by the loss on *dev*: rows that were not trained on, and that
# are not the test set either.
#
# ### Exercise 5: choose the learning rate
#
# *Difficulty 3 of 5 · 12 minutes · 3 points*
#
# A broken training has a loss that is no number any more (`nan`) or endless (`inf`), and `nan` compares strangely:
# `min([nan, 1.0])` is `nan`, and `min([1.0, nan])` is `1.0`.
#
# <details><summary>Hint 1</summary>
#
# Collect the dev losses of each rate in a dictionary of lists. `math.isfinite` is False for `nan` and `inf`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `min(best, key=lambda rate: (best[rate], rate))` takes the smallest loss, and of equal ones the smallest rate.
#
# </details>

# %% solution="pick_learning_rate"
def pick_learning_rate(sweep):
    """The learning rate whose best epoch has the lowest dev loss.

    sweep: a list of dictionaries, one for each epoch of each training, in any order: "learning_rate", "epoch",
        "train_loss", "dev_loss", and perhaps others. "test_accuracy" is sometimes among them, and must not be read.
    The trainer keeps the weights of the epoch with the lowest dev loss, so that epoch stands for its rate. A rate with
        any dev loss that is nan or infinite broke down, and is out, whatever its other epochs say.
    Of rates that are equally good, the smallest is chosen. Returns the rate, as it stands in the rows.
    Raises ValueError, with a message that says what is wrong, if no rate is left.
    """
    ### BEGIN SOLUTION
    losses = {}
    for row in sweep:
        losses.setdefault(row["learning_rate"], []).append(row["dev_loss"])
    best = {rate: min(values) for rate, values in losses.items() if all(map(math.isfinite, values))}
    if not best:
        raise ValueError(f"None of the {len(losses)} learning rates has dev losses that are all numbers.")
    return min(best, key=lambda rate: (best[rate], rate))
    ### END SOLUTION


# %% test="test_pick_learning_rate" points=1
def epochs_of(rate, dev_losses, train_losses=(), test=None):
    """Rows of one training; the train loss falls unless given."""
    train_losses = train_losses or [1.0 - 0.1 * place for place in range(len(dev_losses))]
    rows = [{"learning_rate": rate, "epoch": place + 1, "train_loss": train_losses[place], "dev_loss": loss}
            for place, loss in enumerate(dev_losses)]
    return rows if test is None else [row | {"test_accuracy": test} for row in rows]


check_call(
    pick_learning_rate, epochs_of(1e-4, [0.9, 0.8]) + epochs_of(1e-3, [0.6, 0.5], [0.9, 0.4]) +
    epochs_of(1e-2, [0.7, 0.9], [0.5, 0.1]), expected=1e-3,
    look_at="Choose by dev loss. The lowest train loss belongs to the rate that learned its rows by heart.",
)
check_call(
    pick_learning_rate, epochs_of(1e-4, [0.7, 0.6]) + epochs_of(1e-3, [0.5, 0.65]), expected=1e-3,
    look_at="The best epoch stands for its rate, not the last one, and not the mean: its weights are the ones kept.",
)
check_call(
    pick_learning_rate, epochs_of(1.0, [math.nan, math.nan]) + epochs_of(1e-3, [0.5, 0.4]), expected=1e-3,
    look_at="A dev loss of nan means that the training broke. Take such rates out before you compare.",
)
passed("pick_learning_rate")

# %% test="test_pick_learning_rate_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
def rows_of(rate, dev_losses, **other):
    return [{"learning_rate": rate, "epoch": place + 1, "train_loss": 0.5, "dev_loss": loss} | other
            for place, loss in enumerate(dev_losses)]


@in_student_process
def chosen_and_read(sweep):
    """What pick_learning_rate returns for these rows, and whether it read a test accuracy to get there."""
    read = []

    class Sealed(dict):
        def __getitem__(self, key):
            read.append(key)
            return super().__getitem__(key)

        def get(self, key, default=None):
            read.append(key)
            return super().get(key, default)

    return pick_learning_rate([Sealed(row) for row in sweep]), "test_accuracy" in read


sealed = rows_of(1e-3, [0.4], test_accuracy=0.7) + rows_of(1e-2, [0.6], test_accuracy=0.9) + rows_of(1e-4, [0.8])
got, opened = call(chosen_and_read, sealed)
check_that(
    got == 1e-3 and opened is False, called="pick_learning_rate(rows, some with a test_accuracy)",
    gave=f"{got}" + (" after reading test_accuracy" if opened else ""), expected="0.001, with the test set shut",
    look_at="Whoever chooses by the test set has no test set any more. Some rows do not even have the key.",
)
check_call(
    pick_learning_rate, rows_of(3e-3, [0.5]) + rows_of(1e-3, [0.7, 0.5]) + rows_of(1e-2, [0.5]), expected=1e-3,
    look_at="Of equal rates the smallest is chosen, not the first in the list.",
)
check_call(
    pick_learning_rate, rows_of(1e-3, [0.5, 0.45]) + rows_of(1e-2, [0.3, math.inf]) + rows_of(0.1, [0.2, math.nan]),
    expected=1e-3, look_at="A rate that broke down in any epoch is out, however good an epoch before was.",
)
mixed = rows_of(1e-2, [0.6, 0.3]) + rows_of(1e-3, [0.4, 0.5])
check_call(
    pick_learning_rate, [mixed[place] for place in (3, 0, 2, 1)], expected=1e-2,
    look_at="Rows come in any order: group them by learning rate first.",
)
check_raises(
    pick_learning_rate, rows_of(1.0, [math.nan]) + rows_of(2.0, [math.inf]),
    look_at="If every rate broke down there is nothing to choose: raise a ValueError.",
)
check_raises(pick_learning_rate, [], look_at="An empty sweep has no best rate: raise a ValueError.")
passed("pick_learning_rate (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now the real thing. The cell below takes the *recorded* results of a sweep: our model, 160 tickets, three epochs, at
# several learning rates. Recorded, because it takes minutes: the line that it prints says how many. `LIVE = True` runs
# it on your own computer, and with it the two other recorded experiments of this lesson, in sections 7 and 8; each
# prints its minutes.

# %% tags=["demo"]
from course_lib import experiments

LIVE = False
result = experiments.run("learning_rates") if LIVE else experiments.recorded("learning_rates")
sweep = result.rows
rate = pick_learning_rate(sweep)
print(result.provenance, "\nYour function picks", rate)
pd.DataFrame(sweep).pivot(index="learning_rate", columns="epoch", values=["train_loss", "dev_loss"]).round(2)

# %% tags=["demo"]
figure = Figure(figsize=(8, 3.8), layout="constrained")
axes, words = figure.subplots(), []
for number, (value, rows) in enumerate(pd.DataFrame(sweep).groupby("learning_rate")):
    axes.plot(rows["epoch"], rows["dev_loss"], marker="os^Dvp*"[number % 7], linestyle=("-", "--", ":")[number % 3],
              color=scoreboard.PALETTE[number % 6], label=f"{value:g}")
    words.append(f"{value:g}: {', '.join(f'{loss:.2f}' for loss in rows['dev_loss'])}")
axes.set(xlabel="epoch", ylabel="dev loss (nats per answer token)", yscale="log",
         title="Dev loss at each learning rate, recorded")
axes.set_xticks(sorted({row["epoch"] for row in sweep}))
for set_labels in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
    set_labels(lambda loss, _: f"{loss:g}")
axes.grid(alpha=0.3)
figure.legend(title="learning rate", loc="outside right upper")
scoreboard.show(figure, alt=f"Recorded dev loss after each epoch at {len(words)} learning rates. {'; '.join(words)}.")

# %% [markdown]
# Three things to look for. Which rates hardly learn in three epochs? Does one of them break, or learn worse again
# because its steps are too long? And around the best rate: is it a needle, or a broad valley? These rates belong to
# this model, these data and sixty steps: a rate from somebody else's recipe is a guess until you have looked at dev.

# %% [markdown]
# ## 7 · Train on tickets
#
# Your masks, steps and adapters are in `course_lib/finetune.py`, made fast (the adapters by way of the library
# [peft](https://huggingface.co/docs/peft)), and the outputs of the frozen lower layers are computed once
# instead of in every epoch. 160 tickets, 20 of each topic; it takes about a minute, and draws the loss as it goes.

# %% tags=["demo"]
from course_lib.finetune import FinetuneConfig, finetune

few = experiments.balanced(train, 160, 0, "topic")
config = FinetuneConfig(epochs=3, learning_rate=rate)
tuned = finetune(lm, [as_example(row) for row in few], config, dev=[as_example(row) for row in dev[:40]])
print(f"{tuned.seconds:.0f} s of training, {len(tuned.steps)} steps; kept: epoch {tuned.best_epoch}")
print("trained:", tuned.trained_parameters, "numbers; your lora_cost says", lora_cost(OURS, 8, 10)["trained"])
print(f"rank {config.rank}, alpha {config.alpha:g}, upper {config.upper_layers} layers, {config.batch_size} in a batch")
pd.DataFrame(tuned.epochs).round(3)

# %% [markdown]
# Run that cell a second time: it is there at once, because the result of the same model, data and settings is kept on
# disk. Does your count agree with what was trained?
#
# First a look at dev: the untouched model and the tuned one, both with the bare layout and nothing else in the prompt.
# The table is the one that you began in lesson 02, if you have run that. (Forty of the dev tickets also chose the epoch
# that was kept, so dev flatters the tuned model a little. Test will not.)

# %% tags=["demo"]
from course_lib.prompting import complete

TASK, TEST = "ticket to item | topic", "160 test tickets to item | topic"


def read_ticket(text):
    """(item, topic) of a line "item | topic", or None."""
    parts = [part.strip().lower() for part in text.split("|")]
    return (parts[0], parts[1]) if len(parts) == 2 and parts[0] and parts[1] in SUPPORT_TOPICS else None


def keep(task, approach, predicted, rows, model, tokens, seconds):
    """Score predictions, put them on the scoreboard, and return the hits."""
    pairs = [(p or (None, None), (row["item"], row["topic"])) for p, row in zip(predicted, rows)]
    hits = {"readable": [p is not None for p in predicted], "item": [p[0] == t[0] for p, t in pairs],
            "topic": [p[1] == t[1] for p, t in pairs], "exact": [p == t for p, t in pairs]}
    metrics = {name: scoreboard.proportion(values) for name, values in hits.items()}
    scoreboard.add_result(
        scoreboard.Result(lesson="07_finetune_support", task=task, approach=approach, model=model, n=len(rows),
                          metrics=metrics, tokens=tokens, seconds=seconds)
    )
    return hits


# %% tags=["demo"]
def ask(task, approach, prompts, rows, model, read=read_ticket, max_new_tokens=12):
    """Let a model answer, and keep the result; returns the texts and the hits."""
    started = time.perf_counter()
    replies = complete(prompts, lm=model, max_new_tokens=max_new_tokens, stop=["\n"])
    seconds = (time.perf_counter() - started) / len(rows)
    tokens = np.mean([reply.prompt_tokens + reply.new_tokens for reply in replies])
    texts = [reply.text.strip() for reply in replies]
    return texts, keep(task, approach, [read(text) for text in texts], rows, model.name, float(tokens), seconds)


bare = [as_example(row)["prompt"] for row in dev]
before, before_hits = ask(TASK, "untouched, bare layout", bare, dev, lm)
after, after_hits = ask(TASK, "tuned on 160 tickets", bare, dev, tuned.lm)
wanted = [as_example(row)["completion"].strip() for row in dev]
pd.DataFrame({"message": [row["message"][:60] for row in dev], "wanted": wanted,
              "untouched": [text[:40] for text in before], "tuned": after}).head(8)

# %% [markdown]
# Compare the *form* first. These replies were cut at the first line break, and after 12 tokens. So here are three more
# without any stop sign, and with room for 40 tokens. Which of the two models ends by itself, and from which label of
# exercise 1 did it learn that?

# %% tags=["demo"]
for name, model in (("untouched", lm), ("tuned", tuned.lm)):
    for reply in complete(bare[:3], lm=model, max_new_tokens=40):
        print(f"{name:9} {reply.new_tokens:2} tokens, ended by {reply.finish!r}: {reply.text[:70]!r}")

# %% [markdown]
# Then item and topic, in the table:

# %% tags=["demo"]
for metric in ("readable", "item", "topic", "exact"):
    print(f"{metric:9} tuned - untouched:", scoreboard.paired_difference(before_hits[metric], after_hits[metric]))
scoreboard.table(TASK)

# %% [markdown]
# ### The test set is opened
#
# Everything is chosen now: the layout, the rows, the rate. So the test set may answer its one question. On the same 160
# test tickets:
#
# - **the prompt**: your own best one from lesson 03 (or a substitute, if you skipped that), with its examples, put to
#   the untouched model;
# - **the tuned model**, with the bare layout;
# - **no language model**: the item looked up among the items of the labelled rows, the topic by TF-IDF with logistic
#   regression (lesson 04), once with the same 160 labelled tickets, once with all 400.
#
# First write down your guess: which is best in *item*, which in *topic*?

# %% tags=["demo"]
from course_lib.artifacts import load_artifact
from course_lib.errors import CourseError

try:
    best_prompt = load_artifact("best_prompt")
except CourseError:  # lesson 03 was not run here: one train ticket of each topic, in its layout
    first = {row["topic"]: [row["message"], row["item"], row["topic"]] for row in reversed(train)}
    best_prompt = {
        "name": "a substitute with 8 shots", "examples": list(first.values()),
        "instruction": "Sort each message of a clothing shop's customer. Answer in JSON: item is the thing it is "
                       "about, one word in lower case (unknown if none is named), topic is one of "
                       + ", ".join(SUPPORT_TOPICS) + ".",
    }


def prompt_of_03(message):
    """The layout of lesson 03: each message as one JSON string, each ticket as a JSON object."""
    def ask_for(text):
        return f"Message: {json.dumps(text.replace('<', '< '), ensure_ascii=False)}\nTicket:"

    blocks = [best_prompt["instruction"]]
    for text, item, topic in best_prompt["examples"]:
        blocks.append(f"{ask_for(text)} {json.dumps({'item': item, 'topic': topic}, ensure_ascii=False)}")
    return "\n\n".join([*blocks, ask_for(message)])


def read_json(text):
    """(item, topic) of the first JSON object in a text, or None."""
    try:
        ticket, _ = json.JSONDecoder().raw_decode(text, text.index("{"))
        return (ticket["item"], ticket["topic"]) if ticket["topic"] in SUPPORT_TOPICS else None
    except (ValueError, KeyError, TypeError):
        return None


# %% tags=["demo"]
import inspect

print(inspect.getsource(experiments.classical_tickets))  # fit_baseline in it is lesson 04's TF-IDF


# %% tags=["demo"]
test = as_rows(tickets["test"])  # here, once
hits = {}
for name, rows in (("no model, 160 labels", few), ("no model, 400 labels", train)):
    started = time.perf_counter()
    predicted = experiments.classical_tickets(rows, test)
    seconds = (time.perf_counter() - started) / len(test)
    hits[name] = keep(TEST, name, predicted, test, "none", 0.0, seconds)

# %% tags=["demo"]
prompts = [prompt_of_03(row["message"]) for row in test]
name = f"prompt of lesson 03 ({best_prompt['name']})"
_, hits["prompt"] = ask(TEST, name, prompts, test, lm, read=read_json, max_new_tokens=32)
_, hits["tuned"] = ask(TEST, "tuned on 160 tickets", [as_example(row)["prompt"] for row in test], test, tuned.lm)
scoreboard.show(scoreboard.plot(TEST, ["item", "topic", "exact"]), alt=scoreboard.describe(TEST))
scoreboard.table(TEST)

# %% tags=["demo"]
for name in ("prompt", "no model, 160 labels", "no model, 400 labels"):
    for metric in ("readable", "item", "topic", "exact"):
        print(f"{metric:8} tuned - {name:21}", scoreboard.paired_difference(hits[name][metric], hits["tuned"][metric]))

# %% [markdown]
# Read the lines one by one, with their intervals. Against your prompt: where did the weights learn what the examples
# in the prompt did not teach? (Lesson 03 found that examples brought the form and some items, and hardly the topic.)
# Look at the tokens for each ticket as well: the tuned model needs no examples, and so reads far less.
#
# Then against the method without a model, with the *same* 160 labels. (The line with 400 is no equal match; it answers
# another question: would more labels have done, instead of a language model?) If it holds its own, or wins, take it
# seriously: it trains in a second. What it can never do is write a reply; and the question of section 8 is just that.
#
# More rows are more to learn from. Recorded on dev: the same training on fewer and on more tickets, and the method
# without a model on the same ones.

# %% tags=["demo"]
curve = experiments.run("support_tuning") if LIVE else experiments.recorded("support_tuning")
print(curve.provenance)
shares = pd.DataFrame([row | {"share": scoreboard.proportion(row["hits"])} for row in curve.rows])
shares.pivot(index="rows", columns=["metric", "system"], values="share").map(str)

# %% tags=["demo"]
figure = Figure(figsize=(8, 3.8), layout="constrained")
axes, words = figure.subplots(), []
for number, (system, rows) in enumerate(shares[shares["metric"] == "exact"].groupby("system")):
    found = rows.sort_values("rows")
    values, lows, highs = (np.array([getattr(e, end) for e in found["share"]]) for end in ("value", "low", "high"))
    axes.errorbar(found["rows"] * (1 + 0.03 * number), values, yerr=[values - lows, highs - values], capsize=3,
                  fmt=("o-", "s--")[number % 2], color=scoreboard.PALETTE[number], label=system)
    words.append(f"{system}: " + ", ".join(f"{n} tickets {e}" for n, e in zip(found["rows"], found["share"])))
prompt = scoreboard.proportion(hits["prompt"]["exact"])
axes.axhline(prompt.value, color=scoreboard.PALETTE[5], linestyle=":", label="the prompt (on test)")
axes.axhspan(prompt.low, prompt.high, color=scoreboard.PALETTE[5], alpha=0.12)
axes.set(xscale="log", xlabel="labelled tickets (logarithmic)", ylabel="share exact on dev (95 % interval)",
         ylim=(0, 1), title="How many labels to match the prompt? (recorded)")
sizes = sorted(set(shares["rows"]))
axes.set_xticks(sizes, [str(n) for n in sizes])
axes.minorticks_off()
axes.legend()
scoreboard.show(
    figure, alt=f"Recorded share exact on dev against labelled tickets. {'; '.join(words)}. Your prompt: {prompt}.")

# %% tags=["demo"]
try:
    guess = load_artifact("guess_labels")["labels"]
    print(f"In lesson 03 you guessed that {guess} labels match your prompt in exact.")
except CourseError:
    print("There is no guess of yours from lesson 03.")

# %% [markdown]
# How many labels were enough to match the prompt? (Dev and test are different tickets, so this is a comparison by the
# eye; the intervals say how exact it can be.) And does the curve still rise at its end?

# %% [markdown]
# ## 8 · Train on replies
#
# Now what the shop really wants: an answer to the customer. The examples are the agents' replies. Two layouts, trained
# apart:
#
# - **tuned**: `Customer: …` and then `Northwind Threads:`. Whatever the policy says must come out of the weights;
# - **tuned, rule in the prompt**: the rules that the ticket needs stand before the message, in training and in use.
#   (Here the data's labels find the rule. In life a search would have to, and would sometimes fail.)
#
# Both against the untouched model with the same two layouts. The measure is lesson 01's, made stricter: **fact**, the
# reply has the words of at least one needed rule (each ticket lists the rules that a right answer uses);
# **contradiction**, it has words that speak against a needed rule; **faithful**, the first and not the second. These
# are keyword counts: they do not read.
#
# Two trainings of 400 replies and 320 generated replies take too long for a lesson, so these are *recorded*, on the
# dev tickets. The sentence below says how many minutes it took.

# %% tags=["demo"]
result = experiments.run("support_replies") if LIVE else experiments.recorded("support_replies")
print(result.provenance)
REPLIES = "reply to a ticket, recorded"
faithful = {}
for row in result.rows:
    faithful[row["system"]] = [bool(f and not c) for f, c in zip(row["fact"], row["contradiction"])]
    measures = {"fact": row["fact"], "no contradiction": [not c for c in row["contradiction"]],
                "faithful": faithful[row["system"]]}
    scoreboard.add_result(
        scoreboard.Result(
            lesson="07_finetune_support", task=REPLIES, approach=row["system"], model=result.model, n=row["n"],
            metrics={name: scoreboard.proportion(values) for name, values in measures.items()},
            tokens=row["tokens"], seconds=row["seconds_per_reply"],
        )
    )
scoreboard.show(scoreboard.plot(REPLIES, ["fact", "faithful"]), alt=scoreboard.describe(REPLIES))
scoreboard.table(REPLIES)

# %% tags=["demo"]
for a, b in (("untouched", "tuned"), ("untouched, rule in the prompt", "tuned, rule in the prompt"),
             ("tuned", "tuned, rule in the prompt"), ("untouched, rule in the prompt", "tuned")):
    print(f"faithful: {b!r} - {a!r}: {scoreboard.paired_difference(faithful[a], faithful[b])}")

# %% [markdown]
# Side by side, six tickets (every thirteenth of dev, chosen by that rule and not by their replies):

# %% tags=["demo"]
from IPython.display import HTML

by_id = {row["id"]: row for row in dev}
replies_of = {row["system"]: dict(zip(row["ids"], row["replies"])) for row in result.rows}
some = result.rows[0]["ids"][::13][:6]
side_by_side = pd.DataFrame({"customer": [by_id[i]["message"] for i in some]} |
                            {system: [replies[i] for i in some] for system, replies in replies_of.items()} |
                            {"agent": [by_id[i]["reply"] for i in some]})
with pd.option_context("display.max_colwidth", None):
    page = HTML(side_by_side.to_html(index=False))
page

# %% [markdown]
# Read row by row. What did training change at once: manner, length, whose side the reply is on, where it stops? Then
# the facts: find a reply of the model tuned *without* the rule that states a number of days or a price with confidence.
# Is it the policy's? A fluent wrong promise is worse than a clumsy reply, since a customer will hold you to it. And
# would you send a reply that the measure calls faithful? It only found the words.
#
# Then compare the layouts with and without the rule. Does the rule in the prompt help the untouched model, does
# training help without the rule, and do the two together beat either alone? If they do, this is a division of work: the
# rule, which must be exact and may change tomorrow, stands in the prompt; form and tone, which are always alike, in the
# weights. If an interval contains 0, that much is not shown. And look at the height of the best bar: is this an
# assistant that you would let write to customers unread?

# %% [markdown]
# ## 9 · The price, and what to keep
#
# ### What was forgotten
#
# Training on one thing can undo another. Ask the same 24 questions (eight each about the world, clothes and the body)
# before and after the tickets. They are asked as chat, which the ticket training never showed.

# %% tags=["demo"]
from course_lib import forgetting

asked = {"untouched": forgetting.ask(lm), "after tickets": forgetting.ask(tuned.lm)}
for name, training in (("untouched", "untouched"), ("after tickets", "tickets (07)")):
    forgetting.note(training, asked[name])  # for lesson 08
right = {name: [row["right"] for row in rows] for name, rows in asked.items()}
for name, values in right.items():
    print(f"{name:14} {sum(values)} of {len(values)} right: {scoreboard.proportion(values)}")
print("difference:", scoreboard.paired_difference(right["untouched"], right["after tickets"]))
changed = pd.DataFrame({"area": [row["area"] for row in asked["untouched"]],
                        "question": [row["question"] for row in asked["untouched"]]} |
                       {name: [row["answer"][:100] for row in rows] for name, rows in asked.items()})
changed[[a != b for a, b in zip(right["untouched"], right["after tickets"])]].head(8)

# %% [markdown]
# The table shows the questions whose mark changed (if it is empty, none did). Which answers are wrong now, and what do
# they look like: is it knowledge that is gone, or has the model begun to answer everything in the form of a ticket? 24
# questions see large damage only; the interval says how large. Lesson 08 follows this up.
#
# ### Keep the adapter
#
# The model itself did not change on disk. What training added is the adapter: save it, with a **model card** that says
# what it is, from which data, and how good (Mitchell et al. 2019,
# [arXiv:1810.03993](https://arxiv.org/abs/1810.03993)).

# %% tags=["demo"]
from course_lib.adapters import ModelCard, load_adapter, merge, save_adapter
from course_lib.models import model_path

card = ModelCard(
    title="Ticket sorter of Northwind Threads",
    data="160 invented tickets of the course's support set (train), 20 of each topic; tested on its 160 test tickets.",
    metrics={name: f"{scoreboard.proportion(values)}, n = {len(values)}" for name, values in hits["tuned"].items()},
    licence="Apache-2.0", medical=False,
    intended_use="Teaching. Item and topic of a message to an invented clothing shop.",
)
folder = save_adapter(tuned, scoreboard.scoreboard_path().parent / "artifacts" / "support_adapter", card)
size = {name: sum(path.stat().st_size for path in place.glob("*.safetensors")) / 1e6
        for name, place in (("adapter", folder), ("model", model_path()))}
times = size["model"] / size["adapter"]
print(f"adapter {size['adapter']:.1f} MB; model {size['model']:.0f} MB, {times:.0f} times as much")
print(f"your lora_cost: {lora_cost(OURS, 8, 10)['saved_bytes'] / 1e6:.1f} MB of numbers in the adapter")

# %% tags=["demo"]
loaded, merged = load_adapter(folder, lm), merge(tuned.lm)
tokens = lm.tokenizer(bare[0], return_tensors="pt")["input_ids"]
with torch.inference_mode():
    logits = {name: m.model(input_ids=tokens).logits for name, m in
              (("untouched", lm), ("tuned", tuned.lm), ("loaded", loaded), ("merged", merged))}
for name in ("untouched", "loaded", "merged"):
    apart = float((logits["tuned"] - logits[name]).abs().max())
    print(f"largest difference between a logit of the tuned and the {name} model: {apart:.6f}")
for name, m in (("tuned", tuned.lm), ("loaded", loaded), ("merged", merged)):
    print(f"{name:7} {[reply.text.strip() for reply in complete(bare[:2], lm=m, max_new_tokens=12, stop=[chr(10)])]}")

# %% [markdown]
# The loaded and the merged model must answer as the tuned one does; tiny differences come from adding numbers in
# another order. Merged, the adapter costs no time any more. Unmerged, one model on disk can serve many tasks, each with
# a small adapter.
#
# Add up what the tuned model cost: seconds of training, labels, an adapter to look after, perhaps something forgotten.
# The prompt cost tokens in every call. Which of the two do you change faster when the shop changes a rule?

# %% [markdown]
# ## 10 · In your own words
#
# *10 minutes · 4 points, graded by hand · about 150 words*
#
# The tuned model sorts tickets and writes replies. What did the weights learn that your prompt could not say? What can
# the prompt still do that the weights cannot? And did you need a language model for it? Name figures from your own
# tables, with n and intervals.

# %% [markdown] answer="what_weights_learned" points=4
# **Model answer.** On the same 160 test tickets, training on 160 others brought *exact* from 7 % [4 %, 12 %] with the
# prompt of eight examples to 61 % [53 %, 68 %], paired +54 points [+46, +62]; the topic, which examples in a prompt had
# hardly taught, from 18 % [12 %, 24 %] to 64 % [56 %, 71 %], at 61 instead of 802 tokens a ticket. So the weights
# learned what this shop means by its topics, and when to stop. Did it need a language model? With the same 160 labels a
# word list and TF-IDF reached 49 % [41 %, 56 %] exact, 12 points less [3, 21]; with all 400 they were level with my
# tuned model (-3 points for it [-13, +7]). For sorting alone I would take them; they cannot write a reply. The prompt
# can still carry a rule that is new tomorrow: of 80 replies (recorded), 14 % [8 %, 23 %] were faithful when tuned
# without the rule, 48 % [37 %, 58 %] with it in the prompt as well (+34 points [+22, +45]); untouched, 2 % and 21 %.
# They add up, and yet half of the replies are unfit to send. The price: 160 labels, a minute of training, perhaps some
# memory: 20 of 24 questions before, 16 after, -17 points [-38, +4], which could be luck.
#
# **Rubric** (1 point each): names what the weights learned that the prompt did not bring, with two own figures and
# their intervals · says what the prompt can still do (rules that change, facts that must be exact), with a figure or a
# reply from section 8 · compares fairly with the method without a model (same tickets, same labels) and says what
# follows · names a price of tuning (labels, time, something forgotten, a confident wrong fact) and how it was measured.

# %% [markdown]
# ## Quiz
#
# *6 minutes, not graded. Choose before you open the answer.*
#
# **1.** Padding and end token have the same id, and somebody sets the label of every such token to -100. What will the
# tuned model do?
#
# - **A** answer rightly and then write on, since it was never shown that an answer ends
# - **B** write nothing but end tokens
# - **C** the same as with right labels, because padding is ignored anyway
#
# <details><summary>Answer</summary>
#
# **A**: the end token after the answer lost its label as well, so stopping was never learned. B would threaten if all
# the padding were learned. C overlooks that one of these tokens is not padding.
#
# </details>
#
# **2.** Somebody swaps the starts: A is zero and B is random. Can this LoRA learn?
#
# - **A** Yes: at the start the correction is still zero, and A gets its gradient through B.
# - **B** No: with A at zero, both gradients are zero.
# - **C** Yes, but the model changes before the first step.
#
# <details><summary>Answer</summary>
#
# **A**: the gradient of A passes through B, which is not zero; after the first step B gets one as well. B would be true
# if both were zero: each gradient is multiplied by the other factor. C: B·(A·x) is zero as long as A is.
#
# </details>
#
# **3.** You double the rank of all adapters. What doubles with it?
#
# - **A** the trained numbers, and with them gradients, Adam's means and the file
# - **B** the size of the merged model
# - **C** the number of frozen weights
# - **D** the quality
#
# <details><summary>Answer</summary>
#
# **A**: rank · (d_in + d_out) grows in proportion. B: merged, the correction is added into tables that are there
# already. C: the frozen weights are those of the old model, whatever the rank. D is to be measured on dev; more numbers
# can also learn the rows by heart.
#
# </details>
#
# **4.** A rate gives the lowest train loss of the sweep and a middling dev loss. Which rate do you take?
#
# - **A** that one: training is what it is for
# - **B** the one with the best test accuracy
# - **C** the one with the lowest dev loss in its best epoch
#
# <details><summary>Answer</summary>
#
# **C**: you want answers to tickets that were not trained on, and dev stands for these. A rewards learning by heart. B
# spends the test set on a choice; afterwards it cannot tell you how good that choice is.
#
# </details>
#
# **5.** The shop changes the return period from 30 to 21 days tomorrow. Which assistant is right first?
#
# - **A** the one that was tuned on replies, without a rule in the prompt
# - **B** the merged model, since it has no adapter to update
# - **C** the one that gets the rule in its prompt
#
# <details><summary>Answer</summary>
#
# **C**: change one line of the prompt; whether the model keeps to it, measure. A has the old period in its weights and
# goes on promising it until you have new replies and train again. B is A with the adapter folded in.
#
# </details>

# %% [markdown]
# ## Summary
#
# - Fine-tuning goes on with training: labels say which tokens count (answer and end token, never prompt or padding),
#   and each step moves the weights that are not frozen a little against their gradient.
# - LoRA trains two thin strips beside a frozen table, starts as the exact old model, and can be folded in at the end.
#   Its price follows from the rank and the shapes before you begin.
# - Choose the learning rate by dev loss. The test set is opened once, when nothing is left to choose.
# - Compare on the same tickets, with the same labels, and with a method without a language model. Where that one wins,
#   use it.
# - A rule that must be exact, or may change, can stand in the prompt of a tuned model, too: prompting and tuning are no
#   rivals. Look at what was forgotten.
#
# ## What to try next
#
# - `FinetuneConfig(rank=1)`: how much of the result does a rank of 1 keep? And a rank of 32? Guess before you measure
#   on dev.
# - Train with wrong labels: mask nothing (put the message into the completion as well) and look at dev.
# - Train on the tickets in the layout of lesson 03, as JSON. Does the form cost more rows to learn?
