// Conjugate gradients for one right-hand side: M. R. Hestenes, E. Stiefel, "Methods of conjugate gradients for solving
// linear systems", J. Res. Natl. Bur. Stand. 49, 1952.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "linalg/vectors.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// Sets `out` by `f(v, out)` and returns v^T out: what f returns, or their dot product if f returns nothing.
template <std::invocable<In, Out> F>
double productOf(F&& f, In v, Out out) {
  if constexpr (std::convertible_to<std::invoke_result_t<F, In, Out>, double>) {
    return f(v, out);
  } else {
    f(v, out);
    return dot(v, out);
  }
}

/// The direction p of conjugate gradients for A x = b, with A p: a step of the method, for loops that test more than
/// Pcg does.
class ConjugateDirection {
 public:
  explicit ConjugateDirection(std::size_t n = 0) : p_(n), image_(n) {}

  /// Forgets the directions so far; the next ones have n entries. Allocates where there were never as many.
  void restart(std::size_t n) {
    p_.resize(n);
    image_.resize(n);
    restart();
  }
  void restart() { size_ = 0; }

  /// p := z + (size / last size) p, where z = P^-1 r for the residual r and the preconditioner P, and size = r^T z.
  void turn(In z, double size) {
    const double before = size_;
    for (std::size_t i = 0; i < p_.size(); ++i) p_[i] = z[i] + (before > 0 ? size / before * p_[i] : 0);
    size_ = size;
  }

  /// Sets A p by `multiply(p, out)`, which may return p^T A p where it adds in an order of its own. Returns p^T A p.
  template <class Multiply>
  double setImage(Multiply&& multiply) {
    return curvature_ = productOf(multiply, p_, image_);
  }

  /// x += length() p, r -= length() A p
  void move(Out x, Out r) const {
    const double alpha = length();
    for (std::size_t i = 0; i < p_.size(); ++i) {
      x[i] += alpha * p_[i];
      r[i] -= alpha * image_[i];
    }
  }

  In p() const { return p_; }
  /// The step along p to the least 1/2 x^T A x - b^T x.
  double length() const { return size_ / curvature_; }

 private:
  Vector p_, image_;
  double size_ = 0;  // r^T P^-1 r; 0: there is no direction yet
  double curvature_ = 0;
};

/// The diagonal of A, all of it positive, as a preconditioner.
struct DiagonalPreconditioner {
  In diagonal;

  double operator()(In r, Out out) const {
    double size = 0;
    for (std::size_t i = 0; i < r.size(); ++i) {
      out[i] = r[i] / diagonal[i];
      size += square(r[i]) / diagonal[i];
    }
    return size;
  }
};

struct PcgSettings {
  double accuracy = 1e-6;  ///< share of the first sqrt(r^T P^-1 r) at which it ends
  int mostSteps = 1000;
};

/// How the iterations ended. `notPositive`: r^T P^-1 r or p^T A p is negative, zero or not a number.
enum class PcgEnd { accurate, stepLimit, notPositive };

struct PcgOutcome {
  PcgEnd end = PcgEnd::stepLimit;
  int steps = 0;
};

/// Solves A x = b from x = 0, A and the preconditioner P positive definite. Buffers grow to the largest system so far.
class Pcg {
 public:
  explicit Pcg(const Cpu& la) : la_(la) {}

  /// Turns x, the right-hand side b, into the solution. `multiply(p, out)` sets out := A p, `precondition(r, out)` sets
  /// out := P^-1 r; either may return the inner product of its two arguments where it adds in an order of its own.
  /// Where curvature is not positive, x is the point so far, zero after no step.
  template <class Multiply, class Precondition>
  PcgOutcome solve(Out x, const PcgSettings& settings, Multiply&& multiply, Precondition&& precondition) {
    residual_.assign(x.begin(), x.end());
    scaled_.resize(x.size());
    direction_.restart(x.size());
    std::fill(x.begin(), x.end(), 0.0);
    double target = 0;
    for (int k = 0; k < settings.mostSteps; ++k) {
      const double size = productOf(precondition, residual_, scaled_);
      if (k == 0) target = square(settings.accuracy) * size;
      if (size <= target) return {PcgEnd::accurate, k};
      direction_.turn(scaled_, size);
      if (!(direction_.setImage(multiply) > 0)) return {PcgEnd::notPositive, k};
      direction_.move(x, residual_);
      la_.checkpoint();
    }
    return {PcgEnd::stepLimit, settings.mostSteps};
  }

  /// Solves without a preconditioner, P = I.
  template <class Multiply>
  PcgOutcome solve(Out x, const PcgSettings& settings, Multiply&& multiply) {
    return solve(x, settings, multiply, [](In r, Out out) { std::copy(r.begin(), r.end(), out.begin()); });
  }

 private:
  const Cpu& la_;
  Vector residual_, scaled_;
  ConjugateDirection direction_;
};

}  // namespace nonconvex
