// The solvers of this family, each in a header of its own.
#pragma once

#include "solvers/structured/unlearn.hpp"
