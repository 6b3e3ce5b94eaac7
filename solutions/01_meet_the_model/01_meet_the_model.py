# %% [markdown]
# # 01 · Meet the model
#
# **Time** about 140 minutes, of which the computer works 3; a good place for a break is after section 4 ·
# **Builds on** Python functions and NumPy arrays · **Points** 15 automatic, 4 by hand
#
# ## Objectives
#
# When you are through, you can
#
# - see a text as the model sees it, in tokens, and say what a prompt costs;
# - turn a model's raw numbers into probabilities, and say what the temperature does to them;
# - write the loop that generates text, and say what changes when tokens are drawn instead of chosen;
# - build the text that a chat model really reads;
# - show with figures, on two jobs, what it means that a model is *generic*.

# %% [markdown]
# ## Two jobs and one model
#
# This course follows two jobs. *Northwind Threads*, a clothing shop that we made up, gets tickets and wants them
# answered. A first-contact health service, made up as well, gets descriptions of symptoms and must send each person
# to the right place: home, a doctor, an ambulance.
#
# **The health texts are teaching material. They are no medical advice, and nothing built here is for patients. Red
# flags, signs that something dangerous may lie behind a complaint, go to a human.**
#
# For both you will use the same *language model*, SmolLM2-135M-Instruct ([model
# card](https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct)), on your own processor. It consists of 135 million
# numbers, its **weights**. They began at random and were adjusted, little by little, until the model predicted the next
# piece of a huge collection of texts well: that is **training**. After that it was trained further on conversations
# (section 5). Before anyone can improve such a model, they have to know what it does. It does one thing. It reads a
# text and says, for every piece of text that could come next, how likely it is. The rest is repetition.
#
# You need not understand the first code cell, nor those that draw figures or collect tables: read what is said about
# them. The cells that matter are short, and those of the exercises are yours.

# %% locked="setup"
import json
import random
import re
import time

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from course_lib import scoreboard
from course_lib.checks import call, check_call, check_raises, check_that, passed
from course_lib.data import DATA, as_rows, load_general_texts, load_policy, load_prediagnosis, load_support


def ratio(parts, wholes, resamples=2000, seed=0):
    """The sum of parts over the sum of wholes, and the ends of its 95 % bootstrap interval over the texts."""
    parts, wholes = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    drawn = np.random.default_rng(seed).integers(0, len(parts), size=(resamples, len(parts)))
    low, high = np.percentile(parts[drawn].sum(axis=1) / wholes[drawn].sum(axis=1), [2.5, 97.5])
    return parts.sum() / wholes.sum(), low, high


def near(array, expected):
    """Whether this is a NumPy array with the expected shape and values."""
    expected = np.asarray(expected, dtype=float)
    return isinstance(array, np.ndarray) and array.shape == expected.shape and np.allclose(array, expected, atol=1e-12)


shop, clinic = load_support(), load_prediagnosis()
tickets = as_rows(shop["dev"])[:40]
all_descriptions = as_rows(clinic["dev"])
emergencies = [row for row in all_descriptions if row["urgency"] == "emergency"]
descriptions = emergencies + [row for row in all_descriptions if row["urgency"] != "emergency"][: 40 - len(emergencies)]
DEFAULT_SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"

pd.set_option("display.max_colwidth", 110)
pd.DataFrame(tickets)[["message", "reply"]].head(3)

# %% [markdown]
# That is the kind of message that customers write, with the answer of a good agent. Like the shop itself, all these
# texts are made up: language models wrote them for this course (the datasheets in `course_lib/data` say how). The
# same for the clinic:

# %%
pd.DataFrame(descriptions)[["description", "urgency", "advice"]].head(3)

# %% [markdown]
# You will work with 40 tickets and 40 descriptions, all the emergencies among them, from the part of the data called
# `dev`, which is there to compare things on. (Of the other parts, `train` is for learning from, and `test` stays shut
# to the very end of the course.)
#
# Figures that compare come with a **95 % interval**: roughly, how far the luck of having just these texts may move
# them. It is found by the *bootstrap* (Efron and Tibshirani 1993): draw 40 of the 40 texts, some twice and some not at
# all, compute the figure again, two thousand times, and take the middle 95 %. Shares of yes and no get Wilson's
# interval (1927), which does the same job with a formula. Intervals that do not overlap speak for a difference;
# intervals that overlap do not speak against one.

# %% [markdown]
# ## 1 · Text becomes tokens
#
# The model does not read letters or words. A *tokenizer* cuts the text into **tokens**: pieces from a fixed list, each
# with a number, its *id*. Type in the box and watch where the cuts fall. Try capitals, a typo, an order number, an
# emoji. (The first run loads the model and takes some seconds.)

# %% tags=["demo"]
from IPython.display import HTML

from course_lib.models import default_model
from course_lib.token_view import pieces, show_pieces, token_view

lm = default_model()
token_view("wheres my parka? order NT-20342")

# %% [markdown]
# The next cell shows the same view without a box to type in. Look at the order number, at the price and at the coat.

# %% tags=["demo"]
HTML(show_pieces("Where's my cashmere parka, NT-20342?\nI paid £50 for it 🧥"))

# %% [markdown]
# Under the hood these are the ids. A space belongs to the word that follows it, so `parka` and ` parka` are different
# tokens:

# %% tags=["demo"]
def tokenize(text):
    """The ids of a text's tokens, a list of whole numbers."""
    return lm.tokenizer(text, add_special_tokens=False)["input_ids"]


print(f"The list has {len(lm.tokenizer):,} tokens.")
for text in ("my", " my", " parka", " cashmere", " headache", " gastroenteritis", " NT-20342"):
    print(f"{text!r:20} {pieces(text)!s:48} {tokenize(text)}")

# %% [markdown]
# Frequent words are one token, rare ones are put together. How many tokens does a word take in our texts? General
# prose (short paragraphs on rainbows, bread, owls and the like) serves as a measure.

# %% tags=["demo"]
kinds = {
    "general prose": load_general_texts(),
    "shop messages": [row["message"] for row in tickets],
    "shop replies": [row["reply"] for row in tickets],
    "clinic descriptions": [row["description"] for row in descriptions],
    "clinic advice": [row["advice"] for row in descriptions],
}
lines = []
for kind, texts in kinds.items():
    value, low, high = ratio([len(tokenize(text)) for text in texts], [len(text.split()) for text in texts])
    characters = ratio([len(text) for text in texts], [len(tokenize(text)) for text in texts])[0]
    lines.append({"texts": kind, "n": len(texts), "tokens per word": f"{value:.2f} [{low:.2f}, {high:.2f}]",
                  "characters per token": round(characters, 1)})
pd.DataFrame(lines)

# %% [markdown]
# So a word is more than a token, and by how much depends on the texts: do the intervals of the shop's messages and of
# general prose overlap?
#
# Why it matters: the text that you hand to a model is called the **prompt**, and whoever rents a model may have to pay
# by the token. Say that there is one price for tokens that the model reads and another for tokens that it writes, both
# given *per million*.
#
# ### Exercise 1: the price of a prompt
#
# *Difficulty 1 of 5 · 8 minutes · 3 points*
#
# Write `prompt_price`. Its docstring is the contract, and the checks hold you to it. The check that you see is worth 1
# of the 3 points; the other 2 come from hidden tests of the same docstring, so read it again after the ✓. Every
# exercise is built like this.
#
# <details><summary>Hint</summary>
#
# The number of tokens is the length of what `tokenize` returns: no rule of thumb about words or letters is needed. The
# two kinds of tokens are paid separately, then added.
#
# </details>

