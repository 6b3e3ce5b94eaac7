# misconception: backward() already moves the weights
# feedback: The first call must have moved the weights
def training_step(model, optimizer, ids, labels):
    optimizer.zero_grad()
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    return loss.item()
