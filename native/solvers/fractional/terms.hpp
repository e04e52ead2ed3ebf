// Makes the terms of a ratio.
#pragma once

#include <memory>

#include "solvers/fractional/term.hpp"

namespace nonconvex {

std::unique_ptr<SmoothTerm> makeSmoothTerm(const FractionalTermData& data);
std::unique_ptr<DenominatorTerm> makeDenominator(const FractionalTermData& data, int n);

}  // namespace nonconvex
