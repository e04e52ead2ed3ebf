"""HiGHS' mixed-integer programs for bench/discrete/certifyNetwork.bench.ts: reads a line of JSON, answers with one.

The first line has the network (W a row for each neuron, b), each later one a margin c + v.relu(W x + b) over |x - x0| <= radius.
Neurons that cross 0 have a binary with the exact bounds of their input, others are linear or gone, as in V. Tjeng, K. Xiao,
R. Tedrake, "Evaluating robustness of neural networks with mixed integer programming", ICLR 2019.
"""

import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import bmat, csr_array, diags_array


def program(W, b, v, c, x, radius):
    z = W @ x + b
    reach = radius * np.abs(W).sum(axis=1)
    low, high = z - reach, z + reach
    active = low >= 0
    cross = (low < 0) & (high > 0)
    n, k = len(x), int(cross.sum())
    L, U, Wc = low[cross], high[cross], csr_array(W[cross])
    one = diags_array(np.ones(k))
    # Columns: the change d, outputs h of crossing neurons, their binaries a.
    rows = bmat([[-Wc, one, None], [-Wc, one, diags_array(-L)], [None, one, diags_array(-U)]], format="csc")
    lower = np.concatenate([z[cross], np.full(2 * k, -np.inf)])
    upper = np.concatenate([np.full(k, np.inf), z[cross] - L, np.zeros(k)])
    cost = np.concatenate([W[active].T @ v[active], v[cross], np.zeros(k)])
    bounds = Bounds(
        np.concatenate([np.full(n, -radius), np.zeros(2 * k)]), np.concatenate([np.full(n, radius), U, np.ones(k)])
    )
    integrality = np.concatenate([np.zeros(n + k), np.ones(k)])
    return c + v[active] @ z[active], (cost, integrality, bounds, LinearConstraint(rows, lower, upper))


print(json.dumps({"version": scipy.__version__}), flush=True)
network = None
for line in sys.stdin:
    asked = json.loads(line)
    if "W" in asked:
        network = np.array(asked["W"]), np.array(asked["b"])
        print(json.dumps({}), flush=True)
        continue
    v, x = np.array(asked["v"]), np.array(asked["x"])
    constant, (cost, integrality, bounds, rows) = program(*network, v, asked["c"], x, asked["radius"])
    begin = time.process_time()
    found = milp(cost, integrality=integrality, bounds=bounds, constraints=rows)
    seconds = time.process_time() - begin
    answer = {"seconds": seconds, "margin": constant + found.fun, "bound": constant + found.mip_dual_bound}
    print(json.dumps(answer), flush=True)
