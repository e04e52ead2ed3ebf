"""scipy's L-BFGS-B on the chained Rosenbrock function, for bench/nlp/rosenbrock.bench.ts: reads a line of JSON, answers with one."""

import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import minimize


def value_and_gradient(x):
    """sum 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 and its gradient, whose products are shared."""
    a, b = x[:-1], x[1:]
    r, s = b - a * a, 1 - a
    g = np.empty_like(x)
    g[:-1] = -400 * a * r - 2 * s
    g[-1] = 0
    g[1:] += 200 * r
    return 100 * (r @ r) + s @ s, g


def solve(n):
    start = np.ones(n)
    start[::2] = -1.2
    begin = time.process_time()
    found = minimize(
        value_and_gradient,
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 10**6, "maxfun": 10**7, "ftol": 0, "gtol": 1e-8},
    )
    seconds = time.process_time() - begin
    gradient = float(np.abs(value_and_gradient(found.x)[1]).max())
    return {
        "seconds": seconds,
        "steps": int(found.nit),
        "evaluations": int(found.nfev),
        "objective": float(found.fun),
        "gradient": gradient,
    }


print(json.dumps({"version": scipy.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(solve(json.loads(line)["n"])), flush=True)
