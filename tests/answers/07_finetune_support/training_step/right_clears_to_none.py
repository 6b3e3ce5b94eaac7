def training_step(model, optimizer, ids, labels):
    for group in optimizer.param_groups:
        for weight in group["params"]:
            weight.grad = None
    output = model(input_ids=ids, labels=labels)
    output.loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(output.loss.detach())
