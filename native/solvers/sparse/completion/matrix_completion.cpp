#include "solvers/sparse/completion/matrix_completion.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "linalg/jacobi_svd.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {

struct MatrixCompletion::Tuning {
  static constexpr int sweepsOfRound = 10;          ///< measured: sweeps of a round
  static constexpr int mostRounds = 400;            ///< safeguard: rounds at one lambda
  static constexpr int directions = 4;              ///< measured: directions by which the rank grows at once
  static constexpr double smallestSingular = 1e-9;  ///< rounding: share of the largest singular value that counts as 0
};

MatrixCompletion::Lines MatrixCompletion::linesOf(int count, std::span<const std::int32_t> of,
                                                  std::span<const std::int32_t> others) {
  Lines lines;
  lines.begins.assign(at(count) + 1, 0);
  for (const std::int32_t line : of) ++lines.begins[at(line) + 1];
  for (std::size_t k = 0; k < at(count); ++k) lines.begins[k + 1] += lines.begins[k];
  lines.others.resize(of.size());
  lines.places.resize(of.size());
  std::vector<std::size_t> next(lines.begins.begin(), lines.begins.end() - 1);
  for (std::size_t k = 0; k < of.size(); ++k) {
    const std::size_t place = next[at(of[k])]++;
    lines.others[place] = others[k];
    lines.places[place] = k;
  }
  return lines;
}

MatrixCompletion::MatrixCompletion(const Cpu& la, const MatrixCompletionProblem& problem,
                                   const MatrixCompletionSettings& settings)
    : la_(la), problem_(problem), settings_(settings) {
  const double count = static_cast<double>(problem.values.size());
  requireMemory(60 * count + 8.0 * 70 * (static_cast<double>(problem.rows) + problem.columns),
                "a matrix of " + show(problem.rows) + " rows and " + show(problem.columns) + " columns with " +
                    show(count) + " known entries needs");
  byRows_ = linesOf(problem.rows, problem.rowIndices, problem.columnIndices);
  byColumns_ = linesOf(problem.columns, problem.columnIndices, problem.rowIndices);
  residuals_ = problem.values;
  for (const double value : problem.values) squares_ += value * value;
  objective_ = squares_ / 2;
}

std::optional<Status> MatrixCompletion::start() {
  if (squares_ > 0) measure();
  out_.lambdaMax = top_.values.empty() ? 0 : top_.values[0];
  started_ = true;
  if (!problem_.startRows.empty()) begin();
  return problem_.lambdas.empty() ? std::optional(Status::solved) : std::nullopt;
}

/// Begins at factors that are given.
void MatrixCompletion::begin() {
  rank_ = static_cast<int>(problem_.startRows.size()) / problem_.rows;
  a_ = HostMatrix<double>(rank_, problem_.rows);
  b_ = HostMatrix<double>(rank_, problem_.columns);
  std::copy(problem_.startRows.begin(), problem_.startRows.end(), a_.data());
  std::copy(problem_.startColumns.begin(), problem_.startColumns.end(), b_.data());
  balance();
  updateResiduals();
  if (squares_ > 0) measure();
}

/// Ridge regressions of the known entries of each line on the factors of the others.
void MatrixCompletion::regress(const Lines& lines, const HostMatrix<double>& from, HostMatrix<double>& to) {
  const int count = static_cast<int>(lines.begins.size()) - 1, r = rank_;
  constexpr int grain = 64;
  la_.tasks((count + grain - 1) / grain,
            [&](int chunk) {
              HostMatrix<double> h(r, r), c(r, 1);
              const Cpu serial;
              for (int line = chunk * grain; line < std::min(count, (chunk + 1) * grain); ++line) {
                for (int k = 0; k < r; ++k) {
                  std::fill_n(h.column(k), r, 0.0);
                  h(k, k) = lambda();
                  c(k, 0) = 0;
                }
                for (std::size_t e = lines.begins[at(line)]; e < lines.begins[at(line) + 1]; ++e) {
                  const double* f = from.column(lines.others[e]);
                  const double value = problem_.values[lines.places[e]];
                  for (int k = 0; k < r; ++k) {
                    c(k, 0) += value * f[k];
                    for (int l = k; l < r; ++l) h(l, k) += f[k] * f[l];
                  }
                }
                // Positive definite, as lambda is above 0.
                if (serial.cholesky(h)) serial.choleskySolve(h, c);
                std::copy_n(c.column(0), r, to.column(line));
              }
            },
            static_cast<double>(problem_.values.size()) * r * r);
}

