# misconception: more examples are always better
# feedback: Use fewer or shorter examples
def my_prompt(message):
    shown = "".join(f"Message: {row['message']}\nTicket: {row['item']} | {row['topic']}\n\n" for row in train * 3)
    return shown + f"Message: {message}\nTicket:"
