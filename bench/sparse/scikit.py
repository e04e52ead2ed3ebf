"""scikit-learn for bench/sparse/paths.bench.ts: reads a line of JSON, answers with one; only the path itself is timed."""

import json
import os
import sys
import time
import warnings

import numpy as np
import scipy.sparse
import sklearn
from sklearn.linear_model import Lasso, LogisticRegression, lasso_path

warnings.filterwarnings("ignore")
print(json.dumps({"version": sklearn.__version__}), flush=True)
X = y = lambdas = None


def read(path, kind, name):
    return np.fromfile(os.path.join(path, name + ".bin"), kind)


def write(path, values, name):
    values.tofile(os.path.join(path, name + ".found"))


def gaussian(tol):
    """Coefficients and intercepts along all lambdas: of centred columns where they are dense, else one fit after the other."""
    if not scipy.sparse.issparse(X):
        means, mean = X.mean(axis=0), y.mean()
        _, coefs, _ = lasso_path(np.asfortranarray(X - means), y - mean, alphas=lambdas, tol=tol, max_iter=100000)
        return coefs.T, mean - means @ coefs
    model = Lasso(warm_start=True, tol=tol, max_iter=100000)
    rows, intercepts = [], []
    for value in lambdas:
        model.alpha = value
        model.fit(X, y)
        rows.append(model.coef_.copy())
        intercepts.append(model.intercept_)
    return np.array(rows), np.array(intercepts)


def binomial(tol):
    model = LogisticRegression(penalty="l1", solver="saga", warm_start=True, tol=tol, max_iter=1000)
    rows, intercepts = [], []
    for value in lambdas:
        model.C = 1 / (len(y) * value)
        model.fit(X, y)
        rows.append(model.coef_[0].copy())
        intercepts.append(model.intercept_[0])
    return np.array(rows), np.array(intercepts)


for line in sys.stdin:
    ask = json.loads(line)
    path = ask["path"]
    if "rows" in ask:
        y, lambdas = read(path, "<f8", "y"), read(path, "<f8", "lambdas")
        shape = (ask["rows"], ask["columns"])
        if ask["dense"]:
            X = read(path, "<f8", "X").reshape(shape[1], shape[0]).T
        else:
            parts = (read(path, "<f8", "values"), read(path, "<i4", "indices"), read(path, "<i4", "offsets"))
            X = scipy.sparse.csc_matrix(parts, shape)
        print(json.dumps({}), flush=True)
        continue
    begin = time.process_time()
    coefs, intercepts = {"gaussian": gaussian, "binomial": binomial}[ask["family"]](ask["thresh"])
    seconds = time.process_time() - begin
    found = scipy.sparse.csc_matrix(coefs.T)
    found.sort_indices()
    write(path, intercepts.astype("<f8"), "intercepts")
    write(path, found.indptr.astype("<i4"), "offsets")
    write(path, found.indices.astype("<i4"), "indices")
    write(path, found.data.astype("<f8"), "values")
    print(json.dumps({"seconds": seconds, "fitted": len(intercepts)}), flush=True)
