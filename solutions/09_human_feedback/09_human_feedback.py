# %% [markdown]
# # 09 · Human feedback
#
# **Time** about 200 minutes, of which the computer works 6; a good place for a break is after section 3 ·
# **Builds on** lessons 05 (checking facts, Wilson's interval) and 07 (fine-tuning) ·
# **Points** 12 automatic, 4 by hand
#
# ## Objectives
#
# When you are through, you can
#
# - rate pairs of replies blind, by a written guideline, and keep every judgement;
# - say how far two raters agree beyond chance, and mend the guideline where they do not;
# - turn ratings into pairs to train on, and leave out those that say nothing;
# - write the loss of direct preference optimisation (DPO), and explain what it pushes where;
# - measure a win rate honestly: ties, interval, and a rater's liking for one place;
# - recognise a model that pleases the measure and no longer the customer.

# %% [markdown]
# ## 1 · When nobody can write the right answer
#
# In lesson 07 the model learned from replies that somebody had *written*. That teaches it to write like these. It does
# not tell it which of its **own** replies are good ones. And a good reply has to be written by somebody. To read two
# replies and say which is better asks less of a person. (You will see below how long it takes you.)
#
# So the idea of this lesson: let the model write two replies, let a person choose, and train it towards the choices.
# Assistants that you may know were made this way, with one step more that today's method saves (Ouyang et al. 2022,
# [arXiv:2203.02155](https://arxiv.org/abs/2203.02155)). The person is called a **rater**. Today that is you. For large
# models it is thousands of people, whose work, pay and taste stand behind every answer.
#
# Three things can go wrong, and each gets its section. The raters may disagree: then what is the model to learn? The
# training may go too far: then it learns what *looks* good to the measure. And the win may be no win: we judge blind,
# and ask how sure we are.
#
# The model is the one of lesson 07: tuned on 240 replies of the shop, with the rule in the prompt. To each of 120 other
# tickets it wrote two replies, by drawing each token at random according to its probabilities (temperature 0.7, top-p
# 0.9, two different seeds). Shop and customers are invented. How the pairs were made and picked stands in
# `course_lib/data/support/DATASHEET.md`.

# %% locked="setup"
import math
import random
import time
import zlib
from collections import Counter

import numpy as np
import pandas as pd
import torch
from IPython.display import HTML
from matplotlib.figure import Figure

from course_lib import scoreboard, stand_ins
from course_lib.checks import call, check_call, check_raises, check_that, in_student_process, passed
from course_lib.data import as_rows, load_preferences, load_support

pairs = load_preferences()
to_rate = [pair for pair in pairs if pair["part"] == "rate"]
more, aside = pairs[len(to_rate):72], pairs[72:]  # aside: not for training


def reply_prompt(pair):
    """What the reply model reads before it writes."""
    return f"Rule: {pair['rule']}\nCustomer: {pair['customer']}\nNorthwind Threads:"


def wilson(share, n):
    """The ends of Wilson's 95 % interval (lesson 05) for a share of n judgements."""
    z = 1.959963984540054
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def show_all(rows):
    """A table in which every text can be read to its end."""
    with pd.option_context("display.max_colwidth", None):
        return HTML(pd.DataFrame(rows).to_html(index=False))


pd.set_option("display.max_colwidth", 100)
print(f"{len(pairs)} pairs: {len(to_rate)} for you to rate, {len(more)} more to train on, {len(aside)} kept aside")
for name in ("customer", "rule", "first", "second"):
    print(f"\n{name.upper()}: {to_rate[0][name]}")

# %% [markdown]
# ## 2 · Be the rater
#
# Raters need a **guideline**: without one, everybody rates something else. Here is a first version. The readers of this
# lesson rated by it, too. It is short, and some of its words leave room. You will find out which, and mend them.
#
# > **Guideline, version 1.** You see a customer's message, the rule (or rules) that a right reply rests on, and two
# > replies. Which one would you rather send? Decide by the first point on which they differ:
# >
# > 1. **True.** A reply that promises what the rule does not allow, or gives a wrong number, price, period or place,
# >    loses. (Something invented that the rule does not cover, such as a step that nobody has taken, counts as
# >    untrue as well.)
# > 2. **Helpful.** It answers what this customer asked, with the part of the rule that they need. A reply that says
# >    less, but nothing false, beats one that says something false (point 1).
# > 3. **Makes sense.** One can follow it; it is about this customer's item and case.
# > 4. **Polite and short.**
# >
# > **Tie** if they do not differ in what matters, or if neither could be sent and neither is clearly less bad.
#
# Be prepared: the model is tiny, and many pairs hold no reply that could be sent. The judgement then says which is less
# bad, if one is. Where a rule refers to another one ("P06 goes before this rule"), you may ignore that: no ticket here
# needs the other.
#
# Read the rule, then the customer, then the replies. Give each pair a minute at most. When you hesitate, note the
# pair's number and what you hesitated about: you will need it in section 9.
#
# The replies are called A and B, and which one stands where was drawn at random. That matters if a rater favours a
# place. Language models that judge do (Zheng et al. 2023, section 3.3,
# [arXiv:2306.05685](https://arxiv.org/abs/2306.05685)), and people may; in section 7 you measure it on yourself.
#
# **With the form:** press a button, or click into the text field once and type `a`, `b` or `t` for each pair. Every
# choice is on disk before the next pair appears, so you can stop at any time and go on another day.
#
# **Without the form:** the same sheet is a CSV file, a table as text. Open the file whose name is printed below in any
# editor or spreadsheet, write `a`, `b` or `t` into the column `choice`, and save it as CSV. Then run the cell again.
# Use one way at a time.

# %% tags=["demo"]
from course_lib.rating import RatingSheet, rating_widget

artifacts = scoreboard.scoreboard_path().parent / "artifacts"
artifacts.mkdir(parents=True, exist_ok=True)
sheet = RatingSheet(to_rate, artifacts / "ratings_09.csv", seed=9)
print(f"{sheet.rated} of {len(to_rate)} pairs are rated. The sheet: {sheet.path}")
rating_widget(sheet)

# %% [markdown]
# When you are done (or have had enough for today), go on here. If you have rated nothing, the lesson still runs: it
# then takes the verdicts of the first reader for yours, and says so.
#
# **Who are the readers?** The first has judged all 120 pairs, the second (the course's author) these 24. Both are
# *language-model agents* (Claude), and no people. Both worked by the guideline above and did not see each other's
# verdicts. Agents of one kind may agree with each other for reasons that you do not share.

# %% tags=["demo"]
mine = [row["winner"] for row in RatingSheet(to_rate, sheet.path, seed=9).ratings()]
rated = sum(winner is not None for winner in mine)
ME = f"you ({rated} of {len(to_rate)})"
if not rated:
    print(f"!!! You have rated 0 of {len(to_rate)}: the cells below stand in the first reader's verdicts "
          "(an agent's) for yours.")
    mine, ME = [pair["reader"] for pair in to_rate], "the first reader (an agent), in your place"
second_reader = [pair["second_reader"] for pair in to_rate]
print("rater:", ME)
pd.DataFrame({name: Counter(winners) for name, winners in (("rater", mine), ("second reader", second_reader))}).T

# %% [markdown]
# ## 3 · Do two raters agree?
#
# Count the pairs on which both say the same, and you have the **agreement**. It flatters. Suppose that both raters roll
# dice and choose the first reply nine times in ten: they agree on 82 % of the pairs (0.9 · 0.9 + 0.1 · 0.1) without
# having read a word.
#
# **Cohen's kappa** takes that part out (Cohen 1960,
# [doi:10.1177/001316446002000104](https://doi.org/10.1177/001316446002000104)). With $p_o$ the observed agreement and
# $p_e$ the agreement that dice with *these two raters'* own shares would reach,
#
# $$\kappa = \frac{p_o - p_e}{1 - p_e}, \qquad p_e = \sum_{\text{label}} q_1(\text{label}) \cdot q_2(\text{label})$$
#
# where $q_1$ is the first rater's share of a label and $q_2$ the second's. 1 is full agreement, 0 is what dice do, and
# below 0 they agree *less* than dice.
#
# ### Exercise 1: Cohen's kappa
#
# *Difficulty 2 of 5 · 15 minutes · 3 points*
#
# An example with 10 pairs. One rater says `first` 6 times and `second` 4 times, the other says each 5 times, and they
# agree on 7 pairs. So $p_o$ is 0.7, $p_e$ is 0.6 · 0.5 + 0.4 · 0.5 = 0.5, and kappa is 0.2 / 0.5 = 0.4.
#
# The check that you see is worth 1 of the 3 points. The other 2 come from hidden tests of the same docstring, so read
# it again after the ✓. It is the same in every exercise.
#
# <details><summary>Hint 1</summary>
#
# First keep the places where both have rated: `both = [(a, b) for a, b in zip(first, second) if …]`. Everything after
# that, the shares too, is counted on `both` alone. `zip` stops at the shorter list without a word, so compare the
# lengths before.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `Counter(a for a, _ in both)` counts one rater's labels. Asked for a label that it does not have, a `Counter` says 0.
#
# </details>

