# %% [markdown]
# # 02 · Prompt precisely
#
# **Time** about 105 minutes, of which the computer works 3 · **Builds on** Python functions, lists and dictionaries ·
# **Points** 18 automatic, 4 by hand
#
# ## Objectives
#
# When you are through, you can
#
# - build a prompt from parts: role, context, instruction, output format, examples;
# - read a model's free text into fields without being fooled by chatter around the answer;
# - score a prompt on a fixed set of tickets, field by field;
# - choose examples that cover the task, without letting the answers leak;
# - say with an interval whether one prompt is really better than another.

# %% [markdown]
# ## The job
#
# *Northwind Threads* is a clothing shop (we made it up). Customers write tickets. Before anyone answers, each ticket
# has to be sorted: which **item** is it about, and which of eight **topics**? The assistant should turn
#
# > wheres my parka
#
# into `parka | order_status`, every time, in just that form.
#
# You will ask a real language model to do this: 135 million learned numbers, running on your own processor. It is small.
# Large models forgive a careless prompt; this one does not, so you will *see* what each part of a prompt is worth.

# %% locked="setup"
import random
import re
import time

import numpy as np
import pandas as pd

from course_lib import scoreboard
from course_lib.checks import call, check_call, check_raises, check_that, passed
from course_lib.data import SUPPORT_TOPICS, as_rows, load_support

tickets = load_support()
train, dev = as_rows(tickets["train"]), as_rows(tickets["dev"])
# tickets["test"] stays shut: whoever picks a prompt on the test set no longer has a test set.

pd.set_option("display.max_colwidth", 100)
pd.DataFrame(dev)[["message", "item", "topic"]].head(6)

# %% [markdown]
# You take examples from `train`, and you compare prompts on `dev`. Nobody looks at `test` before the very end of
# the course. The item `unknown` means that the message names none.

# %% [markdown]
# ## 1 · A vague question
#
# Start the way most people start: paste the ticket, ask what it is about. The first call loads the model, which
# takes a few seconds. A *token* is a word or a piece of one; we cut each reply off after 40, hence the broken ends.

# %% tags=["demo"]
from course_lib.prompting import chat, chat_prompt, complete

for row in dev[:3]:
    reply = chat([{"role": "user", "content": f"What is this about?\n\n{row['message']}"}], max_new_tokens=40)
    print("TICKET ", row["message"], "\nREPLY  ", reply.text, "\nWANTED ", row["item"], "|", row["topic"], "\n")

# %% [markdown]
# Nothing in the question said that we run a shop, that we want two fields, or which topics there are. The model can
# only guess what *we* have in mind. So let us say it, part by part.

# %% [markdown]
# ## 2 · A prompt has parts
#
# | part | tells the model |
# |---|---|
# | role | who it is |
# | context | what the situation is |
# | instruction | what to do |
# | output format | what the answer must look like |
# | examples | what a right answer looks like |
#
# (The names are the field's usual ones; see for example Schulhoff et al. 2024, *The Prompt Report*,
# [arXiv:2406.06608](https://arxiv.org/abs/2406.06608), section 1.2.)
#
# ### Exercise 1: build the prompt
#
# *Difficulty 1 of 5 · 8 minutes · 3 points*
#
# Write `build_prompt`. Its docstring is the contract: the checks below hold you to it, letter by letter, because a
# stray space or an empty line is something the model reads, too.
#
# The check that you see is worth 1 of the 3 points. The other 2 come from hidden tests of the same docstring, so read
# it again after the ✓. It is the same in every exercise.
#
# <details><summary>Hint 1</summary>
#
# Collect *blocks* in a list and join them with `"\n\n"` at the very end. The first block is the header, if there is one.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `[part for part in (role, context, instruction, output_format) if part]` keeps the parts that say something.
# The last block ends with the cue itself: nothing after it, not even a space.
#
# </details>

# %% solution="build_prompt"
def build_prompt(message, *, role="", context="", instruction="", output_format="", examples=(), cue="Answer:"):
    """Build a prompt from its parts.

    message: what the customer wrote; it goes in unchanged, whatever characters it holds.
    role, context, instruction, output_format: the header, in this order, each on a line of its own.
        Empty ones are left out; if all are empty there is no header.
    examples: pairs (message, answer), shown in the given order, before the message.
    cue: the words after which the answer stands, in the examples as well as at the end.

    With the cue "Answer:", an example is    The message comes last, as
        Message: wheres my parka                 Message: <message>
        Answer: parka | order_status             Answer:
    One empty line stands between the header, the examples and the message. Returns the prompt, a string.
    """
    ### BEGIN SOLUTION
    header = "\n".join(part for part in (role, context, instruction, output_format) if part)
    blocks = [header] if header else []
    blocks += [f"Message: {shown}\n{cue} {answer}" for shown, answer in examples]
    blocks.append(f"Message: {message}\n{cue}")
    return "\n\n".join(blocks)
    ### END SOLUTION


