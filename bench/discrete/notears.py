"""NOTEARS of X. Zheng, B. Aragam, P. Ravikumar, E. Xing, "DAGs with NO TEARS", NeurIPS 2018, written from the paper.

Reads {"x": rows, "lambda": number, "threshold": number} from stdin and prints {"weights": d x d, "seconds": processor time}:
min 1/(2n) ||X - X W||^2 + lambda |W|_1 subject to tr exp(W * W) = d, by an augmented Lagrangian.
"""

import json
import sys
import time

import numpy as np
from scipy.linalg import expm
from scipy.optimize import minimize


def notears(x, lam, threshold, most=100, accuracy=1e-8, largest=1e16):
    n, d = x.shape
    gram = x.T @ x / n

    def cycles(w):
        e = expm(w * w)
        return np.trace(e) - d, e.T * w * 2

    def lagrangian(z, rho, alpha):
        w = (z[: d * d] - z[d * d :]).reshape(d, d)
        r = gram @ (w - np.eye(d))
        h, slope = cycles(w)
        value = 0.5 * np.sum((w - np.eye(d)) * r) + 0.5 * rho * h * h + alpha * h + lam * z.sum()
        g = (r + (rho * h + alpha) * slope).ravel()
        return value, np.concatenate([g + lam, -g + lam])

    z, rho, alpha, h = np.zeros(2 * d * d), 1.0, 0.0, np.inf
    bounds = [(0, 0) if i == j else (0, None) for _ in range(2) for i in range(d) for j in range(d)]
    for _ in range(most):
        while rho < largest:
            new = minimize(lagrangian, z, (rho, alpha), jac=True, method="L-BFGS-B", bounds=bounds).x
            now, _ = cycles((new[: d * d] - new[d * d :]).reshape(d, d))
            if now <= 0.25 * h:
                break
            rho *= 10
        z, h = new, now
        alpha += rho * h
        if h <= accuracy or rho >= largest:
            break
    w = (z[: d * d] - z[d * d :]).reshape(d, d)
    w[np.abs(w) < threshold] = 0
    return w


given = json.load(sys.stdin)
rows = np.array(given["x"], dtype=float)
rows -= rows.mean(axis=0)
before = time.process_time()
found = notears(rows, given["lambda"], given["threshold"])
json.dump({"weights": found.tolist(), "seconds": time.process_time() - before}, sys.stdout)
