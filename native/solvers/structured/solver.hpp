// The solvers of this family, each in a header of its own.
#pragma once

#include "solvers/structured/blind_calibration.hpp"
#include "solvers/structured/checkered_regression.hpp"
#include "solvers/structured/one_class_subspaces.hpp"
#include "solvers/structured/robust_mixed_model.hpp"
#include "solvers/structured/sequential_max_margin.hpp"
#include "solvers/structured/supervised_dictionary.hpp"
#include "solvers/structured/teach_kernel.hpp"
#include "solvers/structured/unlearn.hpp"
