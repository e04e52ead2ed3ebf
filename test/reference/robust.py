"""Optimal values of robust convex programs, by cvxopt: conelp and, for the logistic loss, cp.

Reads a list of { loss, norm, radius, x, inputs, y, patterns, lambda, published } and prints the list of optima. Variables: v_i, w_i (columns of
x each), for every row z_k >= what the loss takes and n_k >= the dual norm of c_k, for every group g_i >= the dual norm of its
inputs and t_i >= ||v_i||.
"""

import json
import sys

import numpy as np
from cvxopt import matrix, solvers, spmatrix

solvers.options.update({"show_progress": False, "abstol": 1e-8, "reltol": 1e-8, "feastol": 1e-8, "maxiters": 200})


def program(p):
    x, y, patterns = np.array(p["x"]), np.array(p["y"]), np.array(p["patterns"], bool)
    (n, d), count, inputs = x.shape, patterns.shape[1], p["inputs"]
    groups, size = 2 * count, 0
    place = {}
    for name, length in (("v", groups * d), ("t", groups), ("g", groups), ("n", n), ("z", n)):
        place[name] = size
        size += length
    linear, cones, bounds = [], [], []

    def unit(name, k):
        row = np.zeros(size)
        row[place[name] + k] = 1
        return row

    def weights(g, vector):
        row = np.zeros(size)
        row[place["v"] + g * d : place["v"] + (g + 1) * d] = vector
        return row

    def local(k, vector):
        """vector . c_k"""
        return sum(
            (1 if g < count else -1) * weights(g, vector) for g in range(groups) if patterns[k, g % count]
        ) + np.zeros(size)

    def dual_norm(entries, bound):
        nonlocal size
        """Constraints that bound >= the norm of the entries."""
        if p["norm"] == "two":
            cones.append(np.array([-bound] + [-e for e in entries]))
            return
        first = place["extra"]
        for k, e in enumerate(entries):
            extra = np.zeros(size)
            extra[first + k] = 1
            linear.extend([e - extra, -e - extra])
            bounds.extend([0, 0])
        linear.append(sum(np.eye(size)[first + k] for k in range(len(entries))) - bound)
        bounds.append(0)
        place["extra"] += len(entries)

    if p["norm"] == "inf":
        place["extra"] = size
        size += (groups + n) * inputs
    basis = np.eye(d)
    for g in range(groups):
        dual_norm([weights(g, basis[i]) for i in range(inputs)], unit("g", g))
        cones.append(np.array([-unit("t", g)] + [-weights(g, basis[i]) for i in range(d)]))
        for k in range(n):
            # Margins need v of rows of the other class alone, and w of its own; as published all of all.
            if p["loss"] != "squared" and not p["published"] and (y[k] > 0) == (g < count):
                continue
            sign = 1 if patterns[k, g % count] else -1
            linear.append(p["radius"] * unit("g", g) - weights(g, sign * x[k]))
            bounds.append(0)
    for k in range(n):
        dual_norm([local(k, basis[i]) for i in range(inputs)], unit("n", k))
        reach = p["radius"] * unit("n", k)
        f = local(k, x[k])
        if p["loss"] == "squared":  # z >= |f - y| + reach
            linear.extend([f + reach - unit("z", k), -f + reach - unit("z", k)])
            bounds.extend([y[k], -y[k]])
        elif p["loss"] == "hinge":  # z >= 1 - y f + reach, z >= 0
            linear.extend([-y[k] * f + reach - unit("z", k), -unit("z", k)])
            bounds.extend([-1, 0])
        else:  # z >= -y f + reach
            linear.append(-y[k] * f + reach - unit("z", k))
            bounds.append(0)
    return place, size, linear, bounds, cones, groups, n


def optimum(p):
    place, size, linear, bounds, cones, groups, n = program(p)
    cost = np.zeros(size)
    cost[place["t"] : place["t"] + groups] = p["lambda"]
    z = range(place["z"], place["z"] + n)
    if p["loss"] == "hinge":
        cost[list(z)] = 1
    g = np.vstack([np.array(linear)] + cones)
    h = np.concatenate([np.array(bounds, float)] + [np.zeros(len(c)) for c in cones])
    dims = {"l": len(linear), "q": [len(c) for c in cones], "s": []}
    g = matrix(g)
    sparse = spmatrix(*zip(*[(v, i, j) for i, j, v in nonzeros(g)]), size=g.size)
    if p["loss"] == "hinge":
        return solvers.conelp(matrix(cost), sparse, matrix(h), dims)["primal objective"]
    if p["loss"] == "squared":
        quadratic = spmatrix(1.0, z, z, (size, size))
        return solvers.coneqp(quadratic, matrix(cost), sparse, matrix(h), dims)["primal objective"]

    def logistic(point=None, weight=None):
        if point is None:
            return 0, matrix(0.0, (size, 1))
        at = np.array(point).ravel()
        m = at[list(z)]
        value = cost @ at + np.logaddexp(0, m).sum()
        gradient = cost.copy()
        share = 1 / (1 + np.exp(-m))
        gradient[list(z)] += share
        if weight is None:
            return matrix(value), matrix(gradient).T
        return matrix(value), matrix(gradient).T, spmatrix(weight[0] * share * (1 - share), z, z, (size, size))

    return solvers.cp(logistic, sparse, matrix(h), dims)["primal objective"]


def nonzeros(g):
    dense = np.array(g)
    return [(int(i), int(j), float(dense[i, j])) for i, j in zip(*np.nonzero(dense))]


print(json.dumps([optimum(p) for p in json.load(sys.stdin)]))