# %% solution="kappa"
def kappa(first, second):
    """How far two raters agree, beyond what chance would bring.

    first, second: their ratings of the same things, in the same order: lists of labels. A label may be any text or
        number, also 0. None, and only None, means that the rater left the thing out: then it does not count, for
        neither rater.
    Returns a dictionary
        "n": on how many things both have a rating;
        "agreement": the share of these on which the two ratings are equal;
        "by_chance": the sum, over all labels, of the first rater's share of the label times the second rater's share,
            both shares taken over the same n things;
        "kappa": (agreement - by_chance) / (1 - by_chance). It may be below 0. It is None if by_chance is 1: both gave
            one and the same label throughout, they could not have disagreed, and kappa is not defined.
    Raises ValueError, with a message that says what is wrong, if the lists differ in length, or if there is nothing
        that both have rated.
    """
    ### BEGIN SOLUTION
    if len(first) != len(second):
        raise ValueError(f"{len(first)} ratings cannot be compared with {len(second)}.")
    both = [(a, b) for a, b in zip(first, second) if a is not None and b is not None]
    if not both:
        raise ValueError("There is nothing that both have rated.")
    n, one, other = len(both), Counter(a for a, _ in both), Counter(b for _, b in both)
    agreement = sum(a == b for a, b in both) / n
    by_chance = sum(one[label] * other[label] for label in one) / n**2
    value = None if by_chance == 1 else (agreement - by_chance) / (1 - by_chance)
    return {"n": n, "agreement": agreement, "by_chance": by_chance, "kappa": value}
    ### END SOLUTION


# %% test="test_kappa" points=1
check_call(
    kappa, ["first"] * 6 + ["second"] * 4, ["first"] * 4 + ["second"] * 2 + ["first"] + ["second"] * 3,
    expected={"n": 10, "agreement": 0.7, "by_chance": 0.5, "kappa": 0.4},
    look_at="The example above: by_chance is 0.6 · 0.5 for 'first' plus 0.4 · 0.5 for 'second'.",
)
check_call(
    kappa, ["first", None, "second", "tie", "first"], ["first", "first", "second", None, "second"],
    expected={"n": 3, "agreement": 2 / 3, "by_chance": 4 / 9, "kappa": 0.4},
    look_at="Leave out the places where either rater has None; three are left, and all shares are taken over these.",
)
check_raises(
    kappa, ["first", "second"], ["first"],
    look_at="Lists of different length are not about the same things: raise a ValueError.",
)
passed("kappa")

# %% test="test_kappa_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    kappa, ["first", "second", "first", "second"], ["second", "first", "second", "first"],
    expected={"n": 4, "agreement": 0.0, "by_chance": 0.5, "kappa": -1.0},
    look_at="Who always says the contrary agrees less than dice: kappa is below 0, and is not cut off there.",
)
check_call(
    kappa, ["first"] * 4, ["first", "first", "second", "second"],
    expected={"n": 4, "agreement": 0.5, "by_chance": 0.5, "kappa": 0.0},
    look_at="Each rater's own shares: 1 · 0.5 for 'first' and 0 · 0.5 for 'second'. "
            "Do not pool the two raters, and a rater who is constant alone is no special case.",
)
check_call(
    kappa, ["tie"] * 5, ["tie"] * 5, expected={"n": 5, "agreement": 1.0, "by_chance": 1.0, "kappa": None},
    look_at="Both gave one label throughout: 0 / 0. Agreement is 1, and kappa is not defined, so None.",
)
check_call(
    kappa, ["first", "first", "first", "second", "tie", "second"],
    ["first", "second", "first", "second", "second", "second"],
    expected={"n": 6, "agreement": 4 / 6, "by_chance": 14 / 36, "kappa": 10 / 22},
    look_at="A label that only one of them uses adds 0 to by_chance. Chance is not 1 / (number of labels), either.",
)
check_call(
    kappa, [None, "first", "second"], [None, "first", "first"],
    expected={"n": 2, "agreement": 0.5, "by_chance": 0.5, "kappa": 0.0},
    look_at="Two missing ratings are no agreement: None is not a label.",
)
check_call(
    kappa, ["first", "first", "second", "second", "first", "first", "first", "first"],
    ["first", "second", "second", "second", None, None, None, None],
    expected={"n": 4, "agreement": 0.75, "by_chance": 0.5, "kappa": 0.5},
    look_at="What the other one left out counts for neither: take both raters' shares over the n things in common.",
)
check_call(
    kappa, [0, 1, 0, 1], [0, 1, 1, 1], expected={"n": 4, "agreement": 0.75, "by_chance": 0.5, "kappa": 0.5},
    look_at="0 is a rating. Only None is missing: ask `is not None`.",
)
for one, other in (([], []), ([None, "first"], ["first", None]), (["first"], ["first", "second"])):
    check_raises(
        kappa, one, other,
        look_at="Refuse lists of different length, and raters who have nothing in common, with a ValueError.",
    )
