// Newton systems with a dense Hessian where the linear algebra computes.
#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/monitor.hpp"
#include "linalg/linalg.hpp"
#include "model/constrained_objective.hpp"
#include "model/glm_objective.hpp"
#include "model/resident_glm.hpp"
#include "parts/dense_kkt.hpp"
#include "solvers/newton_device.hpp"
#include "solvers/newton_problem.hpp"

namespace nonconvex {

namespace kernels {

/// to(index_k, line_k) += value_k
template <class Space>
struct AddEntries {
  Vec<const double, Space> values;
  Vec<const int, Space> indices, lines;
  Mat<double, Space> to;
  NONCONVEX_HD void operator()(int k) const { to(indices[k], lines[k]) += values[k]; }
};

/// to_i := the largest size in row i of a symmetric matrix; NaN if there is a number that is not finite.
template <class Space>
struct LargestOfRow {
  Mat<const double, Space> a;
  Vec<double, Space> to;
  NONCONVEX_HD void operator()(int i) const {
    double most = 0, zero = 0;
    for (int j = 0; j < a.cols; ++j) {
      const double size = std::abs(a(i, j));
      zero += size * 0;
      most = size > most ? size : most;
    }
    to[i] = most + zero;
  }
};

}  // namespace kernels

/// Values of a sparse matrix, added to a dense one: the entry of line l with index i at (i, l).
template <LinAlg La>
class Scatter {
 public:
  using Space = typename La::Space;

  Scatter(const La& la, const SparsePattern& pattern)
      : la_(la),
        size_(static_cast<int>(pattern.nonzeros())),
        indices_(la.template matrix<int>(size_, 1)),
        lines_(la.template matrix<int>(size_, 1)),
        values_(la.template matrix<double>(size_, 1)) {
    std::vector<int> lines;
    for (int l = 0; l < pattern.lines; ++l) lines.insert(lines.end(), pattern.line(l).size(), l);
    la.upload(Mat<const int>{pattern.indices.data(), size_, 1, size_}, indices_.view());
    la.upload(Mat<const int>{lines.data(), size_, 1, size_}, lines_.view());
  }

  void add(std::span<const double> values, Mat<double, Space> to) {
    la_.upload(Mat<const double>{values.data(), size_, 1, size_}, values_.view());
    la_.forEach(size_, kernels::AddEntries<Space>{values_.flat(), indices_.flat(), lines_.flat(), to});
  }

 private:
  const La& la_;
  int size_;
  typename La::template Matrix<int> indices_, lines_;
  typename La::template Matrix<double> values_;
};

/// H of the Lagrangian, part by part: a regression's where its data are, and the entries of an oracle.
template <LinAlg La>
class ResidentHessian {
 public:
  using Space = typename La::Space;

  /// `entries` is asked for the Hessian of its constraints, and where there is no `regression`, for that of its
  /// objective; either may be null. All must outlive this.
  ResidentHessian(const La& la, int n, ResidentGlm<La>* regression, Oracle* entries)
      : la_(la),
        regression_(regression),
        entries_(entries),
        H_(la.template matrix<double>(n, n)),
        vectors_(la.template matrix<double>(n, 2)),
        largest_(static_cast<std::size_t>(n)) {
    if (entries_ == nullptr || entries_->hessianPattern().nonzeros() == 0) return;
    values_.resize(entries_->hessianPattern().nonzeros());
    scatter_ = std::make_unique<Scatter<La>>(la_, entries_->hessianPattern());
  }

  /// Both triangles.
  Mat<const double, Space> H() const { return H_.view(); }

  double evaluate(double sigma, std::span<const double> weights) {
    regression_ != nullptr&& sigma != 0 ? regression_->hessianOnDevice(sigma, H_.view()) : clear();
    if (scatter_) {
      entries_->hessian(regression_ != nullptr ? 0 : sigma, weights, values_);
      scatter_->add(values_, H_.view());
    }
    la_.mirrorLower(H_.view());
    return largest();
  }

  void clear() { la_.fill(H_.view(), 0); }

