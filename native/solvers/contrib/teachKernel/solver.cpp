#include "solvers/contrib/teachKernel/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

struct Tuning {
  static constexpr int mostListed = 1 << 20;  ///< safeguard: rows that a solution lists
  /// rounding: differences of entries that are meant to be equal, relative to the largest one.
  static constexpr double asymmetry = 1e-10;
};

const TeachKernelProblem& withRoomToTeach(const TeachKernelProblem& problem) {
  const double n = problem.x.rows, p = problem.x.columns, d = problem.y.cols();
  requireMemory(sizeof(double) * (n * n + n * p + 3 * n * d + d * d) + sizeof(std::int32_t) * Tuning::mostListed,
                "x with " + show(problem.x.rows) + " rows and the kernel between them need");
  return problem;
}

void requireSymmetric(std::string_view name, Mat<const double> a) {
  double most = 0;
  for (int j = 0; j < a.cols; ++j) most = std::max(most, largest({a.column(j), at(a.rows)}));
  for (int j = 0; j < a.cols; ++j) {
    for (int i = 0; i < j; ++i) {
      if (std::abs(a(i, j) - a(j, i)) <= Tuning::asymmetry * most) continue;
      require(false, entryName(name, i, j), a(i, j),
              "expected a symmetric matrix, whose entry at [" + show(j) + "][" + show(i) + "] is the same, not " +
                  show(a(j, i)));
    }
  }
}

}  // namespace

KernelTeaching::KernelTeaching(const Cpu& la, const TeachKernelProblem& problem, const TeachKernelSettings& settings)
    : la_(la),
      problem_(withRoomToTeach(problem)),
      settings_(settings),
      random_(settings.seed),
      coefficients_(problem.start.cols() > 0 ? problem.start.copy()
                                             : HostMatrix<double>(problem.y.rows(), problem.y.cols())),
      errors_(problem.y.rows(), problem.y.cols()) {}

void KernelTeaching::start() {
  requireFinite("y", problem_.y.flat());
  requireFinite("warmStart.coefficients", coefficients_.flat());
  requireFinite("learners", problem_.learners.flat());
  kernel_ = HostMatrix<double>(n(), n(), Uninitialized{});
  fillKernel();
  between_ = problem_.learners.cols() > 0 ? problem_.learners.copy() : HostMatrix<double>(learners(), learners());
  for (int k = 0; problem_.learners.cols() == 0 && k < learners(); ++k) between_(k, k) = 1;
  requireSymmetric("learners", between_);
  chooseRate();
  lesson_.resize(at(learners()));
  sequence_.reserve(at(std::min(settings_.maxIterations, Tuning::mostListed)));
  for (std::size_t k = 0; k < errors_.size(); ++k) errors_.data()[k] = -problem_.y.data()[k];
  const double most = std::sqrt(squaredError(worstRow()));
  scale_ = most > 0 ? most : 1;
  la_.gemm(Transpose::no, Transpose::no, 1.0, kernel_, coefficients_, 1.0, errors_);
  started_ = true;
}

void KernelTeaching::fillKernel() {
  const HostMatrix<double> xt = transposedRows(la_, "x", problem_.x);
  if (settings_.kernel == TeachingKernel::precomputed) {
    require(xt.rows() == n(), "columns of x", xt.rows(),
            "expected as many as rows, of a kernel's values: " + show(n()));
    la_.copy(xt.view(), kernel_.view());
    requireSymmetric("x", kernel_);
  } else {
    if (!la_.gram(xt, kernel_)) la_.checkpoint();
    if (settings_.kernel == TeachingKernel::gaussian) fillGaussian();
  }
  for (int i = 0; i < n(); ++i) {
    require(kernel_(i, i) >= 0, entryName("x", i, i), kernel_(i, i), "expected a number >= 0 on a kernel's diagonal");
  }
}

