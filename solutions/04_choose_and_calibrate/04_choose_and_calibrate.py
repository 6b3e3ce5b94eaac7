# %% [markdown]
# # 04 · Choose and calibrate
#
# **Time** about 170 minutes, of which the computer works 3; a good place for a break is after section 5 ·
# **Builds on** lesson 01 (logits, log-probabilities) and lesson 02 (prompts, paired bootstrap) ·
# **Points** 15 automatic, 4 by hand
#
# ## Objectives
#
# When you are through, you can
#
# - score the allowed answers with a language model instead of reading what it happens to write;
# - measure which answers a model prefers whatever it is asked, and divide that preference out;
# - look closer than accuracy: confusion matrix and macro-F1;
# - put a language model beside a classical classifier, and say when it is the wrong tool;
# - choose when a system should keep silent, and check whether its promise and its confidence hold.

# %% [markdown]
# ## The job
#
# People describe in their own words what ails them. Which of twelve **conditions** does a description fit best?
#
# > belly, low right, worse every bump
#
# was written as a case of `appendicitis`. Always one of twelve: such a task is called *classification*.
#
# **This is teaching material. It is not medical advice, and nothing in it is for patients.** The descriptions were
# made up by language-model agents, and no clinician has seen them (`course_lib/data/prediagnosis/DATASHEET.md`). We
# take this task because here errors differ in weight. A **red flag** is a sign that someone needs help at once, such as
# gasping for air at rest; a machine that overlooks it does more harm than one that sorts a shop's ticket wrongly. Red
# flags go to a human, whatever a machine says. (Each row also has an `urgency`, set by written rules. We predict only
# the condition; urgency comes back in section 7.)

# %% locked="setup"
import random
import re
import time

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from course_lib import scoreboard
from course_lib.checks import call, check_call, check_raises, check_that, passed
from course_lib.data import CONDITIONS, as_rows, load_prediagnosis


def close(got, expected):
    """Is `got` a number, or a table of numbers, of the expected shape and values? (The checks use it.)"""
    try:
        got = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return False
    return got.shape == np.shape(expected) and bool(np.allclose(got, expected, rtol=1e-6, atol=1e-9))


data = load_prediagnosis()
train, dev = as_rows(data["train"]), as_rows(data["dev"])
for row in train + dev:
    row["description"] = " ".join(row["description"].split())  # on one line, as the prompts below want it
truth = [row["condition"] for row in dev]
# data["test"] stays shut: whoever chooses on the test set no longer has a test set.

pd.set_option("display.max_colwidth", 110)
pd.DataFrame(dev)[["description", "condition", "urgency"]].head(6)

# %%
pd.DataFrame({"train": [row["condition"] for row in train]}).value_counts().to_frame("train rows").T

# %% [markdown]
# The conditions are balanced, so whoever guesses blindly is right in one of twelve cases. Keep that figure in mind:
# every share below has to be held against it. Balance is also unlike life, where colds outnumber cluster headaches by
# far; so no share measured here says anything about a doctor's practice.

# %% [markdown]
# ## 1 · Ask, and read the reply
#
# First the way of lesson 02: ask, then look in the text for an answer. The reader is small and strict: it wants exactly
# one of the twelve names. A reply that names none, or several, is unreadable (`None`).

# %%
def find_condition(reply):
    """The one condition that a reply names, or None if it names none or several."""
    text = reply.lower().replace("_", " ")
    found = [c for c in CONDITIONS if re.search(rf"\b{c.replace('_', ' ')}\b", text)]
    return found[0] if len(found) == 1 else None


print(find_condition("It may be a Tension headache."), find_condition("Asthma or pneumonia."), find_condition("Rest."))

# %% [markdown]
# Three prompts for the same descriptions:
#
# - **vague**: the description and "What do I have?";
# - **precise**: with the list of conditions and the form of the answer;
# - **step by step**: with the list, and the request to think before answering. This is a celebrated trick (Kojima et
#   al. 2022, [arXiv:2205.11916](https://arxiv.org/abs/2205.11916)). In Wei et al. 2022
#   ([arXiv:2201.11903](https://arxiv.org/abs/2201.11903)) reasoning aloud paid for very large models only. Ours is
#   small.
#
# Thinking costs tokens (words or pieces of words), so it gets the first 40 dev rows and 80 tokens each. The first call
# loads the model. The three runs take a minute and a half.

# %% tags=["demo"]
from course_lib.models import default_model
from course_lib.prompting import chat_prompt, complete
from course_lib.scoring import score_choices

TASK = "description to condition"
lm = default_model()

# %% tags=["demo"]
outcomes = {}


def record(approach, predicted, tokens, seconds, model=lm.name):
    """Keep an approach's answers to the first dev rows, and put their score on the scoreboard."""
    outcomes[approach] = predicted
    metrics = {
        "accuracy": scoreboard.proportion([p == t for p, t in zip(predicted, truth)]),
        "readable": scoreboard.proportion([p is not None for p in predicted]),
    }
    scoreboard.add_result(
        scoreboard.Result(lesson="04_choose_and_calibrate", task=TASK, approach=approach, model=model,
                          n=len(predicted), metrics=metrics, tokens=tokens, seconds=seconds)
    )
    print(f"{approach:34} n = {len(predicted)}   accuracy {metrics['accuracy']!s:15} readable {metrics['readable']}")

# %% tags=["demo"]
def generate(approach, prompts, max_new_tokens, stop=()):
    """Let the model write a reply to each prompt, and read it."""
    started = time.perf_counter()
    replies = complete(prompts, max_new_tokens=max_new_tokens, stop=stop)
    seconds = (time.perf_counter() - started) / len(prompts)
    tokens = sum(reply.prompt_tokens + reply.new_tokens for reply in replies) / len(prompts)
    record(approach, [find_condition(reply.text) for reply in replies], tokens, seconds)
    return replies

# %% tags=["demo"]
LIST = ", ".join(c.replace("_", " ") for c in CONDITIONS)
questions = {
    "vague": "What do I have?\n\n{}",
    "precise": f"A patient writes: {{}}\n\nWhich of these conditions fits best: {LIST}? "
               "Answer with one of them and nothing else.",
    "step by step": f"A patient writes: {{}}\n\nWhich of these conditions fits best: {LIST}? "
                    "Think step by step in two short sentences, then name it.",
}

# %% tags=["demo"]
replies = {}
for name, question in questions.items():
    rows, length = (dev[:40], 80) if name == "step by step" else (dev, 24)
    texts = [question.replace("{}", row["description"]) for row in rows]
    prompts = [chat_prompt([{"role": "user", "content": text}]) for text in texts]
    replies[name] = generate(f"chat, {name}", prompts, length)

# %% tags=["demo"]
for name, found in replies.items():
    cut = np.mean([reply.finish == "length" for reply in found])
    print(f"\n{name} ({cut:.0%} of the replies were cut off by their length)")
    for reply in found[:4]:
        print("  ", repr(reply.text[:150]))
pd.DataFrame({name: pd.Series([find_condition(r.text) or "(unreadable)" for r in found]).value_counts()
              for name, found in replies.items()}).fillna(0).astype(int)

# %% [markdown]
# Read the replies, not only the shares. How many name a condition at all? (A reply that said only "stomach
# flu" would be refused: our reader is strict.) And is there one name that the model says most often, whatever it was
# told? Where does it stand in our list?
#
# Did the request to think help? Look first how many of those replies were cut off: a thought that was cut off before
# its end names nothing. The same rows, both prompts, with the **paired bootstrap** that you wrote in lesson 02: rows
# are drawn with replacement, the same ones for both, and the middle 95 % of the differences are the interval. From here
# on `scoreboard.paired_difference` does it.

# %% tags=["demo"]
def compare(a, b):
    """Print the difference in accuracy between two approaches on the rows that both answered."""
    n = min(len(outcomes[a]), len(outcomes[b]))
    hits = [[p == t for p, t in zip(outcomes[name][:n], truth)] for name in (a, b)]
    print(f"{a!r} → {b!r}: {scoreboard.paired_difference(*hits)}")


compare("chat, vague", "chat, precise")
compare("chat, precise", "chat, step by step")

# %% [markdown]
# More readable is not more right: compare the two shares in the lines that the runs printed, and with the 8 % of
# guessing. (Where almost nobody is right, a bootstrap has little to redraw. An end at exactly 0 % then says "no row of
# ours went the other way", not "impossible".)

