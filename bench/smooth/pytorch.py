"""PyTorch for bench/smooth: logistic regression on a9a by batches, one thread; reads lines of JSON, answers with one each."""

import gzip
import json
import sys
import time

import numpy as np
import scipy.sparse
import torch

torch.set_num_threads(1)
print(json.dumps({"version": torch.__version__}), flush=True)


def libsvm(path):
    rows, cols, vals, y = [], [], [], []
    with gzip.open(path, "rt") as file:
        for i, line in enumerate(file):
            parts = line.split()
            y.append(float(parts[0]))
            for part in parts[1:]:
                j, v = part.split(":")
                rows.append(i)
                cols.append(int(j) - 1)
                vals.append(float(v))
    return scipy.sparse.csr_matrix((vals, (rows, cols))), np.array([float(v > 0) for v in y])


X = Y = A = y = None
for line in sys.stdin:
    question = json.loads(line)
    if "path" in question:
        A, y = libsvm(question["path"])
        scales = np.array(question["scales"])[: A.shape[1]]
        A = A @ scipy.sparse.diags(scales)
        X = torch.tensor(A.toarray(), dtype=torch.float32)
        Y = torch.tensor(y, dtype=torch.float32)
        print(json.dumps({"rows": X.shape[0], "columns": X.shape[1]}), flush=True)
        continue
    N, n = X.shape
    w = torch.zeros(n, requires_grad=True)
    make = {"SGD": lambda: torch.optim.SGD([w], lr=question["rate"], momentum=0.9), "Adam": lambda: torch.optim.Adam([w], lr=question["rate"])}
    optimizer = make[question["method"]]()
    generator = torch.Generator().manual_seed(question["seed"])
    size, epochs = question["batch"], question["epochs"]
    begin = time.process_time()
    for _ in range(epochs):
        order = torch.randperm(N, generator=generator)
        for b in range(0, N, size):
            i = order[b : b + size]
            optimizer.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(X[i] @ w, Y[i]) + 0.5 / N * w.dot(w)
            loss.backward()
            optimizer.step()
    seconds = (time.process_time() - begin) / epochs
    print(json.dumps({"secondsPerEpoch": seconds}), flush=True)
