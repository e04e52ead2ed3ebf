"""scipy's least_squares with trf and lsmr for bench/fit/sparse.bench.ts: reads a line of JSON, answers with one.

Only least_squares() is timed. It knows the pattern of the Jacobian; derivatives are its differences.
"""

import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import least_squares
from scipy.sparse import coo_matrix


def band(data):
    n, knot, share, y = data["n"], np.array(data["knot"]), np.array(data["share"]), np.array(data["y"])

    def residuals(u):
        between = (1 - share) * u[knot] + share * u[knot + 1]
        second = u[: n - 2] - 2 * u[1 : n - 1] + u[2:]
        return np.concatenate([np.exp(between) - y, data["smoothness"] * second])

    rows = np.arange(len(y))
    second = np.arange(n - 2)
    places = [(rows, knot), (rows, knot + 1)] + [(len(y) + second, second + k) for k in range(3)]
    return residuals, np.zeros(n), places, len(y) + n - 2


def scene(data):
    cameras, camera, point = data["cameras"], np.array(data["camera"]), np.array(data["point"])
    u, v, start = np.array(data["u"]), np.array(data["v"]), np.array(data["start"])
    free = np.setdiff1d(np.arange(len(start)), data["held"])
    whole = start.copy()

    def residuals(given):
        whole[free] = given
        a, b, c, x, y, z = whole[: 6 * cameras].reshape(cameras, 6)[camera].T
        p, q, r = whole[6 * cameras :].reshape(-1, 3)[point].T
        q, r = np.cos(a) * q - np.sin(a) * r, np.sin(a) * q + np.cos(a) * r
        p, r = np.cos(b) * p + np.sin(b) * r, np.cos(b) * r - np.sin(b) * p
        p, q = np.cos(c) * p - np.sin(c) * q, np.sin(c) * p + np.cos(c) * q
        return np.concatenate([(p + x) / (r + z) - u, (q + y) / (r + z) - v])

    column = np.full(len(start), -1)
    column[free] = np.arange(len(free))
    rows = np.arange(len(camera))
    touched = [6 * camera + k for k in range(6)] + [6 * cameras + 3 * point + k for k in range(3)]
    places = [(rows + half * len(camera), column[j]) for j in touched for half in range(2)]
    return residuals, start[free], places, 2 * len(camera)


print(json.dumps({"version": scipy.__version__}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    function, begin, places, m = {"band": band, "scene": scene}[asked["kind"]](asked)
    rows, columns = (np.concatenate([each[k] for each in places]) for k in range(2))
    known = columns >= 0
    pattern = coo_matrix((np.ones(known.sum()), (rows[known], columns[known])), shape=(m, len(begin))).tocsr()
    begun = time.perf_counter()
    found = least_squares(
        function, begin, method="trf", tr_solver="lsmr", jac_sparsity=pattern, x_scale="jac", gtol=1e-10, max_nfev=30
    )
    seconds = time.perf_counter() - begun
    answer = {"success": bool(found.success), "sum": float(2 * found.cost), "iterations": found.nfev}
    answer["seconds"] = seconds
    print(json.dumps(answer), flush=True)
