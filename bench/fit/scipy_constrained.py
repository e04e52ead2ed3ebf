"""scipy's SLSQP and trust-constr for bench/fit/constrained.bench.ts: reads a line of JSON, answers with one.

The objective is half the sum of squares, with differences for derivatives, as a user writes it.
"""

import json
import sys
import warnings

import numpy as np
import scipy
from scipy.optimize import Bounds, minimize

warnings.simplefilter("ignore")

exp, sqrt, pi = np.exp, np.sqrt, np.pi


def peak(h, c, w, x):
    return h * exp(-(((x - c) / w) ** 2))


def slopes(b):
    t = np.linspace(0, 1, 20)
    return sum(k * b[k] * t ** (k - 1) for k in range(1, 6))


angles = 0.3 + 3.7 * np.arange(20) / 19
P, Q = np.cos(angles), np.sin(angles)


def turned(b, x, y):
    return b[0] * P - b[1] * Q - x + 0.5 * (b[1] * P + b[0] * Q - y)


# residuals, equations h(b) = 0, inequalities g(b) >= 0
problems = {
    "two decays that share one": (
        lambda b, x, y: b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) - y,
        lambda b: [b[0] + b[2] - 1],
        lambda b: [b[3] - b[1]],
    ),
    "growth through a point": (
        lambda b, x, y: b[0] / (1 + exp(-b[1] * (x - b[2]))) - y,
        lambda b: [b[0] / (1 + exp(b[1] * b[2])) - 0.2],
        lambda b: [8.8 - b[0]],
    ),
    "two peaks of one area": (
        lambda b, x, y: peak(b[0], b[1], b[2], x) + peak(b[3], b[4], b[5], x) - y,
        lambda b: [sqrt(pi) * (b[0] * b[2] + b[3] * b[5]) - 8],
        lambda b: [b[2] - 0.2, b[5] - 0.2],
    ),
    "saturation of a known slope": (
        lambda b, x, y: b[0] * x / (b[1] + x) - y,
        None,
        lambda b: [4 - b[0] / b[1]],
    ),
    "rational with an asymptote": (
        lambda b, x, y: (b[0] + b[1] * x) / (1 + b[2] * x) - y,
        lambda b: [b[1] - 2 * b[2]],
        lambda b: [b[2]],
    ),
    "wave below a height": (
        lambda b, x, y: b[0] * np.sin(b[1] * x + b[2]) + b[3] - y,
        None,
        lambda b: [2.5 - b[0] - b[3], b[0]],
    ),
    "circle that touches a line": (
        lambda b, x, y: sqrt((x - b[0]) ** 2 + (y - b[1]) ** 2) - b[2],
        lambda b: [sqrt(0.5) * (b[0] - b[1]) - b[2]],
        lambda b: [b[2] - 0.1],
    ),
    "ellipse by its equation": (
        lambda b, x, y: b[0] * x * x + b[1] * x * y + b[2] * y * y + b[3] * x + b[4] * y + b[5],
        lambda b: [4 * b[0] * b[2] - b[1] ** 2 - 1],
        None,
    ),
    "polynomial that rises": (
        lambda b, x, y: sum(b[k] * (x / 6) ** k for k in range(6)) - y,
        None,
        slopes,
    ),
    "reaction in two steps": (
        lambda b, x, y: b[0] * b[1] / (b[2] - b[1]) * (exp(-b[1] * x) - exp(-b[2] * x)) - y,
        lambda b: [b[1] * b[2] - 1],
        lambda b: [b[2] - b[1] - 0.05],
    ),
    "resistance at a known place": (
        lambda b, x, y: 1e-3 * (b[0] * exp(b[1] / (x + b[2])) - y),
        lambda b: [1e-4 * b[0] * exp(b[1] / (50 + b[2])) - 3.4],
        None,
    ),
    "large residuals in a ball": (
        lambda b, x, y: (b[0] + x * b[1] - exp(x)) ** 2 + (b[2] + b[3] * np.sin(x) - np.cos(x)) ** 2,
        None,
        lambda b: [120 - np.sum(b**2)],
    ),
    "turned points": (turned, lambda b: [np.sum(b**2) - 1], None),
    "wrong model of large residuals": (
        lambda b, x, y: b[0] * exp(-b[1] * x) + b[2] - y,
        lambda b: [b[0] ** 2 + b[2] ** 2 - 9],
        lambda b: [b[1] - 0.05, 5 - b[1]],
    ),
}

print(json.dumps({"version": scipy.__version__}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    x, y = np.array(asked["x"]), np.array(asked["y"])
    residuals, equations, inequalities = problems[asked["name"]]
    constraints = [
        {"type": kind, "fun": lambda b, f=f: np.asarray(f(b))}
        for kind, f in (("eq", equations), ("ineq", inequalities))
        if f
    ]
    lower = asked.get("lower")
    options = {"SLSQP": {"ftol": 1e-14, "maxiter": 1000}, "trust-constr": {"gtol": 1e-9, "xtol": 1e-12, "maxiter": 3000}}
    try:
        found = minimize(
            lambda b: 0.5 * np.sum(residuals(b, x, y) ** 2),
            asked["start"],
            method=asked["method"],
            bounds=Bounds(lower, np.inf) if lower else None,
            constraints=constraints,
            options=options[asked["method"]],
        )
        answer = {"objective": float(found.fun), "success": bool(found.success), "iterations": int(found.nit)}
        answer["x"] = found.x.tolist()
    except ValueError:
        answer = {"objective": None, "success": False, "iterations": 0, "x": asked["start"]}
    print(json.dumps(answer), flush=True)
