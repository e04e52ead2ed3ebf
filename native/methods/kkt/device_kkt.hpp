// Newton systems by factors, where the linear algebra computes.
#pragma once

#include "core/monitor.hpp"
#include "methods/kkt/dense_kkt.hpp"
#include "methods/kkt/device_hessian.hpp"
#include "methods/kkt/kkt_solver.hpp"
#include "methods/kkt/refine.hpp"

namespace nonconvex {

/// Factors of K, and iterative refinement with them.
template <LinAlg La>
class DeviceKkt final : public KktSolver {
 public:
  using Space = typename La::Space;

  DeviceKkt(const La& la, DeviceHessian<La>& hessian, const SparsePattern& jacobian)
      : la_(la),
        hessian_(hessian),
        n_(jacobian.width),
        m_(jacobian.lines),
        jacobian_(la, jacobian),
        kkt_(la, n_, m_),
        vectors_(la.template matrix<double>(n_ + m_, 4)) {}

  void load(std::span<const double> /*H*/, std::span<const double> J) override { jacobian_.set(J); }
  void loadWithoutHessian(std::span<const double> J) override {
    hessian_.clear();
    load({}, J);
  }

  Inertia factor(const KktShift& shift) override {
    const Stopwatch watch;
    la_.checkpoint();
    shift_ = shift;
    ++factorizations_;
    const Inertia inertia = kkt_.factor(hessian_.H(), jacobian_.transposed(), shift.primal, shift.dual);
    seconds_ += watch.seconds();
    return inertia;
  }

  Inertia exactInertia(const Inertia& found) override {
    if (found.negative + found.zero <= m_) return found;
    const Stopwatch watch;
    const Inertia all = kkt_.inertia();
    seconds_ += watch.seconds();
    return all;
  }

  void solve(std::span<double> b) override {
    la_.upload(asColumn(b), asColumn(solution()));
    kkt_.solve(solution());
    la_.download(asColumn(solution()), asColumn(b));
  }

  double solve(std::span<const double> b, double target, std::span<double> z) override {
    const Stopwatch watch;
    la_.upload(asColumn(b), asColumn(right()));
    la_.copy(asColumn(right()), asColumn(solution()));
    kkt_.solve(solution());
    const auto correct = [&] {
      la_.checkpoint();
      la_.copy(asColumn(residual()), asColumn(correction()));
      kkt_.solve(correction());
      add(1, correction());
    };
    const double norm = refine(
        target, [&] { return residualNorm(); }, correct, [&] { add(-1, correction()); });
    la_.download(asColumn(solution()), asColumn(z));
    seconds_ += watch.seconds();
    return norm;
  }

  int factorizations() const override { return factorizations_; }
  double seconds() const override { return seconds_; }

 private:
  Vec<double, Space> vector(int k) const { return {vectors_.view().column(k), n_ + m_}; }
  Vec<double, Space> right() const { return vector(0); }
  Vec<double, Space> solution() const { return vector(1); }
  Vec<double, Space> residual() const { return vector(2); }
  Vec<double, Space> correction() const { return vector(3); }

  void add(double a, Vec<double, Space> x) const {
    la_.forEach(n_ + m_, 1, kernels::Combine<double, Space>{a, asColumn(x), 1, asColumn(solution())});
  }

  /// residual = b - K z, and its norm.
  double residualNorm() const {
    const Vec<double, Space> r = residual(), x = solution().part(0, n_), y = solution().part(n_, m_);
    const Mat<double, Space> r1 = asColumn(r.part(0, n_)), r2 = asColumn(r.part(n_, m_));
    la_.copy(asColumn(right()), asColumn(r));
    la_.gemm(Transpose::no, Transpose::no, -1, hessian_.H(), asColumn(x), 1, r1);
    la_.forEach(n_, 1, kernels::Combine<double, Space>{-shift_.primal, asColumn(x), 1, r1});
    if (m_ > 0) {
      const Mat<const double, Space> Jt = jacobian_.transposed();
      la_.gemm(Transpose::no, Transpose::no, -1, Jt, asColumn(y), 1, r1);
      la_.gemm(Transpose::yes, Transpose::no, -1, Jt, asColumn(x), 1, r2);
      la_.forEach(m_, 1, kernels::Combine<double, Space>{shift_.keptDual, asColumn(y), 1, r2});
    }
    return la_.norm(Vec<const double, Space>(r));
  }

  const La& la_;
  DeviceHessian<La>& hessian_;
  int n_, m_;
  DeviceJacobian<La> jacobian_;
  DenseKkt<La> kkt_;
  typename La::template Matrix<double> vectors_;  // four of n + m
  KktShift shift_;
  int factorizations_ = 0;
  double seconds_ = 0;
};

}  // namespace nonconvex
