"""Optima of small convex ReLU programs by cvxopt's interior point methods.

Reads a JSON array of instances from standard input, writes the array of their optimal values. An instance has
  x: n rows of d numbers (a constant column included where there is a bias), y: n rows of c numbers,
  patterns: n rows of P numbers 0 or 1, loss, activation, coupling, lambda, delta (Huber's).

  minimise    loss(sum_i D_i X (V_i - W_i), Y) + lambda sum of norms of groups
  subject to  (2 D_i - I) X V_i >= 0,  (2 D_i - I) X W_i >= 0          activation 'relu'; gated: no W, no constraints

A group is a column of V_i or W_i (coupling 'oneVsAll') or the whole of it ('frobenius').
"""

import json
import sys

import numpy as np
from cvxopt import matrix, solvers

solvers.options.update(show_progress=False, abstol=1e-11, reltol=1e-11, feastol=1e-10, maxiters=200)


def columns(array):
    return matrix(np.ascontiguousarray(array, dtype=float))


def optimum(instance):
    x = np.array(instance["x"], dtype=float)
    y = np.array(instance["y"], dtype=float)
    on = np.array(instance["patterns"], dtype=float)
    weight = instance["lambda"]
    loss = instance["loss"]
    n, d = x.shape
    c = y.shape[1]
    p = on.shape[1]
    relu = instance["activation"] == "relu"
    signs = [1, -1] if relu else [1]

    # Blocks of weights: sign, pattern, output.
    blocks = [(s, i, k) for s in signs for i in range(p) for k in range(c)]
    weights = d * len(blocks)
    f = np.zeros((n * c, weights))  # predictions, output after output
    cones = []
    for b, (s, i, k) in enumerate(blocks):
        at = slice(b * d, (b + 1) * d)
        f[k * n : (k + 1) * n, at] = s * on[:, i : i + 1] * x
        if relu:
            cone = np.zeros((n, weights))
            cone[:, at] = -(2 * on[:, i : i + 1] - 1) * x
            cones.append(cone)
    if instance["coupling"] == "frobenius":
        groups = [range(g * c, (g + 1) * c) for g in range(len(signs) * p)]
    else:
        groups = [range(b, b + 1) for b in range(len(blocks))]
    target = y.T.reshape(-1)

    # All variables: weights, norms, and what the loss needs.
    extra = {"squared": 0, "hinge": n * c, "huber": 3 * n * c, "logistic": 0, "softmax": 0}[loss]
    norms = len(groups)
    size = weights + norms + extra
    cost = np.zeros(size)
    cost[weights : weights + norms] = weight
    quadratic = np.zeros((size, size))
    constant = 0.0
    linear = [np.hstack([np.vstack(cones), np.zeros((n * len(cones), size - weights))])] if cones else []
    bounds = [np.zeros(n * len(cones))] if cones else []
    equations = right = None
    m = n * c
    rest = slice(weights + norms, size)

    if loss == "squared":
        quadratic[:weights, :weights] = f.T @ f
        cost[:weights] = -f.T @ target
        constant = target @ target / 2
    elif loss == "hinge":  # xi >= 0, xi >= 1 - y f
        cost[rest] = 1
        above = np.zeros((m, size))
        above[:, :weights] = -target[:, None] * f
        above[:, rest] = -np.eye(m)
        positive = np.zeros((m, size))
        positive[:, rest] = -np.eye(m)
        linear += [above, positive]
        bounds += [-np.ones(m), np.zeros(m)]
    elif loss == "huber":  # f - y = r + s: 1/2 r^2 + delta |s|, |s| <= h
        r, s, h = (slice(weights + norms + j * m, weights + norms + (j + 1) * m) for j in range(3))
        quadratic[r, r] = np.eye(m)
        cost[h] = instance["delta"]
        equations = np.zeros((m, size))
        equations[:, :weights] = f
        equations[:, r] = -np.eye(m)
        equations[:, s] = -np.eye(m)
        right = target
        for sign in (1, -1):
            below = np.zeros((m, size))
            below[:, s] = sign * np.eye(m)
            below[:, h] = -np.eye(m)
            linear.append(below)
            bounds.append(np.zeros(m))

    second, radii = [], []
    for g, members in enumerate(groups):
        block = np.zeros((1 + d * len(members), size))
        block[0, weights + g] = -1
        for place, b in enumerate(members):
            block[1 + place * d : 1 + (place + 1) * d, b * d : (b + 1) * d] = -np.eye(d)
        second.append(block)
        radii.append(block.shape[0])
    G = np.vstack(linear + second)
    h = np.concatenate(bounds + [np.zeros(sum(radii))])
    dims = {"l": int(sum(len(b) for b in bounds)), "q": radii, "s": []}
    A = {} if equations is None else {"A": columns(equations), "b": columns(right)}

    if loss in ("squared", "hinge", "huber"):
        answer = solvers.coneqp(columns(quadratic), columns(cost), columns(G), columns(h), dims, **A)
        return answer["primal objective"] + constant

    def value_and_derivatives(w):
        scores = (f @ w).reshape(c, n)
        if loss == "logistic":
            z = -target * (f @ w)
            value = np.logaddexp(0, z).sum()
            q = np.exp(-np.logaddexp(0, -z))
            return value, f.T @ (-target * q), f.T @ ((q * (1 - q))[:, None] * f)
        top = scores.max(axis=0)
        e = np.exp(scores - top)
        total = e.sum(axis=0)
        prob = e / total
        value = (top + np.log(total)).sum() - target @ (f @ w)
        hessian = f.T @ (prob.reshape(-1)[:, None] * f)
        mixed = np.einsum("kn,knw->nw", prob, f.reshape(c, n, weights))
        return value, f.T @ (prob.reshape(-1) - target), hessian - mixed.T @ mixed

    def callback(point=None, z=None):
        if point is None:
            start = np.zeros(size)
            start[weights : weights + norms] = 1
            return 0, columns(start)
        w = np.array(point).reshape(-1)
        value, gradient, hessian = value_and_derivatives(w[:weights])
        slope = cost.copy()
        slope[:weights] += gradient
        first = matrix(slope, (1, size))
        if z is None:
            return matrix(value + cost @ w), first
        second_order = np.zeros((size, size))
        second_order[:weights, :weights] = z[0] * hessian
        return matrix(value + cost @ w), first, columns(second_order)

    answer = solvers.cp(callback, columns(G), columns(h), dims)
    return answer["primal objective"]


print(json.dumps([float(optimum(instance)) for instance in json.load(sys.stdin)]))
