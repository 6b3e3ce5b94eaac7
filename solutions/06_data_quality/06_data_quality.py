# %% [markdown]
# # 06 · Data quality
#
# **Time** about 220 minutes, of which the computer works 3; in two sittings; the break is after section 4 ·
# **Builds on** lesson 02 (intervals) and lesson 04 (scored answers, the TF-IDF baseline) ·
# **Points** 15 automatic, 4 by hand
#
# ## Objectives
#
# When you are through, you can
#
# - find copies in a data set, also when they were retyped, and split rows so that no copy crosses;
# - take personal data out of a text without eating the sizes and prices that the task needs;
# - estimate how many labels are wrong, with rows that a model has not seen;
# - say in figures what five faults cost a fine-tuned model and a classical one, and which fault only flatters;
# - write a data card that is counted, not claimed.

# %% [markdown]
# ## The job
#
# So far the model stayed as it was and you changed what it read. **Fine-tuning** is the other way: go on training the
# model on your own rows, so that its numbers change. The model then learns what the rows say. If a row says something
# wrong, it learns that, too.
#
# People say "garbage in, garbage out" and leave it there. You will measure it: plant faults of six kinds in two data
# sets, find them with tools of your own, and see what each kind costs.
#
# **This is teaching material. It is not medical advice, and nothing in it is for patients.** The descriptions of
# symptoms were made up by language-model agents, and no clinician has seen them
# (`course_lib/data/prediagnosis/DATASHEET.md`). Whoever describes a red flag, a sign that help is needed at once,
# belongs with a human, whatever a model says.

# %% locked="setup"
import random
import re
import statistics
import time

import numpy as np
import pandas as pd
from datasets import Dataset, DatasetDict
from matplotlib.figure import Figure

from course_lib import scoreboard
from course_lib.checks import call, check_call, check_raises, check_that, passed
from course_lib.data import as_rows, load_prediagnosis, load_support
from course_lib.data.corruption import corrupt, text_and_label

clinic, shop = load_prediagnosis(), load_support()

pd.set_option("display.max_colwidth", 110)
pd.DataFrame(as_rows(clinic["train"]))[["description", "condition"]].head(3)

# %% [markdown]
# ## 1 · Make it dirty
#
# Real data come dirty, and nobody tells you where. Ours get dirty on purpose, so that we know the truth and can mark
# our own work. `corrupt` plants one kind of fault; we let it run six times.
#
# | kind | what happens to train |
# |---|---|
# | duplicates | rows are added again, half of them with other capitals or spaces |
# | leakage | rows of the *test* set are added |
# | truncated text | texts break off in the middle |
# | personal data | an invented e-mail address, phone number or postal address is added to the text |
# | wrong labels | rows get another label |
# | off-topic | rows that belong to no class are added, with a label drawn at random |

# %%
FAULTS = {"duplicates": 0.15, "leakage": 0.2, "truncated_text": 0.05, "personal_data": 0.1, "wrong_labels": 0.1,
          "off_topic": 0.05}


def make_dirty(data, faults):
    """Plant faults in train, one kind after the other. Returns the rows and, for each kind, the ids of its rows."""
    planted = {}
    for kind, rate in faults.items():
        before = {row["id"]: row for row in data["train"]}
        rows = [dict(row) for row in corrupt(data, kind, rate, seed=6)["train"]]
        for row in rows:
            if row["id"] not in before:  # an added row: give it an id that names the fault
                row["id"] = row["id"].replace("added", f"{kind} ")
        planted[kind] = {row["id"] for row in rows if row != before.get(row["id"])}
        data = DatasetDict({**data, "train": Dataset.from_list(rows, features=data["train"].features)})
    return as_rows(data["train"]), planted

# %%
dirty = {"pre-diagnosis": make_dirty(clinic, FAULTS), "shop": make_dirty(shop, FAULTS)}
sick_rows, planted = dirty["pre-diagnosis"]
pd.DataFrame({name: {kind: len(ids) for kind, ids in found.items()} | {"rows in all": len(rows)}
              for name, (rows, found) in dirty.items()})

# %%
pd.DataFrame(sick_rows)[["id", "description", "condition"]].sample(8, random_state=4)

# %% [markdown]
# Can you tell by eye which rows are at fault? Some you can (the id of an added row gives it away, which real data
# would not). A wrong label you will hardly see. Hence tools.

# %% [markdown]
# ## 2 · Copies
#
# The same row twice: at best it wastes a labeller's money and a training step. At worst the second one is in the test
# set, and you measure memory instead of skill. Comparing with `==` misses a copy with other capitals, and one to which
# somebody added a phone number.
#
# The classical tool: cut each text into **shingles**, runs of three words, which overlap like shingles on a roof.
# *where is my red hat* has *where is my*, *is my red*, *my red hat*. Two texts are as alike as their sets of shingles:
# the number of shingles that both have, divided by the number that at least one has (the **Jaccard index**, or
# *resemblance*). Broder used it to find copies on the web (1997,
# [doi:10.1109/SEQUEN.1997.666900](https://doi.org/10.1109/SEQUEN.1997.666900)).
#
# ### Exercise 1: near-duplicates
#
# *Difficulty 2 of 5 · 20 minutes · 3 points*
#
# The check that you see is worth 1 of the 3 points. The other 2 come from hidden tests of the same docstring, so read
# it again after the ✓. It is the same in every exercise.
#
# <details><summary>Hint 1</summary>
#
# `re.findall(r"[^\W_]+", text.casefold())` gives the words. The shingles of a list `words` are
# `tuple(words[k : k + 3])` for k from 0 to `len(words) - 3`; put them into a set.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Make all the sets once, before you compare. With sets, `a & b` is what both have and `a | b` what at least one has.
# Which k are left if a text has two words, and which if it has none?
#
# </details>

# %% solution="near_duplicates"
def near_duplicates(texts, threshold=0.5):
    """Find the pairs of texts that are nearly the same.

    texts: a list of strings. A word is a run of letters and digits; capitals (casefold), punctuation and white space
        make no difference. A text's shingles are the set of its runs of three words, in order. A text of one or two
        words is a single shingle. A text without any word has no shingles and matches nothing.
    Two texts match if (number of shingles in both) / (number of shingles in at least one) >= threshold.
    threshold: above 0, at most 1.
    Returns a list of pairs (i, j) of positions in texts, i < j, sorted, each pair once.

    "Where is my hat?" and "where is  my HAT" match. "where is my hat" (2 shingles) and "so where is my hat" (3) share
    2 of 3.
    """
    ### BEGIN SOLUTION
    def shingles(text):
        words = re.findall(r"[^\W_]+", text.casefold())
        if not words:
            return set()
        return {tuple(words[k : k + 3]) for k in range(max(1, len(words) - 2))}

    sets = [shingles(text) for text in texts]
    return [
        (i, j)
        for i in range(len(sets))
        for j in range(i + 1, len(sets))
        if sets[i] & sets[j] and len(sets[i] & sets[j]) / len(sets[i] | sets[j]) >= threshold
    ]
    ### END SOLUTION


# %% test="test_near_duplicates" points=1
check_call(
    near_duplicates, ["Where is my hat?", "my boots leak a bit", "where is  my HAT"], expected=[(0, 2)],
    look_at="Capitals, punctuation and white space make no difference. Each pair once, the smaller position first.",
)
check_call(
    near_duplicates, ["a dog bit the man", "the man bit a dog"], threshold=0.1, expected=[],
    look_at="The same words in another order: a shingle is three words in a row, not a bag of words.",
)
check_call(
    near_duplicates, ["where is my hat", "so where is my hat", "is my hat"], threshold=0.6, expected=[(0, 1)],
    look_at="Texts 0 and 1 share 2 of 3 shingles, 0 and 2 share 1 of 2: divide by the shingles that at least one has.",
)
passed("near_duplicates")

