// Methods for min f(x) without constraints, a step at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "linalg/cpu.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

class Descent {
 public:
  virtual ~Descent() = default;

  /// Looks for the next point, from one with its derivatives, and leaves it with its derivatives in `trial`. False
  /// where there is none, as rounding hides what a step would bring.
  virtual bool step(const NlpPoint& point, NlpPoint& trial) = 0;
  /// Forgets what earlier steps told, as of a point that was reached in another way.
  virtual void forget() {}

  virtual int factorizations() const { return 0; }
  virtual std::int64_t products() const { return 0; }  ///< with a Hessian
};

std::unique_ptr<Descent> limitedMemoryDescent(const Cpu& la, ScaledNlp& model);
std::unique_ptr<Descent> trustRegionDescent(const Cpu& la, ScaledNlp& model);
std::unique_ptr<Descent> gradientRegularizedDescent(const Cpu& la, ScaledNlp& model);
std::unique_ptr<Descent> saddleFreeDescent(const Cpu& la, ScaledNlp& model, std::uint64_t seed);
std::unique_ptr<Descent> oasisDescent(const Cpu& la, ScaledNlp& model, std::uint64_t seed);

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
  ScaledNlp& model_;
  const bool byValues_;
  Vector values_;
  std::int64_t count_ = 0;
};

}  // namespace nonconvex
