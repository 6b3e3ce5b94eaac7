# misconception: a prompt may know the answers of the dev set
# feedback: The prompt must not look the ticket up
def my_prompt(message):
    known = {row["message"]: f"{row['item']} | {row['topic']}" for row in dev}
    hint = f"\nHint: {known[message]}" if message in known else ""
    return f"Name the item and the topic.{hint}\n\nMessage: {message}\nAnswer:"
