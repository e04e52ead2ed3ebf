"""Linear programs by HiGHS, convex quadratic ones by cvxopt, as scipy and python3-cvxopt bring them.

Reads a JSON array of problems min 1/2 x^T Q x + c^T x, low <= A x <= high, lower <= x <= upper from standard input, where null stands for
no side and Q may be missing; writes the array of [status, value], the status 'solved', 'infeasible', 'unbounded' or another word.
"""

import json
import sys

import numpy as np
from scipy.optimize import linprog


def numbers(values, none):
    return np.array([none if value is None else value for value in values], dtype=float)


def split(problem):
    """The rows as equations and as inequalities at most a side."""
    A = np.array(problem["A"], dtype=float).reshape(-1, problem["n"])
    low, high = numbers(problem["low"], -np.inf), numbers(problem["high"], np.inf)
    equal = low == high
    upper, lower = ~equal & np.isfinite(high), ~equal & np.isfinite(low)
    return A[equal], high[equal], np.vstack([A[upper], -A[lower]]), np.concatenate([high[upper], -low[lower]])


def linear(problem, c):
    A_eq, b_eq, A_ub, b_ub = split(problem)
    bounds = list(zip(problem["lower"], problem["upper"]))
    sharp = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    found = linprog(c, A_ub=A_ub, b_ub=b_ub, A_eq=A_eq, b_eq=b_eq, bounds=bounds, method="highs", options=sharp)
    if found.status == 4:  # HiGHS's presolve may say "infeasible or unbounded"
        options = {**sharp, "presolve": False}
        found = linprog(c, A_ub=A_ub, b_ub=b_ub, A_eq=A_eq, b_eq=b_eq, bounds=bounds, method="highs", options=options)
    return [{0: "solved", 2: "infeasible", 3: "unbounded"}.get(found.status, "unknown"), found.fun]


def convex(problem, Q, c):
    from cvxopt import matrix, solvers

    solvers.options.update(show_progress=False, abstol=1e-10, reltol=1e-10, feastol=1e-10)
    A_eq, b_eq, A_ub, b_ub = split(problem)
    n = problem["n"]
    lower, upper = numbers(problem["lower"], -np.inf), numbers(problem["upper"], np.inf)
    is_lower, is_upper = np.isfinite(lower), np.isfinite(upper)
    G = np.vstack([A_ub, np.eye(n)[is_upper], -np.eye(n)[is_lower]])
    h = np.concatenate([b_ub, upper[is_upper], -lower[is_lower]])
    # cvxopt needs equations of full rank.
    if len(A_eq) > 0:
        u, s, vt = np.linalg.svd(A_eq, full_matrices=False)
        kept = s > 1e-10 * max(1.0, s[0])
        A_eq, b_eq = vt[kept], (u.T @ b_eq)[kept] / s[kept]
    try:
        equations = (matrix(A_eq), matrix(b_eq)) if len(A_eq) > 0 else ()
        found = solvers.qp(matrix(Q), matrix(c), matrix(G), matrix(h), *equations)
    except (ArithmeticError, ValueError):
        return ["unknown", None]
    return ["solved" if found["status"] == "optimal" else "unknown", found["primal objective"]]


def answer(problem):
    c = np.array(problem["c"], dtype=float)
    feasibility = linear(problem, 0 * c)
    if feasibility[0] != "solved":
        return feasibility
    if "Q" not in problem:
        status, value = linear(problem, c)
        return ["unbounded" if status == "infeasible" else status, value]  # there is a feasible point
    return convex(problem, np.array(problem["Q"], dtype=float), c)


json.dump([answer(problem) for problem in json.load(sys.stdin)], sys.stdout)
