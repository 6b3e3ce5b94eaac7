# misconception: the loss tensor is as good as a number
# feedback: loss.item(), not the tensor
def training_step(model, optimizer, ids, labels):
    optimizer.zero_grad()
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    optimizer.step()
    return loss
