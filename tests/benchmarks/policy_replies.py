"""Let the model answer 25 questions about the shop's policy in five ways, and print the replies as JSON Lines.

The 40 replies that were labelled by hand for lesson 05 were picked from these (course_lib/data/support/DATASHEET.md).

    python tests/benchmarks/policy_replies.py > replies.jsonl
"""

from __future__ import annotations

import json

from course_lib.data import load_policy
from course_lib.models import default_model
from course_lib.prompting import chat_prompt, complete

QUESTIONS = [
    ("P01", "How many days do I have to send back a dress I haven't worn?"),
    ("P01", "Can I return a coat 3 weeks after it came? The tags are on."),
    ("P03", "I bought a skirt in the sale. If I return it, do I get my money back?"),
    ("P04", "Can I return a swimsuit if the hygiene seal is broken?"),
    ("P05", "The zip on my jacket broke after 4 months. Can you replace it?"),
    ("P06", "Can I return a scarf with my initials sewn on?"),
    ("P08", "How long does a refund take after my parcel reaches you?"),
    ("P10", "The jumper I bought 3 days ago is cheaper now. Do I get the difference back?"),
    ("P11", "What does it cost to swap my trousers for a bigger size?"),
    ("P14", "What does standard delivery cost?"),
    ("P14", "From what order value is delivery free?"),
    ("P14", "How many working days does standard delivery take?"),
    ("P15", "How much is express delivery?"),
    ("P15", "By what time must I order so that it comes the next working day?"),
    ("P16", "Do you do express delivery to Northern Ireland?"),
    ("P17", "Do you deliver to Norway?"),
    ("P17", "How long does delivery to France take?"),
    ("P18", "Can I change the delivery address two hours after ordering?"),
    ("P20", "My parcel was sent 12 days ago and is not here. Is it lost?"),
    ("P22", "How long after ordering can I cancel?"),
    ("P22", "Can I cancel an order that I placed yesterday?"),
    ("P26", "Should I take the larger or the smaller size in your jeans?"),
    ("P27", "Can I tumble dry a wool jumper?"),
    ("P28", "At what temperature may I wash a cotton shirt?"),
    ("P30", "Can I put a leather bag in the washing machine?"),
]
EXAMPLES = [
    (
        "P19",
        "Do you pack orders on the same day?",
        "We pack an order within 1 working day and then email you a tracking link.",
    ),
    (
        "P07",
        "Can I give back a present without the receipt?",
        "Yes, a gift without its receipt can be returned for store credit.",
    ),
    (
        "P31",
        "Can somebody with a broken arm phone you?",
        "I cannot promise that, but a colleague will answer within 1 working day.",
    ),
]


def prompts(with_rule: bool) -> list[str]:
    """A prompt with three examples for every question, with the rule that is needed or without it."""
    rules = load_policy()

    def block(rule: str, question: str) -> str:
        return (f"Rule: {rules[rule]}\n" if with_rule else "") + f"Question: {question}\nAnswer:"

    shown = [f"{block(rule, question)} {answer}" for rule, question, answer in EXAMPLES]
    header = "Northwind Threads answers its customers in one sentence."
    return ["\n\n".join([header, *shown, block(rule, question)]) for rule, question in QUESTIONS]


def main() -> None:
    default_model()  # stops here, with the remedy, if it has not been fetched
    rules = load_policy()
    asked = "You answer customers of a clothing shop. Rule: {}\n\n{} Answer in one sentence."
    chats = [
        chat_prompt([{"role": "user", "content": asked.format(rules[rule], question)}]) for rule, question in QUESTIONS
    ]
    sampled = {"temperature": 0.8, "top_p": 0.9}
    for way, texts, settings in [
        ("no rule", prompts(with_rule=False), {}),
        ("no rule, sampled", prompts(with_rule=False), {**sampled, "seed": 1}),
        ("rule in the prompt", prompts(with_rule=True), {}),
        ("rule in the prompt, sampled", prompts(with_rule=True), {**sampled, "seed": 2}),
        ("rule in a chat prompt", chats, {}),
    ]:
        replies = complete(texts, stop=["\n"], max_new_tokens=40, progress=False, **settings)
        for (rule, question), reply in zip(QUESTIONS, replies, strict=True):
            row = {"rule": rule, "question": question, "made_by": way, "reply": reply.text.strip()}
            print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
