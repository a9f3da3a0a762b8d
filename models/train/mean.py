"""The mean of the weights of two checkpoints of one line of training: often better than either.

mean.py ONE.pt OTHER.pt OUT.pt    all else is taken from OTHER.pt
"""

import sys

import torch


def main():
    one, other = (torch.load(path, map_location="cpu", weights_only=False) for path in sys.argv[1:3])
    assert one["shape"] == other["shape"] and one["names"] == other["names"], "the checkpoints are of different models"
    other["average"] = [(left + right) / 2 for left, right in zip(one["average"], other["average"], strict=True)]
    other["model"] = {name: (one["model"][name] + weight) / 2 for name, weight in other["model"].items()}
    torch.save(other, sys.argv[3])


if __name__ == "__main__":
    main()
