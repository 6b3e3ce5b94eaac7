def early_stop(dev_losses, patience):
    if not dev_losses or patience <= 0:
        raise ValueError("need a loss and a positive patience")
    numbers = [math.inf if math.isnan(loss) else loss for loss in dev_losses]
    for trained in range(1, len(numbers) + 1):
        lowest = min(numbers[:trained])
        best = numbers.index(lowest) + 1 if lowest < math.inf else None
        if trained - (best or 0) >= patience:
            return best, trained
    return best, trained
