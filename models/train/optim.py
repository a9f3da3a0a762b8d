"""Optimisers: Muon for the matrices inside the blocks, AdamW for everything else.

Muon (Keller Jordan, 2024) takes the momentum's orthogonal factor as the step; it learns more from each token,
which is what counts where a processor without an accelerator has to do.
"""

import torch

EMBED_LR_SHARE = 0.15


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.01):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(p)
                held = state["momentum"].lerp_(p.grad, 1 - group["momentum"])
                step = orthogonal(p.grad.lerp(held, group["momentum"]))
                scale = max(1, p.shape[0] / p.shape[1]) ** 0.5
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(step.to(p.dtype), alpha=-group["lr"] * scale)


def orthogonal(matrix, rounds=5):
    """Newton–Schulz iteration towards the nearest matrix with orthogonal rows."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.bfloat16()
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(rounds):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


def optimisers(model, lr, kind="muon"):
    """`lr` is Muon's; the embedding and the norms take a share of it. With `adamw` it is AdamW's for all."""
    matrices = [p for n, p in model.named_parameters() if n.startswith("blocks.") and p.ndim == 2]
    others = [p for n, p in model.named_parameters() if not (n.startswith("blocks.") and p.ndim == 2)]
    if kind == "adamw":
        groups = [{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
        made = [torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98), fused=True)]
    else:
        rest = torch.optim.AdamW(others, lr=lr * EMBED_LR_SHARE, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
        made = [Muon(matrices, lr), rest]
    for optimiser in made:
        for group in optimiser.param_groups:
            group["full_lr"] = group["lr"]
    return made


def set_share(made, share):
    """Scales every learning rate to `share` of its full value."""
    for optimiser in made:
        for group in optimiser.param_groups:
            group["lr"] = group["full_lr"] * share
