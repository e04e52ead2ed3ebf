"""What scikit-learn and scipy give for quantile regression, for test/sparse/losses.long.test.ts: reads one line of JSON, prints one."""

import json
import sys

import numpy as np
from scipy.optimize import linprog
from sklearn.linear_model import QuantileRegressor

ask = json.loads(sys.stdin.readline())
x, y, w = (np.array(ask[name]) for name in ("x", "y", "weights"))
n, p = x.shape
fit = QuantileRegressor(quantile=0.9, alpha=ask["lambda"], solver="highs").fit(x, y)
w = w / w.sum()
level, l = 0.3, ask["lambda"]
# b = u - v, y - x b - b_0 = r - s
cost = np.concatenate([np.full(2 * p, l), [0.0], level * w, (1 - level) * w])
A = np.hstack([x, -x, np.ones((n, 1)), np.eye(n), -np.eye(n)])
bounds = [(0, None)] * (2 * p) + [(None, None)] + [(0, None)] * (2 * n)
lp = linprog(cost, A_eq=A, b_eq=y, bounds=bounds, method="highs")
print(
    json.dumps(
        {
            "scikit": {"coefficients": fit.coef_.tolist(), "intercept": float(fit.intercept_)},
            "linprog": {"coefficients": (lp.x[:p] - lp.x[p : 2 * p]).tolist(), "intercept": float(lp.x[2 * p]), "objective": float(lp.fun)},
        }
    )
)
