# misconception: the best epoch is the lowest loss of the whole list
# feedback: Epoch 2 is the best of those that were trained
def early_stop(dev_losses, patience):
    if not dev_losses or patience < 1:
        raise ValueError("need a loss and a patience of at least 1")
    lowest, waited, stopped = math.inf, 0, len(dev_losses)
    for epoch, loss in enumerate(dev_losses, start=1):
        waited = 0 if loss < lowest else waited + 1
        lowest = min(lowest, loss)
        if waited == patience:
            stopped = epoch
            break
    return dev_losses.index(min(dev_losses)) + 1, stopped
