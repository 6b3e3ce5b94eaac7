def dpo_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    if not beta > 0:
        raise ValueError("beta must be above 0")
    if not policy_chosen.shape == policy_rejected.shape == reference_chosen.shape == reference_rejected.shape:
        raise ValueError("the shapes differ")
    if len(policy_chosen) == 0:
        raise ValueError("no pairs")
    with torch.no_grad():
        reference = reference_chosen - reference_rejected
    margin = (policy_chosen - policy_rejected) - reference
    return torch.nn.functional.softplus(-beta * margin).mean()