/// Makes of the products of rows their Gaussian kernel.
void KernelTeaching::fillGaussian() {
  const double chosen = settings_.kernelWidth;
  width_ = isKnown(chosen) ? chosen : std::sqrt(problem_.x.columns / 2.0);
  const double curvature = isKnown(chosen) ? 0.5 / (chosen * chosen) : 1.0 / problem_.x.columns;
  std::vector<double> squares(at(n()));
  for (int i = 0; i < n(); ++i) squares[at(i)] = kernel_(i, i);
  la_.forEach(n(), n(), [&](int i, int j) {
    const double apart = std::max(0.0, squares[at(i)] + squares[at(j)] - 2 * kernel_(i, j));
    kernel_(i, j) = i == j ? 1 : std::exp(-curvature * apart);
  });
}

/// Sets the rate; throws where a step could lead away, or A is not positive semidefinite.
void KernelTeaching::chooseRate() {
  const int d = learners();
  double most = 0, rowSum = 0, trace = 0;
  for (int i = 0; i < n(); ++i) most = std::max(most, kernel_(i, i));
  for (int k = 0; k < d; ++k) {
    double sum = 0;
    for (int l = 0; l < d; ++l) sum += std::abs(between_(k, l));
    rowSum = std::max(rowSum, sum);
    trace += between_(k, k);
  }
  HostMatrix<double> tested = between_.copy();
  for (int k = 0; k < d; ++k) tested(k, k) += Tuning::asymmetry * std::max(trace, 1e-300);
  require(la_.cholesky(tested), "learners", "a matrix", "expected one that is positive semidefinite");
  const double bound = most * rowSum;
  rate_ = isKnown(settings_.rate) ? settings_.rate : (bound > 0 ? 1 / bound : 1);
  // 2 I - eta K(x, x) A is positive definite where its Cholesky factor exists.
  for (int k = 0; k < d; ++k) {
    for (int l = 0; l < d; ++l) tested(k, l) = (k == l ? 2 : 0) - rate_ * most * between_(k, l);
  }
  require(la_.cholesky(tested), "rate", rate_,
          "expected such that rate times the largest K(x, x), " + show(most) +
              ", times the largest eigenvalue of `learners` is below 2");
}

double KernelTeaching::squaredError(int row) const {
  double sum = 0;
  for (int k = 0; k < learners(); ++k) sum += square(errors_(row, k));
  return sum;
}

int KernelTeaching::worstRow() const {
  int worst = 0;
  double most = -1;
  for (int i = 0; i < n(); ++i) {
    const double there = squaredError(i);
    if (there > most) {
      most = there;
      worst = i;
    }
  }
  return worst;
}

std::optional<Status> KernelTeaching::step() {
  const auto count = static_cast<std::uint64_t>(steps_++);
  const int row = settings_.teacher == Teacher::greedy
                      ? worstRow()
                      : static_cast<int>(random_.below(count, static_cast<std::uint32_t>(n())));
  if (kernel_(row, row) == 0 && settings_.teacher == Teacher::greedy) return Status::stalled;
  const int d = learners();
  for (int k = 0; k < d; ++k) {
    double sum = 0;
    for (int l = 0; l < d; ++l) sum += between_(k, l) * errors_(row, l);
    lesson_[at(k)] = -rate_ * sum;
  }
  const std::span<const double> column(kernel_.column(row), at(n()));
  for (int k = 0; k < d; ++k) {
    coefficients_(row, k) += lesson_[at(k)];
    axpy(lesson_[at(k)], column, {errors_.column(k), at(n())});
  }
  if (sequence_.size() < sequence_.capacity()) sequence_.push_back(row);
  return std::nullopt;
}

Progress KernelTeaching::progress() const {
  Progress now;
  if (!started_) return now;
  double sum = 0;
  for (int i = 0; i < n(); ++i) sum += squaredError(i);
  now.objective = sum / 2 / n();
  now.residual = std::sqrt(squaredError(worstRow())) / scale_;
  return now;
}

TeachKernelSolution KernelTeaching::solution() const {
  return {coefficients_.copy(), errors_.copy(), sequence_, width_, rate_};
}

}  // namespace nonconvex
