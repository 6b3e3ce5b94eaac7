def dpo_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    tensors = [policy_chosen, policy_rejected, reference_chosen.detach(), reference_rejected.detach()]
    if len({t.shape for t in tensors}) != 1 or tensors[0].numel() < 1:
        raise ValueError("Four tensors of the same shape, please, and at least one pair.")
    if math.isnan(beta) or beta <= 0:
        raise ValueError("beta must be positive")
    pc, pr, rc, rr = tensors
    x = beta * ((pc - rc) - (pr - rr))
    losses = torch.logaddexp(torch.zeros_like(x), -x)
    return losses.sum() / losses.numel()
