def my_prompt(message):
    return "Which garment is this about, and what does the customer want?\n\n" + message + "\n\nitem | topic:"
