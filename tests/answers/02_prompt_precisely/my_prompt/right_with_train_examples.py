def my_prompt(message):
    shown = "".join(f"Message: {row['message']}\nTicket: {row['item']} | {row['topic']}\n\n" for row in train[:6])
    return shown + f"Message: {message}\nTicket:"