# %% [markdown]
# ## 2 · Score the answers instead of reading them
#
# There are only twelve answers we could use. So ask the model nothing; show it each of them and look how likely *it*
# finds it. No reply can be unreadable then.
#
# From lesson 01: after every token the model gives each token of its vocabulary a score, the **logit**. Softmax turns
# a row of logits into probabilities; their natural logarithm is the **log-probability**, counted in *nats*: 0 for
# certain, further below 0 for less likely. An answer of several tokens has the product of its tokens' probabilities,
# each given all that stands before it, so its log-probability is a **sum**.
#
# ### Exercise 1: the log-probability of an answer
#
# *Difficulty 4 of 5 · 20 minutes · 3 points*
#
# Prompt and answer go through the model as one sequence of tokens. Row `t` of the logits is made after token `t` was
# read: it is about token `t + 1`. With the prompt `Diagnosis:` (say 2 tokens) and the answer ` reflux` (say 2 tokens):
#
# | t | token | row t says how likely each token is as number |
# |---|---|---|
# | 0 | `Diagn` | 1 |
# | 1 | `osis:` | 2, the answer's first |
# | 2 | ` ref` | 3, the answer's second |
# | 3 | `lux` | 4, which does not exist |
#
# The check that you see is worth 1 of the 3 points. The other 2 come from hidden tests of the same docstring, so read
# it again after the ✓. It is the same in every exercise.
#
# <details><summary>Hint 1</summary>
#
# Which rows are about the answer? In the table above they are rows 1 and 2: as many as the answer has tokens, beginning
# one *before* the answer's first place.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The log-probability of token k in a row is `row[k] - log(sum(exp(row)))`. `exp` of a large logit overflows; subtract
# the row's maximum first and add it back after the logarithm, or use `scipy.special.log_softmax`.
#
# </details>

# %% solution="sequence_logprob"
def sequence_logprob(logits, token_ids, n_prompt):
    """How likely does the model find an answer, given its prompt?

    logits: NumPy array [T, V]; row t holds the logits of all V tokens for place t + 1. They are any real numbers,
        also thousands: the result must not become infinite or nan for it.
    token_ids: T whole numbers, the tokens of the prompt followed by those of the answer.
    n_prompt: how many of them belong to the prompt.
    Returns a float: the sum of the natural log-probabilities of the answer's tokens, each given all tokens before it.
    Raises ValueError, with a message that says what is wrong, if n_prompt < 1 or n_prompt >= T.
    """
    ### BEGIN SOLUTION
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError(f"n_prompt is {n_prompt}, but must leave a prompt and an answer of {len(token_ids)} tokens.")
    rows = np.asarray(logits, dtype=float)[n_prompt - 1 : -1]
    highest = rows.max(axis=1)
    log_totals = highest + np.log(np.exp(rows - highest[:, None]).sum(axis=1))
    chosen = rows[np.arange(len(rows)), token_ids[n_prompt:]]
    return float((chosen - log_totals).sum())
    ### END SOLUTION


# %% test="test_sequence_logprob" points=1
equal = np.full((5, 4), 7.0)  # all four tokens equally likely everywhere: each has ln(1/4) = -1.386
result = call(sequence_logprob, equal[:2], [0, 3], 1)
check_that(
    close(result, np.log(1 / 4)), called="sequence_logprob(logits all 7.0, V = 4, one answer token)", gave=result,
    expected="-1.386 = ln(1/4)",
    look_at="Turn each row into log-probabilities: neither the raw logit 7.0 nor the probability 0.25 is the answer.",
)
result = call(sequence_logprob, equal, [0, 3, 1, 2, 0], 2)
check_that(
    close(result, 3 * np.log(1 / 4)), called="sequence_logprob(logits all 7.0, V = 4, 5 tokens, n_prompt=2)",
    gave=result, expected="-4.159 = 3 · ln(1/4)",
    look_at="Three tokens belong to the answer: add up their log-probabilities, no average, and none of the prompt's.",
)
chances = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.5, 0.25, 0.25]])
result = call(sequence_logprob, np.log(chances) + 2.0, [0, 1, 1, 2], 2)
check_that(
    close(result, np.log(0.8) + np.log(0.6)), called="sequence_logprob(logits, [0, 1, 1, 2], n_prompt=2)",
    gave=result, expected="-0.734 = ln(0.8) + ln(0.6), from rows 1 and 2",
    look_at="Row t is about token t + 1: the first token of the answer is judged by the row before its own place.",
)
check_raises(sequence_logprob, equal, [0, 3, 1, 2, 0], 5, look_at="Without a token for the answer, raise a ValueError.")
passed("sequence_logprob")

# %% test="test_sequence_logprob_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
chances = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.5, 0.25, 0.25]])
for shift in (5000.0, -5000.0):
    result = call(sequence_logprob, np.log(chances) + shift, [0, 1, 1, 2], 2)
    check_that(
        close(result, np.log(0.8) + np.log(0.6)), called=f"sequence_logprob(the same logits {shift:+.0f}, …)",
        gave=result, expected="-0.734, as before: a constant added to a row changes no probability",
        look_at="exp() of such logits overflows or vanishes: subtract the row's maximum before you take it.",
    )
result = call(sequence_logprob, np.zeros((2001, 8)), [1] * 2001, 1)
check_that(
    close(result, 2000 * np.log(1 / 8)), called="sequence_logprob(2000 answer tokens, each with probability 1/8)",
    gave=result, expected="about -4158.9, a finite number",
    look_at="A product of many probabilities becomes 0 in a computer: add log-probabilities instead of multiplying.",
)
result = call(sequence_logprob, np.array([[0.0, 5000.0], [0.0, 0.0], [0.0, 0.0]]), [0, 0, 1], 1)
check_that(
    close(result, -5000.0 + np.log(0.5)), called="sequence_logprob(a token 5000 nats below another, …)", gave=result,
    expected="about -5000.69, a finite number",
    look_at="Do not take the logarithm of a probability that has become 0: stay in log-probabilities all the way.",
)
logits = np.log(np.array([[0.9, 0.1], [0.25, 0.75], [0.5, 0.5], [0.125, 0.875]])) - 3.0
before = logits.copy()
result = call(sequence_logprob, logits, [1, 0, 0, 1], 3)
check_that(
    close(result, np.log(0.5)), called="sequence_logprob(logits, [1, 0, 0, 1], n_prompt=3)", gave=result,
    expected="-0.693 = ln(0.5), from row 2",
    look_at="One answer token: only the last token counts, and the last row is not used.",
)
check_that(
    bool(np.array_equal(logits, before)), called="sequence_logprob(logits, …)", gave="changed logits",
    expected="the caller's logits untouched", look_at="Work on a copy: -= changes the array you were given.",
)
for n_prompt in (0, -1, 4, 9):
    check_raises(
        sequence_logprob, logits, [1, 0, 0, 1], n_prompt,
        look_at="No row is about the first token, and an answer needs a token: refuse n_prompt < 1 and n_prompt >= T.",
    )
