# misconception: PyTorch complains by itself about what does not fit
# feedback: Refuse a beta that is not above 0
def dpo_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    if beta <= 0:
        raise ValueError("beta must be above 0")
    chosen = policy_chosen - reference_chosen.detach()
    rejected = policy_rejected - reference_rejected.detach()
    return -torch.nn.functional.logsigmoid(beta * (chosen - rejected)).mean()
