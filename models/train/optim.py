"""AdamW, gentle with what is pretrained and quicker with what is new."""

import torch

# The decoder and the special tokens start from nothing.
NEW = 4.0


def optimisers(model, lr):
    """`lr` is that of the pretrained layers. Pieces of text and places stay as they are: there is too little text
    here to move words that it does not hold along with those that it does."""
    pretrained, new = [], []
    for name, p in model.named_parameters():
        if name in ("encoder.word.weight", "encoder.place.weight"):
            p.requires_grad_(False)
        elif name.startswith("encoder.") and name != "encoder.special.weight":
            pretrained.append(p)
        else:
            new.append(p)
    groups = [
        {"params": [p for p in pretrained if p.ndim == 2], "lr": lr, "weight_decay": 0.01},
        {"params": [p for p in pretrained if p.ndim != 2], "lr": lr, "weight_decay": 0.0},
        {"params": [p for p in new if p.ndim == 2], "lr": lr * NEW, "weight_decay": 0.01},
        {"params": [p for p in new if p.ndim != 2], "lr": lr * NEW, "weight_decay": 0.0},
    ]
    made = [torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)]
    for optimiser in made:
        for group in optimiser.param_groups:
            group["full_lr"] = group["lr"]
    return made


def set_share(made, share):
    """Scales every learning rate to `share` of its full value."""
    for optimiser in made:
        for group in optimiser.param_groups:
            group["lr"] = group["full_lr"] * share
