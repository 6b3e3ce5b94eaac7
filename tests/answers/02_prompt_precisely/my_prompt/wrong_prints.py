# misconception: printing is returning
# feedback: Return the prompt (do not print it)
def my_prompt(message):
    print(f"Name the item and the topic.\n\n{message}\nAnswer:")
