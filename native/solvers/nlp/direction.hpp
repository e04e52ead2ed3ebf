// A direction that is accurate enough and descends: sections 1.3 and 1.4 of docs/nlp-methods.md.
#pragma once

#include <optional>

#include "methods/globalization/line_search.hpp"
#include "methods/globalization/merit_function.hpp"
#include "methods/kkt/kkt_system.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

class NewtonDirection {
 public:
  NewtonDirection(const ScaledNlp& model, const NlpSettings& settings);

  /// dz = (dx, dlambda) by the system that was factored, and penalties for which it descends, if there are such. It is
  /// valid until the next call.
  SearchDirection compute(KktSystem& system, const NlpPoint& point, MeritFunction& merit);

 private:
  bool computeDescending(KktSystem& system, const NlpPoint& point, MeritFunction& merit);
  std::optional<double> curvatureAlongG(const KktSystem& system, const NlpPoint& point) const;
  bool computePublished(KktSystem& system, const NlpPoint& point, MeritFunction& merit);

  const ScaledNlp& model_;
  const bool published_;
  const double tolerance_;
  const double beta_;
  const double nu_;
  const std::size_t n_;
  Vector rhs_;
  Vector dz_;
  MeritSlope slope_;
  double delta_ = 0.1;  // delta of the published rule
};

}  // namespace nonconvex
