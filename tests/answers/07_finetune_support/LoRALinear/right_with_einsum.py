import math


class LoRALinear(torch.nn.Module):
    def __init__(self, base, rank, alpha, seed=0):
        super().__init__()
        self.base, self.rank, self.alpha = base, rank, alpha
        for weight in base.parameters():
            weight.requires_grad = False
        d_out, d_in = base.weight.shape
        numbers = torch.empty(rank, d_in).normal_(0, 1 / math.sqrt(d_in), generator=torch.Generator().manual_seed(seed))
        self.A = torch.nn.Parameter(numbers)
        self.B = torch.nn.Parameter(torch.zeros(d_out, rank))

    def correction(self):
        return self.alpha / self.rank * torch.einsum("or,ri->oi", self.B, self.A)

    def forward(self, x):
        return torch.nn.functional.linear(x, self.base.weight + self.correction(), self.base.bias)

    def merge(self):
        d_out, d_in = self.base.weight.shape
        merged = torch.nn.Linear(d_in, d_out, bias=self.base.bias is not None)
        with torch.no_grad():
            merged.weight.copy_(self.base.weight + self.correction())
            if self.base.bias is not None:
                merged.bias.copy_(self.base.bias)
        return merged
