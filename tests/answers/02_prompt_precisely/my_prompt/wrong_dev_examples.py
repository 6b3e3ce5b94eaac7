# misconception: examples may come from the set that is measured on
# feedback: An example from dev or test hands the model an answer
def my_prompt(message):
    shown = "".join(f"Message: {row['message']}\nTicket: {row['item']} | {row['topic']}\n\n" for row in dev[-5:])
    return shown + f"Message: {message}\nTicket:"