/// Makes the factors those of the singular value decomposition of A B^T, each with the roots of the singular values.
/// Longer than most: three small decompositions, of which each needs the one before.
void MatrixCompletion::balance() {
  const int r = rank_;
  if (r == 0) return;
  const auto gramOf = [&](const HostMatrix<double>& f) {
    HostMatrix<double> g(r, r);
    la_.gemm(Transpose::no, Transpose::yes, 1.0, f, f, 0.0, g);
    return g;
  };
  // The eigenvectors of a semidefinite matrix, whose singular values are its eigenvalues.
  const auto vectorsOf = [&](const JacobiSvd& svd) {
    HostMatrix<double> v(r, r);
    for (int k = 0; k < r; ++k) std::copy_n(svd.right(k), r, v.column(k));
    return v;
  };
  // A^T A = P e P^T; then e^(1/2) P^T B^T has the singular values, Q on the left.
  JacobiSvd e(r, r), squares(r, r);
  e.decompose(gramOf(a_));
  const HostMatrix<double> p = vectorsOf(e), gb = gramOf(b_);
  HostMatrix<double> core(r, r), work(r, r);
  la_.gemm(Transpose::yes, Transpose::no, 1.0, p, gb, 0.0, work);
  la_.gemm(Transpose::no, Transpose::no, 1.0, work, p, 0.0, core);
  const auto root = [&](int k) { return std::sqrt(e.value(k)); };
  for (int j = 0; j < r; ++j) {
    for (int i = 0; i < r; ++i) core(i, j) *= root(i) * root(j);
  }
  squares.decompose(core);
  const HostMatrix<double> q = vectorsOf(squares);
  int kept = 0;
  while (kept < r && squares.value(kept) > square(Tuning::smallestSingular) * squares.value(0)) ++kept;
  singular_.clear();
  HostMatrix<double> toA(kept, r), toB(kept, r);
  for (int k = 0; k < kept; ++k) {
    singular_.push_back(std::sqrt(squares.value(k)));
    const double half = std::sqrt(singular_.back());
    for (int i = 0; i < r; ++i) {
      for (int l = 0; l < r; ++l) {
        if (root(l) > 0) toA(k, i) += half * q(l, k) / root(l) * p(i, l);
        toB(k, i) += q(l, k) * root(l) * p(i, l) / half;
      }
    }
  }
  HostMatrix<double> a(kept, problem_.rows), b(kept, problem_.columns);
  if (kept > 0) {
    la_.gemm(Transpose::no, Transpose::no, 1.0, toA, a_, 0.0, a);
    la_.gemm(Transpose::no, Transpose::no, 1.0, toB, b_, 0.0, b);
  }
  a_ = std::move(a);
  b_ = std::move(b);
  rank_ = kept;
}

void MatrixCompletion::updateResiduals() {
  for (std::size_t k = 0; k < residuals_.size(); ++k) {
    const double* f = a_.column(problem_.rowIndices[k]);
    const double* g = b_.column(problem_.columnIndices[k]);
    double sum = problem_.values[k];
    for (int l = 0; l < rank_; ++l) sum -= f[l] * g[l];
    residuals_[k] = sum;
  }
}

/// The largest singular values of the residuals.
void MatrixCompletion::measure() {
  const auto along = [&](const Lines& lines, std::span<const double> x, std::span<double> y) {
    constexpr int grain = 512;
    const int count = static_cast<int>(y.size());
    la_.tasks((count + grain - 1) / grain,
              [&](int chunk) {
                for (int line = chunk * grain; line < std::min(count, (chunk + 1) * grain); ++line) {
                  double sum = 0;
                  for (std::size_t e = lines.begins[at(line)]; e < lines.begins[at(line) + 1]; ++e) {
                    sum += residuals_[lines.places[e]] * x[at(lines.others[e])];
                  }
                  y[at(line)] = sum;
                }
              },
              static_cast<double>(residuals_.size()));
  };
  top_ = largestSingularValues(
      problem_.rows, problem_.columns, [&](auto x, auto y) { along(byRows_, x, y); },
      [&](auto x, auto y) { along(byColumns_, x, y); }, Tuning::directions, static_cast<std::uint64_t>(settings_.seed));
}

