// Methods for min f(x), x free or in a box, a step at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "linalg/cpu.hpp"
#include "methods/descent/two_metric_projection.hpp"
#include "methods/nlp/scaled_nlp.hpp"
#include "problems/abilities.hpp"

namespace nonconvex {

class Descent {
 public:
  virtual ~Descent() = default;

  /// Looks for the next point, from one with its derivatives, and leaves it with its derivatives in `trial`. False
  /// where there is none, as rounding hides what a step would bring.
  virtual bool step(const NlpPoint& point, NlpPoint& trial) = 0;
  /// Returns true if a point whose gradient is small may be a solution.
  virtual bool accepts(const NlpPoint&) { return true; }
  /// Forgets what earlier steps told, as of a point that was reached in another way.
  virtual void forget() {}

  virtual int factorizations() const { return 0; }
  virtual std::int64_t products() const { return 0; }  ///< number of products with a Hessian
};

/// The parts that steps are made of. Where there is a box, the model is of its face, and points are moved into it.
struct DescentSetting {
  const Cpu& la;
  ScaledNlp& model;
  const TwoMetricProjection* box = nullptr;  ///< null: x is free
  std::uint64_t seed = 0;

  /// Moves the end of a step into the box; true if it was not where it belongs.
  bool project(const NlpPoint& point, NlpPoint& end) const {
    return box != nullptr && box->project(smoothPoint(point), end.x);
  }
};

/// How a trust-region method minimises its model: by factors, or by truncated conjugate gradients.
enum class BallMethod { exact, krylov };

std::unique_ptr<Descent> limitedMemoryDescent(const DescentSetting& of);
std::unique_ptr<Descent> trustRegionDescent(const DescentSetting& of, BallMethod method);
std::unique_ptr<Descent> gradientRegularizedDescent(const DescentSetting& of);
std::unique_ptr<Descent> saddleFreeDescent(const DescentSetting& of);
std::unique_ptr<Descent> oasisDescent(const DescentSetting& of);
std::unique_ptr<Descent> leastSquaresDescent(const DescentSetting& of, SumOfSquares::Squares sum);

/// Products with the Hessian at one point after the other: by its values where they are few, otherwise by derivatives
/// in a direction.
class HessianProducts {
 public:
  explicit HessianProducts(ScaledNlp& model);

  /// Goes to a point; false where the Hessian is not finite there.
  bool moveTo(const NlpPoint& point);
  void multiply(std::span<const double> v, std::span<double> out);
  std::int64_t count() const { return count_; }

 private:
  struct Tuning;
  ScaledNlp& model_;
  const bool byValues_;
  Vector values_;
  std::int64_t count_ = 0;
};

}  // namespace nonconvex
