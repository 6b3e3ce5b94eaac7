# misconception: the last epoch that was trained is the model to keep
# feedback: Epoch 2 is the best of those that were trained
def early_stop(dev_losses, patience):
    if not dev_losses or patience < 1:
        raise ValueError("need a loss and a patience of at least 1")
    lowest, waited = math.inf, 0
    for epoch, loss in enumerate(dev_losses, start=1):
        if loss < lowest:
            lowest, waited = loss, 0
        else:
            waited += 1
        if waited == patience:
            return epoch, epoch
    return epoch, epoch