passed("kappa (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now your agreement with the second reader. 24 pairs are few, so an interval belongs to it: draw 24 pairs out of the
# 24, with replacement, compute kappa, and do so two thousand times. The middle 95 % of these kappas are the interval
# (the bootstrap of lesson 02).

# %% tags=["demo"]
def kappa_interval(first, second, draws=2000):
    """The ends of the bootstrap's 95 % interval of kappa; draws without a defined kappa are left out."""
    both = [(a, b) for a, b in zip(first, second) if a is not None and b is not None]
    generator, values = random.Random(0), []
    for _ in range(draws):
        drawn = generator.choices(both, k=len(both))
        values.append(kappa([a for a, _ in drawn], [b for _, b in drawn])["kappa"])
    return tuple(float(end) for end in np.percentile([v for v in values if v is not None], [2.5, 97.5]))


agreed = kappa(mine, second_reader)
low, high = kappa_interval(mine, second_reader)
print(f"{ME} and the second reader (an agent), n = {agreed['n']}")
print(f"agreement {agreed['agreement']:.0%}, by chance {agreed['by_chance']:.0%}")
print(f"kappa {agreed['kappa']:.2f} [{low:.2f}, {high:.2f}]")

# %% tags=["demo"]
readers = [pair["reader"] for pair in to_rate]
between = kappa(readers, second_reader)
low, high = kappa_interval(readers, second_reader)
print(f"the two readers: agreement {between['agreement']:.0%}, kappa {between['kappa']:.2f} [{low:.2f}, {high:.2f}]")
print(f"\nrows: {ME}; columns: the second reader")
labels = ["first", "second", "tie"]
pd.crosstab(pd.Series(mine), pd.Series(second_reader)).reindex(index=labels, columns=labels, fill_value=0)

# %% [markdown]
# Names for kappas, such as "moderate" for 0.41 to 0.60, were called arbitrary by the very people who proposed them
# (Landis and Koch 1977, [doi:10.2307/2529310](https://doi.org/10.2307/2529310)). Read the table instead. The pairs on
# which both agree lie on its diagonal. Where are the others: does one say `tie` where the other decides, or do they
# decide for *different* replies? The first is a question of how fine you look. The second means that they want
# different things. Here they are, word for word:

# %% tags=["demo"]
apart = [
    {"pair": pair["id"], "customer": pair["customer"], "rule": pair["rule"], "first": pair["first"],
     "second": pair["second"], "rater": one, "second reader": other}
    for pair, one, other in zip(to_rate, mine, second_reader) if one is not None and one != other
]
print(f"{len(apart)} pairs on which the two differ:")
show_all(apart)

# %% [markdown]
# Take each row and ask: *which sentence of the guideline would have decided it?* There are three possible answers, and
# each asks for something else.
#
# - **A sentence was there, and one of you overlooked it.** Read again, and correct the rating (`Back` in the form, or
#   the file).
# - **A sentence was there, and you read it differently.** Both replies are untrue: is a wrong number "clearly less bad"
#   than a step that nobody has taken? (Look at F006 or F016.) Then the guideline needs an example, or a
#   limit.
# - **No sentence speaks of it.** Say, a reply that is true but speaks as if it were the customer. Then the guideline
#   needs a new sentence.
#
# Disagreement is not dirt to be swept away: it shows where "better" was never defined. Averaged away, it comes back
# later, as a model that has learned nobody's wish. Write your version 2 now, in section 9, while you remember; the rest
# can wait there. If you like, take a break here.

# %% [markdown]
# ## 4 · From ratings to pairs
#
# The training wants, for each prompt, a **chosen** and a **rejected** reply. A rating says something else: "the one at
# A". So somebody must know what stood at A. It sounds too simple for a mistake; yet whoever mixes this up trains the
# model towards the *worse* replies, and no error message will ever say so.
#
# And there may be several ratings for one pair: from several raters, or from one rater who saw both orders. (That is a
# good check: someone who says A both times has chosen a place, not a reply.) What counts then? One could take the
# majority. We are stricter: a pair on which not all agree teaches little and may teach the wrong thing, so it goes.
#
# ### Exercise 2: preference pairs
#
# *Difficulty 3 of 5 · 20 minutes · 3 points*
#
# An example. Pair `F1` was rated twice: `A` when the first reply stood at A, and `B` when the second reply stood at A.
# Both times the first reply won, so it is chosen. Pair `F2` was rated `A` in both orders: the two ratings name
# different replies, and the pair is dropped.
#
# <details><summary>Hint 1</summary>
#
# Turn each rating into the winning reply first: at place `A` stood `reply_a`, at place `B` the other one. A tie can be
# a third kind of winner. Then collect a *set* of winners for each pair.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A pair is kept if its set of winners is exactly `{"first"}` or exactly `{"second"}`. Go through `pairs` for that, and
# the order comes out right.
#
# </details>

# %% solution="preference_pairs"
def preference_pairs(ratings, pairs):
    """Turn ratings of replies into rows to train on.

    ratings: a list of dictionaries, in any order, with
        "pair": the id of the pair that was rated;
        "reply_a": which of its replies stood at place A, "first" or "second"; the other one stood at B;
        "place": what the rater chose: "A", "B", "tie", or None (not rated: such a rating counts for nothing).
        A pair may have no rating, one, or several, in one order or in both. Other keys may be there, and do not matter.
    pairs: a list of dictionaries with "id", "customer", "rule", "first" and "second" (the texts of the two replies).
    Returns a list of dictionaries {"prompt", "chosen", "rejected"}, in the order of `pairs`, one for each pair that is
        kept: "prompt" is reply_prompt(pair); "chosen" and "rejected" are a space followed by the text of the reply.
        A pair is kept if it has at least one rating that counts and *all* of these name the same reply. So a tie drops
        it, also beside other ratings, and so do two different winners, whatever the majority. A pair whose two replies
        have the same text is never kept.
    Raises ValueError, with a message that says what is wrong, for a rating of a pair that is not in `pairs`, a "place"
        or a "reply_a" other than those above (also where the place is None).
    """
    ### BEGIN SOLUTION
    winners = {pair["id"]: set() for pair in pairs}
    other = {"first": "second", "second": "first"}
    for rating in ratings:
        if rating["pair"] not in winners or rating["reply_a"] not in other:
            raise ValueError(f"No such pair, or no such reply: {rating['pair']!r}, {rating['reply_a']!r}.")
        at = {"A": rating["reply_a"], "B": other[rating["reply_a"]], "tie": "tie", None: None}
        if rating["place"] not in at:
            raise ValueError(f"A place is 'A', 'B', 'tie' or None, not {rating['place']!r}.")
        if rating["place"] is not None:
            winners[rating["pair"]].add(at[rating["place"]])
    rows = []
    for pair in pairs:
        if len(winners[pair["id"]]) != 1 or "tie" in winners[pair["id"]] or pair["first"] == pair["second"]:
            continue
        (winner,) = winners[pair["id"]]
        rows.append({
            "prompt": reply_prompt(pair), "chosen": " " + pair[winner], "rejected": " " + pair[other[winner]],
        })
    return rows
    ### END SOLUTION


# %% test="test_preference_pairs" points=1
def some_pairs(*names):
    """Made-up pairs with these ids."""
    return [{"id": name, "customer": f"Question {name}?", "rule": f"Rule {name}.", "first": f"one of {name}",
             "second": f"two of {name}"} for name in names]


def rating(pair, reply_a, place):
    """One rating: what stood at A, and what was chosen."""
    return {"pair": pair, "reply_a": reply_a, "place": place}


def training_row(name, chosen, rejected):
    """The row that is expected for a made-up pair."""
    prompt = f"Rule: Rule {name}.\nCustomer: Question {name}?\nNorthwind Threads:"
    return {"prompt": prompt, "chosen": f" {chosen} of {name}", "rejected": f" {rejected} of {name}"}


check_call(
    preference_pairs, [rating("F1", "first", "A"), rating("F2", "second", "A")], some_pairs("F1", "F2"),
    expected=[training_row("F1", "one", "two"), training_row("F2", "two", "one")],
    look_at="A is a place, not a reply: in the second rating the second reply stood at A, and won. "
            "Both completions begin with a space.",
)
check_call(
    preference_pairs,
    [rating("F1", "first", "A"), rating("F2", "first", "A"), rating("F1", "second", "B"), rating("F2", "second", "A")],
    some_pairs("F1", "F2"), expected=[training_row("F1", "one", "two")],
    look_at="F1: the first reply won in both orders, so it is kept, once. "
            "F2: A in both orders names two replies: drop it.",
)
check_call(
    preference_pairs, [rating("F1", "first", "tie")], some_pairs("F1", "F2"), expected=[],
    look_at="A tie chooses nothing, and a pair without a rating was not chosen from: both are dropped.",
)
check_raises(
    preference_pairs, [rating("F9", "first", "A")], some_pairs("F1"),
    look_at="A rating of a pair that is not there is a mistake: raise a ValueError.",
)
passed("preference_pairs")

# %% test="test_preference_pairs_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    preference_pairs, [rating("F1", "first", "B"), rating("F2", "second", "B")], some_pairs("F1", "F2"),
    expected=[training_row("F1", "two", "one"), training_row("F2", "one", "two")],
    look_at="At B stood the other reply than at A: turn B into a reply with reply_a, too.",
)
check_call(
    preference_pairs, [rating("F1", "first", "A"), rating("F1", "second", "tie")], some_pairs("F1"), expected=[],
    look_at="A tie beside a win is a disagreement: the pair is dropped.",
)
check_call(
    preference_pairs, [rating("F1", "second", "tie"), rating("F1", "first", "B")], some_pairs("F1"), expected=[],
    look_at="A tie beside a win is a disagreement, whichever was given first.",
)
check_call(
    preference_pairs,
    [rating("F1", "first", "A"), rating("F1", "second", "B"), rating("F1", "first", "B")],
    some_pairs("F1"), expected=[],
    look_at="Two against one is a conflict: all ratings must name the same reply, a majority is not enough.",
)
check_call(
    preference_pairs, [rating("F1", "first", None), rating("F1", "second", "A"), rating("F2", "first", None)],
    some_pairs("F1", "F2"), expected=[training_row("F1", "two", "one")],
    look_at="None means not rated: it neither chooses nor disagrees. A pair with nothing but None is dropped.",
)
check_call(
    preference_pairs, [rating("F3", "first", "A"), rating("F1", "first", "A"), rating("F3", "first", "A")],
    some_pairs("F1", "F2", "F3"), expected=[training_row("F1", "one", "two"), training_row("F3", "one", "two")],
    look_at="One row for each pair, however many ratings it has, in the order of `pairs`.",
)
same_text = [some_pairs("F1")[0] | {"second": "one of F1"}]
check_call(
    preference_pairs, [rating("F1", "first", "A")], same_text, expected=[],
    look_at="Two replies with the same text cannot be told apart: such a pair is never kept.",
)
check_call(
    preference_pairs, [rating("F1", "first", "A") | {"rater": "me", "seconds": 12}], some_pairs("F1"),
    expected=[training_row("F1", "one", "two")], look_at="Other keys of a rating may be there and do not matter.",
)
check_call(preference_pairs, [], some_pairs("F1"), expected=[], look_at="Without ratings there is nothing to train on.")
for bad in (rating("F9", "first", "A"), rating("F1", "first", "C"), rating("F1", "A", "A"),
            rating("F1", "first", "first"), rating("F9", "first", None)):
    check_raises(
        preference_pairs, [rating("F1", "first", "A"), bad], some_pairs("F1"),
        look_at="Refuse unknown pairs, places and replies with a ValueError: a record in error must not train a model.",
    )
