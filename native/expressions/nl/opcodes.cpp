#include "expressions/nl/opcodes.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "expressions/nl/conditional.hpp"

namespace nonconvex {

namespace {

/// Opcodes of operations that operators.def writes as one opcode and the operands alone, and other ones for the same.
std::vector<NlOpcode> makeOpcodes() {
  std::vector<NlOpcode> made = {{75, Op::pow, false}, {76, Op::square, false}, {77, Op::pow, false}};
  for (const Operation& operation : operations()) {
    if (operation.nl == nullptr) continue;
    const std::string_view form = operation.nl;
    const std::string_view operands = form.substr(std::min(form.find(' '), form.size()));
    const bool list = operands == " #2 a b";
    if (!list && operands != (isUnary(operation.op) ? " a" : " a b")) continue;
    int code = 0;
    std::from_chars(form.data() + 1, form.data() + form.size() - operands.size(), code);
    made.push_back({code, operation.op, list});
  }
  return made;
}

constexpr std::pair<int, const char*> refusedOperators[] = {{4, "rem"},
                                                            {13, "floor"},
                                                            {14, "ceil"},
                                                            {55, "div"},
                                                            {56, "precision"},
                                                            {57, "round"},
                                                            {58, "trunc"},
                                                            {59, "count"},
                                                            {60, "numberof"},
                                                            {61, "numberof"},
                                                            {62, "atleast"},
                                                            {63, "atmost"},
                                                            {64, "piecewise linear terms"},
                                                            {65, "if"},
                                                            {66, "exactly"},
                                                            {67, "not atleast"},
                                                            {68, "not atmost"},
                                                            {69, "not exactly"},
                                                            {72, "implies"},
                                                            {73, "iff"},
                                                            {74, "alldiff"}};

}  // namespace

const NlOpcode* nlOpcode(int code) {
  static const std::vector<NlOpcode> known = makeOpcodes();
  const auto found = std::find_if(known.begin(), known.end(), [&](const NlOpcode& one) { return one.code == code; });
  return found == known.end() ? nullptr : &*found;
}

std::optional<int> nlOperands(int code) {
  if (code == nlLess) return 2;
  if (code == nlSum) return -1;
  if (code == nlIf) return 3;
  if (const int operands = nlConditionOperands(code); operands != 0) return operands;
  const NlOpcode* known = nlOpcode(code);
  if (known == nullptr) return std::nullopt;
  return known->list ? -1 : operandsOf(known->op);
}

const char* refusedNlOperator(int code) {
  for (const auto& [refused, name] : refusedOperators) {
    if (refused == code) return name;
  }
  return nullptr;
}

}  // namespace nonconvex
