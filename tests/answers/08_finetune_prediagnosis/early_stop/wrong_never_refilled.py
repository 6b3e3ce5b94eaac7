# misconception: patience is a budget for the whole training
# feedback: An improvement refills patience
def early_stop(dev_losses, patience):
    if not dev_losses or patience < 1:
        raise ValueError("need a loss and a patience of at least 1")
    lowest, best, waited = math.inf, None, 0
    for epoch, loss in enumerate(dev_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch
