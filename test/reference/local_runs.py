"""The best of many local runs on a two-layer ReLU network, by SciPy's L-BFGS.

Reads a line of JSON for each problem, { x, y, lambda, runs, seed }, and prints a line { best, median, seconds }: of
1/2 sum_i (f(x_i) - y_i)^2 + lambda/2 sum_j (||u_j||^2 + alpha_j^2) over runs from normal random weights, with networks of
20, 50 and 100 neurons in turn. x has a column of ones where there is a bias. Prints the version of SciPy first.
"""

import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import minimize

WIDTHS = (20, 50, 100)


def local_run(x, y, weight, width, rng):
    n, d = x.shape

    def value_and_gradient(weights):
        u = weights[: d * width].reshape(d, width)
        alpha = weights[d * width :]
        z = x @ u
        hidden = np.maximum(z, 0)
        residual = hidden @ alpha - y
        back = np.where(z > 0, residual[:, None] * alpha, 0)
        gradient = np.concatenate([(x.T @ back).ravel(), hidden.T @ residual]) + weight * weights
        return residual @ residual / 2 + weight / 2 * weights @ weights, gradient

    start = rng.normal(size=(d + 1) * width) * 0.7 * width**-0.25
    options = {"maxiter": 1500, "maxfun": 3000, "maxcor": 20, "ftol": 1e-11, "gtol": 1e-9}
    return minimize(value_and_gradient, start, jac=True, method="L-BFGS-B", options=options).fun


print(json.dumps({"version": scipy.__version__}), flush=True)
for line in sys.stdin:
    problem = json.loads(line)
    data = np.array(problem["x"], float)
    targets = np.array(problem["y"], float)
    generator = np.random.default_rng(problem["seed"])
    begun = time.time()
    found = [local_run(data, targets, problem["lambda"], WIDTHS[k % 3], generator) for k in range(problem["runs"])]
    answer = {"best": min(found), "median": float(np.median(found)), "seconds": time.time() - begun}
    print(json.dumps(answer), flush=True)
