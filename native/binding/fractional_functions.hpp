// The parts of ratios that no table has, as JavaScript has them.
#pragma once

#include <functional>
#include <vector>

#include "binding/tables.hpp"

namespace nonconvex {

class Reader;

/// Reads `matrices`.
std::vector<AnyMatrix> readMatrices(const Reader& in);

/// Reads the functions of coordinate i and its value of a separable `denominator`, if there is one.
void readSeparable(const Reader& in, std::function<double(int, double)>& value,
                   std::function<double(int, double)>& derivative);

}  // namespace nonconvex