passed("sequence_logprob (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now with the real model: your sum over its logits, beside the course's `score_choices`, which does the same for many
# prompts and answers at once. The last column shows the pieces.

# %% tags=["demo"]
import torch


def logits_after(text):
    """The token ids of a text, and the model's logits for them as a NumPy array [T, V]."""
    ids = lm.tokenizer(text)["input_ids"]
    with torch.no_grad():
        return ids, lm.model(torch.tensor([ids], device=lm.device)).logits[0].float().cpu().numpy()


def diagnosis(description):
    return f"Symptoms: {description}\nDiagnosis:"

# %% tags=["demo"]
prompt, lines = diagnosis(dev[0]["description"]), []
n_prompt = len(lm.tokenizer(prompt)["input_ids"])
for answer in (" asthma", " gastroenteritis", " appendicitis"):
    ids, logits = logits_after(prompt + answer)
    pieces = [(lm.tokenizer.decode([ids[t]]), sequence_logprob(logits[: t + 1], ids[: t + 1], t))
              for t in range(n_prompt, len(ids))]
    lines.append({
        "answer": answer, "your sum": sequence_logprob(logits, ids, n_prompt),
        "score_choices": score_choices([prompt], [answer]).item(),
        "piece by piece": "  ".join(f"{piece!r} {value:.2f}" for piece, value in pieces),
    })
pd.DataFrame(lines).round(3)

# %% [markdown]
# Look at the pieces of the long words: once the first piece stands there, how sure is the model of the next ones?
#
# Now all dev rows. To change one thing at a time, the *same* plain prompt (`Symptoms: … Diagnosis:`) is first continued
# freely and read, then scored. `readable` is 100 % by construction when we score.

# %% tags=["demo"]
def count_tokens(texts):
    return sum(len(ids) for ids in lm.tokenizer(list(texts))["input_ids"])


def pick(scores):
    """The condition with the highest score in each row."""
    return [CONDITIONS[i] for i in np.asarray(scores).argmax(axis=1)]

# %% tags=["demo"]
def score(make_prompt, choices, rows):
    """Scores [rows, conditions] as a NumPy array, tokens per row and seconds per row."""
    prompts, started = [make_prompt(row["description"]) for row in rows], time.perf_counter()
    scores = score_choices(prompts, choices, batch_size=16).numpy().astype(float)
    seconds = (time.perf_counter() - started) / len(rows)
    return scores, count_tokens(prompts) / len(rows) + count_tokens(choices), seconds

# %% tags=["demo"]
NAMES = [" " + c.replace("_", " ") for c in CONDITIONS]
written = generate("diagnosis, written and read", [diagnosis(row["description"]) for row in dev], 12, stop=["\n"])
for reply in written[:3]:
    print("  ", repr(reply.text))
scores = {"diagnosis, names": score(diagnosis, NAMES, dev)}
record("diagnosis, names", pick(scores["diagnosis, names"][0]), *scores["diagnosis, names"][1:])
compare("diagnosis, written and read", "diagnosis, names")

# %% [markdown]
# Scoring makes every answer usable. Is it also right more often than one in twelve (8 %)? Look at the low end of its
# interval.

# %% [markdown]
# ## 3 · Which words, and how to count them
#
# Two choices hide in "score the answers".
#
# **The words.** `gastroenteritis` is a textbook's word; people say "a stomach bug". A model spreads its probability
# over all ways to say a thing, and only the one we score counts (Holtzman et al. 2021,
# [arXiv:2104.08315](https://arxiv.org/abs/2104.08315)). So here is a second prompt that people's words fit into, once
# with the names and once with everyday words. Each step changes one thing.
#
# **Sum or mean.** A sum grows more negative with every token, so long words seem to be at a disadvantage. A common
# remedy is the *mean* per token (GPT-3's authors used it for most of their tasks: Brown et al. 2020,
# [arXiv:2005.14165](https://arxiv.org/abs/2005.14165), section 2.4).

# %% tags=["demo"]
EVERYDAY = {
    "migraine": " a migraine", "tension_headache": " a tension headache", "cluster_headache": " a cluster headache",
    "common_cold": " a cold", "influenza": " the flu", "pneumonia": " pneumonia", "asthma": " asthma",
    "reflux": " heartburn", "gastroenteritis": " a stomach bug", "appendicitis": " appendicitis",
    "cystitis": " a bladder infection", "kidney_infection": " a kidney infection",
}
WORDS = [EVERYDAY[c] for c in CONDITIONS]

# %% tags=["demo"]
def probably_has(description):
    return f'A patient says: "{description}"\nThe patient probably has'

# %% tags=["demo"]
scores["probably has, names"] = score(probably_has, NAMES, dev)
scores["probably has, everyday words"] = score(probably_has, WORDS, dev)
for name in ("probably has, names", "probably has, everyday words"):
    record(name, pick(scores[name][0]), *scores[name][1:])
compare("diagnosis, names", "probably has, names")
compare("probably has, names", "probably has, everyday words")

# %% tags=["demo"]
asked = {
    "diagnosis, names": (diagnosis, NAMES),
    "probably has, names": (probably_has, NAMES),
    "probably has, everyday words": (probably_has, WORDS),
}
lengths = {name: np.array([count_tokens([choice]) for choice in choices]) for name, (_, choices) in asked.items()}
means = {name: scores[name][0] / lengths[name] for name in asked}
record("diagnosis, names, mean per token", pick(means["diagnosis, names"]), *scores["diagnosis, names"][1:])

# %% tags=["demo"]
said = {"tokens of the name": pd.Series(lengths["diagnosis, names"], index=CONDITIONS)}
for name in asked:
    said[name + ", sum"] = pd.Series(pick(scores[name][0])).value_counts()
    said[name + ", mean"] = pd.Series(pick(means[name])).value_counts()
pd.DataFrame(said).reindex(CONDITIONS).fillna(0).astype(int)

# %% [markdown]
# The table counts how often each condition is named in 80 rows; each is true in six or seven. Go through the columns.
# Is there one that says nearly the same thing to everybody?
#
# Remember the pieces above: after its first piece a long word nearly writes itself, its later pieces cost almost
# nothing, and the mean divides by them all the same. So the mean does not remove a favour for short words; it
# replaces it by a favour for words whose later pieces are nearly certain.
#
# A model that gives everyone the same answer has not read the description. It has a **preference**.

# %% [markdown]
# ## 4 · Divide the preference out
#
# Ask about nothing: put `N/A`, an empty text and `[MASK]` where the description goes. Whatever the model says then is
# its preference, since there was nothing to diagnose. **Contextual calibration** (Zhao et al. 2021,
# [arXiv:2102.09690](https://arxiv.org/abs/2102.09690)) divides each answer's probability by that preference.
#
# ### Exercise 2: calibrate
#
# *Difficulty 3 of 5 · 15 minutes · 3 points*
#
# An example with two answers. After content-free inputs the model gives them 0.75 and 0.25. For a description it says
# 0.6 and 0.4: less of the first than usual. Divided: 0.6 / 0.75 = 0.8 and 0.4 / 0.25 = 1.6; made to add up to 1:
# 1/3 and 2/3. The second answer wins.
#
# <details><summary>Hint 1</summary>
#
# One softmax for both tables: subtract each row's maximum (`keepdims=True` keeps the shape), `np.exp`, divide by the
# row's sum. Rows are inputs, so it runs along `axis=1`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The preference has one number for each answer: the mean over the content-free rows (`axis=0`) of *probabilities*.
# After the division the rows no longer add up to 1.
#
# </details>

# %% solution="calibrate"
def calibrate(scores, content_free_scores):
    """Divide the model's preference out of its scores.

    scores: NumPy array [n, c], the log-probability (nats) of each of c answers after each of n inputs.
    content_free_scores: NumPy array [m, c], the same after m inputs without content.
    Scores are sums over tokens: the c of a row need not add up to anything, and may all be far below 0 (-2000).
        Within a row they lie less than 700 apart.
    Each row of both tables is first turned into probabilities of the c answers (softmax). The preference for an answer
    is the mean of its m content-free probabilities. The n rows are divided by the preference, then made to add up to 1.
    Returns probabilities, a NumPy array [n, c]. The two tables are left as they are.
    """
    ### BEGIN SOLUTION
    def normalise(table):
        powers = np.exp(table - table.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    preference = normalise(content_free_scores).mean(axis=0)
    divided = normalise(scores) / preference
    return divided / divided.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% test="test_calibrate" points=1
result = call(calibrate, np.log([[0.6, 0.4]]), np.log([[0.75, 0.25]]))
check_that(
    close(result, [[1 / 3, 2 / 3]]), called="calibrate(ln [[0.6, 0.4]], ln [[0.75, 0.25]])", gave=result,
    expected="[[0.333, 0.667]]",
    look_at="Softmax each row (axis=1), divide by the preference (0.8 and 1.6), then make the row add up to 1.",
)
result = call(calibrate, np.log([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]]) - 4.0, np.zeros((1, 3)))
check_that(
    close(result, [[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]]),
    called="calibrate(two rows of three answers, a preference that is the same for all)", gave=result,
    expected="[[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]]: nothing to divide out",
    look_at="Each input is a row: softmax runs along the row (axis=1), and scores that do not add up to 1 are made to.",
)
passed("calibrate")

# %% test="test_calibrate_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
free = np.log([[0.9, 0.1], [0.5, 0.5]])  # mean of the probabilities: 0.7 and 0.3
result = call(calibrate, np.log([[0.7, 0.3]]), free)
check_that(
    close(result, [[0.5, 0.5]]), called="calibrate(ln [[0.7, 0.3]], ln [[0.9, 0.1], [0.5, 0.5]])", gave=result,
    expected="[[0.5, 0.5]], since the preference is (0.9 + 0.5) / 2 = 0.7 and 0.3",
    look_at="Average the content-free probabilities, not their logarithms, and use every content-free row.",
)
scores_before, free_before = np.log([[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.3, 0.3, 0.4]]), np.log([[0.5, 0.3, 0.2]] * 2)
scores_table, free_table = scores_before.copy(), free_before.copy()
wanted = np.array([[1.2, 1.0, 0.5], [0.2, 2 / 3, 3.5], [0.6, 1.0, 2.0]])
wanted = wanted / wanted.sum(axis=1, keepdims=True)
result = call(calibrate, scores_table, free_table)
check_that(
    close(result, wanted), called="calibrate(three rows of three answers, two content-free rows)", gave=result,
    expected="three rows of probabilities, each divided by 0.5, 0.3, 0.2 and made to add up to 1",
    look_at="Along which axis do you normalise? Each row is one input and has to add up to 1, also in a square table.",
)
check_that(
    bool(np.array_equal(scores_table, scores_before) and np.array_equal(free_table, free_before)),
    called="calibrate(scores, content_free_scores)", gave="a changed table", expected="both tables untouched",
    look_at="Work on a copy: -= and /= change the array you were given.",
)
lowered = scores_before - np.array([[2000.0], [0.0], [3000.0]]), free_before - np.array([[0.0], [1500.0]])
result = call(calibrate, *lowered)
check_that(
    close(result, wanted), called="calibrate(the same tables, rows lowered by 0 to 3000 nats)", gave=result,
    expected="the same probabilities as before",
    look_at="exp(-2000) is 0 in a computer: subtract the row's maximum first, in both tables.",
)
passed("calibrate (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# And now for the three ways of asking. `calibrate` takes any table as its second argument, and there is a second idea:
# instead of inputs *without* content take many *real* inputs. Whatever the model says on average over them is a
# preference, too. That is **batch calibration** (Zhou et al. 2024,
# [arXiv:2309.17249](https://arxiv.org/abs/2309.17249)). It needs a batch of inputs, and no labels. Here the batch is
# the dev descriptions themselves: `calibrate(s, s)` looks at dev inputs, never at dev labels. That is no cheating, but
# a system at work does not have tomorrow's inputs, so below we shall take the batch from train.

# %% tags=["demo"]
content_free = [{"description": text} for text in ("N/A", "", "[MASK]")]
free_scores = {name: score(make_prompt, choices, content_free)[0] for name, (make_prompt, choices) in asked.items()}


def hits(scores):
    return [p == t for p, t in zip(pick(scores), truth)]


def favourite(scores):
    counted = pd.Series(pick(scores)).value_counts()
    return f"{counted.index[0]}, {counted.iloc[0]} times"

# %% tags=["demo"]
lines = []
for name in asked:
    s = scores[name][0]
    tables = {"as scored": s, "content-free": calibrate(s, free_scores[name]), "batch": calibrate(s, s)}
    for kind, table in tables.items():
        change = "" if kind == "as scored" else str(scoreboard.paired_difference(hits(s), hits(table)))
        lines.append({"prompt": name, "calibration": kind, "accuracy": str(scoreboard.proportion(hits(table))),
                      "change, paired": change, "named most often": favourite(table)})
pd.DataFrame(lines)

# %% [markdown]
# Two celebrated remedies, one table, n = 80. For each: does its change have an interval that leaves out 0, for any of
# the three ways of asking?
#
# Why might content-free inputs fail here? Look at *what* they call up, beside what real descriptions call up. The
# column `ratio` divides the second by the first.

# %% tags=["demo"]
best, flat = "probably has, everyday words", np.zeros((1, 12))  # a flat table divides nothing out: softmax alone
s = scores[best][0]
preference = {
    "after N/A, empty, [MASK]": calibrate(free_scores[best], flat).mean(axis=0),
    "after the 80 descriptions": calibrate(s, flat).mean(axis=0),  # what the batch divides by
}
tables = {"content-free": calibrate(s, free_scores[best]), "batch": calibrate(s, s), "as scored": s}
counts = {name: [pick(table).count(c) for c in CONDITIONS] for name, table in tables.items()}
both = list(preference.values())
shown = {name: [f"{value:.3%}" for value in values] for name, values in preference.items()}
pd.DataFrame(shown | {"ratio": (both[1] / both[0]).round(1)} | counts, index=CONDITIONS)

# %% tags=["demo"]
figure = Figure(figsize=(11, 5.5), layout="constrained")
left, right = figure.subplots(1, 2, sharey=True)
colours = [scoreboard.PALETTE[i] for i in (2, 3, 0)]
for (name, values), colour, marker in zip(preference.items(), colours, "so"):
    left.plot(values, range(12), marker, color=colour, label=name, markersize=8)
left.set(title="Preference", xlabel="mean probability (logarithmic)", xscale="log", xlim=(1e-9, 2))
for number, (name, values) in enumerate(counts.items()):
    right.barh(np.arange(12) + (number - 1) * 0.27, values, 0.27, label=name, color=colours[number])
right.axvline(80 / 12, color="black", linestyle=":", label="true, on average")
right.set(title="Answers", xlabel="times named, of 80 rows", ylim=(11.5, -0.5))
right.set_yticks(range(12), CONDITIONS)
left.grid(alpha=0.3)
right.grid(axis="x", alpha=0.3)
left.legend(loc="lower left")
right.legend(loc="lower right")
top = {name: f"{CONDITIONS[int(np.argmax(values))]} {max(values):.0%}" for name, values in preference.items()}
most = {name: f"{CONDITIONS[int(np.argmax(values))]} {max(values)} times" for name, values in counts.items()}
scoreboard.show(
    figure,
    alt=f"Two charts over the 12 conditions for the prompt '{best}'. Left, what the model prefers most: {top}. Right, "
        f"what is named most often in 80 rows, where each condition is true 6 or 7 times: {most}.",
)

# %% [markdown]
# Compare the two marks of each condition on the left; a step on the logarithmic scale is a factor. "Nothing" and real
# complaints do not call up the same preferences. Where the ratio is large, content-free calibration takes too little of
# the preference away: which conditions have become the new favourites on the right? Where it is below 1, it takes away
# too much. A small divisor alone does no harm; a wrong one does. The batch measures the preference where it is needed,
# on inputs of the kind we ask about.
#
# On the right, the batch's answers come nearer to the dotted line. That is what it does: it evens the answers out. On a
# balanced set that is a gift. In life colds outnumber cluster headaches by far, and evening that out would be an error
# of its own.
#
# So once more with a batch of descriptions from `train`, drawn at random without a look at their labels. These two are
# what goes on the scoreboard.

# %% tags=["demo"]
batch = random.Random(0).sample(train, 96)
train_scores = score(probably_has, WORDS, batch)[0]
calibrated = {
    "everyday words, content-free": calibrate(s, free_scores[best]),
    "everyday words, batch of train": calibrate(s, train_scores),
}
for name, table in calibrated.items():
    record(name, pick(table), *scores[best][1:])
    compare(best, name)
agree = np.mean(np.array(pick(calibrated["everyday words, batch of train"])) == np.array(pick(calibrate(s, s))))
print(f"With the batch from train and the batch from dev, {agree:.0%} of the 80 answers are the same.")

# %% [markdown]
# How many of the single answers changed with the choice of the batch, and did the accuracy? What is a single answer of
# this system worth?
#
# We have tried several prompts and remedies on the same 80 rows and now look at the best of them. Whoever keeps the
# best of many keeps some luck, too: the true figure is likely lower. `test` stays shut for that reason.

# %% [markdown]
# ## 5 · Looking closer
#
# Accuracy is one number. Two systems with the same accuracy can fail in different ways: one may never say `cystitis`.
#
# For one condition, **precision** is the share of right ones among the rows *named* so, **recall** the share found
# among the rows that *are* so. Their harmonic mean is **F1**. With TP (rightly named), FP (wrongly named) and FN
# (missed) it is 2·TP / (2·TP + FP + FN). **Macro-F1** is the plain mean of F1 over all conditions: the rare one counts
# as much as the frequent one, and the one never named counts as 0.
#
# ### Exercise 3: macro-F1
#
# *Difficulty 3 of 5 · 10 minutes · 3 points*
#
# <details><summary>Hint 1</summary>
#
# Go through `labels`, not through the answers: a label that was never named still counts. For each, count TP, FP and FN
# over the pairs `zip(truth, predicted)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# An unreadable answer (`None`) is no FP of any label, and an FN of the true one: with counts over pairs that happens by
# itself. If TP, FP and FN are all 0, so is the divisor.
#
# </details>

# %% solution="macro_f1"
def macro_f1(truth, predicted, labels):
    """The mean of the labels' F1.

    truth: a list of labels. predicted: a list of the same length; a value may be None, or anything else that is no
        label: that answer is wrong, and its row still counts.
    labels: all labels, each once. Each enters the mean with the same weight, also if it is never true or never named.
    F1 = 2·TP / (2·TP + FP + FN), and 0 where that would divide by 0. Returns a float from 0 to 1.
    Raises ValueError, with a message that says what is wrong, if truth and predicted differ in length.
    """
    ### BEGIN SOLUTION
    if len(truth) != len(predicted):
        raise ValueError(f"{len(predicted)} answers for {len(truth)} rows: the lists must have the same length.")
    pairs, total = list(zip(truth, predicted)), 0.0
    for label in labels:
        right = sum(t == label and p == label for t, p in pairs)
        wrong = sum((t == label) != (p == label) for t, p in pairs)  # FP and FN
        total += 2 * right / (2 * right + wrong) if right else 0.0
    return total / len(labels)
    ### END SOLUTION


# %% test="test_macro_f1" points=1
check_call(
    macro_f1, ["a", "a", "b", "b"], ["a", "b", "b", "b"], ["a", "b"], expected=(2 / 3 + 4 / 5) / 2,
    look_at="F1 is 2/3 for a (TP 1, FP 0, FN 1) and 4/5 for b (TP 2, FP 1, FN 0). Accuracy would be 3/4.",
)
check_call(
    macro_f1, ["a", "b"], ["a", None], ["a", "b"], expected=0.5,
    look_at="b was never named: its F1 is 0, and it still counts as one of two labels.",
)
check_raises(macro_f1, ["a"], ["a", "b"], ["a", "b"], look_at="zip() stops at the shorter list: compare the lengths.")
passed("macro_f1")

# %% test="test_macro_f1_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    macro_f1, ["a"] * 8 + ["b"] * 2, ["a"] * 8 + ["a", "b"], ["a", "b"], expected=(16 / 17 + 2 / 3) / 2,
    look_at="Every label has the same weight in a macro average, however many rows it has.",
)
check_call(
    macro_f1, ["a", "b"], ["a", "b"], ["a", "b", "c"], expected=2 / 3,
    look_at="c is never true and never named: do not divide by 0, its F1 is 0, and the mean is over all three labels.",
)
check_call(
    macro_f1, ["a", "a", "b", "b"], ["a", None, "b", "b"], ["a", "b"], expected=(2 / 3 + 1) / 2,
    look_at="An unreadable answer (None) misses its row: leaving such rows out flatters an unreadable model.",
)
check_call(
    macro_f1, ["a", "a", "a", "a", "b"], ["a", "b", "b", "b", "b"], ["a", "b"], expected=(2 / 5 + 2 / 5) / 2,
    look_at="Take F1 label by label, then the mean. Averaging precision and recall first gives another number.",
)
check_call(
    macro_f1, ["a", "b", "c"], ["a", "a", "z"], ["a", "b", "c"], expected=(2 / 3 + 0 + 0) / 3,
    look_at="z is no label: its row is a miss for c, and z has no F1 of its own.",
)
check_call(
    macro_f1, ["a", "b"], ["b", None], ["a", "b"], expected=0,
    look_at="Nothing is right: the macro-F1 is 0, and no division may fail.",
)
check_raises(
    macro_f1, ["a", "b", "b"], ["a", "b"], ["a", "b"], look_at="zip() stops at the shorter list: compare the lengths.",
)
passed("macro_f1 (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Your function beside scikit-learn's, for every approach so far (scikit-learn wants a word in place of `None`):

# %% tags=["demo"]
from sklearn.metrics import confusion_matrix, f1_score

lines = []
for name, predicted in outcomes.items():
    t = truth[: len(predicted)]
    readable = [p or "unreadable" for p in predicted]
    theirs = f1_score(t, readable, average="macro", labels=list(CONDITIONS), zero_division=0)
    lines.append({"approach": name, "n": len(t), "accuracy": np.mean([p == q for p, q in zip(predicted, t)]),
                  "your macro-F1": macro_f1(t, predicted, list(CONDITIONS)), "scikit-learn": theirs})
pd.DataFrame(lines).round(3)

# %% [markdown]
# Where is macro-F1 clearly below accuracy? That is the mark of a system that lives on a few favourites.
#
# The **confusion matrix** shows who is taken for whom: a row for what is true, a column for what was said. Right
# answers lie on the diagonal. The lines part four groups: head, airways, belly, urinary tract.

# %% tags=["demo"]
def draw_confusion(panels):
    """Confusion matrices side by side: a dictionary of titles and predictions."""
    figure = Figure(figsize=(6 * len(panels), 5.6), layout="constrained")
    described = []
    for axes, (title, predicted) in zip(np.ravel(figure.subplots(1, len(panels), sharey=True)), panels.items()):
        table = confusion_matrix(truth, [p or "unreadable" for p in predicted], labels=list(CONDITIONS))
        axes.imshow(table, cmap="Blues", vmin=0, vmax=7)
        for (row, column), count in np.ndenumerate(table):
            if count:
                axes.text(column, row, count, ha="center", va="center", color="white" if count > 3 else "black")
        for edge in (2.5, 6.5, 9.5):
            axes.axhline(edge, color="grey", linewidth=0.8)
            axes.axvline(edge, color="grey", linewidth=0.8)
        axes.set_xticks(range(12), CONDITIONS, rotation=90)
        axes.set_yticks(range(12), CONDITIONS)
        axes.set(title=title, xlabel="said")
        described.append(f"{title}: {table.trace()} of {len(truth)} on the diagonal, said most: "
                         f"{CONDITIONS[table.sum(axis=0).argmax()]} ({table.sum(axis=0).max()} times)")
    figure.axes[0].set_ylabel("true")
    alt = "Confusion matrices of 12 conditions, true in rows, said in columns. " + "; ".join(described) + "."
    scoreboard.show(figure, alt=alt)


draw_confusion({"as scored": outcomes[best], "batch of train": outcomes["everyday words, batch of train"]})

# %% [markdown]
# Left, columns: the favourites. Right, after calibration: a shadow of a diagonal, and blocks along it? Taking one
# headache for another is a different error from taking a headache for a bladder infection.

# %% [markdown]
# ## 6 · The baseline that is easily forgotten
#
# Is your best share much or little? Guessing is a weak rival. What would a method from the time before language models
# do on the same rows?
#
# - **TF-IDF**: each description becomes a list of word counts, in which words that occur everywhere weigh little. Word
#   order and meaning are gone.
# - **Logistic regression**: learns one weight for each word and condition from labelled rows.
#
# Both from scikit-learn with their defaults. This baseline needs labels to learn from. So it gets few
# and many of them, evenly over the conditions; and since the draw matters, five draws of each size.

# %% tags=["demo"]
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def fit(rows):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    return model.fit([row["description"] for row in rows], [row["condition"] for row in rows])

# %% tags=["demo"]
def draw(per_condition, seed):
    rng = random.Random(seed)
    return [row for c in CONDITIONS for row in rng.sample([r for r in train if r["condition"] == c], per_condition)]

# %% tags=["demo"]
descriptions, spread = [row["description"] for row in dev], {}
for per_condition in (4, 8, 16, None):
    draws = [draw(per_condition, seed) for seed in range(5)] if per_condition else [train]
    answers = []
    for number, rows in enumerate(draws):
        started = time.perf_counter()
        baseline = fit(rows)
        predicted = baseline.predict(descriptions).tolist()
        seconds = (time.perf_counter() - started) / len(dev)
        answers.append([p == t for p, t in zip(predicted, truth)])
        if number == 0:
            record(f"{len(rows)} labelled rows", predicted, 0, seconds, model="TF-IDF + logistic regression")
    spread[len(rows)] = answers  # and baseline, at the end, is the one that learned from all of train
lm_hits = hits(calibrated["everyday words, batch of train"])
pd.DataFrame({
    n: {"draws": len(answers), "accuracy": " ".join(f"{np.mean(answer):.0%}" for answer in answers),
        "better than the model, interval leaves out 0":
            sum(scoreboard.paired_difference(lm_hits, answer).low > 0 for answer in answers)}
    for n, answers in spread.items()
})

# %% tags=["demo"]
found = {r.approach: r.metrics["accuracy"] for r in scoreboard.results(TASK)}
sizes, lm_best = list(spread), found["everyday words, batch of train"]
curve = [found[f"{n} labelled rows"] for n in sizes]
figure = Figure(figsize=(8, 4), layout="constrained")
axes = figure.subplots()
axes.errorbar(sizes, [e.value for e in curve], fmt="o-", capsize=3, color=scoreboard.PALETTE[0],
              yerr=[[e.value - e.low for e in curve], [e.high - e.value for e in curve]],
              label="TF-IDF, first draw with its 95 % interval")
axes.plot([n * 1.04 for n in sizes for _ in spread[n]], [np.mean(answer) for n in sizes for answer in spread[n]], "x",
          color=scoreboard.PALETTE[2], label="TF-IDF, each draw")
axes.axhline(lm_best.value, color=scoreboard.PALETTE[1], label="language model, best of our prompts")
axes.axhspan(lm_best.low, lm_best.high, color=scoreboard.PALETTE[1], alpha=0.2)
axes.axhline(1 / 12, color="black", linestyle=":", label="guessing, 1 in 12")
axes.set(xscale="log", xlabel="labelled training rows (logarithmic)", ylabel="accuracy on 80 dev rows", ylim=(0, 1))
axes.set_xticks(sizes, sizes)
axes.minorticks_off()
axes.legend(loc="upper left")
scoreboard.show(
    figure, alt="Accuracy on dev against the number of labelled rows. TF-IDF with logistic regression: "
                + ", ".join(f"{n} rows {e}" for n, e in zip(sizes, curve))
                + f". The language model, not trained on labels: {lm_best}. Guessing: 8%.",
)

# %% tags=["demo"]
def show_board():
    """The scoreboard's plot with the line of guessing."""
    figure = scoreboard.plot(TASK)
    figure.axes[0].axvline(1 / 12, color="black", linestyle=":")
    scoreboard.show(figure, alt=scoreboard.describe(TASK) + " A dotted line marks guessing, one in twelve.")


for n in sizes:
    compare("everyday words, batch of train", f"{n} labelled rows")
show_board()
scoreboard.table(TASK)

# %% [markdown]
# Say it plainly: with all labelled rows, counting words beats every prompt we gave this language model, by a margin
# whose interval is far from 0, in a fraction of the time. From which number of labels on does the interval leave out 0
# in *every* draw? And the other way round: about how many labelled rows is your best prompt worth?
#
# So a language model of this size is the wrong tool *for this job*, as soon as someone has labelled a couple of hundred
# rows: fixed classes, short texts, telling words. What it has for it: it *learned* from no label. (We used labels all
# the same: the 80 of dev, to pick the best of our prompts.) That is worth something where labels are dear or the
# classes change every week, and only if what it says is better than a guess.
#
# The language model is not out of the race: a later lesson trains it on the same rows.

# %% tags=["demo"]
draw_confusion({"language model, batch of train": outcomes["everyday words, batch of train"],
                "TF-IDF, 400 labelled rows": outcomes["400 labelled rows"]})

# %% [markdown]
# ## 7 · When to keep silent
#
# Nobody forces a system to answer everything. It can **abstain**, and hand the row to a human, when its confidence is
# below a threshold. *Confidence* is here the probability it gives its own answer. Two figures belong together:
#
# - **coverage**: the share of rows that it answers;
# - **accuracy among the answered**.
#
# A promise could be: "Where I speak, I am right in at least 80 % of cases." Which threshold keeps it, and speaks as
# often as possible? (This trade is called *selective classification*; Geifman and El-Yaniv 2017,
# [arXiv:1705.08500](https://arxiv.org/abs/1705.08500).)
#
# ### Exercise 4: the threshold for a promise
#
# *Difficulty 3 of 5 · 12 minutes · 3 points*
#
# An example, promised 60 %:
#
# | confidence | right? | if this is the threshold: answered | accuracy among them |
# |---|---|---|---|
# | 0.9 | yes | 1 of 4 | 100 % |
# | 0.8 | yes | 2 of 4 | 100 % |
# | 0.7 | no | 3 of 4 | 67 % |
# | 0.6 | no | 4 of 4 | 50 % |
#
# 0.7 is the lowest that keeps the promise: `(0.7, 0.75, 0.667)`.
#
# <details><summary>Hint 1</summary>
#
# The accuracy can go down and up again as the threshold falls, so do not stop at the first failure from the top. Try
# the candidates from the lowest upwards, and return the first that keeps the promise.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The candidates are `sorted(set(confidence))`. For each, collect the rows with a confidence of at least that: rows of
# equal confidence then stay together by themselves.
#
# </details>

# %% solution="abstention_threshold"
def abstention_threshold(confidence, correct, promised):
    """The lowest threshold that keeps a promise, hence the one that answers most rows.

    confidence: a list of numbers, one for each row, in any order. correct: a list of True/False, whether the answer
        would be right.
    promised: the accuracy that is promised for the answered rows, more than 0 and at most 1.
    With threshold t the rows of confidence >= t are answered, and no others. The candidates are the confidences that
    occur. Returns (threshold, coverage, accuracy) of the lowest candidate for which the accuracy among the answered
        rows is at least promised; coverage is the share of rows answered. Returns None if no candidate keeps it.
    Raises ValueError, with a message that says what is wrong, if the lists are empty or differ in length, or promised
        is out of range.
    """
    ### BEGIN SOLUTION
    if len(confidence) != len(correct) or len(confidence) == 0:
        raise ValueError(f"Need two lists of the same length, at least 1; got {len(confidence)} and {len(correct)}.")
    if not 0 < promised <= 1:
        raise ValueError(f"promised is {promised}, but must be more than 0 and at most 1.")
    for threshold in sorted(set(confidence)):
        answered = [hit for value, hit in zip(confidence, correct) if value >= threshold]
        accuracy = sum(answered) / len(answered)
        if accuracy >= promised:
            return threshold, len(answered) / len(confidence), accuracy
    return None
    ### END SOLUTION


# %% test="test_abstention_threshold" points=1
check_call(
    abstention_threshold, [0.9, 0.8, 0.7, 0.6], [True, True, False, False], 0.6, expected=(0.7, 0.75, 2 / 3),
    look_at="Answered are the rows with confidence >= 0.7: three of four, and two of these three are right.",
)
check_call(
    abstention_threshold, [0.6, 0.9], [True, False], 0.9, expected=None,
    look_at="From 0.6 on half are right, from 0.9 on none: no threshold keeps the promise, so return None.",
)
check_raises(abstention_threshold, [], [], 0.8, look_at="Of no rows there is no accuracy: raise a ValueError.")
passed("abstention_threshold")

# %% test="test_abstention_threshold_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    abstention_threshold, [0.5, 0.7, 0.9, 0.6, 0.8], [False, True, False, True, True], 0.7, expected=(0.6, 0.8, 0.75),
    look_at="The most confident row is wrong here, and later rows make up for it: do not stop at the first failure.",
)
check_call(
    abstention_threshold, [0.9, 0.7, 0.7, 0.5], [True, True, False, False], 0.8, expected=(0.9, 0.25, 1.0),
    look_at="Two rows have confidence 0.7, one right and one wrong: a threshold answers both or neither.",
)
check_call(
    abstention_threshold, [0.8, 0.6, 0.4, 0.2], [True, False, True, False], 0.5, expected=(0.2, 1.0, 0.5),
    look_at="At least 50 % is promised, and exactly 50 % are right when all are answered: that keeps it.",
)
check_call(
    abstention_threshold, [0.4, 0.3, 0.2, 0.1], [True, True, True, True], 1.0, expected=(0.1, 1.0, 1.0),
    look_at="All right: even the lowest confidence keeps the promise, and everything is answered.",
)
check_call(
    abstention_threshold, [0.9, 0.9, 0.3, 0.3], [True, True, True, False], 0.9, expected=(0.9, 0.5, 1.0),
    look_at="Accuracy is the share of right ones among the answered rows, coverage the share of rows answered.",
)
for promised in (0, 1.2, -0.5):
    check_raises(
        abstention_threshold, [0.5, 0.6], [True, False], promised,
        look_at="promised has to be more than 0 and at most 1: refuse 0, 1.2 and -0.5 with a ValueError.",
    )
check_raises(
    abstention_threshold, [0.5, 0.6], [True], 0.8, look_at="Lists of different length do not belong together.",
)
passed("abstention_threshold (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Where to choose it? Not on dev, where we want to see whether the promise holds. And for the baseline not on the rows
# it learned from, which it has seen. The way out: split train into five parts, and let each part be answered by a model
# that learned from the other four ("out of fold"). For comparison, the wrong way as well.

# %% tags=["demo"]
from sklearn.model_selection import cross_val_predict

train_truth = np.array([row["condition"] for row in train])
order = list(baseline.classes_)  # scikit-learn sorts its classes by name


def confidence_and_hits(probabilities, classes, labels):
    """Lists: the probability of each row's answer, and whether that answer is right."""
    answers = np.array(classes)[probabilities.argmax(axis=1)]
    return probabilities.max(axis=1).tolist(), (answers == np.array(labels)).tolist()

# %% tags=["demo"]
texts = [row["description"] for row in train]
folds = cross_val_predict(fit(train), texts, train_truth, cv=5, method="predict_proba")
chosen_on = {
    "TF-IDF, rows it learned from": confidence_and_hits(baseline.predict_proba(texts), order, train_truth),
    "TF-IDF, out of fold": confidence_and_hits(folds, order, train_truth),
    "language model, 96 train rows": confidence_and_hits(
        calibrate(train_scores, train_scores), CONDITIONS, [row["condition"] for row in batch]
    ),
}

# %% tags=["demo"]
on_dev = {
    "language model, as scored": confidence_and_hits(calibrate(s, flat), CONDITIONS, truth),
    "language model, batch of train":
        confidence_and_hits(calibrated["everyday words, batch of train"], CONDITIONS, truth),
    "TF-IDF, 400 labelled rows": confidence_and_hits(baseline.predict_proba(descriptions), order, truth),
}

# %% tags=["demo"]
def keep_promise(name, promised):
    """Choose a threshold on train, try it on dev, and tell both in a line of a table."""
    choice = abstention_threshold(*chosen_on[name], promised)
    line = {"chosen on": name, "promised": f"{promised:.0%}"}
    if choice is None:
        return line | {"threshold": "none keeps it"}
    confidence, correct = on_dev["TF-IDF, 400 labelled rows" if "TF-IDF" in name else "language model, batch of train"]
    spoken = [hit for value, hit in zip(confidence, correct) if value >= choice[0]]
    return line | {
        "threshold": f"{choice[0]:.3f}", "coverage there": f"{choice[1]:.0%}", "accuracy there": f"{choice[2]:.0%}",
        "coverage on dev": f"{len(spoken)} of {len(correct)}",
        "accuracy on dev": str(scoreboard.proportion(spoken)) if spoken else "never speaks",
    }

# %% tags=["demo"]
lines = [keep_promise("TF-IDF, rows it learned from", 0.8)]
for name in ("TF-IDF, out of fold", "language model, 96 train rows"):
    lines += [keep_promise(name, promised) for promised in (0.5, 0.7, 0.8, 0.9)]
pd.DataFrame(lines).fillna("")

# %% [markdown]
# Read it line by line.
#
# - Chosen on the rows it learned from: compare coverage and accuracy *there* with those on dev. It promised to
#   answer everybody, without an error. (That the 80 % survived is luck: the choice never saw an error.)
# - Chosen out of fold: is each promise kept on dev by the middle of the interval? And by its *low* end? With a few
#   dozen answered rows nobody can be sure of a promise; more rows make the interval narrower.
# - Which promises can the language model not keep at any threshold?
#
# On how many rows does the model's kept promise rest? And does the baseline speak on dev about as often as it did on
# train? If not, a threshold carries over only to rows like those it was chosen on, and we do not know in what dev
# differs.
#
# All thresholds at once: from right to left, the system gets pickier.

# %% tags=["demo"]
figure = Figure(figsize=(8, 4.2), layout="constrained")
axes, described = figure.subplots(), []
for number, (name, (confidence, correct)) in enumerate(on_dev.items()):
    ranked = np.array(correct, dtype=float)[np.argsort(confidence)[::-1]]
    accuracy = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    coverage = np.arange(1, len(ranked) + 1) / len(ranked)
    axes.plot(coverage[7:], accuracy[7:], "-", drawstyle="steps-post", color=scoreboard.PALETTE[number], label=name)
    marks = {f"{share:.0%}": scoreboard.proportion(ranked[: int(share * 80)] == 1) for share in (0.25, 0.5, 1)}
    for share, estimate in zip((0.25, 0.5, 1), marks.values()):
        axes.errorbar([share + 0.006 * number], [estimate.value], fmt="o^s"[number], color=scoreboard.PALETTE[number],
                      yerr=[[estimate.value - estimate.low], [estimate.high - estimate.value]], capsize=3)
    described.append(name + " at coverage " + ", ".join(f"{share}: {estimate}" for share, estimate in marks.items()))
axes.axhline(1 / 12, color="black", linestyle=":", label="guessing, 1 in 12")
axes.axhline(0.8, color="grey", linestyle="--", label="promised 80%")
axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
axes.set(xlabel="coverage: share of 80 dev rows answered", ylabel="accuracy among the answered", ylim=(0, 1.02))
figure.legend(loc="outside lower center", ncols=2)
scoreboard.show(figure, alt="Accuracy among answered rows against coverage on dev. " + "; ".join(described) + ".")

# %% [markdown]
# (The curves begin at eight answered rows: with fewer, one row moves them by a seventh or more.)
#
# A useful confidence makes the curve rise to the left. Does each of the three? A confidence that does not rank its own
# errors gives no threshold anything to work with.
#
# And who is it that the system speaks to? The threshold for 80 %, chosen out of fold, and all emergencies to which it
# spoke, rightly or wrongly:

# %% tags=["demo"]
threshold = abstention_threshold(*chosen_on["TF-IDF, out of fold"], 0.8)[0]
confidence, correct = on_dev["TF-IDF, 400 labelled rows"]
spoken = [value >= threshold for value in confidence]
urgent = [row["urgency"] == "emergency" for row in dev]
for name, wanted in (("emergencies", True), ("others", False)):
    answered = [hit for hit, speaks, is_urgent in zip(correct, spoken, urgent) if speaks and is_urgent == wanted]
    print(f"{name}: speaks to {len(answered)} of {urgent.count(wanted)}, with the right name to {sum(answered)}")
pd.set_option("display.max_colwidth", 400)
pd.DataFrame([
    {"true": row["condition"], "said": said, "confidence": round(value, 2), "description": row["description"]}
    for row, said, value in zip(dev, outcomes["400 labelled rows"], confidence)
    if value >= threshold and row["urgency"] == "emergency"
])

# %% [markdown]
# Compare the two shares: does the system keep silent more often where it is dangerous? And how many of the names were
# right? A right name does not help a person who needs an ambulance now and reads a diagnosis instead. A promise about
# accuracy does not protect them. Who should have read these descriptions first?

# %% [markdown]
# ## 8 · Is the confidence honest?
#
# If a system says "30 %" a hundred times, thirty of these answers should be right. Then its confidence is
# **calibrated**, in the sense of this section: its figures can be taken at their word. (The calibration of section 4
# was about *which* answer; the word is the same.)
#
# **Expected calibration error** (ECE; Guo et al. 2017, [arXiv:1706.04599](https://arxiv.org/abs/1706.04599)): sort the
# rows into bins by confidence; in each bin, compare the share of right answers with the mean confidence; average the
# gaps, each bin weighted by its number of rows.
#
# ### Exercise 5: the expected calibration error
#
# *Difficulty 4 of 5 · 18 minutes · 3 points*
#
# An example with two bins, up to 0.5 and above: confidences 0.25, 0.75, 0.75, 0.75, of which only the last is right.
# First bin: |0 - 0.25| = 0.25, with 1 of 4 rows. Second: |1/3 - 0.75| = 0.417, with 3 of 4 rows. The ECE is
# 0.25 · 1/4 + 0.417 · 3/4 = 0.375.
#
# <details><summary>Hint 1</summary>
#
# A value on an edge belongs to the bin below it: with four bins 0.5 is in bin 1, and `math.ceil(0.5 * 4) - 1` is 1.
# Only 0 needs care: it would land in bin -1, and belongs into bin 0.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Sort the rows into a dictionary of bins; empty bins then never come up. Take the absolute value *inside* each bin:
# otherwise a bin that is too sure hides one that is not sure enough.
#
# </details>

# %% solution="expected_calibration_error"
def expected_calibration_error(confidence, correct, n_bins=10):
    """How far is the confidence from the share of right answers, on average?

    confidence: a list of numbers from 0 to 1. correct: a list of True/False of the same length.
    n_bins: the number of bins of equal width. Bin i = 0, 1, … holds the values above i/n_bins up to and including
        (i+1)/n_bins; the value 0 goes into bin 0.
    Returns a float: the sum over the bins of |share of right answers - mean confidence| in that bin, times the bin's
        share of all rows. Empty bins are skipped.
    Raises ValueError, with a message that says what is wrong, if the lists are empty or differ in length, a confidence
        is below 0 or above 1, or n_bins is less than 1.
    """
    ### BEGIN SOLUTION
    if len(confidence) != len(correct) or len(confidence) == 0:
        raise ValueError(f"{len(confidence)} confidences for {len(correct)} answers: need as many, and at least 1.")
    values, hits = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=float)
    if n_bins < 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("Confidences must lie between 0 and 1, and there must be at least one bin.")
    bins = np.maximum(np.ceil(values * n_bins).astype(int) - 1, 0)
    gaps = [abs((hits[bins == i] - values[bins == i]).sum()) for i in np.unique(bins)]  # already times the bin's rows
    return float(sum(gaps) / len(values))
    ### END SOLUTION


# %% test="test_expected_calibration_error" points=1
check_call(
    expected_calibration_error, [0.25, 0.75, 0.75, 0.75], [False, False, False, True], n_bins=2, expected=0.375,
    look_at="Weigh each bin's gap by its share of the rows: 0.25 with one row of four, 0.417 with three of four.",
)
check_call(
    expected_calibration_error, [0.25, 0.25, 0.75, 0.75], [True, True, False, False], n_bins=2, expected=0.75,
    look_at="Too modest below, too sure above: take the absolute gap in each bin, or the two cancel each other.",
)
check_raises(
    expected_calibration_error, [0.5, 1.5], [True, False], look_at="A confidence above 1 is no probability.",
)
passed("expected_calibration_error")

# %% test="test_expected_calibration_error_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    expected_calibration_error, [0.5, 0.75], [True, True], n_bins=2, expected=(0.5 + 0.25) / 2,
    look_at="Compare with the mean confidence of the rows in the bin, not with the middle of the bin.",
)
check_call(
    expected_calibration_error, [0.5, 0.5, 0.625, 0.625], [True, True, False, False], n_bins=2, expected=0.5625,
    look_at="0.5 lies on the edge of two bins and belongs to the lower one: bins are open below and closed above.",
)
check_call(
    expected_calibration_error, [0.0, 0.125, 0.375, 0.625, 1.0], [True, False, True, False, True], n_bins=4,
    expected=(0.875 + 0.625 + 0.625 + 0) / 5,
    look_at="0 belongs into the first bin (together with 0.125 here), and 1 into the last one.",
)
check_call(
    expected_calibration_error, [0.03, 0.04, 0.05, 0.06, 0.92, 0.93], [True, False, False, False, True, False],
    expected=(0.82 + 0.85) / 6,
    look_at="Ten bins of equal width, eight of them empty: skip these; do not cut the rows into bins of equal size.",
)
check_call(
    expected_calibration_error, [0.5, 0.75, 0.75, 0.75], [False, True, True, False], n_bins=1, expected=0.1875,
    look_at="With one bin it is the difference between accuracy and mean confidence: n_bins has to be used.",
)
for confidence_list, correct_list, n_bins in (
    ([], [], 10), ([0.5], [True, False], 10), ([-0.25], [True], 10), ([0.5], [True], 0),
):
    check_raises(
        expected_calibration_error, confidence_list, correct_list, n_bins=n_bins,
        look_at="Refuse empty lists, lists of different length, confidences outside 0 … 1, and fewer than one bin.",
    )
