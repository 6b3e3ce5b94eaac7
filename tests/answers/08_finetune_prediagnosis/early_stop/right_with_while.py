def early_stop(dev_losses, patience):
    if len(dev_losses) < 1:
        raise ValueError("no epochs")
    if patience < 1:
        raise ValueError("patience must be at least 1")
    best, epoch = None, 0
    while epoch < len(dev_losses) and epoch - (best or 0) < patience:
        loss = dev_losses[epoch]
        epoch += 1
        if not math.isnan(loss) and (best is None or loss < dev_losses[best - 1]):
            best = epoch
    return best, epoch
