#include "solvers/fractional/term_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/index.hpp"

namespace nonconvex {
namespace {

/// Throws where a sum of squares is lost in the range of double precision.
void requireSquare(double square, bool zero, const std::string& name) {
  constexpr double least = 1e-290;
  require(zero || (square >= least && square < std::numeric_limits<double>::infinity()), name, square,
          "expected 0 or a number in [" + show(least) + ", 1e308]: rescale the data");
}

/// f(j) for all columns of A, each of which goes through the column.
template <class F>
void forColumns(const Cpu& la, const Columns& A, F&& f) {
  constexpr int block = 64;
  const auto work = [&](int number) {
    la.abortPoint();
    for (int j = number * block; j < std::min(A.cols(), (number + 1) * block); ++j) f(j);
  };
  la.tasks((A.cols() + block - 1) / block, work, static_cast<double>(A.entries()));
}

}  // namespace

std::vector<double> copyOfFinite(std::span<const double> values, std::size_t size, const std::string& name) {
  require(values.size() == size, name + ".length", values.size(), "expected " + show(size));
  for (std::size_t i = 0; i < size; ++i) {
    if (std::isfinite(values[i])) continue;
    require(false, name + "[" + show(i) + "]", values[i], "expected a finite number");
  }
  return {values.begin(), values.end()};
}

std::vector<double> copyOfNonNegative(std::span<const double> values, std::size_t size, const std::string& name) {
  std::vector<double> copy = copyOfFinite(values, size, name);
  for (std::size_t i = 0; i < size; ++i) {
    if (copy[i] >= 0) continue;
    require(false, name + "[" + show(i) + "]", copy[i], "expected a number >= 0");
  }
  return copy;
}

bool anyNonZero(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return v != 0; });
}

TermReader::TermReader(const Cpu& la, int n, const std::vector<Columns>& matrices, const FractionalTerm& term)
    : la_(la),
      n_(n),
      matrices_(matrices),
      data_{.term = term,
            .matrix = nullptr,
            .b = {},
            .c = {},
            .weights = {},
            .curvature = {},
            .fourthPower = {},
            .gram = {}} {
  requireFinite(term.constant, "constant");
}

void TermReader::takeMatrix() {
  require(term().matrix >= 0 && at(term().matrix) < matrices_.size(), name("matrix"), term().matrix,
          "expected the index of a matrix");
  const Columns& A = matrices_[at(term().matrix)];
  require(A.rows() >= 1, "rows of " + term().name + "'s matrix", A.rows(), "expected at least one");
  require(A.cols() == n_, "columns of " + term().name + "'s matrix", A.cols(),
          "expected as many as there are unknowns: " + show(n_));
  data_.matrix = &A;
  data_.curvature.resize(at(n_));
}

void TermReader::takeMatrixOfColumns(double factor) {
  takeMatrix();
  const Columns& A = *data_.matrix;
  forColumns(la_, A, [&](int j) { data_.curvature[at(j)] = factor * A.squaredNorm(j); });
  const double longest = *std::max_element(data_.curvature.begin(), data_.curvature.end());
  requireSquare(longest, longest == 0 && A.isZero(), term().name + ": squared length of the longest column");
}

void TermReader::takeSquareMatrix() {
  takeMatrix();
  const Columns& Q = *data_.matrix;
  require(Q.rows() == n_, "rows of " + term().name + "'s matrix", Q.rows(), "expected a square matrix of " + show(n_));
  forColumns(la_, Q, [&](int j) { data_.curvature[at(j)] = Q.at(j, j); });
}

void TermReader::takeTargets(const char* member) {
  data_.b = copyOfFinite(term().b, at(data_.matrix->rows()), name(member));
}

void TermReader::takeLinear(const char* member) { data_.c = copyOfFinite(term().c, at(n_), name(member)); }

void TermReader::takeWeights(const char* member) {
  data_.weights = copyOfNonNegative(term().weights, at(n_), name(member));
}

void TermReader::takeFourthPowers() {
  data_.fourthPower.resize(at(n_));
  forColumns(la_, *data_.matrix, [&](int j) {
    double sum = 0;
    data_.matrix->forEntries(j, [&](int, double a) { sum += (a * a) * (a * a); });
    data_.fourthPower[at(j)] = sum;
  });
  requireSquare(*std::max_element(data_.fourthPower.begin(), data_.fourthPower.end()), !anyNonZero(data_.curvature),
                term().name + ": sum of fourth powers of the longest column");
}

void TermReader::requireLengthOfTargets() const {
  requireSquare(std::inner_product(data_.b.begin(), data_.b.end(), data_.b.begin(), 0.0), !anyNonZero(data_.b),
                term().name + ": squared length of b");
}

void TermReader::requirePositive(double value, const char* member) const {
  require(value > 0 && std::isfinite(value), name(member), value, "expected a finite number > 0");
}

void TermReader::requireFinite(double value, const char* member) const {
  require(std::isfinite(value), name(member), value, "expected a finite number");
}

void TermReader::requireScaleAndShift() const {
  requirePositive(term().scale, "scale");
  require(term().shift >= 0 && std::isfinite(term().shift), name("shift"), term().shift,
          "expected a finite number >= 0");
}

}  // namespace nonconvex
