# misconception: weights must all be set to want gradients before a step
# feedback: What is frozen is the caller's decision
def training_step(model, optimizer, ids, labels):
    model.requires_grad_(True)
    optimizer.zero_grad()
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    optimizer.step()
    return loss.item()
