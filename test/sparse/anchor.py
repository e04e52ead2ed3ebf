"""What scikit-learn gives, for test/sparse/anchors.test.ts: reads one line of JSON, prints one."""

import json
import sys
import warnings

import numpy as np
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, MultiTaskLasso

warnings.filterwarnings("ignore")
ask = json.loads(sys.stdin.readline())
X, y, labels = (np.array(ask[name]) for name in ("x", "y", "labels"))
n = len(y)
value = ask["lambda"]
found = {
    "lasso": Lasso(alpha=value, tol=1e-12, max_iter=100000).fit(X, y),
    "elasticNet": ElasticNet(alpha=value, l1_ratio=0.4, tol=1e-12, max_iter=100000).fit(X, y),
    "positive": Lasso(alpha=value, positive=True, tol=1e-12, max_iter=100000).fit(X, y),
    "logistic": LogisticRegression(penalty="l1", C=1 / (n * value), solver="saga", tol=1e-12, max_iter=1000000).fit(X, labels),
}
answer = {
    name: {"coefficients": np.ravel(model.coef_).tolist(), "intercept": float(np.ravel(model.intercept_)[0])}
    for name, model in found.items()
}
several = MultiTaskLasso(alpha=value, tol=1e-12, max_iter=100000).fit(X, np.array(ask["responses"]))
answer["multiTask"] = {"coefficients": np.ravel(several.coef_).tolist(), "intercepts": several.intercept_.tolist()}
print(json.dumps(answer))
