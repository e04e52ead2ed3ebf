// Which nodes of a normal form belong to one formula, and where formulas are cut because they would become too large.
#pragma once

#include <vector>

#include "expressions/normal_form.hpp"

namespace nonconvex {

class FormulaParts {
 public:
  explicit FormulaParts(const NormalForm& form);

  // One entry a node.
  std::vector<char> active;    ///< depends on x
  std::vector<char> additive;  ///< element by element a sum with constant coefficients
  std::vector<char> affine;    ///< additive down to the formula's inputs, and short
  std::vector<char> cut;       ///< a formula of its own, and an input of those that use it

  /// Returns true if an operand is in the same formula.
  bool sameFormula(const NormalForm& form, int operand, const NormalForm::Node& node) const {
    return form.kind(operand) == NormalForm::Kind::elementwise && form.size(operand) == node.size &&
           !cut[static_cast<std::size_t>(operand)];
  }

 private:
  struct Cutting;

  void markActive(const NormalForm& form, int id);
  int gather(Cutting& state, const NormalForm::Node& node) const;
  int splitSum(Cutting& state, int id);
  int cutLargeFormula(Cutting& state, int id);
};

}  // namespace nonconvex
