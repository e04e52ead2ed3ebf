"""Solves convex quadratic programs of Maros and Meszaros by HiGHS (python3-highspy) and cvxopt, and writes a line of JSON for each.

    /usr/bin/python3 bench/nlp/quadratic_peers.py FOLDER SOLVER NAME ...

FOLDER has the programs and their index.json; SOLVER is highs or cvxopt. A line has the name, seconds of the processor, the least
of three where one takes less than a second, and x, y, z with Q x + c + G^T y + z = 0.
"""

import gzip
import json
import os
import sys
import time

import numpy
import scipy.sparse


def read(folder, q):
    raw, place = gzip.open(os.path.join(folder, q["name"] + ".bin.gz")).read(), 0

    def take(kind, count):
        nonlocal place
        values = numpy.frombuffer(raw, kind, count, place)
        place += values.nbytes
        return values.copy()

    def sides(count):
        values = take("f8", count)
        return numpy.where(values >= 1e19, numpy.inf, numpy.where(values <= -1e19, -numpy.inf, values))

    n, m = q["n"], q["m"]
    c = take("f8", n)
    lower, upper, at_least, at_most = sides(n), sides(n), sides(m), sides(m)
    q_values, g_values = take("f8", q["nnzQ"]), take("f8", q["nnzG"])
    q_offsets, q_indices = take("i4", n + 1), take("i4", q["nnzQ"])
    g_offsets, g_indices = take("i4", m + 1), take("i4", q["nnzG"])
    Q = scipy.sparse.csc_matrix((q_values, q_indices, q_offsets), (n, n))
    G = scipy.sparse.csr_matrix((g_values, g_indices, g_offsets), (m, n))
    return Q, c, G, at_least, at_most, lower, upper


def highs(Q, c, G, at_least, at_most, lower, upper):
    import highspy

    h = highspy.Highs()
    for option, value in [("output_flag", False), ("threads", 1), ("time_limit", 60.0)]:
        h.setOptionValue(option, value)
    model = highspy.HighsModel()
    lp, triangle = model.lp_, scipy.sparse.tril(Q, format="csc")
    lp.num_col_, lp.num_row_ = len(c), len(at_least)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = c, lower, upper
    lp.row_lower_, lp.row_upper_ = at_least, at_most
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = G.indptr, G.indices, G.data
    model.hessian_.dim_ = len(c)
    model.hessian_.format_ = highspy.HessianFormat.kTriangular
    model.hessian_.start_, model.hessian_.index_, model.hessian_.value_ = triangle.indptr, triangle.indices, triangle.data
    h.passModel(model)
    h.run()
    solution = h.getSolution()
    return numpy.array(solution.col_value), -numpy.array(solution.row_dual), -numpy.array(solution.col_dual)


def cvxopt(Q, c, G, at_least, at_most, lower, upper):
    from cvxopt import matrix, solvers, spmatrix

    def sparse(a):
        a = a.tocoo()
        return spmatrix(a.data, a.row.tolist(), a.col.tolist(), a.shape, "d")

    solvers.options.update(show_progress=False, abstol=1e-9, reltol=1e-9, feastol=1e-9)
    n, rows, identity = len(c), G.tocsr(), scipy.sparse.identity(len(c), format="csr")
    equal = at_least == at_most
    parts = [  # the matrix, the rows of it that have a side, the sides, and the sign
        (rows, ~equal & numpy.isfinite(at_most), at_most, 1),
        (rows, ~equal & numpy.isfinite(at_least), at_least, -1),
        (identity, numpy.isfinite(upper), upper, 1),
        (identity, numpy.isfinite(lower), lower, -1),
    ]
    A = scipy.sparse.vstack([sign * a[kept] for a, kept, _, sign in parts])
    b = numpy.concatenate([sign * side[kept] for _, kept, side, sign in parts])
    answer = solvers.qp(sparse(Q), matrix(c), sparse(A), matrix(b), sparse(rows[equal]), matrix(at_least[equal]))
    if answer["x"] is None:
        raise ValueError("no answer")
    duals, start, y, z = numpy.array(answer["z"]).ravel(), 0, numpy.zeros(len(at_least)), numpy.zeros(n)
    for k, (_, kept, _, sign) in enumerate(parts):
        (y if k < 2 else z)[kept] += sign * duals[start : start + kept.sum()]
        start += kept.sum()
    y[equal] = numpy.array(answer["y"]).ravel()
    return numpy.array(answer["x"]).ravel(), y, z


def main():
    folder, solver, names = sys.argv[1], {"highs": highs, "cvxopt": cvxopt}[sys.argv[2]], sys.argv[3:]
    with open(os.path.join(folder, "index.json")) as file:
        index = {q["name"]: q for q in json.load(file)}
    for name in names:
        program, best = read(folder, index[name]), float("inf")
        try:
            for _ in range(3):
                start = time.process_time()
                x, y, z = solver(*program)
                best = min(best, time.process_time() - start)
                if best > 1:
                    break
        except (ValueError, ArithmeticError, TypeError) as error:
            print(json.dumps({"name": name, "error": str(error)}), flush=True)
            continue
        if len(x) == 0:
            print(json.dumps({"name": name, "error": "no answer"}), flush=True)
            continue
        print(json.dumps({"name": name, "seconds": best, "x": x.tolist(), "y": y.tolist(), "z": z.tolist()}), flush=True)


main()