# %% test="test_build_prompt" points=1
check_call(
    build_prompt, "my boots leak",
    expected="Message: my boots leak\nAnswer:",
    look_at="Without a header the prompt begins with the message. It ends with the cue: no space, no newline after it.",
)
check_call(
    build_prompt, "my boots leak", role="You sort tickets.", instruction="Name the item.",
    expected="You sort tickets.\nName the item.\n\nMessage: my boots leak\nAnswer:",
    look_at="An empty part must not leave an empty line. Header and message are parted by one empty line.",
)
check_call(
    build_prompt, "my boots leak", examples=[("wheres my parka", "parka | order_status")],
    expected="Message: wheres my parka\nAnswer: parka | order_status\n\nMessage: my boots leak\nAnswer:",
    look_at="Examples come before the message, each with its answer after the cue.",
)
passed("build_prompt")

# %% test="test_build_prompt_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    build_prompt, "is {size} a typo? 100% {} \\n",
    expected="Message: is {size} a typo? 100% {} \\n\nAnswer:",
    look_at="Customers write braces, percent signs and backslashes: put the message in as it is, not through a template.",
)
check_call(
    build_prompt, "  hm.\n\nmy tie  ", context="A shop.", output_format="One word.", cue="Item:",
    examples=[("a {b}", "x"), ("c", "y")],
    expected="A shop.\nOne word.\n\nMessage: a {b}\nItem: x\n\nMessage: c\nItem: y\n\nMessage:   hm.\n\nmy tie  \nItem:",
    look_at="Keep the order of parts and examples, use the cue you are given, and leave the customer's own spaces alone.",
)
check_call(
    build_prompt, "m", role="R", context="C", instruction="I", output_format="F",
    expected="R\nC\nI\nF\n\nMessage: m\nAnswer:",
    look_at="The header's order is role, context, instruction, output format.",
)
passed("build_prompt (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Try it: this cell is yours to play with.

# %%
print(build_prompt("my boots leak", instruction="Name the item.", examples=[("wheres my parka", "parka")]))

# %% [markdown]
# ## 3 · Read the answer
#
# A model writes text; the shop needs fields. Models wrap their answers in chatter: `Sure! Here you go:`, quotes,
# a full stop. Your parser should forgive the wrapping and never invent an answer.
#
# ### Exercise 2: parse a reply
#
# *Difficulty 3 of 5 · 15 minutes · 3 points*
#
# <details><summary>Hint 1</summary>
#
# Go through `reply.splitlines()` until a line has a `|`. Split that line at the bars.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `"Answer: Dress".rpartition(":")[2]` is `" Dress"`, and without a colon it is the whole text.
# `text.strip(" \"'*.`")` takes several characters off both ends at once, and leaves the hyphen in `t-shirt` alone.
#
# </details>

# %% solution="parse_ticket"
def parse_ticket(reply, topics=SUPPORT_TOPICS):
    """Read a model's reply as a ticket.

    Looks at the first line that has a bar "|", and at no other. The item is what stands before the first bar, the
    topic what stands between it and the next bar or the line's end. Of each,
    - what comes before the last colon is an introduction ("Answer: dress") and is dropped;
    - spaces and the characters " ' * . ` around it are dropped, capitals become small letters.
    In the topic, a space or hyphen counts as "_" ("Order status" is order_status).

    Returns (item, topic), or None if there is no such line, the item is empty or the topic is not one of topics.
    """
    ### BEGIN SOLUTION
    line = next((line for line in reply.splitlines() if "|" in line), None)
    if line is None:
        return None
    item, topic = (part.rpartition(":")[2].strip(" \"'*.`").lower() for part in line.split("|")[:2])
    topic = topic.replace(" ", "_").replace("-", "_")
    return (item, topic) if item and topic in topics else None
    ### END SOLUTION


# %% test="test_parse_ticket" points=1
check_call(parse_ticket, "dress | return", expected=("dress", "return"), look_at="The plain case: split at the bar.")
check_call(
    parse_ticket, "Sure! Here you go:\n**Dress** | Return.", expected=("dress", "return"),
    look_at="The answer may stand on a later line, in capitals, in stars, with a full stop.",
)
check_call(
    parse_ticket, "I think this is about a dress.", expected=None,
    look_at="A reply without a bar cannot be read: return None instead of raising an error.",
)
check_call(
    parse_ticket, "dress | colour", expected=None,
    look_at="colour is not one of the shop's topics: an answer we cannot use is no answer.",
)
passed("parse_ticket")

# %% test="test_parse_ticket_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    parse_ticket, "Answer: T-Shirt | Order status", expected=("t-shirt", "order_status"),
    look_at='Drop the introduction before the colon, keep the hyphen inside "t-shirt", read "Order status" as order_status.',
)
check_call(
    parse_ticket, "This is not a return, it is: boots | refund", expected=("boots", "refund"),
    look_at="Read the topic from its place after the bar; a topic's name may stand elsewhere in the reply.",
)
check_call(
    parse_ticket, "scarf | care | return | sizing", expected=("scarf", "care"),
    look_at="With more bars, the topic ends at the second one.",
)
check_call(
    parse_ticket, " | return", expected=None, look_at="An empty item makes the ticket useless: return None.",
)
check_call(parse_ticket, "", expected=None, look_at="An empty reply happens, too.")
check_call(
    parse_ticket, "belt | returns", expected=None,
    look_at='The topic has to be one of the topics, not merely contain one: "returns" is not "return".',
)
check_call(
    parse_ticket, "`tie` | 'new'", topics=("new", "old"), expected=("tie", "new"),
    look_at="Use the topics you are given, and strip quotes and backticks.",
)
passed("parse_ticket (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# ## 4 · Score it
#
# Four questions for every ticket: Could the reply be read at all? Is the item right? The topic? Both?
# Keeping a True or False *for each ticket*, and not only the share, will pay off when we compare prompts.
#
# ### Exercise 3: score the predictions
#
# *Difficulty 2 of 5 · 8 minutes · 3 points*
#
# <details><summary>Hint</summary>
#
# An unreadable reply is `None`. It is wrong in every respect, and it still counts as a ticket.
#
# </details>

# %% solution="score_tickets"
def score_tickets(predicted, truth):
    """Score predictions ticket by ticket.

    predicted: a list of (item, topic) or None, as parse_ticket returns them.
    truth: a list of (item, topic) of the same length.
    Returns a dictionary of four lists of True/False, one value for each ticket, in order:
    "readable" (not None), "item" and "topic" (that field is right), "exact" (both are right).
    Raises ValueError, with a message that says what is wrong, if the lists differ in length.
    """
    ### BEGIN SOLUTION
    if len(predicted) != len(truth):
        raise ValueError(f"{len(predicted)} predictions for {len(truth)} tickets: the lists must have the same length.")
    pairs = list(zip(predicted, truth))
    return {
        "readable": [p is not None for p, _ in pairs],
        "item": [p is not None and p[0] == t[0] for p, t in pairs],
        "topic": [p is not None and p[1] == t[1] for p, t in pairs],
        "exact": [p is not None and tuple(p) == tuple(t) for p, t in pairs],
    }
    ### END SOLUTION


# %% test="test_score_tickets" points=1
check_call(
    score_tickets, [("dress", "return"), ("dress", "care")], [("dress", "return"), ("dress", "return")],
    expected={"readable": [True, True], "item": [True, True], "topic": [True, False], "exact": [True, False]},
    look_at="exact asks for item and topic to be right at once.",
)
check_call(
    score_tickets, [None, ("tie", "care")], [("dress", "return"), ("belt", "care")],
    expected={"readable": [False, True], "item": [False, False], "topic": [False, True], "exact": [False, False]},
    look_at="An unreadable reply (None) is False four times. It must not be left out: that would flatter the prompt.",
)
passed("score_tickets")

# %% test="test_score_tickets_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
check_call(
    score_tickets, [("tie", "return"), ("belt", "care"), None], [("dress", "return"), ("belt", "refund"), ("hat", "care")],
    expected={
        "readable": [True, True, False], "item": [False, True, False],
        "topic": [True, False, False], "exact": [False, False, False],
    },
    look_at="exact needs both fields right in the same ticket: one of two is not enough, and None is never right.",
)
check_raises(
    score_tickets, [("tie", "care")], [("tie", "care"), ("hat", "care")],
    look_at="zip() stops at the shorter list without a word, and tickets vanish. Compare the lengths first.",
)
check_call(
    score_tickets, [], [], expected={"readable": [], "item": [], "topic": [], "exact": []},
    look_at="No tickets, no values: do not divide by their number.",
)
passed("score_tickets (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# ## 5 · Five prompts, one after the other more precise
#
# Now the experiment. Each version adds a part to the version before, or makes one more precise. Every version answers
# the *same* dev tickets. The model was trained on conversations: `chat_prompt` puts the marks of a user's turn around
# your text.
#
# `run_version` uses your three functions and puts the result on the scoreboard, a file of your own that grows
# through the course. It also notes whether the reply *names* the right item anywhere, readable or not. The five
# versions take about a minute.

# %% tags=["demo"]
TASK = "ticket to item | topic"
truth = [(row["item"], row["topic"]) for row in dev]


def run_version(approach, prompts, as_chat):
    """Answer every dev ticket with its prompt, score the replies, put them on the scoreboard; returns both."""
    started = time.perf_counter()
    if as_chat:
        texts = [chat_prompt([{"role": "user", "content": prompt}]) for prompt in prompts]
        replies = complete(texts, max_new_tokens=20)
    else:
        replies = complete(prompts, max_new_tokens=20, stop=["\n"])
    seconds = time.perf_counter() - started
    hits = score_tickets([parse_ticket(reply.text) for reply in replies], truth)
    hits["names item"] = [
        re.search(rf"\b{re.escape(item)}\b", reply.text.lower()) is not None for (item, _), reply in zip(truth, replies)
    ]
    scoreboard.add_result(
        scoreboard.Result(
            lesson="02_prompt_precisely", task=TASK, approach=approach, model=lm.name, n=len(dev),
            metrics={name: scoreboard.proportion(values) for name, values in hits.items()},
            tokens=sum(reply.prompt_tokens + reply.new_tokens for reply in replies) / len(dev),
            seconds=seconds / len(dev),
        )
    )
    return replies, hits


from course_lib.models import default_model

lm = default_model()
print(lm, "· your scoreboard:", scoreboard.scoreboard_path())

# %% tags=["demo"]
ROLE = "You are the support assistant of Northwind Threads, an online clothing shop."
CONTEXT = (
    "Customers write about one thing they bought or want to buy, such as a dress, a pair of boots or a hat. "
    "Colleagues need to know which item a message is about and what the customer wants."
)
INSTRUCTION = "Name the item and the topic of the message."
FORMAT = f"Answer on one line as item | topic, with one of these topics: {', '.join(SUPPORT_TOPICS)}."

versions = {
    "vague": dict(instruction="What is this about?"),
    "+ role": dict(role=ROLE, instruction="What is this about?"),
    "+ context": dict(role=ROLE, context=CONTEXT, instruction="What is this about?"),
    "+ instruction": dict(role=ROLE, context=CONTEXT, instruction=INSTRUCTION),
    "+ output format": dict(role=ROLE, context=CONTEXT, instruction=INSTRUCTION, output_format=FORMAT),
}
outcomes = {}
for approach, parts in versions.items():
    outcomes[approach] = run_version(approach, [build_prompt(row["message"], **parts) for row in dev], as_chat=True)
    print(f"{approach:16}", repr(outcomes[approach][0][0].text[:90]))

print("\nMore replies of the last version:")
for reply in outcomes["+ output format"][0][1:5]:
    print(" ", repr(reply.text[:90]))

# %% tags=["demo"]
scoreboard.show(scoreboard.plot(TASK, ["names item", "readable", "exact"]), alt=scoreboard.describe(TASK))
scoreboard.table(TASK)

# %% [markdown]
# Look at the two ends of the plot before you read on. The brackets in the table are 95 % intervals: roughly, how far
# the luck of having just these tickets may move the share.
#
# - **names item**: does it rise from the vague prompt to the precise ones? Does *every* part help, or did one of them
#   make things worse? (A role alone can invite the model to play along and answer the customer.) Could a reply name
#   the right item merely by repeating the ticket?
# - **readable** and **exact**: did asking for a format get the format? If `readable` is 0 % everywhere, your parser is
#   not broken: look at the replies printed above. The right words in the wrong form are of no use to a program.
#
# What you should take from it is not "roles are bad" or "formats fail": it is that a part's worth is *measured*, on
# your task and your model.

# %% [markdown]
# ## 6 · Show, don't tell
#
# If describing the answer is not enough, show some. Examples in the prompt ("shots") were the surprise of GPT-3
# (Brown et al. 2020, [arXiv:2005.14165](https://arxiv.org/abs/2005.14165)). Which ones you show matters, and there
# are two ways to fool yourself:
#
# - examples that are all of one kind teach the model that one answer;
# - an example that also stands in the dev or test set hands the model the answer, and your score is worth nothing.
#
# ### Exercise 4: pick the examples
#
# *Difficulty 3 of 5 · 15 minutes · 3 points*
#
# <details><summary>Hint 1</summary>
#
# First throw out what may not be used. `" ".join(text.lower().split())` makes two spellings of one message equal.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `rng = random.Random(seed)`; shuffle a *copy* of the rows with `rng.shuffle`. Then go round the topics in a fixed
# order (a `set` has none: it changes when the kernel restarts), taking one row of each, until you have k.
#
# </details>

# %% solution="pick_examples"
def pick_examples(rows, k, held_out, seed=0):
    """Pick k rows to show as examples, spread over the topics.

    rows: dictionaries with "message", "item" and "topic". They are left as they are.
    held_out: messages that are used for measuring. No row with such a message may be picked, also not if it
        differs only in capitals or white space.
    The topics' counts among the k differ by at most one; where a topic runs out of rows, the others fill up.
    The same seed always gives the same examples in the same order; other seeds usually give others.
    Returns a list of k different rows. Raises ValueError, with a message that says what is wrong, if there are fewer
        than k rows to choose from.
    """
    ### BEGIN SOLUTION
    def normal(text):
        return " ".join(text.lower().split())

    forbidden = {normal(message) for message in held_out}
    usable = [row for row in rows if normal(row["message"]) not in forbidden]
    if len(usable) < k:
        raise ValueError(f"{k} examples were asked for, but only {len(usable)} rows may be used.")
    random.Random(seed).shuffle(usable)
    by_topic = {}
    for row in usable:
        by_topic.setdefault(row["topic"], []).append(row)
    picked = []
    while len(picked) < k:
        for waiting in by_topic.values():
            if waiting and len(picked) < k:
                picked.append(waiting.pop())
    return picked
    ### END SOLUTION


# %% test="test_pick_examples" points=1
picked = call(pick_examples, train, 8, [row["message"] for row in dev], seed=1)
check_that(
    sorted(row["topic"] for row in picked) == sorted(SUPPORT_TOPICS),
    called="pick_examples(train, 8, held_out, seed=1)",
    gave=f"the topics {sorted(row['topic'] for row in picked)}",
    expected="each of the eight topics once",
    look_at="Go round the topics and take one row of each before you take a second of any.",
)
check_that(
    picked == call(pick_examples, train, 8, [row["message"] for row in dev], seed=1),
    called="pick_examples(…, seed=1), twice", gave="different examples", expected="the same examples both times",
    look_at="All randomness must come from random.Random(seed).",
)
check_raises(
    pick_examples, train[:3], 4, [], look_at="Fewer than k usable rows: say so with a ValueError, do not return fewer.",
)
passed("pick_examples")

# %% test="test_pick_examples_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
pool = [{"message": f"ticket {i} of {topic}", "item": "hat", "topic": topic} for topic in ("care", "refund", "return")
        for i in range(4)]
before = [dict(row) for row in pool]
blocked = ["  TICKET 0 of  care", "ticket 1 of care", "Ticket 2 of refund"]
for seed in range(20):
    picked = call(pick_examples, pool, 8, blocked, seed=seed)
    messages = [row["message"] for row in picked]
    check_that(
        len(picked) == 8 and len(set(messages)) == 8,
        called="pick_examples(pool, 8, held_out)", gave=f"{len(picked)} rows, {len(set(messages))} of them different",
        expected="8 different rows", look_at="Do not draw the same row twice.",
    )
    check_that(
        not {"ticket 0 of care", "ticket 1 of care", "ticket 2 of refund"} & set(messages),
        called="pick_examples(pool, 8, held_out)", gave="an example that is also used for measuring",
        expected="no held-out message among the examples, however it is written",
        look_at="Compare messages in small letters and with white space made equal: held_out holds '  TICKET 0 of  care'.",
    )
    counts = sorted(sum(row["topic"] == topic for row in picked) for topic in ("care", "refund", "return"))
    check_that(
        counts == [2, 3, 3], called="pick_examples(pool, 8, held_out)", gave=f"topic counts {counts}",
        expected="counts 2, 3 and 3 (only two care rows may be used)",
        look_at="The topics' counts may differ by one at most while rows last; a random draw does not ensure that.",
    )
check_that(
    pool == before, called="pick_examples(pool, …)", gave="a changed pool",
    expected="the caller's rows untouched", look_at="Shuffle a copy: shuffle() and pop() change the list they are given.",
)
draws = {tuple(row["message"] for row in call(pick_examples, pool, 3, [], seed=seed)) for seed in range(10)}
check_that(
    len(draws) > 1, called="pick_examples(pool, 3, [], seed=0 … 9)", gave="the same examples for every seed",
    expected="other examples for other seeds", look_at="Use the seed: random.Random(seed).",
)
random.seed(5)
expected_next = random.Random(5).random()
call(pick_examples, pool, 3, [], seed=7)
check_that(
    random.random() == expected_next, called="pick_examples(…, seed=7)", gave="a changed global random state",
    expected="the random module's own state untouched",
    look_at="random.seed(...) reaches into everybody's random numbers. Make your own: random.Random(seed).",
)
check_raises(
    pick_examples, pool, 10, blocked, look_at="Count the rows after throwing out the held-out ones: 9 are left, not 12.",
)
passed("pick_examples (hidden)")
### END HIDDEN TESTS

# %% [markdown]
# Now the same header with one, two and five examples. With examples the text has a pattern, and the model simply
# continues it: no marks of a conversation, and generation stops at the end of the line. These are two more changes
# than the examples, so there is a control: the same plain text with *no* example. Your examples, and so your figures,
# may differ from your neighbour's.
#
# Notice the time: all the tickets share the header and the examples, so those are read once and kept
# (`course_lib/prefix_caching.py`), and a longer prompt costs little more.

# %% tags=["demo"]
def with_examples(k, seed):
    """Prompts for all dev tickets, with k examples from train."""
    shown = pick_examples(train, k, [row["message"] for row in dev], seed=seed)
    pairs = [(row["message"], f"{row['item']} | {row['topic']}") for row in shown]
    return [build_prompt(row["message"], **versions["+ output format"], examples=pairs) for row in dev]


for k in (0, 1, 2, 5):
    approach = "as plain text" if k == 0 else f"+ {k} example{'s' if k > 1 else ''}"
    outcomes[approach] = run_version(approach, with_examples(k, seed=0), as_chat=False)
    print(f"{approach:16}", repr(outcomes[approach][0][0].text[:90]))

# %% tags=["demo"]
scoreboard.show(
    scoreboard.plot(TASK, ["readable", "item", "topic", "exact"]), alt=scoreboard.describe(TASK)
)
scoreboard.table(TASK)

# %% [markdown]
# Read the figure honestly. First the control: was it the plain text, or the examples? Then the fields: which of them
# did the examples teach, and which less? There are eight topics, so guessing gets one in eight right; an unreadable
# reply counts as wrong, so **topic** can even fall below that. Let us see what goes wrong.

# %% tags=["demo"]
predicted = [parse_ticket(reply.text) for reply in outcomes["+ 5 examples"][0]]
topics_said = pd.Series([p[1] if p else "(unreadable)" for p in predicted]).value_counts()
shown = pick_examples(train, 5, [row["message"] for row in dev], seed=0)
print("Topics of the five examples:", ", ".join(row["topic"] for row in shown))
print("Topics that the model says, and how often each is right:")
pd.DataFrame(
    {"said": topics_said, "right": [sum(p is not None and p[1] == t[1] == topic for p, t in zip(predicted, truth))
                                    for topic in topics_said.index]}
)

# %% [markdown]
# Does one topic take a large share of the answers? And the topics that it never says: were they among the examples?
# Five examples cannot show eight topics. A model's fondness for some answers is a bias that can be measured, and later
# lessons do.

# %% [markdown]
# ## 7 · Is it really better?
#
# Our dev set is small. Another handful of tickets would have given other shares, so a difference of a few points may
# be luck. Both prompts answered the *same* tickets, and some tickets are easy for everyone: compare ticket by ticket.
#
# The **paired bootstrap** (Efron and Tibshirani 1993; Berg-Kirkpatrick et al. 2012 for language tasks,
# [D12-1091](https://aclanthology.org/D12-1091/)) draws tickets with replacement, over and over, *the same tickets for
# both prompts*, and notes the difference each time. The middle 95 % of these differences are the interval.
#
# ### Exercise 5: the paired bootstrap
#
# *Difficulty 3 of 5 · 15 minutes · 3 points*
#
# <details><summary>Hint 1</summary>
#
# `rng = np.random.default_rng(seed)` is NumPy's generator (not the `random.Random` of exercise 4).
# `rng.integers(0, n, size=(resamples, n))` is a table of ticket numbers, one row for each resample.
#
# </details>
# <details><summary>Hint 2</summary>
#
# NumPy does not subtract True and False: `a = np.array(hits_a, dtype=float)`, and the same for b. Take the difference
# ticket by ticket, `d = b - a`; then `d[numbers].mean(axis=1)` has one difference for each resample, and the pairing
# cannot get lost. `np.percentile` gives the ends.
#
# </details>

# %% solution="bootstrap_difference"
def bootstrap_difference(hits_a, hits_b, resamples=2000, seed=0):
    """How much better is prompt B than prompt A, and how sure are we?

    hits_a, hits_b: True/False for each ticket, the same tickets in the same order.
    Returns (difference, low, high): the share of hits of B minus that of A, and the 2.5th and 97.5th percentile of
    the differences over `resamples` paired resamples. The same seed gives the same interval.
    Raises ValueError, with a message that says what is wrong, if the lists are empty or differ in length.
    """
    ### BEGIN SOLUTION
    a, b = np.asarray(hits_a, dtype=float), np.asarray(hits_b, dtype=float)
    if len(a) != len(b) or len(a) == 0:
        raise ValueError(f"Paired lists must have the same length, at least 1; these have {len(a)} and {len(b)}.")
    differences = b - a
    numbers = np.random.default_rng(seed).integers(0, len(a), size=(resamples, len(a)))
    low, high = np.percentile(differences[numbers].mean(axis=1), [2.5, 97.5])
    return float(differences.mean()), float(low), float(high)
    ### END SOLUTION


# %% test="test_bootstrap_difference" points=1
check_call(
    bootstrap_difference, [True, False] * 20, [True, False] * 20, expected=(0.0, 0.0, 0.0),
    look_at="Both prompts hit the same tickets, so every paired resample gives 0. "
            "If you see a wider interval, you drew other tickets for A than for B.",
)
result = call(bootstrap_difference, [False] * 30 + [True] * 10, [True] * 30 + [False] * 10)
check_that(
    isinstance(result, tuple) and len(result) == 3 and abs(result[0] - 0.5) < 1e-9 and result[1] <= 0.5 <= result[2],
    called="bootstrap_difference(10 of 40 hits, 30 of 40 hits)", gave=result,
    expected="(0.5, low, high) with low ≤ 0.5 ≤ high", look_at="The difference is B minus A: positive when B is better.",
)
check_raises(bootstrap_difference, [True], [True, False], look_at="Lists of different length cannot be paired.")
passed("bootstrap_difference")

# %% test="test_bootstrap_difference_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
hits_a = [True] * 200 + [False] * 200
hits_b = [True] * 180 + [False] * 20 + [True] * 40 + [False] * 160
difference, low, high = call(bootstrap_difference, hits_a, hits_b)
check_that(
    abs(difference - 0.05) < 1e-9, called="bootstrap_difference(200 of 400, 220 of 400)", gave=f"{difference:.3f}",
    expected="a difference of 0.05", look_at="Report the difference of the two shares themselves, B minus A.",
)
width = high - low
check_that(
    width < 0.10, called="bootstrap_difference(200 of 400, 220 of 400; 60 tickets differ)", gave=f"a width of {width:.3f}",
    expected="about 0.075",
    look_at="Too wide: resample the same tickets for both prompts (paired), and take the middle 95 %, not the extremes.",
)
check_that(
    width > 0.069, called="bootstrap_difference(200 of 400, 220 of 400; 60 tickets differ)", gave=f"a width of {width:.3f}",
    expected="about 0.075", look_at="Too narrow: 95 % lie between the 2.5th and the 97.5th percentile; draw n tickets each time.",
)
check_that(
    low < difference < high and abs((low + high) / 2 - 0.05) < 0.01,
    called="bootstrap_difference(…)", gave=f"the interval [{low:.3f}, {high:.3f}]", expected="an interval around 0.05",
    look_at="The interval belongs to the difference B minus A, with the same sign.",
)
intervals = {call(bootstrap_difference, hits_a, hits_b, resamples=40, seed=3) for _ in range(8)}
check_that(
    len(intervals) == 1, called="bootstrap_difference(…, resamples=40, seed=3), eight times",
    gave=f"{len(intervals)} different intervals", expected="the same interval every time",
    look_at="Use np.random.default_rng(seed), not the global random numbers.",
)
check_raises(bootstrap_difference, [], [], look_at="Of no tickets there is no share: raise a ValueError.")
passed("bootstrap_difference (hidden)")
### END HIDDEN TESTS

# %% tags=["demo"]
def compare(a, b, metric):
    """Print the difference between two versions on one metric, with its 95 % interval."""
    difference, low, high = bootstrap_difference(outcomes[a][1][metric], outcomes[b][1][metric])
    verdict = "the interval leaves out 0" if low > 0 or high < 0 else "could be luck"
    print(f"{metric:10} {a!r} → {b!r}: {difference:+.0%}  [{low:+.0%}, {high:+.0%}]  {verdict}")


compare("vague", "+ output format", "names item")
compare("vague", "+ role", "names item")
compare("+ output format", "as plain text", "readable")
compare("as plain text", "+ 5 examples", "readable")
compare("+ 1 example", "+ 5 examples", "item")
compare("+ 1 example", "+ 5 examples", "topic")

# %% [markdown]
# One more source of luck: *which* five examples. The same prompt with another draw:

# %% tags=["demo"]
outcomes["+ 5 examples, other draw"] = run_version("+ 5 examples, other draw", with_examples(5, seed=2), as_chat=False)
for metric in ("readable", "item", "exact"):
    compare("+ 5 examples", "+ 5 examples, other draw", metric)

# %% [markdown]
# If the draw alone moves the score, a prompt's figure is the figure of *that* prompt, with *those* examples. Say so
# when you report it.

# %% [markdown]
# ## 8 · In your own words
#
# *10 minutes · 4 points, graded by hand · about 120 words*
#
# Why did the precise prompts do better than the vague one, and where did precision stop helping? Name figures from
# your own scoreboard or from `compare`, with their intervals. What would you try next, and how would you know that it worked?

# %% [markdown] answer="why_precise" points=4
# **Model answer.** The vague prompt left open who asks, for what, in which form; the model answered a question of its
# own. With context and instruction the replies named the item more than twice as often (paired interval above 0), so
# intent and context carried information. Precision in words stopped at the form: asked for `item | topic`, the model
# still wrote sentences, and no reply could be read. Five examples made most replies readable and brought the item,
# but the topic stayed far behind: the model repeats a favourite topic. Next I would score the eight topics
# instead of reading text, and compare on the same dev tickets with the paired bootstrap, the test set still shut.
#
# **Rubric** (1 point each): names what the vague prompt left open (intent, context, form) · quotes at least two own
# figures with intervals · names a limit that the measurement shows (format without examples, weak topics, luck
# of the draw) · proposes one next step *with* a way to measure it on held-out tickets.

# %% [markdown]
# ## 9 · Open challenge
#
# *20 minutes, or as long as you like · 3 points for a valid attempt, whatever it scores*
#
# Write the best prompt you can. Other wording, other examples, more of them, another order, another cue: test
# different formulations. The rules keep the comparison fair:
#
# - the model continues your prompt to the end of the line, and `parse_ticket` reads that line: so it has to come as
#   `item | topic`;
# - `my_prompt(message)` returns a string that holds the message, once and unchanged, and ends without white space;
# - apart from the message, the prompt is the same for every ticket;
# - no dev message, and nothing from the test set, stands in it: examples come from `train`;
# - at most 6000 characters besides the message.
#
# Give each attempt a name of its own in the cell that runs it (`"my prompt 2"`), or it replaces the one before. And
# beware: whoever keeps the best of many attempts keeps some luck, too. That is why `test` stays shut.

# %% solution="my_prompt"
def my_prompt(message):
    """My own prompt for a ticket, to be continued by the model up to the end of the line."""
    ### BEGIN SOLUTION
    shown = pick_examples(train, 8, [row["message"] for row in dev], seed=3)
    return build_prompt(
        message,
        instruction="Sort each message of a clothing shop's customer.",
        output_format=f"Topics: {', '.join(SUPPORT_TOPICS)}.",
        examples=[(row["message"], f"{row['item']} | {row['topic']}") for row in shown],
        cue="Item | topic:",
    )
    ### END SOLUTION


# %% test="test_my_prompt" points=1
prompt = call(my_prompt, "my kilt came in two halves")
check_that(
    isinstance(prompt, str) and prompt.count("my kilt came in two halves") == 1,
    called="my_prompt('my kilt came in two halves')", gave=prompt, expected="a string that holds the message once, unchanged",
    look_at="Return the prompt (do not print it), and put the message in as it is.",
)
check_that(
    prompt == prompt.rstrip(), called="my_prompt('my kilt came in two halves')", gave=f"a prompt that ends with {prompt[-5:]!r}",
    expected="no white space at the end", look_at="A space after the cue makes the model split its answer into other tokens.",
)
passed("my_prompt")

# %% test="test_my_prompt_hidden" points=2
# Hidden tests run here when the notebook is graded.
### BEGIN HIDDEN TESTS
def frame(message):
    """The prompt without its message, which must be the same for every ticket."""
    prompt = call(my_prompt, message)
    check_that(
        isinstance(prompt, str) and prompt.count(message) == 1,
        called=f"my_prompt({message[:40]!r})", gave=prompt, expected="a string that holds the message once, unchanged",
        look_at="Braces and line breaks in a message have to survive; and an example must not repeat the message.",
    )
    return prompt.replace(message, "\0")


neutral = frame("zq {x} zq\nzq")
hidden_from_prompts = [row["message"] for split in ("dev", "test") for row in as_rows(load_support()[split])]
leaked = [message for message in hidden_from_prompts if " ".join(message.lower().split()) in " ".join(neutral.lower().split())]
check_that(
    not leaked, called="my_prompt(…)", gave=f"a prompt that contains the held-out message {leaked[:1]}",
    expected="only train messages as examples", look_at="An example from dev or test hands the model an answer it is measured on.",
)
for row in dev:
    check_that(
        frame(row["message"]) == neutral, called=f"my_prompt({row['message'][:40]!r})",
        gave="another prompt than for other messages", expected="the same prompt apart from the message",
        look_at="The prompt must not look the ticket up: no answer may depend on which message is asked about.",
    )
check_that(
    len(neutral) <= 6000, called="my_prompt(…)", gave=f"{len(neutral)} characters besides the message",
    expected="at most 6000", look_at="Use fewer or shorter examples.",
)
check_that(
    neutral.strip("\0 \n") != "", called="my_prompt(…)", gave="the message alone", expected="a prompt",
    look_at="Tell the model what to do with the message.",
)
passed("my_prompt (hidden)")
### END HIDDEN TESTS

# %% tags=["demo"]
attempt = "my prompt"
outcomes[attempt] = run_version(attempt, [my_prompt(row["message"]) for row in dev], as_chat=False)
compare("+ 5 examples", attempt, "exact")
scoreboard.show(
    scoreboard.plot(TASK, ["readable", "item", "topic", "exact"]), alt=scoreboard.describe(TASK)
)
scoreboard.table(TASK)

# %% [markdown]
# ## Quiz
#
# Choose an answer in your head, then open the fold. No points, no record.
#
# **1.** A colleague shows you a prompt that got 9 of 12 dev tickets right; the old one got 7. What do you say?
#
# - **A** The new prompt is better by 17 points.
# - **B** Compare both on the same tickets, and on more of them, with an interval for the difference.
# - **C** Try it on the test set, and if it wins there, too, keep it.
#
# <details><summary>Answer</summary>
#
# **B**. Two tickets can be luck, and the paired interval says how much luck there may be. A takes the difference for a
# fact. C spends the test set on choosing: afterwards it can no longer tell you how good the chosen prompt is.
#
# </details>
#
# **2.** Which replies may you leave out of the score?
#
# - **A** None: an unreadable reply is a wrong answer to a customer who really wrote.
# - **B** The unreadable ones, since the parser is to blame for them.
# - **C** Those on which every prompt fails.
#
# <details><summary>Answer</summary>
#
# **A**. The shop has to deal with every ticket. B rewards a prompt for being unreadable where it would have been wrong.
# C picks the tickets after seeing the answers, which makes every share look better than it is.
#
# </details>
#
# **3.** In this lesson the control "as plain text" had no examples but the same layout. What was it for?
#
# - **A** To save tokens.
# - **B** To give the model a rest from the chat format.
# - **C** To find out whether the examples or the layout made the replies readable.
#
# <details><summary>Answer</summary>
#
# **C**. Two things changed at once, so one of them had to be tried alone. A is a side effect that nobody asked about,
# and B is no reason: a model does not get used to anything between two prompts.
#
# </details>
#
# **4.** A dev ticket is also among your examples. What happens to the score?
#
# - **A** It rises for this ticket, and says nothing about new ones.
# - **B** Nothing: the model's numbers do not change while it reads a prompt.
# - **C** It falls, because the prompt repeats itself.
#
# <details><summary>Answer</summary>
#
# **A**. The answer stands in the prompt and needs only to be copied. B is true and beside the point: the model does not
# need to learn what it can read. C may happen by chance, but you would not know, which is the trouble with a leak.
#
# </details>
#
# **5.** What can a part of a prompt (a role, say) do to a score?
#
# - **A** Help or do nothing.
# - **B** Help, do nothing or harm: only a measurement on your task and your model tells.
# - **C** Help, if the model is large enough.
#
# <details><summary>Answer</summary>
#
# **B**. Look at your scoreboard: not every step led upwards. A is the hope with which most prompts are written. C may be
# so for a model that you have not measured; for this one you have.
#
# </details>

# %% [markdown]
# ## Summary
#
# - A prompt steers the model by its input alone: none of its learned numbers changed in this lesson.
# - A vague prompt leaves the model to guess intent, context and form. Each part you add can help, do nothing or harm:
#   your scoreboard says which.
# - Examples taught this model the *form*, which no description did; the topic stayed the hardest field. That is a
#   limit of the model, and no reason to stop measuring.
# - Compare prompts on the same tickets, with a paired interval, and report the draw of examples.
# - Examples must never come from what you measure on.
#
# ## What to try next
#
# - Another model, more than twice the size: close JupyterLab, run `course model fetch smollm2-360m` in a terminal, and
#   start again with `COURSE_MODEL=smollm2-360m course lab`. Which rows of the scoreboard move?
# - Put the output format *after* the message instead of before it. Guess first, then measure.
# - Give the model the items as a list, too. Does it then pick items that nobody named?
