# misconception: the two replies need only be compared with each other
# feedback: The example above: the margin is
def dpo_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    if not beta > 0:
        raise ValueError("beta must be above 0")
    shapes = {tuple(t.shape) for t in (policy_chosen, policy_rejected, reference_chosen, reference_rejected)}
    if len(shapes) > 1 or policy_chosen.numel() == 0:
        raise ValueError("shapes differ, or no pairs")
    chosen = policy_chosen
    rejected = policy_rejected
    return -torch.nn.functional.logsigmoid(beta * (chosen - rejected)).mean()
