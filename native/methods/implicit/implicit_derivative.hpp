// Derivatives of a solution in what the problem was given, by the implicit function theorem.
#pragma once

#include <concepts>
#include <cstddef>

#include "linalg/cpu.hpp"
#include "linalg/vectors.hpp"
#include "methods/krylov/pcg.hpp"
#include "problems/functions.hpp"

namespace nonconvex {

/// The conditions F(x, theta) = 0 of a solution x at parameters theta, linearised there: of a minimum without
/// constraints F is the gradient, of one with active constraints the KKT system of those, of a fixed point x - T(x).
///
///   parameterProduct(v, out)      out := dF/dtheta v
///   parameterTransposed(v, out)   out := (dF/dtheta)^T v
///
/// and one of these, the first that there is:
///
///   solve(v, out)           out := (dF/dx)^-1 v, false where dF/dx is singular, as it is at a kink
///   hessianProduct(v, out)  out := dF/dx v, symmetric and positive definite: solved by conjugate gradients
///
/// A map whose dF/dx is not symmetric has solve and solveTransposed(v, out), out := (dF/dx)^-T v.
template <class M>
concept OptimalityMap = Sized<M> && requires(M& map, const M& known, In v, Out out) {
  { known.parameters() } -> std::convertible_to<int>;
  map.parameterProduct(v, out);
  map.parameterTransposed(v, out);
} &&(
    requires(M& map, In v, Out out) { map.hessianProduct(v, out); } ||
    requires(M & map, In v, Out out) {
      { map.solve(v, out) } -> std::same_as<bool>;
    });

/// Products with the derivative dx/dtheta = -(dF/dx)^-1 dF/dtheta of a solution, one system each. They are as exact as
/// F(x, theta) = 0 holds. Nothing is allocated after the first product.
///
/// M. Blondel and others, "Efficient and modular implicit differentiation", NeurIPS 2022.
template <OptimalityMap M>
class ImplicitDerivative {
 public:
  /// `settings`: of conjugate gradients, where the map has no solve.
  ImplicitDerivative(const Cpu& la, M& map, const PcgSettings& settings = {.accuracy = 1e-12})
      : map_(map),
        settings_(settings),
        pcg_(la),
        state_(static_cast<std::size_t>(map.variables())),
        solved_(state_.size()) {}

  /// dx := dx/dtheta dtheta, how x changes along dtheta. False where x has no derivative.
  bool forward(In dtheta, Out dx) {
    map_.parameterProduct(dtheta, state_);
    if (!solve(state_, dx)) return false;
    for (double& value : dx) value = -value;
    return true;
  }

  /// dtheta := (dx/dtheta)^T dx, the gradient in theta of a function with gradient dx in x. False where x has no
  /// derivative.
  bool adjoint(In dx, Out dtheta) {
    if (!solveTransposed(dx, solved_)) return false;
    map_.parameterTransposed(solved_, dtheta);
    for (double& value : dtheta) value = -value;
    return true;
  }

 private:
  bool solve(In v, Out out) {
    if constexpr (requires { map_.solve(v, out); }) {
      return map_.solve(v, out);
    } else {
      std::copy(v.begin(), v.end(), out.begin());
      const auto multiply = [&](In p, Out image) { map_.hessianProduct(p, image); };
      return pcg_.solve(out, settings_, multiply).end == PcgEnd::accurate;
    }
  }

  bool solveTransposed(In v, Out out) {
    if constexpr (requires { map_.solveTransposed(v, out); }) {
      return map_.solveTransposed(v, out);
    } else {
      return solve(v, out);
    }
  }

  M& map_;
  PcgSettings settings_;
  Pcg pcg_;
  Vector state_, solved_;
};

}  // namespace nonconvex