passed("expected_calibration_error (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# An ECE of 80 rows is never 0, not even for an honest system: few rows in a bin means luck in a bin. So the table
# below says what to hold it against: `honest` draws for each row whether it is right, with exactly the chance that it
# claims, 500 times over, and gives the value below which 95 % of these stay. (The bootstrap interval redraws rows, and
# so adds luck of its own: it leans upwards.)

# %% tags=["demo"]
def reliability(name, confidence, correct, resamples=500):
    rng, c, hit = np.random.default_rng(0), np.array(confidence), np.array(correct)
    drawn = [rng.integers(0, len(c), len(c)) for _ in range(resamples)]
    again = [expected_calibration_error(c[i].tolist(), hit[i].tolist()) for i in drawn]
    honest = [expected_calibration_error(confidence, (rng.random(len(c)) < c).tolist()) for _ in range(resamples)]
    low, high = np.percentile(again, [2.5, 97.5])
    ece = expected_calibration_error(confidence, correct)
    return {"system": name, "n": len(c), "accuracy": str(scoreboard.proportion(correct)),
            "mean confidence": f"{c.mean():.0%}", "ECE": f"{ece:.2f}", "bootstrap 95 %": f"[{low:.2f}, {high:.2f}]",
            "honest, 95 % below": f"{np.percentile(honest, 95):.2f}"}

# %% tags=["demo"]
pd.DataFrame([reliability(name, *values) for name, values in on_dev.items()])

# %% [markdown]
# The **reliability diagram** shows the same: one point for each bin, at the mean confidence and the share of right
# answers, with its interval. On the diagonal confidence is honest; below it the system is too sure, above it too
# modest.

# %% tags=["demo"]
def draw_reliability(systems):
    figure, described = Figure(figsize=(4 * len(systems), 4.2), layout="constrained"), []
    for number, (axes, (name, (confidence, correct))) in enumerate(
        zip(np.ravel(figure.subplots(1, len(systems), sharey=True)), systems.items())
    ):
        c, hit = np.array(confidence), np.array(correct)
        bins, said = np.maximum(np.ceil(c * 10).astype(int) - 1, 0), []
        for i in np.unique(bins):
            x, e, n = c[bins == i].mean(), scoreboard.proportion(hit[bins == i]), int((bins == i).sum())
            axes.errorbar([x], [e.value], yerr=[[e.value - e.low], [e.high - e.value]], fmt="o", capsize=3,
                          color=scoreboard.PALETTE[number], markersize=3 + n ** 0.5)
            said.append(f"{x:.0%} → {e.value:.0%} (n = {n})")
        axes.plot([0, 1], [0, 1], color="grey", linestyle="--")
        axes.set(title=name, xlabel="mean confidence in the bin", xlim=(0, 1), ylim=(-0.02, 1.02))
        described.append(f"{name}: {', '.join(said)}")
    figure.axes[0].set_ylabel("share of right answers")
    alt = "Reliability diagrams, confidence against share of right answers. " + "; ".join(described) + "."
    scoreboard.show(figure, alt=alt)

# %% tags=["demo"]
draw_reliability(on_dev)

# %% [markdown]
# Which system is right most often, and which has the smallest ECE? They need not be the same: one can be good and far
# too modest. And is the smallest ECE one that an honest system would get? Look at that system's points, too: do they
# rise? A confidence that hovers around the average has a small ECE and tells you nothing about which answers to trust.
#
# scikit-learn's logistic regression is *regularised* unless told otherwise ([user
# guide](https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression)): held back from large weights,
# and so from large confidences. For a threshold that hardly matters, since only the order of the confidences counts.
# For someone who reads "15 %" and shrugs it does. Guo et al. mend a dishonest confidence with *one* number, a
# **temperature** T: raise the probabilities to the power 1/T and normalise. Below 1 it sharpens, above 1 it flattens;
# the answers stay the same. T is chosen where the true labels become most likely, on the out-of-fold probabilities of
# train.

# %% tags=["demo"]
def sharpen(probabilities, temperature):
    powers = probabilities ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)

