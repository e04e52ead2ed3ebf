// Matrices of low rank from some of their entries.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/completion/completion_problem.hpp"
#include "solvers/sparse/completion/singular_values.hpp"

namespace nonconvex {

/// minimise ||P(X - Z)||^2 / 2 + lambda ||Z||_*, P keeping the known entries. Z = A B^T with balanced factors, whose
/// squares are twice the nuclear norm: ridge regressions of rows on B and of columns on A in turn. The largest singular
/// value of the residuals P(X - Z), which are sparse, says whether the rank is to grow, along its vectors, and bounds
/// the optimum. No array has more numbers than the known entries and the factors.
///
/// T. Hastie, R. Mazumder, J. Lee, R. Zadeh, "Matrix completion and low-rank SVD via fast alternating least squares",
/// JMLR 16, 2015.
class MatrixCompletion {
 public:
  static constexpr bool decidesSolved = true;

  MatrixCompletion(const Cpu& la, const MatrixCompletionProblem& problem, const MatrixCompletionSettings& settings);

  std::optional<Status> start();
  /// Some sweeps at the present lambda, and a look at its gap.
  std::optional<Status> step();
  Progress progress() const;
  MatrixCompletionSolution solution() const;
  std::string explain() const;

 private:
  struct Tuning;
  /// The known entries row after row, or column after column.
  struct Lines {
    std::vector<std::size_t> begins;
    std::vector<int> others;
    std::vector<std::size_t> places;  ///< of the entries as they were given
  };

  static Lines linesOf(int count, std::span<const std::int32_t> of, std::span<const std::int32_t> others);
  double lambda() const { return problem_.lambdas[out_.objectives.size()]; }
  void regress(const Lines& lines, const HostMatrix<double>& from, HostMatrix<double>& to);
  void begin();
  void balance();
  void updateResiduals();
  void measure();
  void grow();
  void record();

  const Cpu& la_;
  const MatrixCompletionProblem& problem_;
  const MatrixCompletionSettings settings_;
  Lines byRows_, byColumns_;
  int rank_ = 0;
  HostMatrix<double> a_, b_;  ///< rank x rows, rank x columns: a column is the factor of a row or column
  std::vector<double> singular_, residuals_;
  SingularTriplets top_;
  double squares_ = 0, objective_ = 0, gap_ = 0;
  int rounds_ = 0;  ///< at the present lambda
  bool reached_ = true, started_ = false;
  MatrixCompletionSolution out_;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class MatrixCompletionSolver : public MatrixCompletion {
 public:
  using MatrixCompletion::MatrixCompletion;
};

}  // namespace nonconvex