passed("preference_pairs (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now with the real ratings: yours for the 24 pairs (the first reader's for those that you left out), and the first
# reader's for 48 more. (How long would *you* need for 72?)

# %% tags=["demo"]
def as_ratings(rows, winners):
    """Verdicts that name a reply, as ratings of the places where the replies stand on our sheet."""
    found = []
    for pair, winner in zip(rows, winners):
        at_a = "second" if sheet.swapped(pair["id"]) else "first"
        place = {at_a: "A", "tie": "tie", None: None}.get(winner, "B")
        found.append({"pair": pair["id"], "reply_a": at_a, "place": place})
    return found


verdicts = [winner or pair["reader"] for pair, winner in zip(to_rate, mine)] + [pair["reader"] for pair in more]
ratings = as_ratings(to_rate + more, verdicts)
training = preference_pairs(ratings, pairs)
ties = sum(rating["place"] == "tie" for rating in ratings)
print(f"ratings: {len(ratings)}, among them ties: {ties}; pairs to train on: {len(training)}")
training[1]

# %% [markdown]
# Does the chosen reply look better to you than the rejected one? Read a few more: `training[5]`, `training[20]`. (One
# doubtful pair proves nothing; if most look wrong, two replies have changed places.) It is the cheapest test there is,
# and it finds a mistake that no error message will tell you.

# %% [markdown]
# ## 5 · The loss that learns from choices
#
# Lesson 07's loss made a written answer likelier. Here we have two answers, and want the *distance* between them to
# grow. **Direct preference optimisation** does just that (DPO, Rafailov et al. 2023,
# [arXiv:2305.18290](https://arxiv.org/abs/2305.18290)).
#
# It needs two models. The **policy** is the one that is trained. (That is the usual name. It has nothing to do with the
# policy of the shop.) The **reference** is the same model before the training, frozen. For a reply, let log p be the
# logarithm of its probability: the sum over its tokens, in nats, always below 0. Then:
#
# 1. How much likelier has the chosen reply become? `policy_chosen - reference_chosen`, in nats.
# 2. How much likelier has the rejected one become? The same with `rejected`.
# 3. The **margin** is the first minus the second.
#
# The loss of a pair is
#
# $$-\ln \sigma(\beta \cdot \text{margin}), \qquad \sigma(x) = \frac{1}{1 + e^{-x}}$$
#
# The sigmoid function, written as the letter sigma, turns a margin into a probability: that a rater prefers the chosen
# reply, were the margin what raters go by. **Beta**, β, says how closely the model is held to the reference. A
# large β pulls hard at first, but a small margin satisfies it and it lets go; with a small β only a large margin does,
# and the model moves far away. A picture of it, before you write it:

# %%
figure = Figure(figsize=(8, 3.8), layout="constrained")
axes, margins = figure.subplots(), np.linspace(-60, 120, 181)
told = []
for beta, colour, style in ((0.03, scoreboard.PALETTE[0], "-"), (0.1, scoreboard.PALETTE[5], "--"),
                            (0.5, scoreboard.PALETTE[2], ":")):
    axes.plot(margins, np.log1p(np.exp(-beta * margins)), style, color=colour, linewidth=2, label=f"beta {beta}")
    some = {m: math.log1p(math.exp(-beta * m)) for m in (-40, 0, 40, 100)}
    told.append(f"beta {beta}: " + ", ".join(f"{loss:.2f} at {m}" for m, loss in some.items()))
axes.axhline(math.log(2), color="grey", linewidth=0.8)
axes.annotate("start: margin 0, loss ln 2 = 0.69", (0, math.log(2)), xytext=(30, 2.2), arrowprops={"arrowstyle": "->"})
axes.set(xlabel="margin (nats)", ylabel="loss of a pair (nats)", title="The loss of DPO", ylim=(0, 4))
axes.legend()
scoreboard.show(
    figure, alt=f"The loss of a pair falls as its margin grows, from a sloping line to nearly 0. {'; '.join(told)}.")

# %% [markdown]
# All three curves pass through the same point: at the start policy and reference are one model, every margin is 0, and
# the loss is ln 2, whatever β. To the right, where the pair is won, a curve lies flat and hardly pulls any more. To the
# left, where it is lost, it is steep. Compare how far right each curve must go before it lies flat.
#
# ### Exercise 3: the loss of DPO
#
# *Difficulty 3 of 5 · 20 minutes · 3 points*
#
# An example. The policy gives the chosen reply -12.5 and the rejected -14.0 nats; the reference gave -13.0 and -13.5.
# So the chosen reply gained 0.5, the rejected one lost 0.5, and the margin is 1. With β = 0.1 the loss is
# -ln(sigmoid(0.1)) = 0.644: a little below 0.693, where it began.
#
# The four inputs are tensors with a number for each pair. The policy's numbers know how they came about, and gradients
# flow back through them into the model. Through the reference's numbers *nothing* must flow: it is frozen.
#
# <details><summary>Hint 1</summary>
#
# For a tensor, `x.detach()` is the same numbers without their history: no gradient passes. It makes a new tensor and
# leaves `x` as it is.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.log(torch.sigmoid(x))` breaks for x below about -100: sigmoid gives 0, and its logarithm is minus infinity.
# `torch.nn.functional.logsigmoid(x)` computes the same thing in one piece, safely.
#
# </details>

# %% solution="dpo_loss"
def dpo_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """The loss of direct preference optimisation, as a mean over pairs.

    The first four: float tensors of one shape, [pairs], with at least one pair: the log-probability (in nats) of each
        pair's chosen and rejected reply, by the policy and by the reference. They are left as they are.
    beta: a number above 0.
    Returns a tensor with a single number and no dimension (shape ()): the mean over the pairs of
        -log(sigmoid(beta · margin)), where
        margin = (policy_chosen - reference_chosen) - (policy_rejected - reference_rejected).
        Gradients flow back to policy_chosen and policy_rejected, and never to the two of the reference, even if these
        want gradients. Loss and gradients are right and finite for any size of margin, also for ±10000.
    Raises ValueError, with a message that says what is wrong, unless beta is above 0 (nan is not), for tensors that
        differ in shape, and for no pairs at all.
    """
    ### BEGIN SOLUTION
    if not beta > 0:
        raise ValueError(f"beta must be above 0, not {beta}.")
    shapes = {tuple(t.shape) for t in (policy_chosen, policy_rejected, reference_chosen, reference_rejected)}
    if len(shapes) > 1 or policy_chosen.numel() == 0:
        raise ValueError(f"Four tensors of one shape with at least one pair are needed; the shapes are {shapes}.")
    chosen_gained = policy_chosen - reference_chosen.detach()
    rejected_gained = policy_rejected - reference_rejected.detach()
    return -torch.nn.functional.logsigmoid(beta * (chosen_gained - rejected_gained)).mean()
    ### END SOLUTION


# %% test="test_dpo_loss" points=1
@in_student_process
def loss_and_pull(numbers, beta):
    """dpo_loss of four lists of numbers, as a tensor; whether it has a history; each list's gradient and its flag."""
    tensors = [torch.tensor(values, requires_grad=True) for values in numbers]
    loss = dpo_loss(*tensors, beta)
    followed = isinstance(loss, torch.Tensor) and loss.shape == () and loss.requires_grad
    if followed:
        loss.backward()
    pulls = [torch.zeros_like(tensor) if tensor.grad is None else tensor.grad for tensor in tensors]
    return (loss.detach() if isinstance(loss, torch.Tensor) else loss), followed, pulls, [t.requires_grad for t in tensors]


def loss_check(numbers, beta, expected, look_at, tolerance=1e-5):
    """Compare the loss of four lists of numbers with what is expected; returns the gradients and the tensors' flags."""
    called = f"dpo_loss({', '.join(str(values) for values in numbers)}, beta={beta})"
    loss, followed, pulls, flags = call(loss_and_pull, numbers, beta, look_at=look_at)
    single = isinstance(loss, torch.Tensor) and loss.shape == ()
    check_that(
        single, called=called, gave=loss if not isinstance(loss, torch.Tensor) else f"a tensor of shape {loss.shape}",
        expected="a tensor with one number, of shape ()", look_at="Return the mean as a tensor: no item(), no float().",
    )
    close = abs(float(loss) - expected) <= tolerance * max(1, abs(expected))
    check_that(close, called=called, gave=f"{float(loss):.6f}", expected=f"{expected:.6f}", look_at=look_at)
    check_that(
        followed is True, called=called, gave="a loss without a history",
        expected="a loss that can be followed back to the policy's numbers",
        look_at="Detach the reference alone, and do not compute inside torch.no_grad().",
    )
    return pulls, flags


loss_check(
    ([-12.5], [-14.0], [-13.0], [-13.5]), 0.1, 0.6443967,
    "The example above: the margin is (-12.5 + 13.0) - (-14.0 + 13.5) = 1, and the loss -ln(sigmoid(0.1 · 1)).",
)
moved, _ = loss_check(
    ([-20.0, -8.0], [-30.0, -9.5], [-20.0, -8.0], [-30.0, -9.5]), 0.5, math.log(2),
    "At the start policy and reference agree, so every margin is 0 and the mean loss is ln 2, whatever beta is.",
)
check_that(
    bool((moved[0] < 0).all() and (moved[1] > 0).all()), called="dpo_loss(…) at the start, and backward()",
    gave=f"gradients {moved[0].tolist()} for chosen and {moved[1].tolist()} for rejected",
    expected="negative ones for chosen (a step raises it), positive ones for rejected",
    look_at="A step goes against the gradient: the loss must fall when chosen gets likelier.",
)
check_raises(
    dpo_loss, *[torch.tensor([-1.0])] * 4, 0, look_at="With a beta of 0 nothing is preferred to anything: refuse it.",
)
passed("dpo_loss")

# %% test="test_dpo_loss_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
# Expected figures: DPOTrainer.dpo_loss (loss_type "sigmoid") of TRL 0.11.4, https://github.com/huggingface/trl
four_pairs = ([-12.5, -30.0, -8.25, -20.0], [-14.0, -25.0, -8.25, -22.5],
              [-13.0, -28.0, -9.0, -20.0], [-13.5, -27.0, -7.5, -22.5])
for beta, expected in ((0.1, 0.7178790352), (0.3, 0.8010084596), (1.0, 1.3064930185)):
    pulls, flags = loss_check(
        four_pairs, beta, expected,
        "Four pairs, as TRL computes them: the mean (not the sum) over the pairs of -log(sigmoid(beta · margin)), "
        "with beta inside the sigmoid.",
    )
reached = [name for name, pull in zip(("reference_chosen", "reference_rejected"), pulls[2:])
           if bool((pull != 0).any())]
check_that(
    not reached, called="dpo_loss(…), and backward()", gave=f"a gradient in {' and '.join(reached)}",
    expected="no gradient in the reference's numbers",
    look_at="The reference is frozen: use detach() on both of its tensors.",
)
check_that(
    flags == [True] * 4, called="dpo_loss(…)",
    gave="inputs that do not want gradients any more",
    expected="the four tensors left as they are",
    look_at="detach() makes a new tensor; detach_() and requires_grad_() change the caller's.",
)
(chosen, rejected, _, _), _ = loss_check(four_pairs, 0.1, 0.7178790352, "Mean over pairs of -log(sigmoid(beta · margin)).")
pull = torch.tensor([0.01187552, 0.01496719, 0.01156425, 0.0125])
check_that(
    torch.allclose(chosen, -pull, atol=1e-6) and torch.allclose(rejected, pull, atol=1e-6),
    called="dpo_loss(four pairs, beta=0.1), and backward()",
    gave=f"gradients {chosen.tolist()} for chosen and {rejected.tolist()} for rejected",
    expected=f"minus and plus {[round(value, 5) for value in pull.tolist()]}",
    look_at="Both sides of every pair are pulled, by beta · sigmoid(-beta · margin) / pairs: "
            "detach nothing of the policy.",
)
far, _ = loss_check(
    ([-10000.0], [0.0], [0.0], [0.0]), 1.0, 10000.0,
    "A margin of -10000 costs 10000 nats, not infinity: sigmoid first and log afterwards is 0 and then minus infinity. "
    "Use logsigmoid.",
)
check_that(
    bool(torch.isfinite(far[0]).all()) and abs(float(far[0][0]) + 1) < 1e-5,
    called="dpo_loss(…) at a margin of -10000, and backward()", gave=f"a gradient of {far[0].tolist()}",
    expected="-1 for chosen: the further behind, the fuller the pull",
    look_at="Do not clip the margin or the probability: a clipped pair has no gradient. Use logsigmoid.",
)
loss_check(
    ([0.0], [-10000.0], [0.0], [0.0]), 1.0, 0.0,
    "A pair that is won by far costs nothing: 0, and not nan. Use logsigmoid.",
)
ones = torch.ones(3)
for four, beta in (([ones] * 4, -0.1), ([ones] * 4, float("nan")), ([ones, ones, ones[:1], ones], 0.1),
                      ([ones, ones[:, None], ones, ones[:, None]], 0.1), ([ones[:0]] * 4, 0.1)):
    check_raises(
        dpo_loss, *four, beta,
        look_at="Refuse a beta that is not above 0, tensors of different shape (PyTorch would stretch them without a "
                "word), and no pairs.",
    )
passed("dpo_loss (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Your loss at work, on the stand-in of lesson 07 (a tiny model of random weights, so nothing real is learned). One
# pair, two replies of four tokens each, two dozen steps. Besides the loss, watch the two log-probabilities
# *themselves*.

# %% tags=["demo"]
def log_probability(model, prompt, reply):
    """The log-probability of a reply's tokens after the prompt's, in nats, with its history."""
    logits = model(input_ids=torch.tensor([prompt + reply])).logits[0].log_softmax(dim=-1)
    return sum(logits[len(prompt) + place - 1, token] for place, token in enumerate(reply))


def follow(beta, steps=24, rate=0.01):
    """Train a stand-in on one pair with your loss. A row for each step: loss, and log p of both replies."""
    policy = stand_ins.tiny_llama()  # the reference is the same model: its numbers are those of the first step
    prompt, replies = [5, 6, 7, 8], ([9, 10, 11, 2], [9, 10, 12, 2])
    optimizer, rows, reference = torch.optim.SGD(policy.parameters(), lr=rate), [], None
    for step in range(steps):
        now = [log_probability(policy, prompt, reply)[None] for reply in replies]
        reference = [number.detach() for number in now] if step == 0 else reference
        loss = dpo_loss(*now, *reference, beta)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rows.append([loss.item(), now[0].item(), now[1].item()])
    return pd.DataFrame(rows, columns=["loss", "log p chosen", "log p rejected"])


followed = follow(beta=0.1)
followed.iloc[[0, 1, 3, 8, 15, 23]].round(2)

# %% [markdown]
# The loss begins at 0.69 and falls. But look at what it rewards: the distance. Does the chosen reply get likelier here,
# or does the rejected one merely get less likely faster? The loss cannot tell the two apart, and in real trainings the
# chosen reply often becomes *less* likely, too (Razin et al. 2024,
# [arXiv:2410.08847](https://arxiv.org/abs/2410.08847)). What the model says instead, nobody has rated. Keep that in
# mind for section 8.

# %% [markdown]
# ## 6 · Run it
#
# Now the real model. The start is the reply model that wrote the pairs. (Its adapter comes with the course and is
# folded into the weights, as in lesson 07. So a new one can be trained on top.) The trainer does, batch by batch, what
# you have written. With the library's settings it reads the pairs twice. The figure shows the loss, in nats for each
# pair. It takes one to five minutes, as fast as your computer is; the second time the result comes from disk.

# %% tags=["demo"]
from course_lib.dpo import DPO_CONFIG, dpo
from course_lib.experiments import copied_share, preference_dev, recorded, reply_model, reply_rows
from course_lib.faithfulness import check_reply
from course_lib.models import default_model
from course_lib.prompting import complete
from course_lib.scoring import score_choices

BETA = 0.1
before = reply_model(default_model())
tuned = dpo(before, training, DPO_CONFIG, beta=BETA)
after = tuned.lm
print(f"{len(training)} pairs, {len(tuned.steps)} steps, {tuned.seconds:.0f} s of training")
print(f"loss of the first step: {tuned.steps[0]['loss']:.3f}")
for row in tuned.epochs:
    print(f"mean of reading {row['epoch']}: {row['train_loss']:.3f}")

# %% [markdown]
# Does the loss begin at ln 2 = 0.693? It must, in every DPO that you will ever run. If it does not, the reference is
# not the model that you started from.
#
# Now with *your* loss, on 12 pairs that were trained on and 12 of those kept aside. What the model prefers on the
# latter shows whether it learned a taste, or only these pairs. The log-probabilities come from `score_choices`
# (lesson 04), once from the policy and once from the reference. For how many pairs is the margin above 0? And where
# does it come from: did the chosen replies gain, or did the rejected ones lose?

# %% tags=["demo"]
def log_probabilities(rows, model):
    """Two tensors [pairs]: log p of the chosen and of the rejected reply of each row."""
    scores = [score_choices([row["prompt"]], [row["chosen"], row["rejected"]], lm=model, progress=False)[0]
              for row in rows]
    return torch.stack(scores).T


unseen = preference_pairs(as_ratings(aside, [pair["reader"] for pair in aside]), aside)
lines = {}
for name, rows in (("trained on", training[:12]), ("kept aside", unseen[:12])):
    policy, reference = log_probabilities(rows, after), log_probabilities(rows, before)
    gained = policy - reference
    lines[name] = {
        "pairs": len(rows), "loss at the start": float(dpo_loss(*reference, *reference, BETA)),
        "loss now": float(dpo_loss(*policy, *reference, BETA)), "margin above 0": int((gained[0] > gained[1]).sum()),
        "chosen gained (nats)": float(gained[0].mean()), "rejected gained (nats)": float(gained[1].mean()),
    }
pd.DataFrame(lines).round(2)

# %% [markdown]
# Compare the two columns. If the margin were above 0 for nearly all pairs of the first and for about half of the
# second, the model would have learned pairs and no taste. Twelve are few: `wilson(9 / 12, 12)` goes from 47 % to 91 %,
# and holds one half; from 10 of 12 on it does not. And look at the last two lines: a reply that gained -5 nats is now
# 148 times *less* likely than before. Is that so for the rejected ones alone?
#
# ## 7 · Before and after
#
# Does all this make better *replies*? Forty dev tickets, five of each topic, the same prompts for both models. Each
# time the likeliest token is taken (no dice). The quick measure is that of lesson 07, words of the policy. **Fact**:
# the reply has the words of a needed rule. **Contradiction**: it has words that speak against one. **Faithful**: the
# first and not the second. The measure does not read. With it come two things that nobody asked for in the training:
# the length of the reply, and how much of it is **copied**, the share of its runs of three words that stand in the rule
# as well.
#
# A third line is a ruler for the ruler: a "model" that answers every customer with the rule, word for word.

# %% tags=["demo"]
tickets = preference_dev()
asked = [row["prompt"] for row in reply_rows(tickets, with_rule=True)]
rules = [prompt.partition("\n")[0].removeprefix("Rule: ") for prompt in asked]


def answers_of(model):
    """Each ticket's reply, and tokens and seconds for one reply."""
    started = time.perf_counter()
    done = complete(asked, lm=model, max_new_tokens=60, stop=["\n"], progress=False)
    tokens = float(np.mean([reply.prompt_tokens + reply.new_tokens for reply in done]))
    return [reply.text.strip() for reply in done], tokens, (time.perf_counter() - started) / len(done)


OLD, NEW, PARROT = "before", "after, by the ratings", "no model: the rule itself"
complete(asked[:4], lm=before, max_new_tokens=4, progress=False)  # to warm up: the first call is slower
answers = {OLD: answers_of(before), NEW: answers_of(after), PARROT: (rules, 0.0, 0.0)}

# %% tags=["demo"]
REPLY, faithful = "reply to a dev ticket, rule in the prompt", {}


def note(approach, model, texts, tokens=0.0, seconds=0.0):
    """Check replies to the 40 tickets, put the shares on the scoreboard, and print a line."""
    checks = [check_reply(text, row["policy_ids"]) for text, row in zip(texts, tickets)]
    faithful[approach] = [check.faithful for check in checks]
    measures = {"fact": [check.fact for check in checks],
                "no contradiction": [not check.contradiction for check in checks], "faithful": faithful[approach]}
    measures = {name: scoreboard.proportion(hits) for name, hits in measures.items()}
    scoreboard.add_result(scoreboard.Result(
        lesson="09_human_feedback", task=REPLY, approach=approach, model=model, n=len(tickets), metrics=measures,
        tokens=tokens, seconds=seconds,
    ))
    long = np.mean([len(text.split()) for text in texts])
    share = np.mean([copied_share(text, rule) for text, rule in zip(texts, rules)])
    print(f"{approach:32} faithful {measures['faithful']!s:16} {long:3.0f} words, copied {share:.0%}")


for name, model in ((OLD, before.name), (NEW, after.name), (PARROT, "no LM")):
    note(name, model, *answers[name])
print("before → after, faithful:", scoreboard.paired_difference(faithful[OLD], faithful[NEW]))

# %% [markdown]
# Look at the last line first: does the interval leave out 0? Then look at length and copying. If they moved too, that
# may be how the checker was won over. And compare with the third line: a thing that reads no question at all. How much
# of its score is left to beat? A measure that a parrot wins is a good brake and a bad steering wheel.
#
# ### What the checker cannot see
#
# There are 120 pairs that a reader has judged. Let the checker judge them as well: of the two replies, the one that it
# calls faithful wins; both or neither is a tie. Your `kappa` says how far the two agree.

# %% tags=["demo"]
needed = {row["id"]: row["policy_ids"] for row in as_rows(load_support()["train"])}


def by_checker(pair):
    """The checker's verdict on a pair."""
    first, second = (check_reply(pair[side], needed[pair["ticket"]]).faithful for side in ("first", "second"))
    return "tie" if first == second else "first" if first else "second"


checker, reader = [by_checker(pair) for pair in pairs], [pair["reader"] for pair in pairs]
low, high = kappa_interval(checker, reader)
print(f"n = {len(pairs)}, kappa {kappa(checker, reader)['kappa']:.2f} [{low:.2f}, {high:.2f}]")
pd.crosstab(pd.Series(checker, name="checker"), pd.Series(reader, name="first reader"))

# %% tags=["demo"]
opposite = [pair for pair, one, other in zip(pairs, checker, reader) if {one, other} == {"first", "second"}]
print(f"{len(opposite)} pairs on which the checker chooses one reply and the reader the other; six of them:")
show_all([{"pair": pair["id"], "customer": pair["customer"], "rule": pair["rule"],
           "checker's choice": pair[by_checker(pair)], "reader's choice": pair[pair["reader"]]} for pair in opposite[:6]])

# %% [markdown]
# A checker by words makes two errors. It says *faithful* where the words stand in nonsense, or in a sentence that says
# the contrary. And it says *not faithful* where a reply is right in words of its own. Look for both in the table (F023
# shows the two at once). But where does most of the disagreement sit: in opposite choices, or where the checker sees no
# difference and the reader does? Then ask which of its errors a training by the checker would reward.
#
# ### Judge blind
#
# Whether a *customer* is served, only a reader can say. So you become the rater again: 12 tickets, the reply before and
# the reply after, without knowing which is which. They are the first 12 whose two replies differ. (Chosen by that rule,
# and not by their looks.) Form and file work as in section 2.

# %% tags=["demo"]
blind = [{"id": row["id"], "customer": row["message"], "rule": rule, "first": old, "second": new}
         for row, rule, old, new in zip(tickets, rules, answers[OLD][0], answers[NEW][0]) if old != new]
print(f"{len(blind)} of {len(tickets)} replies changed; you judge {len(blind[:12])} of them.")
blind = blind[:12]
mark = f"{zlib.crc32(str(blind).encode()):08x}"  # other replies get another sheet: no old choice slips onto a new text
blind_sheet = RatingSheet(blind, artifacts / f"ratings_09_blind_{mark}.csv", seed=10)
print(f"{blind_sheet.rated} are judged. The sheet: {blind_sheet.path}")
rating_widget(blind_sheet)

# %% [markdown]
# Two questions belong to such judgements. How often does the new reply win, and how sure is that? And: did the rater
# judge replies, or places?
#
# ### Exercise 4: the win rate
#
# *Difficulty 2 of 5 · 15 minutes · 3 points*
#
# An example. Ten judgements: the new reply won 6 times, the old one twice, and two were ties. A tie is half a win for
# each side. The win rate is (6 + 2 / 2) / 10 = 0.7, and Wilson's interval for it, `wilson(0.7, 10)`, goes from 0.40 to
# 0.89. It holds 0.5, so these ten do not show that the new one is better. (With halves, Wilson's interval is a little
# too wide. That is the honest side to err on.)
#
# Now the rater. Suppose that of the 8 choices that were no ties, 7 fell on the reply at A. As the places were drawn by
# lot, a rater without a liking for A would do so half of the time. `wilson(7 / 8, 8)` goes from 0.53 to 0.98: it leaves
# out one half, so this rater has a **position bias**.
#
# <details><summary>Hint 1</summary>
#
# Give each judgement 1, 0.5 or 0 points for the new reply; the share is their mean.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A choice fell on A if the new reply won and stood at A, or the old one won and the new one stood at B:
# `(winner == "new") == (new_at == "A")`.
#
# </details>

# %% solution="win_rate"
def win_rate(judgements):
    """How often the new reply wins, and whether the rater favours a place.

    judgements: a list of dictionaries with
        "winner": "new", "old", "tie", or None (not judged: left out everywhere);
        "new_at": the place at which the new reply stood, "A" or "B"; the old one stood at the other.
    Returns a dictionary
        "n": how many were judged, ties among them;
        "share": (wins of the new reply + half of the ties) / n;
        "low", "high": the ends of the interval wilson(share, n);
        "decided": how many of the n are no ties;
        "share_at_a": the share of the decided ones in which the reply at A was chosen, None if none is decided;
        "position_bias": True if the interval wilson(share_at_a, decided) leaves out 0.5, on either side; otherwise, and
            if none is decided, False.
    Raises ValueError, with a message that says what is wrong, for a "winner" or a "new_at" other than those above
        (also where it would not matter), and if nothing was judged.
    """
    ### BEGIN SOLUTION
    points = {"new": 1.0, "tie": 0.5, "old": 0.0}
    for row in judgements:
        if row["winner"] not in (*points, None) or row["new_at"] not in ("A", "B"):
            raise ValueError(f"Not a judgement: winner {row['winner']!r}, new_at {row['new_at']!r}.")
    judged = [row for row in judgements if row["winner"] is not None]
    if not judged:
        raise ValueError("Nothing was judged, so there is no win rate.")
    share = sum(points[row["winner"]] for row in judged) / len(judged)
    low, high = wilson(share, len(judged))
    at_a = [(row["winner"] == "new") == (row["new_at"] == "A") for row in judged if row["winner"] != "tie"]
    share_at_a, biased = None, False
    if at_a:
        share_at_a = sum(at_a) / len(at_a)
        a_low, a_high = wilson(share_at_a, len(at_a))
        biased = not a_low <= 0.5 <= a_high
    return {"n": len(judged), "share": share, "low": low, "high": high, "decided": len(at_a),
            "share_at_a": share_at_a, "position_bias": biased}
    ### END SOLUTION


# %% test="test_win_rate" points=1
def judged(new_a=0, new_b=0, old_a=0, old_b=0, ties=0, left_out=0):
    """Judgements. new_a: so often the new reply won while it stood at A; old_a: the old one won, standing at A; …"""
    kinds = ((new_a, "new", "A"), (new_b, "new", "B"), (old_a, "old", "B"), (old_b, "old", "A"), (ties, "tie", "A"),
             (left_out, None, "B"))
    return [{"winner": winner, "new_at": place} for times, winner, place in kinds for _ in range(times)]


check_call(
    win_rate, judged(new_a=3, new_b=3, old_a=1, old_b=1, ties=2), tolerance=1e-6,
    expected={"n": 10, "share": 0.7, "low": 0.3967781, "high": 0.8922087, "decided": 8, "share_at_a": 0.5,
              "position_bias": False},
    look_at="6 wins and 2 ties of 10: (6 + 1) / 10, and wilson(0.7, 10). Of the 8 decided ones 4 fell on A.",
)
check_call(
    win_rate, judged(new_a=6, old_a=1, new_b=1, ties=2), tolerance=1e-6,
    expected={"n": 10, "share": 0.8, "low": 0.4901625, "high": 0.9433178, "decided": 8, "share_at_a": 0.875,
              "position_bias": True},
    look_at="A was chosen when the new reply won at A (6), and when the old one won with the new one at B (1): 7 of 8.",
)
check_raises(win_rate, [], look_at="Without a judgement there is no win rate: raise a ValueError.")
passed("win_rate")

# %% test="test_win_rate_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    win_rate, judged(new_a=2, new_b=2, old_a=2, old_b=2, ties=8), tolerance=1e-6,
    expected={"n": 16, "share": 0.5, "low": 0.2799956, "high": 0.7200044, "decided": 8, "share_at_a": 0.5,
              "position_bias": False},
    look_at="Ties count half and belong to n: 16 judgements, not 8.",
)
check_call(
    win_rate, judged(new_b=7, old_b=1), tolerance=1e-6,
    expected={"n": 8, "share": 0.875, "low": 0.5291118, "high": 0.9775826, "decided": 8, "share_at_a": 0.0,
              "position_bias": True},
    look_at="A liking for B is a position bias, too: the interval leaves out 0.5 from below.",
)
check_call(
    win_rate, judged(ties=4), tolerance=1e-6,
    expected={"n": 4, "share": 0.5, "low": 0.1500390, "high": 0.8499610, "decided": 0, "share_at_a": None,
              "position_bias": False},
    look_at="Nothing but ties: the win rate is one half, and there is no choice that could fall on A (None, False).",
)
check_call(
    win_rate, judged(new_a=2, new_b=2, left_out=6), tolerance=1e-6,
    expected={"n": 4, "share": 1.0, "low": 0.5101092, "high": 1.0, "decided": 4, "share_at_a": 0.5,
              "position_bias": False},
    look_at="What was not judged (None) is no tie and no loss: leave it out of n, of the ties and of the places. "
            "All wins are still no certainty: use wilson.",
)
check_call(
    win_rate, judged(new_a=5, old_a=5, ties=30), tolerance=1e-6,
    expected={"n": 40, "share": 0.5, "low": 0.3519953, "high": 0.6480047, "decided": 10, "share_at_a": 1.0,
              "position_bias": True},
    look_at="Ties say nothing about places: all 10 decided ones fell on A, out of 10 and not of 40.",
)
check_call(
    win_rate, judged(new_a=9, old_b=5), tolerance=1e-6,
    expected={"n": 14, "share": 0.6428571, "low": 0.3876442, "high": 0.8365527, "decided": 14,
              "share_at_a": 0.6428571, "position_bias": False},
    look_at="9 of 14 on A is more than half and may be luck: it is a bias only if the interval leaves out 0.5.",
)
for bad in ({"winner": "A", "new_at": "A"}, {"winner": "new", "new_at": "old"}, {"winner": "tie", "new_at": None},
            {"winner": None, "new_at": "C"}):
    check_raises(
        win_rate, [*judged(new_a=1), bad],
        look_at="A winner is 'new', 'old', 'tie' or None, a place 'A' or 'B': refuse all others with a ValueError.",
    )
check_raises(
    win_rate, judged(left_out=3), look_at="If nobody has judged anything, there is no win rate: raise a ValueError.",
)
passed("win_rate (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# First a test of the ruler. The two replies of each of the 24 pairs came from *one* model, with different dice. Call
# the second one "new": its win rate has no reason to be anything but one half. Where a comparison of a thing with
# itself shows a difference, the comparison is broken.

# %% tags=["demo"]
def as_judgements(rows, winners, drawn):
    """Winners "first" and "second" as "old" and "new", with the place where the new reply stood on that sheet."""
    names = {"first": "old", "second": "new"}
    return [{"winner": names.get(winner, winner), "new_at": "A" if drawn.swapped(row["id"]) else "B"}
            for row, winner in zip(rows, winners)]


print(f"One model against itself, judged by {ME}:")
win_rate(as_judgements(to_rate, mine, sheet))

# %% [markdown]
# (Were these the first reader's verdicts, and not yours? Then the share at A means nothing: that reader saw another
# order.) Now before against after. If you have judged nothing yet, the checker stands in for you: the reply that it
# calls faithful wins, and if it calls both so, or neither, it is a tie. It never reads, and it never looks at a place.

# %% tags=["demo"]
winners = [row["winner"] for row in RatingSheet(blind, blind_sheet.path, seed=10).ratings()]
judge = f"you, blind ({sum(winner is not None for winner in winners)} of {len(blind)})"
if not any(winners):
    print(f"!!! You have judged 0 of {len(blind)}: the checker's verdicts stand in for yours.")
    judge, place = "the checker, in your place", {row["id"]: i for i, row in enumerate(tickets)}
    winners = [{0: "tie", 1: "second", -1: "first"}[faithful[NEW][i] - faithful[OLD][i]]
               for i in (place[row["id"]] for row in blind)]
won = win_rate(as_judgements(blind, winners, blind_sheet))
scoreboard.add_result(scoreboard.Result(
    lesson="09_human_feedback", task="new reply against old, same ticket", approach=judge, model=after.name, n=won["n"],
    metrics={"win rate": scoreboard.Estimate(won["share"], won["low"], won["high"])}, tokens=0.0, seconds=0.0,
))
print(f"judged by {judge}: {Counter({'first': 'old', 'second': 'new'}.get(winner, winner) for winner in winners)}")
won

# %% [markdown]
# Does the interval leave out one half? With 12 judgements, and no ties, one side would have to win 10 to get there.
# What does that tell you about the number of judgements that a real comparison needs?
#
# Now you may see who wrote what. All 12, with the old reply, the new one, and the verdict:

# %% tags=["demo"]
show_all([{"customer": row["customer"], "rule": row["rule"], "old": row["first"], "new": row["second"],
           "winner": {"first": "old", "second": "new"}.get(winner, winner)} for row, winner in zip(blind, winners)])

# %% [markdown]
# Read them as a customer would. Which of the new replies are better because they say what the rule says? Which are just
# *nearer to the rule's wording*, and no nearer to the question? (If the table has the backpack for Norway: what does
# its new reply say, what does the rule say, and what did the checker think of it?) And would you send any of them
# unread? This model is tiny, and ratings cannot teach it what it cannot do: they choose among the things that it
# already says.
#
# A third opinion: an agent (Claude) was shown the recorded replies from before and after, for 24 tickets on which they
# differ, without knowing which was which. "Recorded" means that the training followed the first reader's verdicts. If
# you have rated nothing, that is the training which you have just seen.

# %% tags=["demo"]
from course_lib.data import load_blind_ratings

names = {"before": "old", "after": "new", "tie": "tie"}
across = {"A": "B", "B": "A"}
read_blind = [
    {"winner": names[row["winner"]],
     "new_at": across[row["place"]] if row["winner"] == "before" else "B" if row["winner"] == "tie" else row["place"]}
    for row in load_blind_ratings()
]  # where a tie's replies stood does not matter
agent = win_rate(read_blind)
scoreboard.add_result(scoreboard.Result(
    lesson="09_human_feedback", task="new reply against old, same ticket", approach="an agent, blind (recorded)",
    model=after.name, n=agent["n"], tokens=0.0, seconds=0.0,
    metrics={"win rate": scoreboard.Estimate(agent["share"], agent["low"], agent["high"])},
))
print(Counter(row["winner"] for row in read_blind))
agent

# %% [markdown]
# Do the judges point the same way, and which of their intervals leave out the value that means "no difference"? Did the
# agent have a liking for a place? And one thing no interval tells you: this agent is a reader of the same kind as the
# one by whose ratings the model was trained. It can show that the training reached *that* taste. Whether it is the
# taste of customers, only customers can say.
#
# ## 8 · Too much of a good thing
#
# If two readings of the pairs help, why not four, or longer steps? Because the pairs are not what you want. They are
# some seventy traces of it. A model that is pushed on finds what the traces have in common, and that need not be the
# wish behind them. It is a known story: the measured reward climbs on while the real one has long turned (Gao et al.
# 2022, [arXiv:2210.10760](https://arxiv.org/abs/2210.10760)); and much of what raters seemed to reward turned out to be
# length (Singhal et al. 2023, [arXiv:2310.03716](https://arxiv.org/abs/2310.03716)).
#
# So the same training by the first reader's verdicts, pushed much further: four readings instead of two, and three
# times the learning rate. These runs were made beforehand and *recorded*; the line below says how long they took.

# %% tags=["demo"]
LIVE = False
if LIVE:
    from course_lib import experiments

    result = experiments.run("preference_tuning")
else:
    result = recorded("preference_tuning")
print(result.provenance)
stages = {
    f"{row['epochs']} readings, rate {row['learning_rate']:g}" if row["epochs"] else "before": row
    for row in result.rows
}


def loops(text):
    """Whether a run of four words comes twice in a reply."""
    said = text.lower().split()
    runs = list(zip(said, said[1:], said[2:], said[3:]))
    return len(set(runs)) < len(runs)

# %% tags=["demo"]
pd.DataFrame([
    {"training": name, "loss of the last reading (nats)": row["train_loss"],
     "faithful": str(scoreboard.proportion(row["faithful"])), "tokens": f"{np.mean(row['tokens']):.0f}",
     "copied": f"{np.mean(row['copied']):.0%}", "going round in circles": sum(map(loops, row["replies"])),
     "different replies": len(set(row["replies"]))}
    for name, row in stages.items()
]).round(2).set_index("training")

# %% tags=["demo"]
figure = Figure(figsize=(10, 4), layout="constrained")
panels, told, places = figure.subplots(1, 3), [], range(len(stages))
for axes, (key, label, top), colour, marker in zip(
    panels, (("faithful", "faithful by the checker (share)", 1), ("copied", "copied from the rule (share)", 1),
             ("tokens", "length (tokens)", 62)), scoreboard.PALETTE, "os^"):
    columns = [row[key] for row in stages.values()]
    middle = [np.mean(values) for values in columns]
    half = [1.96 * np.std(values, ddof=1) / math.sqrt(len(values)) for values in columns]
    axes.errorbar(places, middle, yerr=half, fmt=marker + "-", color=colour, capsize=3)
    axes.set(ylabel=label, ylim=(0, top))
    axes.set_xticks(places, [name.replace(", ", ",\n") for name in stages], fontsize=7)
    told.append(f"{label}: " + ", ".join(f"{value:.2f} ({name})" for name, value in zip(stages, middle)))
figure.suptitle("More and more preference tuning, 40 dev tickets, 95 % intervals")
scoreboard.show(figure, alt="Three panels, from no tuning to the most. " + "; ".join(told) + ".")

# %% [markdown]
# Read table and panels together. The loss falls from line to line; do the *replies* get better from line to line? Where
# does the checker's share go? Two things can feed a checker of words: copying from the rule, and length, since a reply
# that is cut off only after 60 tokens has more chances to hold the right words. Which of the two goes with the share
# from the second line to the third? And look at *going round in circles*: in so many replies a run of four words comes
# twice. (A loss of 0.00 means that every margin is large: the pairs are known by heart.) Below come the differences
# with their intervals, and then the only test that words cannot fool: reading.

# %% tags=["demo"]
first_name, *later = stages
for name in later:
    print(f"before → {name}, faithful:",
          scoreboard.paired_difference(stages[first_name]["faithful"], stages[name]["faithful"]))
for name in later[1:]:
    tokens = np.mean(stages[name]["tokens"]) + np.mean([len(before.tokenizer(text)["input_ids"]) for text in asked])
    note(f"{name}, recorded", result.model, stages[name]["replies"], tokens)
customers = {row["id"]: row["message"] for row in tickets}
show_all([
    {"customer": customers[ticket]} | {name: row["replies"][i] for name, row in stages.items()}
    for i, ticket in enumerate(stages[first_name]["ids"]) if i % 7 == 0
])

# %% [markdown]
# Every seventh ticket, chosen by that rule. Three signs of too much to look for, from left to right:
#
# - **length:** replies grow or shrink though nobody asked for it;
# - **parroting:** the rule comes back word for word, whatever the question was;
# - **nonsense:** sentences that no one would say, or the same piece twice.
#
# Which of them do you find, and from which column on? Two brakes exist. Stop early, by something that was not trained
# on: pairs kept aside, or a blind judgement. And hold the model to its reference: with a larger β a small margin is
# enough, and the pull ends sooner.

# %% tags=["demo"]
scoreboard.show(scoreboard.plot(REPLY, ["fact", "faithful"]), alt=scoreboard.describe(REPLY))
scoreboard.table(REPLY)

# %% [markdown]
# ### Does the win survive?
#
# Put the pieces together before you believe anything. The checker's difference and its interval (section 7). Your blind
# verdict and the agent's, their intervals, and the number of judgements behind each. Copying and length. And the line
# without a model: to quote the rule to the customer costs nothing, cannot be wrong about the rule, and needs no
# training. Which would you release for this shop?
#
# The pieces need not agree, because they do not measure one thing: the checker counts words, the agent reads with the
# taste of the ratings, and you read with yours. So say for each what it shows, and for whom. Where an interval holds
# "no difference", the honest sentence is: *not shown*.

# %% [markdown]
# ## 9 · In your own words: your guideline
#
# *25 minutes · 4 points, graded by hand · about 200 words*
#
# Write the guideline by which *you* would have replies of this shop rated: for a rater who has never heard of this
# course. You may take over from version 1 what is good in it. (It needs your own ratings of section 2, at least ten
# or so.) One point each for:
#
# - the criteria in order, with a rule for a conflict (right but incomplete against complete with something invented);
# - what is a tie, and what is not;
# - two examples out of the 24 pairs, by their numbers, with your verdict and the sentence that decides it;
# - what you changed after you saw the disagreements, with your kappa, its interval and n.

# %% [markdown] answer="rating_guideline" points=4
# **Model answer.** *Guideline, version 2.* Imagine that you must press "send". Decide by the first point that differs.
# (1) True: a wrong number, a promise the rule does not make, or a step that nobody has taken, loses. (2) Helpful: the
# part of the rule that this customer needs. (3) Sense. (4) Polite, then short. In a conflict, true and incomplete beats
# complete with something invented. The rule's words inside nonsense are not helpful: read the sentence, do not look for
# words. Tie: you would send both, or neither. If you would send neither it is *always* a tie, however much worse one
# is: the model shall not learn the lesser evil. Examples: F002, second wins, since it gives the care the wool needs,
# and the first invents a scarf "on its way" (point 1). F006, tie: the second holds "hand wash" and "dry flat" in three
# lines of nonsense, the first offers to send a hat, and I would send neither. What changed: the two readers (both
# agents; I let the first one stand in for me) agreed on 20 of 24 pairs, kappa 0.73 [0.50, 0.93], n = 24. In all four
# others (F001, F006, F016, F019) one saw a lesser evil and the other a tie, never two different winners. "Clearly less
# bad" had left that open, so version 2 strikes it out. 24 pairs are few, and whether kappa rises must be measured on
# *new* pairs.
#
# **Rubric** (1 point each): criteria in an order, and a rule that decides when two of them pull in different directions
# · says when it is a tie, so that two raters would call the same pairs ties · two examples from the 24 pairs with their
# numbers, a verdict, and the sentence of the guideline that decides · names something that was changed (or kept, with a
# reason) because of a disagreement, with the own kappa, its interval and n, and says with whom (a reader who is an
# agent).

# %% [markdown]
# ## Quiz
#
# *5 minutes, not graded. Choose before you open the answer.*
#
# **1.** Two raters agree on 90 % of the pairs, and kappa is 0.1. How can that be?
#
# - **A** The formula was used wrongly: 90 % agreement means a kappa near 0.9
# - **B** Both say the same label nearly always, so dice with their shares would agree almost as often
# - **C** They have rated different pairs
#
# <details><summary>Answer</summary>
#
# **B.** If both say `first` for about 94 % of the pairs, chance alone brings about 89 % agreement, and little is left
# for kappa to reward. **A** takes the agreement for kappa. **C** cannot be: kappa is computed over the pairs that both
# have rated.
#
# </details>
#
# **2.** A rater saw one pair in both orders, and chose A both times. What do you do with it?
#
# - **A** Leave the pair out: the two choices name different replies
# - **B** Keep it, with the reply that stood at A first
# - **C** Keep it, as A won twice
#
# <details><summary>Answer</summary>
#
# **A.** The choice followed the place, so nothing is known about the replies. **B** takes the first impression for a
# judgement. **C** forgets that A was another reply the second time.
#
# </details>
#
# **3.** At the very first step of DPO the loss is 0.31 instead of 0.69. What is the most likely reason?
#
# - **A** The pairs are easy, so the model wins them from the start
# - **B** Beta is too large
# - **C** The reference is not the model that training starts from
#
# <details><summary>Answer</summary>
#
# **C.** If policy and reference are the same model, every margin is 0, and the loss is ln 2. **A** overlooks that the
# margin counts what *changed* since the reference, not which reply is likelier. **B** cannot be: β times 0 is 0.
#
# </details>
#
# **4.** After training, the new replies win 62 % [45 %, 77 %] of 32 blind judgements, and they are 1.6 times as long.
# What do you report?
#
# - **A** The new model is better: it wins more than half
# - **B** Not shown: the interval holds one half, and length may be what was judged
# - **C** Both models are equally good
#
# <details><summary>Answer</summary>
#
# **B.** More judgements could show it, and a comparison of replies of like length would tell what they liked. **A**
# reads the middle and not the interval. **C** takes "no difference shown" for "no difference".
#
# </details>
#
# **5.** The checker calls 98 % of the replies faithful after long training, up from 60 %. What do you do first?
#
# - **A** Read twenty of the replies
# - **B** Release the model: the target is reached
# - **C** Train on with a smaller beta
# - **D** Make the checker stricter until it says 60 % again
#
# <details><summary>Answer</summary>
#
# **A.** The checker counts words, and a model that is trained towards words finds them, say by repeating the rule. Only
# reading tells whether a customer is served. **B** takes the measure for the aim. **C** allows the model to go still
# further from where it could speak. **D** may be right later on, but changes the ruler before anybody has looked.
#
# </details>

# %% [markdown]
# ## Summary
#
# - Choosing between two replies is cheaper than writing one, and shows the model what its *own* better replies are.
# - A rating rests on a written guideline. Kappa says how far raters agree beyond chance; the pairs on which they differ
#   say where the guideline is silent.
# - Before training, ratings become pairs: the place is turned back into the reply; ties and conflicts go.
# - DPO rewards the distance between chosen and rejected, measured from a frozen reference. It begins at ln 2. It does
#   not promise that the chosen reply itself gets likelier.
# - A win is judged blind, with ties as halves, an interval, and a check of the rater's liking for a place.
# - What is optimised long enough stops being a measure. Watch something that was not optimised: length, copied words,
#   and your own eyes.
# - Say who rated. Language-model readers are quick and cheap, and no people.
#
# ## What to try next
#
# - Let the *checker* rate: take the pairs of which it calls just one reply faithful, train on its choice, and look at
#   its share, at the copying and at the replies. Guess first which of the three gets better.
# - Turn the training round: swap `chosen` and `rejected`. Guess first what the replies will look like.
# - Rate the 24 pairs once more next week, with your version 2 and a new file. Your kappa with yourself is the best that
#   you can hope for with anyone else.
# - Give the guideline and five pairs to another person. Where you differ, whose sentence was missing?
