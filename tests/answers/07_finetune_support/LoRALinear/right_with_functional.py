import copy
from torch import nn
from torch.nn.functional import linear as apply_linear


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha, seed=0):
        super().__init__()
        base.weight.requires_grad = False
        if base.bias is not None:
            base.bias.requires_grad = False
        self.base = base
        self.scale = alpha / rank
        generator = torch.Generator()
        generator.manual_seed(seed)
        self.A = nn.Parameter(torch.normal(0.0, base.in_features**-0.5, (rank, base.in_features), generator=generator))
        self.B = nn.Parameter(torch.zeros((base.out_features, rank)))

    def forward(self, x):
        return self.base(x) + apply_linear(apply_linear(x, self.A), self.B) * self.scale

    def merge(self):
        new = copy.deepcopy(self.base)
        new.weight = nn.Parameter((self.base.weight + self.scale * self.B @ self.A).detach())
        return new
