// The solver of nonlinear programs, and what runs it.
#pragma once

#include "core/run.hpp"
#include "solvers/nlp/nlp_solver.hpp"
