#include "solvers/nlp/minimizeGlobally/formulas.hpp"

#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {
namespace {

struct FormulaTuning {
  static constexpr int deepest = 4;    ///< safeguard: functions within functions that are written
  static constexpr int mostTerms = 4;  ///< safeguard: terms of a sum that are written
};

class FormulaWriter {
 public:
  explicit FormulaWriter(const LiftedProgram& program) : program_(program) {}

  std::string of(int column, int depth) const {
    if (column < program_.variables) return "x[" + show(column) + "]";
    if (depth >= FormulaTuning::deepest) return "...";
    const LiftedDefinition& made = program_.definitions[at(column - program_.variables)];
    if (made.row >= 0) return sum(program_.rows[at(made.row)], column, depth);
    if (made.atom < 0) return "...";
    const LiftedAtom& atom = program_.atoms[at(made.atom)];
    if (atom.kind == LiftedAtom::Kind::function) return function(atom, depth);
    if (atom.w == column) return factor(atom.x, depth) + " * " + factor(atom.y, depth);
    return factor(atom.w, depth) + " / " + factor(atom.y, depth);
  }

 private:
  /// A column that stands beside another one in a product.
  std::string factor(int column, int depth) const {
    const std::string inner = of(column, depth + 1);
    return inner.find(' ') == std::string::npos ? inner : "(" + inner + ")";
  }

  std::string function(const LiftedAtom& atom, int depth) const {
    const std::string inner = of(atom.x, depth + 1);
    if (atom.function.entropy) return factor(atom.x, depth) + " * log(" + inner + ")";
    if (atom.function.op == Op::pow) return factor(atom.x, depth) + "^" + show(atom.function.exponent);
    return nameOf(atom.function.op) + "(" + inner + ")";
  }

  /// The sum that a row says to be a column.
  std::string sum(const LiftedRow& row, int column, int depth) const {
    std::string text;
    int terms = 0;
    for (int k = 0; k < row.count; ++k) {
      const int other = program_.indexOf(row)[at(k)];
      const double value = program_.valueOf(row)[at(k)];
      if (other == column) continue;
      if (++terms > FormulaTuning::mostTerms) return text + " + ...";
      append(text, value, factor(other, depth));
    }
    if (row.upper != 0) append(text, -row.upper, {});
    return text;
  }

  /// Appends a term of a sum; no name: a number alone.
  static void append(std::string& text, double value, const std::string& name) {
    const bool isFirst = text.empty();
    text += value < 0 ? (isFirst ? "-" : " - ") : isFirst ? "" : " + ";
    const double size = std::abs(value);
    if (name.empty() || size != 1) text += show(size) + (name.empty() ? "" : " ");
    text += name;
  }

  const LiftedProgram& program_;
};

}  // namespace

std::string formulaOf(const LiftedProgram& program, int column) { return FormulaWriter(program).of(column, 0); }

}  // namespace nonconvex
