# misconception: an improvement is a loss below the epoch before
# feedback: patience is not refilled by it
def early_stop(dev_losses, patience):
    if not dev_losses or patience < 1:
        raise ValueError("need a loss and a patience of at least 1")
    lowest, best, waited, previous = math.inf, None, 0, math.inf
    for epoch, loss in enumerate(dev_losses, start=1):
        waited = 0 if loss < previous else waited + 1
        previous = loss
        if loss < lowest:
            lowest, best = loss, epoch
        if waited == patience:
            break
    return best, epoch
