"""SciPy's assignments for bench/discrete/assign.bench.ts: reads a line of JSON, answers with one; only the call is timed."""

import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import linear_sum_assignment

print(json.dumps({"version": scipy.__version__}), flush=True)
cost = None
for line in sys.stdin:
    ask = json.loads(line)
    if "path" in ask:
        cost = np.fromfile(ask["path"], "<f8").reshape(ask["rows"], ask["columns"])
        print(json.dumps({}), flush=True)
        continue
    begin = time.process_time()
    rows, columns = linear_sum_assignment(cost)
    seconds = time.process_time() - begin
    print(json.dumps({"seconds": seconds, "sum": float(cost[rows, columns].sum())}), flush=True)
