# misconception: to train a model means to move all of its weights
# feedback: let the given optimizer alone move weights
def training_step(model, optimizer, ids, labels):
    optimizer.zero_grad()
    frozen = [w for w in model.parameters() if not w.requires_grad]
    for weight in frozen:
        weight.requires_grad = True
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for weight in frozen:
            weight -= 1e-3 * weight.grad
            weight.requires_grad, weight.grad = False, None
    return loss.item()
