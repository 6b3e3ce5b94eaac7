# misconception: the loss of a step is what is left after it
# feedback: Return the loss from before the step
def training_step(model, optimizer, ids, labels):
    optimizer.zero_grad()
    model(input_ids=ids, labels=labels).loss.backward()
    optimizer.step()
    with torch.no_grad():
        return model(input_ids=ids, labels=labels).loss.item()
