// The least norms that steps have reached.
#pragma once

#include <algorithm>
#include <cmath>

#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// The least ||c|| and ||F|| since a start, F = (g, c).
struct LeastNorms {
  double c = 0;
  double F = 0;

  void begin(const NlpPoint& start) {
    c = std::sqrt(start.squaredC());
    F = std::sqrt(start.squaredF());
  }
  void note(const NlpPoint& point) {
    c = std::min(c, std::sqrt(point.squaredC()));
    F = std::min(F, std::sqrt(point.squaredF()));
  }
};

}  // namespace nonconvex
