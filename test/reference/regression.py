"""Coefficients of small regressions by scikit-learn, or by scipy's SLSQP where there are equations, bounds or inequalities.

Reads a JSON array of instances from standard input, writes the array of their coefficients. An instance has loss, x, y, ridge (a
number), intercept, and perhaps sampleWeight, A, b, squaredNorm, lower and upper (numbers), atMost with A and b.
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import GammaRegressor, LogisticRegression, PoissonRegressor, Ridge


def free(instance, x, y, weights):
    ridge, intercept = instance["ridge"], instance["intercept"]
    total = weights.sum()
    exact = {"tol": 1e-12, "max_iter": 10000, "fit_intercept": intercept}
    model = {
        "logistic": lambda: LogisticRegression(C=1 / (ridge * total), solver="newton-cholesky", **exact),
        "squared": lambda: Ridge(alpha=ridge * total, fit_intercept=intercept),
        "poisson": lambda: PoissonRegressor(alpha=ridge, solver="newton-cholesky", **exact),
        "gamma": lambda: GammaRegressor(alpha=ridge, solver="newton-cholesky", **exact),
    }[instance["loss"]]()
    model.fit(x, y, sample_weight=weights)
    coefficients = np.ravel(model.coef_).tolist()
    return coefficients + ([float(np.ravel(model.intercept_)[0])] if intercept else [])


losses = {
    "logistic": (lambda t, y: np.logaddexp(0, t) - y * t, lambda t, y: expit(t) - y),
    "squared": (lambda t, y: (t - y) ** 2 / 2, lambda t, y: t - y),
    "poisson": (lambda t, y: np.exp(t) - y * t, lambda t, y: np.exp(t) - y),
    "gamma": (lambda t, y: t + y * np.exp(-t), lambda t, y: 1 - y * np.exp(-t)),
}


def constrained(instance, x, y, weights):
    value, slope = losses[instance["loss"]]
    ridge, share = instance["ridge"], weights / weights.sum()
    equations = []
    if "A" in instance:
        A, b = np.array(instance["A"]), np.array(instance["b"])
        equations.append({"type": "eq", "fun": lambda v: A @ v - b, "jac": lambda v: A})
    if "squaredNorm" in instance:
        squared = instance["squaredNorm"]
        equations.append({"type": "eq", "fun": lambda v: v @ v - squared, "jac": lambda v: 2 * v[None]})
    if "atMost" in instance:
        G, h = np.array(instance["atMost"]["A"]), np.array(instance["atMost"]["b"])
        equations.append({"type": "ineq", "fun": lambda v: h - G @ v, "jac": lambda v: -G})
    result = minimize(
        lambda v: share @ value(x @ v, y) + ridge / 2 * v @ v,
        np.array(instance["start"]),
        jac=lambda v: x.T @ (share * slope(x @ v, y)) + ridge * v,
        constraints=equations,
        bounds=[(instance.get("lower"), instance.get("upper"))] * x.shape[1],
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    return result.x.tolist()


def coefficients(instance):
    x, y = np.array(instance["x"], dtype=float), np.array(instance["y"], dtype=float)
    weights = np.array(instance.get("sampleWeight", np.ones(len(y))), dtype=float)
    solve = constrained if {"A", "squaredNorm", "lower", "upper", "atMost"} & instance.keys() else free
    return solve(instance, x, y, weights)


json.dump([coefficients(instance) for instance in json.load(sys.stdin)], sys.stdout)
