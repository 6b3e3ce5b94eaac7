# misconception: alpha is the scale itself
# feedback: The scale is alpha / rank
import copy


class LoRALinear(torch.nn.Module):
    """A linear layer with a low-rank correction."""

    def __init__(self, base, rank, alpha, seed=0):
        super().__init__()
        self.base, self.scale = base.requires_grad_(False), alpha
        generator = torch.Generator().manual_seed(seed)
        self.A = torch.nn.Parameter(torch.randn(rank, base.in_features, generator=generator) / base.in_features**0.5)
        self.B = torch.nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A.T @ self.B.T)

    def merge(self):
        merged = copy.deepcopy(self.base)
        with torch.no_grad():
            merged.weight += self.scale * self.B @ self.A
        return merged
