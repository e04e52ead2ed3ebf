// What a backend owes to the solvers: a class that satisfies this concept.
#pragma once

#include <concepts>

#include "linalg/cpu.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

template <class La>
concept LinAlg = requires(const La la, Transpose op, double s, Mat<double, typename La::Space> a,
                          Mat<const double, typename La::Space> b, int n) {
  typename La::Space;
  typename La::Matrix;
  {la.checkpoint()};                         // throws Interrupted when the solve should end
  {la.gemm(op, op, s, b, b, s, a)};          // C = alpha op(A) op(B) + beta C
  {la.multiplySymmetric(b, b, a)};           // C = A B, A symmetric
  {la.syrk(s, b, s, a)};                     // lower triangle of C = alpha A^T A + beta C
  {la.mirrorLower(a)};                       // upper triangle := lower triangle
  { la.cholesky(a) } -> std::same_as<bool>;  // A = L L^T
  {la.choleskySolve(b, a)};                  // B := A^{-1} B
  {la.choleskyInverse(a, a)};                // A^{-1}, both triangles
  {la.forEach(n, [](int) {})};               // f(i), i in [0, n)
  {
    la.sum(n, [](int) { return 0.0; })
    } -> std::same_as<double>;
};

static_assert(LinAlg<Cpu>);

}  // namespace nonconvex
