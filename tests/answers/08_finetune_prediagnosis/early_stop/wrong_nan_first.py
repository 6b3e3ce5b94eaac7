# misconception: the first loss is the best to begin with, whatever it is
# feedback: After a nan the next number is an improvement
def early_stop(dev_losses, patience):
    if not dev_losses or patience < 1:
        raise ValueError("need a loss and a patience of at least 1")
    lowest, best, waited = dev_losses[0], 1, 0
    for epoch, loss in enumerate(dev_losses[1:], start=2):
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            return best, epoch
    return best, len(dev_losses)