/// Takes the singular vectors of the residuals above lambda in, at the size that is best along each.
void MatrixCompletion::grow() {
  constexpr double above = 1e-9;  // relative
  std::vector<double> sizes;
  for (std::size_t k = 0; k < top_.values.size() && rank_ + static_cast<int>(k) < settings_.rank; ++k) {
    if (!(top_.values[k] > lambda() * (1 + above))) break;
    const double* u = top_.left.column(static_cast<int>(k));
    const double* v = top_.right.column(static_cast<int>(k));
    double squares = 0;
    for (std::size_t e = 0; e < residuals_.size(); ++e) {
      squares += square(u[problem_.rowIndices[e]] * v[problem_.columnIndices[e]]);
    }
    sizes.push_back((top_.values[k] - lambda()) / std::max(squares, 1e-300));
  }
  const int more = static_cast<int>(sizes.size());
  if (more == 0) return;
  const auto with = [&](const HostMatrix<double>& from, const HostMatrix<double>& vectors) {
    HostMatrix<double> to(rank_ + more, vectors.rows());
    for (int line = 0; line < to.cols(); ++line) {
      if (rank_ > 0) std::copy_n(from.column(line), rank_, to.column(line));
      for (int k = 0; k < more; ++k) to(rank_ + k, line) = std::sqrt(sizes[at(k)] / more) * vectors(line, k);
    }
    return to;
  };
  requireMemory(8.0 * (rank_ + more) * (static_cast<double>(problem_.rows) + problem_.columns),
                "factors of rank " + show(rank_ + more) + " need");
  a_ = with(a_, top_.left);
  b_ = with(b_, top_.right);
  rank_ += more;
}

std::optional<Status> MatrixCompletion::step() {
  grow();
  for (int sweep = 0; sweep < Tuning::sweepsOfRound && rank_ > 0; ++sweep) {
    regress(byColumns_, a_, b_);
    regress(byRows_, b_, a_);
    la_.checkpoint();
  }
  balance();
  updateResiduals();
  if (squares_ > 0) measure();
  double loss = 0, product = 0, nuclear = 0;
  for (std::size_t k = 0; k < residuals_.size(); ++k) {
    loss += residuals_[k] * residuals_[k];
    product += residuals_[k] * problem_.values[k];
  }
  for (const double value : singular_) nuclear += value;
  const double largest = top_.values.empty() ? 0 : top_.values[0];
  const double share = largest > lambda() ? lambda() / largest : 1;
  objective_ = loss / 2 + lambda() * nuclear;
  gap_ = squares_ > 0 ? std::max(0.0, objective_ - share * product + share * share * loss / 2) / (squares_ / 2) : 0;
  const bool reached = gap_ <= settings_.tolerance;
  if (!reached && ++rounds_ < Tuning::mostRounds) return std::nullopt;
  reached_ = reached_ && reached;
  record();
  if (out_.objectives.size() < problem_.lambdas.size()) return std::nullopt;
  return reached_ ? Status::solved : Status::stalled;
}

/// Keeps the matrix of the present lambda, and goes on to the next.
void MatrixCompletion::record() {
  rounds_ = 0;
  out_.ranks.push_back(rank_);
  const auto keep = [&](const HostMatrix<double>& from, int lines, std::vector<double>& to) {
    for (int k = 0; k < rank_; ++k) {
      for (int line = 0; line < lines; ++line) to.push_back(from(k, line) / std::sqrt(singular_[at(k)]));
    }
  };
  keep(a_, problem_.rows, out_.left);
  keep(b_, problem_.columns, out_.right);
  out_.singularValues.insert(out_.singularValues.end(), singular_.begin(), singular_.end());
  out_.objectives.push_back(objective_);
  out_.certificate.push_back(boundedByGap(objective_, gap_, squares_ / 2));
}

Progress MatrixCompletion::progress() const {
  Progress now;
  if (!started_) return now;
  now.objective = objective_;
  now.lowerBound = objective_ - gap_ * squares_ / 2;
  now.residual = gap_;
  return now;
}

std::string MatrixCompletion::explain() const {
  for (std::size_t k = 0; k < out_.certificate.size(); ++k) {
    const double gap = out_.certificate[k].gap;
    if (gap <= settings_.tolerance) continue;
    const std::string full = out_.ranks[k] >= settings_.rank ? ", with the largest rank that is allowed" : "";
    return "The matrix at lambda = " + show(problem_.lambdas[k]) + " has a gap of " + show(gap) + full + ".";
  }
  return {};
}

MatrixCompletionSolution MatrixCompletion::solution() const { return out_; }

}  // namespace nonconvex
