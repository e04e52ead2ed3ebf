"""scipy's least_squares for bench/fit/index.ts: reads a line of JSON, answers with one; only least_squares() is timed.

Residuals are vectorised functions of numpy, as a user writes them; derivatives are scipy's differences.
"""

import json
import sys
import time
import warnings

import numpy as np
import scipy
from scipy.optimize import least_squares

warnings.simplefilter("ignore")

exp, log = np.exp, np.log
rational = lambda b, x, z: (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (
    1 + b[4] * x + b[5] * x**2 + b[6] * x**3
)
curves = {
    "b1 (b2 + x)^(-1/b3)": lambda b, x, z: b[0] * (b[1] + x) ** (-1 / b[2]),
    "exp(-b1 x) / (b2 + b3 x)": lambda b, x, z: exp(-b[0] * x) / (b[1] + b[2] * x),
    "b1 x^b2": lambda b, x, z: b[0] * x ** b[1],
    "(b1/b2) exp(-((x - b3)/b2)^2 / 2)": lambda b, x, z: b[0] / b[1] * exp(-(((x - b[2]) / b[1]) ** 2) / 2),
    "b1 exp(-b2 x) + b3 exp(-(x - b4)^2/b5^2) + b6 exp(-(x - b7)^2/b8^2)": lambda b, x, z: b[0] * exp(-b[1] * x)
    + b[2] * exp(-(((x - b[3]) / b[4]) ** 2))
    + b[5] * exp(-(((x - b[6]) / b[7]) ** 2)),
    "(b1 + b2 x + b3 x^2 + b4 x^3) / (1 + b5 x + b6 x^2 + b7 x^3)": rational,
    "b1 exp(-b2 x) + b3 exp(-b4 x) + b5 exp(-b6 x)": lambda b, x, z: b[0] * exp(-b[1] * x)
    + b[2] * exp(-b[3] * x)
    + b[4] * exp(-b[5] * x),
    "b1 exp(b2/(x + b3))": lambda b, x, z: b[0] * exp(b[1] / (x + b[2])),
    "b1 (1 - exp(-b2 x))": lambda b, x, z: b[0] * (1 - exp(-b[1] * x)),
    "b1 (1 - (1 + 2 b2 x)^-0.5)": lambda b, x, z: b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5),
    "log y = b1 - b2 x1 exp(-b3 x2)": lambda b, x, z: b[0] - b[1] * x * exp(-b[2] * z),
    "b1 / (1 + exp(b2 - b3 x))^(1/b4)": lambda b, x, z: b[0] / (1 + exp(b[1] - b[2] * x)) ** (1 / b[3]),
}

print(json.dumps({"version": scipy.__version__}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    x, z, y = (np.array(asked[name]) for name in ("x1", "x2", "y"))
    curve = curves[asked["formula"]]
    count = 0

    def residuals(b):
        global count
        count += 1
        return curve(b, x, z) - y

    tight = 1e-15 if asked["method"] != "lm" else 2.3e-16
    begun = time.perf_counter()
    try:
        found = least_squares(
            residuals, asked["start"], method=asked["method"], ftol=tight, xtol=tight, gtol=tight, max_nfev=100000
        )
        answer = {"x": found.x.tolist(), "success": bool(found.success)}
    except ValueError:
        answer = {"x": asked["start"], "success": False}
    answer["seconds"] = time.perf_counter() - begun
    answer["evaluations"] = count
    print(json.dumps(answer), flush=True)