# %% tags=["demo"]
right_column = [order.index(label) for label in train_truth]
temperatures = np.geomspace(0.05, 2, 80)
nats = [-np.log(sharpen(folds, t)[np.arange(len(folds)), right_column]).mean() for t in temperatures]
best_temperature = float(temperatures[int(np.argmin(nats))])
print(f"T = {best_temperature:.2f}: mean of -ln p(true label) out of fold {min(nats):.2f} nats, instead of "
      f"{np.interp(1, temperatures, nats):.2f} with T = 1; {np.log(12):.2f} is guessing, 0 is perfect")

# %% tags=["demo"]
on_dev["TF-IDF, with temperature"] = confidence_and_hits(
    sharpen(baseline.predict_proba(descriptions), best_temperature), order, truth
)
draw_reliability({name: on_dev[name] for name in ("TF-IDF, 400 labelled rows", "TF-IDF, with temperature")})
pd.DataFrame([reliability(name, *values) for name, values in on_dev.items()])

# %% [markdown]
# Compare the last two lines: accuracy, mean confidence, ECE, and what an honest system would get. The temperature was
# never shown a dev row. It repairs figures, not knowledge: with it the baseline is right as often as before.

# %% [markdown]
# ## 9 · In your own words
#
# *15 minutes · 4 points, graded by hand · about 150 words*
#
# A service that people write to before they see a doctor asks you: would you let a system of this lesson *speak*, that
# is, tell a person the name of a condition? One point each for: the method, against the baseline, with figures and
# intervals from your own run; threshold, promise and coverage, and what the low end of the interval means for the
# promise; an error or a count from your run, and who pays for it; what has to come before any threshold, and one limit
# of these data.