  void multiply(std::span<const double> v, std::span<double> out) {
    const int n = H_.rows();
    const Mat<double, Space> from = vectors_.columns(0, 1), to = vectors_.columns(1, 1);
    la_.upload(Mat<const double>{v.data(), n, 1, n}, from);
    la_.multiplySymmetric(H_, from, to);
    la_.download(Mat<const double, Space>(to), Mat<double>{out.data(), n, 1, n});
  }

 private:
  double largest() {
    const int n = H_.rows();
    la_.forEach(n, kernels::LargestOfRow<Space>{H_, vectors_.flat().part(0, n)});
    la_.download(Mat<const double, Space>(vectors_.columns(0, 1)), Mat<double>{largest_.data(), n, 1, n});
    double most = 0;
    for (const double size : largest_) most = size <= most ? most : size;  // NaN stays, once it is there
    return most;
  }

  const La& la_;
  ResidentGlm<La>* regression_;
  Oracle* entries_;
  typename La::template Matrix<double> H_, vectors_;
  std::vector<double> largest_, values_;
  std::unique_ptr<Scatter<La>> scatter_;
};

/// Factors of K, and iterative refinement with them.
template <LinAlg La>
class ResidentExact final : public InnerSolver {
 public:
  using Space = typename La::Space;

  ResidentExact(const La& la, ResidentHessian<La>& hessian, const SparsePattern& jacobian)
      : la_(la),
        hessian_(hessian),
        n_(jacobian.width),
        m_(jacobian.lines),
        Jt_(la.template matrix<double>(n_, m_)),
        scatter_(la, jacobian),
        kkt_(la, n_, m_),
        vectors_(la.template matrix<double>(n_ + m_, 4)) {}

  void load(std::span<const double> /*H*/, std::span<const double> J) override {
    la_.fill(Jt_.view(), 0);
    scatter_.add(J, Jt_.view());
  }
  void loadWithoutHessian(std::span<const double> J) override {
    hessian_.clear();
    load({}, J);
  }

  Inertia factor(const NewtonShift& shift) override {
    const Stopwatch watch;
    la_.checkpoint();
    shift_ = shift;
    ++factorizations_;
    const Inertia inertia = kkt_.factor(hessian_.H(), Jt_.view(), shift.primal, shift.dual);
    seconds_ += watch.seconds();
    return inertia;
  }

  void solve(std::span<double> b) override {
    upload(b, solution());
    kkt_.solve(solution());
    download(solution(), b);
  }

  double solve(std::span<const double> b, double target, std::span<double> z) override {
    constexpr int mostSteps = 10;
    const Stopwatch watch;
    upload(b, right());
    la_.copy(matrixOf(right()), matrixOf(solution()));
    kkt_.solve(solution());
    double norm = residualNorm();
    for (int k = 0; k < mostSteps && norm > target; ++k) {
      la_.checkpoint();
      la_.copy(matrixOf(residual()), matrixOf(correction()));
      kkt_.solve(correction());
      add(1, correction());
      const double next = residualNorm();
      if (!(next < norm)) {  // no better
        add(-1, correction());
        break;
      }
      const bool slow = next > 0.5 * norm;
      norm = next;
      if (slow) break;
    }
    download(solution(), z);
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
  static Mat<double, Space> matrixOf(Vec<double, Space> v) { return {v.data, v.size, 1, v.size}; }

  void upload(std::span<const double> from, Vec<double, Space> to) const {
    la_.upload(Mat<const double>{from.data(), to.size, 1, to.size}, matrixOf(to));
  }
  void download(Vec<double, Space> from, std::span<double> to) const {
    la_.download(Mat<const double, Space>(matrixOf(from)), Mat<double>{to.data(), from.size, 1, from.size});
  }
  void add(double a, Vec<double, Space> x) const {
    la_.forEach(n_ + m_, 1, kernels::AddMultiple<Space>{a, matrixOf(x), 1, matrixOf(solution())});
  }

  /// residual = b - K z, and its norm.
  double residualNorm() const {
    const Vec<double, Space> r = residual(), x = solution().part(0, n_), y = solution().part(n_, m_);
    const Mat<double, Space> r1 = matrixOf(r.part(0, n_)), r2 = matrixOf(r.part(n_, m_));
    la_.copy(matrixOf(right()), matrixOf(r));
    la_.gemm(Transpose::no, Transpose::no, -1, hessian_.H(), matrixOf(x), 1, r1);
    la_.forEach(n_, 1, kernels::AddMultiple<Space>{-shift_.primal, matrixOf(x), 1, r1});
    if (m_ > 0) {
      la_.gemm(Transpose::no, Transpose::no, -1, Jt_, matrixOf(y), 1, r1);
      la_.gemm(Transpose::yes, Transpose::no, -1, Jt_, matrixOf(x), 1, r2);
      la_.forEach(m_, 1, kernels::AddMultiple<Space>{shift_.keptDual, matrixOf(y), 1, r2});
    }
    return la_.norm(Vec<const double, Space>(r));
  }

  const La& la_;
  ResidentHessian<La>& hessian_;
  int n_, m_;
  typename La::template Matrix<double> Jt_;
  Scatter<La> scatter_;
  DenseKkt<La> kkt_;
  typename La::template Matrix<double> vectors_;  // four of n + m
  NewtonShift shift_;
  int factorizations_ = 0;
  double seconds_ = 0;
};

/// What Newton's method, on the host, has on `La`.
template <LinAlg La>
class ResidentNewton final : public NewtonDevice {
 public:
  /// As ResidentHessian has it.
  ResidentNewton(const La& la, const Oracle& oracle, ResidentGlm<La>* regression, Oracle* entries)
      : la_(la), jacobian_(oracle.jacobianPattern()), hessian_(la, oracle.variables(), regression, entries) {}

