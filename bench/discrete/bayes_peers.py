"""HiGHS' linear programs for bench/discrete/adversarialBayes.bench.ts: reads a line of JSON, answers with one.

Each line has rows, classes, norm and radius. The program has a constraint for each pair of rows of different classes whose balls meet;
the seconds are those of the solve alone.
"""

import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist

print(json.dumps({"version": scipy.__version__}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    x, y = np.array(asked["x"]), np.array(asked["y"])
    apart = cdist(x, x, "chebyshev" if asked["norm"] == "inf" else "euclidean")
    meet = (apart <= 2 * asked["radius"] * (1 + 1e-12)) & (y[:, None] != y[None, :])
    i, j = np.nonzero(np.triu(meet))
    n, k = len(y), len(i)
    pairs = csr_array((np.ones(2 * k), (np.tile(np.arange(k), 2), np.concatenate([i, j]))), shape=(k, n))
    begin = time.process_time()
    found = linprog(-np.ones(n), A_ub=pairs, b_ub=np.ones(k), bounds=(0, 1), method="highs") if k else None
    seconds = time.process_time() - begin
    print(json.dumps({"error": 1 + found.fun / n if k else 0, "conflicts": k, "seconds": seconds}), flush=True)