# %% test="test_near_duplicates_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    near_duplicates, ["where is my hat", "is my hat", "my hat"], expected=[(0, 1)],
    look_at="Exactly the threshold (1 of 2 shingles) is a match: at least, not more than.",
)
check_call(
    near_duplicates, ["", "...", "Thanks!", "thanks", "ok then", "OK, then.", "   "], expected=[(2, 3), (4, 5)],
    look_at="A text of one or two words is one shingle; a text without any word matches nothing, not even its like.",
)
check_call(
    near_duplicates, ["red hat, too big", "Red hat too big!", "RED HAT TOO BIG", "blue hat too big"],
    expected=[(0, 1), (0, 2), (1, 2)],
    look_at="Three copies make three pairs: (0, 1), (0, 2) and (1, 2), sorted.",
)
check_call(
    near_duplicates, ["no no no no no no hat", "no no no hat"], threshold=1.0, expected=[(0, 1)],
    look_at="A set holds each shingle once, however often the text repeats it.",
)
check_call(
    near_duplicates, ["hat,scarf;belt-tie", "hat scarf belt tie"], expected=[(0, 1)],
    look_at="Punctuation parts words, also without a space beside it: hat,scarf is two words.",
)
check_call(
    near_duplicates, ["my size is 12 now", "my size is 14 now"], threshold=0.3, expected=[],
    look_at="Digits belong to words: a size 12 is no size 14.",
)
check_call(near_duplicates, [], expected=[], look_at="No texts, no pairs.")
passed("near_duplicates (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now for real. Which copies does `==` find, and which do you?

# %%
sick_texts = [row["description"] for row in sick_rows]


def show_pairs(texts, pairs, count=3):
    """Print some pairs, one text under the other."""
    for i, j in pairs[:count]:
        print(f"{i:4}  {texts[i][:105]}\n{j:4}  {texts[j][:105]}\n")

# %% tags=["demo"]
pairs = near_duplicates(sick_texts)
exact = [(i, j) for i, j in pairs if sick_texts[i] == sick_texts[j]]
print(f"{len(sick_texts)} rows, {len(planted['duplicates'])} copies planted: "
      f"{len(pairs)} pairs of near-duplicates, {len(exact)} of them equal letter by letter\n")
show_pairs(sick_texts, [pair for pair in pairs if pair not in exact])

# %% [markdown]
# There may be more pairs than planted copies: see whether some of them are off-topic rows, of which there are few
# different ones. How sensitive is all this to the threshold? The clean set tells how many pairs come up by chance.

# %% tags=["demo"]
clean_texts = list(clinic["train"]["description"])
pd.DataFrame([
    {"threshold": t, "pairs in the dirty set": len(near_duplicates(sick_texts, t)),
     "pairs in the clean set": len(near_duplicates(clean_texts, t))}
    for t in (0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
])

# %% [markdown]
# If the clean column stays near 0 from 0.1 or so upwards, a wide gap lies between texts that were written separately
# and copies (of three copies, each pair counts, so there may be more pairs than copies), and the exact threshold hardly
# matters here. With many templates ("Hello, I ordered a … on …") it would.
#
# The same tool finds **leakage**: put train, dev and test into one list, and look for pairs that cross. We only
# compare wording; nobody reads a test row, and no model or setting is chosen by it. A leak that was cut short
# afterwards may be missed.

# %% tags=["demo"]
shut = [text for split in ("dev", "test") for text in clinic[split]["description"]]
crossing = [(i, j) for i, j in near_duplicates(sick_texts + shut) if i < len(sick_texts) <= j]
leaked = {sick_rows[i]["id"] for i, _ in crossing}
print(f"{len(leaked)} rows of the dirty train set also stand in dev or test; "
      f"{len(planted['leakage'])} were planted, {len(leaked & planted['leakage'])} of these are among them")

# %% [markdown]
# ## 3 · Split by groups
#
# Most data sets arrive in one piece, and you split off what you measure on. Whoever splits *rows* at random puts one
# copy into train and the other into the held-out part. The cure is to split **groups**: rows that belong together
# (copies, the same customer, the same patient) go to one side, all of them.
#
# ### Exercise 2: a split that no group crosses
#
# *Difficulty 2 of 5 · 15 minutes · 3 points*
#
# With the groups `["a", "b", "a", "c"]` and a share of 0.5, the order of the groups may come out as b, a, c. Then b is
# held out (1 of 4 rows, not enough), then a (3 of 4 rows, enough): `([3], [0, 1, 2])`. The rule overshoots sometimes;
# that is the price of keeping groups whole.
#
# <details><summary>Hint 1</summary>
#
# `list(dict.fromkeys(groups))` has each group once, in the order of first appearance. (A `set` has no order that you
# could count on after a restart.) Shuffle that list with your own `random.Random(seed)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Go through the shuffled groups, all but the last, and note them as held out until enough *rows* are. Then one pass
# over `enumerate(groups)` deals out the row numbers, in ascending order by itself.
#
# </details>

# %% solution="group_split"
def group_split(groups, share, seed=0):
    """Split rows into train and held-out so that no group is in both.

    groups: the group of each row, a list of strings or numbers. Rows with equal values belong together.
    share: the part of the ROWS to hold out, above 0 and below 1.
    The different groups are put into random order (by random.Random(seed)) and held out, one whole group after the
    other, until at least `share` of the rows are held out. The last group of that order stays in train in any case.
    Returns (train, held_out): two lists of row numbers, each in ascending order, each row in exactly one of them.
    The same seed gives the same split. The random module's own state is left alone.
    Raises ValueError, with a message that says what is wrong, for fewer than 2 groups or a share outside 0 … 1
    (0 and 1 themselves are refused, too).
    """
    ### BEGIN SOLUTION
    order = list(dict.fromkeys(groups))
    if len(order) < 2 or not 0 < share < 1:
        raise ValueError(f"A split needs 2 groups or more, here {len(order)}, and a share in 0 … 1, here {share}.")
    random.Random(seed).shuffle(order)
    out, count = set(), 0
    for group in order[:-1]:
        if count >= share * len(groups):
            break
        out.add(group)
        count += sum(g == group for g in groups)
    train = [row for row, group in enumerate(groups) if group not in out]
    return train, [row for row, group in enumerate(groups) if group in out]
    ### END SOLUTION


# %% test="test_group_split" points=1
result = call(group_split, ["a", "b", "a", "c", "c", "d"], 0.5)
check_that(
    isinstance(result, tuple) and len(result) == 2 and all(isinstance(part, list) for part in result)
    and sorted(result[0] + result[1]) == list(range(6)),
    called="group_split(['a', 'b', 'a', 'c', 'c', 'd'], 0.5)", gave=result,
    expected="(train, held_out), two lists that hold each row number from 0 to 5 once",
    look_at="Return a tuple of two lists of row numbers (not of groups), each row in exactly one of them.",
)
for seed in range(10):
    rows_train, rows_out = call(group_split, ["a", "b", "a", "c", "c", "d"], 0.5, seed=seed)
    both = {"abaccd"[i] for i in rows_train} & {"abaccd"[i] for i in rows_out}
    check_that(
        not both, called=f"group_split(['a', 'b', 'a', 'c', 'c', 'd'], 0.5, seed={seed})",
        gave=f"group {min(both, default='')!r} in both parts", expected="no group in both parts",
        look_at="Decide for each group, not for each row: all rows of a group go to the same side.",
    )
check_raises(group_split, ["a", "a", "a"], 0.5, look_at="One group cannot be split: raise a ValueError.")
passed("group_split")

# %% test="test_group_split_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
groups = ["big"] * 12 + [number for number in range(12) for _ in range(2)] + ["", "", "last", "last"]
splits = [call(group_split, groups, 0.25, seed=seed) for seed in range(60)]
for split in splits:
    check_that(
        isinstance(split, tuple) and len(split) == 2 and all(isinstance(part, list) for part in split),
        called="group_split(40 rows, 0.25)", gave=split, expected="(train, held_out), two lists",
        look_at="Return a tuple of two lists of row numbers.",
    )
for rows_train, rows_out in splits:
    check_that(
        rows_train == sorted(rows_train) and rows_out == sorted(rows_out)
        and sorted(rows_train + rows_out) == list(range(40)),
        called="group_split(40 rows, 0.25)", gave=(rows_train, rows_out),
        expected="row numbers in ascending order, each row exactly once",
        look_at="Sort the row numbers, and leave no row out and none twice.",
    )
    out = {groups[i] for i in rows_out}
    check_that(
        not out & {groups[i] for i in rows_train}, called="group_split(40 rows, 0.25)",
        gave=f"groups {sorted(map(repr, out & {groups[i] for i in rows_train}))} in both parts",
        expected="each group whole, on one side",
        look_at="Whole groups only, also if a group is 0 or an empty text.",
    )
    check_that(
        len(rows_out) >= 10 and len(rows_out) - max(groups.count(group) for group in out) < 10,
        called="group_split(40 rows in 15 groups of different size, 0.25)", gave=f"{len(rows_out)} rows held out",
        expected="groups until at least 10 of the 40 rows are held out, and then no further one",
        look_at="The share is one of rows, not of groups: stop as soon as enough rows are held out, and not before.",
    )
held = {group: sum(any(groups[i] == group for i in rows_out) for _, rows_out in splits)
        for group in dict.fromkeys(groups)}
check_that(
    all(0 < times < 60 for times in held.values()),
    called="group_split(40 rows, 0.25, seed=0 … 59)", gave=f"held out, of 60 times: {held}",
    expected="each group sometimes held out and sometimes not",
    look_at="The order of the groups must be random and depend on the seed: not as they come, not by size.",
)
check_that(
    call(group_split, groups, 0.25, seed=3) == splits[3], called="group_split(…, seed=3), twice",
    gave="different splits", expected="the same split both times",
    look_at="All randomness must come from random.Random(seed).",
)
random.seed(5)
expected_next = random.Random(5).random()
call(group_split, groups, 0.25, seed=7)
check_that(
    random.random() == expected_next, called="group_split(…, seed=7)", gave="a changed global random state",
    expected="the random module's own state untouched",
    look_at="random.seed(...) reaches into everybody's random numbers. Make your own: random.Random(seed).",
)
for seed in range(6):
    rows_train, rows_out = call(group_split, ["x"] * 9 + ["y"], 0.5, seed=seed)
    check_that(
        bool(rows_train) and bool(rows_out), called=f"group_split(['x'] * 9 + ['y'], 0.5, seed={seed})",
        gave=(rows_train, rows_out), expected="a group on each side",
        look_at="The last group of the random order stays in train, or nothing is left to learn from.",
    )
for bad in (0, 1, -0.25, 1.5):
    check_raises(
        group_split, groups, bad, look_at="Refuse a share that is not above 0 and below 1 with a ValueError.",
    )
check_raises(group_split, [], 0.5, look_at="Refuse fewer than 2 groups, also none at all, with a ValueError.")
passed("group_split (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# What does a split by rows cost? Take the clean rows, add a copy of every one, and split off 30 %: once by rows, once
# by groups. The instrument is the baseline of lesson 04: **TF-IDF** (each text as its weighted words) with a
# **logistic regression**, which learns in a second. `fit_tfidf` returns a function that predicts, and you will meet it
# again.

# %% tags=["demo"]
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def fit_tfidf(texts, labels, class_weight="balanced"):
    """Learn from texts and labels; returns predict(texts), which gives a list of (label, confidence)."""
    # The solver sag gives the same answer as the usual one, in less time. On class_weight, see section 7.
    learner = LogisticRegression(class_weight=class_weight, solver="sag", max_iter=1000)
    model = make_pipeline(TfidfVectorizer(), learner).fit(texts, labels)

    def predict(new):
        chances = model.predict_proba(new)
        return [(str(model.classes_[k]), float(row[k])) for k, row in zip(chances.argmax(axis=1), chances)]

    return predict


def tfidf_hits(train_rows, asked_rows, class_weight="balanced"):
    """Train on some rows, ask about others: True or False for each of the others. The rows are pre-diagnosis."""
    texts, labels = ([row[column] for row in train_rows] for column in ("description", "condition"))
    predict = fit_tfidf(texts, labels, class_weight)
    said = predict([row["description"] for row in asked_rows])
    return [label == row["condition"] for (label, _), row in zip(said, asked_rows)]

# %%
def groups_of(n, pairs):
    """A group number for each of n rows; rows that a pair joins, directly or over others, share a group."""
    group = list(range(n))
    for i, j in pairs:
        old, new = group[j], group[i]
        group = [new if g == old else g for g in group]
    return group


groups_of(5, [(0, 2), (2, 4)])

# %% tags=["demo"]
LESSON, COPIES = "06_data_quality", "a set in which every row stands twice"


def note(task, approach, correct, tokens=0.0, seconds=0.0, model="TF-IDF"):
    """Put an accuracy on the scoreboard, and return it with its interval."""
    metrics = {"accuracy": scoreboard.proportion(correct)}
    scoreboard.add_result(scoreboard.Result(lesson=LESSON, task=task, approach=approach, model=model, n=len(correct),
                                            metrics=metrics, tokens=tokens, seconds=seconds))
    return metrics["accuracy"]

# %% [markdown]
# Each of the two models is measured twice: on its held-out part, and on dev, which has no copy of anything. (Rows stand
# twice in the held-out parts, too, and the intervals do not know it: read those as up to 1.4 times as long.) Whatever
# the held-out part promises beyond dev is flattery. (Four more splits of each kind show how much is luck of the split.)

# %% tags=["demo"]
doubled, dev = as_rows(corrupt(clinic, "duplicates", 1.0)["train"]), as_rows(clinic["dev"])
families = groups_of(len(doubled), near_duplicates([row["description"] for row in doubled]))
hits = {}
for name, groups in (("by rows", list(range(len(doubled)))), ("by groups", families)):
    for seed in range(5):
        inside, outside = ([doubled[i] for i in part] for part in group_split(groups, 0.3, seed=seed))
        hits.setdefault(f"split {name}, held-out part", []).append(tfidf_hits(inside, outside))
        hits.setdefault(f"split {name}, dev", []).append(tfidf_hits(inside, dev))

# %% tags=["demo"]
estimates = {name: note(COPIES, name, runs[0]) for name, runs in hits.items()}
figure = Figure(figsize=(8, 3.2), layout="constrained")
axes = figure.subplots()
for place, (name, e) in enumerate(estimates.items()):
    axes.errorbar([e.value], [place], xerr=[[e.value - e.low], [e.high - e.value]], fmt="o", capsize=4,
                  color=scoreboard.PALETTE[place // 2])
    axes.plot([np.mean(h) for h in hits[name][1:]], [place + 0.25] * 4, "|", color="grey")
axes.set(yticks=range(4), yticklabels=[f"{name} (n = {len(hits[name][0])})" for name in estimates], xlim=(0, 1),
         ylim=(3.6, -0.5), xlabel="accuracy of the first split (95 % interval); grey: four more splits",
         title="Every row stands twice (TF-IDF)")
alt = "Accuracy of TF-IDF on data in which each row stands twice. " + "; ".join(
    f"{name}: {e}, n = {len(hits[name][0])}" for name, e in estimates.items())
scoreboard.show(figure, alt=alt + ". Grey marks show four more random splits of each kind.")

# %% [markdown]
# In which of the two splits does the held-out part tell what dev tells? Nothing was wrong with any single row. Only the
# *measurement* was broken: where copies cross, it measures memory.

# %% [markdown]
# ## 4 · Personal data
#
# A fine-tuned model may recite what it was trained on: from a large model, Carlini et al. got names, phone numbers and
# e-mail addresses of real people back out (2021, [arXiv:2012.07805](https://arxiv.org/abs/2012.07805)). What is not in
# the training set cannot be recited. So it comes out before training, and *only* it: in a clothing shop the sizes,
# prices and dates **are** the message.
#
# ### Exercise 3: redact
#
# *Difficulty 3 of 5 · 40 minutes · 3 points*
#
# You need a few signs of regular expressions: `\d` a digit, `\w` a letter, digit or `_`, `x{9,10}` nine or ten x,
# `(?:…)` a group, `(?<!\w)` "no `\w` just before", `(?!\w)` "none just after". Python's
# [Regular Expression HOWTO](https://docs.python.org/3/howto/regex.html) has them all.
#
# All addresses and numbers here are invented: `example.com` is reserved for examples
# ([RFC 2606](https://www.rfc-editor.org/rfc/rfc2606)), and numbers such as 07700 900123 are set aside for drama in the
# United Kingdom ([Ofcom](https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama)).
#
# | text | redacted |
# |---|---|
# | `Ring 07700 900123, not ada@example.com.` | `Ring [PHONE], not [EMAIL].` |
# | `nt-20613: UK 12, £49.99, within 30 days` | `[ORDER]: UK 12, £49.99, within 30 days` |
#
# <details><summary>Hint 1</summary>
#
# Three patterns and three calls of `re.sub`, one after the other, the e-mail addresses first. Write a few texts of your
# own that must *not* change, and run them after every edit.
#
# </details>
# <details><summary>Hint 2</summary>
#
# In a phone number each digit but the
# last may be followed by one space or hyphen: `(?:\d[ -]?)` repeated so and so many times, then `\d`. In a domain a
# full stop always has something after it: `(?:\.[\w-]+)+`.
#
# </details>

# %% solution="redact"
def redact(text):
    """Take personal data out of a text and leave everything else as it is, letter by letter.

    [EMAIL] stands for an e-mail address: letters, digits and . _ + - before an @; after it a domain, that is, parts of
        letters, digits and hyphens joined by full stops, at least two parts. Marks around it (a full stop that ends
        the sentence, brackets, a comma) are not part of it.
    [ORDER] stands for an order id: NT, in capitals or small letters, a hyphen and exactly five digits. It is not part
        of a longer word or number.
    [PHONE] stands for a British phone number. Either it begins with 0 and has 10 or 11 digits in all, or it begins with
        +44 and has 9 or 10 digits after that. Single spaces or hyphens may stand between its digits, and after +44.
        It is not part of a longer word or number (one with more letters or digits directly attached), and the + belongs
        to it.
    Sizes (UK 12, 10-12, W32 L34), prices (£49.99), dates (14/05/2026, 2026-05-14), times (09:30) and quantities
    (30 days) stay.
    """
    ### BEGIN SOLUTION
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"(?<![\w+])(?:\+44|0)[ -]?(?:\d[ -]?){8,9}\d(?!\w)", "[PHONE]", text)
    ### END SOLUTION


# %% test="test_redact" points=1
check_call(
    redact, "Ring 07700 900123, not ada@example.com.", expected="Ring [PHONE], not [EMAIL].",
    look_at="The comma and the full stop belong to the sentence, not to the number or the address.",
)
check_call(
    redact, "nt-20613: UK 12, £49.99, within 30 days", expected="[ORDER]: UK 12, £49.99, within 30 days",
    look_at="Order ids come in small letters, too. Keep sizes, prices and quantities: they are what the message says.",
)
check_call(
    redact, "W32 L34 or 10-12, seen on 14/05/2026 at 09:30 for £120",
    expected="W32 L34 or 10-12, seen on 14/05/2026 at 09:30 for £120",
    look_at="Digits alone do not make a phone number: it begins with 0 or +44 and has ten digits or so.",
)
passed("redact")

# %% test="test_redact_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
for number in ("020 555 0142", "020 7946 0123", "07700 900123", "07700-900-123", "07700900123", "020-555-0142",
               "+44 7700 900123", "+447700900123", "+44 20 7946 0123", "+44-20-7946-0123"):
    check_call(
        redact, f"Call me ({number}), please", expected="Call me ([PHONE]), please",
        look_at="Phone numbers begin with 0 (10 or 11 digits) or +44 (9 or 10 more), with spaces, hyphens or neither.",
    )
for address in ("ada12@example.com", "chidi.o+shop@mail.example.com", "jo_b-s@my-shop.example.co.uk"):
    check_call(
        redact, f"Write to <{address}>, or ({address}).", expected="Write to <[EMAIL]>, or ([EMAIL]).",
        look_at="An address may hold . _ + - and several full stops; brackets, commas and the last full stop stay.",
    )
check_call(
    redact, "NT-20613, Nt-20614 and nT-20615!", expected="[ORDER], [ORDER] and [ORDER]!",
    look_at="Every order id goes, in whatever capitals; a text may hold several.",
)
for harmless in (
    "size 10-12, EU 44, 5 working days, since 2019", "W32 L34 for £1049.99 on 2026-05-14, 08:15-09:00",
    "I paid £84.00 on 03-04-2026 for 2 shirts (16.5 inch)", "10 days, 14-16, 100 % cotton, 60 degrees",
    "parcel 2027700900123 of 12", "the 4 of us @ the shop",
):
    check_call(
        redact, harmless, expected=harmless,
        look_at="Sizes, prices, dates, times, quantities and longer numbers are not personal data: leave them.",
    )
for harmless in ("PRINT-12345 and NT-123456", "NT-1234, NT 12345x"):
    check_call(
        redact, harmless, expected=harmless,
        look_at="An order id has exactly five digits and is not part of a longer word or number.",
    )
check_call(
    redact, "  Two  spaces,\nTWO lines: 07700 900123\n", expected="  Two  spaces,\nTWO lines: [PHONE]\n",
    look_at="Leave capitals, spaces and line breaks of the rest alone.",
)
passed("redact (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# On the shop's clean train set, before and after. The patterns that count sizes and prices are rough; what matters is
# whether their counts change.

# %%
COUNTED = {
    "order ids": r"(?i)\bnt-\d{5}\b", "prices": r"£\d",
    "sizes and measures": r"(?i)\b(?:uk|eu|size|[wl]) ?\d+|\d ?cm\b",
    "times and dates": r"\b\d{1,2}[:/.]\d\d\b|\b\d+(?:st|nd|rd|th)\b", "days": r"(?i)\b\d+ days?\b",
}


def count(texts):
    """How often each of the patterns occurs in the texts."""
    return {name: sum(len(re.findall(pattern, text)) for text in texts) for name, pattern in COUNTED.items()}

# %% tags=["demo"]
messages = [row["message"] for row in as_rows(shop["train"])]
clean_messages = [redact(text) for text in messages]
placeholders = {name: sum(text.count(name) for text in clean_messages) for name in ("[EMAIL]", "[PHONE]", "[ORDER]")}
print("placeholders after redacting:", placeholders)
pd.DataFrame({"before": count(messages), "after": count(clean_messages)})

# %% [markdown]
# And in the dirty shop set, where e-mail addresses, phone numbers and postal addresses were planted:

# %% tags=["demo"]
shop_rows, shop_planted = dirty["shop"]
with_data = [row["message"] for row in shop_rows if row["id"] in shop_planted["personal_data"]]
kinds = {"e-mail address": "@example.com", "phone number": "020 555", "postal address": "Nowhere Lane"}
for text in [next(t for t in with_data if mark in t) for mark in kinds.values()]:
    print("BEFORE", text[-70:], "\nAFTER ", redact(text)[-70:], "\n")
pd.DataFrame({
    kind: {"planted": sum(mark in t for t in with_data), "left over": sum(mark in redact(t) for t in with_data)}
    for kind, mark in kinds.items()
})

# %% [markdown]
# Look at the last column. A pattern finds what has a *form*. Names and postal addresses have none, and people find ways
# to tell who they are that no pattern foresees. So redaction lowers a risk; it does not make a data set anonymous, and
# a data card must not say it does. (An order id is personal, too: with the shop's records it leads to a person.)

# %% [markdown]
# ## 5 · Wrong labels
#
# A copy can be seen in the text. A wrong label cannot: each row looks fine. But rows testify about each other. Let a
# model learn from *other* rows, and ask it about this one. If it says something else, and is sure of it, one of the two
# is wrong.
#
# "Other rows" is what matters: a model that has seen the row with its wrong label may simply give it back. So deal the
# rows out into five **folds**. For each fold, learn from the other four and predict the one left out: every prediction
# is **out of fold**. Northcutt et al. built *confident learning* on this and found wrong labels in the test sets of ten
# famous data sets (2021, [arXiv:1911.00068](https://arxiv.org/abs/1911.00068);
# [arXiv:2103.14749](https://arxiv.org/abs/2103.14749)).
#
# ### Exercise 4: suspects
#
# *Difficulty 4 of 5 · 30 minutes · 3 points*
#
# `fit` is any function that learns, such as `fit_tfidf` above: `predict = fit(texts, labels)`, and then
# `predict(texts)` gives a list of pairs `(label, confidence)`. The checks use small ones that note what they were
# shown.
#
# <details><summary>Hint 1</summary>
#
# `order = list(range(n))`, shuffled by your own `random.Random(seed)`. Then `order[k::folds]` is fold k, and the folds
# together hold each row once.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Keep the predictions by row number: a list of n places, filled fold by fold, where `zip(fold, answers)` says which
# answer belongs to which row. A dictionary by *text* would mix up two rows with the same text. Sorting the suspects
# with the key "minus the confidence" puts the most confident first, and leaves equally confident ones in order.
#
# </details>

# %% solution="label_noise"
def label_noise(texts, labels, fit, folds=5, seed=0):
    """Which labels does a model contradict that has not seen the row?

    texts, labels: two lists of the same length n; labels are strings.
    fit: a function; fit(texts, labels) learns from two lists and returns predict; predict(texts) returns a list of
        (label, confidence), confidence from 0 to 1, one for each text, in order.
    The rows are put into random order (by random.Random(seed)) and dealt out into `folds` folds, whose sizes differ by
    one at most. For each fold, fit is called once, on all rows outside it, and then predicts the rows in it. The random
    module's own state is left alone.
    Returns (share, suspects): the share of rows whose predicted label differs from their own, a float; and the numbers
    of these rows, a list, the most confident prediction first, equally confident ones by row number.
    Raises ValueError, with a message that says what is wrong, if the lists differ in length or folds is below 2 or
    above n.
    """
    ### BEGIN SOLUTION
    if len(texts) != len(labels) or not 2 <= folds <= len(texts):
        raise ValueError(f"{len(texts)} texts, {len(labels)} labels and {folds} folds do not go together.")
    order, said = list(range(len(texts))), [None] * len(texts)
    random.Random(seed).shuffle(order)
    for k in range(folds):
        fold = order[k::folds]
        others = sorted(set(order) - set(fold))
        predict = fit([texts[i] for i in others], [labels[i] for i in others])
        for i, answer in zip(fold, predict([texts[i] for i in fold])):
            said[i] = answer
    suspects = [i for i, (label, _) in enumerate(said) if label != labels[i]]
    return len(suspects) / len(texts), sorted(suspects, key=lambda i: -said[i][1])
    ### END SOLUTION


# %% test="test_label_noise" points=1
def fit_first_word(texts, labels):
    """A toy that learns nothing: it reads the label and its confidence off the text, as in 'care 0.9'."""
    return lambda new: [(text.split()[0], float(text.split()[1])) for text in new]


check_call(
    label_noise, ["care 0.9", "care 0.8", "refund 0.6", "refund 0.7"], ["care", "refund", "care", "refund"],
    fit_first_word, folds=2, expected=(0.5, [1, 2]),
    look_at="Rows 1 and 2 are contradicted: a share of 0.5. Row 1 with confidence 0.8 comes before row 2 with 0.6.",
)
check_call(
    label_noise, ["care 0.5", "care 0.75", "care 0.75", "care 1.0"], ["x", "x", "x", "care"], fit_first_word,
    folds=4, expected=(0.75, [1, 2, 0]),
    look_at="The most confident suspects come first, equally confident ones by row number. Row 3 is no suspect.",
)
check_raises(
    label_noise, ["care 0.5", "care 0.75"], ["care"], fit_first_word, folds=2,
    look_at="Two lists of different length: raise a ValueError.",
)
passed("label_noise")

# %% test="test_label_noise_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
def watch(n, folds, seed=0):
    """Run label_noise on n rows with a fit that notes what it is shown: a list of (learned, asked) row numbers."""
    shown = []

    def fit_watching(texts, labels):
        learned = [int(text) for text in texts]
        check_that(
            list(labels) == [f"class {i * 3 // n}" for i in learned], called="fit(texts, labels)", gave=list(labels),
            expected="the labels that belong to these texts, in the same order",
            look_at="Give fit the labels of the very rows whose texts it gets.",
        )

        def predict(new):
            shown.append((learned, [int(text) for text in new]))
            return [("class 0", 0.5) for _ in new]

        return predict

    labels = [f"class {i * 3 // n}" for i in range(n)]
    call(label_noise, [str(i) for i in range(n)], labels, fit_watching, folds=folds, seed=seed)
    return shown


for n, folds in ((30, 5), (23, 4)):
    shown = watch(n, folds)
    check_that(
        all(not set(learned) & set(asked) for learned, asked in shown),
        called=f"label_noise({n} rows, folds={folds})", gave="a row predicted by a model that had learned from it",
        expected="every row predicted by a model that has not seen it",
        look_at="A model gives back what it has seen: leave the fold out of what fit gets.",
    )
    asked_rows = sorted(i for _, asked in shown for i in asked)
    check_that(
        asked_rows == list(range(n)), called=f"label_noise({n} rows, folds={folds})",
        gave=f"{len(asked_rows)} predictions, for {len(set(asked_rows))} different rows",
        expected="each row predicted exactly once",
        look_at="Every row belongs to exactly one fold, also if the rows do not divide evenly.",
    )
    check_that(
        len(shown) == folds and all(len(set(learned) | set(asked)) == n for learned, asked in shown),
        called=f"label_noise({n} rows, folds={folds})",
        gave=f"{len(shown)} models, the first on {len(shown[0][0])} rows",
        expected=f"{folds} models, each on all rows outside its fold",
        look_at="Learn from all the other folds, once for each fold.",
    )
    sizes = sorted(len(asked) for _, asked in shown)
    check_that(
        sizes[-1] - sizes[0] <= 1, called=f"label_noise({n} rows, folds={folds})", gave=f"folds of {sizes} rows",
        expected="sizes that differ by one at most", look_at="Deal the rows out evenly: order[k::folds] does.",
    )
    check_that(
        all(max(asked) - min(asked) >= len(asked) for _, asked in shown),
        called=f"label_noise({n} rows sorted by class, folds={folds})", gave=f"the fold {sorted(shown[0][1])}",
        expected="folds of rows from all over the list",
        look_at="Data often come sorted by class: shuffle first, or a fold holds a class that nobody has learned.",
    )
folds_of = {seed: sorted(sorted(asked) for _, asked in watch(30, 5, seed=seed)) for seed in (1, 2, 3)}
check_that(
    folds_of[1] == sorted(sorted(asked) for _, asked in watch(30, 5, seed=1))
    and folds_of[1] != folds_of[2] != folds_of[3],
    called="label_noise(30 rows, seed=1, 2, 3, and 1 again)", gave="folds that do not follow from the seed",
    expected="the same folds for the same seed, others for another",
    look_at="Shuffle with random.Random(seed), not in a fixed way.",
)
random.seed(5)
expected_next = random.Random(5).random()
watch(30, 5, seed=7)
check_that(
    random.random() == expected_next, called="label_noise(…, seed=7)", gave="a changed global random state",
    expected="the random module's own state untouched",
    look_at="random.seed(...) reaches into everybody's random numbers. Make your own: random.Random(seed).",
)


def fit_counting(texts, labels):
    """A toy whose confidence is how many rows it has learned from, of 100."""
    return lambda new: [(text, len(texts) / 100) for text in new]


check_call(
    label_noise, ["a", "a", "b", "b", "a"], ["a", "b", "a", "b", "b"], fit_counting, folds=5, expected=(0.6, [1, 2, 4]),
    look_at="Two rows may have the same text and different labels: keep predictions by row number, not by text.",
)
check_call(
    label_noise, ["a", "b", "c"], ["a", "b", "c"], fit_counting, folds=3, expected=(0.0, []),
    look_at="Where nothing differs the share is 0.0 and nobody is a suspect.",
)
for folds in (1, 0, 4):
    check_raises(
        label_noise, ["a", "b", "c"], ["a", "b", "c"], fit_counting, folds=folds,
        look_at="With fewer than 2 folds nothing is left to learn from, with more than n some are empty: a ValueError.",
    )
passed("label_noise (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# First on clean labels, then with 10, 20 and 40 % planted. The last column looks at the fifty rows that head the list:
# how many of them really have a wrong label?

# %% tags=["demo"]
right = [row["condition"] for row in as_rows(clinic["train"])]
found = {}
for rate in (0, 0.1, 0.2, 0.4):
    given = [row["condition"] for row in as_rows(corrupt(clinic, "wrong_labels", rate)["train"])]
    share, suspects = label_noise(clean_texts, given, fit_tfidf)
    found[rate] = {"given": given, "disagreement": share, "suspects": suspects,
                   "wrong in the first 50": sum(given[i] != right[i] for i in suspects[:50])}
pd.DataFrame(found).T[["disagreement", "wrong in the first 50"]].rename_axis("planted")

# %% [markdown]
# Look at the first line: nobody planted anything there, and the model disagrees with a large share of the labels. It is
# wrong itself that often. (Or are some of *our* labels wrong? We cannot exclude it.) So **disagreement is not noise**.
#
# If the model is wrong about a share $e$ of correctly labelled rows and a share $r$ of the labels is wrong, drawn from
# the other $K - 1$ classes with equal chance, then prediction and label differ in a share of about
#
# $$d = (1 - r)\,e + r\left(1 - \frac{e}{K - 1}\right)$$
#
# The first part: a right label, a wrong prediction. The second: a wrong label, unless the prediction happens to be
# wrong in the same way. Solved for the noise: $r = (d - e) / (1 - e - e / (K - 1))$. But where does $e$ come from? We
# take it from the clean labels, which in real life nobody has. Beside it, therefore, the plain method: let a person
# check 80 rows drawn at random and count. (Here we check against the labels before planting.)

# %% tags=["demo"]
K, e = len(set(right)), found[0]["disagreement"]
checked = random.Random(6).sample(range(len(right)), 80)
estimates = []
for rate, f in found.items():
    hand = scoreboard.proportion([f["given"][i] != right[i] for i in checked])
    estimates.append({"planted": f"{rate:.0%}", "disagreement d": f"{f['disagreement']:.0%}",
                      "r from the formula": f"{(f['disagreement'] - e) / (1 - e - e / (K - 1)):.0%}",
                      "80 rows checked by hand": str(hand)})
pd.DataFrame(estimates)

# %% [markdown]
# Does the formula come near the truth? Where it lies above it, think of what noise does to the model that judges: it
# learned from noisy rows, too, so its own error is no longer the $e$ of the clean ones. For *how many* labels are
# wrong, a person and 80 rows need no model at all. For *which*, the list of suspects may save work; the next figure
# says how much.

# %% tags=["demo"]
figure = Figure(figsize=(8, 4), layout="constrained")
axes, said = figure.subplots(), []
for place, rate in enumerate((0.1, 0.2, 0.4)):
    wrong = [found[rate]["given"][i] != right[i] for i in found[rate]["suspects"]]
    axes.plot(range(1, len(wrong) + 1), np.cumsum(wrong) / np.arange(1, len(wrong) + 1),
              color=scoreboard.PALETTE[place], label=f"{rate:.0%} planted")
    axes.axhline(rate, color=scoreboard.PALETTE[place], linestyle=":")
    said.append(f"{rate:.0%} planted: {sum(wrong[:20])} of the first 20, {sum(wrong)} of all {len(wrong)} suspects")
axes.set(xlabel="suspects checked, the most confident first", ylabel="share that really is wrong", ylim=(0, 1.02),
         title="How good is the list? Dotted: rows checked in random order")
axes.legend()
scoreboard.show(figure, alt="Share of really wrong labels among the suspects, by how many of the list are checked. "
                + "; ".join(said) + ". Dotted lines: the planted rates, which random checking would find.")

# %% [markdown]
# How far do the curves lie above their dotted lines, and how soon do they come down? Remember how often this judge errs
# on clean rows, and that where labels are rarely wrong, most of what it contradicts is its own error.
#
# A suspect is a row to look at, not a row to delete: the model contradicts hard rows, too, and a set without its hard
# rows looks clean and teaches less.

# %% [markdown]
# ## 6 · All tools together
#
# Two kinds are left, and for both we take a rough tool that needs no exercise:
#
# - **truncated text**: the text ends without a mark such as a full stop, and its last word stands in no other row;
# - **off-topic**: the text resembles no other one. We take the 5 % whose five nearest neighbours (by TF-IDF, copies
#   left out) are the furthest away.
#
# For wrong labels we accuse the 10 % of the rows that head your list of suspects. Copies go first: two copies of a row
# with the same wrong label would vouch for each other across the folds.

# %% tags=["demo"]
def breaks_off(texts):
    """Positions of texts that end without a mark, on a word that no other text has."""
    words = [re.findall(r"[^\W_]+", text.casefold()) for text in texts]
    seen = pd.Series([word for listed in words for word in set(listed)]).value_counts()
    return [i for i, text in enumerate(texts) if words[i] and text.rstrip()[-1].isalnum() and seen[words[i][-1]] == 1]


def loners(texts, share):
    """Positions of the texts that are least like any other, this share of them."""
    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts)
    alike = (vectors @ vectors.T).toarray()
    np.fill_diagonal(alike, 0)
    nearest = np.sort(alike, axis=1)[:, -5:].mean(axis=1)
    return np.argsort(nearest, kind="stable")[: round(share * len(texts))].tolist()

# %% tags=["demo"]
def accuse(data, rows):
    """For each kind of fault, the ids of the rows that our tools accuse; for copies also the groups they make."""
    text, label = text_and_label(data)
    texts = [row[text] for row in rows]
    shut = [t for split in ("dev", "test") for t in data[split][text]]
    pairs = near_duplicates(texts + shut)
    groups = groups_of(len(texts), [pair for pair in pairs if pair[1] < len(texts)])
    firsts = sorted({group: i for i, group in reversed(list(enumerate(groups)))}.values())
    once = [texts[i] for i in firsts]
    _, suspects = label_noise(once, [rows[i][label] for i in firsts], fit_tfidf)
    where = {
        "duplicates": [i for i in range(len(texts)) if groups.count(groups[i]) > 1],
        "leakage": [i for i, j in pairs if i < len(texts) <= j],
        "truncated_text": breaks_off(texts),
        "personal_data": [i for i, t in enumerate(texts) if re.search(r"\[(EMAIL|PHONE)\]", redact(t))],
        "wrong_labels": [firsts[i] for i in suspects[: len(firsts) // 10]],
        "off_topic": [firsts[i] for i in loners(once, 0.05)],
    }
    return {kind: {rows[i]["id"] for i in found} for kind, found in where.items()}, groups

# %% [markdown]
# Two questions for each kind: which share of the planted rows did the tool find (**recall**), and how many rows did it
# accuse that have no fault at all? (A row with another fault than the one it is accused of counts as neither, and nor
# does the original of a planted copy.)

# %% tags=["demo"]
verdicts = []
for name, data in (("pre-diagnosis", clinic), ("shop", shop)):
    rows, truth = dirty[name]
    accused, groups = accuse(data, rows)
    faulty = set().union(*truth.values())
    copied = {group for row, group in zip(rows, groups) if row["id"] in truth["duplicates"]}
    faulty |= {row["id"] for row, group in zip(rows, groups) if group in copied}
    for kind, ids in truth.items():
        verdicts.append({"set": name, "kind": kind, "planted": len(ids), "accused": len(accused[kind]),
                         "recall": scoreboard.proportion([i in accused[kind] for i in sorted(ids)]),
                         "faultless rows accused": len(accused[kind] - faulty)})
    if name == "pre-diagnosis":
        sick_accused, sick_groups = accused, groups
pd.DataFrame(verdicts)

# %% tags=["demo"]
figure = Figure(figsize=(9, 4), layout="constrained")
left, mid = figure.subplots(1, 2, sharey=True)
for number, name in enumerate(("pre-diagnosis", "shop")):
    own = [v for v in verdicts if v["set"] == name]
    place, e = np.arange(len(own)) + 0.3 * number - 0.15, [v["recall"] for v in own]
    left.errorbar([x.value for x in e], place, xerr=[[x.value - x.low for x in e], [x.high - x.value for x in e]],
                  fmt="os"[number], color=scoreboard.PALETTE[number], capsize=3, label=name)
    mid.barh(place, [v["faultless rows accused"] for v in own], height=0.28, color=scoreboard.PALETTE[number])
left.set(yticks=range(len(own)), yticklabels=[v["kind"].replace("_", " ") for v in own], xlim=(-0.02, 1.02),
         ylim=(len(own) - 0.5, -0.5), xlabel="share of the planted rows found (95 % interval)", title="Found")
mid.set(xlabel="rows without any fault", title="Accused wrongly")
figure.legend(loc="outside lower center", ncols=2)
scoreboard.show(figure, alt="What the tools found. " + "; ".join(
    f"{v['set']}, {v['kind']}: recall {v['recall']}, {v['faultless rows accused']} faultless rows accused"
    for v in verdicts) + ".")

# %% [markdown]
# Which faults have a *form* (a copy, a leak, a phone number), and which need *meaning* (a label, a topic, an end that
# is missing)? Compare them in both halves of the figure. The tools for form find most of what was planted and accuse
# hardly anybody; what is missing of the personal data are the postal addresses. The others accuse many who did nothing:
# their lists are for a person to read.
#
# Does cleaning pay? TF-IDF learns from five versions of the rows, all measured on dev:
#
# - the dirty rows;
# - without leaks, and with one row of each group of copies;
# - without the accused of all kinds but personal data, thrown out unread;
# - or with the accused read by a person, who mends wrong labels and throws out off-topic rows only (we play that
#   person, as we know the truth);
# - the rows that were never dirty.

# %% tags=["demo"]
mended = make_dirty(clinic, {kind: rate for kind, rate in FAULTS.items() if kind != "wrong_labels"})[0]
true_label = {row["id"]: row["condition"] for row in mended}
suspected = set().union(*(sick_accused[kind] for kind in ("truncated_text", "wrong_labels", "off_topic")))
single = [row for i, row in enumerate(sick_rows)
          if sick_groups.index(sick_groups[i]) == i and row["id"] not in sick_accused["leakage"]]
versions = {
    "dirty": sick_rows,
    "copies and leaks out": single,
    "all accused out": [row for row in single if row["id"] not in suspected],
    "accused read by a person": [row | {"condition": true_label[row["id"]]} if row["id"] in suspected else row
                                 for row in single if row["id"] not in suspected & planted["off_topic"]],
    "never dirty": as_rows(clinic["train"]),
}

# %% tags=["demo"]
CLEANED = "pre-diagnosis, all six faults"
outcomes = {name: tfidf_hits(rows, dev) for name, rows in versions.items()}
pd.DataFrame({
    name: {"rows": len(versions[name]), "dev accuracy": str(note(CLEANED, name, h)),
           "minus dirty": str(scoreboard.paired_difference(outcomes["dirty"], h))}
    for name, h in outcomes.items()
}).T

# %% [markdown]
# Look at the last column: does any interval leave out 0? If none does, that is a result, too: with so many rows and one
# wrong label in ten, 80 dev rows cannot tell dirty from clean, and nobody may claim from this table that cleaning paid.
# If that of *all accused out* holds 0 as well, cleaning unread gained nothing that we can show, and it threw out rows
# without a fault (the figure above counts them).
#
# Is dirt harmless, then? Six faults at once pull in different directions. The leaked rows, for one, are more rows to
# learn from; what they spoil is the *test*, which this table never asks. So which fault costs what? One at a time,
# then.

# %% [markdown]
# ## 7 · What a wrong label costs
#
# Now the real thing: fine-tuning. 96 clean rows, eight of each condition; and the same 96 rows in the set where 40 % of
# the labels are wrong. The method is **LoRA** (Hu et al. 2021, [arXiv:2106.09685](https://arxiv.org/abs/2106.09685)):
# fine-tuning that keeps the old numbers and adds a few new ones, small tables that are trained instead. Lesson 07 opens
# it up; here it is a tool.
#
# Each row becomes a prompt and the answer that should follow. Then each of the twelve names is scored, as in lesson 04,
# and the most likely one is the model's answer. Both trainings and all scoring take a minute and a half.

# %% tags=["demo"]
from course_lib import experiments
from course_lib.finetune import FinetuneConfig, finetune
from course_lib.models import default_model

lm = default_model()
clean = experiments.balanced(as_rows(clinic["train"]), 96, seed=0)
mislabelled = {row["id"]: row for row in as_rows(corrupt(clinic, "wrong_labels", 0.4)["train"])}
wrong = [mislabelled[row["id"]] for row in clean]
print(f"{sum(a['condition'] != b['condition'] for a, b in zip(clean, wrong))} of {len(wrong)} labels are wrong. A row:")
experiments.clinic_rows(clean[:1])[0]

# %% tags=["demo"]
COST, llm_hits = "96 rows, labels right or wrong", {}


def score_on_dev(approach, model, name):
    """Score the twelve names for each dev row, and put the accuracy on the scoreboard."""
    started = time.perf_counter()
    llm_hits[approach] = experiments.condition_hits(model, dev)
    seconds = (time.perf_counter() - started) / len(dev)
    tokens = np.mean([len(model.tokenizer(row["prompt"])["input_ids"]) for row in experiments.clinic_rows(dev)])
    print(approach, note(COST, approach, llm_hits[approach], tokens, seconds, name))


score_on_dev("not fine-tuned", lm, lm.name)

# %% tags=["demo"]
for approach, rows in (("LoRA, 40 % wrong labels", wrong), ("LoRA, clean labels", clean)):
    tuned = finetune(lm, experiments.clinic_rows(rows), FinetuneConfig(epochs=3))
    score_on_dev(approach, tuned.lm, tuned.lm.name)
for name, weight in (("TF-IDF", "balanced"), ("TF-IDF unweighted", None)):
    for labels, rows in (("40 % wrong labels", wrong), ("clean labels", clean)):
        llm_hits[f"{name}, {labels}"] = tfidf_hits(rows, dev, weight)
        print(name, labels, note(COST, f"{name}, {labels}", llm_hits[f"{name}, {labels}"]))

# %% tags=["demo"]
for system in ("LoRA", "TF-IDF", "TF-IDF unweighted"):
    gain = scoreboard.paired_difference(llm_hits[f"{system}, 40 % wrong labels"], llm_hits[f"{system}, clean labels"])
    print(f"{system}: wrong labels → clean labels {gain}")
weighting = (f"TF-IDF{version}, 40 % wrong labels" for version in (" unweighted", ""))
gain = scoreboard.paired_difference(*(llm_hits[name] for name in weighting))
print("40 % wrong labels, unweighted → weighted:", gain)
scoreboard.show(scoreboard.plot(COST), alt=scoreboard.describe(COST))
sizes = pd.Series([row["condition"] for row in wrong]).value_counts()
print("rows of each condition among the wrong labels:", sorted(sizes))
scoreboard.table(COST)

# %% [markdown]
# The same texts, the same training; only the labels differ. What did they cost each system? And does the interval of
# the difference leave out 0?
#
# Mind the two versions of TF-IDF. *Unweighted* is scikit-learn's default, *TF-IDF* counts each class as if all had the
# same number of rows (`class_weight="balanced"`, as everywhere in this lesson). On clean rows, with eight of each
# condition, that changes nothing. Wrong labels also make the classes uneven (the last table counts the rows of each),
# and the default then leans to the larger ones. If the interval of the last line above leaves out 0, part of what
# looked like the price of wrong labels was a setting.
#
# With 80 dev rows and so few examples, one pair of runs says little. So the next figure is **recorded**: `course
# experiment label_noise` trained the language model on 160 rows, at four rates, with two draws of rows each. Set `LIVE
# = True` to train it yourself; the sentence under the figure says how many minutes it took. TF-IDF learns from the same
# rows live.

# %% tags=["demo"]
LIVE = False
noise = experiments.run("label_noise") if LIVE else experiments.recorded("label_noise")


def over_seeds(rows):
    """For each place in the list of asked rows, the share of the draws with a right answer there."""
    return np.mean([row["hits"] for row in rows], axis=0)


def with_interval(values):
    """Mean of a number for each row, with its 95 % interval by bootstrap over the rows: (mean, low, high)."""
    e = scoreboard.paired_difference(np.zeros(len(values)), values)
    return e.value, e.low, e.high

# %% tags=["demo"]
def same_rows(rate, seed):
    """The 160 rows that the experiment trained on."""
    place = {name: number for number, name in enumerate(clinic["train"]["id"])}
    ids = [row["id"] for row in experiments.balanced(as_rows(clinic["train"]), 160, seed)]
    part = DatasetDict(clinic | {"train": clinic["train"].select([place[i] for i in ids])})
    return as_rows(corrupt(part, "wrong_labels", rate, seed)["train"])


RATES, SYSTEMS = (0.0, 0.1, 0.2, 0.4), {"LoRA": None, "TF-IDF": "balanced", "TF-IDF unweighted": None}
answered = {}
for rate in RATES:
    answered["LoRA", rate] = over_seeds([r for r in noise.rows if r["system"] == "LoRA" and r["rate"] == rate])
    for system in ("TF-IDF", "TF-IDF unweighted"):
        runs = [tfidf_hits(same_rows(rate, seed), dev, SYSTEMS[system]) for seed in range(2)]
        answered[system, rate] = np.mean(runs, axis=0)

# %% tags=["demo"]
figure, described = Figure(figsize=(8, 4.4), layout="constrained"), []
axes = figure.subplots()
for number, system in enumerate(SYSTEMS):
    mean, low, high = np.array([with_interval(answered[system, rate]) for rate in RATES]).T
    axes.errorbar(np.array(RATES) + 0.004 * number, mean, yerr=[mean - low, high - mean], fmt="os^"[number] + "-",
                  capsize=4, color=scoreboard.PALETTE[number], label=system)
    described.append(f"{system}: " + ", ".join(f"{r:.0%} wrong → {m:.0%} [{a:.0%}, {b:.0%}]"
                                               for r, m, a, b in zip(RATES, mean, low, high)))
axes.axhline(1 / 12, color="grey", linestyle=":", label="guessing")
axes.set(xlabel="share of wrong labels among 160 training rows", ylabel="accuracy on 80 dev rows (95 % interval)",
         ylim=(0, 0.8), title=f"What wrong labels cost (LoRA {'live' if LIVE else 'recorded'}, TF-IDF live)")
axes.legend()
scoreboard.show(figure, alt="Dev accuracy against the share of wrong labels. " + "; ".join(described) + ".")
print(noise.provenance)

# %% tags=["demo"]
pd.DataFrame({
    f"{rate:.0%} wrong": {system: str(scoreboard.paired_difference(answered[system, 0.0], answered[system, rate]))
                          for system in SYSTEMS}
    for rate in RATES[1:]
})

# %% [markdown]
# Read the curves from left to right. Which system loses more, and is any spared? At which rate does the interval
# of the loss leave out 0? A few wrong labels may disappear in the noise of 80 dev rows; that is no proof that they cost
# nothing.
#
# **Quality or quantity?** With TF-IDF, which learns at once, we can afford the whole table live: sets of different
# size, labels of different quality, five draws each.

# %% tags=["demo"]
all_rows, DRAWS = as_rows(clinic["train"]), range(5)
labelled = {(rate, seed): {row["id"]: row for row in as_rows(corrupt(clinic, "wrong_labels", rate, seed)["train"])}
            for rate in RATES for seed in DRAWS}


def learned_from(n, rate, seed):
    """Dev hits of TF-IDF trained on n rows, of whose labels a share is wrong."""
    some = experiments.balanced(all_rows, n, seed)
    return {"hits": tfidf_hits([labelled[rate, seed][row["id"]] for row in some], dev)}


SIZES = (50, 100, 200, 400)
learned = {(n, rate): over_seeds([learned_from(n, rate, seed) for seed in DRAWS]) for n in SIZES for rate in RATES}

# %% tags=["demo"]
figure, described = Figure(figsize=(8, 4), layout="constrained"), []
axes = figure.subplots()
for number, rate in enumerate(RATES):
    mean, low, high = np.array([with_interval(learned[n, rate]) for n in SIZES]).T
    axes.errorbar(np.array(SIZES) * 1.02 ** number, mean, yerr=[mean - low, high - mean], fmt="os^D"[number] + "-",
                  capsize=3, color=scoreboard.PALETTE[number], label=f"{rate:.0%} wrong")
    described.append(f"{rate:.0%} wrong: " + ", ".join(f"{n} rows {m:.0%}" for n, m in zip(SIZES, mean)))
axes.set(xscale="log", xticks=SIZES, xticklabels=SIZES, xlabel="training rows (log scale)", ylim=(0, 0.8),
         ylabel="accuracy on 80 dev rows (95 % interval)", title="Quality or quantity? (TF-IDF, live)")
axes.minorticks_off()
axes.legend()
scoreboard.show(figure, alt="Dev accuracy of TF-IDF by number of rows and share of wrong labels. "
                + "; ".join(described) + ".")

# %% tags=["demo"]
for rate in RATES[1:]:
    print(f"200 rows, all right → 400 rows, {rate:.0%} wrong:",
          scoreboard.paired_difference(learned[200, 0.0], learned[400, rate]))

# %% [markdown]
# So how many wrong labels do twice as many rows make up for? "Quality before quantity" is quickly said: does this table
# say it, at every rate? You need it in section 10.
#
# ## 8 · What the other faults cost
#
# The same question for four more faults. In each set, 80 good rows stay the same, and the other 80 are at fault. The
# function below makes them, so that you see exactly what was trained on. The language model took the same number of
# training steps on every set (on the 80 rows alone: twice as many epochs), so that no set wins by longer training.
#
# Here, and only here, models answer *test* rows: whether a leak flatters can be seen nowhere else. Nothing is chosen by
# these figures, and the models are thrown away.

# %% tags=["demo"]
import inspect

print(inspect.getsource(experiments.faulty_sets))

# %% tags=["demo"]
live = []
for seed in range(2):
    sets, leaked_rows, others = experiments.faulty_sets(seed)
    asked = {"dev": dev, "test rows in train": leaked_rows, "test rows not in train": others}
    for fault, rows in sets.items():
        for name in asked if fault in ("none", "leakage") else ["dev"]:
            live.append({"fault": fault, "seed": seed, "system": "TF-IDF, live", "evaluated_on": name,
                         "hits": tfidf_hits(rows, asked[name])})

# %% [markdown]
# TF-IDF you have just trained yourself. The language model took longer: its results are recorded
# (`course experiment data_faults`; `LIVE = True` above trains it here).

# %% tags=["demo"]
faults = experiments.run("data_faults") if LIVE else experiments.recorded("data_faults")
LORA = "LoRA, live" if LIVE else "LoRA, recorded"
measured = live + [row | {"system": LORA} for row in faults.rows if row["system"] == "LoRA"]


def answers_of(system, fault, asked="dev"):
    return over_seeds([r for r in measured if (r["system"], r["fault"], r["evaluated_on"]) == (system, fault, asked)])

# %% tags=["demo"]
NAMED = {"none": "160 good rows", "duplicates": "80 good rows, each twice", "removed": "80 good rows",
         "truncated_text": "80 good, 80 cut short", "off_topic": "80 good, 80 off-topic"}
figure, described = Figure(figsize=(8, 4), layout="constrained"), []
axes = figure.subplots()
for number, system in enumerate((LORA, "TF-IDF, live")):
    mean, low, high = np.array([with_interval(answers_of(system, fault)) for fault in NAMED]).T
    axes.errorbar(mean, np.arange(5) + 0.24 * number - 0.12, xerr=[mean - low, high - mean], fmt="os"[number],
                  capsize=3, color=scoreboard.PALETTE[number], label=system)
    described.append(f"{system}: " + ", ".join(f"{name} {m:.0%} [{a:.0%}, {b:.0%}]"
                                               for name, m, a, b in zip(NAMED.values(), mean, low, high)))
axes.set(yticks=range(5), yticklabels=list(NAMED.values()), ylim=(4.5, -0.5), xlim=(0, 0.8),
         xlabel="accuracy on 80 dev rows (95 % interval)", title="What a fault in half of the rows costs")
figure.legend(loc="outside lower center", ncols=2)
scoreboard.show(figure, alt="Dev accuracy after training on faulty sets. " + "; ".join(described) + ".")
print(faults.provenance)

# %% tags=["demo"]
pd.DataFrame({
    f"{NAMED[a]} → {NAMED[b]}": {
        system: str(scoreboard.paired_difference(answers_of(system, a), answers_of(system, b)))
        for system in (LORA, "TF-IDF, live")
    }
    for a, b in (("none", "duplicates"), ("removed", "duplicates"), ("removed", "truncated_text"),
                 ("removed", "off_topic"), ("none", "removed"))
}).T

# %% [markdown]
# Take the comparisons one by one.
#
# - *160 good → 80 good, each twice*: the same budget of rows, half of it spent on copies. That is what copies waste.
# - *80 good → 80 good, each twice*: did the copies bring anything?
# - *80 good → 80 good and 80 bad*: if it is below 0, the bad rows are worse than nothing; if not, they still had
#   something to teach. A text cut short still has a beginning.
#
# Is the classical method hurt as much as the language model? Compare the two columns, with their intervals, before you
# say that one is "more robust".
#
# Now the leak. 80 of the 160 test rows stand in train.

# %% tags=["demo"]
PLACES = ("test rows in train", "test rows not in train", "dev")
figure, described = Figure(figsize=(8, 3.6), layout="constrained"), []
for axes, system in zip(figure.subplots(1, 2, sharey=True), (LORA, "TF-IDF, live")):
    for number, fault in enumerate(("none", "leakage")):
        mean, low, high = np.array([with_interval(answers_of(system, fault, place)) for place in PLACES]).T
        axes.errorbar(mean, np.arange(3) + 0.24 * number - 0.12, xerr=[mean - low, high - mean], fmt="os"[number],
                      capsize=3, color=scoreboard.PALETTE[number], label=("no leak", "leak")[number])
        described.append(f"{system}, {('no leak', 'leak')[number]}: " + ", ".join(
            f"{place} {m:.0%} [{a:.0%}, {b:.0%}]" for place, m, a, b in zip(PLACES, mean, low, high)))
    axes.set(yticks=range(3), yticklabels=["the 80 that leak", "the 80 others", "dev"], ylim=(2.5, -0.5),
             xlim=(0, 1.04), title=system, xlabel="accuracy (95 % interval)")
figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
scoreboard.show(figure, alt="Accuracy with and without a leak of 80 test rows. " + "; ".join(described) + ".")

# %% tags=["demo"]
for system in (LORA, "TF-IDF, live"):
    for place in PLACES:
        gain = scoreboard.paired_difference(answers_of(system, "none", place), answers_of(system, "leakage", place))
        print(f"{system}, {place}: what the leak adds {gain}")

# %% tags=["demo"]
print("LoRA, 80 rows all right → 160 rows, 20 % wrong:",
      scoreboard.paired_difference(answers_of(LORA, "removed"), answered["LoRA", 0.2]))

# %% [markdown]
# On the rows that leaked the score rises. On rows that nobody leaked, does it? The difference between the two is the
# flattery: what you would have told your boss, and what she would have got. With half the test set leaked, the test
# score is the mean of both. The line just above belongs to section 10. (Where every leaked row was answered rightly,
# the bootstrap has nothing to redraw, and its interval shrinks to a point. That says "no row of ours failed", not
# "impossible".)

# %% [markdown]
# ## 9 · Write it down: the data card
#
# Whoever uses your data after you knows nothing of all this. Gebru et al. proposed a **datasheet** for every data set:
# how it came about, what is in it, what it may be used for (2018,
# [arXiv:1803.09010](https://arxiv.org/abs/1803.09010)). The course's own stand beside the data. Prose grows old with
# every edit of the rows; figures should therefore be *counted* each time.
#
# ### Exercise 5: a data card
#
# *Difficulty 3 of 5 · 20 minutes · 3 points*
#
# <details><summary>Hint 1</summary>
#
# Start with a list of the texts of those rows that have one (`None.strip()` is an error, so ask for None first): nearly
# everything is counted on these, and only the shares are divided by the number of *all* rows.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Copies: as many as there are texts, less the number of different ones (`len(set(…))`) after making them equal. For the
# rarest label, `min` with a key that is a pair looks at the pair's first number, and at the second where these tie.
#
# </details>

# %% solution="data_card"
def data_card(rows, text, label, *, licence, intended_use, count_personal):
    """Count what a data card must say.

    rows: a list of dictionaries, each with the keys `text` and `label` (the names of the columns). A row is without
        text if its text is None, empty or white space only. Labels are strings. The rows are left as they are.
    licence, intended_use: strings, passed through.
    count_personal: a function; count_personal(some text) is the number of places with personal data in it. It is asked
        about rows with text only.
    Returns a dictionary with
    - "rows": how many rows; "without text": how many of them have no text;
    - "labels": a dictionary, label to number of rows (rows without text are counted, too);
    - "rarest label": the label with the fewest rows; of several, the first in alphabetical order;
    - "median words", "longest": of the number of words (text.split()) of the rows with text; 0 if there are none;
    - "copies": the share of ALL rows whose text equals that of an earlier row, capitals (casefold) and white space
      aside; rows without text are no copies;
    - "rows with personal data": how many rows have at least one place with personal data;
    - "licence", "intended use": as given.
    Raises ValueError, with a message that says what is missing, if there are no rows, or if licence or intended_use is
    None, empty or white space only.
    """
    ### BEGIN SOLUTION
    if not rows:
        raise ValueError("There are no rows to describe.")
    for name, value in (("licence", licence), ("intended use", intended_use)):
        if not value or not value.strip():
            raise ValueError(f"The {name} is missing: without it nobody may know what these data are for.")
    texts = [row[text] for row in rows if row[text] and row[text].strip()]
    lengths = [len(t.split()) for t in texts] or [0]
    different = {" ".join(t.casefold().split()) for t in texts}
    labels = {}
    for row in rows:
        labels[row[label]] = labels.get(row[label], 0) + 1
    return {
        "rows": len(rows),
        "without text": len(rows) - len(texts),
        "labels": labels,
        "rarest label": min(labels, key=lambda name: (labels[name], name)),
        "median words": statistics.median(lengths),
        "longest": max(lengths),
        "copies": (len(texts) - len(different)) / len(rows),
        "rows with personal data": sum(count_personal(t) > 0 for t in texts),
        "licence": licence,
        "intended use": intended_use,
    }
    ### END SOLUTION


# %% test="test_data_card" points=1
def count_at(text):
    """A simple counter for the checks: how many @ are in a text."""
    return text.count("@")


card_rows = [
    {"message": "Where is my hat?", "topic": "delivery"}, {"message": "where is  MY hat?", "topic": "delivery"},
    {"message": "a@example.com or b@example.com", "topic": "return"}, {"message": "  ", "topic": "return"},
    {"message": "thanks", "topic": "care"},
]
card = {
    "rows": 5, "without text": 1, "labels": {"delivery": 2, "return": 2, "care": 1}, "rarest label": "care",
    "median words": 3.5, "longest": 4, "copies": 0.2, "rows with personal data": 1,
    "licence": "CC BY 4.0", "intended use": "teaching",
}
result = call(
    data_card, card_rows, "message", "topic", licence="CC BY 4.0", intended_use="teaching", count_personal=count_at,
)
check_that(
    isinstance(result, dict) and set(result) == set(card), called="data_card(five rows, 'message', 'topic', …)",
    gave=f"the keys {sorted(result)}" if isinstance(result, dict) else result, expected=f"the keys {sorted(card)}",
    look_at="Return a dictionary with exactly the keys of the docstring.",
)
LOOK_AT = {
    "rows": "Count all rows, also those without text.",
    "without text": "A text of white space only is no text.",
    "labels": "Count every row's label, also where the text is missing.",
    "rarest label": "The rarest label is the name, not the count; of several, the first in alphabetical order.",
    "median words": "Words are text.split(); the median of 4, 4, 3 and 1 is 3.5: rows without text do not enter.",
    "longest": "The longest text in words, not in characters.",
    "copies": "A share of all rows, with capitals and white space made equal; the first of a group is no copy.",
    "rows with personal data": "Count the rows that have any, not the places: one row may have several.",
    "licence": "Pass the licence through.", "intended use": "Pass the intended use through.",
}


def entry_of_data_card(key):
    """One entry of your card of the five rows."""
    return result[key]


for key, value in card.items():
    check_call(entry_of_data_card, key, expected=value, look_at=LOOK_AT[key])
check_raises(
    data_card, card_rows, "message", "topic", licence="", intended_use="teaching", count_personal=count_at,
    look_at="Without a licence nobody may use the data: raise a ValueError that says so.",
)
passed("data_card")

# %% test="test_data_card_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
def count_ring(text):
    """How often a text says ring; it cannot read what is no text."""
    return text.split().count("ring")


check_call(
    data_card,
    [{"t": "ring ring ring", "l": "b"}, {"t": None, "l": "a"}, {"t": "", "l": "a"}, {"t": "Ring", "l": "b"},
     {"t": "\n", "l": "c"}, {"t": "one two three ring", "l": "d"}, {"t": "ONE TWO\nTHREE RING", "l": "d"},
     {"t": " one two three ring ", "l": "c"}],
    "t", "l", licence="CC0", intended_use="tests", count_personal=count_ring,
    expected={
        "rows": 8, "without text": 3, "labels": {"b": 2, "a": 2, "c": 2, "d": 2}, "rarest label": "a",
        "median words": 4, "longest": 4, "copies": 0.25, "rows with personal data": 3, "licence": "CC0",
        "intended use": "tests",
    },
    look_at="Eight rows, three without text (None, empty, white space): these are counted under their labels, are no "
            "copies of each other, and are not shown to count_personal. Three equal texts are two copies of 8 rows.",
)
check_call(
    data_card, [{"t": "", "l": "x"}, {"t": None, "l": "x"}], "t", "l", licence="CC0", intended_use="tests",
    count_personal=count_ring,
    expected={
        "rows": 2, "without text": 2, "labels": {"x": 2}, "rarest label": "x", "median words": 0, "longest": 0,
        "copies": 0.0, "rows with personal data": 0, "licence": "CC0", "intended use": "tests",
    },
    look_at="If no row has a text, the lengths are 0; neither median nor max may be asked about an empty list.",
)
for licence, use in ((None, "teaching"), ("   ", "teaching"), ("CC BY 4.0", ""), ("CC BY 4.0", None), ("CC0", " \n")):
    check_raises(
        data_card, [{"t": "hat", "l": "x"}], "t", "l", licence=licence, intended_use=use, count_personal=count_ring,
        look_at="Refuse a licence or an intended use that is None, empty or only white space.",
    )
check_raises(
    data_card, [], "t", "l", licence="CC0", intended_use="tests", count_personal=count_ring,
    look_at="No rows, no card: raise a ValueError.",
)
passed("data_card (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Three cards side by side. Which lines would have warned you that a set is dirty, and which faults does no line show?

# %% tags=["demo"]
def places(text):
    """How many places with personal data `redact` finds."""
    return len(re.findall(r"\[(?:EMAIL|PHONE|ORDER)\]", redact(text)))


cards = {
    name: data_card(rows, text, label, licence="CC BY 4.0", intended_use="teaching and small experiments",
                    count_personal=places)
    for name, rows, text, label in (
        ("pre-diagnosis", as_rows(clinic["train"]), "description", "condition"),
        ("pre-diagnosis, dirty", sick_rows, "description", "condition"),
        ("shop", as_rows(shop["train"]), "message", "topic"),
    )
}
pd.DataFrame(cards).drop("labels")

# %% [markdown]
# No line shows a leak, a wrong label or an off-topic row. A card says what was counted. What was *not* looked for
# belongs on it, too, in words: here that postal addresses are not found, that no clinician has seen the rows, and that
# nothing trained on them may meet a patient.

# %% [markdown]
# ## 10 · In your own words
#
# *15 minutes · 4 points, graded by hand · about 150 words*
#
# You have money for 400 labels. Either 400 new descriptions are labelled once, and experience says that a reader who
# labels alone gets one in five wrong. Or 200 are labelled twice, with a talk wherever two readers differ, and nearly
# all are right. Which do you buy for *this* task? Argue from your own figures, one point each:
#
# - a decision with figures and intervals from the run (sections 7 and 8);
# - whether the other system (LoRA or TF-IDF) says the same: for LoRA, the line that closes section 8;
# - one fault besides wrong labels that you would look for first, with its cost;
# - what your figures cannot tell you.

# %% [markdown] answer="four_hundred_labels" points=4
# **Model answer.** I buy the 400, though by a narrow margin. With TF-IDF, 400 rows with 20 % wrong labels did no worse
# than 200 right ones: +5 % [-1 %, +10 %], n = 80, five draws. Were two in five wrong I would buy the 200: -6 % [-13 %,
# -0 %]. So "quality before quantity" depends on the rate. The fine-tuned model does not contradict: from 80 right rows
# to 160 with 20 % wrong labels it moved by +1 % [-9 %, +10 %], which shows no difference, and 40 % wrong labels cost it
# 18 % [8 %, 27 %]. Before buying I would look for copies: 80 rows, each twice, did 15 % [4 %, 25 %] worse than 160
# different ones (TF-IDF 9 % [1 %, 18 %]), and a split by rows promised 80 % [74 %, 85 %] where dev gave 64 % [53 %, 73
# %]. `near_duplicates` finds them, `group_split` keeps them on one side. My figures cannot tell what real readers get
# wrong: our noise falls evenly on all conditions, people mix up neighbours. 80 dev rows are few, and no clinician has
# seen the descriptions. And I would have some rows read twice in any case: those that I measure on.
#
# **Rubric** (1 point each): decides, with at least one difference and its interval from the own run · says whether the
# other system agrees, with its figure, and does not call overlapping intervals a difference · names one other fault
# with its measured cost or flattery, and how to find it · names a limit (80 dev rows, few draws, noise that is uniform
# here but not in life, invented rows without a clinician, no price for the talk).

# %% [markdown]
# ## Quiz
#
# *5 minutes, for yourself*
#
# **1.** Two texts of 2 and 3 shingles share 2. How alike are they by Jaccard?
#
# - **A** 1, as all shingles of the shorter one are in the longer one
# - **B** 2/3
# - **C** 2/5
#
# <details><summary>Answer</summary>
#
# **B.** Two shingles are in both and three in at least one. **A** divides by the shorter text, which makes every quote
# a copy of the text that quotes it. **C** counts the shared shingles twice in the divisor.
#
# </details>
#
# **2.** A data set holds ten messages from each of 50 customers; the model is meant for customers it has never met. How
# do you split off a part to measure on?
#
# - **A** Messages at random: there are 500 of them, that is enough
# - **B** The last message of each customer
# - **C** Customers at random, each with all their messages
#
# <details><summary>Answer</summary>
#
# **C.** In use, the model will meet customers that it does not know, so the measurement must, too. **A** puts messages
# of the same customer on both sides, and their habits of writing give the answer away. **B** does so for all 50.
#
# </details>
#
# **3.** A colleague says: "My model contradicts 40 % of the labels out of fold, so 40 % are wrong." What do you answer?
#
# - **A** The model itself errs; check a random sample by hand, and count
# - **B** Right, since each row was predicted by a model that had not seen it
# - **C** Then delete these 40 %, and train again
#
# <details><summary>Answer</summary>
#
# **A.** Disagreement is the labels' errors and the model's together. **B** is true of the predictions and proves
# nothing about the labels. **C** also deletes rows whose labels are
# right; the figure in section 5 says how many of the suspects are.
#
# </details>
#
# **4.** Half of the test rows slipped into train. What happens to the score?
#
# - **A** On the leaked rows it rises, and says nothing about new ones
# - **B** It falls, since there are fewer different rows
# - **C** Nothing, as the model was not told that they are test rows
#
# <details><summary>Answer</summary>
#
# **A.** You saw it in both systems. **B**: what moves most is the score on the leaked rows themselves, and it moves
# upwards. **C**: it needs no telling; it has learned their answers.
#
# </details>
#
# **5.** After `redact`, may you call a data set anonymous?
#
# - **A** Yes, if no e-mail address and no phone number is left
# - **B** Yes, if all digits are gone as well
# - **C** No: names, addresses and telling details have no form that a pattern could know
#
# <details><summary>Answer</summary>
#
# **C.** The postal addresses of section 4 all came through. **A** mistakes what was looked for with what is there.
# **B** also destroys the sizes and prices, and still leaves the names.
#
# </details>

# %% [markdown]
# ## Summary
#
# - Copies and leaks have a form: shingles find nearly all of them and accuse hardly anyone. Split by groups, or the
#   score measures memory.
# - Redaction takes out what has a form and keeps what the task needs; it makes nothing anonymous.
# - Out-of-fold disagreement finds suspects, and is not the share of wrong labels. A sample checked by hand is.
# - Suspects are for reading. Throwing them out unread took good rows along, and gained nothing that we could show.
# - A setting can pass for a fault: compare what wrong labels cost TF-IDF with and without its default weighting.
# - Each fault has its own price: many wrong labels cost accuracy, copies waste a budget, and a leak lifts the score on
#   the leaked rows alone. You measured five of the six, for a fine-tuned model and for a classical one. Personal data
#   cost no accuracy; they are a risk, and no figure here shows it.
# - A data card is counted, and says what was not looked for.
#
# ## What to try next
#
# - Put several wrong labels where they hurt: exchange only two conditions with each other (all colds become influenza)
#   instead of drawing labels at random. Does TF-IDF lose more or less than in the curve?
# - Use `near_duplicates` with *containment* (divide by the shorter text) to find truncated copies. What does it accuse
#   wrongly?
# - Fine-tune on the 96 rows with wrong labels for one epoch instead of three, and for six. When does the model begin to
#   learn the errors by heart?
