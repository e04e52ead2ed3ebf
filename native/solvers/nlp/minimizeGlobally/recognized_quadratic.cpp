#include "solvers/nlp/minimizeGlobally/recognized_quadratic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <optional>

#include "core/error.hpp"
#include "core/index.hpp"
#include "methods/propagation/propagation.hpp"

namespace nonconvex {
namespace {

/// Reads columns of a lifted program as affine or quadratic functions of its variables in a box.
class QuadraticReading {
 public:
  QuadraticReading(const Cpu& la, const LiftedProgram& program, std::span<const Interval> box)
      : la_(la), program_(program), box_(box) {}

  /// A form of columns as one of variables and products, where x_i x_j, i <= j, stands for the column n + i n + j; none
  /// where it is not quadratic.
  std::optional<LinearForm> quadratic(const LinearForm& form);
  const std::string& refused() const { return refused_; }
  /// Returns true for an integer variable with two values, which are its bounds.
  bool hasTwoValues(int variable) const;

 private:
  const LiftedAtom* atomOf(int column) const;
  std::optional<LinearForm> affine(int column) const;
  bool addTerm(const LinearForm::Term& term);
  int product(int i, int j) const;
  std::optional<LinearForm> squareOfTwo(int i) const;
  void addProduct(const LinearForm& a, const LinearForm& b, Interval factor);
  void add(LinearForm form, Interval factor);
  std::string nameOfAtom(const LiftedAtom& atom) const;

