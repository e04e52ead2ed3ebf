// The operations of a backend: a class that satisfies this concept.
//
// On a device an operation returns before it is done, but for those that bring numbers there or back: upload, download,
// sum, dot, norm, cholesky. Functors are copied to the device: trivially copyable structs with a NONCONVEX_HD call
// operator, that hold numbers and views of device memory; no lambdas there. Sums add in double precision and in an
// order that depends on the sizes alone.
#pragma once

#include <concepts>

#include "linalg/cpu.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// Stands for functors in the concept.
struct Constant {
  double value = 0;
  NONCONVEX_HD double operator()(int) const { return value; }
  NONCONVEX_HD double operator()(int, int) const { return value; }
};

/// The operations on matrices of T.
template <class La, class T>
concept LinAlgOn = requires(const La la, Transpose op, Side side, double s, T t, int n, Mat<T, typename La::Space> a,
                            Mat<const T, typename La::Space> b, Vec<T, typename La::Space> y,
                            Vec<const T, typename La::Space> x, Mat<T> host, Mat<const T> constHost,
                            typename La::template Matrix<T> owned) {
  // Owned, column-major, on the device; zero at first, or whatever the memory held. It must not outlive `la`.
  { la.template matrix<T>(n, n) } -> std::same_as<typename La::template Matrix<T>>;
  { la.template matrix<T>(n, n, Uninitialized{}) } -> std::same_as<typename La::template Matrix<T>>;
  { owned.view() } -> std::same_as<Mat<T, typename La::Space>>;
  { owned.columns(n, n) } -> std::same_as<Mat<T, typename La::Space>>;
  { owned.flat() } -> std::same_as<Vec<T, typename La::Space>>;

  {la.upload(constHost, a)};                 // host to device; the host's memory may change afterwards
  {la.download(b, host)};                    // device to host; waits
  {la.copy(b, a)};                           // A := B, whatever the number type of B
  {la.fill(a, t)};                           // A_ij := t
  {la.gemm(op, op, s, b, b, s, a)};          // C = alpha op(A) op(B) + beta C; beta = 0 overwrites NaN, here and below
  {la.gemv(op, s, b, x, s, y)};              // y = alpha op(A) x + beta y
  {la.syrk(op, s, b, s, a)};                 // lower triangle of C = alpha A A^T + beta C, or of A^T A where op is yes
  {la.mirrorLower(a)};                       // upper triangle := lower triangle
  {la.multiplySymmetric(b, b, a)};           // C = A B, A symmetric with both triangles filled
  {la.trsm(side, op, s, b, a)};              // B := alpha op(L)^{-1} B or alpha B op(L)^{-1}, L the lower triangle
  { la.cholesky(a) } -> std::same_as<bool>;  // A = L L^T in the lower triangle; waits
  {la.choleskySolve(b, a)};                  // B := A^{-1} B by the factor
  {la.choleskyInverse(a, a)};                // A^{-1}, both triangles, by the factor, whose memory is used up
  { la.dot(x, x) } -> std::same_as<double>;
  { la.norm(x) } -> std::same_as<double>;
};

template <class La>
concept LinAlg = LinAlgOn<La, double> && LinAlgOn<La, typename La::Number> &&
    requires(const La la, int n, Constant f, Vec<double, typename La::Space> out, Mat<float, typename La::Space> single,
             Mat<const double, typename La::Space> full) {
  {la.checkpoint()};                                 // throws Interrupted when the solve should end
  {la.synchronize()};                                // waits for what is not done yet
  { la.availableMemory() } -> std::same_as<double>;  // bytes that could still be taken
  {la.copy(full, single)};
  {la.forEach(n, f)};                        // f(i), i in [0, n)
  {la.forEach(n, n, f)};                     // f(i, j), i in [0, m), j in [0, n); i runs fastest
  { la.sum(n, f) } -> std::same_as<double>;  // sum_i f(i)
  {la.columnSums(n, n, f, out)};             // out_j = sum_i f(i, j)
};

static_assert(LinAlg<Cpu>);

}  // namespace nonconvex
