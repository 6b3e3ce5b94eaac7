# misconception: backward() replaces the old gradients
# feedback: clear it with optimizer.zero_grad() first
def training_step(model, optimizer, ids, labels):
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    optimizer.step()
    return loss.item()