# %% solution="prompt_price"
def prompt_price(text, tokenize, *, answer_tokens, usd_per_million_in, usd_per_million_out):
    """What one prompt and its answer cost where tokens are paid for.

    text: the prompt, which the model reads once. tokenize(text) returns its token ids, a list.
    answer_tokens: how many tokens the model writes.
    usd_per_million_in, usd_per_million_out: US dollars for a million tokens read, and for a million written.
    Returns a dictionary with "prompt_tokens" and "answer_tokens" (how many) and "usd" (US dollars for both together).
    Raises ValueError, with a message that says what is wrong, if answer_tokens or a price is negative.
    """
    ### BEGIN SOLUTION
    if min(answer_tokens, usd_per_million_in, usd_per_million_out) < 0:
        raise ValueError("answer_tokens and prices must be 0 or more.")
    prompt_tokens = len(tokenize(text))
    usd = (prompt_tokens * usd_per_million_in + answer_tokens * usd_per_million_out) / 1_000_000
    return {"prompt_tokens": prompt_tokens, "answer_tokens": answer_tokens, "usd": usd}
    ### END SOLUTION


# %% test="test_prompt_price" points=1
def three_letters(text):
    """A stand-in for a tokenizer: tokens of at most three letters, any other sign alone."""
    return [sum(map(ord, piece)) for piece in re.findall(r"[a-z]{1,3}|[^a-z]", text)]


check_call(
    prompt_price, "my parka", three_letters, answer_tokens=10, usd_per_million_in=1.0, usd_per_million_out=4.0,
    expected={"prompt_tokens": 4, "answer_tokens": 10, "usd": 0.000044},
    look_at="Here 'my parka' is 4 tokens (my, space, par, ka): count what tokenize returns, not words or letters. "
            "4 tokens read and 10 written, each at its own price for a million.",
)
check_raises(
    prompt_price, "my parka", three_letters, answer_tokens=10, usd_per_million_in=-1.0, usd_per_million_out=4.0,
    look_at="Nobody pays you for reading: a negative price is a mistake, say so with a ValueError.",
)
passed("prompt_price")

# %% test="test_prompt_price_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    prompt_price, "boots " * 1000, three_letters, answer_tokens=0, usd_per_million_in=2.0, usd_per_million_out=100.0,
    expected={"prompt_tokens": 3000, "answer_tokens": 0, "usd": 0.006},
    look_at="Every token is paid for, also one that came before; and where nothing is written, only reading costs.",
)
check_call(
    prompt_price, "", three_letters, answer_tokens=500_000, usd_per_million_in=3.0, usd_per_million_out=8.0,
    expected={"prompt_tokens": 0, "answer_tokens": 500_000, "usd": 4.0},
    look_at="Tokens written cost usd_per_million_out each million: half a million at 8 dollars are 4 dollars.",
)
check_call(
    prompt_price, "i am ill", three_letters, answer_tokens=2_000_000, usd_per_million_in=1e6, usd_per_million_out=0.0,
    expected={"prompt_tokens": 5, "answer_tokens": 2_000_000, "usd": 5.0},
    look_at="The prompt is read once: its tokens are no part of the answer, which has a price of its own (here 0).",
)
for wrong in ({"answer_tokens": -1}, {"usd_per_million_in": -0.5}, {"usd_per_million_out": -0.5}):
    settings = {"answer_tokens": 1, "usd_per_million_in": 1.0, "usd_per_million_out": 1.0} | wrong
    check_raises(
        prompt_price, "ow", three_letters, **settings,
        look_at="Each of the three numbers may be 0, but not negative.",
    )
