"""Adam of PyTorch on the objective of two-layer ReLU networks: reads a line of JSON, answers with one.

    1/2 ||f - y||^2 + (lambda / 2) (||U||^2 + ||alpha||^2),   f = (X U)_+ alpha

The file has n, d and the rows of tests as int32, then X, y and the tests' rows and values as float64, all row by row. An
answer has the seconds of training, the objective on all rows in double precision, and both accuracies of signs.
"""

import json
import math
import sys
import time

import numpy as np
import torch


def load(path):
    with open(path, "rb") as file:
        n, d, tests = np.fromfile(file, "<i4", 3)
        parts = [np.fromfile(file, "<f8", n * d).reshape(n, d), np.fromfile(file, "<f8", n)]
        parts += [np.fromfile(file, "<f8", tests * d).reshape(tests, d), np.fromfile(file, "<f8", tests)]
        return [torch.tensor(part) for part in parts]


def train(x, y, weight, width, epochs, batch, rate, seed):
    torch.manual_seed(seed)
    x, y = x.float(), y.float()
    n, d = x.shape
    u = torch.randn(d, width) / math.sqrt(d)
    a = torch.randn(width) / math.sqrt(width)
    u.requires_grad_()
    a.requires_grad_()
    adam = torch.optim.Adam([u, a], lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, epochs * -(-n // batch))
    for _ in range(epochs):
        for rows in torch.randperm(n).split(batch):
            loss = ((torch.relu(x[rows] @ u) @ a - y[rows]) ** 2).sum() / 2 * (n / len(rows))
            loss = loss + weight / 2 * ((u**2).sum() + (a**2).sum())
            adam.zero_grad()
            loss.backward()
            adam.step()
            schedule.step()
    return u.detach().double(), a.detach().double()


data = None
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    if "path" in ask:
        data = load(ask["path"])
        print(json.dumps({}), flush=True)
        continue
    x, y, x_test, y_test = data
    start = time.perf_counter()
    u, a = train(x, y, ask["lambda"], ask["width"], ask["epochs"], ask["batch"], ask["rate"], ask["seed"])
    seconds = time.perf_counter() - start
    f = torch.relu(x @ u) @ a
    # Balanced, which is the least penalty of the same function.
    objective = ((f - y) ** 2).sum() / 2 + ask["lambda"] * (u.norm(dim=0) * a.abs()).sum()
    right = lambda f, y: ((f > 0) == (y > 0)).double().mean().item() if len(y) else 0.0
    tested = right(torch.relu(x_test @ u) @ a, y_test)
    answer = {"seconds": seconds, "objective": objective.item(), "train": right(f, y), "test": tested}
    print(json.dumps(answer), flush=True)