# %% [markdown] answer="let_it_speak" points=4
# **Model answer.** Not to patients. The language model is out: its best variant (everyday words, batch calibration) is
# right in 29 % [20 %, 39 %] of 80 rows, and no threshold promised even 70 % on train. TF-IDF with 400 labels reaches
# 60 % [49 %, 70 %], paired +31 % [+20 %, +44 %]. For the promise "80 % where I speak" I chose the threshold 0.125 out
# of fold; on dev it answers 46 of 80 rows and is right in 83 % [69 %, 91 %]. The middle keeps the promise, the low end
# does not, so I could vouch for 69 % at most; and its raw confidence must not be shown (mean 15 %, ECE 0.45). An error
# is paid by the person: it spoke to 13 of 17 emergencies, and called a breathless pneumonia asthma. So red flags are
# looked for first, and go to a human, before any threshold; so does every row below it. At most I would show the name
# to trained staff, after a test on real, unbalanced cases: these rows are invented and no clinician has seen them.
#
# **Rubric** (1 point each): chooses a method against the baseline, with figures and intervals of the own run · names
# threshold, promise, coverage, and whether the interval's low end keeps the promise · says who pays for an error, with
# an example or count from the run · lets red flags go to a human before any threshold, and names a limit of the data
# (invented, balanced, few rows, no clinician).

