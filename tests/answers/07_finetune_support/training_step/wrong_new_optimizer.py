# misconception: any optimizer will do, so a fresh one can be made for each step
# feedback: A new one for each step forgets
def training_step(model, optimizer, ids, labels):
    optimizer = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=1e-3)
    optimizer.zero_grad()
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    optimizer.step()
    return loss.item()
