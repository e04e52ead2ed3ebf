#include "expressions/lifted/lifted_program.hpp"

#include <cmath>
#include <utility>

#include "core/status.hpp"

namespace nonconvex {

LiftedRow LiftedProgram::addTerms(const LinearForm& form) {
  const LiftedRow row = {static_cast<int>(index.size()), static_cast<int>(form.terms.size())};
  for (const LinearForm::Term& term : form.terms) {
    index.push_back(term.column);
    value.push_back(term.coefficient);
    error.push_back(term.error);
  }
  return row;
}

void LiftedProgram::addRow(const LinearForm& form, double lower, double upper) {
  using namespace outward;
  const auto side = [](double bound, double constant) {
    const double sum = bound - constant;
    return isExactSum(bound, -constant, sum) ? sum : unknown;
  };
  LiftedRow row = addTerms(form);
  const double low = side(lower, form.constant.high), high = side(upper, form.constant.low);
  row.lower = std::isinf(lower) ? lower : std::isnan(low) ? sumBelow(lower, -form.constant.high) : low;
  row.upper = std::isinf(upper) ? upper : std::isnan(high) ? sumAbove(upper, -form.constant.low) : high;
  rows.push_back(row);
}

void LiftedProgram::setObjective(LinearForm form) {
  objectiveRow = addTerms(form);
  objective = std::move(form);
}

}  // namespace nonconvex
