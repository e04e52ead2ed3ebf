#include "solvers/nlp/minimizeGlobally/explanation.hpp"

#include <cmath>
#include <vector>

#include "core/error.hpp"
#include "core/index.hpp"
#include "methods/propagation/propagation.hpp"
#include "solvers/nlp/minimizeGlobally/formulas.hpp"

namespace nonconvex {
namespace {

struct ExplanationTuning {
  static constexpr int sweeps = 50;         ///< published: sweeps of propagation at the root (plan of the method, 4.3)
  static constexpr int mostColumns = 5000;  ///< safeguard: more take too long to propagate after an abort
  static constexpr std::size_t named = 5;   ///< safeguard: as many are named
};

/// Bounds of all columns that follow from the constraints and from a point with this objective.
std::vector<Interval> boxOf(const LiftedProgram& program, double best) {
  std::vector<Interval> box = program.columns;
  const bool quick = program.count() <= ExplanationTuning::mostColumns;
  if (quick && !Propagation(program).run(box, best, ExplanationTuning::sweeps)) box = program.columns;
  return box;
}

/// 1 for the columns that are operands of atoms or terms of the objective, or in sums that are.
std::vector<char> columnsThatMatter(const LiftedProgram& program) {
  std::vector<char> matters(at(program.count()), 0);
  const auto mark = [&](int column) {
    if (column < 0) return;
    matters[at(column)] = 1;
    if (column < program.variables) return;
    const int row = program.definitions[at(column - program.variables)].row;
    if (row < 0) return;
    for (const int term : program.indexOf(program.rows[at(row)])) matters[at(term)] = 1;
  };
  for (const LiftedAtom& atom : program.atoms) {
    mark(atom.x);
    mark(atom.y);
  }
  for (const int column : program.indexOf(program.objectiveRow)) mark(column);
  return matters;
}

/// `a, b and 3 more`, where more than are named are counted.
std::string listOf(const std::vector<std::string>& names) {
  std::string list;
  const std::size_t shown = std::min(names.size(), ExplanationTuning::named);
  for (std::size_t k = 0; k < shown; ++k) list += (k > 0 ? ", " : "") + names[k];
  if (names.size() > shown) list += " and " + show(names.size() - shown) + " more";
  return list;
}

}  // namespace

std::string whatHasNoBounds(const LiftedProgram& program, double best) {
  const std::vector<Interval> box = boxOf(program, best);
  const std::vector<char> matters = columnsThatMatter(program);
  std::vector<std::string> missing;
  for (int j = 0; j < program.variables; ++j) {
    if (matters[at(j)] == 0) continue;
    if (std::isinf(box[at(j)].low)) missing.push_back("lower[" + show(j) + "]");
    if (std::isinf(box[at(j)].high)) missing.push_back("upper[" + show(j) + "]");
  }
  if (!missing.empty()) {
    return "No bound of the objective is known, as the model has no finite " + listOf(missing) +
           ", and constraints imply none. `assumeBounds` stands in for them.";
  }
  for (int j = program.variables; j < program.count(); ++j) {
    if (std::isfinite(box[at(j)].low) && std::isfinite(box[at(j)].high)) continue;
    if (matters[at(j)] != 0) missing.push_back(formulaOf(program, j));
  }
  if (missing.empty()) return {};
  return "No bound of the objective is known, as none is known of " + listOf(missing) + ".";
}

std::string whatIsStalled(const LiftedProgram& program, std::span<const int> atoms) {
  std::vector<std::string> names;
  for (const int k : atoms) {
    const LiftedAtom& atom = program.atoms[at(k)];
    const bool isQuotient = atom.w < program.variables || program.definitions[at(atom.w - program.variables)].atom != k;
    names.push_back(formulaOf(program, isQuotient && atom.kind == LiftedAtom::Kind::product ? atom.x : atom.w));
  }
  return names.empty() ? std::string() : "Relaxations differ from the model there most at " + listOf(names) + ".";
}

}  // namespace nonconvex
