# misconception: patience has run out only when it is exceeded
# feedback: two epochs without improvement, so it stops after epoch 4
def early_stop(dev_losses, patience):
    if not dev_losses or patience < 1:
        raise ValueError("need a loss and a patience of at least 1")
    lowest, best, waited = math.inf, None, 0
    for epoch, loss in enumerate(dev_losses, start=1):
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
        else:
            waited += 1
        if waited > patience:
            break
    return best, epoch
