#include "solvers/nlp/minimizeGlobally/recognized_quadratic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <optional>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {
namespace {

/// Returns true for an integer variable with two values, which are its bounds.
bool hasTwoValues(const LiftedProgram& program, int variable) {
  const Interval box = program.columns[at(variable)];
  return program.integer[at(variable)] != 0 && box.high - box.low == 1 && std::abs(box.high) < 0x1p50;
}

/// Reads columns of a lifted program as affine or quadratic functions of its variables.
class QuadraticReading {
 public:
  QuadraticReading(const Cpu& la, const LiftedProgram& program);

  /// The objective, where the products x_i x_j, i <= j, stand for the columns n + i n + j; none where it is not
  /// quadratic.
  std::optional<LinearForm> objective();
  const std::string& refused() const { return refused_; }

 private:
  std::optional<LinearForm> affine(int column) const;
  bool addTerm(const LinearForm::Term& term);
  int product(int i, int j) const;
  std::optional<LinearForm> squareOfTwo(int i) const;
  void addProduct(const LinearForm& a, const LinearForm& b, Interval factor);
  void add(LinearForm form, Interval factor);
  std::string nameOfAtom(const LiftedAtom& atom) const;

  const Cpu& la_;
  const LiftedProgram& program_;
  std::vector<int> atomOf_;  ///< the atom whose result a column is; -1: none
  std::vector<int> rowOf_;   ///< the row that says that a column is an affine function of variables; -1: none
  std::deque<LinearForm> forms_;
  std::vector<ScaledForm> parts_;
  std::string refused_;
};

Interval coefficientOf(const LinearForm::Term& term) {
  if (term.error == 0) return outward::point(term.coefficient);
  return {outward::below(term.coefficient - term.error), outward::above(term.coefficient + term.error)};
}

QuadraticReading::QuadraticReading(const Cpu& la, const LiftedProgram& program)
    : la_(la), program_(program), atomOf_(program.columns.size(), -1), rowOf_(program.columns.size(), -1) {
  for (std::size_t k = 0; k < program.atoms.size(); ++k) {
    const LiftedAtom& atom = program.atoms[k];
    // A quotient's column is its operand x.
    if (atom.w > std::max(atom.x, atom.y)) atomOf_[at(atom.w)] = static_cast<int>(k);
  }
  for (std::size_t k = 0; k < program.rows.size(); ++k) {
    const LiftedRow& row = program.rows[k];
    if (row.count < 1 || !std::isfinite(row.lower) || !std::isfinite(row.upper)) continue;
    const std::span<const int> index = program.indexOf(row);
    const int last = index.back();
    const bool defines = last >= program.variables && atomOf_[at(last)] < 0 && rowOf_[at(last)] < 0 &&
                         program.valueOf(row).back() == -1 && program.errorOf(row).back() == 0;
    const bool ofVariables = row.count == 1 || index[at(row.count - 2)] < program.variables;
    if (defines && ofVariables) rowOf_[at(last)] = static_cast<int>(k);
  }
}

/// The column as an affine function of variables.
std::optional<LinearForm> QuadraticReading::affine(int column) const {
  if (column < program_.variables) return LinearForm::column(column);
  if (rowOf_[at(column)] < 0) return std::nullopt;
  const LiftedRow& row = program_.rows[at(rowOf_[at(column)])];
  LinearForm form = LinearForm::of({-row.upper, -row.lower});
  for (int k = 0; k + 1 < row.count; ++k) {
    form.terms.push_back({program_.indexOf(row)[at(k)], program_.valueOf(row)[at(k)], program_.errorOf(row)[at(k)]});
  }
  return form;
}

void QuadraticReading::add(LinearForm form, Interval factor) {
  forms_.push_back(std::move(form));
  parts_.push_back({factor, &forms_.back()});
}

/// The column of x_i x_j.
int QuadraticReading::product(int i, int j) const {
  const auto [least, most] = std::minmax(i, j);
  return program_.variables * (1 + least) + most;
}

/// x_i^2 of an integer with two values: a linear function that is the same at both.
std::optional<LinearForm> QuadraticReading::squareOfTwo(int i) const {
  if (!hasTwoValues(program_, i)) return std::nullopt;
  const Interval box = program_.columns[at(i)];  // integers below 2^50: the sum is exact
  LinearForm square = multipleOf(outward::point(box.low + box.high), LinearForm::column(i));
  square.constant = multipleOf(outward::point(-box.low), LinearForm::of(outward::point(box.high))).constant;
  return square;
}

/// Adds factor a b.
void QuadraticReading::addProduct(const LinearForm& a, const LinearForm& b, Interval factor) {
  for (const LinearForm::Term& s : a.terms) {
    la_.checkpoint();
    const Interval coefficient = coefficientOf(s);
    LinearForm row;
    for (const LinearForm::Term& t : b.terms) {
      std::optional<LinearForm> square;
      if (s.column == t.column) square = squareOfTwo(s.column);
      if (square) {
        add(multipleOf(coefficient, multipleOf(coefficientOf(t), *square)), factor);
      } else {
        row.terms.push_back({product(s.column, t.column), t.coefficient, t.error});
      }
    }
    add(multipleOf(coefficient, row), factor);
    add(multipleOf(coefficient, multipleOf(b.constant, LinearForm::column(s.column))), factor);
  }
  add(multipleOf(a.constant, b), factor);
}

std::string QuadraticReading::nameOfAtom(const LiftedAtom& atom) const {
  if (atom.function.entropy) return "x log(x)";
  if (atom.function.op == Op::pow) return "the power " + show(atom.function.exponent);
  return "'" + nameOf(atom.function.op) + "'";
}

bool QuadraticReading::addTerm(const LinearForm::Term& term) {
  const Interval factor = coefficientOf(term);
  if (term.column < program_.variables) {
    add(LinearForm::column(term.column), factor);
    return true;
  }
  const int k = atomOf_[at(term.column)];
  if (k < 0) {
    refused_ = "a quotient";
    return false;
  }
  const LiftedAtom& atom = program_.atoms[at(k)];
  const bool square =
      atom.kind == LiftedAtom::Kind::function && atom.function.op == Op::square && !atom.function.entropy;
  if (!square && atom.kind != LiftedAtom::Kind::product) {
    refused_ = nameOfAtom(atom);
    return false;
  }
  const std::optional<LinearForm> a = affine(atom.x), b = square ? a : affine(atom.y);
  if (!a || !b) {
    refused_ = "a product of functions that are not linear";
    return false;
  }
  addProduct(*a, *b, factor);
  return true;
}

std::optional<LinearForm> QuadraticReading::objective() {
  add(LinearForm::of(program_.objective.constant), {1, 1});
  for (const LinearForm::Term& term : program_.objective.terms) {
    if (!addTerm(term)) return std::nullopt;
  }
  return sumOf(parts_);
}

/// The largest size of x_i x_j, or of x_i where j is -1.
double sizeOf(const LiftedProgram& program, int i, int j) {
  const auto size = [&](int k) {
    const Interval box = program.columns[at(k)];
    return std::max(std::abs(box.low), std::abs(box.high));
  };
  return j < 0 ? size(i) : outward::productAbove(size(i), size(j));
}

/// The problem whose objective is a form of variables and products.
BoxQuadratic problemOf(const LiftedProgram& program, const LinearForm& objective) {
  using namespace outward;
  const std::size_t n = at(program.variables);
  BoxQuadratic made;
  made.Q.assign(n * n, 0.0);
  made.c.assign(n, 0.0);
  made.ends.assign(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    made.lower.push_back(program.columns[i].low);
    made.upper.push_back(program.columns[i].high);
    made.ends[i] = hasTwoValues(program, static_cast<int>(i)) ? 1 : 0;
  }
  made.constant =
      objective.constant.isPoint() ? objective.constant.low : objective.constant.low / 2 + objective.constant.high / 2;
  const Interval apart = subtract(objective.constant, point(made.constant));
  made.error = objective.constant.isPoint() ? 0 : std::max(-apart.low, apart.high);
  for (const LinearForm::Term& term : objective.terms) {
    const int place = term.column - program.variables;
    const int i = place < 0 ? term.column : place / program.variables;
    const int j = place < 0 ? -1 : place % program.variables;
    made.error = sumAbove(made.error, productAbove(term.error, sizeOf(program, i, j)));
    if (j < 0) {
      made.c[at(i)] = term.coefficient;
    } else if (i == j) {
      made.Q[at(i) * (n + 1)] = 2 * term.coefficient;
    } else {
      made.Q[at(i) * n + at(j)] = made.Q[at(j) * n + at(i)] = term.coefficient;
    }
  }
  return made;
}

/// What the variables have that the method does not take; empty: nothing.
std::string refusedVariables(const LiftedProgram& program) {
  constexpr int most = 4096;  // safeguard: products have numbers below 2^31, and Q memory
  if (program.variables > most) return "more than " + show(most) + " variables";
  for (int j = 0; j < program.variables; ++j) {
    const Interval box = program.columns[at(j)];
    if (std::isinf(box.low)) return "no finite lower[" + show(j) + "]";
    if (std::isinf(box.high)) return "no finite upper[" + show(j) + "]";
    if (program.integer[at(j)] != 0 && !box.isPoint() && !hasTwoValues(program, j)) {
      return "integers with more than two values, such as x[" + show(j) + "]";
    }
  }
  return {};
}

}  // namespace

RecognizedQuadratic RecognizedQuadratic::of(const Cpu& la, const GlobalModel& model) {
  RecognizedQuadratic made;
  made.refused = model.constraints.empty() ? refusedVariables(model.lifted) : "constraints";
  if (!made.refused.empty()) return made;
  QuadraticReading reading(la, model.lifted);
  const std::optional<LinearForm> objective = reading.objective();
  if (!objective) made.refused = reading.refused() + " in its objective";
  if (objective) made.problem = problemOf(model.lifted, *objective);
  return made;
}

}  // namespace nonconvex
