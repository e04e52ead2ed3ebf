"""scikit-learn's Lasso for bench/fractional/lasso.ts: reads a line of JSON, answers with one; only fit() is timed."""

import json
import sys
import time

import numpy as np
import scipy.sparse
import sklearn
from sklearn.linear_model import Lasso


def load(path, kind):
    with open(path, "rb") as file:
        if kind == "dense":
            m, n = np.fromfile(file, "<i4", 2)
            A = np.fromfile(file, "<f8", m * n).reshape(m, n)
        else:
            m, n, count = np.fromfile(file, "<i4", 3)
            offsets = np.fromfile(file, "<i4", n + 1)
            rows = np.fromfile(file, "<i4", count)
            A = scipy.sparse.csc_matrix((np.fromfile(file, "<f8", count), rows, offsets), (m, n))
        return A, np.fromfile(file, "<f8", m)


A = b = fortran = None
print(json.dumps({"version": sklearn.__version__}), flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    if "path" in ask:
        A, b = load(ask["path"], ask["kind"])
        fortran = np.asfortranarray(A) if ask["kind"] == "dense" else A
        print(json.dumps({}), flush=True)
        continue
    # Its objective is ours over the number of rows.
    model = Lasso(
        alpha=ask["lambda"] / len(b),
        fit_intercept=False,
        precompute=ask["gram"],
        tol=ask["tol"],
        max_iter=1000000,
        copy_X=False,
    )
    matrix = fortran if ask["columns"] else A
    begin = time.perf_counter()
    model.fit(matrix, b)
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "x": model.coef_.tolist(), "iterations": int(model.n_iter_)}), flush=True)
