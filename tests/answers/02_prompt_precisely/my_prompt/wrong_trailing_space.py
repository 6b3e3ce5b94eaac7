# misconception: a space after the cue helps the model along
# feedback: A space after the cue makes the model split its answer
def my_prompt(message):
    return "Name the item and the topic.\n\n" + message + "\n\nAnswer: "
