# misconception: no_grad only saves memory and is always safe
# feedback: Record the forward pass
def training_step(model, optimizer, ids, labels):
    optimizer.zero_grad()
    with torch.no_grad():
        loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    optimizer.step()
    return loss.item()