  const Cpu& la_;
  const LiftedProgram& program_;
  std::span<const Interval> box_;
  std::deque<LinearForm> forms_;
  std::vector<ScaledForm> parts_;
  std::string refused_;
};

Interval coefficientOf(const LinearForm::Term& term) { return outward::around(term.coefficient, term.error); }

/// The terms of a row.
LinearForm formOf(const LiftedProgram& program, const LiftedRow& row) {
  LinearForm form;
  for (int k = 0; k < row.count; ++k) {
    form.terms.push_back({program.indexOf(row)[at(k)], program.valueOf(row)[at(k)], program.errorOf(row)[at(k)]});
  }
  return form;
}

bool QuadraticReading::hasTwoValues(int variable) const {
  const Interval box = box_[at(variable)];
  return program_.integer[at(variable)] != 0 && box.high - box.low == 1 && std::abs(box.high) < 0x1p50;
}

/// The atom that a column is the result w of, or null.
const LiftedAtom* QuadraticReading::atomOf(int column) const {
  const int atom = program_.definitions[at(column - program_.variables)].atom;
  return atom >= 0 && program_.atoms[at(atom)].w == column ? &program_.atoms[at(atom)] : nullptr;
}

/// The column as an affine function of variables.
std::optional<LinearForm> QuadraticReading::affine(int column) const {
  if (column < program_.variables) return LinearForm::column(column);
  const int defined = program_.definitions[at(column - program_.variables)].row;
  if (defined < 0) return std::nullopt;
  const LiftedRow& row = program_.rows[at(defined)];
  LinearForm form = formOf(program_, row);
  std::erase_if(form.terms, [&](const LinearForm::Term& term) { return term.column == column; });
  for (const LinearForm::Term& term : form.terms) {
    if (term.column >= program_.variables) return std::nullopt;
  }
  form.constant = {-row.upper, -row.lower};
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
  if (!hasTwoValues(i)) return std::nullopt;
  const Interval box = box_[at(i)];  // integers below 2^50: the sum is exact
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
  const LiftedAtom* const found = atomOf(term.column);
  if (found == nullptr) {
    refused_ = "a quotient";
    return false;
  }
  const LiftedAtom& atom = *found;
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

std::optional<LinearForm> QuadraticReading::quadratic(const LinearForm& form) {
  parts_.clear();
  forms_.clear();
  add(LinearForm::of(form.constant), {1, 1});
  for (const LinearForm::Term& term : form.terms) {
    if (!addTerm(term)) return std::nullopt;
  }
  return sumOf(parts_, [this] { la_.checkpoint(); });
}

/// The problem that is made of forms of variables and products.
class QuadraticWriting {
 public:
  QuadraticWriting(const QuadraticReading& reading, std::span<const Interval> box);

  void setObjective(const LinearForm& form);
  void addRow(const LinearForm& form, Interval sides);
  BoxQuadratic take() { return std::move(made_); }

 private:
  QuadraticRow::Term termOf(const LinearForm::Term& term) const;
  double errorOf(const LinearForm& form) const;

  std::span<const Interval> box_;
  BoxQuadratic made_;
};

QuadraticWriting::QuadraticWriting(const QuadraticReading& reading, std::span<const Interval> box) : box_(box) {
  const std::size_t n = box.size();
  made_.Q.assign(n * n, 0.0);
  made_.c.assign(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    made_.lower.push_back(box[i].low);
    made_.upper.push_back(box[i].high);
    made_.ends.push_back(reading.hasTwoValues(static_cast<int>(i)) ? 1 : 0);
  }
}

/// The variables of a term.
QuadraticRow::Term QuadraticWriting::termOf(const LinearForm::Term& term) const {
  const int n = static_cast<int>(box_.size()), place = term.column - n;
  if (place < 0) return {term.column, -1, term.coefficient};
  return {place / n, place % n, term.coefficient};
}

/// A bound of what the coefficients of a form may be away from.
double QuadraticWriting::errorOf(const LinearForm& form) const {
  using namespace outward;
  double sum = 0;
  for (const LinearForm::Term& term : form.terms) {
    const auto [i, j, value] = termOf(term);
    const auto size = [&](int k) { return std::max(std::abs(box_[at(k)].low), std::abs(box_[at(k)].high)); };
    sum = sumAbove(sum, productAbove(term.error, j < 0 ? size(i) : productAbove(size(i), size(j))));
  }
  return sum;
}

void QuadraticWriting::setObjective(const LinearForm& form) {
  using namespace outward;
  const Interval constant = form.constant;
  made_.constant = constant.isPoint() ? constant.low : constant.low / 2 + constant.high / 2;
  const Interval apart = constant.isPoint() ? point(0) : subtract(constant, point(made_.constant));
  made_.error = sumAbove(errorOf(form), std::max(-apart.low, apart.high));
  const std::size_t n = box_.size();
  for (const LinearForm::Term& term : form.terms) {
    const auto [i, j, value] = termOf(term);
    if (j < 0) {
      made_.c[at(i)] = value;
    } else if (i == j) {
      made_.Q[at(i) * (n + 1)] = 2 * value;
    } else {
      made_.Q[at(i) * n + at(j)] = made_.Q[at(j) * n + at(i)] = value;
    }
  }
}

/// Adds the row, its sides farther out by what rounding makes of it.
void QuadraticWriting::addRow(const LinearForm& form, Interval sides) {
  using namespace outward;
  if (form.terms.empty()) return;
  QuadraticRow row;
  for (const LinearForm::Term& term : form.terms) row.terms.push_back(termOf(term));
  const double error = errorOf(form);
  const auto side = [&](double value, double constant, double sign) {
    const double sum = value - constant;
    if (std::isinf(value) || (error == 0 && isExactSum(value, -constant, sum))) return sum;
    return sign < 0 ? sumBelow(sumBelow(value, -constant), -error) : sumAbove(sumAbove(value, -constant), error);
  };
  row.lower = side(sides.low, form.constant.high, -1);
  row.upper = side(sides.high, form.constant.low, 1);
  made_.rows.push_back(std::move(row));
}

/// What the variables have that the method does not take; empty: nothing.
std::string refusedVariables(const QuadraticReading& reading, const LiftedProgram& program,
                             std::span<const Interval> box) {
  constexpr int most = RecognizedQuadratic::Tuning::mostVariables;
  if (program.variables > most) return "more than " + show(most) + " variables";
  for (int j = 0; j < program.variables; ++j) {
    if (std::isinf(box[at(j)].low)) return "no finite lower[" + show(j) + "]";
    if (std::isinf(box[at(j)].high)) return "no finite upper[" + show(j) + "]";
    if (program.integer[at(j)] != 0 && !box[at(j)].isPoint() && !reading.hasTwoValues(j)) {
      return "integers with more than two values, such as x[" + show(j) + "]";
    }
  }
  return {};
}

/// Bounds of the variables: those that follow from the constraints.
std::vector<Interval> boundsOf(const LiftedProgram& program) {
  constexpr int sweeps = 50;  // published: sweeps of propagation at the root (plan of the method, 4.3)
  std::vector<Interval> box = program.columns;
  if (!program.constraints.empty() && !Propagation(program).run(box, infinity, sweeps)) box = program.columns;
  box.resize(at(program.variables));
  return box;
}

}  // namespace

RecognizedQuadratic RecognizedQuadratic::of(const Cpu& la, const LiftedProgram& program) {
  RecognizedQuadratic made;
  const std::vector<Interval> box = boundsOf(program);
  QuadraticReading reading(la, program, box);
  made.refused = refusedVariables(reading, program, box);
  if (!made.refused.empty()) return made;
  QuadraticWriting writing(reading, box);
  const auto objective = reading.quadratic(program.objective);
  if (!objective) made.refused = reading.refused() + " in its objective";
  if (objective) writing.setObjective(*objective);
  for (const int k : program.constraints) {
    const LiftedRow& row = program.rows[at(k)];
    const auto form = reading.quadratic(formOf(program, row));
    if (form) {
      writing.addRow(*form, {row.lower, row.upper});
    } else if (made.refused.empty()) {
      made.refused = reading.refused() + " in a constraint";
    }
  }
  if (made.refused.empty()) made.problem = writing.take();
  return made;
}

}  // namespace nonconvex