passed("prompt_price (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now price a year of tickets. **The prices and the number of tickets are made up**: put in those of your provider and
# your shop. Three prompts are compared: the bare message, the message after one sentence that names the job, and the
# message after the shop's whole policy.

# %% tags=["demo"]
USD_IN, USD_OUT, TICKETS_A_YEAR = 0.50, 2.00, 100_000  # made-up figures
SHOP_ROLE = "You are the support assistant of Northwind Threads, an online clothing shop."
headers = {"the message": "", "+ the job in a sentence": SHOP_ROLE + "\n\n",
           "+ the whole policy": (DATA / "support" / "policy.md").read_text(encoding="utf-8") + "\n\n"}
lines = []
for name, header in headers.items():
    prices = [prompt_price(header + row["message"], tokenize, answer_tokens=len(tokenize(row["reply"])),
                           usd_per_million_in=USD_IN, usd_per_million_out=USD_OUT) for row in tickets]
    usd, low, high = np.multiply(ratio([price["usd"] for price in prices], [1] * len(prices)), TICKETS_A_YEAR)
    lines.append({"prompt": name, "tokens read": np.mean([price["prompt_tokens"] for price in prices]).round(),
                  "tokens written": np.mean([price["answer_tokens"] for price in prices]).round(),
                  "USD a year": f"{usd:,.0f} [{low:,.0f}, {high:,.0f}]"})
pd.DataFrame(lines)

# %% [markdown]
# (The interval is about the luck of these 40 tickets only; your prices move the figure much further. And this counts
# the bare text: a chat model reads marks and a system message as well, see section 5.)
#
# What you put before every message is paid for with every message. By what factor does the policy raise the price? In
# dollars it is little with these made-up figures, and would not pay for training a model; with more tickets, a dearer
# model or a longer policy it may. Put in your own.

# %% [markdown]
# ## 2 · The probabilities of the next token
#
# Give the model the ids of a text, and it returns one number for every token in its list. These numbers are called
# **logits**: the higher a token's logit, the likelier the model thinks that this token comes next. Here are the
# highest ones after the beginning of a ticket. (`torch` is the library that computes the model.)

# %% tags=["demo"]
import torch


def next_logits(ids):
    """The model's logits for what comes after these token ids: an array with one number for each token it knows."""
    with torch.no_grad():
        return lm.model(torch.tensor([ids], device=lm.device)).logits[0, -1].float().cpu().numpy()


logits = next_logits(tokenize("The zip of my"))
print("Shape:", logits.shape, "· lowest:", logits.min().round(1), "· highest:", logits.max().round(1))
for token in np.argsort(-logits)[:5]:
    print(f"{lm.tokenizer.decode([int(token)])!r:10} {logits[token]:.2f}")

# %% [markdown]
# Logits can be any number. To be probabilities they have to be positive and add up to 1. The **softmax** does that, and
# a **temperature** $T$ can be built in:
#
# $$p_i = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}}$$
#
# where $z_i$ is the logit of token $i$. With $T = 1$ you get the model's own probabilities.
#
# ### Exercise 2: softmax
#
# *Difficulty 2 of 5 · 15 minutes · 3 points*
#
# One trap: `np.exp(1000)` is too large for a computer (`inf`), and `inf / inf` is no number at all (`nan`). Adding the
# same number to all logits changes no probability, since it cancels in the fraction. So you may first move the logits
# to where `np.exp` is safe.
#
# <details><summary>Hint 1</summary>
#
# Take the largest logit away from all of them: then the largest is 0, and `np.exp` gives values between 0 and 1.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A table `[rows, tokens]` has a softmax in each row. `z.max(axis=-1, keepdims=True)` is a column that NumPy can
# subtract row by row; the same with `sum`. Beware of `-=` and `/=`: they change the caller's array.
#
# </details>

# %% solution="softmax"
def softmax(logits, temperature=1.0):
    """The probabilities that belong to logits.

    logits: a NumPy array of whole or real numbers, either one list of logits [tokens] or a table [rows, tokens].
        It is left as it is. Its values may be as large as 10000 or as low as -10000.
    temperature: the T of the formula, above 0.
    Returns an array of the same shape; the probabilities in each row (along the last axis) add up to 1.
    Raises ValueError, with a message that says what is wrong, if temperature is 0 or less. (People say "temperature 0"
        and mean: take the likeliest token. That needs no probabilities, and no division by 0.)
    """
    ### BEGIN SOLUTION
    if temperature <= 0:
        raise ValueError("The temperature must be above 0; for temperature 0 take the likeliest token.")
    scaled = np.asarray(logits, dtype=float) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% test="test_softmax" points=1
result = call(softmax, np.array([0.0, np.log(3.0)]))
check_that(
    near(result, [0.25, 0.75]), called="softmax(np.array([0, ln 3]))", gave=result, expected="array([0.25, 0.75])",
    look_at="e to the power of 0 is 1, and of ln 3 it is 3. Divide each by their sum, 4.",
)
result = call(softmax, np.array([0.0, np.log(3.0)]), temperature=0.5)
check_that(
    near(result, [0.1, 0.9]), called="softmax(np.array([0, ln 3]), temperature=0.5)", gave=result,
    expected="array([0.1, 0.9])",
    look_at="Divide the logits (not the probabilities) by the temperature, before np.exp.",
)
check_raises(
    softmax, np.array([1.0, 2.0]), temperature=0,
    look_at="Temperature 0 means taking the likeliest token; dividing by it gives nan. Raise a ValueError.",
)
passed("softmax")

# %% test="test_softmax_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
result = call(softmax, np.array([10000.0, 10000.0 + np.log(3.0), -10000.0]))
check_that(
    near(result, [0.25, 0.75, 0.0]), called="softmax(np.array([10000, 10000 + ln 3, -10000]))", gave=result,
    expected="array([0.25, 0.75, 0.])",
    look_at="np.exp(10000) is infinite: take the largest logit away from all of them first.",
)
result = call(softmax, np.array([-10000.0, -10000.0]))
check_that(
    near(result, [0.5, 0.5]), called="softmax(np.array([-10000, -10000]))", gave=result, expected="array([0.5, 0.5])",
    look_at="np.exp(-10000) is 0, and 0 / 0 is no number: after subtracting the largest logit, the largest is 0.",
)
result = call(softmax, np.array([[0.0, np.log(3.0)], [5000.0, 5000.0], [-5000.0, -5000.0]]))
check_that(
    near(result, [[0.25, 0.75], [0.5, 0.5], [0.5, 0.5]]),
    called="softmax(np.array([[0, ln 3], [5000, 5000], [-5000, -5000]]))",
    gave=result, expected="each row adds up to 1", look_at="In a table every row is a softmax of its own: axis=-1, keepdims=True, for the largest logit as well as "
            "for the sum.",
)
whole = np.array([1, 2, 3])
result = call(softmax, whole)
check_that(
    near(result, np.exp([1.0, 2.0, 3.0]) / np.exp([1.0, 2.0, 3.0]).sum()), called="softmax(np.array([1, 2, 3]))",
    gave=result, expected="array([0.09, 0.245, 0.665])",
    look_at="Whole numbers are logits, too: the result is not whole.",
)
real = np.array([1.0, 2.0, 3.0])
call(softmax, real, temperature=2.0)
check_that(
    np.array_equal(real, [1.0, 2.0, 3.0]) and np.array_equal(whole, [1, 2, 3]),
    called="softmax(logits, temperature=2.0)", gave="changed logits", expected="the caller's array as it was",
    look_at="-= and /= write into the caller's array: make a new one.",
)
check_raises(
    softmax, np.array([1.0, 2.0]), temperature=-1.0,
    look_at="A negative temperature would make the unlikeliest token the likeliest: raise a ValueError.",
)
passed("softmax (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now the ten likeliest next tokens, after the beginning of a ticket and after the beginning of a description. Guess
# first: what would *you* put there, in the shop and in the surgery?

# %% tags=["demo"]
BEGINNINGS = {"shop": "The zip of my", "clinic": "Doctor, I have had a pain in my"}
figure, words = Figure(figsize=(9, 4), layout="constrained"), []
for axes, (job, beginning), colour in zip(figure.subplots(1, 2), BEGINNINGS.items(), scoreboard.PALETTE):
    probabilities = softmax(next_logits(tokenize(beginning)))
    top = np.argsort(-probabilities)[:10]
    names = [lm.tokenizer.decode([int(token)]) for token in top]
    axes.barh([repr(name) for name in names[::-1]], probabilities[top[::-1]], color=colour)
    axes.set(title=f"{job}: {beginning} …", xlabel="probability of the next token")
    words.append(f"{beginning!r}: " + ", ".join(f"{n!r} {probabilities[t]:.0%}" for n, t in zip(names, top)))
scoreboard.show(figure, alt="Two bar charts of the ten likeliest next tokens. " + "; ".join(words) + ".")

# %% [markdown]
# Which of these would a colleague in the shop have thought of, and which come from somewhere else? What does the
# patient's *pain* seem to mean to the model? Its probabilities were learned from texts of all kinds, and they mirror
# what such a beginning mostly leads to *there*: not here. Keep it in mind; the last sections put figures to it.
#
# The temperature changes how much the favourites are favoured. The same logits, three temperatures:

# %% tags=["demo"]
temperatures = (0.3, 1, 2)
logits = next_logits(tokenize(BEGINNINGS["clinic"]))
top, words = np.argsort(-logits)[:8], []
figure = Figure(figsize=(8, 3.8), layout="constrained")
axes = figure.subplots()
for place, (temperature, colour, hatch) in enumerate(zip(temperatures, scoreboard.PALETTE, ("", "//", ".."))):
    p = softmax(logits, temperature)
    axes.bar(np.arange(8) + (place - 1) * 0.27, p[top], 0.27, color=colour, hatch=hatch, edgecolor="white",
             label=f"T = {temperature}")
    words.append(f"at T = {temperature} the favourite has {p[top[0]]:.0%}, all tokens not shown {1 - p[top].sum():.0%}")
axes.set_xticks(range(8), [repr(lm.tokenizer.decode([int(token)])) for token in top], rotation=30)
axes.set(ylabel="probability", title=f"{BEGINNINGS['clinic']} …")
axes.legend()
print("; ".join(words))
scoreboard.show(figure, alt=f"Bars: the eight likeliest next tokens at three temperatures; {'; '.join(words)}.")

# %% [markdown]
# A low temperature gives nearly all to the favourite. A high one takes from the favourites: see in the printed line
# how much then goes to the tens of thousands of tokens that are not even in the picture.

# %% [markdown]
# ## 3 · Generating: one token after the other
#
# To write a text, choose a token, put it at the end, ask again. If the choice is always the likeliest token, this is
# called **greedy decoding**. It ends when a given number of tokens is written, or when the model itself says "end": one
# token of its list, the *stop token*, means just that.
#
# ### Exercise 3: greedy decoding
#
# *Difficulty 3 of 5 · 12 minutes · 3 points*
#
# `generate`, the function of the *transformers* library that everybody uses
# ([documentation](https://huggingface.co/docs/transformers/main_classes/text_generation)), returns the prompt's ids
# followed by the new ones, the stop token included. Yours must return the same list. You get `next_logits` as an
# argument, so your loop works with any model. Hidden tests compare it with `generate` on a small model with random
# weights.
#
# <details><summary>Hint 1</summary>
#
# `int(np.argmax(logits))` is the id of the likeliest token. The model has no memory: it needs the *whole* text so far,
# each time.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Begin with a copy of the prompt's ids. In a `for` loop over `range(max_new_tokens)`: choose, append, and only then ask
# whether it was the stop token. A stop token inside the prompt stops nothing.
#
# </details>

# %% solution="greedy_decode"
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    """Continue a prompt by always taking the likeliest next token.

    next_logits(ids): takes the list of all token ids so far; returns a 1-D array, one logit for each possible token.
    prompt_ids: the prompt's token ids, a list. It is left as it is.
    max_new_tokens: at most so many tokens are added, 1 or more.
    stop_id: generation ends as soon as this token has been added.
    Returns one list of whole numbers: the prompt's ids, then the new ones, with the stop token if it came.
    """
    ### BEGIN SOLUTION
    ids = list(prompt_ids)
    for _ in range(max_new_tokens):
        ids.append(int(np.argmax(next_logits(ids))))
        if ids[-1] == stop_id:
            break
    return ids
    ### END SOLUTION


# %% test="test_greedy_decode" points=1
def counting(ids):
    """A stand-in for a model: its favourite next token is the number of tokens so far."""
    logits = np.zeros(10)
    logits[len(ids)] = 0.5
    return logits


check_call(
    greedy_decode, counting, [4, 4], 3, 9, expected=[4, 4, 2, 3, 4],
    look_at="The prompt's ids, then three new ones. Give the model all ids so far, not only the last one.",
)
check_call(
    greedy_decode, counting, [4, 4], 7, 4, expected=[4, 4, 2, 3, 4],
    look_at="Token 4 is the stop token here: when it is generated it is kept, and generation ends. In the prompt it "
            "stops nothing.",
)
passed("greedy_decode")

# %% test="test_greedy_decode_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
import torch

from course_lib.stand_ins import tiny_llama

calls = []


def watched(ids):
    """The counting stand-in, which also notes what it is given."""
    calls.append(list(ids))
    return counting(ids)


check_call(
    greedy_decode, watched, [1], 1, 9, expected=[1, 1],
    look_at="max_new_tokens is the number of new tokens, prompt not counted: 1 means one.",
)
calls.clear()
check_call(
    greedy_decode, watched, [0], 8, 3, expected=[0, 1, 2, 3],
    look_at="The stop token is the last one: keep it, and add nothing after it.",
)
check_that(
    calls == [[0], [0, 1], [0, 1, 2]], called="greedy_decode(next_logits, [0], 8, 3)",
    gave=f"the calls next_logits of {calls}", expected="next_logits of [0], of [0, 1] and of [0, 1, 2]",
    look_at="Ask the model once for each new token, with all ids so far, and no more after the stop token.",
)
small_models = {seed: tiny_llama(vocab_size=64, seed=seed) for seed in (0, 1)}
for seed, prompt, stop_place in ((0, [3], 3), (1, [7, 7, 8, 20], 7), (0, [40, 41, 42], None), (1, [11, 12], 0)):
    small = small_models[seed]

    def small_logits(ids, small=small):
        """The small model's logits after these ids."""
        with torch.no_grad():
            return small(torch.tensor([list(ids)])).logits[0, -1].numpy()

    def generated(stop, small=small, prompt=prompt):
        """What transformers' generate returns."""
        ids = torch.tensor([prompt])
        return small.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=12, do_sample=False,
                              eos_token_id=stop, pad_token_id=2)[0].tolist()

    free = generated(2)
    stop = 2 if stop_place is None else free[len(prompt) + stop_place]
    check_call(
        greedy_decode, small_logits, prompt, 12, stop, expected=generated(stop),
        look_at="This is what generate returns for a random two-layer Llama: always the likeliest token after the "
                "whole text so far, nothing drawn at random, up to the stop token or 12 new tokens.",
    )
passed("greedy_decode (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# And with the real model? Your loop against `generate`:

# %% tags=["demo"]
prompt = tokenize(BEGINNINGS["shop"])
mine = greedy_decode(next_logits, prompt, 20, lm.tokenizer.eos_token_id)
ids = torch.tensor([prompt], device=lm.device)
theirs = lm.model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=20, do_sample=False,
                           pad_token_id=lm.tokenizer.pad_token_id)[0].tolist()
print("The same as generate:", mine == theirs)
print(lm.tokenizer.decode(mine))

# %% [markdown]
# Look at the end of the text: what would the next twenty tokens be? Greedy text easily runs in circles (Holtzman et al.
# 2020, [arXiv:1904.09751](https://arxiv.org/abs/1904.09751)).
#
# Still, you have written a text generator. The library's is faster, since it keeps what it computed for the earlier
# tokens instead of reading everything anew, but the text is the same. From here on we use the course's `complete`,
# which does this for many prompts at once.

# %% [markdown]
# ## 4 · Chosen or drawn
#
# Greedy decoding gives the same answer every time. Instead, the next token can be *drawn* from the probabilities, like
# a ball from an urn: this is **sampling**. Then the temperature matters. The same beginning, continued eight times at
# each of four temperatures (0 means greedy). A `seed` is a number that starts the draws: the same seed draws the same
# tokens again. A warning: what comes at a high temperature was chosen by nobody. It may be nonsense, and with other
# seeds it may be rude.

# %% tags=["demo"]
from course_lib.prompting import chat_prompt, complete

lines = []
for temperature in (0, 0.5, 1, 1.5):
    drawn = complete(["I have had a headache for"] * 8, max_new_tokens=12, temperature=temperature, seed=1)
    texts = [reply.text for reply in drawn]
    first = len({text.split()[0] for text in texts if text.split()})
    lines.append({"temperature": temperature, "different texts": len(set(texts)), "different first words": first})
    print(f"T = {temperature}", *(repr(text) for text in texts[:4]), sep="\n    ")
pd.DataFrame(lines)

# %% [markdown]
# Where does the text get lively, and where does it fall apart? At a high temperature the tens of thousands of unlikely
# tokens have a good share *together*, although each alone has next to none. **Nucleus sampling**, or *top-p*
# (Holtzman et al. 2020, [arXiv:1904.09751](https://arxiv.org/abs/1904.09751)), cuts this tail off: it keeps the
# smallest set of likeliest tokens that reaches a share $p$ of the probability, and draws from these only.
#
# ### Exercise 4: cut off the tail
#
# *Difficulty 3 of 5 · 12 minutes · 3 points*
#
# <details><summary>Hint 1</summary>
#
# `np.argsort(-probabilities, kind="stable")` gives the places of the tokens, likeliest first, and of equal ones the
# earlier first. `np.cumsum` adds up along an array.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A token stays if those before it (in that order) have *not yet* reached `top_p`. So the token that crosses the mark
# stays, and the likeliest one always does. Put the kept ones into an array of zeros at their old places, and divide by
# their sum.
#
# </details>

# %% solution="top_p_filter"
def top_p_filter(probabilities, top_p):
    """Keep the smallest set of likeliest tokens whose probabilities together reach top_p (are top_p or more).

    probabilities: a 1-D NumPy array that adds up to 1. It is left as it is.
    Of tokens that are equally likely, the earlier one counts as likelier. Sums are compared as the computer has
        them; if rounding keeps even the sum of all below top_p, every token stays.
    Returns an array of the same length in the same order of tokens: 0 for the tokens that are cut off, and for the
        others their probabilities, scaled so that they add up to 1.
    Raises ValueError, with a message that says what is wrong, unless 0 < top_p <= 1.
    """
    ### BEGIN SOLUTION
    if not 0 < top_p <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1, not {top_p}.")
    order = np.argsort(-probabilities, kind="stable")
    sorted_p = probabilities[order]
    keep = order[np.cumsum(sorted_p) - sorted_p < top_p]
    kept = np.zeros(len(probabilities))
    kept[keep] = probabilities[keep]
    return kept / kept.sum()
    ### END SOLUTION


# %% test="test_top_p_filter" points=1
result = call(top_p_filter, np.array([0.125, 0.5, 0.125, 0.25]), 0.75)
check_that(
    near(result, [0, 2 / 3, 0, 1 / 3]), called="top_p_filter(np.array([0.125, 0.5, 0.125, 0.25]), 0.75)", gave=result,
    expected="array([0, 2/3, 0, 1/3])",
    look_at="0.5 and 0.25 together reach 0.75. Every token stays in its place, and what is left adds up to 1 again.",
)
result = call(top_p_filter, np.array([0.125, 0.5, 0.125, 0.25]), 0.625)
check_that(
    near(result, [0, 2 / 3, 0, 1 / 3]), called="top_p_filter(np.array([0.125, 0.5, 0.125, 0.25]), 0.625)", gave=result,
    expected="array([0, 2/3, 0, 1/3])",
    look_at="0.5 alone does not reach 0.625: the token that crosses the mark belongs to the set. It is the sum that "
            "counts, not a token's own probability.",
)
check_raises(
    top_p_filter, np.array([0.5, 0.5]), 0, look_at="With top_p = 0 no token would be left: raise a ValueError.",
)
passed("top_p_filter")

# %% test="test_top_p_filter_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
given = np.array([0.0625, 0.0625, 0.25, 0.5, 0.125])
result = call(top_p_filter, given, 0.5)
check_that(
    near(result, [0, 0, 0, 1, 0]), called="top_p_filter(np.array([0.0625, 0.0625, 0.25, 0.5, 0.125]), 0.5)",
    gave=result, expected="array([0, 0, 0, 1, 0])",
    look_at="One token can be enough: 0.5 reaches 0.5, so nothing else is kept.",
)
check_that(
    np.array_equal(given, [0.0625, 0.0625, 0.25, 0.5, 0.125]), called="top_p_filter(probabilities, 0.5)",
    gave="changed probabilities", expected="the caller's array as it was", look_at="Write into a new array.",
)
result = call(top_p_filter, given, 0.875)
check_that(
    near(result, np.array([0, 0, 2, 4, 1]) / 7),
    called="top_p_filter(np.array([0.0625, 0.0625, 0.25, 0.5, 0.125]), 0.875)", gave=result,
    expected="array([0, 0, 2/7, 4/7, 1/7])",
    look_at="top_p is about the sum of the likeliest tokens, not about each token's own probability.",
)
result = call(top_p_filter, np.full(4, 0.25), 0.5)
check_that(
    near(result, [0.5, 0.5, 0, 0]), called="top_p_filter(np.array([0.25, 0.25, 0.25, 0.25]), 0.5)", gave=result,
    expected="array([0.5, 0.5, 0, 0])",
    look_at="Of equally likely tokens the earlier ones are kept, and no more of them than needed.",
)
result = call(top_p_filter, given, 1)
rounded = call(top_p_filter, np.full(10, 0.1), 1)
check_that(
    near(rounded, np.full(10, 0.1)), called="top_p_filter(ten times 0.1, 1)", gave=rounded, expected="ten times 0.1",
    look_at="In a computer ten times 0.1 add up to a little less than 1: if the sum never reaches top_p, every token "
            "stays.",
)
check_that(
    near(result, given), called="top_p_filter(probabilities, 1)", gave=result,
    expected="the probabilities as they were", look_at="top_p = 1 keeps every token.",
)
for outside in (-0.5, 1.5):
    check_raises(
        top_p_filter, np.array([0.5, 0.5]), outside,
        look_at="top_p is a share: above 0 and at most 1, else a ValueError.",
    )
passed("top_p_filter (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# How many tokens does the nucleus leave, of all that the model knows?

# %% tags=["demo"]
for beginning in BEGINNINGS.values():
    for temperature in (0.5, 1, 1.5):
        p = softmax(next_logits(tokenize(beginning)), temperature)
        kept = np.count_nonzero(top_p_filter(p, 0.9))
        print(f"{beginning!r:34} T = {temperature:<4} top_p = 0.9 keeps {kept:6,} of {len(p):,} tokens")

print()
for top_p in (1.0, 0.9, 0.5):
    drawn = complete(["I have had a headache for"] * 8, max_new_tokens=12, temperature=1.0, top_p=top_p, seed=1)
    print(f"T = 1, top_p = {top_p}", *(repr(reply.text) for reply in drawn[:3]), sep="\n    ")

# %% [markdown]
# Which continuation stays the same from one `top_p` to the next? (The lines with 1.0 are those of T = 1 above: same
# seed, same tokens.)
#
# For answering tickets or giving advice we want the same answer to the same question, so the course decodes greedily
# from here on. That makes answers repeatable. It does not make them right.

# %% [markdown]
# ## 5 · What a chat model reads
#
# The model only continues text. How does it hold a conversation? It was trained further on conversations written
# as *one* text in a fixed form, its **chat template**, with special tokens as marks. This is the template, and what
# becomes of a short conversation. A `system` message tells the model about its job; `user` is you, `assistant` is the
# model.

# %% tags=["demo"]
print(lm.tokenizer.chat_template, "\n" + "-" * 60)
print(chat_prompt([{"role": "system", "content": "You sort tickets."}, {"role": "user", "content": "wheres my parka"}]))

# %% [markdown]
# The text ends with the assistant's opening: all that is left to do is to go on writing.
#
# ### Exercise 5: write the template yourself
#
# *Difficulty 2 of 5 · 10 minutes · 3 points*
#
# Compare with the template above; it is a small language of its own (Jinja), but you can guess what it says. What
# happens if the conversation does not begin with a system message?
#
# <details><summary>Hint 1</summary>
#
# Each message becomes `<|im_start|>`, its role, a newline, its content as it is, `<|im_end|>`, a newline.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `DEFAULT_SYSTEM` is defined in the setup cell. If `messages[0]` is not a system message, the text begins with one that
# has this content. Make a new list instead of inserting it into the caller's.
#
# </details>

# %% solution="chat_text"
def chat_text(messages):
    r"""The text that SmolLM2 reads for a conversation, up to and including the opening of the assistant's next turn.

    messages: a list of dictionaries {"role": …, "content": …}, with the roles "system", "user" and "assistant" in any
        order. It is left as it is, and so is the content, white space included.
    A message {"role": "user", "content": "hi"} becomes "<|im_start|>user\nhi<|im_end|>\n".
    If the first message is not a system message, the text begins with a system message of content DEFAULT_SYSTEM.
    The text ends with "<|im_start|>assistant\n".
    Raises ValueError, with a message that says what is wrong, for an empty list and for a role it does not know.
    """
    ### BEGIN SOLUTION
    if not messages:
        raise ValueError("There is no message: a conversation needs at least one.")
    text = ""
    if messages[0]["role"] != "system":
        text = f"<|im_start|>system\n{DEFAULT_SYSTEM}<|im_end|>\n"
    for message in messages:
        if message["role"] not in ("system", "user", "assistant"):
            raise ValueError(f"There is no role {message['role']!r}: use system, user or assistant.")
        text += f"<|im_start|>{message['role']}\n{message['content']}<|im_end|>\n"
    return text + "<|im_start|>assistant\n"
    ### END SOLUTION


# %% test="test_chat_text" points=1
check_call(
    chat_text, [{"role": "system", "content": "You sort tickets."}, {"role": "user", "content": "wheres my parka"}],
    expected="<|im_start|>system\nYou sort tickets.<|im_end|>\n<|im_start|>user\nwheres my parka<|im_end|>\n"
             "<|im_start|>assistant\n",
    look_at="Compare with what chat_prompt printed above: newlines after the role, after <|im_end|>, and at the end.",
)
check_raises(chat_text, [], look_at="A conversation without a message is a mistake: raise a ValueError.")
passed("chat_text")

# %% test="test_chat_text_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
# Recorded from the real tokenizer's apply_chat_template(…, add_generation_prompt=True).
NAMED = "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
check_call(
    chat_text, [{"role": "user", "content": "hi"}],
    expected=NAMED + "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n",
    look_at="Without a system message at the beginning, the template puts the default one there.",
)
check_call(
    chat_text, [{"role": "user", "content": "  my head \n\n"}],
    expected=NAMED + "<|im_start|>user\n  my head \n\n<|im_end|>\n<|im_start|>assistant\n",
    look_at="The content goes in as it is, with its spaces and line breaks: do not tidy it.",
)
check_call(
    chat_text,
    [{"role": "system", "content": "S"}, {"role": "user", "content": "u\n"}, {"role": "assistant", "content": " a "},
     {"role": "user", "content": "u2"}],
    expected="<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nu\n<|im_end|>\n<|im_start|>assistant\n a <|im_end|>\n"
             "<|im_start|>user\nu2<|im_end|>\n<|im_start|>assistant\n",
    look_at="Every turn keeps its place and its end mark, the assistant's earlier turns too.",
)
check_call(
    chat_text, [{"role": "user", "content": "a"}, {"role": "system", "content": "late"}],
    expected=NAMED + "<|im_start|>user\na<|im_end|>\n<|im_start|>system\nlate<|im_end|>\n<|im_start|>assistant\n",
    look_at="Only the first message decides about the default: a system message further down stays where it is.",
)
check_raises(
    chat_text, [{"role": "user", "content": "a"}, {"role": "doctor", "content": "b"}],
    look_at="The model has never seen a role 'doctor' in its marks: raise a ValueError for a role you do not know.",
)
passed("chat_text (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Ten random conversations, your function against the real template:

# %% tags=["demo"]
rng = random.Random(0)
equal = []
for _ in range(10):
    turns = [{"role": rng.choice(["user", "assistant"]), "content": rng.choice(tickets)["message"]}
             for _ in range(rng.randint(1, 5))]
    turns = [{"role": "system", "content": rng.choice(tickets)["reply"]}] * rng.randint(0, 1) + turns
    equal.append(chat_text(turns) == chat_prompt(turns))
print(f"{sum(equal)} of {len(equal)} are equal.")

# %% [markdown]
# Do the marks matter? The same questions with the template and as plain text. `finish` says why the model stopped: it
# said "end" itself, or its number of tokens was used up (`length`).

# %% tags=["demo"]
for question in ("What is the capital of France?", "How do I wash a wool jumper?", "The capital of France is"):
    marked, plain = complete([chat_text([{"role": "user", "content": question}]), question], max_new_tokens=25)
    print(f"{question}\n  template   ({marked.finish}) {marked.text!r}\n  plain text ({plain.finish}) {plain.text!r}\n")

# %% [markdown]
# Compare the plain question with the plain beginning of a sentence. What did the model take a bare question for: a
# question to answer, or a text that is complete as it stands? (`''` with `end` is no error: the first token that the
# model chose was the stop token.) In these cases the marks, with the system message that comes with them, made the
# difference between an answer and none; and where a continuation was wanted, what did they do?

# %% [markdown]
# ## 6 · The untouched model at work
#
# Now the two jobs. All 40 tickets and all 40 descriptions go to the model as they came, one user message each, and it
# may write 40 tokens. First read: the model's reply beside what a good agent wrote.

# %% tags=["demo"]
JOBS = {
    "reply to a ticket": dict(rows=tickets, text="message", wanted="reply"),
    "reply to a description": dict(rows=descriptions, text="description", wanted="advice"),
}


def answer(task, system_of):
    """The model's replies to a task's rows after the system message system_of(row), "" for none; and the seconds."""
    prompts = []
    for row in JOBS[task]["rows"]:
        system = [{"role": "system", "content": system_of(row)}] if system_of(row) else []
        prompts.append(chat_prompt([*system, {"role": "user", "content": row[JOBS[task]["text"]]}]))
    started = time.perf_counter()
    return complete(prompts, max_new_tokens=40), time.perf_counter() - started


untouched = {task: answer(task, lambda row: "") for task in JOBS}
for task, (replies, _) in untouched.items():
    for row, reply in list(zip(JOBS[task]["rows"], replies))[3:6]:
        print(f"IN     {row[JOBS[task]['text']]}\nMODEL  {reply.text}\nAGENT  {row[JOBS[task]['wanted']]}\n")

# %% [markdown]
# Most of it is fluent. Would you send any of it? To say more than "I did not like it", we need a measure that a program
# can take on every reply:
#
# - **shop**: does the reply contain a fact of a rule that the ticket needs? `facts.json` lists, for each rule of the
#   policy, the words that a faithful reply contains ("30 days", "prepaid label" …);
# - **clinic**, on the emergencies only: does the reply have a word that sends the person to help (999, A&E, doctor …)?
# - **both**: is the reply free of the phrase "sorry for your loss"? We chose it *after* looking at many replies,
#   because it comes so strikingly often. A measure found that way describes these replies; it proves nothing about
#   others.
#
# Such keyword counts are **crude**. They miss what is said in other words, and they flatter a reply that has the word
# and not the sense. They see only the first 40 tokens, while some of the agents' replies are longer: what the model
# would have said later does not count. So we take two precautions: what do the good agents score on the same measures,
# and what do the hits look like to the eye?

# %% tags=["demo"]
FACTS = json.loads((DATA / "support" / "facts.json").read_text(encoding="utf-8"))
HELP = re.compile(r"\b(999|111|emergency|A&E|ambulance|hospital|doctor|GP|urgent)\b", re.IGNORECASE)


def has_fact(text, row):
    """Whether a text has a phrase of every group of one of the rules that the ticket needs."""
    return any(
        all(any(phrase.lower() in text.lower() for phrase in group) for group in FACTS[rule]["must"])
        for rule in row["policy_ids"]
    )


def measure(task, texts):
    """The measures of a task: each a list of True and False."""
    if task == "reply to a ticket":
        hits = {"has a needed fact": [has_fact(text, row) for text, row in zip(texts, tickets)]}
    else:  # the emergencies come first
        n = len(emergencies)
        hits = {f"names help ({n} emergencies)": [HELP.search(text) is not None for text in texts[:n]]}
    return hits | {'no "sorry for your loss"': ["sorry for your loss" not in text.lower() for text in texts]}


for task, job in JOBS.items():
    for name, hits in measure(task, [row[job["wanted"]] for row in job["rows"]]).items():
        print(f"good agents, {task}: {name}: {scoreboard.proportion(hits)}")

# %% [markdown]
# The agents' texts were written under these rules, so they mark the upper end. Now the model, untouched and with a
# **role**: one sentence, in a system message, that names the job. It is the same kind of change for both jobs.
# Untouched does not mean without a system message: the template puts its default one there (section 5), and the role
# replaces it.

# %% tags=["demo"]
CLINIC_ROLE = "You are the assistant of a first-contact health service. You tell people what to do next."
ROLES = {"reply to a ticket": SHOP_ROLE, "reply to a description": CLINIC_ROLE}
outcomes = {}


def keep(task, approach, replies, seconds):
    """Measure the replies, remember them, and put the result on the scoreboard."""
    hits = measure(task, [reply.text for reply in replies])
    outcomes[task, approach] = replies, hits
    scoreboard.add_result(
        scoreboard.Result(
            lesson="01_meet_the_model", task=task, approach=approach, model=lm.name, n=len(replies),
            metrics={name: scoreboard.proportion(values) for name, values in hits.items()},
            tokens=sum(reply.prompt_tokens + reply.new_tokens for reply in replies) / len(replies),
            seconds=seconds / len(replies),
        )
    )


for task in JOBS:
    keep(task, "untouched model", *untouched[task])
    keep(task, "with a role in the prompt", *answer(task, lambda row, role=ROLES[task]: role))
print("Your scoreboard, which grows through the course:", scoreboard.scoreboard_path())

# %% [markdown]
# And a stronger change of the same kind for both: a person looks up **the right rule** and puts it into the prompt. For
# a ticket these are the rules of the policy that it needs; for a description it is the next step that our fact sheet
# names for its condition and urgency. In life someone would have to find that rule first; here the data's labels do.

# %% tags=["demo"]
RULES = load_policy()
STEPS = json.loads((DATA / "prediagnosis" / "facts.json").read_text(encoding="utf-8"))["conditions"]


def with_rule(row):
    """A system message with the role and the rule that this row needs."""
    if "policy_ids" in row:
        rule = " ".join(RULES[number] for number in row["policy_ids"])
        return f"{SHOP_ROLE}\n\nRule: {rule}\n\nTell the customer what the rule says."
    step = STEPS[row["condition"]]["next_step"][row["urgency"]]
    return f"{CLINIC_ROLE}\n\nRule: {step}.\n\nTell the person what the rule says."


for task in JOBS:
    keep(task, "with the rule in the prompt", *answer(task, with_rule))
print(with_rule(tickets[3]), "\n" + "-" * 60 + "\n" + with_rule(descriptions[0]))

# %% tags=["demo"]
for task in JOBS:
    scoreboard.show(scoreboard.plot(task), alt=scoreboard.describe(task))
scoreboard.table("reply to a ticket")

# %% tags=["demo"]
scoreboard.table("reply to a description")

# %% [markdown]
# (Help is counted on the emergencies only, hence those wide intervals. Seconds depend on what else your computer does:
# do not compare them here.) Each approach answered the *same* rows, so they can be compared row by row: the interval of
# the difference to the untouched model comes from drawing rows, as before. Where two approaches score alike on every
# row, drawing changes nothing, and the interval shrinks to a point: read the table instead.

# %% tags=["demo"]
for (task, approach), (_, hits) in outcomes.items():
    for name, values in hits.items():
        before = outcomes[task, "untouched model"][1][name]
        if approach != "untouched model":
            change, low, high = ratio(np.subtract(values, before, dtype=float), np.ones(len(values)))
            print(f"{task:24}{approach:29}{name:29}{change:+.0%}  [{low:+.0%}, {high:+.0%}]")

# %% [markdown]
# Which changes leave 0 outside their interval? (An end at 0 still contains 0.) Look at the role first, then at the
# rule, which holds what the answer needs. And is a hit a hit? Here is every ticket reply with a fact and every
# emergency reply with a word for help, whatever the prompt.

# %% tags=["demo"]
for (task, approach), (replies, hits) in outcomes.items():
    name = next(iter(hits))
    for row, reply, hit in zip(JOBS[task]["rows"], replies, hits[name]):
        if hit:
            print(f"{approach} · {name}\n  IN     {row[JOBS[task]['text']]}\n  MODEL  {reply.text!r}")
            print(f"  AGENT  {row[JOBS[task]['wanted']]}\n")

# %% [markdown]
# Read them slowly. Which of the shop's replies are not only faithful in their words, but right as a whole? How many of
# the clinic's hits tell the person to go or to call, and how many say something like "I'm not a doctor"? The measure
# was kind to the model. It would be kinder still to a reply that sends *everybody* to hospital: that one would get
# 100 %.
#
# What would the right answers have looked like? All 400 rows of `train`, counted:

# %% tags=["demo"]
PERSON = r"\b(?:colleague|GP|doctor|surgery|111|999|A&E|ambulance)\b"
lines = []
for job, rows, given, wanted, labels in (
    ("shop", as_rows(shop["train"]), "message", "reply", ("topic", "item")),
    ("clinic", as_rows(clinic["train"]), "description", "advice", ("condition", "urgency")),
):
    texts, answers = (pd.Series([row[column] for row in rows]) for column in (given, wanted))
    others = answers.str.replace(r"\b(?:111|999)\b", "", regex=True)
    lines.append({
        "job": job, "n": len(rows), "different labels": {name: len({row[name] for row in rows}) for name in labels},
        "words in": round(texts.str.split().str.len().mean()), "words out": round(answers.str.split().str.len().mean()),
        "answers with a number": scoreboard.proportion(answers.str.contains(r"\d")),
        "… other than 111 and 999": scoreboard.proportion(others.str.contains(r"\d")),
        "answers that name someone to turn to": scoreboard.proportion(answers.str.contains(PERSON)),
    })
pd.DataFrame(lines).set_index("job").T

# %% [markdown]
# A ticket is mostly answered with a *fact*: one of 32 rules that the model cannot know, because we made them up. If the
# reply is wrong, the shop loses a customer's patience, perhaps a parcel. A description is mostly answered with
# *caution*: hardly a number but a telephone number, and a person to go to. What stands behind a red flag that is missed
# is in `course_lib/data/prediagnosis/facts.md`, with its sources: bleeding, sepsis, a burst appendix. A needless call
# costs far less. So errors have a price, and in the clinic the two kinds of error have very different ones.
#
# Same model, about as many words. Look at the table once more: from where could the model take what a shop's reply
# needs? Which of the two possible errors in the clinic would you rather have, and who should hear of it? You will need
# your answers in section 8, and the course will not train the two alike.

# %% [markdown]
# ## 7 · How surprised is the model?
#
# There is a measure that needs no keywords: how well does the model *predict* our texts? Let it read a text and note,
# for each token, the probability $p$ that it gave to this token before seeing it. The **surprise** is $-\ln p$, the
# negative *log-probability*. Its unit is the **nat** ($\ln$ is the natural logarithm): 0 nats for a token that was
# certain, 4.6 nats for one that had 1 %.

# %% tags=["demo"]
def surprises(ids):
    """The surprise of every token after the first, in nats: an array."""
    with torch.no_grad():
        logits = lm.model(torch.tensor([ids], device=lm.device)).logits[0].float()
    log_p = logits.log_softmax(dim=-1).cpu().numpy()
    # Row 0 was computed from the first token and predicts the second, and so on: the last row predicts nothing here.
    return -log_p[np.arange(len(ids) - 1), ids[1:]]


text = tickets[1]["message"]
nats = surprises(tokenize(text))
pd.DataFrame({"token": pieces(text)[1:13], "probability": [f"1 in {odds:,.0f}" for odds in np.exp(nats[:12])],
              "surprise in nats": nats[:12].round(1)})

# %% [markdown]
# The **perplexity** of texts is $e$ to the power of the mean surprise per token. A perplexity of 50 means: on average
# as unsure as if 50 tokens had been equally likely. It depends on where the tokenizer cuts, so we also give **bits per
# character**: all the surprise, in bits ($\ln 2$ nats each), divided by the number of characters.
#
# Two more rows are controls. The general prose without capitals and punctuation asks how much *style* alone does. And
# the model's own replies to the tickets ask whether a low perplexity means a good text.

# %% tags=["demo"]
from tqdm.auto import tqdm

kinds["general, no capitals or punctuation"] = [re.sub(r"[^\w\s]", "", text.lower()) for text in kinds["general prose"]]
kinds["the model's own replies (shop)"] = [reply.text for reply in untouched["reply to a ticket"][0]]
lines = []
with tqdm(total=sum(map(len, kinds.values())), desc="Reading", unit="text", delay=3, leave=False) as bar:
    for kind, texts in kinds.items():
        nats, characters = [], []
        for text in filter(None, texts):
            ids = tokenize(text)[:200]
            nats.append(surprises(ids))
            characters.append(len(lm.tokenizer.decode(ids[1:])))
            bar.update()
        perplexity = np.exp(ratio([s.sum() for s in nats], [len(s) for s in nats]))
        bits = np.divide(ratio([s.sum() for s in nats], characters), np.log(2))
        early = np.exp(ratio([s[:20].sum() for s in nats], [len(s[:20]) for s in nats]))
        lines.append([kind, len(nats), perplexity, bits, early])
columns = ["texts", "n", "perplexity", "bits per character", "perplexity, tokens 2 to 21"]
pd.DataFrame([[k, n] + ["{:.3g} [{:.3g}, {:.3g}]".format(*e) for e in rest] for k, n, *rest in lines], columns=columns)

# %% tags=["demo"]
figure = Figure(figsize=(8, 3.6), layout="constrained")
axes = figure.subplots()
for place, line in enumerate(lines):
    value, low, high = line[2]
    axes.errorbar(value, place, xerr=[[value - low], [high - value]], capsize=4,
                  fmt="o" if place < 5 else "s", color=scoreboard.PALETTE[0 if place < 5 else 1])
axes.set_yticks(range(len(lines)), [f"{kind} (n = {n})" for kind, n, *_ in lines])
axes.invert_yaxis()
axes.set(xscale="log", xlabel="perplexity (95 % interval; logarithmic scale; squares are controls)")
axes.set_xticks([10, 30, 100, 300], ["10", "30", "100", "300"])
axes.grid(axis="x", alpha=0.3)
words = "; ".join(f"{kind}: {e[0]:.0f} [{e[1]:.0f}, {e[2]:.0f}]" for kind, _, e, *_ in lines)
scoreboard.show(figure, alt=f"Perplexity of {lm.name} on seven kinds of texts, with 95 % intervals. {words}.")

# %% [markdown]
# Read it with care:
#
# - **The gap.** Do the intervals of the shop's and the clinic's texts reach that of general prose? In bits per
#   character the *number* of tokens plays no part: do any two rows change places there, and do their intervals overlap?
# - **Style.** Compare the general prose with its control, from which only capitals and punctuation were taken, not a
#   word. How much of the gap to the customers' messages can be *how* they write? The agents write with
#   capitals and punctuation: is their perplexity still higher than the control's?
# - **Length.** A token near the beginning has little before it to go by, and our texts differ in length. The last
#   column compares the same places in all texts. Which intervals touch there that did not before?
# - **Who wrote it.** All these texts were written by language models (see the datasheets in `course_lib/data`), the
#   general ones in the smooth manner of an encyclopaedia. Another writer's prose would have another perplexity.
# - **Quality.** Which row does the model find the least surprising? You have read those texts. Perplexity says what is
#   usual for a model; whether it is *right* is another question.

# %% [markdown]
# ## 8 · In your own words
#
# *10 minutes · 4 points, graded by hand · about 150 words*
#
# Which sentences and which figures of this lesson show that the model is generic? What does each of the two jobs need
# that this model does not have? And why is one and the same change not enough for both? Quote at least one reply or
# continuation, and at least two figures with their intervals.

# %% [markdown] answer="why_generic" points=4
# **Model answer.** After "Doctor, I have had a pain in my" the model expects "life", and to a customer whose socks are
# late it says "I'm sorry for your loss, but as a chatbot …": good English for nobody in particular. None of its 40
# replies to tickets had a needed fact (0 % [0 %, 9 %]), and its perplexity is 154 [124, 198] on the customers' messages
# against 33 [29, 39] on general prose, of which style explains a part (82 without capitals and punctuation). The shop
# needs the facts of its policy, and replies that keep to them; the clinic needs an eye for red flags and the habit of
# sending people to a human, since a missed emergency costs far more than a needless call. The same change, the right
# rule in the prompt, brought the shop 15 points of facts [+5, +28] and the clinic's emergencies nothing (6 points less,
# [0, 18]); by eye, none of the clinic's hits sent anybody anywhere.
#
# **Rubric** (1 point each): quotes a reply or a continuation that fits any text and not this job · quotes at least two
# own figures with intervals and says of which texts they are · names for each job something of its own that is missing
# (facts of a policy; caution, red flags, a human) · says with a measured difference or with the price of errors why one
# change does not serve both.

# %% [markdown]
# ## Quiz
#
# Choose an answer in your head, then open the fold. No points, no record.
#
# **1.** A provider charges by the token. How do you find out what your prompt costs?
#
# - **A** Count its words.
# - **B** Divide its characters by four.
# - **C** Let the model's tokenizer cut it and count the pieces.
#
# <details><summary>Answer</summary>
#
# **C**. The tokens are what is charged. A counts too few: order numbers, typos and rare words take several tokens each.
# B is a rule of thumb, and your own table shows that characters per token differ from one kind of text to another.
#
# </details>
#
# **2.** You lower the temperature from 1 to 0.3. What happens to the probabilities of the next token?
#
# - **A** The likeliest tokens get more, and the order of the tokens stays as it is.
# - **B** Another token becomes the likeliest.
# - **C** All tokens get more equal.
#
# <details><summary>Answer</summary>
#
# **A**. All logits are divided by the same positive number, so a larger one stays larger and its lead grows. B cannot
# happen for that reason: greedy decoding gives the same text at every temperature. C is what a *high* temperature does.
#
# </details>
#
# **3.** You send a question as plain text, without the chat template. What does the model do with it?
#
# - **A** It raises an error, since the marks are missing.
# - **B** It continues the text, or ends at once; whether an answer belongs there is its guess.
# - **C** It answers as it would with the template, because a question is a question.
#
# <details><summary>Answer</summary>
#
# **B**. Continuing is all it does; the marks are what told it, in training, that an assistant's turn comes next. A does
# not happen: every text is a valid input. C is what you might expect, and the comparison in section 5 shows otherwise.
#
# </details>
#
# **4.** A program finds the word "doctor" in a reply to an emergency. What do you conclude?
#
# - **A** The reply sends the person to a doctor.
# - **B** Nothing before someone has read some of the hits, and the same count was made for good replies.
# - **C** Keyword counts are useless.
#
# <details><summary>Answer</summary>
#
# **B**. A word can stand in any sense: you have seen in which sense it stood here. A takes the word for the sense. C
# goes too far: on hundreds of replies a count is a start, as long as you say how crude it is and look at what it hits.
#
# </details>
#
# **5.** Of two sets of texts, the model has a lower perplexity on the first. What does that say?
#
# - **A** The first texts are better answers.
# - **B** The model has learned the facts in the first texts.
# - **C** The first texts are, token by token, more like what the model expects.
#
# <details><summary>Answer</summary>
#
# **C**. Perplexity measures expectation. A is refuted by the model's own replies. B may be one reason among several;
# style, length and the place of the tokens in the text are others, as the controls show.
#
# </details>

# %% [markdown]
# ## Summary
#
# - A language model reads tokens and gives each possible next token a logit; softmax makes probabilities of them.
# - A text is written by repeating that: take the likeliest token (greedy), or draw one, with a temperature and perhaps
#   without the tail (top-p).
# - A chat is one text with marks. Without the marks the model does not know that it is asked.
# - The untouched model is *generic*: it writes what is usual in texts of all kinds. It knows neither the shop's rules
#   nor when a person must be sent to help, and it is far more surprised by our texts than by general prose, for
#   several reasons at once.
# - Every measure has its weakness: keywords flatter, perplexity rewards the usual. Read what you count.
#
# ## What to try next
#
# - Type a text in another language into the token view, and the same in English. Which one would cost more?
# - Another role: write one for the clinic that says in one sentence what to do with red flags, and put it on the
#   scoreboard with `keep`. Does it help the emergencies? Read the hits before you answer.
# - Take the shop's replies, which the model finds surprising, and put each one's message before it (as a chat). Does
#   the surprise of the reply's tokens fall? Guess first, then measure.
