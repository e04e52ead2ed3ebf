"""scipy's trust-constr and SLSQP for bench/nlp/others.ts: reads a line of JSON, answers with one; only minimize() is timed.

Models are plain Python functions with exact first and second derivatives, as a user writes them: scipy cannot call our kernels.
"""

import json
import sys
import time
import warnings
from math import cos, log, sin, sqrt

import numpy as np
import scipy
from scipy.optimize import NonlinearConstraint, minimize

warnings.simplefilter("ignore")


class Hs007:
    start = [2.0, 2.0]

    @staticmethod
    def f(x):
        return log(1 + x[0] ** 2) - x[1]

    @staticmethod
    def g(x):
        return np.array([2 * x[0] / (1 + x[0] ** 2), -1.0])

    @staticmethod
    def H(x):
        s = x[0] ** 2
        return np.array([[2 * (1 - s) / (1 + s) ** 2, 0], [0, 0]])

    @staticmethod
    def c(x):
        return np.array([(1 + x[0] ** 2) ** 2 + x[1] ** 2 - 4])

    @staticmethod
    def J(x):
        return np.array([[4 * x[0] * (1 + x[0] ** 2), 2 * x[1]]])

    @staticmethod
    def Hc(x, v):
        return v[0] * np.array([[4 + 12 * x[0] ** 2, 0], [0, 2]])


class Hs040:
    start = [0.8] * 4

    @staticmethod
    def f(x):
        a, b, c, d = x
        return -a * b * c * d

    @staticmethod
    def g(x):
        a, b, c, d = x
        return -np.array([b * c * d, a * c * d, a * b * d, a * b * c])

    @staticmethod
    def H(x):
        a, b, c, d = x
        return -np.array(
            [[0, c * d, b * d, b * c], [c * d, 0, a * d, a * c], [b * d, a * d, 0, a * b], [b * c, a * c, a * b, 0]]
        )

    @staticmethod
    def c(x):
        a, b, c, d = x
        return np.array([a**3 + b**2 - 1, a**2 * d - c, d**2 - b])

    @staticmethod
    def J(x):
        a, b, c, d = x
        return np.array([[3 * a**2, 2 * b, 0, 0], [2 * a * d, 0, -1, a**2], [0, -1, 0, 2 * d]])

    @staticmethod
    def Hc(x, v):
        a, _, _, d = x
        H = np.zeros((4, 4))
        H[0, 0] = 6 * a * v[0] + 2 * d * v[1]
        H[1, 1] = 2 * v[0]
        H[0, 3] = H[3, 0] = 2 * a * v[1]
        H[3, 3] = 2 * v[2]
        return H


class Hs077:
    start = [2.0] * 5

    @staticmethod
    def f(x):
        a, b, c, d, e = x
        return (a - 1) ** 2 + (a - b) ** 2 + (c - 1) ** 2 + (d - 1) ** 4 + (e - 1) ** 6

    @staticmethod
    def g(x):
        a, b, c, d, e = x
        return np.array(
            [2 * (a - 1) + 2 * (a - b), -2 * (a - b), 2 * (c - 1), 4 * (d - 1) ** 3, 6 * (e - 1) ** 5]
        )

    @staticmethod
    def H(x):
        H = np.diag([4.0, 2.0, 2.0, 12 * (x[3] - 1) ** 2, 30 * (x[4] - 1) ** 4])
        H[0, 1] = H[1, 0] = -2
        return H

    @staticmethod
    def c(x):
        a, b, c, d, e = x
        return np.array([a**2 * d + sin(d - e) - 2 * sqrt(2), b + c**4 * d**2 - 8 - sqrt(2)])

    @staticmethod
    def J(x):
        a, _, c, d, e = x
        wave = cos(d - e)
        return np.array([[2 * a * d, 0, 0, a**2 + wave, -wave], [0, 1, 4 * c**3 * d**2, 2 * c**4 * d, 0]])

    @staticmethod
    def Hc(x, v):
        a, _, c, d, e = x
        wave = v[0] * sin(d - e)
        H = np.zeros((5, 5))
        H[0, 0] = 2 * d * v[0]
        H[0, 3] = H[3, 0] = 2 * a * v[0]
        H[3, 3] = -wave + 2 * c**4 * v[1]
        H[3, 4] = H[4, 3] = wave
        H[4, 4] = -wave
        H[2, 2] = 12 * c**2 * d**2 * v[1]
        H[2, 3] = H[3, 2] = 8 * c**3 * d * v[1]
        return H


class Hs079:
    start = [2.0] * 5

    @staticmethod
    def f(x):
        a, b, c, d, e = x
        return (a - 1) ** 2 + (a - b) ** 2 + (b - c) ** 2 + (c - d) ** 4 + (d - e) ** 4

    @staticmethod
    def g(x):
        a, b, c, d, e = x
        p, q, r, s = a - b, b - c, 4 * (c - d) ** 3, 4 * (d - e) ** 3
        return np.array([2 * (a - 1) + 2 * p, 2 * q - 2 * p, r - 2 * q, s - r, -s])

    @staticmethod
    def H(x):
        r, s = 12 * (x[2] - x[3]) ** 2, 12 * (x[3] - x[4]) ** 2
        return np.array(
            [[4, -2, 0, 0, 0], [-2, 4, -2, 0, 0], [0, -2, 2 + r, -r, 0], [0, 0, -r, r + s, -s], [0, 0, 0, -s, s]]
        )

    @staticmethod
    def c(x):
        a, b, c, d, e = x
        return np.array([a + b**2 + c**3 - 2 - 3 * sqrt(2), b - c**2 + d + 2 - 2 * sqrt(2), a * e - 2])

    @staticmethod
    def J(x):
        a, b, c, _, e = x
        return np.array([[1, 2 * b, 3 * c**2, 0, 0], [0, 1, -2 * c, 1, 0], [e, 0, 0, 0, a]])

    @staticmethod
    def Hc(x, v):
        H = np.diag([0, 2 * v[0], 6 * x[2] * v[0] - 2 * v[1], 0, 0])
        H[0, 4] = H[4, 0] = v[2]
        return H


models = {"hs007": Hs007, "hs040": Hs040, "hs077": Hs077, "hs079": Hs079}


def solve(model, method):
    if method == "trust-constr":
        constraint = NonlinearConstraint(model.c, 0, 0, jac=model.J, hess=model.Hc)
        options = {"gtol": 1e-8, "xtol": 1e-12, "maxiter": 3000}
        second = {"hess": model.H}
    else:
        constraint = {"type": "eq", "fun": model.c, "jac": model.J}
        options = {"ftol": 1e-10, "maxiter": 3000}
        second = {}
    begin = time.perf_counter()
    found = minimize(model.f, model.start, method=method, jac=model.g, constraints=constraint, options=options, **second)
    seconds = time.perf_counter() - begin
    feasibility = float(np.abs(model.c(found.x)).max())
    return {
        "seconds": seconds,
        "iterations": int(found.nit),
        "objective": float(found.fun),
        "feasibility": feasibility,
        "success": bool(found.success),
    }


print(json.dumps({"version": scipy.__version__, "models": list(models)}), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    print(json.dumps(solve(models[ask["model"]], ask["method"])), flush=True)
