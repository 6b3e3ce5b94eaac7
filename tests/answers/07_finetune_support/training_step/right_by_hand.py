def training_step(model, optimizer, ids, labels):
    optimizer.zero_grad(set_to_none=True)
    logits = model(input_ids=ids).logits[:, :-1]
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
    loss.backward()
    optimizer.step()
    return loss.item()