  double evaluate(double sigma, std::span<const double> weights) override { return hessian_.evaluate(sigma, weights); }
  void multiply(std::span<const double> v, std::span<double> out) override { hessian_.multiply(v, out); }
  std::unique_ptr<InnerSolver> exactInner() override {
    return std::make_unique<ResidentExact<La>>(la_, hessian_, jacobian_);
  }

 private:
  const La& la_;
  const SparsePattern& jacobian_;
  ResidentHessian<La> hessian_;
};

/// A problem as it was given, with its Hessian, and the data of a regression, on `La`.
template <LinAlg La>
class ResidentProblem {
 public:
  /// Throws DEVICE_UNAVAILABLE for problems that only the CPU solves. `la` must outlive this.
  ResidentProblem(const La& la, const NewtonProblem& given) : problem_(given) {
    if (!given.oracle) throw Error(ErrorKind::type, "oracle: expected functions");
    const auto* parts = dynamic_cast<const ConstrainedObjective*>(given.oracle.get());
    const auto* glm = parts == nullptr ? nullptr : dynamic_cast<const GlmObjective*>(&parts->objectivePart());
    if (glm == nullptr) {
      requireDense(*given.oracle);
      device_.emplace(la, *given.oracle, nullptr, given.oracle.get());
    } else {
      if (!glm->data()->dense()) refuse("a regression with sparse data is");
      auto objective = std::make_unique<ResidentGlm<La>>(la, glm->data(), glm->dense());
      ResidentGlm<La>* const regression = objective.get();
      problem_.oracle = std::make_shared<ConstrainedObjective>(std::move(objective), parts->constraintPart());
      device_.emplace(la, *problem_.oracle, regression, parts->constraintPart().get());
    }
    problem_.device = &*device_;
  }
  ResidentProblem(const ResidentProblem&) = delete;
  ResidentProblem& operator=(const ResidentProblem&) = delete;

  const NewtonProblem& problem() const { return problem_; }

 private:
  [[noreturn]] static void refuse(const std::string& what) {
    throw Error(ErrorKind::solver, what + " solved on the CPU alone; a GPU works on dense data", "DEVICE_UNAVAILABLE");
  }
  static void requireDense(const Oracle& oracle) {
    const std::size_t nonzeros = oracle.hessianPattern().nonzeros();
    if (worthDense(oracle.variables(), nonzeros)) return;
    refuse("a problem with a sparse Hessian (" + show(nonzeros) + " entries for " + show(oracle.variables()) +
           " variables) is");
  }

  NewtonProblem problem_;
  std::optional<ResidentNewton<La>> device_;
};

}  // namespace nonconvex
