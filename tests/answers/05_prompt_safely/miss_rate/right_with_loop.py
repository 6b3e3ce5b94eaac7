def miss_rate(truth, flagged):
    if len(truth) != len(flagged):
        raise ValueError("Give one flag for each truth.")
    misses = emergencies = 0
    for position in range(len(truth)):
        if truth[position]:
            emergencies += 1
            if not flagged[position]:
                misses += 1
    if emergencies == 0:
        raise ValueError("No emergencies.")
    z = 1.959963984540054
    p = misses / emergencies
    below = 1 + z**2 / emergencies
    spread = z * (p * (1 - p) / emergencies + z**2 / (4 * emergencies**2)) ** 0.5
    return (p, (p + z**2 / (2 * emergencies) - spread) / below, (p + z**2 / (2 * emergencies) + spread) / below)
