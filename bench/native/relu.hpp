// What the C++ benchmarks of ReLU training share: a problem from a file, a certificate for anybody's iterate.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "linalg/cpu.hpp"
#include "methods/projection/polyhedral_cone.hpp"
#include "solvers/relu/activation_patterns.hpp"

namespace nonconvex::bench {

/// minimise 1/2 ||sum_i D_i X (v_i - w_i) - y||^2 + beta sum_i (||v_i|| + ||w_i||), v_i and w_i in the cone of pattern
/// i.
///
/// The file: n, d, gates as 32-bit integers, then beta, X by rows, y, the gates by rows (d x gates), in doubles.
struct Problem {
  explicit Problem(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::int32_t sizes[3] = {};
    file.read(reinterpret_cast<char*>(sizes), sizeof sizes);
    if (!file) throw std::runtime_error("cannot read " + path);
    n = sizes[0];
    d = sizes[1];
    const auto read = [&](double* to, std::size_t count) {
      file.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(count * sizeof(double)));
    };
    read(&beta, 1);
    xt = HostMatrix<double>(d, n);
    y = HostBuffer<double>(static_cast<std::size_t>(n));
    read(xt.data(), xt.size());
    read(y.data(), y.size());
    HostMatrix<double> byRows(sizes[2], d);
    read(byRows.data(), byRows.size());
    if (!file) throw std::runtime_error(path + " is shorter than its sizes say");
    HostMatrix<double> gates(d, sizes[2]);
    for (int i = 0; i < sizes[2]; ++i) {
      for (int j = 0; j < d; ++j) gates(j, i) = byRows(i, j);
    }
    Cpu serial;
    patterns = std::move(patternsOf(serial, xt, gates).patterns);
    P = patterns.cols();
  }

  /// Divides X by its root mean square: the weights grow by it, so beta shrinks by it.
  void normalize() {
    const double s = typical();
    for (std::size_t i = 0; i < xt.size(); ++i) xt.data()[i] /= s;
    beta /= s;
  }
  double typical() const {
    double squares = 0;
    for (std::size_t i = 0; i < xt.size(); ++i) squares += xt.data()[i] * xt.data()[i];
    return std::sqrt(squares / static_cast<double>(xt.size()));
  }
  double typicalY() const { return blas::nrm2(n, y.data()) / std::sqrt(static_cast<double>(n)); }

  int n = 0, d = 0, P = 0;
  double beta = 0;
  HostMatrix<double> xt;        ///< d x n: column k is row k of X
  HostBuffer<double> y;         ///< n
  HostMatrix<double> patterns;  ///< n x P: the diagonals of D_i
};

/// Objective of the projection of an iterate onto the cones, and the best dual bound so far. Never part of what is
/// timed.
class BestBounds {
 public:
  BestBounds(const Cpu& la, const Problem& problem)
      : la_(la),
        problem_(problem),
        primal_(la, problem.xt, problem.patterns, 2 * problem.P),
        dual_(la, problem.xt, problem.patterns, 2 * problem.P),
        p_(problem.d, 2 * problem.P),
        q_(problem.d, 2 * problem.P),
        xp_(problem.n, 2 * problem.P),
        theta_(problem.n, 1) {
    for (int j = 0; j < 2 * problem.P; ++j) all_.push_back(j);
  }

  /// `v` is d x 2P. `theta`, n numbers, is another dual point to try beside y - F v, or null.
  void offer(Mat<const double> v, const double* theta) {
    const auto [n, d, P] = std::tuple(problem_.n, problem_.d, problem_.P);
    primal_.project(list(), v, 0.0, p_, xp_);
    double penalty = 0;
    std::copy(problem_.y.data(), problem_.y.data() + n, theta_.data());
    for (int j = 0; j < 2 * P; ++j) {
      const double norm = blas::nrm2(d, p_.column(j));
      if (norm == 0) continue;  // and its X p is not set
      penalty += norm;
      const double* pattern = problem_.patterns.column(j % P);
      const double sign = j < P ? 1 : -1;
      for (int k = 0; k < n; ++k) theta_.data()[k] -= sign * pattern[k] * xp_(k, j);
    }
    const double residual = blas::nrm2(n, theta_.data());
    objective_ = std::min(objective_, 0.5 * residual * residual + problem_.beta * penalty);
    offerDual(theta_.data());
    if (theta != nullptr) offerDual(theta);
  }
  double objective() const { return objective_; }
  double lowerBound() const { return lowerBound_; }
  double gap() const { return (objective_ - lowerBound_) / objective_; }

 private:
  Vec<const int> list() const { return {all_.data(), static_cast<int>(all_.size())}; }

  /// maximise theta y - 1/2 ||theta||^2 subject to ||Proj_i(+-X^T D_i theta)|| <= beta: theta scaled to be feasible.
  void offerDual(const double* theta) {
    const auto [n, d, P] = std::tuple(problem_.n, problem_.d, problem_.P);
    for (int i = 0; i < P; ++i) {
      for (int k = 0; k < n; ++k) xp_(k, i) = problem_.patterns(k, i) * theta[k];
    }
    la_.gemm(Transpose::no, Transpose::no, 1.0, problem_.xt, xp_.view().columns(0, P), 0.0, q_.view().columns(0, P));
    for (int i = 0; i < P; ++i) {
      for (int j = 0; j < d; ++j) q_(j, P + i) = -q_(j, i);
    }
    dual_.project(list(), q_, 0.0, p_, xp_);
    double largest = 0;
    for (int j = 0; j < 2 * P; ++j) largest = std::max(largest, blas::nrm2(d, p_.column(j)));
    const double linear = blas::dot(n, theta, problem_.y.data());
    const double quadratic = blas::dot(n, theta, theta);
    if (!(largest > 0 && quadratic > 0)) return;
    const double most = problem_.beta / largest;
    const double t = std::clamp(linear / quadratic, -most, most);
    lowerBound_ = std::max(lowerBound_, t * linear - 0.5 * t * t * quadratic);
  }

  const Cpu& la_;
  const Problem& problem_;
  ConeProjector primal_, dual_;
  std::vector<int> all_;
  HostMatrix<double> p_, q_, xp_, theta_;
  double objective_ = INFINITY;
  double lowerBound_ = 0;
};

/// Iterations after which the gap is looked at: every tenth up to 200, then a twentieth further each time.
inline int nextCheck(int k) { return k < 200 ? k + 10 : std::max(k + 10, k / 200 * 210); }

/// What all the programs print after their set-up and at each check.
inline void printCheck(int iteration, const Timer& timer, const BestBounds& certificate) {
  printLine({{"iteration", iteration},
             {"seconds", timer.wall()},
             {"cpuSeconds", timer.cpu()},
             {"objective", certificate.objective()},
             {"lowerBound", certificate.lowerBound()},
             {"gap", certificate.gap()}});
}

}  // namespace nonconvex::bench
