"""Writes the mean of the weights of checkpoints that began from one another, for `export.py`: what each of them learned,
with less of what each forgot.
"""

import argparse
from pathlib import Path

import torch

from export import load


def main():
    args = arguments()
    models, states = zip(*(load(path) for path in args.checkpoints))
    if any(state[key] != states[0][key] for state in states for key in ("shape", "names", "pieces")):
        raise SystemExit("the checkpoints differ in their shape, their tokens or their pieces; give those of one model's rounds")
    mean = [torch.stack(values).mean(0) for values in zip(*(model.parameters() for model in models))]
    torch.save({**states[-1], "optimisers": None, "average": mean}, args.out)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    with torch.no_grad():
        main()