# %% [markdown]
# ## Quiz
#
# *5 minutes, for yourself*
#
# **1.** A prompt has 3 tokens and the answer 2, so the logits have rows 0 to 4. Which rows give the answer's
# log-probability?
#
# - **A** 3 and 4
# - **B** 2 and 3
# - **C** 0 to 4
# - **D** 1 and 2
#
# <details><summary>Answer</summary>
#
# **B.** The answer stands in places 3 and 4, and row t is about place t + 1. **A** are the rows of the answer's own
# places: one too late, row 4 is about a token that does not exist. **C** counts the prompt in. **D** begins one row too
# early: row 1 is about the prompt's last token.
#
# </details>
#
# **2.** Scored with the mean per token, a model names one long word for nearly everybody. What is the likely reason?
#
# - **A** The mean makes long words less likely
# - **B** The description speaks of that condition
# - **C** The word's later pieces are nearly certain once the first one stands, and lift the mean
#
# <details><summary>Answer</summary>
#
# **C.** Log-probabilities near 0 are added and the divisor grows. **A** is true of the sum, not of the mean. **B**
# cannot be, if the same word comes for nearly every description.
#
# </details>
#
# **3.** What does batch calibration need that contextual calibration does not?
#
# - **A** Labels for the batch
# - **B** A number of real inputs, without labels
# - **C** A model that is trained further
# - **D** The test set
#
# <details><summary>Answer</summary>
#
# **B.** The preference is the mean over real inputs. **A**: it never looks at a label. **C**: only the scores are
# divided, the model stays as it is. **D**: any inputs of the same kind will do; here it was train, so that dev stayed
# clean.
#
# </details>
#
# **4.** Twelve conditions, equally frequent. A system says `asthma` to everybody. What is true?
#
# - **A** Accuracy and macro-F1 are both 1/12
# - **B** Macro-F1 is 0, as eleven conditions are never named
# - **C** Accuracy is 1/12, and macro-F1 is smaller still
#
# <details><summary>Answer</summary>
#
# **C.** The F1 of asthma is 2·1/(2·1 + 11 + 0) = 2/13, that of the eleven others is 0, so the mean is 2/156. **A**
# takes macro-F1 for another word for accuracy. **B** forgets that asthma itself has an F1 above 0, which enters the
# mean.
#
# </details>
#
# **5.** System P is right in 10 % of cases and claims 10 % each time. System Q is right in 60 % and claims 15 %. Which
# sentence is right?
#
# - **A** P has the smaller calibration error, and Q is the more useful one
# - **B** Q has the smaller calibration error, since it is right more often
# - **C** P is the better one, since calibration is what counts
# - **D** With a suitable threshold P can promise 80 %
#
# <details><summary>Answer</summary>
#
# **A.** ECE compares claim and outcome: 0 for P, 0.45 for Q. **B** takes accuracy for calibration. **C**: an honest
# guess is still a guess, while Q's confidence can be mended with a temperature. **D**: P claims the same each time, so
# a threshold answers all or nothing, and 10 % stay 10 %. (So does Q, as described here.)
#
# </details>

# %% [markdown]
# ## Summary
#
# - Scoring the allowed answers makes every answer usable. It does not make them right: a small model has favourites.
# - The sum of log-probabilities is the answer's likelihood; the mean per token only changes whom it favours.
# - Dividing by the preference helps if the preference was measured on the right inputs: with content-free ones we
#   could show no gain on this task, with a batch of real ones we could. Nor could we show a gain from asking the model
#   to think step by step.
# - Show macro-F1 and a confusion matrix beside accuracy, and a classical baseline beside every language model. With
#   enough labels the baseline won here, in a second.
# - A threshold is chosen on rows that the system has not learned from, checked on others, and reported with coverage
#   and interval. Confidence may be dishonest; that can be measured and often mended.
# - None of this may speak to a patient. Red flags go to a human first.
#
# ## What to try next
#
# - Put an example of each condition before the description (from `train`, same wording) and score again on 40 dev rows.
#   It takes a minute. Does it help before calibration, and after it?
# - Choose the threshold more carefully: the lowest one for which the *low* end of `scoreboard.proportion` keeps the
#   promise out of fold. What does that caution cost in coverage?
# - Calibrate with a lopsided batch, say only headaches from `train`. Which answers get too rare, which too frequent?
