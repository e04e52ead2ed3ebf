"""Linear and quadratic programs of .mps files as HiGHS reads them, by the copy of it in scipy 1.15 and later.

Reads a JSON array of paths from standard input; writes an array with the data of each: the Hessian's lower triangle by columns, the rows
by columns, null for no bound, and the optimal value where HiGHS finds one. Integer columns are relaxed.
"""

import json
import math
import sys

from scipy.optimize._highspy import _core as highs


def numbers(values):
    return [value if math.isfinite(value) else None for value in values]


def columns(matrix):
    return {"offsets": list(matrix.start_), "indices": list(matrix.index_), "values": list(matrix.value_)}


def read(path):
    solver = highs._Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solve_relaxation", True)
    solver.readModel(path)
    model = solver.getModel()
    program, hessian = model.lp_, model.hessian_
    solver.run()
    solved = solver.getModelStatus() == highs.HighsModelStatus.kOptimal
    return {
        "maximize": program.sense_ == highs.ObjSense.kMaximize,
        "c": list(program.col_cost_),
        "constant": program.offset_,
        "lower": numbers(program.col_lower_),
        "upper": numbers(program.col_upper_),
        "atLeast": numbers(program.row_lower_),
        "atMost": numbers(program.row_upper_),
        "G": columns(program.a_matrix_),
        "Q": columns(hessian) if hessian.dim_ > 0 else None,
        "columnNames": list(program.col_names_),
        "rowNames": list(program.row_names_),
        "value": solver.getInfo().objective_function_value if solved else None,
    }


json.dump([read(path) for path in json.load(sys.stdin)], sys.stdout)
